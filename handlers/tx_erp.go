package handlers

import (
	"context"

	"salesflow/store/sales"
)

// ERPTx reads and writes what other systems say of orders and invoices.
type ERPTx interface {
	// PutERPOrder writes an order: new with Version 0, else over the version it was read at.
	PutERPOrder(o sales.ERPOrder)
	// ERPOrderOf reads the order of a contract; one the ERP was never told of has Version 0.
	ERPOrderOf(ctx context.Context, contract sales.ID) (sales.ERPOrder, error)
	PutBilling(b sales.Billing)
	// BillingOf reads how a customer is billed; nothing known has Version 0.
	BillingOf(ctx context.Context, customer sales.ID) (sales.Billing, error)
	AnswerGap(a sales.GapAnswer)
	GapAnswers(ctx context.Context, gaps []string) (map[string]sales.GapAnswer, error)
	// PaperGaps lists in what approvals, quotes and the ERP's orders do not go together.
	PaperGaps(ctx context.Context, w sales.GapsWanted, settled sales.Instant, erp bool, tolerance sales.Money) ([]sales.Gap, error)
	// QuoteOfContract reads the quote a contract was made from; one that was made without has Version 0.
	QuoteOfContract(ctx context.Context, c sales.Contract) (sales.Quote, error)
	OrderGaps(ctx context.Context, w sales.GapsWanted, silent sales.Instant, tolerance sales.Money) ([]sales.Gap, error)
	VisitsBefore(ctx context.Context, customer sales.ID, until sales.Instant) (visits, checkIns int, last sales.Instant, err error)
	CreateEInvoice(e sales.EInvoice)
	UpdateEInvoice(e sales.EInvoice)
	EInvoiceByID(ctx context.Context, id sales.ID) (sales.EInvoice, error)
	// EInvoiceOf reads the newest of an invoice; one never asked for has ID 0.
	EInvoiceOf(ctx context.Context, invoice sales.ID) (sales.EInvoice, error)
}
