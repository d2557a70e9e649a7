package sales

// ShipmentFacts are what a shipment is checked against (条款冲突): the contract's clauses, and what has happened since.
type ShipmentFacts struct {
	ContractState string // ContractApproved and what follows it
	Amount        Money  // of the contract
	Ship          Money  // value of this shipment; 0: all that is left
	Shipped       Money  // value shipped before
	Paid          Money  // received for this contract
	PrepayPercent int    // -1: not said
	PaymentDays   int    // -1: not said
	DiscountBelow bool   // the price is under the floor
	Exception     bool   // the approvers saw the clauses outside their limits and agreed (破例)
	ShipOn        Day    // planned day; zero: today, which is then not checked
	DeliverBy     Day    // by the contract; zero: not said
	OverdueDays   int    // of the customer's oldest overdue invoice
	Owed          Money  // what the customer owes, this shipment not included
	Limits        ClauseLimits
	CreditLimit   Money // of this customer; 0: the company's
}

// Further clauses, of a shipment.
const (
	ClauseApproval Clause = "approval" // the contract is not approved
	ClauseOverdue  Clause = "overdue"  // the customer pays late
	ClauseAmount   Clause = "amount"   // more than was sold
)

// ClauseName is a clause in Chinese.
func (c Clause) ClauseName() string {
	switch c {
	case ClauseDiscount:
		return "价格底线"
	case ClausePrepay:
		return "预付款"
	case ClausePayment:
		return "账期"
	case ClauseDelivery:
		return "交期"
	case ClauseCredit:
		return "授信额度"
	case ClauseApproval:
		return "合同审批"
	case ClauseOverdue:
		return "逾期欠款"
	case ClauseAmount:
		return "合同金额"
	}
	return string(c)
}

// ShipmentConflicts lists the clauses a shipment would break, those that block it first marked by Block. None: it may go.
func ShipmentConflicts(f ShipmentFacts) []Finding {
	var out []Finding
	add := func(c Clause, block bool, value, mark string) {
		out = append(out, Finding{Clause: c, Block: block, Value: value, Mark: "⚠ " + mark})
	}
	ship := f.Ship
	if ship <= 0 {
		ship = max(f.Amount-f.Shipped, 0)
	}
	if f.ContractState != ContractApproved && f.ContractState != "" {
		add(ClauseApproval, true, "合同还没批完", "批完才能发货")
	}
	if f.Shipped+ship > f.Amount {
		add(ClauseAmount, true, "连这次共发 "+(f.Shipped+ship).Short(), "合同 "+f.Amount.Short())
	}
	if f.PrepayPercent > 0 {
		if due := f.Amount.Percent(Percents(f.PrepayPercent)); f.Paid < due {
			add(ClausePrepay, true, Percents(f.PrepayPercent).String()+" 预付应到 "+due.Short(), "只到 "+f.Paid.Short())
		}
	}
	if f.DiscountBelow && !f.Exception {
		add(ClauseDiscount, true, "价格低于底价", "要先批特价")
	}
	if most := f.Limits.MaxPaymentDays; most > 0 && f.PaymentDays > most && !f.Exception {
		add(ClausePayment, true, "余款验收后 "+days(f.PaymentDays), "制度上限 "+days(most))
	}
	if f.OverdueDays > 0 {
		add(ClauseOverdue, true, "有货款逾期 "+days(f.OverdueDays), "先收回再发")
	}
	if !f.DeliverBy.IsZero() && !f.ShipOn.IsZero() && f.DeliverBy.Before(f.ShipOn) {
		add(ClauseDelivery, false, "计划 "+f.ShipOn.Chinese()+" 发货", "合同交期 "+f.DeliverBy.Chinese())
	}
	limit := f.CreditLimit
	if limit == 0 {
		limit = f.Limits.CreditLimit
	}
	if over := f.Owed + max(ship-max(f.Paid-f.Shipped, 0), 0) - limit; limit > 0 && over > 0 {
		add(ClauseCredit, true, "已欠 "+f.Owed.Short(), "授信 "+limit.Short()+",发后超 "+over.Short())
	}
	return out
}

// Blocked are the findings that must not be passed over.
func Blocked(found []Finding) []Finding {
	var out []Finding
	for _, f := range found {
		if f.Block {
			out = append(out, f)
		}
	}
	return out
}
