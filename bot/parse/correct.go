package parse

import (
	"slices"
	"strings"
)

var correctionCues = words("刚说的 前面说的 上面说的 写成 记成 录成 填成 选成 其实是 刚才那条 刚才这条 刚刚那条 上一条 上条 刚才那个 刚才的 刚才 刚刚 那条 这条 上面那条 前面那条 上一个 前一条 刚发的 刚录的 刚记的 更正 纠正 搞错 写错 记错 说错 弄错 打错 录错 填错 改成 改为 改到 改下 改一下 应该是 不对 不是 说错 错了 应为 少写 多写 写少 写多 作废 撤回 撤销 撤了 撤掉 删掉 删了 取消 忽略 别算 不算 打错 选错 挪到 推迟到 推到 延到 延后到 延期到 提前到 往后推到")

var withdrawWords = words("作废 撤回 撤销 删掉 删了 删除 取消 不算 撤了 撤掉 撤吧 发错群 发错了 重复了 别记 不作数 当没说 无效 忽略 别算 不算数 当没发 别入 划掉 抹掉 拿掉 别管")

// correction reads a change of an earlier record.
func (m *message) correction() (Frame, bool) {
	end := len(m.r)
	has := func(ws ...string) bool { return m.has(0, end, ws...) }
	only := m.mendsOnly(m.record()) || m.contrasted(m.record())
	if rec := m.record(); !only {
		only = m.retracts(rec) || m.slipped(rec) || m.checked(rec) || m.shifted(rec) || m.rehomed(rec) || m.contactTold(rec) || m.sumTold(rec) || m.pointsBack(rec) && has("是", "改", "应")
	}
	if rec := m.record(); !only && rec != nil && m.numbersSwapped() {
		only = true
	}
	if !only && !has(correctionCues...) {
		return Frame{}, false
	}
	if i := m.find(0, end, "更正", "纠正"); i > 8 && len(m.hits) > 0 && len(m.prods) > 0 && m.record() == nil {
		return Frame{}, false // a slip of the tongue in news
	}
	points := has("刚说的", "刚才说的", "刚刚说的", "刚才讲的", "前面说的", "上面说的", "刚才那", "刚才这", "上一条", "上条", "刚刚那", "那条", "这条", "前一条", "刚发的", "刚录的", "刚记的", "上一个", "上面那", "刚才的", "更正", "纠正")
	changes := has("改成", "改为", "改到", "改下", "改一下", "应该是", "应为", "应该", "不对", "错", "更正", "纠正", "是", "换成", "推迟到", "提前到", "延到", "挪到", "改")
	points = points || m.pointsBack(m.record())
	if k := m.find(0, end, "刚才那家", "刚刚那家", "刚才这家", "刚才那位", "刚才那个客户"); k >= 0 && !m.slip() {
		points = false // a house, no record
	}
	withdraw := m.retracts(m.record()) || has(withdrawWords...) && !(len(m.hits) > 0 && has("货", "箱", "发错了") && !points) || has("上条不要", "上一条不要", "那条不要", "这条不要", "上条不用", "上一条不用", "那条不用")
	rec := m.record()
	start := m.blank(0)
	bare := rec != nil && m.any(start, "不对", "错了", "更正", "改成", "改为", "应该是", "说错了", "不是") > 0 && has("是", "改")
	moved := rec != nil && rec.Kind == KindPromise && has("挪到", "推迟到", "推到", "延到", "延后到", "延期到", "提前到") && !slices.ContainsFunc(m.hits, func(h customerHit) bool { return h.ref.ID != rec.Customer })
	if !only && !bare && !moved && !(points && (changes || withdraw)) && !(rec != nil && (m.startsWithField() && changes || withdraw && end <= 12 || has("写错", "搞错", "记错", "说错", "弄错", "打错", "录错", "填错", "少写", "多写", "写少", "写多", "少报", "多报", "应为", "改成", "改为", "改到", "应该是") || rec != nil && has("写成", "记成", "录成", "填成", "选成") && has("其实是", "实际是", "应该"))) {
		return Frame{}, false
	}
	m.readForward(rec)
	c := &Correction{Why: m.why(0, end)}
	if rec != nil {
		c.Record = rec.ID
	}
	m.newValue(c, rec, withdraw)
	if c.Field == "" || m.aboutAnother(c, rec) {
		return Frame{}, false
	}
	f := Frame{Kind: KindCorrection, Correction: c, Why: c.Why}
	return f, true
}

// numbersSwapped reads a bare number that is set right against another: 不是34560,是35460.
func (m *message) numbersSwapped() bool {
	if len(m.r) > 40 || len(m.hits) > 0 {
		return false
	}
	for i := range m.r {
		e := m.any(i, "不是", "而非")
		if e < 0 || !isDigit(m.at(m.blank(e))) {
			continue
		}
		n, ok := m.num(m.blank(e))
		if !ok {
			continue
		}
		k := n.j
		for k < len(m.r) && (strings.ContainsRune(" ,元块", m.r[k]) || m.any(k, "应该", "而") > 0) {
			k++
		}
		if k = m.any(k, "是"); k > 0 && isDigit(m.at(m.blank(k))) {
			return true
		}
	}
	return false
}

// readForward reads the times again as plans, unless the record is about what has happened.
func (m *message) readForward(rec *Record) {
	if rec != nil && rec.Kind != KindPromise && !m.has(0, len(m.r), "交期", "截止", "改到", "推迟", "延", "挪", "提前", "待办", "送", "寄", "交", "约") {
		return
	}
	for k := range m.clauses {
		m.clauses[k].tense = TenseFuture
	}
	m.times = nil
	m.findTimes(m.rest())
}

// record is the record meant: the card replied to, else the last one.
func (m *message) record() *Record {
	if m.ctx.Reply != nil {
		return m.ctx.Reply
	}
	if r := m.recordByKind(); r != nil {
		return r
	}
	n := len(m.ctx.Records)
	for k := n - 1; k >= 0 && len(m.hits) == 1 && n > 1; k-- { // 海纳那条
		if h, r := m.hits[0], &m.ctx.Records[k]; r.Customer != 0 && r.Customer == h.ref.ID && m.any(m.blank(h.j), "那条", "那个", "那笔", "那单", "这条", "这笔", "这单", "那边的", "的那", "的这", "的报价", "的回款", "的金额", "的数量", "的日期", "的时间", "的待办") > 0 {
			return r
		}
	}
	if n > 0 {
		return &m.ctx.Records[n-1]
	}
	return nil
}

func (m *message) startsWithField() bool {
	i := m.blank(0)
	return m.any(i, "金额", "联系人", "客户", "日期", "时间", "数量", "产品", "改成", "改到", "改为", "价格", "报价", "截止", "交期") > 0 && m.has(0, len(m.r), "改", "应该是", "错", "不对", "换成", "不是")
}

// newValue finds which field the message changes, and to what.
func (m *message) newValue(c *Correction, rec *Record, withdraw bool) {
	end := len(m.r)
	has := func(ws ...string) bool { return m.has(0, end, ws...) }
	m.correctedSum()
	var customer ID
	if rec != nil {
		customer = rec.Customer
	}
	switch {
	case withdraw && !m.contactTold(rec) && !has("改成", "改为", "改到", "应该是", "换成") && (len(m.sums) == 0 || m.pointsByValue()):
		c.Field, c.Withdraw = FieldRecord, true
	case m.otherThan(customer) && (has("客户", "公司", "医院", "单位", "学校") || !has("金额", "日期", "时间", "联系人", "价")) && len(m.sums) == 0:
		if ref, ok := m.rightCustomer(customer); ok {
			c.Field, c.Customer = FieldCustomer, ref
		}
	case len(m.sums) > 0 && !has("联系人", "日期"):
		s := m.sums[m.rightSum()]
		c.Field, c.Amount = FieldAmount, s.amount
	case len(m.counts) > 0:
		h := m.counts[m.right(len(m.counts), func(k int) int { return m.counts[k].i })]
		c.Field, c.Quantity = FieldQuantity, h.q
	case len(m.times) > 0 && (has("日期", "时间", "截止", "交期", "改到", "推迟", "提前", "延", "挪", "期", "待办") || !has("联系人")):
		t := m.times[m.right(len(m.times), func(k int) int { return m.times[k].i })]
		c.Field, c.Due = FieldDue, m.dueOf(t)
		for k := len(m.times) - 1; k >= 0 && c.Due.IsZero(); k-- { // 提前|一天,周四
			c.Due = m.dueOf(m.times[k])
		}
		if c.Due.IsZero() {
			c.Field = ""
		}
	case customer != 0 && m.rightContact(c, customer):
		c.Field = FieldContact
	case len(m.prods) > 0:
		p := m.prods[m.right(len(m.prods), func(k int) int { return m.prods[k].i })]
		c.Field, c.Product = FieldProduct, p.ref
	}
}

// correctedSum lets a bare number behind 改成 be money when the message speaks of an amount.
func (m *message) correctedSum() {
	rec := m.record()
	if len(m.sums) > 0 || !m.has(0, len(m.r), "金额", "价", "款", "预算", "钱") && (rec == nil || len(rec.Amounts) == 0) {
		return
	}
	for i := range m.r {
		if !startsNumber(m.r[i]) || m.used[i] || isChineseDigit(m.at(i-1)) || isWord(m.at(i-1)) || m.inTime(i, i+1) {
			continue
		}
		n, ok := m.num(i)
		if !ok || !m.before(m.unblank(i), "改成", "改为", "改回", "应该是", "应该", "该是", "是", "到", "成", "为", "实际", "实际是", "其实", "其实是", "一共", "总共", "共", "为准:", "准:", "实收", "实到", "更新", "更新为", "订正为", "修正为", "更改为", "错了,", "不对,", "高了,", "低了,") && m.any(m.blank(n.j), "才对", "才是", "为准", "就对了") < 0 || m.before(i, "不是") || m.countable(n.j) || !n.arabic && n.v.Cmp(ratInt(100)) < 0 {
			continue
		}
		x := money{i: i, j: n.j, v: n.v, currency: "CNY"}
		if a, ok := x.amount(); ok {
			a.Why = m.why(i, n.j)
			m.sums = append(m.sums, sumHit{x, a, m.clauseAt(i)})
			return
		}
	}
}

// unblank steps back over blanks.
func (t *text) unblank(i int) int {
	for i > 0 && t.r[i-1] == ' ' {
		i--
	}
	return i
}

// right picks of several values the one that is to hold: the one behind 改成, 应该是 or 是, not the one behind 不是.
func (m *message) right(n int, at func(int) int) int {
	for k := range n {
		i := at(k)
		if m.before(i, "联系人写", "联系人填", "联系人记", "联系人用", "联系人换", "对接人写", "改", "应为", "改成", "改为", "改回", "改到", "应该报", "应报", "应该是", "应是", "其实", "其实是", "实际", "实际是", "换成", "推迟到", "延到", "挪到", "提前到", "更正为") {
			return k
		}
	}
	for k := range n {
		i := at(k)
		if m.before(i, "是", "成", "为", "到") && !m.before(i, "不是", "而不是") {
			return k
		}
	}
	for k := range n {
		if !m.before(at(k), "不是", "不", "把", "从") {
			return k
		}
	}
	return n - 1
}

func (m *message) rightCustomer(old ID) (CustomerRef, bool) {
	k := m.right(len(m.hits), func(k int) int { return m.hits[k].i })
	ref := m.hits[k].ref
	if ref.ID == old && old != 0 {
		for _, h := range m.hits {
			if h.ref.ID != old && !m.before(h.i, "不是") {
				return h.ref, true
			}
		}
		return CustomerRef{}, false
	}
	if len(ref.Candidates) > 1 && slices.Contains(ref.Candidates, old) && len(ref.Candidates) == 2 {
		for _, id := range ref.Candidates {
			if id != old {
				ref.ID, ref.Candidates = id, nil
				break
			}
		}
	}
	return ref, true
}

// rightContact finds the contact that is to hold: 是李主任不是王主任, 联系人改成李主任.
func (m *message) rightContact(c *Correction, customer ID) bool {
	var list []ContactRef
	var at []int
	for i := 0; i < len(m.r); i++ {
		if ct, a, b, ok := m.findByName(i, min(i+4, len(m.r)), []ID{customer}); ok && a == i {
			list, at = append(list, ContactRef{ID: ct.ID, Why: m.why(a, b)}), append(at, a)
			i = b - 1
			continue
		}
		if name, j := m.plainName(i); j > 0 {
			list, at = append(list, ContactRef{NewName: name, Why: m.why(i, j)}), append(at, i)
			i = j - 1
			continue
		}
		for _, n := range m.mentionsAt(i) {
			if n.i != i || n.surname == "" {
				continue
			}
			ref, ok := m.known(n, []ID{customer})
			if !ok && m.isNew(n) {
				ref, ok = m.newContact(n), true
			}
			if ok {
				list, at = append(list, ref), append(at, i)
				i = n.j - 1
				break
			}
		}
	}
	if len(list) == 0 {
		return false
	}
	k := m.right(len(list), func(k int) int { return at[k] })
	if m.before(at[k], "不是", "而不是") {
		return false
	}
	c.Contact = list[k]
	return true
}

// plainName reads a full name behind 是 or 改成 that ends its clause: 是杨静.
func (m *message) plainName(i int) (string, int) {
	if !m.before(i, "是", "改成", "改为", "应该是", "换成") || m.before(i, "不是") {
		return "", -1
	}
	s := m.surnameAt(i)
	if s < 0 {
		return "", -1
	}
	for n := 2; n >= 1; n-- {
		if m.allHan(s, s+n) && m.free(i, s+n) && !isHan(m.at(s+n)) {
			if _, title, _ := m.titleAt(s); title != "" {
				return "", -1
			}
			return m.cut(i, s+n), s + n
		}
	}
	return "", -1
}
