package scheduler

import (
	"context"
	"sync"
	"time"
)

// Clock is the one clock of the program, made in cmd.
type Clock interface {
	Now() time.Time
	// Wait returns when the clock has reached t, or with the error of ctx.
	Wait(ctx context.Context, t time.Time) error
}

// WallClock is the clock of production.
type WallClock struct {
	// Time is time.Now, handed in by cmd.
	Time func() time.Time
}

// Now is the time.
func (c WallClock) Now() time.Time { return c.Time() }

// Wait waits for t.
func (c WallClock) Wait(ctx context.Context, t time.Time) error {
	timer := time.NewTimer(t.Sub(c.Time()))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// StepClock is the clock of the demo and of tests: it runs with real time from a chosen start and can be moved.
type StepClock struct {
	real func() time.Time

	mu     sync.Mutex
	offset time.Duration
	moved  chan struct{}
}

// NewStepClock makes a clock that shows start now and runs on. real is time.Now, handed in by cmd.
func NewStepClock(real func() time.Time, start time.Time) *StepClock {
	return &StepClock{real: real, offset: start.Sub(real()), moved: make(chan struct{})}
}

// Now is the time it shows.
func (c *StepClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.real().Add(c.offset)
}

// Set moves the clock to t.
func (c *StepClock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset = t.Sub(c.real())
	close(c.moved)
	c.moved = make(chan struct{})
}

// Wait waits for t, however it comes to be.
func (c *StepClock) Wait(ctx context.Context, t time.Time) error {
	for {
		c.mu.Lock()
		left, moved := t.Sub(c.real().Add(c.offset)), c.moved
		c.mu.Unlock()
		if left <= 0 {
			return nil
		}
		timer := time.NewTimer(left)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-moved:
		case <-timer.C:
		}
		timer.Stop()
	}
}
