package parse

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
