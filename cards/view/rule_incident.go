package view

import (
	"fmt"
	"strings"
	"time"

	"salesflow/cards"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// RuleIncident is an incident of a rule, with what its cards show.
type RuleIncident struct {
	Incident sales.Incident
	// Rule is the rule's name, What its trigger in words, Object what it is about (合同), Title which one, State the state it
	// is in.
	Rule, What, Object, Title, State string
	// Text is what the rule's author wrote for the level, Waited how long it goes on.
	Text, Waited string
	// Told is who was told at earlier levels, and when.
	Told string
	// Roles are those a level is pushed to, in words.
	Roles []string
	// Open is what people type to see the record, Done whether 已处理 ends it: of a record with states the state does.
	Open string
	Done bool
	// Todo is the to-do it is about, whose owner can end or move it on the card; nil when it is about something else.
	Todo *sales.Todo
	// Show are the buttons the rule wants (ack, done, snooze, hand, open); nil: the usual ones.
	Show           []string
	AckedBy, Given string
	Now            time.Time
}

// RuleIncidentCard is the card of those a level was pushed to.
func RuleIncidentCard(v RuleIncident, level int) cards.Card {
	i := v.Incident
	c := cards.Card{Key: IncidentKey(i.ID, level), Title: clip(v.Rule, 20), Status: clip(v.Title, 40), Level: cards.Alert}
	if level <= 1 {
		c.Level = cards.Warn
	}
	if i.State != sales.IncidentOpen {
		c.Level, c.Closed = cards.OK, i.Resolution+" · "+sales.FormatMoment(i.ResolvedAt.Time)
		return c
	}
	add := func(name, value string) {
		if value != "" {
			c.Fields = append(c.Fields, cards.Field{Name: name, Value: value})
		}
	}
	add("说明", v.Text)
	add("情况", v.What)
	if v.Waited != "" && v.State != "" {
		add("现在", v.State+",已 "+v.Waited)
	} else {
		add("现在", v.State)
	}
	add("已做", v.Told)
	underWay(&c, i, v.AckedBy, v.Now)
	if v.Given != "" {
		add("转给", v.Given)
	}
	c.Note = whyMe(v.Rule, v.Roles, level)
	if v.Open != "" {
		c.Note += "看详情发:" + v.Open + "。"
	}
	c.Buttons = v.buttons(level)
	return c
}

// ruleButtons are the buttons of rules' cards in the order they are shown.
var ruleButtons = []struct {
	key, text, verb string
	style           cards.Style
}{
	{"ack", "我来处理", "incident.ack", cards.Primary},
	{"done", "已处理", "incident.done", cards.Normal},
	{"hand", "转给他人", "incident.give", cards.Normal},
	{"snooze", "2小时后再提醒", "incident.snooze", cards.Normal},
}

// buttons are those of a level. The first level of what is about a to-do goes to its owner, and what is expected then is to do it.
func (v RuleIncident) buttons(level int) []cards.Button {
	var out []cards.Button
	doing := v.Todo != nil && v.Todo.State == sales.TodoOpen
	if doing {
		for _, b := range todoButtons(*v.Todo) {
			b.Only = []int64{int64(v.Todo.OwnerID)}
			out = append(out, b)
		}
	}
	for _, b := range ruleButtons {
		wanted := v.Show == nil
		for _, s := range v.Show {
			wanted = wanted || s == b.key
		}
		if !wanted || b.key == "done" && !v.Done {
			continue
		}
		typed := map[string]string{"ack": "我来处理 ", "done": "已处理 ", "hand": "转给 姓名 ", "snooze": "稍后 "}[b.key] + clip(v.Title, 24)
		style := b.style
		if doing && level <= 1 {
			style = cards.Normal
		}
		out = append(out, cards.Button{
			Text: b.text, Style: style, Typed: typed,
			Action: cards.Action{Verb: b.verb, Record: int64(v.Incident.ID), Version: v.Incident.Version},
		})
	}
	return out
}

// RuleStory answers 为什么催我 for an incident of a rule: the rule in words, the clock, what happened, who is next.
func RuleStory(v RuleIncident, rule string, steps []sales.IncidentStep, name func(sales.PersonID) string, delivered []string, next string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%s", v.Object, v.Title)
	fmt.Fprintf(&b, "\n规则:\"%s\"\n%s", v.Rule, rule)
	if !v.Incident.Since.IsZero() {
		fmt.Fprintf(&b, "\n计时:%s 起", sales.FormatMoment(v.Incident.Since.Time))
		if v.Waited != "" {
			b.WriteString(",已 " + v.Waited)
		}
	}
	if v.State != "" {
		b.WriteString("\n现在:" + v.State)
	}
	var shown []sales.IncidentStep
	for _, s := range steps {
		if !s.At.Before(v.Incident.OpenedAt.Time) {
			shown = append(shown, s)
		}
	}
	if n := len(shown); n > 15 {
		fmt.Fprintf(&b, "\n…前面还有 %d 条", n-15)
		shown = shown[n-15:]
	}
	for _, s := range shown {
		if s.What == approval.StepOpened {
			s.Note = ""
		}
		b.WriteString("\n" + stepText(s, name))
	}
	if len(delivered) > 0 {
		b.WriteString("\n送达:" + strings.Join(delivered, ";"))
	}
	switch {
	case v.Incident.State != sales.IncidentOpen:
		b.WriteString("\n接下来:已结束,不再提醒")
	case next != "":
		b.WriteString("\n接下来:" + next)
	}
	return b.String()
}
