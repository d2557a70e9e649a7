package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"salesflow/store"
	"salesflow/store/audit"
	"salesflow/store/sales"
)

const (
	// auditRate is how many rows a second writers add, auditBatch how many each of their transactions.
	auditRate  = 2000
	auditBatch = 20
	auditFor   = 6 * time.Second
)

// audit measures the log over the trace in a database of its own: sealing and verifying many rows, whether a changed, a
// removed and an inserted row are found among them, and what sealing costs those who write meanwhile.
func (w *world) audit(ctx context.Context) error {
	const database = "salesflow_growth_audit"
	for _, q := range []string{"DROP DATABASE IF EXISTS " + database, "CREATE DATABASE " + database} {
		if _, err := w.db.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("%s: %w", q, err)
		}
	}
	defer func() { _, _ = w.db.Exec("DROP DATABASE IF EXISTS " + database) }() //nolint:noctx // also after an interrupt
	db, err := w.open(ctx, database)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	raw, err := w.connect(database)
	if err != nil {
		return err
	}
	defer func() { _ = raw.Close() }()
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	ids, err := w.fillAudit(ctx, raw.DB)
	if err != nil {
		return err
	}
	fmt.Printf("\nthe log over the trace, %d rows\n", len(ids))
	if err := w.sealAndVerify(ctx, db, raw.DB, ids); err != nil {
		return err
	}
	return besideWriters(ctx, db)
}

// fillAudit writes rows as auditRate a second would have, up to two hours ago.
func (w *world) fillAudit(ctx context.Context, q *sql.DB) ([]sales.ID, error) {
	const batch = 1000
	n := w.o.audit / batch * batch
	start := w.now.Add(-2*time.Hour - time.Duration(n)*time.Second/auditRate)
	ids := make([]sales.ID, n)
	for from := 0; from < n; from += batch {
		args := make([]any, 0, 8*batch)
		for i := from; i < from+batch; i++ {
			at := start.Add(time.Duration(i) * time.Second / auditRate)
			ids[i] = store.IDAt(at) + sales.ID(i%4096)
			args = append(args, ids[i], sales.At(at), i%500, fmt.Sprintf("wecom:m:%019d", i), "visit.file", "visit", i,
				`[{"field":"金额","new":"12.5万"},{"field":"异议","new":"嫌贵 30%"}]`)
		}
		query := "INSERT INTO audit (id, at, person_id, event_id, verb, subject_kind, subject_id, changes) VALUES " +
			strings.TrimSuffix(strings.Repeat("(?, ?, ?, ?, ?, ?, ?, ?), ", batch), ", ")
		if _, err := q.ExecContext(ctx, query, args...); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

func (w *world) sealAndVerify(ctx context.Context, db *store.DB, q *sql.DB, ids []sales.ID) error {
	log := db.AuditLog()
	begun := time.Now()
	n, err := log.Seal(ctx)
	took := time.Since(begun)
	if err != nil || n != len(ids) {
		return fmt.Errorf("sealed %d rows of %d: %w", n, len(ids), errors.Join(err))
	}
	t := table()
	fmt.Fprintln(t, "\ttime\trows a second\tpeak of the heap\t")
	fmt.Fprintf(t, "seal\t%s\t%.0f\t\t\n", took.Round(10*time.Millisecond), float64(n)/took.Seconds())
	rep, took, peak, err := verify(ctx, log)
	if err != nil || !rep.OK() {
		return fmt.Errorf("an untouched log: %+v, %w", rep, errors.Join(err))
	}
	fmt.Fprintf(t, "verify\t%s\t%.0f\t%.1f MiB\t\n", took.Round(10*time.Millisecond), float64(n)/took.Seconds(), peak)
	middle := ids[len(ids)/2]
	for _, tamper := range []struct{ what, do, undo string }{
		{"changed", "UPDATE audit SET person_id = person_id + 1 WHERE id = ?", "UPDATE audit SET person_id = person_id - 1 WHERE id = ?"},
		{
			"inserted", "INSERT INTO audit SELECT id + 1000000, at, person_id, event_id, verb, subject_kind, subject_id, changes FROM audit WHERE id = ?",
			"DELETE FROM audit WHERE id = ? + 1000000",
		},
		{"removed", "DELETE FROM audit WHERE id = ?", ""},
	} {
		if _, err := q.ExecContext(ctx, tamper.do, middle); err != nil {
			return err
		}
		rep, took, _, err := verify(ctx, log)
		if err != nil {
			return err
		}
		found := "NOT FOUND"
		if rep.Faults == 1 && (rep.Findings[0].ID == middle || rep.Findings[0].ID == middle+1000000) {
			found = "found"
		}
		fmt.Fprintf(t, "a row %s: %s\t%s\t\t\t\n", tamper.what, found, took.Round(10*time.Millisecond))
		if tamper.undo != "" {
			if _, err := q.ExecContext(ctx, tamper.undo, middle); err != nil {
				return err
			}
		}
	}
	return t.Flush()
}

// verify runs a verification and watches the heap, in MiB.
func verify(ctx context.Context, log *audit.Log) (rep *audit.Report, took time.Duration, peak float64, err error) {
	runtime.GC()
	stop := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, float64(m.HeapInuse)/(1<<20))
			select {
			case <-stop:
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	})
	begun := time.Now()
	rep, err = log.Verify(ctx, nil)
	took = time.Since(begun)
	close(stop)
	watch.Wait()
	return rep, took, peak, err
}

// besideWriters writes auditRate rows a second, first alone and then with a sealer at work, and compares what a commit
// takes. The rows are written with ids two minutes old, so that the sealer may take them at once.
func besideWriters(ctx context.Context, db *store.DB) error {
	t := table()
	fmt.Fprintf(t, "\n%d rows a second in transactions of %d\tcommit p50\tp99\trows written\trows sealed\tbehind at the end\t\n", auditRate, auditBatch)
	for _, sealing := range []bool{false, true} {
		took, written, sealed, err := paced(ctx, db, sealing)
		if err != nil {
			return err
		}
		slices.Sort(took)
		name, behind := "alone", ""
		if sealing {
			name, behind = "with the sealer", fmt.Sprint(written-sealed)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%d\t%s\t\n", name, took[len(took)/2].Round(10*time.Microsecond),
			took[len(took)*99/100].Round(10*time.Microsecond), written, sealed, behind)
	}
	return t.Flush()
}

func paced(ctx context.Context, db *store.DB, sealing bool) (took []time.Duration, written, sealed int, err error) {
	log := db.AuditLog()
	if _, err := log.Seal(ctx); err != nil {
		return nil, 0, 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, auditFor)
	defer cancel()
	var done atomic.Int64
	var all sync.WaitGroup
	if sealing {
		all.Go(func() {
			for ctx.Err() == nil {
				n, err := log.Seal(ctx)
				done.Add(int64(n))
				if err != nil && ctx.Err() == nil {
					fmt.Println("seal:", err)
				}
				select {
				case <-ctx.Done():
				case <-time.After(time.Second):
				}
			}
		})
	}
	beat := time.NewTicker(time.Second * auditBatch / auditRate)
	defer beat.Stop()
	old := time.Now().Add(-2 * time.Minute) // old enough to be sealed at once
	for i := sales.ID(0); ctx.Err() == nil; i++ {
		<-beat.C
		begun := time.Now()
		err := write(context.WithoutCancel(ctx), db, begun, old)
		if err != nil {
			return nil, 0, 0, err
		}
		took = append(took, time.Since(begun))
		written += auditBatch
	}
	all.Wait()
	return took, written, int(done.Load()), nil
}

func write(ctx context.Context, db *store.DB, now, start time.Time) error {
	_, err := db.Do(ctx, store.Work{Fn: func(_ context.Context, tx *store.Tx) error {
		for range auditBatch {
			id := tx.NewID() - store.IDAt(now) + store.IDAt(now.Add(-2*time.Minute))
			tx.Audit(sales.AuditEntry{
				ID: id, At: sales.At(start), PersonID: 7, EventID: "wecom:m:1", Verb: "visit.file", SubjectKind: "visit", SubjectID: id,
				Changes: sales.List[sales.Change]{{Field: "金额", New: "12.5万"}},
			})
		}
		return nil
	}})
	return err
}
