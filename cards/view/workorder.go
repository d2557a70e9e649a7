package view

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"salesflow/cards"
	"salesflow/store/sales"
)

// WorkOrder is a work order with its tasks and what its cards show.
type WorkOrder struct {
	Order    sales.WorkOrder
	Family   sales.WorkFamily
	Tasks    []sales.WorkTask
	Customer string
	Who      func(sales.PersonID) string
	// Money shows prices and margin: to sales, not to those who make it.
	Money bool
	// Asked is the field that is asked for, its Name empty when none is. Note stands before all else that is said.
	Asked sales.WorkField
	Note  string
	// Link is a page to upload a drawing, empty when there is none.
	Link string
	// Agreement is the number of its agreement, empty for none.
	Agreement string
	// Used is the working time since the sheet was complete, Target how much it may be.
	Used, Target time.Duration
	Now          time.Time
	Today        sales.Day
}

var workStates = map[string]string{
	sales.WorkFilling: "填写中", sales.WorkWorking: "处理中", sales.WorkReturned: "退回补充", sales.WorkReady: "都办完了",
	sales.WorkAgreement: "协议审批中", sales.WorkDone: "协议已批", sales.WorkCancelled: "已取消",
}

// WorkStateName is a work order's state in Chinese.
func WorkStateName(state string) string { return workStates[state] }

var taskStates = map[string]string{
	sales.TaskWaiting: "没轮到", sales.TaskOpen: "待接单", sales.TaskAccepted: "在做", sales.TaskReturned: "等补充", sales.TaskDone: "完成",
	sales.TaskCancelled: "取消",
}

// TaskStateName is a task's state in Chinese.
func TaskStateName(state string) string { return taskStates[state] }

// WorkKey names a work order's card: that of its rep's side, or that of all others.
func WorkKey(id sales.ID, own bool) string {
	if own {
		return "workorder:" + id.String() + "/own"
	}
	return "workorder:" + id.String() + "/all"
}

// WorkTaskKey names a task's card.
func WorkTaskKey(id sales.ID) string { return "worktask:" + id.String() }

func (v WorkOrder) button(text, verb, typed string, style cards.Style) cards.Button {
	return cards.Button{
		Text: text, Style: style, Typed: typed,
		Action: cards.Action{Verb: "workorder." + verb, Record: int64(v.Order.ID), Version: v.Order.Version},
	}
}

// WorkCard is a work order's card: for its rep while own, else for those who work on it.
func WorkCard(v WorkOrder, own bool) cards.Card {
	o := v.Order
	v.Money = v.Money && own
	c := cards.Card{Key: WorkKey(o.ID, own), Title: "工单 " + o.No, Status: workStates[o.State], Level: workLevel(v)}
	addField(&c, "客户", v.Customer+" · "+o.Title)
	missing := v.Family.Missing(o)
	filled := fmt.Sprintf("%d/%d", len(v.Family.Fields)-len(missing), len(v.Family.Fields))
	if len(missing) > 0 {
		addField(&c, "还缺", missingInRow(missing))
	}
	addField(&c, "参数", filled+" · "+v.Family.Name)
	if len(v.Tasks) > 0 {
		addField(&c, "进度", v.progress())
	}
	addField(&c, "图纸", drawingsLine(o))
	addField(&c, "时钟", v.clock())
	if v.Money {
		addField(&c, "优先", priorityLine(o))
	} else if o.Urgent {
		addField(&c, "优先", "加急")
	}
	c.Fields = c.Fields[:min(len(c.Fields), cards.MaxFields)]
	c.Note = v.note()
	v.buttons(&c, own)
	return c
}

func workLevel(v WorkOrder) cards.Level {
	switch v.Order.State {
	case sales.WorkReturned:
		return cards.Warn
	case sales.WorkReady, sales.WorkDone:
		return cards.OK
	}
	for _, t := range v.Tasks {
		if t.Late(v.Now) {
			return cards.Alert
		}
	}
	return cards.Plain
}

// progress is where the tasks stand in one line: done ones first, then who has what.
func (v WorkOrder) progress() string {
	var parts []string
	for _, t := range v.Tasks {
		switch t.State {
		case sales.TaskDone:
			parts = append(parts, t.Name+" ✓")
		case sales.TaskWaiting, sales.TaskCancelled:
			parts = append(parts, t.Name+" "+taskStates[t.State])
		default:
			s := t.Name + " " + v.Who(t.OwnerID) + taskStates[t.State]
			if t.Late(v.Now) {
				s += "(超时)"
			}
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " → ")
}

func (v WorkOrder) clock() string {
	o := v.Order
	switch {
	case o.SubmittedAt.IsZero():
		return ""
	case !o.ReadyAt.IsZero():
		return "用了 " + sales.Waited(v.Used) + "工时,目标 " + sales.Waited(v.Target)
	case v.Used > v.Target:
		return "已用 " + sales.Waited(v.Used) + "工时(超目标 " + sales.Waited(v.Used-v.Target) + ")"
	}
	return "已用 " + sales.Waited(v.Used) + "工时,目标 " + sales.Waited(v.Target)
}

func drawingsLine(o sales.WorkOrder) string {
	var parts []string
	for _, d := range o.LatestDrawings() {
		parts = append(parts, clip(d.Name, 20)+" V"+strconv.Itoa(d.Version))
	}
	return clip(strings.Join(parts, "、"), 60)
}

func priorityLine(o sales.WorkOrder) string {
	var parts []string
	if o.Urgent {
		parts = append(parts, "加急")
	}
	if o.Margin >= 0 {
		parts = append(parts, "毛利 "+o.Margin.String())
	}
	if o.Amount > 0 {
		parts = append(parts, "年额 "+o.Amount.Short())
	}
	return strings.Join(parts, " · ")
}

func (v WorkOrder) note() string {
	var parts []string
	if v.Note != "" {
		parts = append(parts, v.Note)
	}
	o := v.Order
	switch {
	case o.State == sales.WorkReturned && o.Reason != "":
		parts = append(parts, "退回:"+clip(o.Reason, 80)+"。补好发:工单 "+o.No+" 参数 内容,接着做。")
	case o.State == sales.WorkCancelled:
		parts = append(parts, "原因:"+clip(o.Reason, 80)+"。")
	case o.State == sales.WorkReady && v.Agreement == "":
		parts = append(parts, "可以出技术协议了。")
	case v.Agreement != "":
		parts = append(parts, "技术协议 "+v.Agreement+"。")
	}
	if v.Asked.Name != "" {
		parts = append(parts, v.Asked.Ask())
	}
	return sentences(parts...)
}

func (v WorkOrder) buttons(c *cards.Card, own bool) {
	o := v.Order
	detail := v.button("参数", "detail", "工单 "+o.No+" 参数", cards.Normal)
	cancel := v.button("取消工单", "cancel", "取消工单 "+o.No+" 原因", cards.Danger)
	remark := v.button("批注", "comment", "批注 "+o.No+" 内容", cards.Normal)
	if !own {
		c.Buttons = []cards.Button{detail, remark}
		return
	}
	switch o.State {
	case sales.WorkFilling:
		if v.Asked.Kind == sales.WorkFile && v.Link != "" {
			c.Buttons = append(c.Buttons, cards.Button{Text: "上传图纸", Style: cards.Primary, URL: v.Link})
		}
		if v.Asked.Name != "" {
			for i, opt := range v.Asked.Options {
				if i == 3 {
					break
				}
				b := v.button(clip(opt, cards.MaxButtonText), "pick", opt, cards.Normal)
				b.Action.Arg = strconv.Itoa(slices.IndexFunc(v.Family.Fields, func(f sales.WorkField) bool { return f.Name == v.Asked.Name })) + "," + strconv.Itoa(i)
				c.Buttons = append(c.Buttons, b)
			}
		}
		c.Buttons = append(c.Buttons, cancel)
	case sales.WorkWorking:
		c.Buttons = []cards.Button{detail, remark, cancel}
	case sales.WorkReturned:
		c.Buttons = []cards.Button{v.button("已补齐", "resume", "工单 "+o.No+" 已补齐", cards.Primary), detail, remark, cancel}
	case sales.WorkReady:
		c.Buttons = []cards.Button{v.button("出技术协议", "agreement", "技术协议 "+o.No, cards.Primary), detail, cancel}
	case sales.WorkCancelled:
		c.Closed = "已取消 · " + sales.FormatMoment(o.ClosedAt.Time)
	default:
		c.Buttons = []cards.Button{detail, remark}
	}
}

// FieldNames are the names of fields, at most so many.
func FieldNames(list []sales.WorkField, most int) string {
	var names []string
	for i, f := range list {
		if i == most {
			names = append(names, "等 "+strconv.Itoa(len(list))+" 项")
			break
		}
		names = append(names, f.Name)
	}
	return strings.Join(names, "、")
}

// missingInRow names what is missing, as many as a row of a phone has room for.
func missingInRow(list []sales.WorkField) string {
	for most := len(list); most > 1; most-- {
		if names := FieldNames(list, most); utf8.RuneCountInString(names) <= phoneRow {
			return strings.ReplaceAll(names, "、等 ", " 等 ")
		}
	}
	return FieldNames(list, 1)
}

// WorkTaskCard is the card of one task, for its owner.
func WorkTaskCard(v WorkOrder, task sales.WorkTask) cards.Card {
	o := v.Order
	c := cards.Card{Key: WorkTaskKey(task.ID), Title: task.Name + " · " + o.No, Status: v.Who(task.OwnerID) + " " + taskStates[task.State]}
	addField(&c, "产品", o.Title+" · "+v.Customer)
	addField(&c, "参数", clip(techLine(v), 90))
	addField(&c, "图纸", drawingsLine(o))
	if task.Running() {
		late := ""
		if task.Late(v.Now) {
			late, c.Level = "(已超时)", cards.Alert
		}
		addField(&c, "时限", sales.FormatTime(task.DueAt.Time, v.Now)+"前"+late)
	}
	if o.Urgent { // where the other tasks stand is not here: their steps would change this card under its owner's finger
		addField(&c, "优先", "加急")
	}
	c.Fields = c.Fields[:min(len(c.Fields), cards.MaxFields)]
	c.Note = v.Note
	button := func(text, verb, typed string, style cards.Style) cards.Button {
		return cards.Button{
			Text: text, Style: style, Typed: typed, Only: []int64{int64(task.OwnerID)},
			Action: cards.Action{Verb: "worktask." + verb, Record: int64(task.ID), Version: task.Version},
		}
	}
	back := button("退回", "return", "退回 "+o.No+" 缺什么", cards.Danger)
	detail := v.button("参数", "detail", "工单 "+o.No+" 参数", cards.Normal)
	switch task.State {
	case sales.TaskOpen:
		c.Buttons = []cards.Button{button("接单", "accept", "接单 "+o.No, cards.Primary), detail, button("转给", "pass", "转给 "+o.No+" 姓名", cards.Normal), back}
		c.Input = &cards.Input{Key: "reason", Placeholder: "退回写缺什么,转给写姓名"}
	case sales.TaskAccepted:
		c.Buttons = []cards.Button{button("完成", "finish", "完成 "+o.No+" 结论", cards.Primary), detail, v.button("批注", "comment", "批注 "+o.No+" 内容", cards.Normal), back}
		c.Input = &cards.Input{Key: "reason", Placeholder: "结论、批注,或缺什么"}
	case sales.TaskReturned:
		c.Note = strings.TrimSpace("等" + v.Who(o.OwnerID) + "补:" + clip(task.Reason, 60) + "。计时停着。 " + v.Note)
		c.Buttons = []cards.Button{detail}
	case sales.TaskDone:
		c.Level = cards.OK
		c.Closed = "已完成 · " + v.Who(task.OwnerID) + " " + sales.FormatMoment(task.DoneAt.Time)
		c.Note = clip(task.Result, 80)
	default:
		c.Closed = taskStates[task.State]
	}
	return c
}

// techLine are the first technical fields in one line.
func techLine(v WorkOrder) string {
	var parts []string
	for _, f := range v.Family.Fields {
		if value := v.Order.Value(f.Name); value != "" && !f.SalesOnly {
			parts = append(parts, f.Name+" "+valueText(f, value))
		}
	}
	return strings.Join(parts, ",")
}

// valueText is what a field says as people read it.
func valueText(f sales.WorkField, value string) string {
	if f.Kind == sales.WorkDate {
		if d, err := sales.ParseDay(value); err == nil {
			return d.Chinese()
		}
	}
	return value
}

// WorkFaces are all faces of a work order's cards as they should look now.
func WorkFaces(v WorkOrder) []cards.Card {
	faces := []cards.Card{WorkCard(v, true), WorkCard(v, false)}
	v.Note = ""
	for _, t := range v.Tasks {
		if t.OwnerID != 0 {
			faces = append(faces, WorkTaskCard(v, t))
		}
	}
	return faces
}
