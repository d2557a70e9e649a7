package play

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"salesflow/cmd/quarter/model"
	"salesflow/cmd/quarter/replica"
)

const day = 24 * time.Hour

// begin makes the company as it stands at the start, and what people mean to do.
func (s *script) begin(ctx context.Context, w World) error {
	if err := w.At(ctx, s.size.Start); err != nil {
		return err
	}
	if err := w.Found(ctx, s.c.office, s.c.teams); err != nil {
		return err
	}
	for i := range s.size.Customers {
		id, owner := s.id(), pick(s, s.c.role["rep"])
		class := []string{"KA", "A", "B", "C"}[i%4]
		made := model.Midnight(s.size.Start.Add(-time.Duration(s.rng.Int64N(int64(32 * day)))))
		s.m.Customer(id, owner, class, made)
		s.owners[id] = owner
		s.act(replica.Act{Kind: replica.Customer, Subject: id, To: owner, Text: class, From: made})
		s.customers = append(s.customers, id)
		if i%5 == 0 {
			fact, confirmed := s.id(), grid(s.size.Start.Add(-20*day-time.Duration(s.rng.Int64N(int64(110*day)))))
			s.m.Fact(fact, id, confirmed)
			s.act(replica.Act{Kind: replica.Fact, Subject: fact, Customer: id, From: confirmed})
			if s.chance(30) {
				s.plan(s.within(day, time.Duration(s.size.Days)*day), func() { s.confirm(fact, id) })
			}
		}
	}
	if refused, err := w.Act(ctx, s.acts); err != nil || len(refused) > 0 {
		return errors.Join(err, fmt.Errorf("make the company: %v", refused))
	}
	if err := w.Work(ctx); err != nil {
		return err
	}
	s.intend()
	return nil
}

// anyTime is some moment of the whole span.
func (s *script) anyTime() time.Time { return s.within(0, time.Duration(s.size.Days)*day) }

// intend lays out what people mean to do of their own accord.
func (s *script) intend() {
	for range s.size.Contracts {
		customer := pick(s, s.customers)
		s.plan(s.anyTime(), func() { s.submit(customer) })
	}
	for _, rep := range s.c.role["rep"] {
		for d := range s.size.Days {
			if s.chance(45) {
				s.plan(s.within(time.Duration(d)*day, time.Duration(d+1)*day), func() { s.visit(rep, pick(s, s.customers)) })
			}
		}
	}
	for range s.size.Customers {
		customer := pick(s, s.customers)
		switch at := s.anyTime(); s.rng.IntN(10) {
		case 0, 1, 2:
			s.plan(at, func() { s.complain(customer, 0) })
		case 3, 4:
			s.plan(at, func() { s.deliver(customer) })
		case 5, 6, 7:
			s.plan(at, func() { s.promise(customer) })
		case 8:
			s.plan(at.Add(5*time.Minute), func() { s.reassign(customer) })
		default: // a customer who complains again and again
			for n := range 5 {
				s.plan(s.within(time.Duration(n)*3*day, time.Duration(n+4)*3*day), func() { s.complain(customer, 20) })
			}
		}
	}
	for range s.size.People / 2 {
		who := pick(s, s.c.people).ID
		s.plan(s.anyTime().Add(5*time.Minute), func() { s.leave(who) })
	}
}

// submit begins the life of a contract.
func (s *script) submit(customer int64) {
	if !s.free(customer) {
		return
	}
	id, owner := s.id(), s.owners[customer]
	ends := model.Midnight(s.m.Now).AddDate(0, 0, 20+s.rng.IntN(150))
	s.m.Submit(id, owner, ends, slices.Clone(s.c.role["legal"]), slices.Clone(s.c.role["director"]))
	s.act(replica.Act{Kind: replica.Submit, Who: owner, Subject: id, Customer: customer, Until: ends})
	s.decideLater(id, owner)
}

// decideLater lets a contract go on: most within a day or two, some too late.
func (s *script) decideLater(id, owner int64) {
	within := 20 * time.Hour
	if s.chance(35) {
		within = 150 * time.Hour
	}
	s.plan(s.within(time.Hour, within), func() { s.decide(id, owner) })
	if s.chance(3) {
		s.plan(s.within(time.Hour, 100*time.Hour), func() { s.decideAs(replica.Withdraw, id, owner) })
	}
}

func (s *script) decide(id, owner int64) {
	turn := s.m.Turn(id)
	if len(turn) == 0 {
		return
	}
	who := pick(s, turn)
	switch n := s.rng.IntN(100); {
	case n < 8:
		if s.decideAs(replica.SendBack, id, who) && s.chance(80) {
			s.plan(s.within(time.Hour, 60*time.Hour), func() { s.resubmit(id, owner) })
		}
	case n < 11:
		s.decideAs(replica.Reject, id, who)
	case n < 18 && !slices.Contains(turn, s.c.role["legal_head"][0]) && slices.Contains(s.c.role["legal"], who):
		if to := s.c.role["legal_head"][0]; s.free(id) {
			s.m.Transfer(id, who, to)
			s.act(replica.Act{Kind: replica.Transfer, Who: who, Subject: id, To: to})
		}
		s.decideLater(id, owner)
	default:
		if s.decideAs(replica.Approve, id, who) && s.m.State(id) == "pending" {
			s.decideLater(id, owner)
		}
	}
}

// decideAs does one of the things that can be done about a contract that waits.
func (s *script) decideAs(kind string, id, who int64) bool {
	if len(s.m.Turn(id)) == 0 || !s.free(id) {
		return false
	}
	switch kind {
	case replica.Approve:
		s.m.Approve(id)
	case replica.SendBack:
		s.m.SendBack(id)
	case replica.Reject:
		s.m.Reject(id)
	case replica.Withdraw:
		s.m.Withdraw(id)
	}
	s.act(replica.Act{Kind: kind, Who: who, Subject: id})
	return true
}

func (s *script) resubmit(id, owner int64) {
	if s.m.State(id) != "returned" || !s.free(id) {
		return
	}
	s.m.Resubmit(id)
	s.act(replica.Act{Kind: replica.Resubmit, Who: owner, Subject: id})
	s.decideLater(id, owner)
}

func (s *script) visit(rep, customer int64) {
	if !s.free(customer, rep) {
		return
	}
	s.m.Visit(rep, customer)
	s.act(replica.Act{Kind: replica.Visit, Who: rep, Subject: s.id(), Customer: customer})
}

func (s *script) promise(customer int64) {
	if !s.free(customer) {
		return
	}
	id, owner, source := s.id(), s.owners[customer], pick(s, []string{"visit", "visit", "filing", "contract"})
	due := model.Midnight(s.m.Now).AddDate(0, 0, 1+s.rng.IntN(12))
	s.m.Promise(id, owner, due, source)
	s.act(replica.Act{Kind: replica.Promise, Who: owner, Subject: id, Customer: customer, Until: due, Text: source})
	if s.chance(15) {
		s.plan(s.within(day, 12*day), func() {
			if to := model.Midnight(s.m.Now).AddDate(0, 0, 2+s.rng.IntN(5)); s.m.PromiseOpen(id) && s.free(id) {
				s.m.Postpone(id, to)
				s.act(replica.Act{Kind: replica.Postpone, Who: owner, Subject: id, Until: to})
			}
		})
	}
	if s.chance(85) {
		s.plan(s.within(day, 18*day), func() {
			if s.m.PromiseOpen(id) && s.free(id) {
				s.m.Keep(id)
				s.act(replica.Act{Kind: replica.Keep, Who: owner, Subject: id, Until: due})
			}
		})
	}
}

// complain files a complaint that is taken back in some of a hundred cases.
func (s *script) complain(customer int64, back int) {
	if !s.free(customer) {
		return
	}
	id, who := s.id(), s.owners[customer]
	s.m.Complain(id, who, customer)
	s.act(replica.Act{Kind: replica.Complain, Who: who, Subject: id, Customer: customer})
	if s.chance(back) {
		s.plan(s.within(time.Hour, 20*time.Hour), func() {
			if s.m.ComplaintOpen(id) && s.free(id, customer) {
				s.m.Unsay(id)
				s.act(replica.Act{Kind: replica.Unsay, Who: who, Subject: id})
			}
		})
		return
	}
	s.plan(s.within(time.Hour, 6*day), func() {
		if s.m.ComplaintOpen(id) && s.free(id, customer) {
			s.m.Settle(id)
			s.act(replica.Act{Kind: replica.Settle, Who: pick(s, s.c.role["service"]), Subject: id})
		}
	})
}

func (s *script) deliver(customer int64) {
	if !s.free(customer) {
		return
	}
	id, who := s.id(), s.owners[customer]
	s.m.Deliver(id, who, customer)
	s.act(replica.Act{Kind: replica.Deliver, Who: who, Subject: id, Customer: customer})
	if s.chance(70) {
		s.plan(s.within(day, 16*day), func() { s.answer(id, who) })
	}
}

func (s *script) answer(id, who int64) {
	if s.m.Awaited(id) && s.free(id) {
		s.m.Answer(id)
		s.act(replica.Act{Kind: replica.Answer, Who: who, Subject: id})
	}
}

func (s *script) confirm(fact, customer int64) {
	if s.free(fact) {
		s.m.Confirm(fact)
		s.act(replica.Act{Kind: replica.Confirm, Who: s.owners[customer], Subject: fact, Customer: customer})
	}
}

func (s *script) reassign(customer int64) {
	if to := pick(s, s.c.role["rep"]); s.free(customer) {
		s.m.GiveCustomer(customer, to)
		s.owners[customer] = to
		s.act(replica.Act{Kind: replica.Reassign, Who: to, Subject: customer, To: to})
	}
}

// leave is somebody's leave from tomorrow or now, mostly with a deputy. Some come back early.
func (s *script) leave(who int64) {
	id, deputy := s.id(), int64(0)
	if s.chance(75) {
		if deputy = pick(s, s.c.people).ID; deputy == who {
			deputy = 0
		}
	}
	from := model.Midnight(s.m.Now).AddDate(0, 0, s.rng.IntN(3))
	until := from.AddDate(0, 0, 1+s.rng.IntN(6))
	if s.m.Away(who, from, until) || !s.free(who) {
		return
	}
	s.m.Leave(id, who, deputy, from, until)
	s.act(replica.Act{Kind: replica.Leave, Who: who, Subject: id, To: deputy, From: from, Until: until})
	if s.chance(15) {
		s.plan(s.within(day, 4*day).Add(5*time.Minute), func() {
			if s.free(who) {
				s.m.Cancel(id)
				s.act(replica.Act{Kind: replica.Cancel, Who: who, Subject: id})
			}
		})
	}
}
