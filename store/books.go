package store

import (
	"context"
	"fmt"
	"slices"

	"salesflow/store/sales"
)

const closingColumns = `
	id,
	month_on,
	act,
	invoiced,
	credited,
	received,
	invoices,
	payments,
	loose,
	loose_amount,
	reason,
	person_id,
	at,
	source_event_id`

var (
	bookState    = tableOf[sales.Books]("book_state", "id, closed_on, opened_on, version")
	bookClosings = tableOf[sales.Closing]("book_closings", closingColumns)
)

// theBooks is the id of the one row that says until when the books are closed.
const theBooks sales.ID = 1

// Books reads until which day the books are closed. Whoever closes or opens them holds them first: others wait until this transaction
// has ended.
func (tx *Tx) Books(ctx context.Context, hold bool) (sales.Books, error) {
	query := "SELECT id, closed_on, opened_on, version FROM book_state WHERE id = ?"
	if hold {
		query += tx.u.db.dialect.ForUpdate()
	}
	var b sales.Books
	err := tx.get(ctx, "", &b, query, theBooks)
	if err == nil && hold {
		tx.held = &b
	}
	return b, err
}

// PutBooks writes until which day the books are closed, over the version it was read at.
func (tx *Tx) PutBooks(b sales.Books) {
	tx.update(bookState, b.ID, b.Version, b)
	tx.closesOn = &b.ClosedOn
}

// AddClosing keeps a closing or reopening of a month.
func (tx *Tx) AddClosing(c sales.Closing) { tx.create(bookClosings, c.ID, c) }

// Closings lists closings and reopenings, the newest first; of one month, when one is given.
func (tx *Tx) Closings(ctx context.Context, month sales.Day, limit int) ([]sales.Closing, error) {
	cond, args := "1 = 1", []any{}
	if !month.IsZero() {
		cond, args = "month_on = ?", append(args, month)
	}
	var out []sales.Closing
	err := tx.list(ctx, &out, "SELECT "+closingColumns+" FROM book_closings WHERE "+cond+" ORDER BY id DESC LIMIT ?", append(args, bound(limit, 100))...)
	return out, err
}

// Booking reads, in one statement, until which day the books are closed and which statements from a month on customers have confirmed.
// With hold the books stay as they are until this transaction has ended: who files into a month that may be closed needs that.
func (tx *Tx) Booking(ctx context.Context, hold bool, from sales.Day, customers ...sales.ID) (sales.Books, []sales.Statement, error) {
	var rows []struct {
		sales.Books
		Statement sales.ID  `db:"statement_id"`
		Customer  sales.ID  `db:"customer_id"`
		Month     sales.Day `db:"month_on"`
	}
	query, args := "SELECT b.id, b.closed_on, b.opened_on, b.version, 0 AS statement_id, 0 AS customer_id, NULL AS month_on FROM book_state b WHERE b.id = ?", []any{}
	if len(customers) > 0 {
		query = `SELECT b.id, b.closed_on, b.opened_on, b.version, COALESCE(s.id, 0) AS statement_id, COALESCE(s.customer_id, 0) AS customer_id, s.month_on
			FROM book_state b LEFT JOIN statements s ON s.customer_id IN (` + marks(len(customers)) + `) AND s.month_on >= ? AND s.state = 'confirmed' WHERE b.id = ?`
		args = append(anys(customers), from)
	}
	if hold {
		query += tx.u.db.dialect.ForUpdate()
	}
	if err := tx.list(ctx, &rows, query, append(args, theBooks)...); err != nil {
		return sales.Books{}, nil, err
	}
	if len(rows) == 0 {
		return sales.Books{}, nil, notFound("")
	}
	if hold {
		tx.held = &rows[0].Books
	}
	var confirmed []sales.Statement
	for _, r := range rows {
		if r.Statement != 0 {
			confirmed = append(confirmed, sales.Statement{ID: r.Statement, CustomerID: r.Customer, MonthOn: r.Month})
		}
	}
	return rows[0].Books, confirmed, nil
}

// opened notes the cut-off day of what is taken over from before.
func (tx *Tx) opened(source string, cut sales.Day) {
	if source != sales.CashFromOpening || !cut.After(tx.openedOn) {
		return
	}
	tx.openedOn = cut
	tx.after = append(tx.after, statement{
		"UPDATE book_state SET opened_on = ?, version = version + 1 WHERE id = ? AND (opened_on IS NULL OR opened_on < ?)", []any{cut, theBooks, cut}, -1,
	})
	tx.touching("book_state", theBooks.String())
}

// daySum is what a unit adds to the sums of a day, of all people together.
type daySum struct{ invoiced, credited, received, invoices, payments int64 }

// moved counts what a unit changes of a day's sums.
func (tx *Tx) moved(day sales.Day, d daySum) {
	if tx.days == nil {
		tx.days = map[sales.Day]daySum{}
	}
	s := tx.days[day]
	tx.days[day] = daySum{s.invoiced + d.invoiced, s.credited + d.credited, s.received + d.received, s.invoices + d.invoices, s.payments + d.payments}
}

// firstMoved is the first day whose sums a unit changes; no day when it changes none. What only goes from one person to another changes
// none.
func (tx *Tx) firstMoved() (first sales.Day) {
	for day, s := range tx.days {
		if s != (daySum{}) && (first.IsZero() || day.Before(first)) {
			first = day
		}
	}
	return first
}

// closedDays lets no unit change a sum of a closed day, whatever way it came: handlers refuse that in words before. One that closes
// the books shares its transaction with none that changes a day it closes, since neither has seen the other.
func (u *unit) closedDays(txs []*Tx) error {
	open := sales.AlwaysOpen(u.db.now())
	var closing *sales.Day
	var old []*Tx
	for _, tx := range txs {
		if tx.closesOn != nil {
			closing = tx.closesOn
		}
		if first := tx.firstMoved(); !first.IsZero() && first.Before(open) {
			old = append(old, tx)
		}
	}
	if len(old) == 0 {
		return nil
	}
	if closing != nil && len(txs) > 1 {
		return errConflict
	}
	var books *sales.Books
	for _, tx := range old {
		if tx.held != nil {
			books = tx.held
		}
	}
	if books == nil {
		var list []sales.Books
		query := "SELECT id, closed_on, opened_on, version FROM book_state WHERE id = ?" + u.db.dialect.ForUpdate()
		if err := u.s.reads(u.ctx, read{query, []any{theBooks}, &list}); err != nil {
			return fmt.Errorf("read closed days: %w", err)
		}
		if len(list) == 0 {
			return nil // before the migration that makes it
		}
		books = &list[0]
	}
	k := slices.IndexFunc(old, func(tx *Tx) bool { return books.Closed(tx.firstMoved()) })
	if k < 0 {
		return nil
	}
	return &sales.Error{
		Kind: sales.Conflict, Msg: old[k].firstMoved().Chinese() + "已经关账了,没有记。改记在 " + books.ClosedOn.AddDays(1).Chinese() + " 以后的日子。", Err: sales.ErrClosed,
	}
}
