package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"salesflow/store/sales"
)

// asking lets the units of one transaction, which run side by side, read together: what each must know of its customer is
// asked in one query, once all that still run are waiting for it.
type asking struct {
	mu      sync.Mutex
	running int
	asks    []*ask
}

// ask is one unit's question for the open opportunities of a customer.
type ask struct {
	customer sales.ID
	found    []sales.Opportunity
	err      error
	done     chan struct{}
}

// runAll runs the works of all calls, which must concern different people, and returns what became of each. The Tx is nil
// when there is nothing to write.
func (u *unit) runAll(calls []*call) ([]outcome, []*Tx) {
	outs, txs := make([]outcome, len(calls)), make([]*Tx, len(calls))
	u.asking.running = len(calls)
	var wg sync.WaitGroup
	wg.Add(len(calls) - 1)
	for i, c := range calls[1:] {
		u.db.crew.do(func() {
			defer wg.Done()
			defer u.asking.leave(u)
			outs[i+1], txs[i+1] = u.run(c)
		})
	}
	outs[0], txs[0] = u.run(calls[0])
	u.asking.leave(u)
	wg.Wait()
	return outs, txs
}

// leave says that one runs no more; the others may have waited for it alone.
func (a *asking) leave(u *unit) {
	a.mu.Lock()
	a.running--
	asks := a.ready()
	a.mu.Unlock()
	u.answer(asks)
}

// ready takes the questions when all who run have one. a.mu is held.
func (a *asking) ready() []*ask {
	if len(a.asks) == 0 || len(a.asks) < a.running {
		return nil
	}
	asks := a.asks
	a.asks = nil
	return asks
}

// openOpportunities asks together with the other units.
func (u *unit) openOpportunities(customer sales.ID) ([]sales.Opportunity, error) {
	q := &ask{customer: customer, done: make(chan struct{})}
	u.asking.mu.Lock()
	u.asking.asks = append(u.asking.asks, q)
	asks := u.asking.ready()
	u.asking.mu.Unlock()
	u.answer(asks)
	<-q.done
	return q.found, q.err
}

func (u *unit) answer(asks []*ask) {
	if len(asks) == 0 {
		return
	}
	of := map[sales.ID][]*ask{}
	var ids []sales.ID
	for _, q := range asks {
		if of[q.customer] == nil {
			ids = append(ids, q.customer)
		}
		of[q.customer] = append(of[q.customer], q)
	}
	var found []sales.Opportunity
	err := u.reading(func() error {
		return u.q.SelectContext(u.ctx, &found, openOpportunities+marks(len(ids))+")", anys(ids)...)
	})
	if err != nil {
		err = fmt.Errorf("open opportunities: %w", err)
	}
	slices.SortFunc(found, func(a, b sales.Opportunity) int { return cmp.Compare(b.ID, a.ID) }) // quicker than the database
	for _, o := range u.db.onWays(found) {
		for _, q := range of[o.CustomerID] {
			if len(q.found) < maxOpen {
				q.found = append(q.found, o)
			}
		}
	}
	for _, q := range asks {
		q.err = err
		close(q.done)
	}
}

// OpenOpportunities lists the open ones of a customer, the newest first.
func (tx *Tx) OpenOpportunities(ctx context.Context, customer sales.ID) ([]sales.Opportunity, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return tx.u.openOpportunities(customer)
}
