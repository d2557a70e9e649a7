package store

import (
	"context"
	"regexp"

	"salesflow/store/sales"
)

// PageQuery asks for a part of a list that a page shows.
type PageQuery struct {
	Scope sales.Scope
	// Query is part of a customer's name, or of a contract's number; empty is all.
	Query string
	// State narrows a list, Sort is one of the list's orders; what is not known is the usual.
	State, Sort string
	Today       sales.Day
	Offset      int
	Limit       int
}

// page makes the query of a part of a list. orders are the ones that can be asked for, "" the usual.
func (q PageQuery) page(columns, table, where string, args []any, number string, orders map[string]string) (string, []any) {
	cond, more := scopeSQL("owner_id", q.Scope)
	where, args = where+" AND "+cond, append(args, more...)
	if q.Query != "" {
		like := "%" + likeText(q.Query) + "%"
		named := "customer_id IN (SELECT id FROM customers WHERE name LIKE ? ESCAPE '!')"
		args = append(args, like)
		if number != "" {
			named = "(" + named + " OR " + number + " LIKE ? ESCAPE '!')"
			args = append(args, like)
		}
		where += " AND " + named
	}
	order, ok := orders[q.Sort]
	if !ok {
		order = orders[""]
	}
	// The few are found by what an index or a short sort tells; only they are read.
	return "SELECT " + joinColumns("t", columns) + " FROM (SELECT id FROM " + table + " WHERE " + where + " ORDER BY " + order +
			" LIMIT ? OFFSET ?) x JOIN " + table + " t ON t.id = x.id ORDER BY " + tOrder(order),
		append(args, bound(q.Limit, 500), max(q.Offset, 0))
}

// tOrder is an order of the records that were found.
func tOrder(order string) string {
	return reColumn.ReplaceAllString(order, "t.$0")
}

// reColumn are the columns in an order: what is written small.
var reColumn = regexp.MustCompile(`\b[a-z_]+\b`)

// DealPage is a part of the deals of people in scope: open ones unless State says won or lost. Orders are the longest in its
// stage first, "amount" and "expected".
func (tx *Tx) DealPage(ctx context.Context, q PageQuery) ([]sales.Opportunity, error) {
	state := q.State
	if state != sales.OpportunityWon && state != sales.OpportunityLost {
		state = sales.OpportunityOpen
	}
	query, args := q.page(opportunityColumns, "opportunities", "state = ?", []any{state}, "", map[string]string{
		"": "stage_since, id", "amount": "amount DESC, id DESC", "expected": "CASE WHEN expected_on IS NULL THEN 1 ELSE 0 END, expected_on, id",
	})
	var out []sales.Opportunity
	err := tx.list(ctx, &out, query, args...)
	return tx.u.db.onWays(out), err
}

// ContractPage is a part of the contracts of people in scope, in any state unless one is asked for. Orders are the newest
// first and "amount".
func (tx *Tx) ContractPage(ctx context.Context, q PageQuery) ([]sales.Contract, error) {
	where, args := "1 = 1", []any(nil)
	if q.State != "" {
		where, args = "state = ?", []any{q.State}
	}
	query, args := q.page(contractColumns, "contracts", where, args, "no", map[string]string{"": "id DESC", "amount": "amount DESC, id DESC"})
	var out []sales.Contract
	err := tx.list(ctx, &out, query, args...)
	return out, err
}

// ReceivablePage is a part of the open invoices of people in scope; State "late" is those past their day. Orders are the first
// due first and "amount".
func (tx *Tx) ReceivablePage(ctx context.Context, q PageQuery) ([]sales.Invoice, error) {
	where, args := "state = ? AND kind = ?", []any{sales.InvoiceOpen, sales.InvoiceNormal}
	if q.State == "late" {
		where, args = where+" AND due_on < ?", append(args, q.Today)
	}
	query, args := q.page(invoiceColumns, "invoices", where, args, "no", map[string]string{"": "due_on, id", "amount": "open_amount DESC, id DESC"})
	var out []sales.Invoice
	err := tx.list(ctx, &out, query, args...)
	return out, err
}
