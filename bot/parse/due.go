package parse

// dueIn is the time of the clause as the day or moment a to-do is due.
func (m *message) dueIn(k int, c clause) (When, timeHit, bool) {
	for _, t := range m.times {
		if t.clause != k || t.form == formLast || t.due.IsZero() {
			continue
		}
		if t.form == formPoint && t.grain < grainXun && t.grain != grainMonth && !t.inside && t.point.due.IsZero() || m.ofThing(t) {
			continue
		}
		if later, ok := m.feastOfThing(t); ok {
			t = later
		}
		return m.dueOf(t), t, true
	}
	return When{}, timeHit{}, false
}

// feastOfThing is the bound behind a holiday that only says which thing is meant: 五一堆头|28号之前.
func (m *message) feastOfThing(t timeHit) (timeHit, bool) {
	if t.form != formPoint || t.holiday == nil || !isHan(m.at(t.j)) {
		return timeHit{}, false
	}
	for _, x := range m.times {
		if x.clause == t.clause && x.i > t.j && m.plain(clause{i: t.j, j: x.i}) <= 6 && (x.form == formBefore || x.form == formWithin || x.form == formPoint && x.grain >= grainDay) && !x.due.IsZero() && !m.verbIn(clause{i: t.j, j: x.i}, ourVerbs) {
			return x, true
		}
	}
	return timeHit{}, false
}

// dueBeside takes the time of a neighbouring clause that holds nothing but a time: 提供报价单,周四前.
func (m *message) dueBeside(k int) (When, timeHit, bool) {
	for _, n := range []int{k + 1, k - 1} {
		if n < 0 || n >= len(m.clauses) {
			continue
		}
		c := m.clauses[n]
		if n == k-1 && m.has(c.i, c.j, "有空", "有时间", "方便", "在单位", "在院里") && m.verbIn(m.clauses[k], ourVerbs) {
			return m.dueIn(n, c)
		}
		if n == k-1 {
			if due, t, ok := m.slotBefore(k); ok {
				return due, t, true
			}
		}
		if n == k+1 && m.boundAlone(n) {
			return m.dueIn(n, c)
		}
		if due, t, ok := m.dueBefore(n, k); ok {
			return due, t, true
		}
		only := true
		from := m.blank(c.i)
		if n < k {
			from = m.blank(m.opt(from, "然后", "还有就是", "还有", "接着", "另外", "顺便", "同时"))
		}
		for i := m.opt(m.setFor(from), "记得", "别忘了", "麻烦", "帮我", "到时候", "到时", "我说", "我回", "我答", "我就说"); i < c.j; i++ {
			only = only && (m.r[i] == ' ' || m.inTime(i, i+1) || m.r[i] == '吧' && n < k)
		}
		if only {
			return m.dueIn(n, c)
		}
	}
	return When{}, timeHit{}, false
}

// setBefore is the day that a clause before clause k names as set, with nothing but names beside: 鲍园长定的周六上午,开放日,|咱们去摆展台.
func (m *message) setBefore(k int) (When, timeHit, bool) {
	c := m.clauses[k]
	if m.any(m.blank(c.i), "我们", "咱们", "我", "咱", "去") < 0 || !m.verbIn(c, ourVerbs) || c.tense == TensePast {
		return When{}, timeHit{}, false
	}
	for n := k - 1; n >= 0 && n >= k-2; n-- {
		b := m.clauses[n]
		if due, t, ok := m.dueIn(n, b); ok {
			set := m.has(b.i, t.i, "定的", "约的", "定在", "定于", "安排在", "约在") && m.plain(b) <= 4 && t.form == formPoint && t.grain >= grainDay && due.Start.After(m.now)
			return due, t, set
		}
		if m.verbIn(b, ourVerbs) || m.plain(b) > 8 {
			break
		}
	}
	return When{}, timeHit{}, false
}

// setFor is where in a clause a time follows that something is set for: 定在|3月4号下午.
func (m *message) setFor(i int) int {
	i = m.opt(i, "时间就", "时间", "日子", "就")
	return m.opt(i, "定在", "定的是", "定的", "定于", "定了", "定", "约在", "约的是", "约的", "安排在", "放在", "改到", "改在", "推到", "挪到", "是")
}

// dueOf turns a time into a due date with, where the words leave room, its first and last day.
func (m *message) dueOf(t timeHit) When {
	w := When{Start: t.due, HasTime: t.grain >= grainPart, Why: m.why(t.i, t.j)}
	w.Why.Rule = m.timeRule(t)
	switch {
	case t.form == formWithin:
		w.HasTime = t.grain == grainClock
	case t.form == formPoint && t.grain < grainDay:
		w.From, w.To = t.start, t.end.AddDate(0, 0, -1)
		if w.From.Before(midnight(m.now)) {
			w.From = midnight(m.now)
		}
	case t.form == formRange:
		w.From, w.To = midnight(t.start), midnight(t.due)
	}
	if !w.HasTime {
		w.Start = midnight(w.Start)
	}
	return w
}

// timeRule says what decided how a time was read.
func (m *message) timeRule(t timeHit) Rule {
	has := func(ws ...string) bool { return m.has(t.i, t.j, ws...) }
	switch {
	case has("工作日"):
		return RuleWorkdays
	case t.holiday != nil || t.a != nil && t.a.holiday != nil:
		return RuleHoliday
	case has("底", "末"):
		return RuleMonthEnd
	case !t.fixed && (t.weekday || t.monthDay || t.noDay) && m.clauses[t.clause].tense == TensePast:
		return RulePast
	case !t.fixed && (t.weekday || t.monthDay || t.noDay):
		return RuleFuture
	}
	return ""
}
