package store

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"salesflow/store/dialect"
	"salesflow/store/sales"
)

// fewRows is up to how many changed records of a table are updated one by one.
const fewRows = 4

// many reports whether changed records of a table can be written together: on MySQL, and when each becomes the next version.
func (s *session) many(t *table, changes []*change) bool {
	return s.tx == nil && t.atOnce && t.version >= 0 && len(changes) > fewRows &&
		!slices.ContainsFunc(changes, func(c *change) bool { v, ok := c.row[t.version].(int64); return !ok || v != c.base+1 })
}

// rewrite writes changed records over the versions they were read at, as many in a statement as fit. Of a record that has another
// version or is gone the statement tells by its count, which is a conflict; the transaction then must not be committed.
//
// The rows are inserted, which their keys forbid, and written over instead. MySQL counts 2 for a row that was changed so, and 1 for
// one that was new or that, with CLIENT_FOUND_ROWS, stayed as it is
// (https://mariadb.com/kb/en/insert-on-duplicate-key-update/).
func (s *session) rewrite(ctx context.Context, t *table, changes []*change) error {
	if err := s.settle(ctx); err != nil {
		return err
	}
	rows := make([][]any, len(changes))
	for k, c := range changes {
		rows[k] = c.row
	}
	for len(rows) > 0 {
		text, left, err := t.appendRewrite((*s.text)[:0], rows[:min(len(rows), maxRows)], maxPacket)
		if err != nil {
			return err
		}
		*s.text = text
		res, err := s.ExecContext(ctx, s.taken())
		if err != nil {
			return err
		}
		n := min(len(rows), maxRows) - len(left)
		if err := wantRows(res, 2*int64(n)); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// appendRewrite appends the statement that writes rows over the ones with their ids and the versions before theirs, up to the row
// that makes it longer than most bytes, and returns the rows that are left.
func (t *table) appendRewrite(b []byte, rows [][]any, most int) (text []byte, left [][]any, err error) {
	if b, left, err = t.appendRows(b, rows, make([]bool, len(t.columns)), most); err != nil {
		return b, left, err
	}
	id := t.columns[0]
	guard := "IF(" + id + " = VALUES(" + id + ") AND version = VALUES(version) - 1, "
	b = append(b, " ON DUPLICATE KEY UPDATE "...)
	for i, c := range t.columns {
		if i > 0 && i != t.version && !slices.Contains(t.fixed, c) {
			b = append(b, c+" = "+guard+"VALUES("+c+"), "+c+"), "...)
		}
	}
	// They are assigned from left to right: the version the others look at comes last.
	return append(b, "version = "+guard+"VALUES(version), version)"...), left, nil
}

// folded adds up rows of a table of sums that have the same key, so that each row of it is written once, in the order of the keys:
// two transactions do not wait for each other crosswise.
func (t *table) folded(rows [][]any) ([][]any, error) {
	if len(rows) < 2 || len(t.add) == 0 || len(t.keys)+len(t.add) != len(t.columns) {
		return rows, nil
	}
	type keyed struct {
		key string
		row []any
	}
	var out []keyed
	at := make(map[string]int, len(rows))
	var key []byte
	for _, row := range rows {
		key = key[:0]
		for i, c := range t.columns {
			if !slices.Contains(t.keys, c) {
				continue
			}
			var err error
			if key, err = dialect.AppendValue(append(key, ','), row[i]); err != nil {
				return nil, err
			}
		}
		if k, ok := at[string(key)]; ok && t.sum(out[k].row, row) {
			continue
		}
		at[string(key)] = len(out)
		out = append(out, keyed{string(key), slices.Clone(row)})
	}
	slices.SortStableFunc(out, func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
	list := make([][]any, len(out))
	for k, x := range out {
		list[k] = x.row
	}
	return list, nil
}

// sum adds the sums of a row to those of another of the same key, unless they are no whole numbers.
func (t *table) sum(to, row []any) bool {
	whole := func(v any) bool { return reflect.ValueOf(v).CanInt() }
	for i, c := range t.columns {
		if slices.Contains(t.add, c) && !(whole(to[i]) && whole(row[i])) {
			return false
		}
	}
	for i, c := range t.columns {
		if slices.Contains(t.add, c) {
			to[i] = reflect.ValueOf(to[i]).Int() + reflect.ValueOf(row[i]).Int()
		}
	}
	return true
}

// dueDay is a row of receivable_days.
type dueDay struct {
	owner sales.PersonID
	due   sales.Day
}

// forgetDays removes the days among those from which invoices were taken on which nothing is open any more.
func (u *unit) forgetDays(txs []*Tx) error {
	var days []dueDay
	for _, tx := range txs {
		for day := range tx.lessDue {
			days = append(days, day)
		}
	}
	slices.SortFunc(days, func(a, b dueDay) int { return cmp.Or(cmp.Compare(a.owner, b.owner), a.due.Compare(b.due)) })
	for part := range slices.Chunk(slices.Compact(days), 100) {
		var args []any
		for _, day := range part {
			args = append(args, day.owner, day.due)
		}
		which := strings.TrimSuffix(strings.Repeat("owner_id = ? AND due_on = ? OR ", len(part)), " OR ")
		query := "DELETE FROM receivable_days WHERE (" + which + ") AND open_count = 0 AND open_amount = 0"
		if err := u.s.write(u.ctx, query, args...); err != nil {
			return fmt.Errorf("forget days: %w", err)
		}
	}
	return nil
}
