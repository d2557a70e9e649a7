package view

import (
	"strings"

	"salesflow/cards"
	"salesflow/store/sales"
)

// EInvoice is an invoice as the e-invoice service has it.
type EInvoice struct {
	Invoice  sales.Invoice
	EInvoice sales.EInvoice
	Customer string
}

var einvoiceStates = map[string]string{
	sales.EInvoiceWaits: "在开", sales.EInvoiceAsked: "在开", sales.EInvoiceIssued: "已开", sales.EInvoiceFailed: "没开出来",
}

// EInvoiceCard is an e-invoice on its way: number and PDF when it was issued, what to mend when it was not.
func EInvoiceCard(v EInvoice) cards.Card {
	e := v.EInvoice
	c := cards.Card{Key: "invoice:" + v.Invoice.ID.String() + "/einvoice", Title: "电子票 " + v.Invoice.No + " · " + einvoiceStates[e.State], Status: v.Customer}
	amount := v.Invoice.Amount.String()
	if v.Invoice.Kind == sales.InvoiceCredit {
		amount = "红字 -" + amount
	}
	addField(&c, "金额", amount)
	addField(&c, "票号", e.TaxNo)
	addField(&c, "PDF", e.PDF)
	switch e.State {
	case sales.EInvoiceIssued:
		c.Level = cards.OK
	case sales.EInvoiceFailed:
		c.Level, c.Note = cards.Warn, mend(v)
		c.Buttons = []cards.Button{{
			Text: "再开一次", Style: cards.Primary, Typed: "电子票 " + v.Invoice.No, Action: cards.Action{Verb: "einvoice.ask", Record: int64(v.Invoice.ID), Version: e.Version},
		}}
	default:
		c.Note = "税务那边开好了告诉你。"
	}
	return c
}

// EInvoiceText tells who asked what became of an e-invoice.
func EInvoiceText(v EInvoice) string {
	if v.EInvoice.State == sales.EInvoiceFailed {
		return "电子票 " + v.Invoice.No + "(" + v.Customer + ")没开出来。" + mend(v)
	}
	text := "电子票开好了:" + v.Invoice.No + " " + v.Customer + ",票号 " + v.EInvoice.TaxNo + "。"
	if v.EInvoice.PDF != "" {
		text += "\n" + v.EInvoice.PDF
	}
	return text
}

var billingWords = map[string]string{
	"title": "抬头", "tax_no": "税号", "address": "地址", "phone": "电话", "bank": "开户行", "account": "账号", "mail": "邮箱",
}

// mend says what is wrong and by which command it is mended.
func mend(v EInvoice) string {
	e := v.EInvoice
	why := e.Message
	if why == "" {
		why = "服务没说原因"
	}
	why = strings.TrimRight(why, "。.")
	if word := billingWords[strings.TrimPrefix(e.Field, "buyer.")]; word != "" {
		return word + "有问题:" + why + "。改好再开:开票资料 " + v.Customer + " " + word + " …,然后 电子票 " + v.Invoice.No
	}
	return "原因:" + why + "。改好再发:电子票 " + v.Invoice.No
}

// BillingText is how a customer is billed; what is missing is said.
func BillingText(c sales.Customer, b sales.Billing) string {
	lines := []string{"**开票资料 · " + c.Name + "**"}
	title, tax := b.Title, b.TaxNo
	if title == "" {
		title = c.Name
	}
	if tax == "" && c.USCC != "" {
		tax = c.USCC + "(统一社会信用代码)"
	}
	var missing []string
	for _, f := range []struct {
		name, value string
		need        bool
	}{{"抬头", title, true}, {"税号", tax, true}, {"地址", b.Address, false}, {"电话", b.Phone, false}, {"开户行", b.Bank, false}, {"账号", b.Account, false}, {"邮箱", b.Mail, true}} {
		switch {
		case f.value != "":
			lines = append(lines, f.name+" "+f.value)
		case f.need:
			missing = append(missing, f.name)
		}
	}
	if len(missing) > 0 {
		lines = append(lines, "还缺 "+strings.Join(missing, "、")+"。补:开票资料 "+c.Name+" "+missing[0]+" …")
	}
	return strings.Join(lines, "\n")
}
