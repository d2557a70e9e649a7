package store

import (
	"context"

	"salesflow/store/sales"
)

const authorisationColumns = `
	id,
	customer_id,
	product_id,
	no,
	until,
	file_id,
	state,
	created_by,
	created_at,
	version`

var authorisations = tableOf[sales.Authorisation]("authorisations", authorisationColumns).
	watching("authorisation", "customer_id, until, state")

// ProductByID reads a product.
func (tx *Tx) ProductByID(ctx context.Context, id sales.ID) (sales.Product, error) {
	var p sales.Product
	err := tx.get(ctx, "没找到这个产品。", &p, "SELECT "+productColumns+" FROM products WHERE id = ?", id)
	return p, err
}

// Products lists all products by name.
func (tx *Tx) Products(ctx context.Context) ([]sales.Product, error) {
	var out []sales.Product
	err := tx.list(ctx, &out, "SELECT "+productColumns+" FROM products ORDER BY name, id LIMIT 5000")
	return out, err
}

// CreateAuthorisation keeps a letter of authorisation.
func (tx *Tx) CreateAuthorisation(a sales.Authorisation) { tx.create(authorisations, a.ID, a) }

// UpdateAuthorisation changes one over the version it was read at.
func (tx *Tx) UpdateAuthorisation(a sales.Authorisation) {
	tx.update(authorisations, a.ID, a.Version, a)
}

// AuthorisationByID reads one.
func (tx *Tx) AuthorisationByID(ctx context.Context, id sales.ID) (sales.Authorisation, error) {
	var a sales.Authorisation
	err := tx.get(ctx, "没找到这份授权书。", &a, "SELECT "+authorisationColumns+" FROM authorisations WHERE id = ?", id)
	return a, err
}

// AuthorisationsOf lists those that are valid of a customer, of a product, or of both, the first to end first.
func (tx *Tx) AuthorisationsOf(ctx context.Context, customer, product sales.ID, limit int) ([]sales.Authorisation, error) {
	query, args := "SELECT "+authorisationColumns+" FROM authorisations WHERE state = 'valid'", []any{}
	if customer != 0 {
		query, args = query+" AND customer_id = ?", append(args, customer)
	}
	if product != 0 {
		query, args = query+" AND product_id = ?", append(args, product)
	}
	var out []sales.Authorisation
	err := tx.list(ctx, &out, query+" ORDER BY until, id LIMIT ?", append(args, bound(limit, 200))...)
	return out, err
}
