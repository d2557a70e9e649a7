package parse

import (
	"os"
	"strings"
	"testing"
)

// lines are the lines of a file of examples that are no comments.
func lines(t *testing.T, file string) []string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for s := range strings.Lines(string(b)) {
		if s = strings.TrimSpace(s); s != "" && s[0] != '#' {
			out = append(out, s)
		}
	}
	return out
}

func TestAQuestionIsReadByWhatItAsksAboutWhat(t *testing.T) {
	t.Parallel()
	p := testParser()
	for _, line := range append(lines(t, "questions.txt"), lines(t, "questions2.txt")...) {
		part := strings.Split(line, " | ")
		r := p.Parse(Input{Text: part[0], Now: testNow, User: 10})
		if len(r.Frames) != 1 || r.Frames[0].Query == nil {
			t.Errorf("%s: is no question but %s", part[0], kindsOf(r))
			continue
		}
		q := r.Frames[0].Query
		if string(q.About) != part[1] || string(q.Ask) != part[2] {
			t.Errorf("%s: asks %s about %s, want %s about %s", part[0], q.Ask, q.About, part[2], part[1])
		}
	}
}

func TestWhatHoldsAQuestionWordAndIsToldIsNoQuestion(t *testing.T) {
	t.Parallel()
	p := testParser()
	for _, text := range append(lines(t, "statements.txt"), lines(t, "statements2.txt")...) {
		for _, f := range p.Parse(Input{Text: text, Now: testNow, User: 10}).Frames {
			if f.Query != nil {
				t.Errorf("%s: is taken for a question, %s about %s", text, f.Query.Ask, f.Query.About)
			}
		}
	}
}

func kindsOf(r Result) string {
	var out []string
	for _, f := range r.Frames {
		out = append(out, string(f.Kind))
	}
	return strings.Join(out, ", ")
}
