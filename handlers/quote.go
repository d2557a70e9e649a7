package handlers

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

const (
	topicQuote   = "quote.file"
	exampleQuote = "报价 绍兴市立医院 生化分析仪 2台 单价18万"
)

// What a draft of a quote waits for.
const (
	askingProduct = "product"
	askingPrice   = "price"
	askingBare    = "bare"
	askingReason  = "reason"
)

// quoteDraft is a quote that waits for an answer.
type quoteDraft struct {
	At       time.Time              `json:"at"`
	EventID  string                 `json:"event_id"`
	Kind     string                 `json:"kind"`
	Group    *bot.Chat              `json:"group,omitempty"`
	Text     string                 `json:"text"`
	Customer sales.ID               `json:"customer,omitempty"`
	Options  []sales.ID             `json:"options,omitempty"`
	Prices   map[string]sales.Money `json:"prices,omitempty"` // by product
	Bare     string                 `json:"bare,omitempty"`   // what an amount without a word is: unit or total
	Reason   string                 `json:"reason,omitempty"`
	Product  sales.ID               `json:"product,omitempty"` // the one that is asked about
	Asking   string                 `json:"asking"`
}

func (a *App) registerQuote(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "报价", Aliases: []string{"bjd", "报价单"}, Summary: "出一份报价,超额自动送审", Usage: "报价 客户 产品 数量 单价",
		Detail:  "一句话:客户、产品、几台、单价或几折。多个产品接着写。超过金额或低于底价的自动送审批,其余直接生效。发 报价 看最近的,报价 加编号看一份。",
		Example: a.quoteExample, Handle: a.Quote,
	})
	r.Command(bot.Command[Tx]{
		Name: "特价申请", Aliases: []string{"tjsq", "特价", "申请特价"}, Summary: "低于底价时申请特价", Usage: "特价申请 客户 产品 8折 理由 竞品降价",
		Detail: "写客户、产品、要的价或折扣,再写理由。主管和总监批过,才能按这个价签合同。",
		Handle: func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
			return a.startQuote(ctx, t, tx, sales.QuoteSpecial)
		},
	})
	r.Command(bot.Command[Tx]{
		Name: "转合同", Aliases: []string{"zht", "报价转合同"}, Summary: "批过的报价转成合同", Usage: "转合同 BJ2026-001 30%预付 账期30天 交期45天",
		Detail: "客户、产品和金额照报价带过去,只用补付款和交期。", Example: a.takeOverExample, Handle: a.QuoteToContract,
	})
	r.Action("quote.customer", a.PickQuoteCustomer)
	r.Action("quote.contract", a.TapQuoteToContract)
	r.Topic(topicQuote, a.AnswerQuote)
}

// quoteExample is a quote of what the customer of one's newest deal is to buy, else of the first product with a price.
func (a *App) quoteExample(ctx context.Context, t bot.Turn, tx Tx) (string, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return "", err
	}
	deals, err := tx.OpportunitiesOf(ctx, sales.Only(t.Person.ID), 5)
	if err != nil {
		return "", err
	}
	for _, o := range deals {
		for _, id := range o.Products {
			if p := book.Products[id]; p.ListPrice > 0 {
				return quoteOf(book.Customer(o.CustomerID), p), nil
			}
		}
	}
	c, _ := book.ownCustomer(t.Person.ID)
	for _, id := range slices.Sorted(maps.Keys(book.Products)) {
		if p := book.Products[id]; c != "" && p.ListPrice > 0 {
			return quoteOf(c, p), nil
		}
	}
	return exampleQuote, nil
}

func quoteOf(customer string, p sales.Product) string {
	return "报价 " + customer + " " + p.Name + " 2" + orElse(p.Unit, "台") + " 单价" + p.ListPrice.Short()
}

// Quote shows quotes or files one (报价).
func (a *App) Quote(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	args := strings.TrimSpace(t.Args)
	if k, no, rest := a.cutPaperNo(args, t.Today); no != "" && k != approval.Contract && rest == "" {
		return a.showQuote(ctx, t, tx, k, no)
	} else if a.paperNo(no) && k != approval.Contract && reTermChange.MatchString(rest) {
		return a.changePaper(ctx, t, tx, k, no, rest)
	}
	if word := noSum(args); word != "" {
		return bot.Text("数量和金额要大于 0,这里写了 " + word + ",没有提交。例:报价 绍兴市立 生化分析仪 2台 单价18万"), nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	customer := sales.ID(0)
	if args != "" {
		w := a.readQuote(t, book, args)
		if len(w.items) == 0 {
			if customer = sales.ID(w.customer.ID); customer == 0 || bare(strings.Replace(args, w.customer.Why.Text, "", 1)) != "" {
				return bot.Reply{}, bot.ErrNotMine // 报价 已经发给王主任
			}
		} else {
			return a.startQuote(ctx, t, tx, sales.QuotePlain)
		}
	}
	qs, err := tx.QuotesOf(ctx, a.paperScope(t), customer, 8)
	if err != nil {
		return bot.Reply{}, err
	}
	var customers []sales.ID
	own := true
	for _, q := range qs {
		customers = append(customers, q.CustomerID)
		own = own && q.OwnerID == t.Person.ID
	}
	traceList(tx, t, "quotes", customers, own)
	example := ""
	if len(qs) == 0 {
		if example, err = a.quoteExample(ctx, t, tx); err != nil {
			return bot.Reply{}, err
		}
	}
	return bot.Text(view.QuoteList(qs, book.Customer, t.InGroup(), t.Now, example)), nil
}

// paperScope is whose papers a person may read.
func (a *App) paperScope(t bot.Turn) sales.Scope {
	scope := t.Org.ScopeOf(t.Person)
	scope.All = scope.All || sales.SeesContracts(t.Person)
	return scope
}

func (a *App) showQuote(ctx context.Context, t bot.Turn, tx Tx, k approval.Kind, no string) (bot.Reply, error) {
	p, r, err := readablePaper(ctx, t, tx, k, no)
	if err != nil {
		return bot.Reply{}, err
	}
	audit(tx, t, p.object()+".read", p.object(), p.id())
	v, err := p.view(ctx, a, t, tx, r)
	if err != nil {
		return bot.Reply{}, err
	}
	c := view.PaperForWatcher(v)
	switch {
	case t.InGroup():
		c = view.PaperForGroup(v)
	case decides(r, t.Person.ID):
		c = view.PaperForStep(v, r.Step)
	case p.owner() == t.Person.ID:
		c = view.PaperForRequester(v)
	}
	return bot.ShowCard(c), nil
}

// startQuote begins a quote with what was said.
func (a *App) startQuote(ctx context.Context, t bot.Turn, tx Tx, kind string) (bot.Reply, error) {
	d := quoteDraft{At: t.Now, EventID: t.Event.ID, Kind: kind, Text: t.Args}
	if t.InGroup() {
		d.Group = &t.Event.Chat
	}
	if strings.TrimSpace(t.Args) == "" {
		return a.askQuote(t, d, askingProduct, "哪家客户,什么产品,几台,什么价?例:"+exampleQuote)
	}
	return a.continueQuote(ctx, t, tx, d)
}

func (a *App) askQuote(t bot.Turn, d quoteDraft, asking, question string) (bot.Reply, error) {
	d.Asking = asking
	dialogue, err := a.ask(t, topicQuote, d)
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Reply{Say: bot.Text(question).Say, Dialogue: dialogue}, nil
}

// continueQuote asks for the one thing that is missing, or files the quote.
func (a *App) continueQuote(ctx context.Context, t bot.Turn, tx Tx, d quoteDraft) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	w := a.readQuote(t, book, d.Text)
	if d.Reason == "" {
		d.Reason = w.reason
	}
	switch {
	case d.Customer != 0:
	case w.customer.ID != 0 && !w.customer.Fuzzy:
		d.Customer = sales.ID(w.customer.ID)
	case len(d.Options) == 0 && (w.customer.ID != 0 || len(w.customer.Candidates) > 0):
		d.Options = optionIDs(nil, parse.AskCustomer, append([]parse.ID{}, w.customer.Candidates...))
		if w.customer.ID != 0 {
			d.Options = []sales.ID{sales.ID(w.customer.ID)}
		}
	}
	switch {
	case d.Customer == 0 && len(d.Options) > 0:
		return a.askQuoteCustomer(t, book, d)
	case d.Customer == 0:
		return a.askQuote(t, d, askingCustomer, "报价给哪家客户?回客户名。还没建的先发:新客户 名称 电话 行业。")
	case len(w.items) > 0 && w.items[0].product == 0:
		return a.askQuote(t, d, askingProduct, "没认出报哪个产品。发 产品 看有哪些,再回产品、几台、什么价,例:生化分析仪 2台 单价18万。")
	case len(w.items) == 0:
		return a.askQuote(t, d, askingProduct, "报什么产品,几台,什么价?例:生化分析仪 2台 单价18万。")
	case len(w.items) > sales.MaxQuoteLines:
		return bot.Reply{}, sales.Errorf(sales.Invalid, "一份报价最多 "+strconv.Itoa(sales.MaxQuoteLines)+" 个产品,分成几份报。")
	}
	q := sales.Quote{Kind: d.Kind, CustomerID: d.Customer, Reason: d.Reason}
	for _, x := range w.items {
		if m := d.Prices[x.product.String()]; m > 0 {
			x.price, x.total, x.bare = m, 0, 0
		}
		l, ask := x.line(book.Products[x.product], w.percent, d.Bare)
		if ask != "" {
			d.Product = x.product
			if x.bare > 0 {
				return a.askQuote(t, d, askingBare, ask)
			}
			return a.askQuote(t, d, askingPrice, ask)
		}
		q.Lines = append(q.Lines, l)
	}
	if d.Kind == sales.QuoteSpecial && d.Reason == "" {
		return a.askQuote(t, d, askingReason, "为什么要特价?回一句,例:竞品报了15万。审批的人会看到。")
	}
	if err := q.Total(); err != nil {
		return bot.Reply{}, err
	}
	if q.ValidUntil, err = w.validUntil(t.Today); err != nil {
		return bot.Reply{}, err
	}
	return a.fileQuote(ctx, t, tx, book, d, q)
}

// validUntil is the last day of a quote: the one said, else a month from today.
func (w quoteWords) validUntil(today sales.Day) (sales.Day, error) {
	until := w.until
	if until.IsZero() {
		days := w.valid
		if days == 0 {
			days = 30
		}
		until = today.AddDays(min(days, 366))
	}
	if until.Before(today) {
		return until, sales.Errorf(sales.Invalid, "有效期 "+until.Chinese()+" 已经过了,写一个以后的日子。")
	}
	return until, nil
}

func (a *App) askQuoteCustomer(t bot.Turn, book *Book, d quoteDraft) (bot.Reply, error) {
	reply, err := a.askQuote(t, d, askingCustomer, "")
	p := view.Pick{Key: pickKey(t, "quote"), Question: "报价给哪家客户?", Options: customersToPick(t, book, d.Options, "quote.customer", d.At)}
	p.Options = append(p.Options, view.PickOption{Text: "都不是", Action: action("quote.customer", 0, d.At.Unix(), "none")})
	reply.Say = bot.ShowCard(view.PickOne(p)).Say
	return reply, err
}

// PickQuoteCustomer takes a tapped answer to "which customer".
func (a *App) PickQuoteCustomer(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[quoteDraft](t)
	if t.Dialogue.Topic != topicQuote || err != nil || d.At.Unix() != t.Action.Version || d.Asking != askingCustomer || !t.Now.Before(t.Dialogue.ExpiresAt.Time) {
		return closePick(t, bot.Text("这次报价已经不在了,没有改动。要报价,重新发:"+exampleQuote)), nil
	}
	if i, err := strconv.Atoi(t.Action.Arg); err == nil && i >= 0 && i < len(d.Options) {
		d.Customer = d.Options[i]
	} else {
		reply, err := a.askQuote(t, d, askingCustomer, "那是哪家?回客户全名。还没建的先发:新客户 名称 电话 行业。")
		return closePick(t, reply), err
	}
	reply, err := a.continueQuote(ctx, t, tx, d)
	return closePick(t, reply), err
}

// AnswerQuote takes the typed answer to what the draft waits for.
func (a *App) AnswerQuote(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[quoteDraft](t)
	if err != nil {
		return bot.Reply{}, err
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	said := bare(t.Text)
	if said == "取消" || isNo(said) || said == "不报了" {
		return bot.Reply{Say: bot.Text("好,没有报价。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	switch d.Asking {
	case askingReason:
		d.Reason = cutRunes(said, 200)
	case askingBare:
		switch said {
		case "单价", "每台", "1":
			d.Bare = "unit"
		case "总价", "合计", "2":
			d.Bare = "total"
		default:
			return bot.Reply{}, bot.ErrNotMine
		}
	case askingPrice:
		x := readItem(" "+t.Text, book.Products[d.Product].Unit)
		m := max(x.price, x.bare, quoteMoney(sumsInFigures(said)))
		if m == 0 {
			return a.askQuote(t, d, askingPrice, "单价没看懂:\""+cutRunes(said, 20)+"\"。回 18万 这样的数就行。")
		}
		if d.Prices == nil {
			d.Prices = map[string]sales.Money{}
		}
		d.Prices[d.Product.String()] = m
	case askingCustomer:
		if id, ok := optionOf(book, t.Text, d.Options, book.Customer); ok {
			d.Customer = id
			break
		}
		w := a.readQuote(t, book, t.Text)
		if w.customer.ID == 0 && len(w.customer.Candidates) == 0 {
			return bot.Reply{}, bot.ErrNotMine
		}
		d.Options, d.Customer = nil, 0
		if !w.customer.Fuzzy {
			d.Customer = sales.ID(w.customer.ID)
		} else {
			d.Options = []sales.ID{sales.ID(w.customer.ID)}
		}
	default:
		w := a.readQuote(t, book, t.Text)
		if len(w.items) == 0 || w.items[0].product == 0 {
			return bot.Reply{}, bot.ErrNotMine
		}
		d.Text = cutRunes(strings.TrimSpace(d.Text+" "+t.Text), 1000)
	}
	return a.continueQuote(ctx, t, tx, d)
}

// fileQuote numbers a quote and opens its approval; one that needs none is in force at once.
func (a *App) fileQuote(ctx context.Context, t bot.Turn, tx Tx, book *Book, d quoteDraft, q sales.Quote) (bot.Reply, error) {
	kind := approval.Kind(q.Kind)
	var err error
	if q.No, err = a.nextNo(ctx, t, tx, kind); err != nil {
		return bot.Reply{}, err
	}
	q.ID, q.RequestID = tx.NewID(), tx.NewID()
	if q.OpportunityID, err = a.openOpportunity(ctx, t, tx, q.CustomerID, book.Line(q.Products())); err != nil {
		return bot.Reply{}, err
	}
	q.OwnerID, q.TeamID, q.CreatedAt, q.SourceEventID, q.Version = t.Person.ID, t.Person.TeamID, sales.At(t.Now), d.EventID, 1
	for _, ref := range t.Dialogue.Last { // papers sent just before belong to it
		if ref.Kind == "file" && t.Now.Sub(ref.At.Time) < a.Settings.DraftFor && len(q.Files) < maxContractFiles {
			q.Files = append(q.Files, ref.ID)
		}
	}
	o, err := a.open(ctx, t, tx, approval.Draft{
		ID: q.RequestID, Kind: kind, Record: q.ID, No: q.No, Title: contractTitle(book.Customer(q.CustomerID), q.Amount), Amount: q.Amount, Comment: q.Reason,
	}, a.quoteFacts(t, book, q))
	if reply, ok := a.nobody(t, err); ok {
		return reply, nil
	}
	if err != nil {
		return bot.Reply{}, err
	}
	q.State = paperState(o.r.State)
	tx.CreateQuote(q)
	reply, err := a.filed(ctx, t, tx, o, filedPaper{
		p: quotePaper{Quote: q}, customer: q.CustomerID, group: d.Group, changes: []sales.Change{{Field: "金额", New: q.Amount.String()}},
	})
	if err != nil {
		return bot.Reply{}, err
	}
	dialogue := remember(closeTopic(t.Dialogue), "quote", q.ID, t.Now)
	for _, id := range q.Files {
		dialogue.Last = forget(dialogue.Last, "file", id)
	}
	reply.Dialogue = dialogue
	return reply, nil
}

// quoteView puts a quote together with the names its cards show.
func (a *App) quoteView(t bot.Turn, book *Book, q sales.Quote, r approval.Request, files []sales.File) view.Quote {
	v := view.Quote{
		Quote: q, Request: r, Customer: book.Customer(q.CustomerID), Class: book.Customers.Of(q.CustomerID).Class,
		Wait: approval.Overdue(r, a.Calendar, t.Now), Now: t.Now, Today: t.Today,
	}
	if t.Card != nil {
		v.Face = t.Card.Version
	}
	for _, f := range files {
		v.Files = append(v.Files, f.Shown())
	}
	return v
}

// reNoQuote is a quantity or an amount that nothing can be sold for: 0元, -1台.
var reNoQuote = regexp.MustCompile(`(?:^|[\s,，价计共为是到成:：])(?:[-－]\s*\d[\d.]*|0+(?:\.0+)?)\s*(?:元|块|万|台|个|套|件|箱|桶|盒|瓶|支|只|包)|(?:价|计|共)\s*[为是:：]?\s*[-－]\s*\d[\d.]*`)
