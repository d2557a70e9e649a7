package parse

import (
	"slices"
	"strings"
)

// namesPrice reads a price that is named by a verb of giving with 价 behind it: 开了个价, 出了份报价, 给了个底价.
func (m *message) namesPrice(i int) int {
	if !strings.ContainsRune("开出给报", m.at(i)) || m.used[i] || m.at(i+1) != '了' {
		return -1
	}
	k := m.opt(i+2, "一个", "一份", "一口", "个", "份", "口")
	return m.any(k, "价格", "价", "底价", "报价", "实价", "优惠价", "最低价")
}

// givesPrice reads a price that we go to or give, whose sum stands beside: 做到152一桶, 我给的9300, 最低8100给他了.
func (m *message) givesPrice(i int) int {
	given := m.any(i, "给他了", "给她了", "给他们了", "给了他", "给了她") > 0
	if m.used[i] || !given && m.any(i, "做到", "让到", "放到", "我给的", "我们给的", "咱给的", "给的价") < 0 {
		return -1
	}
	c := m.clauses[m.clauseAt(i)]
	if m.rivalSaid(c) || m.has(c.i, i, "说", "讲", "问", "要求", "希望", "想", "能不能", "要是", "如果", "预算", "让我", "觉得", "嫌") {
		return -1
	}
	if e := m.any(i, "做到", "让到", "放到", "我给的", "我们给的", "咱给的", "给的价"); e > 0 && m.sumAt(e) && !m.used[i] && m.hitIn(c.i, i) {
		return e
	}
	if e := m.any(i, "给他了", "给她了", "给他们了", "给了他", "给了她"); e > 0 && slices.ContainsFunc(m.sums, func(s sumHit) bool { return s.j == i }) {
		return e
	}
	return -1
}

// sumAt reports a sum that begins at i.
func (m *message) sumAt(i int) bool {
	return slices.ContainsFunc(m.sums, func(s sumHit) bool { return s.i == m.blank(i) })
}

// hitIn reports that a customer or contact is named between i and j.
func (m *message) hitIn(i, j int) bool {
	for ; i < j; i++ {
		if m.nameAt(i) {
			return true
		}
	}
	return false
}

// rebate reports that the sum is what the price comes down by, which is none of the roles: 50桶以上再减3块.
func (m *message) rebate(s sumHit) bool {
	c := m.clauses[s.clause]
	return m.before(s.i, "减", "减了", "再减", "再让", "让利", "让了", "少收", "少收了", "少算", "优惠", "优惠了", "抹掉", "抹了", "抹去", "返", "返了", "再降", "能降", "降了", "下调了", "下调", "调低了", "降掉", "再便宜", "能便宜") &&
		!m.rivalSaid(c) && (!m.has(c.i, c.j, "比") || m.has(c.i, c.j, "比上次", "比之前", "比原来", "比上回", "比去年"))
}

// rivalSum reports that a price of somebody else is told: 别家平板才1500.
func (m *message) rivalSum(from, to int) bool {
	return slices.ContainsFunc(m.sums, func(s sumHit) bool {
		c := m.clauses[s.clause]
		return s.i >= from && s.i < to && m.rivalSaid(c) && m.has(c.i, s.i, "才", "只", "就", "卖", "给", "做到", "能做", "拿") && !m.has(c.i, c.j, "我们", "咱", "预算", "差")
	})
}

// theyDear reports that it is the rival who is said to be dear: 优视达比我们贵.
func (m *message) theyDear(c clause) bool {
	i := m.find(c.i, c.j, "比我们", "比咱们", "比咱", "比我司", "比我家", "比我")
	return i >= 0 && (m.rivalIn(clause{i: c.i, j: i}) || m.has(c.i, i, unnamedRivals...))
}

// gone finds a word for a deal that is lost; an old machine that is to be thrown out is none: 手里那台想淘汰.
func (m *message) gone(from, to int) bool {
	for i := from; i < to; i++ {
		if i = m.find(i, to, lostWords...); i < 0 {
			return false
		}
		c := m.clauses[m.clauseAt(i)]
		if m.any(i, "丢了", "没了") > 0 && m.before(i, "份", "资料", "文件", "票", "表", "书", "样品", "手机", "那张", "样本", "彩页", "钥匙", "名片", "号码", "图纸", "册", "包裹", "快递", "货", "箱", "数据") {
			continue // 上次那份丢了
		}
		if m.any(i, "淘汰", "不采购", "不做了") > 0 && !m.has(c.i, c.j, "我们", "咱", "我司", "被", "方案", "报价", "项目", "投标") && m.has(c.i, i+2, "想", "要", "准备", "打算", "该", "得", "快", "老", "旧", "那台", "这台") {
			continue
		}
		return true
	}
	return false
}

// gapBehind reports that the sum is by how much the supplier named at rune at is cheaper: 有家本地的在抢,一箱便宜8块.
func (m *message) gapBehind(s sumHit, at int) bool {
	return at >= 0 && s.clause == m.clauseAt(at)+1 && m.before(s.i, "便宜", "便宜了", "低", "低了", "少", "便宜个")
}

// comesOver reports that somebody else's goods are to be replaced by ours, whatever is wrong with them: 想换成咱们的.
func (m *message) comesOver(from, to int) bool {
	i := m.find(from, to, "换成我们的", "换成咱们的", "换成咱的", "换我们的", "换咱们的", "改用我们", "改用咱", "换成我们家", "换成咱家", "换用我们", "换用咱")
	return i >= 0 && !m.denied(i)
}

// paperAt reports that what has run out at i is a paper and no goods: 检测报告过期.
func (m *message) paperAt(i int) bool {
	return m.any(i, "过期", "失效") > 0 && m.has(max(0, i-6), i, "报告", "证", "资质", "执照", "授权", "合同", "报价", "备案", "许可", "名额", "标书")
}

// signedSlips are papers that are signed without a deal being made: 签了验收单.
var signedSlips = words("验收 收货 签收 到货 对账 回单 送货 送达 保密 意向 备忘 承诺书 试用 报告 确认 收条 回执 保养 维保 服务单 工单 会议 考勤 字 名")

// noDeal reports that the word for a deal from i to e is none: a slip is signed, the award letter is only asked for, or the
// deal is still to be made.
func (m *message) noDeal(i, e int, c clause) bool {
	k := m.opt(e, "个", "份", "一份", "了", "一个")
	switch {
	case m.any(i, "签了", "签好了", "签下", "签单") > 0 && m.has(c.i, i, "对账单", "验收单", "收货单", "回单", "送货单", "保密协议", "确认函", "意向书", "备忘录"):
		return true
	case m.any(i, "签了", "签好了", "签下", "签单") > 0 && m.any(k, signedSlips...) > 0:
		return true
	case m.any(e, "通知书") > 0:
		return m.has(c.i, i, "催", "问", "要", "等", "补")
	}
	return m.has(c.i, i, "必须", "务必", "一定要", "得把", "要把", "想把", "力争", "争取") || m.planned(m.clauseAt(i), c) && m.any(i, "拿下") > 0
}

// sumNear reports a sum behind rune i in its clause, or right behind the blank that ends it: 报切削液 398元/桶.
func (m *message) sumNear(i int) bool {
	c := m.clauses[m.clauseAt(i)]
	return m.sumIn(i, c.j) || m.at(c.j) == ' ' && slices.ContainsFunc(m.sums, func(s sumHit) bool { return s.i > c.j && s.i <= c.j+2 })
}

// theySaid reports that what stands at i is told by the customer: 柳主任说先要八套总价大概十四万八.
func (m *message) theySaid(c clause, i int) bool {
	k := m.find(c.i, i, speakers...)
	return k >= 0 && m.someoneBefore(c, k) && !m.has(c.i, i, "报", "我说", "我讲", "跟他", "跟她", "给他", "给她")
}

// planHandedIn reads 方案交了, 方案已经递上去.
func (m *message) planHandedIn(from, to int) bool {
	for i := from; i < to; i++ {
		if i = m.find(i, to, "方案"); i < 0 {
			return false
		}
		c := m.clauses[m.clauseAt(i)]
		k := m.find(i, min(c.j, i+8), "交", "递", "发", "给", "报上", "送")
		if k >= 0 && !m.denied(k) && m.has(i, min(c.j, k+5), "了", "已", "过去", "上去") && c.tense != TenseFuture && m.any(k-1, "等", "待", "让") < 0 {
			return true
		}
	}
	return false
}

// issueByProduct guesses what a complaint without telling words is about: a machine fails, goods are bad.
func (m *message) issueByProduct(f *Frame) Issue {
	if len(f.Products) == 0 {
		return ""
	}
	p, ok := m.x.Product(f.Products[0].ID)
	if !ok {
		return ""
	}
	if slices.Contains(machineUnits, p.Unit) {
		return IssueFault
	}
	return IssueQuality
}

// netPrice reports that a discount is told before the price of one, which is what is left then: 降了3个点,56.26元/箱.
func (m *message) netPrice(p part) bool {
	for _, s := range m.sums {
		if s.i < p.i || s.i >= p.j || !m.perUnit(s) {
			continue
		}
		return slices.ContainsFunc(m.rates, func(r rateHit) bool { return r.i >= p.i && r.j <= s.i }) &&
			!slices.ContainsFunc(m.rates, func(r rateHit) bool { return r.i >= s.j && r.j <= p.j })
	}
	return false
}
