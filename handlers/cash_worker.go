package handlers

import (
	"context"
	"slices"

	"salesflow/store/sales"
)

// Matched is what one part of the automatic matching did.
type Matched struct {
	// Seen counts payments and invoices looked at, Matched payments that are allocated in full now, Left those that are not.
	Seen, Matched, Left int
	// By are those who brought them in, Last is the last of them.
	By   []sales.PersonID
	Last sales.ID
}

// matchPart is how many waiting payments and invoices one transaction matches.
const matchPart = 100

// MatchWaiting lets payments and invoices that came by file meet: what waits longest first, at most a hundred at a time. What was taken
// over from before the bot came is matched without telling the rules.
func (c Cashier) MatchWaiting(ctx context.Context, tx CashWorkTx) (Matched, error) {
	var m Matched
	invoices, err := tx.WaitingInvoices(ctx, matchPart)
	if err != nil {
		return m, err
	}
	payments, err := tx.WaitingPayments(ctx, matchPart)
	if err != nil || len(invoices)+len(payments) == 0 {
		return m, err
	}
	opening := len(invoices) > 0 && invoices[0].Source == sales.CashFromOpening || len(invoices) == 0 && payments[0].Source == sales.CashFromOpening
	invoices = slices.DeleteFunc(invoices, func(i sales.Invoice) bool { return (i.Source == sales.CashFromOpening) != opening })
	payments = slices.DeleteFunc(payments, func(p sales.Payment) bool { return (p.Source == sales.CashFromOpening) != opening })
	c.Quiet = opening
	var customers, ids, contracts []sales.ID
	for _, i := range invoices {
		customers, contracts = append(customers, i.CustomerID), append(contracts, i.ContractID)
		m.note(i.CreatedBy, i.ID)
	}
	for _, p := range payments {
		customers, contracts, ids = append(customers, p.CustomerID), append(contracts, p.ContractID), append(ids, p.ID)
		m.note(p.CreatedBy, p.ID)
	}
	slices.Sort(customers)
	customers = slices.DeleteFunc(slices.Compact(customers), func(id sales.ID) bool { return id == 0 })
	l, err := c.ledger(ctx, tx, customers...)
	if err == nil {
		err = c.extend(ctx, tx, l, ids, nil)
	}
	if err != nil {
		return m, err
	}
	for _, i := range invoices {
		l.Absorb(i.ID)
	}
	for _, p := range payments {
		l.Assign(p.ID, p.CustomerID, p.ContractID, p.OwnerID, p.TeamID)
		now := l.Payment(p.ID)
		if now.State == sales.PaymentMatched {
			m.Matched++
			continue
		}
		m.Left++
		if now.ContractID == 0 {
			c.emit(tx, "payment.unmatched", "payment", p.ID, cashEvent{Customer: p.CustomerID, Owner: p.OwnerID, Amount: now.Left})
		}
	}
	_, err = c.save(ctx, tx, l, nil, contracts...)
	return m, err
}

func (m *Matched) note(by sales.PersonID, id sales.ID) {
	m.Seen++
	m.Last = max(m.Last, id)
	if !slices.Contains(m.By, by) {
		m.By = append(m.By, by)
	}
}

// CashNo is a running number as people say it: FP2026-001.
func CashNo(prefix string, year int, n int64) string { return cashNo(prefix, year, n) }
