package scheduler

import (
	"context"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// Kinds of due rows about a person's days. Their subject is the person, the slot the day; of a return it is the absence.
const (
	DuePlanMorning   = "plan.morning"   // the rep's plan of the day
	DueAbsenceReturn = "absence.return" // what came while somebody was away
)

// DayTx is what a rep's morning message and a return need of one transaction.
type DayTx interface {
	bot.PostTx
	sales.AwayReader
	sales.HeldReader
	RhythmTx
	sales.TodayReader
	sales.TopReader
	AbsenceByID(ctx context.Context, id sales.ID) (sales.Absence, error)
	DropHeld(person sales.PersonID, last sales.ID)
}

// Days decide with what a rep's day begins (拜访计划), and what is told to somebody who is back.
type Days struct {
	Calendar *sales.Calendar
	// At is when the plan of the day is sent on a workday.
	At sales.ClockTime
	// Products names products, for the deals of the day; nil leaves them out.
	Products func(ctx context.Context, ids []sales.ID) []string
}

// RegisterDays registers the decisions about people's days.
func RegisterDays[T interface {
	DueTx
	DayTx
}](e *Engine[T], d Days) {
	e.Handle(DuePlanMorning, func(ctx context.Context, m Moment, tx T) (Decision, error) { return d.Morning(ctx, m, tx) })
	e.Handle(DueAbsenceReturn, func(ctx context.Context, m Moment, tx T) (Decision, error) { return d.Return(ctx, m, tx) })
}

// EnsureDays writes the next morning of every rep. It may be called again at any time.
func (d Days) EnsureDays(tx RhythmTx, org *sales.Org, now sales.Instant) {
	for _, p := range org.WithRole(sales.RoleRep) {
		d.next(tx, p.ID, sales.Day{}, now)
	}
}

func (d Days) next(tx RhythmTx, p sales.PersonID, after sales.Day, now sales.Instant) {
	slot := sales.Rhythm{Calendar: d.Calendar}.NextSlot(after, d.At, now.Time)
	tx.Schedule(sales.Due{
		ID: tx.NewID(), Kind: DuePlanMorning, SubjectKind: "person", SubjectID: sales.ID(p), Slot: slot.String(),
		DueAt: sales.At(d.At.On(slot)), State: sales.DuePending,
	})
}

// Morning sends a rep the plan of the day, what was not made of the last one, what is due, and the deals that deserve the
// day most (TOP3), in one message. Nothing is sent when there is none of it.
func (d Days) Morning(ctx context.Context, m Moment, tx DayTx) (Decision, error) {
	day := slotDay(m.Due)
	p, ok := m.Org.Person(sales.PersonID(m.Due.SubjectID))
	if !ok || !p.Active || !p.Has(sales.RoleRep) {
		return Decision{Reason: "no rep any more"}, nil
	}
	d.next(tx, p.ID, day, sales.At(m.Now))
	if !d.Calendar.IsWorkday(day) || m.Today != day || m.Now.After(day.At(12, 0)) {
		return Decision{Reason: "the morning is over"}, nil
	}
	away, err := sales.ReadAway(ctx, tx, []sales.PersonID{p.ID}, sales.At(m.Now))
	if err != nil {
		return Decision{}, err
	}
	if len(away) > 0 {
		return Decision{Reason: "away"}, nil
	}
	v, err := d.today(ctx, m, tx, p.ID, day)
	if err != nil {
		return Decision{}, err
	}
	top, err := sales.ReadTop(ctx, tx, m.Org, []sales.Person{p}, p.ID, m.Now)
	if err != nil {
		return Decision{}, err
	}
	if len(v.Plans)+len(v.Missed)+len(top) == 0 {
		return Decision{Reason: "nothing planned, no deals"}, nil
	}
	v.Top = view.Top{Token: view.TopMorning, Deals: top, Reader: p.ID, Today: day}
	if d.Products != nil {
		v.Top.Products = func(ids []sales.ID) []string { return d.Products(ctx, ids) }
	}
	card := view.MorningPlan(v)
	dec := push(p.ID, "plan:"+p.ID.String(), day.String(), bot.Outgoing{Card: &card})
	dec.Reply.Say[0].Prompt = true
	return dec, nil
}

func (d Days) today(ctx context.Context, _ Moment, tx DayTx, p sales.PersonID, day sales.Day) (view.Today, error) {
	f, err := sales.ReadToday(ctx, tx, d.Calendar, p, day)
	return view.TodayOf(f), err
}

// Return tells somebody who is back what came meanwhile, in one message.
func (d Days) Return(ctx context.Context, m Moment, tx DayTx) (Decision, error) {
	a, err := tx.AbsenceByID(ctx, m.Due.SubjectID)
	if err != nil {
		return Decision{}, err
	}
	switch {
	case a.State != sales.AbsenceActive:
		return Decision{Reason: "cancelled"}, nil
	case !here(m, a.PersonID):
		return Decision{Reason: "has left"}, nil
	case d.Calendar.Quiet(m.Now):
		return Decision{Reason: "quiet", Again: d.Calendar.NextAllowed(m.Now)}, nil
	}
	away, err := sales.ReadAway(ctx, tx, []sales.PersonID{a.PersonID}, sales.At(m.Now))
	if err != nil {
		return Decision{}, err
	}
	if len(away) > 0 {
		return Decision{Reason: "away again"}, nil
	}
	lines, last, err := sales.ReadHeld(ctx, tx, a.PersonID)
	if err != nil {
		return Decision{}, err
	}
	if last != 0 {
		tx.DropHeld(a.PersonID, last)
	}
	if len(lines) == 0 {
		return Decision{Reason: "nothing came"}, nil
	}
	return push(a.PersonID, "absence:"+a.ID.String(), "return", bot.Outgoing{Text: view.HeldText(a.KindName(), lines)}), nil
}

// teamPlans are the visits that people have planned for a day; none when tx does not know.
func teamPlans(ctx context.Context, tx any, people []sales.Person, day sales.Day) ([]sales.VisitPlan, error) {
	r, ok := tx.(interface {
		Plans(ctx context.Context, scope sales.Scope, from, to sales.Day) ([]sales.VisitPlan, error)
	})
	if !ok || len(people) == 0 {
		return nil, nil
	}
	var scope sales.Scope
	for _, p := range people {
		scope.Persons = append(scope.Persons, p.ID)
	}
	return r.Plans(ctx, scope, day, day)
}
