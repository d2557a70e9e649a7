package fault

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"salesflow/cmd/faults/bed"
)

// emptyRedis deletes everything in Redis again and again.
func emptyRedis(ctx context.Context, r *Run) error {
	r.Talk(ctx)
	end := time.Now().Add(r.span(25 * time.Second))
	for time.Now().Before(end) {
		if err := r.EmptyRedis(ctx); err != nil {
			return err
		}
		r.Fault()
		if err := r.Wait(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// killRedis takes Redis away while reminders come due.
func killRedis(ctx context.Context, r *Run) error {
	r.Talk(ctx)
	if err := r.Wait(ctx, 15*time.Second); err != nil { // the first reminders are due in three seconds
		return err
	}
	r.Setup.Redis.Kill()
	r.Fault()
	if err := r.Wait(ctx, 10*time.Second); err != nil {
		return err
	}
	if err := r.Setup.Redis.Start(ctx); err != nil {
		return err
	}
	return r.Wait(ctx, 3*time.Second)
}

// outage takes the database away and brings it back while people talk.
func (r *Run) outage(ctx context.Context, d time.Duration, away func() error, middle func(context.Context) error, back func(context.Context) error) error {
	r.Talk(ctx)
	if err := r.Wait(ctx, r.span(4*time.Second)); err != nil {
		return err
	}
	if err := away(); err != nil {
		return err
	}
	r.Fault()
	if err := r.Wait(ctx, d/2); err != nil {
		return err
	}
	spooled := r.spooled()
	if middle != nil {
		if err := middle(ctx); err != nil {
			return err
		}
	}
	if err := r.Wait(ctx, d/2); err != nil {
		return err
	}
	r.Note("%d kB in the spools", max(spooled, r.spooled())>>10)
	if spooled == 0 && r.spooled() == 0 {
		return errors.New("nothing was spooled: the database was not away")
	}
	if err := back(ctx); err != nil {
		return err
	}
	began := time.Now()
	for r.spooled() > 0 {
		if err := r.Wait(ctx, 50*time.Millisecond); err != nil {
			return err
		}
		if time.Since(began) > restTime {
			return errors.New("the spools do not empty")
		}
	}
	r.Note("spools empty %s after it was back", time.Since(began).Round(100*time.Millisecond))
	return r.Wait(ctx, r.span(3*time.Second))
}

func (r *Run) spooled() (n int64) {
	for _, b := range r.Bots {
		n += b.Spooled()
	}
	return n
}

func cutDatabase(ctx context.Context, r *Run) error {
	return r.outage(ctx, r.span(15*time.Second), r.cut, nil, r.mend)
}

func (r *Run) cut() error                 { r.Line.Cut(); return nil }
func (r *Run) mend(context.Context) error { r.Line.Mend(); return nil }

// killOne kills a replica that has events in its spool. It cannot start without its database: as under a supervisor it
// is started again and again until that is back.
func (r *Run) killOne(ctx context.Context) error {
	b := r.Bots[0]
	if b.Spooled() == 0 {
		return errors.New("the replica to be killed has nothing in its spool")
	}
	b.Kill()
	r.Fault()
	r.talk.Go(func() {
		for ctx.Err() == nil {
			if err := b.Launch(); err != nil {
				return
			}
			if b.WaitReady(ctx, 30*time.Second) == nil {
				return
			}
			if b.Alive() {
				b.Kill()
			}
			if r.Wait(ctx, time.Second) != nil {
				return
			}
		}
	})
	return nil
}

func cutAndKill(ctx context.Context, r *Run) error {
	return r.outage(ctx, r.span(15*time.Second), r.cut, r.killOne, r.mend)
}

func stopDatabase(ctx context.Context, r *Run) error {
	return r.outage(ctx, 20*time.Second, r.Setup.MariaDB.Stop, nil, r.Setup.MariaDB.Start)
}

func stopAndKill(ctx context.Context, r *Run) error {
	return r.outage(ctx, 20*time.Second, r.Setup.MariaDB.Stop, r.killOne, r.Setup.MariaDB.Start)
}

func hangDatabase(ctx context.Context, r *Run) error {
	m := r.Setup.MariaDB
	defer m.Thaw()
	return r.outage(ctx, 20*time.Second, func() error { m.Freeze(); return nil }, nil, func(context.Context) error { m.Thaw(); return nil })
}

func crashDatabase(ctx context.Context, r *Run) error {
	r.Talk(ctx)
	for range r.Rounds {
		if err := r.Wait(ctx, 3*time.Second); err != nil {
			return err
		}
		r.Setup.MariaDB.Kill()
		r.Fault()
		if err := r.Setup.MariaDB.Start(ctx); err != nil {
			return err
		}
	}
	return r.Wait(ctx, 3*time.Second)
}

func slowDatabase(ctx context.Context, r *Run) error {
	r.Talk(ctx)
	if err := r.Wait(ctx, r.span(3*time.Second)); err != nil {
		return err
	}
	r.Line.Delay(300 * time.Millisecond)
	r.Fault()
	if err := r.Wait(ctx, r.span(20*time.Second)); err != nil {
		return err
	}
	r.Line.Delay(0)
	return r.Wait(ctx, r.span(3*time.Second))
}

func smallDisk(size int64) func(o *bed.Options) {
	return func(o *bed.Options) { o.Disk = size }
}

// fillDisk fills the disk of each replica but for a few kilobytes, with the database away where it is not on that disk.
func fillDisk(ctx context.Context, r *Run) error {
	r.Talk(ctx)
	if err := r.Wait(ctx, 3*time.Second); err != nil {
		return err
	}
	for _, b := range r.Bots {
		if err := fill(b.Data, 12<<10); err != nil {
			return err
		}
	}
	if r.Line != nil {
		r.Line.Cut()
	}
	r.Fault()
	if err := r.Wait(ctx, 10*time.Second); err != nil {
		return err
	}
	full, refused := 0, r.load.refusals()
	for _, b := range r.Bots {
		if free(b.Data) < 8<<10 {
			full++
		}
		if err := os.Remove(filepath.Join(b.Data, ballast)); err != nil {
			return err
		}
	}
	if full == 0 || refused == 0 {
		return fmt.Errorf("%d disks were full, %d attempts refused: this was no fault", full, refused)
	}
	r.Note("%d attempts refused while the disk was full", refused)
	if err := r.Wait(ctx, 5*time.Second); err != nil {
		return err
	}
	if r.Line != nil {
		r.Line.Mend()
	}
	return r.Wait(ctx, 3*time.Second)
}

const ballast = "ballast"

// fill leaves so many bytes free.
func fill(dir string, leave int64) error {
	f, err := os.Create(filepath.Join(dir, ballast))
	if err != nil {
		return err
	}
	page := make([]byte, 4096)
	for free(dir) > leave {
		if _, err = f.Write(page); err != nil {
			break
		}
	}
	return errors.Join(err, f.Close())
}

func free(dir string) int64 {
	var st syscall.Statfs_t
	if syscall.Statfs(dir, &st) != nil {
		return 0
	}
	return int64(st.Bavail) * st.Bsize
}

// refusals is how many deliveries the program answered with a failure.
func (l *load) refusals() (n int) {
	for _, d := range l.w.WeCom.Deliveries() {
		for _, a := range d.Attempts {
			if a.Status >= 500 {
				n++
			}
		}
	}
	for _, a := range l.w.Ding.Acks() {
		if a.Acked && a.Code >= 500 {
			n++
		}
	}
	return n
}
