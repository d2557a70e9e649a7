package store

import (
	"context"
	"unicode/utf8"

	"salesflow/bot"
)

// Units is the store for those who know its transactions by an interface of their own: As gives a *Tx as it.
type Units[T any] struct {
	*DB
	As func(*Tx) T
}

// Do does a unit of work, as DB.Do.
func (u Units[T]) Do(ctx context.Context, w bot.Work[T]) (bot.Done, error) {
	r, err := u.DB.Do(ctx, Work{
		Platform: w.Event.Platform, EventID: w.Event.ID, Person: w.Person, Event: w.Event, Meanwhile: w.Meanwhile,
		Fn: func(ctx context.Context, tx *Tx) error { return w.Do(ctx, u.As(tx)) },
	})
	return bot.Done{Duplicate: r.Duplicate, Deliveries: r.Deliveries, Dues: r.Dues}, err
}

// clip cuts text that is only for the operator to at most n runes.
func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n])
}
