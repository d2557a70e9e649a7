package parse

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// What makes a to-do is read here by its form: a bound and a verb with its result (元旦前搭好), a paper that was asked for and
// is to be handed over (要检测报告,周五给), our own word without a day (我回头给她寄), a demand with a bound (要48小时内恢复).

// paperNouns end what is handed over and is no goods.
var paperNouns = words("单 表 书 函 资料 材料 文件 方案 报告 合同 协议 参数 记录 清单 证 证明 发票 图纸 图 报价 手册 说明 价格 价 账号 目录 标书 数据 名单 照片 视频 样册 彩页 样本 样品 样机 样件 小样 白皮书 MSDS 明细 账单 回执 授权 政策 计划 初稿 稿 流程 名片 链接 电子版 复印件 原件 执照 资质 架 返利 费用 款 培训 安装 装机 调试 演示 保养 校准 维保 验收 检修 巡检")

// endsInPaper reports that a clause ends in the name of something that is handed over or done, and no goods: 那边的维修报价.
func (m *message) endsInPaper(c clause) bool {
	e := c.j
	for e > c.i && strings.ContainsRune(" 呢吧的", m.r[e-1]) {
		e--
	}
	if e > c.i && m.used[e-1] {
		return false
	}
	return m.before(e, paperNouns...) || e-3 >= c.i && isWord(m.r[e-1])
}

// wantedPaper reports that clause k only tells that somebody asks for something that is no goods and that the next clause is to
// hand it over: 要智慧黑板的检测报告,|7个工作日内给.
func (m *message) wantedPaper(k int) bool {
	c := m.clauses[k]
	if k+1 >= len(m.clauses) || m.sumIn(c.i, c.j) || c.tense == TensePast {
		return false
	}
	i := m.find(c.i, c.j, "要", "催", "问", "等", "缺", "盯", "想看", "急着看", "需要")
	if i < 0 || !m.endsInPaper(c) || m.denied(i) || !m.ourDuty(k+1) || m.has(c.i, c.j, "聊", "谈", "见", "嫌", "想要", "觉得", "了", "什么", "多少", "吗", "说", "讲") {
		return false
	}
	if slices.ContainsFunc(m.counts, func(h countHit) bool {
		return h.i >= c.i && h.j <= c.j && !strings.Contains("份 张 本 册 套", h.q.Unit)
	}) {
		return false
	}
	for _, p := range m.prods {
		if p.i >= i && p.i < c.j && p.j < c.j && m.any(p.j, "的") < 0 && m.any(p.j, paperNouns...) < 0 {
			return false
		}
	}
	return !slices.ContainsFunc(m.prods, func(p productHit) bool { return p.j >= c.j && p.i < c.j })
}

// ourDuty reports that clause k begins with a day to come or with us and is a to-do of ours.
func (m *message) ourDuty(k int) bool {
	if k >= len(m.clauses) {
		return false
	}
	c := m.clauses[k]
	i := m.blank(c.i)
	if !m.inTime(i, i+1) && m.any(i, "我", "咱", "给", "跟", "答应", "承诺", "保证", "说好", "讲好", "约", "应", "务必", "赶在", "争取") < 0 {
		return false
	}
	p, ok := m.promise(k, c, KindPromise, "")
	return ok && p.Who == PartyUs
}

// resultWords end what is to be brought to an end.
var resultWords = words("好 完 掉 齐 清 妥 到位 下来 出来 上去 回来 起来 到手 走 清楚 明白 出去 过去 进去 到")

// boundResult reports a to-do by its bound and a verb with its result, whichever the verb: 元旦前|搭好.
func (m *message) boundResult(k int, c clause, at timeHit, due When) bool {
	if !due.Start.After(m.now) || c.tense == TensePast || at.form != formBefore && at.form != formWithin && at.form != formPoint || at.form == formPoint && at.grain < grainDay {
		return false
	}
	for i := c.i; i < at.i; i++ {
		if !m.used[i] && m.r[i] != ' ' && m.any(i, "我", "们", "咱", "要", "得", "那", "边", "就", "争", "取", "尽", "量", "力", "的", "务", "必", "赶", "在", "最", "晚", "迟", "跟他", "跟她", "回他", "回她", "答他", "答她") < 0 && !(m.any(i, "说", "讲", "回", "答", "他", "她") > 0 && m.has(c.i, i+1, "我说", "我讲", "我回", "我答", "我跟")) {
			return false
		}
	}
	e := c.j
	for e > at.j && strings.ContainsRune(" 吧的啊哈", m.r[e-1]) {
		e--
	}
	if n := m.plain(clause{i: at.j, j: e}); n < 2 || n > 12 || !m.before(e, resultWords...) {
		return false
	}
	return !m.has(at.j, c.j, "了", "过", "没", "不", "说", "觉得", "只", "才", "就能", "用完", "卖完", "喝完", "吃完", "能", "会", "挺", "很", "还好", "看好", "最好", "正好", "想", "希望", "刚好", "良好", "友好")
}

// soonWords say that something is done without a day.
var soonWords = words("回头 回去 回来就 回公司 尽快 马上 立马 立刻 稍后 晚点 晚些 待会 等会 一会 等下 抓紧 赶紧 这就 随后 过后 过两天 过几天 这两天 到家")

// ownWord reports our own word without a day: 我回头给她寄四盒过去.
func (m *message) ownWord(c clause, kind Kind) bool {
	if kind == KindPayment || kind == KindQuote || c.tense == TensePast && !m.has(c.i, c.j, "过去", "过来") {
		return false
	}
	if i := m.blank(c.i); m.any(i, "回去", "回头", "马上", "立马", "这就", "回公司", "晚点", "待会", "等会", "稍后") > 0 && m.any(i, "回头客", "马上就要", "马上要") < 0 &&
		m.verbIn(c, busyVerbs) && m.has(i, c.j, "给他", "给她", "给人家", "给他们", "把", "就给", "就去", "就发", "就弄", "就办", "帮他", "帮她") && !m.has(c.i, c.j, "给我", "了", "没", "不") {
		return true
	}
	for i := c.i; i < c.j; i++ {
		e := m.any(i, "我们", "咱们", "我", "咱")
		if e < 0 || m.used[i] || m.before(i, "让", "叫", "给", "跟", "找", "问", "催", "要", "约", "联系", "说", "讲") {
			continue
		}
		e = m.opt(m.opt(m.blank(e), "会", "就", "再", "得", "要", "争取", "说"), "会", "就", "再", "得", "要")
		j := m.any(e, soonWords...)
		if j < 0 || m.has(j, c.j, "了", "过的", "没", "不", "嫌", "觉得", "看看再", "再说", "考虑", "想想", "琢磨") {
			continue
		}
		return m.verbIn(clause{i: j, j: c.j}, ourVerbs) && m.plain(clause{i: j, j: c.j}) >= 2
	}
	return false
}

// theirSoon reports what the customer says he will do soon, without a day: 说她这两天就把表填好发我.
func (m *message) theirSoon(c clause) bool {
	return m.has(c.i, c.j, soonWords...) && !m.has(c.i, c.j, "没", "不", "嫌", "我们", "咱们") && m.theyTell(c)
}

// ledByCause reports that the 我 at i is who is made to do something: 让|我下周一带合同过去.
func (m *message) ledByCause(i int) bool {
	return m.at(i) == '我' && m.before(i, "让", "叫", "请", "要", "约", "催", "托", "喊", "要求", "通知", "提醒", "盯着", "求", "麻烦", "嘱咐", "交代", "吩咐", "答应", "允诺", "承诺", "告诉", "答复", "回复", "陪", "带")
}

// vowedBefore reports that the clause before k only says that somebody of the customer's has bound himself: 俞校长口头答应了,|合同下礼拜三
// 签字.
func (m *message) vowedBefore(k int) bool {
	if k == 0 {
		return false
	}
	c := m.clauses[k-1]
	at := m.commitAt(c)
	if at < 0 || !m.someoneBefore(c, at) || m.has(c.i, at, "我", "咱", "跟", "给", "向", "对", "和", "与") {
		return false
	}
	end := max(m.any(at, commits...), m.any(at, "应了"))
	return m.plain(clause{i: m.opt(m.opt(end, "下来", "说", "得很", "得好好"), "我们", "咱们", "我", "咱"), j: c.j}) <= 1
}

// movedTo is what is put off to another time, by the clause before or by the words before the verb: 没约上秦科长,改到…; 黑板安装|推迟到.
func (m *message) movedTo(k int, what string) string {
	r := strings.TrimRight(what, " 的")
	if r == "改" || r == "改成" {
		r = "改到"
	}
	for _, w := range []string{"推迟到", "延期到", "延后到", "提前到", "改到", "改在", "改成", "改为", "挪到", "推到", "延到", "调到", "推后到", "顺延到", "定到"} {
		if !strings.HasSuffix(r, w) {
			continue
		}
		rest := strings.Trim(strings.TrimSuffix(r, w), " 就又再也")
		if utf8.RuneCountInString(rest) >= 2 {
			return rest
		}
		if k > 0 {
			c := m.clauses[k-1]
			switch {
			case m.has(c.i, c.j, "约", "见", "碰", "拜访", "聊"):
				return "约见"
			case m.has(c.i, c.j, "去不", "来不", "过不去", "跑不", "没去", "没跑", "没能去"):
				return "去拜访"
			case m.topicOf(c) != "":
				return m.topicOf(c)
			}
		}
		return what
	}
	return what
}

// onlyMoved reports a to-do that only says that one was put off: 她改到|了.
func onlyMoved(what string) bool {
	what = strings.Trim(what, " 他她们又就先再了的")
	return slices.Contains([]string{"改到", "改在", "推到", "推迟到", "延到", "挪到", "提前到", "改成", "改为", "延后到"}, what)
}

// threat reports what will not be done unless something else is: 不给报告就不结款.
func (m *message) threat(c clause) bool {
	i := m.find(c.i, c.j, "就不", "就别", "就没")
	return i > 0 && m.has(c.i, i, "不", "没")
}

// sameWish reports that the to-do of clause k is only that what the clause before asks for is handed over, so that both are one: 要看到
// 报价,|我四点半前给他.
func (m *message) sameWish(k int, before, p Promise) bool {
	c := m.clauses[k-1]
	return p.Who == PartyUs && before.Who == PartyUs && before.Why.Start == m.why(c.i, c.j).Start && (m.pledgeIn(c) == "" || before.Due.IsZero()) && strings.HasSuffix(p.What, ")") &&
		strings.Contains(p.What, "("+m.topicOf(c)+")") && (before.Due.IsZero() || m.has(c.i, c.j, "要看", "要拿", "要收", "要用", "催", "等", "急"))
}

// promisedThing reports a clause that only names what was promised and that the next one says by when: 答应的网线整改,|11月13号前弄利索.
func (m *message) promisedThing(k int) bool {
	c := m.clauses[k]
	at := m.commitAt(c)
	if at < 0 || k+1 >= len(m.clauses) || m.any(max(m.any(at, commits...), m.any(at, "应了")), "的") < 0 {
		return false
	}
	_, _, dated := m.dueIn(k+1, m.clauses[k+1])
	return dated && m.plain(m.clauses[k+1]) >= 1
}

// besides adds what is to be done by the way to the to-do it is told with: …带样品过去,|顺便把上次的发票给他.
func (m *message) besides(from, to int, found []Promise) []Promise {
	for k, c := range m.clauses {
		if k == 0 || c.i < from || c.i >= to || c.tense == TensePast || m.any(m.blank(c.i), "顺便", "顺带", "顺道") < 0 || !m.has(c.i, c.j, "把", "将") || m.has(c.i, c.j, "了", "没", "不", "说", "问") {
			continue
		}
		if _, _, dated := m.dueIn(k, c); dated {
			continue
		}
		prev := m.why(m.clauses[k-1].i, m.clauses[k-1].j).Start
		n := slices.IndexFunc(found, func(p Promise) bool { return p.Why.Start == prev && p.Who == PartyUs })
		what := m.whatOf(c, timeHit{})
		if n < 0 || what == "" || slices.ContainsFunc(found, func(p Promise) bool { return p.Why.Start == m.why(c.i, c.j).Start }) {
			continue
		}
		for _, w := range []string{"顺便", "顺带", "顺道", "再"} {
			what = strings.TrimPrefix(what, w)
		}
		found = append(found, Promise{Who: PartyUs, What: what, Due: found[n].Due, Why: m.why(c.i, c.j)})
	}
	return found
}

// demandedBy reports a demand with a bound in a complaint, whatever its verb: 王主任要48小时内恢复.
func (m *message) demandedBy(c clause, at timeHit) bool {
	i := m.find(c.i, at.i, "要", "要求", "得", "限", "必须", "须", "让", "叫", "喊", "希望", "催")
	return i >= 0 && (at.form == formBefore || at.form == formWithin || at.inside) && !m.denied(i) && m.plain(clause{i: at.j, j: c.j}) >= 2 && !m.has(at.j, c.j, "付款", "打款", "退款", "了")
}

// listsToday reports that an entry of a list of to-dos is for today: 今天把招标参数发他,|4月底前做方案.
func (m *message) listsToday(k int, c clause, at timeHit) bool {
	if m.blank(c.i) != at.i && (m.plain(clause{i: c.i, j: at.i}) > 6 || m.has(c.i, at.i, opinionWords...)) || at.form != formPoint || m.has(at.j, c.j, "了", "过", "完", "说", "嫌", "觉得", "不", "没", "很", "挺", "效果", "顺利", "满意", "还行", "正常", "成功") || m.any(m.blank(at.j), "把", "先", "给", "就", "再") < 0 && m.any(m.blank(at.j), ourVerbs...) < 0 && m.any(m.blank(at.j), entryVerbs...) < 0 {
		return false
	}
	if k+1 >= len(m.clauses) {
		return false
	}
	next := m.clauses[k+1]
	due, t, ok := m.dueIn(k+1, next)
	return ok && (m.blank(next.i) == t.i || m.blank(c.i) != at.i) && due.Start.After(m.now) && (t.grain >= grainDay || t.form == formBefore) && (m.verbIn(next, ourVerbs) || m.any(m.blank(t.j), entryVerbs...) > 0) && !m.has(next.i, next.j, "了") && (!m.has(next.i, next.j, "过") || m.has(next.i, next.j, "过去", "过来"))
}

// refusedCause reports that nobody is made to do anything: 没让我周三过去.
func (m *message) refusedCause(c clause) bool {
	i, _ := m.causedIn(c)
	return i >= 0 && m.denied(i) && !m.has(c.i, i, "没说不", "差点没", "恨不得", "不得不")
}

// boundOnly reports a to-do that only says that somebody has bound himself: 应承|下来了.
func boundOnly(what string) bool {
	for _, w := range commits {
		what = strings.TrimPrefix(strings.TrimLeft(what, "都已经也给跟向对"), w)
	}
	return strings.Trim(what, "我也已经都他她们下来了过的好会是一 ") == ""
}

// withoutCounts is a to-do without its numbers of things.
func withoutCounts(what string) string {
	r := []rune(what)
	var b strings.Builder
	for i := 0; i < len(r); {
		j := i
		for j < len(r) && (isDigit(r[j]) || isChineseDigit(r[j]) || strings.ContainsRune("十百千万几半.", r[j])) {
			j++
		}
		if j == i {
			b.WriteRune(r[i])
			i++
			continue
		}
		rest := string(r[j:])
		for _, u := range goods {
			if strings.HasPrefix(rest, u) {
				j += utf8.RuneCountInString(u)
				break
			}
		}
		i = j
	}
	return b.String()
}

// contactOnly are the characters of which clauses are made that only tell of a talk or a trip, which no to-do is about.
const contactOnly = "跑了趟去见碰过聊通电话打来拍胸脯跟他她谈拜访在从出回刚才今上下午晚早一个面就的呢和给发微信消息完"

// noTopic reports words that tell of a talk or a trip and name no thing.
func noTopic(s string) bool {
	return strings.IndexFunc(s, func(c rune) bool { return c != ' ' && !strings.ContainsRune(contactOnly, c) }) < 0
}

// thatDay gives 那天 and 当天 the day to come that was named before: 下周六她值班,让我那天带样机.
func (m *message) thatDay() {
	if !m.runes.has('天') && !m.runes.has('日') {
		return
	}
	for i := range m.r {
		e := m.any(i, "那一天", "那天", "当天", "当日", "那日", "同一天")
		if e < 0 || m.used[i] {
			continue
		}
		last := -1
		for n, t := range m.times {
			if t.j <= i && t.clause < m.clauseAt(i) && t.clause+2 >= m.clauseAt(i) {
				last = n
			}
		}
		if last < 0 {
			continue
		}
		t := m.times[last]
		if t.form != formPoint || t.grain < grainDay || !t.start.After(m.now) || m.hypothetical(m.clauseAt(i)) {
			continue
		}
		day := midnight(t.start)
		t.start, t.end, t.due, t.i, t.j, t.clause = day, day.AddDate(0, 0, 1), day, i, e, m.clauseAt(i)
		t.grain, t.noDay, t.part = grainDay, false, nil
		if at := slices.IndexFunc(m.times, func(x timeHit) bool { return x.i <= i && i < x.j }); at >= 0 {
			m.times[at] = t
			continue
		}
		m.times = slices.Insert(m.times, last+1, t)
	}
}

// slotBefore is the day that the clause before clause k says was set aside: 跟我敲了下周四的时间,|去给她们讲平板.
func (m *message) slotBefore(k int) (When, timeHit, bool) {
	c := m.clauses[k-1]
	due, t, ok := When{}, timeHit{}, false
	for _, x := range m.times {
		if x.clause == k-1 && x.form == formPoint && x.grain >= grainDay && x.start.After(m.now) && m.any(x.j, "的时间", "的日子", "的空", "的档", "的会", "的号") > 0 {
			due, t, ok = m.dueOf(x), x, true
		}
	}
	return due, t, ok && m.has(c.i, t.i, "敲", "约", "定", "排", "留", "要") && m.verbIn(m.clauses[k], ourVerbs)
}

// setOnly reports a clause that only says for when something is set: 安排在8月3号上午, 时间是8月第一周.
func (m *message) setOnly(c clause) bool {
	i := m.blank(c.i)
	e := m.setFor(i)
	if e == i || m.any(i, "改", "推", "挪") > 0 || !m.inTime(m.blank(e), m.blank(e)+1) {
		return false
	}
	n := m.plain(clause{i: e, j: c.j})
	return n == 0 || n <= 4 && m.has(e, c.j, "、") // 定11月18、19号
}

// onlySet reports a clause that only says that a time was agreed on, where the time and what it is for follow: 约了个时间,|下周四
// 十点,|谈血球续保.
func (m *message) onlySet(k int, c clause) bool {
	if k+2 >= len(m.clauses) || !m.has(c.i, c.j, "约了个时间", "约了时间", "约好时间", "定了个时间", "定了时间", "约好了时间", "约了个日子", "时间定了") {
		return false
	}
	if _, _, ok := m.dueIn(k, c); ok {
		return false
	}
	_, _, dated := m.dueIn(k+1, m.clauses[k+1])
	return dated && m.plain(m.clauses[k+1]) == 0 && m.verbIn(m.clauses[k+2], ourVerbs)
}

// boundToMend reports that somebody binds himself to put something right, so that the trouble is what the to-do is about and no
// news: 答应吕院长,三天之内解决报警的问题.
func (m *message) boundToMend(from, to int) bool {
	return (m.bound(from, to) || m.agreedBefore(from, to) || m.settledIn(from, to)) && m.has(from, to, "换了", "修了", "调好", "弄好", "装好", "解决", "处理", "换掉", "换好", "修好", "修掉", "补齐", "补上", "更换", "退掉", "检修", "退货", "换货", "补货", "办好", "办完") && m.onlyPlans(from, to) && m.troubleInside(from, to)
}

// agreedBefore reports that two have agreed in the first clause of a part.
func (m *message) agreedBefore(from, to int) bool {
	k := m.clauseAt(from)
	return k < len(m.clauses) && m.clauses[k].i < to && m.agreedIn(m.clauses[k]) >= 0
}

// troubleInside reports that words of trouble stand only inside the object of a to-do: 解决…的问题, 把破的那批换掉.
func (m *message) troubleInside(from, to int) bool {
	return slices.ContainsFunc(m.clauses, func(c clause) bool {
		if c.i >= to || c.j <= from {
			return false
		}
		i := m.find(c.i, c.j, "把", "将", "解决", "处理", "换掉", "换好", "更换", "修好", "修掉", "补齐", "补上", "退掉", "检修")
		return i >= 0 && m.complaintIn(i, c.j)
	}) || !m.complaintIn(from, to)
}
