package main

import (
	"context"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// gcRoom is how much may be allocated between two collections at least, in bytes. The heap of a small company is some
// thirty megabytes; collecting at each doubling of that costs a tenth of the CPU under load.
const gcRoom = 40 << 20

// jobRoom is the same while a large job runs, in bytes: it takes a machine's memory besides what the bot holds anyway, and
// nobody waits for its every millisecond.
const jobRoom = 20 << 20

// jobLimit is how much the runtime may hold above what lives while a large job runs, in bytes. Near it, pages that are free go back to
// the machine at once: a job leaves many of them, and the next asks for as many of another size.
const jobLimit = 36 << 20

// saveMemory collects early while names are read at start, since most of what reading them takes is thrown away. Afterwards
// the collector has the word.
func saveMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(30)
	}
}

// collector says when the runtime collects: a small heap gets gcRoom between collections, and a large one half its size, since
// the names of a hundred thousand customers are not to be doubled by what is thrown away. It looks again after each
// collection: a company that was small at the start grows by an import. Its methods do nothing on nil.
type collector struct {
	// collected says that the runtime has collected.
	collected chan struct{}

	mu      sync.Mutex
	percent int // as last set
	jobs    int // large ones that run now
	// limited says that jobLimit is in force; free that it may be, GOMEMLIMIT being unset.
	limited, free bool
}

// newCollector is the collector; nil where GOGC is set, which then has the word.
func newCollector() *collector {
	if os.Getenv("GOGC") != "" {
		return nil
	}
	return &collector{collected: make(chan struct{}, 1), free: os.Getenv("GOMEMLIMIT") == ""}
}

// follow gives back what the start took, and follows the heap until ctx ends.
func (c *collector) follow(ctx context.Context) {
	if c == nil {
		return
	}
	debug.FreeOSMemory()
	c.tune()
	c.await(&cycle{ctx.Done(), c})
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-c.collected:
				c.tune()
			}
		}
	}()
}

// cycle is garbage from the beginning: its finalizer runs after each collection.
type cycle struct {
	over <-chan struct{}
	c    *collector
}

func (c *collector) await(x *cycle) {
	runtime.SetFinalizer(x, func(x *cycle) {
		select {
		case <-x.over:
			return
		case x.c.collected <- struct{}{}:
		default:
		}
		x.c.await(x)
	})
}

// spare collects early until the job is over whose end the caller tells by calling what it gets.
func (c *collector) spare() (over func()) {
	if c == nil {
		return func() {}
	}
	c.begin(1)
	return sync.OnceFunc(func() { c.begin(-1) })
}

func (c *collector) begin(n int) {
	c.mu.Lock()
	c.jobs += n
	c.mu.Unlock()
	c.tune()
}

func (c *collector) tune() {
	live := liveHeap()
	c.mu.Lock()
	defer c.mu.Unlock()
	want := gcPercent(live, c.jobs > 0)
	if d := want - c.percent; d*8 > c.percent || d*8 < -c.percent { // setting it halts the program for a moment
		debug.SetGCPercent(want)
		c.percent = want
	}
	switch {
	case !c.free:
	case c.jobs > 0:
		debug.SetMemoryLimit(int64(live) + jobLimit)
		c.limited = true
	case c.limited:
		debug.SetMemoryLimit(math.MaxInt64)
		c.limited = false
	}
}

// gcPercent is how much of what lives, in bytes, may be allocated before the next collection, in percent of it.
func gcPercent(live int, job bool) int {
	live = max(live, 1<<20)
	if job {
		return min(max(jobRoom*100/live, 25), 200)
	}
	return min(max(gcRoom*100/live, 50), 400)
}

// liveHeap is how much lived at the last collection, in bytes.
func liveHeap() int {
	s := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(s)
	if s[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return int(s[0].Value.Uint64())
}

// importHeap is how much memory an import from the command line uses before it collects harder, in bytes: on the machine of a
// small company it shares some hundred megabytes with the bot itself.
const importHeap = 180 << 20

// spareMemory keeps a command that goes through a large file small. GOMEMLIMIT and GOGC, where they are set, have the word.
func spareMemory() {
	if os.Getenv("GOMEMLIMIT") == "" && os.Getenv("GOGC") == "" {
		debug.SetMemoryLimit(importHeap)
		debug.SetGCPercent(50)
	}
}
