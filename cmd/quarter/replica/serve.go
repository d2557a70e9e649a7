package replica

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// Order is one line that a replica in a process of its own reads, Outcome one that it writes.
type Order struct {
	What   string // found, at, act, work, next
	At     time.Time
	People []Member `json:",omitempty"`
	Teams  []Team   `json:",omitempty"`
	Acts   []Act    `json:",omitempty"`
}

// Outcome is what came of an order: whether anything is still due, and when something is next.
type Outcome struct {
	Due  bool
	Next time.Time
	Err  string
	// Refused are acts that cannot be done.
	Refused []string
}

// Serve opens a replica at the moment its first order says and follows orders until there are none.
func Serve(ctx context.Context, o Options, in io.Reader, out io.Writer) (err error) {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 64<<20)
	reply := json.NewEncoder(out)
	var r *Replica
	defer func() {
		if r != nil {
			err = errors.Join(err, r.Close())
		}
	}()
	for lines.Scan() {
		var order Order
		if err := json.Unmarshal(lines.Bytes(), &order); err != nil {
			return fmt.Errorf("read an order: %w", err)
		}
		if r == nil {
			if r, err = Open(ctx, o, order.At); err != nil {
				return err
			}
		}
		if err := reply.Encode(r.follow(ctx, order)); err != nil {
			return fmt.Errorf("answer: %w", err)
		}
	}
	return lines.Err()
}

func (r *Replica) follow(ctx context.Context, o Order) (a Outcome) {
	r.At(o.At)
	var err error
	switch o.What {
	case "found":
		if err = r.Found(ctx, o.People, o.Teams); err == nil {
			err = r.Pack(ctx)
		}
	case "act":
		a.Refused = r.ActAll(ctx, o.Acts)
	case "work":
		err = r.Work(ctx)
	}
	if err == nil {
		a.Due, a.Next, err = r.Left(ctx)
	}
	if err != nil {
		a.Err = err.Error()
	}
	return a
}

// hands is how many people act side by side.
const hands = 32

// ActAll lets people act side by side and says what could not be done.
func (r *Replica) ActAll(ctx context.Context, acts []Act) (refused []string) {
	var all sync.WaitGroup
	var mu sync.Mutex
	free := make(chan struct{}, hands)
	for _, act := range acts {
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			if err := r.Act(ctx, act); err != nil {
				mu.Lock()
				defer mu.Unlock()
				refused = append(refused, err.Error())
			}
		})
	}
	all.Wait()
	return refused
}
