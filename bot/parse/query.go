package parse

import (
	"time"
	"unicode/utf8"
)

// query reads a question to the bot: whose to-dos, how much money came, when the last visit was.
func (m *message) query() (Frame, bool) {
	own, asked, told := m.question()
	if told {
		return Frame{}, false
	}
	f, ok := m.sumOrTodos()
	switch {
	case !ok && !asked:
		return Frame{}, false
	case !ok:
		f = Frame{Kind: KindQuery, Query: &own, Why: own.Why}
	case asked:
		own.What, own.Owner = f.Query.What, f.Query.Owner
		f.Query = &own
	default:
		f.Query.Ask, f.Query.About = meaning(f.Query.What)
		m.askedAbout(f.Query)
	}
	if len(m.hits) > 0 {
		f.Customer = m.hits[0].ref
	}
	return f, true
}

// meaning is what a query of the published kinds asks about what.
func meaning(what QueryWhat) (QueryAsk, QueryAbout) {
	switch what {
	case QueryTodos:
		return AskList, AboutTodo
	case QueryPaymentSum:
		return AskAmount, AboutPayment
	case QueryContractSum:
		return AskAmount, AboutSigned
	case QueryLastVisit:
		return AskWhen, AboutVisit
	}
	return "", ""
}

// sumOrTodos reads a question for to-dos, sums of money or the last visit.
func (m *message) sumOrTodos() (Frame, bool) {
	has := func(ws ...string) bool { return m.has(0, len(m.r), ws...) }
	asks := has("?", "哪些", "多少", "几", "什么", "有没有", "吗", "查一下", "查下", "看一下", "看下", "列一下", "哪天", "多久", "啥", "干嘛", "干吗", "汇总", "统计", "呢", "帮我查", "帮我看", "了没", "总额", "合计", "怎么样", "咋样", "如何", "没做的", "还有什么", "还剩什么")
	asks = asks || has("待办", "任务", "安排", "回款", "业绩", "合同额", "到账", "收款", "签单") && has("发我看看", "给我看", "看看", "发我一下", "发一下", "列出来", "报一下", "给我列", "拉一下", "发来看", "调出来", "我瞧")
	asks = asks || has("待办", "任务") && len(m.r) <= 8
	asks = asks || has("待办", "任务") && len(m.hits) == 0 && m.any(m.blank(0), "请", "麻烦", "劳驾", "帮", "列", "查", "调", "给我", "显示", "展示", "汇总") > 0
	asks = asks || m.sumAsked() || m.ownList() || m.fetched()
	if m.nothingLeft() {
		return Frame{}, false // 也没啥要跟的
	}
	if !asks || len(m.sums) > 0 || has("没说", "没讲", "没提", "不知道", "不清楚", "不确定", "没定", "没问") || has("客户问", "对方问", "主任问", "科长问", "经理问", "老板问", "总问", "院长问", "校长问", "店长问", "他问", "她问", "问我们", "问什么", "问我", "问有没有", "问能不能", "来问") {
		return Frame{}, false
	}
	if m.noneAtAll() {
		return Frame{}, false // 啥也没答应他们
	}
	if len(m.hits) > 0 && len(m.prods) > 0 && !has("待办", "任务", "跟进事项", "回款", "到账", "拜访", "合同", "上次", "最近") {
		return Frame{}, false // what a customer asks us
	}
	var what QueryWhat
	switch {
	case m.ownList(), has("待办", "要做的", "没做完", "没完成", "任务", "要跟进", "跟进事项", "未完成", "该做", "要办", "事要做", "要做什么", "没做的", "没做", "没办", "有什么事", "安排", "没干", "要干", "该干", "没弄", "没搞", "没处理", "要处理", "没跟", "要交", "到期", "干嘛", "干啥", "干吗", "忙什么", "忙啥", "该跟", "要跟的", "要跟谁", "要忙", "要搞", "啥事", "什么事", "得做", "得办", "得跑", "要跑", "承诺", "答应", "的活儿") && !has("客户说", "对方说"):
		what = QueryTodos
	case (has("上次", "上回", "上趟", "多久没", "最近什么时候", "最近哪天") || m.lastTime()) && has("什么时候", "哪天", "多久", "谁", "啥时", "几号", "几时", "何时") && has("拜访", "去", "见", "跑", "联系"):
		what = QueryLastVisit
	case !has("多少", "几", "总", "统计", "汇总", "怎么样", "如何", "查", "情况", "进度", "合计") && !m.sumAsked() && !m.fetched():
		return Frame{}, false
	case has("回款", "收款", "到账", "到帐", "进账", "收回来", "入账"), m.howMuch("收", "回", "到", "进"):
		what = QueryPaymentSum
	case has("合同", "签单", "签约", "业绩", "成交", "订单额", "签下"), m.howMuch("签"):
		what = QueryContractSum
	default:
		return Frame{}, false
	}
	q := &Query{What: what, Why: m.why(0, len(m.r))}
	q.Owner = m.owner(what)
	q.From, q.To = m.period()
	return Frame{Kind: KindQuery, Query: q, Why: q.Why}, true
}

// sumAsked reports a few words that end with what can be added up, with whose or of when: 李娜二季度合同额.
func (m *message) sumAsked() bool {
	if len(m.r) > 18 || len(m.hits) > 0 || len(m.prods) > 0 || len(m.counts) > 0 || len(m.times) == 0 {
		return false
	}
	e := len(m.r)
	for e > 0 && !isHan(m.r[e-1]) {
		e--
	}
	return m.before(e, "合同额", "合同金额", "签单额", "签单金额", "回款", "回款额", "回款数", "到账额", "业绩", "销售额", "成交额", "订单额", "到账数") && !m.has(0, e, "没", "要", "催", "了")
}

// ownList reports a few words that only name what somebody has to do in a time: 25号之前我要做的事, 我下下周的安排.
func (m *message) ownList() bool {
	if len(m.r) > 16 || len(m.hits) > 0 || len(m.prods) > 0 || len(m.times) == 0 || len(m.clauses) > 1 {
		return false
	}
	e := len(m.r)
	for e > 0 && !isHan(m.r[e-1]) {
		e--
	}
	return m.before(e, "要做的事", "要做的事情", "要办的事", "该做的事", "要干的事", "要干的活", "的安排", "的日程", "的行程", "要跟的客户", "要做的", "要办的", "的活", "的工作", "没做的事", "要交的") && !m.has(0, e, "改", "定了", "调", "取消", "把")
}

// noneAtAll reports a question word that only says there is nothing of it: 啥也没答应, 什么都不肯说.
func (m *message) noneAtAll() bool {
	if m.has(0, len(m.r), "?", "吗") {
		return false
	}
	for i := range m.r {
		if j := m.any(i, "什么", "啥", "谁", "哪家", "哪儿", "一分钱", "一个字"); j > 0 {
			if k := m.any(m.opt(j, "事", "话", "东西", "钱", "货"), "也", "都"); k > 0 && m.any(k, "没", "不", "未") > 0 {
				return true
			}
		}
	}
	return false
}

// lastTime reads 最近一次, 最后一趟, 上一回, 头一回: the last time by its form.
func (m *message) lastTime() bool {
	for i := range m.r {
		if j := m.any(i, "最近", "最后", "上", "前", "最近的"); j > 0 && m.any(m.opt(j, "的", "那"), "一次", "一趟", "一回", "1次") > 0 {
			return true
		}
	}
	return false
}

// howMuch reads 收了多少款, 签了几单.
func (m *message) howMuch(verbs ...string) bool {
	for i := range m.r {
		if j := m.any(i, verbs...); j > 0 {
			if k := m.any(m.opt(j, "了", "过", "到", "回来", "回", "下"), "多少", "几", "啥"); k > 0 && m.any(i, "到几号", "到几点") < 0 {
				return true
			}
		}
	}
	return false
}

// owner is the colleague named, or the sender for 我 and for to-dos.
func (m *message) owner(what QueryWhat) ID {
	lost := gonePeople
	for i := range m.r {
		if w, _ := m.x.names(m.from(i), func(t *table) nameTable { return t.people }, lost); w.runes > 1 && !m.used[i] && m.any(m.opt(m.blank(i+w.runes), "总", "经理", "那边", "也"), "问", "想知道", "想看", "想问", "让我", "要我", "叫我") < 0 {
			return w.keys[0].id
		}
	}
	all := m.has(0, len(m.r), "我们", "团队", "全公司", "大家", "部门", "全组", "公司")
	if i := m.find(0, len(m.r), "我"); i >= 0 && !all && m.any(i, "我们") < 0 || what == QueryTodos && !all {
		return m.user
	}
	for i := range m.r { // 小李, 李总 of ours: the only one of that surname
		if id := m.colleague(i); id != 0 {
			return id
		}
	}
	return 0
}

// colleague reads 小李 as the only 李 among us.
func (m *message) colleague(i int) ID {
	if m.any(i, "小", "老") < 0 || i+1 >= len(m.r) {
		return 0
	}
	var found ID
	for _, t := range m.x.tables() {
		for _, p := range t.master.People {
			if c, _ := utf8.DecodeRuneInString(p.Name); c == m.r[i+1] && m.x.holds(t, gonePeople, p.ID) {
				if found != 0 {
					return 0
				}
				found = p.ID
			}
		}
	}
	return found
}

// period is the first stretch of time in a question as days, both included; a running week or month as a whole.
func (m *message) period() (from, to time.Time) {
	for _, t := range m.times {
		if t.form == formBefore && !t.due.IsZero() && !t.due.Before(midnight(m.now)) && len(m.times) == 1 {
			return midnight(m.now), midnight(t.due)
		}
		if t.form == formBefore || t.form == formAfter && !t.openEnd {
			continue
		}
		end := t.end
		if t.openEnd {
			end = midnight(m.now).AddDate(0, 0, 1)
		}
		last := end.Add(-time.Nanosecond)
		if !end.After(t.start) {
			last = t.start
		}
		return midnight(t.start), midnight(last)
	}
	return time.Time{}, time.Time{}
}
