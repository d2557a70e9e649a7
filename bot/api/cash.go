package api

import (
	"context"
	"net/http"
	"time"

	"salesflow/store/sales"
)

// Scopes of what lies between contract and payment.
const (
	WriteContracts = "contracts:write"
	ReadShipments  = "shipments:read"
	WriteShipments = "shipments:write"
	ReadInvoices   = "invoices:read"
	WriteInvoices  = "invoices:write"
	ReadPayments   = "payments:read"
	WritePayments  = "payments:write"
	WriteERP       = "erp:write"
)

// ContractState is a contract with where it stands on its way to cash, and what the ERP says of its order.
type ContractState struct {
	Contract     Contract  `json:"contract"`
	InvoicedFen  int64     `json:"invoiced_fen"`
	PaidFen      int64     `json:"paid_fen" doc:"prepayments included"`
	OpenFen      int64     `json:"open_fen" doc:"invoiced and not paid"`
	Shipments    int       `json:"shipments"`
	Signed       int       `json:"signed" doc:"how many of them were received"`
	NextDueOn    sales.Day `json:"next_due_on,omitzero"`
	Match        string    `json:"match,omitempty" doc:"green, yellow or red: do contract, invoices and payments agree"`
	MatchText    string    `json:"match_text,omitempty"`
	Order        *Order    `json:"order,omitempty" doc:"the order in the ERP, when it was told of it"`
	ReleasedText string    `json:"released_text,omitempty" doc:"why goods may go although a clause stands against it"`
}

// Order is what the ERP says of the order a contract became.
type Order struct {
	No          string     `json:"order_no,omitempty"`
	State       string     `json:"state"`
	Seq         int64      `json:"seq"`
	AmountFen   int64      `json:"amount_fen,omitempty"`
	ShippedFen  int64      `json:"shipped_fen,omitempty"`
	InvoicedFen int64      `json:"invoiced_fen,omitempty"`
	Note        string     `json:"note,omitempty"`
	SentAt      *time.Time `json:"sent_at,omitempty"`
	SaidAt      *time.Time `json:"said_at,omitempty"`
}

// Shipment is goods on their way to a customer, or back.
type Shipment struct {
	ID         ID        `json:"id"`
	No         string    `json:"no"`
	Kind       string    `json:"kind" doc:"shipment or return"`
	Contract   ID        `json:"contract_id"`
	Customer   ID        `json:"customer_id"`
	Owner      ID        `json:"owner_id,omitempty"`
	Quantity   int64     `json:"quantity_hundredths,omitempty"`
	Unit       string    `json:"unit,omitempty"`
	AmountFen  int64     `json:"amount_fen,omitempty"`
	Tracking   string    `json:"tracking,omitempty"`
	ShippedOn  sales.Day `json:"shipped_on,omitzero"`
	PromisedOn sales.Day `json:"promised_on,omitzero"`
	SignedOn   sales.Day `json:"signed_on,omitzero"`
	State      string    `json:"state" doc:"shipped, signed, returned or undone"`
	CreatedAt  time.Time `json:"created_at"`
	Version    int64     `json:"version"`
}

// Invoice is an invoice, or a credit note (红字).
type Invoice struct {
	ID          ID        `json:"id"`
	No          string    `json:"no"`
	TaxNo       string    `json:"tax_no,omitempty" doc:"the number printed on it"`
	Kind        string    `json:"kind" doc:"invoice or credit"`
	Contract    ID        `json:"contract_id,omitempty"`
	Customer    ID        `json:"customer_id"`
	Owner       ID        `json:"owner_id,omitempty"`
	AmountFen   int64     `json:"amount_fen"`
	PaidFen     int64     `json:"paid_fen"`
	CreditedFen int64     `json:"credited_fen"`
	OpenFen     int64     `json:"open_fen"`
	IssuedOn    sales.Day `json:"issued_on,omitzero"`
	DueOn       sales.Day `json:"due_on,omitzero"`
	CreditOf    ID        `json:"credit_of,omitempty" doc:"of a credit note: the invoice it takes back"`
	State       string    `json:"state" doc:"open, settled, credited, issued (of a credit note) or undone"`
	CreatedAt   time.Time `json:"created_at"`
	Version     int64     `json:"version"`
}

// Payment is money that came in.
type Payment struct {
	ID         ID        `json:"id"`
	No         string    `json:"no"`
	Customer   ID        `json:"customer_id,omitempty"`
	Contract   ID        `json:"contract_id,omitempty"`
	Owner      ID        `json:"owner_id,omitempty"`
	Payer      string    `json:"payer,omitempty"`
	AmountFen  int64     `json:"amount_fen"`
	LeftFen    int64     `json:"left_fen" doc:"not allocated to invoices yet"`
	ReceivedOn sales.Day `json:"received_on,omitzero"`
	BankRef    string    `json:"bank_ref,omitempty"`
	State      string    `json:"state" doc:"open, matched or undone"`
	CreatedAt  time.Time `json:"created_at"`
	Version    int64     `json:"version"`
}

// NewContract submits a contract for approval (提交合同).
type NewContract struct {
	Customer        ID     `json:"customer_id" required:"true" doc:"whose"`
	Owner           ID     `json:"owner_id,omitempty" doc:"who submits it; a person's token: oneself, else the customer's owner"`
	Products        []ID   `json:"product_ids,omitempty" maxitems:"20" doc:"what is sold"`
	AmountFen       int64  `json:"amount_fen" required:"true" min:"1" max:"100000000000000" doc:"with tax"`
	PrepayPercent   *int   `json:"prepay_percent,omitempty" min:"0" max:"100" doc:"not said: left out"`
	PaymentDays     *int   `json:"payment_days,omitempty" min:"0" max:"730" doc:"days after acceptance"`
	DeliveryDays    *int   `json:"delivery_days,omitempty" min:"0" max:"730" doc:"days after signing"`
	DiscountPercent *int   `json:"discount_percent,omitempty" min:"1" max:"200" doc:"the price in percent of the list price"`
	Terms           string `json:"terms,omitempty" maxlen:"500" doc:"other terms, as people would write them"`
}

// NewShipment files goods on their way (发货).
type NewShipment struct {
	Contract   ID        `json:"contract_id" required:"true" doc:"of which contract"`
	Quantity   int64     `json:"quantity_hundredths,omitempty" min:"0" max:"100000000" doc:"1000 is ten of the unit"`
	Unit       string    `json:"unit,omitempty" maxlen:"8" doc:"台, 箱, 吨 …"`
	AmountFen  int64     `json:"amount_fen,omitempty" min:"0" max:"100000000000000" doc:"what the goods are worth"`
	Tracking   string    `json:"tracking,omitempty" maxlen:"40" doc:"the carrier's number"`
	ShippedOn  sales.Day `json:"shipped_on,omitzero" doc:"today when left out"`
	PromisedOn sales.Day `json:"promised_on,omitzero" doc:"when they are to arrive"`
}

// NewInvoice files an invoice (开票).
type NewInvoice struct {
	Contract  ID        `json:"contract_id" required:"true" doc:"of which contract"`
	AmountFen int64     `json:"amount_fen" required:"true" min:"1" max:"100000000000000" doc:"with tax"`
	TaxNo     string    `json:"tax_no,omitempty" maxlen:"20" doc:"the number printed on it"`
	IssuedOn  sales.Day `json:"issued_on,omitzero" doc:"today when left out"`
	DueOn     sales.Day `json:"due_on,omitzero" doc:"by the contract when left out"`
}

// NewPayment files money that came in (回款).
type NewPayment struct {
	Contract   ID        `json:"contract_id,omitempty" doc:"for which contract; else customer_id"`
	Customer   ID        `json:"customer_id,omitempty" doc:"from whom"`
	AmountFen  int64     `json:"amount_fen" required:"true" min:"1" max:"100000000000000" doc:"what came"`
	ReceivedOn sales.Day `json:"received_on,omitzero" doc:"today when left out"`
	BankRef    string    `json:"bank_ref,omitempty" maxlen:"64" doc:"the bank's number of its entry; becomes one payment, whoever brings it"`
	Distinct   bool      `json:"distinct,omitempty" doc:"known not to be the like payment that was told before"`
}

// OrderStatus is what the ERP says of an order.
type OrderStatus struct {
	Contract    ID     `path:"id" json:"-" required:"true" doc:"the contract"`
	No          string `json:"order_no,omitempty" maxlen:"64" doc:"the ERP's own number; required the first time"`
	State       string `json:"state" required:"true" enum:"accepted|producing|shipped|invoiced|closed|rejected" doc:"where it stands"`
	Seq         int64  `json:"seq,omitempty" min:"0" max:"9000000000000000" doc:"grows with each change; one that is not greater than the last changes nothing"`
	AmountFen   int64  `json:"amount_fen,omitempty" min:"0" max:"100000000000000" doc:"of the order"`
	ShippedFen  int64  `json:"shipped_fen,omitempty" min:"0" max:"100000000000000" doc:"shipped so far"`
	InvoicedFen int64  `json:"invoiced_fen,omitempty" min:"0" max:"100000000000000" doc:"invoiced so far"`
	Note        string `json:"note,omitempty" maxlen:"100" doc:"for people, such as why it was rejected"`
}

// EInvoiceResult is what an e-invoice service tells by itself of a request it has taken.
type EInvoiceResult struct {
	ID      ID     `path:"id" json:"-" required:"true" doc:"id of the request"`
	Status  string `json:"status" required:"true" enum:"issued|failed" doc:"its last word"`
	TaxNo   string `json:"tax_no,omitempty" maxlen:"64" doc:"the number printed on it; required when issued"`
	PDF     string `json:"pdf_url,omitempty" maxlen:"500" doc:"https"`
	Field   string `json:"field,omitempty" maxlen:"32" doc:"what to mend: title, tax_no, address, phone, bank, account, mail"`
	Message string `json:"message,omitempty" maxlen:"120" doc:"what is wrong with it"`
}

// EInvoice is a request as it stands.
type EInvoice struct {
	ID      ID     `json:"id"`
	Invoice ID     `json:"invoice_id"`
	State   string `json:"state" doc:"wait, asked, issued or failed"`
	TaxNo   string `json:"tax_no,omitempty"`
	PDF     string `json:"pdf_url,omitempty"`
}

// CashListing asks for a part of a list of shipments, invoices or payments.
type CashListing struct {
	Cursor   Cursor `query:"cursor" json:"-" maxlen:"40" doc:"next of the part before; none begins"`
	Limit    int    `query:"limit" json:"-" min:"0" max:"200" doc:"50 when not said"`
	Contract ID     `query:"contract_id" json:"-" doc:"only those of a contract"`
	Customer ID     `query:"customer_id" json:"-" doc:"only those of a customer"`
	Owner    ID     `query:"owner_id" json:"-" doc:"only those of a person"`
	State    string `query:"state" json:"-" maxlen:"32" doc:"only those in a state"`
}

// CashReads is what the interface reads between contract and payment.
type CashReads interface {
	// Contract reads one contract the caller may see, where it stands, and its order; the order's Version is 0 without one.
	Contract(ctx context.Context, c Caller, id sales.ID) (sales.Contract, sales.ContractCash, sales.ERPOrder, error)
	Shipments(ctx context.Context, q Query) ([]sales.Shipment, error)
	Invoices(ctx context.Context, q Query) ([]sales.Invoice, error)
	Payments(ctx context.Context, q Query) ([]sales.Payment, error)
}

// CashWrites is what the interface does there.
type CashWrites interface {
	CreateContract(ctx context.Context, r Request, in NewContract) (sales.Contract, error)
	CreateShipment(ctx context.Context, r Request, in NewShipment) (sales.Shipment, error)
	CreateInvoice(ctx context.Context, r Request, in NewInvoice) (sales.Invoice, error)
	CreatePayment(ctx context.Context, r Request, in NewPayment) (sales.Payment, error)
	SetOrder(ctx context.Context, r Request, in OrderStatus) (sales.ERPOrder, error)
	TellEInvoice(ctx context.Context, r Request, in EInvoiceResult) (sales.EInvoice, error)
}

// cashOperations are what can be asked for between contract and payment.
func cashOperations(reads CashReads, writes CashWrites) []operation {
	get, post := http.MethodGet, http.MethodPost
	return []operation{
		op(get, "/contracts/{id}", "getContract", "contracts", ReadContracts, "One contract, where it stands on its way to cash, and its order in the ERP",
			func(ctx context.Context, r Request, in one) (ContractState, error) {
				c, cash, order, err := reads.Contract(ctx, r.Caller, in.ID.Record())
				return stateOf(c, cash, order), err
			}),
		op(post, "/contracts", "createContract", "contracts", WriteContracts, "Submit a contract for approval; clauses the company blocks are refused with 409", writer(writes.CreateContract, contractOf)),
		op(post, "/contracts/{id}/order", "setOrder", "erp", WriteERP, "What the ERP says of the order that a signed contract became", writer(writes.SetOrder, orderOf)),
		op(get, "/shipments", "listShipments", "shipments", ReadShipments, "Shipments and returns (发货、退货)", cashLister(reads.Shipments, func(s sales.Shipment) sales.ID { return s.ID }, shipmentOf)),
		op(post, "/shipments", "createShipment", "shipments", WriteShipments, "File a shipment; a clause that stands against it is named with 409", writer(writes.CreateShipment, shipmentOf)),
		op(get, "/invoices", "listInvoices", "invoices", ReadInvoices, "Invoices and credit notes (发票、红字)", cashLister(reads.Invoices, func(i sales.Invoice) sales.ID { return i.ID }, invoiceOf)),
		op(post, "/invoices", "createInvoice", "invoices", WriteInvoices, "File an invoice; what was prepaid pays it at once", writer(writes.CreateInvoice, invoiceOf)),
		op(get, "/payments", "listPayments", "payments", ReadPayments, "Payments (回款)", cashLister(reads.Payments, func(p sales.Payment) sales.ID { return p.ID }, paymentOf)),
		op(post, "/payments", "createPayment", "payments", WritePayments, "File a payment; one that was told before is refused with 409", writer(writes.CreatePayment, paymentOf)),
		op(post, "/einvoices/{id}/result", "tellEInvoice", "invoices", WriteInvoices, "What became of an e-invoice request, told by the service",
			func(ctx context.Context, r Request, in EInvoiceResult) (EInvoice, error) {
				e, err := writes.TellEInvoice(ctx, r, in)
				return EInvoice{ID: IDOf(e.ID), Invoice: IDOf(e.InvoiceID), State: e.State, TaxNo: e.TaxNo, PDF: e.PDF}, err
			}),
	}
}

// cashLister makes a list's operation; finance sees everybody's.
func cashLister[R, W any](read func(context.Context, Query) ([]R, error), id func(R) sales.ID, wire func(R) W) func(context.Context, Request, CashListing) (Page[W], error) {
	return func(ctx context.Context, r Request, in CashListing) (Page[W], error) {
		if r.Caller.Person.Has(sales.RoleFinance) {
			r.Caller.Sees = sales.Scope{All: true}
		}
		list := lister(func(ctx context.Context, q Query) ([]R, error) {
			q.Contract = in.Contract.Record()
			return read(ctx, q)
		}, id, func(_ Caller, x R) W { return wire(x) })
		return list(ctx, r, Listing{Cursor: in.Cursor, Limit: in.Limit, Customer: in.Customer, Owner: in.Owner, State: in.State})
	}
}

// writer makes the operation that files something and answers with what was filed.
func writer[In, R, W any](write func(context.Context, Request, In) (R, error), wire func(R) W) func(context.Context, Request, In) (W, error) {
	return func(ctx context.Context, r Request, in In) (W, error) {
		x, err := write(ctx, r, in)
		return wire(x), err
	}
}

func stateOf(c sales.Contract, s sales.ContractCash, o sales.ERPOrder) ContractState {
	out := ContractState{
		Contract: contractOf(c), InvoicedFen: int64(s.Invoiced), PaidFen: int64(s.Collected()), OpenFen: int64(s.Open), Shipments: s.Shipped, Signed: s.Signed,
		NextDueOn: s.NextDueOn, Match: string(s.Colour), MatchText: s.Why, ReleasedText: s.ReleasedWhy,
	}
	if o.Version > 0 {
		order := orderOf(o)
		out.Order = &order
	}
	return out
}

func orderOf(o sales.ERPOrder) Order {
	return Order{
		No: o.No, State: o.State, Seq: o.Seq, AmountFen: int64(o.Amount), ShippedFen: int64(o.Shipped), InvoicedFen: int64(o.Invoiced), Note: o.Note,
		SentAt: moment(o.SentAt), SaidAt: moment(o.SaidAt),
	}
}

func shipmentOf(s sales.Shipment) Shipment {
	return Shipment{
		ID: IDOf(s.ID), No: s.No, Kind: s.Kind, Contract: IDOf(s.ContractID), Customer: IDOf(s.CustomerID), Owner: IDOf(s.OwnerID), Quantity: s.Quantity,
		Unit: s.Unit, AmountFen: int64(s.Amount), Tracking: s.Tracking, ShippedOn: s.ShippedOn, PromisedOn: s.PromisedOn, SignedOn: s.SignedOn,
		State: s.State, CreatedAt: s.CreatedAt.Time, Version: s.Version,
	}
}

func invoiceOf(i sales.Invoice) Invoice {
	return Invoice{
		ID: IDOf(i.ID), No: i.No, TaxNo: i.TaxNo, Kind: i.Kind, Contract: IDOf(i.ContractID), Customer: IDOf(i.CustomerID), Owner: IDOf(i.OwnerID),
		AmountFen: int64(i.Amount), PaidFen: int64(i.Paid), CreditedFen: int64(i.Credited), OpenFen: int64(i.Open), IssuedOn: i.IssuedOn, DueOn: i.DueOn,
		CreditOf: IDOf(i.CreditOf), State: i.State, CreatedAt: i.CreatedAt.Time, Version: i.Version,
	}
}

func paymentOf(p sales.Payment) Payment {
	return Payment{
		ID: IDOf(p.ID), No: p.No, Customer: IDOf(p.CustomerID), Contract: IDOf(p.ContractID), Owner: IDOf(p.OwnerID), Payer: p.Payer,
		AmountFen: int64(p.Amount), LeftFen: int64(p.Left), ReceivedOn: p.ReceivedOn, BankRef: p.BankRef, State: p.State, CreatedAt: p.CreatedAt.Time,
		Version: p.Version,
	}
}
