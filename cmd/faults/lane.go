package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"salesflow/cmd/faults/bed"
	"salesflow/cmd/faults/fault"
)

// lane tries one case after the other. Lanes run side by side and share nothing: each of those on servers has its own.
type lane struct {
	store string
	setup *fault.Setup
	cases []*fault.Case
}

// prepare builds the program, deals the cases out to lanes and starts the servers these need. After an error, too, the lanes
// it returns must be ended.
func prepare(ctx context.Context, o options, dir string, cases []*fault.Case) ([]*lane, error) {
	binary := o.bin
	if binary == "" {
		binary = filepath.Join(dir, "salesflow")
		if err := build(ctx, binary); err != nil {
			return nil, err
		}
	}
	next := sync.OnceValues(func() (string, error) { return buildNext(ctx, dir) })
	add := func(name, store string) *lane {
		return &lane{store: store, setup: &fault.Setup{
			Dir: filepath.Join(dir, name), Binary: binary, Rounds: o.rounds, Rate: o.rate,
			Next: func(context.Context) (string, error) { return next() },
		}}
	}
	var lanes []*lane
	deal := func(store string, n int) {
		first, turn := len(lanes), 0
		for i := range n {
			lanes = append(lanes, add(fmt.Sprintf("%s%d", store, i+1), store))
		}
		for _, c := range cases {
			if slices.Contains(stores(c, o), store) {
				l := lanes[first+turn%n]
				l.cases = append(l.cases, c)
				turn++
			}
		}
	}
	deal(fault.Embedded, max(1, o.lanes/2))
	deal(fault.Servers, max(1, o.lanes))
	lanes = slices.DeleteFunc(lanes, func(l *lane) bool { return len(l.cases) == 0 })
	for _, l := range lanes {
		if err := l.start(ctx); err != nil {
			return lanes, err
		}
	}
	return lanes, nil
}

func (l *lane) start(ctx context.Context) (err error) {
	redis := filepath.Join(l.setup.Dir, "redis")
	if err := os.MkdirAll(redis, 0o700); err != nil || l.store != fault.Servers {
		return err
	}
	if l.setup.MariaDB, err = bed.NewMariaDB(ctx, filepath.Join(l.setup.Dir, "mariadb")); err != nil {
		return err
	}
	l.setup.Redis, err = bed.NewRedis(ctx, redis)
	return err
}

// end kills the lane's servers: nothing in them is wanted any more.
func (l *lane) end() {
	if l.setup.MariaDB != nil {
		l.setup.MariaDB.Kill()
	}
	if l.setup.Redis != nil {
		l.setup.Redis.Kill()
	}
}

// try runs the lanes' cases, each lane's in their order, and prints their lines.
func try(ctx context.Context, lanes []*lane) error {
	began := time.Now()
	fmt.Println(fault.Header())
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var all sync.WaitGroup
	errs := make([]error, len(lanes))
	var bad atomic.Int64
	for i, l := range lanes {
		all.Go(func() {
			for _, c := range l.cases {
				res, err := c.Try(ctx, l.setup, l.store)
				if err != nil {
					errs[i] = err
					stop() // the other lanes' would be in vain
					return
				}
				fmt.Print(res.Line())
				if !res.OK() {
					bad.Add(1)
				}
			}
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	fmt.Printf("\n%s in all\n", time.Since(began).Round(time.Second))
	if bad.Load() > 0 {
		return errors.New("there are differences")
	}
	return nil
}
