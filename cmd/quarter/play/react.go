package play

import (
	"slices"
	"time"

	"salesflow/cmd/quarter/model"
	"salesflow/cmd/quarter/replica"
)

// kinds are the subject kinds of the rules' incidents.
var kinds = map[string]string{
	model.Overdue: "contract", model.Expiring: "contract", model.Promise: "todo", model.Neglected: "customer", model.Thrice: "customer",
	model.Stale: "fact", model.Silent: "person", model.Sample: "filing", model.Review: "filing",
	model.Turn: "contract", model.Ask: "filing", model.Taken: "filing", model.Fresh: "fact",
}

// react lets people who were pushed something do something about it, some time later.
func (s *script) react() {
	fresh := slices.Clone(s.m.Pushes[s.seen:])
	s.seen = len(s.m.Pushes)
	slices.SortFunc(fresh, order)
	for _, p := range fresh {
		switch n := s.rng.IntN(100); {
		case n < 20:
			s.plan(s.within(time.Minute, 10*time.Hour), func() { s.about(replica.TakeUp, p) })
		case n < 32:
			s.plan(s.within(time.Minute, 10*time.Hour), func() { s.about(replica.Snooze, p) })
		case n < 38:
			s.plan(s.within(time.Minute, 20*time.Hour), func() { s.about(replica.Give, p) })
		case n < 48:
			s.plan(s.within(time.Minute, 40*time.Hour), func() { s.about(replica.Done, p) })
		case n < 70:
			s.plan(s.within(time.Minute, 60*time.Hour), func() { s.mend(p) })
		}
	}
}

// about does something about the incident that somebody was told of.
func (s *script) about(kind string, p model.Push) {
	i := s.m.Incident(p.Rule, p.Subject)
	if i == nil || !s.free(p.Subject) {
		return
	}
	a := replica.Act{Kind: kind, Who: p.To, Subject: p.Subject, Rule: p.Rule, Text: kinds[p.Rule]}
	ok := false
	switch kind {
	case replica.TakeUp:
		ok = s.m.TakeUp(i, p.To)
	case replica.Snooze:
		a.Until = s.m.Now.Add(2 * time.Hour)
		ok = s.m.Snooze(i, p.To)
	case replica.Give:
		if a.To = pick(s, s.c.people).ID; a.To != p.To {
			ok = s.m.Give(i, p.To, a.To)
		}
	case replica.Done:
		ok = s.m.Done(i, p.To)
	}
	if ok {
		s.act(a)
	}
}

// mend does what a push asks for.
func (s *script) mend(p model.Push) {
	if s.m.Incident(p.Rule, p.Subject) == nil {
		return
	}
	switch p.Rule {
	case model.Overdue:
		if turn := s.m.Turn(p.Subject); len(turn) > 0 {
			s.decideAs(replica.Approve, p.Subject, turn[0])
		}
	case model.Neglected:
		s.visit(s.owners[p.Subject], p.Subject)
	case model.Silent:
		s.visit(p.Subject, pick(s, s.customers))
	case model.Sample, model.Ask:
		s.answer(p.Subject, p.To)
	}
}
