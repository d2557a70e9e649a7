package view

import (
	"fmt"
	"maps"
	"slices"
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
	// Way is its pipeline.
	Way *sales.Pipeline
	// Assumed says that the customer was one of several and is the author's own.
	Assumed bool
	// NewContact says that the contact was not known before, NewPhone that the number on the card was.
	NewContact, NewPhone bool

	Today sales.Day
	// Group is true for the card a group sees: without objection, with rounded amounts.
	Group bool
	// Pictures is how many were attached.
	Pictures int
	// Changes are what was corrected, newest last.
	Changes []string
	// Actions are what of the six was filed; Companions the colleagues who were along, Approvals the numbers linked.
	Actions    []sales.ActionRow
	Companions []string
	Approvals  []string
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
			Text: "推进", Style: cards.Primary, Typed: "推进 " + v.Customer + " " + v.Way.StageName(s),
			Action: cards.Action{Verb: "opportunity.advance", Record: int64(v.Visit.OpportunityID), Version: v.Visit.Version, Arg: string(s)},
		})
	}
	if next := nextAction(v); next != "" {
		c.Buttons = append(c.Buttons, cards.Button{
			Text: "补" + next.Name(), Typed: next.Name() + " " + v.Customer,
			Action: cards.Action{Verb: "visit.next", Record: int64(v.Visit.ID), Version: v.Visit.Version, Arg: string(next)},
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

// Fields a visit's reasons are kept under. An amount beside the main one is kept under what it is (AmountName).
const (
	ReasonCustomer  = "客户"
	ReasonContact   = "联系人"
	ReasonPhone     = "电话"
	ReasonNotMet    = "没见到"
	ReasonProduct   = "产品"
	ReasonQuantity  = "数量"
	ReasonObjection = "异议"
	ReasonPromise   = "承诺"
	ReasonDue       = "日期"
	ReasonAmount    = "金额"
	ReasonNeed      = "需求"
	ReasonMatter    = "事项"
	ReasonStage     = "阶段"
)

// reasons are the words kept under a field.
func (v Visit) reasons(field string) []string {
	var out []string
	for _, r := range v.Visit.Reasons {
		if r.Field == field {
			out = append(out, r.Words)
		}
	}
	return out
}

// visitFields are the lines of a visit's card. Where there are more than a card holds, lines are joined: nothing that
// was said is left out.
func visitFields(v Visit) []cards.Field {
	promises := promiseTexts(v)
	amounts, need, matter := visitAmounts(v), needLine(v), strings.Join(v.reasons(ReasonMatter), ",")
	f := visitLines(v, promises, amounts, need, matter)
	if len(f) > cards.MaxFields {
		promises = []string{joined(promises...)}
		f = visitLines(v, promises, amounts, need, matter)
	}
	if len(f) > cards.MaxFields {
		f = visitLines(v, promises, "", "", joined(amounts, need, matter))
	}
	if len(f) > cards.MaxFields { // the colleagues move to what else there was
		with := "同行 " + strings.Join(v.Companions, "、")
		v.Companions = nil
		f = visitLines(v, promises, "", "", joined(with, amounts, need, matter))
	}
	return f
}

func visitLines(v Visit, promises []string, amounts, need, matter string) []cards.Field {
	f := listed(cards.Field{Name: "联系人", Value: contactLine(v)}, cards.Field{Name: goodsLabel(v), Value: productLine(v)},
		cards.Field{Name: "异议", Value: objection(v)})
	for _, p := range promises {
		f = append(f, listed(cards.Field{Name: "承诺", Value: p})...)
	}
	return append(f, listed(cards.Field{Name: "同行", Value: strings.Join(v.Companions, "、")}, cards.Field{Name: "金额", Value: amounts}, cards.Field{Name: "需求", Value: need},
		cards.Field{Name: "事项", Value: matter}, cards.Field{Name: "商机", Value: opportunityLine(v)})...)
}

// listed are the fields that say something.
func listed(fields ...cards.Field) []cards.Field {
	var out []cards.Field
	for _, f := range fields {
		if f.Value != "" {
			out = append(out, f)
		}
	}
	return out
}

func joined(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, ";")
}

func promiseTexts(v Visit) []string {
	var out []string
	for _, t := range v.Promises {
		if t.State != sales.TodoCancelled {
			out = append(out, Promise(t, v.Today))
		}
	}
	return out
}

// contactLine is who was met: "王主任(新联系人) 13812345678", "没见到人".
func contactLine(v Visit) string {
	s := v.Contact
	if v.NewContact && s != "" {
		s += "(新联系人)"
	}
	for _, phone := range v.reasons(ReasonPhone) {
		if v.Group {
			phone = sales.Phone(phone).Masked()
		}
		if s += " " + phone; v.NewPhone && !v.NewContact && v.Contact != "" {
			s += "(电话已更新)"
		}
	}
	if len(v.reasons(ReasonNotMet)) > 0 {
		if s != "" {
			s += ","
		}
		s += "没见到人"
	}
	return strings.TrimSpace(s)
}

// goodsLabel is 数量 where a number of something was said that is no product of ours.
func goodsLabel(v Visit) string {
	if len(v.Products) == 0 {
		return "数量"
	}
	return "产品"
}

func productLine(v Visit) string {
	return strings.TrimSpace(strings.Join(v.Products, "、") + " " + strings.Join(v.reasons(ReasonQuantity), "、"))
}

// needLine is what the customer wants; a group does not see the figures in it.
func needLine(v Visit) string {
	if v.Group && strings.ContainsAny(v.Visit.Need, "0123456789万") {
		return "有,详情请单聊我"
	}
	return v.Visit.Need
}

func objection(v Visit) string {
	if v.Group && (v.Visit.Objection != "" || v.Visit.ObjectionType != "") {
		return "有,详情请单聊我"
	}
	return v.Visit.Objection
}

// amountNames say what an amount is.
var amountNames = map[string]string{
	"budget": "预算", "quote": "报价", "unit_price": "单价", "order": "订单", "contract": "合同", "payment": "回款",
	"balance": "欠款", "annual": "年用量", "competitor_price": "竞品价", "price_gap": "价差",
}

// AmountName is what an amount is called by its role; empty when that is not known.
func AmountName(role string) string { return amountNames[role] }

// visitAmounts is every amount that was said with what it is: "报价 128万,预算 100万". A range and what is not in yuan
// stand in their own words: "预算 45-50万". A group sees the main figure, rounded.
func visitAmounts(v Visit) string {
	said := v.reasons(ReasonAmount)
	main := mainAmount(v, said)
	if main == "" {
		return ""
	}
	parts := []string{strings.TrimSpace(amountNames[v.Visit.AmountRole] + " " + main)}
	if v.Group {
		return parts[0]
	}
	parts = append(parts, said[min(1, len(said)):]...)
	for _, r := range v.Visit.Reasons {
		if slices.Contains(amountFields, r.Field) && strings.ContainsAny(r.Words, figures) {
			parts = append(parts, r.Field+" "+r.Words)
		}
	}
	return strings.Join(parts, ",")
}

var aboutWords = []string{"约", "大概", "左右", "上下", "差不多", "将近"}

func mainAmount(v Visit, said []string) string {
	m := v.Visit.Amount
	switch {
	case m != 0 && v.Group:
		return m.Rounded()
	case m != 0 && len(said) > 0 && slices.ContainsFunc(aboutWords, func(w string) bool { return strings.Contains(said[0], w) }):
		return "约" + m.Short()
	case m != 0:
		return m.Short()
	case len(said) > 0 && v.Group:
		return "有,详情请单聊我"
	case len(said) > 0:
		return said[0]
	}
	return ""
}

// figures are the characters without one of which words are no sum: a total worked out of 三台 stands in none.
const figures = "0123456789万千百亿元块角毛"

var amountFields = slices.Sorted(maps.Values(amountNames))

func opportunityLine(v Visit) string {
	switch {
	case v.Stage == "":
		return ""
	case v.Visit.SuggestedStage == "":
		return v.Way.StageName(v.Stage)
	}
	return v.Way.StageName(v.Stage) + " → 建议推进到 " + v.Way.StageName(v.Visit.SuggestedStage)
}

func visitNote(v Visit) string {
	var parts []string
	if line := actionLine(v); line != "" {
		parts = append(parts, line+"\n")
	}
	if len(v.Approvals) > 0 {
		parts = append(parts, "审批 "+strings.Join(v.Approvals, "、")+"。")
	}
	if v.Assumed {
		parts = append(parts, "按你的客户"+v.Customer+"记的,不对就点修改。")
	}
	parts = append(parts, v.Changes...)
	if v.Pictures > 0 {
		parts = append(parts, fmt.Sprintf("照片 %d 张。", v.Pictures))
	}
	note := sentences(parts...)
	if len(v.Changes) == 0 && !v.Group && v.Visit.Text != "" && v.Visit.Text != sales.ActionCheckIn.Name() {
		note = strings.TrimSuffix(note, "\n") + "\n原话:" + clip(v.Visit.Text, 120) // word for word, on a line of its own
	}
	return strings.TrimSpace(note)
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

// PickClosed is the face of a question that is over: closed says how it ended.
func PickClosed(key, question, closed string) cards.Card {
	return cards.Card{Key: key, Title: question, Closed: closed}
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
