package sales

import "slices"

// Ledger is what stands between us and a customer while one piece of work changes it: invoices, payments, and what of the one
// went to the other. Every change goes through its methods, so that at each moment, for each invoice,
// Open = Amount − Credited − Paid ≥ 0 with Paid the sum of its active allocations, and for each payment
// Left = Amount − Used ≥ 0 with Used the sum of its active allocations.
type Ledger struct {
	Invoices    []Invoice
	Payments    []Payment
	Allocations []Allocation
	// By, At, Today and Event go into what is written; NewID makes ids.
	By    PersonID
	At    Instant
	Today Day
	Event string
	NewID func() ID

	before  map[ID]Invoice
	changed map[ID]bool
}

// LedgerChange is an invoice that was changed, with how it was.
type LedgerChange struct{ Before, After Invoice }

// Invoice finds an invoice of the ledger; nil for none.
func (l *Ledger) Invoice(id ID) *Invoice {
	if k := slices.IndexFunc(l.Invoices, func(i Invoice) bool { return i.ID == id }); k >= 0 {
		return &l.Invoices[k]
	}
	return nil
}

// Payment finds a payment of the ledger; nil for none.
func (l *Ledger) Payment(id ID) *Payment {
	if k := slices.IndexFunc(l.Payments, func(p Payment) bool { return p.ID == id }); k >= 0 {
		return &l.Payments[k]
	}
	return nil
}

// touch notes that a record is about to change.
func (l *Ledger) touch(id ID) {
	if l.changed == nil {
		l.changed, l.before = map[ID]bool{}, map[ID]Invoice{}
	}
	if i := l.Invoice(id); i != nil && !l.changed[id] {
		l.before[id] = *i
	}
	l.changed[id] = true
}

// Changed lists what was changed and not made: invoices as they were and are, payments, allocations. What was made in the ledger
// (Version 0) is listed by Made.
func (l *Ledger) Changed() (invoices []LedgerChange, payments []Payment, allocations []Allocation) {
	for _, i := range l.Invoices {
		if l.changed[i.ID] && i.Version > 0 {
			invoices = append(invoices, LedgerChange{l.before[i.ID], i})
		}
	}
	for _, p := range l.Payments {
		if l.changed[p.ID] && p.Version > 0 {
			payments = append(payments, p)
		}
	}
	for _, a := range l.Allocations {
		if l.changed[a.ID] && a.Version > 0 {
			allocations = append(allocations, a)
		}
	}
	return invoices, payments, allocations
}

// Made lists what is new.
func (l *Ledger) Made() (invoices []Invoice, payments []Payment, allocations []Allocation) {
	for _, i := range l.Invoices {
		if i.Version == 0 {
			invoices = append(invoices, i)
		}
	}
	for _, p := range l.Payments {
		if p.Version == 0 {
			payments = append(payments, p)
		}
	}
	for _, a := range l.Allocations {
		if a.Version == 0 {
			allocations = append(allocations, a)
		}
	}
	return invoices, payments, allocations
}

// Receive takes a new payment in and spreads it over the open invoices: those of its contract when it is for one, else all of
// its customer. named are invoices a person said it is for.
func (l *Ledger) Receive(p Payment, named ...ID) []AllocationLine {
	p.Used = 0
	p.settle()
	l.Payments = append(l.Payments, p)
	return l.Spread(p.ID, named...)
}

// Spread spreads what is left of a payment over the open invoices it may go to.
func (l *Ledger) Spread(payment ID, named ...ID) []AllocationLine {
	p := l.Payment(payment)
	if p == nil || p.Left <= 0 || p.CustomerID == 0 || !p.Counts() {
		return nil
	}
	lines := Allocate(p.Left, l.openFor(*p, len(named) > 0), named...)
	l.put(p.ID, lines)
	return lines
}

// openFor are the open invoices a payment may go to.
func (l *Ledger) openFor(p Payment, any bool) []Invoice {
	var out []Invoice
	for _, i := range l.Invoices {
		if i.State == InvoiceOpen && i.CustomerID == p.CustomerID && (any || p.ContractID == 0 || i.ContractID == p.ContractID) {
			out = append(out, i)
		}
	}
	return out
}

// put writes lines of an allocation; what an invoice or the payment cannot bear is left out.
func (l *Ledger) put(payment ID, lines []AllocationLine) {
	for _, line := range lines {
		i, p := l.Invoice(line.Invoice), l.Payment(payment)
		m := min(line.Amount, i.Open, p.Left)
		if m <= 0 {
			continue
		}
		l.touch(i.ID)
		l.touch(p.ID)
		i, p = l.Invoice(line.Invoice), l.Payment(payment)
		i.Paid += m
		i.settle(l.Today)
		p.Used += m
		p.settle()
		l.Allocations = append(l.Allocations, Allocation{
			ID: l.NewID(), PaymentID: p.ID, InvoiceID: i.ID, ContractID: i.ContractID, CustomerID: i.CustomerID, Amount: m, Rule: line.Rule,
			PersonID: l.By, At: l.At, State: AllocationActive, SourceEventID: l.Event,
		})
	}
}

// Issue takes a new invoice in and lets what was prepaid pay it: for its contract first, then what the customer paid for none in
// particular, each the first received first.
func (l *Ledger) Issue(i Invoice) []AllocationLine {
	i.Paid, i.Credited, i.State = 0, 0, ""
	i.settle(l.Today)
	l.Invoices = append(l.Invoices, i)
	return l.Absorb(i.ID)
}

// Absorb lets what was prepaid pay an invoice, and marks it as looked at.
func (l *Ledger) Absorb(invoice ID) []AllocationLine {
	if l.Invoice(invoice) == nil {
		return nil
	}
	l.touch(invoice)
	l.Invoice(invoice).Auto = AutoDone
	i := *l.Invoice(invoice)
	var from []Payment
	for _, p := range l.Payments {
		if p.State == PaymentOpen && p.Left > 0 && p.CustomerID == i.CustomerID && (p.ContractID == i.ContractID || p.ContractID == 0) {
			from = append(from, p)
		}
	}
	slices.SortStableFunc(from, func(a, b Payment) int {
		if (a.ContractID == 0) != (b.ContractID == 0) {
			if a.ContractID == 0 {
				return 1
			}
			return -1
		}
		return a.ReceivedOn.Compare(b.ReceivedOn)
	})
	var lines []AllocationLine
	for _, p := range from {
		open := l.Invoice(i.ID).Open
		if open <= 0 {
			break
		}
		line := AllocationLine{i.ID, min(open, p.Left), RulePrepay}
		l.put(p.ID, []AllocationLine{line})
		lines = append(lines, line)
	}
	return lines
}

// Release takes an active allocation back: the money is the payment's again.
func (l *Ledger) Release(allocation ID) {
	k := slices.IndexFunc(l.Allocations, func(a Allocation) bool { return a.ID == allocation })
	if k < 0 || l.Allocations[k].State != AllocationActive {
		return
	}
	a := l.Allocations[k]
	i, p := l.Invoice(a.InvoiceID), l.Payment(a.PaymentID)
	if i == nil || p == nil {
		return
	}
	l.touch(a.ID)
	l.touch(i.ID)
	l.touch(p.ID)
	l.Allocations[k].State, l.Allocations[k].UndoneEventID = AllocationUndone, l.Event
	i.Paid -= a.Amount
	i.settle(l.Today)
	p.Used -= a.Amount
	p.settle()
}

// ReleasePayment takes all of a payment's allocations back.
func (l *Ledger) ReleasePayment(payment ID) {
	for _, a := range slices.Clone(l.Allocations) {
		if a.PaymentID == payment {
			l.Release(a.ID)
		}
	}
}

// Credit takes part of an invoice back (红冲): first what is open; where more is taken back, the money paid last becomes the
// payment's again. It reports what was set free; the amount must not be more than the invoice's net.
func (l *Ledger) Credit(invoice ID, amount Money) (freed Money, ok bool) {
	i := l.Invoice(invoice)
	if i == nil || !i.Counts() || amount <= 0 || amount > i.Net() {
		return 0, false
	}
	l.touch(i.ID)
	for k := len(l.Allocations) - 1; k >= 0 && amount > i.Open; k-- {
		a := l.Allocations[k]
		if a.InvoiceID != invoice || a.State != AllocationActive {
			continue
		}
		need := amount - i.Open
		l.Release(a.ID)
		i = l.Invoice(invoice)
		freed += min(need, a.Amount)
		if rest := a.Amount - need; rest > 0 { // the rest of it stays where it was
			l.put(a.PaymentID, []AllocationLine{{invoice, rest, a.Rule}})
			i = l.Invoice(invoice)
		}
	}
	if amount > i.Open {
		return freed, false
	}
	i.Credited += amount
	i.settle(l.Today)
	return freed, true
}

// Uncredit takes back a credit note that was written through an event. What the note had set free pays the invoice again, as far as it
// is still there: money that was put elsewhere since stays there, and no other money is touched.
func (l *Ledger) Uncredit(invoice ID, amount Money, event string) bool {
	i := l.Invoice(invoice)
	if i == nil || !i.Counts() || amount <= 0 || amount > i.Credited {
		return false
	}
	l.touch(i.ID)
	i.Credited -= amount
	i.settle(l.Today)
	for _, f := range l.freed(invoice, event) {
		if p := l.Payment(f.payment); p != nil && p.Counts() && p.CustomerID == i.CustomerID && f.amount > 0 {
			l.put(f.payment, []AllocationLine{{invoice, f.amount, f.rule}})
		}
	}
	return true
}

// freedMoney is what an event took from an invoice back to a payment.
type freedMoney struct {
	payment ID
	amount  Money
	rule    AllocationRule
}

// freed are the matches of an invoice that an event took back, less what it left where it was, the first made first.
func (l *Ledger) freed(invoice ID, event string) []freedMoney {
	var out []freedMoney
	at := func(a Allocation) *freedMoney {
		for k := range out {
			if out[k].payment == a.PaymentID {
				return &out[k]
			}
		}
		out = append(out, freedMoney{payment: a.PaymentID, rule: a.Rule})
		return &out[len(out)-1]
	}
	if event == "" {
		return nil
	}
	for _, a := range l.Allocations {
		if a.InvoiceID != invoice {
			continue
		}
		if a.State == AllocationUndone && a.UndoneEventID == event {
			at(a).amount += a.Amount
		}
		if a.SourceEventID == event {
			at(a).amount -= a.Amount
		}
	}
	return out
}

// DropPayment takes a payment back with all it paid.
func (l *Ledger) DropPayment(payment ID) {
	l.ReleasePayment(payment)
	if p := l.Payment(payment); p != nil {
		l.touch(p.ID)
		p.State = PaymentUndone
	}
}

// DropInvoice takes an invoice back; what was paid on it is the payments' again.
func (l *Ledger) DropInvoice(invoice ID) {
	for _, a := range slices.Clone(l.Allocations) {
		if a.InvoiceID == invoice {
			l.Release(a.ID)
		}
	}
	if i := l.Invoice(invoice); i != nil {
		l.touch(i.ID)
		i.State, i.Open = InvoiceUndone, 0
	}
}

// Assign gives a payment to a customer and, unless it is 0, a contract, and spreads it anew: over the named invoices, or by itself.
// What it paid before is taken back.
func (l *Ledger) Assign(payment ID, customer, contract ID, owner PersonID, team ID, named ...ID) []AllocationLine {
	l.ReleasePayment(payment)
	p := l.Payment(payment)
	if p == nil || !p.Counts() {
		return nil
	}
	l.touch(p.ID)
	p.CustomerID, p.ContractID, p.OwnerID, p.TeamID, p.Auto = customer, contract, owner, team, AutoDone
	return l.Spread(payment, named...)
}
