package sales

// CashFilter is which invoices or payments are behind a figure. A zero field does not filter.
type CashFilter struct {
	Scope              Scope
	Customer, Contract ID
	// From and To are the first and last day of issue or receipt.
	From, To Day
	// Kind is InvoiceNormal or InvoiceCredit.
	Kind string
	// Open leaves those of which something is open, DueBefore those due before a day.
	Open      bool
	DueBefore Day
}

// ContractFilter is which contracts are behind a figure; one of Colour, ToInvoice and the days of first receipt is set.
type ContractFilter struct {
	Scope     Scope
	Colour    Colour
	ToInvoice bool
	// From and To are the first and last day on which goods were first signed for.
	From, To Day
}

// CustomerPaid is what a customer has paid.
type CustomerPaid struct {
	Count int64 `db:"n"`
	Paid  Money `db:"paid"`
	// Year is what it paid in the last 365 days, Opening what it had paid before the company began here, nobody knows when.
	Year    Money `db:"year_paid"`
	Opening Money `db:"opening_paid"`
	First   Day   `db:"first_on"`
	Last    Day   `db:"last_on"`
}

// valueYears is how far ahead a customer's expected value looks, aliveDays after how many days without a payment nothing is expected
// any more.
const valueYears, aliveDays = 3, 730

// Expected is what a customer is expected to pay in the next three years: what it paid in the last 365 days, three times, times how
// likely it is still there: 1 on the day of a payment, falling evenly to 0 after 730 days without one.
func (c CustomerPaid) Expected(today Day) Money {
	silent := max(int64(today.Sub(c.Last)), 0)
	if c.Last.IsZero() || c.Year <= 0 || silent >= aliveDays {
		return 0
	}
	whole, rest := int64(c.Year)/aliveDays, int64(c.Year)%aliveDays // no product of two large numbers
	left := valueYears * (aliveDays - silent)
	return Money(whole*left + rest*left/aliveDays)
}

// FunnelEntry is that a deal reached a stage for the first time, by whom and worth what then: a row behind a funnel.
type FunnelEntry struct {
	OpportunityID ID       `db:"opportunity_id"`
	Stage         Stage    `db:"stage"`
	Day           Day      `db:"day"`
	PersonID      PersonID `db:"person_id"`
	Amount        Money    `db:"amount"`
	CustomerID    ID       `db:"customer_id"`
}
