package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/store"
	"salesflow/store/storetest"
)

func TestALaterMessageWaitsBehindAnEarlierOne(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db, ctx := w.Open(), context.Background()
		say := func(id, from string, after time.Duration) bot.Event {
			return bot.Event{Platform: "wecom", ID: id, Kind: bot.Said, At: w.Clock.Now().Add(after), From: bot.UserID(from), Text: id}
		}
		do := func(ev bot.Event) (store.Result, error) {
			return db.Do(ctx, store.Work{
				Platform: ev.Platform, EventID: ev.ID, Event: ev, Fn: func(context.Context, *store.Tx) error { return nil },
			})
		}
		if err := db.KeepPending(ctx, say("first", "zhoumin", 0)); err != nil {
			t.Fatal(err)
		}
		tests := []struct {
			name string
			ev   bot.Event
			want error
		}{
			{"同一个人后说的", say("second", "zhoumin", time.Second), store.ErrBehind},
			{"大小写不同也是同一个人", say("third", "ZhouMin", time.Second), store.ErrBehind},
			{"同一时刻说的,先到的先做", say("same", "zhoumin", 0), store.ErrBehind},
			{"别人的", say("other", "liqiang", time.Second), nil},
			{"迟到的早话", say("late", "zhoumin", -time.Second), nil},
			{"等着的那条自己", say("first", "zhoumin", 0), nil},
			{"等的做完了,后说的可以做", say("second", "zhoumin", time.Second), nil},
		}
		for _, tt := range tests {
			if r, err := do(tt.ev); !errors.Is(err, tt.want) || r.Duplicate {
				t.Errorf("%s: %+v, %v", tt.name, r, err)
			}
		}
	})
}

func TestAnEventThatFailsAgainAndAgainHoldsUpNobody(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db, ctx := w.Open(), context.Background()
		for i, id := range []string{"poison", "fine"} {
			ev := bot.Event{Platform: "wecom", ID: id, Kind: bot.Said, At: w.Clock.Now().Add(time.Duration(i) * time.Second), From: "zhoumin"}
			if err := db.KeepPending(ctx, ev); err != nil {
				t.Fatal(err)
			}
		}
		var got []string
		for range 5 {
			kept, err := db.ClaimPending(ctx, w.Clock.Now(), 30*time.Second, 10)
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range kept {
				got = append(got, k.Event.ID)
				if k.Event.ID == "fine" {
					return
				}
			}
			w.Clock.Advance(31 * time.Second)
		}
		t.Errorf("the other message is never done: %q", got)
	})
}

func TestEventsAreKeptTogetherAndEachOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db, ctx := w.Open(), context.Background()
		ev := func(id string) bot.Event {
			return bot.Event{Platform: "wecom", ID: id, Kind: bot.Said, At: w.Clock.Now(), From: bot.UserID("from " + id)}
		}
		done := ev("done")
		_, err := db.Do(ctx, store.Work{Platform: done.Platform, EventID: done.ID, Event: done, Fn: func(context.Context, *store.Tx) error { return nil }})
		if err != nil {
			t.Fatal(err)
		}
		for _, evs := range [][]bot.Event{{ev("a"), done, ev("b")}, {ev("b"), ev("c"), ev("c")}} {
			if err := db.KeepAll(ctx, evs, 2*time.Second); err != nil {
				t.Fatal(err)
			}
		}
		if kept, err := db.ClaimPending(ctx, w.Clock.Now(), 30*time.Second, 10); err != nil || len(kept) != 0 {
			t.Errorf("claimed at once: %v, %v", kept, err)
		}
		w.Clock.Advance(2 * time.Second)
		kept, err := db.ClaimPending(ctx, w.Clock.Now(), 30*time.Second, 10)
		if err != nil {
			t.Fatal(err)
		}
		ids := map[string]int{}
		for _, k := range kept {
			ids[k.Event.ID]++
		}
		if len(kept) != 3 || ids["a"] != 1 || ids["b"] != 1 || ids["c"] != 1 {
			t.Errorf("waiting are %v, want a, b and c once each", ids)
		}
	})
}
