package main

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"salesflow/store/approval"
	"salesflow/store/sales"
)

// What happens to a contract, in days from its signing.
const (
	prepaidAfter  = 5
	shippedAfter  = 7
	signedAfter   = 10
	invoicedAfter = 12
	invoiceEvery  = 20 // days between its invoices
	creditedAfter = 45
	paymentTerm   = 30
	slowPayer     = 120
)

// tolerance is by how much papers may differ and still agree, as the program has it by default.
const tolerance = sales.DefaultTolerance

// deed is something that happens to a contract on a day.
type deed struct {
	day  int
	kind int
	k    int // which invoice or shipment
}

const (
	deedPrepay = iota
	deedShip
	deedInvoice
	deedPay
	deedPayHalf
	deedCredit
)

// deeds is the life of a contract: prepaid by every third, two shipments, three or four invoices, each paid a month later,
// now and then in two parts, late or not at all.
func deeds(i int) []deed {
	out := make([]deed, 0, 14)
	if i%3 == 0 {
		out = append(out, deed{prepaidAfter, deedPrepay, 0})
	}
	for k := range 2 {
		out = append(out, deed{shippedAfter + 40*k, deedShip, k})
	}
	for k := range invoicesOf(i) {
		issued := invoicedAfter + invoiceEvery*k
		out = append(out, deed{issued, deedInvoice, k})
		paid := issued + paymentTerm - 6 + (i+k)%13
		switch {
		case i%97 == 3 && k == 1:
			continue // nobody pays it
		case i%25 == 7:
			paid += slowPayer
		case i%8 == 1:
			out = append(out, deed{paid - 5, deedPayHalf, k})
		}
		out = append(out, deed{paid, deedPay, k})
	}
	if i%150 == 3 {
		out = append(out, deed{creditedAfter, deedCredit, 0})
	}
	slices.SortStableFunc(out, func(a, b deed) int { return cmp.Compare(a.day, b.day) })
	return out
}

func invoicesOf(i int) int {
	if i%3 == 0 {
		return 3
	}
	return 4
}

// buyer is whose contract it is. One in twenty is that of the rep's first customer, who so has a long history.
func (d *data) buyer(i int) (rep, customer int) {
	if rep, customer = d.who(i); i/d.reps%20 == 0 {
		customer = rep
	}
	return rep, customer
}

func (d *data) contract(i int) sales.Contract {
	at := d.moment(i, d.contracts)
	rep, c := d.buyer(i)
	x := sales.Contract{
		ID: idAt(at, contractNode, i), No: fmt.Sprintf("HT%d-%06d", at.Year(), i+100000), CustomerID: d.customer[c],
		OwnerID: d.persons[rep], TeamID: d.teams[rep/repsOfTeam], Products: sales.List[sales.ID]{d.productID[i%len(d.productID)]},
		Amount: d.amount(i) + sales.Money(i%100)*100*sales.Yuan, PaymentDays: paymentTerm, DeliveryDays: 30, DiscountPercent: 90,
		Terms: "[]", State: sales.ContractApproved, CreatedAt: sales.At(at), SourceEventID: fmt.Sprintf("load:c%d", i), Version: 2,
	}
	x.RequestID = idAt(at, requestNode, i)
	if i%3 == 0 {
		x.PrepayPercent = 30
	}
	if i < d.opportunities && i%3 == 1 {
		x.OpportunityID = idAt(d.moment(i, d.opportunities), opportunityNode, i)
	}
	if d.waits(i) {
		x.State = sales.ContractPending
	}
	return x
}

// waits reports whether a contract waits for its approval: one in twenty of the last month's.
func (d *data) waits(i int) bool { return i%20 == 7 && d.age(i) < 30 }

// age is how many days ago a contract was made.
func (d *data) age(i int) int { return d.today.Sub(sales.DayOf(d.moment(i, d.contracts))) }

// request is a contract's approval.
func (d *data) request(i int) approval.Request {
	c := d.contract(i)
	rep, buyer := d.buyer(i)
	return d.decided(approval.Request{
		ID: c.RequestID, Kind: approval.Contract, Record: c.ID, No: c.No, Title: d.names[buyer] + " " + c.Amount.String(), Amount: c.Amount,
		Requester: c.OwnerID, RequesterName: fmt.Sprintf("销售%03d", rep),
	}, c.CreatedAt, c.State == sales.ContractApproved)
}

// decided is a request to the director, of that moment, and approved two hours later or not yet.
func (d *data) decided(r approval.Request, at sales.Instant, approved bool) approval.Request {
	seat := approval.Approver{Person: d.director, Name: "陈总监", State: approval.ApproverPending}
	r.State, r.Round, r.Version, r.SubmittedAt, r.RoundSince, r.StepSince = approval.Pending, 1, 1, at, at, at
	r.Rules = approval.Rules{Flow: r.Kind.Noun(), NudgeEvery: 4 * time.Hour, Limit: 48 * time.Hour, Clock: "natural", Since: "step"}
	r.Log = sales.List[approval.Entry]{{At: at, Verb: approval.VerbSubmit, Actor: r.Requester, ActorName: r.RequesterName}}
	if approved {
		r.DecidedAt = sales.At(at.Add(2 * time.Hour))
		seat.State, seat.At = approval.ApproverApproved, r.DecidedAt
		r.State, r.Step, r.Version = approval.Approved, 1, 2
		r.Log = append(r.Log, approval.Entry{At: r.DecidedAt, Verb: approval.VerbApprove, Actor: d.director, ActorName: "陈总监"})
	}
	r.Steps = sales.List[approval.Step]{{Role: "director", RoleName: "销售总监", Mode: approval.AnyOf, Approvers: []approval.Approver{seat}}}
	return r
}

// life plays what happened to a contract until today, through the program's own ledger, so that every sum and state is what
// the handlers would have written.
type life struct {
	*data
	i      int
	c      sales.Contract
	ledger sales.Ledger
	ships  []sales.Shipment
	notes  []sales.Invoice
	ids    int
	at     time.Time // of the deed at work
}

func (d *data) life(i int) *life {
	l := &life{data: d, i: i, c: d.contract(i)}
	if l.c.State != sales.ContractApproved {
		return l
	}
	l.ledger.By, l.ledger.Event = d.finance, fmt.Sprintf("load:c%d", i)
	l.ledger.NewID = l.allocationID
	for _, x := range deeds(i) {
		if x.day > d.age(i) {
			break
		}
		l.at = l.c.CreatedAt.AddDate(0, 0, x.day)
		l.ledger.At, l.ledger.Today = sales.At(l.at), sales.DayOf(l.at)
		switch x.kind {
		case deedPrepay:
			l.receive(l.c.Amount.Percent(sales.Percents(l.c.PrepayPercent)), 9)
		case deedShip:
			l.ship(x.k)
		case deedInvoice:
			l.issue(x.k)
		case deedPay, deedPayHalf:
			l.pay(x)
		case deedCredit:
			l.credit(x.k)
		}
	}
	return l
}

func (l *life) allocationID() sales.ID {
	l.ids++
	return idAt(l.at, allocationNode, l.i*16+l.ids)
}

func (l *life) year() int { return l.at.Year() }

func (l *life) ship(k int) {
	half := l.c.Amount / 2
	s := sales.Shipment{
		ID: idAt(l.at, shipmentNode, l.i*2+k), No: fmt.Sprintf("FH%d-%07d", l.year(), l.i*2+k+1000000), Kind: sales.ShipmentOut, ContractID: l.c.ID,
		CustomerID: l.c.CustomerID, OwnerID: l.c.OwnerID, TeamID: l.c.TeamID, Quantity: 500, Unit: "台", Amount: half,
		Tracking: fmt.Sprintf("SF%010d", l.i*2+k), ShippedOn: l.ledger.Today, PromisedOn: l.ledger.Today.AddDays(3), State: sales.ShipmentShipped,
		CreatedBy: l.c.OwnerID, CreatedAt: sales.At(l.at), SourceEventID: l.ledger.Event, Version: 1,
	}
	if signed := l.ledger.Today.AddDays(signedAfter - shippedAfter); !signed.After(l.today) && l.i%211 != 5 {
		s.State, s.SignedOn, s.Receiver, s.Version = sales.ShipmentSigned, signed, "王主任", 2
	}
	l.ships = append(l.ships, s)
}

func (l *life) invoiceID(k int) sales.ID {
	return idAt(l.c.CreatedAt.AddDate(0, 0, invoicedAfter+invoiceEvery*k), invoiceNode, l.i*8+k)
}

func (l *life) issue(k int) {
	n := invoicesOf(l.i)
	amount := l.c.Amount / sales.Money(n)
	if k == n-1 {
		amount = l.c.Amount - amount*sales.Money(n-1)
	}
	if l.i%333 == 9 { // one that says more than the contract
		amount += sales.Wan
	}
	l.ledger.Issue(sales.Invoice{
		ID: l.invoiceID(k), No: fmt.Sprintf("FP%d-%07d", l.year(), l.i*8+k+1000000), TaxNo: fmt.Sprintf("26332%015d", l.i*8+k), Kind: sales.InvoiceNormal,
		ContractID: l.c.ID, CustomerID: l.c.CustomerID, OwnerID: l.c.OwnerID, TeamID: l.c.TeamID, Amount: amount, IssuedOn: l.ledger.Today,
		DueOn: l.ledger.Today.AddDays(l.c.PaymentDays), Source: sales.CashFromImport, Auto: sales.AutoDone, CreatedBy: l.finance,
		CreatedAt: sales.At(l.at), SourceEventID: l.ledger.Event, Version: 1,
	})
}

func (l *life) pay(x deed) {
	i := l.ledger.Invoice(l.invoiceID(x.k))
	if i == nil || i.Open <= 0 {
		return
	}
	amount, slot := i.Open, 2*x.k
	if x.kind == deedPayHalf {
		amount, slot = amount/2, 2*x.k+1
	}
	l.receive(amount, slot, i.ID)
}

// receive takes money in for the contract; slot is which of its payments it is.
func (l *life) receive(amount sales.Money, slot int, named ...sales.ID) {
	n := l.i*16 + slot
	_, buyer := l.buyer(l.i)
	p := sales.Payment{
		ID: idAt(l.at, paymentNode, n), No: fmt.Sprintf("HK%d-%07d", l.year(), n+1000000), CustomerID: l.c.CustomerID, ContractID: l.c.ID,
		OwnerID: l.c.OwnerID, TeamID: l.c.TeamID, Payer: l.names[buyer], Amount: amount, ReceivedOn: l.ledger.Today,
		BankRef: fmt.Sprintf("GH%014d", n), Source: sales.CashFromImport, Auto: sales.AutoDone, CreatedBy: l.finance, CreatedAt: sales.At(l.at),
		SourceEventID: l.ledger.Event, Version: 1,
	}
	if l.i%20 == 0 { // told in the chat; the bank's file has not come
		p.BankRef, p.Source, p.CreatedBy = "", sales.CashFromChat, l.c.OwnerID
	}
	l.ledger.Receive(p, named...)
}

func (l *life) credit(k int) {
	i := l.ledger.Invoice(l.invoiceID(k))
	if i == nil || i.Net() == 0 {
		return
	}
	amount := i.Net() / 10
	if _, ok := l.ledger.Credit(i.ID, amount); !ok {
		return
	}
	l.notes = append(l.notes, sales.Invoice{
		ID: idAt(l.at, invoiceNode, l.i*8+7), No: fmt.Sprintf("HC%d-%07d", l.year(), l.i*8+7), Kind: sales.InvoiceCredit, ContractID: l.c.ID,
		CustomerID: l.c.CustomerID, OwnerID: l.c.OwnerID, TeamID: l.c.TeamID, Amount: amount, IssuedOn: l.ledger.Today, CreditOf: i.ID, Reason: "退货",
		Source: sales.CashFromChat, Auto: sales.AutoDone, State: sales.InvoiceIssued, CreatedBy: l.finance, CreatedAt: sales.At(l.at),
		SourceEventID: l.ledger.Event, Version: 1,
	})
}

// chain is the contract with everything that belongs to it.
func (l *life) chain() sales.ContractChain {
	return sales.ContractChain{Contract: l.c, Shipments: l.ships, Invoices: append(slices.Clone(l.ledger.Invoices), l.notes...), Payments: l.ledger.Payments}
}
