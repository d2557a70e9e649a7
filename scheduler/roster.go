package scheduler

import (
	"context"
	"slices"
	"strconv"
	"time"

	"salesflow/bot"
	"salesflow/scheduler/incident"
	"salesflow/scheduler/rules"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// RosterTx is what changes of duty need of one transaction.
type RosterTx interface {
	bot.PostTx
	sales.AwayReader
	RosterTold(ctx context.Context, roster sales.ID) (sales.PersonID, error)
	NoteRosterTold(roster sales.ID, who sales.PersonID, at sales.Instant)
	Schedule(d sales.Due)
	Emit(e sales.DomainEvent)
}

// RegisterRosters registers the moments at which duty (值班) changes hands.
func RegisterRosters[T interface {
	DueTx
	RosterTx
}](e *Engine[T]) {
	e.Handle(sales.DueRoster, func(ctx context.Context, m Moment, tx T) (Decision, error) { return ChangeDuty(ctx, m, tx) })
}

// dutyLook is when it is looked each day who is on duty, for leave that begins or ends within a turn.
var dutyLook = sales.ClockTime{Hour: 8, Minute: 30}

// ChangeDuty tells who is on duty now, once, when it was somebody else before, and writes the row of the next look.
func ChangeDuty(ctx context.Context, m Moment, tx RosterTx) (Decision, error) {
	r, ok := m.Org.RosterByID(m.Due.SubjectID)
	if !ok {
		return Decision{Reason: "the roster is gone"}, nil
	}
	if at := wakeful(r, m.Now); at.After(m.Now) {
		return Decision{Reason: "in the night", Again: at}, nil
	}
	shift := m.Org.Shift(r, m.Now)
	nextLook(m, tx, r, shift)
	who, away, err := sales.Present(ctx, tx, m.Org.Queue(r, m.Now), sales.At(m.Now))
	if err != nil {
		return Decision{}, err
	}
	told, err := tx.RosterTold(ctx, r.ID)
	if err != nil {
		return Decision{}, err
	}
	if who == 0 || who == told {
		return Decision{Reason: "no change"}, nil
	}
	tx.NoteRosterTold(r.ID, who, sales.At(m.Now))
	tx.Emit(sales.DomainEvent{
		ID: tx.NewID(), At: sales.At(m.Now), Kind: "roster.changed", SubjectKind: "roster", SubjectID: r.ID, PersonID: who, Data: "{}",
	})
	text := "轮到你值班了:" + r.Name + ",到 " + sales.UntilText(shift.Until, m.Now) + "。"
	if a, gone := away[shift.PersonID]; gone && who != shift.PersonID {
		text = "该 " + m.Org.Name(shift.PersonID) + " 值班,他" + a.KindName() + "到 " + a.LastDay().Chinese() + ",你先顶上:" + r.Name + ",到 " + sales.UntilText(shift.Until, m.Now) + "。"
	}
	if next := after(m.Org, r, shift); next != 0 && next != who {
		text += "接着是 " + m.Org.Name(next) + "。"
	}
	text += "要换人发:值班 替班 " + r.Name + " 明天 姓名"
	return Decision{Reason: "told", Reply: bot.Reply{Say: []bot.Say{{
		To: []sales.PersonID{who}, Subject: "roster:" + r.ID.String(), Kind: bot.DeliverPush, Push: true, Urgent: true, // duty is duty on Sundays
		Slot: "duty:" + strconv.FormatInt(m.Now.Unix(), 36), Out: bot.Outgoing{Text: text},
	}}}}, nil
}

// wakeful is when people can be told of a change at a moment of the night: in the morning, unless the roster itself changes then.
func wakeful(r sales.Roster, now time.Time) time.Time {
	const night, morning = 21, 8
	day := sales.DayOf(now)
	hour := now.Sub(day.Start()) / time.Hour
	if hour >= morning && hour < night || now.Sub(r.TurnAt(now)) < 10*time.Minute {
		return now
	}
	if hour >= night {
		day = day.AddDays(1)
	}
	return dutyLook.On(day)
}

// after is who is on duty after a shift.
func after(org *sales.Org, r sales.Roster, s sales.Shift) sales.PersonID {
	return org.Shift(r, s.Until).PersonID
}

// nextLook writes the row of the next look: when the shift ends, or the next morning.
func nextLook(m Moment, tx RosterTx, r sales.Roster, s sales.Shift) {
	at := dutyLook.On(m.Today)
	if !at.After(m.Now) {
		at = dutyLook.On(m.Today.AddDays(1))
	}
	if s.Until.After(m.Now) && s.Until.Before(at) {
		at = s.Until
	}
	slot := strconv.FormatInt(at.Unix(), 10)
	if m.Due.Slot == slot {
		return
	}
	tx.Schedule(sales.Due{
		ID: tx.NewID(), Kind: sales.DueRoster, SubjectKind: "roster", SubjectID: r.ID, Slot: slot, DueAt: sales.At(at), State: sales.DuePending,
	})
}

// whom are those a recipient means for a case. Of a roster it is who is on duty and not away.
func (w *work) whom(ctx context.Context, c *incident.Case, level int, to rules.Recipient) ([]sales.PersonID, error) {
	if to.Kind != rules.ToRoster {
		return w.people(c, to), nil
	}
	queue := w.at.Org.OnDuty(to.Key, w.at.Now)
	if len(queue) == 0 {
		w.tellEmpty(c, to)
	}
	who, away, err := sales.Present(ctx, w.tx, queue, sales.At(w.at.Now))
	if err != nil || who == 0 {
		return nil, err
	}
	for _, p := range queue[:slices.Index(queue, who)] {
		a := away[p]
		c.Step(approval.StepHeld, level, p, w.at.Org.Name(p)+a.KindName()+"到 "+a.LastDay().Chinese()+",值班转给 "+w.at.Org.Name(who))
	}
	to.Kind, to.Person = rules.ToPerson, who
	return w.people(c, to), nil
}

// tellEmpty tells the administrators, and whoever wrote the rule down, that a rule asks a roster on which nobody is left, once a day:
// what it says otherwise reaches nobody, and nobody knows.
func (w *work) tellEmpty(c *incident.Case, to rules.Recipient) {
	mend := "换人发:值班 新 " + to.Key + " 姓名、姓名"
	if r, ok := w.at.Org.Roster(to.Key); ok && r.Source == sales.RuleFile {
		mend = "换人要改配置里的值班表"
	} else if ok {
		mend = "换人发:值班 " + to.Key + " 看现在的"
	}
	w.tellAdmins("值班表\""+to.Key+"\"上的人都不在了,规则\""+c.Rule.Name+"\"推送不到人:"+c.View(1).Title+"。"+mend+"。",
		"roster-empty:"+to.Key+":"+w.today.String())
}

// EnsureRosters writes the rows of the next looks at all rosters. It may be called again at any time.
func EnsureRosters(tx interface {
	NewID() sales.ID
	Schedule(d sales.Due)
}, org *sales.Org, now time.Time,
) {
	for _, r := range org.Rosters() {
		tx.Schedule(sales.Due{
			ID: tx.NewID(), Kind: sales.DueRoster, SubjectKind: "roster", SubjectID: r.ID, Slot: "start", DueAt: sales.At(now), State: sales.DuePending,
		})
	}
}
