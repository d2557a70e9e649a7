package store

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"salesflow/store/sales"
)

// filterSQL is a filter as conditions; day is the column of its days.
func filterSQL(f sales.CashFilter, day string) (string, []any) {
	cond, args := scopeSQL("owner_id", f.Scope)
	conds := []string{"state <> 'undone'", cond}
	and := func(is bool, c string, a ...any) {
		if is {
			conds, args = append(conds, c), append(args, a...)
		}
	}
	and(f.Customer != 0, "customer_id = ?", f.Customer)
	and(f.Contract != 0, "contract_id = ?", f.Contract)
	and(!f.From.IsZero(), day+" >= ?", f.From)
	and(!f.From.IsZero() || !f.To.IsZero(), "source <> 'opening'") // of no day that is known
	and(!f.To.IsZero(), day+" <= ?", f.To)
	and(f.Kind != "", "kind = ?", f.Kind)
	and(f.Open, "state = 'open'")
	and(!f.DueBefore.IsZero(), "due_on < ?", f.DueBefore)
	return strings.Join(conds, " AND "), args
}

// InvoiceRows lists the invoices behind a figure: what is open the first due first, else the newest first.
func (tx *Tx) InvoiceRows(ctx context.Context, f sales.CashFilter, from, limit int) ([]sales.Invoice, error) {
	cond, args := filterSQL(f, "issued_on")
	order := "issued_on DESC, id DESC"
	if f.Open {
		order = "due_on, id"
	}
	var out []sales.Invoice
	// The few are found in an index; only they are read.
	err := tx.list(ctx, &out, "SELECT "+joinColumns("i", invoiceColumns)+" FROM (SELECT id FROM invoices WHERE "+cond+" ORDER BY "+order+
		" LIMIT ? OFFSET ?) x JOIN invoices i ON i.id = x.id ORDER BY "+joinOrder(order), append(args, bound(limit, 500), max(from, 0))...)
	return out, err
}

// InvoiceRowsSum counts the invoices behind a figure and sums them: what is open of them for a filter of what is open, else their
// amounts. It reads them all, so it is for one customer's.
func (tx *Tx) InvoiceRowsSum(ctx context.Context, f sales.CashFilter) (n int64, sum sales.Money, err error) {
	column := "amount"
	if f.Open {
		column = "open_amount"
	}
	cond, args := filterSQL(f, "issued_on")
	return tx.rowsSum(ctx, "invoices", column, cond, args)
}

// PaymentRowsSum is the same for payments.
func (tx *Tx) PaymentRowsSum(ctx context.Context, f sales.CashFilter) (n int64, sum sales.Money, err error) {
	cond, args := filterSQL(f, "received_on")
	return tx.rowsSum(ctx, "payments", "amount", cond, args)
}

func (tx *Tx) rowsSum(ctx context.Context, table, column, cond string, args []any) (int64, sales.Money, error) {
	var row struct {
		N   int64       `db:"n"`
		Sum sales.Money `db:"total"`
	}
	err := tx.get(ctx, "", &row, "SELECT COUNT(*) AS n, CAST(COALESCE(SUM("+column+"), 0) AS SIGNED) AS total FROM "+table+" WHERE "+cond, args...)
	return row.N, row.Sum, err
}

// cashPage is how many rows that belong to something are read at once.
const cashPage = 20_000

// allOf lists every row of a table whose column is one of some ids, the oldest first, page by page: a sum made of a part of them would
// be wrong, and nobody would see it. id gives a row's id.
func allOf[R any](ctx context.Context, tx *Tx, columns, table, column string, ids []sales.ID, id func(R) sales.ID) ([]R, error) {
	var out []R
	for chunk := range slices.Chunk(ids, maxRows) {
		query := "SELECT " + columns + " FROM " + table + " WHERE " + column + " IN (" + marks(len(chunk)) + ") AND id > ? ORDER BY id LIMIT ?"
		for after := sales.ID(0); ; {
			var part []R
			if err := tx.list(ctx, &part, query, append(anys(chunk), after, cashPage)...); err != nil {
				return nil, err
			}
			out = append(out, part...)
			if len(part) < cashPage {
				break
			}
			after = id(part[len(part)-1])
		}
	}
	if len(ids) > maxRows {
		slices.SortFunc(out, func(a, b R) int { return cmp.Compare(id(a), id(b)) })
	}
	return out, nil
}

func joinOrder(order string) string { return "i." + strings.ReplaceAll(order, ", ", ", i.") }

// PaymentRows lists the payments behind a figure, the newest first.
func (tx *Tx) PaymentRows(ctx context.Context, f sales.CashFilter, from, limit int) ([]sales.Payment, error) {
	cond, args := filterSQL(f, "received_on")
	var out []sales.Payment
	err := tx.list(ctx, &out, "SELECT "+joinColumns("i", paymentColumns)+" FROM (SELECT id FROM payments WHERE "+cond+
		" ORDER BY received_on DESC, id DESC LIMIT ? OFFSET ?) x JOIN payments i ON i.id = x.id ORDER BY i.received_on DESC, i.id DESC",
		append(args, bound(limit, 500), max(from, 0))...)
	return out, err
}

// CashRows lists the contracts behind a figure: of a colour the newest first, else the first received first.
func (tx *Tx) CashRows(ctx context.Context, f sales.ContractFilter, from, limit int) ([]sales.ContractCash, error) {
	cond, args := scopeSQL("owner_id", f.Scope)
	order := "first_signed_on, contract_id"
	switch {
	case f.Colour != "":
		cond, args, order = "colour = ? AND "+cond, append([]any{f.Colour}, args...), "contract_id DESC"
	case f.ToInvoice:
		cond = "to_invoice = 1 AND " + cond
	default:
		cond, args = "first_signed_on >= ? AND first_signed_on <= ? AND "+cond, append([]any{f.From, f.To}, args...)
	}
	var out []sales.ContractCash
	err := tx.list(ctx, &out, "SELECT "+cashColumns+" FROM contract_cash WHERE "+cond+" ORDER BY "+order+" LIMIT ? OFFSET ?", append(args, bound(limit, 500), max(from, 0))...)
	return out, err
}

// LoosePayments lists payments of which something is left and that are for no contract, the newest first; with orphans only those of
// known customers who have no signed contract.
func (tx *Tx) LoosePayments(ctx context.Context, scope sales.Scope, orphans bool, from, limit int) ([]sales.Payment, error) {
	cond, args := scopeSQL("i.owner_id", scope)
	if orphans {
		cond += " AND i.customer_id <> 0 AND NOT EXISTS (SELECT 1 FROM contracts c WHERE c.customer_id = i.customer_id AND c.state = 'approved')"
	}
	var out []sales.Payment
	err := tx.list(ctx, &out, "SELECT "+joinColumns("i", paymentColumns)+" FROM payments i WHERE i.state = 'open' AND i.contract_id = 0 AND "+cond+
		" ORDER BY i.received_on DESC, i.id DESC LIMIT ? OFFSET ?", append(args, bound(limit, 500), max(from, 0))...)
	return out, err
}

// CustomerPaid sums what a customer ever paid, and since a day.
func (tx *Tx) CustomerPaid(ctx context.Context, customer sales.ID, since sales.Day) (sales.CustomerPaid, error) {
	var row sales.CustomerPaid
	err := tx.get(ctx, "", &row, `SELECT COUNT(*) AS n, CAST(COALESCE(SUM(amount), 0) AS SIGNED) AS paid,
		CAST(COALESCE(SUM(CASE WHEN received_on >= ? AND source <> 'opening' THEN amount ELSE 0 END), 0) AS SIGNED) AS year_paid,
		CAST(COALESCE(SUM(CASE WHEN source = 'opening' THEN amount ELSE 0 END), 0) AS SIGNED) AS opening_paid, MIN(received_on) AS first_on, MAX(received_on) AS last_on
		FROM payments WHERE customer_id = ? AND state <> 'undone'`, since, customer)
	return row, err
}

// LeadMoney lists what came from the customers that leads of a source and campaign became, since each lead: the rows behind 线索来源's
// payments, the newest first. A customer counts for its first lead.
func (tx *Tx) LeadMoney(ctx context.Context, scope sales.Scope, since sales.Instant, source, campaign string, from, limit int) ([]sales.Payment, error) {
	cond, args := scopeSQL("l.owner_id", scope)
	var out []sales.Payment
	err := tx.list(ctx, &out, "SELECT "+joinColumns("p", paymentColumns)+` FROM leads l
		JOIN payments p ON p.customer_id = l.customer_id AND p.created_at >= l.created_at AND p.source <> 'opening' AND p.state <> 'undone'
		WHERE l.created_at >= ? AND l.source = ? AND l.campaign = ? AND l.customer_id <> 0
		AND l.id = (SELECT MIN(x.id) FROM leads x WHERE x.customer_id = l.customer_id) AND `+cond+" ORDER BY p.received_on DESC, p.id DESC LIMIT ? OFFSET ?",
		append(append([]any{since, source, campaign}, args...), bound(limit, 500), max(from, 0))...)
	return out, err
}

// FunnelEntries lists which deals of people in scope reached which stage for the first time from one day to another, the newest first:
// the rows behind a funnel.
func (tx *Tx) FunnelEntries(ctx context.Context, scope sales.Scope, first, last sales.Day, from, limit int) ([]sales.FunnelEntry, error) {
	cond, args := scopeSQL("person_id", scope)
	var out []sales.FunnelEntry
	// The few are found in an index, in its order; only they are read.
	err := tx.list(ctx, &out, "SELECT e.opportunity_id, e.stage, e.day, e.person_id, e.amount, o.customer_id FROM (SELECT opportunity_id, stage FROM stage_entries "+
		"WHERE day >= ? AND day <= ? AND "+cond+" ORDER BY day DESC, opportunity_id DESC, stage DESC LIMIT ? OFFSET ?) x "+
		"JOIN stage_entries e ON e.opportunity_id = x.opportunity_id AND e.stage = x.stage JOIN opportunities o ON o.id = e.opportunity_id "+
		"ORDER BY e.day DESC, e.opportunity_id DESC, e.stage DESC",
		append(append([]any{first, last}, args...), bound(limit, 500), max(from, 0))...)
	return out, err
}
