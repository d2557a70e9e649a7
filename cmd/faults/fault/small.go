package fault

import (
	"context"
	"time"

	"salesflow/bot/sim"
)

// Small is a little of everything in one go, for every run of the tests: each message three times at once, platforms that
// answer 5xx, kill -9 twice, once as reminders come due, sockets cut; with servers also Redis emptied, and the database
// cut off with a kill -9 in the middle of that.
func Small() *Case {
	return &Case{Name: "small", What: "a little of everything", Stores: both, Do: small}
}

func small(ctx context.Context, r *Run) error {
	r.Talk(ctx)
	steps := []func(context.Context) error{r.threefold, r.killEach, r.breakPlatforms}
	if r.Line != nil {
		steps = append(steps, r.cutAndEmpty)
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return r.Wait(ctx, time.Second)
}

func (r *Run) threefold(ctx context.Context) error {
	r.Front.Copies(3)
	r.load.setCopies(3)
	r.Fault()
	err := r.Wait(ctx, 1500*time.Millisecond)
	r.Front.Copies(0)
	r.load.setCopies(1)
	return err
}

func (l *load) setCopies(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.copies = n
}

// killEach kills twice, the second time as the first reminders come due.
func (r *Run) killEach(ctx context.Context) error {
	for i := range 2 {
		if i == 1 {
			now := r.Clock.Now()
			to := now.Truncate(time.Minute).Add(time.Minute - 300*time.Millisecond)
			if err := r.Pass(ctx, to.Sub(now)); err != nil {
				return err
			}
		}
		if err := r.Wait(ctx, 400*time.Millisecond); err != nil {
			return err
		}
		b := r.Bots[i%len(r.Bots)]
		b.Kill()
		r.Fault()
		if err := b.Start(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (r *Run) breakPlatforms(ctx context.Context) error {
	for _, p := range []string{sim.WeCom, sim.DingTalk} {
		for _, f := range []sim.Fault{{Kind: sim.HTTP5xx, Count: 4}, {Kind: sim.TokenExpired}, {Kind: sim.DropStream}} {
			if err := r.load.simulator(p).Fault(f); err != nil {
				return err
			}
			r.Fault()
		}
	}
	return r.Wait(ctx, time.Second)
}

func (r *Run) cutAndEmpty(ctx context.Context) error {
	r.Line.Cut()
	r.Fault()
	if err := r.EmptyRedis(ctx); err != nil {
		return err
	}
	for i := 0; r.Bots[0].Spooled() == 0 && i < 100; i++ {
		if err := r.Wait(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
	if err := r.killOne(ctx); err != nil {
		return err
	}
	if err := r.Wait(ctx, time.Second); err != nil {
		return err
	}
	r.Line.Mend()
	return nil
}
