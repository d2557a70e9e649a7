package view

import (
	"fmt"
	"strings"
	"time"

	"salesflow/cards"
	"salesflow/store/sales"
)

// Handover is a handover with the names its card shows.
type Handover struct {
	Handover     sales.Handover
	From, To, By string
	Now          time.Time
}

// HandoverKey names the card of a handover.
func HandoverKey(id sales.ID) string { return "handover:" + id.String() + "/card" }

func (v Handover) tap(verb, arg string) cards.Action {
	return cards.Action{Verb: verb, Record: int64(v.Handover.ID), Version: v.Handover.Version, Arg: arg}
}

func (v Handover) card(title string) cards.Card {
	c := cards.Card{Key: HandoverKey(v.Handover.ID), Title: title, Status: v.From + " → " + v.To}
	n := v.Handover.Counts
	addField(&c, "范围", v.Handover.Scope)
	addField(&c, "客户", fmt.Sprintf("%d 家", n.Customers))
	if n.Opportunities+n.Contracts > 0 {
		addField(&c, "单子", fmt.Sprintf("商机 %d、在走的合同 %d", n.Opportunities, n.Contracts))
	}
	if n.Todos+n.Leads > 0 {
		addField(&c, "待办", fmt.Sprintf("待办 %d、线索 %d", n.Todos, n.Leads))
	}
	if n.Approvals+n.Incidents > 0 {
		addField(&c, "等他的", fmt.Sprintf("待审批 %d、超时事项 %d", n.Approvals, n.Incidents))
	}
	if n.WorkOrders+n.WorkTasks > 0 {
		addField(&c, "工单", fmt.Sprintf("工单 %d、工单任务 %d", n.WorkOrders, n.WorkTasks))
	}
	if n.Statements > 0 {
		addField(&c, "对账单", fmt.Sprintf("没确认的 %d", n.Statements))
	}
	return c
}

// HandoverPreview shows what somebody has and asks how much of it goes over.
func HandoverPreview(v Handover) cards.Card {
	c := v.card("交接清单")
	c.Note = "交多少?历史和原作者都不变。"
	no := v.From + " 给 " + v.To
	c.Buttons = []cards.Button{
		{Text: "全部交接", Style: cards.Primary, Typed: "确认交接", Action: v.tap("handover.scope", "all")},
		{Text: "按客户选", Typed: "交接 " + no + " 客户名", Action: v.tap("handover.scope", "customers")},
		{Text: "按地区选", Typed: "交接 " + no + " 绍兴", Action: v.tap("handover.scope", "region")},
		{Text: "算了", Style: cards.Danger, Typed: "取消交接", Action: v.tap("handover.cancel", "")},
	}
	return c
}

// HandoverConfirm asks for the last word.
func HandoverConfirm(v Handover) cards.Card {
	c := v.card("确认交接")
	c.Level = cards.Warn
	c.Note = v.To + "会收到清单,急的在前。要撤销发:撤销交接 " + v.From
	c.Buttons = []cards.Button{
		{Text: "确认交接", Style: cards.Primary, Typed: "确认交接", Action: v.tap("handover.confirm", "")},
		{Text: "算了", Style: cards.Danger, Typed: "取消交接", Action: v.tap("handover.cancel", "")},
	}
	return c
}

// HandoverCard is a handover's card as it stands: moving, done, taken back.
func HandoverCard(v Handover) cards.Card {
	h := v.Handover
	switch h.State {
	case sales.HandoverDraft:
		return HandoverPreview(v)
	case sales.HandoverRunning, sales.HandoverUndoing:
		c := v.card("交接中")
		c.Note = fmt.Sprintf("已交 %d/%d。中断了会接着交。", h.Moved, h.Total)
		if h.State == sales.HandoverUndoing {
			c.Title, c.Note = "撤销中", fmt.Sprintf("已退回 %d 项。", h.Moved)
		}
		return c
	case sales.HandoverDone:
		c := v.card("已交接")
		c.Level = cards.OK
		c.Note = fmt.Sprintf("共 %d 项,%s 完成,%s 前可以撤销。", h.Moved, sales.FormatTime(h.FinishedAt.Time, v.Now), sales.FormatMoment(h.UndoUntil.Time))
		c.Buttons = []cards.Button{{Text: "撤销交接", Style: cards.Danger, Typed: "撤销交接 " + v.From, Action: v.tap("handover.undo", "")}}
		return c
	}
	c := v.card("交接")
	c.Closed = "已撤销 · " + sales.FormatMoment(h.FinishedAt.Time)
	if h.State == sales.HandoverCancelled {
		c.Closed = "没有交接"
	}
	return c
}

// HandoverDigest is what the successor reads first: what is urgent, then how much there is.
func HandoverDigest(v Handover, urgent []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s的工作交给你了(%s),%s安排。共 %s。", v.From, v.Handover.Scope, v.By, v.Handover.Counts)
	if len(urgent) > 0 {
		b.WriteString("\n先办这些:")
		for i, u := range urgent {
			fmt.Fprintf(&b, "\n%d. %s", i+1, u)
		}
	}
	b.WriteString("\n看全部:我的客户、待办、商机、工单。历史都在客户卡里。")
	return b.String()
}

// LeaverCard asks the one above to hand over what somebody who left still has.
func LeaverCard(person sales.PersonID, name string, counts sales.HandoverCounts, successors []string, version int64) cards.Card {
	c := cards.Card{
		Key: "person:" + person.String() + "/left", Title: "要交接 · " + name + "已离职", Level: cards.Warn,
		Fields: []cards.Field{{Name: "名下", Value: counts.String()}},
		Note:   "交给谁?点名字看清单,确认后才动。别人发:交接 " + name + " 给 姓名",
	}
	for i, s := range successors {
		b := cards.Button{Text: clip(s, 6), Typed: "交接 " + name + " 给 " + s, Action: cards.Action{Verb: "handover.pick", Record: int64(person), Version: version, Arg: s}}
		if i == 0 {
			b.Style = cards.Primary
		}
		c.Buttons = append(c.Buttons, b)
	}
	return c
}
