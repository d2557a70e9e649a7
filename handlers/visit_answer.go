package handlers

import (
	"context"
	"strconv"
	"strings"
	"unicode"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// AnswerVisitCustomer takes the typed answer to "which customer": a number, a name, or no.
func (a *App) AnswerVisitCustomer(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[visitDraft](t)
	if err != nil {
		return bot.Reply{}, err
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	if id, ok := optionOf(book, t.Text, d.Options, book.Customer); ok {
		return a.withCustomer(ctx, t, tx, d, id)
	}
	last := len(d.Options)
	switch n := ordinal(t.Text); {
	case len(d.Options) == 1 && isYes(t.Text):
		return a.withCustomer(ctx, t, tx, d, d.Options[0])
	case d.NewName != "" && (isYes(t.Text) || strings.HasPrefix(t.Text, "新建") || n == last+1):
		return a.createForVisit(ctx, t, tx, d)
	case isNo(t.Text) || n == last+1 || d.NewName != "" && n == last+2:
		return a.noneOfThem(t, d)
	}
	res, err := a.read(ctx, t, tx, t.Text, t.Now)
	if err != nil {
		return bot.Reply{}, err
	}
	for _, f := range res.Frames {
		c := f.Customer
		switch {
		case c.ID != 0:
			return a.withCustomer(ctx, t, tx, d, sales.ID(c.ID))
		case len(c.Candidates) > 0:
			d.Options, d.NewName = nil, ""
			for _, id := range c.Candidates[:min(len(c.Candidates), 5)] {
				d.Options = append(d.Options, sales.ID(id))
			}
			return a.askCard(t, topicVisitCustomer, d, customerPick(t, book, d, "是哪家\""+t.Text+"\"?"))
		}
	}
	if len([]rune(t.Text)) > 30 || len([]rune(t.Text)) < 3 || !strings.ContainsFunc(t.Text, unicode.IsLetter) {
		return bot.Reply{}, bot.ErrNotMine
	}
	d.Options, d.NewName = nil, t.Text
	return a.askCard(t, topicVisitCustomer, d, customerPick(t, book, d, "客户里没有\""+t.Text+"\",新建吗?"))
}

func (a *App) noneOfThem(t bot.Turn, d visitDraft) (bot.Reply, error) {
	d.Options, d.NewName = nil, ""
	return a.askVisit(t, topicVisitCustomer, d, "那是哪家?回客户全称,没有的话我帮你新建。不记了回 撤销。")
}

func (a *App) withCustomer(ctx context.Context, t bot.Turn, tx Tx, d visitDraft, id sales.ID) (bot.Reply, error) {
	d.Customer, d.Options, d.NewName = id, nil, ""
	return a.understandVisit(ctx, t, tx, d, true)
}

// createForVisit goes on to make the customer; the visit is filed when that is done.
func (a *App) createForVisit(ctx context.Context, t bot.Turn, tx Tx, d visitDraft) (bot.Reply, error) {
	visit := d
	visit.NewName = ""
	return a.continueCustomer(ctx, t, tx, customerDraft{Name: d.NewName, Visit: &visit})
}

// PickVisitCustomer takes a tapped answer to "which customer".
func (a *App) PickVisitCustomer(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, gone := a.openDraft(t, topicVisitCustomer)
	if gone != nil {
		return *gone, nil
	}
	var reply bot.Reply
	var err error
	switch i, nerr := strconv.Atoi(t.Action.Arg); {
	case t.Action.Arg == "new" && d.NewName != "":
		reply, err = a.createForVisit(ctx, t, tx, d)
	case nerr == nil && i >= 0 && i < len(d.Options):
		reply, err = a.withCustomer(ctx, t, tx, d, d.Options[i])
	default:
		reply, err = a.noneOfThem(t, d)
	}
	return closePick(t, reply), err
}

// PickVisitContact takes a tapped answer to "which contact".
func (a *App) PickVisitContact(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, gone := a.openDraft(t, topicVisitContact)
	if gone != nil {
		return *gone, nil
	}
	if i, err := strconv.Atoi(t.Action.Arg); err == nil && i >= 0 && i < len(d.Options) {
		d.Contact = d.Options[i]
	} else {
		d.Nobody = true
	}
	reply, err := a.understandVisit(ctx, t, tx, d, true)
	return closePick(t, reply), err
}

// AnswerVisitContact takes a typed answer to "which contact".
func (a *App) AnswerVisitContact(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[visitDraft](t)
	if err != nil {
		return bot.Reply{}, err
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	n := ordinal(t.Text)
	switch id, ok := optionOf(book, t.Text, d.Options, book.Contact); {
	case ok:
		d.Contact = id
	case isNo(t.Text) || n == len(d.Options)+1:
		d.Nobody = true
	default:
		return bot.Reply{}, bot.ErrNotMine
	}
	return a.understandVisit(ctx, t, tx, d, true)
}

// AnswerVisitContent takes the answer to "what was said".
func (a *App) AnswerVisitContent(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[visitDraft](t)
	if err != nil {
		return bot.Reply{}, err
	}
	if isNo(t.Text) {
		return bot.Reply{Say: bot.Text("好,这条不记了。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	said, err := a.read(ctx, t, tx, t.Text, t.Now)
	if err != nil {
		return bot.Reply{}, err
	}
	if g := byCustomer(said.Frames); len(g) == 1 && g[0].customer.ID != 0 && g[0].empty() {
		return bot.Reply{}, bot.ErrNotMine // a customer's name says nothing of what was talked about
	}
	d.Text = strings.TrimSpace(d.Text + " " + t.Text)
	return a.understandVisit(ctx, t, tx, d, len([]rune(t.Text)) < 2)
}

// openDraft is the draft a tapped pick list belongs to; gone is the explanation when it is not open any more.
func (a *App) openDraft(t bot.Turn, topic string) (visitDraft, *bot.Reply) {
	d, err := draft[visitDraft](t)
	if t.Dialogue.Topic != topic || err != nil || d.At.Unix() != t.Action.Version || !t.Now.Before(t.Dialogue.ExpiresAt.Time) {
		r := closePick(t, bot.Text("这一问已经过去了,没有改动。要记新的,直接发拜访内容。"))
		return d, &r
	}
	return d, nil
}

// closePick greys the pick list that was answered.
func closePick(t bot.Turn, r bot.Reply) bot.Reply {
	if t.Card == nil {
		return r
	}
	face := t.Card.Face
	chosen := ""
	for _, b := range face.Buttons {
		if b.Action == t.Action {
			chosen = b.Text
		}
	}
	face.Buttons, face.Closed = nil, "已选 "+chosen
	if chosen == "" {
		face.Closed = "已结束"
	}
	r.Faces = append(r.Faces, face)
	return r
}

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

// UndoLast takes back the last thing the person filed, or drops the open draft.
func (a *App) UndoLast(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.Dialogue.Topic != "" && t.Now.Before(t.Dialogue.ExpiresAt.Time) && strings.HasPrefix(t.Dialogue.Topic, "visit.") {
		return bot.Reply{Say: bot.Text("好,刚才那条没记,草稿已清掉。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	ref, ok := lastOf(t.Dialogue, "visit")
	if !ok {
		return bot.Text("没有可以撤销的。撤销只管自己刚记的一条,10 分钟内有效。"), nil
	}
	v, err := a.ownVisit(ctx, t, tx, ref.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	return a.undoVisit(ctx, t, tx, v)
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
	audit(tx, t, "visit.undo", "visit", v.ID, sales.Change{Field: "state", Old: sales.VisitFiled, New: sales.VisitUndone})
	emit(tx, t, "visit.undone", "visit", v.ID)
	v.Version++
	for _, group := range []bool{false, true} {
		vv := a.visitView(t, book, v, nil)
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

func forget(last sales.List[sales.Ref], kind string, id sales.ID) sales.List[sales.Ref] {
	var out sales.List[sales.Ref]
	for _, r := range last {
		if r.Kind != kind || r.ID != id {
			out = append(out, r)
		}
	}
	return out
}

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

// EditLast corrects the last visit: 修改 金额改成18万.
func (a *App) EditLast(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	ref, ok := lastOf(t.Dialogue, "visit")
	if !ok {
		return bot.Text("最近没有记过拜访,没有可以改的。"), nil
	}
	v, err := a.ownVisit(ctx, t, tx, ref.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	if t.Args == "" {
		return a.startEdit(t, v)
	}
	return a.editVisit(ctx, t, tx, v, t.Args)
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
	if !ok {
		return bot.Text("没看懂要改什么:\"" + cutRunes(text, 30) + "\"。" + editExample), nil
	}
	return a.correct(ctx, t, tx, book, v, c)
}

// correctLast applies a correction said in plain words to the last visit.
func (a *App) correctLast(ctx context.Context, t bot.Turn, tx Tx, c parse.Correction) (bot.Reply, error) {
	ref, ok := lastOf(t.Dialogue, "visit")
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
	return a.correct(ctx, t, tx, book, v, c)
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
	var reply bot.Reply
	var ch sales.Change
	switch c.Field {
	case parse.FieldAmount:
		if !c.Amount.Exact() || c.Amount.Value <= 0 {
			return bot.Text("金额要一个数,回 修改 金额改成18万 这样就行。"), nil
		}
		ch = sales.Change{Field: "金额", Old: v.Amount.Short(), New: sales.Money(c.Amount.Value).Short()}
		v.Amount = sales.Money(c.Amount.Value)
		if v.AmountRole == "" {
			v.AmountRole = string(c.Amount.Role)
		}
	case parse.FieldCustomer:
		if c.Customer.ID == 0 {
			return bot.Text("没认出改成哪家客户。写全称,例:修改 客户改成绍兴第二医院"), nil
		}
		ch = sales.Change{Field: "客户", Old: book.Customer(v.CustomerID), New: book.Customer(sales.ID(c.Customer.ID))}
		v.CustomerID, v.ContactID, v.ContactName = sales.ID(c.Customer.ID), 0, ""
		v.OpportunityID, v.SuggestedStage = 0, ""
	case parse.FieldContact:
		ch = sales.Change{Field: "联系人", Old: contactName(book, v)}
		switch {
		case c.Contact.ID != 0:
			v.ContactID, v.ContactName = sales.ID(c.Contact.ID), ""
			ch.New = book.Contact(v.ContactID)
		case c.Contact.NewName != "":
			v.ContactID, v.ContactName = a.newContact(t, tx, v.CustomerID, c.Contact, ""), c.Contact.NewName
			ch.New = c.Contact.NewName
		default:
			return bot.Text("没认出改成哪位联系人。例:修改 联系人改成李主任"), nil
		}
	case parse.FieldProduct:
		if c.Product.ID == 0 {
			return bot.Text("没认出改成哪个产品。写产品名,例:修改 产品改成离心机"), nil
		}
		ch = sales.Change{Field: "产品", Old: strings.Join(book.ProductNames(v.Products), "、"), New: book.Products[sales.ID(c.Product.ID)].Name}
		v.Products = sales.List[sales.ID]{sales.ID(c.Product.ID)}
	case parse.FieldDue:
		r, change, ok := a.redate(t, tx, todos, c.Due)
		if !ok {
			return bot.Text("这条拜访没有还开着的承诺,没有日期可改。"), nil
		}
		reply, ch = r, change
	default:
		return bot.Text("这一项还改不了。能改:金额、客户、联系人、产品、承诺日期。" + editExample), nil
	}
	tx.UpdateVisit(v)
	audit(tx, t, "visit.correct", "visit", v.ID, ch)
	emit(tx, t, "visit.corrected", "visit", v.ID)
	v.Version++
	for _, group := range []bool{false, true} {
		vv := a.visitView(t, book, v, todos)
		vv.Group, vv.Changes = group, []string{"已改 " + ch.Field + ":" + orNone(ch.Old) + " → " + ch.New + "(" + sales.FormatTime(t.Now, t.Now) + ")"}
		reply.Faces = append(reply.Faces, view.VisitFiled(vv))
	}
	reply.Say = append(bot.Text("已改:"+book.Customer(v.CustomerID)+" "+ch.Field+" "+orNone(ch.Old)+" → "+ch.New+"。").Say, reply.Say...)
	reply.Dialogue = closeTopic(t.Dialogue)
	return reply, nil
}

func orNone(s string) string {
	if s == "" || s == "0元" {
		return "无"
	}
	return s
}
