package scheduler

import (
	"context"
	"time"
)

// ScaledClock shows Start at the real moment Origin and runs Speed times as fast from there. Two programs with the same
// three show the same time. It is for trials: a day in 24 minutes.
type ScaledClock struct {
	// Time is time.Now, handed in by cmd.
	Time          func() time.Time
	Start, Origin time.Time
	// Speed is above 0.
	Speed float64
}

// Now is the time it shows.
func (c ScaledClock) Now() time.Time {
	return c.Start.Add(time.Duration(float64(c.Time().Sub(c.Origin)) * c.Speed))
}

// Wait waits until it shows t.
func (c ScaledClock) Wait(ctx context.Context, t time.Time) error {
	for {
		left := t.Sub(c.Now())
		if left <= 0 {
			return nil
		}
		timer := time.NewTimer(time.Duration(float64(left)/c.Speed) + time.Nanosecond)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}
