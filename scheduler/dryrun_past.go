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

// past is what a dry run knows of what records were before, as far as its rule's conditions ask for it.
type past struct {
	org *sales.Org
	// columns are what is asked for, by the subject kind of the records.
	columns map[string][]string
	// refs are the fields through which conditions look at other records.
	refs []*rules.Field
	// begun is when the trail begins: of what was before nothing is told.
	begun time.Time
	// known are the records whose changes were read, of the referred ones and, but for rules about states, of the rule's own.
	known map[sales.ID]bool
	of    map[sales.ID][]former
	// todays are the fields whose values had to be taken as they are now.
	todays map[string]bool
}

// newPast finds what the conditions of a rule ask for.
func (t *replay) newPast(ctx context.Context) (*past, error) {
	p := &past{
		org: t.at.Org, columns: map[string][]string{}, known: map[sales.ID]bool{},
		of: map[sales.ID][]former{}, todays: map[string]bool{},
	}
	own := t.rule.Object
	add := func(subject, column string) {
		if column != "" && !slices.Contains(p.columns[subject], column) {
			p.columns[subject] = append(p.columns[subject], column)
		}
	}
	ask := func(e rules.Expr) {
		for _, f := range rules.ReadsOf(e) {
			if f.Via == nil {
				add(own.Subject, own.Watched(f.Field.Key))
				continue
			}
			add(own.Subject, own.Watched(f.Via.Key))
			if to := t.r.Desk.Book.Registry.Object(f.Via.Ref); to != nil {
				add(to.Subject, to.Watched(f.Field.Key))
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

// value is a field's value at a moment. What the trail does not tell is as it is now, and is noted.
func (p *past) value(rec *subject.Record, f *rules.Field, at time.Time, old map[string]string, name string) rules.Value {
	was, changed := old[rec.Object.Watched(f.Key)]
	switch {
	case rec.Object.Stays(f.Key):
	case changed:
		if v, ok := rec.Object.Past(f.Key, was, p.org); ok {
			return v
		}
		p.todays[name] = true
	case !f.Told, at.Before(p.begun) && rec.Made().Before(at):
		p.todays[name] = true
	}
	return rec.Field(f.Key)
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
	want := map[string][]sales.ID{}
	add := func(kind string, id sales.ID) {
		if id != 0 && len(t.past.columns[kind]) > 0 && !t.past.known[id] {
			t.past.known[id] = true
			want[kind] = append(want[kind], id)
		}
	}
	for _, rec := range recs {
		if own {
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
			if err := t.recallOf(ctx, kind, chunk, since); err != nil {
				return err
			}
		}
	}
	return nil
}

// recallOf reads the changes of some records, in halves where they are too many.
func (t *replay) recallOf(ctx context.Context, kind string, ids []sales.ID, since time.Time) error {
	list, err := t.tx.ChangesOf(ctx, kind, ids, since, maxChanges)
	if err != nil {
		return err
	}
	if len(list) == maxChanges {
		if len(ids) == 1 {
			return errEnough
		}
		half := len(ids) / 2
		if err := t.recallOf(ctx, kind, ids[:half], since); err != nil {
			return err
		}
		return t.recallOf(ctx, kind, ids[half:], since)
	}
	for _, e := range list {
		t.past.note(e, e.Changes())
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
		return p.past.value(p.Record, f, p.at, p.old, f.Name)
	}
	name := via.Name + "." + f.Name
	to := p.Ref(via.Key)
	if _, moved := p.old[p.Object.Watched(via.Key)]; moved || to == nil { // it was another record's then
		if moved {
			p.past.todays[name] = true
		}
		return p.Record.Value(via, f)
	}
	return p.past.value(to, f, p.at, p.past.oldOf(to.ID, p.at), name)
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
