package sales

// States of payments.
const (
	PaymentOpen    = "open"    // part or all of it is not allocated yet
	PaymentMatched = "matched" // all of it is
	PaymentUndone  = "undone"
)

// Whether a payment that came by file was looked at by the automatic matching.
const (
	AutoWaits = "wait"
	AutoDone  = "done"
)

// Payment is money that came in (回款). Left = Amount − Used, and none of them is ever negative. What is left of a payment for
// a contract is prepaid (预付).
type Payment struct {
	ID ID     `db:"id"`
	No string `db:"no"`
	// CustomerID is 0 while nobody knows whose it is, ContractID while it is for none in particular.
	CustomerID ID       `db:"customer_id"`
	ContractID ID       `db:"contract_id"`
	OwnerID    PersonID `db:"owner_id"`
	TeamID     ID       `db:"team_id"`
	// Payer is who paid, as the bank has it.
	Payer      string `db:"payer"`
	Amount     Money  `db:"amount"`
	Used       Money  `db:"used"`
	Left       Money  `db:"left_amount"`
	ReceivedOn Day    `db:"received_on"`
	// BankRef is the bank's number of the entry, by which it is known again.
	BankRef       string   `db:"bank_ref"`
	Note          string   `db:"note"`
	Source        string   `db:"source"`
	Auto          string   `db:"auto"`
	State         string   `db:"state"`
	CreatedBy     PersonID `db:"created_by"`
	CreatedAt     Instant  `db:"created_at"`
	SourceEventID string   `db:"source_event_id"`
	Version       int64    `db:"version"`
}

// Counts reports whether a payment was not taken back.
func (p Payment) Counts() bool { return p.State != PaymentUndone }

// settle puts Left and State right after a change of Used.
func (p *Payment) settle() {
	p.Left = p.Amount - p.Used
	p.State = PaymentOpen
	if p.Left == 0 {
		p.State = PaymentMatched
	}
}

// StateName is the state in Chinese.
func (p Payment) StateName() string {
	switch {
	case p.State == PaymentUndone:
		return "已撤销"
	case p.State == PaymentMatched:
		return "已认款"
	case p.CustomerID == 0:
		return "不知道是谁的"
	case p.ContractID != 0 && p.Used == 0:
		return "预付"
	case p.Used > 0:
		return "部分认款"
	}
	return "未认款"
}

// States of allocations.
const (
	AllocationActive = "active"
	AllocationUndone = "undone"
)

// AllocationRule is why money went to an invoice.
type AllocationRule string

// The rules, the strongest first.
const (
	RuleNamed  AllocationRule = "named"  // a person said so
	RuleExact  AllocationRule = "exact"  // the amount is that of the invoice
	RuleSum    AllocationRule = "sum"    // the amount is that of several invoices together
	RuleOldest AllocationRule = "oldest" // the first due
	RulePrepay AllocationRule = "prepay" // it was prepaid and the invoice came later
)

// Name is the rule in Chinese, as a line of an allocation gives it.
func (r AllocationRule) Name() string {
	switch r {
	case RuleNamed:
		return "你指定"
	case RuleExact:
		return "金额正好"
	case RuleSum:
		return "几张加起来正好"
	case RulePrepay:
		return "冲预付"
	}
	return "先到期先冲"
}

// Allocation is part of a payment put against an invoice (核销).
type Allocation struct {
	ID            ID             `db:"id"`
	PaymentID     ID             `db:"payment_id"`
	InvoiceID     ID             `db:"invoice_id"`
	ContractID    ID             `db:"contract_id"`
	CustomerID    ID             `db:"customer_id"`
	Amount        Money          `db:"amount"`
	Rule          AllocationRule `db:"rule_name"`
	PersonID      PersonID       `db:"person_id"`
	At            Instant        `db:"at"`
	State         string         `db:"state"`
	SourceEventID string         `db:"source_event_id"`
	// UndoneEventID is the event through which it was taken back; empty while it stands, and of those taken back before this was kept.
	UndoneEventID string `db:"undone_event_id"`
	Version       int64  `db:"version"`
}
