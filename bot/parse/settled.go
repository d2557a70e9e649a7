package parse

import "slices"

// A to-do is often led or followed by a remark that adds nothing to it: that it is agreed, that we are bound by it, that the
// other is in a hurry. Such a remark holds nothing but words of its own.

var (
	// settlings say that something is agreed or that we are bound; the longer come first.
	settlings = words("约上 约好 约定 约妥 约下来 约 定下来 定下 定好 定妥 敲定 敲下来 拍板 说定 说好 说妥 说死 说出去 讲定 讲好 讲妥 讲出去 放出去 夸下 谈定 谈妥 谈好 商定 应下来 应承下来 应承 应允 应下 应 答应下来 答应 承诺 许诺 允诺 保证 拍胸脯 拍过胸脯 拍了胸脯 打包票 打了包票 打过包票 打保票 打了保票 立了军令状 揽下来 揽下 接下来 接下 安排好 排好 安排上 排上 确定 定")
	// hurries say that the other is in a hurry.
	hurries = words("急着要 急着用 急等 急用 着急 急 催得紧 催得急 催得很 催着要 催着 催 等着要 等着用 等着 在等 赶时间")
	// settlingAsides may stand beside both.
	settlingAsides = words("这件事 这个事 这事儿 这事 那个事 这个 那个 这边 那边 事情 事儿 事 话儿 话 会议 会 时间 日子 日程 行程 名额 档期 已经 早就 刚刚 刚 已 都 也 就 可是 可 是 的 了 过 啦 咯 哈 吧 呢 哦 嘞 我们 咱们 我 咱 他们 他 她 人家 对方 跟 和 与 同 给 向 对 替 口头 当面 当场 电话 微信 里 上 很 比较 挺 蛮 有点 特别 得 双方 两边")
)

// settled reports a clause that only says that what stands beside it is agreed or urgent: 约上啦, 我应的, 话我已经说出去了, 这个他急.
func (m *message) settled(c clause) bool {
	theirs, to, agreed, urgent := false, false, false, false
	for i := c.i; i < c.j; {
		if m.nameAt(i) {
			theirs = true
			i++
			continue
		}
		if m.r[i] == ' ' || !isHan(m.r[i]) && !isWord(m.r[i]) {
			i++
			continue
		}
		if m.used[i] {
			return false
		}
		e := m.any(i, settlings...)
		switch {
		case e > 0:
			agreed = true
		case m.any(i, hurries...) > 0:
			e, urgent = m.any(i, hurries...), true
		default:
			if e = m.any(i, settlingAsides...); e < 0 {
				return false
			}
			to = to || m.any(i, "跟", "和", "与", "同", "给", "向", "对", "替") > 0
			theirs = theirs || m.any(i, "他", "她", "人家", "对方") > 0 && m.any(i, "对方") != e-1
		}
		if e > c.j {
			return false
		}
		i = e
	}
	return urgent || agreed && (to || !theirs)
}

// goesFor reports that clause k only says what is done at the place the to-do before it goes to: 下周三我到安吉卫生院,|金院长的尿机给装上.
func (m *message) goesFor(k int) bool {
	if k == 0 || m.sumIn(m.clauses[k].i, m.clauses[k].j) {
		return false
	}
	c, before := m.clauses[k], m.clauses[k-1]
	if !m.has(before.i, before.j, "到", "去", "过去", "上门", "跑") || before.tense == TensePast || m.has(c.i, c.j, "说", "讲", "觉得", "满意", "认可", "担心", "反馈", "感兴趣") {
		return false
	}
	_, ok := m.promise(k-1, before, KindPromise, "")
	return ok && m.purposeNext(k-1) != ""
}

// tellsNews reports a clause that tells, beside to-dos, what has come about: somebody there settled a thing by 把 (柳主任把位置定了),
// goods of ours are found good (离心机可以), we come from there (刚从宁外出来).
func (m *message) tellsNews(k int) bool {
	c := m.clauses[k]
	if m.has(c.i, c.j, "刚从", "才从", "刚打") && m.has(c.i, c.j, "出来", "回来", "过来", "下来") {
		return true
	}
	if i := m.find(c.i, c.j, "把", "将"); i >= 0 && m.before(m.unblank(c.j), "了") && m.someoneBefore(c, i) && !m.has(c.i, i, "我", "咱", "让", "叫", "答应", "要", "得", "跟", "给", "帮", "替") {
		return !slices.ContainsFunc(m.times, func(t timeHit) bool { return t.clause == k && t.due.After(m.now) })
	}
	return m.foundGood(c)
}

// foundGood reports a clause that says of goods of ours, and at its end, that they are good enough.
func (m *message) foundGood(c clause) bool {
	for _, p := range m.prods {
		if p.i < c.i || p.j > c.j || p.past {
			continue
		}
		i := m.blank(p.j)
		for k := i; k > 0; {
			i, k = k, m.any(k, "他", "她", "也", "都", "就", "基本", "觉得", "说", "很", "挺", "蛮")
		}
		e := m.any(i, "没问题", "可以", "不错", "满意", "认可", "看中", "看上", "过关", "通过", "合适", "行", "OK", "ok")
		if e < 0 {
			continue
		}
		if e = m.opt(m.opt(e, "的", "了"), "的", "了"); m.at(e) == ' ' || e >= c.j {
			return true
		}
	}
	return false
}

// visitTold reports a clause without a day that says by its first word that somebody was called on: 拜访新源柏老板.
func (m *message) visitTold(k int) bool {
	c := m.clauses[k]
	return k == 0 && m.any(m.blank(c.i), "拜访", "走访", "陌拜", "回访") > 0 && m.hitOrPerson(c) && c.tense != TenseFuture &&
		!slices.ContainsFunc(m.times, func(t timeHit) bool {
			return t.clause <= 1 && m.any(m.blank(m.clauses[t.clause].i), "周", "下", "明", "后") > 0
		})
}

// toldWhen reports that the 了 at i belongs to what we told somebody that is to be, a day behind it: 跟郎老板讲了|周三把样品带去.
func (m *message) toldWhen(i int) bool {
	if !m.before(i, "讲", "说") || !m.timeSoon(i+1) || m.has(i+1, min(len(m.r), i+16), "了", "过", "的") {
		return false
	}
	from := max(0, i-12)
	for k := i - 1; k >= from; k-- {
		if m.r[k] == ',' || m.r[k] == '。' {
			return false
		}
		if m.any(k, "跟", "和", "与", "给", "对", "同") > 0 && !m.used[k] {
			return m.nameAt(m.blank(k+1)) && m.has(i+1, min(len(m.r), i+16), "把", "带", "送", "寄", "发", "去", "来", "给", "到")
		}
	}
	return false
}
