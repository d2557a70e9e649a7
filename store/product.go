package store

import "salesflow/store/sales"

// PutProduct creates or changes a product, to be understood by its names from the next message on.
func (tx *Tx) PutProduct(p sales.Product) {
	tx.touching("product", p.ID.String())
	tx.add(products, products.row(p))
	tx.changed("product", p.ID)
}
