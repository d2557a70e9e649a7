package handlers

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// visitDraft is a visit that waits for one answer. Everything said so far is in Text; what was picked is kept apart, so
// that the whole is understood anew with each answer.
type visitDraft struct {
	Text     string     `json:"text"`
	At       time.Time  `json:"at"`
	EventID  string     `json:"event_id"`
	Group    *bot.Chat  `json:"group,omitempty"`
	Customer sales.ID   `json:"customer,omitempty"`
	Contact  sales.ID   `json:"contact,omitempty"`
	Nobody   bool       `json:"nobody,omitempty"` // none of the contacts offered
	Assumed  bool       `json:"assumed,omitempty"`
	Options  []sales.ID `json:"options,omitempty"`
	NewName  string     `json:"new_name,omitempty"`
	Free     bool       `json:"free,omitempty"` // said without the command's word
}

const (
	topicVisitCustomer = "visit.customer"
	topicVisitContact  = "visit.contact"
	topicVisitContent  = "visit.content"
	topicVisitEdit     = "visit.edit"
)

func (a *App) registerVisit(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "拜访", Aliases: []string{"bf", "跟进", "记录"}, Glued: true,
		Summary: "记一次拜访", Usage: "拜访 客户 联系人 聊了什么,答应了什么",
		Detail:  "一句话就行:客户、见了谁、介绍了什么、对方嫌什么、答应几号做什么。记完回一张卡片,可修改、可撤销。语音和群里@我也行。",
		Example: a.visitExample, Rank: map[sales.Role]int{sales.RoleRep: 1}, Handle: a.LogVisit,
	})
	r.Command(bot.Command[Tx]{
		Name: "撤销", Aliases: []string{"cx", "撤回刚才那条"}, Summary: "撤销刚记的一条(10 分钟内)", Usage: "撤销", Handle: a.UndoLast,
	})
	r.Command(bot.Command[Tx]{
		Name: "修改", Aliases: []string{"xg", "更正"}, Summary: "改刚记的一条", Usage: "修改 金额改成18万",
		Detail: "改最近一条拜访:修改 金额改成18万 / 修改 联系人改成李主任 / 修改 日期改到下周三。新旧值都留痕。", Handle: a.EditLast,
	})
	r.Action("visit.undo", a.UndoVisit)
	r.Action("visit.edit", a.StartVisitEdit)
	r.Action("visit.customer", a.PickVisitCustomer)
	r.Action("visit.contact", a.PickVisitContact)
	r.Topic(topicVisitCustomer, a.AnswerVisitCustomer)
	r.Topic(topicVisitContact, a.AnswerVisitContact)
	r.Topic(topicVisitContent, a.AnswerVisitContent)
	r.Topic(topicVisitEdit, a.AnswerVisitEdit)
}

// LogVisit files a visit (拜访) from a message that says so.
func (a *App) LogVisit(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d := visitDraft{Text: t.Args, At: t.Now, EventID: t.Event.ID}
	if t.InGroup() {
		d.Group = &t.Event.Chat
	}
	if strings.TrimSpace(t.Args) == "" {
		return a.askVisit(t, topicVisitContent, d, "拜访了哪家,聊了什么?例:"+exampleVisit)
	}
	return a.understandVisit(ctx, t, tx, d, true)
}

const exampleVisit = "拜访 绍兴市立医院 王主任 介绍生化分析仪,嫌贵30%,下周二前寄样"

func (a *App) visitExample(ctx context.Context, t bot.Turn, tx Tx) (string, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return "", err
	}
	c, contact := book.ownCustomer(t.Person.ID)
	if c == "" {
		return exampleVisit, nil
	}
	return strings.Join(strings.Fields("拜访 "+c+" "+contact+" 介绍新方案,嫌贵10%,下周二前发报价"), " "), nil
}

// FreeText files what a message says without a command word: a visit, a correction, or a question in plain words.
func (a *App) FreeText(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d := visitDraft{Text: t.Text, At: t.Now, EventID: t.Event.ID}
	if t.InGroup() {
		d.Group = &t.Event.Chat
	}
	res, err := a.read(ctx, t, tx, d.Text, d.At)
	if err != nil || len(res.Frames) == 0 {
		return bot.Reply{}, firstErr(err, bot.ErrNotMine)
	}
	switch f := res.Frames[0]; {
	case f.Kind == parse.KindQuery && f.Query != nil && f.Query.What == parse.QueryTodos:
		return a.ListTodos(ctx, t, tx)
	case f.Kind == parse.KindQuery:
		return bot.Reply{}, bot.ErrNotMine
	case f.Kind == parse.KindCorrection && f.Correction != nil:
		return a.correctLast(ctx, t, tx, *f.Correction)
	case f.Customer.ID == 0 && len(f.Customer.Candidates) == 0 && f.Customer.NewName == "":
		return bot.Reply{}, bot.ErrNotMine
	}
	d.Free = true
	return a.understandVisit(ctx, t, tx, d, true)
}

func firstErr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// read understands a text in the person's context.
func (a *App) read(ctx context.Context, t bot.Turn, tx Tx, text string, at time.Time) (parse.Result, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return parse.Result{}, err
	}
	in := parse.Input{Text: text, Now: at.In(sales.Shanghai), User: parse.ID(t.Person.ID)}
	if strings.ContainsAny(text, "改撤错删") || strings.Contains(text, "刚才") || strings.Contains(text, "不是") {
		if ref, ok := lastOf(t.Dialogue, "visit"); ok {
			v, err := tx.VisitByID(ctx, ref.ID)
			if err != nil && sales.KindOf(err) != sales.NotFound {
				return parse.Result{}, err
			}
			if err == nil && v.State == sales.VisitFiled {
				in.Context.Records = []parse.Record{visitRecord(v)}
			}
		}
	}
	return book.Parser.Parse(in), nil
}

func visitRecord(v sales.Visit) parse.Record {
	r := parse.Record{ID: v.ID.String(), Kind: parse.KindVisit, Customer: parse.ID(v.CustomerID), Contact: parse.ID(v.ContactID)}
	if v.Amount != 0 {
		r.Amounts = []int64{int64(v.Amount)}
	}
	return r
}

// understandVisit reads a draft and files it, or asks the one question that matters.
func (a *App) understandVisit(ctx context.Context, t bot.Turn, tx Tx, d visitDraft, command bool) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	res, err := a.read(ctx, t, tx, d.Text, d.At)
	if err != nil {
		return bot.Reply{}, err
	}
	groups := byCustomer(res.Frames)
	if len(groups) == 0 {
		groups = []facts{{}}
	}
	var reply bot.Reply
	dialogue := closeTopic(t.Dialogue)
	for i, f := range groups {
		if i == 0 {
			f.fill(d)
		}
		topic, question, nd := a.questionOf(t, book, d, f, command)
		if topic != "" {
			if i > 0 {
				reply.Say = append(reply.Say, bot.Say{Out: bot.Outgoing{Text: "这一段还没记:" + f.words() + "。单独再发一次,写明客户。"}})
				continue
			}
			q, err := a.askCard(t, topic, nd, question)
			if err != nil {
				return bot.Reply{}, err
			}
			q.Dialogue.Last = dialogue.Last
			dialogue = q.Dialogue
			reply.Say = append(reply.Say, q.Say...)
			continue
		}
		filed, err := a.fileVisit(ctx, t, tx, book, d, f, dialogue)
		if err != nil {
			return bot.Reply{}, err
		}
		reply = reply.And(filed)
	}
	reply.Dialogue = dialogue
	return reply, nil
}

// pickedQuestion is a question with its card when there is something to choose from.
type pickedQuestion struct {
	text string
	pick *view.Pick
}

// questionOf finds what must be asked before a visit can be filed; topic is empty when nothing must.
func (a *App) questionOf(t bot.Turn, book *Book, d visitDraft, f facts, command bool) (topic string, q pickedQuestion, nd visitDraft) {
	c := f.customer
	switch {
	case c.ID != 0 && c.Fuzzy && d.Customer == 0:
		d.Options = []sales.ID{sales.ID(c.ID)}
		return topicVisitCustomer, customerPick(t, book, d, "是"+book.Customer(sales.ID(c.ID))+"吗?"), d
	case len(c.Candidates) > 0:
		for _, id := range c.Candidates {
			d.Options = append(d.Options, sales.ID(id))
		}
		d.Options = d.Options[:min(len(d.Options), 5)]
		word := c.Why.Text
		if word == "" {
			word = "客户"
		}
		return topicVisitCustomer, customerPick(t, book, d, "是哪家\""+word+"\"?"), d
	case c.ID == 0 && c.NewName != "":
		d.NewName = c.NewName
		return topicVisitCustomer, customerPick(t, book, d, "客户里还没有\""+c.NewName+"\",新建吗?"), d
	case c.ID == 0:
		return topicVisitCustomer, pickedQuestion{text: "是哪家客户?回客户名就行,简称也可以。"}, d
	case len(f.contact.Candidates) > 0 && !d.Nobody:
		d.Options = nil
		for _, id := range f.contact.Candidates {
			d.Options = append(d.Options, sales.ID(id))
		}
		d.Options = d.Options[:min(len(d.Options), 5)]
		d.Customer = sales.ID(c.ID)
		return topicVisitContact, contactPick(book, d, f.contact.Why.Text), d
	case f.empty() && command && utf8.RuneCountInString(d.Text) < 40:
		d.Customer = sales.ID(c.ID)
		who := book.Contact(f.contactID())
		if who == "" {
			who = book.Customer(sales.ID(c.ID))
		}
		if name := book.Customer(sales.ID(c.ID)); d.Free { // a name alone is not a visit
			d.Free = false
			return topicVisitContent, pickedQuestion{text: name + ":记拜访就回一句聊了什么,要看这家发 客户 " + name + "。不记回 算了。"}, d
		}
		return topicVisitContent, pickedQuestion{text: "见了" + who + ",聊了什么?一句话就行:介绍了什么、嫌什么、答应了什么。"}, d
	}
	return "", pickedQuestion{}, d
}

// fileVisit writes a visit that is certain, with its to-dos, and shows its card.
func (a *App) fileVisit(ctx context.Context, t bot.Turn, tx Tx, book *Book, d visitDraft, f facts, dialogue *sales.Dialogue) (bot.Reply, error) {
	customer := sales.ID(f.customer.ID)
	v := sales.Visit{
		ID: tx.NewID(), PersonID: t.Person.ID, TeamID: t.Person.TeamID, CustomerID: customer,
		ContactID: f.contactID(), ContactName: f.contact.NewName, Day: f.day(t.Today), FiledAt: sales.At(t.Now),
		Text: d.Text, Products: f.productIDs(), Need: f.need(), State: sales.VisitFiled, SourceEventID: d.EventID, Version: 1,
		Reasons: f.reasons(),
	}
	v.Objection, v.ObjectionType, v.ObjectionPercent = f.objection()
	v.Amount, v.AmountRole = f.amount()
	vv := view.Visit{Customer: book.Customer(customer), Today: t.Today, Assumed: f.customer.Assumed || d.Assumed, Group: d.Group != nil}
	if v.ContactID == 0 && v.ContactName != "" {
		v.ContactID = a.newContact(t, tx, customer, f.contact, f.phone)
		vv.NewContact = true
	}
	open, err := tx.OpenOpportunities(ctx, customer)
	if err != nil {
		return bot.Reply{}, err
	}
	if o, ok := f.opportunity(open, t.Person.ID, book); ok {
		v.OpportunityID, v.SuggestedStage, vv.Stage = o.ID, f.suggest(o.Stage), o.Stage
	}
	var todos bot.Reply
	for _, p := range f.promises {
		todo := a.promiseTodo(t, tx, v, p)
		todos = todos.And(a.openTodo(t, tx, todo))
		vv.Promises = append(vv.Promises, todo)
	}
	tx.CreateVisit(v)
	tx.TouchCustomer(customer, v.FiledAt)
	audit(tx, t, "visit.file", "visit", v.ID)
	emit(tx, t, "visit.filed", "visit", v.ID)
	remember(dialogue, "visit", v.ID, t.Now)
	vv.Visit, vv.Products = v, book.ProductNames(v.Products)
	vv.Contact = contactName(book, v)
	reply := bot.ShowCard(view.VisitFiled(vv)).And(todos)
	return reply.And(a.tellOwner(t, book, v)), nil
}

// tellOwner lets the owner of a customer know that a colleague was there.
func (a *App) tellOwner(t bot.Turn, book *Book, v sales.Visit) bot.Reply {
	owner := book.Customers[v.CustomerID].OwnerID
	if owner == 0 || owner == t.Person.ID {
		return bot.Reply{}
	}
	return bot.Reply{Say: []bot.Say{{
		To: []sales.PersonID{owner}, Subject: "visit:" + v.ID.String(), Slot: "owner", Kind: bot.DeliverPush, Push: true,
		Out: bot.Outgoing{Text: t.Person.Name + "记了一次拜访:你的客户" + book.Customer(v.CustomerID) + "。详情找" + t.Person.Name + "。"},
	}}}
}

func contactName(book *Book, v sales.Visit) string {
	if n := book.Contact(v.ContactID); n != "" {
		return n
	}
	return v.ContactName
}

func (a *App) newContact(t bot.Turn, tx Tx, customer sales.ID, c parse.ContactRef, phone string) sales.ID {
	n := sales.Contact{
		ID: tx.NewID(), CustomerID: customer, Name: c.NewName, Title: c.NewTitle, Phone: phone,
		CreatedBy: t.Person.ID, CreatedAt: sales.At(t.Now), Version: 1,
	}
	tx.CreateContact(n)
	audit(tx, t, "contact.create", "contact", n.ID)
	return n.ID
}

// askVisit asks in words and waits for the answer.
func (a *App) askVisit(t bot.Turn, topic string, d visitDraft, question string) (bot.Reply, error) {
	return a.askCard(t, topic, d, pickedQuestion{text: question})
}

func (a *App) askCard(t bot.Turn, topic string, d visitDraft, q pickedQuestion) (bot.Reply, error) {
	dialogue, err := a.ask(t, topic, d)
	if err != nil {
		return bot.Reply{}, err
	}
	reply := bot.Text(q.text)
	if q.pick != nil {
		reply = bot.ShowCard(view.PickOne(*q.pick))
	}
	reply.Dialogue = dialogue
	return reply, nil
}

func pickKey(t bot.Turn, what string) string { return fmt.Sprintf("pick:%s/%s", t.Person.ID, what) }

// customerPick offers the draft's options, and to create the customer that was named.
func customerPick(t bot.Turn, book *Book, d visitDraft, question string) pickedQuestion {
	p := view.Pick{Key: pickKey(t, "customer"), Question: question}
	for i, id := range d.Options {
		text := book.Customer(id)
		if len(d.Options) > 1 {
			text += ownerMark(t, book.Customers[id].OwnerID)
		}
		p.Options = append(p.Options, view.PickOption{Text: text, Action: action("visit.customer", 0, d.At.Unix(), fmt.Sprint(i))})
	}
	if d.NewName != "" {
		p.Options = append(p.Options, view.PickOption{Text: "新建客户", Action: action("visit.customer", 0, d.At.Unix(), "new")})
	}
	p.Options = append(p.Options, view.PickOption{Text: "都不是", Action: action("visit.customer", 0, d.At.Unix(), "none")})
	if len(p.Options) == 2 {
		p.Options[1].Text = "不是"
	}
	return pickedQuestion{pick: &p}
}

func ownerMark(t bot.Turn, owner sales.PersonID) string {
	switch name := t.Org.Name(owner); {
	case owner == t.Person.ID:
		return "(你的客户)"
	case name != "":
		return "(" + name + "的客户)"
	}
	return "(公海)"
}

func contactPick(book *Book, d visitDraft, word string) pickedQuestion {
	if word == "" {
		word = "联系人"
	}
	p := view.Pick{Key: "pick:contact/" + d.EventID, Question: book.Customer(d.Customer) + "的\"" + word + "\"是哪位?"}
	for i, id := range d.Options {
		p.Options = append(p.Options, view.PickOption{Text: book.Contact(id), Action: action("visit.contact", 0, d.At.Unix(), fmt.Sprint(i))})
	}
	p.Options = append(p.Options, view.PickOption{Text: "都不是", Action: action("visit.contact", 0, d.At.Unix(), "none")})
	return pickedQuestion{pick: &p}
}

// optionOf reads the number of an option, from 1, in a typed answer, or its name.
func optionOf(book *Book, answer string, options []sales.ID, name func(sales.ID) string) (sales.ID, bool) {
	answer = bare(answer)
	if n := ordinal(answer); n >= 1 && n <= len(options) {
		return options[n-1], true
	}
	if i := slices.IndexFunc(options, func(id sales.ID) bool { return answer == name(id) }); i >= 0 {
		return options[i], true
	}
	hit := slices.IndexFunc(options, func(id sales.ID) bool {
		return utf8.RuneCountInString(answer) > 1 && strings.Contains(name(id), answer)
	})
	if hit < 0 {
		return 0, false
	}
	return options[hit], true
}
