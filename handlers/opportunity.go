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

// dealDraft is something to do with an opportunity that waits for one answer. The text is understood anew with each
// answer; what was picked is kept apart.
type dealDraft struct {
	Do      string    `json:"do"`
	Text    string    `json:"text"`
	At      time.Time `json:"at"`
	EventID string    `json:"event_id"`
	Asking  string    `json:"asking,omitempty"`
	// Options are the customers or opportunities offered.
	Options     []sales.ID  `json:"options,omitempty"`
	Customer    sales.ID    `json:"customer,omitempty"`
	Opportunity sales.ID    `json:"opportunity,omitempty"`
	Amount      sales.Money `json:"amount,omitempty"`
	NoAmount    bool        `json:"no_amount,omitempty"`
	Reason      string      `json:"reason,omitempty"`
}

// What a dealDraft is for, and what it asks.
const (
	dealCreate = "create"
	dealMove   = "move"
	dealWin    = "win"
	dealLose   = "lose"
	dealUndo   = "undo"

	askDealCustomer = "customer"
	askDealAmount   = "amount"
	askDealWhich    = "which"
	askDealReason   = "reason"

	topicDeal = "opportunity.ask"
	maxDeals  = 10
)

func (a *App) registerOpportunity(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "商机", Aliases: []string{"sj", "新商机", "我的商机"}, Summary: "看商机、建商机", Usage: "商机 / 商机 客户 产品 金额 预计签约",
		Detail:  "只发 商机 列出你在跟的单子和停了几天。带上客户、产品、金额就是新建:商机 绍兴市立医院 生化分析仪 50万 下月底签。" + wayInHelp,
		Example: a.dealExample, Rank: map[sales.Role]int{sales.RoleRep: 7, sales.RoleLead: 5}, Handle: a.Opportunity,
	})
	r.Command(bot.Command[Tx]{
		Name: "推进", Aliases: []string{"tj"}, Summary: "商机换阶段", Usage: "推进 客户 / 推进 客户 价格谈判",
		Detail:  "不写阶段就推到下一步。缺材料会一项一项列出来,点一下补,补齐自动推进。往回写就是倒退,记录保留。" + a.undoSpan() + "内可撤销。阶段:" + stagesInHelp,
		Example: a.moveExample, Rank: map[sales.Role]int{sales.RoleRep: 8}, Handle: a.Advance,
	})
	r.Command(bot.Command[Tx]{Name: "赢单", Aliases: []string{"成交", "yd"}, Summary: "商机签下来了", Usage: "赢单 客户", Handle: a.Win})
	r.Command(bot.Command[Tx]{
		Name: "输单", Aliases: []string{"丢单", "sd"}, Summary: "商机丢了,写明原因", Usage: "输单 客户 原因", Handle: a.Lose,
	})
	r.Command(bot.Command[Tx]{
		Name: "撤销推进", Aliases: []string{"cxt"}, Summary: "撤销刚才的推进", Usage: "撤销推进 客户", Detail: "推进以后 " + a.undoSpan() + "内有效,只管自己推进的。过了就写阶段往回推:推进 客户 需求确认。", Handle: a.UndoMove,
	})
	r.Action("opportunity.advance", a.TapAdvance)
	r.Action("opportunity.lose", a.TapLose)
	r.Action("opportunity.undo", a.TapUndoMove)
	r.Action("opportunity.answer", a.TapDeal)
	r.Topic(topicDeal, a.AnswerDeal)
}

func (a *App) dealExample(ctx context.Context, t bot.Turn, _ Tx) (string, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return "", err
	}
	c := book.exampleCustomer(t.Person.ID)
	product := "生化分析仪"
	ids := make([]sales.ID, 0, len(book.Products))
	for id := range book.Products {
		ids = append(ids, id)
	}
	if len(ids) > 0 {
		product = book.Products[slices.Min(ids)].Name
	}
	return "商机 " + c + " " + product + " 50万 下月底签", nil
}

func (a *App) moveExample(ctx context.Context, t bot.Turn, tx Tx) (string, error) {
	deals, err := tx.OpportunitiesOf(ctx, sales.Only(t.Person.ID), 1)
	if err != nil || len(deals) == 0 {
		return "推进 绍兴市立医院 价格谈判", err
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return "", err
	}
	return "推进 " + book.Customer(deals[0].CustomerID) + " " + deals[0].Way.StageName(deals[0].NextStage()), nil
}

// newDeal starts a draft from a command.
func newDeal(t bot.Turn, do string) dealDraft {
	return dealDraft{Do: do, Text: t.Args, At: t.Now, EventID: t.Event.ID}
}

// Opportunity lists a person's open opportunities (商机), or creates one from what is said.
func (a *App) Opportunity(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if strings.TrimSpace(t.Args) == "" {
		return a.listDeals(ctx, t, tx)
	}
	if reply, ok, err := a.customIn(ctx, t, tx, "opportunity"); ok || err != nil {
		return reply, err
	}
	if word := noSum(t.Args); word != "" {
		return bot.Text("金额要大于 0,这里写了 " + word + ",没有建。例:商机 绍兴市立医院 生化分析仪 50万 下月底签"), nil
	}
	return a.continueDeal(ctx, t, tx, newDeal(t, dealCreate))
}

// Advance moves an opportunity on (推进), or back when an earlier stage is named.
func (a *App) Advance(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	return a.commandDeal(ctx, t, tx, dealMove, "推进哪家?例:推进 绍兴市立医院 价格谈判")
}

// Win closes an opportunity as won (赢单).
func (a *App) Win(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	return a.commandDeal(ctx, t, tx, dealWin, "哪家签下来了?例:赢单 绍兴市立医院")
}

// Lose closes an opportunity as lost (输单); the reason is required.
func (a *App) Lose(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	return a.commandDeal(ctx, t, tx, dealLose, "哪家丢了?例:输单 绍兴市立医院 价格")
}

// UndoMove takes back the person's last move of a customer's opportunity.
func (a *App) UndoMove(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	ref, ok := lastOf(t.Dialogue, "opportunity")
	if strings.TrimSpace(t.Args) == "" && ok {
		o, err := tx.OpportunityByID(ctx, ref.ID)
		if err != nil {
			return bot.Reply{}, err
		}
		return a.undoMove(ctx, t, tx, o)
	}
	return a.commandDeal(ctx, t, tx, dealUndo, "撤销哪家的推进?例:撤销推进 绍兴市立医院")
}

func (a *App) commandDeal(ctx context.Context, t bot.Turn, tx Tx, do, question string) (bot.Reply, error) {
	d := newDeal(t, do)
	if strings.TrimSpace(t.Args) == "" {
		return a.askDeal(t, d, askDealCustomer, question)
	}
	return a.continueDeal(ctx, t, tx, d)
}

// listDeals shows the person's own open opportunities; a lead without any sees the team's.
func (a *App) listDeals(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	title := "你的商机"
	deals, err := tx.OpportunitiesOf(ctx, sales.Only(t.Person.ID), maxDeals+1)
	if err != nil {
		return bot.Reply{}, err
	}
	if scope := t.Org.ScopeOf(t.Person); len(deals) == 0 && (scope.All || len(scope.Persons) > 1) && !t.InGroup() {
		title = "你能看的商机"
		if deals, err = tx.OpportunitiesOf(ctx, scope, maxDeals+1); err != nil {
			return bot.Reply{}, err
		}
	}
	if len(deals) == 0 {
		return bot.Text("没有在跟的商机。新建一条:商机 客户 产品 金额,例:商机 绍兴市立医院 生化分析仪 50万 下月底签"), nil
	}
	more := len(deals) > maxDeals
	var customers []sales.ID
	own := true
	for _, o := range deals[:min(len(deals), maxDeals)] {
		customers = append(customers, o.CustomerID)
		own = own && o.OwnerID == t.Person.ID
	}
	traceList(tx, t, "opportunities", customers, own)
	return bot.Text(view.OpportunityList(title, a.dealLines(t, book, deals[:min(len(deals), maxDeals)]), t.Today, t.InGroup(), more)), nil
}

func (a *App) dealLines(t bot.Turn, book *Book, deals []sales.Opportunity) []view.OpportunityLine {
	lines := make([]view.OpportunityLine, len(deals))
	for i, o := range deals {
		lines[i] = view.OpportunityLine{Opportunity: o, Customer: book.Customer(o.CustomerID), Products: book.ProductNames(o.Products)}
		if o.OwnerID != t.Person.ID {
			lines[i].Owner = t.Org.Name(o.OwnerID)
		}
	}
	return lines
}

// continueDeal does what the draft is for, or asks the one thing that is missing.
func (a *App) continueDeal(ctx context.Context, t bot.Turn, tx Tx, d dealDraft) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	w := readDeal(t, book, d.Text, d.At)
	if d.Customer == 0 {
		switch c := w.customer; {
		case c.ID != 0 && !c.Fuzzy:
			d.Customer = sales.ID(c.ID)
		case c.ID != 0:
			d.Options = []sales.ID{sales.ID(c.ID)}
			return a.askDealCustomer(t, book, d, "是"+book.Customer(d.Options[0])+"吗?")
		case len(c.Candidates) > 0:
			d.Options = optionIDs(nil, parse.AskCustomer, c.Candidates)
			return a.askDealCustomer(t, book, d, "是哪家"+quoted(c.Why.Text, "客户")+"?")
		case c.NewName != "":
			return bot.Text("客户里还没有\"" + cutRunes(c.NewName, 20) + "\"。先建:新客户 " + cutRunes(c.NewName, 20) + " 电话 行业,再发一次这条。"), nil
		case w.unknown != "":
			return a.askDeal(t, d, askDealCustomer, "没认出客户:\""+cutRunes(w.unknown, 20)+"\"。回客户名;还没建的先发:新客户 名称 电话 行业。")
		default:
			return a.askDeal(t, d, askDealCustomer, "是哪家客户?回客户名就行,简称也可以。")
		}
	}
	if d.Do == dealCreate {
		return a.createDeal(ctx, t, tx, book, d, w)
	}
	return a.pickDeal(ctx, t, tx, book, d, w)
}

// createDeal makes the opportunity. With nothing but the customer's name it shows the ones there are.
func (a *App) createDeal(ctx context.Context, t bot.Turn, tx Tx, book *Book, d dealDraft, w dealWords) (bot.Reply, error) {
	c := book.Customers.Of(d.Customer)
	if c.OwnerID != 0 && !a.works(t, book, c) {
		return bot.Reply{}, sales.Errorf(sales.Forbidden, c.Name+"是"+t.Org.Name(c.OwnerID)+"的客户,商机由"+t.Org.Name(c.OwnerID)+"来建。")
	}
	open, err := tx.OpenOpportunities(ctx, d.Customer)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(w.products) == 0 && w.amount == 0 && d.Amount == 0 && !d.NoAmount && w.expected.IsZero() && len(open) > 0 {
		return a.showDeals(ctx, t, tx, book, open)
	}
	amount := d.Amount
	if amount == 0 {
		amount = w.amount
	}
	if amount == 0 && !d.NoAmount {
		return a.askDeal(t, d, askDealAmount, c.Name+"这单大概多少钱?回 50万 这样的数;还说不准就回 跳过。")
	}
	o := sales.Opportunity{
		ID: tx.NewID(), CustomerID: d.Customer, OwnerID: t.Person.ID, TeamID: t.Person.TeamID, Products: w.products,
		Line: book.Line(w.products), Amount: amount, StageSince: sales.At(t.Now), ExpectedOn: w.expected,
		State: sales.OpportunityOpen, CreatedAt: sales.At(t.Now), SourceEventID: d.EventID, Version: 1,
	}
	o = o.On(a.wayOf(o.Line, d.Text))
	held, err := a.begin(ctx, t, tx, &o, w)
	if err != nil {
		return bot.Reply{}, err
	}
	inCharge, err := a.inCharge(ctx, tx, book, d.Customer, 0, o.Line)
	if err != nil {
		return bot.Reply{}, err
	}
	if owner, ok := t.Org.Person(inCharge); ok && owner.Active {
		o.OwnerID, o.TeamID = owner.ID, owner.TeamID
	}
	tx.CreateOpportunity(o, t.Today)
	audit(tx, t, "opportunity.create", "opportunity", o.ID,
		sales.Change{Field: "金额", New: o.Amount.Short()}, sales.Change{Field: "阶段", New: o.StageName()})
	emit(tx, t, "opportunity.created", "opportunity", o.ID)
	v, err := a.dealProgress(ctx, t, tx, a.dealView(t, book, o))
	if err != nil {
		return bot.Reply{}, err
	}
	v.Created, v.Also, v.Unread = true, sameLine(open, o), a.unread(w)
	reply := bot.ShowCard(view.OpportunityCard(v))
	reply.Dialogue = remember(closeTopic(t.Dialogue), "opportunity", o.ID, t.Now)
	if held == "" {
		return reply, nil
	}
	blocked, _, err := a.holdUp(ctx, t, tx, book, o, held)
	reply.Say = append(reply.Say, blocked.Say...)
	if blocked.Dialogue != nil {
		reply.Dialogue = remember(blocked.Dialogue, "opportunity", o.ID, t.Now)
	}
	return reply, err
}

// begin has a deal begin where it is said to stand; held is that stage when gates keep it from there.
func (a *App) begin(ctx context.Context, t bot.Turn, tx Tx, o *sales.Opportunity, w dealWords) (held sales.Stage, err error) {
	s := w.stageOn(o.Way)
	if s == sales.StageWon || o.Way.Index(s) <= 0 {
		return "", nil
	}
	missing, _, err := a.lacking(ctx, t, tx, *o, s)
	if err != nil || len(missing) > 0 {
		return s, err
	}
	o.Stage, o.Peak = s, s
	return "", nil
}

// unread says what of the words about a new deal was not kept: a day that is over, words that name no product.
func (a *App) unread(w dealWords) string {
	said := ""
	if !w.past.IsZero() {
		said = "预计签约没记:" + w.past.String() + " 已经过去了。"
	}
	word := a.withoutWay(w.unknown)
	if n := utf8.RuneCountInString(word); len(w.products) == 0 && w.amount != 0 && n >= 2 && n <= 20 {
		said += "没认出" + quoted(word, "") + ",没有记。"
	}
	return said
}

// likeliest is the open opportunity something is about: the person's own first, the one of the product line first.
func likeliest(open []sales.Opportunity, person sales.PersonID, line string) (sales.Opportunity, bool) {
	best, score := sales.Opportunity{}, -1
	for _, o := range open {
		s := 0
		if o.OwnerID == person {
			s += 2
		}
		if line != "" && o.Line == line {
			s++
		}
		if s > score {
			best, score = o, s
		}
	}
	return best, score >= 0
}

// sameLine is an open opportunity of the same product line, which the new one may be a double of.
func sameLine(open []sales.Opportunity, o sales.Opportunity) *sales.Opportunity {
	for i := range open {
		if open[i].Line == o.Line && o.Line != "" || slices.Equal(open[i].Products, o.Products) {
			return &open[i]
		}
	}
	return nil
}

// showDeals shows a customer's open opportunities: the card of the only one, else a list.
func (a *App) showDeals(ctx context.Context, t bot.Turn, tx Tx, book *Book, open []sales.Opportunity) (bot.Reply, error) {
	scope := t.Org.ScopeOf(t.Person)
	open = slices.DeleteFunc(slices.Clone(open), func(o sales.Opportunity) bool { return !scope.Covers(o.OwnerID) })
	customer := ""
	if len(open) > 0 {
		customer = book.Customer(open[0].CustomerID)
		others := slices.ContainsFunc(open, func(o sales.Opportunity) bool { return o.OwnerID != t.Person.ID })
		traceList(tx, t, "opportunities", []sales.ID{open[0].CustomerID}, !others)
	}
	var reply bot.Reply
	switch len(open) {
	case 0:
		return bot.Text("这家的商机归别人,你看不了细节。新建一条加上产品和金额:商机 客户 产品 金额"), nil
	case 1:
		v, err := a.dealProgress(ctx, t, tx, a.dealView(t, book, open[0]))
		if err != nil {
			return bot.Reply{}, err
		}
		reply = bot.ShowCard(view.OpportunityCard(v))
	default:
		more := len(open) > maxDeals
		reply = bot.Text(view.OpportunityList(customer+"的商机", a.dealLines(t, book, open[:min(len(open), maxDeals)]), t.Today, t.InGroup(), more) +
			"\n再建一条加上产品和金额:商机 " + customer + " 产品 金额")
	}
	reply.Dialogue = closeTopic(t.Dialogue)
	return reply, nil
}

// dealProgress adds to an opportunity's card how long it stays beside others, and how far its checklist is.
func (a *App) dealProgress(ctx context.Context, t bot.Turn, tx Tx, v view.Opportunity) (view.Opportunity, error) {
	o := v.Opportunity
	if o.State != sales.OpportunityOpen {
		return v, nil
	}
	dwells, err := tx.Dwells(ctx, []sales.Stage{o.Stage})
	if err != nil {
		return v, err
	}
	v.Pace = sales.PaceOf(o, t.Now, dwells)
	v.List, err = a.dealList(ctx, t, tx, o)
	return v, err
}

func (a *App) dealView(t bot.Turn, book *Book, o sales.Opportunity) view.Opportunity {
	return view.Opportunity{
		Opportunity: o, Customer: book.Customer(o.CustomerID), Owner: t.Org.Name(o.OwnerID),
		Products: book.ProductNames(o.Products), Today: t.Today, Group: t.InGroup(), Steps: len(o.OpenStage().Nodes) > 0,
	}
}

// askDeal asks in words and waits for the answer.
func (a *App) askDeal(t bot.Turn, d dealDraft, asking, question string) (bot.Reply, error) {
	d.Asking = asking
	dialogue, err := a.ask(t, topicDeal, d)
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Reply{Say: bot.Text(question).Say, Dialogue: dialogue}, nil
}

// askPick asks with buttons, whose arguments are "asking,number".
func (a *App) askPick(t bot.Turn, d dealDraft, asking, question, note string, options ...string) (bot.Reply, error) {
	reply, err := a.askDeal(t, d, asking, "")
	p := view.Pick{Key: pickKey(t, "opportunity"), Question: question, Note: note}
	for i, text := range options {
		p.Options = append(p.Options, view.PickOption{Text: text, Action: action("opportunity.answer", 0, d.At.Unix(), asking, fmt.Sprint(i+1))})
	}
	reply.Say = bot.ShowCard(view.PickOne(p)).Say
	return reply, err
}

func (a *App) askDealCustomer(t bot.Turn, book *Book, d dealDraft, question string) (bot.Reply, error) {
	var options []string
	for _, id := range d.Options {
		text := book.Customer(id)
		if len(d.Options) > 1 {
			text += ownerMark(t, book.Customers.Of(id).OwnerID)
		}
		options = append(options, text)
	}
	last := "都不是"
	if len(options) == 1 {
		last = "不是"
	}
	return a.askPick(t, d, askDealCustomer, question, "", append(options, last)...)
}
