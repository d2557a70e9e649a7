package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"salesflow/store/sales"
)

// cashOfContracts are the tables whose rows belong to a contract: filed after a merge, they go back with it.
var cashOfContracts = []struct{ table, id string }{
	{"invoices", "id"}, {"payments", "id"}, {"shipments", "id"}, {"contract_cash", "contract_id"},
}

// hang adds to what goes back with a merge what hangs on it and was filed since: papers of contracts that go back, credit notes of
// invoices and matches of payments that do. Without, a contract would have its money at somebody else's.
func (tx *Tx) hang(ctx context.Context, m sales.Merge, of map[string][]string) error {
	with := func(table, id, column string, keys []string) error {
		for chunk := range slices.Chunk(keys, maxRows) {
			var found []sales.ID
			query := "SELECT " + id + " FROM " + table + " WHERE customer_id = ? AND " + column + " IN (" + marks(len(chunk)) + ") ORDER BY " + id + " LIMIT 20000"
			if err := tx.list(ctx, &found, query, append([]any{m.IntoID}, anys(chunk)...)...); err != nil {
				return fmt.Errorf("read %s that go back with a merge: %w", table, err)
			}
			for _, k := range found {
				if !slices.Contains(of[table], k.String()) {
					of[table] = append(of[table], k.String())
				}
			}
		}
		return nil
	}
	for _, t := range cashOfContracts {
		if err := with(t.table, t.id, "contract_id", slices.Clone(of["contracts"])); err != nil {
			return err
		}
	}
	if err := with("invoices", "id", "credit_of", slices.Clone(of["invoices"])); err != nil {
		return err
	}
	return with("allocations", "id", "payment_id", slices.Clone(of["payments"]))
}

// acrossMerge finds payments of one customer matched with invoices of another.
const acrossMerge = `
	SELECT p.no AS payment, i.no AS invoice
	FROM payments p
	JOIN allocations a ON a.payment_id = p.id AND a.state = 'active'
	JOIN invoices i ON i.id = a.invoice_id
	WHERE p.customer_id IN (?, ?) AND i.customer_id IN (?, ?)`

// MatchesAcross lists what was matched between the two sides of a merge: payments that would go back while their invoice stays, or
// the other way. It is to be taken back before the merge is.
func (tx *Tx) MatchesAcross(ctx context.Context, m sales.Merge) ([]sales.CashMatch, error) {
	of, err := tx.mergedRows(ctx, m)
	if err != nil {
		return nil, err
	}
	if err := tx.hang(ctx, m, of); err != nil {
		return nil, err
	}
	var rows []struct {
		sales.CashMatch
		PaymentID sales.ID `db:"payment_id"`
		InvoiceID sales.ID `db:"invoice_id"`
	}
	query := strings.Replace(acrossMerge, "AS invoice", "AS invoice, p.id AS payment_id, i.id AS invoice_id", 1)
	if err := tx.list(ctx, &rows, query+" ORDER BY a.id LIMIT 20000", m.IntoID, m.IntoID, m.IntoID, m.IntoID); err != nil {
		return nil, err
	}
	goes := func(table string) map[string]bool {
		out := make(map[string]bool, len(of[table]))
		for _, k := range of[table] {
			out[k] = true
		}
		return out
	}
	payments, invoices := goes("payments"), goes("invoices")
	var out []sales.CashMatch
	for _, r := range rows {
		if payments[r.PaymentID.String()] != invoices[r.InvoiceID.String()] {
			out = append(out, r.CashMatch)
		}
	}
	return out, nil
}

// mergedRows are the rows that followed a merge, by table.
func (tx *Tx) mergedRows(ctx context.Context, m sales.Merge) (map[string][]string, error) {
	var rows []struct {
		Table string `db:"table_name"`
		Key   string `db:"row_key"`
	}
	if err := tx.list(ctx, &rows, "SELECT table_name, row_key FROM customer_merge_rows WHERE merge_id = ? ORDER BY table_name, row_key", m.ID); err != nil {
		return nil, fmt.Errorf("read rows of merge %d: %w", m.ID, err)
	}
	of := map[string][]string{}
	for _, r := range rows {
		of[r.Table] = append(of[r.Table], r.Key)
	}
	return of, nil
}

// nothingAcross lets a merge be taken back only while no payment of one side pays an invoice of the other: what is matched at the
// same moment makes the turn be repeated, which then finds it.
func (tx *Tx) nothingAcross(m sales.Merge) {
	tx.after = append(tx.after, statement{
		"UPDATE customer_merges SET version = version + 1 WHERE id = ? AND NOT EXISTS (" + acrossMerge + " AND p.customer_id <> i.customer_id)",
		[]any{m.ID, m.FromID, m.IntoID, m.FromID, m.IntoID},
		1,
	})
}
