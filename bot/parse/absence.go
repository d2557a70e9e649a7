package parse

import (
	"strings"
	"time"
)

var (
	leaveWords = words("请假 休假 年假 病假 事假 调休 婚假 产假 陪产假 丧假 倒休 补休 请个假 请半天假 请一天假 请两天假 休息一天 休息半天")
	tripWords  = words("出差 外出 跑外地")
)

// Leave reads an absence: 请假 明天到周五, 周三出差杭州, 下周二下午请半天假. ok is false when the text tells of none, or of a
// customer's.
func (p Parser) Leave(in Input) (Leave, bool) {
	m := p.newMessage(in)
	if p.Index == nil || len(m.r) == 0 {
		return Leave{}, false
	}
	m.read()
	return m.leave()
}

// leave reads an absence of ours.
func (m *message) leave() (Leave, bool) {
	n := len(m.r)
	kind, at := AbsenceLeave, m.find(0, n, leaveWords...)
	if at < 0 {
		at = m.daysOff()
	}
	if at < 0 {
		kind, at = AbsenceTrip, m.find(0, n, tripWords...)
	}
	if at < 0 || n > 60 || m.denied(at) || m.othersAway(at) {
		return Leave{}, false
	}
	l := Leave{Kind: kind, Owner: m.user, Why: m.why(0, n)}
	if id := m.personNamed(); id != 0 {
		l.Owner = id
	}
	if !m.leaveDays(&l) {
		return Leave{}, false
	}
	if kind == AbsenceTrip {
		l.Place = m.tripPlace(at)
	}
	for _, w := range []string{"因为", "原因", "去办", "家里", "理由", "因"} {
		if i := m.find(0, n, w); i >= 0 {
			c := m.clauses[m.clauseAt(i)]
			l.Reason = strings.Trim(strings.TrimPrefix(strings.TrimPrefix(m.cut(i, c.j), "因为"), "原因"), " :是")
			break
		}
	}
	return l, true
}

// daysOff finds 请三天假.
func (m *message) daysOff() int {
	for i := range m.r {
		if m.r[i] != '请' {
			continue
		}
		if l, ok := m.length(m.opt(i+1, "了", "个")); ok && m.any(m.opt(l.j, "的"), "假") > 0 {
			return i
		}
	}
	return -1
}

// othersAway reports that a customer's people are away: 王主任出差了.
func (m *message) othersAway(at int) bool {
	if len(m.hits) > 0 || m.has(0, at, "客户", "对方", "他", "她", "说", "讲", "领导", "告诉", "老板") {
		return true
	}
	for i := max(0, at-6); i < at; i++ {
		for _, x := range m.mentionsAt(i) {
			if x.surname != "" && x.i == i && m.personAt(i) == 0 {
				return true
			}
		}
	}
	return false
}

// personNamed is the colleague named in full, 0 for none.
func (m *message) personNamed() ID {
	for i := range m.r {
		if id := m.personAt(i); id != 0 {
			return id
		}
	}
	return 0
}

// leaveDays reads from when to when.
func (m *message) leaveDays(l *Leave) bool {
	found := false
	for _, t := range m.times {
		if t.form == formLast || t.form == formBefore {
			continue
		}
		from, last := midnight(t.start), midnight(t.end.Add(-time.Nanosecond))
		if t.openEnd || t.end.IsZero() || t.grain == grainClock && t.form == formPoint {
			last = from
		}
		part := partOf(t.part, t.start, t.grain)
		switch {
		case !found:
			l.From, l.To, l.FromPart, found = from, last, part, true
			l.ToPart = part
			if t.form == formRange && t.a != nil {
				l.ToPart = partOf(t.a.part, t.a.start, t.a.grain)
			}
		case last.After(l.To):
			l.To, l.ToPart = last, part
		}
	}
	if !found {
		if m.has(0, len(m.r), "今天") || len(m.r) <= 12 {
			l.From = midnight(m.now)
			l.To, found = l.From, true
		}
	}
	m.leaveLength(l)
	return found
}

// leaveLength lets a length set the end: 明天起请三天假, 请半天.
func (m *message) leaveLength(l *Leave) {
	t := m.rest()
	for i := range t.r {
		n, ok := t.length(i)
		if !ok || !t.lengthStart(i) || !n.single || n.unit != day && n.unit != week || m.inTime(i, n.j) && m.any(n.j, "后", "内") > 0 {
			continue
		}
		if l.From.Equal(l.To) && n.days >= 1 && n.n.IsInt() {
			l.To = l.From.AddDate(0, 0, n.days-1)
		}
		return
	}
}

// partOf is the part of a day that a time names.
func partOf(p *dayPart, at time.Time, g grain) DayPart {
	if p == nil {
		if g != grainClock {
			return PartWhole
		}
		switch h := at.Hour(); {
		case h < 12:
			return PartMorning
		case h < 18:
			return PartAfternoon
		}
		return PartEvening
	}
	switch {
	case p.night || p.from >= 17*60:
		return PartEvening
	case p.afternoon:
		return PartAfternoon
	case p.from >= 12*60:
		return PartNoon
	case p.to > 14*60:
		return PartWhole
	}
	return PartMorning
}

// tripPlace is where a trip goes: 出差杭州, 去杭州出差.
func (m *message) tripPlace(at int) string {
	end := at
	for end > 0 && m.r[end-1] == ' ' {
		end--
	}
	start := end
	for start > 0 && isHan(m.r[start-1]) && !m.inTime(start-1, start) && !strings.ContainsRune("去到往赴在要", m.r[start-1]) && end-start < 8 {
		start--
	}
	if start > 0 && start < end && strings.ContainsRune("去到往赴在", m.r[start-1]) {
		return m.cut(start, end)
	}
	i := m.blank(m.any(at, tripWords...))
	i = m.opt(i, "去", "到", "往", "地点", "在")
	i = m.blank(m.opt(m.blank(i), ":"))
	j := i
	for j < len(m.r) && isHan(m.r[j]) && !m.inTime(j, j+1) && j-i < 10 && m.any(j, "见", "拜访", "参加", "谈", "开会", "和", "跟", "不", "了") < 0 {
		j++
	}
	return strings.TrimSpace(m.cut(i, j))
}
