package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// fillWork takes fields into an order. asked is the field that was asked for: an answer without a field's name is its.
func (a *App) fillWork(ctx context.Context, t bot.Turn, tx Tx, w *work, text, asked string) (bot.Reply, error) {
	words := readWork(w.f, text, true)
	if err := a.mustOwnWork(t, w.o); err != nil {
		return bot.Reply{}, err
	}
	if !w.o.Open() {
		return bot.Reply{}, sales.Errorf(sales.Conflict, lockedWork(w.o))
	}
	if strings.HasPrefix(words.head, "类别") {
		return a.changeFamily(ctx, t, tx, w, bare(strings.TrimPrefix(words.head, "类别")))
	}
	if len(words.pairs) == 0 && words.head != "" && asked != "" {
		words.pairs, words.head = []sales.WorkValue{{Field: asked, Value: text}}, ""
	}
	if len(words.pairs) == 0 && words.margin < 0 && words.urgent == nil {
		names := view.FieldNames(w.f.Fields, sales.MaxWorkFields)
		return bot.Text("没看懂:" + quoted(text, "") + "。写参数名加内容,例:工单 " + w.o.No + " 公差 ±0.02。这类有:" + names + "。"), nil
	}
	return a.takeWords(ctx, t, tx, w, words)
}

// lockedWork says why nothing can be changed about an order.
func lockedWork(o sales.WorkOrder) string {
	switch o.State {
	case sales.WorkAgreement:
		return o.No + " 的技术协议在审批,参数先不能改。要改先撤回协议,或让法务退回。"
	case sales.WorkDone:
		return o.No + " 的技术协议已经批了,参数锁定。要改开一张新工单。"
	}
	return o.No + " 已取消,没有改动。要做开一张新工单。"
}

// changeFamily puts an order that is still being filled in under another family.
func (a *App) changeFamily(ctx context.Context, t bot.Turn, tx Tx, w *work, name string) (bot.Reply, error) {
	var names []string
	for _, f := range a.Settings.Work.Plan.Families {
		names = append(names, f.Name)
	}
	if !slices.Contains(names, name) {
		return bot.Text("没有这一类:" + quoted(name, "") + "。有:" + strings.Join(names, "、") + "。"), nil
	}
	if w.o.State != sales.WorkFilling {
		return bot.Text(w.o.No + " 已经分下去了,换不了类别。要换:取消工单 " + w.o.No + " 类别错了,再开一张。"), nil
	}
	old := w.o.Family
	w.o.Family, w.f, w.changed = name, a.Settings.Work.Plan.Family(name), true
	w.happened(tx, t, "changed", nil, sales.Change{Field: "类别", Old: old, New: name})
	return a.takeWords(ctx, t, tx, w, workWords{margin: -1})
}

// takeWords puts what was said into the order, asks for what is missing next, and begins the tasks when nothing is.
func (a *App) takeWords(ctx context.Context, t bot.Turn, tx Tx, w *work, words workWords) (bot.Reply, error) {
	changes, bad := setFields(t, w.book, w.f, &w.o, words.pairs)
	if words.margin >= 0 && words.margin != w.o.Margin {
		changes = append(changes, sales.Change{Field: "毛利", New: words.margin.String()})
		w.o.Margin = words.margin
	}
	if words.urgent != nil && *words.urgent != w.o.Urgent {
		w.o.Urgent = *words.urgent
		changes = append(changes, sales.Change{Field: "加急", New: map[bool]string{true: "是", false: "否"}[w.o.Urgent]})
	}
	if len(changes) == 0 && bad != nil && !w.fresh {
		return bot.Reply{}, bad
	}
	deal := sales.Money(0)
	if w.o.OpportunityID != 0 {
		d, err := tx.OpportunityByID(ctx, w.o.OpportunityID)
		if err = ignoreMissing(err); err != nil {
			return bot.Reply{}, err
		}
		deal = d.Amount
	}
	a.Settings.Work.Plan.Derive(&w.o, deal)
	w.changed, w.all = true, w.all || len(changes) > 0
	if len(changes) > 0 && !w.fresh {
		w.happened(tx, t, "changed", nil, changes...)
	}
	note := ""
	if bad != nil {
		note = sales.Message(bad)
	}
	return a.afterChange(ctx, t, tx, w, changes, note)
}

// afterChange goes on with an order that was changed: it asks for the next field, begins the tasks, or tells those who
// work on it.
func (a *App) afterChange(ctx context.Context, t bot.Turn, tx Tx, w *work, changes []sales.Change, note string) (bot.Reply, error) {
	var reply bot.Reply
	missing := w.f.Missing(w.o)
	switch {
	case w.o.State == sales.WorkFilling && len(missing) == 0:
		more, err := a.startWork(ctx, t, tx, w)
		if err != nil {
			return bot.Reply{}, err
		}
		reply = reply.And(more)
	case w.o.State == sales.WorkReturned && len(changes) > 0 && note == "":
		reply = reply.And(a.resumeTasks(tx, t, w, changesText(changes)))
	case len(w.tasks) > 0 && len(changes) > 0:
		reply = reply.And(a.tellChange(tx, t, w, changes))
	}
	v := a.workView(t, w)
	v.Note = note
	reply.Dialogue = closeTopic(t.Dialogue)
	if len(missing) > 0 && w.o.Open() {
		v.Asked = missing[0]
		if note != "" { // the question is that of the field that was not understood
			v.Asked = sales.WorkField{}
		}
		field := missing[0].Name
		link, err := a.drawingLink(t, tx, v.Asked)
		if err != nil {
			return bot.Reply{}, err
		}
		v.Link = link
		d, err := a.ask(t, topicWork, workDraft{w.o.ID, field})
		if err != nil {
			return bot.Reply{}, err
		}
		reply.Dialogue = d
	}
	for _, ref := range w.o.Drawings {
		reply.Dialogue.Last = forget(reply.Dialogue.Last, "file", ref.File)
	}
	w.save(tx)
	v.Order = w.o
	reply.Say = append([]bot.Say{{To: alone(t), Subject: workSubject(w.o.ID), Slot: slotAt(t, "card", w.o.ID), Out: cardOut(view.WorkCard(v, true))}}, reply.Say...)
	return a.finishTurn(t, tx, w, reply), nil
}

// drawingLink is a one-time link to upload a drawing when one is asked for.
func (a *App) drawingLink(t bot.Turn, tx Tx, asked sales.WorkField) (string, error) {
	if asked.Kind != sales.WorkFile {
		return "", nil
	}
	return a.linkFor(t, tx, topicWork)
}

// changesText are changes in words: "公差 ±0.02、数量 500件".
func changesText(changes []sales.Change) string {
	var parts []string
	for _, c := range changes {
		parts = append(parts, strings.TrimSpace(c.Field+" "+cutRunes(c.New, 30)))
	}
	return cutRunes(strings.Join(parts, "、"), sales.MaxWorkText)
}

// technical are the changes that those who make the thing may see.
func (w *work) technical(changes []sales.Change) []sales.Change {
	var out []sales.Change
	for _, c := range changes {
		if x, ok := w.f.Field(c.Field); ok && !x.SalesOnly || c.Field == "加急" || c.Field == "图纸" {
			out = append(out, c)
		}
	}
	return out
}

// tellChange tells those at work that what is asked for has changed.
func (a *App) tellChange(tx Tx, t bot.Turn, w *work, changes []sales.Change) bot.Reply {
	seen := w.technical(changes)
	if len(seen) == 0 {
		return bot.Reply{}
	}
	text := changesText(seen)
	w.note(tx, t, sales.NoteChange, 0, "", text)
	var to []sales.PersonID
	for _, x := range w.tasks {
		if x.OwnerID != 0 && x.OwnerID != t.Person.ID && x.State != sales.TaskCancelled {
			to = append(to, x.OwnerID)
		}
	}
	out := bot.Outgoing{Text: w.o.No + "(" + w.o.Title + ")" + t.Person.Name + "改了:" + text + "。看全部发:工单 " + w.o.No + " 参数"}
	return bot.Reply{Say: pushWork(t, w, slotAt(t, "changed", w.o.ID), out, to...)}
}

// AnswerWork takes an answer while an order is being filled in.
func (a *App) AnswerWork(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[workDraft](t)
	if err != nil {
		return bot.Reply{}, err
	}
	o, err := tx.WorkOrderByID(ctx, d.Order)
	if err != nil {
		return bot.Reply{}, err
	}
	switch bare(t.Text) {
	case "算了", "先到这", "停", "取消":
		return bot.Reply{Say: bot.Text("好,先放着,填过的都在。接着填发:工单 " + o.No + "。不做了发:取消工单 " + o.No + " 原因").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	w, err := a.loadWork(ctx, tx, o)
	if err != nil {
		return bot.Reply{}, err
	}
	words := readWork(w.f, t.Text, true)
	if t.InGroup() || len(words.pairs) == 0 && (d.Field == "" || len([]rune(t.Text)) > 60) {
		return bot.Reply{}, bot.ErrNotMine
	}
	return a.fillWork(ctx, t, tx, w, t.Text, d.Field)
}

// PickWorkOption takes a tapped option of the field that is asked for.
func (a *App) PickWorkOption(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	w, err := a.workByID(ctx, tx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	if err := a.mustOwnWork(t, w.o); err != nil {
		return bot.Text(sales.Message(err)), nil
	}
	first, second, _ := strings.Cut(t.Action.Arg, ",")
	i, err1 := strconv.Atoi(first)
	j, err2 := strconv.Atoi(second)
	if err1 != nil || err2 != nil || i < 0 || i >= len(w.f.Fields) || j < 0 || j >= len(w.f.Fields[i].Options) || w.o.State != sales.WorkFilling {
		return bot.Reply{Say: bot.Text("这张卡片旧了,发 工单 " + w.o.No + " 看现在的。").Say, Faces: []cards.Card{view.WorkCard(a.workView(t, w), true)}}, nil
	}
	x := w.f.Fields[i]
	return a.takeWords(ctx, t, tx, w, workWords{margin: -1, pairs: []sales.WorkValue{{Field: x.Name, Value: x.Options[j]}}})
}

// workDetail tells everything about an order, and sends its drawings.
func (a *App) workDetail(ctx context.Context, t bot.Turn, tx Tx, w *work) (bot.Reply, error) {
	notes, err := tx.WorkNotesOf(ctx, w.o.ID, 20)
	if err != nil {
		return bot.Reply{}, err
	}
	hashes := map[sales.ID]string{}
	var says []bot.Say
	latest := w.o.LatestDrawings()
	ids := make([]sales.ID, 0, len(latest)+len(w.tasks))
	for _, d := range latest {
		ids = append(ids, d.File)
	}
	for _, x := range w.tasks {
		ids = append(ids, x.Files...)
	}
	for i, id := range ids[:min(len(ids), sales.MaxWorkDrawings)] {
		f, err := tx.FileByID(ctx, id)
		if sales.KindOf(err) == sales.NotFound || err == nil && f.State == sales.FileWanted {
			continue
		}
		if err == nil && f.State == sales.FileLost && f.SHA256 == "" {
			says = append(says, bot.Say{To: alone(t), Slot: "file:" + strconv.Itoa(i), Out: bot.Outgoing{Text: f.Name + " 没收到,要" + t.Org.Name(f.PersonID) + "重发。"}})
			continue
		}
		if err != nil {
			return bot.Reply{}, err
		}
		hashes[id] = f.SHA256
		says = append(says, bot.Say{
			To: alone(t), Slot: "file:" + strconv.Itoa(i), Out: bot.Outgoing{File: &bot.File{ID: f.ID, Name: f.Name, Image: strings.HasPrefix(f.MIME, "image/")}},
		})
	}
	v := a.workView(t, w)
	v.Money = seesPrices(t, w.o)
	audit(tx, t, "workorder.read", "workorder", w.o.ID)
	reply := bot.Reply{Say: append([]bot.Say{{To: alone(t), Slot: "detail", Out: bot.Outgoing{Text: view.WorkDetail(v, notes, hashes)}}}, says...)}
	reply.Dialogue = remember(&t.Dialogue, "workorder", w.o.ID, t.Now)
	return reply, nil
}

// workDue is until when something is to be done that takes some working time of a person.
func (a *App) workDue(t bot.Turn, who sales.PersonID, from time.Time, d time.Duration) sales.Instant {
	return sales.At(a.Calendar.Of(t.Org, who).AddWorking(from, d))
}
