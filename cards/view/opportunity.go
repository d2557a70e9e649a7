package view

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"salesflow/cards"
	"salesflow/store/sales"
)

// Opportunity is an opportunity with the names its card shows.
type Opportunity struct {
	Opportunity sales.Opportunity
	Customer    string
	Owner       string
	Products    []string
	Today       sales.Day
	// Group is true for the card a group sees: with a rounded amount.
	Group bool
	// Created says that it was made just now. Move is its last move when the card should tell of it.
	Created bool
	Move    *OpportunityMove
	// Steps says that its stage has steps to tick off.
	Steps bool
	// Pace is how long it has been in its stage beside how long others stay; List how far its checklist is.
	Pace sales.Pace
	List sales.ListProgress
	// Also is another open opportunity of the same customer and product line, when a new one may be a double.
	Also *sales.Opportunity
	// Unread is what of the words that made it was not kept.
	Unread string
}

// OpportunityMove is a change of stage as a card tells it. Undo offers to take it back.
type OpportunityMove struct {
	Way       *sales.Pipeline
	From, To  sales.Stage
	Who, When string
	Undo      bool
	Undone    bool
}

// Backward reports whether the opportunity fell back (倒退).
func (m OpportunityMove) Backward() bool {
	return m.To != sales.StageLost && m.Way.Index(m.From) >= 0 && m.Way.Index(m.To) < m.Way.Index(m.From)
}

// Verb is what the move is called.
func (m OpportunityMove) Verb() string {
	switch {
	case m.Undone:
		return "已撤销推进"
	case m.To == sales.StageWon:
		return "已赢单"
	case m.To == sales.StageLost:
		return "已输单"
	case m.Backward():
		return "已倒退"
	}
	return "已推进"
}

// OpportunityKey names an opportunity's card: people's own, or the one in a group.
func OpportunityKey(id sales.ID, group bool) string {
	if group {
		return "opportunity:" + id.String() + "/group"
	}
	return "opportunity:" + id.String() + "/own"
}

// OpportunityCard is the card of one opportunity as it stands.
func OpportunityCard(v Opportunity) cards.Card {
	o := v.Opportunity
	c := cards.Card{Key: OpportunityKey(o.ID, v.Group), Title: "商机", Status: v.Customer, Fields: opportunityFields(v), Note: opportunityNote(v)}
	switch {
	case v.Created:
		c.Title, c.Level = "商机已建", cards.OK
	case v.Move != nil:
		c.Title, c.Level = "商机"+v.Move.Verb(), cards.OK
		if v.Move.Undone {
			c.Title = "推进已撤销"
		}
		if v.Move.Backward() && !v.Move.Undone || v.Move.To == sales.StageLost {
			c.Level = cards.Warn
		}
	}
	if o.State == sales.OpportunityOpen {
		c.Buttons = append(c.Buttons, advanceButton(v))
	}
	if o.State == sales.OpportunityOpen && v.Steps && !v.Group {
		c.Buttons = append(c.Buttons, cards.Button{
			Text: "节点", Typed: "节点 " + v.Customer, Action: cards.Action{Verb: "deal.nodes", Record: int64(o.ID), Version: o.Version},
		})
	}
	if v.Move != nil && v.Move.Undo && !v.Move.Undone {
		c.Buttons = append(c.Buttons, UndoMoveButton(o, v.Customer))
	}
	if o.State == sales.OpportunityOpen {
		c.Buttons = append(c.Buttons, cards.Button{
			Text: "输单", Style: cards.Danger, Typed: "输单 " + v.Customer + " 原因",
			Action: cards.Action{Verb: "opportunity.lose", Record: int64(o.ID), Version: o.Version},
		})
	}
	if len(c.Buttons) == 0 {
		c.Closed = closedOpportunity(v)
	}
	return c
}

// UndoMoveButton takes the last move of an opportunity back.
func UndoMoveButton(o sales.Opportunity, customer string) cards.Button {
	return cards.Button{
		Text: "撤销推进", Typed: "撤销推进 " + customer,
		Action: cards.Action{Verb: "opportunity.undo", Record: int64(o.ID), Version: o.Version},
	}
}

func advanceButton(v Opportunity) cards.Button {
	next := v.Opportunity.NextStage()
	b := cards.Button{
		Text: "推进", Style: cards.Primary, Typed: "推进 " + v.Customer + " " + v.Opportunity.Way.StageName(next),
		Action: cards.Action{Verb: "opportunity.advance", Record: int64(v.Opportunity.ID), Version: v.Opportunity.Version, Arg: string(next)},
	}
	if next == sales.StageWon {
		b.Text, b.Typed = "赢单", "赢单 "+v.Customer
	}
	return b
}

func opportunityFields(v Opportunity) []cards.Field {
	var f []cards.Field
	add := func(name, value string) {
		if value != "" {
			f = append(f, cards.Field{Name: name, Value: value})
		}
	}
	o := v.Opportunity
	add("产品", strings.Join(v.Products, "、"))
	add("金额", money(o.Amount, v.Group))
	stage := o.StageName()
	if o.State == sales.OpportunityOpen {
		stage += "(" + stayWords(v) + ")"
	}
	if v.Move != nil && !v.Move.Undone {
		stage = o.Way.StageName(v.Move.From) + " → " + o.Way.StageName(v.Move.To)
	}
	add("阶段", stage)
	add("清单", v.List.Words())
	if o.State == sales.OpportunityOpen {
		add("预计", o.ExpectedOn.ChineseFrom(v.Today))
	}
	add("原因", o.LossReason)
	add("负责人", v.Owner)
	return f
}

func opportunityNote(v Opportunity) string {
	var parts []string
	if m := v.Move; m != nil {
		words := m.Verb()
		switch {
		case m.Undone:
			words = "回到 " + m.Way.StageName(m.To)
		case m.Backward():
			words += "到 " + m.Way.StageName(m.To) + ",原记录保留"
		case v.Opportunity.State == sales.OpportunityOpen:
			words += "到 " + m.Way.StageName(m.To)
		}
		parts = append(parts, words+" · "+m.Who+" "+m.When+"。")
	}
	if v.Unread != "" {
		parts = append(parts, v.Unread)
	}
	if v.Also != nil {
		parts = append(parts, "这家同产品线已有一单:"+v.Also.StageName()+" "+money(v.Also.Amount, v.Group)+",重复了就输单掉一条。")
	}
	if v.Opportunity.State == sales.OpportunityOpen && v.Move == nil {
		parts = append(parts, "下一步:"+v.Opportunity.Way.StageName(v.Opportunity.NextStage())+"。")
	}
	if v.Group {
		parts = append(parts, "详情请单聊我。")
	}
	return sentences(parts...)
}

func closedOpportunity(v Opportunity) string {
	if v.Move != nil {
		return v.Move.Verb() + " · " + v.Move.Who + " " + v.Move.When
	}
	return "已" + v.Opportunity.StageName()
}

// money is an amount as the readers may see it; empty for none.
func money(m sales.Money, group bool) string {
	switch {
	case m == 0:
		return ""
	case group:
		return m.Rounded()
	}
	return m.Short()
}

// stayWords says how long an opportunity has been in its stage, beside what is expected: "5 天,基准 2.1 天".
func stayWords(v Opportunity) string {
	s := InStage(v.Opportunity, v.Today)
	if v.Pace.Benchmark > 0 {
		s += ",基准 " + sales.DaysText(v.Pace.Benchmark)
	}
	if v.Pace.Median > 0 {
		s += ",公司中位 " + sales.DaysText(v.Pace.Median)
	}
	return s
}

// overBenchmark says that an opportunity stays longer than its stage is expected to take; "" when it does not.
func overBenchmark(o sales.Opportunity, today sales.Day) string {
	benchmark := time.Duration(o.OpenStage().Benchmark) * time.Second
	if stay := time.Duration(sales.DaysInStage(o, today)) * 24 * time.Hour; benchmark <= 0 || stay <= benchmark {
		return ""
	}
	return "(基准 " + sales.DaysText(benchmark) + ")"
}

// Overstay says how long an opportunity has been in its stage, and whether that is longer than the stage is expected to take.
func Overstay(o sales.Opportunity, today sales.Day) (string, bool) {
	over := overBenchmark(o, today)
	return InStage(o, today) + over, over != "" || o.OpenStage().Benchmark <= 0 && sales.DaysInStage(o, today) > sales.StuckDays
}

// InStage says how long an opportunity has been in its stage.
func InStage(o sales.Opportunity, today sales.Day) string {
	if n := sales.DaysInStage(o, today); n > 0 {
		return strconv.Itoa(n) + " 天"
	}
	return "今天刚到"
}

// OpportunityLine is one opportunity of a list.
type OpportunityLine struct {
	Opportunity sales.Opportunity
	Customer    string
	Products    []string
	// Owner is shown when the list holds other people's.
	Owner string
}

// OpportunityName tells opportunities of one customer apart: "生化分析仪 50万 · 方案提交 5 天".
func OpportunityName(l OpportunityLine, today sales.Day, group bool) string {
	var parts []string
	if len(l.Products) > 0 {
		parts = append(parts, clip(strings.Join(l.Products, "、"), 24))
	}
	if m := money(l.Opportunity.Amount, group); m != "" {
		parts = append(parts, m)
	}
	parts = append(parts, l.Opportunity.StageName()+" "+InStage(l.Opportunity, today)+overBenchmark(l.Opportunity, today))
	if l.Owner != "" {
		parts = append(parts, l.Owner)
	}
	return strings.Join(parts, " · ")
}

// OpportunityList is a list of open opportunities in words, the longest in their stage first.
func OpportunityList(title string, lines []OpportunityLine, today sales.Day, group, more bool) string {
	var b strings.Builder
	var sum sales.Money
	stuck := 0
	for _, l := range lines {
		sum += l.Opportunity.Amount
		if sales.DaysInStage(l.Opportunity, today) > sales.StuckDays {
			stuck++
		}
	}
	if more { // how many there are in all is not known here, so none is claimed
		fmt.Fprintf(&b, "%s,停得最久的 %d 单", title, len(lines))
		if stuck > 0 {
			fmt.Fprintf(&b, ",其中 %d 单停了超过 %d 天", stuck, sales.StuckDays)
		}
	} else {
		fmt.Fprintf(&b, "%s %d 单", title, len(lines))
		if sum > 0 {
			b.WriteString(",合计 " + money(sum, group))
		}
		if stuck > 0 {
			fmt.Fprintf(&b, ",%d 单停了超过 %d 天", stuck, sales.StuckDays)
		}
	}
	for i, l := range lines {
		fmt.Fprintf(&b, "\n%d. %s · %s", i+1, l.Customer, OpportunityName(l, today, group))
		if sales.DaysInStage(l.Opportunity, today) > sales.StuckDays {
			b.WriteString(" 🟡")
		}
	}
	if len(lines) > 0 {
		fmt.Fprintf(&b, "\n推进:推进 %s %s。", lines[0].Customer, lines[0].Opportunity.Way.StageName(lines[0].Opportunity.NextStage()))
	}
	if group {
		b.WriteString("详情请单聊我。")
	}
	return b.String()
}

// LossReasons are offered when an opportunity is lost; any other words are taken as they are.
var LossReasons = []string{"价格", "竞品", "预算", "需求取消", "其他"}

// AdvancedFrom is the face of a card from which an opportunity was moved by a tap: without the button that did it.
// verbs are the actions that are over; undo is the button to take it back, nil for none.
func AdvancedFrom(face cards.Card, stage, note string, undo *cards.Button, verbs ...string) cards.Card {
	face.Fields = append([]cards.Field(nil), face.Fields...)
	for i := range face.Fields {
		if face.Fields[i].Name == "商机" {
			face.Fields[i].Value = stage
		}
	}
	var buttons []cards.Button
	if undo != nil {
		buttons = append(buttons, *undo)
	}
	for _, b := range face.Buttons {
		over := false
		for _, v := range verbs {
			over = over || b.Action.Verb == v
		}
		if !over {
			buttons = append(buttons, b)
		}
	}
	face.Buttons, face.Note = buttons, note
	return face
}
