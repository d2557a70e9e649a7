// Command quarter lets a simulated company live through some weeks and compares whom the rules of the pack told of what, and
// when, with what an independent model of docs/rules.md expects: every expected push once, none besides, none early, none
// after what it was about has ended, and late only where a replica died. Time jumps from one moment at which something
// happens to the next. On servers there are two replicas in processes of their own; one of them is killed now and then, and
// Redis is emptied. See docs/faults.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"salesflow/cmd/quarter/model"
	"salesflow/cmd/quarter/play"
	"salesflow/cmd/quarter/replica"
)

type options struct {
	store, work string
	size        play.Size
	small       bool
	kills       int
	most        time.Duration
	child       bool
	replica     replica.Options
}

func main() {
	o := options{size: play.Quarter}
	flag.StringVar(&o.store, "store", "embedded", "embedded, or servers: a MariaDB and a Redis of its own and two replicas")
	flag.StringVar(&o.work, "work", "", "folder for data and logs, kept in the end (empty: a temporary one, kept when something was wrong)")
	flag.BoolVar(&o.small, "small", false, "three weeks of twenty people instead")
	flag.IntVar(&o.size.People, "people", o.size.People, "people")
	flag.IntVar(&o.size.Customers, "customers", o.size.Customers, "customers")
	flag.IntVar(&o.size.Contracts, "contracts", o.size.Contracts, "contracts")
	flag.IntVar(&o.size.Days, "days", o.size.Days, "days")
	flag.Uint64Var(&o.size.Seed, "seed", o.size.Seed, "of the script")
	flag.IntVar(&o.kills, "kills", 20, "how often a replica is killed, and as often Redis emptied, on servers")
	flag.DurationVar(&o.most, "for", 0, "of real time, after which the day that is lived through is the last (0: all days)")
	flag.BoolVar(&o.child, "replica", false, "be a replica, told what to do through standard input (for this program itself)")
	flag.StringVar(&o.replica.DSN, "dsn", "", "database of a replica")
	flag.StringVar(&o.replica.Dir, "dir", "", "folder of a replica")
	flag.StringVar(&o.replica.Redis, "redis", "", "Redis of a replica")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "quarter:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (err error) {
	if o.child {
		return replica.Serve(ctx, o.replica, os.Stdin, os.Stdout)
	}
	if o.small {
		seed := o.size.Seed
		o.size = play.Small
		o.size.Seed = seed
	}
	dir := o.work
	if dir == "" {
		if dir, err = os.MkdirTemp("", "salesflow-quarter"); err != nil {
			return err
		}
	}
	w, closeWorld, err := open(ctx, o, dir)
	if err != nil {
		return err
	}
	began := time.Now()
	res, err := play.Run(ctx, w, o.size, play.Watch{
		Week: func(now time.Time, r *play.Result) {
			fmt.Fprintf(os.Stderr, "%s after %s: %d moments, %d pushes expected, %d late, %d differences%s\n", now.In(model.Zone).Format(time.DateOnly),
				time.Since(began).Round(time.Second), r.Instants, r.Pushes().Expected, r.Pushes().Late, len(r.Differences), w.Faults())
			for _, d := range r.Differences {
				fmt.Fprintln(os.Stderr, "!!", d)
			}
		},
		Enough: func() bool { return o.most > 0 && time.Since(began) > o.most },
	})
	faults := w.Faults()
	if err = errors.Join(err, closeWorld()); err != nil {
		return fmt.Errorf("%w; data and logs: %s", err, dir)
	}
	report(o, res, faults, time.Since(began))
	if !res.OK() {
		return errors.New("there are differences; data and logs: " + dir)
	}
	if o.work == "" {
		return os.RemoveAll(dir)
	}
	return nil
}

// world is a world with what was done to it.
type world interface {
	play.World
	Faults() string
}

func open(ctx context.Context, o options, dir string) (world, func() error, error) {
	switch o.store {
	case "embedded":
		a, err := play.NewAlone(ctx, replica.Options{Dir: dir}, o.size.Start)
		if err != nil {
			return nil, nil, err
		}
		return a, a.Close, nil
	case "servers":
		return openServers(ctx, o, dir)
	}
	return nil, nil, errors.New("-store is embedded or servers")
}

// report prints the account.
func report(o options, r *play.Result, faults string, took time.Duration) {
	fmt.Printf("%d people, %d customers, %d contracts, %d days from %s, lived until %s, on %s, seed %d: %d moments in %s%s\n\n", o.size.People, o.size.Customers,
		o.size.Contracts, o.size.Days, o.size.Start.Format(time.DateOnly), r.Until.In(model.Zone).Format(time.DateOnly), o.store, o.size.Seed, r.Instants, took.Round(time.Second), faults)
	var kinds []string
	for k := range r.Acts {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	for i, k := range kinds {
		fmt.Printf("%s%s %d", map[bool]string{true: "", false: ", "}[i == 0], k, r.Acts[k])
	}
	fmt.Println("\n\n| rule | pushes expected | on time | late | latest | early | missing | unexpected | to-dos expected |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
	line := func(name string, c play.Count) {
		fmt.Printf("| %s | %d | %d | %d | %s | %d | %d | %d | %d |\n", name, c.Expected, c.Exact, c.Late, c.Latest, c.Early, c.Missing, c.Unexpected, c.Todos)
	}
	for _, name := range model.Rules {
		line(name, *r.Rules[name])
	}
	line("to-dos", r.Tasks)
	fmt.Printf("\nto-dos open on one side only: %d; pushes after the end: %d; open incidents without a due row: %d\n", r.OpenTasks, r.AfterEnd, r.Sleeping)
	for _, d := range r.Differences {
		fmt.Println("!!", d)
	}
}
