package play

import (
	"context"
	"time"

	"salesflow/cmd/quarter/replica"
)

// Alone is one replica in this process.
type Alone struct {
	options replica.Options
	r       *replica.Replica
}

// NewAlone opens a replica in this process.
func NewAlone(ctx context.Context, o replica.Options, now time.Time) (*Alone, error) {
	r, err := replica.Open(ctx, o, now)
	return &Alone{o, r}, err
}

// Close ends it.
func (a *Alone) Close() error { return a.r.Close() }

// Found implements World.
func (a *Alone) Found(ctx context.Context, people []replica.Member, teams []replica.Team) error {
	if err := a.r.Found(ctx, people, teams); err != nil {
		return err
	}
	return a.r.Pack(ctx)
}

// At implements World.
func (a *Alone) At(_ context.Context, now time.Time) error {
	a.r.At(now)
	return nil
}

// Now implements World.
func (a *Alone) Now() time.Time { return a.r.Now() }

// Act implements World.
func (a *Alone) Act(ctx context.Context, acts []replica.Act) ([]string, error) {
	return a.r.ActAll(ctx, acts), ctx.Err()
}

// Work implements World.
func (a *Alone) Work(ctx context.Context) error { return a.r.Work(ctx) }

// Next implements World.
func (a *Alone) Next(ctx context.Context) (time.Time, error) {
	_, next, err := a.r.Left(ctx)
	return next, err
}

// Seen implements World.
func (a *Alone) Seen(ctx context.Context) (Seen, error) { return readSeen(ctx, a.options) }

// Faults says what was done to it: nothing.
func (a *Alone) Faults() string { return "" }
