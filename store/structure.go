package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"salesflow/store/sales"
)

const partColumns = `
	id,
	customer_id,
	name,
	head_id,
	created_by,
	created_at,
	version`

const ownerColumns = `
	customer_id,
	part_id,
	line,
	owner_id,
	set_by,
	set_at`

var (
	customerParts  = tableOf[sales.CustomerPart]("customer_parts", partColumns)
	customerOwners = tableOf[sales.CustomerOwner]("customer_owners", ownerColumns).
			upsert("customer_id, part_id, line", "owner_id, set_by, set_at", "")
)

// CreatePart makes a part of a customer; its name is unique there.
func (tx *Tx) CreatePart(p sales.CustomerPart) { tx.create(customerParts, p.ID, p) }

// UpdatePart changes a part over the version it was read at.
func (tx *Tx) UpdatePart(p sales.CustomerPart) { tx.update(customerParts, p.ID, p.Version, p) }

// PartsByCustomer lists a customer's parts by name.
func (tx *Tx) PartsByCustomer(ctx context.Context, customer sales.ID) ([]sales.CustomerPart, error) {
	var out []sales.CustomerPart
	err := tx.list(ctx, &out, "SELECT "+partColumns+" FROM customer_parts WHERE customer_id = ? ORDER BY name LIMIT 200", customer)
	return out, err
}

// SetCustomerOwner puts somebody in charge of a part or line; owner 0 takes the row away.
func (tx *Tx) SetCustomerOwner(o sales.CustomerOwner) {
	tx.touching("customer_owner", o.CustomerID.String())
	tx.changed("customer", o.CustomerID)
	if o.OwnerID == 0 {
		tx.before = append(tx.before, statement{
			"DELETE FROM customer_owners WHERE customer_id = ? AND part_id = ? AND line = ?", []any{o.CustomerID, o.PartID, o.Line}, -1,
		})
		return
	}
	tx.add(customerOwners, customerOwners.row(o))
}

// CustomerOwners lists who is in charge of parts and lines of customers.
func (tx *Tx) CustomerOwners(ctx context.Context, customers ...sales.ID) ([]sales.CustomerOwner, error) {
	if len(customers) == 0 {
		return nil, nil
	}
	var out []sales.CustomerOwner
	err := tx.list(ctx, &out, "SELECT "+ownerColumns+" FROM customer_owners WHERE customer_id IN ("+marks(len(customers))+
		") ORDER BY customer_id, part_id, line", anys(customers)...)
	return out, err
}

// customersOf lists whole customers and those of which a person is in charge of a part or line.
func customersOf(where, lineWhere string) string {
	c := "c." + strings.Join(split(customerColumns), ", c.")
	return "SELECT " + c + `, '' AS part_name, '' AS line
	FROM customers c
	WHERE c.owner_id = ?` + where + `
	UNION ALL
	SELECT ` + c + `, COALESCE(p.name, '') AS part_name, o.line AS line
	FROM customer_owners o
	JOIN customers c ON c.id = o.customer_id
	LEFT JOIN customer_parts p ON p.id = o.part_id
	WHERE o.owner_id = ?` + lineWhere + `
	ORDER BY last_contact_at, id
	LIMIT ?`
}

// CustomersOf lists a person's customers, the longest without a contact first: those that are theirs as a whole, and those
// of which they are in charge of a part or line, one entry each. line filters by product line when not empty.
func (tx *Tx) CustomersOf(ctx context.Context, person sales.PersonID, line string, limit int) ([]sales.MyCustomer, error) {
	where, lineWhere := "", ""
	args := []any{person}
	if line != "" {
		// Who has the whole customer has every line somebody else does not have.
		where = " AND NOT EXISTS (SELECT 1 FROM customer_owners x WHERE x.customer_id = c.id AND x.part_id = 0 AND x.line = ? AND x.owner_id <> ?)"
		lineWhere = " AND o.line = ?"
		args = append(args, line, person)
	}
	args = append(args, person)
	if line != "" {
		args = append(args, line)
	}
	var out []sales.MyCustomer
	err := tx.list(ctx, &out, customersOf(where, lineWhere), append(args, bound(limit, 500))...)
	return out, err
}

// OwnersOfLines reads who is in charge of parts and lines, of all customers or of some.
func ownersOf(ctx context.Context, q sqlx.QueryerContext, ids []sales.ID) ([]sales.CustomerOwner, error) {
	var out []sales.CustomerOwner
	query := "SELECT " + ownerColumns + " FROM customer_owners"
	if ids != nil {
		if len(ids) == 0 {
			return nil, nil
		}
		query += " WHERE customer_id IN (" + marks(len(ids)) + ")"
	}
	if err := sqlx.SelectContext(ctx, q, &out, query+" ORDER BY customer_id, part_id, line", anys(ids)...); err != nil {
		return nil, fmt.Errorf("read who is in charge: %w", err)
	}
	return out, nil
}
