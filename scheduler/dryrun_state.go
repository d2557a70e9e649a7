package scheduler

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"salesflow/scheduler/rules"
	"salesflow/scheduler/subject"
	"salesflow/store/sales"
)

// stay is the time a record was what a rule is about; left is zero when it still is, or when that does not matter.
type stay struct{ since, left time.Time }

// later reports whether only the record tells when the rule is due, so that a stay must be kept though it was short.
func (t *replay) later() bool {
	return len(t.cases()) > 0 || t.rule.Pauses() || works(t.rule)
}

// states replays how records went through their states and fields.
func (t *replay) states(ctx context.Context) error {
	tr, column := t.rule.Trigger, toldColumn(t.rule)
	from := t.out.From.Add(-t.reach())
	entered := map[sales.ID]time.Time{}
	hits := map[sales.ID][]stay{}
	leave := func(id sales.ID, at time.Time) {
		since, was := entered[id]
		if !was {
			return
		}
		delete(entered, id)
		if t.later() {
			hits[id] = append(hits[id], stay{since, at})
		} else if !t.deadline(t.rule, nobody{}, since).After(at) {
			hits[id] = append(hits[id], stay{since: since})
		}
	}
	read := func(after sales.ID) ([]sales.DomainEvent, error) {
		return t.tx.EventsOfSubjects(ctx, t.rule.Object.Subject, from, t.out.To, after, replayPage)
	}
	err := t.events(ctx, read, func(page []sales.DomainEvent) error {
		for _, e := range page {
			d := e.Changes()
			t.past.note(e, d)
			if tr.Kind == rules.Enters {
				if to, changed := d.New[column]; changed && to != tr.State.Key || anew(t.rule, d) {
					leave(e.SubjectID, e.At.Time)
				}
			}
			if !matches(t.rule, d) {
				continue
			}
			if tr.Kind == rules.Enters {
				entered[e.SubjectID] = e.At.Time
			} else {
				hits[e.SubjectID] = append(hits[e.SubjectID], stay{since: e.At.Time})
			}
		}
		if len(entered)+len(hits)+len(t.past.of) > replayHeld {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	for id, since := range entered {
		hits[id] = append(hits[id], stay{since: since})
	}
	return errors.Join(t.fires(ctx, hits, false), err)
}

// fires notes that the rule would have fired for records of its object, if its conditions held and the moment is asked for.
// own says that what the records were is not known yet.
func (t *replay) fires(ctx context.Context, at map[sales.ID][]stay, own bool) error {
	ids := make([]sales.ID, 0, len(at))
	for id := range at {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for chunk := range slices.Chunk(ids, 1000) {
		recs, err := t.r.Desk.Book.Registry.Load(ctx, t.tx, t.at.Org, t.rule.Object, t.today, chunk)
		if err != nil {
			return err
		}
		if err := t.recall(ctx, slices.Collect(maps.Values(recs)), own); err != nil {
			return err
		}
		for _, id := range chunk {
			rec := recs[id]
			if rec == nil {
				continue
			}
			for _, s := range at[id] {
				if err := t.fire1(ctx, rec, s); err != nil {
					return err
				}
			}
		}
	}
	return ctx.Err()
}

// fire1 counts one time, unless the record was left before, did not meet the conditions, or what must not happen happened in time.
func (t *replay) fire1(ctx context.Context, rec *subject.Record, s stay) error {
	when := t.spanEnd(rec, s.since)
	if t.rule.Pauses() {
		var err error
		if when, err = t.paused(ctx, t.rule, rec, s.since, when); err != nil {
			return err
		}
	}
	if when.Before(t.out.From) || when.After(t.out.To) || !t.rule.InForce(sales.DayOf(when)) || !s.left.IsZero() && when.After(s.left) {
		return nil
	}
	if !t.held(rec, when) {
		return nil
	}
	for _, u := range t.rule.Unless {
		if u.Activity == nil {
			continue
		}
		n, err := t.count(ctx, u.Activity.Key, rec, s.since, when)
		if err != nil {
			return err
		}
		if n > 0 {
			return nil
		}
	}
	t.count1(rec, when)
	return nil
}

// spanEnd is when the rule was due for a record that began to wait at since.
func (t *replay) spanEnd(rec *subject.Record, since time.Time) time.Time {
	if len(t.cases()) == 0 {
		return t.deadline(t.rule, rec, since)
	}
	return t.deadline(t.rule, t.then(rec, since), since)
}
