package sales

// Kinds of invoices.
const (
	InvoiceNormal = "invoice" // 发票
	InvoiceCredit = "credit"  // 红字发票: takes back part or all of another
)

// States of invoices.
const (
	InvoiceOpen     = "open"     // something is still to be paid
	InvoiceSettled  = "settled"  // paid in full
	InvoiceCredited = "credited" // taken back in full
	InvoiceIssued   = "issued"   // of a credit note: it stands
	InvoiceUndone   = "undone"
)

// Where invoices and payments come from.
const (
	CashFromChat    = "chat"
	CashFromImport  = "import"
	CashFromOpening = "opening" // taken over from before the bot came (期初)
)

// Invoice is an invoice to a customer (发票) or a credit note (红字发票). For an invoice, Open = Amount − Credited − Paid, and
// none of them is ever negative.
type Invoice struct {
	ID ID `db:"id"`
	// No is our own number, TaxNo the one printed on it.
	No         string   `db:"no"`
	TaxNo      string   `db:"tax_no"`
	Kind       string   `db:"kind"`
	ContractID ID       `db:"contract_id"`
	CustomerID ID       `db:"customer_id"`
	OwnerID    PersonID `db:"owner_id"`
	TeamID     ID       `db:"team_id"`
	Amount     Money    `db:"amount"`
	Paid       Money    `db:"paid"`
	Credited   Money    `db:"credited"`
	Open       Money    `db:"open_amount"`
	IssuedOn   Day      `db:"issued_on"`
	DueOn      Day      `db:"due_on"`
	// PromisedOn is when the customer said it would pay; it quietens reminders until then.
	PromisedOn Day      `db:"promised_on"`
	PromisedBy PersonID `db:"promised_by"`
	// CreditOf is the invoice a credit note takes back, Reason why.
	CreditOf ID     `db:"credit_of"`
	Reason   string `db:"reason"`
	Source   string `db:"source"`
	// QuietUntil is until when nobody is to be reminded of it: what was promised, or what was taken over at the start.
	QuietUntil Day `db:"quiet_until"`
	// Auto says whether the automatic matching has looked at one that came by file.
	Auto          string   `db:"auto"`
	State         string   `db:"state"`
	CreatedBy     PersonID `db:"created_by"`
	CreatedAt     Instant  `db:"created_at"`
	SettledOn     Day      `db:"settled_on"`
	SourceEventID string   `db:"source_event_id"`
	Version       int64    `db:"version"`
}

// Counts reports whether the invoice stands: not undone, and no credit note.
func (i Invoice) Counts() bool { return i.Kind == InvoiceNormal && i.State != InvoiceUndone }

// Net is what the invoice asks for after credit notes.
func (i Invoice) Net() Money { return i.Amount - i.Credited }

// OverdueDays is for how many days something has been open beyond the due day; 0 when nothing is.
func (i Invoice) OverdueDays(today Day) int {
	if i.State != InvoiceOpen || i.DueOn.IsZero() || !today.After(i.DueOn) {
		return 0
	}
	return today.Sub(i.DueOn)
}

// settle puts Open and State right after a change of Paid or Credited.
func (i *Invoice) settle(today Day) {
	i.Open = i.Amount - i.Credited - i.Paid
	was := i.State
	switch {
	case i.Open > 0:
		i.State, i.SettledOn = InvoiceOpen, Day{}
	case i.Net() == 0:
		i.State = InvoiceCredited
	default:
		i.State = InvoiceSettled
	}
	if i.State != InvoiceOpen && was != i.State {
		i.SettledOn = today
	}
}

// StateName is the state in Chinese.
func (i Invoice) StateName() string {
	switch i.State {
	case InvoiceOpen:
		if i.Paid > 0 {
			return "部分回款"
		}
		return "待回款"
	case InvoiceSettled:
		return "已结清"
	case InvoiceCredited:
		return "已红冲"
	case InvoiceIssued:
		return "红字"
	}
	return "已撤销"
}

// Receivable is what is open of some people's invoices.
type Receivable struct {
	Count         int64
	Open, Overdue Money
	// OverdueCount is how many are beyond their due day.
	OverdueCount int64
}

// OwnerReceivable is what is open of one person's invoices.
type OwnerReceivable struct {
	OwnerID PersonID `db:"owner_id"`
	Receivable
}

// Debtor is what a customer has open.
type Debtor struct {
	CustomerID ID    `db:"customer_id"`
	Count      int64 `db:"n"`
	Open       Money `db:"open_amount"`
	Overdue    Money `db:"overdue"`
}

// CashSum is what was invoiced, taken back and received in a period.
type CashSum struct {
	Invoiced Money `db:"invoiced"`
	Credited Money `db:"credited"`
	Received Money `db:"received"`
	Invoices int64 `db:"invoices"`
	Payments int64 `db:"payments"`
}
