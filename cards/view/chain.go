package view

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"salesflow/cards"
	"salesflow/store/sales"
)

// Chain is where a contract stands on its way to cash.
type Chain struct {
	Contract        sales.Contract
	Cash            sales.ContractCash
	Customer, Owner string
	// Goods says what was shipped in words; empty is made from the counts.
	Goods string
	// Money is false for those who see goods only.
	Money, Group bool
	Today        sales.Day
}

// ChainKey names the card of a contract's chain.
func ChainKey(id sales.ID, money bool) string {
	if money {
		return "contract:" + id.String() + "/chain"
	}
	return "contract:" + id.String() + "/goods"
}

// ChainCard is the whole way of a contract on one card (合同进度); each figure leads to its rows.
func ChainCard(v Chain) cards.Card {
	s := v.Cash
	c := cards.Card{Key: ChainKey(v.Contract.ID, v.Money && !v.Group), Title: "合同进度 · " + v.Contract.No, Status: v.Customer}
	rows := func(text, arg, typed string) cards.Button {
		return cards.Button{Text: text, Typed: typed, Action: cards.Action{Verb: "chain.rows", Record: int64(v.Contract.ID), Arg: arg}}
	}
	goods := v.goods()
	if !v.Money || v.Group {
		addField(&c, "发货", goods)
		addField(&c, "销售", v.Owner)
		if v.Group {
			c.Note = "金额请单聊我看。"
		} else {
			c.Note = erpLine(s)
		}
		c.Buttons = []cards.Button{rows("看发货", "shipments", "合同进度 "+v.Contract.No)}
		return c
	}
	addField(&c, "合同", s.Amount.String())
	addField(&c, "发货", goods)
	addField(&c, "开票", share(s.Invoiced, s.Amount))
	paid := share(s.Collected(), s.Amount)
	if s.Prepaid > 0 {
		paid += ",其中预付 " + s.Prepaid.String()
	}
	addField(&c, "回款", paid)
	open := s.Open.String()
	if s.Open > 0 && !s.NextDueOn.IsZero() {
		open += "," + lateOrDue(s.NextDueOn, v.Today)
	}
	addField(&c, "未收", open)
	why := s.Colour.Mark() + " " + s.Why
	if utf8.RuneCountInString(why) > phoneRow { // the row says what it is, the note in full why
		why, c.Note = s.Colour.Mark()+" "+s.Colour.Name(), clip(s.Why, 120)+"。"
	}
	addField(&c, "三单", why)
	switch s.Colour {
	case sales.Green:
		c.Level = cards.OK
	case sales.Red:
		c.Level = cards.Alert
	}
	if s.ReleasedBy != 0 {
		c.Note = strings.TrimSpace(c.Note + "\n放行过:" + s.ReleasedWhy)
	}
	if line := erpLine(s); line != "" {
		c.Note = strings.TrimSpace(c.Note + "\n" + line)
	}
	c.Buttons = []cards.Button{
		rows("看发货", "shipments", "合同进度 "+v.Contract.No), rows("看发票", "invoices", "合同进度 "+v.Contract.No), rows("看回款", "payments", "合同进度 "+v.Contract.No),
	}
	if s.ToInvoice {
		c.Buttons = append([]cards.Button{{
			Text: "开票", Style: cards.Primary, Typed: "开票 " + v.Contract.No + " 全开",
			Action: cards.Action{Verb: "invoice.ask", Record: int64(v.Contract.ID), Version: s.Version},
		}}, c.Buttons...)
	}
	return c
}

// goods is how far the goods are.
func (v Chain) goods() string {
	if v.Goods != "" {
		return v.Goods
	}
	said := "还没发"
	if v.Cash.Shipped > 0 {
		said = fmt.Sprintf("发 %d 次,签收 %d 次", v.Cash.Shipped, v.Cash.Signed)
	}
	if v.Cash.Returned > 0 {
		said += fmt.Sprintf(",退 %d 次", v.Cash.Returned)
	}
	return said
}

// erpLine is what the ERP says of the contract's order.
func erpLine(s sales.ContractCash) string {
	if s.ERP == "" {
		return ""
	}
	return "ERP " + s.ERP
}

// share is part of an amount with its percentage: "¥384,000.00(30%)".
func share(part, whole sales.Money) string {
	if whole <= 0 {
		return part.String()
	}
	return fmt.Sprintf("%s(%d%%)", part, int64(part)*100/int64(whole))
}

func lateOrDue(due, today sales.Day) string {
	if n := today.Sub(due); n > 0 {
		return fmt.Sprintf("逾期 %d 天", n)
	}
	return due.ChineseFrom(today) + " 到期"
}

// Receivables is what was invoiced and not paid, seen from one side.
type Receivables struct {
	Person sales.PersonID
	// Token and Scope say whose it is, What is the side: open, late, customers, people or uninvoiced.
	Token, Scope, What string
	Sum                sales.Receivable
	Invoices           []sales.Invoice
	Debtors            []sales.Debtor
	Owners             []sales.OwnerReceivable
	ToInvoice          []sales.ContractCash
	// People says that it is of more than one person.
	People   bool
	Customer func(sales.ID) string
	Name     func(sales.PersonID) string
	Me       sales.PersonID
	Today    sales.Day
}

// ReceivableCard is what was invoiced and not paid (已开票未回款), the first due first.
func ReceivableCard(v Receivables) cards.Card {
	c := cards.Card{Key: "receivable:" + v.Person.String() + "/" + v.Token, Title: "已开票未回款 · " + clip(v.Scope, 16)}
	addField(&c, "未收", fmt.Sprintf("%s(%d 张)", v.Sum.Open, v.Sum.Count))
	if v.Sum.OverdueCount > 0 {
		c.Level = cards.Warn
		addField(&c, "逾期", fmt.Sprintf("%s(%d 张)", v.Sum.Overdue, v.Sum.OverdueCount))
	}
	if n := len(v.ToInvoice); n > 0 {
		addField(&c, "待开票", fmt.Sprintf("签收了没开票 %d 份", n))
	}
	lines := v.lines()
	c.Note = strings.Join(lines, "\n")
	if len(lines) == 0 {
		c.Note = map[string]string{"late": "没有逾期的。", "uninvoiced": "签收的都开票了。"}[v.What]
		if c.Note == "" {
			c.Note = "没有欠款。"
		}
	}
	c.Buttons = receivableButtons(v)
	return c
}

// lines are what is owed, one by one, from the side asked for.
func (v Receivables) lines() (lines []string) {
	switch v.What {
	case "customers":
		for k, d := range v.Debtors {
			lines = append(lines, fmt.Sprintf("%d. %s %s(%d 张%s)", k+1, v.Customer(d.CustomerID), d.Open, d.Count, lateOf(d.Overdue)))
		}
		if len(v.Debtors) > 0 {
			lines = append(lines, "看一家:已开票未回款 "+v.Customer(v.Debtors[0].CustomerID))
		}
	case "people":
		for k, o := range v.Owners {
			if k == 12 {
				break
			}
			name := v.Name(o.OwnerID)
			if name == "" {
				name = "没有负责人"
			}
			lines = append(lines, fmt.Sprintf("%d. %s %s(%d 张%s)", k+1, name, o.Open, o.Count, lateOf(o.Overdue)))
		}
		if len(v.Owners) > 0 {
			lines = append(lines, "看一个人:已开票未回款 姓名")
		}
	case "uninvoiced":
		for k, s := range v.ToInvoice {
			lines = append(lines, fmt.Sprintf("%d. %s %s 签收 %s,还能开 %s", k+1, s.No, v.Customer(s.CustomerID), s.FirstSignedOn.Chinese(), s.Amount-s.Invoiced))
		}
	default:
		for k, i := range v.Invoices {
			line := fmt.Sprintf("%d. %s %s %s · %s", k+1, i.No, v.Customer(i.CustomerID), i.Open, dueText(i, v.Today))
			if v.People && i.OwnerID != v.Me {
				line += " · " + v.Name(i.OwnerID)
			}
			lines = append(lines, line)
		}
		if more := v.Sum.Count - int64(len(v.Invoices)); v.What != "late" && more > 0 {
			lines = append(lines, fmt.Sprintf("…还有 %d 张", more))
		}
		if v.What != "late" {
			for _, s := range v.ToInvoice[:min(len(v.ToInvoice), 3)] {
				lines = append(lines, fmt.Sprintf("待开票 %s %s 签收 %s,还能开 %s", s.No, v.Customer(s.CustomerID), s.FirstSignedOn.Chinese(), s.Amount-s.Invoiced))
			}
		}
	}
	return lines
}

func lateOf(m sales.Money) string {
	if m == 0 {
		return ""
	}
	return ",逾期 " + m.String()
}

func receivableButtons(v Receivables) []cards.Button {
	var out []cards.Button
	put := func(text, what string) {
		if what != v.What {
			word := map[string]string{"all": "公司", "team": "团队", "me": "我"}[v.Token]
			if word == "" {
				word = v.Scope
			}
			typed := "已开票未回款 " + word
			if what != "open" {
				typed += " " + text
			}
			out = append(out, cards.Button{Text: text, Typed: typed, Action: cards.Action{Verb: "receivable.show", Arg: v.Token + "," + what}})
		}
	}
	if v.What != "open" && v.What != "" {
		put("全部", "open")
	}
	if v.Sum.OverdueCount > 0 {
		put("逾期", "late")
	}
	if v.Token == "" || v.Token[0] != 'c' {
		put("按客户", "customers")
	}
	if v.People {
		put("按人", "people")
	}
	if len(v.ToInvoice) > 0 {
		put("待开票", "uninvoiced")
	}
	if kind, typed, ok := v.rows(); ok {
		out = append(out, RowsButton("看全部", kind+","+v.Token+",,", typed))
	}
	if len(out) > 0 {
		out[0].Style = cards.Primary
	}
	return out
}

// rowsSafe is how many rows a card shows on every platform: WeCom cuts a longer note.
const rowsSafe = 3

// rows are where the rows are that the card has no room for.
func (v Receivables) rows() (kind, typed string, ok bool) {
	word := map[string]string{"all": "公司", "team": "团队", "me": "我"}[v.Token]
	if word == "" {
		word = v.Scope
	}
	switch n := int64(min(len(v.Invoices), rowsSafe)); {
	case v.What == "late" && v.Sum.OverdueCount > n:
		return "late", "明细 逾期 " + word, true
	case (v.What == "open" || v.What == "") && v.Sum.Count > n:
		return "open", "明细 未收 " + word, true
	case v.What == "uninvoiced" && len(v.ToInvoice) > rowsSafe:
		return "toinvoice", "明细 待开票 " + word, true
	}
	return "", "", false
}

// Matches is how contracts, invoices and payments agree.
type Matches struct {
	Person sales.PersonID
	// Token says whose it is, in buttons.
	Token, What   string
	Counts        map[sales.Colour]int64
	Rows          []sales.ContractCash
	NoContract    []sales.Payment
	Unmatched     int64
	UnmatchedLeft sales.Money
	Customer      func(sales.ID) string
	Today         sales.Day
	Tolerance     sales.Money
}

// MatchCard shows the three colours (三单匹配) and the rows of one.
func MatchCard(v Matches) cards.Card {
	c := cards.Card{Key: "match:" + v.Person.String() + "/own", Title: "对账 · 合同、发票、回款"}
	n := v.Counts
	addField(&c, "对上了", fmt.Sprintf("🟢 %d 份", n[sales.Green]))
	addField(&c, "缺单据", fmt.Sprintf("🟡 %d 份", n[sales.Yellow]))
	addField(&c, "对不上", fmt.Sprintf("🔴 %d 份(差超过 %s)", n[sales.Red], v.Tolerance.Short()))
	if len(v.NoContract) > 0 {
		addField(&c, "没合同", fmt.Sprintf("有款没合同 %d 笔", len(v.NoContract)))
	}
	if v.Unmatched > 0 {
		addField(&c, "未认款", fmt.Sprintf("%d 笔 %s", v.Unmatched, v.UnmatchedLeft))
	}
	if n[sales.Red] > 0 {
		c.Level = cards.Alert
	}
	var lines []string
	if v.What == "paid" {
		for k, p := range v.NoContract {
			lines = append(lines, fmt.Sprintf("%d. %s %s %s %s", k+1, p.No, v.Customer(p.CustomerID), p.Left, p.ReceivedOn.ChineseFrom(v.Today)))
		}
	}
	for k, r := range v.Rows {
		lines = append(lines, fmt.Sprintf("%d. %s %s %s:%s", k+1, r.Colour.Mark(), r.No, v.Customer(r.CustomerID), clip(r.Why, 80)))
	}
	c.Note = strings.Join(lines, "\n")
	if len(lines) == 0 {
		c.Note = "这一类没有。"
		if v.What == "" {
			c.Note = "没有金额对不上的。"
		}
	}
	put := func(text, what string, show bool) {
		if show && what != v.What && (what != "red" || v.What != "") {
			c.Buttons = append(c.Buttons, cards.Button{Text: text, Typed: "对账 " + strings.TrimPrefix(text, "看"), Action: cards.Action{Verb: "match.show", Arg: what}})
		}
	}
	put("看红", "red", n[sales.Red] > 0)
	put("看黄", "yellow", n[sales.Yellow] > 0)
	put("看绿", "green", n[sales.Green] > 0)
	put("有款没合同", "paid", len(v.NoContract) > 0)
	if v.Unmatched > 0 {
		c.Buttons = append(c.Buttons, RowsButton("看未认款", "loose,"+v.Token+",,", "明细 未认款"))
	}
	if what, ok := map[string]sales.Colour{"": sales.Red, "red": sales.Red, "yellow": sales.Yellow, "green": sales.Green}[v.What]; ok {
		if n[what] > rowsSafe {
			c.Buttons = append(c.Buttons, RowsButton("看全部", string(what)+","+v.Token+",,", "明细 "+map[sales.Colour]string{sales.Red: "对不上", sales.Yellow: "缺单据", sales.Green: "对上了"}[what]))
		}
	} else if len(v.NoContract) > rowsSafe {
		c.Buttons = append(c.Buttons, RowsButton("看全部", "orphan,"+v.Token+",,", "明细 没合同"))
	}
	if len(v.Rows) > 0 {
		c.Note += "\n看一份:合同进度 " + v.Rows[0].No
	}
	if len(c.Buttons) > 0 {
		c.Buttons[0].Style = cards.Primary
	}
	return c
}
