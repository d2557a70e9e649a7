package main

import (
	"context"
	"fmt"
	"strings"

	"salesflow/bot/sheet"
	"salesflow/store"
	"salesflow/store/sales"
)

// openingImport takes contracts over with what was invoiced and paid of them until a day (期初). Nothing of it is news: no rule hears
// of it, and what is open is quiet for a while.
type openingImport struct{ cashImport }

func (k *openingImport) check(r sheet.Row, first bool) verdict {
	x := k.reading(r)
	no := strings.ToUpper(strings.Join(strings.Fields(x.cell(sheet.Contract)), ""))
	cut := x.day(sheet.Day, "截止日", true)
	due, signed := x.day(sheet.DueOn, "到期日", false), x.day(sheet.SignedOn, "签订日期", false)
	amount := x.money(sheet.Amount, "合同金额", false)
	invoiced, paid := x.money(sheet.Invoiced, "已开票", true), x.money(sheet.Paid, "已回款", true)
	switch {
	case no == "" || len([]rune(no)) > 40:
		x.flaw(sheet.Contract, "合同号空着或太长")
	case invoiced-amount > k.cash.Tolerance:
		x.flaw(sheet.Invoiced, "已开票比合同金额多")
	}
	customer, ok := k.customer(x.cell(sheet.Customer))
	if !ok {
		x.flaw(sheet.Customer, "没有客户 "+x.cell(sheet.Customer)+",先导客户")
	}
	owner, team := customer.OwnerID, customer.TeamID
	if s := x.cell(sheet.Owner); s != "" {
		who, problem := k.owner(s)
		if problem != "" {
			x.flaw(sheet.Owner, problem)
		}
		owner, team = who.ID, who.TeamID
	}
	if first && len(x.what) == 0 {
		if row, ok := k.first[no]; ok {
			return wrong(fmt.Sprintf("和第 %d 行是同一份合同", row), k.at[sheet.Contract])
		}
		k.first[no] = r.No
	}
	c, known := k.contractBy(no)
	if known && k.moved(c.ID) {
		return x.end(sales.RowKnown, cashRow{})
	}
	if known && c.CustomerID != customer.ID && len(x.what) == 0 {
		x.flaw(sheet.Customer, "合同 "+no+" 是另一家客户的")
	}
	if !known {
		undated := signed.IsZero()
		if undated {
			signed = cut
		}
		c = sales.Contract{
			No: no, CustomerID: customer.ID, OwnerID: owner, TeamID: team, Amount: amount, PrepayPercent: -1, PaymentDays: -1, DeliveryDays: -1,
			DiscountPercent: -1, State: sales.ContractApproved, CreatedAt: sales.At(signed.Start()), Undated: undated,
		}
	}
	if due.IsZero() {
		due = cut.AddDays(k.cash.TermDays)
	}
	base := sales.CashFromOpening
	return x.end(sales.RowGood, cashRow{
		contract: c,
		invoice:  sales.Invoice{Kind: sales.InvoiceNormal, CustomerID: c.CustomerID, OwnerID: c.OwnerID, TeamID: c.TeamID, Amount: invoiced, IssuedOn: cut, DueOn: due, Source: base},
		payment:  sales.Payment{CustomerID: c.CustomerID, OwnerID: c.OwnerID, TeamID: c.TeamID, Amount: paid, ReceivedOn: cut, Payer: customer.Name, Note: "期初", Source: base},
	})
}

// moved reports whether something has happened to a contract here already: then its opening balance is not taken again.
func (k *openingImport) moved(contract sales.ID) bool {
	var n int
	return !k.lookUp(func(ctx context.Context, tx *store.Tx) error {
		invoices, err := tx.InvoicesByContract(ctx, contract)
		if err != nil {
			return err
		}
		payments, err := tx.PaymentsByContract(ctx, contract)
		n = len(invoices) + len(payments)
		return err
	}) || n > 0
}

func (k *openingImport) write(tx *store.Tx, no int64, v verdict) {
	c, i, p := v.cash.contract, v.cash.invoice, v.cash.payment
	event, year := fmt.Sprintf("%s:%d", k.source, no), sales.DayOf(k.now.Time).Year()
	if c.ID == 0 {
		c.ID, c.Version, c.SourceEventID = tx.NewID(), 1, event
		tx.CreateContract(c)
		k.quiet(tx, "contract", c.ID)
	}
	k.contracts[c.No] = c
	tx.Audit(sales.AuditEntry{
		ID: tx.NewID(), At: k.now, PersonID: k.by.ID, EventID: event, Verb: "contract.opening", SubjectKind: "contract", SubjectID: c.ID,
		Changes: sales.List[sales.Change]{{Field: "已开票", New: i.Amount.String()}, {Field: "已回款", New: p.Amount.String()}},
	})
	if i.Amount > 0 {
		i.ID, i.ContractID, i.No = tx.NewID(), c.ID, number(tx, "FP", "invoice", year)
		i.Open, i.State, i.Auto, i.QuietUntil = i.Amount, sales.InvoiceOpen, sales.AutoWaits, sales.DayOf(k.now.Time).AddDays(k.cash.OpeningQuiet)
		i.CreatedBy, i.CreatedAt, i.SourceEventID, i.Version = k.by.ID, k.now, event, 1
		tx.CreateInvoice(i)
		k.filed = append(k.filed, sales.MovedInvoice(sales.MovedMade, i))
		k.quiet(tx, "invoice", i.ID)
	}
	if p.Amount > 0 {
		p.ID, p.ContractID, p.No = tx.NewID(), c.ID, number(tx, "HK", "payment", year)
		p.Left, p.State, p.Auto = p.Amount, sales.PaymentOpen, sales.AutoWaits
		p.CreatedBy, p.CreatedAt, p.SourceEventID, p.Version = k.by.ID, k.now, event, 1
		tx.CreatePayment(p)
		k.filed = append(k.filed, sales.MovedPayment(sales.MovedMade, p))
		k.quiet(tx, "payment", p.ID)
	}
}

// quiet writes that a record was taken over, which is no news to the rules.
func (k *openingImport) quiet(tx *store.Tx, kind string, id sales.ID) {
	tx.Emit(sales.DomainEvent{ID: tx.NewID(), At: k.now, Kind: kind + ".opening", SubjectKind: kind, SubjectID: id, PersonID: k.by.ID, Data: sales.NoNews})
}
