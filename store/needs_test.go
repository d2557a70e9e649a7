package store_test

import (
	"context"
	"time"

	"salesflow/bot"
	"salesflow/handlers"
	"salesflow/scheduler"
	"salesflow/store"
	"salesflow/store/sales"
)

// What others declare they need of the store.
var (
	_ handlers.Tx     = (*store.Tx)(nil)
	_ scheduler.DueTx = (*store.Tx)(nil)
	_ bot.OutboxStore = (*store.DB)(nil)
	_ interface {
		Do(context.Context, bot.Work[handlers.Tx]) (bot.Done, error)
		KeepPending(context.Context, bot.Event) error
		LiveCard(context.Context, sales.ID) (bot.LiveCard, error)
		ClaimDues(context.Context, time.Time, time.Duration, int) ([]sales.Due, error)
	} = store.Units[handlers.Tx]{}
)
