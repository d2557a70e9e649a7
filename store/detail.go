package store

import (
	"context"
	"slices"

	"salesflow/store/sales"
)

const detailColumns = `
	id,
	customer_id,
	field,
	value,
	confirmed_at,
	confirmed_by,
	asked_of,
	asked_on,
	version`

var details = tableOf[sales.Detail]("customer_facts", detailColumns).
	upsert("customer_id, field", "value, confirmed_at, confirmed_by, asked_of, asked_on, version", "")

// PutDetail creates or changes one field of a customer.
func (tx *Tx) PutDetail(d sales.Detail) {
	if d.ID == 0 {
		d.ID = tx.NewID()
	}
	d.Version++
	tx.touching("detail", d.CustomerID.String(), d.Field)
	tx.recount(d.CustomerID)
	tx.add(details, details.row(d))
}

// Details lists the details of customers.
func (tx *Tx) Details(ctx context.Context, customers ...sales.ID) ([]sales.Detail, error) {
	var out []sales.Detail
	for chunk := range slices.Chunk(customers, maxRows) {
		var part []sales.Detail
		query := "SELECT " + detailColumns + " FROM customer_facts WHERE customer_id IN (" + marks(len(chunk)) + ") ORDER BY customer_id, id"
		if err := tx.list(ctx, &part, query, anys(chunk)...); err != nil {
			return nil, err
		}
		out = append(out, part...)
	}
	return out, nil
}

// CustomersAfter lists customers of people in scope with ids above after, by id.
func (tx *Tx) CustomersAfter(ctx context.Context, scope sales.Scope, after sales.ID, limit int) ([]sales.Customer, error) {
	in, args := scopeSQL("owner_id", scope)
	var out []sales.Customer
	query := "SELECT " + customerColumns + " FROM customers WHERE id > ? AND " + in + " ORDER BY id LIMIT ?"
	err := tx.list(ctx, &out, query, append(append([]any{after}, args...), bound(limit, 5000))...)
	return out, err
}

// CountCustomers counts the customers of people in scope.
func (tx *Tx) CountCustomers(ctx context.Context, scope sales.Scope) (n int, err error) {
	in, args := scopeSQL("owner_id", scope)
	err = tx.get(ctx, "", &n, "SELECT COUNT(*) FROM customers WHERE "+in, args...)
	return n, err
}

// FirstContacts lists the contacts of customers, by customer and the oldest first.
func (tx *Tx) FirstContacts(ctx context.Context, customers []sales.ID) ([]sales.Contact, error) {
	var out []sales.Contact
	for chunk := range slices.Chunk(customers, maxRows) {
		var part []sales.Contact
		query := "SELECT " + contactColumns + " FROM contacts WHERE customer_id IN (" + marks(len(chunk)) + ") ORDER BY customer_id, id"
		if err := tx.list(ctx, &part, query, anys(chunk)...); err != nil {
			return nil, err
		}
		out = append(out, part...)
	}
	return out, nil
}
