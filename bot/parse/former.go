package parse

import "slices"

// Goods that were bought or used before are told of beside the ones that are wanted now, to say how they did.

// formerGoods marks the products that a clause of their own tells of as in use for long, where the message asks for a number of
// others: 要HB-86五套,LB-3前年买的还好使.
func (m *message) formerGoods() {
	if len(m.prods) < 2 || len(m.counts) == 0 {
		return
	}
	for n := range m.prods {
		h := &m.prods[n]
		if h.past || !m.toldAsUsed(m.clauses[m.clauseAt(h.i)]) {
			continue
		}
		h.past = slices.ContainsFunc(m.prods, func(o productHit) bool {
			return o.ref.ID != h.ref.ID && !o.past && m.clauseAt(o.i) != m.clauseAt(h.i) && m.wanted(o)
		})
	}
}

// wanted reports a product of which a number is asked for in its clause.
func (m *message) wanted(h productHit) bool {
	k := m.clauseAt(h.i)
	return m.has(m.clauses[k].i, m.clauses[k].j, "要", "订", "加", "来", "买", "采购", "补", "进", "拿", "换") &&
		slices.ContainsFunc(m.counts, func(c countHit) bool { return c.clause == k })
}

// toldAsUsed reports a clause that tells how something did which somebody has had: 说去年M8用着没事.
func (m *message) toldAsUsed(c clause) bool {
	if slices.ContainsFunc(m.counts, func(n countHit) bool { return n.i >= c.i && n.i < c.j }) ||
		m.has(c.i, c.j, "想", "还要", "也要", "再要", "再来", "要换", "坏了", "报修", "投诉", "退", "嫌", "样") {
		return false
	}
	had := m.has(c.i, c.j, "买的", "装的", "用的", "拿的", "进的", "订的", "配的", "上的", "用着", "用了", "用得", "用下来", "卖了", "卖得", "卖着", "使着", "开着", "跑着", "在用", "能用", "好使", "耐用", "好用", "没坏", "没出过", "没毛病", "没换过", "去年", "前年", "上次", "上回", "上批", "那批", "老早", "早先", "前几年")
	well := m.has(c.i, c.j, "还行", "还可以", "可以", "挺", "蛮", "不错", "好使", "好用", "没事", "没坏", "没出过", "没毛病", "没问题", "没换过", "稳", "在用", "能用", "耐用", "还好", "很好", "都好", "满意", "顺手", "顺", "快", "正常", "结实", "没话说", "行")
	return had && well
}

// ofOneBefore reports that the count at i to j is of what came before: 上|一台用了5年.
func (m *message) ofOneBefore(i, j int) bool {
	if !m.before(i, "上", "前", "头") || m.before(i, "早上", "晚上", "路上", "马上", "楼上", "再上", "加上", "要上", "先上", "想上", "目前", "之前", "以前", "点头") {
		return false
	}
	return m.any(m.blank(j), "用", "买", "还", "已", "是", "坏", "装", "都", "老", "旧", "就", "跑", "开了", "的", "到现在") > 0
}

// boardsRight reports that the product that ends right before i is counted in 块 or has a face, so that 块 behind is no money:
// 要HB-86|八块.
func (m *message) boardsRight(i int) bool {
	return slices.ContainsFunc(m.prods, func(p productHit) bool {
		q, ok := m.x.Product(p.ref.ID)
		return p.j == m.unblank(i) && ok && (q.Unit == "块" || slices.ContainsFunc([]rune(q.Name), func(c rune) bool { return c == '板' || c == '屏' })) &&
			m.before(p.i, "要", "订", "加", "来", "买", "了", "补", "换", "装", "需要")
	})
}
