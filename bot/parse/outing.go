package parse

import "slices"

// goings are how an outing goes on from one customer to the next.
var goings = words("去了 去 到了 到 跑了 跑 见了 见 拜访 走访 找 转 赶到 赶去 顺路")

// onward reports that clause c begins with 又 and a verb of going: 又去慈溪人医, which tells what was done, as 再去 tells what is to be.
func (m *message) onward(c clause) bool {
	i := m.blank(c.i)
	i = m.opt(i, "然后", "接着", "后来", "之后")
	return m.any(i, "又") > 0 && m.any(m.blank(i+1), goings...) > 0 && !m.has(c.i, c.j, "要", "得", "让", "约", "答应", "准备", "打算")
}

// wentOn reports that the weekday s of clause k belongs to an outing that was made: the next clause goes on by 又, or the one before
// tells of a day that was and s the next one of the same week.
func (m *message) wentOn(k int, s stretch) bool {
	c := m.clauses[k]
	if c.tense != TenseUnknown && c.tense != TensePast || s.form != formPoint || !s.weekday || !s.start.After(m.now) || m.any(s.i, "下") > 0 || m.pledgeIn(c) != "" || !m.has(c.i, c.j, goings...) ||
		m.has(c.i, c.j, "约", "计划", "打算", "准备", "要", "想", "会", "安排", "送", "寄", "给", "带", "帮", "再") {
		return false
	}
	if k+1 < len(m.clauses) && m.onward(m.clauses[k+1]) {
		return true
	}
	if s.i > m.blank(c.i) {
		return false
	}
	days := s.start.AddDate(0, 0, -7)
	return !midnight(days).After(midnight(m.now)) && slices.ContainsFunc(m.times, func(t timeHit) bool {
		return t.clause < k && t.clause >= k-2 && t.weekday && m.clauses[t.clause].tense == TensePast && t.form == formPoint && !t.start.After(m.now) && t.start.Before(days) && days.Sub(t.start).Hours() < 7*24
	})
}

// sameOuting is the day of the part before p where p goes on from there by 又.
func (m *message) sameOuting(p part) When {
	k := m.clauseAt(p.i)
	if k == 0 || !m.onward(m.clauses[k]) {
		return When{}
	}
	for n := len(m.times) - 1; n >= 0; n-- {
		t := m.times[n]
		if t.i >= p.i {
			continue
		}
		if t.form != formPoint || t.grain < grainDay || t.start.After(m.now) || t.clause < k-2 {
			break
		}
		w := When{Start: midnight(t.start), Why: m.why(t.i, t.j)}
		w.Why.Rule = m.timeRule(t)
		return w
	}
	return When{}
}
