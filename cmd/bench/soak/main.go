// Command soak runs a day of work at many times the speed: the real program on a clock of its own, both simulated platforms
// on the same, eighty salespeople who file by a seeded plan. In the end it compares what was said, promised, submitted and
// due with what was recorded, answered and pushed, and prints what the program held meanwhile.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"salesflow/cmd/faults/bed"
	"salesflow/cmd/faults/fault"
)

type options struct {
	bin, store, start, work string
	span                    time.Duration
	speed, rate             float64
	seed                    uint64
}

func main() {
	var o options
	flag.StringVar(&o.bin, "bin", "bin", "folder of salesflow")
	flag.StringVar(&o.store, "store", fault.Embedded, "embedded or servers")
	flag.StringVar(&o.start, "start", "2026-03-11T08:00:00+08:00", "when the day begins")
	flag.DurationVar(&o.span, "d", 24*time.Hour, "how much of it, in its own time")
	flag.Float64Var(&o.speed, "x", 60, "how many times as fast as real time")
	flag.Float64Var(&o.rate, "rate", 4, "messages a real second in the busiest hour")
	flag.Uint64Var(&o.seed, "seed", 1, "of the plan")
	flag.StringVar(&o.work, "work", "", "folder for data and logs, kept in the end (empty: a temporary one, kept when something was wrong)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (err error) {
	start, err := time.Parse(time.RFC3339, o.start)
	if err != nil {
		return fmt.Errorf("-start: %w", err)
	}
	if o.speed <= 1 || o.speed > 120 || o.span <= 0 || o.rate <= 0 || o.store != fault.Embedded && o.store != fault.Servers {
		return errors.New("-x is above 1 and at most 120, -d and -rate above 0, -store embedded or servers")
	}
	dir := o.work
	if dir == "" {
		if dir, err = os.MkdirTemp("", "salesflow-soak"); err != nil {
			return err
		}
	}
	defer func() {
		if err == nil && o.work == "" {
			err = os.RemoveAll(dir)
		}
	}()
	if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	bin, err := filepath.Abs(filepath.Join(o.bin, "salesflow"))
	if err != nil {
		return err
	}
	s := &fault.Setup{Dir: dir, Binary: bin, Rate: o.rate}
	if o.store == fault.Servers {
		if s.MariaDB, err = bed.NewMariaDB(ctx, filepath.Join(dir, "mariadb")); err != nil {
			return err
		}
		defer s.MariaDB.Kill() // nothing in it is wanted any more
		if err := os.MkdirAll(filepath.Join(dir, "redis"), 0o700); err != nil {
			return err
		}
		if s.Redis, err = bed.NewRedis(ctx, filepath.Join(dir, "redis")); err != nil {
			return err
		}
		defer s.Redis.Kill()
	}
	res, err := fault.Day{Start: start, For: o.span, Speed: o.speed, Seed: o.seed, Store: o.store}.Run(ctx, s)
	if err != nil {
		return err
	}
	report(res, o)
	if !res.OK() {
		return fmt.Errorf("there are differences; data and logs: %s", dir)
	}
	return nil
}

// report prints the account.
func report(r *fault.DayResult, o options) {
	fmt.Printf("%s at %gx on %s, seed %d, took %s\n\n", o.span, o.speed, o.store, o.seed, r.Took.Round(time.Second))
	fmt.Println("| | expected | seen |\n| --- | --- | --- |")
	line := func(what string, want, seen int) { fmt.Printf("| %s | %d | %d |\n", what, want, seen) }
	line("messages acknowledged", r.Sent, r.Acked)
	line("recorded", r.Sent, r.Recorded)
	line("answered", r.Recorded, r.Answered)
	line("reminders pushed", r.Due, r.Pushed)
	for _, e := range r.Pushes {
		line(e.What, e.Want, e.Seen)
	}
	line("missing", 0, r.Missing)
	line("twice", 0, r.Twice)
	line("acknowledged late", 0, r.Late)
	fmt.Println("\n| time | replica | goroutines | open files | heap MiB | resident MiB |\n| --- | --- | --- | --- | --- | --- |")
	for _, s := range r.Samples {
		fmt.Printf("| %s | %s | %d | %d | %.1f | %.1f |\n", s.At.In(time.FixedZone("", 8*3600)).Format("Mon 15:04"), s.Bot, s.Goroutines, s.Files, s.Heap, s.Resident)
	}
	fmt.Println()
	for _, p := range r.Problems {
		fmt.Println("!!", p)
	}
	for _, n := range r.Notes {
		fmt.Println(n)
	}
}
