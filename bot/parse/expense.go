package parse

import (
	"slices"
	"strings"
)

var expenseWords = []struct {
	category ExpenseCategory
	words    []string
}{
	{ExpenseTransport, words("打车 打的 出租车 滴滴 网约车 车费 高铁 动车 火车票 车票 机票 飞机票 油费 加油 过路费 高速费 过桥费 停车费 停车 地铁 公交 租车 路费 船票 交通费 通行费 代驾")},
	{ExpenseMeal, words("餐费 吃饭 请客 招待 饭钱 午餐 晚餐 早餐 夜宵 请吃 请喝 吃夜宵 宴请 工作餐 饭局 咖啡 奶茶 喝茶 吃了顿饭 吃了个饭 饭费 伙食")},
	{ExpenseLodging, words("住宿 房费 酒店费 住酒店 宾馆费 住宾馆 酒店住宿 住店")},
	{ExpenseGift, words("礼品 礼物 茶叶 水果篮 果篮 烟酒 买了水果 伴手礼 花篮 月饼 购物卡 慰问品")},
	{ExpenseMaterial, words("快递费 邮费 运费 打印费 打印资料 复印 物料 印刷费 展架 易拉宝 文具 耗材费 样品费")},
	{ExpenseEvent, words("会务费 展位费 参展费 会议费 场地费 报名费 培训费 门票 会费")},
	{ExpenseOther, words("报销 花费 花了 开销 垫付 垫了 费用")},
}

// Expenses reads what was spent: 打车45 停车20 绍兴市立, 请王主任吃饭 360. One frame for each sum.
func (p Parser) Expenses(in Input) Result {
	m := p.newMessage(in)
	if p.Index == nil || len(m.r) == 0 {
		return Result{}
	}
	m.read()
	return m.answer(m.expenses(true))
}

// expenses are the frames of a message that tells of nothing but money spent; without them it is something else. tagged:
// the message is known to be about expenses.
func (m *message) expenses(tagged bool) []Frame {
	if tagged {
		m.spentSums()
	}
	if len(m.sums) == 0 || len(m.sums) > 20 {
		return nil
	}
	var out []Frame
	for k, s := range m.sums {
		if !s.amount.Exact() && !tagged || s.amount.Value > 10_000_000 && !tagged {
			return nil
		}
		from, to := m.spentSpan(k)
		category, _ := m.spentOn(from, to)
		c := m.clauses[s.clause]
		if category == "" && tagged {
			category = ExpenseOther
		}
		if category == "" || !tagged && m.has(c.i, c.j, "打的款", "打的钱", "打款", "付款", "便宜", "贵", "预算", "报价", "单价", "订单", "合同", "回款", "到账", "打款", "货款", "总价", "尾款") {
			return nil
		}
		if !tagged && slices.ContainsFunc(m.rates, func(r rateHit) bool { return r.fold }) {
			return nil // 我给打的八八折
		}
		if !tagged && (len(m.rivals) > 0 || m.perUnit(s)) {
			return nil // 力拓380一桶还包运费
		}
		if category == ExpenseOther && !tagged && !m.has(c.i, c.j, "报销", "垫", "开销", "花了", "花费") {
			return nil
		}
		a := s.amount
		a.Role = ""
		e := &Expense{Amount: a, Category: category, Purpose: m.purpose(from, to, s), Why: m.why(from, to)}
		f := Frame{Kind: KindExpense, Why: m.why(from, to), Expense: e}
		out = append(out, f)
	}
	m.spentFor(out)
	return out
}

// spentSums lets bare numbers be money: 打车45 停车20.
func (m *message) spentSums() {
	t := m.rest()
	for i := 0; i < len(t.r); i++ {
		if !startsNumber(t.r[i]) || t.r[i] == '□' || m.inTime(i, i+1) || isWord(t.at(i-1)) || isChineseDigit(t.at(i-1)) {
			continue
		}
		known := false
		for _, s := range m.sums {
			known = known || i >= s.i && i < s.j
		}
		n, ok := t.num(i)
		if known || !ok || n.v.Sign() <= 0 || t.countable(t.blank(n.j)) || t.any(n.j, "%", "折", "号", "点") > 0 || !isDigit(t.r[i]) && n.v.Cmp(ratInt(10)) < 0 {
			if isDigit(t.r[i]) {
				i = t.skipNumber(i) - 1
			}
			continue
		}
		m.addYuan(i, n)
		i = n.j - 1
	}
	sortSums(m.sums)
}

func sortSums(s []sumHit) {
	for i := 1; i < len(s); i++ {
		for k := i; k > 0 && s[k].i < s[k-1].i; k-- {
			s[k], s[k-1] = s[k-1], s[k]
		}
	}
}

// spentSpan is the text that belongs to sum k: from the sum before it (or its clause) to the end of the unit.
func (m *message) spentSpan(k int) (from, to int) {
	s := m.sums[k]
	c := m.clauses[s.clause]
	from, to = c.i, s.j
	if k > 0 && m.sums[k-1].j > from {
		from = m.sums[k-1].j
	}
	if _, at := m.spentOn(from, to); at < 0 { // 45块打车
		to = c.j
		if k+1 < len(m.sums) && m.sums[k+1].i < to {
			to = m.sums[k+1].i
		}
	}
	if _, at := m.spentOn(from, to); at < 0 && s.clause > 0 && (k == 0 || m.sums[k-1].clause < s.clause-1) { // 请王主任吃饭,花了360
		from = m.clauses[s.clause-1].i
	}
	return from, to
}

func (m *message) spentOn(from, to int) (ExpenseCategory, int) {
	for _, e := range expenseWords {
		if i := m.find(from, to, e.words...); i >= 0 && m.any(i, "吃饭的", "停车场", "打的款", "打的钱", "打的货") < 0 {
			return e.category, i
		}
	}
	return "", -1
}

// purpose is what the money was for, in the message's own words.
func (m *message) purpose(from, to int, s sumHit) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		if i >= s.i && i < s.j || m.inTime(i, i+1) {
			continue
		}
		b.WriteRune(m.r[i])
	}
	out := strings.Join(strings.Fields(strings.NewReplacer(",", " ", "花了", "", "一共", "", "共", "", "报销", "", "费用", "", "#", "", ":", " ", "元", "", "块", "").Replace(b.String())), " ")
	if out == "" {
		return ""
	}
	return out
}

// spentFor gives the frames their customer and day: of the whole message where a frame names none.
func (m *message) spentFor(frames []Frame) {
	ref := CustomerRef{}
	if len(m.hits) > 0 {
		ref = m.hits[0].ref
	}
	var when When
	for _, t := range m.times {
		if t.form == formPoint && t.grain >= grainDay && !t.start.After(m.now) {
			when = When{Start: midnight(t.start), Why: m.why(t.i, t.j)}
			break
		}
	}
	contact := ContactRef{}
	if ref.ID != 0 {
		contact = m.contact(0, len(m.r), ref)
	}
	for k := range frames {
		frames[k].Customer, frames[k].When, frames[k].Contact = ref, when, contact
		for _, h := range m.hits {
			if h.ref.Why.Start >= frames[k].Why.Start && h.ref.Why.End <= frames[k].Why.End {
				frames[k].Customer = h.ref
			}
		}
	}
}
