package parse

import "slices"

// tickets are papers and sums that are named by the trouble they are for: 退货单, 投诉记录, 退货款.
var tickets = words("单据 单子 单 记录 登记 手续 流程 款项 款 证明 申请 协议 台账 表格 表 件 邮件 函 专员 热线 电话 回复 报告 发票 红票 地址")

// troubleAsName reports that the word for trouble from i to e only names something: 退货|单, or that what is given back to us is
// what was lent: 空桶…全退给我们.
func (m *message) troubleAsName(i, e int) bool {
	if m.any(i, "退货", "换货", "退换", "投诉", "报修", "索赔", "故障", "破损", "差错") > 0 && m.any(e, tickets...) > 0 && m.any(e, "单独", "单位", "单价", "件货") < 0 {
		return true
	}
	return m.any(i, "全退", "要退", "退") > 0 && m.lent(m.clauses[m.clauseAt(i)].i, i)
}

// lent reports that between i and j something is named that was only lent: empties, pallets, deposits, samples.
func (m *message) lent(i, j int) bool {
	for k := i; k < j; k++ {
		if m.used[k] {
			continue
		}
		if m.any(k, "周转", "托盘", "栈板", "押金", "保证金", "质保金", "借的", "借用", "借去", "样机", "空桶", "空瓶", "空箱", "空罐", "空筐", "空袋", "空框") > 0 {
			return true
		}
	}
	return false
}

// settledIn reports that a clause of a part only says that we are bound.
func (m *message) settledIn(from, to int) bool {
	return slices.ContainsFunc(m.clauses, func(c clause) bool { return c.i >= from && c.j <= to && m.settled(c) })
}

// givenBack reports that somebody of the customer's gives us something back: 张老板讲空瓶下周三全部退还我们.
func (m *message) givenBack(c clause) bool {
	i := m.find(c.i, c.j, "退还给", "退还", "退回给", "退给", "归还给", "归还", "返还给", "返还", "交还给", "交还", "还给")
	if i < 0 || m.denied(i) || !m.someoneBefore(c, i) || m.has(c.i, i, "我", "咱", "让", "叫", "答应", "给") {
		return false
	}
	e := m.any(i, "退还给", "退还", "退回给", "退给", "归还给", "归还", "返还给", "返还", "交还给", "交还", "还给")
	return m.any(m.blank(e), ourselves...) > 0
}
