package view

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"salesflow/cards"
	"salesflow/store/sales"
)

var noteWords = map[string]string{
	sales.NoteComment: "批注", sales.NoteReturn: "退回", sales.NoteHandover: "转给", sales.NoteChange: "改了", sales.NoteResult: "完成",
}

// WorkDetail is everything about a work order in words: its fields, tasks, drawings, and what was said.
func WorkDetail(v WorkOrder, notes []sales.WorkNote, hashes map[sales.ID]string) string {
	o := v.Order
	var b strings.Builder
	fmt.Fprintf(&b, "**工单 %s · %s**\n%s · %s · %s · 提出 %s", o.No, workStates[o.State], v.Customer, o.Title, v.Family.Name, v.Who(o.OwnerID))
	for _, f := range v.Family.Fields {
		if f.SalesOnly && !v.Money {
			continue
		}
		value := valueText(f, o.Value(f.Name))
		if value == "" && f.Kind == sales.WorkFile && len(o.Drawings) > 0 {
			value = drawingsLine(o)
		}
		if value == "" {
			value = "没填"
		}
		b.WriteString("\n" + f.Name + " " + value)
	}
	if v.Money {
		if line := priorityLine(o); line != "" {
			b.WriteString("\n优先 " + line)
		}
	}
	for _, d := range o.Drawings {
		fmt.Fprintf(&b, "\n图纸 %s V%d %s %s", d.Name, d.Version, v.Who(d.By), sales.FormatMoment(d.At.Time))
		if h := hashes[d.File]; len(h) > 12 {
			b.WriteString(" 指纹 " + h[:12])
		}
	}
	for _, t := range v.Tasks {
		b.WriteString("\n" + taskLine(v, t))
	}
	if line := v.clock(); line != "" {
		b.WriteString("\n时钟 " + line)
	}
	for _, n := range notes {
		field := ""
		if n.Field != "" {
			field = "[" + n.Field + "] "
		}
		fmt.Fprintf(&b, "\n%s %s%s %s%s", sales.FormatMoment(n.CreatedAt.Time), v.Who(n.PersonID), noteWords[n.Kind], field, clip(n.Text, 120))
	}
	return b.String()
}

func taskLine(v WorkOrder, t sales.WorkTask) string {
	s := strconv.Itoa(t.Step+1) + ". " + t.Name + " "
	if t.OwnerID == 0 {
		return s + t.Role.Name() + " " + taskStates[t.State]
	}
	s += v.Who(t.OwnerID) + " " + taskStates[t.State]
	switch {
	case t.State == sales.TaskDone:
		s += " " + sales.FormatMoment(t.DoneAt.Time) + ":" + clip(t.Result, 100)
	case t.Running():
		s += "," + sales.FormatTime(t.DueAt.Time, v.Now) + "前"
		if t.Late(v.Now) {
			s += "(超时)"
		}
	case t.State == sales.TaskReturned:
		s += ":" + clip(t.Reason, 60)
	}
	return s
}

// WorkList is a person's newest work orders in words.
func WorkList(list []sales.WorkOrder, customer func(sales.ID) string, now time.Time) string {
	if len(list) == 0 {
		return "还没有工单。开一张:工单 客户 产品名,例:工单 绍兴市立医院 主轴套"
	}
	var b strings.Builder
	b.WriteString("最近的工单")
	for _, o := range list {
		fmt.Fprintf(&b, "\n%s · %s · %s · %s · %s", o.No, customer(o.CustomerID), o.Title, workStates[o.State], sales.FormatTime(o.CreatedAt.Time, now))
	}
	b.WriteString("\n看一张:工单 " + list[0].No)
	return b.String()
}

// QueueLine is one task of a queue with its order.
type QueueLine struct {
	Task     sales.WorkTask
	Order    sales.WorkOrder
	Customer string
	// Money shows the margin.
	Money bool
}

// WorkQueue is the queue of a role in words, the first to be done first.
func WorkQueue(title string, lines []QueueLine, who func(sales.PersonID) string, now time.Time) string {
	if len(lines) == 0 {
		return title + ":现在没有等着办的。"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "**%s · %d 项**", title, len(lines))
	for i, l := range lines {
		if i == 20 {
			fmt.Fprintf(&b, "\n…后面还有 %d 项", len(lines)-20)
			break
		}
		mark := ""
		if l.Order.Priority >= 2 {
			mark = " 优先"
		}
		if l.Order.Urgent {
			mark += " 加急"
		}
		if l.Money && l.Order.Margin >= 0 {
			mark += " 毛利 " + l.Order.Margin.String()
		}
		fmt.Fprintf(&b, "\n%d. %s %s · %s · %s %s%s%s", i+1, l.Order.No, clip(l.Order.Title, 20), l.Customer, l.Task.Name, who(l.Task.OwnerID), taskStates[l.Task.State], mark)
		switch {
		case l.Task.Late(now):
			b.WriteString(",超时 " + sales.Waited(now.Sub(l.Task.DueAt.Time)))
		case l.Task.Running():
			b.WriteString("," + sales.FormatTime(l.Task.DueAt.Time, now) + "前")
		}
		if d := l.Order.NeedOn; !d.IsZero() {
			b.WriteString(",客户要 " + d.Chinese())
		}
	}
	b.WriteString("\n接单:接单 " + lines[0].Order.No)
	return b.String()
}

// WorkStat is how long one stage or role took.
type WorkStat struct {
	Name            string
	Count, Late     int
	Average, Median time.Duration
}

// WorkStats is how fast work orders were answered, in working time, in words.
func WorkStats(period string, all WorkStat, target time.Duration, stages, roles []WorkStat) string {
	if all.Count == 0 && len(stages) == 0 {
		return "工单统计 · " + period + ":还没有办完的。"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "**工单统计 · %s**(按工作时间)", period)
	if all.Count > 0 {
		fmt.Fprintf(&b, "\n从参数齐到都办完:%d 张,平均 %s,中位 %s,目标 %s", all.Count, spanText(all.Average), spanText(all.Median), spanText(target))
		if all.Late > 0 {
			fmt.Fprintf(&b, ",超目标 %d 张", all.Late)
		}
	}
	section := func(title string, list []WorkStat) {
		if len(list) == 0 {
			return
		}
		b.WriteString("\n" + title)
		for _, s := range list {
			fmt.Fprintf(&b, "\n· %s %d 项,平均 %s,中位 %s", s.Name, s.Count, spanText(s.Average), spanText(s.Median))
			if s.Late > 0 {
				fmt.Fprintf(&b, ",超时 %d 项", s.Late)
			}
		}
	}
	section("各环节", stages)
	section("各部门", roles)
	return b.String()
}

// spanText is a span in hours with one decimal.
func spanText(d time.Duration) string {
	return strconv.FormatFloat(d.Hours(), 'f', 1, 64) + " 小时"
}

// Agreement is a technical agreement as its cards show it.
type Agreement struct {
	Agreement sales.Agreement
	Order     sales.WorkOrder
	Customer  string
	// Changes are what differs from the version before, none for the first one.
	Changes []sales.Change
	File    sales.File
}

// AgreementKey names the card of a draft.
func AgreementKey(id sales.ID) string { return "agreement:" + id.String() + "/draft" }

// AgreementDraft is the card of an agreement that was not submitted yet.
func AgreementDraft(v Agreement) cards.Card {
	a := v.Agreement
	c := cards.Card{
		Key: AgreementKey(a.ID), Title: "技术协议 " + a.No + " · V" + strconv.Itoa(a.Revision), Status: "草稿",
		Note: "看过没问题就送法务。要改先改工单:工单 " + v.Order.No + " 参数 内容,再发 技术协议 " + v.Order.No + " 出新版。",
	}
	c.Fields = v.fields()
	act := func(text, verb, typed string, style cards.Style) cards.Button {
		return cards.Button{Text: text, Style: style, Typed: typed, Action: cards.Action{Verb: "agreement." + verb, Record: int64(a.ID), Version: a.Version}}
	}
	c.Buttons = []cards.Button{act("送法务", "submit", "送审 "+a.No, cards.Primary)}
	if a.Revision > 1 {
		c.Buttons = append(c.Buttons, act("对比", "diff", "技术协议 "+v.Order.No+" 对比", cards.Normal))
	}
	if a.State != sales.AgreementDraft {
		c.Status, c.Buttons, c.Closed = "", nil, "已送法务"
	}
	return c
}

func (v Agreement) fields() []cards.Field {
	f := []cards.Field{{Name: "客户", Value: v.Customer}, {Name: "工单", Value: v.Order.No + " · " + v.Order.Title}}
	version := "V" + strconv.Itoa(v.Agreement.Revision)
	if len(v.Changes) > 0 {
		var names []string
		for _, ch := range v.Changes {
			names = append(names, ch.Field)
		}
		version += ",改了 " + clip(strings.Join(names, "、"), 40)
	}
	f = append(f, cards.Field{Name: "版本", Value: version})
	if v.File.Name != "" {
		f = append(f, cards.Field{Name: "文件", Value: fileMark(v.File)})
	}
	return f
}

func fileMark(f sales.File) string {
	if len(f.SHA256) > 12 {
		return f.Name + " 指纹 " + f.SHA256[:12]
	}
	return f.Name
}

// AgreementDiff is what two versions differ in, in words.
func AgreementDiff(no string, from, to int, changes []sales.Change) string {
	head := fmt.Sprintf("**技术协议 %s V%d → V%d**", no, from, to)
	if len(changes) == 0 {
		return head + "\n参数没有不同。"
	}
	for _, c := range changes {
		old, now := c.Old, c.New
		if old == "" {
			old = "空着"
		}
		if now == "" {
			now = "空着"
		}
		head += "\n" + c.Field + " " + clip(old, 60) + " → " + clip(now, 60)
	}
	return head
}
