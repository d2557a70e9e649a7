package handlers

import (
	"context"
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/store/sales"
)

// readNames gives one book to those ahead of the transaction and another, or the same, to the transaction.
type readNames struct{ before, in *Book }

func (n readNames) Book(context.Context) (*Book, error) { return n.in, nil }
func (n readNames) RecentBook() *Book                   { return n.before }

// A text is understood once: what was understood while the turn waited is what its transaction takes, unless the master
// data has changed. Messages come seconds after they were said.
func TestATextIsUnderstoodOnce(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 10, 0, 3, 500, sales.Shanghai)
	book := func() *Book {
		master := parse.Master{Customers: []parse.Customer{{ID: 7, Name: "杭州广科生物科技"}}}
		return &Book{Parser: parse.Parser{Index: parse.NewIndex(master), Calendar: workless{}}}
	}
	old, changed := book(), book()
	for name, c := range map[string]struct {
		args  string
		names readNames
		once  bool
	}{
		"as it was":        {"杭州广科生物科技 王主任,下周二前寄样", readNames{old, old}, true},
		"a name is new":    {"杭州广科生物科技 王主任,下周二前寄样", readNames{old, changed}, false},
		"about the latest": {"刚才那条改成下周三", readNames{old, old}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := &App{Names: c.names}
			turn := bot.Turn{
				Event: bot.Event{At: now.Add(-3 * time.Second).Truncate(time.Second)}, Now: now,
				Person: sales.Person{ID: 11}, Command: visitCommand, Args: c.args, Text: "拜访 " + c.args,
			}
			ahead := a.Ahead(t.Context(), turn)
			turn.Ahead = func() any { return ahead }
			draft := newVisit(turn, visitText(c.args))
			res, err := a.read(t.Context(), turn, nil, draft.Text, draft.At)
			if err != nil {
				t.Fatal(err)
			}
			u, _ := ahead.(*understood)
			if once := u != nil && u.used.Load(); once != c.once {
				t.Errorf("taken from ahead: %v, want %v", once, c.once)
			}
			if c.once && (len(res.Frames) != 1 || res.Frames[0].Customer.ID != 7) {
				t.Errorf("understood as %+v", res.Frames)
			}
		})
	}
}

type workless struct{}

func (workless) IsWorkday(int, time.Month, int) bool { return true }
