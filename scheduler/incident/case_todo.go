package incident

import (
	"context"
	"strconv"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/scheduler/rules"
	"salesflow/store/sales"
)

// Todos are the to-dos the case has made, those of this unit included.
func (c *Case) Todos(ctx context.Context) ([]sales.Todo, error) {
	if !c.known {
		return c.todos, nil
	}
	had, err := c.tx.TodosBySource(ctx, "incident", c.ID)
	return append(had, c.todos...), err
}

// Made notes a to-do made in this unit.
func (c *Case) Made(t sales.Todo) { c.todos = append(c.todos, t) }

// TodoText is what a to-do of the case says.
func (c *Case) TodoText(a rules.Action) string {
	switch {
	case a.Text != "" && c.Record != nil:
		return clip(c.Text(a), 100)
	case c.contract != nil:
		return "处理超时合同 " + c.contract.c.No
	case c.Record != nil:
		return clip("处理:"+c.Record.Title()+"("+c.Rule.Name+")", 100)
	}
	return "处理:" + c.Rule.Name
}

// closeTodos ends the to-dos the case made.
func (c *Case) closeTodos(ctx context.Context) error {
	if !c.known {
		return nil
	}
	todos, err := c.tx.TodosBySource(ctx, "incident", c.ID)
	if err != nil {
		return err
	}
	for _, t := range todos {
		if t.State != sales.TodoOpen {
			continue
		}
		t.State, t.ClosedAt = sales.TodoDone, sales.At(c.now)
		c.tx.UpdateTodo(t)
		c.tx.CancelDue("", "todo", t.ID, t.State)
		c.tx.Audit(sales.AuditEntry{
			ID: c.tx.NewID(), At: sales.At(c.now), PersonID: c.by, EventID: c.event, Verb: "todo.done", SubjectKind: "todo", SubjectID: t.ID,
			Changes: []sales.Change{{Field: "state", Old: sales.TodoOpen, New: t.State}},
		})
		t.Version++
		c.reply.Say = append(c.reply.Say, bot.Say{
			To: []sales.PersonID{t.OwnerID}, Subject: "todo:" + t.ID.String(), Kind: bot.DeliverTodo, Slot: strconv.FormatInt(t.Version, 10),
			Out: bot.Outgoing{Todo: &bot.TodoTask{TodoID: t.ID, Text: t.Text, Due: t.DueAt.Time, Done: true}},
		})
		who := c.org.Name(c.by)
		if who == "" {
			who = c.Resolution
		}
		c.reply.Faces = append(c.reply.Faces, view.TodoClosed(t, who, sales.FormatTime(c.now, c.now)))
	}
	return nil
}
