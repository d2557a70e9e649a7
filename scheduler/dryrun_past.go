package scheduler

import (
	"context"
	"slices"
	"time"

	"salesflow/scheduler/rules"
	"salesflow/scheduler/subject"
	"salesflow/store/sales"
)

// former is what watched columns were before a change.
type former struct {
	at  time.Time
	old map[string]string
}

// tracedChange is a change of a field as the trace tells of it.
type tracedChange struct {
	at         time.Time
	field, old string
}

// past is what a dry run knows of what records were before, as far as its rule's conditions ask for it.
type past struct {
	org *sales.Org
	// columns are what is asked for, by the subject kind of the records, names what the trace calls it.
	columns, names map[string][]string
	// whole says that the changes of a record from its first one matter.
	whole bool
	// refs are the fields through which conditions look at other records.
	refs []*rules.Field
	// begun is when the trail begins: of what was before nothing is told.
	begun time.Time
	// known are the records whose changes were read, of the referred ones and, but for rules about states, of the rule's own.
	known map[sales.ID]bool
	of    map[sales.ID][]former
	trace map[sales.ID][]tracedChange
	// todays are the fields whose values had to be taken as they are now.
	todays map[string]bool
}

// newPast finds what the conditions of a rule ask for.
func (t *replay) newPast(ctx context.Context) (*past, error) {
	p := &past{
		org: t.at.Org, columns: map[string][]string{}, names: map[string][]string{}, known: map[sales.ID]bool{},
		of: map[sales.ID][]former{}, trace: map[sales.ID][]tracedChange{}, todays: map[string]bool{},
	}
	own := t.rule.Object
	ask := func(e rules.Expr) {
		for _, f := range rules.ReadsOf(e) {
			if f.Via == nil {
				p.ask(own, f.Field.Key)
				continue
			}
			p.ask(own, f.Via.Key)
			if to := t.r.Desk.Book.Registry.Object(f.Via.Ref); to != nil {
				p.ask(to, f.Field.Key)
			}
			if !slices.Contains(p.refs, f.Via) {
				p.refs = append(p.refs, f.Via)
			}
		}
	}
	ask(t.rule.If)
	for _, c := range t.cases() {
		ask(c.If)
	}
	var err error
	if p.begun, err = t.tx.TrailBegun(ctx); err == nil && p.begun.IsZero() {
		p.begun = t.out.To
	}
	return p, err
}

// ask notes that a field of an object is asked for.
func (p *past) ask(o *subject.Object, key string) {
	column, needs, names, whole := o.Before(key)
	if column == "" {
		column = o.Watched(key) // of a reference
	}
	if column != "" && !slices.Contains(p.columns[o.Subject], column) {
		p.columns[o.Subject] = append(p.columns[o.Subject], column)
	}
	p.whole = p.whole || whole
	for _, n := range names {
		if !slices.Contains(p.names[o.Subject], n) {
			p.names[o.Subject] = append(p.names[o.Subject], n)
		}
	}
	for _, n := range needs {
		p.ask(o, n)
	}
}

// note keeps what a change did away with, of the columns that matter.
func (p *past) note(e sales.DomainEvent, d sales.EventData) {
	var old map[string]string
	for _, c := range p.columns[e.SubjectKind] {
		if was, changed := d.Old[c]; changed {
			if old == nil {
				old = map[string]string{}
			}
			old[c] = was
		}
	}
	if old != nil {
		p.of[e.SubjectID] = append(p.of[e.SubjectID], former{e.At.Time, old})
	}
}

// oldOf is what the columns of a record that have changed since were at a moment.
func (p *past) oldOf(id sales.ID, at time.Time) map[string]string {
	var out map[string]string
	for _, f := range p.of[id] { // in the order in which they came: the first after the moment has what it was
		if !f.at.After(at) {
			continue
		}
		for column, was := range f.old {
			if out == nil {
				out = map[string]string{}
			}
			if _, known := out[column]; !known {
				out[column] = was
			}
		}
	}
	return out
}

// value is a field's value at a moment; name is what it is called where it had to be taken as it is now.
func (p *past) value(rec *subject.Record, key string, at time.Time, old map[string]string, name string) rules.Value {
	now := rec.Field(key)
	column, needs, names, whole := rec.Object.Before(key)
	was, changed := old[column]
	switch {
	case rec.Object.Stays(key):
		return now
	case len(needs) > 0:
		values := make(map[string]rules.Value, len(needs))
		for _, n := range needs {
			values[n] = p.value(rec, n, at, old, name)
		}
		return rec.As(sales.DayOf(at), values).Field(key)
	case whole && changed:
		return p.since(rec, column, at)
	case changed && column != "":
		if v, ok := rec.Object.Past(key, was, p.org); ok {
			return v
		}
	}
	if text, ok := p.traced(rec.ID, names, at); ok {
		if v, ok := rec.Object.Reads(key, text, p.org); ok {
			return v
		}
		changed = true
	}
	told := column != "" || len(names) > 0
	if changed || !told || at.Before(p.begun) && rec.Made().Before(at) {
		p.todays[name] = true
	}
	return now
}

// since is the day of the last change of a column up to a moment, which was changed again later; without one it is the record's first.
func (p *past) since(rec *subject.Record, column string, at time.Time) rules.Value {
	last := rec.Made()
	for _, f := range p.of[rec.ID] {
		if _, changed := f.old[column]; changed && !f.at.After(at) && f.at.After(last) {
			last = f.at
		}
	}
	return subject.DayValue(last)
}

// traced is what the trace says a field was that has changed since a moment.
func (p *past) traced(id sales.ID, names []string, at time.Time) (string, bool) {
	for _, c := range p.trace[id] {
		if c.at.After(at) && slices.Contains(names, c.field) {
			return c.old, true
		}
	}
	return "", false
}

// maxChanges bounds the changes that are read in one go, chunkPast the records.
const (
	maxChanges = 5000
	chunkPast  = 250
)

// recall reads what records were in the time that is looked at, of those that were not asked for before. Own says that the records are the
// rule's and not read already; those they refer to are read in any case.
func (t *replay) recall(ctx context.Context, recs []*subject.Record, own bool) error {
	since := t.out.From.Add(-t.reach())
	if t.past.whole {
		since = time.Time{}
	}
	want := map[string][]sales.ID{}
	add := func(kind string, id sales.ID) {
		if id != 0 && len(t.past.columns[kind])+len(t.past.names[kind]) > 0 && !t.past.known[id] {
			t.past.known[id] = true
			want[kind] = append(want[kind], id)
		}
	}
	for _, rec := range recs {
		if own || t.past.whole || len(t.past.names[rec.Object.Subject]) > 0 {
			add(rec.Object.Subject, rec.ID)
		}
		for _, via := range t.past.refs {
			if to := rec.Ref(via.Key); to != nil {
				add(to.Object.Subject, to.ID)
			}
		}
	}
	for kind, ids := range want {
		slices.Sort(ids)
		for chunk := range slices.Chunk(ids, chunkPast) {
			if len(t.past.columns[kind]) > 0 {
				if err := t.recallOf(ctx, kind, chunk, since); err != nil {
					return err
				}
			}
			if len(t.past.names[kind]) > 0 {
				if err := t.recallTrace(ctx, kind, chunk, since); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// recallOf reads the changes of some records.
func (t *replay) recallOf(ctx context.Context, kind string, ids []sales.ID, since time.Time) error {
	return inHalves(t, ids, func(ids []sales.ID) ([]sales.DomainEvent, error) {
		return t.tx.ChangesOf(ctx, kind, ids, since, maxChanges)
	},
		func(e sales.DomainEvent) { t.past.note(e, e.Changes()) })
}

// recallTrace reads what the trace says of some records.
func (t *replay) recallTrace(ctx context.Context, kind string, ids []sales.ID, since time.Time) error {
	return inHalves(t, ids, func(ids []sales.ID) ([]sales.AuditEntry, error) {
		return t.tx.TraceOf(ctx, kind, ids, since, maxChanges)
	},
		func(e sales.AuditEntry) {
			for _, c := range e.Changes {
				if slices.Contains(t.past.names[kind], c.Field) {
					t.past.trace[e.SubjectID] = append(t.past.trace[e.SubjectID], tracedChange{e.At.Time, c.Field, c.Old})
				}
			}
		})
}

// inHalves reads something of records and notes it, of half of them at a time where it is more than one reading brings.
func inHalves[R any](t *replay, ids []sales.ID, read func([]sales.ID) ([]R, error), note func(R)) error {
	list, err := read(ids)
	if err != nil {
		return err
	}
	if len(list) == maxChanges {
		if len(ids) == 1 {
			return errEnough
		}
		half := len(ids) / 2
		if err := inHalves(t, ids[:half], read, note); err != nil {
			return err
		}
		return inHalves(t, ids[half:], read, note)
	}
	for _, r := range list {
		note(r)
	}
	if t.seen += len(list); t.seen > replayEvents {
		return errEnough
	}
	return nil
}

// pastRecord is a record as it was at a moment, as far as events tell, and those it refers to.
type pastRecord struct {
	*subject.Record
	past *past
	at   time.Time
	old  map[string]string
}

// Value implements rules.Record.
func (p pastRecord) Value(via, f *rules.Field) rules.Value {
	if via == nil {
		return p.past.value(p.Record, f.Key, p.at, p.old, f.Name)
	}
	name := via.Name + "." + f.Name
	to := p.Ref(via.Key)
	if _, moved := p.old[p.Object.Watched(via.Key)]; moved || to == nil { // it was another record's then
		if moved {
			p.past.todays[name] = true
		}
		return p.Record.Value(via, f)
	}
	return p.past.value(to, f.Key, p.at, p.past.oldOf(to.ID, p.at), name)
}

// Today implements rules.Dated.
func (p pastRecord) Today() sales.Day { return sales.DayOf(p.at) }

// then is a record as it was at a moment.
func (t *replay) then(rec *subject.Record, at time.Time) pastRecord {
	return pastRecord{Record: rec, past: t.past, at: at, old: t.past.oldOf(rec.ID, at)}
}

// held reports whether the rule's conditions held for a record at a moment.
func (t *replay) held(rec *subject.Record, at time.Time) bool {
	return t.rule.If == nil || rules.Holds(t.rule.If, t.then(rec, at))
}
