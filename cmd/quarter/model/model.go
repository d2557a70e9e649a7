package model

import (
	"slices"
	"time"
)

// The rules of the pack by name.
const (
	Overdue   = "合同48小时"
	Expiring  = "合同60天到期"
	Promise   = "承诺过期"
	Neglected = "重点客户30天没拜访"
	Stale     = "关键信息90天"
	Silent    = "三天没动静"
	Sample    = "样品7天没结果"
	Review    = "投诉办结复盘"
	Thrice    = "一月三次投诉"
	Turn      = "审批提醒"
	Ask       = "样品问反馈"
	Taken     = "投诉没人受理"
	Fresh     = "关键信息问一问"
)

// Rules lists them.
var Rules = []string{Overdue, Expiring, Promise, Neglected, Stale, Silent, Sample, Review, Thrice, Turn, Ask, Taken, Fresh, Unseen, Quiet, Idle}

// scanAt is when the records are looked at each day, since midnight.
const scanAt = 8*time.Hour + 50*time.Minute

// askAt is when key fields are asked about on workdays, since midnight.
const askAt = 9*time.Hour + 30*time.Minute

// Incident is one thing that is not done in time.
type Incident struct {
	Rule    string
	Subject int64
	Open    bool

	since, opened   time.Time
	level           int
	levelAt, lastAt time.Time
	acked, ackUntil time.Time
	snoozed         time.Time
	snoozes         int
	given           int64
	told, everTold  []int64
	changed         time.Time // when anything was done about it last
}

// Model is the company as far as its rules go.
type Model struct {
	Now time.Time
	// Pushes and Tasks are what is expected so far.
	Pushes []Push
	Tasks  []Task

	people     map[int64]Person
	roles      map[string][]int64
	customers  map[int64]*customer
	contracts  map[int64]*contract
	pending    []*contract // and those that were lately
	promises   map[int64]*promise
	open       []*promise
	complaints map[int64]*filing
	samples    map[int64]*filing
	delivered  []*filing // of the samples
	untaken    []*filing // of the complaints
	unseen     []*filing // complaints after which somebody must go there
	facts      map[int64]*fact
	absences   map[int64]*absence
	visits     map[int64]time.Time // by person
	byRule     map[string]map[int64]*Incident
	live       []*Incident
	openTasks  map[Task]bool // At is left out
	scanned    time.Time     // the day that was looked at last
	asked      time.Time     // the day key fields were asked about last
}

// New makes the model of a company at a moment.
func New(people []Person, now time.Time) *Model {
	m := &Model{
		Now: now, people: map[int64]Person{}, roles: map[string][]int64{}, customers: map[int64]*customer{}, contracts: map[int64]*contract{},
		promises: map[int64]*promise{}, complaints: map[int64]*filing{}, samples: map[int64]*filing{}, facts: map[int64]*fact{}, absences: map[int64]*absence{},
		visits: map[int64]time.Time{}, byRule: map[string]map[int64]*Incident{}, openTasks: map[Task]bool{}, scanned: Midnight(now),
	}
	if now.Before(Midnight(now).Add(scanAt)) {
		m.scanned = Midnight(now).AddDate(0, 0, -1)
	}
	m.asked = Midnight(now)
	if now.Before(Midnight(now).Add(askAt)) {
		m.asked = Midnight(now).AddDate(0, 0, -1)
	}
	for _, p := range people {
		m.people[p.ID] = p
		m.roles[p.Role] = append(m.roles[p.Role], p.ID)
	}
	for _, r := range Rules {
		m.byRule[r] = map[int64]*Incident{}
	}
	return m
}

// Next is when the model has something to do next.
func (m *Model) Next() time.Time {
	next := m.scanned.AddDate(0, 0, 1).Add(scanAt)
	sooner := func(t time.Time) {
		if t.Before(next) {
			next = t
		}
	}
	sooner(m.asked.AddDate(0, 0, 1).Add(askAt))
	for _, c := range m.pending {
		if c.state == "pending" && !m.known(Overdue, c.id, c.entered) {
			sooner(c.entered.Add(48 * time.Hour))
		}
		if at := c.turned.Add(24 * time.Hour); c.state == "pending" && !m.known(Turn, c.id, at) {
			sooner(at)
		}
	}
	for _, s := range m.delivered {
		if s.state == "delivered" && !(m.known(Sample, s.id, s.entered) && m.known(Ask, s.id, s.entered)) {
			sooner(s.entered.AddDate(0, 0, 7))
		}
	}
	for _, f := range m.untaken {
		if f.state == "open" && !m.known(Taken, f.id, f.entered) {
			sooner(workingHours(f.entered, 2))
		}
	}
	for _, f := range m.unseen {
		sooner(f.look)
	}
	for _, i := range m.live {
		if _, at, ok := m.step(i); ok {
			sooner(at)
		}
	}
	return next
}

// known reports whether people were told of an occasion already.
func (m *Model) known(rule string, subject int64, since time.Time) bool {
	i := m.byRule[rule][subject]
	return i != nil && (i.Open || i.since.Equal(since))
}

// Advance does what is due until now.
func (m *Model) Advance(now time.Time) {
	for {
		at := m.Next()
		if at.After(now) {
			break
		}
		if at.After(m.Now) {
			m.Now = at
		}
		m.tick()
	}
	m.Now = now
}

// tick does everything that is due at m.Now.
func (m *Model) tick() {
	for _, i := range slices.Clone(m.live) {
		for {
			level, at, ok := m.step(i)
			if !ok || at.After(m.Now) {
				break
			}
			m.reach(i, level)
		}
	}
	m.deadlines()
	if scan := m.scanned.AddDate(0, 0, 1).Add(scanAt); !scan.After(m.Now) {
		m.scanned = Midnight(scan)
		m.scan()
	}
	if ask := m.asked.AddDate(0, 0, 1).Add(askAt); !ask.After(m.Now) {
		m.asked = Midnight(ask)
		m.freshen()
	}
	m.forget()
}

// forget leaves out of the lists what is over.
func (m *Model) forget() {
	m.live = slices.DeleteFunc(m.live, func(i *Incident) bool {
		_, _, more := m.step(i)
		return !more
	})
	m.pending = slices.DeleteFunc(m.pending, func(c *contract) bool { return c.state != "pending" })
	m.delivered = slices.DeleteFunc(m.delivered, func(s *filing) bool { return s.state != "delivered" })
	m.untaken = slices.DeleteFunc(m.untaken, func(f *filing) bool { return f.state != "open" })
	m.open = slices.DeleteFunc(m.open, func(p *promise) bool { return !p.open })
}

// begin opens an incident, unless there is one or people were told of this occasion.
func (m *Model) begin(rule string, subject int64, since time.Time) {
	if m.known(rule, subject, since) {
		return
	}
	i := &Incident{Rule: rule, Subject: subject, Open: true, since: since, opened: m.Now}
	m.byRule[rule][subject] = i
	m.live = append(m.live, i)
	for {
		level, at, ok := m.step(i)
		if !ok || at.After(m.Now) {
			return
		}
		m.reach(i, level)
	}
}

// step is what comes next in an incident, and when.
func (m *Model) step(i *Incident) (level int, at time.Time, ok bool) {
	if !i.Open {
		return 0, at, false
	}
	waits := ladders[i.Rule]
	switch {
	case i.level == 0:
		level, at = 1, i.opened
	case i.level < len(waits):
		level, at = i.level+1, waits[i.level](i.levelAt)
		if len(i.told) == 0 { // nobody could be told
			at = i.lastAt
		}
	}
	if i.level > 0 && i.snoozed.After(i.lastAt) && i.snoozes <= 3 {
		level, at = i.level, i.snoozed
	}
	if !i.acked.IsZero() {
		if level == 0 { // the last level was taken up, and nothing followed
			level, at = i.level, i.ackUntil
		} else if i.ackUntil.After(at) {
			at = i.ackUntil
		}
	}
	if level == 0 {
		return 0, at, false
	}
	if at.Before(i.changed) { // what lay behind was allowed then; what somebody did brings it up now
		at = i.changed
	}
	return level, allowed(at), true
}

// reach tells those of a level.
func (m *Model) reach(i *Incident, level int) {
	again := level == i.level
	i.told = m.present(m.whom(i, level, again))
	if !again {
		i.level, i.levelAt = level, m.Now
	}
	i.lastAt, i.changed, i.acked, i.snoozed = m.Now, m.Now, time.Time{}, time.Time{}
	for _, p := range i.told {
		m.Pushes = append(m.Pushes, Push{i.Rule, i.Subject, level, p, m.Now})
		i.everTold = append(i.everTold, p)
	}
	for _, p := range m.tasks(i, level, again) {
		t := Task{Rule: i.Rule, Subject: i.Subject, Owner: p}
		if !m.openTasks[t] {
			m.openTasks[t] = true
			t.At = m.Now
			m.Tasks = append(m.Tasks, t)
		}
	}
	switch i.Rule {
	case Thrice, Review, Turn, Fresh, Unseen, Quiet, Idle: // told, and that is all
		i.Open = false
	}
}

// end closes an incident and the to-dos it made.
func (m *Model) end(rule string, subject int64) {
	i := m.byRule[rule][subject]
	if i == nil || !i.Open {
		return
	}
	given := m.givenUp(i)
	i.Open = false
	if given {
		return
	}
	for t := range m.openTasks {
		if t.Rule == rule && t.Subject == subject {
			delete(m.openTasks, t)
		}
	}
}

// givenUp reports whether an incident of which everybody was told was left alone: after sixty days without an end, when it
// is looked at next, as it is each day. Its to-dos stay with those who have them.
func (m *Model) givenUp(i *Incident) bool {
	if _, _, more := m.step(i); more {
		return false
	}
	look := i.changed.AddDate(0, 0, 1)
	for !look.After(i.opened.AddDate(0, 0, 60)) {
		look = look.AddDate(0, 0, 1)
	}
	return !look.After(m.Now)
}

// OpenTasks are the to-dos of rules that are open.
func (m *Model) OpenTasks() map[Task]bool { return m.openTasks }

// present puts deputies in the place of those who are away, each person once. Where the deputy is away too it is theirs, three
// deep; where nobody is there it stays with the person.
func (m *Model) present(people []int64) []int64 {
	var out []int64
	for _, p := range people {
		to := p
		deputy, away := m.deputy(p)
		for range 3 {
			if !away || deputy == 0 || deputy == p {
				break
			}
			next, gone := m.deputy(deputy)
			if !gone {
				to = deputy
				break
			}
			deputy = next
		}
		if !slices.Contains(out, to) {
			out = append(out, to)
		}
	}
	return out
}

// deputy is who stands in for somebody who is away.
func (m *Model) deputy(p int64) (deputy int64, away bool) {
	for _, a := range m.absences {
		if a.person == p && !m.Now.Before(a.from) && m.Now.Before(a.until) {
			return a.deputy, true
		}
	}
	return 0, false
}
