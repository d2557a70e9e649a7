package main

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
)

// Every question that can be left open is in the table, or is told of in a story of its own.
func TestEveryQuestionHasItsDialogue(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	told := map[string]bool{}
	for _, round := range dialogues {
		for _, d := range round {
			told[d.topic] = true
		}
	}
	for _, topic := range w.program.router.Topics() {
		if _, elsewhere := toldElsewhere[topic]; told[topic] == elsewhere {
			t.Errorf("%s: in the table %v, told elsewhere %v", topic, told[topic], elsewhere)
		}
	}
	for topic := range toldElsewhere {
		if !slices.Contains(w.program.router.Topics(), topic) {
			t.Errorf("%s is no question any more", topic)
		}
	}
}

// traces is a look into the database of a story.
type traces struct {
	t  *testing.T
	db *sql.DB
}

func openTraces(t *testing.T, dir string) traces {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "salesflow.db")+"?_pragma=query_only(1)&_pragma=busy_timeout(30000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return traces{t, db}
}

// written counts what a person has done that left a trace; reading is none of it.
func (b traces) written(name string) int {
	b.t.Helper()
	return countOf(b.t, b.db, "SELECT COUNT(*) FROM audit a JOIN persons p ON p.id = a.person_id WHERE a.verb NOT LIKE '%.read' AND a.verb NOT LIKE '%.list' AND p.name = '"+name+"'")
}

// topic is what a person's open question is about.
func (b traces) topic(name string) (topic string) {
	b.t.Helper()
	err := b.db.QueryRowContext(b.t.Context(), "SELECT d.topic FROM dialogues d JOIN persons p ON p.id = d.person_id WHERE p.name = ?", name).Scan(&topic)
	if err != nil {
		b.t.Fatal(err)
	}
	return topic
}

// begin opens the question of a row.
func (d dialogue) begin(t *testing.T, s *bottest.Story, b traces, start string) {
	t.Helper()
	rep := s.As(d.who).Skip()
	first, last, more := strings.Cut(start, "|")
	if rep.Say(first); more {
		rep.ExpectAny()
		s.Settle()
		rep.Skip().Say(last)
	}
	if d.tap != "" {
		rep.ExpectCard(d.card, "["+d.tap+"]").Click(d.tap)
	}
	rep.ExpectSaid(d.asked)
	s.Settle()
	if got := b.topic(d.who); got != d.topic {
		t.Fatalf("%s, %s opens %q, want %q", d.who, start, got, d.topic)
	}
}

// A question that was left open survives another command and a restart; its answer is written once, also when it is delivered
// twice, and whoever drops it leaves nothing behind.
func TestAnOpenQuestionIsAnsweredOnceOrDropped(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			w := newWorld(t, platform, func(o *demoOptions) { o.data, o.own = dir, true })
			b := openTraces(t, dir)
			for n, round := range dialogues {
				s := bottest.New(t, w)
				for _, d := range round {
					d.leaveOpen(t, s, b)
				}
				s.Settle()
				now := w.Now()
				if err := w.demo.close(); err != nil {
					t.Fatal(err)
				}
				w = newWorld(t, platform, func(o *demoOptions) { o.data, o.start, o.own = dir, now, true })
				s = bottest.New(t, w)
				for i, d := range round {
					d.finish(t, s, b, fmt.Sprintf("answer-%d-%d", n, i))
				}
			}
		})
	}
}

// leaveOpen begins a question, drops it, and begins it again.
func (d dialogue) leaveOpen(t *testing.T, s *bottest.Story, b traces) {
	t.Helper()
	for _, line := range d.prep {
		who, text, _ := strings.Cut(line, ":")
		s.As(who).Skip().Say(text).ExpectAny()
		s.Settle()
	}
	d.begin(t, s, b, d.start)
	before := b.written(d.who)
	rep := s.As(d.who).Skip()
	rep.Say("算了")
	rep.ExpectAny()
	s.Settle()
	if now := b.written(d.who); now != before {
		t.Fatalf("%s, 算了: %d traces more", d.start, now-before)
	}
	again := d.again
	if again == "" {
		again = d.start
	}
	d.begin(t, s, b, again)
}

// finish says something else, and then the answer, twice.
func (d dialogue) finish(t *testing.T, s *bottest.Story, b traces, id string) {
	t.Helper()
	rep := s.As(d.who)
	rep.Say("帮助 拜访")
	rep.ExpectAny()
	s.Settle()
	if got := b.topic(d.who); got != d.topic {
		t.Errorf("%s: after 帮助 the question is %q, want %q", d.start, got, d.topic)
	}
	before := b.written(d.who)
	rep.Skip()
	rep.SayAgain(id, d.answer)
	rep.ExpectSaid(d.said)
	s.Settle()
	done := b.written(d.who)
	if done == before && !d.nothing {
		t.Errorf("%s, %s: nothing was written", d.start, d.answer)
	}
	rep.SayAgain(id, d.answer)
	s.Settle()
	if again := b.written(d.who); again != done {
		t.Errorf("%s: the answer delivered again left %d traces more", d.start, again-done)
	}
}
