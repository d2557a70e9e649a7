package handlers

import (
	"context"
	"strconv"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// ownVisit reads a visit that only its author may change.
func (a *App) ownVisit(ctx context.Context, t bot.Turn, tx Tx, id sales.ID) (sales.Visit, error) {
	v, err := tx.VisitByID(ctx, id)
	if err != nil {
		return v, err
	}
	if v.PersonID != t.Person.ID {
		return v, sales.Errorf(sales.Forbidden, "这条拜访是"+t.Org.Name(v.PersonID)+"记的,只有本人能改。")
	}
	return v, nil
}

// UndoVisit takes a visit back by its button (撤销).
func (a *App) UndoVisit(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	v, err := a.ownVisit(ctx, t, tx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	return a.undoVisit(ctx, t, tx, v)
}

// UndoLast takes back the last thing the person did, or drops what waits for an answer.
func (a *App) UndoLast(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if reply, ok, err := a.dropOpen(ctx, t); ok || err != nil {
		return reply, err
	}
	if bare(t.Args) != "" {
		if reply, ok, err := a.changeNamed(ctx, t, tx, "undo", t.Args, ""); ok || err != nil {
			return reply, err
		}
	}
	if reply, ok := a.undoRefused(t); ok {
		return reply, nil
	}
	for _, ref := range t.Dialogue.Last {
		if reply, ok, err := a.undoCash(ctx, t, tx, ref); ok || err != nil {
			return reply, err
		}
		if reply, ok, err := a.undoNoted(ctx, t, tx, ref); ok || err != nil {
			return reply, err
		}
		if reply, ok, err := a.undoRef(ctx, t, tx, ref); ok || err != nil {
			return reply, err
		}
	}
	return bot.Text("没有可以撤销的。撤销只管自己刚做的一件," + a.undoSpan() + "内有效。"), nil
}

// undoRef takes back what a person did last; false for what is not taken back this way.
func (a *App) undoRef(ctx context.Context, t bot.Turn, tx Tx, ref sales.Ref) (bot.Reply, bool, error) {
	switch ref.Kind {
	case "filing":
		own := func(ctx context.Context, id sales.ID) (sales.Filing, error) { return a.ownFiling(ctx, t, tx, id) }
		return takeBack(ctx, t, tx, ref.ID, own, a.undoFiling)
	case "visit":
		own := func(ctx context.Context, id sales.ID) (sales.Visit, error) { return a.ownVisit(ctx, t, tx, id) }
		return takeBack(ctx, t, tx, ref.ID, own, a.undoVisit)
	case "custom_record":
		return takeBack(ctx, t, tx, ref.ID, tx.CustomRecordByID, a.undoRecord)
	case "plan":
		return takeBack(ctx, t, tx, ref.ID, tx.PlanByID, a.undoPlan)
	case "absence":
		return takeBack(ctx, t, tx, ref.ID, tx.AbsenceByID, a.cancelAbsence)
	case "opportunity":
		return takeBack(ctx, t, tx, ref.ID, tx.OpportunityByID, a.undoMove)
	case "contract":
		c, err := tx.ContractByID(ctx, ref.ID)
		if err != nil {
			return bot.Reply{}, true, err
		}
		if c.OwnerID != t.Person.ID {
			return bot.Text("刚才是合同 " + c.No + " 的审批,处理了就生效,不能撤销。要补一句发:留言 " + c.No + " …;要拦下来找" + t.Org.Name(c.OwnerID) + "撤回。"), true, nil
		}
		return bot.Text("刚才是合同 " + c.No + ",要收回发:撤回 " + c.No), true, nil
	}
	return bot.Reply{}, false, nil
}

// takeBack finds a record and takes it back.
func takeBack[R any](ctx context.Context, t bot.Turn, tx Tx, id sales.ID, find func(context.Context, sales.ID) (R, error),
	undo func(context.Context, bot.Turn, Tx, R) (bot.Reply, error),
) (bot.Reply, bool, error) {
	r, err := find(ctx, id)
	if err != nil {
		return bot.Reply{}, true, err
	}
	reply, err := undo(ctx, t, tx, r)
	return reply, true, err
}

func (a *App) undoVisit(ctx context.Context, t bot.Turn, tx Tx, v sales.Visit) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	name := book.Customer(v.CustomerID)
	switch {
	case v.State == sales.VisitUndone:
		return bot.Text(name + "这条已经撤销过了,没有再改动。"), nil
	case t.Now.Sub(v.FiledAt.Time) > a.Settings.UndoFor:
		return bot.Text(name + "这条是 " + sales.FormatTime(v.FiledAt.Time, t.Now) + " 记的,超过 " + sales.Waited(a.Settings.UndoFor) +
			"不能撤销了。可以改:修改 金额改成18万。"), nil
	}
	v.State = sales.VisitUndone
	tx.UpdateVisit(v)
	todos, err := tx.TodosBySource(ctx, "visit", v.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	var reply bot.Reply
	for _, todo := range todos {
		if todo.State == sales.TodoOpen {
			reply = reply.And(a.endTodo(t, tx, todo, sales.TodoCancelled))
		}
	}
	tx.CancelDue("", "visit", v.ID, "undone")
	if err := a.untouch(ctx, tx, book, v.CustomerID, v.ID, v.FiledAt); err != nil {
		return bot.Reply{}, err
	}
	audit(tx, t, "visit.undo", "visit", v.ID, sales.Change{Field: "state", Old: sales.VisitFiled, New: sales.VisitUndone})
	emit(tx, t, "visit.undone", "visit", v.ID)
	v.Version++
	for _, group := range []bool{false, true} {
		vv := a.visitView(t, book, v, nil)
		if err := a.visitExtras(ctx, t, tx, &vv); err != nil {
			return bot.Reply{}, err
		}
		vv.Group = group
		reply.Faces = append(reply.Faces, view.VisitUndone(vv, sales.FormatTime(t.Now, t.Now)))
	}
	text := "已撤销:" + name + "的拜访"
	if len(todos) > 0 {
		text += ",连同 " + strconv.Itoa(len(todos)) + " 条待办"
	}
	if t.Event.Kind != bot.Tapped {
		reply.Say = append(bot.Text(text+"。").Say, reply.Say...)
	}
	d := closeTopic(t.Dialogue)
	d.Last = forget(d.Last, "visit", v.ID)
	reply.Dialogue = d
	return reply, nil
}

// forget drops a record from what a person did last, with the changes of it.
func forget(last sales.Refs, kind string, id sales.ID) sales.Refs {
	var out sales.Refs
	for _, r := range last {
		if (r.Kind != kind || r.ID != id) && (r.Kind != refChange || !changes(r, kind, id)) {
			out = append(out, r)
		}
	}
	return out
}
