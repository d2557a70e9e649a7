package parse

// negators stand before what is denied: 没谈, 不用寄, 暂时不要.
var negators = words("没有 没能 没怎么 没 不需要 不用 不要 不必 不想 不太 不怎么 不是很 不是 不够 不会 不能 不 无需 无 未 别 甭 莫 勿 免 暂不 还没 取消 不打算 拒绝")

// denied reports that the word at i is negated within its clause: by a negator right before it, or one with at most two
// words between, as in 样品也不要寄了, 没跟他谈价格.
func (m *message) denied(i int) bool {
	from, start := i-5, 0
	if len(m.clauses) > 0 {
		start = m.clauses[m.clauseAt(i)].i
	}
	for k := i - 1; k >= max(from, start); k-- {
		switch m.r[k] {
		case ',', ';', '。', '!', '?', '\n':
			return false
		}
		if m.used[k] {
			from--
			continue
		}
		if e := m.any(k, negators...); e > 0 && e <= i && !(i-e >= 2 && m.before(i, "了还要", "了还想", "了又要", "了再要", "了想要", "了还", "了又", "了再", "了想", "了要", "了就")) && m.any(k, "不但", "不仅", "不光", "不过", "不然", "不久", "不少", "不错", "没问题", "别的", "别家", "别人", "无论", "未来", "不锈", "免费", "不管", "不如") < 0 && m.any(k-1, "差不", "要不", "能不", "会不", "是不", "特别", "区别", "有没", "好不") < 0 && !(m.any(k-1, "了没") > 0 && (k+1 >= i || !isHan(m.at(k+1)) || m.any(k+1, "有") > 0)) {
			return true
		}
	}
	return false
}

// findSaid is find for words that are not negated.
func (m *message) findSaid(i, j int, ws ...string) int {
	for k := max(i, 0); k < j; k++ {
		k = m.find(k, j, ws...)
		if k < 0 {
			return -1
		}
		if !m.denied(k) {
			return k
		}
	}
	return -1
}

// says is has for words that are not negated.
func (m *message) says(i, j int, ws ...string) bool { return m.findSaid(i, j, ws...) >= 0 }
