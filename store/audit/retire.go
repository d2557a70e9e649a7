package audit

import (
	"context"
	"fmt"
	"time"

	"salesflow/store/sales"
)

// RetireVerb is the verb of the entry that Retire leaves behind; its subject is the id below which rows were removed.
const RetireVerb = "audit.retire"

// MinKeep is the shortest time rows are kept: an entry that says that younger ones were retired is not believed.
const MinKeep = 365 * 24 * time.Hour

// retireChunk is how many rows one transaction removes.
const retireChunk = 1000

// Retire removes sealed rows older than keep, at least MinKeep, and returns how many. Their leaves stay, so the log proves
// all the others as before; an entry of the trace itself, sealed like any other, says up to where rows were removed, so
// that Verify tells them from rows that somebody took away.
func (l *Log) Retire(ctx context.Context, keep time.Duration, entry func(e sales.AuditEntry) error) (int, error) {
	if keep < MinKeep {
		return 0, fmt.Errorf("retire audit rows: they are kept for %s at least", MinKeep)
	}
	now := l.store.Now()
	bound := l.store.IDAt(now.Add(-keep))
	var oldest sales.ID
	if err := l.store.Query().GetContext(ctx, &oldest, "SELECT COALESCE(MIN(id), 0) FROM audit"); err != nil {
		return 0, fmt.Errorf("retire audit rows: %w", err)
	}
	if oldest == 0 || oldest >= bound {
		return 0, nil
	}
	// The entry first: a row that is gone before it would look stolen.
	if err := entry(sales.AuditEntry{At: sales.At(now), Verb: RetireVerb, SubjectKind: "audit", SubjectID: bound}); err != nil {
		return 0, fmt.Errorf("retire audit rows: %w", err)
	}
	total := 0
	for {
		n, err := l.retireSome(ctx, bound)
		total += n
		if err != nil {
			return total, fmt.Errorf("retire audit rows: %w", err)
		}
		if n < retireChunk {
			return total, nil
		}
	}
}

func (l *Log) retireSome(ctx context.Context, bound sales.ID) (n int, err error) {
	const old = `
		SELECT a.id
		FROM audit a
		JOIN audit_leaves s ON s.audit_id = a.id
		WHERE a.id < ?
		ORDER BY a.id
		LIMIT ?`
	var ids []any
	var rows []sales.ID
	if err := l.store.Query().SelectContext(ctx, &rows, old, bound, retireChunk); err != nil || len(rows) == 0 {
		return 0, err
	}
	for _, id := range rows {
		ids = append(ids, id)
	}
	err = l.store.InTx(ctx, func(q Querier) error {
		_, err := q.ExecContext(ctx, "DELETE FROM audit WHERE id IN "+tuples(1, len(ids)), ids...)
		return err
	})
	return len(rows), err
}

// retiredBefore is the id below which rows were removed for their age, by the entries that say so.
func (l *Log) retiredBefore(ctx context.Context) (sales.ID, error) {
	var rows []sales.AuditEntry
	err := l.store.Query().SelectContext(ctx, &rows, "SELECT "+rowColumns+" FROM audit a WHERE a.subject_kind = ? AND a.verb = ?",
		"audit", RetireVerb)
	var out sales.ID
	for _, r := range rows {
		if r.SubjectID <= l.store.IDAt(r.At.Add(-MinKeep)) {
			out = max(out, r.SubjectID)
		}
	}
	return out, err
}
