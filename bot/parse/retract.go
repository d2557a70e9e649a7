package parse

import (
	"slices"
	"strings"
)

// What points to an earlier record, what says that it holds a slip, and what takes it away are read by how such words are
// built and not by lists of them: a word of before with a measure word, a verb of writing with 错, a verb of removing with 掉.

// pointerTail are what an earlier record is called.
var pointerTail = words("条记录 条消息 条信息 条 笔 单 份 则 项 句 段 个待办 个记录 个 次 记录 消息 信息 待办")

// pointerAt is the end of what points to an earlier record at i: 刚才那条, 前面发的那个, 上一条; -1 for none. A house is none: 刚才那家.
func (m *message) pointerAt(i int) int {
	e, near := i, false
	if k := m.any(e, "刚才", "刚刚", "方才", "刚", "头先", "啱啱", "之前", "上面", "前面", "早上", "上午", "昨天", "最近", "我"); k > 0 {
		e, near = k, true
		e = m.opt(e, "我")
		if k := m.any(e, "发", "录", "记", "报", "写", "说", "讲", "提", "填", "登", "建"); k > 0 && m.any(k, "的", "了的", "那", "上") > 0 {
			e = m.opt(m.opt(k, "了"), "的", "上")
			if m.any(e, "那", "这", "上") < 0 && m.any(e, pointerTail...) < 0 {
				return e // 刚发的
			}
		}
		e = m.opt(e, "的")
	}
	k := m.any(e, "那", "这", "上", "前")
	switch {
	case k > 0 && (near || m.any(e, "上面") < 0):
		e = m.opt(m.opt(k, "面", "边"), "一", "1")
		e = m.opt(e, "报价", "回款", "投诉", "拜访", "承诺", "样品", "竞品")
	case near:
	default:
		return -1
	}
	j := m.any(e, pointerTail...)
	if j < 0 || k < 0 && !near || m.any(j, "月", "年", "星期", "礼拜", "季", "周", "工作日", "小时", "人", "位", "医院", "店", "厂", "客户") > 0 {
		return -1
	}
	if m.any(e, "个", "次", "单", "份", "批") > 0 && m.any(j, "价", "客户", "位", "主任", "合同", "产品", "机", "样") > 0 {
		return -1
	}
	return j
}

// pointer is where the message points to an earlier record, -1 when it does not.
func (m *message) pointer() (i, j int) {
	for i := range m.r {
		if !m.used[i] {
			if j := m.pointerAt(i); j > 0 {
				return i, j
			}
		}
	}
	return -1, -1
}

const slipVerbs = "写记填说打报听看选搞弄输敲认点算标抄导挂归发传贴录念讲登提按数整加当归"

// slipAt is the end of words at i that tell of a slip in what was filed: 写岔了, 打反了, 口误; -1 for none.
func (m *message) slipAt(i int) int {
	if e := m.any(i, "口误", "笔误", "手误", "手滑", "手抖", "嘴瓢", "张冠李戴", "搞乌龙", "乌龙", "眼花", "有误", "不准确", "弄岔", "对不上号"); e > 0 {
		return m.opt(e, "了")
	}
	if e := m.any(i, "少", "多", "漏"); e > 0 && strings.ContainsRune("打写敲输报说记填录", m.at(e)) {
		if k := m.any(m.opt(m.opt(e+1, "了"), "一个", "两个", "个", "一", "两"), "零", "0", "位"); k > 0 {
			return k
		}
	}
	if e := m.any(m.any(i, "少了", "多了", "漏了"), "一个零", "个零", "一个0", "个0", "一位数", "一位"); e > 0 {
		return e
	}
	if strings.ContainsRune("写填录记输敲标打", m.at(i)) && m.any(i+1, "高", "低", "大", "小", "早", "晚") > 0 && m.any(i+2, "了") > 0 && !m.before(i, "标", "没") {
		return i + 3 // 写高了
	}
	if !strings.ContainsRune(slipVerbs, m.at(i)) || m.before(i, "不", "没", "别", "会", "怕", "他们", "财务", "仓库", "对方", "客户", "厂家", "厂里", "发票", "抬头") {
		return -1
	}
	e := m.any(m.opt(i+1, "得", "的"), "错", "岔", "反", "混", "串", "重", "漏", "颠倒", "劈叉")
	if e < 0 || m.any(e-1, "重点", "重要", "重量", "反馈", "反应", "反映", "混凝", "漏水", "漏液", "漏气", "漏油", "串货") > 0 || m.any(e, "货", "地址", "型号", "规格", "仓", "单价") > 0 {
		return -1
	}
	end := m.opt(e, "了", "啦")
	if m.at(i) == '发' && (m.before(i, "货", "批", "又", "少", "多") || end < len(m.r) && isHan(m.r[end]) && m.any(end, "群", "窗口", "人", "地方", "消息", "撤", "删", "麻烦", "帮") < 0) {
		return -1 // goods
	}
	return end
}

// slip reports that the message tells of a slip in what was filed.
func (m *message) slip() bool {
	for i := range m.r {
		if !m.used[i] && m.slipAt(i) > 0 {
			return true
		}
	}
	return false
}

// removalAt is the end of words at i that take a record away: 清掉, 撤下来, 当我没说; -1 for none.
func (m *message) removalAt(i int) int {
	if e := m.any(i, "作废", "取消", "注销", "忽略", "无视", "略过", "跳过", "不作数", "不做数", "不作准", "不算数", "不算", "无效", "失效", "当我没说", "当我没发", "当没说", "当没发", "当没有", "别记", "别录", "别算", "别入", "别存", "别管", "别理", "不用记", "不用录", "不用管", "不用理", "不要了", "不用了", "不要记", "不要录", "用不着记"); e > 0 {
		return e
	}
	if strings.ContainsRune("撤删清抹划去拿销移丢扔取", m.at(i)) {
		if e := m.any(i+1, "掉", "除", "回", "销", "下来", "下", "走", "了"); e > 0 {
			return e
		}
		if e := m.opt(i+1, "一下", "吧", "一", "个"); strings.ContainsRune("撤删", m.at(i)) && (e >= len(m.r) || !isHan(m.r[e])) {
			return e
		}
	}
	return -1
}

// retracts reports that the message takes an earlier record back: it points to one, or says that it was not meant to be
// sent, and takes it away.
func (m *message) retracts(rec *Record) bool {
	if rec == nil || len(m.r) > 40 || slices.ContainsFunc(m.hits, func(h customerHit) bool { return h.ref.ID != rec.Customer && !slices.Contains(h.ids, rec.Customer) }) {
		return false
	}
	if b := m.blank(0); m.any(m.opt(b, "先", "暂时", "这个", "那个"), "别录", "别记", "别存", "别入", "不要录", "不要记", "不用录", "不用记") > 0 {
		return true
	}
	i, j := m.pointer()
	astray := m.has(0, len(m.r), "误发", "发错", "发岔", "发重", "发漏", "手抖", "手滑", "误触", "误操作", "测试", "点错", "手误", "按错", "错群", "错窗口", "私人", "发错群", "发到这", "发错地方", "重复")
	if i < 0 && !astray {
		return false
	}
	for k := range m.r {
		if m.used[k] || m.removalAt(k) < 0 {
			continue
		}
		if i >= 0 && (k >= j || k < i && m.restOf(clause{i: m.removalAt(k), j: i}, m.removalAt(k)) <= 3) || astray {
			return !m.has(0, len(m.r), "改成", "改为", "改到", "应该是", "换成")
		}
	}
	return false
}

// slipped reports that the message opens with a slip of the pen in the last record, or is about nothing else, and that it
// speaks of no other customer than that record.
func (m *message) slipped(rec *Record) bool {
	if rec == nil || len(m.r) > 40 {
		return false
	}
	if slices.ContainsFunc(m.hits, func(h customerHit) bool { return h.ref.ID != rec.Customer && !slices.Contains(h.ids, rec.Customer) }) {
		return false
	}
	if m.writtenAs() || m.turnedInto(rec) {
		return true
	}
	c := m.clauses[0]
	for i := c.i; i < c.j; i++ {
		if !m.used[i] && m.slipAt(i) > 0 {
			return m.restOf(c, c.i) <= 12
		}
	}
	return false
}

// checked reports that a field of the last record was looked up again, with the value that holds: 价钱再核了下,是17万2.
func (m *message) checked(rec *Record) bool {
	if rec == nil || len(m.r) > 40 || len(m.hits) > 0 {
		return false
	}
	i, _ := m.pointer()
	if i < 0 && !m.has(0, len(m.r), "金额", "时间", "价格", "价钱", "单价", "总价", "报价", "数量", "数字", "日期", "交期", "联系人", "预算") {
		return false
	}
	if m.has(0, len(m.r), "说", "讲", "他", "她", "对方", "客户要") {
		return false // somebody else's news
	}
	return m.has(0, len(m.r), "更新", "更改", "订正", "修正", "错了", "不对", "改一下", "改下", "改个", "再改", "调一下", "变一下", "为准", "实际", "其实", "核了", "核对", "重新算", "再算", "算了下", "改回", "多记", "少记", "多算", "少算", "查了", "重算")
}

// shifted reports that the to-do filed last is put off or brought forward: 改期了,定在3月25号; 往后挪一天,下周三.
func (m *message) shifted(rec *Record) bool {
	if rec == nil || rec.Kind != KindPromise || len(m.r) > 40 || len(m.times) == 0 || slices.ContainsFunc(m.hits, func(h customerHit) bool { return h.ref.ID != rec.Customer }) {
		return false
	}
	for i := range m.r {
		if m.used[i] {
			continue
		}
		if e := m.any(i, "改期", "顺延", "推后", "推迟", "延期", "延后", "改约", "缓到", "往后", "往前", "提前到", "提早到", "拖到", "另定", "改天"); e > 0 && !m.denied(i) {
			return !m.before(i, "别", "能不能", "可不可以", "如果", "会")
		}
		if m.r[i] == '改' && m.inTime(i+1, i+2) || m.any(i, "提前", "提早") > 0 && m.pointsAt() {
			return !m.othersSay() && !m.has(0, len(m.r), "问", "能不能")
		}
		if strings.ContainsRune("放改挪换拖推延提调移", m.r[i]) && m.at(i+1) == '到' && m.inTime(m.blank(i+2), m.blank(i+2)+1) {
			return !m.has(0, len(m.r), "说", "问", "能不能")
		}
	}
	return false
}

// rehomed reports that the last record is said to belong to another customer: 客户应该挂恒达, 那条该记在新源名下.
func (m *message) rehomed(rec *Record) bool {
	if rec == nil || len(m.r) > 30 || len(m.hits) == 0 || len(m.sums)+len(m.counts)+len(m.times) > 0 {
		return false
	}
	if m.notHim(rec) {
		return true
	}
	h := m.hits[len(m.hits)-1]
	if h.ref.ID == rec.Customer {
		return false
	}
	if i, j := m.pointer(); i >= 0 && j < h.i && (h.j >= len(m.r) || !isHan(m.r[h.j]) || m.any(h.j, "的", "名下", "头上", "那边", "才对", "上", "去") > 0) &&
		m.any(m.opt(h.j, "的"), "介绍", "推荐", "转", "客户", "人", "主任", "老板", "单子") < 0 {
		k := m.opt(m.blank(j), "其实", "实际", "应该", "本来", "都", "就")
		if k = m.any(k, "是", "算到", "算", "记到", "记在", "归", "归到", "挂到", "挂在", "属于", "该记", "转到", "转给", "挪到", "移到"); k > 0 && m.blank(m.opt(k, "在", "到", "给", "了")) == h.i {
			return true
		}
	}
	for _, lead := range []string{"应该", "该", "要", "得", "应", "请", "帮忙", "帮我", "帮", "麻烦"} {
		for _, verb := range []string{"挂", "归", "记", "算", "写", "填", "录", "放", "落", "移", "挪", "转", "改", "换"} {
			w := lead + verb
			if m.before(h.i, w, w+"在", w+"到", w+"给", w+"成", w+"为", w+"进", w+"是") {
				i, _ := m.pointer()
				return i >= 0 || m.has(0, len(m.r), "客户", "名下", "头上", "单位") || m.slip()
			}
		}
	}
	return false
}

// pointsByValue reports that the only sum of the message tells which record is meant: 3万那条撤掉.
func (m *message) pointsByValue() bool {
	i, _ := m.pointer()
	return i >= 0 && len(m.sums) == 1 && m.blank(m.opt(m.sums[0].j, "的")) == i
}

// otherThan reports that another customer than the record's is named, so that it may be what is to be mended.
func (m *message) otherThan(customer ID) bool {
	return slices.ContainsFunc(m.hits, func(h customerHit) bool { return customer == 0 || h.ref.ID != customer })
}

// writtenAs reports that the first of two sums was written as the second: 16万写成了18万.
func (m *message) writtenAs() bool {
	if len(m.sums) < 2 {
		return false
	}
	a, b := m.sums[0], m.sums[1]
	k := m.back(m.unblank(b.i), "了", " ")
	return k-2 == m.opt(m.blank(a.j), "被", "我", "给") && m.at(k-1) == '成' && strings.ContainsRune(slipVerbs, m.at(k-2))
}

// rightSum is the sum that is to hold.
func (m *message) rightSum() int {
	if m.writtenAs() {
		return 0
	}
	return m.right(len(m.sums), func(k int) int { return m.sums[k].i })
}

// turnedInto reports that a number is said to become a sum of money where the last record has one: 百惠的4000改4万.
func (m *message) turnedInto(rec *Record) bool {
	for _, x := range m.sums {
		k := m.back(m.unblank(x.i), "改成", "改为", "改到", "变成", "变", "改")
		if len(rec.Amounts) > 0 && k < m.unblank(x.i) && k > 0 && (isDigit(m.r[k-1]) || strings.ContainsRune("万千百元块", m.r[k-1])) && !m.before(k, "降", "价") {
			return !m.has(0, len(m.r), "说", "讲", "要求", "希望", "想", "能不能")
		}
	}
	return false
}

// aboutAnother reports that what looks like a correction speaks of another customer than the record: it is news of that one.
func (m *message) aboutAnother(c *Correction, rec *Record) bool {
	if rec == nil || rec.Customer == 0 || c.Field == FieldCustomer || m.slip() {
		return false
	}
	i, _ := m.pointer()
	if len(m.hits) == 0 {
		return i < 0 && c.Field != FieldContact && m.namesSomebodyElse(rec)
	}
	return i < 0 && !slices.ContainsFunc(m.hits, func(h customerHit) bool {
		return h.ref.ID == rec.Customer || slices.Contains(h.ids, rec.Customer)
	})
}

// pointsBack reports that a field of the record just filed is named: 刚那笔到账日期.
func (m *message) pointsBack(rec *Record) bool {
	i, _ := m.pointer()
	return rec != nil && i >= 0 && m.any(i, "刚", "上", "前", "方才", "头先", "啱") > 0 && m.has(0, len(m.r), "金额", "日期", "时间", "数量", "联系人", "单价", "价格", "数目")
}

// pointsAt reports that the message points to an earlier record.
func (m *message) pointsAt() bool {
	i, _ := m.pointer()
	return i >= 0
}

// notHim reports that the last record's customer is said not to be meant, and another one is: 是恒大,不是恒达; 搞成恒达了,实际恒大要的.
func (m *message) notHim(rec *Record) bool {
	if len(m.hits) != 2 {
		return false
	}
	for k, h := range m.hits {
		other := m.hits[1-k]
		if h.ref.ID != rec.Customer || other.ref.ID == rec.Customer {
			continue
		}
		if m.before(h.i, "不是") && (m.before(other.i, "是") && !m.before(other.i, "不是")) && m.plain(clause{i: 0, j: min(h.i, other.i)}) <= 6 {
			return true
		}
		if n := m.unblank(other.i); k == 0 && m.before(h.i, "成", "成了") && h.i >= 2 && strings.ContainsRune(slipVerbs, m.at(m.back(h.i, "了", "成")-1)) && m.before(n, "实际", "实际是", "其实", "其实是", "应该", "应该是", "是") {
			return true
		}
	}
	return false
}

// contactTold reports that the contact of the last record is told anew: 联系人写李芳.
func (m *message) contactTold(rec *Record) bool {
	if rec == nil || rec.Customer == 0 || len(m.r) > 40 {
		return false
	}
	for i := range m.r {
		if e := m.any(i, "联系人", "对接人"); e > 0 && !m.used[i] {
			k := m.opt(m.opt(e, "应该", "请", "要"), "写成", "写", "填成", "填", "记成", "记", "用", "换成", "换", "改成", "改")
			if k > e && m.personEnd(k, rec.Customer) > k {
				return true
			}
		}
	}
	return false
}

// sumTold reports that the sum of a record that is pointed to by its customer or kind is told: 新源那笔是8800.
func (m *message) sumTold(rec *Record) bool {
	if rec == nil || len(rec.Amounts) == 0 || len(m.r) > 24 {
		return false
	}
	for i := range m.r {
		e := m.any(i, "那笔", "那条", "那单", "这笔", "上条", "那个")
		if e < 0 || m.used[i] || !(i > 0 && m.used[i-1] || m.before(i, "回款", "报价", "款", "合同") || i == m.blank(0)) {
			continue
		}
		k := m.any(m.opt(m.blank(e), "金额", "价格", "实际", "应该", "其实", "的金额"), "是", "应该是", "为")
		if k < 0 || !isDigit(m.at(m.blank(k))) {
			continue
		}
		n, ok := m.num(m.blank(k))
		if ok && (n.j >= len(m.r) || m.atEnd(m.opt(n.j, "元", "块", "块钱"))) && !m.countable(n.j) {
			return true
		}
	}
	return false
}

// recordByKind is the latest record of the kind, or the place in the list, by which the message points to one: 回款那条, 第一条.
func (m *message) recordByKind() *Record {
	n := len(m.ctx.Records)
	if n < 2 {
		return nil
	}
	for i := range m.r {
		if m.used[i] {
			continue
		}
		if e := m.any(i, "第一条", "第1条", "头一条"); e > 0 {
			return &m.ctx.Records[0]
		}
		if e := m.any(i, "第二条", "第2条"); e > 0 {
			return &m.ctx.Records[1]
		}
		for _, w := range recordKinds {
			if e := m.lit(i, w.word); e > 0 && m.any(m.opt(e, "的"), "那条", "那笔", "那个", "那单", "这条", "这笔") > 0 {
				for k := n - 1; k >= 0; k-- {
					if m.ctx.Records[k].Kind == w.kind {
						return &m.ctx.Records[k]
					}
				}
			}
		}
	}
	return nil
}

// recordKinds are the words for the kinds of records.
var recordKinds = []struct {
	word string
	kind Kind
}{
	{"回款", KindPayment},
	{"到账", KindPayment},
	{"报价", KindQuote},
	{"投诉", KindComplaint},
	{"样品", KindSample},
	{"拜访", KindVisit},
	{"待办", KindPromise},
	{"承诺", KindPromise},
	{"竞品", KindCompetitor},
}
