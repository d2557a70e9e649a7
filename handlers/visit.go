package handlers

import (
	"context"
	"slices"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/store/sales"
)

// visitDraft is a visit that waits for one answer. Everything said so far is in Text; what was picked and corrected is
// kept apart, so that the whole is understood anew with each answer.
type visitDraft struct {
	Text    string    `json:"text"`
	At      time.Time `json:"at"`
	EventID string    `json:"event_id"`
	Group   *bot.Chat `json:"group,omitempty"`
	// Parts are the customers of the text, by their place in it, that are still to be filed; the question is about the
	// first. Nil means all of them.
	Parts    []int      `json:"parts,omitempty"`
	Question string     `json:"question,omitempty"`
	Options  []sales.ID `json:"options,omitempty"`
	NewName  string     `json:"new_name,omitempty"`
	// Customer, Contact, Nobody, Create and Told are the answers: which customer, which contact or none of those offered,
	// what was said of a new customer, and that what it was about was asked for.
	Customer sales.ID       `json:"customer,omitempty"`
	Contact  sales.ID       `json:"contact,omitempty"`
	Nobody   bool           `json:"nobody,omitempty"`
	Assumed  bool           `json:"assumed,omitempty"`
	Create   *customerDraft `json:"create,omitempty"`
	Told     bool           `json:"told,omitempty"`
	// Free is true when it was said without the command's word: then a name alone may not be meant as a visit.
	Free bool `json:"free,omitempty"`
	// Fixes are corrections made while the draft was open.
	Fixes []parse.Correction `json:"fixes,omitempty"`
	// Kind is the kind of record that a command named, empty when the words decide. Slots are the answers to what was
	// missing, Slot what is asked for now with its Choices, and NoCustomer says that it belongs to none.
	Kind       string            `json:"kind,omitempty"`
	Visit      sales.ID          `json:"visit,omitempty"` // the visit an action belongs to
	Slots      map[string]string `json:"slots,omitempty"`
	Slot       string            `json:"slot,omitempty"`
	Choices    []string          `json:"choices,omitempty"`
	NoCustomer bool              `json:"no_customer,omitempty"`
}

const (
	topicVisitCustomer = "visit.customer"
	topicVisitContact  = "visit.contact"
	topicVisitContent  = "visit.content"
	topicVisitEdit     = "visit.edit"
)

// visitCommand is the word a visit begins with.
const visitCommand = "拜访"

func (a *App) registerVisit(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: visitCommand, Aliases: []string{"bf", "跟进", "记录"}, Glued: true,
		Summary: "记一次拜访", Usage: "拜访 客户 联系人 聊了什么,答应了什么",
		Detail:  "一句话就行:客户、见了谁、介绍了什么、对方嫌什么、答应几号做什么。记完回一张卡片,可修改、可撤销。语音和群里@我也行。",
		Example: a.visitExample, Rank: map[sales.Role]int{sales.RoleRep: 1}, Handle: a.LogVisit,
	})
	r.Command(bot.Command[Tx]{
		Name: "为什么", Aliases: []string{"wsm", "为什么这么记"}, Summary: "看刚记的那条每一项是怎么来的", Usage: "为什么 / 为什么 金额",
		Detail: "每一项对应你说的哪几个字,谁在什么时候改过什么。", Handle: a.WhyVisit,
	})
	r.Command(bot.Command[Tx]{
		Name: "撤销", Aliases: []string{"cx", "撤消", "撤回刚才那条"}, Summary: "撤销刚做的一件事", Usage: "撤销",
		Detail: "刚记的、刚改的都能撤," + a.undoSpan() + "内有效,只管自己做的;还没记完的草稿也这样清掉。过了时间的发 修改。", Handle: a.UndoLast,
	})
	r.Command(bot.Command[Tx]{
		Name: "修改", Aliases: []string{"xg", "更正"}, Summary: "改刚记的一条", Usage: "修改 金额改成18万",
		Detail: "改最近记的一条,拜访、费用、投诉、样品都行:修改 金额改成18万 / 修改 联系人改成李主任 / 修改 日期改到下周三。新旧值都留痕。退回的合同、报价也行:修改 HT2026-018 账期改成45天。", Handle: a.EditPaperOrLast,
	})
	r.Action("record.pick", a.PickRecord)
	r.Topic(topicRecordPick, a.AnswerRecord)
	r.Action("visit.undo", a.UndoVisit)
	r.Action("visit.edit", a.StartVisitEdit)
	r.Action("visit.customer", a.PickVisitCustomer)
	r.Action("visit.contact", a.PickVisitContact)
	r.Topic(topicVisitCustomer, unlessEarlier(a.AnswerVisitCustomer))
	r.Topic(topicVisitContact, unlessEarlier(a.AnswerVisitContact))
	r.Topic(topicVisitContent, unlessEarlier(a.AnswerVisitContent))
	r.Topic(topicVisitEdit, a.AnswerVisitEdit)
}

// LogVisit files a visit (拜访) from a message that says so.
func (a *App) LogVisit(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d := newVisit(t, "")
	if strings.TrimSpace(t.Args) == "" {
		return a.askVisit(t, topicVisitContent, d, "拜访了哪家,聊了什么?例:"+exampleVisit)
	}
	d.Text = visitText(t.Args)
	return a.understandVisit(ctx, t, tx, d, t.Dialogue)
}

// visitText is the text of a visit, whatever word was typed: 拜访 tells that what follows is a name. It is empty when
// nothing follows.
func visitText(args string) string {
	switch {
	case strings.TrimSpace(args) == "":
		return ""
	case strings.HasPrefix(args, "了"), strings.HasPrefix(args, "过"):
		return "拜访" + args
	}
	return "拜访 " + args
}

func newVisit(t bot.Turn, text string) visitDraft {
	d := visitDraft{Text: text, At: t.Said(), EventID: t.Event.ID}
	if t.InGroup() {
		d.Group = &t.Event.Chat
	}
	return d
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

// FreeText files what a message says without a command word: a visit, a correction, or a question in plain words. An
// open question stays open.
func (a *App) FreeText(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if reply, ok, err := a.pastedNumber(ctx, t, tx); ok || err != nil {
		return reply, err
	}
	if reply, ok, err := a.shortCorrection(ctx, t, tx); ok || err != nil {
		return reply, err
	}
	var reminded bool
	if reply, err := a.keepsOpen("待办", func(ctx context.Context, t bot.Turn, tx Tx) (reply bot.Reply, err error) {
		reply, reminded, err = a.freeTodo(ctx, t, tx)
		return reply, err
	})(ctx, t, tx); reminded || err != nil {
		return reply, err
	}
	if reply, ok, err := a.freeWords(ctx, t, tx); ok || err != nil {
		return reply, err
	}
	res, err := a.read(ctx, t, tx, t.Text, t.Said())
	if kind := clauseKind(t.Text); err == nil && len(res.Frames) == 0 && kind != "" && !isWholeQuestion(t.Text) {
		d := newVisit(t, strings.TrimSpace(kind.Name()+" "+t.Text))
		d.Kind, d.Free = string(kind), true
		return a.understandVisit(ctx, t, tx, d, t.Dialogue)
	}
	if err != nil || len(res.Frames) == 0 && !outsiderNews(t, t.Text) {
		return bot.Reply{}, firstErr(err, bot.ErrNotMine)
	}
	if len(res.Frames) == 0 {
		d := newVisit(t, t.Text)
		d.Free = true
		return a.understandVisit(ctx, t, tx, d, t.Dialogue)
	}
	if reply, ok, err := a.freePayment(ctx, t, tx, res); ok || err != nil {
		return reply, err
	}
	switch f := res.Frames[0]; {
	case f.Kind == parse.KindQuery && f.Query != nil && f.Query.What == parse.QueryTodos:
		return a.ListTodos(ctx, t, tx)
	case f.Kind == parse.KindQuery:
		return bot.Reply{}, bot.ErrNotMine
	case f.Kind == parse.KindCorrection && f.Correction != nil:
		return a.correctLast(ctx, t, tx, *f.Correction)
	}
	groups := byCustomer(res)
	if len(groups) == 0 || !isNamed(groups[0].customer) && !groups[0].business() && clauseKind(t.Text) == "" && !outsiderNews(t, t.Text) {
		return bot.Reply{}, bot.ErrNotMine
	}
	if f := groups[0]; f.customer.ID != 0 && f.empty() && isQuestion(t.Text) {
		c, err := tx.CustomerByID(ctx, sales.ID(f.customer.ID))
		if err != nil {
			return bot.Reply{}, err
		}
		return a.customerCard(ctx, t, tx, c)
	}
	if f := groups[0]; f.customer.Inferred && f.empty() {
		return bot.Reply{}, bot.ErrNotMine // talk about a customer, but nothing that happened there
	}
	d := newVisit(t, t.Text)
	d.Free = true
	return a.understandVisit(ctx, t, tx, d, t.Dialogue)
}

// business reports whether a text without a customer is surely about one: then the customer is asked for.
func (f facts) business() bool {
	return singleKind(f) != "" || len(f.objections) > 0 || len(f.products) > 0 && len(f.promises)+len(f.needs)+len(f.amounts) > 0
}

// isNews reports whether a text that stands where an answer is wanted is news of a customer instead: it names one and
// tells what happened there. The question then stays open and the news is filed.
func (a *App) isNews(ctx context.Context, t bot.Turn, tx Tx) (bool, error) {
	res, err := a.read(ctx, t, tx, t.Text, t.Said())
	if err != nil {
		return false, err
	}
	for _, f := range byCustomer(res) {
		if isNamed(f.customer) && (len(f.promises)+len(f.objections)+len(f.matters) > 0 || f.notMet) {
			return true, nil
		}
	}
	return false, nil
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
	in := inputOf(t, text, at)
	if scan, ok := lastOf(t.Dialogue, "scan"); ok && at.Sub(scan.At.Time) < attachFor {
		in.Context.Scanned = parse.ID(scan.ID)
	}
	if in.Context.Scanned == 0 {
		made, err := a.justMade(ctx, t, tx)
		if err != nil {
			return parse.Result{}, err
		}
		in.Context.Scanned = made
	}
	if parse.RefersBack(text) {
		if in.Context.Records, err = a.lastRecord(ctx, t, tx); err != nil {
			return parse.Result{}, err
		}
	}
	if res, ok := foreseen(t, book, in); ok {
		return res, nil
	}
	return doubted(t, book, in, sentences(book.Parser, in)), nil
}

// sentences understands a text as a whole, and sentence by sentence when one of them names a customer that is new: its
// news must not go to the known customer of the sentence beside it.
func sentences(p parse.Parser, in parse.Input) parse.Result {
	whole := p.Parse(in)
	named := func(r parse.Result, fits func(parse.CustomerRef) bool) bool {
		return slices.ContainsFunc(r.Frames, func(f parse.Frame) bool { return fits(f.Customer) })
	}
	isNew := func(c parse.CustomerRef) bool { return c.NewName != "" }
	if !strings.ContainsAny(in.Text, "。；;\n") || !named(whole, isNamed) || named(whole, isNew) {
		return whole
	}
	var apart parse.Result
	one, at := in, 0
	for _, s := range strings.FieldsFunc(in.Text, func(r rune) bool { return strings.ContainsRune("。；;\n", r) }) {
		at += strings.Index(in.Text[at:], s)
		one.Text = s
		r := p.Parse(one)
		if apart.Ask == nil && r.Ask != nil {
			apart.Ask = r.Ask
			apart.Ask.Frame += len(apart.Frames)
		}
		for _, f := range r.Frames {
			f.Customer.Why.Start += at
			f.Customer.Why.End += at
			apart.Frames = append(apart.Frames, f)
		}
		apart.Unclear = append(apart.Unclear, r.Unclear...)
		at += len(s)
	}
	if !named(apart, isNew) {
		return whole
	}
	return apart
}

// lastRecord is what a text that points back goes on from: the visit or filing of the person's that was filed last and still
// stands. It is empty when there is none.
func (a *App) lastRecord(ctx context.Context, t bot.Turn, tx Tx) ([]parse.Record, error) {
	for _, ref := range t.Dialogue.Last {
		switch ref.Kind {
		case "visit":
			v, err := tx.VisitByID(ctx, ref.ID)
			if err = ignoreMissing(err); err != nil {
				return nil, err
			}
			if v.State == sales.VisitFiled {
				return []parse.Record{visitRecord(v)}, nil
			}
		case "filing":
			f, err := tx.FilingByID(ctx, ref.ID)
			if err = ignoreMissing(err); err != nil {
				return nil, err
			}
			if f.CustomerID != 0 && f.State != sales.FilingUndone {
				return []parse.Record{filingRecord(f)}, nil
			}
		}
	}
	return nil, nil
}

// justMade is the customer that the person made a moment ago, when that was the last thing they did: what follows without a name is
// about it. It is 0 for none.
func (a *App) justMade(ctx context.Context, t bot.Turn, tx Tx) (parse.ID, error) {
	if len(t.Dialogue.Last) == 0 {
		return 0, nil
	}
	ref := t.Dialogue.Last[0]
	if ref.Kind != "customer" || t.Now.Sub(ref.At.Time) > shortFor {
		return 0, nil
	}
	c, err := tx.CustomerByID(ctx, ref.ID)
	if err != nil || c.CreatedBy != t.Person.ID || !c.CreatedAt.Equal(ref.At.Time) {
		return 0, ignoreMissing(err)
	}
	return parse.ID(c.ID), nil
}

func filingRecord(f sales.Filing) parse.Record {
	r := parse.Record{ID: f.ID.String(), Kind: parse.KindVisit, Customer: parse.ID(f.CustomerID), Contact: parse.ID(f.ContactID)}
	for kind, k := range frameKinds {
		if k == f.Kind {
			r.Kind = kind
		}
	}
	if f.Amount != 0 {
		r.Amounts = []int64{int64(f.Amount)}
	}
	return r
}

func visitRecord(v sales.Visit) parse.Record {
	r := parse.Record{ID: v.ID.String(), Kind: parse.KindVisit, Customer: parse.ID(v.CustomerID), Contact: parse.ID(v.ContactID)}
	if v.Amount != 0 {
		r.Amounts = []int64{int64(v.Amount)}
	}
	return r
}

// understandVisit reads a draft and files what is certain of it, a visit for each customer, or asks the one question that
// matters for the first that is not. before is the dialogue as it was: with the question that was answered closed.
func (a *App) understandVisit(ctx context.Context, t bot.Turn, tx Tx, d visitDraft, before sales.Dialogue) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	res, err := a.read(ctx, t, tx, d.Text, d.At)
	if err != nil {
		return bot.Reply{}, err
	}
	groups := byCustomer(res)
	if name, ok := d.pickedName(book, groups); ok { // once more, with the name in full: its contacts are known by it
		if res, err = a.read(ctx, t, tx, name, d.At); err != nil {
			return bot.Reply{}, err
		}
		if again := byCustomer(res); len(again) == max(len(groups), 1) {
			for i := range groups {
				again[i].spoken = groups[i].customer.Why.Text
			}
			groups = again
		}
	}
	for i := range groups {
		groups[i].sane(t, book.Parser.Calendar)
	}
	reply, err := a.fileParts(ctx, t, tx, book, d, groups, before)
	return withNote(t, withUnclear(t, reply, res), oddNote(groups)), err
}

// pickedName is the draft's text with the customer that was picked named in full; false when it is so already.
func (d visitDraft) pickedName(book *Book, groups []facts) (string, bool) {
	name := book.Customer(d.Customer)
	if name == "" {
		return "", false
	}
	if len(groups) == 0 {
		return name + " " + d.Text, true
	}
	c := groups[0].customer
	if len(d.Parts) > 0 {
		c = groups[min(d.Parts[0], len(groups)-1)].customer
	}
	if sales.ID(c.ID) == d.Customer && !c.Fuzzy || c.NewName != "" || c.Why.End > len(d.Text) {
		return "", false
	}
	if reTitled.MatchString(c.Why.Text) { // the customer was asked for by a person's name, who stays in the text
		return d.Text[:c.Why.Start] + name + " " + d.Text[c.Why.Start:], true
	}
	return d.Text[:c.Why.Start] + name + " " + d.Text[c.Why.End:], true
}

// fileParts files the parts of a draft. Those that are unclear wait, one question at a time.
func (a *App) fileParts(ctx context.Context, t bot.Turn, tx Tx, book *Book, d visitDraft, groups []facts, before sales.Dialogue) (bot.Reply, error) {
	if len(groups) == 0 {
		groups = []facts{{whys: []string{d.Text}}}
	}
	if d.Parts == nil {
		for i := range groups {
			d.Parts = append(d.Parts, i)
		}
	}
	var reply bot.Reply
	var waiting []int
	var asked *visitQuestion
	dialogue := &before
	for k, i := range d.Parts {
		if i >= len(groups) && k > 0 { // the names have changed since: what it said is with another part
			continue
		}
		f, part := groups[min(i, len(groups)-1)], d
		if k == 0 {
			f.fill(d)
		} else {
			part = d.fresh()
		}
		q, pieces, err := a.questionFor(ctx, t, tx, book, part, f)
		if err != nil {
			return bot.Reply{}, err
		}
		if q == nil {
			filed, err := a.filePieces(ctx, t, tx, book, part, pieces, dialogue)
			if err != nil {
				return bot.Reply{}, err
			}
			reply = reply.And(filed)
			continue
		}
		if waiting = append(waiting, i); asked == nil {
			asked = q
		}
	}
	reply.Dialogue = dialogue
	if asked == nil {
		return reply, nil
	}
	asked.draft.Parts = waiting
	t.Dialogue = *dialogue
	q, err := a.askCard(t, *asked)
	if len(waiting) > 1 {
		q.Say = append(q.Say, bot.Say{Slot: "waiting", Out: bot.Outgoing{Text: "还有没说清的,一条一条来:" + others(groups, waiting[1:]) + "。"}})
	}
	return reply.And(q), err
}

// questionFor is what must be asked before a part of a draft can be filed, nil when nothing must; then with the records it
// becomes.
func (a *App) questionFor(ctx context.Context, t bot.Turn, tx Tx, book *Book, d visitDraft, f facts) (*visitQuestion, []piece, error) {
	q := questionOf(t, book, d, f)
	if q != nil && q.pick == nil && q.topic == topicVisitCustomer && (d.Kind != "" || clauseKind(d.Text) != "" || singleKind(f) != "" || d.Free && reOutsider.MatchString(d.Text)) {
		likely, err := a.likelyCustomers(ctx, t, tx, book, d)
		if err != nil {
			return nil, nil, err
		}
		if len(likely) == 1 {
			d.Customer = likely[0]
			f.customer = parse.CustomerRef{ID: parse.ID(likely[0]), Why: f.customer.Why}
			return a.questionFor(ctx, t, tx, book, d, f)
		}
		q, err := a.recentPick(ctx, t, tx, book, d, likely...)
		return q, nil, err
	}
	if q != nil {
		return q, nil, nil
	}
	pieces := a.piecesOf(t, book, d, f)
	d.fillSlots(book, pieces)
	d.Customer = sales.ID(f.customer.ID)
	q, err := a.slotQuestionOf(ctx, t, tx, book, d, pieces)
	return q, pieces, err
}

// fresh is the draft for another customer of the same text: nothing was answered about it yet.
func (d visitDraft) fresh() visitDraft {
	return visitDraft{Text: d.Text, At: d.At, EventID: d.EventID, Group: d.Group, Kind: d.Kind}
}

// others are the words of the parts that wait.
func others(groups []facts, parts []int) string {
	var out []string
	for _, i := range parts {
		out = append(out, cutRunes(groups[min(i, len(groups)-1)].words(), 30))
	}
	return strings.Join(out, ";")
}
