package play

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"

	"salesflow/cmd/quarter/model"
	"salesflow/cmd/quarter/replica"
	"salesflow/store/sales"
)

// Pair is two replicas in processes of their own on one database and one Redis. Now and then one of them is killed and
// Redis is emptied, in the middle of what they do.
type Pair struct {
	binary  string
	options replica.Options
	empty   func(ctx context.Context) error
	now     time.Time
	rng     *rand.Rand
	kids    [2]*kid
	db      *sql.DB // what is left to do, asked when they are slow
	// hurts are the moments from which the next fault is due; hurt says that one was done at this moment, busy that something
	// is due at it.
	hurts      []time.Time
	hurt, busy bool
	next       time.Time
	killed     int
	lapsed     int // moments at which a claim had to lapse
}

// PairOptions say how a pair is run.
type PairOptions struct {
	Binary  string // this program
	Replica replica.Options
	// Empty empties Redis.
	Empty func(ctx context.Context) error
	Kills int
	Size  Size
}

// NewPair starts two replicas.
func NewPair(o PairOptions) (*Pair, error) {
	p := &Pair{binary: o.Binary, options: o.Replica, empty: o.Empty, now: o.Size.Start, rng: rand.New(rand.NewPCG(o.Size.Seed, 2))}
	// By day, so that what comes a few minutes late is not put off by the night.
	for i := range o.Kills {
		day := model.Midnight(o.Size.Start).AddDate(0, 0, 1+i*max(o.Size.Days-2, 1)/o.Kills)
		p.hurts = append(p.hurts, day.Add(10*time.Hour+time.Duration(p.rng.IntN(5*60))*time.Minute))
	}
	var err error
	if p.db, err = sql.Open("mysql", o.Replica.DSN); err != nil {
		return nil, err
	}
	for i := range p.kids {
		if p.kids[i], err = p.start(i); err != nil {
			return nil, errors.Join(err, p.Close())
		}
	}
	return p, nil
}

// kid is a replica in a process of its own.
type kid struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
	mu  sync.Mutex
	// gone is closed when it has ended.
	gone chan struct{}
}

func (p *Pair) start(i int) (*kid, error) {
	log, err := os.OpenFile(filepath.Join(p.options.Dir, fmt.Sprintf("replica%d.log", i)), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	dir := filepath.Join(p.options.Dir, fmt.Sprint("replica", i))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	k := &kid{gone: make(chan struct{}), cmd: exec.Command(p.binary, "-replica", "-dsn", p.options.DSN, "-redis", p.options.Redis, "-dir", dir)} //nolint:noctx // it ends by Close or kill
	k.cmd.Stderr = log
	k.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if k.in, err = k.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := k.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	k.out = bufio.NewScanner(out)
	k.out.Buffer(nil, 64<<20)
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // the kernel kills it when the thread that started it ends
		err := k.cmd.Start()
		started <- err
		if err == nil {
			_ = k.cmd.Wait() // killed, or told to end
		}
		close(k.gone)
	}()
	return k, <-started
}

// errDied says that a replica is gone.
var errDied = errors.New("the replica has died")

func (k *kid) order(o replica.Order) (replica.Outcome, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var a replica.Outcome
	line, err := json.Marshal(o)
	if err != nil {
		return a, err
	}
	if _, err := k.in.Write(append(line, '\n')); err != nil {
		return a, errors.Join(errDied, err)
	}
	if !k.out.Scan() {
		return a, errors.Join(errDied, k.out.Err())
	}
	if err := json.Unmarshal(k.out.Bytes(), &a); err != nil {
		return a, errors.Join(errDied, err)
	}
	if a.Err != "" {
		return a, errors.New(a.Err)
	}
	return a, nil
}

func (k *kid) kill() { _ = k.cmd.Process.Kill() }

// Close ends both.
func (p *Pair) Close() error {
	for _, k := range p.kids {
		if k == nil {
			continue
		}
		_ = k.in.Close()
		select {
		case <-k.gone:
		case <-time.After(20 * time.Second):
			k.kill()
		}
	}
	return p.db.Close()
}

// Found implements World.
func (p *Pair) Found(_ context.Context, people []replica.Member, teams []replica.Team) error {
	_, err := p.kids[0].order(replica.Order{What: "found", At: p.now, People: people, Teams: teams})
	return err
}

// At implements World.
func (p *Pair) At(_ context.Context, now time.Time) error {
	if now.After(p.now) {
		p.now = now
	}
	p.hurt, p.busy = false, !p.next.IsZero() && !p.next.After(now)
	return nil
}

// Now implements World.
func (p *Pair) Now() time.Time { return p.now }

// both gives each replica an order at the same time. When a fault is due, one is killed in the middle, and Redis emptied;
// the replica that died is started anew and given its order again.
func (p *Pair) both(ctx context.Context, orders [2]replica.Order) (out [2]replica.Outcome, err error) {
	var all sync.WaitGroup
	var errs [2]error
	victim := -1
	for i := range orders {
		orders[i].At = p.now
		all.Go(func() { out[i], errs[i] = p.kids[i].order(orders[i]) })
	}
	if h := p.now.In(model.Zone).Hour(); p.busy && len(p.hurts) > 0 && !p.now.Before(p.hurts[0]) && h >= 10 && h < 17 && p.rng.IntN(3) == 0 {
		p.hurts, p.hurt = p.hurts[1:], true
		time.Sleep(time.Duration(p.rng.IntN(10)) * time.Millisecond)
		victim = p.rng.IntN(len(p.kids))
		p.kids[victim].kill()
		p.killed++
		if err := p.empty(ctx); err != nil {
			return out, err
		}
	}
	all.Wait()
	for i, err := range errs {
		if i == victim {
			out[i], err = p.again(i, orders[i], out[i], err)
		}
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

// again starts a replica anew that was killed, and gives it the order it did not answer.
func (p *Pair) again(i int, o replica.Order, out replica.Outcome, err error) (replica.Outcome, error) {
	if err != nil && !errors.Is(err, errDied) {
		return out, err
	}
	<-p.kids[i].gone
	fresh, failed := p.start(i)
	if failed != nil {
		return out, failed
	}
	if p.kids[i] = fresh; err == nil {
		return out, nil
	}
	return fresh.order(o)
}

// Act implements World: each replica hears half of the people.
func (p *Pair) Act(ctx context.Context, acts []replica.Act) ([]string, error) {
	orders := [2]replica.Order{{What: "act"}, {What: "act"}}
	for i, a := range acts {
		orders[i%2].Acts = append(orders[i%2].Acts, a)
	}
	out, err := p.both(ctx, orders)
	return append(out[0].Refused, out[1].Refused...), err
}

// stuckFor is for how long nothing of what is due gets done, in real time, before the claim on it must lapse; step is by how
// much the clock goes on for that, and most how far.
const (
	stuckFor = 1500 * time.Millisecond
	step     = time.Minute
	most     = 4 * time.Minute
)

// Work implements World.
func (p *Pair) Work(ctx context.Context) error {
	began, from, before := time.Now(), p.now, [2]int{-1}
	for ctx.Err() == nil {
		out, err := p.both(ctx, [2]replica.Order{{What: "work"}, {What: "work"}})
		if err != nil {
			return err
		}
		if !out[0].Due || !out[1].Due { // one of them looked last
			if left, err := p.kids[0].order(replica.Order{What: "next", At: p.now}); err != nil || !left.Due {
				return err
			}
		}
		wait := time.Since(began)
		if wait > stuckFor {
			left, err := p.left(ctx)
			if err != nil {
				return err
			}
			if left != before { // slow, not stuck
				before, began = left, time.Now()
				continue
			}
		}
		switch {
		case wait > time.Minute:
			return errors.New("what is due stays undone")
		case wait > stuckFor && p.now.Sub(from) < most: // a claim must lapse: of the dead, or of a decision that failed
			p.now, began = p.now.Add(step), time.Now()
			if p.now.Sub(from) == step {
				p.lapsed++
			}
		case wait > 20*time.Millisecond:
			time.Sleep(5 * time.Millisecond)
		}
	}
	return ctx.Err()
}

// left counts the due rows that are not decided and the events the rules have not seen.
func (p *Pair) left(ctx context.Context) (n [2]int, err error) {
	const query = "SELECT (SELECT COUNT(*) FROM dues WHERE state = 'pending' AND due_at <= ?), (SELECT COUNT(*) FROM event_queue)"
	err = p.db.QueryRowContext(ctx, query, sales.At(p.now)).Scan(&n[0], &n[1])
	return n, err
}

// Next implements World.
func (p *Pair) Next(context.Context) (time.Time, error) {
	a, err := p.kids[0].order(replica.Order{What: "next", At: p.now})
	p.next = a.Next
	return a.Next, err
}

// Seen implements World.
func (p *Pair) Seen(ctx context.Context) (Seen, error) { return readSeen(ctx, p.options) }

// Faults says what was done to them.
func (p *Pair) Faults() string {
	return fmt.Sprintf(", a replica killed and Redis emptied %d times, claims that had to lapse at %d moments", p.killed, p.lapsed)
}
