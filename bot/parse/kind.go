package parse

import "slices"

var (
	wonWords       = words("签好了 合同签好 签妥了 合同已签 已签合同 已签约 签掉了 中标了 中标 拿下了 拿下 签了合同 合同签了 签下来了 签下 签约了 签单了 签单 成交了 成交 赢单 定了我们 选了我们 选定我们 签合同了 合同签下 单子签了 签了 合同走完了 定了用我们 定了用咱 决定用我们 决定用咱 选了咱 定了咱 敲定用我们 确定用咱 确定用我们 定我们了 合同签完")
	lostWords      = words("出局 落选 丢标了 丢标 淘汰 谈崩了 谈崩 没选上 截胡 飞了 泡汤 凉了 吹了 抢走 截走 输给 丢单 丢了 输了 输单 黄了 选了别家 没中标 没中 落标 流标 废标 流拍 被抢 给了别人 定了别家 没戏 签给了 用了别家 不做了 不采购了")
	quoteWords     = words("报价 报了 报的 报过去 报给 总价 含税 已报 报出去了 报到 报个价 重新报 报出")
	complaintWords = words("抱怨 吐槽 发火 火了 频闪 坏的 不出来 打印不 包装破 破了 全退 要求退 要求换货 要求补货 要求赔 少送 送错 发黑 影响加工 噪音特别 投诉 报错 故障 坏了 坏掉 出问题 少了 短少 少配 漏配 少装 漏装 少带 漏带 少放 漏放 少附 破损 胀包 漏液 漏油 漏了 漏水 碎了 压坏 变形 变质 发霉 异味 生锈 死机 不工作 停机 不亮 启动不 开不了 开机不 打不开 卡纸 卡住 生气 不满意 发了通火 发了一通火 发了火 退货 索赔 催发货 催货 没到货 没收到货 还没到 没发货 迟迟 延误 晚到 拖了 发错 质量问题 不合格 有问题 过期 色差 不准 偏差 异响 漏气 裂 掉漆 缺了 少发 短缺 松动 很不满 漏发 结块 沉淀 误差大 有杂质 次品 划伤 黑屏 蓝屏 味道不对 口感不对 颜色不对 型号不对 尺寸不对 数量不对 发错货 堵了 就堵 要换货 要我们换 短了 只到了 只收到 只来了 只送了 只发了 没修好 修不好 报修 断电 不制冷 闪退 闪屏 没反应 渗漏 发黄 老是 数据不稳 白屏 卡顿 串味 碰坏 摔坏 爆裂 磨损 发烫 跳闸 烧了 不转 转不动 失灵 不灵 来修 不新鲜 很不高兴 不高兴 要说法 没影 到现在还没 到现在没 修好 用不了 不能用 罢工 修一下 没法用 报警 触摸不 触控不")
	pledgeWords    = words("拍胸脯 拍着胸脯 拍了胸脯 打包票 打保票 应允 许诺 谈妥 说定 应了 应下 应承 敲定 答应 承诺 约了 约好 约在 说好 讲好 谈好 保证 定了 约定 我们 计划 定于 提醒我 记得 记一下 别忘了 待办")
	talkWords      = words("拜访 聊 介绍 谈 见了 讲了 嫌 预算 感兴趣 去了 意向 想要 需要 演示了 反馈 顾虑 看了 交流 沟通 了解 对比 陌拜 参观")
)

// kindOf decides what a part of the message reports.
func (m *message) kindOf(from, to int) Kind {
	has := func(ws ...string) bool { return m.has(from, to, ws...) }
	switch {
	case m.tag(from, "回款", "收款", "到账"):
		return KindPayment
	case m.tag(from, "报价"):
		return KindQuote
	case m.tag(from, "投诉"):
		return KindComplaint
	case m.tag(from, "售后", "报修"):
		if m.complaintIn(from, to) {
			return KindComplaint
		}
		return KindAfterSales
	case m.tag(from, "培训反馈", "培训"):
		return KindTraining
	case m.tag(from, "竞品"):
		return KindCompetitor
	case m.tag(from, "样品"):
		return KindSample
	case m.tag(from, "拜访", "签到", "需求", "演示", "异议", "预约"):
		return KindVisit
	case m.tag(from, "待办", "承诺"):
		return KindPromise
	}
	switch {
	case m.paymentIn(from, to), m.headed(from, to):
		return KindPayment
	case m.boundToMend(from, to):
		return KindPromise
	case m.differs(from, to):
		return KindComplaint
	case m.sampleJudged(from, to):
		return KindSample
	case m.complaintIn(from, to):
		return KindComplaint
	case m.lostIn(from, to) && has("出局", "落选", "淘汰", "丢", "输", "黄了", "没戏", "选了", "定了", "飞了", "截胡", "抢走", "截走", "泡汤", "凉了", "吹了", "改买", "改用", "改选", "改签", "改订", "转投", "换成了", "没中", "落标", "流标", "废标", "流拍"):
		return KindVisit
	case m.rivalNews(from, to):
		return KindCompetitor
	case m.sampleIn(from, to):
		return KindSample
	case m.wonIn(from, to) || m.lostIn(from, to):
		return KindVisit
	case m.quoteIn(from, to), m.pricedOff(from, to), m.offeredOn(from, to):
		return KindQuote
	case m.trainedIn(from, to):
		return KindTraining
	case m.afterSales(from, to):
		return KindAfterSales
	case m.pledged(from, to):
		return KindPromise
	}
	return KindVisit
}

// tag reads #回款 and a leading 回款 as people begin a filing.
func (m *message) tag(from int, ws ...string) bool {
	i := m.blank(from)
	if m.at(i) == '#' {
		return m.any(i+1, ws...) > 0
	}
	j := m.any(i, ws...)
	return i == m.blank(0) && j > 0 && (m.at(j) == ' ' || m.at(j) == ':')
}

func (m *message) sumIn(from, to int) bool {
	for _, s := range m.sums {
		if s.i >= from && s.i < to {
			return true
		}
	}
	return false
}

func (m *message) complaintIn(from, to int) bool {
	if m.comesOver(from, to) {
		return false
	}
	if m.shortBy(from, to) || m.lacks(from, to) {
		return true
	}
	if m.differs(from, to) || m.wrongGoods(from, to) || m.grudged(from, to) {
		return true
	}
	if i := m.turned(from, to); i >= 0 && !m.pastTalk(i) {
		return true
	}
	if i := m.overdue(from, to); i >= 0 && !m.pastTalk(i) && !m.sumIn(from, to) && !m.has(from, to, "款", "预算", "合同", "发票", "批") {
		return true
	}
	if i := m.broken(from, to); i >= 0 && !m.pastTalk(i) && m.has(from, to, machineWords...) {
		return true
	}
	if i := m.ailing(from, to); i >= 0 && !m.pastTalk(i) {
		return true
	}
	if _, i := m.trouble(from, to); i >= 0 && (m.demandsRemedy(from, to) || m.angry(from, to) || !m.has(from, to, sampleWords...)) {
		return true
	}
	if m.demandsRemedy(from, to) || m.blamed(from, to) || m.sifted(from, to) {
		return true
	}
	if _, i := m.defect(from, to); i >= 0 {
		return true
	}
	for i := from; i < to; i++ {
		e := m.any(i, complaintWords...)
		if e < 0 || e > to {
			continue
		}
		if m.any(i, lateWords...) > 0 && m.feared(i) || m.any(i, "退") > 0 && m.before(i, "管", "包", "支持", "无条件", "免费", "无理由", "可", "保") {
			continue
		}
		if m.any(i, "拖了", "晚了", "延误") > 0 && m.before(i, "我", "我们", "咱", "咱们") {
			continue // 我拖了两天了
		}
		if m.troubleAsName(i, e) || m.paperAt(i) || m.any(i, "催货", "催发货", "退货", "换货", "报修") > 0 && m.any(e, "找", "联系", "归", "都找", "对接", "就找", "打") > 0 {
			continue
		}
		if m.any(i, "没影的事", "没影儿的事", "没影子的事", "没影的") > 0 || m.any(i, "投诉", "抱怨", "生气", "发火", "退货", "换货") > 0 && m.denied(i) {
			continue // 别记成投诉
		}
		if m.any(i, "不满意", "很不满", "不高兴", "生气", "抱怨", "吐槽") > 0 && m.any(m.opt(e, "了", "我们的", "我们", "咱们"), "交期", "价格", "报价", "价", "货期", "付款", "账期", "方案", "配置", "条款", "政策", "折扣", "额度", "预付", "合同", "贵", "太贵", "有点贵", "偏贵", "还是贵") > 0 {
			continue // 不满意交期: held against buying
		}
		if m.any(i, "退货", "换货", "退换") > 0 && m.any(e, "办好", "办完", "办了", "手续", "流程", "办掉", "办妥", "处理好", "处理完", "政策", "条款", "率") > 0 {
			continue // 把退货办好
		}
		if m.letsOut(i) || m.any(i, "修好了") > 0 && !m.has(i, to, "又", "还是", "再", "仍") {
			continue
		}
		if m.any(i, "少了", "短少") > 0 && !m.countIn(i, m.clauses[m.clauseAt(i)].j) && !m.has(from, to, "收货", "到货", "验货", "发现", "清点", "数了", "收到", "点了") {
			continue // 冒烟少了
		}
		if m.any(i, "只到了", "只收到", "只来了", "只送了", "只发了", "短了") > 0 && !m.countFollows(e) {
			continue
		}
		if m.any(i, "影响加工") > 0 && m.feared(i) {
			continue // 担心影响加工精度
		}
		if m.denied(i) && m.any(i, "没", "不", "未") < 0 && m.has(max(from, i-5), i, "没人说", "没人提", "没听", "没提", "没反映", "没反馈", "没发现", "没见", "没出现", "没有再", "没再", "没出过", "没有出", "没啥", "没报", "没发生", "没见过") {
			continue
		}
		if m.before(i, "没说要", "没说", "没要", "没要求", "没提", "不要", "没想") {
			continue
		}
		if m.before(i, "没", "没有", "不", "无", "不会", "不是", "怕", "担心", "没什么", "别", "没啥", "会不会") || m.any(i, "有问题随时", "有问题再", "老是") > 0 && !m.has(from, to, "投诉", "报错", "坏", "停机", "死机") && m.any(i, "老是") > 0 && !m.has(i, to, "漏", "卡", "断", "跳", "停", "黑", "报", "坏", "出错", "不准", "偏", "重启", "掉线") {
			continue
		}
		if m.lit(i, "还没到") > 0 && m.has(from, to, "款", "预算", "时候", "时间") || m.lit(i, "拖了") > 0 && m.has(from, to, "款") || m.lit(i, "裂") > 0 && m.any(i-1, "分裂") > 0 {
			continue
		}
		if m.pastTalk(i) {
			continue
		}
		return true
	}
	return false
}

// countIn reports a number of things in runes i to j.
func (m *message) countIn(i, j int) bool {
	return slices.ContainsFunc(m.counts, func(h countHit) bool { return h.i >= i && h.i < j })
}

// pastTalk tells 说上次的用了3年没坏 and the rival's troubles from a complaint.
func (m *message) pastTalk(i int) bool {
	c := m.clauses[m.clauseAt(i)]
	return m.rivalIn(c) || m.has(c.i, i, "竞品", "别家", "对手", "友商", "之前用的", "以前用的", "原来用的")
}

func (m *message) rivalNews(from, to int) bool {
	named := false
	for _, r := range m.rivals {
		c := m.clauses[m.clauseAt(r.i)]
		named = named || r.i >= from && r.i < to && !m.has(c.i, r.i, "如果", "要是", "假如", "万一", "倘若") && !(m.has(c.i, r.i, "不然", "否则", "要不", "再不", "大不了", "实在不行") && m.has(c.i, r.i, "找", "换", "用", "去", "买", "选") || m.before(r.i, "就换", "就找", "就用", "就买", "就选", "就给", "换给"))
	}
	if _, said := m.entered(from, to); said && !m.sumIn(from, to) {
		return false // 进了议价环节,对手是新康
	}
	if named && m.asideOnly(from, to) {
		return false
	}
	if !named {
		at := m.find(from, to, unnamedRivals...)
		if at < 0 {
			at = m.someRival(from, to)
		}
		for _, s := range m.sums {
			if s.i >= from && s.i < to && !m.rivalSaid(m.clauses[s.clause]) && !m.gapBehind(s, at) && !m.theirPriceBehind(s, at) {
				return false // 报价128万,预算100万,对手报110万: ours, with theirs beside it
			}
		}
		if at >= 0 && len(m.sums) == 0 && m.dearIn(from, to) && !m.has(at, to, "报", "送", "中标", "抢", "进场", "试用", "推") {
			return false // 嫌贵,说别家便宜
		}
		return at >= 0 && !m.before(at, "比", "跟", "和", "比起", "对比", "相比") && (m.has(from, to, "报", "价", "便宜", "进场", "中标", "送", "抢", "谈", "低", "只要", "降", "挖", "试用", "接触", "推") || m.rivalSum(from, to))
	}
	return true
}

// unnamedRivals are how a competitor is spoken of whose name is not said.
var unnamedRivals = words("竞品 友商 竞争对手 竞对 对手 同行 别家 另一家 另外一家 其他家 别的厂家 其他厂家 别的供应商 其他供应商 另一个供应商 别的牌子 其他牌子 别的品牌 隔壁那家 对家 有个厂家 有家厂 有家公司 有一家公司 一家国产 一家进口 本地一家 外地一家 一家外地 一家本地")

// asideOnly tells a visit that mentions a rival in passing (比科曼德贵15%) from news of the rival.
func (m *message) asideOnly(from, to int) bool {
	visit := m.has(from, to, "拜访", "聊", "介绍", "碰了", "讲了", "碰头", "见了", "谈了", "演示了")
	for _, r := range m.rivals {
		if r.i < from || r.i >= to {
			continue
		}
		c := m.clauses[m.clauseAt(r.i)]
		if m.actsFirst(c, r) {
			return false
		}
		compared := m.before(r.i, "比", "和", "跟", "对比", "不如") && m.has(r.j, c.j, "一个价", "一样", "同价", "持平", "贵", "高", "比", "差", "对比")
		if !compared && !(visit && !m.has(c.i, c.j, "报", "降价", "送", "进场", "抢", "中标", "便宜", "给到", "卖", "只要")) {
			return false
		}
		if compared && !visit && !m.has(from, to, "嫌", "觉得", "预算") && !m.dearerThan(r, c) {
			return false
		}
	}
	return true
}

// actsFirst reports that the rival is who acts: 优视达昨天去…演示了, 力拓也在给….
func (m *message) actsFirst(c clause, r rivalHit) bool {
	for i := c.i; i < r.i; i++ {
		if !m.used[i] && m.r[i] != ' ' && !m.inTime(i, i+1) {
			return false
		}
	}
	k := r.j
	for k < c.j && (m.r[k] == ' ' || m.inTime(k, k+1) || m.any(k, "也", "又", "已", "已经", "今", "昨", "刚", "最近", "那边", "的人") > 0) {
		k++
	}
	return m.any(k, "去", "来", "在", "给", "跟", "到", "报", "送", "演", "进", "降", "找", "上门", "拜访") > 0 && m.any(k, "给我们", "来说") < 0
}

func (m *message) quoteIn(from, to int) bool {
	for i := from; i < to; i++ {
		if m.at(i) == '报' && m.before(i, "汇", "通", "预", "播", "简", "举", "填", "申") {
			continue // 汇报了进度
		}
		e := m.any(i, quoteWords...)
		if e < 0 && m.at(i) == '报' && m.any(i+1, "错", "警", "名", "告", "销", "废", "修", "备", "表", "关", "到", "个") < 0 && m.sumNear(i) {
			e = i + 1
		}
		if e < 0 && m.at(i) == '报' && m.pricedBy(i) {
			e = i + 1
		}
		if e < 0 && m.at(i) == '报' && m.any(i+1, "错", "警", "名", "告", "销", "废", "修", "备", "表", "关", "到") < 0 && m.sumIn(i, to) && m.discount(from, to).Percent != "" {
			e = i + 1 // 按88折报,33088元
		}
		if m.sheetSent(from, i, to) {
			return true
		}
		if e < 0 {
			e = m.namesPrice(i)
		}
		if e < 0 {
			e = m.givesPrice(i)
		}
		if e < 0 && m.at(i) == '报' && i == m.blank(m.clauses[m.clauseAt(i)].i) && m.nameAt(m.blank(i+1)) && m.sumIn(i, to) {
			e = i + 1 // 报海纳装备马力:…182元/把
		}
		if e < 0 || e > to || m.inTime(i, e) || m.before(i, "汇") || m.any(i, "报上去的", "报上来的", "报的预算", "报了预算", "报给上") > 0 {
			continue
		}
		if m.any(e, "单", "表", "书") > 0 && !(m.any(e+1, "已发", "发了", "给了", "发过去", "已经发", "已给", "已经给", "送过去了") > 0) && !m.has(max(m.clauses[m.clauseAt(i)].i, i-5), i, "发了", "给了", "送了", "提交了", "出了", "递交了") && !(m.sumIn(i, to) && m.has(m.clauses[m.clauseAt(i)].i, i, "提交", "递交", "出具", "送达", "呈送") && !m.planned(m.clauseAt(i), m.clauses[m.clauseAt(i)])) || m.before(i, "要", "让我", "等", "前", "给", "发", "再") && !m.sumIn(from, to) {
			continue
		}
		k := m.clauseAt(i)
		c := m.clauses[k]
		if m.before(i, "我们的", "咱们的", "咱的", "我司的") && m.any(e, "是") < 0 && !m.sumIn(i, c.j) {
			continue // 拒绝了我们的报价
		}
		if m.before(i, "上次", "上回", "之前", "当时", "那次", "上次给他", "上次给她", "上回给他") && !m.has(c.i, i, "比") {
			continue // 上次报的贵了
		}
		if m.denied(i) || m.before(i, "别", "先别") || m.any(i, "报价") > 0 && m.any(i+2, "高", "贵", "偏", "太", "有点", "比", "低") > 0 {
			continue // 别报价了, 报价高8个点
		}
		if m.any(i, "总价", "含税") > 0 && m.limit(c) && !m.has(c.i, c.j, "报") || m.any(i, "报价要", "报价要求", "报价不", "报价别", "报价控制", "报价希望", "报价最") > 0 && m.limit(c) {
			continue // 总价别超过2万5
		}
		if m.rivalSaid(c) || m.pledgeIn(c) != "" || m.planned(k, c) || m.any(i, "总价", "含税") > 0 && m.theySaid(c, i) {
			continue
		}
		if m.sumIn(from, to) || m.has(from, to, "报了", "报过去了", "已报价", "报价了", "报给") {
			return true
		}
	}
	return false
}

// pricedOff reports what we give somebody at a discount, with how many and what it comes to: 苏打饼给乐街坊150箱,按85折,9180块.
func (m *message) pricedOff(from, to int) bool {
	return m.discount(from, to).Percent != "" && m.sumIn(from, to) && m.countIn(from, to) && m.has(from, to, "给", "按", "打") && !m.has(from, to, "要求", "想要", "能不能", "嫌", "希望", "说", "讲", "问", "下单", "订单", "订了", "预算", "签", "下了")
}

// limit reports that the clause names a sum that must not be passed.
func (m *message) limit(c clause) bool {
	return slices.ContainsFunc(m.sums, func(s sumHit) bool { return s.i >= c.i && s.i < c.j && s.amount.HasMax && !s.amount.HasMin })
}

// planned reports that the clause names a day to come.
func (m *message) planned(k int, c clause) bool {
	due, _, ok := m.dueIn(k, c)
	return ok && due.Start.After(m.now) && !m.has(c.i, c.j, "报价 ", "报价:")
}

// onlyPlans reports that every clause is a to-do with a day.
func (m *message) onlyPlans(from, to int) bool {
	n := 0
	for k, c := range m.clauses {
		if c.i < from || c.i >= to {
			continue
		}
		if m.settled(c) {
			continue
		}
		if m.tellsNews(k) || m.visitTold(k) {
			return false
		}
		plain := m.plain(c)
		for _, t := range m.times {
			if t.clause == k && t.form == formPoint && t.grain >= grainDay && t.start.Before(midnight(m.now)) {
				return false
			}
		}
		if len(m.objections(c.i, c.j)) > 0 {
			return false // 球阀嫌贵,周四再报一版
		}
		_, ok := m.promise(k, c, KindPromise, "")
		switch {
		case m.before(c.j, "吗") || m.at(c.j) == '?':
			return false // 这周能安排吗
		case m.has(c.i, c.j, "说", "讲") && m.has(c.i, c.j, "要") && slices.ContainsFunc(m.counts, func(h countHit) bool { return h.clause == k }) && m.pledgeIn(c) == "":
			return false // 他说要三十桶,后天送: news of an order
		case m.has(c.i, c.j, "嫌", "太贵", "偏贵") && !ok:
			return false
		case ok && !m.has(c.i, c.j, "感兴趣", "嫌", "觉得", "想"):
			n++
		case m.topicOnly(k), m.boundAlone(k), m.purposeOf(k), m.listLead(k), m.frontedThing(k), m.wantedThing(k), m.toldThem(c), m.waitsForIt(c), m.wantedPaper(k), m.goesFor(k):
		case plain >= 3 || c.tense == TensePast:
			return false
		}
	}
	return n > 0
}

// pledged reports that the message is nothing but to-dos.
func (m *message) pledged(from, to int) bool {
	if m.countIn(from, to) && m.has(from, to, "订单", "下单", "要货", "换成我们", "换成咱") {
		return false
	}
	if m.onlyPlans(from, to) {
		return true
	}
	if m.comesOver(from, to) {
		return false
	}
	for k, c := range m.clauses {
		if c.i < from || c.i >= to {
			continue
		}
		if m.has(c.i, c.j, "聊", "介绍了", "嫌", "预算", "感兴趣", "去了", "见了", "拜访了", "意向", "想要", "谈了", "见的", "去的", "见完", "碰完", "谈完", "聊完", "见过面", "碰过面") || m.tellsNews(k) || m.visitTold(k) {
			return false
		}
		if k+1 < len(m.clauses) && m.wantsPaper(c) && m.commitAt(m.clauses[k+1]) >= 0 {
			continue // 要资质文件,答应他三天内寄出
		}
		if _, ok := m.promise(k, c, KindPromise, ""); !ok && m.pledgeIn(c) == "" && (m.has(c.i, c.j, opinionWords...) && m.plain(c) >= 3 || m.pastDay(k) && m.plain(c) >= 3) {
			return false
		}
	}
	if m.has(from, to, talkWords...) && !m.has(from, to, "答应", "承诺", "约了", "约好", "定了") && !m.bound(from, to) {
		return false
	}
	return m.pledgeWord(from, to) && len(m.promises(from, to, KindPromise)) > 0
}

// wantsPaper reports that a clause only asks for something that is no order: no product, number or sum is in it.
func (m *message) wantsPaper(c clause) bool {
	return m.has(c.i, c.j, "要") && !m.sumIn(c.i, c.j) && !m.countIn(c.i, c.j) &&
		!slices.ContainsFunc(m.prods, func(p productHit) bool { return p.i >= c.i && p.i < c.j }) && !m.has(c.i, c.j, "聊", "谈", "见", "说", "嫌", "想要")
}

// pastDay reports that clause k names a day gone by.
func (m *message) pastDay(k int) bool {
	return slices.ContainsFunc(m.times, func(t timeHit) bool {
		return t.clause == k && t.form == formPoint && t.grain >= grainDay && t.start.Before(midnight(m.now))
	})
}

// opinionWords tell of a talk that was held.
var opinionWords = words("拜访 说 讲 表示 觉得 满意 担心 顾虑 认可 反馈 提到 演示 看了 来电 透露 问 对比 交流 了解 想 要")

// pledgeWord reports a word of agreement that is no order (定了2台).
func (m *message) pledgeWord(from, to int) bool {
	for _, c := range m.clauses {
		if c.i < to && c.j > from && (m.commitAt(c) >= 0 || m.agreedIn(c) >= 0 || m.pledgeIn(c) == "要求" && !m.has(c.i, c.j, "要求", "说", "讲")) {
			return true
		}
	}
	for i := from; i < to; i++ {
		if i = m.find(i, to, pledgeWords...); i < 0 {
			return false
		}
		if !(m.any(i, "定了") > 0 && m.countFollows(i+2)) {
			return true
		}
	}
	return false
}

var wonStarts = firstRunes(wonWords...)

func (m *message) issue(from, to int) Issue {
	has := func(ws ...string) bool { return m.has(from, to, ws...) }
	switch {
	case m.shortBy(from, to), m.partMissing(from, to), has("漏了", "漏下", "落下", "落了") && has("没装车", "没装箱", "没发", "没送", "没带", "没放"):
		return IssueShortage
	case has("接触不良", "充电不良", "散热不良"):
		return IssueFault
	case has("少送", "少了", "短少", "少发", "缺了", "短缺", "漏发", "少配", "漏配", "少装", "漏装", "少带", "漏带", "少放", "漏放", "少附", "数量不对", "没收齐", "差了", "少给"):
		return IssueShortage
	case m.leaksOf(from, to):
		return IssueFault
	case has("漏气") && has("包装", "袋", "瓶", "罐", "盒", "箱"):
		return IssueDamage
	case has("包装破", "破损", "胀包", "碎了", "压坏", "变形", "漏液", "漏油", "摔", "破了", "漏包", "漏袋", "渗漏", "磕", "划伤", "包装破", "爆裂", "碰坏", "压扁", "漏了", "裂", "烂了"):
		return IssueDamage
	case has("没影", "到现在没", "到现在还没", "没到货", "没收到货", "催发货", "催货", "没发货", "迟迟", "延误", "晚到", "拖了", "还没到", "晚了", "逾期", "延期", "没送到", "没送来", "还没发", "没发", "超期", "一直没到", "没到"):
		return IssueLateDelivery
	case has("不新鲜", "质量", "不合格", "变质", "异味", "生锈", "色差", "发霉", "过期", "不准", "偏差", "精度", "沉淀", "掉漆", "次品", "不达标", "味道", "结块", "杂质", "误差", "发黄", "串味", "不良", "尺寸", "毛刺", "纯度", "口感", "硬度", "泡沫"):
		return IssueQuality
	case m.turned(from, to) >= 0, m.differs(from, to), m.wrongGoods(from, to):
		return IssueQuality
	}
	if is, i := m.trouble(from, to); i >= 0 {
		return is
	}
	if is, i := m.defect(from, to); i >= 0 {
		return is
	}
	switch {
	case m.overdue(from, to) >= 0:
		return IssueLateDelivery
	case m.broken(from, to) >= 0, m.ailing(from, to) >= 0, has("频闪", "冒烟", "没声音", "没声", "不出", "打不着", "没电", "漏电", "短路", "不通电", "连不上", "读不出", "失真", "抖", "异常", "罢工", "停了", "趴窝", "报错", "故障", "坏", "死机", "停机", "不亮", "启动", "开不了", "打不开", "卡", "不工作", "黑屏", "蓝屏", "异响", "漏水", "漏气", "松动", "没反应", "白屏", "闪", "断", "跳闸", "烧", "不转", "不制冷", "重启", "发烫", "失灵", "报警", "转不动", "不出来", "打印不", "噪音", "不灵", "响", "来修", "修好", "用不了", "不能用", "罢工"):
		return IssueFault
	case m.lacks(from, to):
		return IssueShortage
	}
	return ""
}

// lacks reports that something of what has come is not there: 离心机到了,缺一根电源线.
func (m *message) lacks(from, to int) bool {
	arrived := m.find(from, to, "到了", "到货", "收到", "货到", "送到", "开箱", "清点", "点了", "点货", "发现", "盘点", "盘货", "对数", "核对", "数下来", "数了", "卸货", "入库", "验货", "验收", "拆箱", "签收")
	return arrived >= 0 && slices.ContainsFunc(m.counts, func(h countHit) bool {
		return h.i > arrived && h.i < to && m.before(h.i, "缺", "少") && !m.before(h.i, "不少", "至少", "最少", "多少", "急缺")
	})
}

// shortBy reports 差了100公斤, 只到了1万5千支.
func (m *message) shortBy(from, to int) bool {
	for _, h := range m.counts {
		if h.i >= from && h.i < to && m.before(h.i, "差了", "短了", "只到了", "只收到", "只来了", "只送了", "只发了", "只到", "只收到了") || m.onlyCame(h) || h.i >= from && h.i < to && m.cameShort(h.i) {
			return true
		}
	}
	return false
}

// machineWords stand by a failure that is a complaint.
var machineWords = words("批 都 投诉 反映 反馈 说 要求 让 催 又 一直 老 机 电 屏 仪 灯 坏 报修 修 今天 昨天 突然 了")

var machineUnits = words("台 套 把 部 辆 架 盏 个")
