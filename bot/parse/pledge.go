package parse

import (
	"slices"
	"strings"
)

// How people bind themselves and one another is read by classes: a verb of binding oneself (答应, 打包票), two who agree
// (说定, 谈妥), and a verb of causing with us behind it (喊我们, 限咱们).

// commits are the verbs with which somebody binds himself.
var commits = words("答应 允诺 承诺 保证 拍胸脯 拍着胸脯 拍了胸脯 打包票 打了包票 打保票 应允 应承 应下 揽下 许诺 许下 许了 表态 发誓 立了军令状 一口应")

// causes are the verbs with which somebody makes another do something.
var causes = words("要求 让 叫 要 请 催着 催 喊着 喊 逼着 逼 求 盯着 盯 限 约 托 麻烦 拜托 嘱咐 交代 交待 关照 吩咐 通知 提醒 指定 责成 督促 敦促 令")

// ourselves are the words for us.
var ourselves = words("我们 咱们 我这边 咱这边 我方 我司 我 咱 俺")

// ourPeople are those of us who are called for: 喊人, 叫师傅, 催厂家.
var ourPeople = words("人 师傅 工程师 技术员 技术 厂家 厂里 你们 售后 公司 尽快 赶紧 马上 立即 快点 快")

var causeStarts = firstRunes(causes...)

// causedUs is the end of a verb of causing with us behind it at i, -1 for none.
func (m *message) causedUs(i int) int {
	if !causeStarts.has(m.at(i)) {
		return -1
	}
	e := m.any(i, causes...)
	if e < 0 || m.at(i) == '要' && m.before(i, "需", "想", "只", "主", "重", "不", "没", "必", "就", "他", "她") && m.any(i, "要求") < 0 || m.at(i) == '请' && m.before(i, "申", "邀") || m.at(i) == '求' && m.before(i, "要", "需", "请") || m.at(i) == '限' && m.before(i, "有", "期", "权", "额", "无", "年", "局") {
		return -1
	}
	e = m.opt(e, "了", "着", "过")
	j := m.any(e, ourselves...)
	if j < 0 || m.any(j, "家", "院", "校", "厂") > 0 && m.any(e, "我", "咱") > 0 && m.any(e, "我们", "咱们") < 0 || m.any(i, "请") > 0 && m.any(j, "吃", "喝", "客") > 0 {
		return -1
	}
	return j
}

// causedIn finds a verb of causing with us behind it in a clause: where, and up to where.
func (m *message) causedIn(c clause) (int, int) {
	for i := c.i; i < c.j; i++ {
		if m.used[i] {
			continue
		}
		if e := m.causedUs(i); e > 0 && e <= c.j {
			return i, e
		}
	}
	return -1, -1
}

// calledFor finds that somebody of us is called for: 喊人来换, 催厂家.
func (m *message) calledFor(c clause) int {
	for i := c.i; i < c.j; i++ {
		if e := m.any(i, "叫", "喊", "催", "要求派", "要派", "派"); e > 0 && !m.used[i] && (m.any(e, ourPeople...) > 0 || m.any(m.opt(e, "全部", "全", "都", "统统", "给", "再"), "补", "换", "退", "修", "赔", "重发", "重做", "重送", "送", "处理", "解决") > 0) && m.any(e, "人家") < 0 && !m.before(i, "我", "我们", "咱们", "反") {
			return i
		}
	}
	return -1
}

// calledBy finds that somebody is told to do something by a day, whoever it is: 陶主任叫|8号再去讲一次.
func (m *message) calledBy(c clause) int {
	for i := c.i; i < c.j; i++ {
		if e := m.any(i, "叫", "喊"); e > 0 && !m.used[i] && m.inTime(m.blank(e), m.blank(e)+1) && !m.before(i, "我", "我们", "咱", "他", "她", "打电话", "名") && m.plain(clause{i: e, j: c.j}) >= 2 {
			return i
		}
	}
	return -1
}

// commitAt is where in a clause somebody binds himself, -1 for nowhere.
func (m *message) commitAt(c clause) int {
	for i := c.i; i < c.j; i++ {
		if i = m.find(i, c.j, commits...); i < 0 {
			break
		}
		if !m.denied(i) && m.any(i, "保证金", "保证书", "保证函", "承诺函", "承诺书", "承诺单", "答应不了") < 0 && !m.before(i, "质量", "效果", "有", "难", "适", "敢", "才能", "才会", "才好") {
			return i
		}
	}
	for i := c.i; i < c.j; i++ {
		if m.any(i, "应了") > 0 && !m.used[i] && !m.before(i, "反", "响", "相", "供", "适", "对", "感", "效", "答") && !m.denied(i) {
			return i
		}
	}
	for i := c.i; i < c.j; i++ {
		if m.at(i) == '应' && !m.used[i] && m.any(i+1, "他", "她", "人家") > 0 && m.before(i, "我", "咱", "我们", "咱们") {
			return i // 我应她周五之前收尾
		}
	}
	return -1
}

// agreedIn finds that two have agreed, by the verb and its result: 说定, 谈妥了, 约好.
func (m *message) agreedIn(c clause) int {
	for i := c.i; i+1 < c.j; i++ {
		if m.used[i] || m.used[i+1] {
			continue
		}
		if strings.ContainsRune("说讲谈约商议定", m.r[i]) && strings.ContainsRune("好定妥", m.r[i+1]) && m.any(i, "约定俗", "议定书", "说好话") < 0 && !m.denied(i) {
			return i
		}
		if m.any(i, "商量好", "商定") > 0 && !m.denied(i) {
			return i
		}
	}
	return -1
}

// pledgeIn is the word that makes a to-do: 答应, 约了, 让我, 要求. Words of one class give the same word.
func (m *message) pledgeIn(c clause) string {
	if m.commitAt(c) >= 0 {
		return "答应"
	}
	for _, w := range []string{"约了", "约好", "约在", "约定", "说好", "讲好", "谈好", "定了", "敲定"} {
		if i := m.find(c.i, c.j, w); i >= 0 && !m.denied(i) && !(w == "定了" && m.countFollows(i+2)) {
			return w
		}
	}
	if m.agreedIn(c) >= 0 {
		return "约好"
	}
	if i := m.find(c.i, c.j, "记得", "别忘了", "别忘", "切记"); i >= 0 && !m.has(c.i, i, "他", "她", "还", "客户") && m.any(i, "记得上", "记得去年", "记得当") < 0 {
		return "让我"
	}
	if i, _ := m.causedIn(c); i >= 0 && !m.denied(i) {
		switch m.at(i) {
		case '约':
			return "约我"
		case '催':
			return "催我"
		}
		return "让我"
	}
	for _, w := range []string{"让", "要求", "请我们", "叫", "必须", "务必", "一定要"} {
		i := m.find(c.i, c.j, w)
		if w == "叫" {
			if i = m.calledFor(c); i < 0 {
				i = m.calledBy(c)
			}
		}
		if i < 0 || m.denied(i) || m.any(i, "让了", "让利", "让价", "让步") > 0 {
			continue // 报价让了2个点
		}
		if w == "必须" || w == "务必" || w == "一定要" {
			return "要求"
		}
		return w
	}
	return ""
}

// closes lets a clause that only binds somebody tell who does what stands before it: 五一前调通,已跟袁主任拍胸脯.
func (m *message) closes(k int, p *Promise) {
	if k+1 >= len(m.clauses) {
		return
	}
	c := m.clauses[k+1]
	at := m.commitAt(c)
	if at < 0 {
		return
	}
	end := max(m.any(at, commits...), m.any(at, "应了"))
	end = m.opt(m.opt(m.opt(end, "下来"), "了", "过"), "我们", "咱们", "我", "咱")
	if m.plain(clause{i: end, j: c.j}) > 1 || m.someoneBefore(m.clauses[k], m.clauses[k].j) && !m.someoneBefore(c, at) {
		return
	}
	p.Who = PartyUs
	if m.someoneBefore(c, at) && !m.has(c.i, at, "跟", "给", "向", "和", "对", "与") {
		p.Who = PartyCustomer
	}
}

// leadPhrases are what stands before a to-do: who was asked, and by which verb.
var leadPhrases = func() []string {
	var out []string
	for _, v := range causes {
		for _, u := range ourselves {
			out = append(out, v+u)
		}
	}
	for _, w := range commits {
		out = append(out, w+"了", w+"说", w)
	}
	return append(out, "说了", "讲了", "说好了", "说好", "讲好了", "谈好了", "说定了", "说定", "约定", "商定")
}()

// bound reports that somebody binds himself in runes from to to.
func (m *message) bound(from, to int) bool {
	return slices.ContainsFunc(m.clauses, func(c clause) bool { return c.i < to && c.j > from && m.commitAt(c) >= 0 })
}

// headsList reports that a to-do only says how many follow: 三件事, 几个任务.
func headsList(what string) bool {
	for _, w := range []string{"给", "跟", "答应了", "答应", "应下了", "应下", "应了", "承诺了", "交代我", "办"} {
		what = strings.TrimPrefix(what, w)
	}
	r := []rune(what)
	if len(r) == 2 && (isDigit(r[0]) || isChineseDigit(r[0]) || r[0] == '几') && strings.ContainsRune("件点桩样条项", r[1]) {
		return true
	}
	if len(r) < 3 || len(r) > 5 || !isDigit(r[0]) && !isChineseDigit(r[0]) && r[0] != '几' || !strings.ContainsRune("件个点桩样条项", r[1]) {
		return false
	}
	switch string(r[2:]) {
	case "事", "事情", "事儿", "任务", "要求", "活", "工作":
		return true
	}
	return false
}

// dueBefore takes the day to come that stands with nothing but names before whoever is set to work: 苗工下周三|要我跑一趟.
func (m *message) dueBefore(n, k int) (When, timeHit, bool) {
	c := m.clauses[n]
	if n != k-1 || c.j != m.clauses[k].i || m.causedUs(c.j) < 0 {
		return When{}, timeHit{}, false
	}
	due, t, ok := m.dueIn(n, c)
	if !ok || m.plain(clause{i: t.j, j: c.j}) > 0 || !due.Start.After(m.now) || !m.has(t.i, t.j, "下", "明", "后天") || m.plain(c) > 0 {
		return When{}, timeHit{}, false
	}
	return due, t, true
}

// disposes reports that somebody is to bring something to an end, by 把 and a verb with its result, whichever it is: 他月底前把
// 三月的账结掉.
func (m *message) disposes(c clause, at timeHit) bool {
	i := m.find(at.j, c.j, "把", "将")
	if i < 0 || i > at.j+4 || m.any(i, "把握", "把手", "把关", "将来", "将近", "将要") > 0 || m.denied(i) || m.has(c.i, i, opinionWords...) {
		return false
	}
	e := c.j
	for e > i && strings.ContainsRune(" 吧的", m.r[e-1]) {
		e--
	}
	return m.plain(clause{i: i, j: e}) >= 3 && m.before(e, "了", "掉", "完", "好", "过来", "过去", "清", "来", "给我", "给我们", "下来", "出来", "上来", "到位", "去", "上")
}

// serviceIn is what customers demand of us without naming a day.
func (m *message) serviceIn(c clause) bool {
	return m.has(c.i, c.j, "重开", "重出", "重写", "重排", "补", "换", "退", "修", "赔", "派", "重发", "重做", "处理", "解决", "上门", "给说法", "装完", "装好", "安装", "整改", "恢复", "书面", "调试", "校准", "检测报告", "写个", "给个说法", "道歉", "送", "寄", "发", "传真", "邮", "过去", "报个价", "出方案", "给方案", "提供", "演示", "培训")
}
