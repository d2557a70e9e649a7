package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"salesflow/store"
	"salesflow/store/sales"
)

// statementMonths is of how many months the customers that moved have statements.
const statementMonths = 12

// months are what each customer was invoiced and paid, by month.
type months struct {
	customers []sales.ID // in the order of their ids
	first     int        // the first month, in months since year 0
	of        [][]monthSum
}

type monthSum struct {
	invoiced, received sales.Money
	moved              bool
}

func monthOf(day sales.Day) int {
	y, m, _ := day.Date()
	return y*12 + int(m) - 1
}

func newMonths(d *data) *months {
	m := &months{customers: d.customer, first: monthOf(d.today.AddDays(-history)), of: make([][]monthSum, len(d.customer))}
	for i := range m.of {
		m.of[i] = make([]monthSum, monthOf(d.today)-m.first+1)
	}
	return m
}

func (m *months) add(customer sales.ID, day sales.Day, invoiced, received sales.Money) {
	i, ok := slices.BinarySearch(m.customers, customer)
	if k := monthOf(day) - m.first; ok && k >= 0 && k < len(m.of[i]) {
		s := &m.of[i][k]
		s.invoiced, s.received, s.moved = s.invoiced+invoiced, s.received+received, true
	}
}

// statements are a customer's of the last months, each of a month in which it was invoiced or paid.
func (d *data) statements(m *months, i int) []sales.Statement {
	var out []sales.Statement
	var open sales.Money
	last := monthOf(d.today) - m.first // this month has no statement yet
	for k, s := range m.of[i][:last] {
		before := open
		open += s.invoiced - s.received
		if !s.moved || k < last-statementMonths {
			continue
		}
		year, month := (m.first+k)/12, time.Month((m.first+k)%12+1)
		made := sales.NewDay(year, month+1, 2).At(9, 30).Add(time.Duration(i%3600) * time.Second)
		rep := i % d.reps
		x := sales.Statement{
			ID: idAt(made.Add(time.Duration(i)*time.Millisecond), visitNode, i), CustomerID: d.customer[i], MonthOn: sales.NewDay(year, month, 1), OwnerID: d.persons[rep],
			Opening: before, Invoiced: s.invoiced, Received: s.received, Closing: open, Theirs: open, State: sales.StatementConfirmed, AnsweredBy: "何会计",
			AnsweredAt: sales.At(made.AddDate(0, 0, 4)), CreatedBy: d.finance, CreatedAt: sales.At(made), SentAt: sales.At(made.Add(time.Hour)),
			MailedTo: mailOf(i), SourceEventID: "load:s", Version: 3,
		}
		switch {
		case i%29 == 5 && open > 0:
			x.State, x.Theirs, x.Difference = sales.StatementDisputed, open*9/10, -open/10
		case k == last-1 && i%4 != 0:
			x.State, x.Theirs, x.AnsweredBy, x.AnsweredAt, x.Version = sales.StatementSent, 0, "", sales.Instant{}, 2
			if i%16 == 1 {
				x.State, x.SentAt, x.MailedTo, x.Version = sales.StatementReady, sales.Instant{}, "", 1
			}
		}
		out = append(out, x)
	}
	return out
}

// mailOf is where a customer's statements go: seven in ten have an address.
func mailOf(i int) string {
	if i%10 >= 7 {
		return ""
	}
	return fmt.Sprintf("cw%06d@example.com", i)
}

func (d *data) billing(i int) sales.Billing {
	return sales.Billing{
		CustomerID: d.customer[i], Title: d.names[i] + "有限公司", TaxNo: usccOf(i), Bank: "工商银行", Account: fmt.Sprintf("12020%014d", i), Mail: mailOf(i), SetBy: d.finance,
		SetAt: sales.At(d.today.AddDays(-600).Start()), Version: 1,
	}
}

// statementFiles loads how customers are billed and their statements.
func (w *world) statementFiles(ctx context.Context, s size, d *data, m *months) error {
	billing, statement := columnsOf[sales.Billing](), columnsOf[sales.Statement]()
	err := w.load(ctx, s, "customer_billing", billing.names, func(b []byte, i int) []byte {
		if mailOf(i) == "" && i%3 == 0 {
			return b
		}
		x := d.billing(i)
		return billing.add(b, &x)
	}, s.customers)
	if err != nil {
		return err
	}
	return w.load(ctx, s, "statements", statement.names, func(b []byte, i int) []byte {
		for _, x := range d.statements(m, i) {
			b = statement.add(b, &x)
		}
		return b
	}, s.customers)
}

// erpOrder is what a signed contract became in the ERP: as far as its shipments and invoices are, one in four hundred with figures of
// its own, and now and then one that the ERP does not take or does not answer.
func (d *data) erpOrder(l *life) sales.ERPOrder {
	at := l.c.CreatedAt.Add(3 * time.Hour)
	o := sales.ERPOrder{
		ContractID: l.c.ID, No: fmt.Sprintf("SO%07d", l.i), State: sales.OrderAccepted, Seq: 1, Amount: l.c.Amount, SentAt: sales.At(at), SaidAt: sales.At(at.Add(time.Hour)), Version: 2,
	}
	if len(l.ships) == 0 {
		if l.age(l.i) < 2 {
			o.State, o.No, o.Seq, o.Amount, o.SaidAt, o.Version = sales.OrderSent, "", 0, 0, sales.Instant{}, 1
		}
		return o
	}
	s := l.chain().Sum(tolerance)
	o.State, o.Seq, o.Version, o.Shipped, o.Invoiced = sales.OrderShipped, 3, 4, s.ShippedAmount, s.Invoiced
	o.SaidAt = sales.At(l.at.Add(time.Hour))
	switch {
	case s.Paid >= l.c.Amount && s.Invoiced >= l.c.Amount:
		o.State = sales.OrderClosed
	case s.Invoiced > 0:
		o.State = sales.OrderInvoiced
	}
	switch l.i % 400 {
	case 17:
		o.Amount += sales.Wan
	case 117:
		o.Invoiced /= 2
	case 217:
		o.State, o.Shipped, o.Invoiced, o.Note = sales.OrderRejected, 0, 0, "客户编码没找到"
	case 317:
		o.State, o.No, o.Seq, o.Amount, o.Shipped, o.Invoiced, o.SaidAt = sales.OrderSent, "", 0, 0, 0, 0, sales.Instant{}
	}
	return o
}

// known are four facts of a customer, as far as they are known.
func (d *data) known(i int) []sales.Detail {
	at := sales.At(d.today.AddDays(-300+i%290).At(10, 0))
	var out []sales.Detail
	for k, f := range []struct{ field, value string }{
		{sales.FieldBudget, "50万–200万"}, {sales.FieldDecision, "使用科室提,设备科评,院长拍板"}, {sales.FieldCycle, "每年"}, {sales.FieldTech, "迈锐 BC-5000 两台,2021 年装"},
	} {
		x := sales.Detail{
			ID: idAt(at.Add(time.Duration(i)*time.Millisecond), visitNode, i*4+k), CustomerID: d.customer[i], Field: f.field, Value: f.value, ConfirmedAt: at,
			ConfirmedBy: d.persons[i%d.reps], Version: 1,
		}
		if (i/d.reps+k*3)%11 == 0 {
			x.Value = "" // asked, and not answered
		}
		out = append(out, x)
	}
	return out
}

// facts loads what is known of customers, and has it counted.
func (w *world) facts(ctx context.Context, s size, d *data) error {
	fact := columnsOf[sales.Detail]()
	err := w.load(ctx, s, "customer_facts", fact.names, func(b []byte, i int) []byte {
		for _, x := range d.known(i) {
			b = fact.add(b, &x)
		}
		return b
	}, s.customers)
	if err != nil {
		return err
	}
	db, err := w.open(ctx, s.database)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	_, err = db.RecountCompleteness(ctx)
	return err
}

// usccOf is a customer's credit code: three in four have one.
func usccOf(i int) string {
	if i%4 == 0 {
		return ""
	}
	return fmt.Sprintf("9133060%011d", i)
}

// checkStatements compares statements with what the store computes from the papers.
func (w *world) checkStatements(ctx context.Context, s size, d *data, m *months) error {
	db, err := w.open(ctx, s.database)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	return db.View(ctx, func(ctx context.Context, tx *store.Tx) error {
		for i := 0; i < s.customers; i += max(s.customers/100, 1) {
			for _, x := range d.statements(m, i) {
				got, err := tx.StatementFigures(ctx, x.MonthOn, x.MonthOn.AddMonths(1).AddDays(-1), x.CustomerID)
				if err != nil {
					return err
				}
				if f := got[x.CustomerID]; f.Opening != x.Opening || f.Invoiced != x.Invoiced || f.Received != x.Received {
					return fmt.Errorf("the statement of customer %d of %s says %+v, its papers %+v", x.CustomerID, x.MonthOn, x, f)
				}
			}
		}
		return nil
	})
}
