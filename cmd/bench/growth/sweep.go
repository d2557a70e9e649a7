package main

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"salesflow/scheduler"
	"salesflow/store"
	"salesflow/store/sales"
)

const found = 1000 // due rows that a sweep finds

// sweep compares a sweep that finds 1,000 due rows among those that are not yet with as many single-row updates.
func (w *world) sweep(ctx context.Context) error {
	fmt.Printf("\na sweep that finds %d due rows, and %d single-row updates of due rows, each committed by itself\n", found, found)
	t := table()
	fmt.Fprintln(t, "rows not yet due\tsweep ms\tits DB CPU ms\tupdates ms\ttheir DB CPU ms\tratio of time\tof CPU\tempty sweep µs\t")
	for _, s := range []size{w.small, w.full} {
		if err := w.sweepOf(ctx, s, t); err != nil {
			return err
		}
	}
	return t.Flush()
}

func (w *world) sweepOf(ctx context.Context, s size, t interface{ Write([]byte) (int, error) }) error {
	db, err := w.open(ctx, s.database)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	q, err := w.connect(s.database)
	if err != nil {
		return err
	}
	defer func() { _ = q.Close() }()
	var sweeps, updates cost
	for range w.o.rounds {
		now := time.Now()
		ids, err := plan(ctx, db, now)
		if err != nil {
			return err
		}
		c, err := w.priced(ctx, func() error { return oneByOne(ctx, q, ids, now) })
		if err != nil {
			return err
		}
		updates.wall, updates.cpu = updates.wall+c.wall, updates.cpu+c.cpu
		c, err = w.priced(ctx, func() error {
			got, err := db.ClaimDues(ctx, now, scheduler.Horizon, found)
			if err == nil && len(got) != found {
				err = fmt.Errorf("a sweep found %d rows", len(got))
			}
			return err
		})
		if err != nil {
			return err
		}
		sweeps.wall, sweeps.cpu = sweeps.wall+c.wall, sweeps.cpu+c.cpu
		if _, err := q.ExecContext(ctx, "DELETE FROM dues WHERE subject_kind = 'growth'"); err != nil {
			return err
		}
	}
	const empties = 500
	empty, err := w.priced(ctx, func() error {
		for range empties {
			if _, err := db.ClaimDues(ctx, time.Now(), scheduler.Horizon, found); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	sweeps, updates = sweeps.per(w.o.rounds), updates.per(w.o.rounds)
	fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%.2f\t%.2f\t%s\t\n", s.dues, milli(sweeps.wall), milli(sweeps.cpu), milli(updates.wall), milli(updates.cpu),
		float64(sweeps.wall)/float64(updates.wall), float64(sweeps.cpu)/float64(updates.cpu), micro(empty.per(empties).wall))
	return nil
}

// plan writes rows that are due now.
func plan(ctx context.Context, db *store.DB, now time.Time) ([]sales.ID, error) {
	res, err := db.Do(ctx, store.Work{Fn: func(_ context.Context, tx *store.Tx) error {
		for i := range found {
			tx.Schedule(sales.Due{
				Kind: "todo.due", SubjectKind: "growth", SubjectID: sales.ID(i + 1), Slot: "0",
				DueAt: sales.At(now.Add(-time.Duration(i) * time.Millisecond)),
			})
		}
		return nil
	}})
	ids := make([]sales.ID, len(res.Dues))
	for i, d := range res.Dues {
		ids[i] = d.ID
	}
	return ids, err
}

// oneByOne is the unit: what a sweep does to a row, one row at a time. The rows are free again at once.
func oneByOne(ctx context.Context, q *sqlx.DB, ids []sales.ID, now time.Time) error {
	for _, id := range ids {
		const take = "UPDATE dues SET claimed_by = ?, claimed_until = ?, attempts = attempts + 1 WHERE id = ?"
		if _, err := q.ExecContext(ctx, take, "growth", sales.At(now.Add(-time.Second)), id); err != nil {
			return err
		}
	}
	return nil
}
