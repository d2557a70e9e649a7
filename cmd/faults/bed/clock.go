package bed

import (
	"sync/atomic"
	"time"
)

// Clock is the time of the simulated platforms: real time from a chosen start.
type Clock struct{ ahead atomic.Int64 }

// NewClock makes a clock that shows start now.
func NewClock(start time.Time) *Clock {
	c := &Clock{}
	c.ahead.Store(int64(time.Until(start)))
	return c
}

// Now is the time it shows.
func (c *Clock) Now() time.Time { return time.Now().Add(c.Ahead()) }

// Ahead is how far it is ahead of the machine's.
func (c *Clock) Ahead() time.Duration { return time.Duration(c.ahead.Load()) }

func (c *Clock) pass(d time.Duration) { c.ahead.Add(int64(d)) }
