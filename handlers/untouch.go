package handlers

import (
	"context"

	"salesflow/store/sales"
)

// untouch takes back that a customer was contacted when what said so was taken back: else a visit that never was would keep it
// from going back to the open pool. own is the record taken back, filed at the moment was.
func (a *App) untouch(ctx context.Context, tx Tx, book *Book, customer, own sales.ID, was sales.Instant) error {
	if customer == 0 {
		return nil
	}
	var before sales.Instant
	later := func(at sales.Instant) {
		if at.Before(was.Time) && at.After(before.Time) {
			before = at
		}
	}
	later(book.Customers.Of(customer).LastContactAt)
	visits, err := tx.VisitsByCustomer(ctx, customer, 5)
	if err != nil {
		return err
	}
	for _, v := range visits {
		if v.ID != own {
			later(v.FiledAt)
		}
	}
	filings, err := tx.Filings(ctx, sales.FilingFilter{Scope: sales.Scope{All: true}, Customer: customer, Limit: 5})
	if err != nil {
		return err
	}
	for _, f := range filings {
		if f.ID != own {
			later(f.FiledAt)
		}
	}
	tx.UntouchCustomer(customer, was, before)
	return nil
}
