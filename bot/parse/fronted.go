package parse

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// The thing of a to-do may stand in front: in the clause before (百惠的返利,|我答应月底前算清楚发给她), with who asks for it (照度报告她要
// 一份|月底给), or between the bound and the verb (下周三之前,|说明书,|答应给他寄去).

// receivers are who something is handed over to.
var receivers = words("他们 她们 他 她 您 对方 人家 客户")

var (
	bareStarts    = slices.Concat(ourselves, words("应他 应她 应人家"))
	bareReceivers = slices.Concat(words("我们 我 你们 你 您"), receivers)
	bareEnds      = slices.Concat(resultWords, words("清楚 回 捎 带 发 寄 送 传 交 拿 给"))
)

// bare reports that a to-do only says that something is brought to an end or handed over: 算清楚发给她, 传他, 处理掉, 完成, 送到.
func bare(what string) bool {
	for _, u := range bareStarts {
		what = strings.TrimPrefix(what, u)
	}
	rest, given := strings.Trim(what, " 去来弄搞"), false
	for _, w := range bareReceivers {
		if t, ok := strings.CutSuffix(rest, w); ok {
			rest, given = strings.TrimSuffix(strings.TrimSuffix(t, "给"), "到"), true
			break
		}
	}
	rest = strings.Trim(rest, " 去")
	for cut := true; cut; {
		cut = false
		for _, w := range bareEnds {
			if t := strings.TrimSuffix(rest, w); t != rest {
				rest, given, cut = t, true, true
			}
		}
	}
	switch rest {
	case "", "处理", "完成", "办", "做", "弄", "搞定", "落实", "办理", "解决", "搞":
		return true
	}
	if given {
		rest = strings.NewReplacer("好", "", "了", "", "完", "").Replace(rest)
	}
	if slices.ContainsFunc(paperNouns, func(w string) bool { return strings.HasSuffix(rest, w) && utf8.RuneCountInString(rest) > 1 }) {
		return false // 样件寄
	}
	return given && utf8.RuneCountInString(rest) <= 2 && !strings.ContainsAny(rest, "签聊谈见约拜订退付汇")
}

// namedThing is the thing that the clauses before clause k name without telling anything else; "" for none.
func (m *message) namedThing(k int) string {
	if k == 0 || m.clauses[k-1].tense == TensePast && !m.endsInPaper(m.clauses[k-1]) && !m.has(m.clauses[k-1].i, m.clauses[k-1].j, "问了", "催了", "要了") {
		return ""
	}
	if _, _, dated := m.dueIn(k-1, m.clauses[k-1]); dated && m.plain(m.clauses[k-1]) > 3 {
		return "" // a to-do of its own
	}
	return m.thingBefore(k)
}

// wantedBefore is what stands before the verb of wanting at i in a clause, up to who wants it: 茶油的陈列照片|邹总经理要看.
func (m *message) wantedBefore(c clause, i int) string {
	j := c.i
	for j < i && (m.nameAt(j) || m.r[j] == ' ') {
		j++
	}
	e := j
	for e < i && !m.nameAt(e) && m.any(e, "他", "她", "对方", "客户", "那边") < 0 {
		e++
	}
	s := strings.Trim(ownThing(m.cut(j, e)), " 的了")
	if utf8.RuneCountInString(s) < 2 || thin(s) || noTopic(s) {
		return ""
	}
	return s
}

// weHandOver reports a to-do by its bound and by us who hand something over, whichever the verb: 两个工作日内|我传他.
func (m *message) weHandOver(c clause, at timeHit, due When) bool {
	if !due.Start.After(m.now) || c.tense == TensePast || m.has(at.j, c.j, "说", "讲", "问", "想", "不", "没", "觉得") {
		return false
	}
	e := m.any(m.blank(at.j), "我们", "咱们", "我", "咱")
	if us := m.any(m.blank(c.i), "我们", "咱们", "我", "咱"); us > 0 && m.plain(clause{i: us, j: at.i}) == 0 {
		e = at.j
	} else if m.plain(clause{i: c.i, j: at.i}) > 0 {
		return false
	}
	if e < 0 {
		return false
	}
	k := m.find(e, c.j, receivers...)
	return k > e && k <= e+3 && m.plain(clause{i: m.any(k, receivers...), j: c.j}) <= 3
}

// boundLeads stand before the day of a clause that only says by when we have promised what was said before.
var boundLeads = words("我应的是 我应了 我应的 应的是 我答应的是 我答应他 我答应她 我答应的 我承诺的是 我保证 我说的是 我讲的是 我们说的是 说的是 答应的是 承诺的是 讲好的是 说好的是 期限是 时限是 限期 最晚 最迟")

// boundAlone reports a clause with nothing but by when we have promised it: 我应的是4个工作日内.
func (m *message) boundAlone(k int) bool {
	c := m.clauses[k]
	i := m.blank(c.i)
	e := m.blank(m.opt(i, boundLeads...))
	if e == i || !m.inTime(e, e+1) {
		return false
	}
	_, at, dated := m.dueIn(k, c)
	return dated && m.plain(clause{i: at.j, j: c.j}) <= 1
}

// frontedDue is the day of a to-do that stands alone two clauses before it, the thing between them: 下周三之前,|说明书,|答应给他寄去.
func (m *message) frontedDue(k int) (When, timeHit, bool) {
	if k < 2 || m.commitAt(m.clauses[k]) < 0 && m.agreedIn(m.clauses[k]) < 0 || !m.frontedThing(k-1) {
		return When{}, timeHit{}, false
	}
	due, at, ok := m.dueIn(k-2, m.clauses[k-2])
	return due, at, ok && m.plain(m.clauses[k-2]) == 0 && due.Start.After(m.now)
}

// frontedThing reports a clause that is nothing but the name of a thing behind a bound that stands alone.
func (m *message) frontedThing(k int) bool {
	c := m.clauses[k]
	if k == 0 || k+1 >= len(m.clauses) || !m.endsInPaper(c) || m.plain(m.clauses[k-1]) > 0 || m.plain(c) > 9 || m.has(c.i, c.j, "要", "给", "把", "了") {
		return false
	}
	next := m.clauses[k+1]
	return m.commitAt(next) >= 0 || m.agreedIn(next) >= 0
}

// handedTo reports that a clause says to whom, by name, something is handed over, so that it is ours to do: 盖章件寄给|凤老板.
func (m *message) handedTo(c clause) bool {
	for i := c.i; i+1 < c.j; i++ {
		if m.r[i] == '给' && !m.used[i] && m.nameAt(m.blank(i+1)) && m.before(i, "寄", "发", "送", "交", "快递", "传", "递", "捎", "带", "转") && !m.has(c.i, i, speakers...) {
			return !slices.ContainsFunc(m.hits, func(h customerHit) bool { return h.i >= c.i && h.j <= i && m.any(h.j, "的") < 0 })
		}
	}
	return false
}

// hisQuote reports a clause that quotes what somebody of the customer's says he does for us: 奚部长发来的:“合同我周四盖好章寄给你”.
func (m *message) hisQuote(c clause) bool {
	if !m.inQuote(c) && !(c.i > 0 && m.r[c.i-1] == ':') || !m.namedBefore(clause{i: 0, j: c.i + 1}, c.i+1) {
		return false
	}
	i := m.find(c.i, c.j, "我们", "我")
	return i >= 0 && m.any(i, "我们院", "我们厂") < 0 && !m.before(i, "给", "让", "叫", "帮", "发", "寄", "传", "回") && m.has(i, c.j, "给你", "给您", "回你", "回您", "发你", "发您", "寄你", "传你", "找你", "答复你", "通知你", "联系你", "等你")
}

// inQuote reports that a clause stands between quotation marks.
func (m *message) inQuote(c clause) bool {
	n := 0
	for i := 0; i < c.j; i++ {
		if strings.ContainsRune("\"“「『", m.r[i]) {
			if n++; i > c.i+1 && n%2 == 0 && m.plain(clause{i: i + 1, j: c.j}) == 0 {
				n-- // closed only at its end
			}
		}
	}
	return n%2 == 1
}

// addedTo reports that the to-do p is told already in the one before it: 去趟上虞中医院|答应了给朱主任调试尿机.
func addedTo(before, p Promise) bool {
	return p.Due.IsZero() && !before.Due.IsZero() && p.Who == before.Who && strings.HasSuffix(before.What, ","+p.What)
}

// boundBehind reports that a to-do only says by when what was said before is to be: 然后发货|让我们赶在周五之前.
func (m *message) boundBehind(k int, what string) string {
	for _, w := range causes {
		for _, u := range ourselves {
			what = strings.TrimPrefix(what, w+u)
		}
	}
	switch what {
	case "赶", "赶在", "争取", "务必", "最晚", "最迟", "尽快":
	default:
		return ""
	}
	if k == 0 || !m.verbIn(m.clauses[k-1], ourVerbs) {
		return ""
	}
	s := m.whatOf(m.clauses[k-1], timeHit{})
	for _, w := range []string{"然后", "还有", "再", "就"} {
		s = strings.TrimPrefix(s, w)
	}
	return s
}

// thingOf reports that what was taken for a to-do is only the thing of the next one: 灯的检测报告,|周三前,|答应发她.
func thingOf(before, p Promise) bool {
	return before.Who == p.Who && !p.Due.IsZero() && (before.Due.IsZero() || before.Due.Start.Equal(p.Due.Start)) && strings.HasSuffix(p.What, "("+before.What+")")
}

// toldAhead reports that the time t begins what we have told somebody that we do: 跟郎老板讲了|周三把样品带去.
func (m *message) toldAhead(c clause, t timeHit) bool {
	if !m.before(t.i, "讲了", "说了", "讲过了", "说过了", "讲过", "说过", "讲好了", "说好了", "说定了") || t.grain < grainDay && t.form == formPoint || m.any(m.blank(t.j), "的", "了", "那") > 0 {
		return false
	}
	start := c.i
	if k := m.clauseAt(c.i); k > 0 && m.clauses[k].i == c.i && m.clauses[k-1].j == c.i {
		start = m.clauses[k-1].i // 跟郎老板|讲了…
	}
	i := m.any(m.blank(start), "跟", "给", "和", "对", "同", "向")
	if i < 0 {
		i = m.any(m.blank(start), "我跟", "我给", "我和", "我对", "已跟", "已经跟", "刚跟", "都跟")
	}
	return i > 0 && m.nameAt(m.blank(i)) && m.plain(clause{i: i, j: t.i}) <= 7 && m.plain(clause{i: t.j, j: c.j}) >= 2 && !m.has(t.j, c.j, "去了", "来了", "了的")
}

// underWay reports that a clause tells what somebody is at: 这周一直在跑.
func (m *message) underWay(c clause) bool {
	return m.has(c.i, c.j, "一直在", "正在", "都在忙", "还在") && m.pledgeIn(c) == ""
}
