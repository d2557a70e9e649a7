package approval

import (
	"slices"
	"time"

	"salesflow/store/sales"
)

// IncidentOverdue is the kind of the incident of a contract that waits too long. Its subject is the contract.
const IncidentOverdue = "contract.overdue"

// What the steps of an incident's story say.
const (
	StepOpened      = "opened"      // the wait was too long
	StepPushed      = "pushed"      // somebody was told, one step a person
	StepHeld        = "held"        // nobody was told, and why
	StepUnreachable = "unreachable" // nobody of the level can be reached
	StepAcked       = "acked"       // 我来处理
	StepSnoozed     = "snoozed"     // 2小时后再提醒
	StepNudged      = "nudged"      // 催办
	StepHandedOver  = "handed_over" // 转给他人
	StepResolved    = "resolved"
)

// StateOf reads from an incident and its story what NextEscalation needs. Steps before the incident was opened (again)
// do not count.
func StateOf(i sales.Incident, steps []sales.IncidentStep) IncidentState {
	s := IncidentState{Level: i.Level, AckedBy: i.AckedBy, AckedAt: i.AckedAt.Time, SnoozedUntil: i.SnoozedUntil.Time}
	for _, e := range steps {
		if e.At.Before(i.OpenedAt.Time) {
			continue
		}
		switch e.What {
		case StepSnoozed:
			s.Snoozes++
		case StepPushed, StepUnreachable:
			if e.Level != i.Level {
				continue
			}
			if !s.LevelAt.IsZero() && e.At.After(s.LevelAt) && !snoozedBetween(steps, s.LevelAt, e.At.Time) {
				s.Repeats++
			}
			s.LevelAt, s.Unreachable = e.At.Time, e.What == StepUnreachable
		}
	}
	return s
}

func snoozedBetween(steps []sales.IncidentStep, from, to time.Time) bool {
	return slices.ContainsFunc(steps, func(e sales.IncidentStep) bool {
		return e.What == StepSnoozed && !e.At.Before(from) && !e.At.After(to)
	})
}

// OrgResolver finds approvers in the organisation: holders near the requester first.
type OrgResolver struct{ Org *sales.Org }

// Holders lists who holds a role for the requester: the lead of the requester's own line for 主管, else those of the
// requester's region, else all.
func (o OrgResolver) Holders(role string, requester sales.PersonID) []Person {
	holders := o.Org.WithRole(sales.Role(role))
	if sales.Role(role) == sales.RoleLead {
		if m, ok := o.Org.Manager(requester); ok && m.Has(sales.RoleLead) {
			holders = []sales.Person{m}
		}
	}
	if p, ok := o.Org.Person(requester); ok {
		if region := o.Org.Region(p.TeamID); region != "" {
			var near []sales.Person
			for _, h := range holders {
				if o.Org.Region(h.TeamID) == region {
					near = append(near, h)
				}
			}
			if len(near) > 0 {
				holders = near
			}
		}
	}
	out := make([]Person, len(holders))
	for i, h := range holders {
		out[i] = Person{ID: h.ID, Name: h.Name}
	}
	return out
}

// Named finds an active member by the code of the organisation file, or by a full name that one person has.
func (o OrgResolver) Named(key string) (Person, bool) {
	for _, p := range o.Org.People() {
		if p.Code == key {
			return Person{p.ID, p.Name}, true
		}
	}
	if list := o.Org.ByName(key); len(list) == 1 {
		return Person{list[0].ID, list[0].Name}, true
	}
	return Person{}, false
}

// Superior is a person's manager.
func (o OrgResolver) Superior(person sales.PersonID) (Person, bool) {
	m, ok := o.Org.Manager(person)
	return Person{ID: m.ID, Name: m.Name}, ok
}
