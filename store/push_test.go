package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

// pushTo is a push to people, whose accounts are u1, u2…
func pushTo(slot string, people ...sales.PersonID) bot.Delivery {
	d := bot.Delivery{Subject: "x:1", Kind: bot.DeliverPush, Slot: slot, Platform: "wecom", Chat: bot.Chat{Platform: "wecom"}, Out: bot.Outgoing{Text: slot}, People: people}
	for _, p := range people {
		d.Users = append(d.Users, bot.UserID(fmt.Sprint("u", p)))
	}
	d.Recipient = bot.RecipientOf(d.Platform, d.Users, d.Chat)
	return d
}

// stand counts what is pushed to a person by its state.
func stand(t *testing.T, db *store.DB, person sales.PersonID) map[string]int {
	t.Helper()
	out := map[string]int{}
	storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.PushesTo(ctx, person, sales.At(time.Unix(0, 0)), 100)
		for _, r := range list {
			for _, to := range r.To {
				if to.Person == person {
					out[to.State]++
				}
			}
		}
		return err
	})
	return out
}

func TestNobodyGetsMorePushesThanTheLimit(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		w.Options.PushLimit = 20
		replicas := []*store.DB{w.Open()}
		if w.Name == "mariadb" {
			replicas = append(replicas, w.Open())
		}
		var all sync.WaitGroup
		for i := range 60 {
			db := replicas[i%len(replicas)]
			all.Go(func() {
				_, err := db.Do(context.Background(), store.Work{Fn: func(_ context.Context, tx *store.Tx) error {
					tx.AddDelivery(pushTo(fmt.Sprint("push ", i), 1, sales.PersonID(100+i)), time.Time{})
					return nil
				}})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := stand(t, replicas[0], 1); got[bot.PushNow] != 20 || got[bot.PushHeld] != 40 {
			t.Errorf("%v, want 20 now and 40 held", got)
		}
		for _, p := range []sales.PersonID{100, 130, 159} {
			if got := stand(t, replicas[0], p); got[bot.PushNow] != 1 {
				t.Errorf("another person of a push: %v", got)
			}
		}
		next, err := replicas[0].NextDueAt(context.Background())
		if want := w.Clock.Now().Add(time.Hour); err != nil || !next.Equal(want) {
			t.Errorf("gathered at %v, want %v: %v", next, want, err)
		}
	})
}

func TestAHeldPushIsQueuedOnceAndNeverLost(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		w.Options.PushLimit = 1
		db := w.Open()
		for range 3 { // the same again and again, as repeated work does
			storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
				tx.AddDelivery(pushTo("first", 1), time.Time{})
				tx.AddDelivery(pushTo("second", 1, 2), time.Time{})
				return nil
			})
		}
		if got := stand(t, db, 1); got[bot.PushNow] != 1 || got[bot.PushHeld] != 1 {
			t.Fatalf("%v", got)
		}
		for _, d := range claim(t, db, w.Clock.Now()) {
			finish(t, db, bot.Outcome{ID: d.ID, State: bot.DeliverySent, Attempts: 1})
		}
		w.Clock.Advance(2 * time.Hour) // no digest has taken it up
		found := false
		for _, d := range claim(t, db, w.Clock.Now()) {
			found = found || d.Slot == "second" && len(d.Users) == 1 && d.Users[0] == "u1"
		}
		if !found {
			t.Error("what no digest takes up does not go out")
		}
	})
}

func TestAHeldCardIsACopyOfItsOwn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		w.Options.PushLimit = 1
		db := w.Open()
		card := cards.Card{Key: "contract:1/approver", Title: "合同待审批"}
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.AddDelivery(pushTo("first", 1), time.Time{})
			d := pushTo("card", 1, 2)
			d.ID, d.CardID, d.Out = tx.NewID(), tx.NewID(), bot.Outgoing{Card: &card}
			tx.PutCard(bot.LiveCard{ID: d.CardID, Key: card.Key, Platform: "wecom", Users: d.Users, Chat: d.Chat, Face: card, Version: 1, State: bot.CardLive})
			tx.AddDelivery(d, time.Time{})
			return nil
		})
		storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
			live, err := tx.LiveCards(ctx, card.Key)
			if err != nil || len(live) != 2 || len(live[0].Users)+len(live[1].Users) != 2 {
				t.Fatalf("%d copies: %v", len(live), err)
			}
			waits, err := tx.WaitingPushes(ctx, 1, sales.At(w.Clock.Now().Add(time.Hour)))
			if err != nil || len(waits) != 1 {
				t.Fatalf("%d wait: %v", len(waits), err)
			}
			held, err := db.LiveCard(ctx, waits[0].CardID)
			if err != nil || !held.Waits || held.Users[0] != "u1" {
				t.Errorf("held card %+v: %v", held, err)
			}
			return err
		})
	})
}

func TestWhatFailsIsLookedAfterOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.AddDelivery(pushTo("gone", 1, 2), time.Time{})
			return nil
		})
		d := claimedOrSent(t, db, w)
		finish(t, db, bot.Outcome{ID: d, State: bot.DeliverySent, Attempts: 1, Push: true, Receipt: bot.Receipt{Message: "m", Undelivered: []bot.UserID{"u2"}}})
		finish(t, db, bot.Outcome{ID: d, State: bot.DeliverySent, Attempts: 1, Push: true, Receipt: bot.Receipt{Message: "m", Undelivered: []bot.UserID{"u2"}}})
		if got := stand(t, db, 2); got[bot.PushMissed] != 1 {
			t.Errorf("who was not reached: %v", got)
		}
		if got := stand(t, db, 1); got[bot.PushNow] != 1 {
			t.Errorf("who was reached: %v", got)
		}
		storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
			dues, err := tx.DuesOf(ctx, "delivery", d)
			if err != nil || len(dues) != 1 || dues[0].Kind != bot.DuePushFall {
				t.Errorf("%d look-ups for another channel: %v", len(dues), err)
			}
			return err
		})
	})
}

// claimedOrSent is the one delivery of the outbox.
func claimedOrSent(t *testing.T, db *store.DB, w *storetest.World) (id sales.ID) {
	t.Helper()
	storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.PushesOf(ctx, "x:1")
		if err != nil || len(list) != 1 {
			t.Fatalf("%d pushes: %v", len(list), err)
		}
		id = list[0].ID
		return err
	})
	return id
}

func TestAClockThatWasAheadKeepsNothingBack(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		w.Clock.Advance(time.Hour) // the clock goes wrong
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.AddDelivery(pushTo("throttled", 1), time.Time{})
			return nil
		})
		at := w.Clock.Now().Add(50 * time.Minute)
		finish(t, db, bot.Outcome{ID: claimedOrSent(t, db, w), State: bot.DeliveryRetry, Attempts: 1, NextAt: at, Reason: "throttled"})
		if ds := claim(t, db, w.Clock.Now()); len(ds) != 0 {
			t.Fatalf("%d before their time", len(ds))
		}
		w.Clock.Advance(-time.Hour) // and is set right
		if ds := claim(t, db, w.Clock.Now()); len(ds) != 1 {
			t.Errorf("%d sent when the clock was set back, want the one that was put off", len(ds))
		}
	})
}

func TestAnEventIsQueuedOnceForEachTargetThatWantsIt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		w.Options.Hooks = func(kind string) []string {
			if kind == "visit.filed" {
				return []string{"crm", "erp"}
			}
			return nil
		}
		db := w.Open()
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.Emit(sales.DomainEvent{ID: 7, Kind: "visit.filed", SubjectKind: "visit", SubjectID: 3, PersonID: 1, Data: `{"a":1}`})
			tx.Emit(sales.DomainEvent{Kind: "visit.undone", SubjectKind: "visit", SubjectID: 3, Data: "{}"})
			return nil
		})
		w.Clock.Advance(2 * time.Minute) // the claims of whoever wrote them lapse
		ds := claim(t, db, w.Clock.Now())
		if len(ds) != 2 {
			t.Fatalf("%d deliveries", len(ds))
		}
		for _, d := range ds {
			if d.Platform != bot.ViaHook || d.Out.Hook == nil || d.Out.Hook.ID != "7" || string(d.Out.Hook.Data) != `{"a":1}` {
				t.Errorf("%+v", d)
			}
		}
	})
}
