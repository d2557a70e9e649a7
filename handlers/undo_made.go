package handlers

import (
	"context"
	"fmt"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// UnmakeTx takes away what was made a moment ago and nothing was built on.
type UnmakeTx interface {
	// CustomersInUse tells of each of the customers that something was built on which table has it.
	CustomersInUse(ctx context.Context, list []sales.Customer) (map[sales.ID]string, error)
	// RemoveCustomers takes customers away, each over its version, with what was made with them.
	RemoveCustomers(ctx context.Context, list []sales.Customer) error
	RemovePart(p sales.CustomerPart)
}

// usedWords are what people call the rows that were built on a customer.
var usedWords = map[string]string{
	"visits": "拜访", "filings": "记录", "visit_actions": "拜访", "todos": "待办", "opportunities": "商机", "contracts": "合同", "quotes": "报价", "visit_plans": "拜访计划",
	"contacts": "后来加的联系人", "leads": "线索", "customer_parts": "科室", "customer_owners": "分管人", "authorisations": "授权书", "payments": "回款", "invoices": "发票",
	"shipments": "发货", "work_orders": "工单", "media": "照片", "incidents": "催办", "customer_claims": "领取记录", "customer_merges": "合并过来的客户",
	"custom_records": "档案", "calibrations": "校准", "customer_credits": "授信",
}

// UsedWord is what a person calls what was built on a customer.
func UsedWord(table string) string { return orElse(usedWords[table], "后续记录") }

// undoCustomer takes back a customer that the person made a moment ago, as long as nothing was built on it.
func (a *App) undoCustomer(ctx context.Context, t bot.Turn, tx Tx, ref sales.Ref, c sales.Customer) (bot.Reply, error) {
	made := "刚才是新建客户" + c.Name
	switch {
	case t.Now.Sub(ref.At.Time) > a.Settings.UndoFor:
		return bot.Text(made + ",超过 " + sales.Waited(a.Settings.UndoFor) + "不能撤销了。" + instead("customer.create", c.Name)), nil
	case c.OwnerID != t.Person.ID:
		return bot.Text(made + ",现在归" + orElse(t.Org.Name(c.OwnerID), "公海") + ",撤销不了。" + instead("customer.create", c.Name)), nil
	}
	used, err := tx.CustomersInUse(ctx, []sales.Customer{c})
	if err != nil {
		return bot.Reply{}, err
	}
	if table := used[c.ID]; table != "" {
		return bot.Text(made + ",已经有" + UsedWord(table) + ",撤销不了。" + instead("customer.create", c.Name)), nil
	}
	if err := tx.RemoveCustomers(ctx, []sales.Customer{c}); err != nil {
		return bot.Reply{}, err
	}
	audit(tx, t, "customer.undo", "customer", c.ID, sales.Change{Field: "名称", Old: c.Name})
	emit(tx, t, "customer.undone", "customer", c.ID)
	face := view.CustomerCreated(c, t.Person.Name, "", false, t.InGroup())
	face.Note, face.Level, face.Closed = "", cards.Plain, "已撤销 · "+t.Person.Name+" "+sales.FormatTime(t.Now, t.Now)
	d := closeTopic(t.Dialogue)
	d.Last = forget(d.Last, "customer", c.ID)
	reply := bot.Text("已撤销:" + c.Name + "不建了。")
	reply.Faces, reply.Dialogue = []view.Face{face}, d
	return reply, nil
}

// undoMade takes back records that one turn made, of the kinds that have an undo of their own; ok is false for the others.
func (a *App) undoMade(ctx context.Context, t bot.Turn, tx Tx, ref sales.Ref, c change) (reply bot.Reply, ok bool, err error) {
	switch c.Verb {
	case "lead.create":
		reply, err = a.undoLeads(ctx, t, tx, ref, append([]sales.ID{c.SubjectID}, c.More...))
	case "sheet.import":
		var j sales.SheetJob
		if j, err = tx.SheetJobByID(ctx, c.SubjectID); err == nil {
			reply, err = a.askUndoImport(t, j)
		}
	default:
		return bot.Reply{}, false, nil
	}
	return reply, true, err
}

// undoLeads takes back leads that somebody brought a moment ago and nobody has done anything about. Whoever got them is told.
func (a *App) undoLeads(ctx context.Context, t bot.Turn, tx Tx, ref sales.Ref, ids []sales.ID) (bot.Reply, error) {
	var done, kept []string
	var reply bot.Reply
	for _, id := range ids {
		l, err := tx.LeadByID(ctx, id)
		if err != nil {
			return bot.Reply{}, err
		}
		name := l.No + " " + l.Company
		switch {
		case t.Now.Sub(ref.At.Time) > a.Settings.UndoFor:
			kept = append(kept, name+"超过 "+sales.Waited(a.Settings.UndoFor)+"不能撤销了。"+instead("lead.create", l.No))
			continue
		case !l.Open():
			kept = append(kept, name+"已经"+strings.TrimPrefix(l.StateName(), "已")+"。")
			continue
		case !l.ContactedAt.IsZero() || l.State == sales.LeadAccepted && l.OwnerID != t.Person.ID:
			kept = append(kept, name+"已经由"+t.Org.Name(l.OwnerID)+"在跟,撤不了。要停下让他发:无效 "+l.No+" 记错了。")
			continue
		}
		more, err := a.dropLead(ctx, t, tx, l)
		if err != nil {
			return bot.Reply{}, err
		}
		reply, done = reply.And(more), append(done, name)
	}
	text := strings.Join(kept, "\n")
	if len(done) > 0 {
		text = strings.TrimSpace("已撤销:线索 " + strings.Join(done, "、") + "。\n" + text)
		d := closeTopic(t.Dialogue)
		d.Last = forget(d.Last, refChange, ref.ID)
		reply.Dialogue = d
	}
	reply.Say = append(bot.Text(text).Say, reply.Say...)
	return reply, nil
}

// leadMistake is why a lead was ended that should not have been brought: another of the same company is no double of it.
const leadMistake = "记错了,已撤销"

// dropLead ends a lead that was a mistake.
func (a *App) dropLead(ctx context.Context, t bot.Turn, tx Tx, l sales.Lead) (bot.Reply, error) {
	owner := l.OwnerID
	l.State, l.Reason, l.ClosedAt = sales.LeadInvalid, leadMistake, sales.At(t.Now)
	tx.CancelDue("", "lead", l.ID, "undone")
	tx.UpdateLead(l)
	l.Version++
	audit(tx, t, "lead.undo", "lead", l.ID, sales.Change{Field: "原因", New: l.Reason})
	emit(tx, t, "lead.undone", "lead", l.ID)
	reply := bot.Reply{Faces: a.leadFaces(t, l)}
	if owner != 0 && owner != t.Person.ID {
		reply.Say = []bot.Say{{
			To: []sales.PersonID{owner}, Subject: "lead:" + l.ID.String(), Kind: bot.DeliverPush, Slot: "undone", Push: true,
			Out: bot.Outgoing{Text: t.Person.Name + "撤销了线索 " + l.No + " " + l.Company + ":记错了,不用管了。"},
		}}
	}
	return reply, nil
}

// importUndoFor is how long an import can be taken back as a whole. A wrong list is seen when people call the first of it.
const importUndoFor = 3 * 24 * time.Hour

func (a *App) registerUndoImport(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "撤销导入", Aliases: []string{"撤回导入", "撤导入"}, Summary: "把一次导入的客户整批撤回", Usage: "撤销导入",
		Detail: "三天内,自己导的最近一次。已经有人用上的客户(记过拜访、改过资料、加过联系人)留着,其余撤回,先问你再动。", Handle: a.UndoImport,
	})
	r.Action("sheet.undo", a.TapUndoImport)
}

// UndoImport asks about the person's last import that wrote something (撤销导入).
func (a *App) UndoImport(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	list, err := tx.SheetJobsOf(ctx, t.Person.ID, 20)
	if err != nil {
		return bot.Reply{}, err
	}
	for _, j := range list {
		if isImport(j) && (j.Written > 0 || j.State == sales.SheetWriting || j.State == sales.SheetUndoing) {
			return a.askUndoImport(t, j)
		}
	}
	return bot.Text("你最近没有导入过,没有要撤的。"), nil
}

// noUndoImport says why an import cannot be taken back, and what to do; empty when it can.
func (a *App) noUndoImport(t bot.Turn, j sales.SheetJob) string {
	name := "这次导入(" + cutRunes(orElse(j.Name, "表格"), 30) + ")"
	switch {
	case j.PersonID != t.Person.ID:
		return "这是" + t.Org.Name(j.PersonID) + "导的,由" + t.Org.Name(j.PersonID) + "来撤。"
	case j.State == sales.SheetUndoing:
		return name + "正在撤,撤完告诉你。"
	case j.State == sales.SheetUndone:
		return name + "已经撤过了。"
	case j.State == sales.SheetWriting:
		return name + "还在写。先停下:取消导入,再发 撤销导入。"
	case j.Written == 0:
		return name + "还没写入,不用撤。不导了发:取消导入。"
	case j.Kind == sales.SheetProducts:
		return name + "是产品,会盖掉原来的,撤不了。改回来发:改产品 名称 那一项 原来的值,或者用原来的表再导一次。"
	case cashSheet(j.Kind):
		return name + "是" + sheetWord(j.Kind) + ",已经进了账,整批撤不了。错的那几笔逐笔撤:发 回款 或 发票 看编号,再发 撤销 加编号。"
	case isRecordSheet(j.Kind):
		return name + "是档案,整批撤不了。不要的逐条撤:发 档案名 编号 撤销;写错的改好,带着编号再导一次。"
	case j.Kind != sales.SheetCustomers:
		return name + "整批撤不了。" + instead("authorisation", "")
	case t.Now.Sub(j.UpdatedAt.Time) > importUndoFor:
		return name + "超过 " + sales.Waited(importUndoFor) + ",整批撤不了。单家不要的发:放回公海 客户 原因;重复的发:合并 A 到 B。"
	}
	return ""
}

func (a *App) askUndoImport(t bot.Turn, j sales.SheetJob) (bot.Reply, error) {
	if why := a.noUndoImport(t, j); why != "" {
		return bot.Text(why), nil
	}
	return bot.ShowCard(view.PickOne(view.Pick{
		Key: pickKey(t, "unimport"), Question: fmt.Sprintf("撤回 %s 导入的 %d 家客户?已经有人用上的会留着。", cutRunes(j.Name, 30), j.Written),
		Options: []view.PickOption{{Text: "撤回", Action: action("sheet.undo", j.ID, j.Version, "yes")}, {Text: "不撤", Action: action("sheet.undo", j.ID, j.Version, "no")}},
	})), nil
}

// TapUndoImport begins to take an import back, or leaves it. The work is done outside of the turn.
func (a *App) TapUndoImport(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	j, err := tx.SheetJobByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	if t.Action.Arg != "yes" {
		return closePick(t, bot.Reply{}), nil
	}
	if why := a.noUndoImport(t, j); why != "" {
		return closePick(t, bot.Text(why)), nil
	}
	j.State, j.Seen, j.UpdatedAt = sales.SheetUndoing, 0, sales.At(t.Now)
	tx.UpdateSheetJob(j)
	j.Version++
	audit(tx, t, "sheet.undo", "sheet", j.ID)
	card, err := a.sheetCard(ctx, tx, j)
	return closePick(t, bot.Reply{Faces: []view.Face{card}}), err
}

// dropPart takes away a department that was just made, unless it has somebody in charge by now or was changed.
func dropPart(ctx context.Context, tx Tx, row undoRow) error {
	was, err := wasRow[sales.CustomerPart](row)
	if err != nil {
		return err
	}
	owners, err := tx.CustomerOwners(ctx, was.CustomerID)
	if err != nil {
		return err
	}
	for _, o := range owners {
		if o.PartID == was.ID {
			return errChanged
		}
	}
	parts, err := tx.PartsByCustomer(ctx, was.CustomerID)
	if err != nil {
		return err
	}
	for _, now := range parts {
		if now.ID == was.ID && now.Version == row.Version {
			tx.RemovePart(now)
			return nil
		}
	}
	return errChanged
}

// putReport takes a report back that was just handed in, or the sentence that was added to it: its card can be tapped again.
func (a *App) putReport(ctx context.Context, t bot.Turn, tx Tx, row undoRow) (bot.Reply, error) {
	was, err := wasRow[sales.DailyReport](row)
	if err != nil {
		return bot.Reply{}, err
	}
	now, err := tx.ReportOf(ctx, was.PersonID, was.Day)
	if err != nil || now.Version != row.Version || now.PersonID != t.Person.ID {
		return bot.Reply{}, firstErr(err, errChanged)
	}
	was.ID, was.Version = now.ID, now.Version
	tx.PutReport(was)
	was.Version++
	v := view.Report{Report: was, Today: t.Today, Who: t.Person.Name, Now: t.Now, Late: a.rhythm().LateUntil(was.Day)}
	if was.State == sales.ReportSubmitted {
		v.OnTime = a.rhythm().OnTime(was)
		return bot.Reply{Faces: []view.Face{view.ReportDone(v)}}, nil
	}
	return bot.Reply{Faces: []view.Face{view.ReportPrompt(v)}}, nil
}
