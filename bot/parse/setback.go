package parse

import "strings"

// cameShort reports that the count at i is of what is missing of a delivery, by 少 with a verb of coming: 少到2套.
func (m *message) cameShort(i int) bool {
	k := m.back(i, "了", " ")
	if k < 2 || m.at(k-1) == '到' && m.at(k-2) != '少' {
		k = m.back(k, "到")
	}
	return k >= 2 && strings.ContainsRune("到来收运拉寄交卸", m.at(k-1)) && m.at(k-2) == '少' && !m.before(k-2, "最", "至", "多", "不", "减", "很", "会")
}

// spoiltBefore reports between from and i that something from outside has spoilt goods: 泡水坏掉, 受潮烂了, 颠坏.
func (m *message) spoiltBefore(from, i int) bool {
	k := m.find(from, i, "泡水", "进水", "泡了水", "受潮", "淋雨", "淋湿", "浸水", "泡烂", "泡坏", "压坏", "挤坏", "摔坏", "磕坏", "碰坏", "撞坏", "颠坏", "震坏", "冻坏", "晒坏", "雨淋")
	return k >= 0 && m.has(k, i, "坏", "烂", "碎", "破", "废", "损", "潮") && !m.denied(k)
}

// signedBy reports that somebody put his name or seal to a contract whose sum is told: 鲍园长签字了!…合同4万5,成了.
func (m *message) signedBy(from, to int) int {
	if !m.has(from, to, "合同", "协议") || m.has(from, to, "验收", "送货单", "对账", "回执", "收货单", "申请", "签收", "流程", "等") {
		return -1
	}
	i := m.findSaid(from, to, "签字了", "签了字", "签的字", "盖章了", "盖了章", "盖的章", "签字盖章了")
	if i < 0 || m.hypothetical(m.clauseAt(i)) || m.stillToCome(m.clauses[m.clauseAt(i)], i) {
		return -1
	}
	for _, c := range m.clauses {
		if c.i >= from && c.j <= to && m.plain(c) <= 3 && m.has(c.i, c.j, "成了", "成啦", "定了", "定啦", "妥了", "妥啦", "搞定", "拿下", "落定", "到手", "稳了") {
			return i
		}
	}
	return -1
}

// saidTwice reports that a count is only said again or set right: 一百二十桶一百二十桶, 不是五十箱是六十箱.
func (m *message) saidTwice(a, b countHit) bool {
	if a.q.Unit != b.q.Unit {
		return false
	}
	if a.q.Value == b.q.Value && m.blank(a.j) == b.i {
		return true
	}
	return m.record() == nil && m.before(m.unblank(a.i), "不是") && m.before(m.unblank(b.i), "是") && !m.before(m.unblank(b.i), "不是") && m.unblank(b.i)-m.blank(a.j) <= 3
}

// othersSay reports that somebody else is told to say something: not 刚说明天送货, which are the sender's own words.
func (m *message) othersSay() bool {
	for i := range m.r {
		if m.used[i] || m.r[i] != '说' && m.r[i] != '讲' {
			continue
		}
		k := m.back(i, "的", " ")
		if !m.before(k, "刚", "刚才", "刚刚", "方才", "我", "前面", "上面", "头先") {
			return true
		}
		if b := m.back(k, "刚", "刚才", "刚刚", "方才", "前面", "上面", "头先", "我", " "); b > 0 && !strings.ContainsRune(",。;!:", m.r[b-1]) {
			return true // 周主任刚说
		}
	}
	return false
}
