package scheduler

import (
	"context"
	"errors"
	"slices"
	"time"

	"salesflow/bot"
	"salesflow/scheduler/incident"
	"salesflow/scheduler/rules"
	"salesflow/scheduler/subject"
	"salesflow/store/sales"
)

// hit is a rule that an event concerns.
type hit struct {
	rule  *incident.Rule
	event sales.DomainEvent
	data  sales.EventData
	// activity is the object that was filed, of a rule about another record; nil when the event is about the rule's own.
	activity *subject.Object
}

// Events shows the rules a batch of events: deadlines begin, incidents open, those that were dealt with end. It returns what
// is to be said.
func (r *Rules) Events(ctx context.Context, tx RuleTx, org *sales.Org, now time.Time, events []sales.DomainEvent) (bot.Reply, error) {
	w, err := r.begin(ctx, tx, now, org, "event:"+events[0].ID.String())
	if err != nil {
		return bot.Reply{}, err
	}
	x := r.index.of(w.set, r.Desk.Book.Registry)
	var hits []hit
	for _, e := range events {
		hits = append(hits, x.hits(e, r.Desk.Book.Registry)...)
	}
	if err := w.endings(ctx, x, events); err != nil {
		return bot.Reply{}, err
	}
	if err := w.prepare(ctx, hits); err != nil {
		return bot.Reply{}, err
	}
	for _, h := range hits {
		w.at.Event = "event:" + h.event.ID.String()
		if err := w.hit(ctx, h); err != nil {
			return bot.Reply{}, err
		}
	}
	return w.reply, nil
}

// hits are the rules an event concerns.
func (x *index) hits(e sales.DomainEvent, g *subject.Registry) []hit {
	var out []hit
	about, filed := x.bySubject[e.SubjectKind], x.byVerb[e.Kind]
	if len(about)+len(filed) == 0 {
		return nil
	}
	d := e.Changes()
	if d.Quiet {
		return nil
	}
	for _, r := range about {
		if matches(r, d) {
			out = append(out, hit{rule: r, event: e, data: d})
		}
	}
	for _, r := range filed {
		h := hit{rule: r, event: e, data: d}
		if t := r.Trigger; t.Activity != nil && slices.Contains(t.Activity.Verbs, e.Kind) {
			h.activity = g.Object(t.Activity.Key)
		}
		out = append(out, h)
	}
	return out
}

// matches reports whether a change is what a rule about states and fields waits for.
func matches(r *incident.Rule, d sales.EventData) bool {
	switch t := r.Trigger; t.Kind {
	case rules.Enters:
		return begins(r, d)
	case rules.Reaches:
		return d.New[r.Object.Watched(t.Field.Key)] != ""
	case rules.Leaves:
		was, changed := d.Old[r.Object.StateColumn()]
		return changed && was == t.State.Key
	case rules.Changes:
		column := r.Object.Watched(t.Field.Key)
		if d.Old == nil {
			return false // made so, not changed
		}
		now, changed := d.New[column]
		if t.To != nil && t.To.Type == rules.Enum {
			return changed && now == t.To.S
		}
		return changed
	}
	return false
}

// prepare reads the records of the hits, all of one kind together.
func (w *work) prepare(ctx context.Context, hits []hit) error {
	ids := map[*subject.Object][]sales.ID{}
	for _, h := range hits {
		if h.activity == nil && !w.onlyWaits(h.rule) {
			ids[h.rule.Object] = append(ids[h.rule.Object], h.event.SubjectID)
		}
	}
	if err := w.loadAll(ctx, ids); err != nil {
		return err
	}
	return w.parents(ctx, hits)
}

// onlyWaits reports whether an event of a rule does no more than begin its deadline, for which the record is not needed. Spans
// of working time need it, since they go by its owner's region.
func (w *work) onlyWaits(r *incident.Rule) bool {
	return waits(r) && len(r.Trigger.Cases) == 0 && !r.Trigger.Present && !works(r) && r.Object.Anew == ""
}

// works reports whether a rule waits for spans of working time.
func works(r *incident.Rule) bool {
	if r.Trigger.Span.Works() {
		return true
	}
	return slices.ContainsFunc(r.Unless, func(u rules.Unless) bool { return u.Within.Works() })
}

// parents reads the activities that were filed, and the records they were filed about.
func (w *work) parents(ctx context.Context, hits []hit) error {
	acts, about := map[*subject.Object][]sales.ID{}, map[*subject.Object][]sales.ID{}
	for _, h := range hits {
		if h.activity != nil {
			acts[h.activity] = append(acts[h.activity], h.event.SubjectID)
		}
	}
	if err := w.loadAll(ctx, acts); err != nil {
		return err
	}
	for _, h := range hits {
		if h.activity == nil {
			continue
		}
		found, err := w.load(ctx, h.activity, []sales.ID{h.event.SubjectID})
		if err != nil {
			return err
		}
		if act := found[h.event.SubjectID]; act != nil {
			if id := aboutWhom(act, h.rule.Object); id != 0 {
				about[h.rule.Object] = append(about[h.rule.Object], id)
			}
		}
	}
	return w.loadAll(ctx, about)
}

// loadAll reads records ahead, those of one kind together.
func (w *work) loadAll(ctx context.Context, ids map[*subject.Object][]sales.ID) error {
	for o, list := range ids {
		if _, err := w.load(ctx, o, list); err != nil {
			return err
		}
	}
	return nil
}

// hit is what follows from one event for one rule.
func (w *work) hit(ctx context.Context, h hit) error {
	r := h.rule
	if h.activity != nil {
		return w.filedAbout(ctx, h)
	}
	if w.onlyWaits(r) {
		w.await(r, h.event.SubjectID, w.slot(h), w.deadline(r, nobody{}, h.event.At.Time))
		return nil
	}
	found, err := w.load(ctx, r.Object, []sales.ID{h.event.SubjectID})
	if err != nil {
		return err
	}
	rec := found[h.event.SubjectID]
	switch {
	case rec == nil:
		return nil // another kind with the same subject, or gone
	case r.Trigger.Kind == rules.Silent:
		w.await(r, rec.ID, "", w.deadline(r, rec, h.event.At.Time))
		return nil
	case r.Trigger.Kind == rules.Reaches:
		return w.dated(ctx, r, rec, h.data.Chain)
	case r.Trigger.Kind == rules.Enters && anew(r, h.data) && stateOf(r, rec) != r.Trigger.State.Key:
		return nil // its next step, in another state
	case waits(r):
		w.await(r, rec.ID, w.slot(h), w.deadline(r, rec, h.event.At.Time))
		return nil
	}
	_, err = w.fire(ctx, r, rec, h.event.At.Time, h.data.Chain)
	return err
}

// slot tells several deadlines of a rule about one record apart: a state has one, what is filed has one for each event.
func (w *work) slot(h hit) string {
	if h.rule.Trigger.Kind == rules.Enters {
		return ""
	}
	return ":" + h.event.ID.String()
}

// nobody is a record of which nothing is known.
type nobody struct{}

// Value implements rules.Record.
func (nobody) Value(_, f *rules.Field) rules.Value { return rules.Value{Type: f.Type, None: true} }

// filedAbout is what follows when an activity was filed that a rule counts for another record.
func (w *work) filedAbout(ctx context.Context, h hit) error {
	r := h.rule
	acts, err := w.load(ctx, h.activity, []sales.ID{h.event.SubjectID})
	if err != nil {
		return err
	}
	act := acts[h.event.SubjectID]
	if act == nil {
		return nil
	}
	id := aboutWhom(act, r.Object)
	if id == 0 {
		return nil
	}
	found, err := w.load(ctx, r.Object, []sales.ID{id})
	if err != nil {
		return err
	}
	rec := found[id]
	if rec == nil {
		return nil
	}
	if r.Trigger.Kind == rules.Silent {
		w.await(r, rec.ID, "", w.deadline(r, rec, h.event.At.Time))
		return nil
	}
	back := r.Trigger.Span
	back.N = -back.N
	n, err := w.count(ctx, h.activity.Key, rec, back.From(h.event.At.Time, w.calendar(rec)), time.Time{})
	if err != nil || n < r.Trigger.Times {
		return err
	}
	_, err = w.fire(ctx, r, rec, h.event.At.Time, h.data.Chain)
	return err
}

// aboutWhom is the record of an object that an activity was filed about.
func aboutWhom(act *subject.Record, o *subject.Object) sales.ID {
	if o.Key == act.Object.Key {
		return act.ID
	}
	if id := act.RefID(o.Key); id != 0 {
		return id
	}
	if o.Key == rules.ObjectPerson {
		return sales.ID(act.Owner())
	}
	return 0
}

// endings ends the incidents that events have dealt with: the record left its state, what was missing was filed.
func (w *work) endings(ctx context.Context, x *index, events []sales.DomainEvent) error {
	ids, err := w.filedFor(ctx, x, events)
	if err != nil {
		return err
	}
	for _, e := range events {
		if e.MayChange() && len(e.Changes().Old) > 0 {
			ids[e.SubjectKind] = append(ids[e.SubjectKind], e.SubjectID)
		}
	}
	for kind, list := range ids {
		slices.Sort(list)
		open, err := w.tx.OpenRuleIncidents(ctx, kind, slices.Compact(list))
		if err != nil {
			return err
		}
		for _, i := range open {
			if err := w.ending(ctx, i); err != nil {
				return err
			}
		}
	}
	return nil
}

// filedFor are the records, by the kind of subject, for which the activities that events filed may end an incident.
func (w *work) filedFor(ctx context.Context, x *index, events []sales.DomainEvent) (map[string][]sales.ID, error) {
	filed := map[*subject.Object][]sales.ID{}
	for _, e := range events {
		if o := x.ends[e.Kind]; o != nil {
			filed[o] = append(filed[o], e.SubjectID)
		}
	}
	ids := map[string][]sales.ID{}
	g := w.r.Desk.Book.Registry
	for o, list := range filed {
		acts, err := o.Plain(ctx, w.tx, w.at.Org, w.today, list)
		if err != nil {
			return nil, err
		}
		for _, act := range acts {
			for key := range o.By {
				if to := g.Object(key); to != nil {
					if id := aboutWhom(act, to); id != 0 {
						ids[to.Subject] = append(ids[to.Subject], id)
					}
				}
			}
		}
	}
	return ids, nil
}

func (w *work) ending(ctx context.Context, i sales.Incident) error {
	c, err := w.r.Desk.Load(ctx, w.tx, w.at, i)
	if err != nil {
		var unreadable *rules.Problem
		if sales.KindOf(err) == sales.NotFound || errors.As(err, &unreadable) {
			return nil
		}
		return err
	}
	how, err := w.handled(ctx, c)
	if err != nil || how == "" {
		return err
	}
	if err := c.Resolve(ctx, how); err != nil {
		return err
	}
	w.opened[i.Kind+"/"+i.SubjectID.String()] = false
	reply, err := c.Save(ctx)
	w.say(reply)
	return err
}
