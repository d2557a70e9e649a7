package handlers

import (
	"context"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/store/sales"
)

// overdueStops is from how many days a customer's overdue invoice holds new goods back.
const overdueStops = 30

// shipmentFacts is what has happened with a contract before goods go out. w says what is to go, and until when.
func (a *App) shipmentFacts(ctx context.Context, t bot.Turn, tx Tx, c sales.Contract, cash sales.ContractCash, w cashWords) (sales.ShipmentFacts, error) {
	f := sales.ShipmentFacts{
		Ship: w.amount, Shipped: cash.ShippedAmount, Paid: cash.Collected(), ShipOn: w.due,
		Exception: c.RequestID == 0, // taken over as it was signed elsewhere
	}
	if f.ShipOn.IsZero() {
		f.ShipOn = t.Today
	}
	if c.DeliveryDays > 0 {
		signed := c.CreatedAt
		if c.RequestID != 0 {
			r, err := tx.RequestByID(ctx, c.RequestID)
			if err != nil {
				return f, err
			}
			if !r.DecidedAt.IsZero() {
				signed = r.DecidedAt
			}
		}
		f.DeliverBy = sales.DayOf(signed.Time).AddDays(c.DeliveryDays)
	}
	var err error
	if f.Owed, err = tx.OwedBy(ctx, c.CustomerID); err != nil {
		return f, err
	}
	open, err := tx.OpenInvoices(ctx, c.CustomerID)
	for _, i := range open {
		if n := i.OverdueDays(t.Today); n >= overdueStops && t.Today.After(i.QuietUntil) {
			f.OverdueDays = max(f.OverdueDays, n)
		}
	}
	return f, err
}

// stops are the clauses against a shipment. What was released stays released but for goods beyond the contract. A delivery date is
// one when a later day is promised; goods that merely go out late are better sent than kept.
func (a *App) stops(ctx context.Context, t bot.Turn, tx Tx, c sales.Contract, cash sales.ContractCash, w cashWords) (stop, warn []sales.Finding, err error) {
	f, err := a.shipmentFacts(ctx, t, tx, c, cash, w)
	if err != nil {
		return nil, nil, err
	}
	found, err := a.ClauseConflicts(ctx, tx, c, f)
	for _, x := range found {
		switch {
		case cash.ReleasedBy != 0 && x.Clause != sales.ClauseAmount:
		case x.Clause == sales.ClauseDelivery && w.due.IsZero():
			warn = append(warn, x)
		case x.Block || x.Clause == sales.ClauseDelivery:
			stop = append(stop, x)
		default:
			warn = append(warn, x)
		}
	}
	return stop, warn, err
}

// stopShipment says which clauses stand against a shipment, each by its name; those who may not see amounts read names only. late is
// what is worth knowing and holds nothing up.
func (a *App) stopShipment(ctx context.Context, t bot.Turn, tx Tx, c sales.Contract, cash sales.ContractCash, w cashWords) (late string, reply bot.Reply, err error) {
	stop, warn, err := a.stops(ctx, t, tx, c, cash, w)
	if err != nil {
		return "", bot.Reply{}, err
	}
	for _, x := range warn {
		late = "注意," + x.Clause.ClauseName() + ":" + x.Sentence() + "。"
	}
	if len(stop) == 0 {
		return late, bot.Reply{}, nil
	}
	money := a.seesMoney(t, c.OwnerID) && !t.InGroup()
	text, changes := a.stopText(c, cash, stop, money)
	k := a.cashier(t)
	_, need := sales.PrepayGate(c, cash.Collected())
	k.audit(tx, "shipment.blocked", "contract", c.ID, changes...)
	k.emit(tx, "shipment.blocked", "contract", c.ID, cashEvent{Contract: c.ID, Customer: c.CustomerID, Owner: c.OwnerID, Amount: c.Amount, Open: need})
	return "", bot.Text(text), nil
}

func (a *App) stopText(c sales.Contract, cash sales.ContractCash, stop []sales.Finding, money bool) (string, []sales.Change) {
	var lines []string
	var changes []sales.Change
	only := true // what nobody can let go
	for _, x := range stop {
		only = only && x.Clause == sales.ClauseAmount
		changes = append(changes, sales.Change{Field: x.Clause.ClauseName(), New: x.Sentence()})
		line := x.Clause.ClauseName() + ":" + x.Sentence()
		switch want, need := sales.PrepayGate(c, cash.Collected()); {
		case x.Clause == sales.ClausePrepay && !money:
			line = "合同约定预付 " + itoa(c.PrepayPercent) + "%,还没到齐"
		case x.Clause == sales.ClausePrepay:
			line = "合同约定预付 " + itoa(c.PrepayPercent) + "%(" + want.String() + "),到账 " + cash.Collected().String() + ",还差 " + need.String()
		case !money && (x.Clause == sales.ClauseCredit || x.Clause == sales.ClauseAmount || x.Clause == sales.ClauseDiscount):
			line = x.Clause.ClauseName() + "挡着"
		}
		lines = append(lines, line)
	}
	text := c.No + " 发不了:" + strings.Join(lines, ";") + "。"
	switch {
	case only:
		return text + "货值再看一下,写对了再发一次。", changes
	case slices.ContainsFunc(stop, func(x sales.Finding) bool { return x.Clause == sales.ClauseDelivery }):
		text += "日子改早再发一次;"
	default:
		text += "到款后再发一次;"
	}
	return text + "要先发,由财务或总监发:放行 " + c.No + " 原因", changes
}

// letGo writes that somebody lets a contract's goods go, and against which clauses.
func (a *App) letGo(t bot.Turn, tx Tx, c sales.Contract, cash sales.ContractCash, by sales.PersonID, why string, stop []sales.Finding) {
	k := a.cashier(t)
	_, need := sales.PrepayGate(c, cash.Collected())
	cash.No, cash.CustomerID, cash.OwnerID, cash.TeamID, cash.Amount = c.No, c.CustomerID, c.OwnerID, c.TeamID, c.Amount
	cash.ReleasedBy, cash.ReleasedWhy, cash.UpdatedAt = by, why, sales.At(t.Now)
	if cash.Colour == "" {
		cash.Colour = sales.Yellow
	}
	tx.PutContractCash(cash)
	changes := []sales.Change{{Field: "放行", New: why}}
	for _, x := range stop {
		changes = append(changes, sales.Change{Field: x.Clause.ClauseName(), Old: x.Sentence()})
	}
	k.audit(tx, "contract.release", "contract", c.ID, changes...)
	k.emit(tx, "contract.released", "contract", c.ID, cashEvent{Contract: c.ID, Customer: c.CustomerID, Owner: c.OwnerID, Amount: c.Amount, Open: need})
}

// releaseShipment lets a contract's goods go although clauses stand against it (放行).
func (a *App) releaseShipment(ctx context.Context, t bot.Turn, tx Tx, c sales.Contract, w cashWords) (bot.Reply, error) {
	if err := isSigned(c, "放行"); err != nil {
		return bot.Reply{}, err
	}
	cash, err := tx.ContractCashOf(ctx, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	why := cutRunes(w.rest, 60)
	if cash.ReleasedBy != 0 {
		return bot.Text(c.No + " 已由" + t.Org.Name(cash.ReleasedBy) + "放行,没有再改动。"), nil
	}
	stop, warn, err := a.stops(ctx, t, tx, c, cash, cashWords{})
	if err != nil {
		return bot.Reply{}, err
	}
	_, need := sales.PrepayGate(c, cash.Collected())
	switch {
	case len(stop)+len(warn) == 0 && c.DeliveryDays <= 0:
		return bot.Text(c.No + " 没有条款挡着,直接发货就行。"), nil
	case why == "":
		return bot.Text("为什么先发?写上原因再发一次:放行 " + c.No + " 原因"), nil
	}
	a.letGo(t, tx, c, cash, t.Person.ID, why, stop)
	text, rest := c.No+" 已放行,可以发货:"+why+"。", "可以发货。"
	if need > 0 {
		text += "预付还差 " + need.String() + ",照样催。"
		rest = "可以发货,预付接着催。"
	}
	reply := bot.Text(text)
	if c.OwnerID != t.Person.ID {
		reply.Say = append(reply.Say, bot.Say{
			To: []sales.PersonID{c.OwnerID}, Subject: contractSubject(c.ID), Kind: bot.DeliverPush, Slot: "released", Push: true,
			Out: bot.Outgoing{Text: t.Person.Name + "放行了 " + c.No + ":" + why + "。" + rest},
		})
	}
	return reply, nil
}
