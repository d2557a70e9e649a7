package parse

import (
	"slices"
	"strings"
)

// aside reports that the k-th customer named is only spoken of beside another one: who introduced us, whom somebody has heard of
// or compares himself with, where we meant to go and did not.
func (m *message) aside(k int) bool {
	if len(m.hits) < 2 {
		return false
	}
	h := &m.hits[k]
	return m.introduces(k) || m.passedBy(k) || k > 0 && m.toldOf(&m.hits[k-1], h)
}

// introduces reports that the k-th customer, or somebody there, brought us to the one named next: 杭一医介绍我去南通口腔.
func (m *message) introduces(k int) bool {
	if k+1 >= len(m.hits) {
		return false
	}
	h, next := m.hits[k], m.hits[k+1]
	i := m.find(h.j, next.i, "介绍", "引荐", "推荐", "牵线", "引见", "转介")
	if i < 0 || i > h.j+8 || m.denied(i) || m.has(h.j, i, "给", "跟", "向", "要", "说", "问", ",", ";", "。") || next.ref.NewName == "" && m.clauseAt(next.i) > m.clauseAt(i)+1 {
		return false
	}
	if m.has(i, next.i, "介绍了") && m.has(i, next.i, ",", "。", ";") || next.i > i+14 {
		return false
	}
	for _, p := range m.prods { // 介绍离心机
		if p.i >= i && p.i < next.i {
			return false
		}
	}
	return true
}

// passedBy reports that somebody meant to go to the k-th customer and did not, and went elsewhere.
func (m *message) passedBy(k int) bool {
	h := m.hits[k]
	if m.before(h.i, "路过", "经过", "途经", "顺路经过") {
		c := m.clauses[m.clauseAt(h.i)]
		return m.has(h.j, c.j, "没进", "没去", "没停", "没上去", "没拜访", "没空进")
	}
	if k+1 >= len(m.hits) || !m.before(h.i, "去", "到", "见", "拜访", "跑") {
		return false
	}
	c := m.clauses[m.clauseAt(h.i)]
	return m.has(c.i, h.i, "本来", "原本", "原计划", "原定", "本想", "原打算") && m.has(h.j, m.hits[k+1].i, "改", "结果", "没", "临时", "后来", "就", "变")
}

// toldOf reports that h is only spoken of in the clause of another customer, whose people say, have seen or compare something:
// 唐主任看过嘉兴一中的录播, 谢经理说卖得没乐街坊好.
func (m *message) toldOf(p, h *customerHit) bool {
	c := m.clauses[m.clauseAt(h.i)]
	if p.ref.ID == h.ref.ID || m.actsItself(h) || m.before(h.i, "去", "去了", "到", "到了", "跑", "拜访", "见", "回", "、", "给", "转给", "找", "约", "往", "又", "从", "答应") && !m.before(h.i, "提到", "看到", "听到", "说到", "问到", "想到", "谈到", "聊到", "讲到") {
		return false
	}
	if m.before(h.i, "没", "不如", "比", "不像", "像", "超过", "赶上", "学", "参考", "参照", "对标", "跟") && p.i >= c.i && m.before(h.i, "没") != (m.any(h.j, "好", "多", "快", "便宜", "高", "大", "贵", "强", "积极") < 0) {
		if m.any(m.blank(h.j), "好", "多", "快", "便宜", "高", "大", "贵", "强", "积极", "没关系", "没有关系", "不是一家", "没合作", "有竞争", "是同行", "是亲戚", "一样", "差不多", "比", "抢") > 0 {
			return true
		}
	}
	from := p.j
	if m.clauseAt(p.i) != m.clauseAt(h.i) {
		if m.clauseAt(p.i)+1 != m.clauseAt(h.i) || !m.someonesClause(c, p) {
			return false
		}
		from = c.i
	}
	v := m.find(from, h.i, "听说", "据说", "看过", "参观过", "参观了", "打听", "知道", "提到", "提起", "羡慕", "问起", "问到", "说", "讲", "看了", "看到", "考察过", "考察了", "去过")
	if v < 0 || m.denied(v) || h.i-v > 8 {
		return false
	}
	if m.any(v, "说", "讲", "看了", "看到", "去过") < 0 {
		return true
	}
	return m.any(h.j, "的", "用", "那边用", "也用", "那套", "那批", "那台", "那边", "装", "买", "上了", "早", "在用", "做", "跟", "和", "去年", "也有", "也装", "也买", "拿") > 0
}

// actsItself reports that somebody of h's is named behind it, or that it is what wants or does something now.
func (m *message) actsItself(h *customerHit) bool {
	ids := h.ids
	if h.ref.ID != 0 {
		ids = []ID{h.ref.ID}
	}
	return slices.ContainsFunc(ids, func(id ID) bool { return m.contactBehind(h.j, id) }) ||
		m.any(m.blank(h.j), "要", "想", "催", "说", "问", "欠", "今天", "明天", "下周", "需要", "回款", "打款") > 0
}

// someonesClause reports that the clause begins with somebody of the customer p, who goes on: 恒达要螺栓,潘经理听说恒大….
func (m *message) someonesClause(c clause, p *customerHit) bool {
	for _, n := range m.mentionsAt(m.blank(c.i)) {
		if n.surname != "" && n.i == m.blank(c.i) && len(m.fitting(n, p.ref.ID)) > 0 {
			return true
		}
	}
	return false
}

// introducedBefore reports that in the clause somebody of a known customer brings us another one: 喻老板介绍他表弟的店.
func (m *message) introducedBefore(c clause) bool {
	i := m.find(c.i, c.j, "介绍", "引荐", "推荐", "牵线", "转介")
	return i >= 0 && !m.denied(i) && m.has(i, c.j, "店", "厂", "公司", "客户", "医院", "学校", "朋友", "同行", "表", "一家", "单位", "诊所")
}

// bringsUs reports that the person named recommends the customer that is named behind him, and so need not be his.
func (m *message) bringsUs(n mention, customer CustomerRef) bool {
	return m.off[n.j] <= customer.Why.Start && m.any(m.blank(n.j), "介绍", "推荐", "引荐", "牵线", "转介", "推过来", "引见", "带") > 0
}

// heads reports that the k-th name, which fits several, is only the head under which those are named one after the other:
// 华联两家店:绍兴店要橙汁,柯桥店要高钙奶.
func (m *message) heads(k int) bool {
	h := m.hits[k]
	if len(h.ref.Candidates) < 2 || m.any(m.blank(h.j), "两", "几", "各", "这边", "那边", "今天", ":", "都", "的") < 0 {
		return false
	}
	named := 0
	for _, g := range m.hits[k+1:] {
		if slices.Contains(h.ref.Candidates, g.ref.ID) {
			named++
		}
	}
	return named >= 2
}

// personHits enters the customers of the sender's own contacts who are named in full where another customer has been named
// before: 上午绍兴实小花主任签了,晚上跟柳青吃饭.
func (m *message) personHits() {
	if len(m.hits) == 0 || len(m.hits) > 4 || len(m.r) > 200 {
		return
	}
	own := m.x.ownedBy(m.user)
	if len(own) == 0 || len(own) > 2000 {
		return
	}
	var more []customerHit
	first := m.hits[0].j
	for i := first; i < len(m.r); i++ {
		if m.used[i] || !isSurname(m.r[i]) || !m.spokenOfNext(i) {
			continue
		}
		found, j := m.ownNamed(i, own)
		if len(found) != 1 || slices.ContainsFunc(append(m.hits, more...), func(h customerHit) bool { return slices.Contains(h.ids, found[0].Customer) }) || m.personAt(i) != 0 {
			continue
		}
		why := m.why(i, j)
		why.Rule = RuleContact
		more = append(more, customerHit{i: i, j: i, ids: []ID{found[0].Customer}, ref: CustomerRef{ID: found[0].Customer, Inferred: true, Why: why}})
	}
	if len(more) > 0 {
		m.hits = append(m.hits, more...)
		slices.SortFunc(m.hits, func(a, b customerHit) int { return a.i - b.i })
	}
}

// ownNamed are the contacts of the customers own who are named in full at i, and the end of the name.
func (m *message) ownNamed(i int, own []ID) (found []Contact, j int) {
	for _, id := range own {
		for _, c := range m.x.ContactsOf(id) {
			if n := len([]rune(c.Name)); n >= 2 && m.lit(i, c.Name) == i+n && m.free(i, i+n) {
				found, j = append(found, c), i+n
			}
		}
	}
	return found, j
}

// spokenOfNext reports that a new thought begins at i with somebody, behind a time or 跟.
func (m *message) spokenOfNext(i int) bool {
	k := m.back(i, " ", "又跟", "又和", "又见了", "又找", "还跟", "还和", "跟", "和", "见了", "找", "约了", "再跟", "碰到", "遇到", "上午", "下午", "晚上", "中午", "傍晚", "后来", "然后", "接着", "回来路上", "路上")
	return k > 0 && (strings.ContainsRune(",;。\n", m.at(k-1)) || k < i && m.before(i, "上午", "下午", "晚上", "路上", "后来", "然后"))
}
