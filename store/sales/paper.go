package sales

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// Numbering is how papers are numbered: a text with {year}, {yy}, {month} and one {seq:3}, such as HT{year}-{seq:3}. The
// series begins anew with each year or month the text names.
type Numbering string

// Check reports what is wrong with a scheme, Invalid; nil when it can be used and read back from a message.
func (n Numbering) Check() error {
	head, tail, ok := strings.Cut(string(n), "{seq")
	if !ok || strings.Count(string(n), "{seq") != 1 {
		return Errorf(Invalid, "has no {seq:3}")
	}
	width, rest, ok := strings.Cut(strings.TrimPrefix(tail, ":"), "}")
	if w, err := strconv.Atoi(width); !ok || err != nil || w < 1 || w > 8 || rest != "" {
		return Errorf(Invalid, "does not end in {seq:1} to {seq:8}")
	}
	head = strings.NewReplacer("{year}", "2026", "{yy}", "26", "{month}", "03").Replace(head)
	letters := strings.IndexFunc(head, func(r rune) bool { return r < 'A' || r > 'Z' })
	if letters < 1 || letters > 8 || len(head) > 24 || !strings.HasSuffix(head, "-") || strings.Trim(head, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" {
		return Errorf(Invalid, "does not begin with 1 to 8 capital letters and go on to a -")
	}
	return nil
}

// Prefix is what numbers of a day begin with: HT2026-.
func (n Numbering) Prefix(day Day) string {
	year, month, _ := day.Date()
	head, _, _ := strings.Cut(string(n), "{seq")
	return strings.NewReplacer("{year}", strconv.Itoa(year), "{yy}", fmt.Sprintf("%02d", year%100), "{month}", fmt.Sprintf("%02d", int(month))).Replace(head)
}

// No is a number of a day: HT2026-018.
func (n Numbering) No(day Day, seq int64) string {
	_, tail, _ := strings.Cut(string(n), "{seq")
	width, _ := strconv.Atoi(strings.Trim(tail, ":}"))
	return n.Prefix(day) + fmt.Sprintf("%0*d", max(width, 1), seq)
}

// Letters are what every number of the scheme begins with: HT.
func (n Numbering) Letters() string {
	i := strings.IndexFunc(string(n), func(r rune) bool { return r < 'A' || r > 'Z' })
	if i < 0 {
		return string(n)
	}
	return string(n)[:i]
}

// SplitTax divides an amount with tax into the amount without it and the tax, exact to the fen: they add up to it again.
// rate is in hundredths of a percent.
func SplitTax(gross Money, rate Percent) (net, tax Money) {
	if rate <= 0 {
		return gross, 0
	}
	d := big.NewInt(10000 + int64(rate))
	n := new(big.Int).Mul(big.NewInt(int64(gross)), big.NewInt(20000))
	n.Add(n, d).Div(n, new(big.Int).Mul(d, big.NewInt(2)))
	net = Money(n.Int64())
	return net, gross - net
}

// AddTax is the amount with tax of one without, rounded half up to the fen.
func AddTax(net Money, rate Percent) Money { return net + net.Percent(max(rate, 0)) }

// Paper states of a signed contract: its seal and its original.
const (
	PaperNone      = ""
	PaperAsked     = "asked"     // 用印申请, waits for the seal keeper
	PaperSealed    = "sealed"    // 已用印; the customer's original is awaited
	PaperReturned  = "returned"  // 原件已归档
	PaperCancelled = "cancelled" // 不用印了
)

// ContractPaper is what is kept of a contract's paper: its tax, its seal (用印), its original (原件).
type ContractPaper struct {
	ContractID ID       `db:"contract_id"`
	TaxRate    Percent  `db:"tax_rate"`
	State      string   `db:"state"`
	AskedBy    PersonID `db:"asked_by"`
	AskedAt    Instant  `db:"asked_at"`
	SealedBy   PersonID `db:"sealed_by"`
	SealedAt   Instant  `db:"sealed_at"`
	// DueOn is the day by which the next step is to be done: the seal, then the original.
	DueOn      Day      `db:"due_on"`
	ReturnedBy PersonID `db:"returned_by"`
	ReturnedAt Instant  `db:"returned_at"`
	Version    int64    `db:"version"`
}

// Credit is how much a customer may owe (授信额度).
type Credit struct {
	ID         ID       `db:"id"`
	CustomerID ID       `db:"customer_id"`
	Limit      Money    `db:"credit_limit"`
	SetBy      PersonID `db:"set_by"`
	SetAt      Instant  `db:"set_at"`
	Version    int64    `db:"version"`
}
