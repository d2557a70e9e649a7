package handlers

import (
	"context"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// InsightTx reads what the company's own history says about deals, and keeps what people put aside.
type InsightTx interface {
	sales.TopReader
	// SkipDeal puts a deal aside (不是这单) for a person up to a day.
	SkipDeal(person sales.PersonID, deal sales.ID, until sales.Day)
}

var topRoles = append([]sales.Role{sales.RoleRep}, morningRoles...)

func (a *App) registerTop(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "TOP3", Aliases: []string{"今日三单", "重点单"}, Summary: "看今天最该推的三单", Usage: "TOP3 / TOP3 周敏 / TOP3 华东一组",
		Detail: "按胜率乘以紧迫程度排:胜率来自公司自己的历史(阶段、产品线、区域),紧迫看预计签约日、停留、承诺和多久没联系。" +
			"每单写明原因和今天该做的事。销售每个工作日早上随计划一起收到;主管加姓名或团队名看别人的。",
		Example: func(context.Context, bot.Turn, Tx) (string, error) { return "TOP3", nil },
		Roles:   topRoles, Rank: map[sales.Role]int{sales.RoleRep: 9, sales.RoleLead: 6, sales.RoleRegionalDirector: 6}, Handle: a.Top,
	})
	r.Command(bot.Command[Tx]{
		Name: "不是这单", Summary: "一周内不把这单排进TOP3", Usage: "不是这单 客户", Roles: []sales.Role{sales.RoleRep}, Handle: a.SkipTop,
	})
	r.Action("top.show", a.TapTop)
	r.Action("top.advance", a.TapTop)
	r.Action("top.visit", a.TapTop)
	r.Action("top.skip", a.TapTop)
}

// Top shows the deals that deserve the day most (TOP3): one's own, or for a lead those of a person or team.
func (a *App) Top(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text("TOP3 里有金额和客户,单聊我发 TOP3。"), nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	token := defaultScope(t)
	if t.Person.Has(sales.RoleRep) {
		token = "me"
	}
	if strings.TrimSpace(t.Args) != "" {
		q, named, err := a.readFunnel(t, book, t.Args)
		if err != nil || !named {
			return bot.Text("没认出要看谁的" + quoted(t.Args, "") + "。TOP3 看自己的,TOP3 姓名 或 TOP3 团队名 看别人的。"), nil
		}
		token = q.scope()
	}
	v, err := a.readTop(ctx, t, tx, book, token)
	if err != nil {
		return bot.Reply{}, err
	}
	reply := bot.ShowCard(view.TopCard(v))
	reply.Dialogue = closeTopic(t.Dialogue)
	return reply, nil
}

// readTop ranks the deals of a scope, when the person may see it.
func (a *App) readTop(ctx context.Context, t bot.Turn, tx Tx, book *Book, token string) (view.Top, error) {
	v := view.Top{Key: view.TopKey(t.Person.ID, token), Token: token, Products: book.ProductNames, Reader: t.Person.ID, Today: t.Today}
	people := []sales.Person{t.Person}
	if token != "me" && token != view.TopMorning {
		who, ok := resolveScope(t, token)
		switch {
		case !ok:
			return v, sales.Errorf(sales.Invalid, "没有这个范围。TOP3 看自己的,TOP3 姓名 或 TOP3 团队名 看别人的。")
		case !covers(t.Org.ScopeOf(t.Person), who.scope):
			return v, sales.Errorf(sales.Forbidden, "看"+who.name+"的 TOP3 要主管或总监权限。你可以发 TOP3 看自己的。")
		}
		people = slices.DeleteFunc(t.Org.People(), func(p sales.Person) bool { return !p.Has(sales.RoleRep) || !who.scope.Covers(p.ID) })
		v.Whose = who.name
		if len(people) != 1 {
			v.Owner = t.Org.Name
		}
	}
	var err error
	if v.Deals, err = sales.ReadTop(ctx, tx, t.Org, people, t.Person.ID, t.Now); err != nil {
		return v, err
	}
	var customers []sales.ID
	own := true
	for _, d := range v.Deals {
		customers, own = append(customers, d.Deal.CustomerID), own && d.Deal.OwnerID == t.Person.ID
	}
	traceList(tx, t, "opportunities", customers, own)
	return v, nil
}

// TapTop does what a button under one of the deals says, and shows the card as it is then.
func (a *App) TapTop(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	o, book, err := a.movableDeal(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	token, arg, _ := strings.Cut(t.Action.Arg, ",")
	v, err := a.readTop(ctx, t, tx, book, token)
	if err != nil {
		return bot.Reply{}, err
	}
	var reply bot.Reply
	switch t.Action.Verb {
	case "top.show":
		v.Focus = slices.IndexFunc(v.Deals, func(d sales.TopDeal) bool { return d.Deal.ID == o.ID })
	case "top.advance":
		reply, err = a.advanceTop(ctx, t, tx, book, o, sales.Stage(arg), &v)
	case "top.visit":
		reply, err = a.visitTop(ctx, t, tx, book, o, &v)
	case "top.skip":
		a.skipTop(t, tx, book, o, &v)
	}
	if err != nil {
		return bot.Reply{}, err
	}
	return a.redrawTop(ctx, t, tx, v, reply)
}

// advanceTop moves the deal of a button on, as 推进 does. What it says comes as a card of its own, with its way back.
func (a *App) advanceTop(ctx context.Context, t bot.Turn, tx Tx, book *Book, o sales.Opportunity, target sales.Stage, v *view.Top) (bot.Reply, error) {
	if !o.Way.Has(target) || target == sales.StageLost {
		return bot.Text("这个按钮已失效。发 TOP3 重新看。"), nil
	}
	if o.State == sales.OpportunityOpen && o.Way.Index(target) < o.Way.Index(o.Stage) {
		target = o.Stage
	}
	untapped := t
	untapped.Card, untapped.Event.Kind = nil, bot.Said
	reply, err := a.moveDeal(ctx, untapped, tx, book, o, target, "")
	if missing, _, lerr := a.lacking(ctx, t, tx, o, target); err == nil && lerr == nil && len(missing) == 0 && o.State == sales.OpportunityOpen && o.Stage != target {
		v.Done = "✓ " + book.Customer(o.CustomerID) + "已推进到 " + o.Way.StageName(target)
		v.Deals = slices.DeleteFunc(v.Deals, func(d sales.TopDeal) bool { return d.Deal.ID == o.ID })
	}
	return reply, err
}

// visitTop plans a visit for today.
func (a *App) visitTop(ctx context.Context, t bot.Turn, tx Tx, book *Book, o sales.Opportunity, v *view.Top) (bot.Reply, error) {
	name := book.Customer(o.CustomerID)
	d := planDraft{Text: "今天 " + name, At: t.Now, EventID: t.Event.ID, Picks: map[string]sales.ID{"0": o.CustomerID}}
	if len(planWords(book.Parser, d.Text, d.At, t.Person.ID)) == 0 {
		return bot.Text("没能排进计划。发:计划 今天 " + name), nil
	}
	untapped := t
	untapped.Card, untapped.Event.Kind = nil, bot.Said
	reply, err := a.makePlan(ctx, untapped, tx, book, d, *closeTopic(t.Dialogue))
	v.Done = "✓ 今天去" + name
	return reply, err
}

func (a *App) skipTop(t bot.Turn, tx Tx, book *Book, o sales.Opportunity, v *view.Top) {
	until := t.Today.AddDays(sales.SkipDays)
	tx.SkipDeal(t.Person.ID, o.ID, until)
	audit(tx, t, "opportunity.skip", "opportunity", o.ID, sales.Change{Field: "TOP3", New: "不排到 " + until.String()})
	emit(tx, t, "opportunity.skipped", "opportunity", o.ID)
	v.Done = book.Customer(o.CustomerID) + "这单一周内不再排进来。"
	v.Deals = slices.DeleteFunc(v.Deals, func(d sales.TopDeal) bool { return d.Deal.ID == o.ID })
}

// redrawTop changes the tapped card: the morning's with its plan, any other to the deals alone.
func (a *App) redrawTop(ctx context.Context, t bot.Turn, tx Tx, v view.Top, reply bot.Reply) (bot.Reply, error) {
	if v.Token != view.TopMorning || t.Card == nil {
		card := view.TopCard(v)
		if t.Card != nil {
			card.Key = t.Card.Face.Key
		}
		reply.Faces = append(reply.Faces, card)
		return reply, nil
	}
	f, err := sales.ReadToday(ctx, tx, a.Calendar, t.Person.ID, t.Today)
	if err != nil {
		return bot.Reply{}, err
	}
	today := view.TodayOf(f)
	today.Top = v
	card := view.MorningPlan(today)
	card.Key = t.Card.Face.Key
	reply.Faces = slices.DeleteFunc(reply.Faces, func(f view.Face) bool { return f.Key == card.Key })
	reply.Say = slices.DeleteFunc(reply.Say, func(s bot.Say) bool { return s.Out.Card != nil && s.Out.Card.Key == card.Key })
	reply.Faces = append(reply.Faces, card)
	return reply, nil
}

// SkipTop keeps a customer's deal out of the person's TOP3 for a week.
func (a *App) SkipTop(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	o, book, _, reply, err := a.dealArg(ctx, t, tx, nil)
	if err != nil || o.ID == 0 {
		return reply, err
	}
	v, err := a.readTop(ctx, t, tx, book, "me")
	if err != nil {
		return bot.Reply{}, err
	}
	a.skipTop(t, tx, book, o, &v)
	return bot.ShowCard(view.TopCard(v)), nil
}
