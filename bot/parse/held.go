package parse

import "slices"

// tooMuchFor finds a price, or what is between two, that somebody cannot bear: 6个点的差价接受不了, 这价吃不消.
func (m *message) tooMuchFor(c clause) int {
	i := m.find(c.i, c.j, "接受不了", "受不了", "吃不消", "扛不住", "承受不起", "承受不了", "没法接受", "不能接受", "不接受", "买不起", "用不起", "装不起")
	if i < 0 || m.rivalIn(c) {
		return -1
	}
	if m.any(i, "买不起", "用不起", "装不起") > 0 || m.has(c.i, i, "价", "费", "个点", "%", "报价", "单价") {
		return i
	}
	return -1
}

// dearerThan reports that it is our price that is told to be above the rival's, by a percentage: 试剂要比新康贵12%.
func (m *message) dearerThan(r rivalHit, c clause) bool {
	return m.before(r.i, "比", "比起", "要比", "较") && m.has(r.j, min(c.j, r.j+5), "贵", "高") && !m.sumIn(c.i, c.j) && slices.ContainsFunc(m.rates, func(p rateHit) bool { return p.i > r.j && p.i < c.j })
}

// picky finds a fault that the customer finds with our goods and no list names: 嫌我们的血球通道少.
func (m *message) picky(c clause) int {
	i := m.find(c.i, c.j, "嫌")
	if i < 0 || m.denied(i) || m.before(i, "我", "我们") || m.rivalIn(c) || m.plain(clause{i: i + 1, j: c.j}) < 2 {
		return -1
	}
	ours := m.has(i, c.j, "我们", "咱") || slices.ContainsFunc(m.prods, func(p productHit) bool { return p.i >= c.i && p.j <= c.j })
	if !ours || m.has(i, c.j, "价", "贵", "高", "账期", "付款", "远", "麻烦", "晚", "慢", "交", "送", "催", "烦") {
		return -1
	}
	return i
}

// noQuota finds that there is nothing the customer could pay from: 今年没有采购指标.
func (m *message) noQuota(c clause) int {
	i := m.find(c.i, c.j, "没有", "没", "无", "还没")
	if i < 0 {
		return -1
	}
	k := m.find(i, min(c.j, i+7), "指标", "额度", "经费", "购置计划", "采购计划", "资金", "拨款")
	if k < 0 || m.has(c.i, i, "我们", "咱") || m.has(i, k, "说", "提", "谈", "聊", "问") {
		return -1
	}
	return k
}

// cheaperBy finds by how much somebody of the customer's wants it cheaper: 她说要便宜10%才好立项; -1 for none.
func (m *message) cheaperBy(k int, c clause) int {
	if m.rivalSaid(c) || m.denied(c.i) {
		return -1
	}
	return slices.IndexFunc(m.rates, func(r rateHit) bool {
		return r.clause == k && !r.fold && (m.before(r.i, "要便宜", "得便宜", "再便宜", "必须便宜", "便宜个") && m.has(c.i, r.i, "说", "讲", "要", "得", "希望", "提", "她", "他"))
	})
}
