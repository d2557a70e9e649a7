package parse

import "strings"

var (
	checkInWords = words("签到 打卡 已到现场 到现场了 到了现场 到客户了 到客户这 已到达 到达 现场签到 我到了 刚到 人已到 已经到了")
	demoWords    = words("演示了 演示完 做了演示 做演示 讲了方案 方案讲完 讲完方案 讲解了 方案演示 试机了 现场演示 给他们演示 展示了 放了演示 宣讲 汇报了方案 讲了下方案 介绍了方案")
	bookedWords  = words("约了 约好 约在 预约 约定 定了时间 约上 已约")
	hearsayWords = words("听说 据说 听人说 传言 有人说 小道消息 道听途说 好像听")
)

// actions are which of the six actions a visit reports.
func (m *message) actions(f *Frame, p part) []ActionRef {
	var out []ActionRef
	put := func(a Action, i int, w When) {
		c := m.clauses[m.clauseAt(i)]
		out = append(out, ActionRef{Action: a, When: w, Text: strings.TrimSpace(m.cut(c.i, c.j)), Why: m.why(c.i, c.j)})
	}
	if i := m.findSaid(p.i, p.j, bookedWords...); i >= 0 {
		k := m.clauseAt(i)
		w, _, ok := m.dueIn(k, m.clauses[k])
		if !ok {
			w, _, ok = m.dueBeside(k)
		}
		if ok && !w.Start.Before(midnight(m.now)) {
			put(ActionAppointment, i, w)
		}
	}
	if i := m.findSaid(p.i, p.j, checkInWords...); i >= 0 && !f.NotMet && !(m.any(i, "刚到", "到达", "已经到了") > 0 && len(f.Amounts) > 0) {
		put(ActionCheckIn, i, f.When)
	}
	if len(f.Needs) > 0 {
		out = append(out, ActionRef{Action: ActionNeed, Text: f.Needs[0].Text, Why: f.Needs[0].Why})
	}
	if i := m.findSaid(p.i, p.j, demoWords...); i >= 0 && m.clauses[m.clauseAt(i)].tense != TenseFuture {
		put(ActionDemo, i, f.When)
	}
	if len(f.Objections) > 0 {
		out = append(out, ActionRef{Action: ActionObjection, Text: f.Objections[0].Text, Why: f.Objections[0].Why})
	}
	if len(f.Promises) > 0 {
		out = append(out, ActionRef{Action: ActionPromise, When: f.Promises[0].Due, Text: f.Promises[0].What, Why: f.Promises[0].Why})
	}
	return out
}
