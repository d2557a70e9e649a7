package parse

// joinClocks gives a clock time said alone the day that stands before it in its clause: 下礼拜二约了两点钟.
func (m *message) joinClocks() {
	for n := 1; n < len(m.times); n++ {
		day, clock := &m.times[n-1], &m.times[n]
		if day.clause != clock.clause || day.grain != grainDay || day.form != formPoint || !clock.noDay || clock.grain != grainClock || clock.form != formPoint {
			continue
		}
		between := m.plain(clause{i: day.j, j: clock.i})
		if between > 6 || !m.has(day.j, clock.i, "约", "定", "就", "要", "改", "排", "开", "说好", "在", "是") && between > 3 {
			continue
		}
		at := day.start.Add(clock.start.Sub(midnight(clock.start)))
		for _, t := range []*timeHit{day, clock} {
			t.start, t.end, t.due, t.grain, t.noDay = at, at, at, grainClock, false
		}
	}
}

// turnsTo reports that dictated words without a pause turn to somebody else's doings at i: …了|他们今天有体检,
// …了|让马上派人过去.
func (m *message) turnsTo(start, i int) bool {
	if !m.free(i, i+1) || !m.before(i, "了", "过", "吧", "呢", "过去", "过来", "回去", "回来", "看看", "一下") || m.plain(clause{i: start, j: i}) < 4 {
		return false
	}
	if e := m.any(i, "让", "叫", "要求", "催"); e > 0 {
		return m.any(e, "马上", "赶紧", "尽快", "立即", "立刻", "赶快", "今天", "明天", "派", "安排", "过去", "重新", "再") > 0
	}
	e := m.any(i, "他们", "她们", "对方", "人家", "我们", "咱们", "他", "她", "我")
	return e > 0 && m.any(e, "说", "想", "要", "今", "明", "下", "会", "能", "还", "就", "让", "问", "准备", "打算", "觉得", "希望", "答应", "这边", "那边", "现在", "也") > 0 && m.any(i-2, "选了", "给了", "帮了", "找了", "换了", "定了", "害了", "问了", "跟了") < 0
}

// ofThing reports that a time only says which thing is meant: 把三月份的单子发她.
func (m *message) ofThing(t timeHit) bool {
	c := m.clauses[t.clause]
	return m.at(t.j) == '的' && t.form == formPoint && t.grain <= grainXun && t.j+2 < c.j && isHan(m.at(t.j+1)) && m.has(c.i, t.i, "把", "将", "先", "给", "发", "要")
}
