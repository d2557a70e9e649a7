package handlers

import (
	"context"

	"salesflow/store/sales"
)

// CashTx reads and writes what happens between contract and payment. Amounts are kept by a sales.Ledger, and where a contract
// stands by its ContractCash, whose version guards all that belongs to it.
type CashTx interface {
	ShipmentTx
	InvoiceTx
	PaymentTx
	SheetWordTx
	StatementTx
	MetricsTx
	RowsTx
	DeliveryTx
	ERPTx
	BooksTx
	// PutContractCash writes where a contract stands: new with Version 0, else over the version it was read at.
	PutContractCash(c sales.ContractCash)
	// ContractCashOf reads where a contract stands; one nothing has happened to has Version 0.
	ContractCashOf(ctx context.Context, contract sales.ID) (sales.ContractCash, error)
	// OwedBy is what a customer owes: unpaid invoices, and deliveries not invoiced that no prepayment covers.
	OwedBy(ctx context.Context, customer sales.ID) (sales.Money, error)
	ContractsByIDs(ctx context.Context, ids []sales.ID) ([]sales.Contract, error)
	ContractCashes(ctx context.Context, contracts ...sales.ID) ([]sales.ContractCash, error)
	CashOfCustomers(ctx context.Context, customers ...sales.ID) ([]sales.ContractCash, error)
	// Matches lists contracts of people in scope of one colour, the newest first; CountMatches counts them by colour.
	Matches(ctx context.Context, scope sales.Scope, colour sales.Colour, limit int) ([]sales.ContractCash, error)
	CountMatches(ctx context.Context, scope sales.Scope) (map[sales.Colour]int64, error)
	// ToInvoice lists contracts whose goods were signed for and that are not invoiced in full, the longest first.
	ToInvoice(ctx context.Context, scope sales.Scope, limit int) ([]sales.ContractCash, error)
	InvoiceDelays(ctx context.Context, scope sales.Scope, from, to sales.Day) ([]sales.InvoiceDelay, error)
	CashBetween(ctx context.Context, scope sales.Scope, from, to sales.Day) (sales.CashSum, error)
}

// ShipmentTx reads and writes shipments and returns.
type ShipmentTx interface {
	CreateShipment(s sales.Shipment)
	UpdateShipment(s sales.Shipment)
	ShipmentByID(ctx context.Context, id sales.ID) (sales.Shipment, error)
	ShipmentByNo(ctx context.Context, no string) (sales.Shipment, error)
	// ShipmentsByContract lists contracts' shipments and returns, the oldest first.
	ShipmentsByContract(ctx context.Context, contracts ...sales.ID) ([]sales.Shipment, error)
	// Unshipped lists approved contracts of people in scope of which nothing has gone out yet, the oldest first, and counts them.
	Unshipped(ctx context.Context, scope sales.Scope, limit int) ([]sales.Contract, int64, error)
	ShipmentsUnderway(ctx context.Context, scope sales.Scope, limit int) ([]sales.Shipment, error)
}

// InvoiceTx reads and writes invoices and credit notes. Create and Update keep the sums by due day and by day.
type InvoiceTx interface {
	CreateInvoice(i sales.Invoice)
	UpdateInvoice(before, i sales.Invoice)
	InvoiceByID(ctx context.Context, id sales.ID) (sales.Invoice, error)
	// InvoiceByNo takes our number or the one printed on it.
	InvoiceByNo(ctx context.Context, no string) (sales.Invoice, error)
	InvoicesByIDs(ctx context.Context, ids []sales.ID) ([]sales.Invoice, error)
	InvoicesByContract(ctx context.Context, contracts ...sales.ID) ([]sales.Invoice, error)
	// OpenInvoices lists the open invoices of customers, the first due first.
	WaitingInvoices(ctx context.Context, limit int) ([]sales.Invoice, error)
	OpenInvoices(ctx context.Context, customers ...sales.ID) ([]sales.Invoice, error)
	InvoicesOpenFor(ctx context.Context, amount sales.Money, limit int) ([]sales.Invoice, error)
	InvoicesOfMonth(ctx context.Context, customer sales.ID, from, to sales.Day) ([]sales.Invoice, error)
	// Receivables lists open invoices of people in scope, the first due first; only those due before a day when one is given.
	Receivables(ctx context.Context, scope sales.Scope, before sales.Day, limit int) ([]sales.Invoice, error)
	ReceivableSum(ctx context.Context, scope sales.Scope, today sales.Day) (sales.Receivable, error)
	ReceivablesByOwner(ctx context.Context, scope sales.Scope, today sales.Day) ([]sales.OwnerReceivable, error)
	Debtors(ctx context.Context, scope sales.Scope, today sales.Day, limit int) ([]sales.Debtor, error)
}

// PaymentTx reads and writes payments and what of them went where.
type PaymentTx interface {
	CreatePayment(p sales.Payment)
	UpdatePayment(before, p sales.Payment)
	PaymentByID(ctx context.Context, id sales.ID) (sales.Payment, error)
	PaymentByNo(ctx context.Context, no string) (sales.Payment, error)
	PaymentByRef(ctx context.Context, ref string) (sales.Payment, error)
	PaymentsByIDs(ctx context.Context, ids []sales.ID) ([]sales.Payment, error)
	PaymentsByContract(ctx context.Context, contracts ...sales.ID) ([]sales.Payment, error)
	// OpenPayments lists payments of customers of which something is left, the oldest first.
	OpenPayments(ctx context.Context, customers ...sales.ID) ([]sales.Payment, error)
	PaymentsBetween(ctx context.Context, customer sales.ID, from, to sales.Day) ([]sales.Payment, error)
	// UnmatchedPayments lists payments of which something is left and that are for no contract, the newest first.
	UnmatchedPayments(ctx context.Context, scope sales.Scope, limit int) ([]sales.Payment, error)
	// NextUnmatched is the next of that list behind a payment, from its end the first; ID 0 when there is no other.
	NextUnmatched(ctx context.Context, scope sales.Scope, after sales.Payment) (sales.Payment, error)
	CountUnmatched(ctx context.Context, scope sales.Scope) (int64, sales.Money, error)
	// PaidWithoutContract lists payments of known customers who have no signed contract.
	PaidWithoutContract(ctx context.Context, scope sales.Scope, limit int) ([]sales.Payment, error)
	WaitingPayments(ctx context.Context, limit int) ([]sales.Payment, error)
	TwinPayments(ctx context.Context, amount sales.Money, from, to sales.Day) ([]sales.Payment, error)
	CreateAllocation(a sales.Allocation)
	UpdateAllocation(a sales.Allocation)
	AllocationsOfPayments(ctx context.Context, ids ...sales.ID) ([]sales.Allocation, error)
	AllocationsOfInvoices(ctx context.Context, ids ...sales.ID) ([]sales.Allocation, error)
}
