package sales

import (
	"cmp"
	"slices"
)

// AllocationLine is one line of how a payment is spread over invoices.
type AllocationLine struct {
	Invoice ID
	Amount  Money
	Rule    AllocationRule
}

// maxSumInvoices bounds the invoices among which two or three of an exact sum are looked for.
const maxSumInvoices = 30

// Allocate spreads an amount over open invoices, line by line: those a person named first, in their order; then the one invoice
// of exactly what is left, the first due where several are; then two or three that add up to it exactly; then the first due
// first. What the invoices cannot take stays with the payment. Lines are never more than an invoice has open, and never add up
// to more than the amount.
func Allocate(amount Money, open []Invoice, named ...ID) []AllocationLine {
	list := slices.DeleteFunc(slices.Clone(open), func(i Invoice) bool { return i.Kind != InvoiceNormal || i.State != InvoiceOpen || i.Open <= 0 })
	slices.SortFunc(list, byDue)
	var lines []AllocationLine
	take := func(i Invoice, rule AllocationRule) {
		m := min(amount, i.Open)
		if m <= 0 {
			return
		}
		amount -= m
		lines = append(lines, AllocationLine{i.ID, m, rule})
		list = slices.DeleteFunc(list, func(x Invoice) bool { return x.ID == i.ID })
	}
	for _, id := range named {
		if k := slices.IndexFunc(list, func(i Invoice) bool { return i.ID == id }); k >= 0 {
			take(list[k], RuleNamed)
		}
	}
	if len(named) > 0 || amount <= 0 {
		return lines
	}
	if k := slices.IndexFunc(list, func(i Invoice) bool { return i.Open == amount }); k >= 0 {
		take(list[k], RuleExact)
		return lines
	}
	if some := exactSum(amount, list); some != nil {
		for _, i := range some {
			take(i, RuleSum)
		}
		return lines
	}
	for _, i := range slices.Clone(list) {
		take(i, RuleOldest)
	}
	return lines
}

// byDue orders invoices: the first due first, then the first issued, then the first made.
func byDue(a, b Invoice) int {
	return cmp.Or(a.DueOn.Compare(b.DueOn), a.IssuedOn.Compare(b.IssuedOn), cmp.Compare(a.ID, b.ID))
}

// exactSum finds two or three invoices, the first due first, that are open for exactly the amount together; nil for none. The
// sum of all is one too, whatever their number.
func exactSum(amount Money, list []Invoice) []Invoice {
	var all Money
	for _, i := range list {
		all += i.Open
	}
	switch {
	case len(list) < 2 || all < amount:
		return nil
	case all == amount:
		return slices.Clone(list)
	}
	list = list[:min(len(list), maxSumInvoices)]
	for a := range list {
		for b := a + 1; b < len(list); b++ {
			if list[a].Open+list[b].Open == amount {
				return []Invoice{list[a], list[b]}
			}
		}
	}
	for a := range list {
		for b := a + 1; b < len(list); b++ {
			for c := b + 1; c < len(list); c++ {
				if list[a].Open+list[b].Open+list[c].Open == amount {
					return []Invoice{list[a], list[b], list[c]}
				}
			}
		}
	}
	return nil
}

// CashMatch names a payment and an invoice it was matched with, by their numbers.
type CashMatch struct {
	Payment string `db:"payment"`
	Invoice string `db:"invoice"`
}
