package parse

import (
	"math/big"
	"slices"
	"strings"
)

// halfMore is the end of the 半 right behind a unit that adds half of it: 两吨半, not 三台半自动; -1 for none.
func (t *text) halfMore(j int) int {
	if t.at(j) != '半' || t.any(j+1, "自动", "年", "天", "个", "价", "成", "月", "夜", "路", "小时", "径", "导体", "数", "生", "岁", "点") > 0 {
		return -1
	}
	return j + 1
}

// tenthMore reads the tenth said behind a unit of weight: 4吨|8, 两吨|三.
func (t *text) tenthMore(j int, unit string) (tenth int64, end int) {
	if unit != "吨" {
		return 0, -1
	}
	if c := t.at(j); isDigit(c) && !isDigit(t.at(j+1)) && t.at(j+1) != '.' && !t.countable(j+1) && t.any(j+1, "月", "号", "点", "日", "周", "折", "成", "元", "块", "万", "千") < 0 {
		return int64(c - '0'), j + 1
	}
	if d, ok := t.digitAt(j); ok && !isChineseDigit(t.at(j+1)) && !isHan(t.at(j+1)) {
		return d, j + 1
	}
	return 0, -1
}

// priceOfOne reads 九千一台 as 9000 for one: nobody counts 9100 things so.
func (t *text) priceOfOne(i int) (money, bool) {
	if isChineseDigit(t.at(i-1)) || isWord(t.at(i-1)) || !isChineseDigit(t.at(i)) {
		return money{}, false
	}
	n, ok := t.num(i)
	if !ok || n.arabic || n.hi != nil || n.j-i < 3 || t.at(n.j-1) != '一' || t.any(n.j, goods...) < 0 {
		return money{}, false
	}
	unit := unitValues[t.at(n.j-2)]
	if unit < 100 {
		return money{}, false
	}
	return money{i: i, j: n.j - 1, v: new(big.Rat).Sub(n.v, ratInt(unit/10)), currency: "CNY"}, true
}

// rangeOfOne reads the bare range of a price for one: 380到390一桶, 9.5-9.8元/公斤 is read elsewhere.
func (t *text) rangeOfOne(i int) (money, bool) {
	if isChineseDigit(t.at(i-1)) || isWord(t.at(i-1)) || t.at(i-1) == '.' || t.at(i-1) == '-' {
		return money{}, false
	}
	a, ok := t.num(i)
	if !ok || a.hi != nil || a.v.Sign() <= 0 {
		return money{}, false
	}
	j := t.any(a.j, "到", "至", "-", "~")
	b, ok := t.num(j)
	if j < 0 || !ok || b.hi != nil || a.v.Cmp(b.v) >= 0 || !t.perUnitBehind(b.j) {
		return money{}, false
	}
	return money{i: i, j: b.j, min: a.v, max: b.v, currency: "CNY"}, true
}

// shared drops the counts into which the first one is parted: 要两台,一台放检验科一台放手术室.
func shared(counts []Quantity) []Quantity {
	if len(counts) < 3 {
		return counts
	}
	whole, ok := new(big.Rat).SetString(counts[0].Value)
	if !ok {
		return counts
	}
	sum := new(big.Rat)
	for _, q := range counts[1:] {
		v, ok := new(big.Rat).SetString(q.Value)
		if !ok || q.Unit != counts[0].Unit || q.Of != counts[0].Of {
			return counts
		}
		sum.Add(sum, v)
	}
	if sum.Cmp(whole) != 0 {
		return counts
	}
	return counts[:1]
}

// oneLump reports that the 一块 at i is money and no 一起: 每箱一块, 便宜了一块五, not 摆一块比.
func (t *text) oneLump(i int) bool {
	k := i + 2
	if c := t.at(k); isChineseDigit(c) || isDigit(c) || c == '半' || c == '/' {
		return true
	}
	return t.any(k, "钱", "每", "左右", "上下", "多", "出头", "以内", "以下", "一") > 0 ||
		t.before(i, "便宜", "便宜了", "贵", "贵了", "差", "差了", "降", "降了", "涨", "涨了", "减", "减了", "加", "少", "多", "才", "只要", "价", "单价", "卖", "卖到", "到", "报", "报了", "省", "让", "让了", "赚", "低", "高", "收", "付", "给", "要") ||
		t.eachBefore(i)
}

// faulty gives the things that a complaint counts by 有 what is wrong with them all: 有两箱滑丝.
func (m *message) faulty(f *Frame, p part) {
	of := map[Issue]QuantityOf{IssueFault: OfDefect, IssueQuality: OfDefect, IssueDamage: OfDamage}[m.issue(p.i, p.j)]
	for _, h := range m.counts {
		for k := range f.Quantities {
			q := &f.Quantities[k]
			if q.Why.Start == h.q.Why.Start && q.Of == "" && of != "" && h.i >= p.i && h.j < p.j && m.before(h.i, "有", "里有", "其中", "里头有") && (isHan(m.at(h.j)) || m.before(h.i, "里有", "里头有", "其中")) && !m.isProduct(h.j) {
				q.Of = of
			}
		}
	}
}

// paperBehind reports that what is counted from j on is paper about a product: 一份|尿机彩页.
func (m *message) paperBehind(j int) bool {
	return m.has(j, min(len(m.r), j+10), "彩页", "资料", "报价", "方案", "合同", "注册证", "说明书", "手册", "样本", "参数", "检测报告", "证书", "标书", "单页", "目录", "图纸", "清单", "协议")
}

// mended drops the counts and sums that their speaker takes back at once: 要两万支,不对,是两吨.
func (m *message) mended() {
	m.takeBack()
	for k := 0; k+1 < len(m.counts); k++ {
		if a, b := m.counts[k], m.counts[k+1]; m.misspoken(a.j, b.i) || a.clause == b.clause && b.i-a.j <= 6 && m.before(a.i, "从", "由") && m.before(b.i, "到", "成", "至") {
			m.counts = slices.Delete(m.counts, k, k+1)
			k--
		}
	}
	m.counts = slices.DeleteFunc(m.counts, func(h countHit) bool { return m.ofBefore(h.j) })
	for k := 0; k+2 < len(m.times); k++ { // 下周五给答复,不是下周五,是下周四
		a, b, c := m.times[k], m.times[k+1], m.times[k+2]
		if a.start.Equal(b.start) && m.before(b.i, "不是") && m.before(c.i, "是") && !m.before(c.i, "不是") && c.i-b.j <= 2 {
			c.i, c.clause = a.i, a.clause
			m.times[k] = c
			m.times[k].j = a.j
			m.times = slices.Delete(m.times, k+1, k+3)
		}
	}
	for k := 0; k+1 < len(m.times); k++ {
		if m.shouldBe(m.times[k].j, m.times[k+1].i) {
			for i := m.times[k].i; i < m.times[k+1].i; i++ {
				if !m.inTime(i, i+1) {
					m.r[i] = ' '
				}
			}
			m.times = slices.Delete(m.times, k, k+1)
			k--
			continue
		}
		if m.misspoken(m.times[k].j, m.times[k+1].i) {
			m.times = slices.Delete(m.times, k, k+1)
			k--
		}
	}
	for k := 0; k+1 < len(m.sums); k++ {
		a, b := m.sums[k], m.sums[k+1]
		if m.misspoken(a.j, b.i) { // the first one's place says what it is
			m.sums[k+1].i, m.sums[k+1].clause = a.i, a.clause
			m.sums = slices.Delete(m.sums, k, k+1)
			k--
			continue
		}
		if (m.before(a.i, "从", "由") || m.any(a.i, "从", "由") > 0) && a.clause == b.clause && b.i-a.j <= 6 && m.before(b.i, "到", "成", "至") {
			m.sums = slices.Delete(m.sums, k, k+1)
			k--
		}
	}
}

// misspoken reports that nothing but a slip of the tongue stands between i and j: 不对,是.
func (m *message) misspoken(i, j int) bool {
	for i < j && (m.used[i] || m.at(i) == '的') {
		i++
	}
	if j-i > 12 || m.has(i, j, "不是") && !m.has(i, j, "哦不是", "啊不是") {
		return false
	}
	return m.takenBack(i, j)
}

// boundEnds finds a word for a bound that ends at i: where it begins, and 1 for 撑死 and the like, -1 for 至少; 0 for none.
func (m *message) boundEnds(i int) (from, bound int) {
	for k := max(0, i-6); k < i; k++ { // the longest one: 不超过, not 超过
		if j, b := m.boundBefore(k); j == i && b != 0 {
			return k, b
		}
	}
	return i, 0
}

// countSoon reports a count of its own right behind the product that ends at j.
func (m *message) countSoon(j int) bool {
	return slices.ContainsFunc(m.counts, func(h countHit) bool { return h.i >= j && h.i <= j+2 })
}

// boardsOf reports that the clause up to rune i speaks of boards or panels and of no price: 黑板失灵3块.
func (m *message) boardsOf(i, clause int) bool {
	c := m.clauses[clause]
	if m.has(c.i, c.j, "价", "报", "元", "钱", "卖", "便宜", "贵", "每", "差", "降", "优惠", "预算", "款", "费", "加") {
		return false
	}
	return slices.ContainsFunc(m.prods, func(p productHit) bool {
		return p.i >= c.i && p.j <= i && strings.ContainsAny(m.cut(p.i, p.j), "板屏表砖片")
	})
}

// productNear reports a product right behind a count: 3个球阀.
func (m *message) productNear(j int) bool {
	for _, p := range m.prods {
		if p.i >= j && p.i <= j+3 || p.j <= j && p.j >= j-6 {
			return true
		}
	}
	return false
}
