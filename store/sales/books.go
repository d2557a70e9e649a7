package sales

import (
	"errors"
	"time"
)

// Books say until which day the books are closed (关账).
type Books struct {
	ID ID `db:"id"`
	// ClosedOn is the last closed day, always the last of its month; no day while nothing was ever closed.
	ClosedOn Day `db:"closed_on"`
	// OpenedOn is the last cut-off day of what was taken over from before (期初): what happened until then is not known day by day.
	OpenedOn Day   `db:"opened_on"`
	Version  int64 `db:"version"`
}

// Month is the first day of the month that was closed last; no day when none is closed.
func (b Books) Month() Day { return FirstOf(b.ClosedOn) }

// Closed reports whether a day is closed.
func (b Books) Closed(d Day) bool { return !b.ClosedOn.IsZero() && !d.After(b.ClosedOn) }

// closeAfter is how long a month must be over before it can be closed, so that clocks that differ a little, and what was on its way
// at midnight, agree on which month is closed.
const closeAfter = time.Hour

// MayClose reports whether a month is over long enough to be closed.
func MayClose(month Day, now time.Time) bool {
	return DayOf(now.Add(-closeAfter)).After(LastOf(month))
}

// AlwaysOpen is the first day that nobody can have closed at a moment: no lock is needed to file what is dated on it or later. Between
// it and MayClose lie two hours.
func AlwaysOpen(now time.Time) Day { return FirstOf(DayOf(now.Add(closeAfter))) }

// Acts of closings.
const (
	BooksClose  = "close"
	BooksReopen = "reopen"
)

// Closing is one closing or reopening of a month, with what the month came to at that moment.
type Closing struct {
	ID ID `db:"id"`
	// MonthOn is the first day of the month.
	MonthOn  Day    `db:"month_on"`
	Act      string `db:"act"`
	Invoiced Money  `db:"invoiced"`
	Credited Money  `db:"credited"`
	Received Money  `db:"received"`
	Invoices int64  `db:"invoices"`
	Payments int64  `db:"payments"`
	// Loose counts payments that nobody had assigned at that moment, LooseAmount is what was left of them.
	Loose         int64    `db:"loose"`
	LooseAmount   Money    `db:"loose_amount"`
	Reason        string   `db:"reason"`
	PersonID      PersonID `db:"person_id"`
	At            Instant  `db:"at"`
	SourceEventID string   `db:"source_event_id"`
}

// Month is the month in Chinese: 2026年2月.
func (c Closing) Month() string { return MonthName(c.MonthOn) }

// ErrClosed is why money that is dated into a closed month is refused.
var ErrClosed = errors.New("the month is closed")

// What is done to a record of money that has a day.
const (
	MovedMade  = "made"  // it is new
	MovedGone  = "gone"  // it is taken back
	MovedGiven = "given" // it becomes another customer's: no sum of the company changes by that
)

// Moved is a record of money that a piece of work makes, takes back or gives to another customer.
type Moved struct {
	Deed     string
	Kind     string // invoice, credit or payment
	No       string
	Day      Day
	Customer ID
}

// MovedInvoice is an invoice or credit note that is made or taken back.
func MovedInvoice(deed string, i Invoice) Moved {
	if i.Source == CashFromOpening { // it is in no sum of a day
		deed = MovedGiven
	}
	kind := "invoice"
	if i.Kind == InvoiceCredit {
		kind = "credit"
	}
	return Moved{Deed: deed, Kind: kind, No: i.No, Day: i.IssuedOn, Customer: i.CustomerID}
}

// MovedPayment is a payment that is made, taken back or given to a customer or away from one.
func MovedPayment(deed string, p Payment) Moved {
	if p.Source == CashFromOpening {
		deed = MovedGiven
	}
	return Moved{Deed: deed, Kind: "payment", No: p.No, Day: p.ReceivedOn, Customer: p.CustomerID}
}

// DueStatementAltered is the kind of the due rows that look whether a confirmed statement still says what it did; their subject is the
// statement.
const DueStatementAltered = "statement.altered"
