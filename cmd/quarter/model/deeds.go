package model

import (
	"slices"
	"time"
)

// Customer makes a customer; before is when somebody was there last, or when it was made.
func (m *Model) Customer(id, owner int64, class string, before time.Time) {
	m.customers[id] = &customer{id: id, owner: owner, class: class, visited: before}
}

// Fact makes a key field of a customer.
func (m *Model) Fact(id, customer int64, confirmed time.Time) {
	m.facts[id] = &fact{id: id, customer: customer, confirmed: confirmed}
}

// Confirm confirms a key field: what was asked about it is answered.
func (m *Model) Confirm(id int64) {
	m.facts[id].confirmed = m.Now
	m.end(Stale, id)
}

// GiveCustomer gives a customer to another owner.
func (m *Model) GiveCustomer(id, owner int64) { m.customers[id].owner = owner }

// Submit submits a contract; turn is who decides first, later who after them.
func (m *Model) Submit(id, owner int64, ends time.Time, turn []int64, later ...[]int64) {
	c := &contract{id: id, owner: owner, state: "pending", entered: m.Now, turned: m.Now, ends: ends, turn: turn, later: later}
	m.contracts[id] = c
	m.pending = append(m.pending, c)
}

// Approve signs the step at work.
func (m *Model) Approve(id int64) {
	c := m.contracts[id]
	if len(c.later) > 0 {
		c.turn, c.later = c.later[0], c.later[1:]
		m.turn(c)
		return
	}
	m.leave(c, "approved")
}

// SendBack gives a contract back to its author.
func (m *Model) SendBack(id int64) { m.leave(m.contracts[id], "returned") }

// Reject ends it for good.
func (m *Model) Reject(id int64) { m.leave(m.contracts[id], "rejected") }

// Withdraw is its author's.
func (m *Model) Withdraw(id int64) { m.leave(m.contracts[id], "withdrawn") }

func (m *Model) leave(c *contract, state string) {
	c.state = state
	m.end(Overdue, c.id)
	m.end(Turn, c.id)
}

// turn says that a contract waits for others than before.
func (m *Model) turn(c *contract) {
	c.turned = m.Now
	m.end(Turn, c.id)
}

// Resubmit takes a returned contract up again where it was: its clock begins anew.
func (m *Model) Resubmit(id int64) {
	c := m.contracts[id]
	c.state, c.entered = "pending", m.Now
	m.turn(c)
	m.pending = append(m.pending, c)
}

// Transfer gives somebody's turn to another.
func (m *Model) Transfer(id, from, to int64) {
	c := m.contracts[id]
	for i, p := range c.turn {
		if p == from {
			c.turn[i] = to
		}
	}
	m.turn(c)
}

// Turn is who is to decide about a contract, nobody when it does not wait.
func (m *Model) Turn(id int64) []int64 {
	if c := m.contracts[id]; c != nil && c.state == "pending" {
		return c.turn
	}
	return nil
}

// State is the state of a contract.
func (m *Model) State(id int64) string { return m.contracts[id].state }

// Visit files a visit.
func (m *Model) Visit(person, customer int64) {
	m.visits[person] = m.Now
	m.end(Silent, person)
	m.customers[customer].visited, m.customers[customer].visitor = m.Now, person
	m.end(Neglected, customer)
	m.seen(customer)
}

// Promise makes a to-do with a day.
func (m *Model) Promise(id, owner int64, due time.Time, source string) {
	p := &promise{id, owner, due, true, source}
	m.promises[id] = p
	m.open = append(m.open, p)
}

// Keep does a to-do; Postpone moves its day.
func (m *Model) Keep(id int64) {
	m.promises[id].open = false
	m.end(Promise, id)
}

// Postpone moves the day of a to-do.
func (m *Model) Postpone(id int64, due time.Time) {
	m.promises[id].due = due
	m.end(Promise, id)
}

// PromiseOpen reports whether a to-do is to be done.
func (m *Model) PromiseOpen(id int64) bool { return m.promises[id] != nil && m.promises[id].open }

// Complain files a complaint about a customer: the third within thirty days is told of.
func (m *Model) Complain(id, person, customer int64) {
	f := &filing{id: id, person: person, customer: customer, state: "open", entered: m.Now, filed: m.Now}
	m.complaints[id] = f
	m.untaken = append(m.untaken, f)
	f.look = workdays(f.filed, 2)
	m.unseen = append(m.unseen, f)
	n := 0
	for _, f := range m.complaints {
		if f.customer == customer && f.state != "undone" && !f.filed.Before(m.Now.AddDate(0, 0, -30)) {
			n++
		}
	}
	if n >= 3 {
		m.begin(Thrice, customer, m.Now)
	}
}

// Unsay takes a complaint back.
func (m *Model) Unsay(id int64) {
	m.complaints[id].state = "undone"
	m.end(Taken, id)
	m.end(Unseen, id)
}

// Settle closes a complaint.
func (m *Model) Settle(id int64) {
	f := m.complaints[id]
	f.state, f.entered = "closed", m.Now
	m.end(Taken, id)
	m.end(Unseen, id)
	m.begin(Review, id, m.Now)
}

// ComplaintOpen reports whether a complaint is to be dealt with, Awaited whether a sample was delivered and nothing came
// of it yet.
func (m *Model) ComplaintOpen(id int64) bool {
	return m.complaints[id] != nil && m.complaints[id].state == "open"
}

// Awaited reports whether a sample was delivered and nothing came of it yet.
func (m *Model) Awaited(id int64) bool {
	return m.samples[id] != nil && m.samples[id].state == "delivered"
}

// Deliver says that a sample has arrived.
func (m *Model) Deliver(id, person, customer int64) {
	f := &filing{id: id, person: person, customer: customer, state: "delivered", entered: m.Now}
	m.samples[id] = f
	m.delivered = append(m.delivered, f)
}

// Answer says what came of a sample.
func (m *Model) Answer(id int64) {
	m.samples[id].state = "answered"
	m.end(Sample, id)
	m.end(Ask, id)
}

// Leave says that somebody is away; deputy stands in, 0 for nobody.
func (m *Model) Leave(id, person, deputy int64, from, until time.Time) {
	m.absences[id] = &absence{id, person, deputy, from, until}
}

// Away reports whether somebody is away at some time between two moments: nobody is away twice at once.
func (m *Model) Away(person int64, from, until time.Time) bool {
	for _, a := range m.absences {
		if a.person == person && a.from.Before(until) && from.Before(a.until) {
			return true
		}
	}
	return false
}

// Cancel takes an absence back.
func (m *Model) Cancel(id int64) { delete(m.absences, id) }

// Incident finds an incident that is open and has told somebody, nil when there is none.
func (m *Model) Incident(rule string, subject int64) *Incident {
	i := m.byRule[rule][subject]
	if i == nil || !i.Open || i.level == 0 {
		return nil
	}
	return i
}

// TakeUp is 我来处理. It reports whether that could be said now.
func (m *Model) TakeUp(i *Incident, who int64) bool {
	if !i.mine(who) || i.ackUntil.After(m.Now) && !i.acked.IsZero() {
		return false
	}
	i.acked, i.ackUntil, i.snoozed = m.Now, m.Now.Add(4*time.Hour), time.Time{}
	m.wake(i)
	return true
}

// Snooze is 稍后提醒.
func (m *Model) Snooze(i *Incident, who int64) bool {
	if !i.mine(who) || i.snoozes >= 3 {
		return false
	}
	i.snoozed = m.Now.Add(2 * time.Hour)
	i.snoozes++
	m.wake(i)
	return true
}

// wake looks after an incident again that had nothing before it.
func (m *Model) wake(i *Incident) {
	i.changed = m.Now
	if !slices.Contains(m.live, i) {
		m.live = append(m.live, i)
	}
}

// Give is 转给他人.
func (m *Model) Give(i *Incident, who, to int64) bool {
	if !i.mine(who) {
		return false
	}
	i.given, i.acked, i.everTold = to, time.Time{}, append(i.everTold, to)
	m.wake(i)
	return true
}

// Done is 已处理, of what no state ends.
func (m *Model) Done(i *Incident, who int64) bool {
	if !i.mine(who) || slices.Contains([]string{Overdue, Promise, Sample, Ask, Taken}, i.Rule) {
		return false
	}
	m.end(i.Rule, i.Subject)
	return true
}

func (i *Incident) mine(who int64) bool { return i.Open && slices.Contains(i.everTold, who) }
