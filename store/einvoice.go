package store

import (
	"context"

	"salesflow/store/sales"
)

const eInvoiceColumns = `
	id,
	invoice_id,
	person_id,
	state,
	tax_no,
	pdf_url,
	field,
	message,
	attempts,
	try_at,
	created_at,
	ended_at,
	version`

var eInvoices = tableOf[sales.EInvoice]("einvoices", eInvoiceColumns)

// CreateEInvoice keeps an invoice to be asked of the e-invoice service.
func (tx *Tx) CreateEInvoice(e sales.EInvoice) {
	tx.create(eInvoices, e.ID, e)
	tx.touching("einvoice", e.InvoiceID.String())
}

// UpdateEInvoice changes one over the version it was read at.
func (tx *Tx) UpdateEInvoice(e sales.EInvoice) { tx.update(eInvoices, e.ID, e.Version, e) }

// EInvoiceByID reads one.
func (tx *Tx) EInvoiceByID(ctx context.Context, id sales.ID) (sales.EInvoice, error) {
	var e sales.EInvoice
	err := tx.get(ctx, "没找到这张电子票。", &e, "SELECT "+eInvoiceColumns+" FROM einvoices WHERE id = ?", id)
	return e, err
}

// EInvoiceOf reads the newest of an invoice; one never asked for has ID 0.
func (tx *Tx) EInvoiceOf(ctx context.Context, invoice sales.ID) (sales.EInvoice, error) {
	var e sales.EInvoice
	err := tx.get(ctx, "还没开过电子票。", &e, "SELECT "+eInvoiceColumns+" FROM einvoices WHERE invoice_id = ? ORDER BY id DESC LIMIT 1", invoice)
	if sales.KindOf(err) == sales.NotFound {
		return sales.EInvoice{InvoiceID: invoice}, nil
	}
	return e, err
}

// WaitingEInvoices lists those to be asked, or asked after, now, the longest waiting first.
func (tx *Tx) WaitingEInvoices(ctx context.Context, now sales.Instant, limit int) ([]sales.EInvoice, error) {
	var out []sales.EInvoice
	err := tx.list(ctx, &out, "SELECT "+eInvoiceColumns+" FROM einvoices WHERE state IN ('wait', 'asked') AND try_at <= ? ORDER BY try_at, id LIMIT ?", now, bound(limit, 100))
	return out, err
}
