package parse

import (
	"slices"
	"strings"
)

// What was dictated without a pause often tells first what was and then, with a day, what is to be. The words behind the day
// then say what is to come, whatever stands before it.

// sayLeads are words behind which a day belongs to what is said or agreed, so that no new thought begins with it.
var sayLeads = words("说 讲 约 约了 约好 定 定了 要 要求 让 叫 答应 等 在 是 到 于 催 问 跟 好 说好 希望 想 如果 要是 等到 说了 讲了 谈好了 答应了 通知 改 改在 推到 延到 拖到 从 自 比 和 或 至 不是 而是 就是 的 等过了 要过了 过完 有 对")

// turnsAhead reports that dictated words turn, with the time t, from what was to what is to be: 他跟院长汇报过了|下周三上会.
func (m *message) turnsAhead(c clause, t timeHit) bool {
	if t.form != formPoint && t.form != formBefore || t.form == formPoint && t.grain < grainDay && !t.inside || m.before(t.i, sayLeads...) {
		return false
	}
	if !(t.weekday || t.monthDay || t.noDay) && !t.start.After(m.now) {
		return false
	}
	if !m.has(c.i, t.i, pastWords...) || m.plain(clause{i: c.i, j: t.i}) < 5 || m.plain(clause{i: t.j, j: c.j}) < 2 || m.has(t.j, c.j, pastWords...) {
		return false
	}
	return m.any(m.blank(t.j), "的", "了", "那", "前的", "以来", "就", "到", "和", "或", "、") < 0
}

// turnsToHim reports that dictated words turn, with a day to come, to what is done for somebody: …再加两台离心机|周五给他报价.
func (m *message) turnsToHim(c clause, t timeHit) bool {
	return t.start.After(m.now) && (t.grain >= grainDay || t.form == formBefore) && m.any(m.blank(t.j), "给他", "给她", "给人家", "帮他", "帮她", "跟他", "跟她") > 0 &&
		m.plain(clause{i: c.i, j: t.i}) >= 5 && !m.before(t.i, sayLeads...)
}

// finals are the particles of other parts of the country that stand for 了 at the end of a thought.
const finals = "咯喽啰嘞噜哉啦"

// levelFinals writes a particle at the end of a thought as 了: 款到咯.
func (m *message) levelFinals() {
	for i, c := range m.r {
		if i > 0 && strings.ContainsRune(finals, c) && isHan(m.r[i-1]) && m.r[i-1] != '了' && m.r[i-1] != c && !isHan(m.at(i+1)) && !m.futureBefore(i) {
			m.r[i] = '了'
		}
	}
}

// futureBefore reports that the thought that ends at i speaks of what is to come.
func (m *message) futureBefore(i int) bool {
	for k := i - 1; k >= 0 && isHan(m.r[k]); k-- {
		if tenseStarts.has(m.r[k]) && m.any(k, futureWords...) > 0 {
			return true
		}
	}
	return false
}

// sameDayOn gives an hour that is said without a day the day to come of the time before it: 后天上午9点约了王主任,|下午3点去
// 上虞中医院.
func (m *message) sameDayOn() {
	for n := 1; n < len(m.times); n++ {
		day, clock := m.times[n-1], &m.times[n]
		if !clock.noDay && (clock.grain != grainPart || m.any(clock.i, "上午", "下午", "中午", "晚上", "傍晚") < 0) || clock.grain < grainPart || clock.form != formPoint || day.form != formPoint || day.noDay || day.grain < grainDay || clock.clause == day.clause || clock.clause > day.clause+2 {
			continue
		}
		days := midnight(day.start).Sub(midnight(m.now))
		if days == 0 || days > 0 && (m.clauses[clock.clause].tense == TensePast || m.clauses[day.clause].tense == TensePast) {
			continue
		}
		if days < 0 && day.grain == grainPart && clock.grain == grainPart && m.nextStopOf(day, *clock) {
			days = 1 // 昨天上午见了吕院长,下午施敏要4台
		}
		if days < 0 && (m.clauses[clock.clause].tense == TenseFuture || m.pledgeIn(m.clauses[clock.clause]) != "" || !m.has(m.clauses[clock.clause].i, m.clauses[clock.clause].j, "到", "去", "见", "跑", "拜访", "在", "又", "走", "陪")) {
			continue
		}
		shift := midnight(day.start).Sub(midnight(clock.start))
		clock.start, clock.end, clock.due, clock.noDay = clock.start.Add(shift), clock.end.Add(shift), clock.due.Add(shift), false
	}
}

// nextStopOf reports that the second of two parts of a day is later and tells of another customer, with nothing that is to be
// done.
func (m *message) nextStopOf(day, part timeHit) bool {
	c := m.clauses[part.clause]
	return part.start.Hour() > day.start.Hour() && m.blank(c.i) == part.i && m.pledgeIn(c) == "" && !m.has(c.i, c.j, "我", "咱", "准备", "打算", "计划", "还要", "得去", "要去", "再去") &&
		slices.ContainsFunc(m.hits, func(h customerHit) bool { return h.i >= part.j && h.j <= c.j }) &&
		slices.ContainsFunc(m.hits, func(h customerHit) bool { return h.i < part.i })
}

// toldThem reports a clause that only says that something was spoken over with somebody: 我跟许主任说了, 跟窦店长拍了板.
func (m *message) toldThem(c clause) bool {
	i := m.find(c.i, c.j, "跟", "和", "同", "与", "对", "向", "给")
	if j := m.blank(i + 1); i < 0 || j >= len(m.used) || !m.used[j] {
		return false
	}
	k := m.find(i, c.j, "说", "讲", "拍了板", "拍板", "打了招呼", "打过招呼", "通过气", "敲过", "议过", "商量过", "合计过")
	if k < 0 || m.plain(c) > 8 {
		return false
	}
	return m.any(k, "说", "讲") < 0 || m.before(c.j, "说了", "讲了", "说过", "讲过", "说过了", "讲过了", "说好", "说完了", "说清楚了", "讲清楚了")
}

// waitsForIt reports a clause that only says that somebody waits: 柳主任等着用, 姜店长等我消息, 沈主任催得紧.
func (m *message) waitsForIt(c clause) bool {
	return m.plain(c) <= 7 && m.has(c.i, c.j, "等着", "等我", "等咱", "催得", "急着", "急等", "着急", "在等", "催了", "等回", "等消息") && !m.has(c.i, c.j, "货", "没到", "还没") &&
		!slices.ContainsFunc(m.prods, func(p productHit) bool { return p.i >= c.i && p.i < c.j })
}

// wantedThing reports a clause that only names what is spoken of, as somebody's or as wanted by somebody: 潘经理要的第三方检测,
// 给袁主任的实验台样板, 欠马主任的那份报告.
func (m *message) wantedThing(k int) bool {
	c := m.clauses[k]
	if k+1 >= len(m.clauses) || m.plain(c) > 12 || c.tense == TensePast {
		return false
	}
	i := m.find(c.i, c.j, "要的", "的")
	if i < 0 || m.plain(clause{i: m.any(i, "要的", "的"), j: c.j}) < 2 && !m.isProduct(c.j-1) || m.has(c.i, c.j, "说", "讲", "觉得", "嫌", "想", "是", "有", "没", "不", "了", "很", "好", "坏", "太", "聊", "谈", "反馈", "感兴趣", "满意") {
		return false
	}
	return m.at(i) == '要' && m.used[max(0, i-1)] || m.before(i, "欠") || m.has(c.i, i, "给", "欠", "答应", "帮") && m.used[max(0, i-1)]
}
