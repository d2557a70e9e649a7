package scheduler

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"salesflow/scheduler/incident"
	"salesflow/scheduler/rules"
	"salesflow/scheduler/subject"
	"salesflow/store/sales"
)

// Wait decides about a deadline: the record is looked at as it is now, and the rule fires or has no reason to.
func (r *Rules) Wait(ctx context.Context, m Moment, tx RuleTx) (Decision, error) {
	w, err := r.atMoment(ctx, m, tx)
	if err != nil {
		return Decision{}, err
	}
	id, slot, _ := strings.Cut(m.Due.Slot, ":")
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return Decision{Reason: "no such slot"}, nil
	}
	rule := w.set.Rule(sales.ID(n))
	if rule == nil {
		until, err := pausedUntil(ctx, tx, sales.ID(n))
		if err != nil || until.IsZero() {
			return Decision{Reason: "the rule is off"}, err
		}
		return Decision{Reason: ruleRests, Again: soonOf(until, w.at.Now)}, nil
	}
	found, err := w.load(ctx, rule.Object, []sales.ID{m.Due.SubjectID})
	if err != nil {
		return Decision{}, err
	}
	rec := found[m.Due.SubjectID]
	if rec == nil {
		return Decision{Reason: "the record is gone"}, nil
	}
	return w.due(ctx, rule, rec, slot)
}

// due fires a rule whose deadline has come, unless what must not happen has happened, or the deadline has moved.
func (w *work) due(ctx context.Context, r *incident.Rule, rec *subject.Record, slot string) (Decision, error) {
	since, chain, ok, err := w.occasion(ctx, r, rec, slot)
	if err != nil {
		return Decision{}, err
	}
	if !ok {
		return Decision{Reason: "not so any more"}, nil
	}
	at, err := w.paused(ctx, r, rec, since, w.deadline(r, rec, since))
	if err != nil {
		return Decision{}, err
	}
	if at.After(w.at.Now) {
		if again := w.at.Now.Add(lookAgain); r.Pauses() && again.Before(at) {
			at = again // who is on leave may be back earlier
		}
		return Decision{Reason: "moved", Again: at}, nil
	}
	if did, err := w.unless(ctx, r, rec, since); err != nil || did != "" {
		return Decision{Reason: "not needed: " + did}, err
	}
	if stands, err := w.stands(ctx, r, rec); err != nil || !stands {
		return Decision{Reason: "taken back"}, err
	}
	fired, err := w.fire(ctx, r, rec, since, chain)
	if err != nil {
		return Decision{}, err
	}
	if !fired {
		return Decision{Reply: w.reply, Reason: "conditions do not hold, or it is known"}, nil
	}
	return Decision{Reply: w.reply, Reason: "fired"}, nil
}

// stands reports whether a record whose filing a rule waited after was not taken back meanwhile.
func (w *work) stands(ctx context.Context, r *incident.Rule, rec *subject.Record) (bool, error) {
	if r.Trigger.Kind != rules.Files || r.Object.Stands == "" {
		return true, nil
	}
	found, err := w.tx.Rows(ctx, sales.RowQuery{Table: r.Object.Table, Where: r.Object.Stands, IDs: []sales.ID{rec.ID}})
	return len(found) > 0, err
}

// lookAgain is how often a deadline that a leave has put off is looked at.
const lookAgain = 12 * time.Hour

// occasion is since when a record is what the rule is about, and the rules that led to it; ok is false when it is not so.
func (w *work) occasion(ctx context.Context, r *incident.Rule, rec *subject.Record, slot string) (since time.Time, chain string, ok bool, err error) {
	switch r.Trigger.Kind {
	case rules.Enters:
		if stateOf(r, rec) != r.Trigger.State.Key {
			return since, "", false, nil
		}
		return w.entered(ctx, r, rec)
	case rules.Silent:
		since, err := w.lastOf(ctx, r, rec)
		return since, "", err == nil && !since.IsZero(), err
	}
	if r.Trigger.Exact() {
		at, ok := w.momentOf(r, rec, slot)
		return at, "", ok, nil
	}
	events, err := w.tx.LastEvents(ctx, r.Object.Subject, rec.ID, 100)
	if err != nil {
		return since, "", false, err
	}
	for _, e := range events {
		if e.ID.String() == slot {
			return e.At.Time, e.Changes().Chain, true, nil
		}
	}
	return since, "", false, nil
}

// entered is when the record entered the state it is in. Where no event says so it is long ago: since it was made.
func (w *work) entered(ctx context.Context, r *incident.Rule, rec *subject.Record) (since time.Time, chain string, ok bool, err error) {
	column := toldColumn(r)
	events, err := w.tx.LastEvents(ctx, r.Object.Subject, rec.ID, 100)
	if err != nil {
		return since, "", false, err
	}
	for _, e := range events {
		d := e.Changes()
		if to, changed := d.New[column]; changed {
			return e.At.Time, d.Chain, to == r.Trigger.State.Key, nil
		}
		if anew(r, d) {
			return e.At.Time, d.Chain, true, nil
		}
		since = e.At.Time
	}
	if since.IsZero() {
		since = rec.Made()
	}
	return since, "", true, nil
}

// deadline is when a rule is due that began to wait at since.
func (w *work) deadline(r *incident.Rule, rec rules.Record, since time.Time) time.Time {
	at, cal := since, w.calendar(rec)
	if s := r.Trigger.Deadline(rec); r.Trigger.Kind == rules.Enters || r.Trigger.Kind == rules.Silent {
		if !s.IsZero() {
			at = s.From(since, cal)
		}
	}
	for _, u := range r.Unless {
		if !u.Within.IsZero() {
			if until := u.Within.From(since, cal); until.After(at) {
				at = until
			}
		}
	}
	return at
}

// waits reports whether a rule waits for something before it fires.
func waits(r *incident.Rule) bool {
	t := r.Trigger
	if t.Kind == rules.Enters && (!t.Span.IsZero() || len(t.Cases) > 0) {
		return true
	}
	for _, u := range r.Unless {
		if !u.Within.IsZero() {
			return true
		}
	}
	return false
}

// unless says what has happened that must not have for the rule to fire, "" when nothing has.
func (w *work) unless(ctx context.Context, r *incident.Rule, rec *subject.Record, since time.Time) (string, error) {
	for _, u := range r.Unless {
		if u.Activity == nil {
			// The state tells; a record without one cannot have been dealt with before anybody was told.
			if t := r.Trigger.Kind; t != rules.Enters && t != rules.Leaves && len(r.Object.Waits) > 0 && !r.Object.Waiting(rec.State()) {
				return rec.StateName(), nil
			}
			continue
		}
		n, err := w.count(ctx, u.Activity.Key, rec, since, time.Time{})
		if err != nil {
			return "", err
		}
		if n > 0 {
			return "有了" + u.Activity.Name, nil
		}
	}
	return "", nil
}

// link is how an activity names a record: by the record itself, else by its customer, else by whose it is.
func link(activity *subject.Object, rec *subject.Record) (column string, id sales.ID) {
	if c := activity.By[rec.Object.Key]; c != "" {
		return c, rec.ID
	}
	if c, to := activity.By["customer"], rec.RefID("customer"); c != "" && to != 0 {
		return c, to
	}
	if c, to := activity.By[rules.ObjectPerson], rec.Owner(); c != "" && to != 0 {
		return c, sales.ID(to)
	}
	return "", 0
}

// count counts what of an activity was filed about a record between two moments; a zero one is no bound.
func (w *work) count(ctx context.Context, key string, rec *subject.Record, since, before time.Time) (int, error) {
	t, err := w.tally(ctx, key, rec, since, before)
	return t.N, err
}

func (w *work) tally(ctx context.Context, key string, rec *subject.Record, since, before time.Time) (sales.Tally, error) {
	activity := w.r.Desk.Book.Registry.Object(key)
	if activity == nil {
		return sales.Tally{}, nil
	}
	column, id := link(activity, rec)
	if column == "" {
		return sales.Tally{}, nil
	}
	found, err := w.tx.Tallies(ctx, sales.TallyQuery{
		Table: activity.Table, By: column, At: activity.At, Where: activity.Happened(), IDs: []sales.ID{id}, Since: sales.At(since), Before: sales.At(before),
	})
	if err != nil || len(found) == 0 {
		return sales.Tally{}, err
	}
	return found[0], nil
}

// lastOf is when the activity of a rule was last filed about a record; when it was made where it never was.
func (w *work) lastOf(ctx context.Context, r *incident.Rule, rec *subject.Record) (time.Time, error) {
	t, err := w.tally(ctx, r.Trigger.Activity.Key, rec, time.Time{}, time.Time{})
	if err != nil {
		return time.Time{}, err
	}
	if t.N > 0 {
		return t.Last.Time, nil
	}
	return rec.Made(), nil
}

// handled says how a case was dealt with, "" when it was not.
func (w *work) handled(ctx context.Context, c *incident.Case) (string, error) {
	rec, t := c.Record, c.Rule.Trigger
	if rec == nil {
		return "记录已不在", nil
	}
	switch {
	case t.Kind == rules.Enters && stateOf(c.Rule, rec) != t.State.Key:
		return stateName(c.Rule, rec), nil
	case t.Kind == rules.Enters && c.Rule.Object.Anew != "":
		since, _, ok, err := w.entered(ctx, c.Rule, rec)
		if err != nil || ok && since.After(c.Since.Time) {
			return "已到下一步", err
		}
	case c.ByState && t.Kind != rules.Enters && !c.Rule.Object.Waiting(rec.State()):
		return name(rec), nil
	}
	activity, since := t.Activity, c.OpenedAt.Time
	if t.Kind != rules.Silent && (t.Kind != rules.Runs || !t.Not) {
		activity = nil
	}
	for _, u := range c.Rule.Unless {
		if u.Activity != nil {
			activity, since = u.Activity, c.Since.Time
		}
	}
	if activity != nil {
		n, err := w.count(ctx, activity.Key, rec, since, time.Time{})
		if err != nil {
			return "", err
		}
		if n > 0 {
			return "有了" + activity.Name, nil
		}
	}
	if t.Kind == rules.Reaches {
		if !slices.ContainsFunc(w.reached(c.Rule, rec), func(at time.Time) bool { return sales.At(at).Equal(c.Since.Time) }) {
			return t.Field.Name + "改了", nil
		}
		if t.Exact() && !rules.Holds(c.Rule.If, rec) { // nobody looks at it again: what was asked of it is over
			return cmp.Or(name(rec), "条件不成立了"), nil
		}
	}
	if stays(c.Rule) && !rules.Holds(c.Rule.If, rec) {
		return "条件不成立了", nil
	}
	return "", nil
}

// stays reports whether the conditions of a rule are to hold for as long as people are told by it: it is about how things stand, and
// does not change them itself.
func stays(r *incident.Rule) bool {
	switch r.Trigger.Kind {
	case rules.Enters, rules.Silent, rules.Runs, rules.Reaches:
	default:
		return false
	}
	for _, st := range r.Steps {
		for _, a := range st.Actions {
			if a.Do == rules.Set || a.Do == rules.Calibrate || a.Consent != nil {
				return false
			}
		}
	}
	return true
}

// name is the state a record is in, as the end of an incident says it.
func name(rec *subject.Record) string {
	s := rec.StateName()
	if strings.HasPrefix(s, "已") || s == "" {
		return s
	}
	return "已到" + s
}
