package view

import (
	"fmt"
	"strings"
	"time"

	"salesflow/cards"
	"salesflow/store/sales"
)

// Face is a card meant to replace the face of one that was sent.
type Face = cards.Card

// TodoKey names the card of a to-do.
func TodoKey(id sales.ID) string { return "todo:" + id.String() + "/own" }

func todoButtons(t sales.Todo) []cards.Button {
	return []cards.Button{
		{Text: "完成", Style: cards.Primary, Typed: "完成", Action: cards.Action{Verb: "todo.done", Record: int64(t.ID), Version: t.Version}},
		{Text: "延期", Typed: "延期 周五", Action: cards.Action{Verb: "todo.postpone", Record: int64(t.ID), Version: t.Version}},
	}
}

func todoFields(t sales.Todo, customer string, today sales.Day) []cards.Field {
	var f []cards.Field
	if customer != "" {
		f = append(f, cards.Field{Name: "客户", Value: customer})
	}
	return append(f, cards.Field{Name: "到期", Value: t.DueText(today)})
}

// TodoCard is the card of one open to-do.
func TodoCard(t sales.Todo, customer string, today sales.Day) cards.Card {
	return cards.Card{
		Key: TodoKey(t.ID), Title: "待办", Status: t.Text, Fields: todoFields(t, customer, today), Buttons: todoButtons(t),
	}
}

// TodoReminder is the reminder of a to-do before it is due, at that moment, or after.
func TodoReminder(t sales.Todo, customer, origin string, today sales.Day, now time.Time) cards.Card {
	c := TodoCard(t, customer, today)
	c.Title = "提醒"
	switch left := t.DueAt.Sub(now).Round(time.Minute); {
	case left > time.Minute:
		c.Note = "还有 " + sales.Waited(left.Round(time.Hour)) + "到期。"
		if left < time.Hour {
			c.Note = "还有 " + sales.Waited(left) + "到期。"
		}
	case left > -time.Minute:
		c.Level, c.Note = cards.Warn, "到期了。办完点完成,办不完点延期。"
	default:
		c.Level, c.Note = cards.Alert, "已过期 "+sales.Waited(-left)+",客户还在等。"
	}
	if origin != "" {
		c.Fields = append(c.Fields, cards.Field{Name: "来自", Value: origin})
	}
	return c
}

// TodoClosed is a to-do's card after it was closed.
func TodoClosed(t sales.Todo, who, when string) cards.Card {
	word := "已完成"
	if t.State == sales.TodoCancelled {
		word = "已取消"
	}
	return cards.Card{Key: TodoKey(t.ID), Title: "待办" + word, Status: t.Text, Level: cards.OK, Closed: word + " · " + who + " " + when}
}

// TodoMoved is a to-do's card after it got another date.
func TodoMoved(t sales.Todo, today sales.Day) cards.Card {
	c := TodoCard(t, "", today)
	c.Note = "已改到 " + t.DueText(today) + ",到时再提醒。"
	return c
}

// TodoLine is one to-do with its customer's name.
type TodoLine struct {
	Todo     sales.Todo
	Customer string
}

// TodoList is a person's open to-dos in words.
func TodoList(lines []TodoLine, today sales.Day, now time.Time, more bool) string {
	if len(lines) == 0 {
		return "没有待办。"
	}
	var b strings.Builder
	late := 0
	for _, l := range lines {
		if !l.Todo.DueAt.IsZero() && l.Todo.DueAt.Before(now) {
			late++
		}
	}
	fmt.Fprintf(&b, "待办 %d 条", len(lines))
	if more {
		b.WriteString("(只列最急的)")
	}
	if late > 0 {
		fmt.Fprintf(&b, ",过期 %d 条", late)
	}
	for i, l := range lines {
		fmt.Fprintf(&b, "\n%d. %s", i+1, l.Todo.Text)
		if l.Customer != "" {
			b.WriteString(" · " + l.Customer)
		}
		b.WriteString(" · " + l.Todo.DueText(today))
		if !l.Todo.DueAt.IsZero() && l.Todo.DueAt.Before(now) {
			b.WriteString(" 🔴")
		}
	}
	b.WriteString("\n回 完成 1 或 延期 1 周五。")
	return b.String()
}
