package scheduler

import (
	"context"
	"slices"
	"strconv"
	"time"

	"salesflow/bot"
	"salesflow/scheduler/incident"
	"salesflow/scheduler/rules"
	"salesflow/scheduler/subject"
	"salesflow/store/sales"
)

// pastFor is for how long a moment that has passed is still told of when a rule is switched on, or takes over from an earlier
// release, if its conditions hold: longer ago it was before the rule.
const pastFor = 72 * time.Hour

// reached are the moments at which a rule about a date or moment is about a record, one for each of its spans; none when it
// is not filled in.
func (w *work) reached(r *incident.Rule, rec *subject.Record) []time.Time {
	v := rec.Field(r.Trigger.Field.Key)
	if v.None {
		return nil
	}
	from, cal := v.Day.Start(), w.r.Desk.Calendar
	if r.Trigger.Exact() {
		from, cal = v.At, w.calendar(rec)
	}
	spans := r.Trigger.Spans()
	out := make([]time.Time, len(spans))
	for i, s := range spans {
		out[i] = s.From(from, cal)
	}
	return out
}

// lastReached is the newest of the moments that have come; with a time of day they come at that hour.
func (w *work) lastReached(r *incident.Rule, rec *subject.Record) (since time.Time, ok bool) {
	for _, at := range w.reached(r, rec) {
		comes := at
		if c := r.Trigger.Clock; c != nil {
			comes = sales.DayOf(at).At(c.Hour, c.Minute)
		}
		if !comes.After(w.at.Now) && (!ok || at.After(since)) {
			since, ok = at, true
		}
	}
	if ok && len(r.Trigger.More) > 0 && since.Before(w.today.AddDays(-reachedFor).Start()) {
		return since, false
	}
	return since, ok
}

// dated is what follows when a date or moment of a record was set: the deadlines of the moments begin; of a date the rule is
// about today people hear now.
func (w *work) dated(ctx context.Context, r *incident.Rule, rec *subject.Record, chain string) error {
	if r.Trigger.Exact() {
		w.awaitMoments(r, rec)
		return nil
	}
	since, ok := w.lastReached(r, rec)
	if v := rec.Field(r.Trigger.Field.Key); !ok || r.Trigger.Span.N < 0 && v.Day.Before(w.today) {
		return nil
	}
	if did, err := w.unless(ctx, r, rec, since); err != nil || did != "" {
		return err
	}
	_, err := w.fire(ctx, r, rec, since, chain)
	return err
}

// awaitMoments writes the deadlines of a rule about a moment of a record, one for each span; those of an earlier moment are
// moved.
func (w *work) awaitMoments(r *incident.Rule, rec *subject.Record) {
	for i, at := range w.reached(r, rec) {
		if at.After(w.at.Now) || at.After(w.at.Now.Add(-pastFor)) && rules.Holds(r.If, rec) {
			w.await(r, rec.ID, ":"+strconv.Itoa(i), at)
		}
	}
}

// momentOf is the moment that a deadline is for: slot is the place of its span.
func (w *work) momentOf(r *incident.Rule, rec *subject.Record, slot string) (time.Time, bool) {
	i, err := strconv.Atoi(slot)
	if all := w.reached(r, rec); err == nil && i >= 0 && i < len(all) {
		return all[i], true
	}
	return time.Time{}, false
}

// dateWindow is the condition of the records whose date a rule may be about today.
func (w *work) dateWindow(r *incident.Rule) (string, []any) {
	t := r.Trigger
	var from, to sales.Day
	for _, s := range t.Spans() {
		first, last := w.window(s)
		if from.IsZero() || first.Before(from) {
			from = first
		}
		if last.After(to) {
			to = last
		}
	}
	column := r.Object.ColumnOf(t.Field.Key)
	for _, f := range r.Object.Fields {
		switch {
		case f.Key != t.Field.Key:
		case t.Exact():
			return column + " >= ?", []any{sales.At(from.Start())}
		case f.Moment:
			return column + " >= ? AND " + column + " < ?", []any{sales.At(from.Start()), sales.At(to.AddDays(1).Start())}
		}
	}
	return column + " >= ? AND " + column + " <= ?", []any{from, to}
}

// room are those a rule would tell first who have not heard of as many of its records today as they may; full is true when
// the rule has a bound and there is nobody.
func (w *work) room(ctx context.Context, r *incident.Rule, rec *subject.Record) (fresh []sales.PersonID, full bool, err error) {
	if r.PerDay == 0 {
		return nil, false, nil
	}
	told, ok := w.told[r.ID]
	if !ok {
		if told, err = w.tx.ToldByRule(ctx, r.ID, sales.At(w.today.Start())); err != nil {
			return nil, false, err
		}
		w.told[r.ID] = told
	}
	var people []sales.PersonID
	for _, a := range r.Steps[0].Actions {
		for _, to := range a.To {
			people = append(people, w.peopleOf(rec, to)...)
		}
		if a.Do == rules.Calibrate {
			people = append(people, rec.Owner())
		}
	}
	if people, err = w.standIns(ctx, people); err != nil {
		return nil, false, err
	}
	for _, p := range people {
		if told[p] < r.PerDay && !slices.Contains(fresh, p) {
			fresh = append(fresh, p)
		}
	}
	return fresh, len(fresh) == 0, nil
}

// standIns are people, those who are away replaced by who hears in their place.
func (w *work) standIns(ctx context.Context, people []sales.PersonID) ([]sales.PersonID, error) {
	away, err := sales.ReadAway(ctx, w.tx, people, sales.At(w.at.Now))
	if err != nil || len(away) == 0 {
		return people, err
	}
	out := slices.Clone(people)
	for i, p := range people {
		a, gone := away[p]
		if !gone {
			continue
		}
		deputy, err := bot.DeputyOf(ctx, w.tx, w.at.Org, a, sales.At(w.at.Now))
		if err != nil {
			return nil, err
		}
		if deputy != 0 {
			out[i] = deputy
		}
	}
	return out, nil
}
