package store

import (
	"context"
	"fmt"
	"slices"
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
// says that something was shipped or invoiced, seen that the customer was visited before, ordered that the ERP was told of it. A contract without a mark is looked at in
// full.
var aligned = map[string]string{
	"moved":   "SELECT 1 FROM contract_cash s WHERE s.contract_id = contracts.id AND (s.shipped > 0 OR s.invoiced > 0)",
	"ordered": "SELECT 1 FROM erp_orders o WHERE o.contract_id = contracts.id",
	"seen":    "SELECT 1 FROM visits v WHERE v.customer_id = contracts.customer_id AND v.state = 'filed' AND v.filed_at <= contracts.created_at",
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
	return total, db.partAnew(ctx)
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

// apartSQL is erp_orders.apart: 1 when an order may say something else than its contract, or is not answered. Amounts count to the fen
// here, and silence at once: a list of differences (对齐) looks at those that are apart, and has the tolerance and the time of the day.
const apartSQL = `COALESCE((
	SELECT CASE WHEN c.state = 'approved' AND erp_orders.state NOT IN ('sent', 'rejected') AND (erp_orders.amount = 0 OR erp_orders.amount = c.amount)
		AND (erp_orders.state NOT IN ('shipped', 'invoiced', 'closed') OR COALESCE(s.shipped, 0) > 0)
		AND (erp_orders.invoiced = 0 OR erp_orders.invoiced = COALESCE(s.invoiced, 0))
		AND (erp_orders.shipped = 0 OR COALESCE(s.shipped_amount, 0) = 0 OR erp_orders.shipped = s.shipped_amount) THEN 0 ELSE 1 END
	FROM contracts c LEFT JOIN contract_cash s ON s.contract_id = c.id WHERE c.id = erp_orders.contract_id), 1)`

// part writes whether the orders of contracts that changed are apart from them. A company without an ERP has none.
func (u *unit) part(txs []*Tx) error {
	var ids []int64
	for _, tx := range txs {
		for _, c := range tx.changes {
			if c.t == erpOrders || c.t == contractCash || c.t == contracts && !c.insert {
				ids = append(ids, c.id)
			}
		}
	}
	slices.Sort(ids)
	for chunk := range slices.Chunk(slices.Compact(ids), maxRows) {
		query := "UPDATE erp_orders SET apart = " + apartSQL + " WHERE contract_id IN (" + marks(len(chunk)) + ")"
		if err := u.s.write(u.ctx, query, anys(chunk)...); err != nil {
			return fmt.Errorf("part orders from contracts: %w", err)
		}
	}
	return nil
}

// partAnew does so for all orders, since releases before this one did not.
func (db *DB) partAnew(ctx context.Context) error {
	for after := sales.ID(0); ; {
		var ids []sales.ID
		if err := db.r.SelectContext(ctx, &ids, "SELECT contract_id FROM erp_orders WHERE contract_id > ? ORDER BY contract_id LIMIT ?", after, alignChunk); err != nil {
			return fmt.Errorf("list orders: %w", err)
		}
		if len(ids) == 0 {
			return nil
		}
		after = ids[len(ids)-1]
		err := db.write(ctx, func(tx *sqlx.Tx) error {
			_, err := tx.ExecContext(ctx, "UPDATE erp_orders SET apart = "+apartSQL+" WHERE contract_id IN ("+marks(len(ids))+") AND apart <> "+apartSQL, anys(ids)...)
			return err
		})
		if err != nil {
			return fmt.Errorf("part orders from contracts: %w", err)
		}
	}
}
