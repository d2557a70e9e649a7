package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// movedClock is the clock of a program under test: it runs with real time, some way ahead of it or behind.
type movedClock struct {
	real func() time.Time

	mu     sync.Mutex
	ahead  time.Duration
	passed chan struct{} // closed when time is let pass
}

func newMovedClock(real func() time.Time, ahead time.Duration) *movedClock {
	return &movedClock{real: real, ahead: ahead, passed: make(chan struct{})}
}

// Now is the time it shows.
func (c *movedClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.real().Add(c.ahead)
}

// step sets the clock as an operator does who corrects it: whoever waits for a moment is not told, and waits as long as
// it seemed when they began.
func (c *movedClock) step(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// pass lets time go by at once: what would have happened meanwhile happens now.
func (c *movedClock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
	close(c.passed)
	c.passed = make(chan struct{})
}

// Wait waits for t, by real time unless time is let pass.
func (c *movedClock) Wait(ctx context.Context, t time.Time) error {
	for {
		c.mu.Lock()
		left, passed := t.Sub(c.real().Add(c.ahead)), c.passed
		c.mu.Unlock()
		timer := time.NewTimer(left)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
			return nil
		case <-passed:
			timer.Stop()
		}
	}
}

// ServeHTTP moves the clock: POST /clock?step=1h or ?pass=2m. It answers when the clock shows the new time.
func (c *movedClock) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for name, move := range map[string]func(time.Duration){"step": c.step, "pass": c.pass} {
		text := r.FormValue(name)
		if text == "" {
			continue
		}
		d, err := time.ParseDuration(text)
		if err != nil {
			http.Error(w, name+" wants a duration such as 90s", http.StatusBadRequest)
			return
		}
		move(d)
	}
	_, _ = fmt.Fprintln(w, c.Now().Format(time.RFC3339Nano))
}

// serveClock lets tests move the clock on a loopback address until ctx ends.
func serveClock(ctx context.Context, addr string, c *movedClock) error {
	ln, err := listenLoopback(ctx, "--clock-control", addr)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("POST /clock", c)
	serveUntil(ctx, ln, mux)
	return nil
}
