package main

import (
	"context"
	"time"

	"salesflow/bot"
	"salesflow/handlers"
	"salesflow/store"
	"salesflow/store/sales"
)

// pendingLease is how long a waiting event or file that a process has claimed is left to it.
const pendingLease = 30 * time.Second

// noEvent is the event of work that no event caused.
var noEvent bot.Event

// storage is the store as the bot and the scheduler ask for it.
type storage struct {
	*books
	db *store.DB
}

// events is the store for turns of dialogue.
type events struct{ storage }

// Do implements bot.EventStore.
func (s events) Do(ctx context.Context, w bot.Work[handlers.Tx]) (bot.Done, error) {
	return s.work(ctx, store.Work{
		Event: w.Event, Person: w.Person, Meanwhile: w.Meanwhile,
		Fn: func(ctx context.Context, tx *store.Tx) error { return w.Do(ctx, tx) },
	})
}

// KeepPending implements bot.EventStore.
func (s events) KeepPending(ctx context.Context, ev bot.Event, wait time.Duration) error {
	return s.db.KeepAll(ctx, []bot.Event{ev}, wait)
}

// LiveCard implements bot.EventStore.
func (s events) LiveCard(ctx context.Context, id sales.ID) (bot.LiveCard, error) {
	return s.db.LiveCard(ctx, id)
}

// dues is the store for what time decides.
type dues struct{ storage }

// Do implements scheduler.DueStore.
func (s dues) Do(ctx context.Context, w bot.Work[*store.Tx]) (bot.Done, error) {
	return s.do(ctx, w.Event, w.Person, w.Do)
}

// ClaimDues implements scheduler.DueStore.
func (s dues) ClaimDues(ctx context.Context, now time.Time, horizon time.Duration, limit int) ([]sales.Due, error) {
	return s.db.ClaimDues(ctx, now, horizon, limit)
}

func (s storage) do(ctx context.Context, ev bot.Event, person sales.PersonID, fn func(context.Context, *store.Tx) error) (bot.Done, error) {
	return s.work(ctx, store.Work{Event: ev, Person: person, Fn: fn})
}

// work does a unit of work that knows the revisions its transaction saw.
func (s storage) work(ctx context.Context, w store.Work) (bot.Done, error) {
	fn := w.Fn
	w.Platform, w.EventID = w.Event.Platform, w.Event.ID
	w.Fn = func(ctx context.Context, tx *store.Tx) error {
		rev, err := tx.Revisions(ctx)
		if err != nil {
			return err
		}
		return fn(withRevisions(ctx, rev), tx)
	}
	r, err := s.db.Do(ctx, w)
	return bot.Done{Duplicate: r.Duplicate, Deliveries: r.Deliveries, Dues: r.Dues}, err
}
