package store

import (
	"context"
	"fmt"
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

// columnFields are the fields that stand in the customer itself.
var columnFields = map[string]string{sales.FieldUSCC: "uscc", sales.FieldCity: "city"}

// splitFields parts the wanted fields into columns of customers and details.
func splitFields(wanted []string) (columns, kept []string) {
	for _, f := range wanted {
		if c, ok := columnFields[f]; ok {
			columns = append(columns, c)
		} else {
			kept = append(kept, f)
		}
	}
	return columns, kept
}

// incomplete is the condition that a customer c lacks one of the wanted fields.
func incomplete(wanted []string) (string, []any) {
	columns, kept := splitFields(wanted)
	cond := "1 = 0"
	for _, c := range columns {
		cond += " OR c." + c + " = ''"
	}
	if len(kept) == 0 {
		return "(" + cond + ")", nil
	}
	cond += " OR (SELECT COUNT(*) FROM customer_facts f WHERE f.customer_id = c.id AND f.value <> '' AND f.field IN (" + marks(len(kept)) + ")) < ?"
	return "(" + cond + ")", append(anys(kept), len(kept))
}

// Completeness counts, by owner, the customers of people in scope, how many have all the wanted fields, and how many lack
// each.
func (tx *Tx) Completeness(ctx context.Context, scope sales.Scope, wanted []string) ([]sales.Completeness, error) {
	in, args := scopeSQL("c.owner_id", scope)
	lack, lackArgs := incomplete(wanted)
	columns, kept := splitFields(wanted)
	sums := "SUM(CASE WHEN " + lack + " THEN 0 ELSE 1 END) AS complete"
	for _, c := range columns {
		sums += ", SUM(CASE WHEN c." + c + " = '' THEN 1 ELSE 0 END) AS no_" + c
	}
	type row struct {
		Owner    sales.PersonID `db:"owner_id"`
		Total    int            `db:"total"`
		Complete int            `db:"complete"`
		NoUSCC   int            `db:"no_uscc"`
		NoCity   int            `db:"no_city"`
	}
	var rows []row
	query := "SELECT c.owner_id, COUNT(*) AS total, " + sums + " FROM customers c WHERE " + in + " GROUP BY c.owner_id ORDER BY c.owner_id"
	if err := tx.list(ctx, &rows, query, append(slices.Clone(lackArgs), args...)...); err != nil {
		return nil, fmt.Errorf("count completeness: %w", err)
	}
	out := make([]sales.Completeness, len(rows))
	at := map[sales.PersonID]int{}
	for i, r := range rows {
		c := sales.Completeness{Owner: r.Owner, Total: r.Total, Complete: r.Complete, Lacks: map[string]int{}}
		for _, k := range kept {
			c.Lacks[k] = r.Total
		}
		for field, n := range map[string]int{sales.FieldUSCC: r.NoUSCC, sales.FieldCity: r.NoCity} {
			if slices.Contains(wanted, field) {
				c.Lacks[field] = n
			}
		}
		out[i], at[r.Owner] = c, i
	}
	if len(kept) == 0 {
		return out, nil
	}
	var have []struct {
		Owner sales.PersonID `db:"owner_id"`
		Field string         `db:"field"`
		N     int            `db:"n"`
	}
	query = "SELECT c.owner_id, f.field, COUNT(*) AS n FROM customer_facts f JOIN customers c ON c.id = f.customer_id WHERE f.value <> '' AND f.field IN (" +
		marks(len(kept)) + ") AND " + in + " GROUP BY c.owner_id, f.field"
	if err := tx.list(ctx, &have, query, append(anys(kept), args...)...); err != nil {
		return nil, fmt.Errorf("count completeness: %w", err)
	}
	for _, h := range have {
		if i, ok := at[h.Owner]; ok {
			out[i].Lacks[h.Field] -= h.N
		}
	}
	return out, nil
}

// IncompleteCustomers lists customers of people in scope that lack one of the wanted fields, the last contacted first.
func (tx *Tx) IncompleteCustomers(ctx context.Context, scope sales.Scope, wanted []string, limit int) ([]sales.Customer, error) {
	in, args := scopeSQL("c.owner_id", scope)
	lack, lackArgs := incomplete(wanted)
	var out []sales.Customer
	query := "SELECT " + customerColumns + " FROM customers c WHERE " + in + " AND " + lack + " ORDER BY last_contact_at DESC, id LIMIT ?"
	err := tx.list(ctx, &out, query, append(append(args, lackArgs...), bound(limit, 200))...)
	return out, err
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
