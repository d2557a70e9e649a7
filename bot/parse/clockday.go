package parse

import (
	"slices"
	"strings"
)

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
	if e := m.any(i, "让", "叫", "要求", "催"); e > 0 && m.free(i, i+1) && m.plain(clause{i: start, j: i}) >= 6 && m.timeSoon(e) && m.any(i, "叫周", "让周") < 0 {
		return true
	}
	if !m.free(i, i+1) || !m.before(i, "了", "过", "吧", "呢", "过去", "过来", "回去", "回来", "看看", "一下") || m.plain(clause{i: start, j: i}) < 4 {
		return false
	}
	if e := m.any(i, "让", "叫", "要求", "催"); e > 0 {
		return m.any(e, "马上", "赶紧", "尽快", "立即", "立刻", "赶快", "今天", "明天", "派", "安排", "过去", "重新", "再") > 0
	}
	e := m.any(i, "他们", "她们", "对方", "人家", "我们", "咱们", "他", "她", "我")
	return e > 0 && m.any(e, "说", "想", "要", "今", "明", "下", "会", "能", "还", "就", "让", "问", "准备", "打算", "觉得", "希望", "答应", "这边", "那边", "现在", "也", "同意", "点头", "没意见", "应了", "认可", "满意", "不同意") > 0 && m.any(i-2, "选了", "给了", "帮了", "找了", "换了", "定了", "害了", "问了", "跟了") < 0
}

// ofThing reports that a time only says which thing is meant: 把三月份的单子发她.
func (m *message) ofThing(t timeHit) bool {
	c := m.clauses[t.clause]
	return m.at(t.j) == '的' && t.form == formPoint && t.grain <= grainXun && t.j+2 < c.j && isHan(m.at(t.j+1)) && m.has(c.i, t.i, "把", "将", "先", "给", "发", "要")
}

// ordinals blanks what parts a list in words: 两个事,一是周五发货,二是月底对账.
func (m *message) ordinals() {
	if !slices.ContainsFunc(m.r, func(c rune) bool { return c == '一' || c == '第' || c == '首' || c == '其' }) {
		return
	}
	for _, pair := range [][2]string{{"一是", "二是"}, {"一个是", "一个是"}, {"第一", "第二"}, {"首先", "其次"}, {"其一", "其二"}, {"一来", "二来"}, {"一个", "另一个"}} {
		var at [2]int
		n := 0
		for i := 0; i < len(m.r) && n < 2; i++ {
			if e := m.any(i, pair[n]); e > 0 && (i == 0 || strings.ContainsRune(",;:。 \n", m.r[i-1])) && !(pair[0] == "第一" && m.orderedName(e)) {
				at[n], n = i, n+1
				i = e - 1
			}
		}
		if n < 2 {
			continue
		}
		for k, i := range at {
			for j := range []rune(pair[k]) {
				m.r[i+j] = ' '
			}
		}
		for i := at[1]; i+2 < len(m.r); i++ { // and the third
			if m.before(i, ",", ";", "。", " ") && m.any(i, "三是", "第三", "再次", "其三", "三来", "四是", "第四") == i+2 && !m.orderedName(i+2) {
				m.r[i], m.r[i+1] = ' ', ' '
			}
		}
		return
	}
}

// orderedName reports that an ordinal before i belongs to a name or a time: 第一|人民医院, 第一|季度.
func (m *message) orderedName(i int) bool {
	return m.any(i, "医院", "人民", "中学", "小学", "季", "周内", "周的", "周末", "周周", "次", "个", "批", "名", "期", "中心", "台", "套", "家", "年", "天", "笔", "院", "版", "阶段") > 0
}

// leadTimes moves a time that ends a clause to the next one where that begins by making us do something: …定了|下周一让我过去.
func (m *message) leadTimes(out []clause) bool {
	moved := false
	for _, t := range m.times {
		for k := 0; k+1 < len(out); k++ {
			c, next := &out[k], &out[k+1]
			if t.i <= c.i || m.blank(t.j) != next.i || c.j != next.i || t.form != formPoint && t.form != formBefore || m.causedUs(next.i) < 0 || m.plain(clause{i: c.i, j: t.i}) < 3 {
				continue
			}
			c.j, next.i = t.i, t.i
			moved = true
		}
	}
	return moved
}

// wantedToday reports that a part of the day that is over begins a clause in which somebody wants something: it is when he
// said so. 上午奚部长要冲击钻50把, filed in the evening.
func (m *message) wantedToday(c clause, s stretch) bool {
	if c.tense != TenseFuture || s.form != formPoint || s.grain != grainPart || s.i != m.blank(c.i) || !s.start.After(m.now) || sameDay(s.start, m.now) || m.any(s.i, "明", "后", "下", "周", "星期", "礼拜") > 0 && m.any(s.i, "下午") < 0 {
		return false
	}
	k := m.find(s.j, c.j, "要", "想", "希望", "需要")
	return k >= 0 && m.someoneBefore(c, k) && m.pledgeIn(c) == "" && s.start.Before(midnight(m.now).AddDate(0, 0, 2))
}
