package handlers

import (
	"context"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// Nodes shows the steps of a customer's deal, or ticks the one that is named off.
func (a *App) Nodes(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	o, book, rest, reply, err := a.dealArg(ctx, t, tx, hasNode)
	if err != nil || o.ID == 0 {
		return reply, err
	}
	f, err := a.dealFacts(ctx, t, tx, o)
	if err != nil {
		return bot.Reply{}, err
	}
	if rest == "" {
		return bot.ShowCard(a.nodesCard(t, book, f)), nil
	}
	n, ok := o.Way.NodeNamed(rest, o.Stage)
	if !ok {
		return bot.Text("这单没有节点" + quoted(rest, "") + "。发 节点 " + book.Customer(o.CustomerID) + " 看有哪些。"), nil
	}
	return a.doNode(ctx, t, tx, book, o, n)
}

// dealArg is the open deal of the customer a command begins with, and the words behind it. Its id is 0 when the reply says
// why there is none. Of several one is meant that fits the words, else the one that moved last; a nil fits takes any.
func (a *App) dealArg(ctx context.Context, t bot.Turn, tx Tx, fits func(o sales.Opportunity, rest string) bool) (sales.Opportunity, *Book, string, bot.Reply, error) {
	book, c, rest, reply, err := a.customerToWorkOn(ctx, t, tx)
	if err != nil || c.ID == 0 {
		return sales.Opportunity{}, book, "", reply, err
	}
	open, err := tx.OpenOpportunities(ctx, c.ID)
	if err != nil {
		return sales.Opportunity{}, book, "", bot.Reply{}, err
	}
	var best sales.Opportunity
	fit := false
	for _, o := range open {
		is := fits != nil && fits(o, strings.TrimSpace(rest))
		if t.Org.ScopeOf(t.Person).Covers(o.OwnerID) && (best.ID == 0 || is && !fit || is == fit && o.StageSince.After(best.StageSince.Time)) {
			best, fit = o, is
		}
	}
	if best.ID == 0 {
		return best, book, "", bot.Text(c.Name + "没有你能动的商机。新建:商机 " + c.Name + " 产品 金额"), nil
	}
	return best, book, strings.TrimSpace(rest), bot.Reply{}, nil
}

// hasNode reports whether a deal has the step that is named, or steps in its stage when none is.
func hasNode(o sales.Opportunity, name string) bool {
	if name == "" {
		return len(o.OpenStage().Nodes) > 0
	}
	_, ok := o.Way.NodeNamed(name, o.Stage)
	return ok
}

func (a *App) nodesCard(t bot.Turn, book *Book, f sales.DealFacts) cards.Card {
	return view.DealNodesCard(view.DealNodes{Facts: f, Customer: book.Customer(f.Deal.CustomerID), Name: t.Org.Name, Today: t.Today})
}

// doNode ticks a step off, or waits for its file.
func (a *App) doNode(ctx context.Context, t bot.Turn, tx Tx, book *Book, o sales.Opportunity, n sales.Node) (bot.Reply, error) {
	d := gateDraft{Deal: o.ID, Fill: "node:" + n.Key}
	if !n.Document {
		return a.tick(ctx, t, tx, book, o, d, 0)
	}
	dialogue, err := a.ask(t, topicGate, d)
	if err != nil {
		return bot.Reply{}, err
	}
	how, err := a.withUpload(t, tx, o, sales.Gate{Node: n.Key}, "把"+n.Name+"的文件发来,就算完成。")
	return bot.Reply{Say: bot.Text(how).Say, Dialogue: dialogue}, err
}

// TapNode ticks the step of a button off.
func (a *App) TapNode(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	o, book, err := a.movableDeal(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	n, ok := o.Way.Node(t.Action.Arg)
	if !ok {
		return bot.Text("这个按钮已失效。发 节点 " + book.Customer(o.CustomerID) + " 重新看。"), nil
	}
	reply, err := a.doNode(ctx, t, tx, book, o, n)
	for i, s := range reply.Say { // the card that was tapped changes in place
		if s.Out.Card != nil && t.Card != nil && s.Out.Card.Key == t.Card.Face.Key {
			reply.Faces = append(reply.Faces, *s.Out.Card)
			reply.Say = append(reply.Say[:i:i], reply.Say[i+1:]...)
			break
		}
	}
	return reply, err
}

// TapNodes shows the steps of a card's deal.
func (a *App) TapNodes(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	o, book, err := a.movableDeal(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	f, err := a.dealFacts(ctx, t, tx, o)
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.ShowCard(a.nodesCard(t, book, f)), nil
}

// UndoNode takes the tick of a step back. What was moved because of it stays where it is.
func (a *App) UndoNode(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	o, book, rest, reply, err := a.dealArg(ctx, t, tx, hasNode)
	if err != nil || o.ID == 0 {
		return reply, err
	}
	f, err := a.dealFacts(ctx, t, tx, o)
	if err != nil {
		return bot.Reply{}, err
	}
	key, name := "", rest
	if n, ok := o.Way.NodeNamed(rest, o.Stage); ok {
		key, name = n.Key, n.Name
	}
	for i, s := range f.Done {
		if s.Key == key || s.Key == sales.DocumentKey(rest) {
			tx.DropDealStep(o.ID, s.Key)
			audit(tx, t, "opportunity.step", "opportunity", o.ID, sales.Change{Field: name, Old: "完成", New: "未完成"})
			emit(tx, t, "opportunity.step_undone", "opportunity", o.ID)
			f.Done = append(f.Done[:i:i], f.Done[i+1:]...)
			return bot.ShowCard(a.nodesCard(t, book, f)), nil
		}
	}
	return bot.Text(quoted(rest, "节点") + "没有勾过。发 节点 " + book.Customer(o.CustomerID) + " 看有哪些。"), nil
}

// TapOverride asks for the reason to let a deal pass.
func (a *App) TapOverride(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	o, book, err := a.tappedDeal(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	if err := mayOverride(t, o); err != nil {
		return bot.Reply{}, err
	}
	dialogue, err := a.ask(t, topicGate, gateDraft{Deal: o.ID, Target: sales.Stage(t.Action.Arg), Fill: "override"})
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Reply{Say: bot.Text("为什么破例放行" + book.Customer(o.CustomerID) + "?回一句原因,会留痕。").Say, Dialogue: dialogue}, nil
}

func mayOverride(t bot.Turn, o sales.Opportunity) error {
	if !t.Person.Has(overrideRoles...) || !t.Org.ScopeOf(t.Person).Covers(o.OwnerID) {
		return sales.Errorf(sales.Forbidden, "破例放行要区域总监、销售总监或总经理。")
	}
	return nil
}

// OverrideMove lets a customer's deal pass to the stage that is named, else to the first that gates keep it from, with a reason.
func (a *App) OverrideMove(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	o, book, rest, reply, err := a.dealArg(ctx, t, tx, func(o sales.Opportunity, rest string) bool {
		target, _, err := a.heldFrom(ctx, t, tx, o, rest)
		return err == nil && target != ""
	})
	if err != nil || o.ID == 0 {
		return reply, err
	}
	target, reason, err := a.heldFrom(ctx, t, tx, o, rest)
	if err != nil {
		return bot.Reply{}, err
	}
	if name := book.Customer(o.CustomerID); target == "" {
		return bot.Text(name + "这单没有挡着的,不用破例。直接发:推进 " + name), nil
	}
	return a.override(ctx, t, tx, book, o, target, strings.TrimPrefix(reason, "原因"))
}

// heldFrom is the stage ahead that the first word names, with the words behind it; else the first stage that gates keep a deal
// from. It is "" when none do.
func (a *App) heldFrom(ctx context.Context, t bot.Turn, tx Tx, o sales.Opportunity, words string) (sales.Stage, string, error) {
	first, rest, _ := strings.Cut(strings.TrimSpace(words), " ")
	ahead := o.Way.Steps()[max(o.Way.Index(o.Stage)+1, 0):]
	for _, s := range ahead {
		if o.Way.StageName(s) == first {
			ahead, words = []sales.Stage{s}, rest
			break
		}
	}
	for _, s := range ahead {
		missing, _, err := a.lacking(ctx, t, tx, o, s)
		if err != nil {
			return "", words, err
		}
		if len(missing) > 0 {
			return s, words, nil
		}
	}
	return "", words, nil
}

// override moves a deal although gates do not hold. The owner and those above learn who did it and why.
func (a *App) override(ctx context.Context, t bot.Turn, tx Tx, book *Book, o sales.Opportunity, target sales.Stage, reason string) (bot.Reply, error) {
	if err := mayOverride(t, o); err != nil {
		return bot.Reply{}, err
	}
	reason = cutRunes(bare(strings.TrimSpace(reason)), 200)
	name := book.Customer(o.CustomerID)
	if reason == "" {
		return bot.Text("破例要写原因:破例推进 " + name + " 原因"), nil
	}
	missing, _, err := a.lacking(ctx, t, tx, o, target)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(missing) == 0 {
		return bot.Text(name + "这单没有挡着的,不用破例。直接发:推进 " + name), nil
	}
	var words []string
	for _, g := range missing {
		words = append(words, g.Say)
	}
	lacking := strings.Join(words, "、")
	audit(tx, t, "opportunity.override", "opportunity", o.ID, sales.Change{Field: "缺", New: lacking}, sales.Change{Field: "原因", New: reason})
	emit(tx, t, "opportunity.overridden", "opportunity", o.ID)
	reply, err := a.passGate(withPassed(ctx, o.ID), t, tx, book, o, target)
	if err != nil {
		return bot.Reply{}, err
	}
	reply.Say = slices.DeleteFunc(reply.Say, func(s bot.Say) bool { return slices.Equal(s.To, []sales.PersonID{o.OwnerID}) }) // told below, with why
	to := []sales.PersonID{o.OwnerID}
	if m, ok := t.Org.Manager(o.OwnerID); ok {
		to = append(to, m.ID)
	}
	for _, p := range to {
		if p != t.Person.ID {
			reply.Say = append(reply.Say, bot.Say{
				To: []sales.PersonID{p}, Subject: "opportunity:" + o.ID.String(), Slot: "override:" + t.Event.ID, Kind: bot.DeliverPush, Push: true,
				Out: bot.Outgoing{Text: t.Person.Name + "破例让" + name + "这单进了" + o.Way.StageName(target) + ":" + reason + "。还缺" + lacking + ",要补上。"},
			})
		}
	}
	return reply, nil
}
