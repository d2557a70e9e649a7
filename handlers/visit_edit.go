package handlers

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

func (a *App) visitView(t bot.Turn, book *Book, v sales.Visit, promises []sales.Todo) view.Visit {
	return view.Visit{
		Visit: v, Customer: book.Customer(v.CustomerID), Contact: contactName(book, v), Products: book.ProductNames(v.Products),
		Promises: promises, Today: t.Today,
	}
}

// editDraft is a visit that is being corrected.
type editDraft struct {
	Visit sales.ID `json:"visit"`
}

const editExample = "例:金额改成18万 / 联系人改成李主任 / 日期改到下周三 / 客户改成绍兴第二医院"

// StartVisitEdit asks what to correct (修改).
func (a *App) StartVisitEdit(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	v, err := a.ownVisit(ctx, t, tx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	return a.startEdit(t, v)
}

func (a *App) startEdit(t bot.Turn, v sales.Visit) (bot.Reply, error) {
	if v.State == sales.VisitUndone {
		return bot.Text("这条已经撤销,改不了。直接重新发一条就行。"), nil
	}
	dialogue, err := a.ask(t, topicVisitEdit, editDraft{Visit: v.ID})
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Reply{Say: bot.Text("改哪里?直接说。" + editExample).Say, Dialogue: dialogue}, nil
}

// EditLast corrects the open draft, else the last visit: 修改 金额改成18万.
func (a *App) EditLast(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if reply, ok, err := a.editDraftVisit(ctx, t, tx); ok || err != nil {
		return reply, err
	}
	target, change := t.Args, ""
	if m := reTarget.FindStringSubmatch(t.Args); m != nil {
		target, change = m[1], m[2]
	}
	if reply, ok, err := a.changeNamed(ctx, t, tx, "edit", target, change); ok || err != nil {
		return reply, err
	}
	if reply, ok, err := a.changeLastPaper(ctx, t, tx, t.Args); ok || err != nil {
		return reply, err
	}
	for _, ref := range t.Dialogue.Last {
		if ref.Kind == "custom_record" {
			r, err := tx.CustomRecordByID(ctx, ref.ID)
			if err != nil {
				return bot.Reply{}, err
			}
			rt, _ := a.Custom.Type(r.Kind)
			t.Args = r.No + " " + t.Args
			return a.Record(ctx, t, tx, rt)
		}
		if ref.Kind == "visit" || ref.Kind == "filing" {
			return a.changeRecord(ctx, t, tx, "edit", t.Args, ref)
		}
	}
	return bot.Text("最近没有记过拜访,没有可以改的。改以前的写上客户和日子:修改 昨天绍兴市立 金额改成18万"), nil
}

// AnswerVisitEdit takes the answer to "what is to be corrected".
func (a *App) AnswerVisitEdit(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[editDraft](t)
	if err != nil {
		return bot.Reply{}, err
	}
	if isNo(t.Text) {
		return bot.Reply{Say: bot.Text("好,不改了。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	v, err := a.ownVisit(ctx, t, tx, d.Visit)
	if err != nil {
		return bot.Reply{}, err
	}
	return a.editVisit(ctx, t, tx, v, t.Text)
}

func (a *App) editVisit(ctx context.Context, t bot.Turn, tx Tx, v sales.Visit, text string) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	c, ok := readCorrection(book.Parser, text, t.Now, t.Person.ID, v)
	if !ok && t.Command == "" && t.Dialogue.Topic == topicVisitEdit { // the answer may be news of its own
		if groups := byCustomer(book.Parser.Parse(parse.Input{Text: text, Now: t.Now.In(sales.Shanghai), User: parse.ID(t.Person.ID)})); len(groups) > 0 && isNamed(groups[0].customer) && !groups[0].empty() {
			return bot.Reply{}, bot.ErrNotMine
		}
	}
	if !ok {
		return bot.Text(notUnderstood(book.Parser, t, text)), nil
	}
	if c.Withdraw {
		return a.undoVisit(ctx, t, tx, v)
	}
	return a.correct(ctx, t, tx, book, v, c)
}

func notUnderstood(p parse.Parser, t bot.Turn, text string) string {
	r := p.Parse(parse.Input{Text: text, Now: t.Now.In(sales.Shanghai), User: parse.ID(t.Person.ID)})
	if len(r.Unclear) > 0 {
		return unclearNote(r.Unclear, true, t.Today.AddDays(2))
	}
	return "没看懂要改什么:\"" + cutRunes(text, 30) + "\"。" + editExample
}

// correctLast applies a correction said in plain words to the last visit.
func (a *App) correctLast(ctx context.Context, t bot.Turn, tx Tx, c parse.Correction) (bot.Reply, error) {
	if !c.Withdraw {
		if reply, ok, err := a.changeLastPaper(ctx, t, tx, t.Text); ok || err != nil {
			return reply, err
		}
	}
	ref, ok := lastOf(t.Dialogue, "visit")
	if f, isFiling := lastOf(t.Dialogue, "filing"); isFiling && (!ok || f.At.After(ref.At.Time)) {
		verb := "edit"
		if c.Withdraw {
			verb = "undo"
		}
		return a.changeRecord(ctx, t, tx, verb, t.Text, f)
	}
	if !ok {
		return bot.Text("最近没有记过拜访,没有可以改的。"), nil
	}
	v, err := a.ownVisit(ctx, t, tx, ref.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	if c.Withdraw {
		return a.undoVisit(ctx, t, tx, v)
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	if c.Field == parse.FieldCustomer {
		if v, err = a.wronglyAt(ctx, t, tx, book, v); err != nil {
			return bot.Reply{}, err
		}
	}
	return a.correct(ctx, t, tx, book, v, c)
}

// reNotAt names the customer that was wrong: 不是恒达,是鼎力.
var reNotAt = regexp.MustCompile(`不是\s*([^,，。;；\s]{2,20}?)[,，;；\s]*(?:而|应该)?是`)

// wronglyAt is, of the visits filed at the same moment as v, the one of the customer that a correction says was wrong; v where it
// names none of them.
func (a *App) wronglyAt(ctx context.Context, t bot.Turn, tx Tx, book *Book, v sales.Visit) (sales.Visit, error) {
	m := reNotAt.FindStringSubmatch(t.Text)
	if m == nil {
		return v, nil
	}
	was, _, _ := a.customerIn(t, book, m[1])
	for _, ref := range t.Dialogue.Last {
		if ref.Kind != "visit" || was == 0 || t.Now.Sub(ref.At.Time) > shortFor {
			continue
		}
		other, err := tx.VisitByID(ctx, ref.ID)
		if err != nil {
			return v, ignoreMissing(err)
		}
		if other.CustomerID == was && other.PersonID == t.Person.ID && other.State == sales.VisitFiled {
			return other, nil
		}
	}
	return v, nil
}

// correction is a visit while one of its fields is put right.
type correction struct {
	app    *App
	t      bot.Turn
	tx     Tx
	book   *Book
	visit  sales.Visit
	todos  []sales.Todo
	reply  bot.Reply
	change sales.Change
	words  string // the words that gave the new value
}

// correct changes one field of a visit, keeps the old value in the trace, and redraws its cards.
func (a *App) correct(ctx context.Context, t bot.Turn, tx Tx, book *Book, v sales.Visit, c parse.Correction) (bot.Reply, error) {
	if v.State == sales.VisitUndone {
		return bot.Text("这条已经撤销,改不了。直接重新发一条就行。"), nil
	}
	todos, err := tx.TodosBySource(ctx, "visit", v.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	r := correction{app: a, t: t, tx: tx, book: book, visit: v, todos: todos}
	refusal, err := r.apply(ctx, c)
	if err != nil {
		return bot.Reply{}, err
	}
	if refusal != "" {
		return bot.Text(refusal), nil
	}
	v = r.visit
	if r.words != "" {
		v.Reasons = setReason(v.Reasons, r.change.Field, r.words)
	}
	tx.UpdateVisit(v)
	audit(tx, t, "visit.correct", "visit", v.ID, r.change)
	emit(tx, t, "visit.corrected", "visit", v.ID)
	v.Version++
	said := r.change.Field + " " + orNone(r.change.Old) + " → " + r.change.New
	reply := r.reply
	for _, group := range []bool{false, true} {
		vv := a.visitView(t, book, v, r.todos)
		if err := a.visitExtras(ctx, t, tx, &vv); err != nil {
			return bot.Reply{}, err
		}
		vv.Group, vv.Changes = group, []string{"已改 " + said + "(" + sales.FormatTime(t.Now, t.Now) + ")"}
		if group && r.change.Field == view.ReasonAmount {
			vv.Changes = []string{"已改金额(" + sales.FormatTime(t.Now, t.Now) + ")"}
		}
		reply.Faces = append(reply.Faces, view.VisitFiled(vv))
	}
	reply.Say = append(bot.Text("已改:"+book.Customer(v.CustomerID)+" "+said+"。").Say, reply.Say...)
	d := t.Dialogue
	if d.Topic == topicVisitEdit {
		d = *closeTopic(d)
	}
	reply.Dialogue = &d
	return reply, nil
}

// apply makes the change, or says why it cannot.
func (r *correction) apply(ctx context.Context, c parse.Correction) (string, error) {
	switch c.Field {
	case parse.FieldAmount:
		return r.amount(c.Amount), nil
	case parse.FieldCustomer:
		return r.customer(ctx, c.Customer)
	case parse.FieldContact:
		return r.contact(c.Contact), nil
	case parse.FieldProduct:
		if c.Product.ID == 0 {
			return "没认出改成哪个产品。写产品名,例:修改 产品改成离心机", nil
		}
		old := strings.Join(r.book.ProductNames(r.visit.Products), "、")
		r.set(view.ReasonProduct, old, r.book.Products[sales.ID(c.Product.ID)].Name, c.Product.Why)
		r.visit.Products = sales.List[sales.ID]{sales.ID(c.Product.ID)}
		r.visit.Reasons = slices.DeleteFunc(slices.Clone(r.visit.Reasons), func(x sales.Reason) bool { return x.Field == view.ReasonProduct })
		return "", nil
	case parse.FieldQuantity:
		old := strings.Join(reasonsOf(r.visit, view.ReasonQuantity), "、")
		r.set(view.ReasonQuantity, old, quantityText(c.Quantity), c.Quantity.Why)
		r.words = quantityText(c.Quantity)
		return "", nil
	case parse.FieldDue:
		reply, change, ok := r.app.redate(r.t, r.tx, r.todos, c.Due)
		if !ok {
			return "这条拜访没有要办的承诺,没有日期可改。", nil
		}
		r.reply, r.change, r.words = reply, change, c.Due.Why.Text
		return "", nil
	}
	return "这一项还改不了。能改:金额、客户、联系人、产品、数量、承诺日期。" + editExample, nil
}

func (r *correction) set(field, old, now string, why parse.Why) {
	r.change, r.words = sales.Change{Field: field, Old: old, New: now}, why.Text
}

func (r *correction) amount(m parse.Amount) string {
	if negated(r.t.Text, m.Why.Text) {
		return "金额要大于 0,没有改。回 修改 金额改成18万 这样就行。"
	}
	money, ok := exactYuan(m)
	if !ok {
		return "金额要一个数,回 修改 金额改成18万 这样就行。"
	}
	if money >= maxDealt {
		return money.Short() + "太大了,看看是不是多打了。"
	}
	old := r.visit.Amount.Short()
	if said := reasonsOf(r.visit, view.ReasonAmount); r.visit.Amount == 0 && len(said) > 0 {
		old = said[0]
	}
	r.set(view.ReasonAmount, old, money.Short(), m.Why)
	r.visit.Amount = money
	if r.visit.AmountRole == "" {
		r.visit.AmountRole = string(m.Role)
	}
	return ""
}

func (r *correction) contact(c parse.ContactRef) string {
	old := contactName(r.book, r.visit)
	switch {
	case c.ID != 0:
		r.visit.ContactID, r.visit.ContactName = sales.ID(c.ID), ""
		r.set(view.ReasonContact, old, r.book.Contact(r.visit.ContactID), c.Why)
	case c.NewName != "":
		r.visit.ContactID, r.visit.ContactName = r.app.newContact(r.t, r.tx, r.visit.CustomerID, c, ""), c.NewName
		r.set(view.ReasonContact, old, c.NewName, c.Why)
	default:
		return "没认出改成哪位联系人。例:修改 联系人改成李主任"
	}
	return ""
}

// customer moves a visit to another customer: its promises and the contact made for it go along, its opportunity is looked
// for anew.
func (r *correction) customer(ctx context.Context, c parse.CustomerRef) (string, error) {
	if c.ID == 0 {
		return "没认出改成哪家客户。写全称,例:修改 客户改成绍兴第二医院", nil
	}
	v, id := &r.visit, sales.ID(c.ID)
	r.set(view.ReasonCustomer, r.book.Customer(v.CustomerID), r.book.Customer(id), c.Why)
	if v.ContactID != 0 {
		p, err := r.tx.ContactByID(ctx, v.ContactID)
		if err != nil {
			return "", err
		}
		if p.CreatedBy == v.PersonID && p.CreatedAt.Equal(v.FiledAt.Time) {
			p.CustomerID = id
			r.tx.UpdateContact(p)
		} else {
			v.ContactID = 0
		}
		v.ContactName = p.Name
	}
	for i := range r.todos {
		if todo := &r.todos[i]; todo.State == sales.TodoOpen {
			todo.CustomerID = id
			r.tx.UpdateTodo(*todo)
			todo.Version++
		}
	}
	v.CustomerID, v.OpportunityID, v.SuggestedStage = id, 0, ""
	open, err := r.tx.OpenOpportunities(ctx, id)
	if err != nil {
		return "", err
	}
	if o, ok := likeliest(open, v.PersonID, r.book.Line(v.Products)); ok {
		v.OpportunityID = o.ID
	}
	r.tx.TouchCustomer(id, v.FiledAt)
	return "", nil
}

// reasonsOf are the words kept under a field of a visit.
func reasonsOf(v sales.Visit, field string) []string {
	var out []string
	for _, r := range v.Reasons {
		if r.Field == field {
			out = append(out, r.Words)
		}
	}
	return out
}

func orNone(s string) string {
	if s == "" || s == "0元" {
		return "无"
	}
	return s
}

// readCorrection understands what is to be changed about a visit: "金额改成18万", or just the new value, "下周三".
func readCorrection(p parse.Parser, text string, now time.Time, person sales.PersonID, v sales.Visit) (parse.Correction, bool) {
	record := visitRecord(v)
	in := parse.Input{
		Text: text, Now: now.In(sales.Shanghai), User: parse.ID(person),
		Context: parse.Context{Records: []parse.Record{record}, Reply: &record},
	}
	for _, f := range p.Parse(in).Frames {
		if f.Correction != nil {
			return *f.Correction, true
		}
	}
	if m, ok := parse.Money(text); ok && m.Exact() {
		return parse.Correction{Record: record.ID, Field: parse.FieldAmount, Amount: m}, true
	}
	if w, ok := parse.Date(text, in.Now, parse.TenseFuture, p.Calendar); ok {
		return parse.Correction{Record: record.ID, Field: parse.FieldDue, Due: w}, true
	}
	return parse.Correction{}, false
}
