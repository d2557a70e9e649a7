package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// GateTx reads and writes what gates of stages ask for.
type GateTx interface {
	// PutDealStep ticks a step of a deal off, DropDealStep takes that back.
	PutDealStep(s sales.DealStep)
	DropDealStep(deal sales.ID, key string)
	// DealSteps lists what was ticked off for a deal, the oldest first.
	DealSteps(ctx context.Context, deal sales.ID) ([]sales.DealStep, error)
	// DealCounts counts people known at the customer, approved contracts, and visits since the deal began.
	DealCounts(ctx context.Context, o sales.Opportunity) (contacts, signed, visits int, err error)
	// DealFilings counts the visits since the deal began that filed a need, and those that filed an objection.
	DealFilings(ctx context.Context, o sales.Opportunity) (needs, objections int, err error)
}

const topicGate = "deal.gate"

// gateDraft is a move that waits for what is missing.
type gateDraft struct {
	Deal   sales.ID    `json:"deal"`
	Target sales.Stage `json:"target,omitempty"`
	// Fill is what is being filed: "node:KEY", "doc:NAME", "field:KEY" or "override".
	Fill string `json:"fill,omitempty"`
}

func (a *App) registerGate(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "节点", Aliases: []string{"交付物", "jd"}, Summary: "看和勾商机这一步的节点", Usage: "节点 客户 / 节点 客户 样件检测报告",
		Detail:  "商机每一步要完成的事和要交的文件。点一下或写上名字就是完成;要文件的,接着把文件发来。撤销节点 客户 名字 取消勾选。",
		Example: a.ownExample("节点 %s"), Rank: map[sales.Role]int{sales.RoleRep: 30}, Handle: a.Nodes,
	})
	r.Command(bot.Command[Tx]{Name: "撤销节点", Summary: "取消节点的勾选", Usage: "撤销节点 客户 名字", Handle: a.UndoNode})
	r.Command(bot.Command[Tx]{
		Name: "破例推进", Summary: "缺材料时破例放行", Usage: "破例推进 客户 原因 / 破例推进 客户 报价 原因",
		Detail: "商机缺了必要的材料时,由有权限的人写明原因放行,不写阶段就放行到挡住的那一步。原因留痕,负责人和他的主管都会知道。", Roles: overrideRoles, Handle: a.OverrideMove,
	})
	r.Action("deal.fill", a.TapGate)
	r.Action("deal.override", a.TapOverride)
	r.Action("deal.node", a.TapNode)
	r.Action("deal.nodes", a.TapNodes)
	r.Topic(topicGate, a.AnswerGate)
}

// overrideRoles may let a deal pass a gate that does not hold.
var overrideRoles = []sales.Role{sales.RoleRegionalDirector, sales.RoleDirector, sales.RoleGM}

// dealFacts reads what the gates of a deal ask for.
func (a *App) dealFacts(ctx context.Context, t bot.Turn, tx Tx, o sales.Opportunity) (sales.DealFacts, error) {
	f := sales.DealFacts{Deal: o, Day: t.Today}
	var err error
	if f.Customer, err = tx.CustomerByID(ctx, o.CustomerID); err != nil {
		return f, err
	}
	if f.Contacts, f.Signed, f.Visits, err = tx.DealCounts(ctx, o); err != nil {
		return f, err
	}
	if f.List = a.Checklists.For(f.Customer.Class); len(f.List.Items) > 0 {
		if f.Needs, f.Objections, err = tx.DealFilings(ctx, o); err != nil {
			return f, err
		}
	}
	if len(a.Custom.Of("opportunity")) > 0 {
		if f.Custom, err = tx.CustomValues(ctx, o.ID); err != nil {
			return f, err
		}
	}
	f.Done, err = tx.DealSteps(ctx, o.ID)
	return f, err
}

// condition reads a gate's expression; nil when it cannot be.
func (a *App) condition(when string) sales.Condition {
	if a.Gates == nil {
		return nil
	}
	return a.Gates(when)
}

// lacking are the gates that keep a deal from a stage. Pipelines without gates cost nothing.
func (a *App) lacking(ctx context.Context, t bot.Turn, tx Tx, o sales.Opportunity, target sales.Stage) ([]sales.Gate, sales.DealFacts, error) {
	asked := a.askedOnTheWay(o, target)
	if len(o.Way.Missing(sales.DealFacts{Deal: o, Asked: asked}, target, func(string) sales.Condition { return nil })) == 0 {
		return nil, sales.DealFacts{Deal: o}, nil
	}
	f, err := a.dealFacts(ctx, t, tx, o)
	if err != nil {
		return nil, f, err
	}
	f.Asked = asked
	return o.Way.Missing(f, target, a.condition), f, nil
}

// holdUp shows what keeps a deal from a stage and waits for it; false when nothing does. The attempt is recorded.
func (a *App) holdUp(ctx context.Context, t bot.Turn, tx Tx, book *Book, o sales.Opportunity, target sales.Stage) (bot.Reply, bool, error) {
	missing, _, err := a.lacking(ctx, t, tx, o, target)
	if err != nil || len(missing) == 0 {
		return bot.Reply{}, false, err
	}
	traceBlocked(t, tx, o, target, missing)
	reply, err := a.showBlocked(t, tx, book, o, target, missing)
	return reply, true, err
}

// traceBlocked records that a deal was to go where gates keep it from.
func traceBlocked(t bot.Turn, tx Tx, o sales.Opportunity, target sales.Stage, missing []sales.Gate) {
	var words []string
	for _, g := range missing {
		words = append(words, g.Say)
	}
	audit(tx, t, "opportunity.blocked", "opportunity", o.ID,
		sales.Change{Field: "阶段", Old: o.StageName(), New: o.Way.StageName(target)}, sales.Change{Field: "缺", New: strings.Join(words, "、")})
	emit(tx, t, "opportunity.blocked", "opportunity", o.ID)
}

func (a *App) showBlocked(t bot.Turn, tx Tx, book *Book, o sales.Opportunity, target sales.Stage, missing []sales.Gate) (bot.Reply, error) {
	d := gateDraft{Deal: o.ID, Target: target}
	v := view.DealBlocked{
		Deal: o, Customer: book.Customer(o.CustomerID), Target: target, Missing: missing, Override: t.Person.Has(overrideRoles...), Who: a.whoOverrides(t, o),
	}
	if len(missing) == 1 {
		d.Fill = a.fillOf(missing[0])
		var err error
		if v.Hint, err = a.withUpload(t, tx, o, missing[0], a.howToFill(o, missing[0], v.Customer)); err != nil {
			return bot.Reply{}, err
		}
	}
	dialogue, err := a.ask(t, topicGate, d)
	if err != nil {
		return bot.Reply{}, err
	}
	card := view.DealBlockedCard(v, t.Person.ID)
	return bot.Reply{Say: []bot.Say{{Out: cardOut(card)}}, Dialogue: dialogue}, nil
}

// whoOverrides names who above the owner may let a deal pass.
func (a *App) whoOverrides(t bot.Turn, o sales.Opportunity) string {
	for _, role := range overrideRoles {
		for _, p := range t.Org.WithRole(role) {
			if t.Org.ScopeOf(p).Covers(o.OwnerID) {
				return role.Name() + p.Name
			}
		}
	}
	return ""
}

// fillOf says what files a gate: a step, a paper, or a field.
func (a *App) fillOf(g sales.Gate) string {
	switch {
	case g.Node != "":
		return "node:" + g.Node
	case g.Document != "":
		return sales.DocumentKey(g.Document)
	case g.Checklist:
		return fillList
	case g.Field != "":
		return "field:" + CustomColumn(g.Field)
	}
	if c := a.condition(g.When); c != nil {
		for _, key := range c.Asks() {
			return "field:" + key
		}
	}
	return ""
}

// howToFill says what to answer to file a gate.
func (a *App) howToFill(o sales.Opportunity, g sales.Gate, customer string) string {
	node, _ := o.Way.Node(g.Node)
	switch fill := a.fillOf(g); {
	case g.Document != "":
		return "把" + g.Document + "的文件发来,就自动推进。"
	case node.Document:
		return "把" + g.Say + "的文件发来,就自动推进。"
	case g.Node != "":
		return g.Say + "好了就回 好了,就自动推进。"
	case g.Checklist:
		return "看差哪几项:合规清单 " + customer + "。补齐再推进。"
	default:
		key := strings.TrimPrefix(fill, "field:")
		if f, ok := a.gateField(key); ok {
			return "这单的" + f.Name + "?" + CustomReader{}.Hint(f) + "回了就自动推进。"
		}
		switch key {
		case sales.DealAmount:
			return "这单预算多少?回 50万 这样的数,就自动推进。"
		case sales.DealExpected:
			return "预计哪天签?回 下月底 或 6月30日,就自动推进。"
		case sales.DealContacts:
			return "先记下关键人:联系人 " + customer + " 姓名 职务 手机,一位一条。然后再推进。"
		case sales.DealSigned:
			return "先把合同走完:提交合同 " + customer + " 金额。通过后再推进。"
		case sales.DealVisits:
			return "先记一次拜访:拜访 " + customer + " 聊了什么。然后再推进。"
		}
		return "先补上:补资料 " + customer + "。然后再推进。"
	}
}

// TapGate asks for one of the things that are missing.
func (a *App) TapGate(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	stage, word, _ := strings.Cut(t.Action.Arg, ",")
	n, err := strconv.Atoi(word)
	if err != nil {
		return bot.Text("这个按钮已失效。"), nil
	}
	o, book, err := a.movableDeal(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	target := sales.Stage(stage)
	missing, _, err := a.lacking(ctx, t, tx, o, target)
	switch {
	case err != nil:
		return bot.Reply{}, err
	case len(missing) == 0:
		return a.passGate(ctx, t, tx, book, o, target)
	case n < 0 || n >= len(missing):
		return a.showBlocked(t, tx, book, o, target, missing)
	}
	g := missing[n]
	if g.Checklist {
		return a.showList(ctx, t, tx, book, o)
	}
	if node, ok := o.Way.Node(g.Node); ok && !node.Document {
		return a.tick(ctx, t, tx, book, o, gateDraft{Deal: o.ID, Target: target, Fill: "node:" + g.Node}, 0)
	}
	dialogue, err := a.ask(t, topicGate, gateDraft{Deal: o.ID, Target: target, Fill: a.fillOf(g)})
	if err != nil {
		return bot.Reply{}, err
	}
	how, err := a.withUpload(t, tx, o, g, a.howToFill(o, g, book.Customer(o.CustomerID)))
	return bot.Reply{Say: bot.Text(how).Say, Dialogue: dialogue}, err
}

// withUpload adds a one-time link where a file is wanted and the chat takes pictures only.
func (a *App) withUpload(t bot.Turn, tx Tx, o sales.Opportunity, g sales.Gate, how string) (string, error) {
	node, _ := o.Way.Node(g.Node)
	if !a.Platforms.Of(t.Event.Platform).PicturesOnly || t.InGroup() || g.Document == "" && !node.Document {
		return how, nil
	}
	link, err := a.linkFor(t, tx, topicGate)
	if err != nil || link == "" {
		return how, err
	}
	return how + "照片直接发,别的文件从这里传:\n" + link, nil
}

// passGate moves a deal whose gates hold by now.
func (a *App) passGate(ctx context.Context, t bot.Turn, tx Tx, book *Book, o sales.Opportunity, target sales.Stage) (bot.Reply, error) {
	if o.State != sales.OpportunityOpen || o.Way.Index(target) <= o.Way.Index(o.Stage) {
		return a.alreadyThere(ctx, t, tx, book, o)
	}
	untapped := t
	untapped.Card, untapped.Event.Kind = nil, bot.Said // the move is told by a card of its own
	reply, err := a.moveDeal(ctx, untapped, tx, book, o, target, "")
	reply.Faces = append(reply.Faces, view.DealUnblocked(o, t.Person.ID, book.Customer(o.CustomerID), "已推进到 "+o.Way.StageName(target)))
	return reply, err
}

// tick ticks a step or paper off and goes on with the move that waits for it.
func (a *App) tick(ctx context.Context, t bot.Turn, tx Tx, book *Book, o sales.Opportunity, d gateDraft, file sales.ID) (bot.Reply, error) {
	key := strings.TrimPrefix(d.Fill, "node:")
	step := sales.DealStep{ID: tx.NewID(), OpportunityID: o.ID, Key: key, FileID: file, PersonID: t.Person.ID, DoneAt: sales.At(t.Now)}
	tx.PutDealStep(step)
	name := strings.TrimPrefix(key, "doc:")
	if n, ok := o.Way.Node(key); ok {
		name = n.Name
	}
	audit(tx, t, "opportunity.step", "opportunity", o.ID, sales.Change{Field: name, New: "完成"})
	emit(tx, t, "opportunity.step_done", "opportunity", o.ID)
	f, err := a.dealFacts(ctx, t, tx, o)
	if err != nil {
		return bot.Reply{}, err
	}
	f.Done, f.Asked = append(f.Done, step), a.askedOnTheWay(o, d.Target)
	if d.Target == "" && strings.HasPrefix(key, "doc:") {
		reply := bot.ShowCard(a.listCard(t, book, f))
		reply.Dialogue = closeTopic(t.Dialogue)
		return reply, nil
	}
	if d.Target == "" {
		reply := bot.ShowCard(a.nodesCard(t, book, f))
		reply.Dialogue = closeTopic(t.Dialogue)
		return reply, nil
	}
	if missing := o.Way.Missing(f, d.Target, a.condition); len(missing) > 0 {
		return a.showBlocked(t, tx, book, o, d.Target, missing)
	}
	return a.passGate(withPassed(ctx, o.ID, step), t, tx, book, o, d.Target)
}

type passedKey struct{}

// passedGate is a deal whose gates hold, with the steps that this turn ticked off: the store does not know them yet.
type passedGate struct {
	deal sales.ID
	done []sales.DealStep
}

func withPassed(ctx context.Context, deal sales.ID, done ...sales.DealStep) context.Context {
	return context.WithValue(ctx, passedKey{}, passedGate{deal, done})
}

func passed(ctx context.Context, deal sales.ID) bool {
	g, ok := ctx.Value(passedKey{}).(passedGate)
	return ok && g.deal == deal
}

// dealList is how far the checklist of a deal is, with what this turn ticked off.
func (a *App) dealList(ctx context.Context, t bot.Turn, tx Tx, o sales.Opportunity) (sales.ListProgress, error) {
	if len(a.Checklists) == 0 || o.State != sales.OpportunityOpen {
		return sales.ListProgress{}, nil
	}
	f, err := a.dealFacts(ctx, t, tx, o)
	if g, ok := ctx.Value(passedKey{}).(passedGate); ok && g.deal == o.ID {
		f.Done = append(f.Done, g.done...)
	}
	return f.List.Progress(f), err
}

// AnswerGate takes what is typed while a move waits: an amount, a day, 好了, or a reason.
func (a *App) AnswerGate(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[gateDraft](t)
	if err != nil {
		return bot.Reply{}, err
	}
	if w := bare(t.Text); w == "取消" || w == "算了" || w == "先不推进" {
		return bot.Reply{Say: bot.Text("好,先不推进。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	if news, err := a.isNews(ctx, t, tx); d.Fill != "override" && (err != nil || news) {
		return bot.Reply{}, firstErr(err, bot.ErrNotMine)
	}
	o, err := tx.OpportunityByID(ctx, d.Deal)
	if err != nil {
		return bot.Reply{}, err
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	switch kind, key, _ := strings.Cut(d.Fill, ":"); kind {
	case "override":
		return a.override(ctx, t, tx, book, o, d.Target, t.Text)
	case "field":
		return a.fillField(ctx, t, tx, book, o, d, key)
	case "node":
		n, _ := o.Way.Node(key)
		switch {
		case !slices.Contains([]string{"好了", "完成", "完成了", "已完成", "有了", "做完了"}, bare(t.Text)) && !isYes(t.Text):
			return bot.Reply{}, bot.ErrNotMine
		case n.Document:
			return bot.Text(n.Name + "要有文件,直接发来就行。"), nil
		}
		return a.tick(ctx, t, tx, book, o, d, 0)
	}
	return bot.Reply{}, bot.ErrNotMine
}

// fillField takes the amount or day a gate asks for and goes on with the move.
func (a *App) fillField(ctx context.Context, t bot.Turn, tx Tx, book *Book, o sales.Opportunity, d gateDraft, key string) (bot.Reply, error) {
	if f, ok := a.gateField(key); ok {
		return a.fillCustomGate(ctx, t, tx, book, o, d, f)
	}
	w := readDeal(t, book, t.Text, t.Said())
	before := o
	var change sales.Change
	switch key {
	case sales.DealAmount:
		if w.amount <= 0 {
			return bot.Text("金额没看懂:" + quoted(t.Text, "") + "。回 50万 这样的数就行。"), nil
		}
		o.Amount = w.amount
		change = sales.Change{Field: "金额", Old: before.Amount.Short(), New: o.Amount.Short()}
	case sales.DealExpected:
		day := w.expected
		if when, ok := parse.Date(t.Text, t.Said().In(sales.Shanghai), parse.TenseFuture, book.Parser.Calendar); day.IsZero() && ok {
			day = sales.DayOf(when.Start)
		}
		if day.IsZero() || day.Before(t.Today) {
			return bot.Text("日子没看懂:" + quoted(t.Text, "") + "。回 下月底 或 6月30日 就行。"), nil
		}
		o.ExpectedOn = day
		change = sales.Change{Field: "预计签约", Old: before.ExpectedOn.String(), New: day.String()}
	default:
		return bot.Reply{}, bot.ErrNotMine
	}
	audit(tx, t, "opportunity.correct", "opportunity", o.ID, change)
	emit(tx, t, "opportunity.corrected", "opportunity", o.ID)
	f, err := a.dealFacts(ctx, t, tx, o)
	if err != nil {
		return bot.Reply{}, err
	}
	f.Asked = a.askedOnTheWay(o, d.Target)
	if missing := o.Way.Missing(f, d.Target, a.condition); len(missing) > 0 {
		tx.UpdateOpportunity(o)
		o.Version++
		return a.showBlocked(t, tx, book, o, d.Target, missing)
	}
	return a.passGate(withPassed(ctx, o.ID), t, tx, book, o, d.Target)
}

// gateFile takes a file that is sent while a move or step waits for one; false when none does.
func (a *App) gateFile(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, bool, error) {
	if t.Dialogue.Topic != topicGate || !t.Now.Before(t.Dialogue.ExpiresAt.Time) {
		return bot.Reply{}, false, nil
	}
	d, err := draft[gateDraft](t)
	if err != nil {
		return bot.Reply{}, false, err
	}
	o, err := tx.OpportunityByID(ctx, d.Deal)
	if err != nil {
		return bot.Reply{}, false, ignoreMissing(err)
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, false, err
	}
	if len(t.Event.Files) == 0 || t.Event.Files[0].Kind == "voice" {
		return bot.Reply{}, false, nil
	}
	if d.Fill == "" || strings.HasPrefix(d.Fill, "field:") || d.Fill == "override" {
		// Several papers may be missing: the name of the file says which.
		missing, _, err := a.lacking(ctx, t, tx, o, d.Target)
		if err != nil {
			return bot.Reply{}, false, err
		}
		d.Fill = ""
		for _, g := range missing {
			if fill := a.fillOf(g); !strings.HasPrefix(fill, "field:") && strings.Contains(fileName(t.Event.Files[0]), g.Say) {
				d.Fill = fill
			}
		}
		if d.Fill == "" {
			return bot.Reply{}, false, nil
		}
	}
	files := a.takeFiles(t, tx)
	reply, err := a.tick(ctx, t, tx, book, o, d, files[0].ID)
	return reply, true, err
}
