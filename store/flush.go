package store

import (
	"cmp"
	"fmt"
	"slices"

	"salesflow/store/aggregate"
	"salesflow/store/sales"
)

// A statement carries at most this many rows and values; SQLite takes 32,766 values.
const (
	maxRows   = 500
	maxValues = 30000
)

// flush writes what the units of one transaction have collected. The order is the same for everyone: guards first, then
// changed records by table and id, then new rows by table, so that two transactions seldom wait for each other crosswise.
func (u *unit) flush(txs []*Tx) error {
	for _, tx := range txs {
		tx.dropRepeated()
	}
	if err := u.dropKnown(txs); err != nil {
		return err
	}
	for _, tx := range txs {
		tx.finishCards()
	}
	for _, tx := range txs {
		if err := u.statements(tx.before); err != nil {
			return err
		}
	}
	changes, rows := gather(txs)
	if err := u.updates(changes); err != nil {
		return err
	}
	if err := u.aggregates(txs); err != nil {
		return err
	}
	if err := u.inserts(rows); err != nil {
		return err
	}
	for _, tx := range txs {
		if err := u.statements(tx.after); err != nil {
			return err
		}
	}
	return u.revise(txs)
}

func (u *unit) statements(list []statement) error {
	for _, s := range list {
		res, err := u.q.ExecContext(u.ctx, s.query, s.args...)
		if err != nil {
			return fmt.Errorf("write: %w", err)
		}
		if s.want >= 0 {
			if err := wantRows(res, s.want); err != nil {
				return err
			}
		}
	}
	return nil
}

// gather sorts changed records from new rows.
func gather(txs []*Tx) ([]*change, map[*table][][]any) {
	var changes []*change
	rows := map[*table][][]any{}
	for _, tx := range txs {
		for _, c := range tx.changes {
			if c.insert {
				rows[c.t] = append(rows[c.t], c.row)
			} else {
				changes = append(changes, c)
			}
		}
		for t, list := range tx.rows {
			rows[t] = append(rows[t], list...)
		}
	}
	slices.SortFunc(changes, func(a, b *change) int {
		return cmp.Or(cmp.Compare(a.t.name, b.t.name), cmp.Compare(a.id, b.id))
	})
	return changes, rows
}

func (u *unit) updates(changes []*change) error {
	for _, c := range changes {
		query, args := c.t.update(c.row, c.base)
		res, err := u.q.ExecContext(u.ctx, query, args...)
		if err != nil {
			return fmt.Errorf("update %s %d: %w", c.t.name, c.id, err)
		}
		if err := wantRows(res, 1); err != nil {
			return fmt.Errorf("update %s %d: %w", c.t.name, c.id, err)
		}
	}
	return nil
}

func (u *unit) inserts(rows map[*table][][]any) error {
	tables := make([]*table, 0, len(rows))
	for t := range rows {
		tables = append(tables, t)
	}
	slices.SortFunc(tables, func(a, b *table) int { return cmp.Compare(a.name, b.name) })
	for _, t := range tables {
		for chunk := range slices.Chunk(rows[t], min(maxRows, maxValues/len(t.columns))) {
			args := make([]any, 0, len(chunk)*len(t.columns))
			for _, r := range chunk {
				args = append(args, r...)
			}
			if _, err := u.q.ExecContext(u.ctx, t.insert(u.db.dialect, len(chunk)), args...); err != nil {
				return fmt.Errorf("insert %s: %w", t.name, err)
			}
		}
	}
	return nil
}

// aggregates keeps the daily sums. The opportunities concerned are locked by their guarded update, or new.
func (u *unit) aggregates(txs []*Tx) error {
	var sums aggregate.Sums
	var entries []aggregate.Entry
	for _, tx := range txs {
		for _, o := range tx.amended {
			if tx.changeOf[changeKey{opportunities, int64(o.ID)}].insert {
				continue // its entries are among the new ones
			}
			if err := sums.Amend(u.ctx, u.q, o); err != nil {
				return err
			}
		}
		entries = append(entries, tx.entries...)
	}
	if err := sums.Enter(u.ctx, u.q, entries); err != nil {
		return err
	}
	return sums.Write(u.ctx, u.q, u.db.dialect)
}

// revise writes which master data changed, last of all: the row of the revision is one for everyone, and is locked for
// as short as can be. Since it stays locked until the commit, revisions become visible in their order.
func (u *unit) revise(txs []*Tx) error {
	var changed []masterChange
	org := false
	for _, tx := range txs {
		changed = append(changed, tx.master...)
		org = org || tx.orgChanged
	}
	if len(changed) > 0 {
		if err := u.bump("master"); err != nil {
			return err
		}
		var revision int64
		if err := u.q.GetContext(u.ctx, &revision, "SELECT value FROM revisions WHERE name = 'master'"); err != nil {
			return fmt.Errorf("read revision: %w", err)
		}
		rows := make([][]any, 0, len(changed))
		for _, c := range changed {
			rows = append(rows, []any{revision, c.kind, c.id})
		}
		if err := u.inserts(map[*table][][]any{masterChanges: rows}); err != nil {
			return err
		}
	}
	if org {
		return u.bump("org")
	}
	return nil
}

func (u *unit) bump(name string) error {
	if _, err := u.q.ExecContext(u.ctx, "UPDATE revisions SET value = value + 1 WHERE name = ?", name); err != nil {
		return fmt.Errorf("bump revision: %w", err)
	}
	return nil
}

// lock locks the persons of the calls, in the order of their ids, and reads which events were there before.
func (u *unit) lock(calls []*call) error {
	var persons []sales.PersonID
	var keys []string
	for _, c := range calls {
		if c.work.Person != 0 {
			persons = append(persons, c.work.Person)
		}
		if c.key != "" {
			keys = append(keys, c.key)
		}
	}
	slices.Sort(persons)
	if err := u.lockPersons(persons); err != nil {
		return err
	}
	return u.readInbox(calls, keys)
}

func (u *unit) lockPersons(persons []sales.PersonID) error {
	u.dialogues = make(map[sales.PersonID]sales.Dialogue, len(persons))
	if len(persons) == 0 {
		return nil
	}
	query := "SELECT " + dialogueColumns + " FROM dialogues WHERE person_id IN (" + marks(len(persons)) + ") ORDER BY person_id" +
		u.db.dialect.ForUpdate()
	for range 2 {
		var found []sales.Dialogue
		if err := u.q.SelectContext(u.ctx, &found, query, anys(persons)...); err != nil {
			return fmt.Errorf("lock persons: %w", err)
		}
		for _, d := range found {
			u.dialogues[d.PersonID] = d
		}
		var missing [][]any
		for _, p := range persons {
			if _, ok := u.dialogues[p]; !ok {
				missing = append(missing, newDialogues.row(sales.Dialogue{PersonID: p}))
			}
		}
		if len(missing) == 0 {
			return nil
		}
		if err := u.inserts(map[*table][][]any{newDialogues: missing}); err != nil {
			return err
		}
	}
	return fmt.Errorf("lock persons: %w", errConflict)
}

// readInbox reads which events of the calls are known, and since when events of their senders wait that nobody has tried.
func (u *unit) readInbox(calls []*call, keys []string) error {
	u.inbox = make(map[string]string, len(keys))
	u.waiting = map[string]sales.Instant{}
	if len(keys) == 0 {
		return nil
	}
	var senders []string
	for _, c := range calls {
		if c.key != "" {
			senders = append(senders, senderKey(c.work.Event))
		}
	}
	var found []struct {
		Key   string        `db:"event_key"`
		State string        `db:"state"`
		At    sales.Instant `db:"at"`
	}
	query := "SELECT event_key, state, at FROM inbox WHERE event_key IN (" + marks(len(keys)) + ") UNION ALL " +
		"SELECT sender, '" + inboxWaits + "', MIN(at) FROM inbox WHERE sender IN (" + marks(len(senders)) + ") AND state = 'pending' AND attempts = 0 GROUP BY sender"
	if err := u.q.SelectContext(u.ctx, &found, query, append(anys(keys), anys(senders)...)...); err != nil {
		return fmt.Errorf("read inbox: %w", err)
	}
	for _, f := range found {
		if f.State == inboxWaits {
			u.waiting[f.Key] = f.At
		} else {
			u.inbox[f.Key] = f.State
		}
	}
	return nil
}
