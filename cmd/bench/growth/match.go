package main

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"

	"salesflow/handlers"
	"salesflow/store"
	"salesflow/store/sales"
)

// daysPayments is how many payments one day's file of the bank has, matchBar in how long they are to be matched.
const (
	daysPayments = 10000
	matchBar     = 10 * time.Second
)

// match measures the automatic matching of a day's payments, as the program does it when a bank's file was read: three of four
// pay an open invoice of their customer, every fourth is of an amount nobody invoiced.
func (w *world) match(ctx context.Context) error {
	fmt.Printf("\nmatching a day's %d payments, bar %s\n", daysPayments, matchBar)
	t := table()
	fmt.Fprintln(t, "invoices\tpayments\tmatched\tleft\ttime\tdatabase's CPU\tpeak of the heap\t")
	for _, s := range []size{w.small, w.full} {
		if err := w.matchOf(ctx, s, t); err != nil {
			return err
		}
	}
	return t.Flush()
}

func (w *world) matchOf(ctx context.Context, s size, t interface{ Write([]byte) (int, error) }) error {
	db, err := w.open(ctx, s.database)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if err := w.bankFile(ctx, db, s); err != nil {
		return err
	}
	var seen, matched, left int
	var peak float64
	runtime.GC()
	c, err := w.priced(ctx, func() error {
		for {
			var m handlers.Matched
			_, err := db.Do(ctx, store.Work{Fn: func(ctx context.Context, tx *store.Tx) (err error) {
				m, err = handlers.Cashier{Now: w.now, EventID: "cash:match", Tolerance: tolerance}.MatchWaiting(ctx, tx)
				return err
			}})
			if err != nil || m.Seen == 0 {
				return err
			}
			seen, matched, left = seen+m.Seen, matched+m.Matched, left+m.Left
			var mem runtime.MemStats
			runtime.ReadMemStats(&mem)
			peak = max(peak, float64(mem.HeapInuse)/(1<<20))
		}
	})
	if err != nil {
		return err
	}
	q, err := w.connect(s.database)
	if err != nil {
		return err
	}
	defer func() { _ = q.Close() }()
	var invoices int
	if err := q.GetContext(ctx, &invoices, "SELECT COUNT(*) FROM invoices"); err != nil {
		return err
	}
	fmt.Fprintf(t, "%d\t%d\t%d\t%d\t%s\t%s\t%.1f MiB\t\n", invoices, seen, matched, left, c.wall.Round(10*time.Millisecond), c.cpu, peak)
	return nil
}

// bankFile writes a day's payments as an import does; nobody has looked at them yet.
func (w *world) bankFile(ctx context.Context, db *store.DB, s size) error {
	q, err := w.connect(s.database)
	if err != nil {
		return err
	}
	defer func() { _ = q.Close() }()
	var open []sales.Invoice
	const some = "SELECT customer_id, owner_id, team_id, open_amount FROM invoices WHERE state = 'open' AND contract_id <> 0 ORDER BY due_on, id LIMIT ?"
	if err := q.SelectContext(ctx, &open, some, daysPayments); err != nil {
		return err
	}
	if len(open) == 0 {
		return fmt.Errorf("%s has no open invoices", s.database)
	}
	run := time.Now().UnixNano()
	numbers := make([]int, daysPayments)
	for i := range numbers {
		numbers[i] = i
	}
	for part := range slices.Chunk(numbers, 500) {
		_, err := db.Do(ctx, store.Work{Fn: func(_ context.Context, tx *store.Tx) error {
			for _, i := range part {
				x := open[i%len(open)]
				amount := x.Open
				if i%4 == 3 {
					amount += sales.Money(i + 1)
				}
				ref := fmt.Sprintf("%d-%d", run, i)
				tx.CreatePayment(sales.Payment{
					ID: tx.NewID(), No: "HK" + ref, CustomerID: x.CustomerID, OwnerID: x.OwnerID, TeamID: x.TeamID, Payer: "付款方", Amount: amount,
					Left: amount, ReceivedOn: sales.DayOf(w.now), BankRef: ref, Source: sales.CashFromImport, Auto: sales.AutoWaits,
					State: sales.PaymentOpen, CreatedAt: sales.At(w.now), SourceEventID: "load:bank", Version: 1,
				})
			}
			return nil
		}})
		if err != nil {
			return err
		}
	}
	return nil
}
