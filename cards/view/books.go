package view

import (
	"fmt"
	"strings"
	"time"

	"salesflow/cards"
	"salesflow/store/sales"
)

// Books is a month that is to be closed or was closed (关账), as one person sees it.
type Books struct {
	Closing    sales.Closing
	Statements []sales.StatementSum
	Person     sales.PersonID
	// Record is the month as the button has it, Mark stands for the figures that are shown.
	Record, Mark int64
	// First says that nothing was closed before, so that everything earlier is closed with it. Closed says that it was just closed,
	// Closes that whoever sees it may do that.
	First, Closed, Closes bool
	By                    string
	Now                   time.Time
}

// BooksCard shows what a month came to and what is left to do in it.
func BooksCard(v Books) cards.Card {
	m := v.Closing
	last := sales.LastOf(m.MonthOn)
	c := cards.Card{
		Key: "books:" + m.MonthOn.String()[:7] + "/" + v.Person.String(), Title: "关账 · " + m.Month(), Status: "待确认", Level: cards.Warn,
	}
	addField(&c, "开票", fmt.Sprintf("%s(%d 张)", m.Invoiced, m.Invoices))
	addField(&c, "红冲", m.Credited.String())
	addField(&c, "回款", fmt.Sprintf("%s(%d 笔)", m.Received, m.Payments))
	loose := "没有"
	if m.Loose > 0 {
		loose = fmt.Sprintf("%s(%d 笔)", m.LooseAmount, m.Loose)
	}
	addField(&c, "未认款", loose)
	addField(&c, "对账单", statementCounts(v.Statements))
	before := ""
	if v.First {
		before = "更早的月份一起关。"
	}
	if v.Closed {
		c.Status, c.Level = "已关账", cards.OK
		c.Note = "已关账 · " + v.By + " " + sales.FormatMoment(v.Now) + "。" + before + "要改由总监或管理员发:反关账 " + m.Month() + " 原因"
		return c
	}
	c.Note = "关了以后,日子在" + m.Month() + "和以前的开票、红冲、回款都记不进来,也撤不掉;认款照常。" + before
	tap := func(verb string) cards.Action { return cards.Action{Verb: verb, Record: v.Record, Version: v.Mark} }
	rows := func(text, kind string) cards.Button {
		return cards.Button{
			Text: text, Typed: "明细 " + strings.TrimPrefix(text, "看") + " 公司 " + m.Month(),
			Action: cards.Action{Verb: "rows.show", Arg: strings.Join([]string{kind, "all", m.MonthOn.String(), last.String(), "0"}, ",")},
		}
	}
	if v.Closes {
		c.Buttons = append(c.Buttons, cards.Button{Text: "确认关账", Style: cards.Primary, Typed: "关账 " + m.Month() + " 确认", Action: tap("books.close")})
	} else {
		c.Note += "由财务来关。"
	}
	c.Buttons = append(c.Buttons, rows("看开票", "issued"), rows("看回款", "paid"))
	if m.Loose > 0 {
		c.Buttons = append(c.Buttons, rows("看未认款", "loose"))
	}
	return c
}

// statementCounts is how a month's statements stand; empty when there is none.
func statementCounts(sums []sales.StatementSum) string {
	n := map[string]int64{}
	for _, s := range sums {
		n[s.State] += s.Count
	}
	var out []string
	for _, x := range []struct{ state, word string }{
		{sales.StatementReady, "待发"}, {sales.StatementSent, "没回"}, {sales.StatementDisputed, "有出入"}, {sales.StatementConfirmed, "已确认"},
	} {
		if n[x.state] > 0 {
			out = append(out, fmt.Sprintf("%s %d 家", x.word, n[x.state]))
		}
	}
	return strings.Join(out, ",")
}
