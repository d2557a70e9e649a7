package parse

import (
	"slices"
	"strings"
)

// doing are the verbs of to-dos; the sales team's own and those of customers.
var (
	ourVerbs   = words("回他 回她 跑一趟 走一趟 来一趟 去一趟 跑趟 走趟 寄 送 发 给 报 交 装 安装 演示 上门 派 带 来 去 见 谈 拜访 培训 补 换 修 维修 响应 回复 答复 提供 出 做 提交 传真 邮寄 抄送 述标 讲标 答辩 踏勘 勘测 勘察 理货 确认 安排 到货 到位 发货 送货 看 试用 测试 对接 联系 打电话 约 准备 调试 评审 汇报 投标 开标 跟进 讲 聊 碰 开会 签 回电话 回电 回话 回访 量 到现场 到场 赶到 到位 整理 更新 改 解决 处理 查 催 退 赔 调 校准 保养 检修 取样 打样 交付 验收 弄 完成 搞定 过去 拿 取 备货 交货 供 配 参加 考察 走访 面谈 洽谈 沟通 核对 对账 开票 开发票 重发 重做 道歉 说明 再跟 收回 回收 取回 布置 递交 捎 转交 转发 定稿 收尾 交底 送检 排产 备料 装车")
	theirVerbs = words("签回 签合同 签字 签完 签好 签 盖章 付款 打款 汇款 回款 结款 付清 付 打过来 下单 下订单 下订 订货 要货 进货 给订单 答复 回复 给答复 给回复 给准信 准信 给结果 结果 定下来 批下来 批 上会 走流程 验收 立项 发我 发给我 发给我们 给我 传过来 发过来 回传 寄回 提供 安排款 安排付 确认 决定 定标 提计划 反馈 给反馈")
	vague      = words("再看 再说 考虑 看情况 可能 也许 不一定 再议 再定 没定 估计 大概能 八成 多半 没准 说不定 应该能 才批 才下来 才能批 才能定")
	negated    = words("没人 没有人 不需要 不用 不要 无需 没有答应 没答应 没说 没约 不必 去不了 来不了 到不了 过不去 送不了 发不了 装不了 见不了 做不了 约不上 赶不上 来不及 先不 暂不 没要 别 甭 莫要 不想")
)

// promises reads the to-dos of a part of the message.
func (m *message) promises(from, to int, kind Kind) []Promise {
	var out []Promise
	pledge := ""
	for k, c := range m.clauses {
		if c.i < from || c.i >= to {
			continue
		}
		if w := m.pledgeIn(c); w != "" {
			pledge = w
		}
		p, ok := m.promise(k, c, kind, pledge)
		if ok && len(out) > 0 && onlyMoved(p.What) {
			out[len(out)-1].Due = p.Due // 说好明天送,她改到后天了
			continue
		}
		if !ok {
			continue
		}
		m.closes(k, &p)
		if n := len(out); n > 0 && addedTo(out[n-1], p) {
			continue
		} else if n > 0 && thingOf(out[n-1], p) {
			out[n-1] = p
			continue
		}
		if n := len(out); n > 0 && k > 0 && m.sameWish(k, out[n-1], p) {
			out[n-1] = p // 要看到报价,|我四点半前给他
			continue
		}
		out = append(out, p)
	}
	return m.listed(from, to, m.besides(from, to, out))
}

// countFollows reports that a number of things stands at i: 定了2台 is an order.
func (m *message) countFollows(i int) bool {
	i = m.blank(i)
	for _, h := range m.counts {
		if h.i == i {
			return true
		}
	}
	return m.isProduct(i)
}

// listedDue reports an item of a list with a day of its own, behind a head that ends in a colon: 酆处长:标书周五交,月底述标.
func (m *message) listedDue(k int, due When) bool {
	c := m.clauses[k]
	if k < 2 || !due.Start.After(m.now) || m.plain(c) < 2 || m.has(c.i, c.j, opinionWords...) || m.theirEvent(c) {
		return false
	}
	head := m.clauses[0]
	if head.j >= len(m.r) || m.r[head.j] != ':' || m.plain(head) > 6 {
		return false
	}
	_, _, dated := m.dueIn(k-1, m.clauses[k-1])
	return dated
}

// declined reports that the clause says what is not to be done; 要不要 is a question.
func (m *message) declined(c clause) bool {
	for i := c.i; i < c.j; i++ {
		if i = m.find(i, c.j, negated...); i < 0 {
			return m.putOff(c)
		}
		if e := m.any(i, negated...); m.any(e, "急", "着急", "担心", "慌", "操心", "生气", "上火", "发火", "紧张", "客气") > 0 {
			continue // 先别急,周一我带人来
		}
		if !m.before(i, "要", "需", "用", "想") {
			return true
		}
	}
	return false
}

// asksUs reports a question that somebody asks, which is no to-do: 问春节送不送, 问什么时候能到.
func (m *message) asksUs(c clause) bool {
	i := m.find(c.i, c.j, "问")
	if i < 0 || m.any(i, "问题", "问候", "问卷", "问一下再", "问清") > 0 || m.before(i, "访", "慰", "顾", "提", "我", "我去", "回去", "帮", "疑", "再") || m.pledgeIn(c) != "" {
		return false
	}
	for k := i + 1; k < c.j; k++ {
		if m.any(k, "吗", "能不能", "可不可以", "是不是", "有没有", "什么时候", "多久", "几时", "啥时", "多少", "哪天", "怎么", "咋", "几号", "行不行", "?", "多长时间", "能否", "是否") > 0 || m.at(k) == '不' && m.at(k-1) == m.at(k+1) || m.at(k) == '没' && m.at(k-1) == m.at(k+1) {
			return true
		}
	}
	return c.j < len(m.r) && m.at(c.j) == '?'
}

// conditional reports a clause that begins with a condition: 如果月底前签.
func (m *message) conditional(c clause) bool {
	i := m.find(c.i, c.j, "如果", "要是", "假如", "倘若", "若是", "除非")
	return i >= 0 && m.plain(clause{i: c.i, j: i}) <= 3 && m.pledgeIn(c) == ""
}

// busyVerbs are ourVerbs without those that name an event.
var busyVerbs = slices.DeleteFunc(slices.Clone(ourVerbs), func(w string) bool {
	return w == "开标" || w == "投标" || w == "开会" || w == "评审" || w == "做"
})

// theirEvent reports news of something that takes place at the customer's: 柳主任说下周二开标.
func (m *message) theirEvent(c clause) bool {
	return m.eventIn(c, "开标", "评标", "开学", "挂网", "招标", "上会", "盘点", "体检", "搬迁", "停产", "做特价", "做活动", "搞活动", "促销", "涨价", "调价", "装修", "开业", "质控检查", "飞行检查", "飞检", "督查", "迎检", "审计", "年终考核") && (m.has(c.i, c.j, "说", "讲", "通知", "告诉") || !m.verbIn(c, busyVerbs)) && !m.has(c.i, c.j, "我们", "我去", "我要", "参加", "陪") && !(c.j < len(m.r) && m.any(m.blank(c.j+1), "我去", "我参加", "我到场", "我们去", "我来", "我得去", "咱们去") > 0)
}

// theirWish reports what the customer has in mind for some time to come: 他们下个月要换大桶的, 说下半年想上.
func (m *message) theirWish(c clause) bool {
	if i := m.find(c.i, c.j, "想", "打算", "准备", "考虑"); i >= 0 && !m.before(i, "我", "我们", "咱们") && m.namedBefore(c, i) && !m.has(c.i, i, "跟", "给", "去", "找", "约", "让", "我") {
		return true
	}
	return m.has(c.i, c.j, "想", "要", "打算", "准备", "计划", "考虑") && m.has(c.i, c.j, "他", "她", "说", "讲", "客户", "对方", "院里", "学校", "厂里", "电话") && !m.has(c.i, c.j, "我们", "让我", "要我")
}

// planWords reports a plan by its form where the verb is none of those listed: 明早九点半跟马力开视频会.
func (m *message) planWords(k int, c clause, at timeHit, due When) bool {
	if !due.Start.After(m.now) || sameDay(due.Start, m.now) && !due.HasTime || c.tense == TensePast || at.form != formPoint && at.form != formBefore ||
		at.grain < grainDay && at.form == formPoint || m.has(c.i, c.j, opinionWords...) || m.plain(c) < 3 && !m.meets(c, at) {
		return false
	}
	for i := at.i - 1; i >= c.i; i-- { // the time comes first
		if !m.used[i] && m.r[i] != ' ' {
			return false
		}
	}
	return at.grain == grainClock && due.HasTime && m.hitOrPerson(c) && !m.has(c.i, c.j, "没", "不") || m.has(c.i, c.j, "跟", "给", "去", "和", "陪", "带", "把", "帮", "约", "请")
}

// hitOrPerson reports that a customer or one of his people is named in a clause.
func (m *message) hitOrPerson(c clause) bool {
	for i := c.i; i < c.j; i++ {
		if m.nameAt(i) {
			return true
		}
	}
	return false
}

// plain counts the characters of a clause outside names and times.
func (m *message) plain(c clause) int {
	n := 0
	for i := c.i; i < c.j; i++ {
		if !m.used[i] && m.r[i] != ' ' && !m.inTime(i, i+1) {
			n++
		}
	}
	return n
}

// todayTodo tells 今天下班前要发, 今晚八点发报价 from the news of today: 今天跟我讲想订.
func (m *message) todayTodo(c clause, at timeHit, due When) bool {
	if m.sayTheyWill(c, at) {
		return true
	}
	if m.any(m.blank(at.j), "把", "将") > 0 && m.done(at.j, c.j) && !m.has(at.j, c.j, "了", "过") && !m.has(c.i, at.i, reportWords...) {
		return true // 今天把授权书盖好
	}
	if m.has(c.i, c.j, reportWords...) && !(m.has(c.i, at.i, "我说", "我讲", "我回", "我答") && m.has(at.i, min(at.j+1, c.j), "前")) || m.has(at.j, c.j, "没人接", "没接", "没打通", "没见着") {
		return false
	}
	k := at.j
	for k < c.j { // whom it is for stands between the hour and the verb
		if e := m.any(k, "给", "跟", "和", "再", "就", "把", "一定", "肯定", "必须", "务必", "先", "我", "们", "他", "她", "您", "客户", "对方", "人家"); e > 0 {
			k = e
			continue
		}
		if !m.used[k] && m.r[k] != ' ' {
			break
		}
		k++
	}
	switch {
	case c.tense == TenseFuture && at.weekday:
		return true
	case m.has(at.i, min(at.j+1, c.j), "前"), m.any(k, "要", "得", "务必", "必须", "准备", "打算", "记得", "别忘") > 0, m.has(c.i, at.i, "记得", "别忘", "提醒", "务必", "要在", "得在"):
		return true
	case at.grain >= grainPart && due.Start.After(m.now) && c.tense != TensePast:
		return m.any(k, ourVerbs...) > 0 && !m.has(c.j, len(m.r), "没谈", "觉得", "嫌", "谈了", "聊了", "聊", "价格")
	}
	return m.has(c.i, c.j, "去给", "发给", "送过去") && c.tense != TensePast
}

// sayTheyWill reads what the customer says he will do today: 说她今晚把陈列照片发来.
func (m *message) sayTheyWill(c clause, at timeHit) bool {
	k := m.find(c.i, at.i, "说", "讲", "答应", "表示")
	return k >= 0 && m.has(k, at.i, "他", "她", "自己", "对方") && m.plain(clause{i: k, j: at.i}) <= 4 && m.any(m.blank(at.j), "把", "就", "会", "给", "发", "寄", "送", "安排", "付", "打款", "回", "签") > 0 && !m.has(at.j, c.j, "了", "过")
}

// reportWords are how news is told: he said, called, found, liked.
var reportWords = words("说 讲 来电 打电话来 打来 聊 觉得 反馈 告诉 透露 表示 提到 问 谈了 见了 介绍 满意 担心 嫌 感兴趣 反映")

func (m *message) verbIn(c clause, verbs []string) bool {
	for i := c.i; i < c.j; i++ {
		if m.used[i] || m.inTime(i, i+1) || m.at(i) == ' ' {
			continue
		}
		if e := m.any(i, verbs...); e > 0 && e <= c.j && !m.before(i, "没", "没有", "未") && !m.refusedVerb(i, e) && !(m.r[i] == '来' && m.countFollows(e)) && !(e-i > 1 && m.any(e, "单", "函", "书") > 0 && m.any(e, "单位", "书面") < 0) && (e-i > 1 || m.any(i, "发票", "发现", "发光", "报警", "报错", "来电", "来说", "来着", "去年", "给力", "见面礼", "看重", "看法", "看来", "改造", "改预算", "做工", "签收", "报错", "交期", "出来", "装备", "换季", "改天", "约定", "报名", "报还") < 0) && !(m.r[i] == '报' && m.before(i, "日", "周", "月", "年", "简", "快", "汇", "举", "填")) && !(e-i == 1 && m.any(i, "行") > 0) {
			return true
		}
	}
	return false
}

// needsPaper reports that somebody needs something that is no goods by a day: 月底前要3份用户名单.
func (m *message) needsPaper(c clause, at timeHit) bool {
	if at.form != formBefore && at.form != formWithin {
		return false
	}
	i := m.find(at.j, c.j, "要", "需要", "得有", "得拿")
	return i >= 0 && i <= at.j+2 && m.plain(clause{i: i, j: c.j}) >= 3 && !m.countIn(c.i, c.j) && !m.sumIn(c.i, c.j) &&
		!slices.ContainsFunc(m.prods, func(p productHit) bool { return p.i >= c.i && p.i < c.j })
}

// arranged reports that a clause tells when something takes place.
func (m *message) arranged(c clause) bool {
	return m.has(c.i, c.j, "定在", "定于", "安排在", "放在", "约在", "开会", "会议", "开标", "论证会", "评审会", "推介会", "座谈会", "答辩", "述标")
}

func (m *message) isProduct(i int) bool {
	for _, p := range m.prods {
		if i >= p.i && i < p.j {
			return true
		}
	}
	return false
}

var leadIns = words("记得 别忘了 别忘 切记 由我们 由我方 由我司 由我 由校方 由院方 由厂方 由对方 由客户 由甲方 我方 我司 乙方 甲方 贵方 校方 院方 厂方 对方 约我 答应了 答应 承诺了 承诺 保证 约了 约好了 约好 约在 说好了 说好 定了 让我们 让我 让 要我们 要我 叫我 催我 要求我们 要求 请我们 跟 给 和 与 对方 客户 我们 咱们 我 他们 她 他 的 说 讲 就 得 要 会 需要 那边 这边 那 先 再 表示 同意 允诺 肯定 意思是 意思 叫 喊 让 催")

// whatOf is the to-do in the message's own words, without the day, the names and the lead-in.
func (m *message) whatOf(c clause, at timeHit) string {
	var b strings.Builder
	cut := false
	for i := c.i; i < c.j; i++ {
		switch {
		case i >= at.i && i < at.j && at.j > 0, at.j > 0 && i+1 == at.i && strings.ContainsRune("于在", m.r[i]):
			cut = b.Len() > 0
			continue
		case m.nameAt(i):
			cut = b.Len() > 0
			continue
		}
		if cut {
			b.WriteByte(gap)
			cut = false
		}
		if e := m.someonesAt(i, c.j); e > i && b.Len() == 0 && !m.before(i, "请", "陪", "带", "接") {
			i = e - 1
			continue
		}
		b.WriteRune(m.r[i])
	}
	s := strings.Trim(b.String(), gaps)
	for changed := true; changed; {
		changed = false
		if t := withoutAgreement(s); t != s {
			s, changed = t, true
		}
		for _, w := range leadPhrases {
			if !strings.HasPrefix(s, w) {
				continue
			}
			if t := strings.Trim(s[len(w):], gaps); (len([]rune(t)) >= 2 || t != "" && s[len(w)] == gap && !strings.HasPrefix(w, "约")) && !strings.HasPrefix(t, "们") {
				s, changed = t, true
				break
			}
		}
		for _, w := range leadIns {
			if !strings.HasPrefix(s, w) {
				continue
			}
			if w == "会" && strings.HasPrefix(s, "会后") || w == "说" && strings.HasPrefix(s, "说明") || w == "讲" && (strings.HasPrefix(s, "讲义") || strings.HasPrefix(s, "讲台") || strings.HasPrefix(s, "讲稿")) {
				continue
			}
			if (w == "叫" || w == "喊" || w == "让" || w == "催") && (len(s) == len(w) || s[len(w)] != gap) {
				continue
			}
			if t := strings.Trim(s[len(w):], gaps); t != "" && !strings.HasPrefix(t, "们") && (len([]rune(t)) >= 2 || (w == "说" || w == "讲" || w == "承诺" || w == "答应" || w == "保证" || w == "叫" || w == "喊" || w == "让" || w == "催") && s[len(w)] == gap || w == "要求") && w != "再" && w != "给" && !(w == "要" && strings.HasPrefix(t, "求")) {
				s, changed = t, true
				break
			}
		}
	}
	return withoutHead(strings.Join(strings.Fields(strings.ReplaceAll(strings.ReplaceAll(s, string(rune(gap)), ""), "\"", " ")), " "))
}

// gap stands in a to-do where a day or a name was taken out, so that what is left on both sides makes no new word: 他说|定数量.
const (
	gap  = '\x1f'
	gaps = " \x1f"
)

// withoutAgreement cuts off that two have agreed: 讲好|发邮件, 说妥了|周五送.
func withoutAgreement(s string) string {
	r := []rune(s)
	if len(r) < 4 || !strings.ContainsRune("说讲谈约商议", r[0]) || !strings.ContainsRune("好定妥", r[1]) {
		return s
	}
	k := 2
	if r[k] == '了' {
		k++
	}
	if t := strings.Trim(string(r[k:]), gaps); len([]rune(t)) >= 2 {
		return t
	}
	return s
}

// nameAt reports whether rune i belongs to a customer's or contact's name.
func (m *message) nameAt(i int) bool {
	if i < 0 || i >= len(m.used) || !m.used[i] || m.isProduct(i) {
		return false
	}
	return !slices.ContainsFunc(m.papers, func(h contractHit) bool { return i >= h.i && i < h.j })
}
