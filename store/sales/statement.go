package sales

import (
	"fmt"
	"math/big"
)

// States of statements.
const (
	StatementSent      = "sent"      // made; the customer has not answered
	StatementConfirmed = "confirmed" // the customer agrees, or differs by little
	StatementDisputed  = "disputed"  // the customer's figure differs by more than is let pass
)

// Statement is a customer's account of one month (对账单). Closing = Opening + Invoiced − Received; what we owe is negative.
type Statement struct {
	ID         ID `db:"id"`
	CustomerID ID `db:"customer_id"`
	// MonthOn is the first day of the month.
	MonthOn  Day      `db:"month_on"`
	OwnerID  PersonID `db:"owner_id"`
	Opening  Money    `db:"opening"`
	Invoiced Money    `db:"invoiced"`
	Received Money    `db:"received"`
	Closing  Money    `db:"closing"`
	// Theirs is what the customer says, Difference what it is more than ours.
	Theirs     Money  `db:"theirs"`
	Difference Money  `db:"difference"`
	State      string `db:"state"`
	Note       string `db:"note"`
	// AnsweredBy says who answered: somebody of ours for the customer, or the customer by the link.
	AnsweredBy string  `db:"answered_by"`
	AnsweredAt Instant `db:"answered_at"`
	// TokenHash is the hash of the link the customer answers by, until TokenUntil.
	TokenHash     string   `db:"token_hash"`
	TokenUntil    Instant  `db:"token_until"`
	CreatedBy     PersonID `db:"created_by"`
	CreatedAt     Instant  `db:"created_at"`
	SourceEventID string   `db:"source_event_id"`
	Version       int64    `db:"version"`
}

// LastDay is the last day of the statement's month.
func (s Statement) LastDay() Day { return s.MonthOn.AddMonths(1).AddDays(-1) }

// Month is the month in Chinese: 2026年2月.
func (s Statement) Month() string {
	y, m, _ := s.MonthOn.Date()
	return fmt.Sprintf("%d年%d月", y, int(m))
}

// Answer takes what the customer says is open. A difference of more than percent of our figure, either way, is a dispute; exactly
// percent is not.
func (s *Statement) Answer(theirs Money, percent int) {
	s.Theirs, s.Difference = theirs, theirs-s.Closing
	s.State = StatementConfirmed
	diff, ours := big.NewInt(int64(s.Difference)), big.NewInt(int64(s.Closing))
	diff.Abs(diff).Mul(diff, big.NewInt(100))
	ours.Abs(ours).Mul(ours, big.NewInt(int64(percent)))
	if diff.Cmp(ours) > 0 {
		s.State = StatementDisputed
	}
}

// StatementLine is one row of a statement.
type StatementLine struct {
	Day      Day
	What, No string
	Invoiced Money
	Received Money
	Balance  Money
}

// StatementLines lists what happened in the month in its order, each with what was open after it.
func StatementLines(opening Money, invoices []Invoice, payments []Payment) []StatementLine {
	var out []StatementLine
	i, p := 0, 0
	balance := opening
	for i < len(invoices) || p < len(payments) {
		if p == len(payments) || i < len(invoices) && !payments[p].ReceivedOn.Before(invoices[i].IssuedOn) {
			x := invoices[i]
			i++
			line := StatementLine{Day: x.IssuedOn, What: "开票", No: x.No, Invoiced: x.Amount}
			if x.TaxNo != "" {
				line.No += " " + x.TaxNo
			}
			if x.Kind == InvoiceCredit {
				line.What, line.Invoiced = "红冲", -x.Amount
			}
			balance += line.Invoiced
			line.Balance = balance
			out = append(out, line)
			continue
		}
		x := payments[p]
		p++
		balance -= x.Amount
		out = append(out, StatementLine{Day: x.ReceivedOn, What: "回款", No: x.No, Received: x.Amount, Balance: balance})
	}
	return out
}

// DSO is the days a company waits for its money (应收账款周转天数): what is open, over what was invoiced in a period, times its days; one
// decimal, in tenths. False when nothing was invoiced.
func DSO(open, invoiced Money, days int) (tenths int64, ok bool) {
	if invoiced <= 0 || open < 0 {
		return 0, false
	}
	n := new(big.Int).Mul(big.NewInt(int64(open)), big.NewInt(int64(days)*10))
	n.Add(n, big.NewInt(int64(invoiced)/2)).Div(n, big.NewInt(int64(invoiced)))
	return n.Int64(), true
}
