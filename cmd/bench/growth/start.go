package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// starts measures a start on the full data, and the memory when a name has been looked for.
func (w *world) starts(ctx context.Context) error {
	names, err := w.names(ctx, w.full)
	if err != nil {
		return err
	}
	var took []time.Duration
	var rss, peak float64
	for range 3 {
		p, err := w.serve(ctx, w.full.database)
		if err != nil {
			return err
		}
		took = append(took, p.took)
		_, err = w.post(ctx, p, "-customers", names, "-text", asks[0].text, "-c", "1", "-n", "20")
		rss, peak = memoryOf(p.pid(), "VmRSS"), memoryOf(p.pid(), "VmHWM")
		p.stop()
		if err != nil {
			return err
		}
	}
	slices.Sort(took)
	fmt.Printf("\nstart to /readyz with %d customers and %d contacts: %s; after the first messages %.0f MiB, at most %.0f MiB\n",
		w.full.customers, w.full.contacts, took[1].Round(time.Millisecond), rss, peak)
	return nil
}
