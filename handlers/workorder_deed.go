package handlers

import (
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// passTask hands a task over to a colleague (转给).
func (a *App) passTask(t bot.Turn, tx Tx, w *work, i int, said string) (bot.Reply, error) {
	x := &w.tasks[i]
	if err := mayDoTask(t, w, *x); err != nil {
		return bot.Reply{}, err
	}
	if !x.Running() && x.State != sales.TaskReturned {
		return bot.Reply{}, runningTask(w, *x)
	}
	if said == "" {
		return a.askWork(t, w, x.ID, "pass", w.o.No+" "+x.Name+"转给谁?回姓名,后面可以带一句。不转了回 算了。")
	}
	name, why := cutWord(said)
	to, err := coworker(t, strings.TrimPrefix(name, "给"))
	if err != nil {
		return bot.Reply{}, err
	}
	if to.ID == x.OwnerID {
		return bot.Reply{}, sales.Errorf(sales.Conflict, w.o.No+" 的"+x.Name+"已经在"+to.Name+"那里。")
	}
	before := x.OwnerID
	x.OwnerID, x.AcceptedAt = to.ID, sales.Instant{}
	if x.State == sales.TaskAccepted {
		x.State = sales.TaskOpen
	}
	w.dirty[i] = true
	w.note(tx, t, sales.NoteHandover, x.ID, "", strings.TrimSpace(x.Name+" "+t.Org.Name(before)+" → "+to.Name+" "+why))
	w.happened(tx, t, "passed", x, sales.Change{Field: "负责人", Old: t.Org.Name(before), New: to.Name}, sales.Change{Field: "原因", New: why})
	w.saveTasks(tx)
	v := a.workView(t, w)
	v.Note = strings.TrimSpace(t.Person.Name + "转给你的。" + why)
	reply := bot.Text("已转给" + to.Name + ":" + w.o.No + " " + x.Name + "。")
	reply.Say = append(reply.Say, pushWork(t, w, slotAt(t, "task", x.ID), cardOut(view.WorkTaskCard(v, *x)), to.ID)...)
	reply.Dialogue = answeredWork(t.Dialogue)
	reply = a.finishTurn(t, tx, w, reply)
	if face := a.passedFace(t, w, *x, to.Name); face != nil {
		reply.Faces = append(reply.Faces, *face)
	}
	return reply, nil
}

// passedFace closes the tapped card of who gave a task away.
func (a *App) passedFace(t bot.Turn, w *work, x sales.WorkTask, to string) *cards.Card {
	if t.Card == nil || t.Card.Key != view.WorkTaskKey(x.ID) {
		return nil
	}
	c := view.WorkTaskCard(a.workView(t, w), x)
	c.Buttons, c.Input, c.Closed = nil, nil, "已转给 "+to+" · "+sales.FormatMoment(t.Now)
	return &c
}

// commentWork keeps a remark for all who work on an order (批注); one that begins with a field's name is a mark on it.
func (a *App) commentWork(t bot.Turn, tx Tx, w *work, said string) (bot.Reply, error) {
	if said == "" {
		return a.askWork(t, w, 0, "comment", "在 "+w.o.No+" 批注什么?以参数名开头就标在那一项上,例:公差 太严,建议 ±0.05。不写了回 算了。")
	}
	if w.o.State == sales.WorkCancelled {
		return bot.Reply{}, sales.Errorf(sales.Conflict, w.o.No+" 已取消,批注没有记。")
	}
	field, n := fieldAt(w.f, said, 0, false)
	text := said
	if n > 0 {
		text = bare(said[n:])
	}
	w.note(tx, t, sales.NoteComment, 0, field, text)
	w.happened(tx, t, "commented", nil, sales.Change{Field: orElse(field, "批注"), New: text})
	out := t.Person.Name + "在 " + w.o.No + "(" + w.o.Title + ")批注"
	if field != "" {
		out += "[" + field + "]"
	}
	to := slices.DeleteFunc(w.involved(), func(p sales.PersonID) bool { return p == t.Person.ID })
	reply := bot.Text("记下了,办这张工单的人都看得到。")
	reply.Say = append(reply.Say, pushWork(t, w, slotAt(t, "comment", w.o.ID), bot.Outgoing{Text: out + ":" + trimStop(text) + "。"}, to...)...)
	reply.Dialogue = answeredWork(t.Dialogue)
	return a.finishTurn(t, tx, w, reply), nil
}

// cancelWork ends an order that is not wanted any more (取消工单).
func (a *App) cancelWork(t bot.Turn, tx Tx, w *work, said string) (bot.Reply, error) {
	if err := a.mustOwnWork(t, w.o); err != nil {
		return bot.Reply{}, err
	}
	if !w.o.Open() {
		return bot.Reply{}, sales.Errorf(sales.Conflict, lockedWork(w.o))
	}
	if said == "" {
		return a.askWork(t, w, 0, "cancel", "为什么取消 "+w.o.No+"?回一句,办的人会看到。不取消了回 算了。")
	}
	var to []sales.PersonID
	for i := range w.tasks {
		x := &w.tasks[i]
		if x.State == sales.TaskDone {
			continue
		}
		if x.OwnerID != 0 {
			to = append(to, x.OwnerID)
		}
		x.State, w.dirty[i] = sales.TaskCancelled, true
	}
	w.o.State, w.o.Reason, w.o.ClosedAt, w.changed = sales.WorkCancelled, said, sales.At(t.Now), true
	w.happened(tx, t, "cancelled", nil, sales.Change{Field: "原因", New: said})
	var reply bot.Reply
	if t.Event.Kind != bot.Tapped {
		reply = bot.Text("已取消:" + w.o.No + " " + w.o.Title + "。")
	}
	to = slices.DeleteFunc(to, func(p sales.PersonID) bool { return p == t.Person.ID })
	reply.Say = append(reply.Say, pushWork(t, w, slotAt(t, "cancelled", w.o.ID), bot.Outgoing{Text: w.o.No + "(" + w.o.Title + ")取消了,不用办了:" + trimStop(said) + "。"}, to...)...)
	reply.Dialogue = answeredWork(t.Dialogue)
	if t.Dialogue.Topic == topicWork {
		reply.Dialogue = closeTopic(t.Dialogue)
	}
	return a.finishTurn(t, tx, w, reply), nil
}
