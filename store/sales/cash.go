package sales

import (
	"slices"
	"strings"
)

// Colour is how contract, invoices and payments agree (三单匹配).
type Colour string

// The colours.
const (
	Green  Colour = "green"  // they agree
	Yellow Colour = "yellow" // one of them is still missing
	Red    Colour = "red"    // the amounts differ
)

// Mark is the colour as it stands in a line.
func (c Colour) Mark() string {
	switch c {
	case Green:
		return "🟢"
	case Red:
		return "🔴"
	}
	return "🟡"
}

// Name is the colour in Chinese.
func (c Colour) Name() string {
	switch c {
	case Green:
		return "对上了"
	case Red:
		return "金额对不上"
	}
	return "缺单据"
}

// DefaultTolerance is by how much amounts may differ and still agree: exactly this much is not too much.
const DefaultTolerance = 500 * Yuan

// ContractCash is where a contract stands on its way to cash (合同进度), kept with each change of its shipments, invoices and
// payments. Its version guards them: two changes of one contract never miss each other.
type ContractCash struct {
	ContractID ID       `db:"contract_id"`
	No         string   `db:"no"`
	CustomerID ID       `db:"customer_id"`
	OwnerID    PersonID `db:"owner_id"`
	TeamID     ID       `db:"team_id"`
	Amount     Money    `db:"amount"`
	// Shipped, Signed and Returned count shipments; ShippedAmount is what was said of their worth, less returns.
	Shipped       int   `db:"shipped"`
	Signed        int   `db:"signed"`
	Returned      int   `db:"returned"`
	ShippedAmount Money `db:"shipped_amount"`
	// Invoiced is net of credit notes, Paid what was allocated to the invoices, Prepaid what is left of payments for this
	// contract. Open = Invoiced − Paid.
	Invoiced Money `db:"invoiced"`
	Paid     Money `db:"paid"`
	Prepaid  Money `db:"prepaid"`
	Open     Money `db:"open_amount"`
	// FirstSignedOn and FirstInvoicedOn measure how long an invoice takes.
	FirstSignedOn   Day    `db:"first_signed_on"`
	FirstInvoicedOn Day    `db:"first_invoiced_on"`
	NextDueOn       Day    `db:"next_due_on"`
	Colour          Colour `db:"colour"`
	Why             string `db:"why"`
	// ToInvoice says that goods were signed for and part of the contract is not invoiced yet.
	ToInvoice bool `db:"to_invoice"`
	// ReleasedBy let a shipment go although a clause stood against it (放行), ReleasedWhy says why.
	ReleasedBy  PersonID `db:"released_by"`
	ReleasedWhy string   `db:"released_why"`
	// ERP is what the ERP said of the order last, in words.
	ERP       string  `db:"erp"`
	UpdatedAt Instant `db:"updated_at"`
	Version   int64   `db:"version"`
}

// Collected is all the money that came for the contract.
func (c ContractCash) Collected() Money { return c.Paid + c.Prepaid }

// InvoiceDelay counts contracts by the day their goods were first signed for and the day of their first invoice, which is zero
// while there is none.
type InvoiceDelay struct {
	SignedOn   Day `db:"first_signed_on"`
	InvoicedOn Day `db:"first_invoiced_on"`
	Count      int `db:"n"`
}

// ContractChain is everything a contract's cash is made of.
type ContractChain struct {
	Contract  Contract
	Cash      ContractCash
	Shipments []Shipment
	Invoices  []Invoice
	// Payments are those for the contract and those that paid its invoices; Allocations those of its invoices.
	Payments    []Payment
	Allocations []Allocation
}

// Sum is the contract's cash computed anew from its records. tolerance is by how much amounts may differ.
func (c ContractChain) Sum(tolerance Money) ContractCash {
	s := c.Cash
	s.ContractID, s.No, s.CustomerID, s.Amount = c.Contract.ID, c.Contract.No, c.Contract.CustomerID, c.Contract.Amount
	s.OwnerID, s.TeamID = c.Contract.OwnerID, c.Contract.TeamID
	s.Shipped, s.Signed, s.Returned, s.ShippedAmount, s.FirstSignedOn = 0, 0, 0, 0, Day{}
	s.Invoiced, s.Paid, s.Prepaid, s.FirstInvoicedOn, s.NextDueOn = 0, 0, 0, Day{}, Day{}
	for _, x := range c.Shipments {
		switch {
		case !x.Counts():
		case x.Kind == ShipmentReturn:
			s.Returned++
			s.ShippedAmount -= x.Amount
		default:
			s.Shipped++
			s.ShippedAmount += x.Amount
			if x.State == ShipmentSigned {
				s.Signed++
				s.FirstSignedOn = earlier(s.FirstSignedOn, x.SignedOn)
			}
		}
	}
	for _, i := range c.Invoices {
		if !i.Counts() {
			continue
		}
		s.Invoiced += i.Net()
		s.Paid += i.Paid
		s.FirstInvoicedOn = earlier(s.FirstInvoicedOn, i.IssuedOn)
		if i.State == InvoiceOpen {
			s.NextDueOn = earlier(s.NextDueOn, i.DueOn)
		}
	}
	for _, p := range c.Payments {
		if p.Counts() && p.ContractID == c.Contract.ID {
			s.Prepaid += p.Left
		}
	}
	s.Open = s.Invoiced - s.Paid
	m := MatchThree(s.Amount, c.Invoices, s.Prepaid, tolerance)
	s.Colour, s.Why = m.Colour, m.Why
	s.ToInvoice = s.Signed > 0 && s.Amount-s.Invoiced > tolerance
	return s
}

func earlier(a, b Day) Day {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// Match is what comparing three papers found.
type Match struct {
	Colour Colour
	Why    string
}

// MatchThree compares a contract's amount with its invoices, and each invoice with what was paid on it (三单匹配). prepaid is
// money for the contract that no invoice has taken.
//
// A paper that is missing makes it yellow: no contract, nothing or not all invoiced, nothing paid on an invoice. Amounts of papers
// that are there and differ by more than the tolerance make it red: invoiced beyond the contract, an invoice paid in part, several
// that are short by more together, money left over when all is invoiced, and, when nothing is missing, contract and money. Else it is
// green.
func MatchThree(contract Money, invoices []Invoice, prepaid, tolerance Money) Match {
	var invoiced, unpaid, paid, short Money
	var red, yellow []string
	for _, i := range invoices {
		if !i.Counts() {
			continue
		}
		invoiced, paid = invoiced+i.Net(), paid+i.Paid
		if i.Paid > 0 {
			short += i.Open
		}
		switch {
		case i.Net() == 0:
		case i.Paid == 0 && i.Open > 0:
			unpaid += i.Open
		case i.Open > tolerance:
			red = append(red, i.No+" 开票 "+i.Net().String()+",回款 "+i.Paid.String()+",差 "+i.Open.String())
		}
	}
	switch {
	case contract <= 0:
		yellow = append(yellow, "没有合同")
	case invoiced-contract > tolerance:
		red = append(red, "开票比合同多 "+(invoiced-contract).String())
	case invoiced == 0 && prepaid > 0:
		yellow = append(yellow, "已收 "+prepaid.String()+",还没开票")
	case invoiced == 0:
		yellow = append(yellow, "还没开票")
	case contract-invoiced > tolerance:
		yellow = append(yellow, "还有 "+(contract-invoiced).String()+" 没开票")
	case prepaid > tolerance:
		red = append(red, "票开完了还多收 "+prepaid.String())
	}
	if unpaid > 0 {
		yellow = append(yellow, "还有 "+unpaid.String()+" 没回款")
	}
	if len(red) == 0 && short > tolerance { // each by little, together by much
		red = append(red, "几张发票合起来少收 "+short.String())
	}
	if apart := contract - paid - prepaid; len(red)+len(yellow) == 0 && max(apart, -apart) > tolerance {
		red = append(red, "合同 "+contract.String()+",回款 "+(paid+prepaid).String()+",差 "+max(apart, -apart).String())
	}
	switch {
	case len(red) > 0:
		return Match{Red, strings.Join(red[:min(len(red), 3)], ";")}
	case len(yellow) > 0:
		return Match{Yellow, strings.Join(yellow, ";")}
	}
	return Match{Green, "合同、发票、回款一致"}
}

// PrepayGate is what must have come in before goods go out: the contract's prepayment. need is what is still missing; 0 when the
// clause is kept, or there is none.
func PrepayGate(c Contract, collected Money) (want, need Money) {
	if c.PrepayPercent <= 0 {
		return 0, 0
	}
	want = c.Amount.Percent(Percents(c.PrepayPercent))
	return want, max(want-collected, 0)
}

// Suggestion is where an unmatched payment may belong, with why; the higher the score the likelier.
type Suggestion struct {
	CustomerID ID
	ContractID ID
	// InvoiceID is an invoice it would pay, 0 when only the customer or contract is guessed.
	InvoiceID ID
	No        string
	Customer  string
	Amount    Money
	Score     int
	Why       []string
}

// Suggest ranks open invoices and contracts an unmatched payment may be for. names are customers' names by id, advance is what is
// missing of a contract's prepayment.
func Suggest(p Payment, invoices []Invoice, contracts []ContractCash, names func(ID) string, advance map[ID]Money, limit int) []Suggestion {
	payer := ParseName(p.Payer)
	var out []Suggestion
	score := func(customer ID) (int, []string) {
		n := 0
		var why []string
		name := names(customer)
		switch like := ParseName(name).Similar(payer); {
		case p.CustomerID != 0 && p.CustomerID == customer:
			n, why = 50, append(why, "就是这家")
		case p.Payer == "" || name == "":
		case ParseName(name).Same(payer):
			n, why = 50, append(why, "付款方同名")
		case like >= 0.8:
			n, why = 35, append(why, "付款方名字很像")
		case like >= 0.6:
			n, why = 15, append(why, "付款方名字有点像")
		}
		return n, why
	}
	for _, i := range invoices {
		if i.State != InvoiceOpen {
			continue
		}
		n, why := score(i.CustomerID)
		switch {
		case i.Open == p.Left:
			n, why = n+40, append(why, "金额正好")
		case i.Open > p.Left:
			n, why = n+5, append(why, "够付一部分")
		}
		if i.TaxNo != "" && strings.Contains(p.Note, i.TaxNo) || strings.Contains(p.Note, i.No) {
			n, why = n+60, append(why, "附言写了发票号")
		}
		if n >= 20 {
			out = append(out, Suggestion{i.CustomerID, i.ContractID, i.ID, i.No, names(i.CustomerID), i.Open, n, why})
		}
	}
	for _, c := range contracts {
		n, why := score(c.CustomerID)
		rest := c.Amount - c.Collected()
		if rest > 0 && rest == p.Left || c.Amount == p.Left {
			n, why = n+30, append(why, "和合同余款一样")
		}
		if due := advance[c.ContractID]; due > 0 && due == p.Left {
			n, why = n+35, append(why, "正好是预付款")
		}
		if strings.Contains(strings.ToUpper(p.Note), c.No) {
			n, why = n+60, append(why, "附言写了合同号")
		}
		if rest > 0 && n >= 30 {
			out = append(out, Suggestion{c.CustomerID, c.ContractID, 0, c.No, names(c.CustomerID), rest, n, why})
		}
	}
	slices.SortStableFunc(out, func(a, b Suggestion) int { return b.Score - a.Score })
	return out[:min(len(out), limit)]
}
