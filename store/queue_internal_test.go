package store

import (
	"testing"
	"testing/synctest"
	"time"
)

// Work that rides goes with the next transaction of others, and does not wait for one longer than rideTime.
func TestWorkRidesWithOthersOrSoonAlone(t *testing.T) {
	t.Parallel()
	rider := func() *call { return &call{work: Work{Rides: true}, done: make(chan struct{})} }
	other := func() *call { return &call{done: make(chan struct{})} }
	for name, c := range map[string]struct {
		calls []*call
		after time.Duration
	}{
		"alone":         {[]*call{rider()}, rideTime},
		"with another":  {[]*call{rider(), other()}, 0},
		"two of a kind": {[]*call{rider(), rider()}, rideTime},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				q := newQueue()
				for _, c := range c.calls {
					q.add(c)
				}
				start := time.Now()
				batch := q.take()
				if took := time.Since(start); len(batch) != len(c.calls) || took != c.after {
					t.Errorf("%d taken together after %v, want %d after %v", len(batch), took, len(c.calls), c.after)
				}
				q.release(batch)
			})
		})
	}
}
