package view

import (
	"fmt"
	"strings"

	"salesflow/cards"
	"salesflow/store/sales"
)

// RowsShown is how many rows a page of a figure's rows shows.
const RowsShown = 10

// Rows are the rows behind a figure, a page of them.
type Rows struct {
	// Title names the figure, Words is how the same is typed.
	Title, Words string
	// Scope and Period say of whom and when.
	Scope, Period string
	Lines         []string
	// Count is how many there are, below 0 when that was not counted; Sum what they come to, 0 when that was not summed.
	Count int64
	Sum   sales.Money
	Unit  string
	Page  int
	More  bool
	// First names what the first row leads to, typed; empty for none.
	First string
}

// RowsText lists the rows behind a figure (明细). A text, since a card has no room for them on every platform.
func RowsText(v Rows) string {
	head := "**明细 · " + v.Title + " · " + v.Scope + "**"
	if v.Period != "" {
		head += " " + v.Period
	}
	if v.Count >= 0 {
		head += fmt.Sprintf("\n合计 %d %s", v.Count, v.Unit)
		if v.Sum != 0 {
			head += ",共 " + v.Sum.String()
		}
	} else if v.Sum != 0 {
		head += "\n合计 " + v.Sum.String()
	}
	lines := append([]string{head}, v.Lines...)
	if len(v.Lines) == 0 {
		lines = append(lines, "没有。")
	}
	if v.More {
		lines = append(lines, fmt.Sprintf("下一页:%s 第%d页", v.Words, v.Page+2))
	}
	if v.First != "" {
		lines = append(lines, "再往下:"+v.First)
	}
	return strings.Join(lines, "\n")
}

// RowsButton leads to the rows behind a figure.
func RowsButton(text, arg, typed string) cards.Button {
	return cards.Button{Text: text, Typed: typed, Action: cards.Action{Verb: "rows.show", Arg: arg + ",0"}}
}

// InvoiceLine is an invoice or credit note as a row.
func InvoiceLine(n int, i sales.Invoice, customer string, today sales.Day) string {
	if i.Kind == sales.InvoiceCredit {
		return fmt.Sprintf("%d. %s %s 红冲 -%s · %s %s", n, i.No, customer, i.Amount, i.IssuedOn.Chinese(), i.Reason)
	}
	line := fmt.Sprintf("%d. %s %s %s · %s 开", n, i.No, customer, i.Amount, i.IssuedOn.Chinese())
	if i.State == sales.InvoiceOpen {
		return line + ",未收 " + i.Open.String() + "," + dueText(i, today)
	}
	return line + " · " + i.StateName()
}

// PaymentLine is a payment as a row.
func PaymentLine(n int, p sales.Payment, customer string) string {
	if customer == "" {
		customer = clip(p.Payer, 24) + "(不知道是谁的)"
	}
	line := fmt.Sprintf("%d. %s %s %s · %s 到账", n, p.No, customer, p.Amount, p.ReceivedOn.Chinese())
	if p.Left > 0 && p.Left != p.Amount {
		line += ",还有 " + p.Left.String() + " 没用掉"
	}
	return line + " · " + p.StateName()
}

// ContractLine is a contract on its way to cash as a row.
func ContractLine(n int, s sales.ContractCash, customer, kind string) string {
	switch kind {
	case "toinvoice":
		return fmt.Sprintf("%d. %s %s 签收 %s,还能开 %s", n, s.No, customer, s.FirstSignedOn.Chinese(), s.Amount-s.Invoiced)
	case "delay":
		switch {
		case s.FirstInvoicedOn.IsZero():
			return fmt.Sprintf("%d. %s %s 签收 %s,还没开票", n, s.No, customer, s.FirstSignedOn.Chinese())
		case s.FirstInvoicedOn.Before(s.FirstSignedOn):
			return fmt.Sprintf("%d. %s %s 先开票 %s,签收 %s", n, s.No, customer, s.FirstInvoicedOn.Chinese(), s.FirstSignedOn.Chinese())
		}
		return fmt.Sprintf("%d. %s %s 签收 %s,开票 %s · %d 天", n, s.No, customer, s.FirstSignedOn.Chinese(), s.FirstInvoicedOn.Chinese(), s.FirstInvoicedOn.Sub(s.FirstSignedOn))
	}
	return fmt.Sprintf("%d. %s %s %s %s:%s", n, s.Colour.Mark(), s.No, customer, s.Amount, clip(s.Why, 80))
}

// PaidRow is what of a payment went to an invoice as a row.
func PaidRow(n int, l PaidLine) string { return fmt.Sprintf("%d. %s", n, paidText(l)) }

// FunnelLine is that a deal reached a stage as a row.
func FunnelLine(n int, e sales.FunnelEntry, stage, customer, who string) string {
	return fmt.Sprintf("%d. %s %s 进%s · %s · %s", n, e.Day.Chinese(), customer, stage, e.Amount.Short(), who)
}
