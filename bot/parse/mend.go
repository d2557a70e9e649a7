package parse

import "slices"

// contrasted reports a message that sets a value right against the wrong one: 回款到的是23号不是13号, 上回说28万那个不对,实际是26.8万.
func (m *message) contrasted(rec *Record) bool {
	if rec == nil || len(m.r) > 40 || slices.ContainsFunc(m.hits, func(h customerHit) bool { return h.ref.ID != rec.Customer }) {
		return false
	}
	if m.has(0, len(m.r), "不对", "错了", "错的") && m.has(0, len(m.r), "实际是", "其实是", "应该是", "应是", "实际", "才对") && m.has(0, len(m.r), "那个", "那条", "那笔", "上回", "上次", "刚才", "刚刚", "之前", "前面") {
		return true
	}
	at := func(n int, span func(int) (int, int)) bool {
		for k := 0; k+1 < n; k++ {
			a, j := span(k)
			b, _ := span(k + 1)
			if j > b || b-j > 4 {
				continue
			}
			first := m.before(a, "是", "为") && m.before(b, "不是", "而不是")
			if first && !m.before(a, "不是") || m.before(a, "不是") && m.before(b, "是") && !m.before(b, "不是") {
				return true
			}
		}
		return false
	}
	return at(len(m.times), func(k int) (int, int) { return m.times[k].i, m.times[k].j }) ||
		at(len(m.sums), func(k int) (int, int) { return m.sums[k].i, m.sums[k].j }) ||
		at(len(m.counts), func(k int) (int, int) { return m.counts[k].i, m.counts[k].j })
}
