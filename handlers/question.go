package handlers

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

const topicQuestion = "question.customer"

// asker answers what people ask in their own words: with the command that says it where there is one, else in a few lines.
type asker struct {
	*App
	router *bot.Router[Tx]
}

func (a *App) registerQuestion(r *bot.Router[Tx]) asker {
	q := asker{a, r}
	r.Asked, r.AskedFirst = q.Asked, func(command string) bool { return askedFirst[command] }
	r.Action("question.pick", q.TapCustomer)
	r.Topic(topicQuestion, q.AnswerCustomer)
	q.registerHelp(r)
	return q
}

// askedFirst are the commands whose words also begin questions.
var askedFirst = map[string]bool{
	visitCommand: true, "合同": true, "回款": true, "客户": true, "商机": true, "待办": true, "计划": true, "样品": true, "报价": true, "漏斗": true,
}

// freeTopics are the open questions that take whatever is said as their answer: reasons, remarks, what a rule shall say.
var freeTopics = map[string]bool{
	topicApprovalReason: true, topicReportExtra: true, topicLeadReason: true, topicPoolReason: true, topicWorkSay: true, topicRuleEdit: true,
	topicRuleMend: true, topicFilingResult: true, topicFact: true, topicApplication: true,
}

// question is what was asked, with everything that was found of it.
type question struct {
	parse.Query
	text string
	book *Book
	// customer is the one that is named, or meant by 他们; contacts are those of the customer's who are meant.
	customer sales.Customer
	contacts []sales.Contact
}

// Asked answers a question before any open one takes it for its answer: the open one stays open. ErrNotMine is for what is
// no question, or one that nothing here answers.
func (s asker) Asked(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	open := t.Dialogue.Topic != "" && t.Now.Before(t.Dialogue.ExpiresAt.Time)
	res, ok := peeked(t)
	switch {
	case open && freeTopics[t.Dialogue.Topic]:
		return bot.Reply{}, bot.ErrNotMine
	case open && ok && len(res.Frames) == 0 && isQuestion(t.Text) && asks(t.Text) && t.Dialogue.Topic != topicAdd:
		return bot.Text(helper{s.App, s.router}.nearest(t)), nil
	case ok && len(res.Frames) == 0, !ok && !parse.MayAsk(t.Text) && !isWholeQuestion(t.Text):
		return bot.Reply{}, bot.ErrNotMine
	case !ok:
		var err error
		if res, err = s.read(ctx, t, tx, t.Text, t.Said()); err != nil {
			return bot.Reply{}, err
		}
	}
	return s.answer(ctx, t, tx, res)
}

// peeked is what a text was understood as ahead, to look at and not to keep.
func peeked(t bot.Turn) (parse.Result, bool) {
	if t.Ahead == nil {
		return parse.Result{}, false
	}
	u, ok := t.Ahead().(*understood)
	if !ok || u.in.Text != t.Text {
		return parse.Result{}, false
	}
	return u.res, true
}

// answer answers the question a message was understood as.
func (s asker) answer(ctx context.Context, t bot.Turn, tx Tx, res parse.Result) (bot.Reply, error) {
	if len(res.Frames) != 1 || res.Frames[0].Query == nil || res.Frames[0].Query.About == "" {
		return s.plain(ctx, t, tx, res)
	}
	f := res.Frames[0]
	book, err := s.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	q := question{Query: *f.Query, text: t.Text, book: book}
	if len(f.Customer.Candidates) > 1 {
		return s.askWhich(t, book, optionIDs(res.Ask, parse.AskCustomer, f.Customer.Candidates), f.Customer.Why)
	}
	if q.Place.Text != "" && f.Customer.ID == 0 {
		return s.askPlace(t, book, q.Place)
	}
	q.named(t)
	if reply, done, err := s.whose(ctx, t, tx, &q, f.Customer); done || err != nil {
		return reply, err
	}
	if h := fitting(q); h != nil {
		return h(s, ctx, t, tx, q)
	}
	if h := answerTo(q.About); h != nil {
		return h(s, ctx, t, tx, q)
	}
	return s.plain(ctx, t, tx, res)
}

type answerFunc func(s asker, ctx context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error)

// answerTo is the answer to what is asked about; nil for none.
func answerTo(about parse.QueryAbout) answerFunc {
	return map[parse.QueryAbout]answerFunc{
		parse.AboutTodo: asker.answerTodos, parse.AboutDay: asker.answerDay, parse.AboutPromise: asker.answerPromise,
		parse.AboutVisit: asker.answerVisit, parse.AboutTalk: asker.answerTalk, parse.AboutIdle: asker.answerIdle, parse.AboutPlan: asker.answerPlan,
		parse.AboutOwner: asker.answerOwner, parse.AboutContact: asker.answerContact, parse.AboutCustomers: asker.answerCustomers,
		parse.AboutContract: asker.answerContract, parse.AboutPayment: asker.answerPayment, parse.AboutReceivable: asker.answerReceivable,
		parse.AboutUninvoiced: asker.answerUninvoiced, parse.AboutSigned: asker.answerSigned, parse.AboutTarget: asker.answerTarget,
		parse.AboutShipment: asker.answerShipment,
		parse.AboutCustomer: byCommand("客户", true), parse.AboutOpportunity: asker.answerOpportunity, parse.AboutFunnel: asker.answerFunnel,
		parse.AboutOverdue: asker.answerReceivable, parse.AboutInvoice: asker.answerInvoice, parse.AboutQuote: byCommand("报价", true), parse.AboutSample: asker.answerFiling,
		parse.AboutService: asker.answerFiling, parse.AboutExpense: asker.answerExpense, parse.AboutProduct: asker.answerProduct,
		parse.AboutApproval: byCommand("审批"), parse.AboutLead: byCommand("线索"), parse.AboutPool: byCommand("公海"), parse.AboutWork: byCommand("工单"),
		parse.AboutAbsence: byCommand("团队请假"), parse.AboutReport: asker.answerReport, parse.AboutCalendar: asker.answerCalendar,
	}[about]
}

// byCommand answers by a command, with the number of a record that was named behind it, and the customer where the command
// takes one.
func byCommand(command string, customer ...bool) answerFunc {
	return func(s asker, ctx context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error) {
		what := q.No
		if what == "" && len(customer) > 0 {
			what = q.customer.Name
		}
		return s.as(ctx, t, tx, strings.TrimSpace(command+" "+what))
	}
}

// as goes on as if a command had been typed.
func (s asker) as(ctx context.Context, t bot.Turn, tx Tx, command string) (bot.Reply, error) {
	return colloquial(s).as(ctx, t, tx, command)
}

// whose finds the customer and the people of a question. done is true when the reply says why there are none.
func (s asker) whose(ctx context.Context, t bot.Turn, tx Tx, q *question, named parse.CustomerRef) (bot.Reply, bool, error) {
	id := sales.ID(named.ID)
	if len(named.Candidates) == 1 {
		id = sales.ID(named.Candidates[0])
	}
	if id == 0 && named.NewName != "" {
		return bot.Text("没找到" + quoted(named.NewName, "") + "这家客户。写全一点再问,或发 我的客户 看名单。"), true, nil
	}
	if id == 0 && q.Back {
		var err error
		if id, err = s.spokenOf(ctx, t, tx); err != nil {
			return bot.Reply{}, true, err
		}
		if id == 0 {
			return bot.Text("说的是哪家?带上客户名再问一次。"), true, nil
		}
	}
	if id != 0 {
		c, err := tx.CustomerByID(ctx, q.book.Resolve(id))
		if err != nil {
			return bot.Reply{}, true, err
		}
		q.customer = c
	}
	if q.Person.Why.Text != "" && wantsContact[q.About] && (q.customer.ID != 0 || q.Ask != parse.AskList && q.Ask != parse.AskCount || q.About == parse.AboutPromise) {
		return s.meant(ctx, t, tx, q)
	}
	return bot.Reply{}, false, nil
}

// wantsContact are the questions in which somebody of the customer's may be named.
var wantsContact = map[parse.QueryAbout]bool{
	parse.AboutContact: true, parse.AboutTalk: true, parse.AboutVisit: true, parse.AboutPromise: true, parse.AboutPlan: true,
}

// spokenOf is the customer of what a person filed, scanned or looked at last.
func (s asker) spokenOf(ctx context.Context, t bot.Turn, tx Tx) (sales.ID, error) {
	for _, ref := range t.Dialogue.Last {
		if t.Now.Sub(ref.At.Time) > spokenFor {
			return 0, nil
		}
		switch ref.Kind {
		case "customer", "scan":
			return ref.ID, nil
		case "visit":
			v, err := tx.VisitByID(ctx, ref.ID)
			return v.CustomerID, ignoreMissing(err)
		case "filing":
			f, err := tx.FilingByID(ctx, ref.ID)
			return f.CustomerID, ignoreMissing(err)
		}
	}
	return 0, nil
}

// askedFor is a question that waits for which customer it is about.
type askedFor struct {
	Text    string     `json:"text"`
	Start   int        `json:"start"`
	End     int        `json:"end"`
	Options []sales.ID `json:"options"`
}

// askWhich asks which of several customers a question is about. why are the words that may mean each of them.
func (s asker) askWhich(t bot.Turn, book *Book, options []sales.ID, why parse.Why) (bot.Reply, error) {
	d := askedFor{Text: t.Text, Start: why.Start, End: why.End, Options: options}
	if d.Start < 0 || d.End > len(d.Text) || d.Start > d.End {
		return bot.Reply{}, bot.ErrNotMine
	}
	p := view.Pick{Key: pickKey(t, "question"), Question: "问的是哪家" + quoted(why.Text, "客户") + "?"}
	for i, id := range d.Options {
		p.Options = append(p.Options, view.PickOption{Text: book.Customer(id), Action: action("question.pick", id, int64(i))})
	}
	reply := bot.ShowCard(view.PickOne(p))
	var err error
	reply.Dialogue, err = s.ask(t, topicQuestion, d)
	return reply, err
}

// askPlace asks which customer is meant by a name that none has: those whose names hold its characters in their order, one's own first.
func (s asker) askPlace(t bot.Turn, book *Book, place parse.Why) (bot.Reply, error) {
	var mine, others []sales.ID
	for id, c := range book.Customers.All() {
		switch {
		case !inOrder(place.Text, c.Name):
		case c.OwnerID == t.Person.ID:
			mine = append(mine, id)
		case s.reads(t, book, c):
			others = append(others, id)
		}
	}
	slices.Sort(mine)
	slices.Sort(others)
	options := append(mine, others...)
	if len(options) == 0 {
		return bot.Text("没找到" + quoted(place.Text, "") + "这家客户。写全一点再问,或发 我的客户 看名单。"), nil
	}
	return s.askWhich(t, book, options[:min(len(options), 5)], place)
}

// inOrder reports whether a name holds the characters of a short one in their order.
func inOrder(short, name string) bool {
	for _, c := range short {
		at := strings.IndexRune(name, c)
		if at < 0 {
			return false
		}
		name = name[at+utf8.RuneLen(c):]
	}
	return true
}

// TapCustomer answers a question for the customer that was tapped.
func (s asker) TapCustomer(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[askedFor](t)
	if t.Dialogue.Topic != topicQuestion || err != nil {
		return passPick(t, bot.Text("这一问过期了。再问一次就行。")), nil
	}
	reply, err := s.askAgain(ctx, t, tx, d, sales.ID(t.Action.Record))
	return closePick(t, reply), err
}

// AnswerCustomer takes the typed number or name of the customer a question is about.
func (s asker) AnswerCustomer(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[askedFor](t)
	if err != nil {
		return bot.Reply{}, bot.ErrNotMine //nolint:nilerr // what cannot be read was no question
	}
	if isNo(t.Text) || isDrop(t.Text) {
		return bot.Reply{Say: bot.Text("好。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	if n := ordinal(t.Text); n > 0 && n <= len(d.Options) {
		return s.askAgain(ctx, t, tx, d, d.Options[n-1])
	}
	book, err := s.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	if id, rest, _ := s.customerIn(t, book, t.Text); id != 0 && bare(rest) == "" {
		return s.askAgain(ctx, t, tx, d, id)
	}
	return bot.Reply{}, bot.ErrNotMine
}

// askAgain asks once more with the customer named in full.
func (s asker) askAgain(ctx context.Context, t bot.Turn, tx Tx, d askedFor, id sales.ID) (bot.Reply, error) {
	book, err := s.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	name := book.Customer(id)
	if name == "" || d.End > len(d.Text) {
		return bot.Text("这家客户不在了。再问一次就行。"), nil
	}
	t.Dialogue = *closeTopic(t.Dialogue)
	t.Text, t.Ahead = d.Text[:d.Start]+name+d.Text[d.End:], nil
	res, err := s.read(ctx, t, tx, t.Text, t.Said())
	if err != nil {
		return bot.Reply{}, err
	}
	if len(res.Frames) == 1 {
		res.Frames[0].Customer = parse.CustomerRef{ID: parse.ID(id)}
	}
	reply, err := s.answer(ctx, t, tx, res)
	if err == nil && reply.Dialogue == nil {
		reply.Dialogue = &t.Dialogue
	}
	return reply, err
}
