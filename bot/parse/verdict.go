package parse

import (
	"slices"
	"strings"
)

// A verdict on goods that were tried is told by what there is too much or little of, and by what is said alone.

// nuisances are what goods had better have little of.
var nuisances = words("味道 味儿 气味 油烟 烟雾 烟 噪音 噪声 声音 声儿 动静 泡沫 泡 阻力 震动 振动 抖动 误差 损耗 残留 毛刺 灰尘 粉尘 气泡 延迟 腥味 异味 油味 药味 酒精味 铁屑味")

// measuredAt reads that there is much or little of a nuisance at i: 味道大, 声音有点响, 油烟小.
func (m *message) measuredAt(i int) Sentiment {
	e := m.any(i, nuisances...)
	if e < 0 || m.used[i] {
		return ""
	}
	for k := e; k > 0; {
		e, k = k, m.any(k, "还是", "实在", "有点儿", "有点", "有些", "比较", "稍微", "特别", "太", "偏", "很", "挺", "蛮", "真", "也", "都", "略")
	}
	if c := m.at(e + 1); isHan(c) && !strings.ContainsRune("了点些的也,", c) {
		return ""
	}
	switch c := m.at(e); {
	case c != 0 && strings.ContainsRune("大重多高长响吵冲浓", c):
		return Negative
	case c != 0 && strings.ContainsRune("小轻少低短淡", c):
		return Positive
	}
	return ""
}

// praisedAlone reports that what is said of the goods is nothing but that they are fragrant, fresh, bright and the like: 说香.
func (m *message) praisedAlone(i int) bool {
	return strings.ContainsRune("香鲜脆醇亮准稳利", m.r[i]) && m.before(i, "说", "讲", "都说", "觉得", "反馈", "反映", "夸", "真", "很", "挺") && (!isHan(m.at(i+1)) || m.any(i+1, "得很", "着呢", "的很", "的") > 0)
}

// triedEnd is where between i and j a clause ends with a verb of trying, in front of a verdict: 切削液试完了,|反馈起泡多; with more, a
// verb of using whose object stands by 把 in front: 把切削液用了,|说味道小. -1 for nowhere.
func (m *message) triedEnd(from, to int, more bool) int {
	for k, c := range m.clauses {
		if c.i < from || c.j > to || c.tense == TenseFuture || m.promised(k) {
			continue
		}
		e := m.unblank(c.j)
		if !m.before(e, "了", "完", "过") || !slices.ContainsFunc(m.prods, func(p productHit) bool { return p.i >= c.i && p.i < c.j && !p.past }) {
			continue
		}
		i := m.back(e, "了", "完", "过")
		trial := m.before(i, "试") || i >= 2 && m.at(i-2) == '试' && isHan(m.at(i-1)) && !m.used[i-2]
		if more && !trial {
			trial = i > c.i && strings.ContainsRune("用吃喝尝装切磨写烧煮炒炸", m.at(i-1)) && m.has(c.i, i, "把", "拿", "将")
		}
		if trial && !m.denied(i-1) && !m.before(m.back(i, "用", "喝", "吃", "饮", "试"), "想", "要", "能", "再", "先", "准备", "打算", "希望") && m.has(c.j, min(to, c.j+14), "说", "讲", "反馈", "反映", "觉得", "感觉", "评价", "认为", "嫌") {
			return i
		}
	}
	return -1
}

// trialTold reports a verdict on goods that were tried and no demand to put them right, which else would read as a complaint.
func (m *message) trialTold(from, to int) bool {
	return m.triedEnd(from, to, false) >= 0 && m.sentiment(from, to) != "" && !m.demandsRemedy(from, to) && !m.has(from, to, "投诉", "退货", "索赔", "赔", "要退", "换货", "来修", "修")
}

// sampleNouns name the thing that is tried.
var sampleNouns = words("样品 样机 小样 样件 试用装 试用机 试饮装 试吃装 试喝装 样")

// sampleAhead reports that each sample spoken of is only to come: it stands in a to-do or right before one.
func (m *message) sampleAhead(from, to int) bool {
	seen := false
	for i := from; i < to; i++ {
		if i = m.find(i, to, sampleNouns...); i < 0 {
			break
		}
		k := m.clauseAt(i)
		c := m.clauses[k]
		e := m.any(i, sampleNouns...)
		if c.tense != TensePast && m.promised(k) && !m.has(c.i, i, "已", "刚", "昨", "寄了", "送了", "带了", "试了", "用了", "收到") || e >= c.j && k+1 < len(m.clauses) && m.clauses[k+1].j <= to && m.plain(c) <= 4 && m.promised(k+1) {
			seen = true
			i = e
			continue
		}
		return false
	}
	return seen && !m.tried(from, to) && !m.consumed(from, to) && m.track.Value == ""
}

// sentAway reports that samples went off, by a verb of sending with its direction and how many: 快递过去2箱样品.
func (m *message) sentAway(from, to int) bool {
	for i := from; i < to; i++ {
		e := m.any(i, "快递", "托运", "邮寄", "寄", "送", "发", "带", "捎", "拿", "运")
		if e < 0 || m.used[i] || m.denied(i) {
			continue
		}
		if e = m.any(e, "过去了", "过去", "去了", "走了", "出了", "出去"); e < 0 || !m.countFollows(e) && !startsNumber(m.at(m.blank(e))) {
			continue
		}
		k := m.clauseAt(i)
		c := m.clauses[k]
		if m.has(e, c.j, sampleNouns...) && m.pledgeIn(c) == "" && !m.planned(k, c) && !m.has(c.i, i, "要", "会", "再", "准备", "打算", "想", "能", "得", "尽快", "争取") && !m.before(c.j, "吗", "没", "么") {
			return true
		}
	}
	return false
}
