package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"
)

// plenty is more messages than any run takes.
const plenty = 60000

func table() *tabwriter.Writer {
	return tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
}

func median[T cmp.Ordered](v []T) T {
	slices.Sort(v)
	return v[len(v)/2]
}

// pair is one round: the yardstick and salesflow, one right after the other.
type pair struct{ bare, flow result }

func medianOf(pairs []pair, f func(pair) float64) float64 {
	v := make([]float64, len(pairs))
	for i, p := range pairs {
		v[i] = f(p)
	}
	return median(v)
}

func (w *world) both(ctx context.Context) (bare, flow *process, err error) {
	if bare, err = w.startBare(ctx); err != nil {
		return nil, nil, err
	}
	flow, err = w.startFlow(ctx, flowDB)
	return bare, flow, err
}

// turns measures both in turns; who goes first changes each round.
func (w *world) turns(ctx context.Context, bare, flow *process, args ...string) ([]pair, error) {
	var out []pair
	for i := range w.o.rounds {
		var p pair
		order := []func() error{
			func() (err error) { p.bare, err = w.load(ctx, bare, args...); return err },
			func() (err error) { p.flow, err = w.load(ctx, flow, args...); return err },
		}
		if i%2 == 1 {
			slices.Reverse(order)
		}
		if err := cmp.Or(order[0](), order[1]()); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// compare prints messages a second and CPU of both, and returns the most messages a second salesflow made.
func (w *world) compare(ctx context.Context, conns []int) (float64, error) {
	bare, flow, err := w.both(ctx)
	if err != nil {
		return 0, err
	}
	defer bare.stop()
	defer flow.stop()
	for _, p := range []*process{bare, flow} { // caches, pools and the heap of both are warm
		if _, err := w.load(ctx, p, "-n", "5000", "-c", "16"); err != nil {
			return 0, err
		}
	}
	t := table()
	fmt.Fprintln(t, "connections\tbare/s\tsalesflow/s\tratio\tbare CPU ms\tsalesflow CPU ms\tratio\tDB CPU ms bare\tsalesflow\tp99 ms bare\tsalesflow\tother CPU %\t")
	top := 0.0
	for _, c := range conns {
		pairs, err := w.turns(ctx, bare, flow, "-c", strconv.Itoa(c), "-d", w.o.span.String(), "-n", strconv.Itoa(plenty))
		if err != nil {
			return 0, err
		}
		flowRPS := medianOf(pairs, func(p pair) float64 { return p.flow.RPS })
		top = max(top, flowRPS)
		fmt.Fprintf(t, "%d\t%.0f\t%.0f\t%.2f\t%.3f\t%.3f\t%.2f\t%.3f\t%.3f\t%.1f\t%.1f\t%.0f\t\n", c,
			medianOf(pairs, func(p pair) float64 { return p.bare.RPS }), flowRPS,
			medianOf(pairs, func(p pair) float64 { return p.flow.RPS / p.bare.RPS }),
			medianOf(pairs, func(p pair) float64 { return p.bare.CPU / 1000 }),
			medianOf(pairs, func(p pair) float64 { return p.flow.CPU / 1000 }),
			medianOf(pairs, func(p pair) float64 { return p.flow.CPU / p.bare.CPU }),
			medianOf(pairs, func(p pair) float64 { return p.bare.DBCPU / 1000 }),
			medianOf(pairs, func(p pair) float64 { return p.flow.DBCPU / 1000 }),
			medianOf(pairs, func(p pair) float64 { return p.bare.P99 }),
			medianOf(pairs, func(p pair) float64 { return p.flow.P99 }),
			medianOf(pairs, func(p pair) float64 { return 100 * (p.bare.Other + p.flow.Other) / (p.bare.Wall + p.flow.Wall) }))
	}
	return top, t.Flush()
}

// compareLatency prints both's latency at the same rate.
func (w *world) compareLatency(ctx context.Context, rate float64) error {
	bare, flow, err := w.both(ctx)
	if err != nil {
		return err
	}
	defer bare.stop()
	defer flow.stop()
	for _, p := range []*process{bare, flow} {
		if _, err := w.load(ctx, p, "-n", "3000", "-c", "16"); err != nil {
			return err
		}
	}
	pairs, err := w.turns(ctx, bare, flow, "-c", "256", "-rate", strconv.FormatFloat(rate, 'f', 0, 64), "-d", w.o.span.String(), "-n", strconv.Itoa(plenty))
	if err != nil {
		return err
	}
	fmt.Printf("\nlatency at %.0f messages/s (half of salesflow's maximum)\n", rate)
	t := table()
	fmt.Fprintln(t, "\tbare ms\tsalesflow ms\tratio\t")
	for _, q := range []struct {
		name string
		of   func(result) float64
	}{{"p50", func(r result) float64 { return r.P50 }}, {"p99", func(r result) float64 { return r.P99 }}} {
		fmt.Fprintf(t, "%s\t%.2f\t%.2f\t%.2f\t\n", q.name,
			medianOf(pairs, func(p pair) float64 { return q.of(p.bare) }),
			medianOf(pairs, func(p pair) float64 { return q.of(p.flow) }),
			medianOf(pairs, func(p pair) float64 { return q.of(p.flow) / q.of(p.bare) }))
	}
	return t.Flush()
}

// watchMemory prints the memory of salesflow while it takes many messages.
func (w *world) watchMemory(ctx context.Context) error {
	if w.o.messages == 0 {
		return nil
	}
	flow, err := w.startFlow(ctx, flowDB)
	if err != nil {
		return err
	}
	defer flow.stop()
	fmt.Printf("\nmemory with %d customers\n", w.o.customers)
	t := table()
	fmt.Fprintln(t, "messages\tMiB\tpeak MiB\t")
	const steps = 10
	for i := range steps {
		r, err := w.load(ctx, flow, "-n", strconv.Itoa(w.o.messages/steps), "-c", "64")
		if err != nil {
			return err
		}
		fmt.Fprintf(t, "%d\t%.0f\t%.0f\t\n", (i+1)*w.o.messages/steps, r.RSS, r.Peak)
	}
	return t.Flush()
}

// timeStart prints how long a start takes on a database that has the customers.
func (w *world) timeStart(ctx context.Context) error {
	var took []time.Duration
	for range max(3, w.o.rounds) {
		flow, err := w.startFlow(ctx, flowDB)
		if err != nil {
			return err
		}
		took = append(took, flow.took)
		flow.stop()
	}
	fmt.Printf("\nstart to /readyz with %d customers: %s\n", w.o.customers, median(took).Round(time.Millisecond))
	return nil
}

// embedded prints what the embedded store makes.
func (w *world) embedded(ctx context.Context, conns []int) error {
	if err := errors.Join(os.RemoveAll(filepath.Join(w.dir, "salesflow-"))); err != nil {
		return err
	}
	flow, err := w.startFlow(ctx, "")
	if err != nil {
		return err
	}
	defer flow.stop()
	if _, err := w.load(ctx, flow, "-n", "2000", "-c", "16"); err != nil {
		return err
	}
	fmt.Println("\nembedded store")
	t := table()
	fmt.Fprintln(t, "connections\tmessages/s\tCPU ms\tp99 ms\tMiB\t")
	for _, c := range conns {
		var runs []result
		for range w.o.rounds {
			r, err := w.load(ctx, flow, "-c", strconv.Itoa(c), "-d", w.o.span.String(), "-n", strconv.Itoa(plenty))
			if err != nil {
				return err
			}
			runs = append(runs, r)
		}
		of := func(f func(result) float64) float64 {
			return medianOf(make([]pair, len(runs)), func(pair) float64 { r := runs[0]; runs = append(runs[1:], r); return f(r) })
		}
		fmt.Fprintf(t, "%d\t%.0f\t%.3f\t%.1f\t%.0f\t\n", c, of(func(r result) float64 { return r.RPS }),
			of(func(r result) float64 { return r.CPU / 1000 }), of(func(r result) float64 { return r.P99 }), of(func(r result) float64 { return r.RSS }))
	}
	return t.Flush()
}
