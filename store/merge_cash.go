package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"salesflow/store/sales"
)

// ofContracts are the tables whose rows belong to a contract: filed after a merge, they go back with it. An order of the ERP and an
// e-invoice name no customer: they belong to what they are of.
var ofContracts = []struct{ table, id string }{
	{"invoices", "id"},
	{"payments", "id"},
	{"shipments", "id"},
	{"contract_cash", "contract_id"},
	{"contract_terms", "contract_id"},
	{"delivery_checks", "id"},
	{"quotes", "id"},
}

// aboutPapers are the tables whose rows are about one of several kinds of records, and the tables of those.
var (
	aboutPapers = []struct{ table, id string }{{"approval_links", "number"}, {"media", "file_id"}}
	paperKinds  = []struct{ kind, table string }{{"contract", "contracts"}, {"invoice", "invoices"}, {"payment", "payments"}, {"shipment", "shipments"}}
)

// hang adds to what goes back with a merge what hangs on it and was filed since: papers of contracts that go back, credit notes of
// invoices, matches of payments, and what is attached to any of them. Without, a contract would have its money at somebody else's.
func (tx *Tx) hang(ctx context.Context, m sales.Merge, of map[string][]string) error {
	with := func(table, id, column string, keys []string) error {
		known := make(map[string]bool, len(of[table]))
		for _, k := range of[table] {
			known[k] = true
		}
		for chunk := range slices.Chunk(keys, maxRows) {
			var found []string
			query := "SELECT " + id + " FROM " + table + " WHERE customer_id = ? AND " + column + " IN (" + marks(len(chunk)) + ") ORDER BY " + id + " LIMIT 20000"
			if err := tx.list(ctx, &found, query, append([]any{m.IntoID}, anys(chunk)...)...); err != nil {
				return fmt.Errorf("read %s that go back with a merge: %w", table, err)
			}
			for _, k := range found {
				if !known[k] {
					of[table] = append(of[table], k)
				}
			}
		}
		return nil
	}
	for _, t := range ofContracts {
		if err := with(t.table, t.id, "contract_id", slices.Clone(of["contracts"])); err != nil {
			return err
		}
	}
	if err := with("invoices", "id", "credit_of", slices.Clone(of["invoices"])); err != nil {
		return err
	}
	if err := with("allocations", "id", "payment_id", slices.Clone(of["payments"])); err != nil {
		return err
	}
	for _, t := range aboutPapers {
		for _, p := range paperKinds {
			if err := with(t.table, t.id, "subject_kind = '"+p.kind+"' AND subject_id", slices.Clone(of[p.table])); err != nil {
				return err
			}
		}
	}
	return nil
}

// ToldMeanwhile is what others were told in the name of the customer that stayed and that is the other's again once a merge is taken
// back: orders the ERP was sent, and e-invoices that were issued or are being issued.
func (tx *Tx) ToldMeanwhile(ctx context.Context, m sales.Merge) (sales.UnmergeTold, error) {
	var out sales.UnmergeTold
	of, err := tx.mergedRows(ctx, m)
	if err != nil {
		return out, err
	}
	if err := tx.hang(ctx, m, of); err != nil {
		return out, err
	}
	for chunk := range slices.Chunk(of["contracts"], maxRows) {
		var ids []sales.ID
		query := "SELECT contract_id FROM erp_orders WHERE contract_id IN (" + marks(len(chunk)) + ") AND sent_at >= ? AND state <> 'cancelled' ORDER BY contract_id"
		if err := tx.list(ctx, &ids, query, append(anys(chunk), m.MergedAt)...); err != nil {
			return out, fmt.Errorf("read orders sent since a merge: %w", err)
		}
		out.Orders = append(out.Orders, ids...)
	}
	for chunk := range slices.Chunk(of["invoices"], maxRows) {
		var issued []sales.ToldInvoice
		query := "SELECT i.id, i.no, e.tax_no, i.owner_id FROM einvoices e JOIN invoices i ON i.id = e.invoice_id WHERE i.id IN (" + marks(len(chunk)) +
			") AND e.created_at >= ? AND e.state IN ('asked', 'issued') AND i.kind = 'invoice' AND i.state NOT IN ('undone', 'credited') ORDER BY e.id"
		if err := tx.list(ctx, &issued, query, append(anys(chunk), m.MergedAt)...); err != nil {
			return out, fmt.Errorf("read e-invoices issued since a merge: %w", err)
		}
		out.Invoices = append(out.Invoices, issued...)
	}
	owner := m.FromID
	if len(of["customer_billing"]) > 0 { // it followed the merge and goes back
		owner = m.IntoID
	}
	out.Billing, err = tx.BillingOf(ctx, owner)
	return out, err
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
