package handlers

import (
	"context"
	"regexp"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// filingCommand is what differs between the commands of the kinds.
type filingCommand struct {
	kind                            sales.FilingKind
	aliases                         []string
	summary, usage, detail, example string
	rank                            map[sales.Role]int
}

var filingCommands = []filingCommand{
	{
		sales.FilingComplaint,
		[]string{"ts", "客诉"},
		"记客户投诉,转给客服", "投诉 客户 什么问题 / 投诉 未关",
		"记下投诉,客服马上收到,受理和办结都会告诉你。投诉 未关 看没办完的,投诉 客户名 看这一家的。", "投诉 %s 仪器又报错了",
		map[sales.Role]int{sales.RoleRep: 8, sales.RoleService: 1},
	},
	{
		sales.FilingAfterSales,
		[]string{"sh", "报修", "售后申请"},
		"申请售后", "售后 客户 要做什么 / 售后 未关",
		"维修、安装调试、保养校准、配件、更换、咨询都行,客服马上收到。售后 未关 看没办完的。", "售后 %s 离心机要校准",
		map[sales.Role]int{sales.RoleRep: 9, sales.RoleService: 2},
	},
	{
		sales.FilingSample,
		[]string{"yp", "样品申领", "申领样品"},
		"记样品:申领、寄出、送达、反馈", "样品 客户 产品 数量 / 样品",
		"样品 客户 产品 是申领;样品已寄、已送达、反馈不错 会接着上一条走。送达后 7 天提醒你问反馈。样品 看还没有反馈的。", "样品 %s 申领试剂 2盒",
		map[sales.Role]int{sales.RoleRep: 10},
	},
	{
		sales.FilingCompetitor,
		[]string{"jp", "竞品情报"},
		"记竞品报价和动向", "竞品 客户 哪家 报价多少 / 竞品 客户",
		"内容只有你自己看得到,主管只看到记了几条。竞品 客户名 看这一家的。", "竞品 %s 迈锐报价110万",
		map[sales.Role]int{sales.RoleRep: 11},
	},
	{
		sales.FilingTraining,
		[]string{"pxfk", "培训"},
		"记培训反馈", "培训反馈 客户 多少人,反馈怎样",
		"几个人参加、讲了什么、反馈好不好。培训反馈 看最近的。", "培训反馈 %s 12人参加,都说不错",
		map[sales.Role]int{},
	},
	{
		sales.FilingExpense,
		[]string{"fy", "报销", "记费用"},
		"记费用,按客户和月归集", "费用 客户 打车45 停车20 / 费用 本月",
		"一句话可以记几笔。费用 本月 按客户、类别归集,主管看得到团队的。", "费用 %s 打车45",
		map[sales.Role]int{sales.RoleRep: 7, sales.RoleLead: 9},
	},
}

func (a *App) registerFiling(r *bot.Router[Tx]) {
	for _, c := range filingCommands {
		r.Command(bot.Command[Tx]{
			Name: c.kind.Name(), Aliases: c.aliases, Summary: c.summary, Usage: c.usage, Detail: c.detail, Rank: c.rank, Glued: false,
			Example: a.ownExample(c.example),
			Handle:  func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) { return a.File(ctx, t, tx, c.kind) },
		})
	}
	r.Action("filing.new", a.TapFilingNew)
	r.Action("filing.slot", a.PickSlot)
	r.Topic(topicSlot, a.AnswerSlot)
	a.registerFilingService(r)
	a.registerFilingEdit(r)
}

// ownExample fills one of the person's own customers into an example.
func (a *App) ownExample(form string) func(context.Context, bot.Turn, Tx) (string, error) {
	return func(ctx context.Context, t bot.Turn, _ Tx) (string, error) {
		book, err := a.Names.Book(ctx)
		if err != nil {
			return "", err
		}
		return strings.ReplaceAll(form, "%s", book.exampleCustomer(t.Person.ID)), nil
	}
}

// File files something beside visits (录入) from a command, or lists what was filed when nothing new is said.
func (a *App) File(ctx context.Context, t bot.Turn, tx Tx, kind sales.FilingKind) (bot.Reply, error) {
	if reply, ok, err := a.listFilings(ctx, t, tx, kind); ok || err != nil {
		return reply, err
	}
	return a.fileAs(ctx, t, tx, string(kind), t.Args)
}

// TapFilingNew begins a filing by a button: its kind is in the action, the customer is the record when it is known.
func (a *App) TapFilingNew(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if kindName(t.Action.Arg) == "" {
		return bot.Text("这个按钮已失效。发 帮助 看现在能做什么。"), nil
	}
	return a.fileAs(ctx, t, tx, t.Action.Arg, "", sales.ID(t.Action.Record))
}

// fileAs understands words as a record of a kind, of a customer when it is known.
func (a *App) fileAs(ctx context.Context, t bot.Turn, tx Tx, kind, words string, customer ...sales.ID) (bot.Reply, error) {
	d := newVisit(t, strings.TrimSpace(kindName(kind)+" "+words))
	d.Kind = kind
	if len(customer) > 0 {
		d.Customer = customer[0]
	}
	return a.understandVisit(ctx, t, tx, d, t.Dialogue)
}

// body is what a draft says beside the word of its command.
func (d visitDraft) body() string {
	return strings.TrimSpace(strings.TrimPrefix(d.Text, kindName(d.Kind)))
}

// filePieces files the records of one customer that are certain, and shows a card for each.
func (a *App) filePieces(ctx context.Context, t bot.Turn, tx Tx, book *Book, d visitDraft, pieces []piece, dialogue *sales.Dialogue) (bot.Reply, error) {
	var reply bot.Reply
	var visit sales.ID
	for _, p := range pieces {
		var one bot.Reply
		var err error
		switch {
		case p.isFiling():
			one, err = a.fileFiling(ctx, t, tx, book, d, p, visit, dialogue)
		case p.kind != pieceVisit:
			one, err = a.fileAction(ctx, t, tx, book, d, p, dialogue)
		default:
			one, err = a.fileVisit(ctx, t, tx, book, d, p.facts, dialogue)
			if ref, ok := lastOf(*dialogue, "visit"); ok {
				visit = ref.ID
			}
		}
		if err != nil {
			return bot.Reply{}, err
		}
		reply = reply.And(one)
	}
	if visit != 0 && len(pieces) > 1 { // 修改 and 撤销 mean the visit first
		remember(dialogue, "visit", visit, t.Now)
	}
	linked, err := a.linkNumbers(t, tx, d, dialogue)
	return reply.And(linked), err
}

// fileFiling writes a filing with what follows from it, and shows its card.
func (a *App) fileFiling(ctx context.Context, t bot.Turn, tx Tx, book *Book, d visitDraft, p piece, visit sales.ID, dialogue *sales.Dialogue) (bot.Reply, error) {
	if p.kind == string(sales.FilingSample) {
		if reply, ok, err := a.moveSample(ctx, t, tx, book, p, dialogue); ok || err != nil {
			return reply, err
		}
	}
	f := a.newFiling(t, tx, book, d, p)
	f.VisitID, f.Reasons = visit, filingReasons(p, f)
	var err error
	if f.CustomerID != 0 {
		if err = a.filingContact(ctx, t, tx, &f, p); err != nil {
			return bot.Reply{}, err
		}
	}
	tx.CreateFiling(f)
	if f.CustomerID != 0 {
		tx.TouchCustomer(f.CustomerID, f.FiledAt)
	}
	audit(tx, t, "filing.file", "filing", f.ID)
	emit(tx, t, p.kind+".filed", "filing", f.ID)
	remember(dialogue, "filing", f.ID, t.Now)
	v := a.filingView(t, book, f)
	v.Group = d.Group != nil
	var follow bot.Reply
	for _, promise := range p.facts.promises {
		todo := a.promiseOf(t, tx, "filing", f.ID, f.CustomerID, f.SourceEventID, promise)
		follow = follow.And(a.openTodo(t, tx, todo))
		v.Promises = append(v.Promises, todo)
	}
	if f.Kind.ForService() {
		told, names := a.toService(t, tx, book, f)
		follow, v.Told = follow.And(told), names
	}
	return bot.ShowCard(view.FilingCard(v)).And(follow), nil
}

// newFiling is the record of a piece.
func (a *App) newFiling(t bot.Turn, tx Tx, book *Book, d visitDraft, p piece) sales.Filing {
	kind := sales.FilingKind(p.kind)
	f := sales.Filing{
		ID: tx.NewID(), Kind: kind, PersonID: t.Person.ID, TeamID: t.Person.TeamID, CustomerID: sales.ID(p.facts.customer.ID),
		ContactID: p.facts.contactID(), ContactName: p.facts.contact.NewName, Day: p.facts.day(t.Today), FiledAt: sales.At(t.Now),
		Text: cutRunes(p.text, 1000), Products: p.facts.productIDs(), Topic: p.said.topic, Party: cutRunes(p.said.party, 60),
		Quantity: cutRunes(p.said.quantity, 30), People: min(p.said.people, 9999), Amount: p.said.amount, Sentiment: p.said.sentiment,
		Urgent: p.said.urgent, Tracking: cutRunes(p.said.tracking, 40), State: sales.FilingFiled, SourceEventID: d.EventID, Version: 1,
	}
	if d.NoCustomer {
		f.CustomerID = 0
	}
	if words := strings.TrimPrefix(reLeading.ReplaceAllString(p.facts.without(book, f.Text), ""), "的"); words != "" && kind != sales.FilingExpense {
		f.Text = words
	}
	if name := book.Customer(f.CustomerID); kind == sales.FilingExpense && name != "" {
		words := strings.ReplaceAll(f.Text, name, "")
		for _, w := range []string{p.facts.spoken, p.facts.customer.Why.Text} {
			if w != "" && strings.HasPrefix(words, w) { // 绍兴市立 打车; 打车去绍兴市立 says where to
				words = strings.TrimPrefix(words, w)
			}
		}
		if words = bare(words); words != "" {
			f.Text = strings.Join(strings.Fields(words), " ") // the card says whose it is
		}
	}
	switch {
	case kind.ForService():
		f.State = sales.FilingOpen
	case kind == sales.FilingSample:
		f.State = sampleStates[p.said.sample]
		switch f.State {
		case sales.FilingSent:
			f.SentOn = f.Day
		case sales.FilingDelivered, sales.FilingAnswered:
			f.DeliveredOn = f.Day
		}
	}
	return f
}

// filingContact makes the contact that a filing names for the first time.
func (a *App) filingContact(ctx context.Context, t bot.Turn, tx Tx, f *sales.Filing, p piece) error {
	v := sales.Visit{CustomerID: f.CustomerID, ContactID: f.ContactID, ContactName: f.ContactName}
	_, _, err := a.fileContact(ctx, t, tx, &v, &p.facts)
	f.ContactID, f.ContactName = v.ContactID, v.ContactName
	return err
}

func (a *App) filingView(t bot.Turn, book *Book, f sales.Filing) view.Filing {
	contact := book.Contact(f.ContactID)
	if contact == "" {
		contact = f.ContactName
	}
	return view.Filing{
		Filing: f, Customer: book.Customer(f.CustomerID), Contact: contact, Products: book.ProductNames(f.Products),
		Author: t.Org.Name(f.PersonID), Handler: t.Org.Name(f.HandlerID), Today: t.Today, Now: t.Now,
	}
}

// filingFaces are the new faces of all cards of a filing.
func (a *App) filingFaces(t bot.Turn, book *Book, f sales.Filing, changes ...string) []view.Face {
	v := a.filingView(t, book, f)
	v.Changes = changes
	group := v
	group.Group = true
	faces := []view.Face{view.FilingCard(v), view.FilingCard(group)}
	if f.Kind.ForService() {
		faces = append(faces, view.FilingForService(v))
	}
	return faces
}

// reLeading is what stands before a customer's name and means nothing without it.
var reLeading = regexp.MustCompile(`^(给|跟|和|与|在|去|到|向)\s+`)

var sampleStates = map[parse.SampleAction]string{
	parse.SampleRequested: sales.FilingRequested, parse.SampleSent: sales.FilingSent, parse.SampleDelivered: sales.FilingDelivered,
	parse.SampleFeedback: sales.FilingAnswered, "": sales.FilingRequested,
}

// sampleAskFor is when a delivered sample of which nothing has come yet is asked about again.
const sampleAskFor = 7 * 24 * time.Hour

// askLater puts off the incidents in which rules ask what came of a sample.
func (a *App) askLater(ctx context.Context, t bot.Turn, tx Tx, f sales.Filing) (bot.Reply, error) {
	list, err := a.casesAbout(ctx, t, tx, "filing", f.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	var reply bot.Reply
	for _, in := range list {
		if !in.PushedTo(t.Person.ID) {
			continue
		}
		in.Snooze(t.Now.Add(sampleAskFor))
		in.Trace("incident.snooze")
		saved, err := in.Save(ctx)
		if err != nil {
			return bot.Reply{}, err
		}
		reply = reply.And(saved)
	}
	return reply, nil
}
