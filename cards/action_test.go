package cards_test

import (
	"errors"
	"strings"
	"testing"

	"salesflow/cards"
)

func TestActionsSurviveTheirButton(t *testing.T) {
	t.Parallel()
	for _, a := range []cards.Action{
		{Verb: "visit.undo", Record: 1, Version: 1},
		{Verb: "contract.approve", Record: 1<<63 - 1, Version: 1<<63 - 1, Arg: "后天"},
		{Verb: "opportunity.advance", Arg: "proposal"},
		{Verb: "a_b.c_d"},
	} {
		got, err := cards.DecodeAction(a.Encode())
		if err != nil || got != a {
			t.Errorf("%+v came back as %+v, %v", a, got, err)
		}
		if n := len(a.Encode()); n > cards.MaxAction {
			t.Errorf("%+v takes %d bytes", a, n)
		}
	}
}

func TestWhatIsNoAction(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text string }{
		{"空", ""},
		{"只有竖线", "|||"},
		{"少一段", "visit.undo|1|1"},
		{"多一段", "visit.undo|1|1|a|b"},
		{"没有点", "visit|1|1|"},
		{"两个点", "visit.undo.now|1|1|"},
		{"点在头", ".undo|1|1|"},
		{"点在尾", "visit.|1|1|"},
		{"大写", "Visit.undo|1|1|"},
		{"数字", "visit.undo2|1|1|"},
		{"中文", "拜访.撤销|1|1|"},
		{"动词太长", strings.Repeat("a", 40) + ".b|1|1|"},
		{"记录不是数", "visit.undo|!|1|"},
		{"记录是负数", "visit.undo|-1|1|"},
		{"版本是负数", "visit.undo|1|-1|"},
		{"记录太大", "visit.undo|" + strings.Repeat("z", 20) + "|1|"},
		{"太长", "visit.undo|1|1|" + strings.Repeat("x", cards.MaxAction)},
		{"不合法的字节", "visit\xff.undo|1|1|"},
	}
	for _, tt := range tests {
		if a, err := cards.DecodeAction(tt.text); !errors.Is(err, cards.ErrAction) || !a.IsZero() {
			t.Errorf("%s: %+v, %v", tt.name, a, err)
		}
	}
}

func TestAnActionThatIsEmpty(t *testing.T) {
	t.Parallel()
	if !(cards.Action{}).IsZero() || (cards.Action{Record: 1}).IsZero() {
		t.Error("IsZero")
	}
}

func TestTheHeadingOfACard(t *testing.T) {
	t.Parallel()
	if got := (cards.Card{Title: "合同待批"}).Heading(); got != "合同待批" {
		t.Errorf("heading %q", got)
	}
	if got := (cards.Card{Title: "合同待批", Status: "等法务"}).Heading(); got != "合同待批 · 等法务" {
		t.Errorf("heading %q", got)
	}
}

func FuzzDecodeAction(f *testing.F) {
	for _, s := range []string{"visit.undo|1|2|x", "|||", "a.b|zz|-1|", "' OR 1=1 --"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := cards.DecodeAction(s)
		if err != nil {
			return
		}
		if a.Record < 0 || a.Version < 0 || strings.Contains(a.Arg, "|") {
			t.Errorf("%q is taken for %+v", s, a)
		}
		if again, err := cards.DecodeAction(a.Encode()); err != nil || again != a {
			t.Errorf("%+v does not come back: %+v, %v", a, again, err)
		}
	})
}
