package handlers

import (
	"context"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/store/sales"
)

// BooksTx reads and writes until which day the books are closed.
type BooksTx interface {
	// Books reads it; with hold others wait until this transaction has ended.
	Books(ctx context.Context, hold bool) (sales.Books, error)
	PutBooks(b sales.Books)
	AddClosing(c sales.Closing)
	// Closings lists closings and reopenings, the newest first; of one month, when one is given.
	Closings(ctx context.Context, month sales.Day, limit int) ([]sales.Closing, error)
	// Booking reads until when the books are closed, and which statements from a month on customers have confirmed, in one statement.
	Booking(ctx context.Context, hold bool, from sales.Day, customers ...sales.ID) (sales.Books, []sales.Statement, error)
}

// movedBy is what a ledger moves: what it made, took back and gave to another customer.
func movedBy(invoices []sales.LedgerChange, payments []sales.Payment, before map[sales.ID]sales.Payment, newInvoices []sales.Invoice, newPayments []sales.Payment) []sales.Moved {
	var out []sales.Moved
	for _, ch := range invoices {
		if ch.After.State == sales.InvoiceUndone && ch.Before.State != sales.InvoiceUndone {
			out = append(out, sales.MovedInvoice(sales.MovedGone, ch.Before))
		}
	}
	for _, p := range payments {
		was := before[p.ID]
		switch {
		case !p.Counts() && was.Counts():
			out = append(out, sales.MovedPayment(sales.MovedGone, was))
		case p.CustomerID != was.CustomerID:
			out = append(out, sales.MovedPayment(sales.MovedGiven, was), sales.MovedPayment(sales.MovedGiven, p))
		}
	}
	for _, i := range newInvoices {
		out = append(out, sales.MovedInvoice(sales.MovedMade, i))
	}
	for _, p := range newPayments {
		out = append(out, sales.MovedPayment(sales.MovedMade, p))
	}
	return out
}

// Booked refuses what would change a closed month, and has confirmed statements looked at that it changes. It costs one read, and none
// when it is of today and of no customer.
func (c Cashier) Booked(ctx context.Context, tx CashWorkTx, moved []sales.Moved) error {
	var first sales.Day
	var customers []sales.ID
	hold := false
	for _, m := range moved {
		if m.Day.IsZero() {
			continue
		}
		if first.IsZero() || m.Day.Before(first) {
			first = m.Day
		}
		hold = hold || m.Deed != sales.MovedGiven && m.Day.Before(sales.AlwaysOpen(c.Now))
		if m.Customer != 0 {
			customers = append(customers, m.Customer)
		}
	}
	slices.Sort(customers)
	if customers = slices.Compact(customers); first.IsZero() || !hold && len(customers) == 0 {
		return nil
	}
	var looked []sales.ID
	for k := 0; k == 0 || k < len(customers); k += maxBooked {
		b, confirmed, err := tx.Booking(ctx, hold, sales.FirstOf(first), customers[k:min(k+maxBooked, len(customers))]...)
		if err != nil {
			return err
		}
		for _, m := range moved {
			if m.Deed != sales.MovedGiven && b.Closed(m.Day) {
				return closedBooks(m, b, c.today())
			}
		}
		for _, s := range confirmed {
			if slices.ContainsFunc(moved, func(m sales.Moved) bool { return m.Customer == s.CustomerID && !m.Day.After(s.LastDay()) }) && !slices.Contains(looked, s.ID) {
				looked = append(looked, s.ID)
				c.lookAtStatement(tx, s.ID)
			}
		}
	}
	return nil
}

// maxBooked is of how many customers statements are looked for at a time.
const maxBooked = 200

// lookAtStatement has a confirmed statement compared with what its month has come to by now.
func (c Cashier) lookAtStatement(tx CashWorkTx, id sales.ID) {
	tx.Schedule(sales.Due{
		ID: tx.NewID(), Kind: sales.DueStatementAltered, SubjectKind: "statement", SubjectID: id, Slot: tx.NewID().String(), DueAt: sales.At(c.Now), State: sales.DuePending,
	})
}

// lookAtStatements has all confirmed statements of customers compared, whose papers become another customer's.
func (c Cashier) lookAtStatements(ctx context.Context, tx CashWorkTx, customers ...sales.ID) error {
	_, confirmed, err := tx.Booking(ctx, false, sales.NewDay(2000, 1, 1), customers...)
	for _, s := range confirmed {
		c.lookAtStatement(tx, s.ID)
	}
	return err
}

// closedBooks says why something cannot be filed or taken back any more, and what can be done.
func closedBooks(m sales.Moved, b sales.Books, today sales.Day) error {
	day := dateSaid(m.Day, today)
	why := day + "已经关账(关到 " + dateSaid(b.ClosedOn, today) + "),没有记。"
	does := map[string]string{"payment": "到账", "invoice": "开", "credit": "红冲"}[m.Kind]
	switch {
	case m.Deed == sales.MovedMade:
		why += "改记在 " + dateSaid(b.ClosedOn.AddDays(1), today) + " 以后的日子,不写就是今天;"
	case m.Kind == "invoice":
		why = m.No + " 是 " + day + does + "的,那个月已经关账,撤不了。要冲掉就记在今天:红冲 " + m.No + " 原因;"
	default:
		why = m.No + " 是 " + day + does + "的,那个月已经关账,撤不了。"
	}
	return &sales.Error{Kind: sales.Conflict, Msg: why + "一定要动那个月,由总监或管理员先开账:" + reopening(m.Day, b, today) + "。", Err: sales.ErrClosed}
}

// reopening is what is said to open a day's month again: the last closed month first.
func reopening(day sales.Day, b sales.Books, today sales.Day) string {
	last := "反关账 " + monthSaid(b.Month(), today) + " 原因"
	if sales.FirstOf(day) == b.Month() {
		return last
	}
	return last + ",这样从后往前一直开到 " + monthSaid(sales.FirstOf(day), today)
}

// firstOpen is the day on which something is filed that other systems tell: what comes from outside must not be lost, so that what is
// dated into a closed month is filed on the first open day. note says so; it is empty for what stays as it came.
func (a *App) firstOpen(ctx context.Context, t bot.Turn, tx Tx, day sales.Day) (on sales.Day, note string, err error) {
	if t.Person.ID != 0 || !day.Before(sales.AlwaysOpen(t.Now)) {
		return day, "", nil
	}
	b, err := tx.Books(ctx, true)
	if err != nil || !b.Closed(day) {
		return day, "", err
	}
	return b.ClosedOn.AddDays(1), t.Person.Name + "写的是 " + day.String() + ",那个月已关账", nil
}

// tellRedated tells finance of something from outside that was filed on another day than it came with.
func (a *App) tellRedated(ctx context.Context, t bot.Turn, subject, what string, customer sales.ID, said, on sales.Day) bot.Reply {
	to := financeOf(t)
	if len(to) == 0 {
		return bot.Reply{}
	}
	name := ""
	if book, err := a.Names.Book(ctx); err == nil {
		name = book.Customer(customer) + "的"
	}
	text := t.Person.Name + "送来" + name + what + ",写的是 " + dateSaid(said, t.Today) + ",那个月已经关账,记在 " + dateSaid(on, t.Today) + "。要记回去:总监或管理员先 反关账 " +
		monthSaid(sales.FirstOf(said), t.Today) + " 原因,再撤销重记。"
	return bot.Reply{Say: []bot.Say{{To: to, Subject: subject, Kind: bot.DeliverPush, Slot: "redated", Push: true, Out: bot.Outgoing{Text: text}}}}
}

// sumMark stands for a month's figures on a button, so that nobody closes what he has not seen.
func sumMark(c sales.Closing) int64 {
	var h int64 = 17
	for _, n := range []int64{int64(c.Invoiced), int64(c.Credited), int64(c.Received), c.Invoices, c.Payments} {
		h = (h*1_000_003 + n) % 2_147_483_647
	}
	return h
}

// reasonIn is the reason behind a month, bounded.
func reasonIn(rest string) string { return cutRunes(strings.Join(strings.Fields(bare(rest)), " "), 80) }
