package parse

// Somebody who mends what he has just filed often says no more than the field and its value: 那个金额大概28万吧, 不对 26万,
// 是36万不是38万. A message of which nothing is left beside such words is a correction of the last record.

// mendWords are all that such a message may hold beside the value.
var mendWords = words("更新为 更新 更改为 更改 订正为 订正 修正为 修正 少说了一个零 多说了一个零 少说一个零 一个零 数字 数目 价钱 钱数 人名 名字 弄混了 搞混了 记混了 混了 看错了 听错了 认错了 看错 听错 认错 弄混 搞混 说错了 打错了 写错了 记错了 报错了 搞错了 弄错了 录错了 填错了 不对不对 不对 错了 少打一位 多打一位 少敲一位 多敲一位 少写一位 多写一位 漏了一位 漏打一位 少打了一位 多打了一位 漏了个零 少敲了个零 多敲了个零 少打了个零 多打了个零 少写了个零 多写了个零 少了个零 多了个零 打多了 打少了 写多了 写少了 刚才那条的 刚才那条 刚才的 刚才 刚刚 那条 这条 上条 上一条 那个 这个 那笔 这笔 那单 金额 价格 单价 总价 报价 预算 数量 联系人 交货时间 送货时间 再 日期 时间 截止日期 截止 交期 客户 对接人 其实是 其实 实际是 实际 应该是 应该 该是 改成了 改成 改为 改到 换成 写成 记成 录成 填成 大概是 大概 大约 差不多 约 而不是 不是 是 更正一下 更正 纠正 哦 噢 额 抱歉 不好意思 吧 了 的 呢 才对 才是 对 为 到 , 。 ; : ! 、")

// fieldWords name a field or say that something is wrong: one of them must be there.
var fieldWords = words("更新 更改 订正 修正 弄混 搞混 记混 看错 听错 认错 说错 打错 写错 记错 报错 搞错 弄错 录错 填错 不对 错了 个零 一位 金额 价格 单价 总价 预算 数量 联系人 日期 时间 截止 交期 对接人 其实 实际 应该是 改成 改为 改到 写成 记成 录成 填成 更正 纠正 打多 打少 写多 写少")

// mendsOnly reports that the message only mends a field of rec.
func (m *message) mendsOnly(rec *Record) bool {
	if rec == nil || len(m.r) > 40 {
		return false
	}
	if len(m.hits) > 0 || !m.has(0, len(m.r), "那个", "那条", "刚才", "刚刚", "这个", "那笔", "这笔", "那单", "上条", "是", "改", "其实", "应该", "不对", "错", "更正", "个零", "一位") && !m.slip() {
		return false // a customer named, or nothing that points back, is news
	}
	value, field, twice := len(m.times)+len(m.counts) > 0, m.has(0, len(m.r), fieldWords...), false
	for i := 0; i < len(m.r); {
		switch {
		case m.r[i] == ' ' || m.used[i] || m.inTime(i, i+1) || m.inValue(i):
			value = value || m.inValue(i)
			i++
			continue
		case isDigit(m.r[i]):
			value = true
			i = m.skipNumber(i)
			continue
		}
		if rec.Kind == KindExpense {
			if e := m.expenseAt(i); e > 0 {
				field, i = true, e
				continue
			}
		}
		if e := m.slipAt(i); e > 0 {
			field, i = true, e
			continue
		}
		e := m.any(i, mendWords...)
		if e < 0 {
			if j := m.personEnd(i, rec.Customer); j > i {
				value, i = true, j
				continue
			}
			return false
		}
		twice = twice || m.any(i, "不是", "而不是") > 0
		i = e
	}
	return value && (field || twice && m.any(m.blank(0), "是", "应该", "其实") > 0)
}

// inValue reports that rune i belongs to a sum, a rate or a count.
func (m *message) inValue(i int) bool {
	for _, s := range m.sums {
		if i >= s.i && i < s.j {
			return true
		}
	}
	for _, h := range m.counts {
		if i >= h.i && i < h.j {
			return true
		}
	}
	for _, r := range m.rates {
		if i >= r.i && i < r.j {
			return true
		}
	}
	return false
}

// expenseAt is the end of what money is spent on at i: 打车.
func (m *message) expenseAt(i int) int {
	for _, w := range expenseWords {
		if e := m.any(i, w.words...); e > 0 {
			return e
		}
	}
	return -1
}

// personEnd is the end of a contact of the customer named at i.
func (m *message) personEnd(i int, customer ID) int {
	if customer == 0 {
		return -1
	}
	for _, c := range m.x.ContactsOf(customer) {
		if e := m.lit(i, c.Name); e > 0 {
			if t, _, _ := m.titleAt(e); t > 0 {
				return t
			}
			return e
		}
	}
	for _, n := range m.mentionsAt(i) {
		if n.i == i && n.surname != "" && (n.title != "" || n.young) {
			return n.j
		}
	}
	if _, j := m.plainName(i); j > 0 {
		return j
	}
	return -1
}
