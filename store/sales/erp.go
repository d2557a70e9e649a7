package sales

// States of an order in the ERP, in the order in which they usually come.
const (
	OrderSent      = "sent"      // told to the ERP, not answered
	OrderAccepted  = "accepted"  // it has a number
	OrderProducing = "producing" // 生产中
	OrderShipped   = "shipped"
	OrderInvoiced  = "invoiced"
	OrderClosed    = "closed"
	OrderRejected  = "rejected"  // the ERP does not take it; Note says why
	OrderCancelled = "cancelled" // the contract is not signed any more
)

// ERPOrder is the order that a signed contract became in the ERP, as it said last.
type ERPOrder struct {
	ContractID ID `db:"contract_id"`
	// No is the ERP's own number.
	No    string `db:"no"`
	State string `db:"state"`
	// Seq counts the ERP's changes: what comes with no greater one is late, and passed over.
	Seq int64 `db:"seq"`
	// Amount, Shipped and Invoiced are the ERP's figures; 0 is "not said".
	Amount   Money   `db:"amount"`
	Shipped  Money   `db:"shipped"`
	Invoiced Money   `db:"invoiced"`
	Note     string  `db:"note"`
	SentAt   Instant `db:"sent_at"`
	SaidAt   Instant `db:"said_at"`
	Version  int64   `db:"version"`
}

// StateName is the state in Chinese.
func (o ERPOrder) StateName() string {
	switch o.State {
	case OrderSent:
		return "已发给 ERP,等回"
	case OrderAccepted:
		return "已接单"
	case OrderProducing:
		return "生产中"
	case OrderShipped:
		return "已发货"
	case OrderInvoiced:
		return "已开票"
	case OrderClosed:
		return "已完结"
	case OrderRejected:
		return "没接单"
	case OrderCancelled:
		return "已取消"
	}
	return o.State
}

// Keys under which events tell rules of what stands in tables of their own: the state of a contract's order in the ERP (ForRules),
// whether it was refused ("1"), the state of an invoice's newest e-invoice.
const (
	TellERP        = "erp"
	TellERPRefused = "erp_refused"
	TellEInvoice   = "einvoice"
)

// OrderUntaken is an order that the ERP was told of and has not taken, as rules know it.
const OrderUntaken = "untaken"

// ForRules is the state as rules know it: one that was refused is not taken either. It is "" for an order the ERP was never told
// of.
func (o ERPOrder) ForRules() string {
	if o.State == OrderSent || o.State == OrderRejected {
		return OrderUntaken
	}
	return o.State
}

// Refused is "1" for an order the ERP refused, as events write a yes.
func (o ERPOrder) Refused() string {
	if o.State == OrderRejected {
		return "1"
	}
	return ""
}

// Text is the order on one line: "SO-1001 已发货 3月12日".
func (o ERPOrder) Text() string {
	out := o.StateName()
	if o.No != "" {
		out = o.No + " " + out
	}
	if !o.SaidAt.IsZero() {
		out += " " + DayOf(o.SaidAt.Time).Chinese()
	}
	if o.Note != "" {
		out += "(" + o.Note + ")"
	}
	if r := []rune(out); len(r) > 180 {
		return string(r[:180])
	}
	return out
}

// Billing is to whom and how a customer is billed (开票资料).
type Billing struct {
	CustomerID ID       `db:"customer_id"`
	Title      string   `db:"title"` // 抬头
	TaxNo      string   `db:"tax_no"`
	Address    string   `db:"address"`
	Phone      string   `db:"phone"`
	Bank       string   `db:"bank"`
	Account    string   `db:"account"`
	Mail       string   `db:"mail"` // statements and e-invoices go there
	SetBy      PersonID `db:"set_by"`
	SetAt      Instant  `db:"set_at"`
	Version    int64    `db:"version"`
}

// States of an e-invoice.
const (
	EInvoiceWaits  = "wait"   // to be asked of the service
	EInvoiceAsked  = "asked"  // the service has it and will tell
	EInvoiceIssued = "issued" // it has a number
	EInvoiceFailed = "failed" // Message says what to mend
)

// EInvoice is an invoice or credit note as it was asked of the e-invoice service (电子票). A new attempt after a failure is a new one.
type EInvoice struct {
	ID        ID       `db:"id"`
	InvoiceID ID       `db:"invoice_id"`
	PersonID  PersonID `db:"person_id"`
	State     string   `db:"state"`
	TaxNo     string   `db:"tax_no"`
	PDF       string   `db:"pdf_url"`
	// Field and Message are what the service finds wrong.
	Field     string  `db:"field"`
	Message   string  `db:"message"`
	Attempts  int     `db:"attempts"`
	TryAt     Instant `db:"try_at"`
	CreatedAt Instant `db:"created_at"`
	EndedAt   Instant `db:"ended_at"`
	Version   int64   `db:"version"`
}

// Ended reports whether the service has said its last word.
func (e EInvoice) Ended() bool { return e.State == EInvoiceIssued || e.State == EInvoiceFailed }

// GapAnswer is that somebody has looked at a difference (对齐) and what they said.
type GapAnswer struct {
	Gap      string   `db:"gap"`
	PersonID PersonID `db:"person_id"`
	Note     string   `db:"note"`
	At       Instant  `db:"at"`
}
