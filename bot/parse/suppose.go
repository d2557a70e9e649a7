package parse

// ifWords begin a condition.
var ifWords = words("如果 要是 假如 倘若 假设 假使 若是 万一 除非 只要 倘使 如若 若能 要能")

// hypothetical reports that clause k is a condition or what would follow from one: 如果降五个点,我们就签.
func (m *message) hypothetical(k int) bool {
	if k < 0 || k >= len(m.clauses) {
		return false
	}
	if m.condition(m.clauses[k]) {
		return true
	}
	if k == 0 || !m.condition(m.clauses[k-1]) {
		return false
	}
	c := m.clauses[k]
	i := m.blank(c.i)
	for i < c.j && (m.used[i] || m.any(i, "我们", "咱们", "他们", "他", "她", "我", "对方", "客户", "这边", "那边", "也", "马上", "当场", "立马", "直接", "今年", "可能", "说", "讲", "表示", " ") > 0) {
		i = max(i+1, m.any(i, "我们", "咱们", "他们", "他", "她", "我", "对方", "客户", "这边", "那边", "也", "马上", "当场", "立马", "直接", "今年", "可能", "说", "讲", "表示"))
	}
	return m.any(i, "就", "那", "才", "便", "会", "能", "愿意", "可以按", "按") > 0 || m.any(i, "可以") > 0
}

// condition reports a clause that states a condition.
func (m *message) condition(c clause) bool {
	if i := m.find(c.i, c.j, ifWords...); i >= 0 && m.plain(clause{i: c.i, j: i}) <= 4 && m.any(i, "只要了", "只要两", "只要三", "只要一") < 0 {
		return !m.countFollows(i+2) || m.any(i, "只要") < 0
	}
	e := c.j
	for e > c.i && m.r[e-1] == ' ' {
		e--
	}
	return m.before(e, "的话") && e-c.i > 3
}
