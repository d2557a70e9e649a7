package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"salesflow/store/sales"
)

const (
	// alignAfter is when a contract is looked at: what is taken back at once was never there. alignSince is how far back, further
	// than any list of differences goes.
	alignAfter = 24 * time.Hour
	alignSince = 200 * 24 * time.Hour
	alignChunk = 500
)

// aligned are the marks of contracts that differ in nothing, so that a list of differences (对齐) reads only those that may: moved
// says that something was shipped or invoiced, seen that the customer was visited before. A contract without a mark is looked at in
// full.
var aligned = map[string]string{
	"moved": "SELECT 1 FROM contract_cash s WHERE s.contract_id = contracts.id AND (s.shipped > 0 OR s.invoiced > 0)",
	"seen":  "SELECT 1 FROM visits v WHERE v.customer_id = contracts.customer_id AND v.state = 'filed' AND v.filed_at <= contracts.created_at",
}

// MarkAligned marks signed contracts that differ in nothing any more, and returns how many it did.
func (db *DB) MarkAligned(ctx context.Context) (int, error) {
	now := db.now()
	total := 0
	for mark, proof := range aligned {
		for {
			n, err := db.markSome(ctx, mark, proof, sales.At(now.Add(-alignSince)), sales.At(now.Add(-alignAfter)))
			if err != nil {
				return total, err
			}
			total += n
			if n < alignChunk {
				break
			}
		}
	}
	return total, nil
}

func (db *DB) markSome(ctx context.Context, mark, proof string, from, to sales.Instant) (int, error) {
	n := 0
	err := db.write(ctx, func(tx *sqlx.Tx) error {
		var ids []sales.ID
		query := "SELECT id FROM contracts WHERE " + mark + " = 0 AND state = 'approved' AND created_at >= ? AND created_at < ? AND EXISTS (" + proof +
			fmt.Sprintf(") ORDER BY created_at LIMIT %d", alignChunk)
		if err := tx.SelectContext(ctx, &ids, query, from, to); err != nil {
			return fmt.Errorf("look for contracts that are %s: %w", mark, err)
		}
		if n = len(ids); n == 0 {
			return nil
		}
		// What the mark says is asked once more: it may have been taken back meanwhile.
		query = "UPDATE contracts SET " + mark + " = 1 WHERE id IN (" + marks(n) + ") AND EXISTS (" + proof + ")"
		if _, err := tx.ExecContext(ctx, query, anys(ids)...); err != nil {
			return fmt.Errorf("mark contracts as %s: %w", mark, err)
		}
		return nil
	})
	return n, err
}
