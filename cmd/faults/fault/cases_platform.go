package fault

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"time"

	"salesflow/bot/sim"
)

// api arms a fault of both platforms' interfaces on a beat, n calls each time.
func api(kind string, n int, delay, beat time.Duration) func(context.Context, *Run) error {
	return func(ctx context.Context, r *Run) error {
		r.Talk(ctx)
		end := time.Now().Add(r.span(20 * time.Second))
		for time.Now().Before(end) {
			for _, p := range []string{sim.WeCom, sim.DingTalk} {
				if err := r.load.simulator(p).Fault(sim.Fault{Kind: kind, Count: n, Delay: delay}); err != nil {
					return err
				}
				r.faults += n
			}
			if err := r.Wait(ctx, beat); err != nil {
				return err
			}
		}
		return nil
	}
}

// quota lets people talk while DingTalk takes no more calls, and then the next month begin, with a larger edition.
func quota(ctx context.Context, r *Run) error {
	r.Talk(ctx)
	r.Fault()
	if err := r.Wait(ctx, r.span(25*time.Second)); err != nil { // over a full minute, when reminders are due
		return err
	}
	r.Hush()
	// What is said must be done before the month ends: said weeks ago it would be understood as of then.
	if err := r.caughtUp(ctx, 0); err != nil {
		return err
	}
	if n := r.Ding.MonthlyCalls(); n < 40 {
		return fmt.Errorf("only %d calls were made: the quota was not used up", n)
	}
	// What was asked for last is due in the month without calls, too: the next one begins at night, when nothing is pushed.
	if err := r.Pass(ctx, max(r.load.ahead(), 0)+time.Second); err != nil {
		return err
	}
	if err := r.Wait(ctx, 3*time.Second); err != nil {
		return err
	}
	r.Ding.SetQuota(0)
	now := r.Clock.Now()
	next := time.Date(now.Year(), now.Month()+1, 1, 0, 11, 0, 0, shanghai)
	return r.Pass(ctx, next.Sub(now))
}

// cutStreams cuts every live socket again and again.
func cutStreams(ctx context.Context, r *Run) error {
	r.Talk(ctx)
	for range r.Rounds {
		if err := r.Wait(ctx, r.span(1500*time.Millisecond)+300*time.Millisecond); err != nil {
			return err
		}
		for _, p := range []string{sim.WeCom, sim.DingTalk} {
			if err := r.load.simulator(p).Fault(sim.Fault{Kind: sim.DropStream}); err != nil {
				return err
			}
		}
		r.Fault()
	}
	return r.WaitConnected(ctx)
}

// moveRobot kills the replica that holds the robot's socket. What is said in the group goes through it.
func moveRobot(ctx context.Context, r *Run) error {
	r.Talk(ctx)
	if err := r.inGroup(ctx, 4); err != nil {
		return err
	}
	// What is on the wire to a robot when it dies was never acknowledged: the protocol has no acknowledgement.
	if err := r.groupDone(ctx); err != nil {
		return err
	}
	holder := r.Bots[0]
	holder.Kill()
	r.Fault()
	began := time.Now()
	if err := r.Wait(ctx, 300*time.Millisecond); err != nil {
		return err
	}
	if r.WeCom.RobotConnected() {
		return errors.New("the first replica did not hold the robot's socket")
	}
	if err := r.inGroup(ctx, 3); err != nil {
		return err
	}
	for !r.WeCom.RobotConnected() {
		if time.Since(began) > 40*time.Second {
			return errors.New("nobody has taken the robot's socket over")
		}
		if err := r.Wait(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
	r.Note("taken over after %s", time.Since(began).Round(100*time.Millisecond))
	if err := r.inGroup(ctx, 4); err != nil {
		return err
	}
	if err := holder.Start(ctx); err != nil {
		return err
	}
	if err := r.inGroup(ctx, 2); err != nil {
		return err
	}
	return r.groupDone(ctx)
}

// inGroup lets the two members of the group say n things each.
func (r *Run) inGroup(ctx context.Context, n int) error {
	for range n {
		for _, i := range []int{0, 2} {
			r.load.mu.Lock()
			m := r.load.groupLocked(r.load.speakers[i])
			r.load.mu.Unlock()
			r.load.say(ctx, m, 1)
			if err := r.Wait(ctx, 100*time.Millisecond); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *load) groupLocked(s *speaker) *said {
	m := &said{mark: len(l.all), rep: s, at: time.Now(), chat: "group", customer: s.Customers[s.turns%len(s.Customers)]}
	m.text = fmt.Sprintf("拜访 %s 王主任 介绍生化分析仪方案,备注%s", m.customer, code(m.mark))
	s.turns++
	l.all = append(l.all, m)
	l.byMark[m.mark] = m
	return m
}

// groupDone waits until everything said in the group has its record.
func (r *Run) groupDone(ctx context.Context) error {
	for range 200 {
		st, err := r.load.read(ctx, r.Clock.Now())
		if err != nil {
			return err
		}
		open := 0
		r.load.mu.Lock()
		for _, m := range r.load.all {
			if m.chat != "" && len(st.visits[m.mark]) == 0 {
				open++
			}
		}
		r.load.mu.Unlock()
		if open == 0 {
			return nil
		}
		if err := r.Wait(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
	return errors.New("what was said in the group is not recorded")
}

// stepClock sets the program's clock by d, and back. The platforms' stays right.
func stepClock(d time.Duration) func(context.Context, *Run) error {
	return func(ctx context.Context, r *Run) error {
		r.load.tapping = false // 撤销 is for ten minutes, which an hour's step ends
		r.Talk(ctx)
		for _, step := range []time.Duration{d, -d} {
			if err := r.Wait(ctx, r.span(8*time.Second)); err != nil {
				return err
			}
			for _, b := range r.Bots {
				if err := b.Step(ctx, step); err != nil {
					return err
				}
			}
			r.Fault()
		}
		if err := r.Wait(ctx, r.span(8*time.Second)); err != nil || d < 0 {
			return err
		}
		// What was put off by a clock that was ahead (a platform's rate limit) comes when it is that time.
		r.Hush()
		return r.Pass(ctx, d)
	}
}

// migrate brings the schema to the next release while this one serves, restarts a replica of this one on it, and then
// replaces the replicas one after the other.
func migrate(ctx context.Context, r *Run) error {
	next, err := r.Setup.Next(ctx)
	if err != nil {
		return err
	}
	r.Talk(ctx)
	if err := r.Wait(ctx, 3*time.Second); err != nil {
		return err
	}
	began := time.Now()
	cmd := exec.CommandContext(ctx, next, "migrate", "--config", filepath.Join(filepath.Dir(r.Bots[0].Data), "bot1.yaml"))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("migrate: %w: %s", err, out)
	}
	r.Note("the migration took %s", time.Since(began).Round(100*time.Millisecond))
	r.Fault()
	if err := r.Wait(ctx, 3*time.Second); err != nil {
		return err
	}
	r.Bots[1].Kill() // an old replica dies, and must be able to come back
	if err := r.Bots[1].Start(ctx); err != nil {
		return err
	}
	for _, b := range r.Bots {
		if err := r.Wait(ctx, 2*time.Second); err != nil {
			return err
		}
		if err := b.Stop(20 * time.Second); err != nil {
			return err
		}
		b.UseBinary(next)
		if err := b.Start(ctx); err != nil {
			return err
		}
		if err := r.WaitConnected(ctx); err != nil {
			return err
		}
		r.Fault()
	}
	return r.Wait(ctx, 3*time.Second)
}
