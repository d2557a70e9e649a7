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
	if err := u.closedDays(txs); err != nil {
		return err
	}
	if err := u.brake(txs); err != nil {
		return err
	}
	for _, tx := range txs {
		tx.finishCards()
	}
	uncounted, err := u.uncount(txs)
	if err != nil {
		return err
	}
	for _, tx := range txs {
		if err := u.statements(tx.before); err != nil {
			return err
		}
	}
	if err := u.describe(txs, changed(txs)); err != nil {
		return err
	}
	u.hook(txs)
	changes, rows := gather(txs)
	before, err := u.positions(changes)
	if err != nil {
		return err
	}
	if err := u.updates(changes); err != nil {
		return err
	}
	if err := u.aggregates(txs, before); err != nil {
		return err
	}
	if err := u.inserts(rows); err != nil {
		return err
	}
	if err := u.count(txs, uncounted); err != nil {
		return err
	}
	if err := u.part(txs); err != nil {
		return err
	}
	if err := u.contact(txs); err != nil {
		return err
	}
	if err := u.forgetDays(txs); err != nil {
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
		if s.want < 0 {
			if err := u.s.write(u.ctx, s.query, s.args...); err != nil {
				return fmt.Errorf("write: %w", err)
			}
			continue
		}
		if err := u.guarded(s); err != nil {
			return fmt.Errorf("write: %w", err)
		}
	}
	return nil
}

// guarded does a statement that must reach so many rows. What is queued before it goes first.
func (u *unit) guarded(s statement) error {
	if err := u.s.settle(u.ctx); err != nil {
		return err
	}
	res, err := u.q.ExecContext(u.ctx, s.query, s.args...)
	if err != nil {
		return err
	}
	return wantRows(res, s.want)
}

// changed are the records that are written over, not new.
func changed(txs []*Tx) []*change {
	var out []*change
	for _, tx := range txs {
		for _, c := range tx.changes {
			if !c.insert {
				out = append(out, c)
			}
		}
	}
	return out
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

// updates writes changed records over the versions they were read at, which are sorted by table and id.
func (u *unit) updates(changes []*change) error {
	for len(changes) > 0 {
		t := changes[0].t
		n := slices.IndexFunc(changes, func(c *change) bool { return c.t != t })
		if n < 0 {
			n = len(changes)
		}
		if err := u.updatesOf(t, changes[:n]); err != nil {
			return err
		}
		changes = changes[n:]
	}
	return nil
}

func (u *unit) updatesOf(t *table, changes []*change) error {
	if u.s.many(t, changes) {
		if err := u.s.rewrite(u.ctx, t, changes); err != nil {
			return fmt.Errorf("update %s: %w", t.name, err)
		}
		return nil
	}
	for _, c := range changes {
		query, args := t.update(c.row, c.base)
		if err := u.guarded(statement{query, args, 1}); err != nil {
			return fmt.Errorf("update %s %d: %w", t.name, c.id, err)
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
		list, err := t.folded(rows[t])
		if err != nil {
			return fmt.Errorf("insert %s: %w", t.name, err)
		}
		inOrder(list)
		for chunk := range slices.Chunk(list, min(maxRows, maxValues/len(t.columns))) {
			if err := u.s.insert(u.ctx, t, chunk); err != nil {
				return fmt.Errorf("insert %s: %w", t.name, err)
			}
		}
	}
	return nil
}

// inOrder sorts rows that begin with an id by it: rows that are put at a table's end in order fill its pages, others split them.
func inOrder(rows [][]any) {
	isID := func(row []any) bool { _, ok := row[0].(sales.ID); return ok }
	if len(rows) < 2 || !isID(rows[0]) {
		return
	}
	slices.SortStableFunc(rows, func(a, b []any) int {
		x, _ := a[0].(sales.ID)
		y, _ := b[0].(sales.ID)
		return cmp.Compare(x, y)
	})
}

// aggregates keeps the sums behind the funnel; before is where changed opportunities stood. The opportunities concerned are locked by their guarded update, or new.
func (u *unit) aggregates(txs []*Tx, before []aggregate.Position) error {
	if !slices.ContainsFunc(txs, func(tx *Tx) bool { return len(tx.amended)+len(tx.entries) > 0 }) {
		return nil
	}
	if err := u.s.settle(u.ctx); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	var sums aggregate.Sums
	var entries []aggregate.Entry
	known := map[sales.ID][]sales.Stage{}
	for _, tx := range txs {
		for _, r := range tx.retracted {
			if err := sums.Retract(u.ctx, u.q, r.opportunity, r.stages); err != nil {
				return err
			}
		}
		for _, o := range tx.amended {
			if tx.changeOf[changeKey{opportunities, int64(o.ID)}].insert {
				continue // its entries are among the new ones
			}
			reached, err := sums.Amend(u.ctx, u.q, o)
			if err != nil {
				return err
			}
			known[o.ID] = reached
		}
		for _, e := range tx.entries {
			if !slices.Contains(known[e.OpportunityID], e.Stage) { // another version of its pipeline had the stage, too
				entries = append(entries, e)
			}
		}
		for _, d := range tx.dwells {
			sums.Dwell(d.stage, d.seconds, d.n)
		}
	}
	moved(&sums, before, txs)
	closed(&sums, before, txs, known, entries)
	if err := sums.Enter(u.ctx, u.q, entries); err != nil {
		return err
	}
	return sums.Write(u.ctx, u.q, u.db.dialect)
}

// revise writes which master data changed, last of all: the row of the revision is one for everyone, and is locked for
// as short as can be. Since it stays locked until the commit, revisions become visible in their order.
func (u *unit) revise(txs []*Tx) error {
	var changed []masterChange
	org, rules, setup := false, false, false
	for _, tx := range txs {
		changed = append(changed, tx.master...)
		org, rules, setup = org || tx.orgChanged, rules || tx.rulesChanged, setup || tx.setupChanged
	}
	if setup {
		if err := u.bump("setup"); err != nil {
			return err
		}
	}
	if rules {
		if err := u.bump("rules"); err != nil {
			return err
		}
	}
	if len(changed) > 0 {
		if err := u.bump("master"); err != nil {
			return err
		}
		if err := u.s.settle(u.ctx); err != nil {
			return fmt.Errorf("bump revision: %w", err)
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
	if err := u.s.write(u.ctx, "UPDATE revisions SET value = value + 1 WHERE name = ?", name); err != nil {
		return fmt.Errorf("bump revision: %w", err)
	}
	return nil
}

// lock locks the persons of the calls, in the order of their ids, and then reads which events were there before, which
// wait, and the revisions.
func (u *unit) lock(calls []*call) error {
	var persons []sales.PersonID
	var keys, senders []string
	for _, c := range calls {
		if c.work.Person != 0 {
			persons = append(persons, c.work.Person)
		}
		if c.key != "" {
			keys, senders = append(keys, c.key), append(senders, senderKey(c.work.Event))
		}
	}
	slices.Sort(persons)
	u.dialogues = make(map[sales.PersonID]sales.Dialogue, len(persons))
	u.inbox = make(map[string]string, len(keys))
	u.waiting = map[string]sales.Instant{}
	var list []read
	var locked []sales.Dialogue
	if len(persons) > 0 {
		list = append(list, u.lockOf(persons, &locked))
	}
	var known []inboxState
	var waiting []inboxWaiting
	if len(keys) > 0 {
		list = append(list, knownEvents(keys, &known), waitingEvents(senders, &waiting))
	}
	var revs []revisionRow
	list = append(list, read{revisionRows, nil, &revs})
	if err := u.s.reads(u.ctx, list...); err != nil {
		return fmt.Errorf("lock persons, read inbox: %w", err)
	}
	for _, f := range known {
		u.inbox[f.Key] = f.State
	}
	for _, f := range waiting {
		if since, ok := u.waiting[f.Sender]; !ok || f.At.Before(since.Time) {
			u.waiting[f.Sender] = f.At
		}
	}
	r := revisionsOf(revs)
	u.revisions = &r
	return u.locked(persons, locked)
}

// inboxState is an event that was there before.
type inboxState struct {
	Key   string `db:"event_key"`
	State string `db:"state"`
}

// inboxWaiting is an event that waits and that nobody has tried.
type inboxWaiting struct {
	Sender string        `db:"sender"`
	At     sales.Instant `db:"at"`
}

func knownEvents(keys []string, dest *[]inboxState) read {
	return read{"SELECT event_key, state FROM inbox WHERE event_key IN (" + marks(len(keys)) + ")", anys(keys), dest}
}

func waitingEvents(senders []string, dest *[]inboxWaiting) read {
	query := "SELECT sender, at FROM inbox WHERE sender IN (" + marks(len(senders)) + ") AND state = 'pending' AND attempts = 0"
	return read{query, anys(senders), dest}
}

func (u *unit) lockOf(persons []sales.PersonID, dest *[]sales.Dialogue) read {
	query := "SELECT " + dialogueColumns + " FROM dialogues WHERE person_id IN (" + marks(len(persons)) + ") ORDER BY person_id" +
		u.db.dialect.ForUpdate()
	return read{query, anys(persons), dest}
}

// locked keeps the dialogues of the persons locked. Those who have none get one, which is what is locked.
func (u *unit) locked(persons []sales.PersonID, found []sales.Dialogue) error {
	for range 2 {
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
		if err := cmp.Or(u.inserts(map[*table][][]any{newDialogues: missing}), u.s.settle(u.ctx)); err != nil {
			return fmt.Errorf("lock persons: %w", err)
		}
		found = nil
		if err := u.s.reads(u.ctx, u.lockOf(persons, &found)); err != nil {
			return fmt.Errorf("lock persons: %w", err)
		}
	}
	return fmt.Errorf("lock persons: %w", errConflict)
}
