package parse

import "slices"

// offered reports that what stands at i is all that somebody has to give, behind a word for a bound and a verb of giving: 最多出|8千, 顶多能给|6500.
func (m *message) offered(i int) bool {
	k := m.back(i, "出到", "给到", "批到", "花到", "出", "给", "批", "拿", "掏", "花", "拿出", "能", "肯", "只", "也就", "就", "愿意", "可以", "只能", "到", " ")
	return k < i && m.before(k, "最多", "顶多", "至多", "撑死", "最高", "封顶", "上限")
}

// saleTerms are the terms on which something is offered.
var saleTerms = words("包邮 含运 含运费 不含运 运费 送货上门 包送 包安装 含安装 不含安装 月结 账期 现款 现结 带票 开票 含票 不含税 含税 包税 到付 货到付款 款到发货 先款 质保 起订 起送 起发 有效期")

// offeredOn reports that goods, the price of one and how many are told with the terms of sale and no word of the customer's:
// 采血管0.95元一支,10万支,包邮.
func (m *message) offeredOn(from, to int) bool {
	if !m.countIn(from, to) || !m.has(from, to, saleTerms...) || m.rivalSaid(clause{i: from, j: to}) ||
		m.has(from, to, "要", "嫌", "觉得", "希望", "说", "讲", "问", "想", "预算", "订", "下单", "签", "买", "拿", "进", "付", "款到了", "能不能", "如果", "成交", "答应") {
		return false
	}
	for _, s := range m.sums {
		if s.i >= from && s.i < to && m.perUnit(s) {
			return true
		}
	}
	return false
}

// sideSums are sums that go beside a deal and are no price, budget or payment of one.
var sideSums = words("投标保证金 保证金 押金 标书费 中标服务费 招标代理费 代理费 运费 邮费 快递费 入场费 进场费 条码费 陈列费 铺货费 上架费 堆头费 促销费 管理费 违约金 罚款 注册资本 注册资金 年营收 营业额 年产值 产值 工资")

// sideMoney reports such a sum: 保证金2万, 运费800.
func (m *message) sideMoney(s sumHit) bool {
	k := m.back(s.i, "是", "要", "为", ":", "交了", "交", "付了", "花了", " ", "大概", "约", "另付", "另加", "加", "需要", "需", "得")
	return m.before(k, sideSums...) && !m.has(s.j, m.clauses[s.clause].j, "到账", "收到", "退回来了")
}

// oursBeside reports that the bare number at i is our price, told beside a rival's of the same size: 罗博每桶395,我们|420.
func (m *message) oursBeside(i int, n number) bool {
	if len(m.rivals) == 0 || len(m.sums) == 0 || !m.before(m.back(i, "报的", "报", "是", "卖", "才", "要", " "), "我们", "咱们", "咱", "我们的", "咱的", "我们家") || !m.plainEnd(n.j) {
		return false
	}
	o := m.sums[len(m.sums)-1]
	return o.v != nil && o.v.Cmp(ratInt(10_000)) < 0 && n.v.Cmp(mul(o.v, ratInt(3))) < 0 && mul(n.v, ratInt(3)).Cmp(o.v) > 0
}

// rivalAsks reports that the bare number at i is what a rival asks for one: 力拓给到|七十九了.
func (m *message) rivalAsks(i int, n number) bool {
	return n.v.Cmp(ratInt(10)) >= 0 && m.rivalSaid(m.clauses[m.clauseAt(i)]) && m.before(i, "给到", "报到", "降到", "卖到", "压到", "做到", "卖", "报", "只要", "只卖", "才卖") && (m.at(n.j) == '了' || m.plainEnd(n.j))
}

// multiplied reports that a number of goods is told behind i by which the sum that ends there is to be multiplied: 230|*50把.
func (m *message) multiplied(i int) bool {
	k := m.any(m.blank(i), "*", "x", "X", "×", "乘以", "乘")
	if k < 0 {
		return false
	}
	n, ok := m.num(m.blank(k))
	return ok && m.any(m.blank(n.j), goods...) > 0
}

// comesNext reports that the clause behind that of the sum says nothing but when it will come: 4.8万已提交,三天内到.
func (m *message) comesNext(s sumHit, to int) bool {
	k := s.clause + 1
	if k >= len(m.clauses) || m.clauses[k].j > to || m.has(m.clauses[s.clause].i, s.i, "报", "价", "预算", "合同", "订单", "单") {
		return false
	}
	c := m.clauses[k]
	i := c.i
	for i < c.j && (m.r[i] == ' ' || m.inTime(i, i+1) || m.any(i, "预计", "估计", "大概", "最晚", "最迟", "应该", "能", "会", "就", "说") > 0) {
		i = max(i+1, m.any(i, "预计", "估计", "大概", "最晚", "最迟", "应该", "能", "会", "就", "说"))
	}
	e := m.any(i, "到账", "到位", "到", "打过来", "转过来", "汇过来", "付过来", "付清", "结清")
	e = m.opt(e, "的", "了")
	return e > 0 && m.blank(e) >= c.j && slices.ContainsFunc(m.times, func(t timeHit) bool { return t.clause == k })
}

// ofTheYear reports that the clause before that of the sum speaks of a year's volume and that the sum's says only what it comes to:
// 一年大概走两千箱,金额20万.
func (m *message) ofTheYear(s sumHit) bool {
	k := s.clause
	if k == 0 || m.plain(m.clauses[k])-(s.j-s.i) > 5 || m.has(m.clauses[k].i, s.i, "预算", "报", "单价", "合同") {
		return false
	}
	b := m.clauses[k-1]
	return m.has(b.i, b.j, "一年", "每年", "全年", "年用量", "年采购", "年需求") && m.has(b.i, b.j, "走", "用", "要", "采购", "消耗", "卖", "进", "拿", "量")
}

// numEnd is where the number at i ends.
func (m *message) numEnd(i int) int {
	n, _ := m.num(i)
	return n.j
}

// rivalsOwn reports a product named right behind the rival who sells it: 金蜂那边橙汁.
func (m *message) rivalsOwn(p productHit) bool {
	return slices.ContainsFunc(m.rivals, func(r rivalHit) bool {
		return r.j <= p.i && p.i-r.j <= 4 && m.clauseAt(r.i) == m.clauseAt(p.i) && !m.has(r.j, p.i, "比", "我们", "咱")
	})
}

// theirPriceBehind reports that the clause right behind that of an unnamed rival says nothing but his price: 有别家在推护眼灯,280一盏.
func (m *message) theirPriceBehind(s sumHit, at int) bool {
	if at < 0 || s.clause != m.clauseAt(at)+1 {
		return false
	}
	c := m.clauses[s.clause]
	return m.plain(c)-(s.j-s.i) <= 3 && !m.has(c.i, c.j, "我们", "咱", "预算", "总", "报")
}

// orderedBefore reports that a clause says nothing but a sum, behind one in which so many were ordered: 定了80盏护眼灯,24800元.
func (m *message) orderedBefore(s sumHit, c clause) bool {
	if s.clause == 0 || m.plain(c)-(s.j-s.i) > 3 || m.perUnit(s) || m.has(c.i, c.j, "预算", "最多", "以内", "不超") || s.amount.HasMax {
		return false
	}
	b := m.clauses[s.clause-1]
	i := m.find(b.i, b.j, "定了", "订了", "定下", "订下", "要了", "买了", "进了", "采购了", "拿了", "下了", "加购", "追加", "加订", "续订", "补订", "再订")
	return i >= 0 && !m.denied(i) && m.countIn(i, b.j) && !m.has(b.i, b.j, "预算", "上次", "上回", "去年")
}

// apart reports that the sum is what a customer and we are still apart on a price, which is none of the roles: 价格没谈拢,差8块.
func (m *message) apart(s sumHit) bool {
	return len(m.rivals) == 0 && m.before(s.i, "差", "还差", "就差", "只差", "相差", "差了", "差个") && m.has(max(0, s.i-20), s.i, "价", "谈", "聊", "报")
}
