package parse

import (
	"cmp"
	"math/big"
	"slices"
	"strings"
	"time"
)

// contractByNumber reads 7号合同 as the customer's contract whose number ends in 7.
func (m *message) contractByNumber(f *Frame, p part) {
	if f.Contract.No != "" || f.Customer.ID == 0 {
		return
	}
	for i := p.i; i < p.j; i++ {
		if isDigit(m.at(i-1)) || isChineseDigit(m.at(i-1)) || m.used[i] {
			continue
		}
		n, e, ok := m.integer(i, 100000)
		if !ok || m.any(e, "号合同", "号的合同", "号那个合同", "号那份合同", "那个合同", "那份合同", "这个合同", "这份合同", "合同", "号单") < 0 && !(m.before(i, "合同", "合同号", "合同编号") && (m.any(e, "号") > 0 || e-i >= 2 && (e == len(m.r) || !isHan(m.r[e]) || m.used[e] || e-i >= 3))) {
			continue
		}
		for _, c := range m.x.contractsOf(f.Customer.ID) {
			tail := contractKey(c.No)
			k := len(tail)
			for k > 0 && tail[k-1] >= '0' && tail[k-1] <= '9' {
				k--
			}
			if _, serial, ok := strings.Cut(c.No, "-"); ok {
				tail, k = serial, 0
			}
			if v, ok := new(big.Int).SetString(tail[k:], 10); ok && v.Int64() == n {
				f.Contract = ContractRef{ID: c.ID, No: c.No, Why: m.why(i, e+1)}
				return
			}
		}
	}
}

// ofContract reports that what looks like a day is a contract's number: 合同26号.
func (m *message) ofContract(i, j int) bool {
	return m.before(i, "合同", "合同号", "合同编号") && m.at(j-1) == '号' && (j >= len(m.r) || !isHan(m.r[j]) || m.any(j, "的", "那", "款") > 0)
}

// quantities gives the counts of a part what they count.
func (m *message) quantities(f *Frame, p part) {
	for _, h := range m.counts {
		if h.i < p.i || h.i >= p.j {
			continue
		}
		q := h.q
		if m.loadOf(h) || f.Kind != KindComplaint && m.turnover(h) || m.hypothetical(h.clause) && (f.Kind != KindQuote || m.any(h.j, "以上", "及以上", "起", "往上") > 0) {
			continue
		}
		if f.Kind == KindVisit && len(m.counts) > 1 && m.before(h.i, "先来", "先送", "先发", "先要", "首批", "第一批", "先交") && m.has(p.i, h.i, "分两批", "分批", "分三批", "分几批", "分2批", "分3批", "分次") {
			continue // 80台,分两批,先来30台
		}
		if f.Kind == KindVisit && m.denied(h.i) && m.before(h.i, "要", "订", "拿", "买", "进", "加", "定") {
			continue // 没有要500只
		}
		if f.Kind != KindComplaint && (m.goneCount(h) || m.refusedCount(h)) {
			continue
		}
		if f.Kind == KindComplaint {
			q.Of = m.countOf(h)
		}
		if len(f.Products) > 1 {
			q.Product = m.counted(h)
		}
		f.Quantities = append(f.Quantities, q)
	}
	f.Quantities = shared(f.Quantities)
	if f.Kind == KindComplaint {
		m.faulty(f, p)
		m.portioned(f, p)
	}
	if f.Kind != KindComplaint && len(f.Quantities) == 1 {
		f.Quantities[0].Product = 0
	}
}

// loadOf reports a load that another count says the size of: 最后一车山茶油八十桶.
func (m *message) loadOf(h countHit) bool {
	if h.q.Value != "1" || m.at(h.i) != '一' {
		return false
	}
	switch h.q.Unit {
	case "车", "批", "托", "板", "份", "头", "提":
		return slices.ContainsFunc(m.counts, func(o countHit) bool { return o.i > h.j && o.clause == h.clause })
	}
	return false
}

// goneCount reports a count of what was had before: 上个月拿的两百把卖完了.
func (m *message) goneCount(h countHit) bool {
	return m.any(m.blank(h.j), "卖完", "卖光", "用完", "用光", "卖得差不多", "消化完", "快没了", "快卖完", "快用完", "都卖", "已经卖") > 0 || m.before(h.i, "走了", "卖了", "用了", "卖掉", "出了", "卖出", "动了", "消化了", "用掉") && len(m.counts) > 1 ||
		m.before(h.i, "拿的", "进的", "买的", "订的", "上次的", "上回的", "剩的", "剩下", "库存还有", "还有") && len(m.counts) > 1 ||
		m.before(h.i, "还剩", "库存", "还剩下", "只剩", "还压", "压了", "压着", "积压", "积压了", "囤了", "剩了")
}

// refusedCount reports a count of what is not wanted, or not any more, beside one of what is: 两百箱先不要,先来80箱.
func (m *message) refusedCount(h countHit) bool {
	return len(m.counts) > 1 && m.any(m.blank(h.j), "先不要", "不要了", "不要", "先不订", "不订了", "不订", "先不拿", "不拿了", "太多", "多了", "要不了", "用不了", "吃不下", "先不上", "取消", "先放放", "先缓缓", "先不进", "暂时不要", "暂不要") > 0
}

// countOf tells what went wrong with the things counted.
func (m *message) countOf(h countHit) QuantityOf {
	c := m.clauses[h.clause]
	start, end := c.i, min(c.j, h.j+8) // up to the counts beside it
	for _, o := range m.counts {
		if o.i < h.i && o.j > start {
			start = o.j
		}
		if o.i > h.i && o.i < end {
			end = o.i
		}
	}
	in := func(i, j int) QuantityOf {
		switch {
		case m.says(i, j, "泄漏", "滴漏", "渗油", "渗水", "漏水", "漏气", "漏电", "黑屏", "白屏", "闪屏"):
			return OfDefect
		case m.broken(i, j) >= 0:
			return OfDefect
		case m.says(i, j, damageWords...):
			return OfDamage
		case m.says(i, j, defectWords...):
			return OfDefect
		case m.says(i, j, "少", "缺", "短", "没收到", "漏发", "没到", "差"):
			return OfShortage
		}
		for k := i; k < j; k++ {
			if m.used[k] || m.denied(k) && !m.soon(k) {
				continue
			}
			switch m.troubleAt(k, j) {
			case IssueFault, IssueQuality:
				return OfDefect
			case IssueDamage:
				return OfDamage
			}
		}
		return ""
	}
	if m.spoiltBefore(start, h.i) {
		return OfDamage
	}
	if m.cameShort(h.i) {
		return OfShortage
	}
	if m.any(m.blank(h.j), "都到了", "到了", "全到了", "到货了", "都收到") > 0 {
		return OfBatch
	}
	if m.any(m.back(h.i, "的", "有")-2, "缺角", "缺口", "缺边") > 0 {
		return OfDamage
	}
	if m.before(h.i, "漏了", "漏", "落了", "落下") && m.has(h.j, c.j, "没装", "没发", "没送", "没放", "没带") {
		return OfShortage
	}
	if m.before(h.i, "有") && m.any(h.j, "里面有", "里有", "上有", "上面有", "里头有") > 0 {
		return OfDefect
	}
	if m.before(h.i, "整批", "这一批", "全批", "整车", "一整批", "那批一共", "这批一共") {
		return OfBatch
	}
	if m.before(h.i, "少送了", "少送", "少了", "少", "缺", "缺了", "短少", "短了", "少发", "少发了", "漏发", "漏发了", "少配", "漏配", "少装", "漏装", "差", "差了", "短缺", "还差", "没收到") {
		return OfShortage
	}
	if m.has(max(start, h.i-8), h.i, "少配", "漏配", "少装", "漏装", "少带", "漏带", "少附") {
		return OfShortage
	}
	if of := in(h.j, end); of != "" && m.any(h.j, "里", "中", "当中", "里面") < 0 {
		return of
	}
	if of := in(max(start, h.i-6), h.i); of != "" {
		return of
	}
	if h.clause > 0 && (m.plain(c) <= h.j-h.i+1 || m.before(h.i, "一共", "总共", "共", "共计", "合计") && m.plain(c) <= h.j-h.i+3) {
		b := m.clauses[h.clause-1]
		if of := in(b.i, b.j); of != "" {
			return of // 切削液有沉淀,5桶
		}
	}
	behind := h.j // 那批300把角磨机里头
	for _, p := range m.prods {
		if p.i == m.blank(h.j) {
			behind = p.j
		}
	}
	if m.has(c.i, h.i, batchWords...) || m.before(h.i, "那批", "这批", "批", "批的") || m.any(behind, "里", "中", "当中", "里面") > 0 {
		return OfBatch
	}
	return in(start, end)
}

var (
	damageWords = words("破 胀 碎 压 变形 漏 摔 烂 磕 裂 瘪 湿 断 凹 划")
	defectWords = words("沉淀 划痕 气泡 裂纹 异响 噪音 变色 不良 不合格 坏 有问题 次品 变质 过期 生锈 锈 异味 发霉 霉 故障 不亮 报错 尺寸 毛刺 不能用 用不了 死机 不转 发黄 发黑 酸 臭 结块 杂质 色差 失灵 卡 重启 开不 松动 不准 没反应 不达标")
	batchWords  = words("这批 整批 一共 总共 送了 到货 发了 收了 订了 买的 进的 到了 收到 送来 发来 送的 发的 进了 买了 一批 到的 订的")
)

// counted is the product a count belongs to: the one right behind it, else the one before it.
func (m *message) counted(h countHit) ID {
	var best ID
	gap := 1 << 20
	for _, p := range m.prods {
		d := h.i - p.j
		if d < 0 {
			if d = p.i - h.j; d > 1 && m.countSoon(p.j) {
				continue // 退我十箱再补|苏打饼二十箱
			}
		}
		if d >= 0 && d < gap && m.clauseAt(p.i) == h.clause {
			best, gap = p.ref.ID, d
		}
	}
	return best
}

var objectionWords = []struct {
	kind  ObjectionType
	words []string
}{
	{ObjectPrice, words("嫌贵 太贵 贵了 价格高 价格偏高 偏贵 价高 有点贵 价格贵 觉得贵 报价高 价格太高 要降价 要求降价 压价 砍价 价格没优势 单价高 价格降 还是贵 贵 高了 价格压 便宜点 再便宜 价格下不来 降价")},
	{ObjectBudget, words("没经费 没有经费 没资金 经费用完 经费砍 经费被砍 没有钱买 没钱买 没批下来预算 预算用完 预算已经用完 预算花完 预算已经花 预算不够 预算不足 没预算 没有预算 预算没批 预算还没 预算没有 预算紧 预算有限 预算被砍 超预算 预算超 资金紧张 没钱 预算砍 经费要 经费没 经费还 预算卡 预算要 预算得 经费不足 经费紧张 经费不够 预算只有")},
	{ObjectDelivery, words("等不起 交期太长 交期长 交期慢 交货慢 交货期 发货慢 等不了 交期太久 货期长 货期 来不及 交期 供货慢 到货慢 等太久")},
	{ObjectQuality, words("质量担心 担心质量 质量不稳 不稳定 怕质量 质量不放心 精度不够 怕不耐用 质量一般 质量不行 担心精度 质量差 不耐用 担心稳定 怕不稳定 质量")},
	{ObjectService, words("售后慢 服务慢 服务跟不上 响应慢 售后不行 售后差 担心售后 服务不好 没人管 售后没保障 怕售后 售后 服务差")},
}

// objections reads what the customer holds against buying, with the percentage said for it.
func (m *message) objections(from, to int) []Objection {
	var out []Objection
	for k, c := range m.clauses {
		if c.i < from || c.i >= to {
			continue
		}
		for _, o := range objectionWords {
			i := m.find(c.i, c.j, o.words...)
			if i < 0 && o.kind == ObjectPrice {
				i = m.dear(c)
			}
			if i < 0 || !m.free(i, i+1) || !m.held(c, i, o.kind) {
				continue
			}
			b := Objection{Type: o.kind, Text: strings.TrimSpace(m.cut(m.afterReport(c.i, i), c.j)), Why: m.why(i, c.j)}
			for _, r := range m.rates {
				if !r.fold && (r.clause == k || r.clause == k+1 && (r.i-c.j <= 1 || m.has(c.j, r.i, "高出", "贵出", "贵了", "高了", "超出", "多出", "差") && r.i-c.j <= 6 || m.has(c.j, r.i, "比") && m.before(r.i, "高", "贵", "高了", "贵了", "高出", "贵出", "多", "高个", "贵个") && r.i-c.j <= 12)) && b.Percent == "" && o.kind == ObjectPrice {
					b.Percent = decimalText(r.v)
				}
			}
			out = append(out, b)
			break
		}
		if i := m.priceLoose(c); i >= 0 && !slices.ContainsFunc(out, func(o Objection) bool { return o.Type == ObjectPrice }) {
			out = append(out, Objection{Type: ObjectPrice, Text: strings.TrimSpace(m.cut(c.i, c.j)), Why: m.why(i, c.j)})
		}
		if i := m.budgetWaits(c); i >= 0 && !slices.ContainsFunc(out, func(o Objection) bool { return o.Type == ObjectBudget }) {
			out = append(out, Objection{Type: ObjectBudget, Text: strings.TrimSpace(m.cut(c.i, c.j)), Why: m.why(i, c.j)})
		}
		put := func(kind ObjectionType, i int) {
			if i >= 0 && !slices.ContainsFunc(out, func(o Objection) bool { return o.Type == kind }) {
				out = append(out, Objection{Type: kind, Text: strings.TrimSpace(m.cut(c.i, c.j)), Why: m.why(i, c.j)})
			}
		}
		if i := m.cheaperBy(k, c); i >= 0 && !slices.ContainsFunc(out, func(o Objection) bool { return o.Type == ObjectPrice }) {
			out = append(out, Objection{Type: ObjectPrice, Percent: decimalText(m.rates[i].v), Text: strings.TrimSpace(m.cut(c.i, c.j)), Why: m.why(m.rates[i].i, m.rates[i].j)})
		}
		if i := m.tooMuchFor(c); i >= 0 && !slices.ContainsFunc(out, func(o Objection) bool { return o.Type == ObjectPrice }) {
			b := Objection{Type: ObjectPrice, Text: strings.TrimSpace(m.cut(c.i, c.j)), Why: m.why(i, c.j)}
			for _, r := range m.rates {
				if r.clause == k && !r.fold {
					b.Percent = decimalText(r.v)
				}
			}
			out = append(out, b)
		}
		told := len(out)
		put(m.lacking(c))
		put(m.worried(c))
		if len(out) == told {
			put(ObjectQuality, m.doubted(c))
		}
		if len(out) == told {
			put(ObjectBudget, m.noQuota(c))
		}
		if len(out) == told && told == 0 {
			put(ObjectQuality, m.picky(c))
		}
	}
	slices.SortStableFunc(out, func(a, b Objection) int { return cmp.Compare(b.Percent, a.Percent) }) // the one with a figure first
	return out
}

// afterReport is where between start and i what was done ends, when a blank parts it from what was said of it: 聊了生化仪|嫌贵.
func (m *message) afterReport(start, i int) int {
	from := m.blank(start)
	for k := i - 1; k > from; k-- {
		if m.r[k] == ' ' && m.any(from, "聊", "谈", "介绍", "演示", "讲", "看了", "试了", "送了", "做了", "展示", "汇报", "交流") > 0 {
			return k + 1
		}
	}
	return start
}

// dear finds a price that is said to be high: 单价偏高, 价格还是有点高.
func (m *message) dear(c clause) int {
	i := m.find(c.i, c.j, "价", "费用", "成本", "进场费", "维保费", "服务费", "运费", "安装费", "耗材费", "培训费", "试剂费")
	if i < 0 {
		i = m.find(c.i, c.j, "高出", "高了", "贵出")
		k := m.clauseAt(c.i)
		if i >= 0 && k > 0 && m.has(m.clauses[k-1].i, m.clauses[k-1].j, "价") && m.rateAt(m.blank(i+2)) {
			return i // 价格上咬着不放,说高出一成
		}
		if i = m.find(c.i, c.j, "高"); i >= 0 && k > 0 && m.before(m.unblank(c.i), "价", "价钱", "价格", "报价", "单价") && m.rateAt(m.blank(i+1)) {
			return i // 价钱|他说比别家高两成
		}
		return -1
	}
	for k := i + 1; k < min(c.j, i+9); k++ {
		if m.r[k] == '高' && m.any(k, "高钙", "高中", "高速", "高校", "高管", "高低") < 0 && !m.denied(k) {
			return k
		}
	}
	return -1
}

// held tells an objection from a mere mention: 不贵, 交期45天, 贵司.
func (m *message) held(c clause, i int, kind ObjectionType) bool {
	if m.before(i, "没有", "没有说", "没有嫌", "不是") && m.any(i, "没", "不") < 0 {
		return false
	}
	if kind == ObjectPrice && m.theyDear(c) {
		return false
	}
	if m.before(i, "不", "没嫌", "不嫌", "没", "不算", "不会", "没说") && m.any(i, "没", "不") < 0 || m.any(i, "贵司", "贵公司", "贵院", "贵方", "贵校", "贵厂", "贵州", "贵阳") > 0 || m.rivalIn(c) && m.any(i, "贵", "高了", "嫌贵", "太贵", "觉得贵", "偏贵", "有点贵") < 0 {
		return false
	}
	neg := m.has(c.i, c.j, "慢", "长", "久", "差", "担心", "怕", "不放心", "不满", "不行", "不够", "跟不上", "等不", "不及", "不稳", "一般", "没保障", "没人管", "顾虑", "太", "接受不了", "要等", "用完", "花完", "没批", "才批", "才能批", "才下来", "批不", "紧", "没有", "没预算", "没经费", "没资金", "还没", "不足", "砍", "超", "只有", "有限", "没钱", "卡", "嫌")
	if kind == ObjectBudget && m.sumIn(c.i, c.j) && !m.has(c.i, c.j, "不够", "不足", "没", "砍", "紧", "超") {
		return false
	}
	switch kind {
	case ObjectDelivery, ObjectQuality, ObjectService, ObjectBudget:
		return neg
	}
	return true
}

var needWords = words("想 希望 需要 下一步 接下来 下阶段 打算 计划 考虑 要 试 感兴趣 换成 最好 能不能 增加 关心 关注 看重 建议 求")

// needs reads what the customer wants next, in his words.
func (m *message) needs(from, to int) []Need {
	var out []Need
	for _, c := range m.clauses {
		if c.i < from || c.i >= to || !m.has(c.i, c.j, needWords...) && !m.stepNext(c) || m.has(c.i, c.j, "不需要", "不想", "不要", "不用", "没啥要", "没什么要", "没兴趣", "不感兴趣") {
			continue
		}
		out = append(out, Need{Text: strings.TrimSpace(m.cut(c.i, c.j)), Why: m.why(c.i, c.j)})
	}
	return out
}

// stepNext reports that a clause names the step that comes next at the customer's: 转院内论证, 走内部评审.
func (m *message) stepNext(c clause) bool {
	for i := c.i; i < c.j; i++ {
		if m.used[i] || !strings.ContainsRune("转走进等上报提待", m.r[i]) {
			continue
		}
		e := m.opt(i+1, "到", "入", "院内", "校内", "厂内", "院里", "校里", "厂里", "内部", "公司")
		if m.any(m.opt(e, "院内", "校内", "厂内", "院里", "内部", "的"), "论证", "评审", "评标", "招标", "签", "审批", "立项", "流程", "比价", "采购", "供应商名录", "名录", "合格供方", "供方", "短名单", "目录", "系统", "试点", "议价", "商务", "合同", "谈判", "院长办公会", "校务会", "办公会", "党委会") > 0 {
			return true
		}
	}
	return false
}

// discount is the percent of the price: 打九五折, 降5个点.
func (m *message) discount(from, to int) Rate {
	for _, r := range m.rates {
		if r.i < from || r.i >= to {
			continue
		}
		c := m.clauses[r.clause]
		why := m.why(r.i, r.j)
		if m.hypothetical(r.clause) && !m.has(c.i, r.i, "报", "已", "给了", "打了") {
			continue
		}
		if m.has(c.i, r.i, "能不能", "可不可以", "能否", "行不行", "打听") && !m.has(c.i, r.i, "报了", "已经", "给了") {
			continue // 问能不能九折
		}
		if m.denied(r.i) || m.before(r.i, "第二件", "第二份", "第2件") {
			continue
		}
		if r.fold {
			return Rate{decimalText(r.v), why}
		}
		if m.has(max(c.i, r.i-6), r.i, "降", "让", "优惠", "下浮", "下调", "让利", "再降", "降价", "少", "减") && r.v.Cmp(ratInt(100)) < 0 && r.v.Sign() > 0 {
			return Rate{decimalText(new(big.Rat).Sub(ratInt(100), r.v)), why}
		}
	}
	return Rate{}
}

// when is the time of the activity, payment or delivery.
func (m *message) when(p part, kind Kind) When {
	fine := slices.ContainsFunc(m.times, func(t timeHit) bool { return t.i >= p.i && t.i < p.j && t.grain >= grainXun && !t.due.IsZero() })
	for _, t := range m.times {
		if kind == KindPayment && fine && t.grain < grainXun && t.form == formPoint && !t.inside {
			continue // 去年196号合同的尾款今早进的账
		}
		if t.i < p.i || t.i >= p.j || t.form == formLast || t.form == formWithin && kind != KindPayment {
			continue
		}
		if kind == KindPayment && (t.start.Equal(m.now) && t.end.Equal(m.now) || t.grain < grainDay && t.form == formPoint && m.any(t.j, "的货款", "的款", "的账", "的尾款", "份的", "那批", "的那", "的试剂款", "的设备款", "的账款", "的材料款", "的期款", "的进度款", "的月结", "货款", "尾款", "余款", "的欠", "欠款", "那笔") > 0 || t.grain < grainDay && t.form == formPoint && m.countFollows(t.j)) {
			continue // 拖到现在, 上个月的货款清了
		}
		if kind == KindPayment && t.grain < grainDay && t.due.After(m.now) && m.has(p.i, p.j, "已全部", "全部入账", "全部到账", "已入账", "已到账", "都到账了", "都到了") {
			continue // 本月回款合计8.64万,已全部入账
		}
		c := m.clauses[t.clause]
		future := m.isFuture(t)
		switch {
		case kind == KindPayment:
			if m.otherMoney(p, t) {
				continue
			}
			w := m.dueOf(t)
			if t.due.IsZero() {
				continue
			}
			return w
		case t.start.Equal(m.now) && t.end.Equal(m.now), c.tense == TenseFuture && t.grain == grainDay && !m.has(t.i, t.j, "今天", "今日"):
			continue
		case future, t.form != formPoint || t.grain < grainDay, kind == KindPromise:
			continue
		case c.tense == TenseFuture && !sameDay(t.start, m.now) && t.start.After(m.now):
			continue
		}
		w := When{Start: t.start, HasTime: t.grain == grainClock, Why: m.why(t.i, t.j)}
		w.Why.Rule = m.timeRule(t)
		if !w.HasTime {
			w.Start = midnight(t.start)
		}
		return w
	}
	if kind == KindVisit {
		return m.sameOuting(p)
	}
	return When{}
}

func (m *message) isFuture(t timeHit) bool {
	return !t.start.Before(midnight(m.now).AddDate(0, 0, 1)) || t.form == formBefore
}

func sameDay(a, b time.Time) bool { return midnight(a).Equal(midnight(b)) }
