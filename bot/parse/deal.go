package parse

import (
	"slices"
	"strings"
)

// A deal is made or lost by what becomes of the order, the bid or the contract, or by whom the customer chose. Both are told
// by few places: the thing and its result in one clause (标拿到了, 合同落笔, 单子丢了), or a verb of choosing with us or a
// rival behind it (拍板用我们的, 最后定了新康).

// dealThings are what is won or lost.
var dealThings = words("单子 订单 合同 项目 标书 标的 标 单 案子 协议 采购 招标 投标 竞标 竞品 这块 这笔 那笔 业务")

// dealGained are what becomes of them when they are ours.
var dealGained = words("拿到手 拿到 到手 拿回来 搞定 签成 落袋 落定 落笔 落地 敲定 谈成 做成 抢到 抢下 抢回来 吃下 啃下 盖章了 盖好章 双方盖章 盖章寄回 签回来了 签字盖章 盖章回来 寄回来了 签好寄回 回签了 盖完章 盖好了章 生效 归我们 归咱 是我们的 是咱的 给我们了 给咱了 给了我们 给了咱 到我们手")

// dealSigned are signings told without the thing signed.
var dealSigned = words("签约成功 成功签约 顺利签约 正式签约 签约完成 完成签约 成功中标 顺利中标 成功拿下 顺利拿下 签完约 签过字盖过章 已成交 顺利成交 成功签单 签成了")

// choosing are verbs with which somebody decides for one of several.
const choosing = "选定用挑要签给"

// dealMade finds a deal told by its form; -1 for none.
func (m *message) dealMade(from, to int) int {
	for k, c := range m.clauses {
		if c.i >= to || c.j <= from || m.dueSoon(k, c) || m.hypothetical(k) || m.rivalSaid(c) {
			continue
		}
		i, j := max(c.i, from), min(c.j, to)
		if at := m.find(i, j, dealSigned...); at >= 0 && !m.denied(at) && !m.stillToCome(c, at) {
			return at
		}
		if at := m.find(i, j, dealGained...); at >= 0 && !m.denied(at) && !m.stillToCome(c, at) && m.has(i, at, dealThings...) && !m.aboutPaper(i, at) {
			return at
		}
		if at := m.chosen(i, j); at >= 0 {
			return at
		}
	}
	return m.signedBy(from, to)
}

// stillToCome reports that what stands at i of a clause is wished, asked or hoped for.
func (m *message) stillToCome(c clause, i int) bool {
	return m.has(max(c.i, i-6), i, "争取", "能", "想", "希望", "要", "有望", "准备", "打算", "力争", "预计", "等", "才", "再", "快", "差不多", "应该", "可能", "估计", "大概率", "有机会", "催", "问", "帮") || m.before(c.j, "吗", "没", "么") || m.at(c.j) == '?'
}

// aboutPaper reports that what is got is a paper and no deal: 合同样本拿到了, 标书拿到.
func (m *message) aboutPaper(i, j int) bool {
	return m.has(i, j, "样本", "模板", "初稿", "草稿", "复印", "扫描", "标书", "发票", "单价", "报价单", "清单", "名单", "对账单", "送货单", "订单号", "单号", "表", "文件", "保证金", "款", "钱", "样品", "资料", "货")
}

// chosen finds that the customer has decided for us: 拍板用我们的, 最后定了咱们家.
func (m *message) chosen(i, j int) int {
	for k := i + 1; k < j; k++ {
		e := m.any(k, "我们", "咱们", "咱", "我司", "我方")
		if e < 0 || m.used[k] {
			continue
		}
		v := m.back(k, "了", "择", "定", "择了", "下", "中")
		if v == i || !strings.ContainsRune(choosing, m.at(v-1)) && v == k {
			continue
		}
		if v < k && !strings.ContainsRune("选定挑用签", m.at(v)) && !strings.ContainsRune(choosing, m.at(v-1)) {
			continue
		}
		if m.denied(v-1) || m.denied(k-1) || m.stillToCome(m.clauses[m.clauseAt(k)], v-1) {
			continue
		}
		decided := m.has(max(i, v-8), v, "拍板", "决定", "确定", "敲定", "最终", "最后", "定下", "内定", "已经", "一致", "锁定", "明确", "正式", "点头", "松口") || m.before(v-1, "就") || v-1 > 0 && m.clauseAt(v-1) > 0 && m.has(m.clauses[m.clauseAt(v-1)-1].i, i, "点头了", "拍板了", "松口了", "定下来了", "敲定了", "决定了")
		if decided && m.any(e, "报", "给", "发", "寄", "送", "出", "提") < 0 && (strings.ContainsRune("选定挑用签", m.at(v-1)) || v < k) {
			return v - 1
		}
	}
	return -1
}

// clarified finds that the customer's needs are settled: 需求确认完了, 需求都摸清了, 把需求定下来了.
func (m *message) clarified(from, to int) int {
	for _, c := range m.clauses {
		i := m.find(max(c.i, from), min(c.j, to), "需求", "需要的配置", "要求清单")
		if i < 0 {
			continue
		}
		k := m.find(max(c.i, i-6), min(c.j, i+9), "确认", "明确", "摸清", "理清", "摸透", "敲定", "定下", "定了", "梳理", "对清", "落实", "谈清", "搞清", "聊清", "摸底")
		if k < 0 || m.denied(k) || m.stillToCome(c, k) || m.any(k, "确认函", "确认单", "确认书") > 0 {
			continue
		}
		if m.has(k, min(c.j, k+6), "了", "完", "好", "过", "楚", "下来") || m.has(max(c.i, k-3), k, "已") {
			return i
		}
	}
	return -1
}

// contractRuns finds that a contract is on its way through the customer's house: 进合同流程了, 合同在会签, 在走合同.
func (m *message) contractRuns(from, to int) int {
	for k, c := range m.clauses {
		i := m.find(max(c.i, from), min(c.j, to), "合同")
		if i < 0 || m.hypothetical(k) || m.denied(i) || m.dueSoon(k, c) {
			continue
		}
		e := i + 2
		switch {
		case m.any(e, "流程", "阶段", "环节", "评审", "审批", "会签") > 0 && m.has(max(c.i, i-5), i, "进", "到", "走", "入", "启动", "开始"):
			return i
		case m.has(e, min(c.j, e+4), "在走", "在审", "在会签", "送审", "已送审", "在法务", "走法务", "审核中", "审批中", "会签中", "走流程"):
			return i
		}
	}
	return -1
}

// dueSoon reports that a clause names a day to come for what it tells.
func (m *message) dueSoon(k int, c clause) bool {
	return slices.ContainsFunc(m.times, func(t timeHit) bool { return t.clause == k && t.start.After(m.now) })
}

// bargains finds that the terms of a contract are being talked over: 开始谈合同条款, 在跟我们抠付款条件.
func (m *message) bargains(from, to int) int {
	for k, c := range m.clauses {
		if c.i >= to || c.j <= from || m.hypothetical(k) || m.dueSoon(k, c) {
			continue
		}
		i := m.find(max(c.i, from), min(c.j, to), "谈", "聊", "抠", "磨", "敲", "过", "商量", "商谈", "对")
		if i < 0 || m.denied(i) || m.stillToCome(c, i) {
			continue
		}
		if at := m.find(i, min(c.j, i+14), "合同条款", "合同细节", "商务条款", "合同文本", "付款条件", "付款方式", "账期", "折扣", "返点", "合同价", "条款", "商务细节", "合同里的"); at >= 0 && m.has(max(c.i, i-8), i+1, "开始", "在", "正", "已经", "进入", "跟我们", "和我们", "又", "反复") {
			return i
		}
	}
	return -1
}
