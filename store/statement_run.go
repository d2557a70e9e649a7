package store

import (
	"context"
	"fmt"
	"slices"

	"salesflow/store/sales"
)

const runColumns = `
	id,
	month_on,
	state,
	after_id,
	made,
	sent,
	mailed,
	changed,
	sent_by,
	sent_at,
	created_at,
	version`

var statementRuns = tableOf[sales.StatementRun]("statement_runs", runColumns)

// PutStatementRun writes a month's batch of statements: new with Version 0, else over the version it was read at.
func (tx *Tx) PutStatementRun(r sales.StatementRun) {
	if r.Version == 0 {
		r.Version = 1
		tx.create(statementRuns, r.ID, r)
		return
	}
	tx.update(statementRuns, r.ID, r.Version, r)
}

// StatementRunByID reads a batch.
func (tx *Tx) StatementRunByID(ctx context.Context, id sales.ID) (sales.StatementRun, error) {
	var r sales.StatementRun
	err := tx.get(ctx, "没找到这批对账单。", &r, "SELECT "+runColumns+" FROM statement_runs WHERE id = ?", id)
	return r, err
}

// StatementRunOf reads the batch of a month; one that was never begun has Version 0.
func (tx *Tx) StatementRunOf(ctx context.Context, month sales.Day) (sales.StatementRun, error) {
	var r sales.StatementRun
	err := tx.get(ctx, "还没有这批对账单。", &r, "SELECT "+runColumns+" FROM statement_runs WHERE month_on = ?", month)
	if sales.KindOf(err) == sales.NotFound {
		return sales.StatementRun{MonthOn: month}, nil
	}
	return r, err
}

// CustomersMoved lists customers after one, in the order of their ids, that were invoiced or paid from one day to another.
func (tx *Tx) CustomersMoved(ctx context.Context, from, to sales.Day, after sales.ID, limit int) ([]sales.ID, error) {
	limit = bound(limit, 500)
	var out []sales.ID
	for _, x := range []struct{ table, day string }{{"invoices", "issued_on"}, {"payments", "received_on"}} {
		var part []sales.ID
		err := tx.list(ctx, &part, "SELECT DISTINCT customer_id FROM "+x.table+" WHERE customer_id > ? AND "+x.day+" >= ? AND "+x.day+
			" <= ? AND state <> 'undone' ORDER BY customer_id LIMIT ?", after, from, to, limit)
		if err != nil {
			return nil, err
		}
		out = append(out, part...)
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return out[:min(len(out), limit)], nil // of each table the first are complete
}

// StatementFigures computes what statements of some customers are made of, from one day to another, both included: invoiced less
// credit notes, and received. A customer nothing is known of is missing.
func (tx *Tx) StatementFigures(ctx context.Context, from, to sales.Day, customers ...sales.ID) (map[sales.ID]sales.StatementFigures, error) {
	out := make(map[sales.ID]sales.StatementFigures, len(customers))
	type row struct {
		CustomerID sales.ID    `db:"customer_id"`
		Before     sales.Money `db:"before_it"`
		Within     sales.Money `db:"within_it"`
	}
	// What was taken over from before stands before the month, even where its cut-off day lies in it.
	const sum = "CAST(COALESCE(SUM(CASE WHEN %[1]s %[2]s ? %[4]s THEN %[3]s ELSE 0 END), 0) AS SIGNED)"
	read := func(table, day, amount string, add func(f *sales.StatementFigures, r row)) error {
		for part := range slices.Chunk(customers, maxRows) {
			var rows []row
			query := "SELECT customer_id, " + fmt.Sprintf(sum, day, "<", amount, "OR source = 'opening'") + " AS before_it, " + fmt.Sprintf(sum, day, ">=", amount, "AND source <> 'opening'") + " AS within_it FROM " +
				table + " WHERE customer_id IN (" + marks(len(part)) + ") AND " + day + " <= ? AND state <> 'undone' GROUP BY customer_id"
			if err := tx.list(ctx, &rows, query, append(append([]any{from, from}, anys(part)...), to)...); err != nil {
				return err
			}
			for _, r := range rows {
				f := out[r.CustomerID]
				f.CustomerID = r.CustomerID
				add(&f, r)
				out[r.CustomerID] = f
			}
		}
		return nil
	}
	err := read("invoices", "issued_on", "CASE kind WHEN 'credit' THEN -amount ELSE amount END", func(f *sales.StatementFigures, r row) {
		f.Opening += r.Before
		f.Invoiced += r.Within
	})
	if err != nil {
		return nil, err
	}
	err = read("payments", "received_on", "amount", func(f *sales.StatementFigures, r row) {
		f.Opening -= r.Before
		f.Received += r.Within
	})
	return out, err
}

// StatementsFor reads the statements of a month that customers have.
func (tx *Tx) StatementsFor(ctx context.Context, month sales.Day, customers ...sales.ID) ([]sales.Statement, error) {
	var out []sales.Statement
	for part := range slices.Chunk(customers, maxRows) {
		var list []sales.Statement
		err := tx.list(ctx, &list, "SELECT "+statementColumns+" FROM statements WHERE month_on = ? AND customer_id IN ("+marks(len(part))+")",
			append([]any{month}, anys(part)...)...)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// ReadyStatements lists statements of a month that wait to be sent, after one, in the order of their ids.
func (tx *Tx) ReadyStatements(ctx context.Context, month sales.Day, after sales.ID, limit int) ([]sales.Statement, error) {
	var out []sales.Statement
	err := tx.list(ctx, &out, "SELECT "+statementColumns+" FROM statements WHERE month_on = ? AND state = 'ready' AND id > ? ORDER BY id LIMIT ?",
		month, after, bound(limit, 500))
	return out, err
}

// ownStatements are the statements of a month of customers whom people in scope keep now. Of the whole company it does not matter who
// keeps them, and the index has the rest.
func ownStatements(scope sales.Scope, month sales.Day) (from, where string, args []any) {
	from = " FROM statements s"
	if !scope.All {
		from += " JOIN customers c ON c.id = s.customer_id"
	}
	cond, args := scopeSQL("c.owner_id", scope)
	return from, " WHERE s.month_on = ? AND " + cond, append([]any{month}, args...)
}

// withMail joins the address a customer's statements go to.
const withMail = " LEFT JOIN customer_billing b ON b.customer_id = s.customer_id"

// StatementSums counts the statements of a month, by state; those without an address are counted of what is not answered.
func (tx *Tx) StatementSums(ctx context.Context, scope sales.Scope, month sales.Day) ([]sales.StatementSum, error) {
	from, where, args := ownStatements(scope, month)
	var out, unmailed []sales.StatementSum
	err := tx.list(ctx, &out, "SELECT s.state, COUNT(*) AS n, CAST(SUM(s.closing) AS SIGNED) AS closing"+from+where+" GROUP BY s.state", args...)
	if err != nil {
		return nil, err
	}
	err = tx.list(ctx, &unmailed, "SELECT s.state, COUNT(*) AS unmailed"+from+withMail+where+" AND s.state IN ('ready', 'sent') AND COALESCE(b.mail, '') = '' GROUP BY s.state", args...)
	for _, u := range unmailed {
		for i := range out {
			if out[i].State == u.State {
				out[i].Unmailed = u.Unmailed
			}
		}
	}
	return out, err
}

// StatementList lists statements of a month in some states (none: all), what needs somebody first, then the larger; with the
// address each customer's goes to.
func (tx *Tx) StatementList(ctx context.Context, scope sales.Scope, month sales.Day, states []string, unmailed bool, from, limit int) ([]sales.StatementRow, error) {
	tables, where, args := ownStatements(scope, month)
	if len(states) > 0 {
		where += " AND s.state IN (" + marks(len(states)) + ")"
		args = append(args, anys(states)...)
	}
	if unmailed {
		tables += withMail
		where += " AND COALESCE(b.mail, '') = ''"
	}
	var out []sales.StatementRow
	const order = " ORDER BY CASE s.state WHEN 'disputed' THEN 0 WHEN 'ready' THEN 1 WHEN 'sent' THEN 2 ELSE 3 END, s.closing DESC, s.id"
	// The few are found in the index; only they are read.
	query := "SELECT " + joinColumns("s", statementColumns) + ", COALESCE(b.mail, '') AS mail, c.name AS customer, c.owner_id AS keeper FROM (SELECT s.id" + tables + where + order +
		" LIMIT ? OFFSET ?) x JOIN statements s ON s.id = x.id JOIN customers c ON c.id = s.customer_id" + withMail + order
	err := tx.list(ctx, &out, query, append(args, bound(limit, 1000), max(from, 0))...)
	return out, err
}

// StatementsSent counts the statements of a month that went out since a moment, by who keeps the customer now.
func (tx *Tx) StatementsSent(ctx context.Context, month sales.Day, since sales.Instant) ([]sales.StatementOwner, error) {
	var out []sales.StatementOwner
	err := tx.list(ctx, &out, "SELECT c.owner_id AS owner_id, COUNT(*) AS n, CAST(SUM(CASE s.mailed_to WHEN '' THEN 0 ELSE 1 END) AS SIGNED) AS mailed "+
		"FROM statements s JOIN customers c ON c.id = s.customer_id WHERE s.month_on = ? AND s.sent_at >= ? AND s.state <> 'ready' GROUP BY c.owner_id ORDER BY c.owner_id",
		month, since)
	return out, err
}

// BillingsOf reads how customers are billed; those nothing is known of are missing.
func (tx *Tx) BillingsOf(ctx context.Context, customers ...sales.ID) ([]sales.Billing, error) {
	var out []sales.Billing
	for part := range slices.Chunk(customers, maxRows) {
		var list []sales.Billing
		if err := tx.list(ctx, &list, "SELECT "+billingColumns+" FROM customer_billing WHERE customer_id IN ("+marks(len(part))+")", anys(part)...); err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}
