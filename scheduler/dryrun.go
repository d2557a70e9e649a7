package scheduler

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"salesflow/scheduler/incident"
	"salesflow/scheduler/rules"
	"salesflow/scheduler/subject"
	"salesflow/store/sales"
)

// Fire is one time a rule would have fired.
type Fire struct {
	At time.Time
	// ID and Title are the record, Who those its first step would have told, Groups the groups.
	ID     sales.ID
	Title  string
	Who    []sales.PersonID
	Groups []string
}

// Replay is what a dry run found.
type Replay struct {
	From, To time.Time
	// Count is how often the rule would have fired, Fires the newest of them, at most maxFires, the newest first.
	Count int
	Fires []Fire
	// Partly says that there was more than could be looked at.
	Partly bool
	// Todays are the fields that conditions asked for as they are now, since no trail tells what they were.
	Todays []string
}

// Bounds of a dry run.
const (
	maxFires     = 50
	replayPage   = 5000
	replayEvents = 2_000_000 // looked at in all
	replayHeld   = 200_000   // records kept in mind at a time
)

// ReplayTx is what a dry run reads beside RuleTx. It writes nothing.
type ReplayTx interface {
	RuleTx
	// EventsOfKinds and EventsOfSubjects read a page of the events made between two moments, in the order of ids.
	EventsOfKinds(ctx context.Context, kinds []string, from, to time.Time, after sales.ID, limit int) ([]sales.DomainEvent, error)
	EventsOfSubjects(ctx context.Context, subject string, from, to time.Time, after sales.ID, limit int) ([]sales.DomainEvent, error)
	// TrailBegun is when the first event was told that is still kept; the zero time when there is none.
	TrailBegun(ctx context.Context) (time.Time, error)
	// ChangesOf reads the events about some records since a moment that tell what they were before, those of one record in the
	// order of ids.
	ChangesOf(ctx context.Context, subject string, ids []sales.ID, since time.Time, limit int) ([]sales.DomainEvent, error)
	// TraceOf reads what the trace says of changes of some records since a moment, in the same order.
	TraceOf(ctx context.Context, subject string, ids []sales.ID, since time.Time, limit int) ([]sales.AuditEntry, error)
}

// DryRun says how often a rule would have fired between two moments, for what, and who would have been told. It replays
// what happened. Conditions are looked at over the records, and those they refer to, as they were then, as far as events or the trace
// tell of changes; what nobody tells of is taken as it is now and named in Todays. It writes nothing, and stops when ctx ends, with what it
// has found until then.
func (r *Rules) DryRun(ctx context.Context, tx ReplayTx, org *sales.Org, now time.Time, rule *incident.Rule, from, to time.Time) (Replay, error) {
	w := &work{
		r: r, tx: tx, set: &incident.Set{}, at: incident.At{Now: now, Org: org, Event: "trial"}, today: sales.DayOf(now),
		opened: map[string]bool{}, loaded: map[string]map[sales.ID]*subject.Record{},
	}
	t := &replay{work: w, tx: tx, rule: rule, out: Replay{From: from, To: to}, last: map[sales.ID]time.Time{}}
	var err error
	if t.past, err = t.newPast(ctx); err != nil {
		return t.out, err
	}
	switch rule.Trigger.Kind {
	case rules.Enters, rules.Leaves, rules.Changes:
		err = t.states(ctx)
	case rules.Files:
		err = t.filed(ctx, rule.Trigger.Object.Verbs)
	case rules.Happens:
		err = t.filed(ctx, rule.Trigger.Deed.Verbs)
	case rules.Repeats:
		err = t.repeats(ctx)
	case rules.Silent, rules.Runs:
		err = t.missing(ctx)
	case rules.Reaches, rules.Scheduled:
		err = t.dates(ctx)
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, errEnough) {
		t.out.Partly, err = true, nil
	}
	return t.finish(), err
}

// errEnough says that a dry run has looked at as much as it may.
var errEnough = errors.New("enough")

type replay struct {
	*work
	tx    ReplayTx
	rule  *incident.Rule
	out   Replay
	seen  int
	found []found
	last  map[sales.ID]time.Time // when it last fired for a record
	past  *past
}

// found is a time the rule would have fired, before it is known who would have been told.
type found struct {
	at  time.Time
	rec *subject.Record
}

// events calls do with pages of events, until there are no more.
func (t *replay) events(ctx context.Context, read func(after sales.ID) ([]sales.DomainEvent, error), do func([]sales.DomainEvent) error) error {
	after := sales.ID(0)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		page, err := read(after)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			return nil
		}
		if err := do(page); err != nil {
			return err
		}
		after = page[len(page)-1].ID
		if t.seen += len(page); t.seen > replayEvents {
			return errEnough
		}
		if len(page) < replayPage {
			return nil
		}
	}
}

func (t *replay) count1(rec *subject.Record, when time.Time) {
	t.out.Count++
	t.found = append(t.found, found{when, rec})
	if len(t.found) > 4*maxFires {
		t.newest()
	}
}

func (t *replay) newest() {
	slices.SortStableFunc(t.found, func(a, b found) int { return b.at.Compare(a.at) })
	t.found = t.found[:min(len(t.found), maxFires)]
}

// finish says who would have been told.
func (t *replay) finish() Replay {
	t.newest()
	for _, f := range t.found {
		fire := Fire{At: f.at, ID: f.rec.ID, Title: f.rec.Title()}
		for _, a := range t.rule.Steps[0].Actions {
			for _, to := range a.To {
				if to.Kind == rules.ToGroup {
					fire.Groups = append(fire.Groups, to.Key)
				}
				for _, p := range t.peopleOf(f.rec, to) {
					if !slices.Contains(fire.Who, p) {
						fire.Who = append(fire.Who, p)
					}
				}
			}
		}
		t.out.Fires = append(t.out.Fires, fire)
	}
	t.out.Todays = slices.Sorted(maps.Keys(t.past.todays))
	return t.out
}

func (t *replay) cases() []rules.Case { return t.rule.Trigger.Cases }

// reach is how long before a moment what leads to it may have happened.
func (t *replay) reach() time.Duration {
	longest := time.Duration(0)
	add := func(s rules.Span) {
		if !s.IsZero() {
			longest = max(longest, s.From(t.out.To, t.r.Desk.Calendar).Sub(t.out.To))
		}
	}
	add(t.rule.Trigger.Span)
	for _, c := range t.rule.Trigger.Cases {
		add(c.Span)
	}
	for _, u := range t.rule.Unless {
		add(u.Within)
	}
	return min(longest, 400*24*time.Hour)
}

// filed replays what was filed, or happened.
func (t *replay) filed(ctx context.Context, verbs []string) error {
	read := func(after sales.ID) ([]sales.DomainEvent, error) {
		return t.tx.EventsOfKinds(ctx, verbs, t.out.From.Add(-t.reach()), t.out.To, after, replayPage)
	}
	return t.events(ctx, read, func(page []sales.DomainEvent) error {
		hits := map[sales.ID][]stay{}
		for _, e := range page {
			hits[e.SubjectID] = append(hits[e.SubjectID], stay{since: e.At.Time})
		}
		return t.fires(ctx, hits, true)
	})
}

// deeds reads what was filed of an activity since a moment, as pairs of the record of the rule's object and the moment, in
// the order of filing.
func (t *replay) deeds(ctx context.Context, since time.Time, do func(id sales.ID, at time.Time)) error {
	activity := t.r.Desk.Book.Registry.Object(t.rule.Trigger.Activity.Key)
	column := activity.By[t.rule.Object.Key]
	if column == "" {
		return nil
	}
	q := sales.RowQuery{
		Table: activity.Table, Where: activity.At + " >= ?", Args: []any{sales.At(since)}, Limit: replayPage,
		Columns: []sales.RowColumn{{SQL: column}, {SQL: activity.At, Kind: sales.ColumnInstant}},
	}
	if where := activity.Happened(); where != "" {
		q.Where = where + " AND " + q.Where
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		page, err := t.tx.Rows(ctx, q)
		if err != nil {
			return err
		}
		for _, row := range page {
			do(sales.ID(row.Values[0].N), row.Values[1].At.Time)
		}
		if t.seen += len(page); t.seen > replayEvents {
			return errEnough
		}
		if len(page) < replayPage {
			return nil
		}
		q.After = page[len(page)-1].ID
	}
}

// repeats counts what was filed about each record.
func (t *replay) repeats(ctx context.Context) error {
	span, times := t.rule.Trigger.Span, t.rule.Trigger.Times
	recent := map[sales.ID][]time.Time{}
	hits := map[sales.ID][]stay{}
	err := t.deeds(ctx, t.out.From.Add(-t.reach()), func(id sales.ID, at time.Time) {
		list := append(recent[id], at)
		for len(list) > 0 && !span.From(list[0], t.r.Desk.Calendar).After(at) {
			list = list[1:]
		}
		if recent[id] = list; len(list) < times || len(hits) > replayHeld {
			return
		}
		// While the incident is open it is one.
		if last, was := t.last[id]; !was || span.From(last, t.r.Desk.Calendar).Before(at) {
			t.last[id] = at
			hits[id] = append(hits[id], stay{since: at})
		}
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	return errors.Join(t.fires(ctx, hits, true), err)
}

// missing finds the records about which nothing was filed for the rule's span, or on each of its days something was.
func (t *replay) missing(ctx context.Context) error {
	moments := map[sales.ID][]time.Time{}
	err := t.deeds(ctx, t.out.From.Add(-t.reach()), func(id sales.ID, at time.Time) {
		if len(moments) < replayHeld {
			moments[id] = append(moments[id], at)
		}
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	after := sales.ID(0)
	for ctx.Err() == nil {
		page, perr := t.r.Desk.Book.Registry.Page(ctx, t.tx, t.at.Org, t.rule.Object, t.today, after, 1000, "")
		if perr != nil {
			return perr
		}
		if perr := t.recall(ctx, page, true); perr != nil {
			return perr
		}
		if t.rule.Pauses() || t.ofPeople() {
			if perr := t.readAway(ctx, page, t.out.From.Add(-t.reach())); perr != nil {
				return perr
			}
		}
		for _, rec := range page {
			if perr := t.gaps(ctx, rec, moments[rec.ID]); perr != nil {
				return perr
			}
		}
		if len(page) < 1000 {
			break
		}
		after = page[len(page)-1].ID
	}
	return errors.Join(ctx.Err(), err)
}

// gaps counts the times a rule would have fired for one record, of which something was filed at some moments.
func (t *replay) gaps(ctx context.Context, rec *subject.Record, moments []time.Time) error {
	tr, cal := t.rule.Trigger, t.calendar(rec)
	if tr.Kind == rules.Runs && !tr.Not {
		t.streaks(rec, moments)
		return nil
	}
	if t.ofPeople() {
		moments = append(moments, t.absent(rec)...)
	}
	slices.SortFunc(moments, time.Time.Compare)
	since := rec.Made()
	if before := t.out.From.Add(-t.reach()); since.Before(before) {
		since = before // what was before is not known to have been filed
	}
	for _, next := range append(moments, t.out.To) {
		from := since
		if tr.Kind == rules.Runs {
			from = runsFrom(tr, since, t.r.Desk.Calendar)
		}
		due := tr.Span.From(from, cal)
		if tr.Present && !t.ofPeople() {
			var err error
			if due, err = t.paused(ctx, t.rule, rec, from, due); err != nil {
				return err
			}
		}
		if tr.Kind == rules.Runs { // looked at on the morning after the last day
			due = sales.DayOf(due).At(8, 50)
		}
		if due.Before(next) && !due.Before(t.out.From) && !due.After(t.out.To) && t.rule.InForce(sales.DayOf(due)) && t.held(rec, due) {
			t.count1(rec, due)
		}
		since = next
	}
	return nil
}

// ofPeople reports whether the rule is about days in a row without something of a person, who is left alone while on leave.
func (t *replay) ofPeople() bool {
	return t.rule.Trigger.Kind == rules.Runs && t.rule.Trigger.Not && t.rule.Object.Key == rules.ObjectPerson
}

// absent are the days on which a person was on leave, as moments: the count begins anew after them.
func (t *replay) absent(rec *subject.Record) []time.Time {
	var out []time.Time
	for _, p := range rec.Runners() {
		list, _ := t.aways.of(p, t.aways.since)
		for _, s := range list {
			for at := s.from; at.Before(s.until) && at.Before(t.out.To); at = sales.DayOf(at).AddDays(1).Start() {
				out = append(out, at)
			}
		}
	}
	return out
}

// streaks counts the days on which something had been filed on each of the days before.
func (t *replay) streaks(rec *subject.Record, moments []time.Time) {
	days := map[sales.Day]bool{}
	for _, m := range moments {
		days[sales.DayOf(m)] = true
	}
	run, cal := 0, t.calendar(rec)
	for d := sales.DayOf(t.out.From.Add(-t.reach())); d.Before(sales.DayOf(t.out.To)); d = d.AddDays(1) {
		if t.rule.Trigger.Span.Unit == rules.Workdays && !cal.IsWorkday(d) {
			continue
		}
		if run++; !days[d] {
			run = 0
		}
		if at := d.AddDays(1).At(8, 50); run == t.rule.Trigger.Span.N && !at.Before(t.out.From) && !at.After(t.out.To) && t.held(rec, at) {
			t.count1(rec, at)
		}
	}
}

// dates finds the records whose date was reached, or that a schedule would have been about.
func (t *replay) dates(ctx context.Context) error {
	var moments []time.Time
	tr, cal := t.rule.Trigger, t.r.Desk.Calendar
	if tr.Kind == rules.Scheduled {
		for at := t.out.From; len(moments) < 400; {
			at = tr.Schedule.Next(at, func(d time.Time) bool { return cal.IsWorkday(sales.DayOf(d)) })
			if at.IsZero() || at.After(t.out.To) {
				break
			}
			moments = append(moments, at)
		}
	}
	after := sales.ID(0)
	for ctx.Err() == nil {
		page, err := t.r.Desk.Book.Registry.Page(ctx, t.tx, t.at.Org, t.rule.Object, t.today, after, 1000, "")
		if err != nil {
			return err
		}
		if err := t.recall(ctx, page, true); err != nil {
			return err
		}
		for _, rec := range page {
			if tr.Kind == rules.Reaches {
				moments = t.reached(t.rule, rec)
				if c := tr.Clock; c != nil {
					for i, at := range moments {
						moments[i] = sales.DayOf(at).At(c.Hour, c.Minute)
					}
				}
			}
			for _, at := range moments {
				if !at.Before(t.out.From) && !at.After(t.out.To) && t.rule.InForce(sales.DayOf(at)) && t.held(rec, at) {
					t.count1(rec, at)
				}
			}
		}
		if len(page) < 1000 || t.rule.Object.Table == "" {
			break
		}
		after = page[len(page)-1].ID
	}
	return ctx.Err()
}
