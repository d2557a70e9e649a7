package parse

import (
	"slices"
	"strings"
)

// arrivalWords are verbs of money that comes, arrivedWords those with which it is there.
var (
	arrivalWords = words("到账 到位 到 进账 入账 打过来 转过来 汇过来 付过来 拨过来 划过来 付出来 打出来 转出来 汇出来 放出来 拨下来 批下来 下来 过来 进来 付 打 转 汇 结清 付清")
	arrivedWords = words("到账了 到位了 到了 来了 进来了 进了 打进来了 进账了 入账了 过来了 打来了 收到了 下来了 到账啦 到啦 来啦 收到 到账")
)

// toldAround reports a sum whose coming is told in the clause before or behind it, in no more words than a time and the verb:
// 下周一能到,何科长说的那4.2万; 到了,那笔14万.
func (m *message) toldAround(s sumHit, from, to int) bool {
	c := m.clauses[s.clause]
	if m.has(c.i, c.j, "报", "价", "预算", "订单", "下单", "货", "样", "额度", "量", "单子", "便宜", "贵") || m.perUnit(s) || m.rivalSaid(c) {
		return false
	}
	pointed := m.before(m.unblank(s.i), "那", "这", "那笔", "这笔", "的", "笔", "笔钱", "笔款") || m.plain(c)-(s.j-s.i) <= 2
	if !pointed {
		return false
	}
	for _, k := range []int{s.clause - 1, s.clause + 1} {
		if k >= 0 && k < len(m.clauses) && m.clauses[k].i >= from && m.clauses[k].i < to && m.onlyArrives(k) {
			return true
		}
	}
	return false
}

// onlyArrives reports a clause that tells nothing but that something comes or came, and when: 到了到了, 下周一能到.
func (m *message) onlyArrives(k int) bool {
	c := m.clauses[k]
	came, sure := false, false
	for i := c.i; i < c.j; {
		if m.r[i] == ' ' || m.inTime(i, i+1) {
			i++
			continue
		}
		if m.used[i] {
			return false
		}
		if e := m.any(i, arrivedWords...); e > 0 && e <= c.j {
			came, sure, i = true, true, e
			continue
		}
		if e := m.any(i, arrivalWords...); e > 0 && e <= c.j && !came {
			came, i = true, e
			continue
		}
		e := m.any(i, "应该", "估计", "大概", "预计", "最晚", "最迟", "最快", "肯定", "一定", "终于", "总算", "可算", "已经", "可以", "能", "会", "就", "也", "才", "都", "刚", "刚刚", "又", "账上", "钱", "的")
		if e < 0 || e > c.j {
			return false
		}
		i = e
	}
	return came && (sure || slices.ContainsFunc(m.times, func(t timeHit) bool { return t.clause == k && !t.due.IsZero() }))
}

// comesOut reports a sum pointed at or called money that is to leave the payer's house: 那3.4万块钱走完流程7月8号能付出来.
func (m *message) comesOut(s sumHit) bool {
	c := m.clauses[s.clause]
	i := m.find(s.j, c.j, "付出来", "打出来", "汇出来", "转出来", "放出来", "拨出来", "付得出", "拨下来", "划出来")
	return i >= 0 && !m.has(c.i, s.i, "预算", "报价")
}

// cameIn reports the verb of money that has come in right before the sum: 今天又进来了|9万2千5.
func (m *message) cameIn(s sumHit) bool {
	return m.before(m.unblank(s.i), "进来了", "进来", "进账了", "入账了", "进了", "又到了", "又进") && !m.has(m.clauses[s.clause].i, s.i, "采购", "货", "选手", "预算")
}

// oneOfParts reports a sum that is one of several by its number: 第二笔钱|4万8.
func (m *message) oneOfParts(s sumHit) bool {
	i := m.back(s.i, "是", ":", " ")
	for _, w := range []string{"笔钱", "期钱", "批钱", "笔款子", "笔回款"} {
		n := len([]rune(w))
		if m.before(i, w) && i-n >= 2 && (m.at(i-n-2) == '第' || strings.ContainsRune("头首", m.at(i-n-1))) {
			return true
		}
	}
	return false
}

// feastDigits reports that the digit at i and the 一 behind it are a holiday's name before a bound of time, not the end of the
// number they stand behind: 20万|五一前.
func (t *text) feastDigits(i int) bool {
	c := t.at(i)
	if c != '五' && c != '六' && c != '七' && c != '八' && c != '十' || t.at(i+1) != '一' {
		return false
	}
	return t.any(i+2, "前", "后", "之前", "以前", "之后", "以后", "节", "假", "小长假", "长假", "放假", "期间", "左右", "能", "会", "到账", "劳动") > 0
}

// flatThing reports that the 块 before i counts a thing with a face: 两块|价格牌, 三块|展板.
func (t *text) flatThing(i int) bool {
	for k := i; k < i+5 && isHan(t.at(k)); k++ {
		if strings.ContainsRune("钱一每多的了左上来给就都要打付转到报", t.at(k)) {
			return false
		}
		if strings.ContainsRune("牌板屏匾砖毯垫", t.at(k)) {
			return t.any(k+1, "款", "的款", "钱", "费") < 0
		}
	}
	return false
}

// piecesAsked reports that the number at i with the 块 before j counts things that somebody wants or is given: 要两块|冷柜贴,
// 给了谢经理三块|试用装.
func (t *text) piecesAsked(i, j int) bool {
	if !isHan(t.at(j)) || !isHan(t.at(j+1)) || isChineseDigit(t.at(j)) || strings.ContainsRune("钱一每多的了左上来给就都要打付转到报他她我你们不没还也太说嫌便贵让问跟再行可吧呢含起以出卖拿收", t.at(j)) {
		return false
	}
	if t.before(i, "要", "想要", "要了", "领", "领了", "寄", "寄了", "送", "送了", "借", "借了", "补", "补了", "换", "换了", "装了", "贴了") {
		return true
	}
	for k := i - 1; k >= 0 && k > i-9; k-- {
		if t.any(k, "给了", "送了", "寄了", "借了", "留了") > 0 {
			return strings.ContainsRune("理任长板管总工师", t.at(i-1))
		}
	}
	return false
}

// paidBare reports that the bare number at i, which ends its thought, stands behind money that is told to have come: 刚转来的,46000;
// 钱到了!万家乐|8700.
func (m *message) paidBare(i int) bool {
	k := m.clauseAt(i)
	if k == 0 || m.plain(clause{i: m.clauses[k].i, j: i}) > 1 {
		return false
	}
	b := m.clauses[k-1]
	if m.has(b.i, b.j, "样", "货", "合同", "订单", "报价", "资料", "预算") {
		return false
	}
	return m.onlyArrives(k-1) && m.has(b.i, b.j, "钱", "账", "款") || m.before(b.j, "转来的", "打来的", "汇来的", "付来的", "转过来的", "打过来的", "汇过来的", "付过来的", "到账的", "进账的", "转来了", "打来了", "汇来了", "到账了", "进账了", "进的账", "到的账", "入的账")
}

// arrivedAlone reports a clause of p that tells nothing but that the money is there: 总算进了,那笔1万2.
func (m *message) arrivedAlone(p part) bool {
	for k, c := range m.clauses {
		if c.i >= p.i && c.j <= p.j && m.before(m.unblank(c.j), "了", "啦") && m.onlyArrives(k) && !m.has(c.i, c.j, "能", "会", "应该", "估计", "预计") {
			return true
		}
	}
	return false
}
