package parse

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Deal is what the arguments of 商机, 推进 and 提交合同 say. Fields not said are zero; Ask is the question about the customer or
// product, if one must be answered first.
type Deal struct {
	Customer     CustomerRef
	Contact      ContactRef
	Products     []ProductRef
	Quantities   []Quantity
	Amount       Amount // Value 0 and no bounds: not said
	Contract     ContractRef
	Stage        StageRef
	Reason       string // behind 输单 or 赢单
	Close        When   // expected day of signing
	Prepay       Rate   // percent paid in advance
	TermDays     Days   // the rest is due so many days …
	TermAfter    string // … after this: 验收, 到货, 开票, 发货
	DeliveryDays Days   // 交期
	Delivery     When   // or the day of delivery
	Discount     Rate   // percent of the list price
	Retention    Rate   // 质保金
	Notes        string // what was understood as none of these
	Ask          *Ask
}

// Days is a number of days; 0 with an empty Why is "not said".
type Days struct {
	N   int
	Why Why
}

// Deal reads the arguments of a command about a deal: 绍兴市立医院 生化分析仪 128万 30%预付 余款验收后60天 交期45天.
func (p Parser) Deal(in Input) Deal {
	m := p.newMessage(in)
	if p.Index == nil || len(m.r) == 0 {
		return Deal{}
	}
	m.read()
	var d Deal
	if len(m.hits) > 0 {
		d.Customer = m.hits[0].ref
	} else {
		d.Customer = m.unnamedCustomer(part{j: len(m.r)})
	}
	d.Contact = m.contact(0, len(m.r), d.Customer)
	for _, h := range m.prods {
		d.Products = append(d.Products, h.ref)
	}
	for _, h := range m.counts {
		d.Quantities = append(d.Quantities, h.q)
	}
	if len(m.papers) > 0 {
		d.Contract = m.papers[0].ref
	}
	m.terms(&d)
	if len(m.sums) > 0 {
		d.Amount = m.sums[m.mainSum()].amount
		d.Amount.Role = RoleContract
	}
	m.dealStage(&d)
	d.Notes = m.leftOver(&d)
	switch {
	case len(d.Customer.Candidates) > 0:
		d.Ask = &Ask{Field: AskCustomer, How: AskWhich, Candidates: m.ownFirst(d.Customer.Candidates), Why: d.Customer.Why}
	case d.Customer.ID == 0 && d.Customer.NewName == "":
		d.Ask = &Ask{Field: AskCustomer, How: AskMissing}
	}
	return d
}

// mainSum is the sum that stands for the whole: not a unit price, else the first.
func (m *message) mainSum() int {
	for k, s := range m.sums {
		if !m.perUnit(s) {
			return k
		}
	}
	return 0
}

// terms reads percentages, days and dates of payment and delivery.
func (m *message) terms(d *Deal) {
	for _, r := range m.rates {
		why := m.why(r.i, r.j)
		v := decimalText(r.v)
		around := func(ws ...string) bool { return m.any(m.blank(r.j), ws...) > 0 || m.endsWith(r.i, ws...) }
		switch {
		case r.fold:
			d.Discount = Rate{v, why}
		case around("预付", "首付", "定金", "订金", "预付款", "首付款", "预付比例", "预收"):
			d.Prepay = Rate{v, why}
		case around("质保金", "质保", "尾款", "质保款"):
			d.Retention = Rate{v, why}
		case around("折扣"):
			d.Discount = Rate{v, why}
		}
	}
	if d.Discount.Percent == "" {
		d.Discount = m.discount(0, len(m.r))
	}
	if i := m.find(0, len(m.r), "全款", "款到发货", "先款后货"); i >= 0 && d.Prepay.Percent == "" {
		d.Prepay = Rate{"100", m.why(i, m.any(i, "全款", "款到发货", "先款后货"))}
	}
	m.days(d)
}

// endsWith reports that one of ws stands right before i, with 为, 是, : or blanks between.
func (m *message) endsWith(i int, ws ...string) bool {
	for i > 0 && strings.ContainsRune(" :为是款", m.r[i-1]) {
		i--
	}
	return m.before(i, ws...)
}

var termAnchors = words("验收 到货 开票 发货 收货 交付 安装 签收 收票 上线 签约 合同生效 签合同 调试")

// days reads 交期45天, 余款验收后60天, 账期90天, 货到30天付清.
func (m *message) days(d *Deal) {
	t := m.rest()
	for i := 0; i < len(t.r); i++ {
		l, ok := t.length(i)
		if !ok || !t.lengthStart(i) || !l.single || l.unit < day {
			continue
		}
		v := Days{N: int(roundRat(l.seconds) / day), Why: m.why(i, l.j)}
		from := max(0, i-10)
		for k := i - 1; k >= from; k-- {
			if c := m.r[k]; c == ' ' || c == ',' || c == ';' || c == '。' {
				if k < i-1 {
					from = k + 1
					break
				}
			}
		}
		switch {
		case m.has(from, i, "交期", "交货", "供货", "货期", "工期", "交付期") || m.any(l.j, "交货", "内交货", "交付", "内交付", "到货", "内到货", "发货") > 0:
			d.DeliveryDays = v
		case m.has(from, i, "余款", "尾款", "账期", "后", "帐期", "回款", "付清", "货到") || m.any(l.j, "付清", "内付", "账期", "付款", "内付清", "结清", "内结清", "回款") > 0:
			d.TermDays = v
			for _, a := range termAnchors {
				if m.has(from, i, a) {
					d.TermAfter = a
				}
			}
			if d.TermAfter == "" && m.has(from, i, "货到") {
				d.TermAfter = "到货"
			}
		default:
			continue
		}
		m.mark(i, l.j)
		i = l.j - 1
	}
	for _, x := range m.times {
		if x.form == formWithin || x.due.IsZero() || !m.free(x.i, x.j) {
			continue
		}
		if m.has(max(0, x.i-5), x.i, "交期", "交货", "到货") || m.any(x.j, "交货", "到货", "交付", "发货") > 0 {
			d.Delivery = m.dueOf(x)
		} else if d.Close.IsZero() {
			d.Close = m.dueOf(x)
		}
	}
}

// dealStage reads the stage's name and, for won and lost, the reason behind it.
func (m *message) dealStage(d *Deal) {
	best, end := StageRef{}, 0
	for i := range m.r {
		if m.used[i] {
			continue
		}
		for _, n := range stageNames {
			for _, w := range n.names {
				if j := m.lit(i, w); j > 0 && m.free(i, j) && (best.Stage == "" || j-i > utf8.RuneCountInString(best.Why.Text)) {
					best, end = StageRef{n.stage, m.why(i, j)}, j
				}
			}
		}
	}
	if best.Stage == "" {
		return
	}
	d.Stage = best
	if best.Stage == StageLost || best.Stage == StageWon {
		s := strings.TrimSpace(m.cut(end, len(m.r)))
		for _, w := range []string{"原因是", "原因:", "原因", "因为", "理由", ":", ","} {
			s = strings.TrimSpace(strings.TrimPrefix(s, w))
		}
		d.Reason = s
	}
	m.mark(end-utf8.RuneCountInString(best.Why.Text), end)
}

// leftOver is the text that no field took.
func (m *message) leftOver(d *Deal) string {
	if d.Reason != "" {
		return ""
	}
	taken := append([]bool(nil), m.used...)
	cover := func(i, j int) {
		for k := max(i, 0); k < j && k < len(taken); k++ {
			taken[k] = true
		}
	}
	for _, s := range m.sums {
		cover(s.i, s.j)
	}
	for _, r := range m.rates {
		cover(r.i, r.j)
	}
	for _, q := range m.counts {
		cover(q.i, q.j)
	}
	for _, x := range m.times {
		cover(x.i, x.j)
	}
	var out []string
	for i := 0; i < len(m.r); {
		j := i
		for j < len(m.r) && !strings.ContainsRune(" ,;。\n", m.r[j]) {
			j++
		}
		plain := true
		for k := i; k < j; k++ {
			plain = plain && !taken[k]
		}
		if plain && j-i > 1 {
			out = append(out, m.cut(i, j))
		}
		i = j + 1
	}
	return strings.Join(out, " ")
}

// NewCustomer is what the arguments of 新客户 say.
type NewCustomer struct {
	Name     string
	Phone    string
	Industry string
	USCC     string // 统一社会信用代码, as written; the check digit is the caller's
	Contact  ContactRef
	City     string
	Notes    string // words behind the industry, in their order
	Similar  []ID   // customers whose names look like it
}

var usccPattern = regexp.MustCompile(`(?:^|[^0-9A-Za-z])([0-9A-HJ-NPQRTUWXYa-hj-npqrtuwxy]{2}\d{6}[0-9A-HJ-NPQRTUWXYa-hj-npqrtuwxy]{10})(?:$|[^0-9A-Za-z])`)

// NewCustomer reads the arguments of 新客户: 义乌锐锋五金厂 13812340000 五金制造. The first words are the name.
func (p Parser) NewCustomer(in Input) NewCustomer {
	m := p.newMessage(in)
	var n NewCustomer
	m.eachMatch(usccPattern, func(i, j int) { n.USCC = strings.ToUpper(m.cut(i, j)) })
	m.literals()
	n.Phone = m.phone.Value
	start := 0
	for i := 0; i <= len(m.r); i++ {
		if i < len(m.r) && !strings.ContainsRune(" ,;:。\n", m.r[i]) && !m.used[i] {
			continue
		}
		if w := strings.TrimSpace(m.cut(start, i)); w != "" && start < i {
			m.newCustomerWord(&n, w, start, i)
		}
		start = i + 1
	}
	if n.Name != "" && p.Index != nil {
		n.Similar = p.similar(n.Name)
	}
	return n
}

func (m *message) newCustomerWord(n *NewCustomer, w string, i, j int) {
	for _, skip := range []string{"电话", "手机", "行业", "联系人", "名称", "客户", "税号", "信用代码", "统一社会信用代码"} {
		w = strings.TrimPrefix(w, skip)
	}
	switch {
	case w == "":
	case n.Name == "":
		n.Name = w
	case n.Contact.NewName == "" && m.personWord(n, w, i, j):
	case n.Industry == "":
		n.Industry = w
	case n.Notes == "":
		n.Notes = w
	default:
		n.Notes += " " + w
	}
}

// personWord takes a word that is a person: 王主任, or 联系人 赵晓明.
func (m *message) personWord(n *NewCustomer, w string, i, j int) bool {
	k := j - utf8.RuneCountInString(w)
	for _, x := range m.mentionsAt(k) {
		if x.surname != "" && x.i == k && x.j == j && x.title != "" && !x.young {
			n.Contact = m.newContact(x)
			return true
		}
	}
	if m.endsWith(k, "联系人") && m.surnameAt(k) > 0 && j-k <= 4 {
		n.Contact = ContactRef{NewName: w, Why: m.why(k, j)}
		return true
	}
	return false
}

// similar finds customers a name may already stand for: the same, a short form, the same sound or one slip.
func (p Parser) similar(name string) []ID {
	m := p.newMessage(Input{Text: name})
	m.findCustomers()
	var ids []ID
	for _, h := range m.hits {
		if h.how <= howAlias && h.j-h.i < len(m.r) && h.j-h.i < 3 {
			continue
		}
		ids = append(ids, h.ids...)
	}
	return ids
}

// FindCustomer reads which customer a text names: the argument of 二维码, 客户.
func (p Parser) FindCustomer(in Input) (CustomerRef, *Ask) {
	m := p.newMessage(in)
	if p.Index == nil {
		return CustomerRef{}, nil
	}
	m.literals()
	m.findCustomers()
	if len(m.hits) == 0 {
		ref := m.unnamedCustomer(part{j: len(m.r)})
		if ref.ID == 0 && ref.NewName == "" {
			return ref, &Ask{Field: AskCustomer, How: AskMissing}
		}
		return ref, nil
	}
	ref := m.hits[0].ref
	if len(ref.Candidates) > 0 {
		return ref, &Ask{Field: AskCustomer, How: AskWhich, Candidates: m.ownFirst(ref.Candidates), Why: ref.Why}
	}
	return ref, nil
}
