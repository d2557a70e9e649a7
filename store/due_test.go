package store_test

import (
	"context"
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

func dueOf(t *testing.T, db *store.DB, subject sales.ID) map[string]sales.Due {
	t.Helper()
	out := map[string]sales.Due{}
	err := db.View(context.Background(), func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.DuesOf(ctx, "todo", subject)
		for _, d := range list {
			out[d.Kind+"/"+d.Slot] = d
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestDueRows(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		ctx := context.Background()
		start := w.Clock.Now()
		at := func(d time.Duration) sales.Instant { return sales.At(start.Add(d)) }
		due := func(kind, slot string, d time.Duration) sales.Due {
			return sales.Due{Kind: kind, SubjectKind: "todo", SubjectID: 1, Slot: slot, DueAt: at(d)}
		}
		res := storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.Schedule(due("remind", "1", time.Hour))
			tx.Schedule(due("escalate", "1", 2*time.Hour))
			return nil
		})
		if len(res.Dues) != 2 {
			t.Errorf("told of %d due rows", len(res.Dues))
		}
		if next, err := db.NextDueAt(ctx); err != nil || !next.Equal(start.Add(time.Hour)) {
			t.Errorf("next due %v, %v", next, err)
		}
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error { // postponed: all of it anew, some at the same slot
			tx.Schedule(due("never", "1", time.Hour))
			tx.CancelDue("", "todo", 1, "postponed")
			tx.Schedule(due("remind", "1", 3*time.Hour))
			return nil
		})
		got := dueOf(t, db, 1)
		if d := got["remind/1"]; d.State != sales.DuePending || !d.DueAt.Equal(start.Add(3*time.Hour)) {
			t.Errorf("moved to %+v", d)
		}
		if d := got["escalate/1"]; d.State != sales.DueCancelled || d.Reason != "postponed" {
			t.Errorf("cancelled as %+v", d)
		}
		if _, ok := got["never/1"]; ok {
			t.Error("what was scheduled and cancelled in one turn is there")
		}
		w.Clock.Advance(3*time.Hour - 30*time.Second)
		claimed, err := db.ClaimDues(ctx, w.Clock.Now(), time.Minute, 10)
		if err != nil || len(claimed) != 1 {
			t.Fatalf("claimed %v, %v", claimed, err)
		}
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.PutOff(claimed[0].ID, at(5*time.Hour), "静默时段")
			return nil
		})
		w.Clock.Advance(3 * time.Hour)
		claimed, err = db.ClaimDues(ctx, w.Clock.Now(), time.Minute, 10)
		if err != nil || len(claimed) != 1 || claimed[0].Attempts != 1 || !claimed[0].DueAt.Equal(start.Add(5*time.Hour)) {
			t.Fatalf("claimed after putting off: %+v, %v", claimed, err)
		}
		finish := store.Work{Fn: func(ctx context.Context, tx *store.Tx) error {
			d, err := tx.DueByID(ctx, claimed[0].ID)
			if err == nil && d.State == sales.DuePending {
				tx.FinishDue(d.ID, sales.DueDone, "已提醒")
			}
			return err
		}}
		for range 2 {
			if _, err := db.Do(ctx, finish); err != nil {
				t.Error(err)
			}
		}
		if d := dueOf(t, db, 1)["remind/1"]; d.State != sales.DueDone || d.Reason != "已提醒" {
			t.Errorf("decided as %+v", d)
		}
		_, err = db.Do(ctx, store.Work{Fn: func(_ context.Context, tx *store.Tx) error {
			tx.FinishDue(claimed[0].ID, sales.DueDone, "again")
			return nil
		}})
		if sales.KindOf(err) != sales.Conflict {
			t.Errorf("a row decided twice: %v", err)
		}
	})
}

func TestWaitingEventsAreTakenInTheOrderTheyWereSaid(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		ctx := context.Background()
		event := func(id, from string, minute int) bot.Event {
			return bot.Event{Platform: "wecom", ID: id, Kind: bot.Said, From: bot.UserID(from), Text: "拜访", At: w.Clock.Now().Add(time.Duration(minute) * time.Minute)}
		}
		for _, ev := range []bot.Event{event("b", "ZhouMin", -1), event("a", "zhoumin", -2), event("c", "liqiang", 0), event("a", "zhoumin", -2)} {
			if err := db.KeepPending(ctx, ev); err != nil {
				t.Fatal(err)
			}
		}
		take := func() []store.Kept {
			t.Helper()
			kept, err := db.ClaimPending(ctx, w.Clock.Now(), time.Minute, 10)
			if err != nil {
				t.Fatal(err)
			}
			return kept
		}
		do := func(ev bot.Event) store.Result {
			t.Helper()
			res, err := db.Do(ctx, store.Work{Platform: ev.Platform, EventID: ev.ID, Event: ev, Fn: func(context.Context, *store.Tx) error { return nil }})
			if err != nil {
				t.Fatal(err)
			}
			return res
		}
		kept := take()
		if len(kept) != 2 || kept[0].Event.ID != "a" || kept[1].Event.ID != "c" || kept[0].Event.Text != "拜访" {
			t.Fatalf("took %+v; one of each sender, the oldest first", kept)
		}
		if got := take(); len(got) != 0 {
			t.Errorf("took %+v while the one before is being done", got)
		}
		if do(kept[0].Event).Duplicate {
			t.Error("a waiting event is not a duplicate")
		}
		if !do(kept[0].Event).Duplicate {
			t.Error("an event that was done is one")
		}
		if got := take(); len(got) != 1 || got[0].Event.ID != "b" {
			t.Errorf("took %+v, want b", got)
		}
		if err := db.ParkInbox(ctx, kept[1].Event, "panic: a bug"); err != nil {
			t.Fatal(err)
		}
		parked, err := db.Parked(ctx, 10)
		if err != nil || len(parked) != 1 || parked[0].Reason != "panic: a bug" || !do(parked[0].Event).Duplicate {
			t.Fatalf("parked %+v, %v", parked, err)
		}
		if err := db.Unpark(ctx, parked[0].ID); err != nil {
			t.Fatal(err)
		}
		if do(parked[0].Event).Duplicate {
			t.Error("an unparked event can be done")
		}
		w.Clock.Advance(31 * 24 * time.Hour)
		if n, err := db.Prune(ctx); err != nil || n != 2 {
			t.Errorf("pruned %d rows, %v; want the two that are done", n, err)
		}
	})
}

func TestAClaimOfAClockThatWasSetBackHoldsNothingUp(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db, ctx := w.Open(), context.Background()
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.Schedule(sales.Due{ID: tx.NewID(), Kind: "test", SubjectKind: "test", SubjectID: 1, Slot: "0", DueAt: sales.At(w.Clock.Now())})
			return nil
		})
		ev := bot.Event{Platform: "wecom", ID: "waits", Kind: bot.Said, At: w.Clock.Now(), From: "zhoumin"}
		if err := db.KeepPending(ctx, ev); err != nil {
			t.Fatal(err)
		}
		claim := func(holder string) (dues, events int, lease bool) {
			ds, err := db.ClaimDues(ctx, w.Clock.Now(), time.Minute, 10)
			if err != nil {
				t.Fatal(err)
			}
			kept, err := db.ClaimPending(ctx, w.Clock.Now(), 30*time.Second, 10)
			if err != nil {
				t.Fatal(err)
			}
			if lease, err = db.Lease(ctx, "test", holder, 20*time.Second); err != nil {
				t.Fatal(err)
			}
			return len(ds), len(kept), lease
		}
		w.Clock.Advance(time.Hour)
		if d, e, l := claim("first"); d != 1 || e != 1 || !l {
			t.Fatalf("claimed %d due rows, %d events, lease %v", d, e, l)
		}
		if d, e, l := claim("second"); d != 0 || e != 0 || l {
			t.Errorf("claimed twice: %d due rows, %d events, lease %v", d, e, l)
		}
		w.Clock.Advance(-time.Hour)
		if d, e, l := claim("second"); d != 1 || e != 1 || !l {
			t.Errorf("with the clock set back, claimed %d due rows, %d events, lease %v: the others wait for an hour", d, e, l)
		}
	})
}
