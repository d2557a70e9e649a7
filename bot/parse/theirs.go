package parse

// Who is named beside a customer need not be his: our own people, carriers, agents, patients and friends are named as well. When
// the words say so, nobody is entered.

// thirdParties are said before those who belong to neither side.
var thirdParties = words("物流 物流的 物流司机 货运 快递 快递员 快递小哥 配送 代理商 代理 招标代理 经销商 家属 病人 患者 学生家长 家长 中介 监理 施工队 施工 装修 安装 朋友 老同学 同学 战友 邻居 房东 保安 亲戚 老乡 网友 律师 裁判 专家")

// ourPlaces are said before our own people.
var ourPlaces = words("我们 我们的 咱们 咱们的 咱 咱的 我方 我司 我司的 我公司 公司里 公司里的 司里 组里 组里的 团队 团队的 同事 我家 我们家")

// foreign reports that the person named from i to j is none of the customer's.
func (m *message) foreign(i, j int) bool {
	s := i
	for again := true; again; {
		again = false
		for _, w := range trades {
			if m.before(s, w) {
				s, again = s-len([]rune(w)), true
			}
		}
		if k := m.fieldStart(s); k < s {
			s, again = k, true
		}
		if k := m.back(s, "的", "那边", "仓库", "技术部", "生产部", "售后", "客服", "业务", "车间"); k < s {
			s, again = k, true
		}
	}
	if m.before(s, ourPlaces...) || m.before(i, ourPlaces...) || m.before(s, thirdParties...) || m.before(i, thirdParties...) {
		return true
	}
	k := m.opt(m.blank(j), "也", "都", "刚", "今天", "已经", "已", "刚才", "昨天")
	if m.any(k, "陪我", "陪同我", "跟我一起去", "和我一起去", "跟我一块", "和我一块", "跟我去", "和我去", "代我", "替我") > 0 {
		return true
	}
	if m.beforeCustomers(i) && m.any(k, "让我", "叫我", "要我", "派我", "安排我", "交代我", "嘱咐我", "吩咐", "批了", "批的", "特批", "同意给", "催我", "问我", "指示") > 0 {
		return true // whoever sets us to work before a customer is named is one of ours
	}
	if m.before(i, "工程师", "技术员", "技术", "安装师傅", "师傅", "售后", "客服", "维修") && m.any(k, "在路上", "出发", "在赶", "上门", "到现场", "去现场", "过去了", "去处理", "去看", "明天到", "明天去", "后天到", "后天去", "下午到", "下午去", "上午到") > 0 {
		return true
	}
	if m.has(s, i, "法务", "财务", "开票", "商务") || m.before(i, "法务", "财务", "会计") {
		c := m.clauses[m.clauseAt(i)]
		return m.has(j, c.j, "审完", "审了", "审好", "审过", "开好", "开了", "开出", "开票", "发票开", "票开", "盖章了", "盖好章")
	}
	return m.before(s, "厂里") && m.any(k, "说能做", "能做", "说可以做", "排产", "说做不", "做不了", "打样") > 0
}

// beforeCustomers reports that no customer has been named before i.
func (m *message) beforeCustomers(i int) bool {
	return len(m.hits) > 0 && i < m.hits[0].i
}
