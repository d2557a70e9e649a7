package parse

import "strings"

// productEnds reports that a product's name ends right before i, as where the customer is named behind what it is about:
// 茶油|华联说卖完了.
func (m *message) productEnds(i int) bool {
	for n := 2; n <= 7 && i-n >= 0; n++ {
		if w, _ := m.x.names(strings.ToUpper(m.cut(i-n, i)), func(t *table) nameTable { return t.products }, goneProducts); w.runes == n {
			return true
		}
	}
	return false
}

// ofCustomer reports a person who is spoken of by a title right behind the customer's name, as the one who holds it there and was spoken to:
// 嘉妇保的|主任.
func (m *message) ofCustomer(n mention) bool {
	i := m.unblank(n.i)
	if n.dept != "" || i == 0 || !m.used[i-1] && !(m.r[i-1] == '的' && i > 1 && m.used[i-2]) {
		return false
	}
	return m.before(i, "的") && m.any(m.blank(n.j), "通了", "通完", "通过电话", "聊", "谈", "见", "打", "碰", "说", "讲", "吃", "开会", "沟通", "交流", "汇报", "对了", "对完", "视频") > 0
}
