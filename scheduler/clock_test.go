package scheduler_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"salesflow/scheduler"
)

var tenOClock = time.Date(2026, 3, 11, 10, 0, 0, 0, time.FixedZone("CST", 8*3600))

// frozen is a real time that stands still, so that only Set moves a StepClock.
func frozen() time.Time { return tenOClock.AddDate(10, 0, 0) }

func waiting(ctx context.Context, c scheduler.Clock, until time.Time) <-chan error {
	done := make(chan error, 1)
	go func() { done <- c.Wait(ctx, until) }()
	return done
}

func soon(t *testing.T, done <-chan error) error {
	t.Helper()
	select {
	case err := <-done:
		return err
	case <-time.After(time.Minute):
		t.Fatal("it waits for ever")
		return nil
	}
}

func TestStepClockShowsItsOwnTime(t *testing.T) {
	t.Parallel()
	real := frozen()
	c := scheduler.NewStepClock(func() time.Time { return real }, tenOClock)
	if !c.Now().Equal(tenOClock) {
		t.Errorf("it begins at %s", c.Now())
	}
	real = real.Add(90 * time.Second)
	if got := c.Now().Sub(tenOClock); got != 90*time.Second {
		t.Errorf("after 90 s of real time it is %s on", got)
	}
	c.Set(tenOClock.Add(49 * time.Hour))
	if got := c.Now().Sub(tenOClock); got != 49*time.Hour {
		t.Errorf("set 49 h on, it shows %s", got)
	}
	c.Set(tenOClock.Add(-time.Hour))
	if got := c.Now().Sub(tenOClock); got != -time.Hour {
		t.Errorf("set back, it shows %s", got)
	}
}

func TestWaitingForAClockThatIsMoved(t *testing.T) {
	t.Parallel()
	c := scheduler.NewStepClock(frozen, tenOClock)
	past := waiting(t.Context(), c, tenOClock)
	if err := soon(t, past); err != nil {
		t.Errorf("a moment that has come: %v", err)
	}
	done := waiting(t.Context(), c, tenOClock.Add(2*time.Hour))
	other := waiting(t.Context(), c, tenOClock.Add(time.Hour))
	c.Set(tenOClock.Add(time.Hour))
	if err := soon(t, other); err != nil {
		t.Errorf("at its moment: %v", err)
	}
	select {
	case <-done:
		t.Error("done an hour early")
	default:
	}
	c.Set(tenOClock.Add(3 * time.Hour))
	if err := soon(t, done); err != nil {
		t.Errorf("past its moment: %v", err)
	}
}

func TestWaitingEndsWithItsContext(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]scheduler.Clock{
		"step": scheduler.NewStepClock(frozen, tenOClock), "wall": scheduler.WallClock{Time: frozen},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		done := waiting(ctx, c, c.Now().Add(time.Hour))
		cancel()
		if err := soon(t, done); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWallClock(t *testing.T) {
	t.Parallel()
	c := scheduler.WallClock{Time: time.Now}
	for _, d := range []time.Duration{-time.Hour, 0, time.Millisecond} {
		until := c.Now().Add(d)
		if err := soon(t, waiting(t.Context(), c, until)); err != nil {
			t.Error(err)
		}
		if c.Now().Before(until) {
			t.Errorf("%s before its moment", until.Sub(c.Now()))
		}
	}
}
