package view

import (
	"fmt"
	"strings"

	"salesflow/cards"
	"salesflow/store/sales"
)

// ContractPaper is a contract's paper with the names its card shows.
type ContractPaper struct {
	Contract sales.Contract
	Paper    sales.ContractPaper
	Customer string
	Owner    string
	By       string // who sealed
	Today    sales.Day
}

// PaperCard is the card of who seals.
func PaperCard(v ContractPaper) cards.Card {
	p, c := v.Paper, v.Contract
	card := cards.Card{
		Key: PaperKey("contract", c.ID, "seal"), Title: "用印 · " + c.No, Status: v.Customer,
		Fields: []cards.Field{
			{Name: "客户", Value: v.Customer},
			{Name: "金额", Value: c.Amount.String()},
			{Name: "申请", Value: v.Owner + " " + sales.FormatMoment(p.AskedAt.Time)},
		},
	}
	switch p.State {
	case sales.PaperAsked:
		card.Level = cards.Warn
		card.Status = "等你盖章"
		card.Fields = append(card.Fields, cards.Field{Name: "期限", Value: p.DueOn.ChineseFrom(v.Today)})
		card.Buttons = []cards.Button{{
			Text: "已用印", Style: cards.Primary, Typed: "已用印 " + c.No, Action: cards.Action{Verb: "paper.sealed", Record: int64(c.ID), Version: p.Version + 1},
		}}
	case sales.PaperSealed:
		card.Level = cards.OK
		card.Fields = append(card.Fields, cards.Field{Name: "原件", Value: p.DueOn.ChineseFrom(v.Today) + "前收回"})
		card.Status = "已用印 · " + v.By + " " + sales.FormatMoment(p.SealedAt.Time)
		card.Buttons = []cards.Button{{
			Text: "原件归档", Typed: "原件 " + c.No, Action: cards.Action{Verb: "paper.returned", Record: int64(c.ID), Version: p.Version + 1},
		}}
	case sales.PaperReturned:
		card.Level, card.Closed = cards.OK, "原件已归档 · "+sales.FormatMoment(p.ReturnedAt.Time)
	}
	return card
}

// PapersOpen lists the papers that are still out, in words.
func PapersOpen(list []ContractPaper) string {
	if len(list) == 0 {
		return "没有等盖章或等原件的合同。"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "还没了结的纸质合同 %d 份", len(list))
	for i, v := range list {
		what := "等盖章"
		if v.Paper.State == sales.PaperSealed {
			what = "等原件"
		}
		fmt.Fprintf(&b, "\n%d. %s · %s · %s · %s", i+1, v.Contract.No, v.Owner, what, v.Paper.DueOn.ChineseFrom(v.Today))
		if v.Paper.DueOn.Before(v.Today) {
			b.WriteString(" 🔴")
		}
	}
	b.WriteString("\n收到原件发:原件 " + list[0].Contract.No)
	return b.String()
}
