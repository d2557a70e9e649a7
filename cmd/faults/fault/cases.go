package fault

import (
	"context"
	"math/rand/v2"
	"time"

	"salesflow/bot/sim"
	"salesflow/cmd/faults/bed"
)

var (
	both     = []string{Embedded, Servers}
	servers  = []string{Servers}
	embedded = []string{Embedded}
)

// Cases are the faults, in the order in which they are tried.
func Cases() []*Case {
	return []*Case{
		{Name: "triple", What: "each message delivered three times at once", Stores: both, Do: triple},
		{Name: "kill", What: "kill -9 at a random moment", Stores: both, Rounds: 20, Do: kill},
		{Name: "freeze", What: "a replica stands still for 65 s", Stores: servers, MayBeLate: true, Do: freeze},
		{Name: "redis-empty", What: "Redis emptied ten times a second", Stores: servers, Do: emptyRedis},
		{Name: "redis-away", What: "Redis killed, away for 10 s", Stores: servers, NeedsRedis: true, Do: killRedis},
		{Name: "db-cut", What: "database unreachable", Stores: servers, Ordered: true, Do: cutDatabase},
		{Name: "db-cut-kill", What: "database unreachable, and kill -9 in the middle of it", Stores: servers, Do: cutAndKill},
		{Name: "db-stop", What: "MariaDB stopped for 20 s", Stores: servers, NeedsMariaDB: true, Ordered: true, Do: stopDatabase},
		{Name: "db-stop-kill", What: "MariaDB stopped for 20 s, kill -9 in the middle", Stores: servers, NeedsMariaDB: true, Do: stopAndKill},
		{Name: "db-hang", What: "MariaDB hangs for 20 s", Stores: servers, NeedsMariaDB: true, Ordered: true, Do: hangDatabase},
		{Name: "db-crash", What: "MariaDB killed with -9, started again at once", Stores: servers, NeedsMariaDB: true, Rounds: 3, Do: crashDatabase},
		{Name: "db-slow", What: "every statement takes 300 ms longer", Stores: servers, Slow: 4, Do: slowDatabase},
		{Name: "disk-full", What: "the disk is full while events are spooled", Stores: servers, MayRefuse: true, Do: fillDisk, Build: smallDisk(512 << 10)},
		{Name: "disk-full", What: "the disk is full under the embedded store", Stores: embedded, MayRefuse: true, Do: fillDisk, Build: smallDisk(64 << 20)},
		{Name: "api-5xx", What: "platforms answer 5xx", Stores: both, Do: api(sim.HTTP5xx, 25, 0, time.Second)},
		{Name: "api-timeout", What: "platforms do not answer within 8 s", Stores: both, Do: api(sim.Slow, 3, 12*time.Second, 2*time.Second)},
		{Name: "api-slow", What: "platforms take 4 s for every answer", Stores: both, Slow: 4, Do: api(sim.Slow, 200, 4*time.Second, 5*time.Second)},
		{Name: "api-token", What: "tokens die twice a second", Stores: both, Do: api(sim.TokenExpired, 1, 0, 500*time.Millisecond)},
		{Name: "api-rate", What: "platforms refuse for their rate limit", Stores: both, Do: api(sim.RateLimited, 25, 0, time.Second)},
		{Name: "api-quota", What: "DingTalk's calls of the month are used up", Stores: both, Do: quota, Build: func(o *bed.Options) { o.Quota = 40 }},
		{Name: "stream-cut", What: "DingTalk's stream and the robot's socket are cut", Stores: both, Rounds: 12, Do: cutStreams},
		{Name: "robot-moves", What: "the holder of the robot's socket is killed", Stores: servers, Do: moveRobot},
		{Name: "clock-ahead", What: "the clock is set an hour ahead and back", Stores: both, Do: stepClock(time.Hour)},
		{Name: "clock-back", What: "the clock is set an hour back and ahead", Stores: both, Do: stepClock(-time.Hour)},
		{Name: "restart", What: "SIGTERM and start, under load", Stores: embedded, Rounds: 5, Do: restart},
		{Name: "rolling", What: "rolling restart under load", Stores: servers, Rounds: 4, AtOnce: true, Do: restart},
		{Name: "migrate", What: "a migration while the old release serves, then the update", Stores: servers, NeedsNext: true, Do: migrate},
	}
}

// triple delivers everything three times at the same moment, spread over the replicas.
func triple(ctx context.Context, r *Run) error {
	r.Front.Copies(3)
	r.load.setCopies(3)
	defer r.Front.Copies(0)
	r.Talk(ctx)
	r.Fault()
	return r.Wait(ctx, r.span(12*time.Second))
}

// kill kills a replica at random moments and starts it again. Every other time it is near the full minute, when reminders
// are due.
func kill(ctx context.Context, r *Run) error {
	r.Talk(ctx)
	for i := range r.Rounds {
		if i%2 == 1 {
			now := r.Clock.Now()
			to := now.Truncate(time.Minute).Add(time.Minute - 200*time.Millisecond)
			if err := r.Pass(ctx, to.Sub(now)); err != nil {
				return err
			}
		}
		if err := r.Wait(ctx, time.Duration(200+rand.IntN(1200))*time.Millisecond); err != nil {
			return err
		}
		if len(r.Bots) == 1 { // nobody else can take what the platform delivers four times in seven seconds
			if err := r.caughtUp(ctx, 2*time.Second); err != nil {
				return err
			}
		}
		b := r.Bots[rand.IntN(len(r.Bots))]
		b.Kill()
		r.Fault()
		if err := r.Wait(ctx, time.Duration(rand.IntN(500))*time.Millisecond); err != nil {
			return err
		}
		if err := b.Start(ctx); err != nil {
			return err
		}
	}
	return r.Wait(ctx, r.span(2*time.Second))
}

// caughtUp waits until nothing that was said longer ago than age lacks its acknowledgement.
func (r *Run) caughtUp(ctx context.Context, age time.Duration) error {
	for r.load.unacknowledged(age) {
		if err := r.Wait(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// freeze stops a replica in the middle of whatever it does, for longer than its claims last, and lets it go on. What went to
// it before the load balancer noticed is late: WeCom delivers it again after its five seconds, to another.
func freeze(ctx context.Context, r *Run) error {
	r.Talk(ctx)
	if err := r.Wait(ctx, 2*time.Second); err != nil {
		return err
	}
	b := r.Bots[0]
	b.Freeze()
	defer b.Thaw()
	r.Fault()
	if err := r.Wait(ctx, 65*time.Second); err != nil {
		return err
	}
	b.Thaw()
	return r.Wait(ctx, 5*time.Second)
}

// restart ends the replicas one after the other in order and starts each again.
func restart(ctx context.Context, r *Run) error {
	r.Talk(ctx)
	if err := r.Wait(ctx, time.Second); err != nil {
		return err
	}
	for range r.Rounds {
		for _, b := range r.Bots {
			began := time.Now()
			if err := b.Stop(20 * time.Second); err != nil {
				return err
			}
			if d := time.Since(began); d > 10*time.Second {
				r.Note("a stop took %s", d.Round(time.Millisecond))
			}
			r.Fault()
			if err := b.Start(ctx); err != nil {
				return err
			}
			if err := r.WaitConnected(ctx); err != nil {
				return err
			}
			if err := r.Wait(ctx, 500*time.Millisecond); err != nil {
				return err
			}
		}
	}
	return nil
}

// span is a wait for good measure.
func (r *Run) span(d time.Duration) time.Duration {
	if r.Setup.Quick {
		return d / 5
	}
	return d
}
