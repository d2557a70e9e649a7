package fault

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"salesflow/cmd/faults/bed"
)

// Stores a case runs on.
const (
	Embedded = "embedded" // SQLite and the embedded Redis, one replica
	Servers  = "servers"  // MariaDB and Redis, two replicas
)

// Setup is what the cases run with.
type Setup struct {
	// Dir takes everything; what a case leaves behind is removed when its differences are zero.
	Dir string
	// Binary is the program, Env what it needs besides this process's environment.
	Binary string
	Env    []string
	// MariaDB and Redis may be stopped and killed. Without them DSN, RedisAddr and RedisDB name what may not.
	MariaDB   *bed.MariaDB
	Redis     *bed.Redis
	DSN       string
	RedisAddr string
	RedisDB   int
	// Next builds the next release of the program, for the cases about updates.
	Next func(ctx context.Context) (binary string, err error)
	// Rounds replaces a case's own number of rounds, when above 0. Rate is messages a second.
	Rounds int
	Rate   float64
	// Quick shortens every wait that is for good measure.
	Quick bool
}

// Case is one fault.
type Case struct {
	Name, What string
	// Stores it makes sense on.
	Stores []string
	Rounds int
	// Do breaks something while people talk.
	Do func(ctx context.Context, r *Run) error
	// Ordered: everybody's messages must have been recorded in their order.
	Ordered bool
	// MayBeLate and MayRefuse excuse acknowledgements that are late or never come.
	MayBeLate, MayRefuse bool
	// AtOnce: WeCom may have to deliver nothing a second time. What DingTalk writes into a socket in the moment in which it
	// is closed gets no answer: the protocol has no way to say goodbye.
	AtOnce bool
	// Slow is by how much less people talk.
	Slow float64
	// What it needs of the Setup: servers that may be stopped, the next release.
	NeedsMariaDB, NeedsRedis, NeedsNext bool
	// Build adapts the world.
	Build func(o *bed.Options)
}

// Run is a case under way.
type Run struct {
	*bed.World
	Setup  *Setup
	Rounds int
	load   *load
	talk   sync.WaitGroup
	hush   context.CancelFunc
	rate   float64
	faults int
	notes  []string
}

// start is a Wednesday morning at ten, so that nothing is held back for the night, and a reminder comes within seconds.
var start = time.Date(2026, 3, 11, 10, 0, 40, 0, shanghai)

// Try runs a case on a store. An error means that it could not be run.
func (c *Case) Try(ctx context.Context, s *Setup, store string) (*Result, error) {
	began := time.Now()
	if c.NeedsMariaDB && s.MariaDB == nil || c.NeedsRedis && s.Redis == nil || c.NeedsNext && s.Next == nil {
		return nil, fmt.Errorf("%s: this setup lacks what it needs", c.Name)
	}
	opt := bed.Options{
		Dir: filepath.Join(s.Dir, c.Name+"-"+store), Binary: s.Binary, Env: s.Env, Reps: 40, Start: start, Backlog: time.Minute,
	}
	if err := os.RemoveAll(opt.Dir); err != nil { // of an earlier run
		return nil, fmt.Errorf("clear %s: %w", opt.Dir, err)
	}
	if store == Servers {
		opt.Replicas, opt.DSN, opt.Redis, opt.RedisDB = 2, s.DSN, s.RedisAddr, s.RedisDB
		if s.MariaDB != nil {
			opt.DSN, opt.KeepSchema = s.MariaDB.DSN(""), true
		}
		if s.Redis != nil {
			opt.Redis = s.Redis.Addr
		}
	}
	if c.Build != nil {
		c.Build(&opt)
	}
	w, err := bed.New(ctx, opt)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Name, err)
	}
	r := &Run{World: w, Setup: s, Rounds: c.Rounds, load: newLoad(w), rate: s.Rate / max(c.Slow, 1)}
	if s.Rounds > 0 && c.Rounds > 1 {
		r.Rounds = s.Rounds
	}
	res, err := r.all(ctx, c)
	if cerr := w.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, fmt.Errorf("%s on %s: %w (logs in %s)", c.Name, store, err, opt.Dir)
	}
	res.Name, res.Store, res.Faults, res.Took = c.Name, store, r.faults, time.Since(began)
	res.Notes = append(r.notes, res.Notes...)
	return res, nil
}

func (r *Run) all(ctx context.Context, c *Case) (*Result, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var watching sync.WaitGroup
	watching.Go(func() { r.load.watch(ctx) })
	err := c.Do(ctx, r)
	r.Hush()
	var res *Result
	if err == nil {
		res, err = r.settle(ctx, c)
	}
	stop()
	watching.Wait()
	return res, err
}

// Talk lets people talk from now on, until Hush.
func (r *Run) Talk(ctx context.Context) {
	ctx, r.hush = context.WithCancel(ctx)
	r.talk.Go(func() { r.load.run(ctx, r.rate) })
}

// Hush ends Talk.
func (r *Run) Hush() {
	if r.hush != nil {
		r.hush()
		r.talk.Wait()
		r.hush = nil
	}
}

// Wait waits, while people talk.
func (r *Run) Wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Fault counts one of what the case is about.
func (r *Run) Fault() { r.faults++ }

// Note keeps something worth knowing about the run.
func (r *Run) Note(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

// How long everything may take to come to rest: claims of a process that died lapse after a minute, for which time is let
// pass once nothing else moves.
const (
	restTime  = 90 * time.Second
	stillTime = 4 * time.Second
	graceTime = 1500 * time.Millisecond
)

// settle waits until everything that was acknowledged is done, and a little longer for what may come twice.
func (r *Run) settle(all context.Context, c *Case) (*Result, error) {
	ctx, cancel := context.WithTimeout(all, restTime+30*time.Second)
	defer cancel()
	began := time.Now()
	lastPass := began
	var res *Result
	for {
		var err error
		if res, err = r.count(ctx, c); err != nil {
			return nil, err
		}
		if res.atRest && r.load.ahead() <= 0 || time.Since(began) > restTime {
			break
		}
		step := 20 * time.Second
		ahead := r.load.ahead()
		if res.atRest && ahead > 0 { // nothing but reminders that are not due yet
			step, lastPass = ahead+time.Second, time.Time{}
		}
		if time.Since(lastPass) > stillTime {
			lastPass = time.Now()
			if err := r.Pass(ctx, step); err != nil {
				return nil, err
			}
		}
		if err := r.Wait(ctx, 200*time.Millisecond); err != nil {
			if all.Err() != nil { // another fault has ended the whole
				return nil, err
			}
			return nil, errors.New("it does not come to rest")
		}
	}
	if err := r.Wait(ctx, graceTime); err != nil {
		return nil, err
	}
	res, err := r.count(ctx, c)
	if err == nil {
		res.Notes = platformNotes(r.load)
	}
	return res, err
}

func (r *Run) count(ctx context.Context, c *Case) (*Result, error) {
	now := r.Clock.Now()
	st, err := r.load.read(ctx, now)
	if err != nil {
		return nil, err
	}
	res := r.load.count(st, now, c)
	res.atRest = st.waiting+st.unsent+st.overdue == 0 && !r.load.unanswered() && res.Missing == 0
	return res, nil
}
