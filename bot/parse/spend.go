package parse

import (
	"slices"
	"strings"
)

// spent are the expenses of a message that tells of nothing else.
func (m *message) spent() []Frame {
	tagged := m.tag(0, "费用", "报销", "花费", "开销")
	if !tagged && m.has(0, len(m.r), "每月", "每年", "每个月", "一年", "全年", "年均", "月均", "一个月") {
		return nil // what a customer spends
	}
	told := m.sums
	if !tagged {
		m.bareSpent()
	}
	if tagged || len(m.sums) > 0 {
		if frames := m.expenses(tagged); len(frames) > 0 {
			return frames
		}
	}
	m.sums = told // numbers beside 打车 are no money where more than expenses is told
	return nil
}

// bareSpent lets numbers without a currency be money where they stand behind what money is spent on, or behind 花了, and
// end their thought: 请马主任吃饭花了268, 油费320过路费85.
func (m *message) bareSpent() {
	if category, _ := m.spentOn(0, len(m.r)); category == "" || len(m.sums) > 20 {
		return
	}
	t := m.rest()
	added := slices.Clone(m.sums)
	for i := 0; i < len(t.r); i++ {
		if !isDigit(t.r[i]) || t.r[i] == '□' || m.inTime(i, i+1) || isWord(t.at(i-1)) || t.at(i-1) == '.' {
			continue
		}
		n, ok := t.num(i)
		taken := slices.ContainsFunc(m.sums, func(s sumHit) bool { return i >= s.i && i < s.j })
		if taken || !ok || n.v.Sign() <= 0 || t.countable(t.blank(n.j)) || t.any(n.j, "%", "折", "号", "点", "到", "-") > 0 || !m.spendsAt(i, n.j) {
			i = t.skipNumber(i) - 1
			continue
		}
		x := money{i: i, j: n.j, v: n.v, currency: "CNY"}
		if a, good := x.amount(); good {
			a.Why = m.why(i, n.j)
			added = append(added, sumHit{x, a, m.clauseAt(i)})
		}
		i = n.j - 1
	}
	sortSums(added)
	m.sums = added
}

// spendsAt reports that the number from i to j is what was spent.
func (m *message) spendsAt(i, j int) bool {
	k := m.blank(j)
	if !(k >= len(m.r) || strings.ContainsRune(",;。\n", m.at(k)) || k > j || m.any(k, "报销", "元", "块") > 0 || m.expenseAt(k) > 0) {
		return false
	}
	if m.before(m.unblank(i), "花了", "花", "用了", "共", "一共", "总共", "花费", "花掉", "垫了", "垫付", "付了", "合计") {
		return true
	}
	_, at := m.spentOn(max(0, i-10), i)
	return at >= 0 && !m.has(at, i, ",", "。", ";")
}
