package sales

import (
	"math/big"
	"strconv"
)

// States of statements.
const (
	StatementReady     = "ready"     // made with all of its month; finance has not sent it yet
	StatementHeld      = "held"      // finance does not send it
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
	// SentAt is when it went out, MailedTo the address it was mailed to; empty when somebody of ours hands it on.
	SentAt   Instant `db:"sent_at"`
	MailedTo string  `db:"mailed_to"`
	// MailTrouble is why the mail did not arrive: the reason of its delivery, empty when none is known.
	MailTrouble string `db:"mail_trouble"`
	// AlteredAt is when figures of a statement the customer has confirmed were found changed, the others what they are now; zero while
	// they are as confirmed.
	AlteredAt       Instant `db:"altered_at"`
	AlteredOpening  Money   `db:"altered_opening"`
	AlteredInvoiced Money   `db:"altered_invoiced"`
	AlteredReceived Money   `db:"altered_received"`
	Version         int64   `db:"version"`
}

// Altered are the figures of a confirmed statement as they are now.
func (s Statement) Altered() StatementFigures {
	if s.AlteredAt.IsZero() {
		return StatementFigures{CustomerID: s.CustomerID, Opening: s.Opening, Invoiced: s.Invoiced, Received: s.Received}
	}
	return StatementFigures{CustomerID: s.CustomerID, Opening: s.AlteredOpening, Invoiced: s.AlteredInvoiced, Received: s.AlteredReceived}
}

// Alter notes what the figures of a confirmed statement are now and reports whether that is something else than was known.
func (s *Statement) Alter(f StatementFigures, at Instant) (changed bool) {
	was := s.Altered()
	if was.Opening == f.Opening && was.Invoiced == f.Invoiced && was.Received == f.Received {
		return false
	}
	if s.Opening == f.Opening && s.Invoiced == f.Invoiced && s.Received == f.Received {
		s.AlteredAt, s.AlteredOpening, s.AlteredInvoiced, s.AlteredReceived = Instant{}, 0, 0, 0
		return true
	}
	s.AlteredAt, s.AlteredOpening, s.AlteredInvoiced, s.AlteredReceived = at, f.Opening, f.Invoiced, f.Received
	return true
}

// StateName is the state in Chinese.
func (s Statement) StateName() string {
	switch s.State {
	case StatementReady:
		return "待发"
	case StatementHeld:
		return "不发"
	case StatementConfirmed:
		return "已确认"
	case StatementDisputed:
		return "有出入"
	}
	return "没回"
}

// MailTroubleText says why the mail did not arrive and what to do; empty when it did.
func (s Statement) MailTroubleText(customer string) string {
	why := ""
	switch s.MailTrouble {
	case "":
		return ""
	case "recipient":
		why = "对方服务器说没有这个信箱"
	case "rejected", "unsupported":
		why = "对方服务器退了这封信"
	default:
		why = "一直发不出去"
	}
	return "没送到 " + s.MailedTo + ":" + why + "。改邮箱发:开票资料 " + customer + " 邮箱 新地址,再点 重新发;也可以把链接自己转给客户。"
}

// StatementFigures are what a statement is made of: what was open before its month, and what the month brought.
type StatementFigures struct {
	CustomerID ID    `db:"customer_id"`
	Opening    Money `db:"opening"`
	Invoiced   Money `db:"invoiced"`
	Received   Money `db:"received"`
}

// Closing is what is open at the month's end.
func (f StatementFigures) Closing() Money { return f.Opening + f.Invoiced - f.Received }

// Take fills a statement with figures and reports whether that changed any of them.
func (s *Statement) Take(f StatementFigures) (changed bool) {
	closing := f.Closing()
	changed = s.Opening != f.Opening || s.Invoiced != f.Invoiced || s.Received != f.Received || s.Closing != closing
	s.Opening, s.Invoiced, s.Received, s.Closing = f.Opening, f.Invoiced, f.Received, closing
	return changed
}

// StatementSum counts the statements of a month in one state; Unmailed are those of customers without an address.
type StatementSum struct {
	State    string `db:"state"`
	Count    int64  `db:"n"`
	Closing  Money  `db:"closing"`
	Unmailed int64  `db:"unmailed"`
}

// States of a month's batch of statements.
const (
	RunMaking  = "making"  // being made
	RunReady   = "ready"   // all are made; what is to be sent waits for finance
	RunSending = "sending" // being sent
)

// StatementRun is the batch of all statements of one month (月初对账单). It is worked off in parts; AfterID is where the next goes on.
type StatementRun struct {
	ID      ID     `db:"id"`
	MonthOn Day    `db:"month_on"`
	State   string `db:"state"`
	// AfterID is the customer (making) or statement (sending) up to which it is done.
	AfterID ID    `db:"after_id"`
	Made    int64 `db:"made"`
	// Sent, Mailed and Changed count the last sending; Changed are those kept back since their figures had changed meanwhile.
	Sent      int64    `db:"sent"`
	Mailed    int64    `db:"mailed"`
	Changed   int64    `db:"changed"`
	SentBy    PersonID `db:"sent_by"`
	SentAt    Instant  `db:"sent_at"`
	CreatedAt Instant  `db:"created_at"`
	Version   int64    `db:"version"`
}

// Month is the month in Chinese.
func (r StatementRun) Month() string { return MonthName(r.MonthOn) }

// Part names the part of a batch that is next: by where it begins and, since a batch may be sent again, by when its sending began.
func (r StatementRun) Part() string {
	began := int64(0)
	if !r.SentAt.IsZero() {
		began = r.SentAt.Unix()
	}
	return strconv.FormatInt(began, 36) + "/" + r.AfterID.String()
}

// DueStatements is the kind of the due rows that send a batch's statements; its subject is a statement_run.
const DueStatements = "statement.send"

// LastDay is the last day of the statement's month.
func (s Statement) LastDay() Day { return LastOf(s.MonthOn) }

// Month is the month in Chinese: 2026年2月.
func (s Statement) Month() string { return MonthName(s.MonthOn) }

// Answer takes what the customer says is open. A difference of more than percent of our figure, either way, is a dispute; exactly
// percent is not.
func (s *Statement) Answer(theirs Money, percent int) {
	s.Theirs, s.Difference = theirs, theirs-s.Closing
	s.AlteredAt, s.AlteredOpening, s.AlteredInvoiced, s.AlteredReceived = Instant{}, 0, 0, 0
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

// StatementRow is a statement in a list, with its customer's name, keeper and address for mail.
type StatementRow struct {
	Statement
	Customer string   `db:"customer"`
	Keeper   PersonID `db:"keeper"`
	Mail     string   `db:"mail"`
}

// StatementOwner counts the statements of one person's customers that were sent.
type StatementOwner struct {
	OwnerID PersonID `db:"owner_id"`
	Count   int64    `db:"n"`
	Mailed  int64    `db:"mailed"`
}
