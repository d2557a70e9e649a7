package sales

import "strconv"

// Percent is a share in hundredths of a percent: 30% is 3000, a price of 92.5折 is 9250.
type Percent int32

// Percents makes a Percent of whole percents.
func Percents(n int) Percent { return Percent(n * 100) }

// String is "30%", "92.5%".
func (p Percent) String() string { return p.number() + "%" }

// Discount is the share of the list price in the words of a card: "92 折", "92.5 折"; "的 108%" above it.
func (p Percent) Discount() string {
	if p > Percents(100) {
		return "的 " + p.String()
	}
	return p.number() + " 折"
}

func (p Percent) number() string {
	if p < 0 {
		return "-" + trimDecimals(uint64(-int64(p)))
	}
	return trimDecimals(uint64(p))
}

// ContractTerms are the clauses of a contract that a reviewer decides by.
type ContractTerms struct {
	Amount          Money   // contract total
	PrepayPercent   Percent // paid before delivery, 预付
	PaymentDays     int     // days after acceptance until the rest is due, 账期
	DeliveryDays    int     // days after signing until delivery, 交期
	DiscountPercent Percent // price as a share of the list price: 92 折 is Percents(92); 0 = not priced by list
	Owed            Money   // what the customer owes already, unpaid invoices included
}

// ClauseLimits are the company's rules for ContractTerms. A zero limit is no limit.
type ClauseLimits struct {
	MaxPaymentDays       int
	MinPrepayPercent     Percent
	MaxDeliveryDays      int     // the company's rule
	MinDeliveryDays      int     // the fastest the factory delivers
	FloorDiscountPercent Percent // the lowest share of the list price
	CreditLimit          Money   // the most the customer may owe, this contract's unpaid part included
	BlockDiscount        bool    // a price under the floor blocks instead of warning
	BlockCredit          bool    // likewise for the credit limit
}

// Clause names a checked clause.
type Clause string

// The clauses that CheckTerms looks at, in the order in which a card shows them.
const (
	ClauseDiscount Clause = "discount"
	ClausePrepay   Clause = "prepay"
	ClausePayment  Clause = "payment"
	ClauseDelivery Clause = "delivery"
	ClauseCredit   Clause = "credit"
)

// Finding is one clause outside its limit.
type Finding struct {
	Clause Clause `json:"clause"`
	Block  bool   `json:"block,omitempty"` // submission or shipment must not go on
	Value  string `json:"value"`           // what the contract says: "余款验收后 60 天"
	Mark   string `json:"mark"`            // goes behind the value on the card: "⚠ 制度上限 45 天"
}

// Sentence is the finding as a line of its own: "余款验收后 60 天 ⚠ 制度上限 45 天".
func (f Finding) Sentence() string { return f.Value + " " + f.Mark }

// CheckTerms lists the clauses outside their limits, none when the contract keeps all rules.
func CheckTerms(t ContractTerms, l ClauseLimits) []Finding {
	var found []Finding
	add := func(c Clause, block bool, value, mark string) {
		found = append(found, Finding{Clause: c, Block: block, Value: value, Mark: "⚠ " + mark})
	}
	if l.FloorDiscountPercent > 0 && t.DiscountPercent > 0 && t.DiscountPercent < l.FloorDiscountPercent {
		add(ClauseDiscount, l.BlockDiscount, "标准价 "+t.DiscountPercent.Discount(), "底价 "+l.FloorDiscountPercent.Discount())
	}
	if t.PrepayPercent < l.MinPrepayPercent {
		add(ClausePrepay, false, prepayText(t.PrepayPercent), "制度至少 "+l.MinPrepayPercent.String())
	}
	if l.MaxPaymentDays > 0 && t.PaymentDays > l.MaxPaymentDays {
		add(ClausePayment, false, paymentText(t), "制度上限 "+days(l.MaxPaymentDays))
	}
	if l.MaxDeliveryDays > 0 && t.DeliveryDays > 0 && t.DeliveryDays > l.MaxDeliveryDays {
		add(ClauseDelivery, false, days(t.DeliveryDays), "制度上限 "+days(l.MaxDeliveryDays))
	}
	if t.DeliveryDays > 0 && t.DeliveryDays < l.MinDeliveryDays {
		add(ClauseDelivery, false, days(t.DeliveryDays), "工厂最快 "+days(l.MinDeliveryDays))
	}
	if over := t.Owed + t.unpaid() - l.CreditLimit; l.CreditLimit > 0 && over > 0 {
		add(ClauseCredit, l.BlockCredit, "已欠 "+t.Owed.Short(), "授信 "+l.CreditLimit.Short()+",签后超 "+over.Short())
	}
	return found
}

// unpaid is what the customer will owe from this contract once it is delivered.
func (t ContractTerms) unpaid() Money { return t.Amount - t.Amount.Percent(t.PrepayPercent) }

func prepayText(p Percent) string {
	if p <= 0 {
		return "无预付"
	}
	return p.String() + " 预付"
}

func paymentText(t ContractTerms) string {
	s := "验收后 " + days(t.PaymentDays)
	if t.PaymentDays <= 0 {
		s = "验收即付"
	}
	if t.PrepayPercent > 0 {
		return "余款" + s
	}
	return s
}

// PaymentText is the payment clause for the card: "30% 预付,余款验收后 60 天".
func (t ContractTerms) PaymentText() string {
	if t.PrepayPercent >= Percents(100) {
		return "全款预付"
	}
	if t.PrepayPercent > 0 {
		return prepayText(t.PrepayPercent) + "," + paymentText(t)
	}
	return paymentText(t)
}

func days(n int) string { return strconv.Itoa(n) + " 天" }
