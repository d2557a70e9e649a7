package parse

import "slices"

// whoIn says who has to do it.
func (m *message) whoIn(c clause, own string) Party {
	if who := m.agent(c); who != "" {
		return who
	}
	if m.hisQuote(c) {
		return PartyCustomer
	}
	switch own {
	case "让我", "约我", "要我", "叫我", "催我", "要求", "请我们", "约了", "约好", "约在", "叫":
		return PartyUs
	case "答应":
		if at := m.commitAt(c); m.namedBefore(c, at) && !m.before(at, "我", "我们", "咱们", "咱") && !m.has(c.i, c.j, "已答应给") && !m.has(c.i, at, "跟", "给", "向", "和", "对", "与") {
			if !m.theyTidy(at, c.j) && m.has(at, c.j, "到货", "发货", "交货", "送货", "装机", "安装", "调试", "报价") && !m.has(at, c.j, "付", "签", "盖章", "回款", "下单", "给我们", "打款") {
				return PartyUs // what we do, whoever it was promised to
			}
			return PartyCustomer
		}
		return PartyUs
	}
	if i := m.find(c.i, c.j, "让人", "派人", "叫人", "派车", "让车"); i >= 0 && m.has(i, c.j, "去拉", "来拉", "拉货", "去提", "来提", "提货", "来取", "去取", "来拿", "来接") {
		return PartyCustomer
	}
	if i := m.find(c.i, c.j, "让"); own == "让" && i >= 0 && m.any(i+1, "客户", "对方", "他", "她") < 0 && !(i+1 < len(m.used) && m.used[i+1]) {
		return PartyUs
	}
	if (m.quoted() || m.inQuote(c)) && m.has(c.i, c.j, "给我", "发我", "发给我", "传我", "寄给我") {
		return PartyUs // his own words, passed on
	}
	if (m.quoted() || m.inQuote(c)) && m.has(c.i, c.j, "发你", "发给你", "寄给你", "寄你", "传你", "传给你", "回你", "发您", "寄给您") && !m.has(c.i, c.j, "让", "他", "她") {
		return PartyCustomer
	}
	if own == "" && m.handedTo(c) {
		return PartyUs
	}
	if m.theyCome(c) || m.theyHandOver(c) || m.givenBack(c) || own == "" && m.heActs(c) {
		return PartyCustomer
	}
	if m.has(c.i, c.j, "我们", "咱们", "我去", "我来", "我给", "我发") && !m.has(c.i, c.j, "给我们", "发我们", "给我", "发我") {
		return PartyUs
	}
	if k := m.find(c.i, c.j, "给我打电话", "给我打了", "给我来电", "给我发微信", "给我发消息", "给我留言", "给我说", "给我讲", "给我回电话说"); k >= 0 && !m.has(k+2, c.j, "发我", "给我", "发给我", "打款", "付款", "签回") && m.has(k, c.j, "给他", "给她", "给他们", "送", "寄") {
		return PartyUs
	}
	if m.has(c.i, c.j, "寄回") && !m.has(c.i, c.j, "寄回去", "催", "让我") {
		return PartyCustomer
	}
	if m.has(c.i, c.j, "发我", "给我", "发给我", "传我", "寄我", "传过来", "回传", "打款", "付款", "盖章", "签回", "下单", "下订单", "答复我", "回复我", "给我们答复", "给我们回复", "给我们准信", "给准信", "给回音", "给准话", "给结论", "给意见", "给口信", "给回话", "给消息", "给信儿", "出结果", "出结论", "告诉我", "通知我", "回复我", "转告我", "给答复", "给回复", "给结果", "汇款", "上会", "走流程", "批下来", "定下来", "立项", "定标", "结款", "给订单", "订货", "要货", "进货", "下订", "付清", "付尾款") && !m.has(c.i, c.j, "催", "让我", "给客户", "跟进") {
		return PartyCustomer
	}
	if m.theyTell(c) || own == "" && m.toldOn(c) {
		return PartyCustomer
	}
	return PartyUs
}

// toldOn reports that what the customer said before goes on with what he himself does: 云飞说样品先放他那,|试吃完下周反馈.
func (m *message) toldOn(c clause) bool {
	n := m.clauseAt(c.i)
	if n == 0 || !m.has(c.i, c.j, "反馈", "答复", "回复", "拍板", "上会", "走流程", "下单", "出结果", "论证", "定标", "立项", "审批", "回传", "签回", "用印") || m.has(c.i, c.j, "我", "咱", "给他", "给她", "去", "跟") {
		return false
	}
	b := m.clauses[n-1]
	k := m.find(b.i, b.j, speakers...)
	return k >= 0 && m.someoneBefore(b, k) && !m.before(k, "我", "跟他", "跟她") && !m.has(b.i, b.j, "我们", "咱们", "让", "叫", "要求", "催") && m.any(m.blank(b.i), "跟", "和", "给", "向") < 0
}

// heActs reports that the clause begins with him or them, then a time, then what they do: 他下周二给回签单.
func (m *message) heActs(c clause) bool {
	i := m.blank(c.i)
	e := m.any(i, "他们", "她们", "他", "她", "对方", "客户")
	if e < 0 || !m.inTime(e, e+1) && m.any(e, "家", "那", "这", "的") > 0 {
		return false
	}
	timed := false
	for e < c.j && (m.r[e] == ' ' || m.inTime(e, e+1) || m.any(e, "会", "就", "再", "于", "将", "应", "须", "先", "自己", "那边", "争取", "尽量", "一定") > 0) {
		timed = timed || m.inTime(e, e+1)
		e++
	}
	return timed && e < c.j && m.any(e, "要", "想", "让", "叫", "催", "等", "需", "说", "问", "有", "在", "是", "不", "没", "约", "开", "放") < 0
}

// theyCome reports that the customer is who moves: 郎老板说明天来签合同, 下周派人来提货.
func (m *message) theyCome(c clause) bool {
	i := m.find(c.i, c.j, "来签", "来提货", "来拉货", "来付", "来公司", "来我们", "来厂", "到我们", "来考察", "来参观", "来看厂", "来拿", "过来签", "过来提", "过来付", "过来拿", "派人来", "来交", "来下单", "来验厂", "来验货", "来取")
	return i >= 0 && !m.has(c.i, c.j, "让我", "叫我", "要我", "我来", "我们来")
}

// theyHandOver reports that the customer himself is to send something: 说他下周一把图纸发过来.
func (m *message) theyHandOver(c clause) bool {
	i := m.find(c.i, c.j, "发过来", "传过来", "寄过来", "发给我们", "传给我们", "交过来", "拿过来", "送过来", "报过来", "发来", "传来")
	if i < 0 || m.has(c.i, c.j, "让我", "叫我", "要我", "我们把", "咱们把", "我把", "咱把", "我给他", "我给她") {
		return false
	}
	k := m.find(c.i, i, "说", "讲", "答应", "表示")
	if k >= 0 && m.someoneBefore(c, k) && m.has(k, i, "把", "将") && !m.ourGoods(k, i) {
		return true
	}
	return k >= 0 && m.has(k, i, "他", "她", "自己", "会", "那边") || m.has(c.i, i, "图纸", "需求", "计划", "清单", "订单", "名单", "数量", "开票信息", "盖章")
}

// ourGoods reports that what is handed over between i and j is what we hand over: goods, samples, our papers.
func (m *message) ourGoods(i, j int) bool {
	return m.has(i, j, "样", "货", "设备", "仪器", "机器", "报价", "方案", "发票", "资料", "彩页", "检测", "试剂", "配件", "备件", "说明书", "我们", "授权") ||
		slices.ContainsFunc(m.prods, func(p productHit) bool { return p.i >= i && p.i < j })
}

// namedBefore reports whether a customer or contact stands before the word in its clause: 邹总答应, not 答应邹总.
func (m *message) namedBefore(c clause, at int) bool {
	for i := c.i; i < at; i++ {
		if m.used[i] && !m.isProduct(i) {
			return true
		}
	}
	return m.has(c.i, max(at, c.i), "对方", "客户", "他", "她", "他们")
}
