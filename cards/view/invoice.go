package view

import (
	"fmt"
	"strings"
	"time"

	"salesflow/cards"
	"salesflow/store/sales"
)

// AllocationLine is one line of how money went: to or from which paper, how much, and why.
type AllocationLine struct {
	No     string
	Amount sales.Money
	Rule   string
	// Left is what stays open of the invoice.
	Left sales.Money
}

// Invoice is an invoice with what its card shows.
type Invoice struct {
	Invoice            sales.Invoice
	Contract, Customer string
	By, Owner          string
	// Lines are what was prepaid and paid it at once, Cash where its contract stands.
	Lines        []AllocationLine
	Cash         sales.ContractCash
	Watch, Group bool
	Now          time.Time
	Today        sales.Day
}

// InvoiceCard is the card of an invoice (开票).
func InvoiceCard(v Invoice) cards.Card {
	i := v.Invoice
	c := cards.Card{Key: cashKey("invoice", i.ID, v.Watch), Title: "发票 " + i.No + " · " + i.StateName(), Status: v.Customer, Level: cards.OK}
	if v.Group {
		c.Note = "金额请单聊我看。"
		return c
	}
	addField(&c, "合同", v.Contract)
	addField(&c, "金额", i.Amount.String())
	for k, l := range v.Lines {
		if k == 2 {
			c.Note = fmt.Sprintf("另有 %d 笔预付冲上了。", len(v.Lines)-k)
			break
		}
		addField(&c, "冲预付", l.No+" "+l.Amount.String())
	}
	if i.State == sales.InvoiceOpen {
		addField(&c, "未收", i.Open.String())
		addField(&c, "到期", i.DueOn.ChineseFrom(v.Today))
	}
	addField(&c, "发票号", i.TaxNo)
	if i.Kind == sales.InvoiceNormal {
		addField(&c, "说明", i.Reason)
	}
	if v.Watch {
		addField(&c, "记录", v.By+" · 销售 "+v.Owner)
	}
	if i.State == sales.InvoiceUndone {
		c.Level, c.Closed = cards.Plain, "已撤销 · "+sales.FormatMoment(v.Now)
		return c
	}
	if v.Cash.ContractID != 0 {
		c.Note += "合同已开 " + v.Cash.Invoiced.String() + " / " + v.Cash.Amount.String() + "。"
	}
	c.Buttons = []cards.Button{{
		Text: "合同进度", Style: cards.Primary, Typed: "合同进度 " + v.Contract, Action: cards.Action{Verb: "chain.show", Record: int64(i.ContractID)},
	}}
	if !v.Watch {
		c.Buttons = append(c.Buttons, cards.Button{
			Text: "撤销", Style: cards.Danger, Typed: "撤销", Action: cards.Action{Verb: "invoice.undo", Record: int64(i.ID), Version: i.Version},
		})
	}
	return c
}

// InvoiceRows are the invoices behind a contract's figure.
func InvoiceRows(no string, list []sales.Invoice, today sales.Day) string {
	if len(list) == 0 {
		return no + " 还没开过票。"
	}
	lines := []string{"**" + no + " 发票**"}
	for _, i := range list[max(len(list)-maxRows, 0):] {
		parts := []string{i.No, i.StateName(), i.IssuedOn.Chinese() + " 开", i.Amount.String()}
		if i.Kind == sales.InvoiceCredit {
			parts = []string{i.No, "红字", i.IssuedOn.Chinese(), "-" + i.Amount.String(), i.Reason}
		} else if i.State == sales.InvoiceOpen {
			parts = append(parts, "未收 "+i.Open.String(), dueText(i, today))
		}
		lines = append(lines, strings.Join(filled(append(parts, i.TaxNo)), " · "))
	}
	return strings.Join(withEarlier(lines, len(list), "明细 开票 "+no), "\n")
}

// dueText is when an open invoice is due, how late it is, and until when payment was promised.
func dueText(i sales.Invoice, today sales.Day) string {
	s := ""
	switch n := i.OverdueDays(today); {
	case n > 0:
		s = fmt.Sprintf("逾期 %d 天", n)
	case i.DueOn == today:
		s = "今天到期"
	case !i.DueOn.IsZero():
		s = fmt.Sprintf("%s 到期", i.DueOn.Chinese())
	}
	if !i.PromisedOn.IsZero() && !i.PromisedOn.Before(today) {
		s += ",答应 " + i.PromisedOn.Chinese() + " 付"
	}
	return s
}
