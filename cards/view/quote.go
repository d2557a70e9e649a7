package view

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"salesflow/cards"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// Quote is a quote and its approval with the names its cards show.
type Quote struct {
	Quote    sales.Quote
	Request  approval.Request
	Customer string
	Class    string
	Files    []string
	Wait     approval.Wait
	Now      time.Time
	Today    sales.Day
	More     bool
	Face     int64
	Elsewhere
}

// Paper is the quote as any record under approval.
func (v Quote) Paper() Paper {
	q := v.Quote
	p := Paper{
		Object: "quote", ID: q.ID, No: q.No, Owner: q.OwnerID, Amount: q.Amount, Request: v.Request, Customer: v.Customer,
		Fields: []cards.Field{
			{Name: "客户", Value: customerLine(Contract{Customer: v.Customer, Class: v.Class})},
			{Name: "产品", Value: quoteLines(q, 2)},
			{Name: "金额", Value: quoteAmount(q)},
			{Name: "有效", Value: "到 " + q.ValidUntil.ChineseFrom(v.Today)},
		},
		Note: quoteNote(v), Findings: len(q.Under()), Detail: quoteDetail(q), Wait: v.Wait, Now: v.Now, More: v.More, Face: v.Face,
		Elsewhere: v.Elsewhere, Says: v.says(),
	}
	if q.State == sales.QuoteApproved {
		p.Next = []cards.Button{
			{
				Text: "转合同", Style: cards.Primary, Typed: "转合同 " + q.No,
				Action: cards.Action{Verb: "quote.contract", Record: int64(q.ID), Version: v.Request.Version},
			},
			p.button("详情", "detail", cards.Normal),
		}
	}
	return p
}

// quoteLines are the lines of a quote in one: the first ones, and how many there are.
func quoteLines(q sales.Quote, most int) string {
	var parts []string
	for i, l := range q.Lines {
		if i == most {
			parts = append(parts, "等 "+strconv.Itoa(len(q.Lines))+" 项")
			break
		}
		parts = append(parts, clip(l.Name, 20)+" "+l.QtyText()+" × "+l.Price.String())
	}
	return strings.Join(parts, "、")
}

func quoteAmount(q sales.Quote) string {
	s := q.Amount.String()
	if d := q.Discount(); d > 0 && d != sales.Percents(100) {
		s += "(" + ofList(d) + ")"
	}
	if len(q.Under()) > 0 {
		s += " ⚠ 低于底价"
	}
	return s
}

func quoteNote(v Quote) string {
	var parts []string
	if last := lastDecision(v.Request); last.Comment != "" && (v.Request.State == approval.Rejected || v.Request.State == approval.Returned) {
		parts = append(parts, "原因:"+clip(last.Comment, 80)+"。")
	}
	for i, l := range v.Quote.Under() {
		if i == 3 {
			break
		}
		parts = append(parts, clip(l.Name, 20)+" 底价 "+l.Floor.String()+",低 "+(l.Floor-l.Price).Short()+"。")
	}
	if v.Quote.Reason != "" {
		parts = append(parts, "理由:"+clip(v.Quote.Reason, 80)+"。")
	}
	if len(v.Files) > 0 {
		parts = append(parts, "附件:"+clip(strings.Join(v.Files, "、"), 60)+"。")
	}
	if v.Quote.State == sales.QuoteContracted {
		parts = append(parts, "已转合同。")
	}
	return sentences(parts...)
}

func quoteDetail(q sales.Quote) []string {
	var out []string
	for i, l := range q.Lines {
		s := fmt.Sprintf("%d. %s %s × %s = %s", i+1, l.Name, l.QtyText(), l.Price, l.Sum())
		if l.List > 0 {
			s += ",标准价 " + l.List.String()
		}
		if l.Below() {
			s += " ⚠ 底价 " + l.Floor.String()
		}
		out = append(out, s)
	}
	return out
}

var quoteStates = map[string]string{
	sales.QuotePending: "待审批", sales.QuoteReturned: "已退回修改", sales.QuoteApproved: "已通过", sales.QuoteRejected: "已驳回",
	sales.QuoteWithdrawn: "已撤回", sales.QuoteContracted: "已转合同",
}

// QuoteList is a person's newest quotes in words.
func QuoteList(qs []sales.Quote, customer func(sales.ID) string, group bool, now time.Time, example string) string {
	if len(qs) == 0 {
		return "还没有报价。报一份:" + example
	}
	var b strings.Builder
	b.WriteString("最近的报价")
	for _, q := range qs {
		money := q.Amount.Short()
		if group {
			money = q.Amount.Rounded()
		}
		fmt.Fprintf(&b, "\n%s · %s · %s · %s · %s", q.No, customer(q.CustomerID), money, quoteStates[q.State], sales.FormatTime(q.CreatedAt.Time, now))
	}
	b.WriteString("\n看一份:报价 " + qs[0].No)
	return b.String()
}

// ofList is a price beside the list price: "标准价 92 折", "标准价的 125%".
func ofList(d sales.Percent) string {
	s := d.Discount()
	if strings.HasPrefix(s, "的") {
		return "标准价" + s
	}
	return "标准价 " + s
}
