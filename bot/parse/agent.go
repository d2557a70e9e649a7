package parse

// agent is who does it where the clause says so by 由, by …方, or by making somebody else do it for us: 由我提交, 校方确认,
// 让他们信息科把文档给我; "" where it does not.
func (m *message) agent(c clause) Party {
	for i := c.i; i < c.j; i++ {
		if m.used[i] {
			continue
		}
		lead := m.blank(c.i) == i || m.inTime(i-1, i) || m.before(i, "由", " ", "前", "内")
		switch {
		case m.any(i, "由我们", "由我方", "由我司", "由我", "由咱") > 0, lead && m.any(i, "我方", "我司", "乙方") > 0:
			return PartyUs
		case m.any(i, "由校方", "由院方", "由厂方", "由店方", "由甲方", "由对方", "由客户", "由他们", "由贵方", "由他", "由她") > 0, lead && m.any(i, "校方", "院方", "厂方", "店方", "甲方", "园方") > 0, m.inTime(i-1, i) && m.any(i, "对方") > 0 && m.any(i, "对方要", "对方让", "对方说", "对方催", "对方想", "对方等") < 0:
			return PartyCustomer
		}
		if e := m.any(i, "让他们", "让她们", "叫他们", "让他", "让她", "安排他们"); e > 0 && !m.before(i, "我", "我们", "咱们") && m.has(e, c.j, "给我", "给到我", "给我们", "给到我们", "发我", "发给我", "传我", "寄给我", "送过来", "给咱") {
			return PartyCustomer
		}
	}
	return ""
}

// mustBy reports a to-do by its bound alone, whatever its verb: 月底前替周主任跑一下注册证变更.
func (m *message) mustBy(k int, c clause, at timeHit, due When) bool {
	if at.form != formBefore && at.form != formWithin || !due.Start.After(m.now) || c.tense == TensePast || m.plain(c) < 4 || m.theirWish(c) || m.sumIn(c.i, c.j) || m.has(c.i, c.j, opinionWords...) || m.has(c.i, c.j, vague...) {
		return false
	}
	if m.has(c.i, c.j, "不", "没", "有", "是", "到货", "预算", "批", "涨", "降价", "用完", "卖完", "活动", "优惠", "订", "下单") {
		return false
	}
	for i := at.i - 1; i >= c.i; i-- { // the bound comes first, or who acts
		if !m.used[i] && m.r[i] != ' ' && m.any(i, "我", "们", "咱", "要", "得", "那", "边", "就", "争", "取", "尽", "量", "力") < 0 {
			return false
		}
	}
	return true
}

// theirTrip reports that the clause tells where somebody of the customer's will be, which is no to-do: 马力下个月来上海看展.
func (m *message) theirTrip(c clause, at timeHit) bool {
	named := false
	for i := c.i; i < at.i; i++ {
		switch {
		case m.nameAt(i):
			named = true
		case m.r[i] != ' ' && m.any(i, "那", "边", "这", "说", "讲", "他", "她", "要", "会", "到", "家") < 0 && m.surnameAt(i) < 0 && !isHan(m.at(i)):
			return false
		}
	}
	k := m.opt(m.blank(at.j), "要", "会", "就要", "得", "又要")
	return named && m.any(c.i, "跟", "和", "给", "约", "陪", "带", "帮", "请", "去", "到", "找", "答应") < 0 &&
		m.any(k, "来上海", "来杭州", "出差", "去国外", "去教育局", "去卫健委", "去总部", "去省里", "去市里", "去北京", "去上海", "去外地", "去汇报", "回老家", "休假", "休年假", "出国", "去进修", "去学习", "去培训", "去开会", "去看展", "结婚", "动手术", "住院", "上班", "值班") > 0 ||
		named && m.any(k, "来") > 0 && m.has(k, c.j, "看展", "开会", "参展", "旅游", "学习", "进修") && !m.has(c.i, c.j, "我们", "我", "公司", "厂里")
}

// putOff reports that what was to be done is not: 明天不去绍二院了, 周五先不送.
func (m *message) putOff(c clause) bool {
	for i := c.i; i+1 < c.j; i++ {
		if m.r[i] != '不' || m.used[i] || m.before(i, "要", "能", "会", "是", "行", "得", "对", "了", "来", "去", "送", "做", "看", "学", "找", "买") || m.any(i, "不过去", "不过", "不但", "不光", "不仅") > 0 {
			continue
		}
		if m.has(c.i, i, "说", "讲") && !m.has(c.i, i, "我说", "我讲") && m.before(c.j, "了") && m.any(i, "不好", "不够", "不见", "不行", "不管", "不如", "不错", "不然", "不少", "不止") < 0 && m.pledgeIn(c) == "" {
			return true // 讲年前不进设备了
		}
		if m.any(i+1, "去", "送", "来", "寄", "发", "见", "约", "跑", "拜访", "安装", "演示", "装") > 0 && (m.before(i, "先", "暂", "就") || m.has(i, c.j, "了")) && m.pledgeIn(c) == "" {
			return true
		}
	}
	return false
}
