package parse

// agent is who does it where the clause says so by 由, by …方, or by making somebody else do it for us: 由我提交, 校方确认,
// 让他们信息科把文档给我; "" where it does not.
func (m *message) agent(c clause) Party {
	for i := c.i; i < c.j; i++ {
		if m.used[i] {
			continue
		}
		lead := m.blank(c.i) == i || m.inTime(i-1, i) || m.before(i, "由", " ", "前", "内")
		switch {
		case m.any(i, "由我们", "由我方", "由我司", "由我", "由咱") > 0, lead && m.any(i, "我方", "我司", "乙方") > 0:
			return PartyUs
		case m.any(i, "由校方", "由院方", "由厂方", "由店方", "由甲方", "由对方", "由客户", "由他们", "由贵方", "由他", "由她") > 0, lead && m.any(i, "校方", "院方", "厂方", "店方", "甲方", "园方") > 0:
			return PartyCustomer
		}
		if e := m.any(i, "让他们", "让她们", "叫他们", "让他", "让她", "安排他们"); e > 0 && !m.before(i, "我", "我们", "咱们") && m.has(e, c.j, "给我", "给到我", "给我们", "给到我们", "发我", "发给我", "传我", "寄给我", "送过来", "给咱") {
			return PartyCustomer
		}
	}
	return ""
}
