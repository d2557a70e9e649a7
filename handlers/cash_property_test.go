package handlers_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"salesflow/handlers"
	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

// till is a company whose money is filed, moved, credited, returned and taken back in any order, deliveries repeated.
type till struct {
	*bench
	rnd  *rand.Rand
	last func()
	deed string
	n    int64
}

const (
	oneContract sales.ID = 9001 + iota
	twoContract
	otherContract
)

func newTill(t *testing.T, seed uint64) *till {
	t.Helper()
	return newTillOn(t, storetest.SQLite(t), seed)
}

// paymentOf is the number of the payment of an amount, the last of several.
func (c *till) paymentOf(amount sales.Money) (no string) {
	for _, p := range c.books().payments {
		if p.Amount == amount {
			no = p.No
		}
	}
	return no
}

// invoiceOf is the number of the invoice of an amount, the last of several.
func (c *till) invoiceOf(amount sales.Money) (no string) {
	for _, i := range c.books().invoices {
		if i.Amount == amount {
			no = i.No
		}
	}
	return no
}

func newTillOn(t *testing.T, sw *storetest.World, seed uint64) *till {
	t.Helper()
	w := newBenchOn(t, sw, func(s *handlers.Settings) {
		s.Cash = handlers.CashSettings{Tolerance: sales.DefaultTolerance, TermDays: 30, StatementDiff: 5, OpeningQuiet: 30}
	})
	signed := sales.At(w.Now().AddDate(0, -2, 0))
	w.write(func(tx *store.Tx) {
		for _, c := range []sales.Contract{
			{ID: oneContract, No: "HT2026-018", CustomerID: shaoxing, OwnerID: zhoumin, TeamID: 2, Amount: 50 * sales.Wan},
			{ID: twoContract, No: "HT2026-019", CustomerID: shaoxing, OwnerID: zhoumin, TeamID: 2, Amount: 30 * sales.Wan},
			{ID: otherContract, No: "HT2026-020", CustomerID: ningbo, OwnerID: liqiang, TeamID: 2, Amount: 40 * sales.Wan},
		} {
			c.State, c.CreatedAt, c.Version = sales.ContractApproved, signed, 1
			c.PrepayPercent, c.PaymentDays, c.DeliveryDays, c.DiscountPercent = -1, -1, -1, -1
			tx.CreateContract(c)
		}
		// What was open before the bot came: a cut-off day in the month before.
		cut := sales.NewDay(2026, 2, 28)
		tx.CreateInvoice(sales.Invoice{
			ID: 9101, No: "FP2026-901", Kind: sales.InvoiceNormal, ContractID: twoContract, CustomerID: shaoxing, OwnerID: zhoumin, TeamID: 2, Amount: 8 * sales.Wan,
			Open: 8 * sales.Wan, IssuedOn: cut, DueOn: cut.AddDays(30), Source: sales.CashFromOpening, Auto: sales.AutoWaits, State: sales.InvoiceOpen, Version: 1,
		})
		tx.CreatePayment(sales.Payment{
			ID: 9102, No: "HK2026-901", ContractID: twoContract, CustomerID: shaoxing, OwnerID: zhoumin, TeamID: 2, Payer: "绍兴市立医院", Amount: 3 * sales.Wan,
			Left: 3 * sales.Wan, ReceivedOn: cut, Source: sales.CashFromOpening, Auto: sales.AutoWaits, State: sales.PaymentOpen, Version: 1,
		})
	})
	return &till{bench: w, rnd: rand.New(rand.NewPCG(seed, seed))}
}

// books are all rows of money there are.
type books struct {
	invoices    []sales.Invoice
	payments    []sales.Payment
	allocations []sales.Allocation
	figures     map[sales.ID]sales.StatementFigures
	cash        []sales.ContractCash
	open        sales.Receivable
	moved       sales.CashSum
}

func (c *till) books() books {
	return read(c.bench, func(ctx context.Context, tx *store.Tx) (b books, err error) {
		all, today := sales.Scope{All: true}, sales.DayOf(c.Now())
		if b.invoices, err = tx.InvoiceRows(ctx, sales.CashFilter{Scope: all}, 0, 500); err != nil {
			return b, err
		}
		if b.payments, err = tx.PaymentRows(ctx, sales.CashFilter{Scope: all}, 0, 500); err != nil {
			return b, err
		}
		ids := make([]sales.ID, len(b.payments))
		for k, p := range b.payments {
			ids[k] = p.ID
		}
		if b.allocations, err = tx.AllocationsOfPayments(ctx, ids...); err != nil {
			return b, err
		}
		if b.figures, err = tx.StatementFigures(ctx, sales.NewDay(2026, 3, 1), today, shaoxing, ningbo); err != nil {
			return b, err
		}
		if b.cash, err = tx.CashOfCustomers(ctx, shaoxing, ningbo); err != nil {
			return b, err
		}
		if b.open, err = tx.ReceivableSum(ctx, all, today); err != nil {
			return b, err
		}
		b.moved, err = tx.CashBetween(ctx, all, sales.NewDay(2020, 1, 1), today)
		return b, err
	})
}

func (c *till) amount() string {
	c.n++ // no two are the same: what may be the same money is asked about
	fen := int64(pick(c.rnd, 100_00, 50_000, 499_99, 500_00, 500_01, 120_000_00, 30_000_00, 77_777_77)) + c.n
	return fmt.Sprintf("%d.%02d元", fen/100, fen%100)
}

func (c *till) sayAs(p sales.PersonID, text string) {
	c.deed = c.org.Name(p) + " says " + text
	c.say(p, text)
	c.last = func() { c.events--; c.say(p, text) }
}

func nos[T any](list []T, no func(T) string) []string {
	out := []string{"无"}
	for _, x := range list {
		out = append(out, no(x))
	}
	return out
}

// step does one thing.
func (c *till) step() {
	b := c.books()
	contract := pick(c.rnd, "HT2026-018", "HT2026-018", "HT2026-019", "HT2026-020")
	fp := pick(c.rnd, nos(b.invoices, func(i sales.Invoice) string { return i.No })...)
	hk := pick(c.rnd, nos(b.payments, func(p sales.Payment) string { return p.No })...)
	by := pick(c.rnd, wutong, wutong, wutong, zhoumin, liqiang)
	day := pick(c.rnd, "", "", " 昨天", " 2月20日")
	switch c.rnd.IntN(16) {
	case 0, 1, 2:
		c.sayAs(by, "开票 "+contract+" "+c.amount()+day)
	case 3, 4:
		c.sayAs(by, "回款 "+contract+" "+c.amount()+day)
	case 5:
		c.sayAs(by, "回款 "+pick(c.rnd, "绍兴市立医院", "宁波市立医院", "谁也不认识的商行")+" "+c.amount()+day)
	case 6:
		c.sayAs(wutong, "红冲 "+fp+" "+c.amount()+" 退货")
	case 7:
		c.sayAs(wutong, "红冲 "+fp+" 开错了")
	case 8:
		c.sayAs(by, "认款 "+hk+" "+pick(c.rnd, fp, contract, "绍兴市立医院", "宁波市立医院", fp+" "+pick(c.rnd, nos(b.invoices, func(i sales.Invoice) string { return i.No })...)))
	case 9:
		c.sayAs(by, "撤销认款 "+hk)
	case 10, 11:
		c.sayAs(by, "撤销")
	case 12:
		c.sayAs(by, "发货 "+contract+" 1台 5万")
	case 13:
		c.sayAs(by, "退货 "+contract+" 1台 "+c.amount()+" 坏了")
	case 14:
		c.advance(time.Duration(c.rnd.IntN(40)) * time.Minute)
		c.deed = "time passes"
	default:
		if c.last != nil {
			c.deed = "again: " + c.deed
			c.last()
		}
	}
}

// check holds every sum against one made of the rows alone.
func (c *till) check(seed uint64, n int) {
	c.t.Helper()
	b := c.books()
	fail := func(format string, args ...any) {
		c.t.Helper()
		c.t.Fatalf("seed %d, step %d, after %s: "+format, append([]any{seed, n, c.deed}, args...)...)
	}
	paid, used, credited := map[sales.ID]sales.Money{}, map[sales.ID]sales.Money{}, map[sales.ID]sales.Money{}
	customer, contract := map[sales.ID]sales.Money{}, map[sales.ID]sales.Money{}
	openOf := map[sales.ID]sales.Money{}
	var open sales.Receivable
	var moved sales.CashSum
	for _, a := range b.allocations {
		if a.State == sales.AllocationActive {
			paid[a.InvoiceID] += a.Amount
			used[a.PaymentID] += a.Amount
		}
	}
	for _, i := range b.invoices {
		sign := sales.Money(1)
		if i.Kind == sales.InvoiceCredit {
			credited[i.CreditOf] += i.Amount
			sign = -1
			moved.Credited += i.Amount
		} else if i.Source != sales.CashFromOpening { // that is of no day
			moved.Invoiced += i.Amount
		}
		customer[i.CustomerID] += sign * i.Amount
		contract[i.ContractID] += sign * i.Amount
	}
	left := map[sales.ID]sales.Money{}
	for _, i := range b.invoices {
		if i.Kind == sales.InvoiceCredit {
			continue
		}
		if i.Paid != paid[i.ID] || i.Credited != credited[i.ID] || i.Open != i.Amount-i.Paid-i.Credited || i.Open < 0 || (i.State == sales.InvoiceOpen) != (i.Open > 0) {
			fail("%s: %+v, paid %d, credited %d", i.No, i, paid[i.ID], credited[i.ID])
		}
		left[i.CustomerID] += i.Open
		openOf[i.ContractID] += i.Open
		if i.Open > 0 {
			open.Count++
			open.Open += i.Open
			if i.OverdueDays(sales.DayOf(c.Now())) > 0 {
				open.OverdueCount++
				open.Overdue += i.Open
			}
		}
	}
	for _, p := range b.payments {
		if p.Used != used[p.ID] || p.Left != p.Amount-p.Used || p.Left < 0 {
			fail("%s: %+v, used %d", p.No, p, used[p.ID])
		}
		customer[p.CustomerID] -= p.Amount
		left[p.CustomerID] -= p.Left
		if p.Source != sales.CashFromOpening {
			moved.Received += p.Amount
		}
	}
	for id, f := range b.figures {
		closing := f.Opening + f.Invoiced - f.Received
		if closing != customer[id] || closing != left[id] {
			fail("the statement of %d closes with %d; its papers come to %d, what is open to %d", id, closing, customer[id], left[id])
		}
	}
	for _, s := range b.cash {
		if s.Invoiced != contract[s.ContractID] || s.Open != openOf[s.ContractID] || s.Open < 0 {
			fail("%s: %+v, papers come to %d, open is %d", s.No, s, contract[s.ContractID], openOf[s.ContractID])
		}
	}
	if b.open != open {
		fail("what is open is kept as %+v, is %+v", b.open, open)
	}
	if b.moved.Invoiced != moved.Invoiced || b.moved.Credited != moved.Credited || b.moved.Received != moved.Received {
		fail("what moved is kept as %+v, is %+v", b.moved, moved)
	}
}

// Whatever is done with money in whatever order, by whom and how often it is delivered: every sum that is kept is the sum of its rows.
func TestMoneyAddsUpWhateverIsDone(t *testing.T) {
	t.Parallel()
	seeds, steps := uint64(6), 60
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			c := newTill(t, seed)
			for n := range steps {
				c.step()
				c.check(seed, n)
			}
			if b := c.books(); len(b.invoices) < 4 || len(b.payments) < 3 {
				t.Errorf("little happened: %d invoices, %d payments", len(b.invoices), len(b.payments))
			}
		})
	}
}
