package scheduler

import (
	"context"
	"slices"
	"time"

	"salesflow/scheduler/incident"
	"salesflow/scheduler/rules"
	"salesflow/scheduler/subject"
	"salesflow/store/sales"
)

// A rule about a state looks at the state of its record, or at another field of choices (发票的电子票). These are the two as one.

// toldColumn is what events call the state a rule is about.
func toldColumn(r *incident.Rule) string {
	if f := r.Trigger.Field; f != nil && r.Trigger.Kind == rules.Enters {
		return r.Object.Watched(f.Key)
	}
	return r.Object.StateColumn()
}

// stateSQL is the column of that state.
func stateSQL(r *incident.Rule) string {
	if f := r.Trigger.Field; f != nil {
		return r.Object.ColumnOf(f.Key)
	}
	return r.Object.StateColumn()
}

// stateOf is the state a record is in, "" for none.
func stateOf(r *incident.Rule, rec *subject.Record) string {
	if f := r.Trigger.Field; f != nil {
		return rec.Field(f.Key).S
	}
	return rec.State()
}

// stateName is that state as people read it.
func stateName(r *incident.Rule, rec *subject.Record) string {
	if f := r.Trigger.Field; f != nil {
		return rec.Show(f.Key)
	}
	return name(rec)
}

// asks reports whether somebody has something to do about records in the state a rule is about.
func asks(r *incident.Rule) bool {
	return r.Trigger.Field == nil && r.Object.Waiting(r.Trigger.State.Key)
}

// begins reports whether a change begins the state a rule is about, or begins it anew: the next step of an approval request.
func begins(r *incident.Rule, d sales.EventData) bool {
	if now, changed := d.New[toldColumn(r)]; changed {
		return now == r.Trigger.State.Key
	}
	return anew(r, d)
}

// anew reports whether a change that leaves the state as it is begins it once more.
func anew(r *incident.Rule, d sales.EventData) bool {
	if r.Object.Anew == "" || r.Trigger.Field != nil || d.Old == nil {
		return false
	}
	_, moved := d.New[r.Object.Anew]
	return moved
}

// calendar is the calendar of a record's owner: that of their region.
func (w *work) calendar(rec rules.Record) *sales.Calendar {
	switch x := rec.(type) {
	case *subject.Record:
		return w.r.Desk.CalendarOf(w.at.Org, x)
	case pastRecord:
		return w.r.Desk.CalendarOf(w.at.Org, x.Record)
	}
	return w.r.Desk.Calendar
}

// maxAway bounds how many days of leave a deadline is put off by.
const maxAway = 366 * 24 * time.Hour

// paused puts a deadline off by the time in which those it runs on were, and will be, on leave between its beginning and its
// end; a rule that does not say 请假不算 has it where it was.
func (w *work) paused(ctx context.Context, r *incident.Rule, rec *subject.Record, since, at time.Time) (time.Time, error) {
	if !r.Pauses() || rec == nil {
		return at, nil
	}
	people := rec.Runners()
	if len(people) == 0 {
		return at, nil
	}
	away, err := w.awayAll(ctx, people, since)
	if err != nil || len(away) == 0 {
		return at, err
	}
	cal := w.calendar(rec)
	hold := func(present bool, span rules.Span) {
		if !present || span.IsZero() {
			return
		}
		if until := presentUntil(since, span, away, cal); until.After(at) {
			at = until
		}
	}
	hold(r.Trigger.Present, r.Trigger.Deadline(rec))
	for _, u := range r.Unless {
		hold(u.Present, u.Within)
	}
	return at, nil
}

// awayBook are the leaves of some people since a moment, read together.
type awayBook struct {
	since  time.Time
	people map[sales.PersonID][]stretch // those with none among them
}

// maxAsked is how many people's leaves are read in one go, which bounds how many there may be of one.
const maxAsked = 20

// readAway reads the leaves of those on whom the time of some records runs, together.
func (w *work) readAway(ctx context.Context, recs []*subject.Record, since time.Time) error {
	if w.aways == nil || since.Before(w.aways.since) {
		w.aways = &awayBook{since: since, people: map[sales.PersonID][]stretch{}}
	}
	var ask []sales.PersonID
	for _, rec := range recs {
		for _, p := range rec.Runners() {
			if _, known := w.aways.people[p]; !known {
				w.aways.people[p] = nil
				ask = append(ask, p)
			}
		}
	}
	for some := range slices.Chunk(ask, maxAsked) {
		list, err := w.tx.Absences(ctx, sales.Scope{Persons: some}, sales.At(w.aways.since), sales.At(w.at.Now.Add(maxAway)))
		if err != nil {
			return err
		}
		for _, a := range list {
			if a.State == sales.AbsenceActive {
				w.aways.people[a.PersonID] = append(w.aways.people[a.PersonID], stretch{a.From.Time, a.Until.Time})
			}
		}
	}
	return nil
}

// of are the leaves of a person since a moment; ok is false when they were not read.
func (b *awayBook) of(p sales.PersonID, since time.Time) (list []stretch, ok bool) {
	if b == nil || since.Before(b.since) {
		return nil, false
	}
	list, ok = b.people[p]
	return list, ok
}

// stretch is a time between two moments.
type stretch struct{ from, until time.Time }

// awayAll are the times from a moment on in which all of some people are on leave at once: the time runs while one of them is
// there. They are in order and do not meet.
func (w *work) awayAll(ctx context.Context, people []sales.PersonID, since time.Time) ([]stretch, error) {
	by := map[sales.PersonID][]stretch{}
	var ask []sales.PersonID
	for _, p := range people {
		list, known := w.aways.of(p, since)
		if by[p] = list; !known {
			ask = append(ask, p)
		}
	}
	if len(ask) > 0 {
		list, err := w.tx.Absences(ctx, sales.Scope{Persons: ask}, sales.At(since), sales.At(since.Add(maxAway)))
		if err != nil {
			return nil, err
		}
		for _, a := range list {
			if a.State == sales.AbsenceActive {
				by[a.PersonID] = append(by[a.PersonID], stretch{a.From.Time, a.Until.Time})
			}
		}
	}
	out := merged(by[people[0]])
	for _, p := range people[1:] {
		out = common(out, merged(by[p]))
	}
	return out, nil
}
