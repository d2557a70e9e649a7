package handlers

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// maxRecordLines bounds a list of records in the chat.
const maxRecordLines = 10

func (a *App) registerRecordTypes(r *bot.Router[Tx]) {
	r.Action("record.undo", a.TapUndoRecord)
	r.Action("record.edit", a.TapEditRecord)
	if a.Custom == nil {
		return
	}
	for _, rt := range a.Custom.Types {
		usage, fields := rt.Name+" 编号", a.Custom.Of(rt.Key)
		head := rt.Name
		if rt.Customer {
			head += " 客户"
		}
		if names := shared(fields); len(names) > 0 {
			usage = head + " " + names[0].Name + " 值"
		}
		r.Command(bot.Command[Tx]{
			Name: rt.Name, Aliases: rt.Aliases, Summary: "记" + rt.Name + ",看" + rt.Name, Usage: usage,
			Detail: "能写:" + fieldNames(shared(fields)) + "。缺必填的会问一句。只写" + map[bool]string{true: "客户就列这家的,", false: "名字就"}[rt.Customer] +
				"列最近的;" + rt.Name + " 编号 看一条,后面接着写字段就是改;" + rt.Name + " 导出 给 Excel," + rt.Name + " 导入 给模板。刚建的 " + a.undoSpan() + "内能撤销。",
			Example: func(ctx context.Context, t bot.Turn, tx Tx) (string, error) { return rt.Name, nil },
			Handle:  func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) { return a.Record(ctx, t, tx, rt) },
		})
	}
}

// someField is the name of a field for an example, of those a person may know.
func (a *App) someField(t bot.Turn, rt sales.RecordType) string {
	if seen := a.Custom.SeenOf(rt.Key, t.Person); len(seen) > 0 {
		return seen[0].Name
	}
	return "字段"
}

// shared are the fields that everybody may know.
func shared(fields []sales.CustomField) []sales.CustomField {
	var out []sales.CustomField
	for _, f := range fields {
		if len(f.See) == 0 {
			out = append(out, f)
		}
	}
	return out
}

var recordNo = regexp.MustCompile(`^[A-Za-z]{2,4}\d{4,9}$`)

// Record files a record of a company's own type (设备档案 绍兴市立 型号 AU480), shows one, lists them, or corrects one.
func (a *App) Record(ctx context.Context, t bot.Turn, tx Tx, rt sales.RecordType) (bot.Reply, error) {
	if !rt.Sees(t.Person) {
		return bot.Reply{}, sales.Errorf(sales.Forbidden, rt.Name+"由"+roleNames(rt.See)+"看。")
	}
	if t.InGroup() {
		return bot.Text(rt.Name + "单聊我:资料不放群里。"), nil
	}
	if w := bare(t.Args); w == "导出" || w == "excel" {
		return a.exportRecords(t, tx, rt)
	}
	if bare(t.Args) == "导入" {
		return a.offerTemplate(ctx, t, tx, sales.RecordSheet(rt.Key))
	}
	head, pairs := customPairs(a.Custom.SeenOf(rt.Key, t.Person), t.Args)
	word, rest := cutWord(head)
	switch {
	case recordNo.MatchString(word):
		return a.recordNamed(ctx, t, tx, rt, strings.ToUpper(word), rest, pairs)
	case len(pairs) == 0:
		return a.listRecords(ctx, t, tx, rt, head)
	case !rt.Files(t.Person):
		return bot.Reply{}, sales.Errorf(sales.Forbidden, rt.Name+"由"+roleNames(rt.File)+"记,你能看。")
	}
	d := customDraft{Kind: rt.Key, Said: map[string]string{}, EventID: t.Event.ID, At: t.Now.Unix()}
	if rt.Customer {
		c, reply, err := a.recordCustomer(ctx, t, tx, rt, head)
		if err != nil || c == 0 {
			return reply, err
		}
		d.Customer = c
	} else if head != "" {
		return bot.Text("没看懂:" + quoted(head, "") + "。字段写在前面:" + rt.Name + " " + pairs[0].field.Name + " 值"), nil
	}
	for _, p := range pairs {
		if !p.field.Edits(t.Person) {
			return bot.Reply{}, sales.Errorf(sales.Forbidden, p.field.Name+"由"+roleNames(p.field.Edit)+"填。")
		}
		d.Said[p.field.Key] = p.text
	}
	return a.continueRecord(ctx, t, tx, rt, d, "")
}

// recordCustomer is the customer a record is filed for.
func (a *App) recordCustomer(ctx context.Context, t bot.Turn, tx Tx, rt sales.RecordType, words string) (sales.ID, bot.Reply, error) {
	if words == "" {
		return 0, bot.Text("是哪家的?例:" + rt.Name + " 绍兴市立医院 " + a.someField(t, rt) + " 值"), nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return 0, bot.Reply{}, err
	}
	ref, _ := book.Parser.FindCustomer(parse.Input{Text: words, Now: t.Now.In(sales.Shanghai), User: parse.ID(t.Person.ID)})
	if ref.ID != 0 && ref.Fuzzy {
		return 0, bot.Text(quoted(words, "") + "是" + book.Customer(sales.ID(ref.ID)) + "吗?是的话写全称再发一次。"), nil
	}
	id, reply, err := a.findCustomer(ctx, t, words)
	if err != nil || id == 0 {
		return 0, reply, err
	}
	c, err := tx.CustomerByID(ctx, id)
	if err != nil {
		return 0, bot.Reply{}, err
	}
	if len(rt.File) == 0 { // roles that are named file for every customer
		if err := a.mayWorkOn(t, book, c); err != nil {
			return 0, bot.Reply{}, err
		}
	}
	return c.ID, bot.Reply{}, nil
}

// continueRecord asks for the next field that must be there, or files the record.
func (a *App) continueRecord(ctx context.Context, t bot.Turn, tx Tx, rt sales.RecordType, d customDraft, said string) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	r := a.customReader(t, book)
	var values []sales.CustomValue
	for _, f := range a.Custom.SeenOf(rt.Key, t.Person) {
		text, ok := d.Said[f.Key]
		if (!ok || text == "") && f.Required && f.Edits(t.Person) {
			d.Field, d.At = f.Key, t.Now.Unix()
			return a.askCustom(ctx, t, tx, strings.TrimSpace(book.Customer(d.Customer)+" "+rt.Name), d, said)
		}
		if !ok || text == "" {
			continue
		}
		v, err := r.Read(f, text)
		if err != nil {
			if sales.KindOf(err) != sales.Invalid {
				return bot.Reply{}, err
			}
			delete(d.Said, f.Key)
			d.Field, d.At = f.Key, t.Now.Unix()
			return a.askCustom(ctx, t, tx, strings.TrimSpace(book.Customer(d.Customer)+" "+rt.Name), d, sales.Message(err)+"\n")
		}
		values = append(values, v)
	}
	if len(values) == 0 {
		return bot.Reply{Say: bot.Text("一个字段都没写,没有建。例:" + rt.Name + " " + a.someField(t, rt) + " 值").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	rec, err := a.createRecord(ctx, t, tx, rt, d.Customer, d.EventID, values)
	if err != nil {
		return bot.Reply{}, err
	}
	reply := bot.ShowCard(a.recordCard(t, book, rt, rec, values, "已建"))
	reply.Dialogue = remember(closeTopic(t.Dialogue), "custom_record", rec.ID, t.Now)
	return reply, nil
}

// createRecord writes a new record with its values.
func (a *App) createRecord(ctx context.Context, t bot.Turn, tx Tx, rt sales.RecordType, customer sales.ID, event string, values []sales.CustomValue) (sales.CustomRecord, error) {
	n, err := tx.NextNumber(ctx, "custom:"+rt.Key)
	if err != nil {
		return sales.CustomRecord{}, err
	}
	rec := sales.CustomRecord{
		ID: tx.NewID(), Kind: rt.Key, No: fmt.Sprintf("%s%04d", rt.Prefix, n), CustomerID: customer, PersonID: t.Person.ID, TeamID: t.Person.TeamID,
		Day: t.Today, FiledAt: sales.At(t.Now), State: sales.CustomFiled, SourceEventID: event, Version: 1,
	}
	tx.CreateCustomRecord(rec)
	var changes []sales.Change
	for i := range values {
		values[i].RecordID, values[i].PersonID, values[i].At = rec.ID, t.Person.ID, sales.At(t.Now)
		f, _ := a.Custom.Field(rt.Key, values[i].Field)
		changes = append(changes, sales.Change{Field: f.Name, New: cutRunes(values[i].Plain(f), 60)})
		tx.PutCustom(values[i])
	}
	audit(tx, t, "custom_record.file", "custom_record", rec.ID, changes...)
	emit(tx, t, rt.Key+".filed", "custom_record", rec.ID)
	return rec, nil
}

// takeForRecord takes an answer for a record that is being made.
func (a *App) takeForRecord(ctx context.Context, t bot.Turn, tx Tx, d customDraft, text string, skip bool) (bot.Reply, error) {
	rt, ok := a.Custom.Type(d.Kind)
	if !ok {
		return bot.Reply{Say: bot.Text("这种档案已经不用了,没有建。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	if skip {
		f, _ := a.Custom.Field(d.Kind, d.Field)
		if f.Required {
			return bot.Text(f.Name + "是必填的。不建了回 取消。"), nil
		}
		delete(d.Said, d.Field)
		return a.continueRecord(ctx, t, tx, rt, d, "")
	}
	if d.Said == nil {
		d.Said = map[string]string{}
	}
	d.Said[d.Field] = cutRunes(text, 400)
	return a.continueRecord(ctx, t, tx, rt, d, "")
}

// recordNamed shows a record by its number, or changes fields of it.
func (a *App) recordNamed(ctx context.Context, t bot.Turn, tx Tx, rt sales.RecordType, no, rest string, pairs []customPair) (bot.Reply, error) {
	ref, rec, err := a.recordByNo(ctx, t, tx, rt, no)
	if err != nil {
		return bot.Reply{}, err
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	if w := bare(rest); len(pairs) == 0 && (w == "撤销" || w == "删除") {
		return a.undoRecord(ctx, t, tx, rec)
	}
	if len(pairs) > 0 {
		if len(pairs) == 1 && pairs[0].text == "" {
			return a.askCustom(ctx, t, tx, ref.name, customDraft{Object: rt.Key, Record: rec.ID, Field: pairs[0].field.Key, At: t.Now.Unix()}, "")
		}
		return a.putCustoms(ctx, t, tx, ref, pairs)
	}
	values, err := tx.CustomValues(ctx, rec.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	audit(tx, t, "custom_record.read", "custom_record", rec.ID)
	return bot.ShowCard(a.recordCard(t, book, rt, rec, values, "")), nil
}

func (a *App) recordByNo(ctx context.Context, t bot.Turn, tx Tx, rt sales.RecordType, no string) (customRef, sales.CustomRecord, error) {
	rec, err := tx.CustomRecordByNo(ctx, no)
	if err != nil {
		return customRef{}, rec, err
	}
	if rec.Kind != rt.Key {
		return customRef{}, rec, sales.Errorf(sales.NotFound, no+"不是"+rt.Name+"。")
	}
	ref, err := a.customRefOf(ctx, t, tx, rt.Key, rec.ID)
	return ref, rec, err
}

// recordTarget is a record named by its number, or the newest of a customer.
func (a *App) recordTarget(ctx context.Context, t bot.Turn, tx Tx, rt sales.RecordType, words string) (customRef, bot.Reply, error) {
	if recordNo.MatchString(words) {
		ref, _, err := a.recordByNo(ctx, t, tx, rt, strings.ToUpper(words))
		return ref, bot.Reply{}, err
	}
	if last, ok := lastOf(t.Dialogue, "custom_record"); ok && words == "" {
		ref, err := a.customRefOf(ctx, t, tx, rt.Key, last.ID)
		return ref, bot.Reply{}, err
	}
	id, reply, err := a.findCustomer(ctx, t, words)
	if err != nil || id == 0 {
		return customRef{}, reply, err
	}
	list, err := tx.CustomRecords(ctx, sales.CustomFilter{Kind: rt.Key, Scope: sales.Scope{All: true}, Customer: id, Limit: 1})
	if err != nil {
		return customRef{}, bot.Reply{}, err
	}
	if len(list) == 0 {
		return customRef{}, bot.Text("这家还没有" + rt.Name + "。"), nil
	}
	ref, err := a.customRefOf(ctx, t, tx, rt.Key, list[0].ID)
	return ref, bot.Reply{}, err
}

// recordRefOf is a record of a company's own type as a person may see it.
func (a *App) recordRefOf(ctx context.Context, t bot.Turn, tx Tx, book *Book, id sales.ID) (customRef, error) {
	rec, err := tx.CustomRecordByID(ctx, id)
	if err != nil {
		return customRef{}, err
	}
	rt, ok := a.Custom.Type(rec.Kind)
	if !ok || !rt.Sees(t.Person) || rec.State == sales.CustomUndone {
		return customRef{}, sales.Errorf(sales.NotFound, "没有编号是 "+rec.No+" 的档案。")
	}
	ref := customRef{
		object: rec.Kind, subject: "custom_record", id: rec.ID, owner: rec.PersonID, say: rec.No,
		name: strings.TrimSpace(rt.Name + " " + rec.No + " " + book.Customer(rec.CustomerID)),
	}
	if !a.seesRecord(t, book, rt, rec) {
		return ref, sales.Errorf(sales.Forbidden, rec.No+" 是"+t.Org.Name(rec.PersonID)+"记的,你看不了。")
	}
	c := book.Customers.Of(book.Resolve(rec.CustomerID))
	ref.works = rt.Files(t.Person) && (len(rt.File) > 0 || rec.PersonID == t.Person.ID || c.ID != 0 && a.works(t, book, c) ||
		t.Org.ScopeOf(t.Person).Covers(rec.PersonID))
	return ref, nil
}

// seesRecord reports whether a person may read a record: who filed it, who reads its customer, and the roles that are named.
func (a *App) seesRecord(t bot.Turn, book *Book, rt sales.RecordType, rec sales.CustomRecord) bool {
	if !rt.Sees(t.Person) {
		return false
	}
	c := book.Customers.Of(book.Resolve(rec.CustomerID))
	return len(rt.See) > 0 || rec.PersonID == t.Person.ID || t.Org.ScopeOf(t.Person).Covers(rec.PersonID) || c.ID != 0 && a.reads(t, book, c)
}

// listRecords lists the records of a customer, or the newest a person may see.
func (a *App) listRecords(ctx context.Context, t bot.Turn, tx Tx, rt sales.RecordType, words string) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	q := sales.CustomFilter{Kind: rt.Key, Scope: a.recordScope(t, rt), Limit: maxRecordLines + 1}
	title := rt.Name
	if words != "" {
		id, _, why := a.customerIn(t, book, words)
		if id == 0 {
			return bot.Text(why), nil
		}
		c := book.Customers.Of(id)
		if len(rt.See) == 0 && !a.reads(t, book, c) {
			return bot.Reply{}, sales.Errorf(sales.Forbidden, c.Name+"是"+t.Org.Name(c.OwnerID)+"的客户,要看细节找"+t.Org.Name(c.OwnerID)+"。")
		}
		title, q.Customer, q.Scope = c.Name+"的"+rt.Name, id, sales.Scope{All: true}
	}
	list, err := tx.CustomRecords(ctx, q)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(list) == 0 {
		return bot.Text("还没有" + title + "。建一条:" + strings.TrimSpace(rt.Name+" "+words) + " " + a.someField(t, rt) + " 值"), nil
	}
	more := len(list) > maxRecordLines
	list = list[:min(len(list), maxRecordLines)]
	lines, err := a.recordLines(ctx, t, tx, book, rt, list, words == "")
	if err != nil {
		return bot.Reply{}, err
	}
	audit(tx, t, "custom_record.read", "person", sales.ID(t.Person.ID), sales.Change{Field: "列表", New: rt.Name})
	head := fmt.Sprintf("%s %d 条", title, len(list))
	if more {
		head += "(只列最近的)"
	}
	return bot.Text(head + ":\n" + strings.Join(lines, "\n") + "\n看一条:" + rt.Name + " " + list[0].No), nil
}

// recordScope is whose records a list has that names no customer.
func (a *App) recordScope(t bot.Turn, rt sales.RecordType) sales.Scope {
	if len(rt.See) > 0 {
		return sales.Scope{All: true}
	}
	return t.Org.ScopeOf(t.Person)
}

func (a *App) recordLines(ctx context.Context, t bot.Turn, tx Tx, book *Book, rt sales.RecordType, list []sales.CustomRecord, named bool) ([]string, error) {
	ids := make([]sales.ID, len(list))
	for i, rec := range list {
		ids[i] = rec.ID
	}
	values, err := tx.CustomValues(ctx, ids...)
	if err != nil {
		return nil, err
	}
	r, of := a.customReader(t, book), byRecord(values)
	var lines []string
	for _, rec := range list {
		parts := []string{rec.No}
		if named {
			parts = append(parts, book.Customer(rec.CustomerID))
		}
		for _, f := range a.Custom.SeenOf(rt.Key, t.Person) {
			if s := r.Show(f, sales.CustomNamed(of[rec.ID], rt.Key, f.Key)); s != "" && len(parts) < 5 {
				parts = append(parts, f.Name+" "+cutRunes(s, 16))
			}
		}
		lines = append(lines, strings.Join(parts, " · "))
	}
	return lines, nil
}

func byRecord(values []sales.CustomValue) map[sales.ID][]sales.CustomValue {
	of := map[sales.ID][]sales.CustomValue{}
	for _, v := range values {
		of[v.RecordID] = append(of[v.RecordID], v)
	}
	return of
}

// recordCard is the card of a record as one person sees it.
func (a *App) recordCard(t bot.Turn, book *Book, rt sales.RecordType, rec sales.CustomRecord, values []sales.CustomValue, state string) cards.Card {
	v := view.CustomRecord{
		Record: rec, Type: rt.Name, State: state, Viewer: t.Person.ID, Customer: book.Customer(rec.CustomerID), Author: t.Org.Name(rec.PersonID),
		Today: t.Today, Own: rec.PersonID == t.Person.ID && t.Now.Sub(rec.FiledAt.Time) <= a.Settings.UndoFor, Edit: rt.Files(t.Person),
	}
	r := a.customReader(t, book)
	for _, f := range a.Custom.SeenOf(rt.Key, t.Person) {
		if s := r.Show(f, sales.CustomNamed(values, rt.Key, f.Key)); s != "" {
			v.Fields = append(v.Fields, cards.Field{Name: f.Name, Value: s})
		}
	}
	return view.CustomRecordCard(v)
}

// TapEditRecord says how to correct a record.
func (a *App) TapEditRecord(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	rec, err := tx.CustomRecordByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	ref, err := a.customRefOf(ctx, t, tx, rec.Kind, rec.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	rt, _ := a.Custom.Type(rec.Kind)
	if !ref.works {
		return bot.Text(rec.No + "是" + t.Org.Name(rec.PersonID) + "记的,要改找他或他的主管。"), nil
	}
	fields := a.Custom.SeenOf(rec.Kind, t.Person)
	return bot.Text("改哪个?发 " + rt.Name + " " + rec.No + " 字段 值。能改:" + fieldNames(fields) + "。"), nil
}

// TapUndoRecord takes a record back by its button.
func (a *App) TapUndoRecord(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	rec, err := tx.CustomRecordByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	return a.undoRecord(ctx, t, tx, rec)
}

// undoRecord takes back a record its author filed a moment ago.
func (a *App) undoRecord(ctx context.Context, t bot.Turn, tx Tx, rec sales.CustomRecord) (bot.Reply, error) {
	rt, _ := a.Custom.Type(rec.Kind)
	switch {
	case rec.PersonID != t.Person.ID:
		return bot.Reply{}, sales.Errorf(sales.Forbidden, rec.No+" 是"+t.Org.Name(rec.PersonID)+"记的,只有本人能撤销。")
	case rec.State == sales.CustomUndone:
		return bot.Text(rec.No + " 已经撤销过了,没有再改动。"), nil
	case t.Now.Sub(rec.FiledAt.Time) > a.Settings.UndoFor:
		return bot.Text(rec.No + " 是 " + sales.FormatTime(rec.FiledAt.Time, t.Now) + " 记的,超过 " + sales.Waited(a.Settings.UndoFor) + "不能撤销了。可以改:" + rt.Name + " " + rec.No + " 字段 值"), nil
	}
	rec.State = sales.CustomUndone
	tx.UpdateCustomRecord(rec)
	audit(tx, t, "custom_record.undo", "custom_record", rec.ID, sales.Change{Field: "状态", Old: "已建", New: "已撤销"})
	emit(tx, t, "custom_record.undone", "custom_record", rec.ID)
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	rec.Version++
	values, err := tx.CustomValues(ctx, rec.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	var reply bot.Reply
	reply.Faces = append(reply.Faces, a.recordCard(t, book, rt, rec, values, "已撤销 · "+sales.FormatTime(t.Now, t.Now)))
	if t.Event.Kind != bot.Tapped {
		reply.Say = bot.Text("已撤销:" + rt.Name + " " + rec.No + "。").Say
	}
	d := closeTopic(t.Dialogue)
	d.Last = forget(d.Last, "custom_record", rec.ID)
	reply.Dialogue = d
	return reply, nil
}

// exportRecords begins to make an Excel file of the records a person may see.
func (a *App) exportRecords(t bot.Turn, tx Tx, rt sales.RecordType) (bot.Reply, error) {
	j := sales.SheetJob{
		ID: tx.NewID(), Kind: sales.SheetRecords, State: sales.SheetMaking, PersonID: t.Person.ID, Name: rt.Name, Choice: rt.Key,
		CreatedAt: sales.At(t.Now), UpdatedAt: sales.At(t.Now), Version: 1,
	}
	tx.CreateSheetJob(j)
	audit(tx, t, "custom_record.export", "sheet", j.ID, sales.Change{Field: "档案", New: rt.Name})
	return bot.Text("在做" + rt.Name + "的 Excel,好了发你。"), nil
}
