package view

import (
	"fmt"
	"strings"

	"salesflow/cards"
	"salesflow/store/sales"
)

// CashMetrics is how fast money comes in.
type CashMetrics struct {
	Person       sales.PersonID
	Token, Scope string
	// From and To are the period, Days its length.
	From, To sales.Day
	Days     int
	// Cut is the cut-off day of what was taken over, where that lies within the period: it begins the day after.
	Cut        sales.Day
	Sum        sales.CashSum
	Receivable sales.Receivable
	// Delayed is the sum of days from receipt to invoice of Invoiced contracts, Early how many were invoiced before, Waiting how
	// many still wait.
	Delayed, Invoiced, Early, Waiting int
}

// dsoLeast is how many days of invoices the days a company waits for its money are reckoned from, at least.
const dsoLeast = 30

// sinceCut says that a period is shorter, since what was taken over from before is of no day that is known.
func sinceCut(cut sales.Day) string {
	if cut.IsZero() {
		return ""
	}
	return "期初截到 " + cut.Chinese() + ",从第二天起算。"
}

// CashMetricsCard says how fast money comes in, each figure beside what it means; the buttons lead to its rows.
func CashMetricsCard(v CashMetrics) cards.Card {
	c := cards.Card{Key: "metrics:" + v.Person.String() + "/" + v.Token, Title: "回款指标 · " + clip(v.Scope, 16), Status: fmt.Sprintf("近 %d 天", v.Days)}
	net := v.Sum.Invoiced - v.Sum.Credited
	if v.Days < dsoLeast {
		addField(&c, "周转天数", fmt.Sprintf("先不算:账从 %s 起才在这里,满 %d 天再算", v.Cut.AddDays(1).Chinese(), dsoLeast))
	} else if tenths, ok := sales.DSO(v.Receivable.Open, net, v.Days); ok {
		addField(&c, "周转天数", fmt.Sprintf("%d.%d 天", tenths/10, tenths%10))
		c.Note = fmt.Sprintf("周转天数=未收 %s ÷ 近 %d 天开票净额 %s × %d。", v.Receivable.Open.Short(), v.Days, net.Short(), v.Days) + sinceCut(v.Cut)
	} else {
		addField(&c, "周转天数", fmt.Sprintf("算不出,近 %d 天没有开票", v.Days))
	}
	addField(&c, "未收", fmt.Sprintf("%s(%d 张)", v.Receivable.Open, v.Receivable.Count))
	late := ""
	if v.Receivable.Open > 0 {
		late = fmt.Sprintf(",占 %d%%", int64(v.Receivable.Overdue)*100/int64(v.Receivable.Open))
	}
	addField(&c, "逾期", fmt.Sprintf("%s(%d 张%s)", v.Receivable.Overdue, v.Receivable.OverdueCount, late))
	credited := ""
	if v.Sum.Credited > 0 {
		credited = ",红冲 " + v.Sum.Credited.Short()
	}
	addField(&c, "开票", fmt.Sprintf("%s(%d 张%s)", v.Sum.Invoiced, v.Sum.Invoices, credited))
	addField(&c, "回款", fmt.Sprintf("%s(%d 笔)", v.Sum.Received, v.Sum.Payments))
	switch {
	case v.Invoiced > 0:
		addField(&c, "开票快慢", fmt.Sprintf("平均 %.1f 天,没开 %d 份", float64(v.Delayed)/float64(v.Invoiced), v.Waiting))
		c.Note += fmt.Sprintf("开票快慢=签收到开票几天,按 %d 份算,另有 %d 份先开后签。", v.Invoiced, v.Early)
	case v.Waiting+v.Early > 0:
		addField(&c, "开票快慢", fmt.Sprintf("先开后签 %d 份,没开 %d 份", v.Early, v.Waiting))
	}
	if v.Receivable.Overdue > 0 {
		c.Level = cards.Warn
	}
	word := map[string]string{"all": "公司", "team": "团队", "me": "我"}[v.Token]
	if word == "" {
		word = v.Scope
	}
	span := v.Token + "," + v.From.String() + "," + v.To.String()
	put := func(text, arg, typed string, is bool) {
		if is {
			c.Buttons = append(c.Buttons, RowsButton(text, arg, "明细 "+typed))
		}
	}
	near := fmt.Sprintf(" %s 近%d天", word, v.Days)
	put("看逾期", "late,"+v.Token+",,", "逾期 "+word, v.Receivable.OverdueCount > 0)
	put("看未收", "open,"+v.Token+",,", "未收 "+word, v.Receivable.Count > 0)
	put("看开票", "issued,"+span, "开票"+near, v.Sum.Invoices > 0)
	put("看回款", "paid,"+span, "回款"+near, v.Sum.Payments > 0)
	put("看开票快慢", "delay,"+span, "开票快慢"+near, v.Invoiced+v.Waiting+v.Early > 0)
	put("看红冲", "credited,"+span, "红冲"+near, v.Sum.Credited > 0)
	if len(c.Buttons) > 0 {
		c.Buttons[0].Style = cards.Primary
	}
	return c
}

// CustomerValue is what a customer was worth so far, and what it is expected to be.
type CustomerValue struct {
	Person          sales.PersonID
	Token, Customer string
	Paid            sales.CustomerPaid
	Open            sales.Money
	Today           sales.Day
}

// CustomerValueCard says what a customer has paid, what it is expected to pay, and how that is reckoned.
func CustomerValueCard(v CustomerValue) cards.Card {
	c := cards.Card{Key: "value:" + v.Person.String() + "/" + v.Token, Title: "客户价值 · " + clip(v.Customer, 20)}
	p := v.Paid
	if p.Count == 0 {
		c.Note = "还没付过款。"
	} else {
		expected := p.Expected(v.Today)
		addField(&c, "合计", (p.Paid+expected).String()+"(已付加预期)")
		addField(&c, "累计付款", fmt.Sprintf("%s(%d 笔)", p.Paid, p.Count))
		addField(&c, "近一年", p.Year.String())
		addField(&c, "预期三年", expected.String())
		c.Note = fmt.Sprintf("%s起付款,最近一次 %s。预期=近一年付款 × 3 × 还在的可能:付款当天 100%%,两年没付就是 0。", p.First.Chinese(), p.Last.ChineseFrom(v.Today))
		if p.Opening > 0 {
			c.Note += "期初结转的 " + p.Opening.String() + " 不知道哪天付的,只算累计,不算近一年。"
		}
	}
	addField(&c, "未收", v.Open.String())
	if p.Count > 0 {
		c.Buttons = append(c.Buttons, RowsButton("看回款", "paid,"+v.Token+",,", "明细 回款 "+v.Customer))
	}
	if v.Open > 0 {
		c.Buttons = append(c.Buttons, RowsButton("看未收", "open,"+v.Token+",,", "明细 未收 "+v.Customer))
	}
	if len(c.Buttons) > 0 {
		c.Buttons[0].Style = cards.Primary
	}
	return c
}

// SignSum counts contracts.
type SignSum struct {
	Count  int
	Amount sales.Money
}

// SignGroup is a part of the new sign-ups: a region, a product line, a person, or one contract with All its amount.
type SignGroup struct {
	Name, Arg string
	SignSum
	All sales.Money
	// Why a contract does not count.
	Why string
}

// NewSigned is what was newly signed and can be delivered.
type NewSigned struct {
	Person      sales.PersonID
	Month, Path string
	Depth       int
	Total       SignSum
	Excluded    map[string]SignSum
	Groups      []SignGroup
	Up          string
	// Here is the argument of this step, From the first group that is shown.
	Here string
	From int
}

// signsShown is how many groups or contracts one card shows.
const signsShown = 10

var signWords = map[string]string{sales.SignRepeat: "复购", sales.SignUnplanned: "没排期", sales.SignUnpaid: "没现金"}

// NewSignedCard shows new sign-ups that can be delivered, and a step further down (可交付新签额).
func NewSignedCard(v NewSigned) cards.Card {
	c := cards.Card{Key: "newsign:" + v.Person.String() + "/own", Title: "可交付新签额 · " + v.Month, Status: clip(v.Path, 18)}
	addField(&c, "新签额", fmt.Sprintf("%s(%d 份)", v.Total.Amount, v.Total.Count))
	for _, why := range []string{sales.SignRepeat, sales.SignUnplanned, sales.SignUnpaid} {
		if s := v.Excluded[why]; s.Count > 0 {
			addField(&c, "不算"+signWords[why], fmt.Sprintf("%s(%d 份)", s.Amount, s.Count))
		}
	}
	var lines []string
	from := min(max(v.From, 0), max(len(v.Groups)-1, 0))
	to := min(from+signsShown, len(v.Groups))
	for k, g := range v.Groups[from:to] {
		k += from
		if v.Depth == 3 {
			line := fmt.Sprintf("%d. %s %s", k+1, g.Name, g.All)
			if g.Why != "" {
				line += " · 不算:" + signWords[g.Why]
			}
			lines = append(lines, line)
			continue
		}
		lines = append(lines, fmt.Sprintf("%d. %s %s(%d 份)", k+1, g.Name, g.Amount, g.Count))
		if len(c.Buttons) < 4 {
			c.Buttons = append(c.Buttons, cards.Button{Text: clip(g.Name, cards.MaxButtonText), Typed: "新签额 " + v.Month, Action: cards.Action{Verb: "newsign.show", Arg: g.Arg}})
		}
	}
	c.Note = strings.Join(lines, "\n")
	if len(lines) == 0 {
		c.Note = "这个月还没有签下的合同。"
	}
	if len(c.Buttons) > 0 {
		c.Buttons[0].Style = cards.Primary
	}
	turn := func(text string, at int) {
		c.Buttons = append(c.Buttons, cards.Button{Text: text, Typed: "新签额 " + v.Month, Action: cards.Action{Verb: "newsign.show", Arg: fmt.Sprintf("%s@%d", v.Here, at)}})
	}
	if to < len(v.Groups) {
		turn(fmt.Sprintf("后面 %d 个", len(v.Groups)-to), to)
	}
	if from > 0 && len(c.Buttons) < cards.MaxButtons-1 {
		turn("前面的", max(from-signsShown, 0))
	}
	if v.Up != "" {
		c.Buttons = append(c.Buttons, cards.Button{Text: "返回", Typed: "新签额 " + v.Month, Action: cards.Action{Verb: "newsign.show", Arg: v.Up}})
	}
	return c
}
