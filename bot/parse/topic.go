package parse

import (
	"strings"
	"unicode/utf8"
)

// slight are the characters of which a to-do without a thing is made: 再发一遍给她, 签好给他.
const slight = "约再又就先得要给发寄送拿带出交补来去过一两份遍下个次趟她他们我你您伊好完掉到上回退换做报打递传弄搞办定签看谈把将了的齐全是手里着咱"

// thin reports that a to-do names no thing.
func thin(what string) bool {
	for _, w := range []string{"务必", "一定", "尽快", "赶紧", "马上", "必须", "立刻", "抓紧", "重新", "重", "再次"} {
		what = strings.TrimPrefix(what, w)
	}
	what = withoutCounts(what)
	for _, w := range resultWords {
		if rest := strings.TrimSuffix(what, w); rest != what && utf8.RuneCountInString(strings.Trim(rest, slight)) == 1 {
			return true // 搭好, 销掉
		}
	}
	return strings.IndexFunc(what, func(c rune) bool { return c != ' ' && !strings.ContainsRune(slight, c) }) < 0
}

// goesTo finds that a customer is gone to, by the verb right before his name: 跑华光电气, 去常拓.
func (m *message) goesTo(c clause) int {
	for i := c.i; i < c.j; i++ {
		if !m.used[i] && strings.ContainsRune("跑去到走访转见拜串", m.r[i]) && m.hitFrom(i+1) != nil && m.hitFrom(i+1).j <= c.j && !m.denied(i) {
			return i
		}
	}
	return -1
}

// quoted reports that the message passes on what somebody wrote: 陈院长:小李,下周三之前把授权书给我.
func (m *message) quoted() bool {
	if !m.runes.has(':') {
		return false
	}
	for i := 0; i < min(len(m.r), 20); i++ {
		for _, n := range m.mentionsAt(i) {
			if n.i == i && n.title != "" && m.at(m.blank(n.j)) == ':' {
				return true
			}
		}
	}
	return false
}

// topicOf is what a clause is about: what stands behind the last verb of saying or asking in it, without names.
func (m *message) topicOf(c clause) string {
	if m.plain(c) <= m.countRunes(c) {
		return m.goodsIn(c)
	}
	if m.has(c.i, c.j, "嫌", "太贵", "太长", "太高", "太久", "觉得", "满意", "不行", "没空", "来不及", "不方便") {
		return "" // an opinion
	}
	if m.before(c.j, "等着", "在等", "等着呢", "催得紧", "催得急", "等我消息") || m.has(c.i, c.j, "问了两", "问了几", "问了好几", "催了两", "催了几", "催了好几", "问过") && m.plain(c) <= 7 {
		return ""
	}
	if at := m.commitAt(c); at >= 0 {
		c.j = at
	}
	from := c.i
	for i := c.i; i < c.j; i++ {
		if m.used[i] {
			continue
		}
		if e := m.any(i, "说", "讲", "问", "提到", "反馈", "想要", "需要", "要求", "催", "要"); e > 0 && e < c.j && m.any(i, "说明书", "说明", "讲义", "问卷", "要点", "讲台", "讲稿") < 0 {
			if s := m.wantedBefore(c, i); s != "" && m.any(i, "要", "催") > 0 && thin(strings.Trim(m.cut(e, c.j), " 着要看呢")) {
				return s
			}
			from = e
		}
	}
	if e, _ := m.titlePhrase(m.blank(from)); e > 0 && e >= c.j-1 {
		return "" // only who speaks
	}
	var b strings.Builder
	n := 0
	for i := from; i < c.j && n < 16; i++ {
		if m.nameAt(i) || m.inTime(i, i+1) || m.r[i] == ' ' && b.Len() == 0 {
			continue
		}
		b.WriteRune(m.r[i])
		n++
	}
	s := strings.Trim(ownThing(b.String()), " 的了\"")
	if len([]rune(s)) < 2 || thin(s) || noTopic(s) || strings.IndexFunc(s, isHan) < 0 || strings.HasPrefix(s, "@") {
		return ""
	}
	return s
}

// goodsIn is how many of which product a clause that says nothing else asks for: 要200箱橙汁; "" when it names none.
func (m *message) goodsIn(c clause) string {
	for _, p := range m.prods {
		if p.i < c.i || p.j > c.j {
			continue
		}
		for _, h := range m.counts {
			switch {
			case h.j <= p.i && p.i-h.j <= 1 && h.i >= c.i:
				return m.cut(h.i, p.j)
			case h.i >= p.j && h.i-p.j <= 1 && h.j <= c.j:
				return m.cut(p.i, h.j)
			}
		}
		return m.cut(p.i, p.j)
	}
	return ""
}

// ownThing cuts off of a topic who has it and what somebody does with it: 那边的|图纸|我揽下.
func ownThing(s string) string {
	for _, w := range []string{"那边的", "那儿的", "那里的", "这边的", "那头的", "那边", "那儿", "那头", "那份", "那批", "那台", "那个", "这份", "这批"} {
		s = strings.TrimPrefix(s, w)
	}
	for _, w := range []string{"我们", "咱们", "我", "咱"} {
		if k := strings.Index(s, w); k > 0 && utf8.RuneCountInString(s[:k]) >= 2 {
			s = s[:k]
		}
	}
	return s
}

// countRunes is how many characters of a clause belong to counts, with a particle beside them.
func (m *message) countRunes(c clause) int {
	n := 0
	for _, h := range m.counts {
		if h.i >= c.i && h.j <= c.j {
			n += h.j - h.i + 1
		}
	}
	return n
}

// topicOnly reports a clause that only names what the next one is to do with it: 葛老板的年度对账单,我下月底前寄给他.
func (m *message) topicOnly(k int) bool {
	c := m.clauses[k]
	paper := m.endsInPaper(c)
	if k+1 >= len(m.clauses) || m.plain(c) > 12 || m.plain(c) > 9 && !paper || c.tense != TenseUnknown || !paper && m.verbIn(c, ourVerbs) || m.has(c.i, c.j, opinionWords...) || m.has(c.i, c.j, "有", "是", "没", "不", "好", "了", "很", "坏") {
		return false
	}
	named := false
	for i := c.i; i < c.j; i++ {
		named = named || m.used[i]
	}
	next := m.clauses[k+1]
	if !named || !m.has(c.i, c.j, "的", "那") {
		return false
	}
	return m.any(m.blank(next.i), "我", "我们", "咱") > 0 || m.ourDuty(k+1)
}

// goesOnly reports a to-do that only says to go: 打算去, 过去一趟.
func (m *message) goesOnly(what string) bool {
	for _, w := range []string{"打算", "准备", "计划", "再", "要", "我", "亲自", "得"} {
		what = strings.TrimPrefix(what, w)
	}
	for _, w := range []string{"会", "见", "找", "跟", "和"} {
		what = strings.TrimSuffix(what, w)
	}
	switch what {
	case "去", "过去", "去一趟", "跑一趟", "去趟", "上门", "拜访", "过去一趟", "跑", "走一趟", "见面", "去拜访", "到", "再去", "去见":
		return true
	}
	return false
}

// placeOnly reports a clause with nothing but an hour or the place of a meeting: 两点, 院里小会议室.
func (m *message) placeOnly(k int) bool {
	c := m.clauses[k]
	if m.plain(c) == 0 {
		return true
	}
	return m.plain(c) <= 7 && !m.verbIn(c, ourVerbs) && m.before(c.j, "室", "楼", "厅", "里", "厂", "办公室", "现场", "那边", "那儿", "线上", "公司")
}

// purposeNext is what the clause behind clause k says is done there: 给朱主任演示尿机; "" when it tells something else.
func (m *message) purposeNext(k int) string {
	n := k + 1
	for n < len(m.clauses) && n < k+3 && m.placeOnly(n) {
		n++
	}
	if n >= len(m.clauses) {
		return ""
	}
	k, c := n-1, m.clauses[n]
	if _, _, dated := m.dueIn(k+1, c); dated || c.tense == TensePast && m.any(m.blank(c.i), "把") < 0 || !m.verbIn(c, ourVerbs) && m.any(m.blank(c.i), "把", "给") < 0 && m.any(m.blank(c.i), entryVerbs...) < 0 && m.any(m.blank(c.i), "敲", "定", "商量", "商议") < 0 || m.has(c.i, c.j, "说", "嫌", "觉得", "想", "要", "不", "没", "预算") || m.plain(c) > 12 {
		return ""
	}
	return m.whatOf(c, timeHit{})
}
