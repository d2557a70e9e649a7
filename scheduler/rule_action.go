package scheduler

import (
	"context"
	"fmt"
	"slices"

	"salesflow/bot"
	"salesflow/scheduler/incident"
	"salesflow/scheduler/rules"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// act does what a step does beside telling people; did is false when nothing came of it, which the story says.
func (w *work) act(ctx context.Context, c *incident.Case, level, n int, a rules.Action, told []sales.PersonID) (did bool, err error) {
	switch a.Do {
	case rules.Task:
		if len(departments(c, a)) == 0 || w.r.Dispatcher == nil {
			return w.todos(ctx, c, level, a, told)
		}
	case rules.Todo:
		return w.todos(ctx, c, level, a, told)
	case rules.Set:
		return w.setField(ctx, c, level, a)
	case rules.Calibrate:
		did, err := w.calibrate(ctx, c)
		if did {
			c.Step(incident.StepActed, level, w.owner(c), a.Words())
		} else {
			c.Step(approval.StepHeld, level, 0, "这个月校准过了,或没有人可以问")
		}
		return did, err
	}
	if w.r.Dispatcher == nil {
		c.Step(approval.StepHeld, level, 0, a.Words()+":没有配置")
		return false, nil
	}
	d, err := w.dispatch(ctx, c, level, n, a)
	if err != nil {
		return false, err
	}
	reply, trouble, err := w.r.Dispatcher.Dispatch(ctx, w.tx, d)
	if err != nil {
		return false, err
	}
	for _, s := range reply.Say {
		c.Say(s)
	}
	w.reply.Faces = append(w.reply.Faces, reply.Faces...)
	if trouble != "" {
		c.Step(approval.StepHeld, level, 0, a.Words()+":"+trouble)
		return false, nil
	}
	c.Step(incident.StepActed, level, 0, a.Words())
	return true, nil
}

// dispatch is what an action of a level hands to others.
func (w *work) dispatch(ctx context.Context, c *incident.Case, level, n int, a rules.Action) (Dispatch, error) {
	d := Dispatch{
		Do: a.Do, Target: a.Target, Rule: c.Rule.Name, Incident: c.ID, Opened: c.OpenedAt.Time, Level: level*10 + n, SubjectKind: c.SubjectKind, SubjectID: c.SubjectID,
		Title: c.View(level).Title, Text: a.Text, At: w.at.Now, Values: map[string]string{}, Object: c.Rule.Object.Key, Noun: c.Rule.Object.Name,
		Customer: c.CustomerID(), Roles: departments(c, a),
	}
	if !a.Within.IsZero() {
		d.Until = a.Within.From(w.at.Now, w.calendar(c.Record))
	}
	for _, to := range a.To {
		people, err := w.whom(ctx, c, level, to)
		if err != nil {
			return d, err
		}
		d.To = append(d.To, people...)
	}
	d.Effect = effectOf(a.Consent)
	if c.Record == nil {
		return d, nil
	}
	d.Text, d.About, d.Owner = c.Text(a), c.Record.Title(), c.Record.Owner()
	if v := c.Record.Field("amount"); v.Type == rules.Money && !v.None {
		d.Amount = sales.Money(v.N)
	}
	for _, f := range c.Rule.Object.Fields {
		if f.Name != "" {
			d.Values[f.Key] = c.Record.Show(f.Key)
		}
	}
	if len(d.To) == 0 && d.Owner != 0 {
		d.To = []sales.PersonID{d.Owner}
	}
	return d, nil
}

// effectOf is what an approval brings about, as applications keep it.
func effectOf(c *rules.Consent) sales.Effect {
	switch {
	case c == nil:
		return sales.Effect{}
	case c.Field == nil:
		return sales.Effect{Do: sales.EffectDo(c.Grant.Key)}
	}
	return sales.Effect{Do: sales.EffectSet, Field: c.Field.Key, Name: c.Field.Name, To: c.Value.S, Shown: c.Field.Show(c.Value)}
}

// departments are the roles a task about a work order is for: it is opened in the order itself. Everybody else's is a to-do.
func departments(c *incident.Case, a rules.Action) []sales.Role {
	if key := c.Rule.Object.Key; a.Do != rules.Task || key != "workorder" && key != "worktask" {
		return nil
	}
	var out []sales.Role
	for _, to := range a.To {
		if to.Kind != rules.ToRole {
			return nil
		}
		out = append(out, sales.Role(to.Key))
	}
	return out
}

// todos gives those an action names, or those just told, a to-do each, once for an incident and text.
func (w *work) todos(ctx context.Context, c *incident.Case, level int, a rules.Action, told []sales.PersonID) (bool, error) {
	people := told
	if len(a.To) > 0 {
		people = nil
		for _, to := range a.To {
			some, err := w.whom(ctx, c, level, to)
			if err != nil {
				return false, err
			}
			for _, p := range some {
				if !slices.Contains(people, p) {
					people = append(people, p)
				}
			}
		}
		var err error
		if people, err = w.deputies(ctx, c, level, people); err != nil {
			return false, err
		}
	}
	if len(people) == 0 {
		c.Step(approval.StepHeld, level, 0, a.Words()+":没有人可以接")
		return false, nil
	}
	had, err := c.Todos(ctx)
	if err != nil {
		return false, err
	}
	due := w.today
	if !a.Within.IsZero() {
		due = sales.DayOf(a.Within.From(w.at.Now, w.calendar(c.Record)))
	}
	text := c.TodoText(a)
	for _, p := range people {
		if slices.ContainsFunc(had, func(t sales.Todo) bool { return t.OwnerID == p && t.State == sales.TodoOpen && t.Text == text }) {
			continue
		}
		t := sales.Todo{
			ID: w.tx.NewID(), OwnerID: p, CustomerID: c.CustomerID(), SourceKind: "incident", SourceID: c.ID, Text: text, DueOn: due,
			State: sales.TodoOpen, CreatedAt: sales.At(w.at.Now), Version: 1, SourceEventID: w.at.Event,
		}
		if !a.Within.IsZero() {
			t.DueAt = sales.At(due.At(sales.EndOfWork, 0))
			w.tx.Schedule(sales.Due{
				ID: w.tx.NewID(), Kind: KindTodoDue, SubjectKind: "todo", SubjectID: t.ID, Slot: "0", DueAt: t.DueAt, State: sales.DuePending,
			})
		}
		w.tx.CreateTodo(t)
		c.Made(t)
		c.Say(bot.Say{
			To: []sales.PersonID{p}, Subject: "todo:" + t.ID.String(), Kind: bot.DeliverTodo, Slot: fmt.Sprint(t.Version),
			Out: bot.Outgoing{Todo: &bot.TodoTask{TodoID: t.ID, Text: t.Text}},
		})
		if !slices.Contains(told, p) { // nobody else tells them
			c.Step(approval.StepHandedOver, level, p, "待办:"+t.Text)
			c.Say(bot.Say{
				To: []sales.PersonID{p}, Subject: "todo:" + t.ID.String(), Kind: bot.DeliverPush, Slot: "new", Push: true,
				Out: bot.Outgoing{Text: "新待办:" + t.Text + "," + due.ChineseFrom(w.today) + "前。规则\"" + c.Rule.Name + "\"派的。"},
			})
		}
	}
	return true, nil
}

// setField changes a field of the record, in the name of the rule.
func (w *work) setField(ctx context.Context, c *incident.Case, level int, a rules.Action) (bool, error) {
	old := c.Record.Show(a.Field.Key)
	now := a.Field.Show(a.Value)
	if old == now {
		return true, nil
	}
	change, ok := setters[c.Rule.Object.Key+"."+a.Field.Key]
	if !ok {
		c.Step(approval.StepHeld, level, 0, a.Field.Name+"不能由规则修改")
		return false, nil
	}
	if err := change(ctx, w.tx, c.SubjectID, a.Value); err != nil {
		return false, err
	}
	w.tx.Audit(sales.AuditEntry{
		ID: w.tx.NewID(), At: sales.At(w.at.Now), EventID: w.at.Event, Verb: "rule.set", SubjectKind: c.SubjectKind, SubjectID: c.SubjectID,
		Changes: []sales.Change{{Field: a.Field.Name, Old: old, New: now}, {Field: "规则", New: c.Rule.Name}},
	})
	w.tx.Emit(sales.DomainEvent{
		ID: w.tx.NewID(), At: sales.At(w.at.Now), Kind: c.Rule.Object.Key + ".changed", SubjectKind: c.SubjectKind, SubjectID: c.SubjectID, Data: "{}",
	})
	c.Step(incident.StepActed, level, 0, a.Field.Name+":"+old+"→"+now)
	return true, nil
}

// setters change the fields that rules may change, by object and field.
var setters = map[string]func(ctx context.Context, tx RuleTx, id sales.ID, v rules.Value) error{
	"customer.class": func(ctx context.Context, tx RuleTx, id sales.ID, v rules.Value) error {
		c, err := tx.CustomerByID(ctx, id)
		if err != nil {
			return err
		}
		c.Class = v.S
		tx.UpdateCustomer(c)
		return nil
	},
}
