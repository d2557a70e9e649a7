package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
)

// holding is what the program holds, in MiB: what lives after a collection, what the machine holds for it then, and what that
// was at most.
type holding struct{ heap, resident, most float64 }

var heapLine = regexp.MustCompile(`# HeapAlloc = (\d+)`)

// read collects the program's garbage and notes what it holds.
func (c *clinic) read(ctx context.Context, p *process) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.profiles+"/debug/pprof/heap?gc=1&debug=1", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("look at the heap: %w", err)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, 8<<20))
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return fmt.Errorf("look at the heap: %w", err)
	}
	m := heapLine.FindSubmatch(body)
	if m == nil {
		return errors.New("look at the heap: its size is not there")
	}
	n, err := strconv.ParseFloat(string(m[1]), 64)
	c.held = append(c.held, holding{n / (1 << 20), memoryOf(p.pid(), "VmRSS"), memoryOf(p.pid(), "VmHWM")})
	return err
}

var errGrows = errors.New("what the program holds grows with what it is asked")

// What a further round of the same questions about other records may add: what is kept for a while, as open dialogues and
// faces of cards, and the connections.
const (
	heapRoom     = 3.0  // MiB
	residentRoom = 16.0 // MiB
)

// flat reports whether the rounds after the first add nothing: the first fills what is kept once.
func (c *clinic) flat() error {
	if len(c.held) < 3 {
		return nil
	}
	first, last := c.held[1], c.held[len(c.held)-1]
	if last.heap > first.heap+heapRoom || last.resident > first.resident+residentRoom {
		return fmt.Errorf("%w: %s: from %.1f to %.1f MiB of heap, from %.0f to %.0f resident", errGrows, c.size.database,
			first.heap, last.heap, first.resident, last.resident)
	}
	return nil
}

func showMemory(held [2][]holding) error {
	fmt.Printf("\nwhat the program holds after a collection, MiB\n")
	t := table()
	fmt.Fprintln(t, "after\ttenth: heap\tresident\tat most\tfull: heap\tresident\tat most\t")
	for i := range held[0] {
		name := "the start"
		if i > 0 {
			name = fmt.Sprintf("round %d", i)
		}
		fmt.Fprintf(t, "%s\t", name)
		for _, h := range held {
			if i < len(h) {
				fmt.Fprintf(t, "%.1f\t%.0f\t%.0f\t", h[i].heap, h[i].resident, h[i].most)
			}
		}
		fmt.Fprintln(t)
	}
	return t.Flush()
}
