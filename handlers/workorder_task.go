package handlers

import (
	"context"
	"slices"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// startWork splits a complete order into the tasks of its family's plan and opens the first.
func (a *App) startWork(ctx context.Context, t bot.Turn, tx Tx, w *work) (bot.Reply, error) {
	w.o.State, w.o.SubmittedAt, w.changed = sales.WorkWorking, sales.At(t.Now), true
	for i, s := range w.f.Steps {
		w.tasks = append(w.tasks, sales.WorkTask{
			ID: tx.NewID(), OrderID: w.o.ID, Step: i, Name: s.Name, Role: s.Role, Hours: s.Hours, Behind: sales.List[string](s.After), State: sales.TaskWaiting,
		})
		w.made[i] = true
	}
	w.happened(tx, t, "submitted", nil)
	return a.openTasks(ctx, t, tx, w)
}

// openTasks gives every task whose turn it is to the one with the least to do, and tells them.
func (a *App) openTasks(ctx context.Context, t bot.Turn, tx Tx, w *work) (bot.Reply, error) {
	load := map[sales.PersonID]int{}
	opened := sales.NextWork(w.tasks)
	for _, i := range opened {
		x := &w.tasks[i]
		owner, err := a.taskOwner(ctx, t, tx, w, x.Role, load)
		if err != nil {
			return bot.Reply{}, err
		}
		load[owner]++
		x.OwnerID, x.State, x.OpenedAt = owner, sales.TaskOpen, sales.At(t.Now)
		x.DueAt = a.workDue(t, owner, t.Now, time.Duration(x.Hours)*time.Hour)
		w.dirty[i] = true
		w.happened(tx, t, "opened", x, sales.Change{Field: "负责人", New: t.Org.Name(owner)})
	}
	w.saveTasks(tx)
	var reply bot.Reply
	v := a.workView(t, w)
	for _, i := range opened {
		x := w.tasks[i]
		v.Note = ""
		if who, ok := t.Org.Person(x.OwnerID); ok && !who.Has(x.Role) {
			v.Note = "现在没有人管" + x.Role.Name() + ",先给你。可以转给别人。"
		}
		reply.Say = append(reply.Say, pushWork(t, w, slotAt(t, "task", x.ID), cardOut(view.WorkTaskCard(v, x)), x.OwnerID)...)
	}
	return reply, nil
}

// saveTasks writes the tasks alone, so that their cards carry the versions of their rows.
func (w *work) saveTasks(tx Tx) {
	changed, fresh := w.changed, w.fresh
	w.changed, w.fresh = false, false
	w.save(tx)
	w.changed, w.fresh = changed, fresh
}

// taskOwner is who of a role has the least to do and is not away; without anybody the rep's superior, or the rep.
func (a *App) taskOwner(ctx context.Context, t bot.Turn, tx Tx, w *work, role sales.Role, extra map[sales.PersonID]int) (sales.PersonID, error) {
	people := t.Org.WithRole(role)
	if len(people) == 0 {
		if m, ok := t.Org.Manager(w.o.OwnerID); ok {
			return m.ID, nil
		}
		return w.o.OwnerID, nil
	}
	ids := make([]sales.PersonID, len(people))
	for i, p := range people {
		ids[i] = p.ID
	}
	away, err := sales.ReadAway(ctx, tx, ids, sales.At(t.Now))
	if err != nil {
		return 0, err
	}
	if here := slices.DeleteFunc(slices.Clone(people), func(p sales.Person) bool { return away[p.ID].ID != 0 }); len(here) > 0 {
		people = here
	}
	load, err := tx.WorkLoad(ctx, ids)
	if err != nil {
		return 0, err
	}
	for id, n := range extra {
		load[id] += n
	}
	return sales.LeastLoaded(people, load), nil
}

// workSay is what a person is asked after a tap: the result, the reason, a name, a remark.
type workSay struct {
	Order sales.ID `json:"order"`
	Task  sales.ID `json:"task,omitempty"`
	Verb  string   `json:"verb"`
}

// workOr does a verb on a work order when its number is named, else what the command was for all along.
func (a *App) workOr(verb string, next bot.HandlerFunc[Tx]) bot.HandlerFunc[Tx] {
	return a.workCommand(verb, next)
}

// workCommand does a verb by its typed form: 接单 GD2026-001. Without a number it is the order the person had to do with last.
func (a *App) workCommand(verb string, next bot.HandlerFunc[Tx]) bot.HandlerFunc[Tx] {
	return func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
		no, rest := cutWorkNo(t.Args, t.Today)
		if no == "" && next != nil {
			return next(ctx, t, tx)
		}
		w, err := a.namedWork(ctx, t, tx, no)
		if err != nil {
			return bot.Reply{}, err
		}
		if err := mayReadWork(t, w); err != nil {
			return bot.Reply{}, err
		}
		var task *int
		if slices.Contains([]string{"accept", "finish", "return", "pass"}, verb) {
			i, left, err := pickTask(t, w, verb, rest)
			if err != nil {
				return bot.Reply{}, err
			}
			task, rest = &i, left
		}
		return a.doWork(ctx, t, tx, w, task, verb, rest)
	}
}

// namedWork is the work order a command names, else the one the person had to do with last.
func (a *App) namedWork(ctx context.Context, t bot.Turn, tx Tx, no string) (*work, error) {
	if no == "" {
		ref, ok := lastOf(t.Dialogue, "workorder")
		if !ok {
			return nil, sales.Errorf(sales.Invalid, "哪张工单?写上编号,例:"+t.Command+" "+cashNo("GD", t.Today.Year(), 1)+"。发 工单队列 看等着办的。")
		}
		return a.workByID(ctx, tx, ref.ID)
	}
	o, err := tx.WorkOrderByNo(ctx, no)
	if err != nil {
		return nil, err
	}
	return a.loadWork(ctx, tx, o)
}

// pickTask finds the task of an order that a person means: one named, else their own, else one of their role. Somebody else's,
// for whom they may act, is meant without its name only where it is to be handed over and there is no other.
func pickTask(t bot.Turn, w *work, verb, rest string) (int, string, error) {
	fits := func(x sales.WorkTask) bool {
		return x.State == sales.TaskOpen || x.State == sales.TaskAccepted && verb != "accept" || x.State == sales.TaskReturned && verb == "pass"
	}
	for i, x := range w.tasks {
		if strings.HasPrefix(rest, x.Name) && fits(x) {
			return i, bare(strings.TrimPrefix(rest, x.Name)), nil
		}
	}
	tests := []func(x sales.WorkTask) bool{
		func(x sales.WorkTask) bool { return x.OwnerID == t.Person.ID },
		func(x sales.WorkTask) bool { return t.Person.Has(x.Role) },
	}
	for _, test := range tests {
		if i := slices.IndexFunc(w.tasks, func(x sales.WorkTask) bool { return fits(x) && test(x) }); i >= 0 {
			return i, rest, nil
		}
	}
	var under []int
	var said []string
	for i, x := range w.tasks {
		if fits(x) && (t.Org.Above(t.Person, x.OwnerID) || t.Person.Has(sales.RoleAdmin)) {
			under, said = append(under, i), append(said, x.Name+"("+t.Org.Name(x.OwnerID)+")")
		}
	}
	switch {
	case len(under) == 1 && verb == "pass":
		return under[0], rest, nil
	case len(under) > 0:
		return 0, rest, sales.Errorf(sales.Conflict, w.o.No+" 现在轮到"+strings.Join(said, "、")+",没有你的。要替他办,写上是哪一项:"+
			t.Command+" "+w.o.No+" "+w.tasks[under[0]].Name)
	}
	for _, x := range w.tasks {
		if x.OwnerID == t.Person.ID && !fits(x) {
			return 0, rest, sales.Errorf(sales.Conflict, w.o.No+" 的"+x.Name+"现在是"+view.TaskStateName(x.State)+",没有改动。")
		}
	}
	return 0, rest, sales.Errorf(sales.Forbidden, w.o.No+" 现在没有轮到你的任务。发 工单 "+w.o.No+" 看在谁那里。")
}

// tapTask does a verb by a task's button. Of a card that was left behind the tap is not taken.
func (a *App) tapTask(verb string) bot.HandlerFunc[Tx] {
	return func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
		x, err := tx.WorkTaskByID(ctx, sales.ID(t.Action.Record))
		if err != nil {
			return bot.Reply{}, err
		}
		w, err := a.workByID(ctx, tx, x.OrderID)
		if err != nil {
			return bot.Reply{}, err
		}
		i := slices.IndexFunc(w.tasks, func(y sales.WorkTask) bool { return y.ID == x.ID })
		if i < 0 || x.Version != t.Action.Version {
			return a.staleWork(t, w, "这张卡片旧了,"+w.o.No+" 的"+x.Name+"现在是"+view.TaskStateName(x.State)+",没有按它办。"), nil
		}
		reply, err := a.doWork(ctx, t, tx, w, &i, verb, strings.TrimSpace(t.Input["reason"]))
		if msg := sales.Message(err); msg != "" {
			return a.staleWork(t, w, msg), nil
		}
		return reply, err
	}
}

// tapOrder does a verb by an order's button.
func (a *App) tapOrder(verb string) bot.HandlerFunc[Tx] {
	return func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
		w, err := a.workByID(ctx, tx, sales.ID(t.Action.Record))
		if err != nil {
			return bot.Reply{}, err
		}
		if err := mayReadWork(t, w); err != nil {
			return bot.Text(sales.Message(err)), nil
		}
		var reply bot.Reply
		switch verb {
		case "detail":
			return a.workDetail(ctx, t, tx, w)
		case "agreement":
			reply, err = a.draftAgreement(ctx, t, tx, w)
		default:
			reply, err = a.doWork(ctx, t, tx, w, nil, verb, strings.TrimSpace(t.Input["reason"]))
		}
		if msg := sales.Message(err); msg != "" {
			return a.staleWork(t, w, msg), nil
		}
		return reply, err
	}
}

// staleWork says why nothing was done and puts the tapped card right.
func (a *App) staleWork(t bot.Turn, w *work, text string) bot.Reply {
	return bot.Reply{Say: []bot.Say{{To: alone(t), Out: bot.Outgoing{Text: text}}}, Faces: liveFace(t, view.WorkFaces(a.workView(t, w)))}
}

// doWork does one verb on an order or a task, with what was said.
func (a *App) doWork(ctx context.Context, t bot.Turn, tx Tx, w *work, task *int, verb, said string) (bot.Reply, error) {
	said = cutRunes(strings.TrimSpace(said), sales.MaxWorkText)
	switch verb {
	case "accept":
		return a.acceptTask(t, tx, w, *task)
	case "finish":
		return a.finishTask(ctx, t, tx, w, *task, said)
	case "return":
		return a.returnTask(t, tx, w, *task, said)
	case "pass":
		return a.passTask(t, tx, w, *task, said)
	case "comment":
		return a.commentWork(t, tx, w, said)
	case "cancel":
		return a.cancelWork(t, tx, w, said)
	case "resume":
		return a.resumeWork(t, tx, w, said)
	}
	return bot.Reply{}, bot.ErrNotMine
}

// askWork asks for the words a verb needs.
func (a *App) askWork(t bot.Turn, w *work, task sales.ID, verb, question string) (bot.Reply, error) {
	d, err := a.ask(t, topicWorkSay, workSay{w.o.ID, task, verb})
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Reply{Say: []bot.Say{{To: alone(t), Out: bot.Outgoing{Text: question}}}, Dialogue: d}, nil
}

// AnswerWorkSay takes the words a verb was waiting for.
func (a *App) AnswerWorkSay(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[workSay](t)
	if err != nil {
		return bot.Reply{}, err
	}
	if isNo(t.Text) && d.Verb != "finish" || bare(t.Text) == "算了" {
		return bot.Reply{Say: bot.Text("好,没有改动。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	w, err := a.workByID(ctx, tx, d.Order)
	if err != nil {
		return bot.Reply{}, err
	}
	var task *int
	if d.Task != 0 {
		i := slices.IndexFunc(w.tasks, func(x sales.WorkTask) bool { return x.ID == d.Task })
		if i < 0 {
			return bot.Reply{Say: bot.Text("这项任务不在了,没有改动。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
		}
		task = &i
	}
	return a.closing(t)(a.doWork(ctx, t, tx, w, task, d.Verb, t.Text))
}

// mayDoTask refuses who may not work on a task: its owner may, and who is above them.
func mayDoTask(t bot.Turn, w *work, x sales.WorkTask) error {
	if x.OwnerID == t.Person.ID || t.Org.Above(t.Person, x.OwnerID) || t.Person.Has(sales.RoleAdmin) {
		return nil
	}
	return sales.Errorf(sales.Forbidden, w.o.No+" 的"+x.Name+"在"+t.Org.Name(x.OwnerID)+"那里,由他办。同部门可以先 接单 "+w.o.No+"。")
}

// runningTask refuses a task that is not anybody's to do now.
func runningTask(w *work, x sales.WorkTask) error {
	if x.Running() {
		return nil
	}
	return sales.Errorf(sales.Conflict, w.o.No+" 的"+x.Name+"现在是"+view.TaskStateName(x.State)+",没有改动。")
}

// acceptTask takes a task on (接单). A colleague of the role may take one that nobody has taken.
func (a *App) acceptTask(t bot.Turn, tx Tx, w *work, i int) (bot.Reply, error) {
	x := &w.tasks[i]
	if x.State != sales.TaskOpen {
		return bot.Reply{}, sales.Errorf(sales.Conflict, w.o.No+" 的"+x.Name+"现在是"+view.TaskStateName(x.State)+"("+t.Org.Name(x.OwnerID)+"),没有改动。")
	}
	if err := mayDoTask(t, w, *x); err != nil && !t.Person.Has(x.Role) {
		return bot.Reply{}, err
	}
	before := x.OwnerID
	if before != t.Person.ID {
		w.note(tx, t, sales.NoteHandover, x.ID, "", x.Name+" "+t.Person.Name+"接过来了")
	}
	x.OwnerID, x.State, x.AcceptedAt = t.Person.ID, sales.TaskAccepted, sales.At(t.Now)
	w.dirty[i] = true
	w.happened(tx, t, "accepted", x)
	text := "接下了:" + w.o.No + " " + x.Name + "," + sales.FormatTime(x.DueAt.Time, t.Now) + "前。办完发:完成 " + w.o.No + " 结论"
	var reply bot.Reply
	if before != t.Person.ID {
		w.saveTasks(tx)
		reply.Say = append(bot.Text(text).Say, bot.Say{
			To: alone(t), Subject: workSubject(w.o.ID), Slot: slotAt(t, "task", x.ID), Out: cardOut(view.WorkTaskCard(a.workView(t, w), *x)),
		})
		reply.Say = append(reply.Say, pushWork(t, w, slotAt(t, "taken", x.ID), bot.Outgoing{Text: t.Person.Name + "接走了 " + w.o.No + " 的" + x.Name + ",你不用办了。"}, before)...)
	} else if t.Event.Kind != bot.Tapped {
		reply = bot.Text(text)
	}
	return a.finishTurn(t, tx, w, reply), nil
}

// finishTask ends a task with its result (完成) and opens what comes next.
func (a *App) finishTask(ctx context.Context, t bot.Turn, tx Tx, w *work, i int, said string) (bot.Reply, error) {
	x := &w.tasks[i]
	if err := firstErr(mayDoTask(t, w, *x), runningTask(w, *x)); err != nil {
		return bot.Reply{}, err
	}
	if said == "" {
		return a.askWork(t, w, x.ID, "finish", w.o.No+" "+x.Name+"的结论?回一句,例:可以做,周期 12 天。文件直接发,发完再回结论。不办了回 算了。")
	}
	x.State, x.DoneAt, x.Result = sales.TaskDone, sales.At(t.Now), said
	if x.AcceptedAt.IsZero() {
		x.AcceptedAt = x.DoneAt
	}
	w.dirty[i] = true
	w.note(tx, t, sales.NoteResult, x.ID, "", x.Name+":"+said)
	w.happened(tx, t, "done", x, sales.Change{Field: "结论", New: said})
	reply, err := a.openTasks(ctx, t, tx, w)
	if err != nil {
		return bot.Reply{}, err
	}
	if sales.WorkFinished(w.tasks) {
		w.o.State, w.o.ReadyAt, w.changed = sales.WorkReady, sales.At(t.Now), true
		w.happened(tx, t, "ready", nil)
		w.saveOrder(tx)
		v := a.workView(t, w)
		v.Note = "四路都回了。" + x.Name + ":" + cutRunes(said, 60) + "。"
		if len(w.tasks) != 4 {
			v.Note = "都回了。" + x.Name + ":" + cutRunes(said, 60) + "。"
		}
		reply.Say = append(reply.Say, pushWork(t, w, slotAt(t, "ready", w.o.ID), cardOut(view.WorkCard(v, true)), w.o.OwnerID)...)
	} else if w.o.OwnerID != t.Person.ID {
		out := bot.Outgoing{Text: w.o.No + "(" + w.o.Title + ")" + x.Name + "完成:" + said + "。" + a.nextText(t, w)}
		reply.Say = append(reply.Say, pushWork(t, w, slotAt(t, "done", x.ID), out, w.o.OwnerID)...)
	}
	if t.Event.Kind != bot.Tapped || t.Card == nil {
		reply.Say = append(bot.Text("已完成:"+w.o.No+" "+x.Name+"。"+a.nextText(t, w)).Say, reply.Say...)
	}
	reply.Dialogue = answeredWork(t.Dialogue)
	return a.finishTurn(t, tx, w, reply), nil
}

// saveOrder writes the order alone.
func (w *work) saveOrder(tx Tx) {
	dirty, made := w.dirty, w.made
	w.dirty, w.made = map[int]bool{}, map[int]bool{}
	w.save(tx)
	w.dirty, w.made = dirty, made
}

// answeredWork ends an open question about a work order; a draft of something else stays open.
func answeredWork(d sales.Dialogue) *sales.Dialogue {
	if d.Topic == topicWorkSay {
		return closeTopic(d)
	}
	return &d
}

// nextText says who has an order now.
func (a *App) nextText(t bot.Turn, w *work) string {
	var parts []string
	for _, x := range w.tasks {
		if x.Running() || x.State == sales.TaskReturned {
			parts = append(parts, x.Name+" "+t.Org.Name(x.OwnerID))
		}
	}
	if len(parts) == 0 {
		return "都办完了,等" + t.Org.Name(w.o.OwnerID) + "出技术协议。"
	}
	return "现在:" + strings.Join(parts, "、") + "。"
}

// returnTask sends an order back to its rep with what is missing (退回); the task's clock stands still.
func (a *App) returnTask(t bot.Turn, tx Tx, w *work, i int, said string) (bot.Reply, error) {
	x := &w.tasks[i]
	if err := firstErr(mayDoTask(t, w, *x), runningTask(w, *x)); err != nil {
		return bot.Reply{}, err
	}
	if said == "" {
		return a.askWork(t, w, x.ID, "return", w.o.No+" 缺什么?回一句,例:公差没写基准。不退了回 算了。")
	}
	x.State, x.HeldAt, x.Reason = sales.TaskReturned, sales.At(t.Now), said
	w.dirty[i] = true
	w.o.State, w.o.Reason, w.changed = sales.WorkReturned, x.Name+" "+t.Person.Name+":"+said, true
	field, _ := fieldAt(w.f, said, 0, true)
	w.note(tx, t, sales.NoteReturn, x.ID, field, said)
	w.happened(tx, t, "returned", x, sales.Change{Field: "原因", New: said})
	w.save(tx)
	var reply bot.Reply
	if t.Event.Kind != bot.Tapped || t.Card == nil {
		reply = bot.Text("已退回:" + w.o.No + " " + x.Name + "。等" + t.Org.Name(w.o.OwnerID) + "补,补好再回到你这里,计时停着。")
	}
	reply.Say = append(reply.Say, pushWork(t, w, slotAt(t, "returned", x.ID), cardOut(view.WorkCard(a.workView(t, w), true)), w.o.OwnerID)...)
	reply.Dialogue = answeredWork(t.Dialogue)
	return a.finishTurn(t, tx, w, reply), nil
}

// resumeWork lets the tasks that were sent back go on, without another change.
func (a *App) resumeWork(t bot.Turn, tx Tx, w *work, said string) (bot.Reply, error) {
	if err := a.mustOwnWork(t, w.o); err != nil {
		return bot.Reply{}, err
	}
	if w.o.State != sales.WorkReturned {
		return bot.Reply{}, sales.Errorf(sales.Conflict, w.o.No+" 现在是"+view.WorkStateName(w.o.State)+",没有要补的。")
	}
	if said == "" {
		said = "已补齐"
	}
	reply := a.resumeTasks(tx, t, w, said)
	if t.Event.Kind != bot.Tapped {
		reply.Say = append(bot.Text(w.o.No+" 接着做。"+a.nextText(t, w)).Say, reply.Say...)
	}
	return a.finishTurn(t, tx, w, reply), nil
}

// resumeTasks gives tasks that wait for the rep back to their owners, with the time they had left.
func (a *App) resumeTasks(tx Tx, t bot.Turn, w *work, said string) bot.Reply {
	w.o.State, w.o.Reason, w.changed = sales.WorkWorking, "", true
	w.note(tx, t, sales.NoteChange, 0, "", said)
	var back []int
	for i := range w.tasks {
		x := &w.tasks[i]
		if x.State != sales.TaskReturned {
			continue
		}
		cal := a.Calendar.Of(t.Org, x.OwnerID)
		held := cal.WorkingBetween(x.HeldAt.Time, t.Now)
		x.HeldSeconds += int64(held / time.Second)
		x.DueAt, x.HeldAt, x.Reason, x.State = sales.At(cal.AddWorking(x.DueAt.Time, held)), sales.Instant{}, "", sales.TaskOpen
		if !x.AcceptedAt.IsZero() {
			x.State = sales.TaskAccepted
		}
		w.dirty[i] = true
		back = append(back, i)
		w.happened(tx, t, "resumed", x)
	}
	w.saveTasks(tx)
	var reply bot.Reply
	v := a.workView(t, w)
	v.Note = t.Person.Name + "补了:" + cutRunes(said, 60) + "。"
	for _, i := range back {
		x := w.tasks[i]
		reply.Say = append(reply.Say, pushWork(t, w, slotAt(t, "task", x.ID), cardOut(view.WorkTaskCard(v, x)), x.OwnerID)...)
	}
	return reply
}
