package scheduler

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"salesflow/scheduler/incident"
	"salesflow/scheduler/rules"
	"salesflow/scheduler/subject"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// scanPage is how many records one part of a scan looks at.
const scanPage = 300

// EnsureTx is what bringing the moments of rules up to date needs beside RuleTx.
type EnsureTx interface {
	RuleTx
	// StrayIncidents lists open incidents of rules that are off or gone.
	StrayIncidents(ctx context.Context, limit int) ([]sales.Incident, error)
	// RulesDone notes that the moments of rules are up to date with a revision.
	RulesDone(revision int64)
}

// Ensure brings the moments of rules up to date after rules have changed: those that look at records each day have their
// next scan, those about a state are told of the records that are in it already, and the incidents of rules that are off
// end. It returns whether there is more to do.
func (r *Rules) Ensure(ctx context.Context, tx EnsureTx, m Moment) (w *work, more bool, err error) {
	if w, err = r.begin(ctx, tx, m.Now, m.Org, "rules"); err != nil {
		return nil, false, err
	}
	const strays = 100
	list, err := tx.StrayIncidents(ctx, strays)
	if err != nil {
		return nil, false, err
	}
	for _, i := range list {
		if err := w.stray(ctx, i); err != nil {
			return nil, false, err
		}
	}
	if len(list) == strays {
		return w, true, nil
	}
	for _, rule := range w.set.Rules {
		if err := w.plan(ctx, rule); err != nil {
			return nil, false, err
		}
	}
	tx.RulesDone(w.set.Revision)
	return w, false, nil
}

// stray ends the incident of a rule that is off.
func (w *work) stray(ctx context.Context, i sales.Incident) error {
	const how = incident.RuleOff
	c, err := w.r.Desk.Load(ctx, w.tx, w.at, i)
	if err != nil { // its text cannot be understood any more: there is no card to redraw
		w.shut(i, how)
		return nil
	}
	if err := c.Resolve(ctx, how); err != nil {
		return err
	}
	reply, err := c.Save(ctx)
	w.say(reply)
	return err
}

// shut ends an incident whose rule cannot be understood, and so has no cards to redraw.
func (w *work) shut(i sales.Incident, how string) {
	i.State, i.ResolvedAt, i.Resolution = sales.IncidentResolved, sales.At(w.at.Now), how
	w.tx.UpdateIncident(i)
	w.tx.AddIncidentStep(sales.IncidentStep{
		ID: w.tx.NewID(), IncidentID: i.ID, At: sales.At(w.at.Now), Level: i.Level, What: approval.StepResolved, Note: how,
	})
	w.tx.CancelDue(incident.DueStep, incident.DueSubject, i.ID, how)
}

// plan writes the next scan of a rule that needs one.
func (w *work) plan(ctx context.Context, r *incident.Rule) error {
	switch t := r.Trigger; {
	case t.Kind == rules.Scheduled, t.Kind == rules.Runs, t.Kind == rules.Reaches && !t.Exact(), t.Kind == rules.Silent && !short(t.Span):
		at := w.nextScan(r, w.at.Now)
		w.scanAt(r, sales.DayOf(at).String(), at)
	case t.Kind == rules.Enters && waits(r), t.Kind == rules.Silent, t.Exact():
		slot := "v" + strconv.Itoa(r.N)
		had, err := w.tx.DuesOf(ctx, "rule", r.ID)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(had, func(d sales.Due) bool { return d.Kind == KindRuleScan && d.Slot == slot }) {
			w.scanAt(r, slot, w.at.Now)
		}
	}
	return nil
}

// nextScan is when a rule looks at records next.
func (w *work) nextScan(r *incident.Rule, now time.Time) time.Time {
	cal := w.r.Desk.Calendar
	if s := r.Trigger.Schedule; r.Trigger.Kind == rules.Scheduled && s != nil {
		return s.Next(now, func(t time.Time) bool { return cal.IsWorkday(sales.DayOf(t)) })
	}
	at := w.r.ScanAt
	if at == (sales.ClockTime{}) {
		at = sales.ClockTime{Hour: 8, Minute: 50}
	}
	if c := r.Trigger.Clock; c != nil {
		at = sales.ClockTime{Hour: c.Hour, Minute: c.Minute}
	}
	day := sales.DayOf(now)
	if !at.On(day).After(now) {
		day = day.AddDays(1)
	}
	return at.On(day)
}

func (w *work) scanAt(r *incident.Rule, slot string, at time.Time) {
	w.tx.Schedule(sales.Due{
		ID: w.tx.NewID(), Kind: KindRuleScan, SubjectKind: "rule", SubjectID: r.ID, Slot: slot, DueAt: sales.At(at), State: sales.DuePending,
	})
}

// Scan looks at a page of records for one rule, writes the row of the next page, and stops.
func (r *Rules) Scan(ctx context.Context, m Moment, tx RuleTx) (Decision, error) {
	w, err := r.atMoment(ctx, m, tx)
	if err != nil {
		return Decision{}, err
	}
	rule := w.set.Rule(m.Due.SubjectID)
	if rule == nil {
		return Decision{Reason: "the rule is off"}, nil
	}
	head, from, part := strings.Cut(m.Due.Slot, "/")
	after, _ := strconv.ParseInt(from, 10, 64)
	if !part && !strings.HasPrefix(head, "v") {
		at := w.nextScan(rule, m.Now)
		w.scanAt(rule, sales.DayOf(at).String(), at)
	}
	where, args := w.narrow(rule)
	page, err := r.Desk.Book.Registry.Page(ctx, tx, m.Org, rule.Object, w.today, sales.ID(after), scanPage, where, args...)
	if err != nil {
		return Decision{}, err
	}
	fired, err := w.page(ctx, rule, page, m.Due.DueAt.Time)
	if err != nil {
		return Decision{}, err
	}
	if len(page) == scanPage {
		w.scanAt(rule, head+"/"+page[len(page)-1].ID.String(), m.Now)
	}
	return Decision{Reply: w.reply, Reason: fmt.Sprintf("looked at %d, fired %d", len(page), fired)}, nil
}

// reachedFor is for how long a date that was reached is still found, in days: longer ago it was before the rule.
const reachedFor = 30

// narrow is the condition that leaves out records a rule cannot concern today.
func (w *work) narrow(r *incident.Rule) (string, []any) {
	t := r.Trigger
	switch t.Kind {
	case rules.Enters:
		return stateSQL(r) + " = ?", []any{t.State.Key}
	case rules.Reaches:
		return w.dateWindow(r)
	}
	return "", nil
}

// windowSlack is by how many days a window reaches beyond its edge. A span back from today does not lead to every date from
// which a span on leads to today: two days of rest have the same next workday, the last days of a month the same day of a
// shorter one. It is more than the longest holiday with its weekends; occasions leave out what is not so far.
const windowSlack = 14

// window are the dates of which a span may be over by now: not past yet for a span before, not long ago for one after.
func (w *work) window(s rules.Span) (from, to sales.Day) {
	back := s
	back.N = -back.N
	edge := sales.DayOf(back.From(w.today.Start(), w.r.Desk.Calendar))
	if s.N <= 0 {
		return w.today, edge.AddDays(windowSlack)
	}
	return edge.AddDays(-reachedFor), edge.AddDays(windowSlack)
}

// page looks at records for a rule and returns how many it fired for. at is the moment the scan was due.
func (w *work) page(ctx context.Context, r *incident.Rule, page []*subject.Record, at time.Time) (fired int, err error) {
	found, err := w.occasions(ctx, r, page, at)
	if err != nil {
		return 0, err
	}
	for _, rec := range page {
		since, ok := found[rec.ID]
		if !ok {
			continue
		}
		if r.Trigger.Exact() {
			w.awaitMoments(r, rec)
			continue
		}
		if did, err := w.unless(ctx, r, rec, since); err != nil {
			return fired, err
		} else if did != "" && r.Trigger.Kind != rules.Enters {
			continue
		}
		if r.Trigger.Kind == rules.Enters || r.Trigger.Kind == rules.Silent && short(r.Trigger.Span) {
			w.await(r, rec.ID, "", w.deadline(r, rec, since))
			continue
		}
		did, err := w.fire(ctx, r, rec, since, "")
		if err != nil {
			return fired, err
		}
		if did {
			fired++
		}
	}
	return fired, nil
}

// occasions are the records of a page that a rule is about now, with since when.
func (w *work) occasions(ctx context.Context, r *incident.Rule, page []*subject.Record, at time.Time) (map[sales.ID]time.Time, error) {
	out := map[sales.ID]time.Time{}
	switch t := r.Trigger; t.Kind {
	case rules.Scheduled:
		for _, rec := range page {
			out[rec.ID] = at
		}
	case rules.Reaches:
		for _, rec := range page {
			if since, ok := w.lastReached(r, rec); ok || t.Exact() {
				out[rec.ID] = since
			}
		}
	case rules.Enters:
		for _, rec := range page {
			since, _, ok, err := w.entered(ctx, r, rec)
			if err != nil {
				return nil, err
			}
			// What has stood there for long, and waits for nobody, was before the rule.
			if old := w.deadline(r, rec, since).Before(w.at.Now.AddDate(0, 0, -7)); ok && (!old || asks(r)) {
				out[rec.ID] = since
			}
		}
	case rules.Silent:
		last, err := w.lasts(ctx, r, page)
		if err != nil {
			return nil, err
		}
		for _, rec := range page {
			since := last[rec.ID]
			if short(t.Span) {
				out[rec.ID] = since
			} else if due := t.Span.From(since, w.calendar(rec)); !due.After(w.at.Now) {
				out[rec.ID] = due
			}
		}
		if t.Present && !short(t.Span) {
			return out, w.unpaused(ctx, r, page, last, out, w.at.Now)
		}
	case rules.Runs:
		return w.runs(ctx, r, page)
	}
	return out, nil
}

// runsFrom is when the first of the days in a row begins that a rule counts, after something was filed.
func runsFrom(t rules.Trigger, last time.Time, cal *sales.Calendar) time.Time {
	d := sales.DayOf(last).AddDays(1)
	for n := 0; t.Span.Unit == rules.Workdays && !cal.IsWorkday(d) && n < maxRest; n++ {
		d = d.AddDays(1)
	}
	return d.Start()
}

// maxRest is how many days of rest in a row are looked over for a workday.
const maxRest = 60

// unpaused leaves out of found the records whose span is not over by a moment when the leave of those it runs on is not counted.
// last is since when it runs. Days in a row run from the day after that. What was over more than a year ago no leave holds up.
func (w *work) unpaused(
	ctx context.Context, r *incident.Rule, page []*subject.Record, last, found map[sales.ID]time.Time, by time.Time,
) error {
	type span struct {
		rec        *subject.Record
		since, due time.Time
	}
	var late []span
	var recs []*subject.Record
	earliest, long := by, w.at.Now.Add(-maxAway)
	for _, rec := range page {
		if _, ok := found[rec.ID]; !ok {
			continue
		}
		since := last[rec.ID]
		if r.Trigger.Kind == rules.Runs {
			since = runsFrom(r.Trigger, since, w.r.Desk.Calendar)
		}
		due := r.Trigger.Span.From(since, w.calendar(rec))
		if due.Before(long) {
			continue
		}
		late, recs = append(late, span{rec, since, due}), append(recs, rec)
		if since.Before(earliest) {
			earliest = since
		}
	}
	if err := w.readAway(ctx, recs, earliest); err != nil {
		return err
	}
	for _, s := range late {
		at, err := w.paused(ctx, r, s.rec, s.since, s.due)
		if err != nil {
			return err
		}
		if at.After(by) {
			delete(found, s.rec.ID)
		}
	}
	return nil
}

// lasts are when the activity of a rule was last filed about each record; when it was made where it never was.
func (w *work) lasts(ctx context.Context, r *incident.Rule, page []*subject.Record) (map[sales.ID]time.Time, error) {
	tallies, err := w.tallies(ctx, r, page, time.Time{}, time.Time{})
	if err != nil {
		return nil, err
	}
	out := map[sales.ID]time.Time{}
	for _, rec := range page {
		if t, ok := tallies[rec.ID]; ok {
			out[rec.ID] = t.Last.Time
		} else {
			out[rec.ID] = rec.Made()
		}
	}
	return out, nil
}

// tallies counts the activity of a rule for a page of records together.
func (w *work) tallies(ctx context.Context, r *incident.Rule, page []*subject.Record, since, before time.Time) (map[sales.ID]sales.Tally, error) {
	activity := w.r.Desk.Book.Registry.Object(r.Trigger.Activity.Key)
	back := map[string]map[sales.ID][]sales.ID{} // column → id there → records
	for _, rec := range page {
		column, id := link(activity, rec)
		if column == "" {
			continue
		}
		if back[column] == nil {
			back[column] = map[sales.ID][]sales.ID{}
		}
		back[column][id] = append(back[column][id], rec.ID)
	}
	out := map[sales.ID]sales.Tally{}
	for column, ids := range back {
		q := sales.TallyQuery{
			Table: activity.Table, By: column, At: activity.At, Where: activity.Happened(), Since: sales.At(since), Before: sales.At(before),
		}
		for id := range ids {
			q.IDs = append(q.IDs, id)
		}
		slices.Sort(q.IDs)
		found, err := w.tx.Tallies(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, t := range found {
			for _, rec := range ids[t.ID] {
				out[rec] = t
			}
		}
	}
	return out, nil
}

// maxRun bounds the days in a row a rule can ask for.
const maxRun = 60

// runs are the records with, or without, the activity on each of the last days. Who is away is left alone, and who joined
// meanwhile.
func (w *work) runs(ctx context.Context, r *incident.Rule, page []*subject.Record) (map[sales.ID]time.Time, error) {
	t, cal := r.Trigger, w.r.Desk.Calendar
	if t.Span.Unit == rules.Workdays && !cal.IsWorkday(w.today) {
		return nil, nil
	}
	var days []sales.Day
	for d := w.today.AddDays(-1); len(days) < min(t.Span.N, maxRun) && w.today.Sub(d) < 200; d = d.AddDays(-1) {
		if t.Span.Unit != rules.Workdays || cal.IsWorkday(d) {
			days = append(days, d)
		}
	}
	if len(days) == 0 {
		return nil, nil
	}
	first := days[len(days)-1].Start()
	out := map[sales.ID]time.Time{}
	if t.Not {
		last, err := w.lasts(ctx, r, page)
		if err != nil {
			return nil, err
		}
		for _, rec := range page {
			if since := last[rec.ID]; since.Before(first) {
				out[rec.ID] = since
			}
		}
		if t.Present && r.Object.Key != rules.ObjectPerson { // of people it is so anyway
			return out, w.unpaused(ctx, r, page, last, out, w.today.Start())
		}
		return w.present(ctx, r, page, first, out)
	}
	for i, d := range days {
		found, err := w.tallies(ctx, r, page, d.Start(), d.AddDays(1).Start())
		if err != nil {
			return nil, err
		}
		for _, rec := range page {
			if _, ok := found[rec.ID]; ok && i == 0 {
				out[rec.ID] = w.today.Start()
			} else if !ok {
				delete(out, rec.ID)
			}
		}
	}
	return out, nil
}

// present leaves out people who are away, were so on one of the days since first, or were not there yet.
func (w *work) present(
	ctx context.Context, r *incident.Rule, page []*subject.Record, first time.Time, out map[sales.ID]time.Time,
) (map[sales.ID]time.Time, error) {
	if r.Object.Key != rules.ObjectPerson {
		return out, nil
	}
	var people []sales.PersonID
	for _, rec := range page {
		people = append(people, sales.PersonID(rec.ID))
	}
	away, err := w.tx.Absences(ctx, sales.Scope{Persons: people}, sales.At(first), sales.At(w.at.Now.Add(time.Millisecond)))
	if err != nil {
		return nil, err
	}
	for _, a := range away {
		delete(out, sales.ID(a.PersonID))
	}
	for _, rec := range page {
		if hired := rec.Field("hired"); !hired.None && w.today.Sub(hired.Day) <= r.Trigger.Span.N {
			delete(out, rec.ID)
		}
	}
	return out, nil
}
