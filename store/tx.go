package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"

	"salesflow/bot"
	"salesflow/store/aggregate"
	"salesflow/store/dialect"
	"salesflow/store/sales"
)

// unit is one transaction with everything that shares it.
type unit struct {
	db        *DB
	ctx       context.Context
	q         querier
	s         *session                          // q, where the unit writes
	dialogues map[sales.PersonID]sales.Dialogue // of the persons locked
	inbox     map[string]string                 // state of the events that were there before
	waiting   map[string]sales.Instant          // since when an event of a sender waits that nobody has tried
	revisions *Revisions
	asking    asking
	mu        sync.Mutex // held by whoever reads: units run side by side on one connection
	broken    error      // a read found the transaction dead
}

// Tx is one unit of work in a transaction. Reads see what others have committed; writes are kept as values and written
// when the work's function has returned. It implements what handlers and the scheduler need of the store. It is for one
// goroutine.
type Tx struct {
	u      *unit
	call   *call
	work   Work
	person sales.PersonID

	changes    []*change
	changeOf   map[changeKey]*change
	read       map[changeKey]int64 // versions as read, for records that count their versions themselves
	rows       map[*table][][]any
	before     []statement         // done before rows are written
	after      []statement         // done after
	lessDue    map[dueDay]struct{} // from which an invoice was taken: see forgetDays
	days       map[sales.Day]daySum
	held       *sales.Books // as read and locked by this unit
	closesOn   *sales.Day   // until when this unit closes the books
	openedOn   sales.Day    // the last cut-off day of what this unit takes over
	touch      map[string]struct{}
	entries    []aggregate.Entry
	amended    []sales.Opportunity
	retracted  []retraction
	dwells     []stay
	deliveries []pending
	dues       []sales.Due
	cards      map[sales.ID]bot.LiveCard
	cardOrder  []sales.ID
	made       map[sales.ID]struct{} // ids of this unit
	contacted  map[sales.ID]sales.Instant
	recounted  map[sales.ID]struct{} // customers whose completeness may change
	master     []masterChange
	orgChanged bool
	// rulesChanged says that rules were changed, which are kept in memory.
	rulesChanged bool
	// setupChanged says that pipelines or fields were changed, which are kept in memory.
	setupChanged bool
	// emitted are the events of the unit, because the rules that led to each of them; chain are those that lead to what is done now.
	emitted []sales.DomainEvent
	because []string
	chain   string

	claimed   []bot.Delivery
	scheduled []sales.Due
}

type changeKey struct {
	t  *table
	id int64
}

// change is the new state of a record that is guarded by its version.
type change struct {
	changeKey
	insert bool
	base   int64 // the version it is written over
	row    []any
	chain  string // the rules that led to it
}

// statement is a write that is not a row. want is how many rows it must reach, -1 when that does not matter.
type statement struct {
	query string
	args  []any
	want  int64
}

func newTx(u *unit, w Work) *Tx {
	return &Tx{
		u: u, work: w, person: w.Person, changeOf: map[changeKey]*change{}, read: map[changeKey]int64{},
		rows: map[*table][][]any{}, touch: map[string]struct{}{}, cards: map[sales.ID]bot.LiveCard{},
	}
}

// NewID makes an id.
func (tx *Tx) NewID() sales.ID {
	id := tx.u.db.ids.next()
	if tx.made == nil {
		tx.made = map[sales.ID]struct{}{}
	}
	tx.made[id] = struct{}{}
	return id
}

func (tx *Tx) create(t *table, id sales.ID, record any) {
	key := changeKey{t, int64(id)}
	c := &change{changeKey: key, insert: true, row: t.row(record), chain: tx.chain}
	if old := tx.changeOf[key]; old != nil {
		*old = *c
		return
	}
	tx.keep(c)
}

// update writes a record as version+1 over the version it was read at. A record changed before in the same unit keeps
// the guard it had, one created in it stays new.
func (tx *Tx) update(t *table, id sales.ID, version int64, record any) {
	tx.write(t, id, version, version+1, record)
}

func (tx *Tx) write(t *table, id sales.ID, base, version int64, record any) {
	key := changeKey{t, int64(id)}
	row := t.row(record)
	row[t.version] = version
	if old := tx.changeOf[key]; old != nil {
		if was, ok := old.row[t.version].(int64); ok && was >= version {
			row[t.version] = was + 1
		}
		if old.row = row; tx.chain != "" {
			old.chain = tx.chain
		}
		return
	}
	tx.keep(&change{changeKey: key, base: base, row: row, chain: tx.chain})
}

func (tx *Tx) keep(c *change) {
	tx.changes = append(tx.changes, c)
	tx.changeOf[c.changeKey] = c
	tx.touching(c.t.name, fmt.Sprint(c.id))
}

func (tx *Tx) add(t *table, row []any) { tx.rows[t] = append(tx.rows[t], row) }

// touching names something that two units of one transaction must not both change.
func (tx *Tx) touching(parts ...string) { tx.touch[strings.Join(parts, ":")] = struct{}{} }

// overlaps reports whether tx changes what an earlier unit of the transaction does, and marks what it changes if not.
func (tx *Tx) overlaps(touched map[string]struct{}) bool {
	for k := range tx.touch {
		if _, ok := touched[k]; ok {
			return true
		}
	}
	for k := range tx.touch {
		touched[k] = struct{}{}
	}
	return false
}

// dirty reports whether there is anything to write.
func (tx *Tx) dirty() bool {
	return len(tx.changes)+len(tx.rows)+len(tx.before)+len(tx.after)+len(tx.entries)+len(tx.deliveries)+len(tx.dues)+
		len(tx.cards)+len(tx.master)+len(tx.contacted)+len(tx.recounted)+len(tx.emitted) > 0 || tx.orgChanged || tx.rulesChanged || tx.setupChanged
}

// get reads one row. missing is what the person is told when there is none.
func (tx *Tx) get(ctx context.Context, missing string, dest any, query string, args ...any) error {
	err := tx.fail(ctx, func() error { return tx.u.q.GetContext(tx.u.ctx, dest, query, args...) })
	if errors.Is(err, sql.ErrNoRows) {
		return notFound(missing)
	}
	return err
}

// list reads rows.
func (tx *Tx) list(ctx context.Context, dest any, query string, args ...any) error {
	return tx.fail(ctx, func() error { return tx.u.q.SelectContext(tx.u.ctx, dest, query, args...) })
}

// fail runs a read and notes an error after which the transaction cannot go on, whatever the caller makes of it. A read
// is not cut off by its own caller's deadline: that would break the connection the others share. It is refused before.
func (tx *Tx) fail(ctx context.Context, read func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return tx.u.reading(read)
}

// reading runs a read when no other runs.
func (u *unit) reading(read func() error) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	err := read()
	if err != nil && !errors.Is(err, sql.ErrNoRows) && (dialect.Busy(err) || dialect.Lost(err) || errors.Is(err, sql.ErrTxDone)) {
		u.broken = err
	}
	return err
}

func notFound(msg string) error { return &sales.Error{Kind: sales.NotFound, Msg: msg} }

// scopeSQL is the condition that a column is a person in scope.
func scopeSQL(column string, s sales.Scope) (string, []any) {
	switch {
	case s.All:
		return "1 = 1", nil
	case len(s.Persons) == 0:
		return "1 = 0", nil
	}
	return column + " IN (" + marks(len(s.Persons)) + ")", anys(s.Persons)
}

// bound is limit within 1…most; 0 and less is most.
func bound(limit, most int) int {
	if limit <= 0 || limit > most {
		return most
	}
	return limit
}

func wantRows(res sql.Result, want int64) error {
	n, err := res.RowsAffected()
	if err != nil {
		return fmt.Errorf("count rows: %w", err)
	}
	if n != want {
		return errConflict
	}
	return nil
}
