package bed

import (
	"sync/atomic"
	"time"
)

// Clock is the time of the simulated platforms: real time from a chosen start, or a multiple of it.
type Clock struct {
	ahead atomic.Int64
	// start is what it shows at origin, and from there it runs speed times as fast. A speed up to 1 is real time.
	start, origin time.Time
	speed         float64
}

// NewClock makes a clock that shows start now and runs speed times as fast as real time; 0 is as fast.
func NewClock(start time.Time, speed float64) *Clock {
	c := &Clock{start: start, origin: time.Now(), speed: speed}
	c.ahead.Store(int64(time.Until(start)))
	return c
}

// Now is the time it shows.
func (c *Clock) Now() time.Time {
	if c.speed > 1 {
		return c.start.Add(time.Duration(float64(time.Since(c.origin)) * c.speed))
	}
	return time.Now().Add(c.Ahead())
}

// Ahead is how far it is ahead of the machine's, of a clock that runs with it.
func (c *Clock) Ahead() time.Duration { return time.Duration(c.ahead.Load()) }

func (c *Clock) pass(d time.Duration) { c.ahead.Add(int64(d)) }
