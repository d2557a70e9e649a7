package store

import (
	"context"

	"salesflow/store/sales"
)

const invoiceColumns = `
	id,
	no,
	tax_no,
	kind,
	contract_id,
	customer_id,
	owner_id,
	team_id,
	amount,
	paid,
	credited,
	open_amount,
	issued_on,
	due_on,
	promised_on,
	promised_by,
	credit_of,
	reason,
	source,
	quiet_until,
	auto,
	state,
	created_by,
	created_at,
	settled_on,
	source_event_id,
	version`

var (
	invoices       = tableOf[sales.Invoice]("invoices", invoiceColumns).rewriting().watching("invoice", "owner_id, customer_id, amount, open_amount, due_on, promised_on, state")
	receivableDays = rowsOf("receivable_days", "owner_id, due_on, open_count, open_amount").
			upsert("owner_id, due_on", "", "open_count, open_amount")
	cashDays = rowsOf("cash_days", "day, owner_id, invoiced, credited, received, invoices, payments").
			upsert("day, owner_id", "", "invoiced, credited, received, invoices, payments")
)

// CreateInvoice makes an invoice or credit note and counts it in the sums. Its number is unique.
func (tx *Tx) CreateInvoice(i sales.Invoice) {
	tx.create(invoices, i.ID, i)
	tx.opened(i.Source, i.IssuedOn)
	tx.receivable(i, 1)
	tx.invoiced(i, 1)
}

// UpdateInvoice changes an invoice over the version it was read at; before is how it was read.
func (tx *Tx) UpdateInvoice(before, i sales.Invoice) {
	tx.update(invoices, i.ID, i.Version, i)
	tx.receivable(before, -1)
	tx.receivable(i, 1)
	if before.State != i.State && i.State == sales.InvoiceUndone || before.OwnerID != i.OwnerID || before.IssuedOn != i.IssuedOn || before.Amount != i.Amount {
		tx.invoiced(before, -1)
		tx.invoiced(i, 1)
	}
}

// receivable counts what is open of an invoice, or with sign -1 takes it out.
func (tx *Tx) receivable(i sales.Invoice, sign int64) {
	if i.State != sales.InvoiceOpen || i.Kind != sales.InvoiceNormal || i.DueOn.IsZero() {
		return
	}
	tx.add(receivableDays, []any{i.OwnerID, i.DueOn, sign, sign * int64(i.Open)})
	if sign < 0 { // a day on which nothing is open any more is forgotten
		if tx.lessDue == nil {
			tx.lessDue = map[dueDay]struct{}{}
		}
		tx.lessDue[dueDay{i.OwnerID, i.DueOn}] = struct{}{}
	}
}

func (tx *Tx) invoiced(i sales.Invoice, sign int64) {
	switch {
	case i.State == sales.InvoiceUndone || i.IssuedOn.IsZero() || i.Source == sales.CashFromOpening: // of no day that is known
	case i.Kind == sales.InvoiceCredit:
		tx.add(cashDays, []any{i.IssuedOn, i.OwnerID, 0, sign * int64(i.Amount), 0, 0, 0})
		tx.moved(i.IssuedOn, daySum{credited: sign * int64(i.Amount)})
	default:
		tx.add(cashDays, []any{i.IssuedOn, i.OwnerID, sign * int64(i.Amount), 0, 0, sign, 0})
		tx.moved(i.IssuedOn, daySum{invoiced: sign * int64(i.Amount), invoices: sign})
	}
}

// InvoiceByID reads an invoice.
func (tx *Tx) InvoiceByID(ctx context.Context, id sales.ID) (sales.Invoice, error) {
	var i sales.Invoice
	err := tx.get(ctx, "没找到这张发票。", &i, "SELECT "+invoiceColumns+" FROM invoices WHERE id = ?", id)
	return i, err
}

// InvoiceByNo reads an invoice by our number or the one printed on it.
func (tx *Tx) InvoiceByNo(ctx context.Context, no string) (sales.Invoice, error) {
	var i sales.Invoice
	err := tx.get(ctx, sales.NoSuch("发票", no), &i, "SELECT "+invoiceColumns+" FROM invoices WHERE no = ?", no)
	if sales.KindOf(err) != sales.NotFound {
		return i, err
	}
	err = tx.get(ctx, sales.NoSuch("发票", no), &i, "SELECT "+invoiceColumns+
		" FROM invoices WHERE tax_no = ? AND state <> 'undone' ORDER BY id LIMIT 1", no)
	return i, err
}

// InvoicesByIDs returns those that exist, in no order.
func (tx *Tx) InvoicesByIDs(ctx context.Context, ids []sales.ID) ([]sales.Invoice, error) {
	return byIDs[sales.Invoice](ctx, tx, invoiceColumns, "invoices", ids)
}

// InvoicesByContract lists contracts' invoices and credit notes, the oldest first.
func (tx *Tx) InvoicesByContract(ctx context.Context, contracts ...sales.ID) ([]sales.Invoice, error) {
	return allOf(ctx, tx, invoiceColumns, "invoices", "contract_id", contracts, func(i sales.Invoice) sales.ID { return i.ID })
}

// OpenInvoices lists the open invoices of customers, the first due first.
func (tx *Tx) OpenInvoices(ctx context.Context, customers ...sales.ID) ([]sales.Invoice, error) {
	if len(customers) == 0 {
		return nil, nil
	}
	var out []sales.Invoice
	err := tx.list(ctx, &out, "SELECT "+invoiceColumns+" FROM invoices WHERE customer_id IN ("+marks(len(customers))+
		") AND state = 'open' ORDER BY due_on, id LIMIT 5000", anys(customers)...)
	return out, err
}

// InvoicesOpenFor lists open invoices of exactly an amount.
func (tx *Tx) InvoicesOpenFor(ctx context.Context, amount sales.Money, limit int) ([]sales.Invoice, error) {
	var out []sales.Invoice
	err := tx.list(ctx, &out, "SELECT "+invoiceColumns+" FROM invoices WHERE state = 'open' AND open_amount = ? ORDER BY id DESC LIMIT ?", amount, bound(limit, 100))
	return out, err
}

// InvoicesOfMonth lists what a customer was invoiced from one day to another, both included, the oldest first. What was taken over was
// invoiced on days that are not known.
func (tx *Tx) InvoicesOfMonth(ctx context.Context, customer sales.ID, from, to sales.Day) ([]sales.Invoice, error) {
	var out []sales.Invoice
	err := tx.list(ctx, &out, "SELECT "+invoiceColumns+
		" FROM invoices WHERE customer_id = ? AND issued_on >= ? AND issued_on <= ? AND state <> 'undone' AND source <> 'opening' ORDER BY issued_on, id LIMIT 5000", customer, from, to)
	return out, err
}

// Receivables lists open invoices of people in scope, the first due first; only those due before a day when one is given.
func (tx *Tx) Receivables(ctx context.Context, scope sales.Scope, before sales.Day, limit int) ([]sales.Invoice, error) {
	cond, args := scopeSQL("owner_id", scope)
	if !before.IsZero() {
		cond += " AND due_on < ?"
		args = append(args, before)
	}
	var out []sales.Invoice
	// The few are found in the index alone; only they are read.
	err := tx.list(ctx, &out, "SELECT "+joinColumns("i", invoiceColumns)+" FROM (SELECT id FROM invoices WHERE state = 'open' AND "+cond+
		" ORDER BY due_on, id LIMIT ?) x JOIN invoices i ON i.id = x.id ORDER BY i.due_on, i.id", append(args, bound(limit, 5000))...)
	return out, err
}

// ReceivableSum sums what is open of the invoices of people in scope, from sums kept by due day.
func (tx *Tx) ReceivableSum(ctx context.Context, scope sales.Scope, today sales.Day) (sales.Receivable, error) {
	rows, err := tx.receivables(ctx, scope, today, "")
	if err != nil || len(rows) == 0 {
		return sales.Receivable{}, err
	}
	return rows[0].Receivable, nil
}

// ReceivablesByOwner is the same for each person who has any, the most first.
func (tx *Tx) ReceivablesByOwner(ctx context.Context, scope sales.Scope, today sales.Day) ([]sales.OwnerReceivable, error) {
	return tx.receivables(ctx, scope, today, " GROUP BY owner_id ORDER BY SUM(open_amount) DESC LIMIT 5000")
}

func (tx *Tx) receivables(ctx context.Context, scope sales.Scope, today sales.Day, group string) ([]sales.OwnerReceivable, error) {
	cond, args := scopeSQL("owner_id", scope)
	owner := "0"
	if group != "" {
		owner = "owner_id"
	}
	var rows []struct {
		Owner        sales.PersonID `db:"owner_id"`
		Count        int64          `db:"n"`
		Open         sales.Money    `db:"open_amount"`
		OverdueCount int64          `db:"late_n"`
		Overdue      sales.Money    `db:"late_amount"`
	}
	query := "SELECT " + owner + ` AS owner_id, CAST(COALESCE(SUM(open_count), 0) AS SIGNED) AS n,
		CAST(COALESCE(SUM(open_amount), 0) AS SIGNED) AS open_amount,
		CAST(COALESCE(SUM(CASE WHEN due_on < ? THEN open_count ELSE 0 END), 0) AS SIGNED) AS late_n,
		CAST(COALESCE(SUM(CASE WHEN due_on < ? THEN open_amount ELSE 0 END), 0) AS SIGNED) AS late_amount
		FROM receivable_days WHERE ` + cond + group
	if err := tx.list(ctx, &rows, query, append([]any{today, today}, args...)...); err != nil {
		return nil, err
	}
	out := make([]sales.OwnerReceivable, len(rows))
	for k, r := range rows {
		out[k] = sales.OwnerReceivable{OwnerID: r.Owner, Receivable: sales.Receivable{Count: r.Count, Open: r.Open, Overdue: r.Overdue, OverdueCount: r.OverdueCount}}
	}
	return out, nil
}

// Debtors sums what customers of people in scope have open, the most first.
func (tx *Tx) Debtors(ctx context.Context, scope sales.Scope, today sales.Day, limit int) ([]sales.Debtor, error) {
	cond, args := scopeSQL("owner_id", scope)
	if scope.All {
		cond = "customer_id > 0"
	}
	query := `SELECT customer_id, COUNT(*) AS n, CAST(SUM(open_amount) AS SIGNED) AS open_amount,
		CAST(SUM(CASE WHEN due_on < ? THEN open_amount ELSE 0 END) AS SIGNED) AS overdue
		FROM invoices WHERE state = 'open' AND ` + cond + " GROUP BY customer_id ORDER BY SUM(open_amount) DESC LIMIT ?"
	var out []sales.Debtor
	err := tx.list(ctx, &out, query, append(append([]any{today}, args...), bound(limit, 1000))...)
	return out, err
}

// CashBetween sums what was invoiced and received for customers of people in scope from one day to another, both included.
func (tx *Tx) CashBetween(ctx context.Context, scope sales.Scope, from, to sales.Day) (sales.CashSum, error) {
	cond, args := scopeSQL("owner_id", scope)
	var s sales.CashSum
	err := tx.get(ctx, "", &s, `SELECT CAST(COALESCE(SUM(invoiced), 0) AS SIGNED) AS invoiced, CAST(COALESCE(SUM(credited), 0) AS SIGNED) AS credited,
		CAST(COALESCE(SUM(received), 0) AS SIGNED) AS received, CAST(COALESCE(SUM(invoices), 0) AS SIGNED) AS invoices,
		CAST(COALESCE(SUM(payments), 0) AS SIGNED) AS payments FROM cash_days WHERE day >= ? AND day <= ? AND `+cond, append([]any{from, to}, args...)...)
	return s, err
}

// WaitingInvoices lists invoices that came by file and that the matching has not looked at, the oldest first.
func (tx *Tx) WaitingInvoices(ctx context.Context, limit int) ([]sales.Invoice, error) {
	var out []sales.Invoice
	err := tx.list(ctx, &out, "SELECT "+invoiceColumns+" FROM invoices WHERE auto = 'wait' ORDER BY id LIMIT ?", bound(limit, 500))
	return out, err
}
