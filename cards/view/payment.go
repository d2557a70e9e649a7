package view

import (
	"fmt"
	"strings"
	"time"

	"salesflow/cards"
	"salesflow/store/sales"
)

// Payment is a payment with what of it went where.
type Payment struct {
	Payment            sales.Payment
	Customer, Contract string
	By, Owner          string
	Lines              []AllocationLine
	Watch, Group       bool
	Now                time.Time
}

// PaymentCard is the card of money that came in (回款), line by line where it went.
func PaymentCard(v Payment) cards.Card {
	p := v.Payment
	c := cards.Card{Key: cashKey("payment", p.ID, v.Watch), Title: "回款 " + p.No + " · " + p.StateName(), Status: v.Customer, Level: cards.OK}
	if c.Status == "" {
		c.Status = clip(p.Payer, 20)
	}
	if v.Group {
		c.Note = "金额请单聊我看。"
		return c
	}
	addField(&c, "金额", p.Amount.String())
	addField(&c, "到账", strings.TrimSpace(p.ReceivedOn.Chinese()+" "+p.BankRef))
	addField(&c, "合同", v.Contract)
	if p.Source == sales.CashFromChat { // a bank's own words are in its file
		addField(&c, "说明", p.Note)
	}
	var lines []string
	for k, l := range v.Lines {
		if k == 5 {
			lines = append(lines, fmt.Sprintf("另有 %d 张", len(v.Lines)-k))
			break
		}
		line := l.No + " " + l.Amount.String() + "(" + l.Rule
		if l.Left > 0 {
			line += ",还剩 " + l.Left.String() + " 没收"
		}
		lines = append(lines, line+")")
	}
	addField(&c, "认到", strings.Join(lines, "\n"))
	if p.Left > 0 && p.Counts() {
		c.Level = cards.Warn
		name := "还没认"
		if p.ContractID != 0 {
			name = "预付"
		}
		addField(&c, name, p.Left.String())
	}
	if v.Watch {
		addField(&c, "记录", strings.Trim(v.By+" · 销售 "+v.Owner, " ·"))
	}
	if !p.Counts() {
		c.Level, c.Closed = cards.Plain, "已撤销 · "+sales.FormatMoment(v.Now)
		return c
	}
	tap := func(verb string) cards.Action {
		return cards.Action{Verb: verb, Record: int64(p.ID), Version: p.Version}
	}
	if p.CustomerID != 0 {
		c.Buttons = append(c.Buttons, cards.Button{Text: "改认款", Style: cards.Primary, Typed: "认款 " + p.No + " 发票号", Action: tap("payment.pick")})
	} else {
		c.Buttons = append(c.Buttons, cards.Button{Text: "认款", Style: cards.Primary, Typed: "认款 " + p.No, Action: tap("payment.show")})
	}
	if p.Used > 0 {
		c.Buttons = append(c.Buttons, cards.Button{Text: "撤销认款", Typed: "撤销认款 " + p.No, Action: tap("payment.release")})
	}
	if !v.Watch {
		c.Buttons = append(c.Buttons, cards.Button{Text: "撤销", Style: cards.Danger, Typed: "撤销", Action: tap("payment.undo")})
	}
	return c
}

// PaidLine is part of a payment and the invoice it paid; of no invoice it is what is left.
type PaidLine struct {
	Payment sales.Payment
	Invoice string
	Amount  sales.Money
	Rule    string
}

// PaymentRows are the payments behind a contract's figure.
func PaymentRows(no string, list []PaidLine) string {
	if len(list) == 0 {
		return no + " 还没回过款。"
	}
	lines := []string{"**" + no + " 回款**"}
	for _, l := range list[max(len(list)-maxRows, 0):] {
		lines = append(lines, paidText(l))
	}
	return strings.Join(withEarlier(lines, len(list), "明细 回款 "+no), "\n")
}

func paidText(l PaidLine) string {
	to := "冲 " + l.Invoice + "(" + l.Rule + ")"
	if l.Invoice == "" {
		to = "预付,没票可冲"
	}
	return strings.Join(filled([]string{l.Payment.No, l.Payment.ReceivedOn.Chinese(), l.Amount.String(), to, l.Payment.BankRef}), " · ")
}

// withEarlier says where the rows are that a message has no room for.
func withEarlier(lines []string, n int, typed string) []string {
	if n > maxRows {
		lines = append(lines, fmt.Sprintf("另有 %d 笔更早的,全部看:%s", n-maxRows, typed))
	}
	return lines
}

// Unmatched is a payment nobody has assigned, with where it may belong.
type Unmatched struct {
	Payment     sales.Payment
	Customer    string
	Suggestions []sales.Suggestion
	Lines       []AllocationLine
	Today       sales.Day
	// Next is another payment nobody has assigned; its ID is 0 when there is none.
	Next sales.Payment
}

// next leads to the next payment nobody has assigned, so that finance goes through them by taps.
func (v Unmatched) next() []cards.Button {
	if v.Next.ID == 0 {
		return nil
	}
	return []cards.Button{{Text: "下一笔", Typed: "认款 " + v.Next.No, Action: cards.Action{Verb: "payment.show", Record: int64(v.Next.ID), Version: v.Next.Version}}}
}

// UnmatchedCard asks where a payment belongs, the likeliest first.
func UnmatchedCard(v Unmatched) cards.Card {
	p := v.Payment
	c := cards.Card{Key: "payment:" + p.ID.String() + "/match", Title: "未认款 " + p.No, Status: p.Left.String(), Level: cards.Warn}
	addField(&c, "付款方", clip(p.Payer, 40))
	if v.Customer != "" && v.Customer != p.Payer {
		addField(&c, "客户", v.Customer)
	}
	addField(&c, "到账", strings.TrimSpace(p.ReceivedOn.ChineseFrom(v.Today)+" "+p.BankRef))
	addField(&c, "附言", clip(p.Note, 60))
	var lines []string
	for k, s := range v.Suggestions {
		arg := "i" + s.InvoiceID.String()
		if s.InvoiceID == 0 {
			arg = "c" + s.ContractID.String()
		}
		lines = append(lines, fmt.Sprintf("%d. %s %s %s(%s)", k+1, s.Customer, s.No, s.Amount.String(), strings.Join(s.Why, "、")))
		b := cards.Button{Text: s.No, Typed: "认款 " + p.No + " " + s.No, Action: cards.Action{Verb: "payment.assign", Record: int64(p.ID), Version: p.Version, Arg: arg}}
		if k == 0 {
			b.Style = cards.Primary
		}
		if len([]rune(b.Text)) > cards.MaxButtonText {
			b.Text = fmt.Sprintf("认第 %d 个", k+1)
		}
		c.Buttons = append(c.Buttons, b)
	}
	c.Note = "可能是:\n" + strings.Join(lines, "\n")
	if len(lines) == 0 {
		c.Note = "没有像的发票。认到客户发:认款 " + p.No + " 客户;认到发票发:认款 " + p.No + " 发票号"
	}
	c.Buttons = append(c.Buttons, v.next()...)
	return c
}

// UnmatchedDone is the same card when the payment was assigned.
func UnmatchedDone(v Unmatched, who string) cards.Card {
	p := v.Payment
	c := cards.Card{Key: "payment:" + p.ID.String() + "/match", Title: "已认款 " + p.No, Status: p.Amount.String(), Level: cards.OK}
	addField(&c, "客户", v.Customer)
	for k, l := range v.Lines {
		if k < 3 {
			addField(&c, "认到", l.No+" "+l.Amount.String())
		}
	}
	if p.Left > 0 {
		addField(&c, restName(p), p.Left.String())
	}
	c.Note = who + " 认的。"
	if p.Used > 0 {
		c.Buttons = []cards.Button{{
			Text: "撤销认款", Typed: "撤销认款 " + p.No, Action: cards.Action{Verb: "payment.release", Record: int64(p.ID), Version: p.Version},
		}}
	}
	c.Buttons = append(v.next(), c.Buttons...)
	return c
}

// restName says what the part of a payment is that no invoice took: held for its contract, or nobody's yet.
func restName(p sales.Payment) string {
	if p.ContractID != 0 {
		return "预付"
	}
	return "剩余"
}

// UnmatchedList is a list of payments nobody has assigned, the newest first.
func UnmatchedList(list []sales.Payment, n int64, left sales.Money, customer func(sales.ID) string, today sales.Day) string {
	lines := []string{fmt.Sprintf("未认款 %d 笔,共 %s", n, left.String())}
	for k, p := range list {
		who := customer(p.CustomerID)
		if who == "" {
			who = clip(p.Payer, 24) + "(不知道是谁的)"
		}
		lines = append(lines, fmt.Sprintf("%d. %s %s %s %s", k+1, p.No, who, p.Left.String(), p.ReceivedOn.ChineseFrom(today)))
	}
	if n > int64(len(list)) {
		lines = append(lines, "全部看:明细 未认款")
	}
	return strings.Join(append(lines, "看一笔:认款 "+list[0].No), "\n")
}
