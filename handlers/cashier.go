package handlers

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"salesflow/bot"
	"salesflow/store/sales"
)

// CashWorkTx is what keeping the books needs of one transaction; Tx has it, and so has a transaction outside of any turn.
type CashWorkTx interface {
	CashTx
	ContractByID(ctx context.Context, id sales.ID) (sales.Contract, error)
	NewID() sales.ID
	Schedule(d sales.Due)
	Audit(e sales.AuditEntry)
	Emit(e sales.DomainEvent)
}

// Cashier keeps the books of one piece of work: a turn of dialogue, or a batch of a file.
type Cashier struct {
	Now time.Time
	// By is who does it, EventID through which event.
	By      sales.PersonID
	EventID string
	// Tolerance is by how much amounts may differ and still agree.
	Tolerance sales.Money
	// Quiet keeps the rules out of it: what is taken over from before is no news.
	Quiet bool
	// booked says that the books were asked before, so that no number is taken for what is refused.
	booked bool
}

func (a *App) cashier(t bot.Turn) Cashier {
	return Cashier{Now: t.Now, By: t.Person.ID, EventID: t.Event.ID, Tolerance: a.Settings.Cash.Tolerance}
}

func (c Cashier) today() sales.Day { return sales.DayOf(c.Now) }

func (c Cashier) audit(tx CashWorkTx, verb, kind string, id sales.ID, changes ...sales.Change) {
	tx.Audit(sales.AuditEntry{
		ID: tx.NewID(), At: sales.At(c.Now), PersonID: c.By, EventID: c.EventID, Verb: verb, SubjectKind: kind, SubjectID: id, Changes: changes,
	})
}

// cashEvent is what an event between contract and payment carries for the rules; amounts are in fen.
type cashEvent struct {
	Contract sales.ID       `json:"contract_id,omitempty"`
	Customer sales.ID       `json:"customer_id,omitempty"`
	Owner    sales.PersonID `json:"owner_id,omitempty"`
	Amount   sales.Money    `json:"amount,omitempty"`
	Open     sales.Money    `json:"open,omitempty"`
	DueOn    sales.Day      `json:"due_on,omitzero"`
}

func (c Cashier) emit(tx CashWorkTx, what, kind string, id sales.ID, e cashEvent) {
	if c.Quiet {
		return
	}
	data, err := json.Marshal(e)
	if err != nil {
		data = []byte("{}")
	}
	tx.Emit(sales.DomainEvent{
		ID: tx.NewID(), At: sales.At(c.Now), Kind: what, SubjectKind: kind, SubjectID: id, PersonID: c.By, Data: string(data),
	})
}

// ledger reads what is open between us and customers.
func (c Cashier) ledger(ctx context.Context, tx CashWorkTx, customers ...sales.ID) (*sales.Ledger, error) {
	customers = slices.DeleteFunc(slices.Clone(customers), func(id sales.ID) bool { return id == 0 })
	l := &sales.Ledger{By: c.By, At: sales.At(c.Now), Today: c.today(), Event: c.EventID, NewID: tx.NewID}
	var err error
	if l.Invoices, err = tx.OpenInvoices(ctx, customers...); err != nil {
		return nil, err
	}
	l.Payments, err = tx.OpenPayments(ctx, customers...)
	return l, err
}

// extend reads into a ledger everything that hangs on payments and invoices: their allocations, and what is at the other ends.
func (c Cashier) extend(ctx context.Context, tx CashWorkTx, l *sales.Ledger, payments, invoices []sales.ID) error {
	payments, invoices = slices.Clone(payments), slices.Clone(invoices)
	byPayment, err := tx.AllocationsOfPayments(ctx, payments...)
	if err != nil {
		return err
	}
	byInvoice, err := tx.AllocationsOfInvoices(ctx, invoices...)
	if err != nil {
		return err
	}
	for _, a := range slices.Concat(byPayment, byInvoice) {
		if !slices.ContainsFunc(l.Allocations, func(x sales.Allocation) bool { return x.ID == a.ID }) {
			l.Allocations = append(l.Allocations, a)
			payments, invoices = append(payments, a.PaymentID), append(invoices, a.InvoiceID)
		}
	}
	payments = slices.DeleteFunc(payments, func(id sales.ID) bool { return l.Payment(id) != nil })
	invoices = slices.DeleteFunc(invoices, func(id sales.ID) bool { return l.Invoice(id) != nil })
	slices.Sort(payments)
	slices.Sort(invoices)
	ps, err := tx.PaymentsByIDs(ctx, slices.Compact(payments))
	if err != nil {
		return err
	}
	is, err := tx.InvoicesByIDs(ctx, slices.Compact(invoices))
	l.Payments, l.Invoices = append(l.Payments, ps...), append(l.Invoices, is...)
	return err
}

// save writes what was changed in a ledger and among shipments, traces it, and brings every contract concerned up to date. It
// returns where those stand now, by contract.
func (c Cashier) save(ctx context.Context, tx CashWorkTx, l *sales.Ledger, shipments []sales.Shipment, contracts ...sales.ID) (map[sales.ID]sales.ContractCash, error) {
	contracts = slices.DeleteFunc(slices.Clone(contracts), func(id sales.ID) bool { return id == 0 })
	slices.Sort(contracts)
	contracts = slices.Compact(contracts)
	note := func(id sales.ID) {
		if id != 0 && !slices.Contains(contracts, id) {
			contracts = append(contracts, id)
		}
	}
	before, err := c.paymentsBefore(ctx, tx, l)
	if err != nil {
		return nil, err
	}
	invoices, payments, allocations := l.Changed()
	newInvoices, newPayments, newAllocations := l.Made()
	if !c.booked {
		if err := c.Booked(ctx, tx, movedBy(invoices, payments, before, newInvoices, newPayments)); err != nil {
			return nil, err
		}
	}
	for _, ch := range invoices {
		note(ch.After.ContractID)
		tx.UpdateInvoice(ch.Before, ch.After)
		c.invoiceChanged(tx, ch)
	}
	for _, p := range payments {
		note(p.ContractID)
		tx.UpdatePayment(before[p.ID], p)
	}
	for _, al := range allocations {
		tx.UpdateAllocation(al)
		c.audit(tx, "allocation.undo", "payment", al.PaymentID, sales.Change{Field: "认款", Old: al.Amount.String(), New: "0"})
	}
	for _, i := range newInvoices {
		note(i.ContractID)
		i.Version = 1
		tx.CreateInvoice(i)
	}
	for _, p := range newPayments {
		note(p.ContractID)
		p.Version = 1
		tx.CreatePayment(p)
	}
	for _, al := range newAllocations {
		if al.State != sales.AllocationActive {
			continue // put and released at once
		}
		al.Version = 1
		tx.CreateAllocation(al)
		c.audit(tx, "allocation.create", "payment", al.PaymentID, sales.Change{Field: "认款", New: al.Amount.String() + " " + string(al.Rule)})
		c.emit(tx, "payment.allocated", "payment", al.PaymentID, cashEvent{Contract: al.ContractID, Customer: al.CustomerID, Amount: al.Amount})
	}
	return c.sums(ctx, tx, l, shipments, contracts)
}

// paymentsBefore reads the changed payments as they were.
func (c Cashier) paymentsBefore(ctx context.Context, tx CashWorkTx, l *sales.Ledger) (map[sales.ID]sales.Payment, error) {
	_, payments, _ := l.Changed()
	ids := make([]sales.ID, len(payments))
	for k, p := range payments {
		ids[k] = p.ID
	}
	list, err := tx.PaymentsByIDs(ctx, ids)
	out := make(map[sales.ID]sales.Payment, len(list))
	for _, p := range list {
		out[p.ID] = p
	}
	return out, err
}

func (c Cashier) invoiceChanged(tx CashWorkTx, ch sales.LedgerChange) {
	i := ch.After
	e := cashEvent{Contract: i.ContractID, Customer: i.CustomerID, Owner: i.OwnerID, Amount: i.Amount, Open: i.Open, DueOn: i.DueOn}
	if ch.Before.Open != i.Open {
		c.audit(tx, "invoice.update", "invoice", i.ID, sales.Change{Field: "未收", Old: ch.Before.Open.String(), New: i.Open.String()})
	}
	switch {
	case ch.Before.State == i.State:
		if ch.Before.Paid != i.Paid {
			c.emit(tx, "invoice.part_paid", "invoice", i.ID, e)
		}
	case i.State == sales.InvoiceSettled:
		c.emit(tx, "invoice.settled", "invoice", i.ID, e)
	case i.State == sales.InvoiceOpen:
		c.emit(tx, "invoice.reopened", "invoice", i.ID, e)
	case i.State == sales.InvoiceUndone:
		c.emit(tx, "invoice.undone", "invoice", i.ID, e)
	}
}

// chain reads a contract's chain.
func (c Cashier) chain(ctx context.Context, tx CashWorkTx, contract sales.Contract) (sales.ContractChain, error) {
	list, err := c.chains(ctx, tx, nil, nil, []sales.Contract{contract})
	if err != nil {
		return sales.ContractChain{}, err
	}
	return list[0], nil
}

// chains reads the chains of contracts, with what a piece of work has changed of them laid over.
func (c Cashier) chains(ctx context.Context, tx CashWorkTx, l *sales.Ledger, over []sales.Shipment, contracts []sales.Contract) ([]sales.ContractChain, error) {
	ids := make([]sales.ID, len(contracts))
	for k, x := range contracts {
		ids[k] = x.ID
	}
	// First of all: whoever changes the chain after this changes the version, over which nothing is written.
	cashes, err := tx.ContractCashes(ctx, ids...)
	if err != nil {
		return nil, err
	}
	shipments, err := tx.ShipmentsByContract(ctx, ids...)
	if err != nil {
		return nil, err
	}
	invoices, err := tx.InvoicesByContract(ctx, ids...)
	if err != nil {
		return nil, err
	}
	payments, err := tx.PaymentsByContract(ctx, ids...)
	if err != nil {
		return nil, err
	}
	shipments = overlay(shipments, over, func(s sales.Shipment) sales.ID { return s.ID })
	if l != nil {
		// Only what this piece of work writes, and so guards: what else the ledger read may have been changed by another since, and
		// stands beside where the contract stands only as it is now.
		changed, spent, _ := l.Changed()
		made, received, _ := l.Made()
		for _, ch := range changed {
			made = append(made, ch.After)
		}
		invoices = overlay(invoices, made, func(i sales.Invoice) sales.ID { return i.ID })
		payments = overlay(payments, append(received, spent...), func(p sales.Payment) sales.ID { return p.ID })
	}
	out := make([]sales.ContractChain, len(contracts))
	at := make(map[sales.ID]*sales.ContractChain, len(contracts))
	for k, x := range contracts {
		out[k] = sales.ContractChain{Contract: x, Cash: sales.ContractCash{ContractID: x.ID}}
		at[x.ID] = &out[k]
	}
	for _, s := range cashes {
		at[s.ContractID].Cash = s
	}
	for _, s := range shipments {
		if ch := at[s.ContractID]; ch != nil {
			ch.Shipments = append(ch.Shipments, s)
		}
	}
	for _, i := range invoices {
		if ch := at[i.ContractID]; ch != nil {
			ch.Invoices = append(ch.Invoices, i)
		}
	}
	for _, p := range payments {
		if ch := at[p.ContractID]; ch != nil {
			ch.Payments = append(ch.Payments, p)
		}
	}
	return out, nil
}

// overlay is a list with records that were changed in place of what was read, and new ones at its end. id gives a record's id.
func overlay[R any](list, over []R, id func(R) sales.ID) []R {
	changed := make(map[sales.ID]int, len(over))
	for k, r := range over {
		changed[id(r)] = k
	}
	out := make([]R, 0, len(list)+len(over))
	for _, r := range list {
		if k, ok := changed[id(r)]; ok {
			r = over[k]
			delete(changed, id(r))
		}
		out = append(out, r)
	}
	for k, r := range over {
		if at, ok := changed[id(r)]; ok && at == k {
			out = append(out, r)
		}
	}
	return out
}

// sums computes where contracts stand and writes it.
func (c Cashier) sums(ctx context.Context, tx CashWorkTx, l *sales.Ledger, shipments []sales.Shipment, ids []sales.ID) (map[sales.ID]sales.ContractCash, error) {
	out := map[sales.ID]sales.ContractCash{}
	for part := range slices.Chunk(ids, 200) {
		contracts, err := tx.ContractsByIDs(ctx, part)
		if err != nil {
			return nil, err
		}
		chains, err := c.chains(ctx, tx, l, shipments, contracts)
		if err != nil {
			return nil, err
		}
		for _, ch := range chains {
			s := ch.Sum(c.Tolerance)
			s.UpdatedAt = sales.At(c.Now)
			s.Why = cutRunes(s.Why, 300)
			tx.PutContractCash(s)
			s.Version++
			if s.Colour != ch.Cash.Colour {
				c.colourChanged(tx, ch.Cash, s)
			}
			out[s.ContractID] = s
		}
	}
	return out, nil
}

func (c Cashier) colourChanged(tx CashWorkTx, was, s sales.ContractCash) {
	what := map[sales.Colour]string{sales.Green: "contract.matched", sales.Yellow: "contract.incomplete", sales.Red: "contract.mismatched"}[s.Colour]
	c.audit(tx, what, "contract", s.ContractID, sales.Change{Field: "三单", Old: string(was.Colour), New: string(s.Colour)})
	c.emit(tx, what, "contract", s.ContractID, cashEvent{Contract: s.ContractID, Customer: s.CustomerID, Owner: s.OwnerID, Amount: s.Amount, Open: s.Open})
}
