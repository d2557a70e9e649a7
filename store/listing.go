package store

import (
	"context"
	"strings"

	"salesflow/store/sales"
)

// Listing asks for a part of a list of records, the newest first.
type Listing struct {
	Scope sales.Scope
	// Before is the record the part before ended with, 0 for the first part.
	Before sales.ID
	// Customer, Owner and State narrow the list where they are not empty.
	Customer sales.ID
	Owner    sales.PersonID
	Contract sales.ID // of a table that has one
	ID       sales.ID // that row alone
	State    string
	Limit    int
}

// listing is the query of a part of a table's rows. owner is the column of the person whose record it is.
func (l Listing) query(columns, table, owner, customer string) (string, []any) {
	cond, args := scopeSQL(owner, l.Scope)
	var q strings.Builder
	q.WriteString("SELECT " + columns + " FROM " + table + " WHERE " + cond)
	and := func(clause string, arg any) {
		q.WriteString(" AND " + clause)
		args = append(args, arg)
	}
	if l.Before != 0 {
		and("id < ?", l.Before)
	}
	if l.Customer != 0 {
		and(customer+" = ?", l.Customer)
	}
	if l.Owner != 0 {
		and(owner+" = ?", l.Owner)
	}
	if l.Contract != 0 {
		and("contract_id = ?", l.Contract)
	}
	if l.ID != 0 {
		and("id = ?", l.ID)
	}
	if l.State != "" {
		and("state = ?", l.State)
	}
	q.WriteString(" ORDER BY id DESC LIMIT ?")
	return q.String(), append(args, bound(l.Limit, 500))
}

// ListCustomers lists customers. They have no state.
func (tx *Tx) ListCustomers(ctx context.Context, l Listing) (out []sales.Customer, err error) {
	l.State = ""
	query, args := l.query(customerColumns, "customers", "owner_id", "id")
	return out, tx.list(ctx, &out, query, args...)
}

// ListVisits lists visits that are filed, unless another state or one visit is asked for.
func (tx *Tx) ListVisits(ctx context.Context, l Listing) (out []sales.Visit, err error) {
	if l.State == "" && l.ID == 0 {
		l.State = sales.VisitFiled
	}
	query, args := l.query(visitColumns, "visits", "person_id", "customer_id")
	return out, tx.list(ctx, &out, query, args...)
}

// ListTodos lists to-dos.
func (tx *Tx) ListTodos(ctx context.Context, l Listing) (out []sales.Todo, err error) {
	query, args := l.query(todoColumns, "todos", "owner_id", "customer_id")
	return out, tx.list(ctx, &out, query, args...)
}

// ListOpportunities lists opportunities.
func (tx *Tx) ListOpportunities(ctx context.Context, l Listing) (out []sales.Opportunity, err error) {
	query, args := l.query(opportunityColumns, "opportunities", "owner_id", "customer_id")
	err = tx.list(ctx, &out, query, args...)
	return tx.u.db.onWays(out), err
}

// ListContracts lists contracts.
func (tx *Tx) ListContracts(ctx context.Context, l Listing) (out []sales.Contract, err error) {
	query, args := l.query(contractColumns, "contracts", "owner_id", "customer_id")
	return out, tx.list(ctx, &out, query, args...)
}

// ListShipments lists shipments and returns.
func (tx *Tx) ListShipments(ctx context.Context, l Listing) (out []sales.Shipment, err error) {
	query, args := l.query(shipmentColumns, "shipments", "owner_id", "customer_id")
	return out, tx.list(ctx, &out, query, args...)
}

// ListInvoices lists invoices and credit notes.
func (tx *Tx) ListInvoices(ctx context.Context, l Listing) (out []sales.Invoice, err error) {
	query, args := l.query(invoiceColumns, "invoices", "owner_id", "customer_id")
	return out, tx.list(ctx, &out, query, args...)
}

// ListPayments lists payments.
func (tx *Tx) ListPayments(ctx context.Context, l Listing) (out []sales.Payment, err error) {
	query, args := l.query(paymentColumns, "payments", "owner_id", "customer_id")
	return out, tx.list(ctx, &out, query, args...)
}

// EventsAfter lists what people in scope did behind an event and before a moment, the oldest first; all of it, the clock's
// deeds too, when the scope is everything. Ids are made before their transaction ends: a moment that lies as far back as a
// transaction may take leaves none out.
func (tx *Tx) EventsAfter(ctx context.Context, scope sales.Scope, after sales.ID, until sales.Instant, limit int) (out []sales.DomainEvent, err error) {
	cond, args := scopeSQL("person_id", scope)
	args = append([]any{after, until}, append(args, bound(limit, 500))...)
	err = tx.list(ctx, &out, "SELECT "+eventColumns+" FROM events WHERE id > ? AND at < ? AND "+cond+" ORDER BY id LIMIT ?", args...)
	return out, err
}
