package parse

import "strings"

// takenBy reads a maker whom the master data does not hold by where he stands: right before the sum for which the bid went to
// him, 迈瑞|31万拿走的, where we are told to have lost.
func (m *message) takenBy(s sumHit) bool {
	c := m.clauses[s.clause]
	if m.any(m.blank(s.j), "拿走", "拿下", "拿的", "中的", "中标", "抢走", "截走", "签走", "拿去") < 0 {
		return false
	}
	k := m.back(s.i, "以", "用", "是", "报", "出", " ")
	i := k
	for i > c.i && isHan(m.r[i-1]) && !m.used[i-1] && k-i < 4 {
		i--
	}
	return i == m.blank(c.i) && k-i >= 2 && k-i <= 4 && !strings.ContainsAny(m.cut(i, k), "我咱他她们这那被给") && m.any(i, "最后", "最终", "结果", "总价", "价格", "合同", "金额", "总共") < 0
}
