package view

import (
	"fmt"
	"strings"

	"salesflow/cards"
	"salesflow/store/sales"
)

// CashMetrics is how fast money comes in.
type CashMetrics struct {
	Scope      string
	Days       int
	Sum        sales.CashSum
	Receivable sales.Receivable
	// Delayed is the sum of days from receipt to invoice of Invoiced contracts, Early how many were invoiced before, Waiting how
	// many still wait.
	Delayed, Invoiced, Early, Waiting int
}

// CashMetricsText says how fast money comes in, each figure beside what it means.
func CashMetricsText(v CashMetrics) string {
	net := v.Sum.Invoiced - v.Sum.Credited
	lines := []string{"回款指标 · " + v.Scope}
	if tenths, ok := sales.DSO(v.Receivable.Open, net, v.Days); ok {
		lines = append(lines, fmt.Sprintf("周转天数 %d.%d 天(未收 %s ÷ 近 %d 天开票 %s × %d)", tenths/10, tenths%10, v.Receivable.Open, v.Days, net, v.Days))
	} else {
		lines = append(lines, fmt.Sprintf("周转天数算不出:近 %d 天没有开票。", v.Days))
	}
	lines = append(lines, fmt.Sprintf("近 %d 天回款 %s(%d 笔)", v.Days, v.Sum.Received, v.Sum.Payments))
	late := ""
	if v.Receivable.Open > 0 {
		late = fmt.Sprintf(",占未收 %d%%", int64(v.Receivable.Overdue)*100/int64(v.Receivable.Open))
	}
	lines = append(lines, fmt.Sprintf("逾期 %s(%d 张%s)", v.Receivable.Overdue, v.Receivable.OverdueCount, late))
	switch {
	case v.Invoiced > 0:
		lines = append(lines, fmt.Sprintf("签收到开票平均 %.1f 天(%d 份),先开后签 %d 份,签收了没开 %d 份", float64(v.Delayed)/float64(v.Invoiced), v.Invoiced, v.Early, v.Waiting))
	case v.Waiting+v.Early > 0:
		lines = append(lines, fmt.Sprintf("先开票后签收 %d 份,签收了没开票 %d 份", v.Early, v.Waiting))
	}
	return strings.Join(append(lines, "看每一张:已开票未回款 "+v.Scope), "\n")
}

// CustomerValue is what a customer was worth so far.
type CustomerValue struct {
	Customer   string
	Paid, Open sales.Money
	First      sales.Day
	Today      sales.Day
}

// CustomerValueText says what a customer paid in all and a year.
func CustomerValueText(v CustomerValue) string {
	if v.Paid == 0 {
		return v.Customer + "还没付过款,未收 " + v.Open.String() + "。"
	}
	days := max(v.Today.Sub(v.First)+1, 1)
	year := v.Paid
	if days > 365 {
		year = sales.Money(int64(v.Paid) / int64(days) * 365)
	}
	return fmt.Sprintf("%s 累计付款 %s(%s起),合一年 %s,未收 %s。", v.Customer, v.Paid, v.First.ChineseFrom(v.Today), year, v.Open)
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
}

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
	for k, g := range v.Groups {
		if k == 10 {
			lines = append(lines, fmt.Sprintf("…另有 %d 个", len(v.Groups)-k))
			break
		}
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
	if v.Up != "" {
		c.Buttons = append(c.Buttons, cards.Button{Text: "返回", Typed: "新签额 " + v.Month, Action: cards.Action{Verb: "newsign.show", Arg: v.Up}})
	}
	return c
}
