package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"

	"salesflow/store/approval"
	"salesflow/store/sales"
)

// looseShare is one invoice without contract, and one payment nobody knows the customer of, for so many contracts.
const looseShare = 200

// tableLoad is a table that is loaded, with so many records of a kind.
type tableLoad struct {
	table, columns string
	line           func(b []byte, i int) []byte
}

// cash loads contracts with their approvals, shipments, invoices, payments and what of the one went to the other. Each table
// plays the lives of all contracts anew, which takes less than keeping them. Two tables are loaded side by side.
func (w *world) cash(ctx context.Context, s size, d *data) error {
	sums := newCashSums(d)
	var lanes sync.WaitGroup
	var errs [2]error
	for k, lane := range [][]tableLoad{d.moneyTables(sums), d.paperTables()} {
		lanes.Go(func() {
			for _, l := range lane {
				if errs[k] = w.load(ctx, s, l.table, l.columns, l.line, s.contracts); errs[k] != nil {
					return
				}
			}
		})
	}
	lanes.Wait()
	if err := errors.Join(errs[:]...); err != nil {
		return err
	}
	if err := w.writeSums(ctx, s, sums); err != nil {
		return err
	}
	if err := w.statementFiles(ctx, s, d, sums.months); err != nil {
		return err
	}
	return w.checkStatements(ctx, s, d, sums.months)
}

// moneyTables are invoices and payments, which are counted in the sums, and where contracts stand.
func (d *data) moneyTables(sums *cashSums) []tableLoad {
	invoice, payment, cash := columnsOf[sales.Invoice](), columnsOf[sales.Payment](), columnsOf[sales.ContractCash]()
	return []tableLoad{
		{"invoices", invoice.names, func(b []byte, i int) []byte {
			for _, x := range d.invoices(i) {
				sums.invoice(x)
				b = invoice.add(b, &x)
			}
			return b
		}},
		{"payments", payment.names, func(b []byte, i int) []byte {
			for _, x := range d.payments(i) {
				sums.payment(x)
				b = payment.add(b, &x)
			}
			return b
		}},
		{"contract_cash", cash.names, func(b []byte, i int) []byte {
			if x, ok := d.standing(i); ok {
				b = cash.add(b, &x)
			}
			return b
		}},
	}
}

func (d *data) paperTables() []tableLoad {
	contract, request, order := columnsOf[sales.Contract](), columnsOf[approval.Request](), columnsOf[sales.ERPOrder]()
	ship, allocation := columnsOf[sales.Shipment](), columnsOf[sales.Allocation]()
	return []tableLoad{
		{"contracts", contract.names, func(b []byte, i int) []byte { c := d.contract(i); return contract.add(b, &c) }},
		{"requests", request.names, func(b []byte, i int) []byte { r := d.request(i); return request.add(b, &r) }},
		{"erp_orders", order.names, func(b []byte, i int) []byte {
			if l := d.life(i); l.c.State == sales.ContractApproved {
				o := d.erpOrder(l)
				b = order.add(b, &o)
			}
			return b
		}},
		{"request_approvers", "person_id, request_id", d.approver},
		{"shipments", ship.names, func(b []byte, i int) []byte {
			for _, x := range d.life(i).ships {
				b = ship.add(b, &x)
			}
			return b
		}},
		{"payment_refs", "bank_ref, payment_id", func(b []byte, i int) []byte {
			for _, x := range d.payments(i) {
				if x.BankRef != "" {
					b = fmt.Appendf(b, "%s\t%d\n", x.BankRef, x.ID)
				}
			}
			return b
		}},
		{"allocations", allocation.names, func(b []byte, i int) []byte {
			for _, x := range d.life(i).ledger.Allocations {
				x.Version = 1
				b = allocation.add(b, &x)
			}
			return b
		}},
	}
}

func (d *data) approver(b []byte, i int) []byte {
	if d.waits(i) {
		b = fmt.Appendf(b, "%d\t%d\n", d.director, d.contract(i).RequestID)
	}
	return b
}

// standing is where a contract stands, if anything happened to it.
func (d *data) standing(i int) (sales.ContractCash, bool) {
	l := d.life(i)
	if len(l.ships)+len(l.ledger.Invoices)+len(l.ledger.Payments) == 0 {
		return sales.ContractCash{}, false
	}
	s := l.chain().Sum(tolerance)
	s.ERP, s.UpdatedAt, s.Version = d.erpOrder(l).Text(), sales.At(l.at), 1
	return s, true
}

// invoices are those of a contract, credit notes among them, and now and then one of no contract.
func (d *data) invoices(i int) []sales.Invoice {
	l := d.life(i)
	out := append(l.ledger.Invoices, l.notes...)
	if i%looseShare != 11 {
		return out
	}
	at := l.c.CreatedAt.Time
	open := d.amount(i)
	x := sales.Invoice{
		ID: idAt(at, looseNode, i), No: fmt.Sprintf("FP%d-%07d", at.Year(), 9000000+i), Kind: sales.InvoiceNormal, CustomerID: l.c.CustomerID,
		OwnerID: l.c.OwnerID, TeamID: l.c.TeamID, Amount: open, Open: open, IssuedOn: sales.DayOf(at), DueOn: sales.DayOf(at).AddDays(paymentTerm),
		Source: sales.CashFromImport, Auto: sales.AutoDone, State: sales.InvoiceOpen, CreatedBy: d.finance, CreatedAt: sales.At(at),
		SourceEventID: fmt.Sprintf("load:f%d", i), Version: 1,
	}
	if d.age(i) > 60 { // settled by a payment of before
		x.Paid, x.Open, x.State, x.SettledOn = x.Amount, 0, sales.InvoiceSettled, x.DueOn
	}
	return append(out, x)
}

// payments are those of a contract, and now and then one nobody knows the customer of.
func (d *data) payments(i int) []sales.Payment {
	l := d.life(i)
	out := l.ledger.Payments
	at := l.c.CreatedAt.Time
	rep, _ := d.buyer(i)
	switch {
	case i%looseShare == 11 && d.age(i) > 60:
		x := d.loosePayment(i, at)
		x.CustomerID, x.OwnerID, x.TeamID, x.State = l.c.CustomerID, d.persons[rep], l.c.TeamID, sales.PaymentMatched
		x.Used, x.Left = x.Amount, 0
		return append(out, x)
	case i%looseShare == 12 && d.age(i) <= 60:
		return append(out, d.loosePayment(i, at))
	}
	return out
}

func (d *data) loosePayment(i int, at time.Time) sales.Payment {
	return sales.Payment{
		ID: idAt(at, looseNode, 2048+i), No: fmt.Sprintf("HK%d-%07d", at.Year(), 9000000+i), Payer: "某某贸易" + d.names[i%len(d.names)], Amount: d.amount(i),
		Left: d.amount(i), ReceivedOn: sales.DayOf(at), BankRef: fmt.Sprintf("GX%014d", i), Source: sales.CashFromImport, Auto: sales.AutoDone,
		State: sales.PaymentOpen, CreatedBy: d.finance, CreatedAt: sales.At(at), SourceEventID: fmt.Sprintf("load:p%d", i), Version: 1,
	}
}

// cashSums are the sums the store keeps with each invoice and payment.
type cashSums struct {
	receivable map[ownerDay][2]int64 // open_count, open_amount by due day
	cash       map[ownerDay][5]int64 // invoiced, credited, received, invoices, payments
	months     *months
}

type ownerDay struct {
	owner sales.PersonID
	day   sales.Day
}

func newCashSums(d *data) *cashSums {
	return &cashSums{map[ownerDay][2]int64{}, map[ownerDay][5]int64{}, newMonths(d)}
}

func (c *cashSums) invoice(i sales.Invoice) {
	if i.State == sales.InvoiceOpen && i.Kind == sales.InvoiceNormal {
		k := ownerDay{i.OwnerID, i.DueOn}
		v := c.receivable[k]
		c.receivable[k] = [2]int64{v[0] + 1, v[1] + int64(i.Open)}
	}
	k := ownerDay{i.OwnerID, i.IssuedOn}
	v := c.cash[k]
	if i.Kind == sales.InvoiceCredit {
		c.months.add(i.CustomerID, i.IssuedOn, -i.Amount, 0)
		v[1] += int64(i.Amount)
	} else {
		c.months.add(i.CustomerID, i.IssuedOn, i.Amount, 0)
		v[0] += int64(i.Amount)
		v[3]++
	}
	c.cash[k] = v
}

func (c *cashSums) payment(p sales.Payment) {
	c.months.add(p.CustomerID, p.ReceivedOn, 0, p.Amount)
	k := ownerDay{p.OwnerID, p.ReceivedOn}
	v := c.cash[k]
	v[2] += int64(p.Amount)
	v[4]++
	c.cash[k] = v
}

func (w *world) writeSums(ctx context.Context, s size, c *cashSums) error {
	var rows, days []string
	for k, v := range c.receivable {
		rows = append(rows, fmt.Sprintf("%d\t%s\t%d\t%d\n", k.owner, k.day, v[0], v[1]))
	}
	for k, v := range c.cash {
		days = append(days, fmt.Sprintf("%s\t%d\t%d\t%d\t%d\t%d\t%d\n", k.day, k.owner, v[0], v[1], v[2], v[3], v[4]))
	}
	text := func(list []string) func(b []byte, i int) []byte {
		return func(b []byte, i int) []byte { return append(b, list[i]...) }
	}
	if err := w.load(ctx, s, "receivable_days", "owner_id, due_on, open_count, open_amount", text(rows), len(rows)); err != nil {
		return err
	}
	return w.load(ctx, s, "cash_days", "day, owner_id, invoiced, credited, received, invoices, payments", text(days), len(days))
}

// checkCash compares what was loaded with what the records say: the kept sums as the store keeps them, and of some contracts
// where they stand as the handlers compute it.
func (w *world) checkCash(ctx context.Context, s size) error {
	q, err := w.connect(s.database)
	if err != nil {
		return err
	}
	defer func() { _ = q.Close() }()
	for what, query := range cashChecks {
		var wrong int
		if err := q.GetContext(ctx, &wrong, query); err != nil {
			return fmt.Errorf("check %s: %w", what, err)
		}
		if wrong != 0 {
			return fmt.Errorf("%s: %d rows are not what the records say", what, wrong)
		}
	}
	return checkChains(ctx, q)
}

// cashChecks count rows that are wrong.
var cashChecks = map[string]string{
	"receivable_days": `SELECT COUNT(*) FROM (
		SELECT owner_id, due_on, SUM(n) AS n, SUM(a) AS a FROM (
			SELECT owner_id, due_on, open_count AS n, open_amount AS a FROM receivable_days
			UNION ALL SELECT owner_id, due_on, -1, -open_amount FROM invoices WHERE state = 'open' AND kind = 'invoice'
		) x GROUP BY owner_id, due_on HAVING n <> 0 OR a <> 0) y`,
	"cash_days": `SELECT COUNT(*) FROM (
		SELECT day, owner_id, SUM(i) AS i, SUM(c) AS c, SUM(r) AS r FROM (
			SELECT day, owner_id, invoiced AS i, credited AS c, received AS r FROM cash_days
			UNION ALL SELECT issued_on, owner_id, CASE kind WHEN 'invoice' THEN -amount ELSE 0 END, CASE kind WHEN 'credit' THEN -amount ELSE 0 END, 0 FROM invoices
			UNION ALL SELECT received_on, owner_id, 0, 0, -amount FROM payments
		) x GROUP BY day, owner_id HAVING i <> 0 OR c <> 0 OR r <> 0) y`,
	"invoices": "SELECT COUNT(*) FROM invoices WHERE kind = 'invoice' AND (open_amount <> amount - credited - paid OR open_amount < 0 OR (state = 'open') <> (open_amount > 0))",
	"payments": "SELECT COUNT(*) FROM payments WHERE left_amount <> amount - used OR left_amount < 0 OR (state = 'open') <> (left_amount > 0)",
	"what payments paid": `SELECT COUNT(*) FROM (SELECT p.id FROM payments p JOIN allocations a ON a.payment_id = p.id AND a.state = 'active'
		WHERE p.contract_id <> 0 AND p.id % 97 = 0 GROUP BY p.id, p.used HAVING SUM(a.amount) <> p.used) x`,
	"what invoices got": `SELECT COUNT(*) FROM (SELECT i.id FROM invoices i JOIN allocations a ON a.invoice_id = i.id AND a.state = 'active'
		WHERE i.contract_id <> 0 AND i.id % 97 = 0 GROUP BY i.id, i.paid HAVING SUM(a.amount) <> i.paid) x`,
}

// checkChains computes where contracts stand from their rows, some three hundred of them spread over all.
func checkChains(ctx context.Context, q *sqlx.DB) error {
	var ids []sales.ID
	if err := q.SelectContext(ctx, &ids, "SELECT contract_id FROM contract_cash ORDER BY contract_id"); err != nil {
		return err
	}
	for k := 0; k < len(ids); k += max(len(ids)/300, 1) {
		ch := sales.ContractChain{}
		for _, part := range []struct {
			dest  any
			query string
		}{
			{&ch.Contract, "SELECT " + columnsOf[sales.Contract]().names + " FROM contracts WHERE id = ?"},
			{&ch.Cash, "SELECT " + columnsOf[sales.ContractCash]().names + " FROM contract_cash WHERE contract_id = ?"},
		} {
			if err := q.GetContext(ctx, part.dest, part.query, ids[k]); err != nil {
				return err
			}
		}
		for _, part := range []struct {
			dest  any
			query string
		}{
			{&ch.Shipments, "SELECT " + columnsOf[sales.Shipment]().names + " FROM shipments WHERE contract_id = ? ORDER BY id"},
			{&ch.Invoices, "SELECT " + columnsOf[sales.Invoice]().names + " FROM invoices WHERE contract_id = ? ORDER BY id"},
			{&ch.Payments, "SELECT " + columnsOf[sales.Payment]().names + " FROM payments WHERE contract_id = ? ORDER BY id"},
		} {
			if err := q.SelectContext(ctx, part.dest, part.query, ids[k]); err != nil {
				return err
			}
		}
		if got := ch.Sum(tolerance); got != ch.Cash {
			return fmt.Errorf("contract %s stands at %+v, its records say %+v", ch.Contract.No, ch.Cash, got)
		}
	}
	return nil
}
