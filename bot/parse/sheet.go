package parse

// sheetSent reports at i that a quotation on paper has gone to the customer, with its sum told: 把报价单发给佛山顺达了,…=11500.
func (m *message) sheetSent(from, i, to int) bool {
	e := m.any(i, "报价单", "报价表", "报价书", "报价函")
	if e < 0 || m.used[i] || m.denied(i) || !m.sumIn(from, to) {
		return false
	}
	k := m.clauseAt(i)
	c := m.clauses[k]
	if m.rivalSaid(c) || m.planned(k, c) || m.pledgeIn(c) != "" || m.has(c.i, i, "要", "让", "等", "问", "催", "再", "拿了", "看了", "拿到") {
		return false
	}
	return m.before(c.j, "了") && m.has(c.i, c.j, "发给", "发过去", "发出", "交给", "递给", "送给", "传给", "送到", "寄给", "给了", "发了", "提交", "发到", "递到")
}
