package model

import (
	"slices"
	"time"
)

func natural(d time.Duration) func(time.Time) time.Time {
	return func(t time.Time) time.Time { return t.Add(d) }
}

func working(n int) func(time.Time) time.Time {
	return func(t time.Time) time.Time { return workdays(t, n) }
}

// ladders are how long after a level the next one comes.
var ladders = map[string][]func(time.Time) time.Time{
	Overdue: {nil, natural(24 * time.Hour)}, Expiring: {nil, natural(30 * 24 * time.Hour)}, Promise: {nil, working(2)},
	Neglected: {nil, working(5)}, Stale: {nil}, Silent: {nil}, Sample: {nil, working(3)}, Review: {nil}, Thrice: {nil},
	Turn: {nil}, Ask: {nil}, Taken: {nil}, Fresh: {nil}, Unseen: {nil}, Quiet: {nil}, Idle: {nil},
}

// whom is who a level tells.
func (m *Model) whom(i *Incident, level int, again bool) []int64 {
	if again && i.given != 0 {
		return []int64{i.given}
	}
	one := func(p int64) []int64 {
		if p == 0 {
			return nil
		}
		return []int64{p}
	}
	both := func(p int64) []int64 { return append(one(p), one(m.people[p].Boss)...) }
	switch i.Rule {
	case Overdue:
		list := append(slices.Clone(m.roles["legal_head"]), m.roles["director"]...)
		if level == 2 {
			list = append(slices.Clone(m.roles["gm"]), m.roles["director"]...)
		}
		return slices.DeleteFunc(list, func(p int64) bool { return slices.Contains(m.contracts[i.Subject].turn, p) })
	case Expiring:
		owner := m.contracts[i.Subject].owner
		if level == 1 {
			return one(owner)
		}
		return one(m.people[owner].Boss)
	case Promise:
		owner := m.promises[i.Subject].owner
		if level == 1 {
			return both(owner)
		}
		return one(m.people[owner].Boss)
	case Neglected:
		owner := m.customers[i.Subject].owner
		if level == 1 {
			return one(owner)
		}
		return one(m.people[owner].Boss)
	case Stale:
		return one(m.people[m.customers[m.facts[i.Subject].customer].owner].Boss)
	case Silent:
		return append(one(m.people[i.Subject].Boss), m.roles["hrbp"]...)
	case Sample:
		person := m.samples[i.Subject].person
		if level == 1 {
			return one(m.people[person].Boss)
		}
		return append(m.near("regional_director", person), m.roles["director"]...)
	case Turn:
		return m.contracts[i.Subject].turn
	case Ask:
		return one(m.samples[i.Subject].person)
	case Taken:
		return append(slices.Clone(m.roles["service"]), one(m.people[m.complaints[i.Subject].person].Boss)...)
	case Fresh:
		return one(m.lastThere(m.facts[i.Subject].customer))
	case Thrice:
		return both(m.customers[i.Subject].owner)
	case Unseen:
		return one(m.people[m.complaints[i.Subject].person].Boss)
	case Quiet, Idle:
		if owner := m.customers[i.Subject].owner; owner != 0 {
			return one(m.people[owner].Boss)
		}
	}
	return nil
}

// near are those of a role in somebody's region, everybody of it when there is nobody.
func (m *Model) near(role string, person int64) []int64 {
	var out []int64
	for _, p := range m.roles[role] {
		if m.people[p].Region == m.people[person].Region {
			out = append(out, p)
		}
	}
	if len(out) == 0 {
		return slices.Clone(m.roles[role])
	}
	return out
}

// tasks is who gets a to-do with a level.
func (m *Model) tasks(i *Incident, level int, again bool) []int64 {
	owner := func(p int64) []int64 {
		if p == 0 {
			return nil
		}
		return m.present([]int64{p})
	}
	switch {
	case i.Rule == Overdue:
		return m.present(m.whom(i, level, again))
	case i.Rule == Expiring && level == 1:
		return owner(m.contracts[i.Subject].owner)
	case i.Rule == Neglected && level == 1:
		return owner(m.customers[i.Subject].owner)
	case i.Rule == Review:
		return owner(m.customers[m.complaints[i.Subject].customer].owner)
	case i.Rule == Thrice:
		return m.present(m.roles["service"])
	}
	return nil
}

// deadlines opens the incidents of what stood too long.
func (m *Model) deadlines() {
	for _, c := range m.pending {
		if at := c.entered.Add(48 * time.Hour); c.state == "pending" && !at.After(m.Now) {
			m.begin(Overdue, c.id, c.entered)
		}
	}
	for _, c := range m.pending {
		if at := c.turned.Add(24 * time.Hour); c.state == "pending" && !at.After(m.Now) {
			m.begin(Turn, c.id, at)
		}
	}
	for _, s := range m.delivered {
		if s.state == "delivered" && !s.entered.AddDate(0, 0, 7).After(m.Now) {
			m.begin(Sample, s.id, s.entered)
			m.begin(Ask, s.id, s.entered)
		}
	}
	for _, f := range m.untaken {
		if f.state == "open" && !workingHours(f.entered, 2).After(m.Now) {
			m.begin(Taken, f.id, f.entered)
		}
	}
	m.lookAtUnseen()
}

// lastThere is who was at a customer's last, whose it is before anybody was.
func (m *Model) lastThere(id int64) int64 {
	if c := m.customers[id]; c.visitor != 0 {
		return c.visitor
	}
	return m.customers[id].owner
}

// freshen asks about key fields nobody has confirmed for ninety days, each once a week, three a day of one person.
func (m *Model) freshen() {
	today := Midnight(m.Now)
	if !Workday(today) {
		return
	}
	var ids []int64
	for id := range m.facts {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	heard := map[int64]int{}
	for _, id := range ids {
		f := m.facts[id]
		if !Midnight(f.confirmed).Before(today.AddDate(0, 0, -90)) || !f.asked.IsZero() && !f.asked.Before(today.AddDate(0, 0, -6)) {
			continue
		}
		who := m.present([]int64{m.lastThere(f.customer)})
		if heard[who[0]] == 3 {
			continue
		}
		heard[who[0]]++
		f.asked = today
		m.begin(Fresh, id, m.Now)
	}
}

// scan looks at all records, as is done once a day.
func (m *Model) scan() {
	today := Midnight(m.Now)
	for _, c := range m.contracts {
		if at := c.ends.AddDate(0, 0, -60); c.state == "approved" && !today.Before(at) && !today.After(c.ends) {
			m.begin(Expiring, c.id, at)
		}
	}
	for _, p := range m.open {
		if at := workdays(p.due, 1); p.open && (p.source == "visit" || p.source == "filing") && !today.Before(at) {
			m.begin(Promise, p.id, at)
		}
	}
	for _, c := range m.customers {
		if at := c.visited.AddDate(0, 0, 30); (c.class == "KA" || c.class == "A") && c.owner != 0 && !at.After(m.Now) {
			m.begin(Neglected, c.id, at)
		}
	}
	for _, f := range m.facts {
		if at := Midnight(f.confirmed).AddDate(0, 0, 105); !today.Before(at) && today.Before(at.AddDate(0, 0, 31)) {
			m.begin(Stale, f.id, at)
		}
	}
	m.quiet()
	if Workday(today) {
		m.silent(today)
		m.idle(today)
	}
}

// silent finds salespeople who filed nothing on the last three workdays and were not away on any of them, nor today.
func (m *Model) silent(today time.Time) {
	first := workdays(today, -3)
	for _, p := range m.roles["rep"] {
		away := false
		for _, a := range m.absences {
			away = away || a.person == p && a.from.Before(m.Now.Add(time.Millisecond)) && a.until.After(first)
		}
		if !away && m.visits[p].Before(first) && today.Sub(m.people[p].Hired) > 3*24*time.Hour {
			m.begin(Silent, p, m.visits[p])
		}
	}
}
