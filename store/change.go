package store

import (
	"database/sql/driver"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"salesflow/store/sales"
)

// watching says that changes of the records are told to the rules: kind is the subject kind of their events, columns what
// is compared. Every change of one of them is in the data of an event, whoever makes it: see describe.
func (t *table) watching(kind, columns string) *table {
	t.kind = kind
	for _, c := range split(columns) {
		i := slices.Index(t.columns, c)
		if i < 0 {
			panic(t.name + " has no column " + c)
		}
		t.watched = append(t.watched, i)
	}
	watchedTables = append(watchedTables, t)
	return t
}

// Watched are the columns whose changes are in the data of events, by the kind of record.
func Watched() map[string][]string {
	out := map[string][]string{}
	for _, t := range watchedTables {
		for _, i := range t.watched {
			out[t.kind] = append(out[t.kind], t.columns[i])
		}
	}
	return out
}

// watchedTables are the tables that tell of changes.
var watchedTables []*table

// recordOf names a record as events do.
type recordOf struct {
	kind string
	id   sales.ID
}

// describe writes into the events of the units what changed: the old and the new values of watched columns, and the rules
// that caused it. A change that has no event gets one, "<kind>.created" or "<kind>.changed". Of several events about a
// record the first has the change.
func (u *unit) describe(txs []*Tx, changes []*change) error {
	before, err := u.before(changes)
	if err != nil {
		return err
	}
	for _, tx := range txs {
		told := map[recordOf]sales.EventData{}
		var order []recordOf
		for _, c := range tx.changes {
			if c.t.kind == "" {
				continue
			}
			d, ok := c.diff(before)
			if key := (recordOf{c.t.kind, sales.ID(c.id)}); ok {
				d.Chain = c.chain
				told[key], order = d, append(order, key)
			}
		}
		tx.tell(told, order)
	}
	return nil
}

// before reads the watched records that are about to change, as they are.
func (u *unit) before(changes []*change) (map[changeKey][]any, error) {
	ids := map[*table][]any{}
	var order []*table
	for _, c := range changes {
		if c.t.kind == "" {
			continue
		}
		if ids[c.t] == nil {
			order = append(order, c.t)
		}
		ids[c.t] = append(ids[c.t], c.id)
	}
	if len(order) == 0 {
		return nil, nil
	}
	var list []read
	var from []*table
	for _, t := range order {
		for chunk := range slices.Chunk(ids[t], maxRows) {
			query := "SELECT " + strings.Join(t.columns, ", ") + " FROM " + t.name + " WHERE " + t.columns[0] + " IN (" + marks(len(chunk)) + ")"
			list = append(list, read{query, chunk, reflect.New(reflect.SliceOf(t.typ)).Interface()})
			from = append(from, t)
		}
	}
	if err := u.s.reads(u.ctx, list...); err != nil {
		return nil, fmt.Errorf("read what changes: %w", err)
	}
	out := map[changeKey][]any{}
	for i, r := range list {
		rows := reflect.ValueOf(r.dest).Elem()
		for j := range rows.Len() {
			row := from[i].row(rows.Index(j).Interface())
			id, _ := row[0].(sales.ID)
			out[changeKey{from[i], int64(id)}] = row
		}
	}
	return out, nil
}

// diff is what a change does to the watched columns; ok is false when it leaves them as they are.
func (c *change) diff(before map[changeKey][]any) (d sales.EventData, ok bool) {
	old := before[c.changeKey]
	if c.insert {
		old = nil
	}
	d.New = map[string]string{}
	if old != nil {
		d.Old = map[string]string{}
	}
	for _, i := range c.t.watched {
		now, was := plain(c.row[i]), ""
		if old != nil {
			was = plain(old[i])
		}
		if now == was {
			continue
		}
		d.New[c.t.columns[i]] = now
		if old != nil {
			d.Old[c.t.columns[i]] = was
		}
	}
	return d, c.insert || len(d.New) > 0
}

// plain is a value as events have it: short, and never a text somebody wrote.
func plain(v any) string {
	if valuer, ok := v.(driver.Valuer); ok {
		x, err := valuer.Value()
		if err != nil {
			return ""
		}
		v = x
	}
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Int, reflect.Int64, reflect.Int32:
		if r.Int() == 0 {
			return ""
		}
		return fmt.Sprint(r.Int())
	case reflect.Bool:
		if r.Bool() {
			return "1"
		}
		return ""
	case reflect.String:
		return clip(r.String(), 64)
	}
	return ""
}

// tell puts changes into the unit's events, and adds events for those that have none.
func (tx *Tx) tell(told map[recordOf]sales.EventData, order []recordOf) {
	for i := range tx.emitted {
		e := &tx.emitted[i]
		key := recordOf{e.SubjectKind, e.SubjectID}
		d := told[key]
		delete(told, key)
		if chain := tx.because[i]; chain != "" {
			d.Chain = chain
		}
		e.Data = d.Into(e.Data)
	}
	for _, key := range order {
		d, left := told[key]
		if !left {
			continue
		}
		delete(told, key)
		what := ".changed"
		if d.Old == nil {
			what = ".created"
		}
		tx.emitted = append(tx.emitted, sales.DomainEvent{
			ID: tx.NewID(), At: sales.At(tx.u.db.now()), Kind: key.kind + what, SubjectKind: key.kind, SubjectID: key.id,
			PersonID: tx.person, Data: d.Into(""),
		})
	}
	for _, e := range tx.emitted {
		tx.add(events, events.row(e))
		tx.add(eventQueue, []any{e.ID})
	}
	tx.emitted, tx.because = nil, nil
}

// Because says that a rule is behind what this unit does from now on: chain are the ids of the rules that led to it, with commas,
// and empty when it is over. The changes and events of that time carry it, since a unit does the work of many rules.
func (tx *Tx) Because(chain string) { tx.chain = chain }
