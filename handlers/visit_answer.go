package handlers

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"salesflow/bot"
	"salesflow/bot/parse"
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
		return a.withCustomer(ctx, t, tx, book, d, id)
	}
	last := len(d.Options)
	switch n := ordinal(t.Text); {
	case isDrop(t.Text):
		return a.dropVisit(t, d), nil
	case len(d.Options) == 1 && isYes(t.Text):
		return a.withCustomer(ctx, t, tx, book, d, d.Options[0])
	case d.NewName != "" && (isYes(t.Text) || strings.HasPrefix(bare(t.Text), "新建") || n == last+1):
		return a.createForVisit(ctx, t, tx, d)
	case d.Kind == string(sales.FilingExpense) && (isNo(t.Text) || bare(t.Text) == "不归客户" || n == last+1):
		return a.withoutCustomer(ctx, t, tx, d)
	case isNo(t.Text) && d.Question == "":
		return a.dropVisit(t, d), nil
	case isNo(t.Text) || last+len(d.NewName) > 0 && (n == last+1 || d.NewName != "" && n == last+2):
		return a.noneOfThem(t, d)
	}
	if reply, ok, err := a.withDetails(ctx, t, tx, book, d); ok || err != nil {
		return reply, err
	}
	if reply, ok, err := a.correctDraft(ctx, t, tx, book, d, t.Text); ok || err != nil {
		return reply, err
	}
	if clauseKind(t.Text) != "" || rePlanned.MatchString(bare(t.Text)) { // news of its own: no customer is called so
		return bot.Reply{}, bot.ErrNotMine
	}
	res, err := a.read(ctx, t, tx, t.Text, t.Said())
	if err != nil {
		return bot.Reply{}, err
	}
	return a.namedCustomer(ctx, t, tx, book, d, byCustomer(res))
}

// rePlanned is what is to be done later, not which customer is meant: 明天下午去恒达谈年框.
var rePlanned = regexp.MustCompile(`^(?:明天|后天|大后天|下?下?个?(?:周|星期|礼拜)[一二三四五六日天]|下周|\d{1,2}[号日]).{2,}`)

// namedCustomer takes the answer that names a customer. A message that says more about a customer that was not offered
// is news of its own and leaves the question open.
func (a *App) namedCustomer(ctx context.Context, t bot.Turn, tx Tx, book *Book, d visitDraft, groups []facts) (bot.Reply, error) {
	if len(groups) > 1 || len(groups) == 1 && !isNamed(groups[0].customer) && !groups[0].empty() {
		return bot.Reply{}, bot.ErrNotMine
	}
	if len(groups) == 1 && isNamed(groups[0].customer) {
		f := groups[0]
		id := sales.ID(f.customer.ID)
		switch said := !f.empty(); {
		case said && (!slices.Contains(d.Options, id) || d.Kind == string(sales.FilingExpense) || f.paid()):
			return bot.Reply{}, bot.ErrNotMine
		case id != 0:
			if said || f.contact.Why.Text != "" {
				d.Text = strings.TrimSpace(d.Text + " " + bare(textBeside(t.Text, f.customer.Why)))
			}
			return a.withCustomer(ctx, t, tx, book, d, id)
		case len(f.customer.Candidates) > 0:
			d.NewName, d.Options = "", optionIDs(f.ask, parse.AskCustomer, f.customer.Candidates)
			return a.askCard(t, *customerPick(t, book, d, "是哪家"+quoted(bare(t.Text), "")+"?"))
		}
	}
	return a.unknownCustomer(t, book, d)
}

// unknownCustomer offers to create the customer that an answer names, with what else it says of it.
func (a *App) unknownCustomer(t bot.Turn, book *Book, d visitDraft) (bot.Reply, error) {
	n := book.Parser.NewCustomer(parse.Input{Text: t.Text, Now: t.Said().In(sales.Shanghai), User: parse.ID(t.Person.ID)})
	if size := utf8.RuneCountInString(n.Name); notAName(t.Text) || reNoCustomer.MatchString(n.Name) || tells(n.Name) || size < 3 || size >= maxCustomerName || utf8.RuneCountInString(t.Text) > 80 {
		return bot.Reply{}, bot.ErrNotMine
	}
	d.Options, d.NewName, d.Create = nil, n.Name, &customerDraft{}
	d.Create.take(n)
	return a.askCard(t, *customerPick(t, book, d, "客户里没有"+quoted(n.Name, "")+",新建吗?"))
}

func (a *App) noneOfThem(t bot.Turn, d visitDraft) (bot.Reply, error) {
	old := d
	d.Options, d.NewName, d.Question = nil, "", ""
	reply, err := a.askVisit(t, topicVisitCustomer, d, "那是哪家?回客户全称,没有的话我帮你新建。不记了回 撤销。")
	return old.answered(t, reply, "都不是"), err
}

func (a *App) withCustomer(ctx context.Context, t bot.Turn, tx Tx, book *Book, d visitDraft, id sales.ID) (bot.Reply, error) {
	old := d
	d.Customer, d.Options, d.NewName = book.Resolve(id), nil, ""
	reply, err := a.understandVisit(ctx, t, tx, d, *closeTopic(t.Dialogue))
	return old.answered(t, reply, "已选 "+book.Customer(id)), err
}

// withoutCustomer goes on with what belongs to no customer.
func (a *App) withoutCustomer(ctx context.Context, t bot.Turn, tx Tx, d visitDraft) (bot.Reply, error) {
	old := d
	d.NoCustomer, d.Options, d.NewName = true, nil, ""
	reply, err := a.understandVisit(ctx, t, tx, d, *closeTopic(t.Dialogue))
	return old.answered(t, reply, "不归客户"), err
}

// createForVisit goes on to make the customer; the visit is filed when that is done.
func (a *App) createForVisit(ctx context.Context, t bot.Turn, tx Tx, d visitDraft) (bot.Reply, error) {
	visit := d
	visit.NewName, visit.Create, visit.Question = "", nil, ""
	c := customerDraft{Name: d.NewName}
	if d.Create != nil {
		c = *d.Create
	}
	if c.Visit = &visit; c.Phone == "" {
		c.Phone = phoneIn(d.Text)
	}
	reply, err := a.continueCustomer(ctx, t, tx, c)
	return d.answered(t, reply, "新建 "+d.NewName), err
}

// PickVisitCustomer takes a tapped answer to "which customer".
func (a *App) PickVisitCustomer(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, gone := a.openDraft(t, topicVisitCustomer)
	if gone != nil {
		return *gone, nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	var reply bot.Reply
	switch i, nerr := strconv.Atoi(t.Action.Arg); {
	case t.Action.Arg == "nobody":
		reply, err = a.withoutCustomer(ctx, t, tx, d)
	case t.Action.Arg == "new" && d.NewName != "":
		reply, err = a.createForVisit(ctx, t, tx, d)
	case nerr == nil && i >= 0 && i < len(d.Options):
		reply, err = a.withCustomer(ctx, t, tx, book, d, d.Options[i])
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
	reply, err := a.understandVisit(ctx, t, tx, d, *closeTopic(t.Dialogue))
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
	if isDrop(t.Text) {
		return a.dropVisit(t, d), nil
	}
	chosen := "都不是"
	n := ordinal(t.Text)
	switch id, ok := optionOf(book, t.Text, d.Options, book.Contact); {
	case ok:
		d.Contact, chosen = id, "已选 "+book.Contact(id)
	case isNo(t.Text) || n == len(d.Options)+1:
		d.Nobody = true
	default:
		if reply, ok, err := a.correctDraft(ctx, t, tx, book, d, t.Text); ok || err != nil {
			return reply, err
		}
		return bot.Reply{}, bot.ErrNotMine
	}
	reply, err := a.understandVisit(ctx, t, tx, d, *closeTopic(t.Dialogue))
	return d.answered(t, reply, chosen), err
}

// AnswerVisitContent takes the answer to "what was said". News of another customer is not the answer.
func (a *App) AnswerVisitContent(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[visitDraft](t)
	if err != nil {
		return bot.Reply{}, err
	}
	if isNo(t.Text) {
		return a.dropVisit(t, d), nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	if reply, ok, err := a.correctDraft(ctx, t, tx, book, d, t.Text); ok || err != nil {
		return reply, err
	}
	if wantsElse(spokenTurn{a, t, book}) {
		return bot.Reply{}, bot.ErrNotMine // something else is wanted, nothing was talked about
	}
	res, err := a.read(ctx, t, tx, t.Text, t.Said())
	if err != nil {
		return bot.Reply{}, err
	}
	for _, f := range byCustomer(res) {
		if d.Customer != 0 && isNamed(f.customer) && (sales.ID(f.customer.ID) != d.Customer || f.bareNames() || f.empty() && isQuestion(t.Text)) {
			return bot.Reply{}, bot.ErrNotMine // other news, or a name, which says nothing of what was talked about
		}
	}
	d.Text, d.Told = strings.TrimSpace(d.Text+" "+t.Text), true
	return a.understandVisit(ctx, t, tx, d, *closeTopic(t.Dialogue))
}

// openDraft is the draft a tapped pick list belongs to; gone is the explanation when it is not open any more.
func (a *App) openDraft(t bot.Turn, topic string) (visitDraft, *bot.Reply) {
	d, err := draft[visitDraft](t)
	if t.Dialogue.Topic != topic || err != nil || d.At.Unix() != t.Action.Version || !t.Now.Before(t.Dialogue.ExpiresAt.Time) {
		r := passPick(t, bot.Text("这一问过期了,没有改动。要记新的,直接发拜访内容。"))
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

// passPick closes the tapped card of a question that was over before: nothing of it was chosen.
func passPick(t bot.Turn, r bot.Reply) bot.Reply {
	if t.Card == nil {
		return r
	}
	face := t.Card.Face
	face.Buttons, face.Closed = nil, "已过去,没有改动"
	r.Faces = append(r.Faces, face)
	return r
}
