package handlers

import (
	"context"
	"slices"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/store/sales"
)

// RuleTask is a task that a rule opens for departments (转任务), in the work order it is about.
type RuleTask struct {
	Rule, Text string
	// Source makes it one thing.
	Source string
	// ID is the work order, or one of its tasks when Task is true.
	ID    sales.ID
	Task  bool
	Roles []sales.Role
	// Until is when it is to be done; zero is a day of work.
	Until time.Time
}

// maxRuleTask bounds the name of a task a rule opens, in characters.
const maxRuleTask = 20

// OpenRuleTask opens a task for each department in a work order, for whoever of it has the least to do. trouble says in words why
// none was opened: the order is shut, or has the task.
func (a *App) OpenRuleTask(ctx context.Context, tx Tx, org *sales.Org, now time.Time, in RuleTask) (reply bot.Reply, trouble string, err error) {
	order := in.ID
	if in.Task {
		x, err := tx.WorkTaskByID(ctx, in.ID)
		if err != nil {
			return reply, "", err
		}
		order = x.OrderID
	}
	o, err := tx.WorkOrderByID(ctx, order)
	if err != nil {
		return reply, "", err
	}
	w, err := a.loadWork(ctx, tx, o)
	if err != nil {
		return reply, "", err
	}
	switch {
	case !o.Open():
		return reply, lockedWork(o), nil
	case len(w.tasks) == 0:
		return reply, o.No + " 还没填齐,各部门还没开工", nil
	case len(w.tasks)+len(in.Roles) > sales.MaxWorkSteps+maxRuleTasks:
		return reply, o.No + " 的任务太多了", nil
	}
	t := bot.Turn{Event: bot.Event{ID: in.Source}, Now: now, Today: sales.DayOf(now), Org: org}
	added := 0
	for _, role := range in.Roles {
		if w.addTask(tx, role, in, a.ruleTaskHours(t, w, in.Until)) {
			added++
		}
	}
	if added == 0 {
		return reply, o.No + " 里已经有这项任务", nil
	}
	w.note(tx, t, sales.NoteComment, 0, "", strings.TrimSpace("规则\""+in.Rule+"\"加了任务:"+in.Text))
	if w.o.State == sales.WorkReady {
		w.o.State, w.o.ReadyAt = sales.WorkWorking, sales.Instant{}
	}
	w.changed = true
	if reply, err = a.openTasks(ctx, t, tx, w); err != nil {
		return reply, "", err
	}
	reply = a.finishTurn(t, tx, w, reply)
	reply.Dialogue = nil // it is nobody's turn
	return reply, "", nil
}

// maxRuleTasks is how many tasks rules may add to a work order beside those of its plan.
const maxRuleTasks = 10

// addTask adds a task of a department that begins at once; false when one of its name is there and not done.
func (w *work) addTask(tx Tx, role sales.Role, in RuleTask, hours int) bool {
	name := cutRunes(bare(in.Text), maxRuleTask)
	if name == "" {
		name = cutRunes(in.Rule, maxRuleTask)
	}
	if len(in.Roles) > 1 {
		name += "(" + role.Name() + ")"
	}
	has := func(name string, done bool) bool {
		return slices.ContainsFunc(w.tasks, func(x sales.WorkTask) bool { return x.Name == name && (x.State == sales.TaskDone) == done })
	}
	if has(name, false) {
		return false
	}
	for n := 2; has(name, true); n++ {
		name = strings.TrimRight(name, "0123456789") + itoa(n)
	}
	i := len(w.tasks)
	w.tasks = append(w.tasks, sales.WorkTask{
		ID: tx.NewID(), OrderID: w.o.ID, Step: i, Name: name, Role: role, Hours: hours, Behind: sales.List[string]{}, State: sales.TaskWaiting,
	})
	w.made[i] = true
	return true
}

// ruleTaskHours is how much working time a task has until a moment, a day without one.
func (a *App) ruleTaskHours(t bot.Turn, w *work, until time.Time) int {
	const day = 8
	if until.IsZero() {
		return day
	}
	return max(int(a.Calendar.Of(t.Org, w.o.OwnerID).WorkingBetween(t.Now, until)/time.Hour), 1)
}
