package store

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"salesflow/store/sales"
)

// maxBatch is how many units of work share one transaction at most.
const maxBatch = 64

// The life of a call.
const (
	callWaiting int32 = iota
	callRunning
	callWithdrawn
	callFinished
	callLeft // nobody waits for it any more, and it runs
)

// call is a unit of work that waits for its turn, and its outcome.
type call struct {
	ctx    context.Context
	work   Work
	key    string // of the inbox; empty when the work has no event
	late   bool   // it waits for no other any more; of work that rides
	state  atomic.Int32
	done   chan struct{}
	result Result
	err    error
	// orphan is told what it leaves when it was committed and nobody waits for it any more; nil tells nobody.
	orphan func(Result)
}

func (c *call) finish(r Result, err error) {
	c.result, c.err = r, err
	waited := c.state.CompareAndSwap(callRunning, callFinished)
	close(c.done)
	if !waited && err == nil && c.orphan != nil {
		c.orphan(r)
	}
}

// queue holds the calls that wait, in the order they came. Calls of one person never share a batch and never overtake
// each other, since the second must see what the first did.
type queue struct {
	mu      sync.Mutex
	more    *sync.Cond
	waiting []*call
	persons map[sales.PersonID]bool // in a batch under way
	events  map[string]bool
	closed  bool

	underWay int  // batches
	slow     bool // the first of them has taken longer than patience
	patience *time.Timer
}

// patience is how long calls wait for the batch under way before another committer begins one beside it. While the
// database is quick, one large batch after the other costs it less than two small ones at a time; when one hangs on a
// lock, the others go on.
const patience = 5 * time.Millisecond

// rideTime is how long work that rides waits for a transaction of others.
const rideTime = 5 * time.Millisecond

func newQueue() *queue {
	q := &queue{persons: map[sales.PersonID]bool{}, events: map[string]bool{}}
	q.more = sync.NewCond(&q.mu)
	return q
}

// add puts a call at the end; false when the store is closing.
func (q *queue) add(c *call) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	q.waiting = append(q.waiting, c)
	if c.work.Rides {
		time.AfterFunc(rideTime, func() {
			q.mu.Lock()
			defer q.mu.Unlock()
			c.late = true
			q.more.Broadcast()
		})
		return true
	}
	q.more.Signal()
	return true
}

// pressing reports whether somebody waits who will not ride with others.
func (q *queue) pressing() bool {
	return slices.ContainsFunc(q.waiting, func(c *call) bool { return !c.work.Rides || c.late })
}

// take waits for calls and takes as many as may share a transaction; nil when the store is closing.
func (q *queue) take() []*call {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		if (q.underWay == 0 || q.slow || len(q.waiting) >= maxBatch) && q.pressing() {
			if batch := q.pick(); len(batch) > 0 {
				q.begin()
				return batch
			}
		}
		if q.closed {
			return nil
		}
		q.more.Wait()
	}
}

// begin notes a batch that is taken.
func (q *queue) begin() {
	q.underWay++
	if q.underWay > 1 {
		return
	}
	q.slow = false
	q.patience = time.AfterFunc(patience, func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.slow = true
		q.more.Broadcast()
	})
}

func (q *queue) pick() []*call {
	var batch, rest []*call
	passed := map[sales.PersonID]bool{} // persons of whom an earlier call has been left waiting
	for i, c := range q.waiting {
		if len(batch) == maxBatch {
			rest = append(rest, q.waiting[i:]...)
			break
		}
		p := c.work.Person
		if p != 0 && (q.persons[p] || passed[p]) || c.key != "" && q.events[c.key] {
			passed[p] = true
			rest = append(rest, c)
			continue
		}
		if !c.state.CompareAndSwap(callWaiting, callRunning) {
			continue // withdrawn by its caller
		}
		if p != 0 {
			q.persons[p] = true
		}
		if c.key != "" {
			q.events[c.key] = true
		}
		batch = append(batch, c)
	}
	q.waiting = rest
	return batch
}

// release lets those through who waited for someone in the batch.
func (q *queue) release(batch []*call) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, c := range batch {
		delete(q.persons, c.work.Person)
		delete(q.events, c.key)
	}
	if q.underWay--; q.underWay == 0 {
		q.patience.Stop()
	}
	q.more.Broadcast()
}

// close refuses new calls and those that have not begun.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	for _, c := range q.waiting {
		if c.state.CompareAndSwap(callWaiting, callRunning) {
			c.finish(Result{}, ErrClosed)
		}
	}
	q.waiting = nil
	q.more.Broadcast()
}
