package store

import (
	"context"
	"fmt"
	"slices"

	"salesflow/store/sales"
)

// madeWith are the tables whose rows are made with a customer, or say nothing of what was done with it: they go with it.
// Contacts are among them as far as they were made in the same moment.
var madeWith = []string{"contacts", "contact_roles", "customer_tags", "customer_keeping", "registry_checks", "dues"}

// CustomersInUse tells of each of the customers that something was built on what that is: the name of a table in which it has
// rows, "contacts" for a contact who was added later, "customers" for one that was changed after the version it was made at.
func (tx *Tx) CustomersInUse(ctx context.Context, list []sales.Customer) (map[sales.ID]string, error) {
	out := map[sales.ID]string{}
	tables, err := tx.followers(ctx)
	if err != nil {
		return nil, err
	}
	for chunk := range slices.Chunk(list, maxRows) {
		ids := make([]any, len(chunk))
		for i, c := range chunk {
			ids[i] = c.ID
		}
		in := "(" + marks(len(ids)) + ")"
		note := func(table, query string) error {
			var used []sales.ID
			if err := tx.list(ctx, &used, query, ids...); err != nil {
				return fmt.Errorf("look for %s of customers: %w", table, err)
			}
			for _, id := range used {
				if out[id] == "" {
					out[id] = table
				}
			}
			return nil
		}
		for _, f := range tables {
			if slices.Contains(madeWith, f.table) {
				continue
			}
			query := "SELECT DISTINCT " + f.column + " FROM " + f.table + " WHERE " + f.column + " IN " + in
			if f.kind != "" {
				query += " AND " + f.kind + " = 'customer'"
			}
			if err := note(f.table, query); err != nil {
				return nil, err
			}
		}
		const later = "SELECT DISTINCT k.customer_id FROM contacts k JOIN customers c ON c.id = k.customer_id WHERE k.created_at > c.created_at AND k.customer_id IN "
		if err := note("contacts", later+in); err != nil {
			return nil, err
		}
		const merged = "SELECT DISTINCT into_id FROM customer_merges WHERE state = 'done' AND into_id IN "
		if err := note("customer_merges", merged+in); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// RemoveCustomers takes customers away that nothing was built on, each over the version it was read at, with what was made with
// them. Their contacts stay as rows that nobody finds.
func (tx *Tx) RemoveCustomers(ctx context.Context, list []sales.Customer) error {
	versions := map[int64][]sales.ID{}
	for _, c := range list {
		versions[c.Version] = append(versions[c.Version], c.ID)
		tx.touching("customers", c.ID.String())
		tx.changed("customer", c.ID)
		tx.recount(c.ID)
	}
	for version, all := range versions {
		for ids := range slices.Chunk(all, maxRows) {
			in := " IN (" + marks(len(ids)) + ")"
			var contacts []sales.ID
			if err := tx.list(ctx, &contacts, "SELECT id FROM contacts WHERE customer_id"+in, anys(ids)...); err != nil {
				return fmt.Errorf("list contacts of customers: %w", err)
			}
			for _, id := range contacts {
				tx.changed("contact", id)
			}
			tx.before = append(tx.before, statement{"DELETE FROM customers WHERE version = ? AND id" + in, append([]any{version}, anys(ids)...), int64(len(ids))})
			for _, s := range []string{
				"DELETE FROM customer_keys WHERE customer_id", "DELETE FROM customer_bigrams WHERE customer_id", "DELETE FROM customer_facts WHERE customer_id",
				"DELETE FROM customer_tags WHERE customer_id", "DELETE FROM customer_keeping WHERE customer_id", "DELETE FROM contact_roles WHERE customer_id",
				"DELETE FROM registry_checks WHERE customer_id", "DELETE FROM custom_values WHERE record_id",
				"DELETE FROM dues WHERE subject_kind = 'customer' AND subject_id", "UPDATE contacts SET customer_id = 0, version = version + 1 WHERE customer_id",
			} {
				tx.before = append(tx.before, statement{s + in, anys(ids), -1})
			}
		}
	}
	return nil
}

// CustomersFrom lists customers by what they were made from, as it begins ("import:12:"), after an id.
func (tx *Tx) CustomersFrom(ctx context.Context, source string, after sales.ID, limit int) ([]sales.Customer, error) {
	var out []sales.Customer
	query := "SELECT " + customerColumns + " FROM customers WHERE id > ? AND source_event_id LIKE ? ORDER BY id LIMIT ?"
	err := tx.list(ctx, &out, query, after, source+"%", bound(limit, 5000))
	return out, err
}

// RemovePart takes away a part of a customer, over the version it was read at.
func (tx *Tx) RemovePart(p sales.CustomerPart) {
	tx.touching("customer_part", p.ID.String())
	tx.before = append(tx.before, statement{"DELETE FROM customer_parts WHERE id = ? AND version = ?", []any{p.ID, p.Version}, 1})
}
