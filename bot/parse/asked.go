package parse

import (
	"slices"
	"strings"
)

// arrives reports that the sum is told to come or to have come by a verb behind it: 4.9万周五能到, 11.1万已到.
func (m *message) arrives(s sumHit) bool {
	c := m.clauses[s.clause]
	if m.has(max(c.i, s.i-6), s.i, "预算", "报", "价", "降", "涨", "从", "加") {
		return false
	}
	k := s.j
	for k < c.j {
		e := m.any(k, "能", "会", "可以", "要", "就", "都", "已经", "已", "才", "刚", "也", "左右", "全部", "应该", "估计", "争取", "大概", "差不多", "最快", "最晚", "最迟", "终于", "总算", "可算", "今天", "刚刚")
		if e < 0 && m.r[k] != ' ' && !m.inTime(k, k+1) {
			break
		}
		k = max(k+1, e)
	}
	e := m.any(k, "到账", "到位", "到", "结清", "结", "清", "打过来", "转过来", "付过来", "汇过来", "进来", "回来", "落袋", "进账", "入账")
	if v := m.any(k, "付", "打", "转", "汇", "给", "走", "安排"); e < 0 && v > 0 && v < len(m.r)+1 && m.blank(v) == c.j && slices.ContainsFunc(m.times, func(t timeHit) bool { return t.i >= s.j && t.j <= k }) {
		return true // 8200元|月末给
	}
	if e > 0 && m.before(e, "到") {
		for k := -1; k != e; {
			k, e = e, m.opt(e, "了", "我们", "咱们", "咱", "我司", "公司", "财务", "对公", "的")
		}
		if m.any(e, accounts...) > 0 {
			return true
		}
	}
	return e > 0 && (e >= c.j || m.any(e, "了", "掉") > 0 || m.blank(e) == c.j)
}

// accounts are where money comes to.
var accounts = words("户头 账户 账上 账号 帐上 帐户 卡上 卡里")

// turned finds goods that have gone bad, by the form 发 and what they have become: 发臭, 发粘.
func (m *message) turned(from, to int) int {
	for i := from; i+1 < to; i++ {
		if m.r[i] == '发' && !m.used[i] && strings.ContainsRune("臭黑黄烫霉粘黏酸胀潮软脆馊苦绿锈涩", m.r[i+1]) && !m.denied(i) && !m.before(i, "没", "不", "会") {
			return i
		}
	}
	return -1
}

// overdue finds what ought to have come: 怎么还没送到, 一直没见着货.
func (m *message) overdue(from, to int) int {
	for i := from; i < to; i++ {
		e := m.any(i, "还没", "还不", "都没", "也没", "没见", "都未", "还未", "仍未", "尚未", "仲未", "仍没", "还是没")
		if e < 0 || m.used[i] {
			continue
		}
		if m.has(max(from, i-24), i, "该到的", "该送的", "该发的", "应到的", "该来的") {
			return i
		}
		if m.any(i, "没见") > 0 && !m.has(from, i, "说好", "到现在", "一直") {
			continue
		}
		if m.any(i, "没见") > 0 || m.any(e, "送", "发货", "到货", "发", "到", "寄到", "见到货", "收到货", "见货", "见着", "见到", "见影", "见车") > 0 && m.has(max(from, i-24), i, "到而家", "现在", "怎么", "咋", "一直", "到现在", "追问", "催", "说好", "答应", "应承", "约好", "讲好", "定好", "到今天", "至今", "为啥", "为什么") {
			return i
		}
	}
	return -1
}

// priceLoose finds the wish for a lower price told by the verb: 价格还得松一松, 价格谈不拢.
func (m *message) priceLoose(c clause) int {
	i := m.find(c.i, c.j, "价")
	if i < 0 || m.any(i, "价值") > 0 {
		return -1
	}
	k := m.find(i, min(c.j, i+8), "松一松", "再松", "松点", "松松", "下不来", "谈不拢", "压一压", "往下", "让一让", "再让")
	if k >= 0 && !m.denied(k) {
		return k
	}
	return -1
}

// asked are the words by which somebody makes us do something.
var asked = wordSet("让我 催我 约我 请我们 要求")

// askedOf reports a to-do asked of us whose verb is none that is listed: 让我下周三前再递一版清单.
func (m *message) askedOf(c clause, own string, due When, at timeHit) bool {
	return (asked[own] || own == "让" && !m.has(c.i, c.j, "让他", "让她", "让客户", "让对方", "让价", "让利", "让点", "让了")) && due.Start.After(m.now) && (at.j <= c.j && (m.plain(c) >= 4 || m.plain(c) == 3 && at.form != formPoint) || at.j <= c.i)
}

// numbered reports an enumeration dictated without pauses, and blanks its numbers: 1周四前寄样2下周一演示.
func (m *message) numbered() {
	var at []int
	for i := 1; i+1 < len(m.r) && len(at) < 9; i++ {
		if m.r[i] != rune('1'+len(at)) || isDigit(m.r[i-1]) || m.r[i-1] == '.' || isDigit(m.r[i+1]) {
			continue
		}
		if m.any(i+1, "明", "后天", "今", "下周", "下个", "下月", "本周", "这周", "周", "月底", "先") > 0 && (m.any(i+1, "周年", "周岁", "月底") < 0 || len(at) >= 2) {
			at = append(at, i)
		}
	}
	if len(at) < 2 {
		return
	}
	for _, i := range at {
		m.r[i] = ','
	}
}

// signedUp finds a deal told by 签 and its result: 签妥, 签掉了.
func (m *message) signedUp(from, to int) int {
	for i := from; i+1 < to; i++ {
		if m.r[i] != '签' || m.used[i] || m.denied(i) || m.before(i, "要", "能", "想", "等", "才", "再", "准备", "争取", "先", "没") || m.any(i+1, "妥", "成", "掉", "牢", "回来了", "回了") < 0 || m.any(i+1, "回") > 0 && !m.has(max(0, i-8), i, "合同", "订单", "协议") {
			continue
		}
		c := m.clauses[m.clauseAt(i)]
		if c.tense != TenseFuture && !m.rivalSaid(c) && (i+2 == c.j || m.any(i+2, "了", " ", "来了") > 0) {
			return i
		}
	}
	return -1
}

// personLeads stand before the people whom something is done for or with.
var personLeads = words("交到 递到 送到 交给了 应承了 应承 应了 承诺了 承诺 保证 跟 给 和 找 见了 拜访了 拜访 约了 答应了 答应 向 对 约 让 请 帮 替 陪 问 催 叫 回复 通知 提醒 与 同 见 会了")

// ownContact finds one of the sender's own contacts who is named in full where a sentence names people: at its beginning,
// behind 跟 or 见了.
func (m *message) ownContact(p part, own []ID) ([]Contact, [2]int) {
	var found []Contact
	var span [2]int
	for i := p.i; i < p.j; i++ {
		if m.used[i] || !isHan(m.r[i]) || !m.namedHere(p, i) {
			continue
		}
		for _, id := range own {
			for _, c := range m.x.ContactsOf(id) {
				n := len([]rune(c.Name))
				if n >= 2 && m.lit(i, c.Name) == i+n && (m.actsSoon(i+n) || m.ledBy(i)) && !slices.Contains(found, c) {
					found, span = append(found, c), [2]int{i, i + n}
				}
			}
		}
		if len(found) > 0 {
			break
		}
	}
	return found, span
}

// verbSoon reports that somebody named before i does something: 说, 试, 那边, 要.
func (m *message) verbSoon(i int) bool {
	return m.any(m.blank(i), "说", "讲", "试", "那", "要", "想", "问", "嫌", "觉", "反", "催", "把", "让", "叫", "来", "打", "发", "回", "今", "昨", "刚", "上", "答", "承", "约", "定", "不", "没", "在", "对", "也", "还", "已", "聊", "签", "付") > 0
}

// namedHere reports that i is where people are named: at the beginning of a thought, or behind a word that leads to them.
func (m *message) namedHere(p part, i int) bool {
	return i == m.blank(p.i) || m.before(i, ",", " ", "那边", "这边", "那儿", "的", "说") || m.ledBy(i)
}

// actsSoon reports that somebody named in full before i does something or is somewhere: 透露, 加了, 带我.
func (m *message) actsSoon(i int) bool {
	k := m.blank(i)
	if m.verbSoon(i) || m.any(k, "话") > 0 || m.inTime(k, k+1) {
		return true
	}
	return isHan(m.at(k)) && !strings.ContainsRune("的大足小强劲很够太比级型号机值率们了是和与及等、", m.at(k))
}

// ledBy reports a word that leads to a person before i, or before the city that stands there: 打电话给无锡施敏.
func (m *message) ledBy(i int) bool {
	if m.before(i, personLeads...) {
		return true
	}
	for n := 2; n <= 3 && i-n >= 0; n++ {
		if m.allHan(i-n, i) && m.x.city(m.cut(i-n, i)) {
			return i-n == m.blank(0) || m.before(i-n, personLeads...) || m.before(i-n, ",", " ")
		}
	}
	return false
}

// addressed reports that somebody is spoken to and not of: 陈院长:小李,周三之前…
func (m *message) addressed(n mention) bool {
	return m.at(n.i-1) == ':' && m.at(n.j) == ',' || m.before(n.i, "隔壁", "邻居", "楼上", "楼下", "部门", "我同事") || m.any(n.j, "家孩子", "家的孩子", "家里", "家小孩", "家儿子", "家女儿", "家闺女") > 0
}
