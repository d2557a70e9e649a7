package parse

import (
	"math/big"
	"slices"
	"unicode/utf8"
)

// amounts gives the sums of a part of the message their roles.
func (m *message) amounts(from, to int, kind Kind) []Amount {
	var out []Amount
	for _, s := range m.sums {
		if s.i < from || s.i >= to {
			continue
		}
		if m.supposed(m.clauses[s.clause], s.i) {
			continue
		}
		if m.rebate(s) || m.idiomSum(s) || m.sideMoney(s) || kind == KindVisit && m.apart(s) {
			continue
		}
		if m.before(s.i, "涨价", "涨了", "上调", "上调了", "提价", "提价了", "加价") {
			continue // by how much a price rises
		}
		if m.before(s.i, "超预算", "超了预算", "超出预算", "超过预算", "超支", "超支了") {
			continue // by how much it is too dear is none of the roles
		}
		a := s.amount
		a.Role = m.role(s, kind)
		if a.HasMin && !a.HasMax && m.has(s.j, m.clauses[s.clause].j, "不考虑", "不要", "不行", "免谈", "不谈", "不接受", "不批", "就不") {
			a.HasMin, a.HasMax, a.Min, a.Max = false, true, 0, a.Min // 八万以上不考虑
		}
		if m.roughly(s.i, s.j) {
			a.Approx = true
		}
		if bound := m.boundOfOne(s); bound != 0 && a.Exact() {
			a.HasMin, a.HasMax = bound < 0, bound > 0
			a.Value, a.Min, a.Max = 0, ifBound(a.HasMin, a.Value), ifBound(a.HasMax, a.Value)
		}
		if n := len(out); n > 0 && a.HasMax && !a.HasMin && out[n-1].HasMin && !out[n-1].HasMax && out[n-1].Role == a.Role && out[n-1].Min < a.Max {
			out[n-1].HasMax, out[n-1].Max = true, a.Max // 最少15万,最多20万
			out[n-1].Why = m.whyFrom(out[n-1].Why, s)
			continue
		}
		if dup := a; !contains(out, dup) {
			out = append(out, a)
		}
	}
	return out
}

// boundOfOne is the bound that stands before the one whose price is said: 别超过一只|70.
func (m *message) boundOfOne(s sumHit) int {
	for k := s.i - 2; k >= max(0, s.i-4); k-- {
		if m.eachFrom(k) == s.i {
			_, bound := m.boundEnds(k)
			return bound
		}
	}
	return 0
}

// eachFrom is the end of 每台, 一台 or 1台 at i, -1 for none.
func (m *message) eachFrom(i int) int {
	if c := m.at(i); c != '每' && c != '一' && c != '1' {
		return -1
	}
	return m.any(i+1, goods...)
}

func ifBound(is bool, v int64) int64 {
	if is {
		return v
	}
	return 0
}

func contains(list []Amount, a Amount) bool {
	for _, b := range list {
		if b.Role == a.Role && b.Value == a.Value && b.Min == a.Min && b.Max == a.Max {
			return true
		}
	}
	return false
}

func (m *message) roughly(i, j int) bool {
	return m.before(i, "大概", "大约", "约", "差不多", "估计", "将近", "近", "大概在", "估计在") || m.any(j, "左右", "上下", "多", "出头") > 0
}

// role reads what the sum is from the words of its clause, those before it first.
func (m *message) role(s sumHit, kind Kind) Role {
	c := m.clauses[s.clause]
	near := func(ws ...string) bool { return m.has(max(c.i, s.i-8), s.i, ws...) }
	in := func(ws ...string) bool { return m.has(c.i, c.j, ws...) }
	back := m.has(max(0, s.i-20), s.i, "预算")
	rival := m.rivalSaid(c)
	if m.oursFirst(s, c) {
		rival, kind = false, KindVisit
	}
	switch {
	case kind == KindPayment && len(m.sums) > 1 && m.any(m.blank(s.j), "的合同", "的单子", "的订单", "的大单", "这单", "那单", "的项目", "的标") > 0:
		return RoleContract // 25万的合同首付7.5万到了
	case kind != KindPayment && (m.takenBy(s) || rival && m.any(m.blank(s.j), "拿走", "拿下", "中的", "中标", "拿的", "抢走", "拿去", "签的", "签走") > 0):
		return RoleCompetitorPrice
	case m.before(s.i, "贵", "贵了", "贵出", "便宜", "便宜了", "差价", "价差", "价格差", "低", "高", "低了", "高了", "低出", "高出") && (rival || in("比")):
		return RolePriceGap
	case m.before(s.i, "贵", "贵了", "贵出", "高出", "高了") && in("嫌", "觉得", "说"), kind == KindCompetitor && m.before(s.i, "少", "少了", "便宜", "便宜了", "低", "低了"):
		return RolePriceGap
	case m.before(s.i, "平我们", "便宜我们", "低我们", "低过我们", "平过我们", "贵我们", "高我们", "贵过我们", "高过我们", "便宜过我们") && (rival || kind == KindCompetitor):
		return RolePriceGap
	case m.perUnit(s):
		if (rival || kind == KindCompetitor) && !near("我们", "咱们") {
			return RoleCompetitorPrice
		}
		return RoleUnitPrice
	case (rival || in("比他们", "比别人")) && in("贵", "便宜", "高", "低", "差") && (m.any(m.blank(s.j), "左右", "多") > 0 || near("贵", "便宜", "高", "低", "差", "少")) && !near("报"):
		return RolePriceGap
	case kind != KindPayment && len(m.rivals) > 0 && m.before(s.i, "差", "就差", "只差", "才差", "相差", "差了", "仅差"):
		return RolePriceGap
	case m.before(s.i, "价格差", "差价", "价差", "贵", "贵了", "便宜", "便宜了", "低了", "高了", "差了", "差价", "比我们低", "比我们高"):
		return RolePriceGap
	case kind == KindCompetitor && (near("贵", "便宜", "差价", "差", "高了", "低了") || in("比我们", "比咱们", "比我司", "比咱") && in("低", "高", "便宜", "贵", "少", "多")):
		return RolePriceGap
	case m.before(s.i, "预算", "预算是", "预算就", "预算在", "预算大概"):
		return RoleBudget
	case len(m.rates) > 0 && m.any(s.j, "的合同", "合同") > 0 && m.has(s.j, c.j, "首付", "预付", "尾款", "质保金", "到", "付"):
		return RoleContract
	case len(m.sums) > 1 && m.any(s.j, "的合同", "的单子", "的标") > 0 && m.any(m.any(s.j, "的合同", "的单子", "的标"), "款", "尾款", "首付", "质保金", "到账", "付", "回") < 0:
		return RoleContract
	case kind == KindVisit && m.ofTheYear(s):
		return RoleAnnual
	case kind != KindPayment && m.any(s.j, "的合同", "的协议") > 0 && m.has(s.j, c.j, "签", "盖章", "走", "定", "批", "过会", "寄", "拿", "回"):
		return RoleContract
	case in("年") && m.any(s.j, "的量", "的走量", "的用量") > 0, in("一年", "每年", "年用量", "年采购", "全年", "年度", "年销", "年需求"):
		return RoleAnnual
	case kind == KindCompetitor && !in("我们", "咱们", "预算"):
		return RoleCompetitorPrice
	case rival && (in("报", "价", "卖", "给到", "都给", "才给", "只要", "要") || kind == KindCompetitor):
		return RoleCompetitorPrice
	case m.before(s.i, "赊的", "赊账的", "欠的", "欠着的", "拖着的", "挂着的", "欠", "还欠") && m.paidOther(s, c):
		return RoleBalance
	case kind == KindPayment && m.before(m.back(s.i, "是", "为", ":", "一共", "总共", "共", " "), "合同总额", "合同额", "合同金额", "合同总价", "合同价", "总合同", "合同总金额", "合同"):
		return RoleContract
	case kind == KindPayment && len(m.sums) == 1 && m.tag(0, "回款", "收款", "到账") && !in("还欠", "欠", "没付", "未付", "没回", "还差"):
		return RolePayment
	case kind == KindQuote && m.likeListed(s) && !m.comesTo(s.v):
		return RoleUnitPrice // 500箱,我报56.5
	case in("报过去", "报了", "报给", "报上去") && !rival && kind != KindPayment && !near("欠", "尾款", "余款", "剩"):
		return RoleQuote
	case near("剩", "余下") && (in("额度", "手里", "手头", "预算", "经费") || kind != KindPayment && m.has(max(0, s.i-16), s.i, "预算", "经费", "资金")):
		return RoleBudget
	case near("还欠", "尾款", "余款", "还剩", "剩余", "剩", "欠", "没付", "未付", "没回", "还差", "未回") && !m.has(s.j, c.j, "到账", "收到", "付了", "打过来", "到了", "汇出", "转出", "打出", "划出", "已付", "已汇", "已转", "已打") && !m.paidBehind(s.j, c.j) && !m.has(max(c.i, s.i-8), s.i, "汇来", "打来", "转来", "付来", "汇了", "打了", "转了", "付了", "结了", "收到", "到了", "进来", "付清了", "回了") || m.has(s.j, c.j, "没付", "没打", "没回", "未付", "没结", "还没到", "没到账", "拖着", "挂着", "压着", "欠着"):
		return RoleBalance
	case near("预算", "心理价", "最多能", "最多给", "只有", "批了") || in("预算"):
		return RoleBudget
	case kind == KindPayment:
		return RolePayment
	case m.before(s.i, "按", "照", "按照", "以") && kind != KindPayment && s.v != nil && s.v.Cmp(ratInt(1000)) < 0 && len(m.counts) > 0 && m.any(s.j, "走", "成交", "签", "定", "做", "执行") > 0:
		return RoleUnitPrice
	case kind != KindPayment && !rival && m.before(s.i, "最后定在", "定在", "谈到", "谈定在", "敲定在", "谈成", "落在", "谈定", "定到", "定价"):
		return RoleQuote
	case m.before(s.i, "按", "照", "按照", "以") && m.any(s.j, "走", "成交", "签", "定", "做", "执行", "给我们做") > 0 && kind != KindPayment && !m.perUnit(s):
		return RoleQuote
	case m.before(s.i, "按", "照", "按照") && s.v != nil && s.v.Cmp(ratInt(10_000)) < 0:
		return RoleUnitPrice
	case m.has(max(c.i, s.i-8, m.sumEndBefore(s)), s.i, "单价", "进价", "零售价", "批发价", "出厂价", "供价", "供货价"):
		return RoleUnitPrice
	case near("合同", "签了", "签下", "签的", "中标", "成交", "标的") || in("中标", "签了", "签下", "签约", "合同额", "合同金额", "成交") || in("拿下") && !in("能拿下", "就拿下"):
		return RoleContract
	case kind == KindVisit && m.orderedBefore(s, c):
		return RoleOrder
	case m.has(max(0, s.i-16), s.i, "下单", "下了订单", "订单"), near("订单", "下单", "下了", "订了", "订货", "要货", "进货", "采购了") || in("下单", "订单"):
		return RoleOrder
	case s.amount.HasMax && !s.amount.HasMin && (kind == KindVisit || kind == KindQuote) && (!in("报") || in("报价要", "报价不", "报价别", "报价控制", "报价希望", "报价最", "要求报")):
		return RoleBudget
	case near("打包", "一口价", "打包价", "折后", "优惠价"), near("报", "总价", "报价", "方案价", "开价", "价格") || kind == KindQuote:
		return RoleQuote
	case m.has(0, s.i, "单拿到", "拿到单", "单子拿到", "单子到手", "订单到手", "订单拿到", "订单下来", "单下来"):
		return RoleOrder
	case m.before(s.i, "咱", "咱们", "我们", "我们的", "咱的", "咱家", "我司", "我们是", "咱是") && slices.ContainsFunc(m.sums, func(o sumHit) bool { return o.i < s.i && m.perUnit(o) && m.rivalSaid(m.clauses[o.clause]) }):
		return RoleUnitPrice // 罗博每桶395,我们420
	case m.before(s.i, "咱", "咱们", "我们", "我们的", "咱的", "咱家", "我司", "我们是", "咱是"):
		return RoleQuote
	case near("我说", "我讲", "我回", "我们说", "我答", "我告诉", "咱说", "我就说"):
		return RoleQuote
	case m.comesTo(s.v) || near("总共", "一共", "合计", "共计", "总计", "拢共", "加起来") && len(m.counts) > 0:
		switch {
		case m.has(0, len(m.r), "报"):
			return RoleQuote
		case m.wonIn(0, s.i) && m.has(0, s.i, "合同", "签", "中标"):
			return RoleContract
		}
		return RoleOrder
	case back:
		return RoleBudget
	case m.has(0, s.i, "签字了", "签了字", "签完字", "盖了章", "盖章了") && len(m.counts) > 0:
		return RoleContract
	case m.has(max(0, s.i-12), s.i, "合同"), m.wonIn(c.i, len(m.r)) || m.wonIn(0, c.j):
		return RoleContract
	case m.likeListed(s):
		return RoleUnitPrice
	}
	return RoleBudget
}

// sumEndBefore is where the sum before s ends, 0 for none.
func (m *message) sumEndBefore(s sumHit) int {
	end := 0
	for _, o := range m.sums {
		if o.j <= s.i {
			end = max(end, o.j)
		}
	}
	return end
}

// oursFirst reports that a sum stands before the rival is named, who has a sum of his own behind: 单价二百三以内|罗博报的二百二十五.
func (m *message) oursFirst(s sumHit, c clause) bool {
	return slices.ContainsFunc(m.rivals, func(r rivalHit) bool {
		return r.i >= s.j && r.j <= c.j && slices.ContainsFunc(m.sums, func(o sumHit) bool { return o.i >= r.j && o.i < c.j }) &&
			!slices.ContainsFunc(m.rivals, func(q rivalHit) bool { return q.i >= c.i && q.j <= s.i })
	})
}

// paidBehind reports a verb of paying with its result between i and j: 电汇了, 转过来.
func (m *message) paidBehind(i, j int) bool {
	k := m.payVerb(i, j)
	return k >= 0 && m.any(k+1, "了", "来", "过来", "进来", "到", "清了", "完", "出来") > 0 || k >= 0 && m.before(j, "了") && j-k < 8
}

// paidOther reports that what has been paid is another sum of the clause, behind its own verb: 欠的1万3|转了8千.
func (m *message) paidOther(s sumHit, c clause) bool {
	return slices.ContainsFunc(m.sums, func(o sumHit) bool {
		v := m.payVerb(s.j, min(o.i, c.j))
		return o.i > s.j && o.j <= c.j && v >= 0 && v >= o.i-4
	})
}

// perUnit reads 235元/把, 每台3万, 58一箱, 单价1.2.
func (m *message) perUnit(s sumHit) bool {
	k := m.blank(s.j)
	if j := m.any(k, "/", "每", "一", "1"); j > 0 && m.any(m.blank(j), goods...) > 0 && m.any(j, "个月", "个季", "个星期", "个礼拜", "个人") < 0 {
		return true
	}
	if m.before(s.i, "单价", "单价是", "单价:", "单价 ") || m.multiplied(s.j) {
		return true
	}
	if m.eachBefore(s.i) && s.v != nil && s.v.Cmp(ratInt(10_000)) >= 0 && m.before(s.i-1, "1") {
		return false // 1台9.6万: one of them
	}
	return m.perUnitBefore(s.i)
}

// perUnitBefore reports 每台, 一台 or 1台 right before i, or with a verb of asking between: 每台才卖.
func (m *message) perUnitBefore(i int) bool { return m.eachBefore(i) || m.eachBefore(m.asksBefore(i)) }

// asksBefore steps back over the verbs with which a price is said.
func (t *text) asksBefore(i int) int {
	for _, w := range []string{"只要", "才要", "只卖", "才卖", "卖", "要", "报", "才", "是", "算", "按", "给"} {
		if t.before(i, w) {
			return i - utf8.RuneCountInString(w)
		}
	}
	return i
}

// eachBefore reports 每台, 一台 or 1台 right before i.
func (t *text) eachBefore(i int) bool {
	for n := 2; n <= 4 && i-n >= 0; n++ {
		switch c := t.at(i - n); {
		case c != '每' && c != '一' && c != '1' || isDigit(t.at(i-n-1)) || t.at(i-n-1) == '.' || isChineseDigit(t.at(i-n-1)):
		case t.any(i-n+1, goods...) == i:
			return true
		}
	}
	return false
}

// priceAt reports that a bare number which counts nothing follows the 1台 that ends at i: 1把188.
func (t *text) priceAt(i int) bool {
	k := t.opt(t.blank(i), "只要", "才", "卖", "要", "报", "是", ":", "差", "低", "高", "少", "多", "合", "算")
	n, ok := t.num(t.blank(k))
	return ok && n.v.Cmp(ratInt(10)) >= 0 && !t.countable(t.blank(n.j)) && t.any(n.j, "%", "折", "成", "个点", "号", "点", "月", "年", "/") < 0
}

// comesTo reports that v is a price of one times a number of them: 260一把,要150把,39000.
func (m *message) comesTo(v *big.Rat) bool {
	if v == nil || len(m.sums) > 20 || len(m.counts) > 20 {
		return false
	}
	for _, s := range m.sums {
		if s.v == nil || !m.perUnit(s) {
			continue
		}
		for _, h := range m.counts {
			n, ok := new(big.Rat).SetString(h.q.Value)
			if !ok {
				continue
			}
			whole := mul(n, s.v)
			if whole.Cmp(v) == 0 {
				return true
			}
			for _, r := range m.rates {
				if r.fold && new(big.Rat).Quo(mul(whole, r.v), ratInt(100)).Cmp(v) == 0 {
					return true
				}
			}
		}
	}
	return false
}

// reckoned takes bare numbers that are the price of one times the number wanted for sums.
func (m *message) reckoned(t text) {
	if len(m.counts) == 0 || len(m.sums) == 0 {
		return
	}
	for i := 0; i < len(t.r); i++ {
		if !startsNumber(t.r[i]) || isWord(t.at(i-1)) || t.at(i-1) == '.' || isChineseDigit(t.at(i-1)) || m.inTime(i, i+1) {
			continue
		}
		n, ok := t.num(i)
		if !ok || n.v.Cmp(ratInt(100)) < 0 || t.countable(t.blank(n.j)) || isWord(t.at(n.j)) ||
			slices.ContainsFunc(m.sums, func(s sumHit) bool { return s.i < n.j && i < s.j }) || !m.comesTo(n.v) {
			i = max(i, t.skipNumber(i)-1)
			continue
		}
		m.addYuan(i, n)
		i = n.j - 1
	}
	sortSums(m.sums)
}

// addYuan takes a number without a unit as an amount in yuan.
func (m *message) addYuan(i int, n number) {
	x := money{i: i, j: n.j, v: n.v, currency: "CNY"}
	if a, good := x.amount(); good {
		a.Why = m.why(i, n.j)
		m.sums = append(m.sums, sumHit{x, a, m.clauseAt(i)})
	}
}

func (m *message) rivalIn(c clause) bool {
	for _, r := range m.rivals {
		if r.i >= c.i && r.i < c.j {
			return true
		}
	}
	return false
}

// rivalSaid reports a competitor in the clause, by name or not: 对手报110万.
func (m *message) rivalSaid(c clause) bool {
	return m.rivalIn(c) || m.has(c.i, c.j, "人家") || m.someRival(c.i, c.j) >= 0 || m.has(c.i, c.j, unnamedRivals...)
}

// total adds the sum of a quote that names only a unit price and one quantity.
func total(amounts []Amount, counts []Quantity, discounted bool) []Amount {
	if len(counts) != 1 || discounted {
		return amounts
	}
	var unit *Amount
	for i, a := range amounts {
		if a.Role == RoleQuote || !a.Exact() {
			return amounts
		}
		if a.Role == RoleUnitPrice {
			unit = &amounts[i]
		}
	}
	n, ok := new(big.Rat).SetString(counts[0].Value)
	if unit == nil || !ok {
		return amounts
	}
	v := mul(n, ratInt(unit.Value))
	if !v.IsInt() || !v.Num().IsInt64() {
		return amounts
	}
	return append(amounts, Amount{Role: RoleQuote, Value: v.Num().Int64(), Currency: unit.Currency, Inferred: true, Why: Why{counts[0].Why.Start, counts[0].Why.End, counts[0].Why.Text, RuleComputed}})
}

// whyFrom are the words from those of an earlier sum to the end of s.
func (m *message) whyFrom(w Why, s sumHit) Why {
	for _, earlier := range m.sums {
		if earlier.i < s.i && m.why(earlier.i, earlier.j).Start == w.Start {
			why := m.why(earlier.i, s.j)
			why.Rule = w.Rule
			return why
		}
	}
	return w
}
