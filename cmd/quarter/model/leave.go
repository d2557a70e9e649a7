package model

import (
	"slices"
	"time"
)

// The company's own rules, in which time does not count that somebody is on leave.
const (
	Unseen = "投诉没人去"
	Quiet  = "客户没人跟"
	Idle   = "连着没人去"
)

// lookAgain is how soon it is looked again at what a leave holds up: whoever is on leave may come back earlier.
const lookAgain = 12 * time.Hour

// leaves are the times from a moment on in which somebody is away, in order; they do not meet.
func (m *Model) leaves(person int64, since time.Time) [][2]time.Time {
	var all [][2]time.Time
	for _, a := range m.absences {
		if a.person == person && a.until.After(since) {
			from := a.from
			if from.Before(since) {
				from = since
			}
			all = append(all, [2]time.Time{from, a.until})
		}
	}
	slices.SortFunc(all, func(a, b [2]time.Time) int { return a[0].Compare(b[0]) })
	return all
}

// there is when a span that ended at an instant ends when the leaves of a person since its begin are not counted: longer says by
// how much one of them puts it off.
func (m *Model) there(person int64, since, end time.Time, longer func(end time.Time, leave [2]time.Time) time.Time) time.Time {
	for _, l := range m.leaves(person, since) {
		if l[0].Before(end) {
			end = longer(end, l)
		}
	}
	return end
}

// byClock puts an end off by the length of a leave.
func byClock(end time.Time, leave [2]time.Time) time.Time { return end.Add(leave[1].Sub(leave[0])) }

// byWorkdays puts an end off by the workdays at whose noon a leave is.
func byWorkdays(end time.Time, leave [2]time.Time) time.Time {
	n := 0
	for d := Midnight(leave[0]); d.Before(leave[1]); d = d.AddDate(0, 0, 1) {
		noon := d.Add(12 * time.Hour)
		if Workday(d) && !leave[0].After(noon) && leave[1].After(noon) {
			n++
		}
	}
	return workdays(end, n)
}

// lookAtUnseen looks at the complaints after which nobody has gone there for two workdays.
func (m *Model) lookAtUnseen() {
	m.unseen = slices.DeleteFunc(m.unseen, func(f *filing) bool {
		if f.look.After(m.Now) {
			return false
		}
		end := m.there(f.person, f.filed, workdays(f.filed, 2), byWorkdays)
		if end.After(m.Now) {
			if f.look = m.Now.Add(lookAgain); end.Before(f.look) {
				f.look = end
			}
			return false
		}
		if c := m.customers[f.customer]; f.state != "undone" && (c.visitor == 0 || c.visited.Before(f.filed)) {
			m.begin(Unseen, f.id, f.filed)
		}
		return true
	})
}

// seen says that somebody was at a customer's.
func (m *Model) seen(customer int64) {
	m.end(Quiet, customer)
	m.end(Idle, customer)
	for id, f := range m.complaints {
		if f.customer == customer {
			m.end(Unseen, id)
		}
	}
}

// quiet finds the customers of class B where nobody was for twenty days.
func (m *Model) quiet() {
	for _, c := range m.customers {
		at := c.visited.AddDate(0, 0, 20)
		if c.class != "B" || at.After(m.Now) {
			continue
		}
		if !m.there(c.owner, c.visited, at, byClock).After(m.Now) {
			m.begin(Quiet, c.id, at)
		}
	}
}

// idle finds the customers of class C where nobody was on twelve workdays in a row.
func (m *Model) idle(today time.Time) {
	for _, c := range m.customers {
		if c.class != "C" || !c.visited.Before(workdays(today, -12)) {
			continue
		}
		first := Midnight(c.visited).AddDate(0, 0, 1)
		for !Workday(first) {
			first = first.AddDate(0, 0, 1)
		}
		if !m.there(c.owner, first, workdays(first, 12), byWorkdays).After(today) {
			m.begin(Idle, c.id, c.visited)
		}
	}
}
