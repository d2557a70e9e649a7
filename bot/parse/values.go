package parse

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// findProducts reads products and competitors.
func (m *message) findProducts() {
	upper := strings.ToUpper(m.s)
	if len(upper) != len(m.s) {
		upper = m.s
	}
	lostP := goneProducts
	lostC := goneCompetitors
	for i := 0; i < len(m.r); i++ {
		if m.used[i] || m.r[i] == ' ' {
			continue
		}
		if w, _ := m.x.names(m.from(i), func(t *table) nameTable { return t.competitors }, lostC); w.runes > 0 && m.free(i, i+w.runes) {
			c := m.competitorName(w.keys[0].id)
			m.rivals = append(m.rivals, rivalHit{i, i + w.runes, CompetitorRef{ID: w.keys[0].id, Name: c, Why: m.why(i, i+w.runes)}})
			m.mark(i, i+w.runes)
			i += w.runes - 1
			continue
		}
		if isWord(m.r[i]) && isWord(m.at(i-1)) {
			continue
		}
		w, _ := m.x.names(upper[m.byteAt[i]:], func(t *table) nameTable { return t.products }, lostP)
		if w.runes == 0 || !m.free(i, i+w.runes) || isWord(m.r[i+w.runes-1]) && isWord(m.at(i+w.runes)) {
			continue
		}
		m.product(i, i+w.runes, w.keys)
		i += w.runes - 1
	}
	m.soundProducts()
	if len(m.rivals) == 0 {
		m.soundRivals()
	}
}

func (m *message) competitorName(id ID) string {
	for _, t := range m.x.tables() {
		for _, c := range t.master.Competitors {
			if c.ID == id {
				return c.Name
			}
		}
	}
	return ""
}

func (m *message) product(i, j int, keys []nameKey) {
	best := bestHow(keys)
	var ids []ID
	for _, k := range keys {
		if k.how == best || best <= howAlias && k.how <= howAlias {
			ids = append(ids, k.id)
		}
	}
	ids = idsOf(keysOf(ids))
	if len(ids) != 1 {
		return // several fit: the name alone tells nothing
	}
	if p, ok := m.x.Product(ids[0]); ok {
		if spec := specPart.FindString(tidyName(p.Name)); spec != "" && m.lit(j, spec) > 0 {
			j = m.lit(j, spec)
		}
	}
	h := productHit{i: i, j: j, ref: ProductRef{ID: ids[0], Fuzzy: best >= howPart, Why: m.why(i, j)}}
	if e := m.any(m.blank(j), "使用了", "已使用", "使用", "已用了", "已用", "用满了", "用满", "用了", "买了", "装了", "跑了", "用"); e > 0 {
		if l, ok := m.length(e); ok && l.unit >= month && m.any(m.opt(l.j, "了", "多", ",", " "), "想换", "要换", "该换", "得换", "准备换", "打算换", "想再", "要再", "还想", "还要") < 0 {
			h.past = true // BC-30用了5年
		}
	}
	for k := max(0, i-6); k < i; k++ {
		if m.any(k, "上次", "以前", "之前", "原来", "老的", "旧的", "去年买", "上回", "早先") > 0 && !m.has(k, i, ",", "。", ";") && !(m.any(k, "之前", "以前") > 0 && m.dayBefore(k)) {
			h.past = true
		}
	}
	m.prods = append(m.prods, h)
	m.mark(i, j)
}

// dayBefore reports that a day or hour ends at i, so that 之前 there is a deadline: 周六之前, 20号之前.
func (m *message) dayBefore(i int) bool {
	return i > 0 && strings.ContainsRune("一二三四五六日天号底末初午晚早点半月年节", m.r[i-1])
}

func keysOf(ids []ID) []nameKey {
	keys := make([]nameKey, len(ids))
	for i, id := range ids {
		keys[i].id = id
	}
	return keys
}

func (m *message) soundProducts() {
	lost := goneProducts
	for i := range m.r {
		if m.used[i] || !isHan(m.r[i]) {
			continue
		}
		w, _ := m.x.names(string(m.heard[i:min(len(m.heard), i+20)]), func(t *table) nameTable { return t.prodSounds }, lost)
		if w.runes >= 3 && m.free(i, i+w.runes) {
			for k := range w.keys {
				w.keys[k].how = howSound
			}
			m.product(i, i+w.runes, w.keys)
		}
		if w.runes == 2 && m.free(i, i+2) && len(m.hits) > 0 && m.halfHeard(i, w.keys) {
			m.product(i, i+2, w.keys)
		}
	}
	if len(m.prods) == 0 && len(m.hits) > 0 {
		m.slippedProduct()
	}
	if len(m.prods) == 0 && len(m.hits) > 0 {
		m.slippedShort()
	}
}

// slippedProduct finds a product of three characters and more of which one is written as another that sounds nearly the
// same: 切消液. It looks only where no product is named at all.
func (m *message) slippedProduct() {
	for n := 8; n >= 3; n-- {
		for i := 0; i+n <= len(m.r); i++ {
			if !m.free(i, i+n) || !m.allHan(i, i+n) {
				continue
			}
			for skip := i; skip < i+n; skip++ {
				if k, ok := m.slippedAt(i, i+n, skip); ok {
					m.product(i, i+n, []nameKey{{k.key, k.id, howSound}})
					return
				}
			}
		}
	}
}

// slippedAt is the product whose name the runes from i to j are but for the one at skip.
func (m *message) slippedAt(i, j, skip int) (nameKey, bool) {
	s := without(m.r[i:j], skip-i)
	for _, l := range m.x.tables() {
		for _, k := range l.slips()[s] {
			r := []rune(k.key)
			if len(r) >= 3 && len(r) == j-i && r[skip-i] != m.r[skip] && m.x.holds(l, goneProducts, k.id) && soundsNear(r[skip-i], m.r[skip]) {
				return k, true
			}
		}
	}
	return nameKey{}, false
}

// halfHeard reports that one of two characters is written right and the other only sounds alike: 求阀, 成汁.
func (m *message) halfHeard(i int, keys []nameKey) bool {
	ids := idsOf(keys)
	if len(ids) != 1 {
		return false
	}
	p, _ := m.x.Product(ids[0])
	for _, k := range productKeys(p) {
		if a := []rune(k.key); len(a) == 2 && (a[0] == m.r[i]) != (a[1] == m.r[i+1]) && sound(k.key) == sound(m.cut(i, i+2)) {
			for n := range keys {
				keys[n].how = howSound
			}
			return true
		}
	}
	return false
}

// findTimes reads the times of each clause in its tense.
func (m *message) findTimes(t text) {
	last := -1
	for k, c := range m.clauses {
		d := &dater{t: t, now: m.now, tense: c.tense, cal: m.cal}
		for i := max(c.i, last); i < c.j; i++ {
			if t.r[i] == '□' {
				continue
			}
			s, ok := d.stretch(i)
			if !ok || s.j <= i {
				if isDigit(t.at(i)) {
					for isDigit(t.at(i + 1)) {
						i++
					}
				}
				continue
			}
			if c.tense == TenseUnknown && s.form == formPoint && (s.monthDay && s.start.Sub(m.now) > 270*24*time.Hour || s.noDay && s.start.Day() != m.now.Day() || s.grain == grainPart && !s.fixed && s.start.After(m.now) && !sameDay(s.start, m.now) && m.any(s.i, "上午", "下午", "早上", "中午", "早晨", "清早", "一早", "傍晚", "晚上") > 0) {
				past := &dater{t: t, now: m.now, tense: TensePast, cal: m.cal} // 3月5日 just gone, 8点半 this morning
				if q, ok := past.stretch(i); ok {
					s = q
				}
			}
			if m.reportedNext(k, s) || m.wentOn(k, s) {
				past := &dater{t: t, now: m.now, tense: TensePast, cal: m.cal}
				if q, ok := past.stretch(i); ok {
					s = q
				}
			}
			if m.ofContract(s.i, s.j) {
				i = s.j - 1
				continue
			}
			if m.wantedToday(c, s) {
				past := &dater{t: t, now: m.now, tense: TensePast, cal: m.cal}
				if q, ok := past.stretch(i); ok {
					s = q
				}
			}
			m.times = append(m.times, timeHit{s, k})
			i, last = s.j-1, s.j
		}
	}
	m.joinClocks()
	m.sameDayOn()
	m.thatDay()
}

func (m *message) inTime(i, j int) bool {
	for _, t := range m.times {
		if i < t.j && t.i < j {
			return true
		}
	}
	return false
}

// goods are the units in which things are sold.
var goods = words("公斤 千克 平方米 平米 立方 毫升 箱 台 套 件 支 桶 瓶 把 只 盏 吨 斤 盒 包 袋 片 张 块 卷 捆 车 托 升 米 根 双 副 部 颗 粒 条 打 辆 组 个 罐 听 提 扎 板 樘 株 本 册 枚 具 份 批 头")

// findNumbers reads percentages, amounts of money and quantities outside names and times.
func (m *message) findNumbers(t text) {
	for i := 0; i < len(t.r); i++ {
		if t.r[i] == '□' || !moneyStarts.has(t.r[i]) || m.inTime(i, i+1) {
			continue
		}
		k := m.clauseAt(i)
		if p, ok := t.percent(i); ok {
			m.rates = append(m.rates, rateHit{p, k})
			i = p.j - 1
			continue
		}
		x, ok := t.priceOfOne(i)
		if !ok {
			x, ok = t.rangeOfOne(i)
		}
		if ok {
			if a, good := x.amount(); good {
				a.Why = m.why(x.i, x.j)
				m.sums = append(m.sums, sumHit{x, a, k})
			}
			i = x.j - 1
			continue
		}
		if j, ok := m.quantity(t, i, k); ok {
			i = j - 1
			continue
		}
		x, ok = t.money(i)
		if !ok {
			if x, ok = m.bareSum(t, i); ok && x.v != nil && x.v.Cmp(ratInt(100)) >= 0 {
				t.boundAfter(&x, 0) // 预算7千以内
			}
		}
		if ok && !x.marked && m.specOf(x) {
			i = x.j - 1
			continue // 40W护眼灯
		}
		if ok && !x.marked && m.measures(x.i) {
			i = x.j - 1
			continue // 门诊1万2
		}
		if ok && x.j > i && !m.inTime(x.i, x.j) {
			if a, good := x.amount(); good && !isUnit(t.at(x.j)) {
				a.Why = m.why(x.i, x.j)
				m.sums = append(m.sums, sumHit{x, a, k})
				i = x.j - 1
				continue
			}
			i = m.badSum(t, x) - 1
			continue
		}
		i = t.skipNumber(i) - 1
	}
}

// badSum notes an amount that is none, 壹万贰佰叁仟元 or one beyond all records, and gives the position behind it.
func (m *message) badSum(t text, x money) int {
	j, reason := x.j, "金额大得记不下"
	for isUnit(t.at(j)) || isChineseDigit(t.at(j)) {
		j, reason = j+1, "数字的写法对不上"
	}
	j = t.opt(j, "元整", "元", "块")
	if len(m.unclear) < 5 {
		m.unclear = append(m.unclear, Unclear{What: UnclearAmount, Frame: -1, Reason: reason, Why: m.why(x.i, j)})
	}
	return j
}

var bareSumWords = words("报价 单价 总价 金额 价格 合计 总计 预算 回款 到账 收款 共计 总额 报了 报的 报 才 只要 只卖 卖 给到 开价 要价 卖到 报到 降到 欠 还欠 欠款 付了 打了 转了 汇了 收了 结了 收到 尾款 货款 余款 定金 首付 付 打款 还剩 剩 打来 转来 给价 均价 现价 进价 批发价 零售价 出厂价 成交价 压到 谈到 转过来 打过来 汇过来 付过来 打进来 给我们转 给我们打 给我们汇 给我们付 给咱转 给咱打 给我转 给我打 欠的 剩的 剩下的 余下的 安排 支付 打我 转我 那笔 这笔 款 还差 进账 进帐 入账 总共 一共 共 统共 折后 折后价 优惠价 实收 应收 打包价")

// bareSum takes a number without a currency right behind 报价, 还欠, 才 and the like, or before 的尾款, 一台.
func (m *message) bareSum(t text, i int) (money, bool) {
	if !startsNumber(t.at(i)) || isWord(t.at(i-1)) || t.at(i-1) == '.' || isChineseDigit(t.at(i-1)) || t.at(i) == '-' {
		return money{}, false
	}
	n, ok := t.num(i)
	if !ok || n.v.Sign() <= 0 || t.countable(t.blank(n.j)) || t.any(n.j, "%", "折", "成", "-", "/0", "个点", "号") > 0 || t.at(n.j) == '分' && t.any(n.j+1, "钱") < 0 || isWord(t.at(n.j)) || !isDigit(t.at(n.j-1)) && n.v.Cmp(ratInt(100)) < 0 && !(n.j-n.i >= 2 && (m.gapBefore(i, n) || m.rivalAsks(i, n))) {
		return money{}, false
	}
	x := money{i: i, j: n.j, v: n.v, currency: "CNY", approx: n.approx}
	if n.hi != nil {
		x.v, x.min, x.max = nil, n.v, n.hi
	}
	k := i
	for k > 0 && strings.ContainsRune(" :是为了过到个去", t.r[k-1]) {
		k--
	}
	if b, bound := m.boundEnds(i); bound != 0 && n.hi == nil && n.v.Cmp(ratInt(10)) >= 0 && (m.eachBefore(m.unblank(b)) || n.v.Cmp(ratInt(100)) >= 0 && m.before(m.unblank(b), "差了", "差", "便宜", "便宜了", "贵", "贵了", "预算", "心理价", "价格", "总价", "报价", "单价", "手里", "手头", "经费", "资金", "钱")) {
		if x.v = nil; bound == 1 {
			x.max = n.v
		} else {
			x.min = n.v
		}
		x.i = b
		return x, true
	}
	thousand := n.v.Cmp(ratInt(1000)) >= 0
	if thousand && n.arabicTail(t) && t.alone(i, n.j) && len(m.prods) > 0 && m.has(0, i, "成交", "中标", "签了", "签下", "签约", "拿下", "敲定") {
		return x, true // 离心机成交,8200
	}
	if thousand && n.arabicTail(t) && t.alone(i, n.j) && len(m.counts) > 0 && len(m.rates) > 0 && m.has(0, i, "报", "给", "打了", "打的") {
		return x, true // 报螺栓一吨,降2个点,9600
	}
	if thousand && n.hi == nil && !isHan(t.at(i-1)) && m.plainEnd(n.j) && m.has(n.j, min(len(m.r), n.j+30), "这个价", "这价", "这个数") {
		return x, true // 42800!罗博就报这个价
	}
	if c := m.clauses[m.clauseAt(i)]; thousand && n.hi == nil && len(m.prods) > 0 && m.any(m.blank(c.i), "给到", "能给", "只给", "给", "只出", "能出", "出") == i && m.plainEnd(n.j) {
		return x, true // TD4要1台,给8500
	}
	if thousand && n.hi == nil && m.offered(i) {
		x.v, x.max = nil, n.v
		return x, true
	}
	if b := m.back(i, "将近", "近", "快", "差不多", "大概", "大约", "约", "至少", "起码", "足足", "整整", "小"); b < i && thousand && t.before(b, "便宜", "便宜了", "贵了", "低了", "高了", "差了", "低", "高", "差", "贵") && m.has(m.clauses[m.clauseAt(i)].i, b, "我们", "咱", "他们", "报", "价") {
		x.approx = true
		return x, true
	}
	if b := m.back(i, "给", "出", "花", "批", "拿", "掏", "就", "能", "只", "要", "是"); thousand && b < i && t.any(n.j, "以内", "之内", "以下", "封顶", "打底", "打住", "以里", "往下") > 0 {
		return x, true // 给7000以内
	}
	if thousand && n.arabicTail(t) && t.alone(i, n.j) && len(m.counts) > 0 && m.has(0, i, "合同", "签", "下单", "订单", "中标", "成交", "报的", "报了", "报给", "报价") {
		return x, true
	}
	if s := len(m.counts); thousand && n.arabicTail(t) && s > 0 && m.counts[s-1].j == i && m.plainEnd(n.j) && m.has(0, i, "合同", "签", "下单", "订单", "中标", "成交", "报", "订了", "要了") {
		return x, true // 两台17000
	}
	if thousand && n.arabicTail(t) && t.before(i, "又到了", "又来了", "又进了", "到了", "来了", "进了") && !t.countable(t.blank(n.j)) && m.plainEnd(n.j) {
		return x, true // 又到了17,280
	}
	if thousand && n.hi == nil && n.arabicTail(t) && m.plainEnd(n.j) && m.paidBare(i) {
		return x, true
	}
	switch {
	case n.hi == nil && (m.oursBeside(i, n) || m.multiplied(n.j) || n.v.Cmp(ratInt(100)) >= 0 && t.before(i, "=") && m.plainEnd(n.j)):
		return x, true
	case t.perUnitBehind(n.j), m.perUnitBefore(i), t.before(i, "便宜", "便宜了", "贵了", "低了", "高了", "便宜个", "差了"), m.gapBefore(i, n):
		return x, true
	case thousand && t.any(n.j, "到账", "到帐", "已到账", "进账", "入账", "到位", "打过来", "转过来", "汇过来", "付过来", "付清", "结清", "付了", "打了", "转了", "汇了", "结了", "打来", "转来", "汇来", "刚到", "已付", "已到", "收到", "收讫", "打进", "划过来", "划来", "清了", "回来了") > 0:
		return x, true
	case n.v.Cmp(ratInt(10)) >= 0 && t.before(i, "的价是", "价是", "价格是", "的价", "价为", "价钱是", "给的价是", "开的价是", "成本价", "促销价", "活动价", "供货价", "结算价", "团购价", "协议价") && n.hi == nil:
		return x, true
	case n.v.Cmp(ratInt(10)) >= 0 && m.pricedTo(i):
		return x, true
	case thousand && t.any(n.j, "给他", "给她", "给了他", "给的他", "给到他") > 0, thousand && t.before(i, "我给的", "我们给的", "咱给的", "给他的", "给的价"):
		return x, true
	case n.v.Cmp(ratInt(10)) >= 0 && m.pricedProduct(i):
		return x, true
	case n.v.Cmp(ratInt(10)) >= 0 && t.before(i, "按", "照", "按照") && t.any(n.j, "算", "给", "走", "供", "结", "报", "卖", "做", "开票") > 0:
		return x, true
	case thousand && t.before(i, "的") && m.payVerb(n.j, m.clauses[m.clauseAt(i)].j) >= 0:
		return x, true
	case thousand && m.paidIn(n.j):
		return x, true
	case thousand && t.before(i, "把", "将") && t.any(n.j, "付", "打", "转", "汇", "结") > 0:
		return x, true
	case thousand && t.any(n.j, "的尾款", "尾款", "的货款", "货款", "的款", "定金", "的定金", "的预付", "预付", "的余款", "款") > 0:
		return x, true
	case m.at(0) == '#' && t.alone(i, n.j) && n.v.Cmp(ratInt(100)) >= 0 && m.tag(0, "回款", "收款", "到账"):
		return x, true
	case t.before(i, "总共", "一共", "共", "统共") && !(thousand && m.has(0, len(m.r), "报", "价", "款", "元", "付", "钱", "折", "合同", "订单", "下浮", "下单", "下了单", "成交", "开单")):
		return money{}, false
	case n.v.Cmp(ratInt(10)) >= 0 && t.before(i, "做到", "让到", "批到", "调到", "还到", "砍到", "压到", "杀到") && (m.has(m.clauses[m.clauseAt(i)].i, i, "价", "一台", "一个", "一套") || slices.ContainsFunc(m.prods, func(p productHit) bool { return p.i >= m.clauses[m.clauseAt(i)].i && p.j <= i })):
		return x, true
	case len(m.rivals) > 0 && m.rivalAsks(i, n):
		return x, true
	case n.v.Cmp(ratInt(10)) >= 0 && t.at(i-1) == '价' && (len(m.prods) > 0 || len(m.rivals) > 0) && m.plainEnd(n.j) && !t.before(i, "评价", "代价", "定价", "讲价", "还价", "砍价", "谈价", "议价", "询价", "比价", "降价", "涨价", "物价"):
		return x, true // 到店价88
	case t.before(i, bareSumWords...), t.before(k, bareSumWords...), thousand && t.moneyLead(i):
		return x, (n.v.Cmp(ratInt(10)) >= 0 || t.before(k, "单价", "均价", "折后价", "出厂价", "批发价", "零售价", "进价")) && t.any(n.j, "/") < 0
	}
	return money{}, false
}

// arabicTail reports a number written in digits.
func (n number) arabicTail(t text) bool { return isDigit(t.at(n.j - 1)) }

// plainEnd reports that a thought ends at i.
func (m *message) plainEnd(i int) bool {
	i = m.blank(i)
	return i >= len(m.r) || !isHan(m.r[i]) && !isWord(m.r[i])
}

// pricedTo reports that a bare number stands right behind whom it was quoted to: 报史主任|310.
func (m *message) pricedTo(i int) bool {
	k := m.unblank(i)
	from := k
	for k > 0 && m.nameAt(k-1) {
		k--
	}
	for n := 2; n <= 5 && k == from && from-n >= 0; n++ { // nobody known
		if e, title, _ := m.titleAt(from - n + 1); e == from && title != "" && isSurname(m.at(from-n)) {
			k = from - n
		}
	}
	return k < from && m.before(k, "报", "报给", "报了")
}

// pricedProduct reports that a bare number stands right behind a product in a clause about prices: 报的角磨机295.
func (m *message) pricedProduct(i int) bool {
	for _, p := range m.prods {
		if p.j == i || p.j == i-1 && strings.ContainsRune(" 的:才是", m.at(i-1)) {
			c := m.clauses[m.clauseAt(i)]
			if n, ok := m.num(i); ok && n.v.Cmp(ratInt(1000)) >= 0 && m.has(n.j, c.j, "报价", "报了", "报给", "报过去") {
				return true
			}
			return len(m.rivals) > 0 && m.has(max(0, c.i-14), p.i, "价格单", "报价单", "价格表", "报价") || m.has(c.i, p.i, "报", "卖", "给到", "要价", "开价", "价格", "单价") || m.rivalIn(c) && (m.has(c.i, p.i, "给") || m.rivalsOwn(p)) && m.plainEnd(m.numEnd(i))
		}
	}
	return false
}

// moneyLead reports that what stands before i speaks of money, whatever particles are between: 欠着, 打了我们.
func (t *text) moneyLead(i int) bool {
	for _, w := range []string{" ", ":", "了", "着", "过", "的", "是", "为", "个", "去", "来", "共", "仅", "才", "就", "还", "有", "我们", "咱们", "我", "咱", "我司", "我厂", "我家", "大概", "差不多", "约", "先"} {
		for t.before(i, w) {
			i -= utf8.RuneCountInString(w)
		}
	}
	if i < 1 {
		return false
	}
	if t.before(i, "做到", "让到", "批到", "调到", "出到", "还到", "砍到", "谈到", "压到", "降到", "给到") {
		return true
	}
	return t.before(i, "款子", "支票", "汇票", "承兑", "票子") || strings.ContainsRune("价款额费金钱计账帐欠付汇收结", t.r[i-1]) && !t.before(i, "总结", "团结", "对账", "签收", "评价")
}

// perUnitBehind reads the 一台 of 1600一台.
func (t *text) perUnitBehind(i int) bool {
	j := t.any(t.blank(i), "一", "/", "每")
	return j > 0 && t.any(j, goods...) > 0
}
