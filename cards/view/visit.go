package view

import (
	"strconv"
	"strings"

	"salesflow/cards"
	"salesflow/store/sales"
)

// Visit is a visit with the names its card shows.
type Visit struct {
	Visit    sales.Visit
	Customer string
	Contact  string
	Products []string
	Promises []sales.Todo
	// Stage is the stage of the customer's open opportunity, "" when there is none.
	Stage sales.Stage
	// Assumed says that the customer was one of several and is the author's own.
	Assumed bool
	// NewContact says that the contact was not known before.
	NewContact bool
	Today      sales.Day
	// Group is true for the card a group sees: without objection, with rounded amounts.
	Group bool
	// Changes are what was corrected, newest last.
	Changes []string
}

// VisitKey names a visit's card: its author's, or the one in the group it was filed from.
func VisitKey(id sales.ID, group bool) string {
	if group {
		return "visit:" + id.String() + "/group"
	}
	return "visit:" + id.String() + "/own"
}

// VisitFiled is the card of a visit that was filed.
func VisitFiled(v Visit) cards.Card {
	c := cards.Card{
		Key: VisitKey(v.Visit.ID, v.Group), Title: "拜访已记录", Status: v.Customer, Level: cards.OK,
		Fields: visitFields(v), Note: visitNote(v),
	}
	undo := cards.Action{Verb: "visit.undo", Record: int64(v.Visit.ID), Version: v.Visit.Version}
	if s := v.Visit.SuggestedStage; s != "" && v.Visit.OpportunityID != 0 && !v.Group {
		c.Buttons = append(c.Buttons, cards.Button{
			Text: "推进", Style: cards.Primary, Typed: "推进 " + v.Customer + " " + s.Name(),
			Action: cards.Action{Verb: "opportunity.advance", Record: int64(v.Visit.OpportunityID), Version: v.Visit.Version, Arg: string(s)},
		})
	}
	c.Buttons = append(c.Buttons,
		cards.Button{Text: "修改", Typed: "修改 金额改成18万", Action: cards.Action{Verb: "visit.edit", Record: int64(v.Visit.ID), Version: v.Visit.Version}},
		cards.Button{Text: "撤销", Style: cards.Danger, Typed: "撤销", Action: undo})
	return c
}

// VisitUndone is the card of a visit its author took back.
func VisitUndone(v Visit, when string) cards.Card {
	return cards.Card{
		Key: VisitKey(v.Visit.ID, v.Group), Title: "拜访已撤销", Status: v.Customer,
		Fields: visitFields(v), Closed: "已撤销 · " + when,
	}
}

func visitFields(v Visit) []cards.Field {
	var f []cards.Field
	add := func(name, value string) {
		if value != "" && len(f) < cards.MaxFields {
			f = append(f, cards.Field{Name: name, Value: value})
		}
	}
	contact := v.Contact
	if v.NewContact && contact != "" {
		contact += "(新联系人)"
	}
	add("联系人", contact)
	add("产品", strings.Join(v.Products, "、"))
	if v.Visit.Objection != "" || v.Visit.ObjectionType != "" {
		add("异议", objection(v))
	}
	for i, t := range v.Promises {
		if i == 2 {
			break
		}
		add("承诺", Promise(t, v.Today))
	}
	add("金额", amount(v))
	add("需求", v.Visit.Need)
	add("商机", opportunityLine(v))
	return f
}

func objection(v Visit) string {
	if v.Group {
		return "有,详情请单聊我"
	}
	return v.Visit.Objection
}

// AmountNames say what an amount is.
var amountNames = map[string]string{
	"budget": "预算", "quote": "报价", "unit_price": "单价", "order": "订单", "contract": "合同", "payment": "回款",
	"balance": "欠款", "annual": "年用量", "competitor_price": "竞品价", "price_gap": "价差",
}

func amount(v Visit) string {
	if v.Visit.Amount == 0 {
		return ""
	}
	s := v.Visit.Amount.Short()
	if v.Group {
		s = v.Visit.Amount.Rounded()
	}
	return strings.TrimSpace(amountNames[v.Visit.AmountRole] + " " + s)
}

func opportunityLine(v Visit) string {
	switch {
	case v.Stage == "":
		return ""
	case v.Visit.SuggestedStage == "":
		return v.Stage.Name()
	}
	return v.Stage.Name() + " → 建议推进到 " + v.Visit.SuggestedStage.Name()
}

func visitNote(v Visit) string {
	var parts []string
	if v.Assumed {
		parts = append(parts, "按你的客户"+v.Customer+"记的,不对就点修改。")
	}
	parts = append(parts, v.Changes...)
	if len(v.Changes) == 0 && !v.Group && v.Visit.Text != "" {
		parts = append(parts, "原话:"+clip(v.Visit.Text, 120))
	}
	return strings.Join(parts, " ")
}

// Promise is one promise as a card says it: "寄样 → 3月17日 周二(6天后)".
func Promise(t sales.Todo, today sales.Day) string {
	switch {
	case t.State == sales.TodoDone:
		return t.Text + "(已完成)"
	case t.DueOn.IsZero():
		return t.Text + "(没说日期)"
	}
	return t.Text + " → " + t.DueText(today)
}

// Pick is a question with a list to choose from; typed, the answer is the number.
type Pick struct {
	Key, Question, Note string
	Options             []PickOption
}

// PickOption is one entry of a Pick.
type PickOption struct {
	Text   string
	Action cards.Action
}

// PickOne is the card of a question with up to five options and a way out.
func PickOne(p Pick) cards.Card {
	c := cards.Card{Key: p.Key, Title: p.Question, Note: p.Note}
	for i, o := range p.Options {
		if i == cards.MaxButtons {
			break
		}
		b := cards.Button{Text: o.Text, Typed: strconv.Itoa(i + 1), Action: o.Action}
		if i == 0 {
			b.Style = cards.Primary
		}
		c.Buttons = append(c.Buttons, b)
	}
	return c
}

// clip cuts a text to n runes.
func clip(s string, n int) string {
	r := []rune(strings.ReplaceAll(s, "\n", " "))
	if len(r) <= n {
		return string(r)
	}
	return string(r[:n-1]) + "…"
}
