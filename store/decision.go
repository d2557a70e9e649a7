package store

import (
	"context"

	"salesflow/store/sales"
)

const roleColumns = `
	contact_id,
	customer_id,
	role,
	set_by,
	set_at`

var contactRoles = tableOf[sales.ContactRole]("contact_roles", roleColumns).upsert("contact_id", "customer_id, role, set_by, set_at", "")

// SetContactRole says which part a contact plays; the old one is in the trace.
func (tx *Tx) SetContactRole(r sales.ContactRole) {
	tx.touching("contact_role", r.ContactID.String())
	tx.add(contactRoles, contactRoles.row(r))
}

// ContactRoles lists the parts of a customer's contacts.
func (tx *Tx) ContactRoles(ctx context.Context, customer sales.ID) ([]sales.ContactRole, error) {
	var out []sales.ContactRole
	err := tx.list(ctx, &out, "SELECT "+roleColumns+" FROM contact_roles WHERE customer_id = ? LIMIT 500", customer)
	return out, err
}

const contactTouches = `
	SELECT contact_id, MAX(filed_at) AS last_at, COUNT(*) AS visits
	FROM visits
	WHERE customer_id = ? AND contact_id <> 0 AND state = 'filed'
	GROUP BY contact_id`

// ContactTouches says when each contact of a customer was last met. Visits to one that is another now count for that one.
func (tx *Tx) ContactTouches(ctx context.Context, customer sales.ID) ([]sales.ContactTouch, error) {
	var out []sales.ContactTouch
	if err := tx.list(ctx, &out, contactTouches, customer); err != nil {
		return nil, err
	}
	merges, err := tx.ContactMerges(ctx, customer)
	if err != nil || len(merges) == 0 {
		return out, err
	}
	return foldTouches(out, merges), nil
}

// TodosByCustomer lists the open to-dos about a customer, the most urgent first, those without a date last.
func (tx *Tx) TodosByCustomer(ctx context.Context, customer sales.ID, limit int) ([]sales.Todo, error) {
	var out []sales.Todo
	query := "SELECT " + todoColumns + ` FROM todos WHERE customer_id = ? AND state = 'open'
		ORDER BY CASE WHEN due_at IS NULL THEN 1 ELSE 0 END, due_at, id LIMIT ?`
	err := tx.list(ctx, &out, query, customer, bound(limit, 200))
	return out, err
}

// ContractsByCustomer lists a customer's newest contracts.
func (tx *Tx) ContractsByCustomer(ctx context.Context, customer sales.ID, limit int) ([]sales.Contract, error) {
	var out []sales.Contract
	err := tx.list(ctx, &out, "SELECT "+contractColumns+" FROM contracts WHERE customer_id = ? ORDER BY id DESC LIMIT ?", customer, bound(limit, 200))
	return out, err
}

// soleContacts finds customers somebody has, of whom all visits met one contact and the last was long ago.
const soleContacts = `
	SELECT c.id
	FROM customers c
	JOIN (
		SELECT customer_id, MAX(filed_at) AS last_at
		FROM visits
		WHERE state = 'filed' AND contact_id <> 0
		GROUP BY customer_id
		HAVING COUNT(DISTINCT contact_id) = 1 AND MAX(filed_at) < ?
	) v ON v.customer_id = c.id
	WHERE c.owner_id <> 0 AND c.id > ?
	ORDER BY c.id
	LIMIT ?`

// SoleContacts lists customers with an owner whose only contact was last met before a moment, in the order of their ids
// behind after.
func (tx *Tx) SoleContacts(ctx context.Context, before sales.Instant, after sales.ID, limit int) ([]sales.ID, error) {
	var out []sales.ID
	err := tx.list(ctx, &out, soleContacts, before, after, bound(limit, 500))
	return out, err
}
