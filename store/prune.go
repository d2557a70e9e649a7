package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"salesflow/store/sales"
)

// How long plumbing is kept after it is done. Records, trace and domain events are kept for ever.
const (
	keepEvents     = 30 * 24 * time.Hour // a platform repeats an event within hours
	keepDeliveries = 90 * 24 * time.Hour // people ask why they were told
	keepCodes      = 7 * 24 * time.Hour
	keepSheetRows  = 30 * 24 * time.Hour // until then the rows of an import can be mended
	keepOwnFiles   = 7 * 24 * time.Hour  // charts were sent long before
)

// pruneChunk is how many rows one transaction removes, so that none holds locks for long.
const pruneChunk = 500

// Prune forgets plumbing that is done with: events, deliveries, replaced cards, decided due rows, used codes. It returns
// how many rows it removed.
func (db *DB) Prune(ctx context.Context) (int, error) {
	now := db.now()
	at := func(keep time.Duration) sales.Instant { return sales.At(now.Add(-keep)) }
	total := 0
	for _, p := range []struct {
		table, key, where string
		args              []any
	}{
		{"inbox", "id", "state = 'done' AND at < ?", []any{at(keepEvents)}},
		{"outbox", "id", "id < ? AND wake_at IS NULL", []any{IDAt(now.Add(-keepDeliveries))}},
		{"pushes", "delivery_id", "delivery_id < ?", []any{IDAt(now.Add(-keepDeliveries))}},
		{"cards", "id", "id < ? AND state = 'gone'", []any{IDAt(now.Add(-keepDeliveries))}},
		{"dues", "id", "state = 'done' AND due_at < ?", []any{at(keepDeliveries)}},
		{"dues", "id", "state = 'cancelled' AND due_at < ?", []any{at(keepDeliveries)}},
		{"link_codes", "code", "expires_at < ?", []any{at(keepCodes)}},
		{"sheet_rows", "job_id", "job_id < ?", []any{IDAt(now.Add(-keepSheetRows))}},
		{"file_parts", "file_id", "file_id < ? AND NOT EXISTS (SELECT 1 FROM files f WHERE f.id = file_parts.file_id AND (f.person_id <> 0 OR f.mime <> 'image/png'))", []any{IDAt(now.Add(-keepOwnFiles))}},
		{"api_answers", "id", "at < ?", []any{at(keepEvents)}},
		{"deal_skips", "opportunity_id", "until_on < ?", []any{sales.DayOf(now).AddDays(-30)}},
		{"uploads", "hash", "expires_at < ?", []any{at(keepCodes)}},
	} {
		for {
			n, err := db.pruneSome(ctx, p.table, p.key, p.where, p.args)
			if err != nil {
				return total, err
			}
			total += n
			if n < pruneChunk {
				break
			}
		}
	}
	return total, nil
}

func (db *DB) pruneSome(ctx context.Context, table, key, where string, args []any) (int, error) {
	n := 0
	err := db.write(ctx, func(tx *sqlx.Tx) error {
		var keys []string
		query := fmt.Sprintf("SELECT %s FROM %s WHERE %s LIMIT %d", key, table, where, pruneChunk)
		if err := tx.SelectContext(ctx, &keys, query, args...); err != nil {
			return fmt.Errorf("prune %s: %w", table, err)
		}
		if n = len(keys); n == 0 {
			return nil
		}
		query = fmt.Sprintf("DELETE FROM %s WHERE %s IN (%s)", table, key, marks(n))
		if _, err := tx.ExecContext(ctx, query, anys(keys)...); err != nil {
			return fmt.Errorf("prune %s: %w", table, err)
		}
		if table != "cards" {
			return nil
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM card_receipts WHERE card_id IN ("+marks(n)+")", anys(keys)...); err != nil {
			return fmt.Errorf("prune card receipts: %w", err)
		}
		return nil
	})
	return n, err
}
