package handlers

import (
	"context"
	"encoding/json"
	"strings"

	"salesflow/bot"
	"salesflow/store/sales"
)

// refRefused is the kind of a reference to something that was wanted and not done.
const refRefused = "refused"

// undoRefused answers whoever wants back what was refused: that nothing was done, and how to reach what was done before it.
func (a *App) undoRefused(t bot.Turn) (bot.Reply, bool) {
	if len(t.Dialogue.Last) == 0 || t.Dialogue.Last[0].Kind != refRefused || t.Now.Sub(t.Dialogue.Last[0].At.Time) > a.Settings.UndoFor {
		return bot.Reply{}, false
	}
	d := closeTopic(t.Dialogue)
	d.Last = forget(d.Last, refRefused, d.Last[0].ID)
	return bot.Reply{Say: bot.Text("刚才那次红冲没有做成,没有可撤的。要撤它前面的那一件,再发一次 撤销。").Say, Dialogue: d}, true
}

// undoNoted takes back what a reference to a change says, or says what to do instead; ok is false for a reference to something
// else. A customer made a moment ago is one, too: it has no undo of its own.
func (a *App) undoNoted(ctx context.Context, t bot.Turn, tx Tx, ref sales.Ref) (reply bot.Reply, ok bool, err error) {
	switch ref.Kind {
	case "customer":
		c, err := tx.CustomerByID(ctx, ref.ID)
		if err != nil && sales.KindOf(err) != sales.NotFound {
			return bot.Reply{}, true, err
		}
		if err != nil || c.CreatedBy != t.Person.ID || !c.CreatedAt.Equal(ref.At.Time) {
			return bot.Reply{}, false, nil // it was only looked at
		}
		reply, err := a.undoCustomer(ctx, t, tx, ref, c)
		return reply, true, err
	case "todo":
		reply, err := a.undoTodo(ctx, t, tx, ref)
		return reply, true, err
	case refChange:
	default:
		return bot.Reply{}, false, nil
	}
	var c change
	if err := json.Unmarshal([]byte(ref.Back), &c); err != nil {
		return bot.Reply{}, false, nil //nolint:nilerr // what nobody can read is as if it were not there
	}
	if reply, ok, err := a.undoMade(ctx, t, tx, ref, c); ok || err != nil {
		return reply, true, err
	}
	name, err := a.subjectName(ctx, tx, c.SubjectKind, c.SubjectID)
	if err != nil {
		return bot.Reply{}, true, err
	}
	when := sales.FormatTime(ref.At.Time, t.Now)
	switch {
	case strings.HasSuffix(c.Verb, ".create") && len(c.Rows) == 0:
		return bot.Text("刚才新建的是 " + name + ",撤销不了。" + instead(c.Verb, name)), true, nil
	case len(c.Rows) == 0:
		return bot.Text("刚才是" + strings.TrimSpace(name+" "+c.text(t, false)) + "(" + when + "),撤销不了。" + instead(c.Verb, name)), true, nil
	case t.Now.Sub(ref.At.Time) > a.Settings.UndoFor:
		return bot.Text(name + " " + c.text(t, false) + " 是 " + when + " 改的,超过 " + sales.Waited(a.Settings.UndoFor) +
			"不能撤销了。" + instead(c.Verb, name)), true, nil
	}
	reply, err = a.putBack(ctx, t, tx, c, name)
	if err != nil {
		return bot.Reply{}, true, err
	}
	d := closeTopic(t.Dialogue)
	d.Last = forget(d.Last, refChange, ref.ID)
	reply.Dialogue = d
	return reply, true, nil
}

// undoTodo drops a to-do that a person wrote down a moment ago.
func (a *App) undoTodo(ctx context.Context, t bot.Turn, tx Tx, ref sales.Ref) (bot.Reply, error) {
	todo, err := tx.TodoByID(ctx, ref.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	if done, gone := a.closedTodo(t, todo); gone {
		return done, nil
	}
	if t.Now.Sub(ref.At.Time) > a.Settings.UndoFor {
		return bot.Text("待办\"" + todo.Text + "\"记了超过 " + sales.Waited(a.Settings.UndoFor) + ",不用做了就点完成。"), nil
	}
	reply := bot.Text("已撤销:待办\"" + todo.Text + "\"。").And(a.endTodo(t, tx, todo, sales.TodoCancelled))
	d := closeTopic(t.Dialogue)
	d.Last = forget(d.Last, "todo", todo.ID)
	reply.Dialogue = d
	return reply, nil
}

// fieldsOnly are changes without their values.
func fieldsOnly(changes []sales.Change) []sales.Change {
	out := make([]sales.Change, len(changes))
	for i, ch := range changes {
		out[i] = sales.Change{Field: ch.Field}
	}
	return out
}

// text is what was changed, in words; a group does not see the values.
func (c change) text(t bot.Turn, back bool) string {
	if t.InGroup() {
		return changedText(fieldsOnly(c.Changes), back)
	}
	return changedText(c.Changes, back)
}

// changedText is what was changed, in words: "分级 B → A"; back is what it is again.
func changedText(changes []sales.Change, back bool) string {
	var out []string
	for _, ch := range changes {
		if ch.Field == "原因" || ch.Field == "理由" || ch.Field == "state" {
			continue
		}
		text := ch.Field + " " + orElse(ch.Old, "空着") + " → " + orElse(ch.New, "空着")
		if ch.Old == "" && ch.New == "" {
			text = ch.Field
		} else if back {
			text = ch.Field + "改回 " + orElse(ch.Old, "空着")
		}
		out = append(out, cutRunes(text, 60))
	}
	return strings.Join(out, "、")
}

// subjectName is what a record is called when it is taken back.
func (a *App) subjectName(ctx context.Context, tx Tx, kind string, id sales.ID) (string, error) {
	var name string
	var err error
	switch kind {
	case "customer":
		var c sales.Customer
		c, err = tx.CustomerByID(ctx, id)
		name = c.Name
	case "contact":
		var c sales.Contact
		c, err = tx.ContactByID(ctx, id)
		name = "联系人 " + c.Name
	case "lead":
		var l sales.Lead
		l, err = tx.LeadByID(ctx, id)
		name = l.No
	case "todo":
		var todo sales.Todo
		todo, err = tx.TodoByID(ctx, id)
		name = "待办\"" + todo.Text + "\""
	case "contract":
		var c sales.Contract
		c, err = tx.ContractByID(ctx, id)
		name = c.No
	case "invoice":
		var i sales.Invoice
		i, err = tx.InvoiceByID(ctx, id)
		name = i.No
	case "product":
		var p sales.Product
		p, err = tx.ProductByID(ctx, id)
		name = p.Name
	case "plan":
		var p sales.VisitPlan
		p, err = tx.PlanByID(ctx, id)
		name = "计划 " + strings.TrimSpace(p.Day.Chinese()+" "+p.When())
	case "opportunity":
		var o sales.Opportunity
		if o, err = tx.OpportunityByID(ctx, id); err == nil {
			var c sales.Customer
			c, err = tx.CustomerByID(ctx, o.CustomerID)
			name = c.Name + " 商机"
		}
	case "custom_record":
		var r sales.CustomRecord
		r, err = tx.CustomRecordByID(ctx, id)
		name = r.No
	case "roster":
		var r sales.Roster
		r, err = tx.RosterByID(ctx, id)
		name = "值班表 " + r.Name
	case "report":
		name = "日报"
	case "visit", "filing":
		name = map[string]string{"visit": "拜访", "filing": "一条记录"}[kind]
	}
	return name, ignoreMissing(err)
}

// putBack writes the rows of a change as they were, when nobody has changed them since.
func (a *App) putBack(ctx context.Context, t bot.Turn, tx Tx, c change, name string) (bot.Reply, error) {
	var reply bot.Reply
	for _, row := range c.Rows {
		more, err := a.putRow(ctx, t, tx, row)
		if sales.KindOf(err) == sales.Conflict {
			return bot.Text(name + "后来又改过,没有撤销。" + instead(c.Verb, name)), nil
		}
		if err != nil {
			return bot.Reply{}, err
		}
		reply = reply.And(more)
	}
	changes := make([]sales.Change, len(c.Changes))
	for i, ch := range c.Changes {
		changes[i] = sales.Change{Field: ch.Field, Old: ch.New, New: ch.Old}
	}
	audit(tx, t, c.SubjectKind+".undo", c.SubjectKind, c.SubjectID, changes...)
	emit(tx, t, c.SubjectKind+".undone", c.SubjectKind, c.SubjectID)
	text := "已撤销:" + name
	if back := c.text(t, true); back != "" {
		text += " " + back
	}
	if c.Verb == "report.submit" {
		text += "。改好再发:日报 提交"
	}
	reply.Say = append(bot.Text(text+"。").Say, reply.Say...)
	return reply, nil
}

// errChanged says that a row is not any more as the change left it.
var errChanged = sales.Errorf(sales.Conflict, "后来又改过,没有撤销。")

// putRow writes one row as it was. Conflict when somebody has changed it since.
func (a *App) putRow(ctx context.Context, t bot.Turn, tx Tx, row undoRow) (bot.Reply, error) {
	switch row.Kind {
	case "customer":
		return a.putCustomer(ctx, t, tx, row)
	case "keeping":
		was, now, err := backRow(row, func(w sales.Keeping) (sales.Keeping, int64, error) {
			k, err := tx.KeepingOf(ctx, sales.Customer{ID: w.CustomerID})
			return k, k.Version, err
		})
		if err != nil {
			return bot.Reply{}, err
		}
		was.Version = now.Version
		tx.PutKeeping(was)
	case "tag":
		was, err := wasRow[undoTag](row)
		if err != nil {
			return bot.Reply{}, err
		}
		if was.Had {
			tx.AddTag(was.Customer, was.Tag, t.Person.ID, sales.At(t.Now))
		} else {
			tx.RemoveTag(was.Customer, was.Tag)
		}
	case "moved":
		was, err := wasRow[undoMoved](row)
		if err != nil {
			return bot.Reply{}, err
		}
		if from, ok := t.Org.Person(was.From); ok {
			return bot.Reply{}, tx.MoveOwned(ctx, was.Customer, was.To, from)
		}
	case "todo":
		return a.putTodo(ctx, t, tx, row)
	case "lead":
		return a.putLead(ctx, t, tx, row)
	case "plan":
		return a.putPlan(ctx, t, tx, row)
	case "custom":
		return bot.Reply{}, putCustomRow(ctx, tx, row)
	case "detail", "fact":
		return bot.Reply{}, putKnown(ctx, tx, row)
	case "report":
		return a.putReport(ctx, t, tx, row)
	case "roster", "swap":
		return bot.Reply{}, a.putRosterRow(ctx, t, tx, row)
	case "contact", "made", "role", "owner", "part", "newpart":
		return bot.Reply{}, putContactRow(ctx, tx, row)
	default:
		return bot.Reply{}, errChanged
	}
	return bot.Reply{}, nil
}
