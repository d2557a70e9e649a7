package handlers

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// pickDeal finds which of a customer's opportunities is meant and does what the draft is for.
func (a *App) pickDeal(ctx context.Context, t bot.Turn, tx Tx, book *Book, d dealDraft, w dealWords) (bot.Reply, error) {
	customer := book.Customer(d.Customer)
	if d.Do == dealLose && d.Reason == "" {
		d.Reason = cutRunes(bare(strings.TrimPrefix(bare(w.beside), "原因")), 200)
	}
	if d.Opportunity != 0 {
		o, err := tx.OpportunityByID(ctx, d.Opportunity)
		if err != nil {
			return bot.Reply{}, err
		}
		return a.doDeal(ctx, t, tx, book, d, w, o)
	}
	if d.Do == dealUndo {
		return a.undoByCustomer(ctx, t, tx, d.Customer, customer)
	}
	all, err := tx.OpenOpportunities(ctx, d.Customer)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(all) == 0 {
		return bot.Reply{
			Say:      bot.Text(customer + "没有在跟的商机。新建:商机 " + customer + " 产品 金额").Say,
			Dialogue: closeTopic(t.Dialogue),
		}, nil
	}
	scope := t.Org.ScopeOf(t.Person)
	open := slices.DeleteFunc(slices.Clone(all), func(o sales.Opportunity) bool { return !scope.Covers(o.OwnerID) })
	if len(open) == 0 {
		return bot.Reply{}, notMovable(t, all[0])
	}
	if line := book.Line(w.products); len(open) > 1 && len(w.products) > 0 {
		named := slices.DeleteFunc(slices.Clone(open), func(o sales.Opportunity) bool {
			return !overlaps(o.Products, w.products) && (line == "" || o.Line != line)
		})
		if len(named) > 0 {
			open = named
		}
	}
	if d.Do == dealMove {
		open = onNamedWay(a, w, open)
	}
	if len(open) == 1 {
		return a.doDeal(ctx, t, tx, book, d, w, open[0])
	}
	open = open[:min(len(open), 5)]
	d.Options = nil
	deals, alike := a.dealLines(t, book, open), map[string]int{}
	for _, l := range deals {
		alike[cutRunes(dealOption(l), cards.MaxButtonText-3)]++
	}
	var options, lines []string
	for i, l := range deals {
		d.Options = append(d.Options, l.Opportunity.ID)
		option := dealOption(l)
		if alike[cutRunes(option, cards.MaxButtonText-3)] > 1 { // the same product: worth and stage tell them apart
			option = l.Opportunity.StageName()
			if m := l.Opportunity.Amount; m > 0 && !t.InGroup() {
				option = m.Short() + " " + option
			}
		}
		options = append(options, option)
		lines = append(lines, string(rune('1'+i))+". "+view.OpportunityName(l, t.Today, t.InGroup()))
	}
	return a.askPick(t, d, askDealWhich, customer+"有几单,是哪一单?", strings.Join(lines, "\n"), toldApart(options)...)
}

// dealOption is what a button calls a deal: its product, else what it is worth.
func dealOption(l view.OpportunityLine) string {
	if len(l.Products) > 0 {
		return l.Products[0]
	}
	return l.Opportunity.Amount.Short()
}

// toldApart cuts options to what a button takes. Those that would read alike get the number they have in the list.
func toldApart(options []string) []string {
	out := make([]string, len(options))
	alike := map[string]int{}
	for i, o := range options {
		out[i] = cutRunes(o, cards.MaxButtonText)
		alike[out[i]]++
	}
	for i, o := range options {
		if alike[out[i]] > 1 {
			out[i] = itoa(i+1) + ". " + cutRunes(o, cards.MaxButtonText-3)
		}
	}
	return out
}

// onNamedWay are the deals whose pipeline, or a stage that only their pipelines have, is named; all where none is.
func onNamedWay(a *App, w dealWords, open []sales.Opportunity) []sales.Opportunity {
	way, beside := a.Pipelines.Named(w.said), textBeside(w.said, w.customer.Why)
	named := slices.DeleteFunc(slices.Clone(open), func(o sales.Opportunity) bool {
		if way != nil {
			return o.Way.Key != way.Key
		}
		_, ok := o.Way.Named(beside)
		return !ok
	})
	if len(named) == 0 {
		return open
	}
	return named
}

// withoutWay is what was said beside the customer without the name of a pipeline.
func (a *App) withoutWay(beside string) string {
	if way := a.Pipelines.Named(beside); way != nil && way.Name != "" {
		beside = strings.ReplaceAll(beside, way.Name, "")
	}
	return bare(beside)
}

func overlaps(a, b []sales.ID) bool {
	return slices.ContainsFunc(a, func(id sales.ID) bool { return slices.Contains(b, id) })
}

// notMovable says who may move an opportunity.
func notMovable(t bot.Turn, o sales.Opportunity) error {
	who := t.Org.Name(o.OwnerID) + "本人"
	if m, ok := t.Org.Manager(o.OwnerID); ok {
		who += "、主管" + m.Name
	}
	return sales.Errorf(sales.Forbidden, "这单归"+t.Org.Name(o.OwnerID)+",只有"+who+"或销售总监能动。")
}

// reNextWords say that a deal goes on, to no stage in particular.
var reNextWords = regexp.MustCompile(`到|下一?个?(?:阶段|步|级)|阶段|一下|一步|吧|了|的?商机|这单|那单|[,，、\s]`)

// doDeal does what the draft is for with the opportunity it means.
func (a *App) doDeal(ctx context.Context, t bot.Turn, tx Tx, book *Book, d dealDraft, w dealWords, o sales.Opportunity) (bot.Reply, error) {
	d.Opportunity, d.Customer = o.ID, o.CustomerID
	switch d.Do {
	case dealUndo:
		return a.undoMove(ctx, t, tx, o)
	case dealWin:
		return a.moveDeal(ctx, t, tx, book, o, sales.StageWon, "")
	case dealLose:
		if d.Reason == "" {
			return a.askPick(t, d, askDealReason, "输单原因?", book.Customer(o.CustomerID)+":也可以直接回一句原因。", view.LossReasons...)
		}
		return a.moveDeal(ctx, t, tx, book, o, sales.StageLost, d.Reason)
	}
	target := w.stageOn(o.Way)
	if target == "" {
		if word := strings.TrimSpace(reNextWords.ReplaceAllString(a.withoutWay(w.beside), "")); d.Do == dealMove && word != "" && len(w.products) == 0 && w.amount == 0 {
			return bot.Text(book.Customer(o.CustomerID) + "这单没有" + quoted(word, "") + "这个阶段,没有动。现在在" + o.StageName() + ",往下是" +
				o.Way.StageName(o.NextStage()) + ":推进 " + book.Customer(o.CustomerID) + " " + o.Way.StageName(o.NextStage())), nil
		}
		target = o.NextStage()
	}
	return a.moveDeal(ctx, t, tx, book, o, target, "")
}

// TapAdvance moves an opportunity to the stage its button names, unless it is there or further already.
func (a *App) TapAdvance(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	target := sales.Stage(t.Action.Arg)
	o, book, err := a.tappedDeal(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	if !o.Way.Has(target) || target == sales.StageLost {
		return bot.Text("这个按钮已失效。发 推进 " + book.Customer(o.CustomerID) + " 换阶段。"), nil
	}
	// Buttons only ever move forward: a card may be older than the stage. What was reached since is not taken back.
	if o.State == sales.OpportunityOpen && o.Way.Index(target) < o.Way.Index(o.Stage) {
		target = o.Stage
	}
	return a.moveDeal(ctx, t, tx, book, o, target, "")
}

func (a *App) tappedDeal(ctx context.Context, t bot.Turn, tx Tx) (sales.Opportunity, *Book, error) {
	o, err := tx.OpportunityByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return o, nil, err
	}
	book, err := a.Names.Book(ctx)
	return o, book, err
}

// movableDeal is tappedDeal for what only who may move the deal does; others are refused.
func (a *App) movableDeal(ctx context.Context, t bot.Turn, tx Tx) (sales.Opportunity, *Book, error) {
	o, book, err := a.tappedDeal(ctx, t, tx)
	if err == nil && !t.Org.ScopeOf(t.Person).Covers(o.OwnerID) {
		err = notMovable(t, o)
	}
	return o, book, err
}

// TapLose asks why an opportunity was lost.
func (a *App) TapLose(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	o, book, err := a.tappedDeal(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	if o.State != sales.OpportunityOpen || !t.Org.ScopeOf(t.Person).Covers(o.OwnerID) {
		return a.moveDeal(ctx, t, tx, book, o, sales.StageLost, "")
	}
	return a.doDeal(ctx, t, tx, book, dealDraft{Do: dealLose, At: t.Now, EventID: t.Event.ID}, dealWords{}, o)
}

// moveDeal moves an opportunity to a stage, or says why it stays: not the person's, closed, or there already.
func (a *App) moveDeal(ctx context.Context, t bot.Turn, tx Tx, book *Book, o sales.Opportunity, target sales.Stage, reason string) (bot.Reply, error) {
	if !t.Org.ScopeOf(t.Person).Covers(o.OwnerID) {
		return bot.Reply{}, notMovable(t, o)
	}
	if o.State != sales.OpportunityOpen || o.Stage == target || target == "" {
		return a.alreadyThere(ctx, t, tx, book, o)
	}
	if !passed(ctx, o.ID) {
		if reply, held, err := a.holdUp(ctx, t, tx, book, o, target); err != nil || held {
			return reply, err
		}
	}
	m := sales.StageMove{
		ID: tx.NewID(), OpportunityID: o.ID, PersonID: t.Person.ID, TeamID: o.TeamID, From: o.Stage, To: target, Day: t.Today,
		MovedAt: sales.At(t.Now), Dwell: max(int64(t.Now.Sub(o.StageSince.Time)/time.Second), 0), SourceEventID: t.Event.ID,
	}
	before := o
	o.Stage, o.StageSince = target, m.MovedAt
	switch target {
	case sales.StageWon:
		o.State = sales.OpportunityWon
	case sales.StageLost:
		o.State, o.LossReason = sales.OpportunityLost, reason
	}
	o.Peak = o.Way.Further(o.Peak, target)
	tx.MoveOpportunity(o, before, m)
	changes := []sales.Change{{Field: "阶段", Old: o.Way.StageName(m.From), New: o.Way.StageName(m.To)}}
	if reason != "" {
		changes = append(changes, sales.Change{Field: "输单原因", New: reason})
	}
	audit(tx, t, "opportunity.move", "opportunity", o.ID, changes...)
	what := "opportunity.moved"
	if o.State != sales.OpportunityOpen {
		what = "opportunity." + o.State
	}
	emit(tx, t, what, "opportunity", o.ID)
	o.Version++
	told := view.OpportunityMove{Way: o.Way, From: m.From, To: m.To, Who: t.Person.Name, When: sales.FormatTime(t.Now, t.Now), Undo: true}
	reply, err := a.showMove(ctx, t, tx, book, o, told)
	if err != nil {
		return bot.Reply{}, err
	}
	reply.Dialogue = remember(closeTopic(t.Dialogue), "opportunity", o.ID, t.Now)
	return reply.And(a.tellDealOwner(t, book, o, told)), nil
}

// showMove shows a move: on the tapped card and on every live card of the opportunity; a command gets a card of its own.
func (a *App) showMove(ctx context.Context, t bot.Turn, tx Tx, book *Book, o sales.Opportunity, m view.OpportunityMove) (bot.Reply, error) {
	var reply bot.Reply
	list, err := a.dealList(ctx, t, tx, o)
	if err != nil {
		return reply, err
	}
	tapped := tappedMove(t)
	own := ""
	for _, group := range []bool{false, true} {
		v := a.dealView(t, book, o)
		v.Group, v.Move, v.List = group, &m, list
		card := view.OpportunityCard(v)
		switch {
		case !tapped && group == t.InGroup():
			reply.Say = append(reply.Say, bot.Say{Out: bot.Outgoing{Card: &card}})
		default:
			reply.Faces = append(reply.Faces, card)
		}
		if tapped && t.Card.Face.Key == card.Key {
			own = card.Key
		}
	}
	if !tapped || own != "" {
		return reply, nil
	}
	var undo *cards.Button
	if m.Undo && !m.Undone {
		b := view.UndoMoveButton(o, book.Customer(o.CustomerID))
		undo = &b
	}
	reply.Faces = append(reply.Faces, view.AdvancedFrom(t.Card.Face, o.StageName(), moveNote(m), undo, "opportunity.advance", "opportunity.undo"))
	return reply, nil
}

// tappedMove reports whether a card's own button did the move, and not the answer to a question.
func tappedMove(t bot.Turn) bool {
	return t.Event.Kind == bot.Tapped && t.Card != nil && t.Action.Verb != "opportunity.answer"
}

// moveNote is a move as a line under the card it was made from: "已推进到 价格谈判 · 周敏 今天 10:05".
func moveNote(m view.OpportunityMove) string {
	words := m.Verb()
	switch {
	case m.Undone:
		words += ",回到 " + m.Way.StageName(m.To)
	case m.To != sales.StageWon && m.To != sales.StageLost:
		words += "到 " + m.Way.StageName(m.To)
	}
	return words + " · " + m.Who + " " + m.When
}

// tellDealOwner lets the owner know that somebody else moved their opportunity.
func (a *App) tellDealOwner(t bot.Turn, book *Book, o sales.Opportunity, m view.OpportunityMove) bot.Reply {
	if o.OwnerID == t.Person.ID {
		return bot.Reply{}
	}
	return bot.Reply{Say: []bot.Say{{
		To: []sales.PersonID{o.OwnerID}, Subject: "opportunity:" + o.ID.String(), Slot: "moved:" + t.Event.ID, Kind: bot.DeliverPush, Push: true,
		Out: bot.Outgoing{Text: "你的商机" + book.Customer(o.CustomerID) + ":" + moveNote(m) + "。"},
	}}}
}

// alreadyThere explains why nothing changed: who moved the opportunity, when and where to.
func (a *App) alreadyThere(ctx context.Context, t bot.Turn, tx Tx, book *Book, o sales.Opportunity) (bot.Reply, error) {
	moves, err := tx.MovesByOpportunity(ctx, o.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	text := book.Customer(o.CustomerID) + "这单"
	switch o.State {
	case sales.OpportunityOpen:
		text += "已经在 " + o.StageName()
	default:
		text += "已经" + o.StageName()
	}
	if m, ok := lastMove(moves); ok && m.To == o.Stage {
		text += "(" + t.Org.Name(m.PersonID) + " " + sales.FormatTime(m.MovedAt.Time, t.Now) + ")"
	}
	text += ",没有再改动。"
	reply := bot.Text(text)
	reply.Dialogue = closeTopic(t.Dialogue)
	if !tappedMove(t) {
		return reply, nil
	}
	v, err := a.dealProgress(ctx, t, tx, a.dealView(t, book, o))
	if err != nil {
		return bot.Reply{}, err
	}
	v.Group = t.Card.Face.Key == view.OpportunityKey(o.ID, true)
	face := view.OpportunityCard(v)
	if t.Card.Face.Key != face.Key {
		face = view.AdvancedFrom(t.Card.Face, o.StageName(), text, nil, "opportunity.advance")
	}
	reply.Faces = append(reply.Faces, face)
	return reply, nil
}

// lastMove is the newest move, whatever the order they come in.
func lastMove(moves []sales.StageMove) (sales.StageMove, bool) {
	if len(moves) == 0 {
		return sales.StageMove{}, false
	}
	return slices.MaxFunc(moves, func(a, b sales.StageMove) int {
		if c := a.MovedAt.Compare(b.MovedAt.Time); c != 0 {
			return c
		}
		return int(a.ID - b.ID)
	}), true
}

// TapUndoMove takes the last move back by its button.
func (a *App) TapUndoMove(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	o, err := tx.OpportunityByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	return a.undoMove(ctx, t, tx, o)
}

// undoByCustomer takes back the person's last move of a customer: the opportunity may be closed by that very move, so it
// is found through what the person did last.
func (a *App) undoByCustomer(ctx context.Context, t bot.Turn, tx Tx, customer sales.ID, name string) (bot.Reply, error) {
	for _, ref := range t.Dialogue.Last {
		if ref.Kind != "opportunity" {
			continue
		}
		o, err := tx.OpportunityByID(ctx, ref.ID)
		if err != nil && sales.KindOf(err) != sales.NotFound {
			return bot.Reply{}, err
		}
		if err == nil && o.CustomerID == customer {
			return a.undoMove(ctx, t, tx, o)
		}
	}
	return bot.Text(name + "没有你刚推进过的商机。撤销只管自己刚做的," + a.undoSpan() + "内有效。"), nil
}

// undoMove puts an opportunity back where it was before its last move, when that was the person's own and recent. The
// furthest stage reached stays in the funnel: what was counted once is not counted again.
func (a *App) undoMove(ctx context.Context, t bot.Turn, tx Tx, o sales.Opportunity) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	moves, err := tx.MovesByOpportunity(ctx, o.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	name := book.Customer(o.CustomerID)
	last, ok := lastMove(moves)
	switch {
	case !ok || last.To != o.Stage || undone(o.Way, moves, last, a.Settings.UndoFor):
		return bot.Text(name + "这单没有可以撤销的推进,现在在 " + o.StageName() + "。"), nil
	case last.PersonID != t.Person.ID:
		return bot.Text("这一步是" + t.Org.Name(last.PersonID) + "推进的,只有本人能撤销。要改就发 推进 " + name + " " + o.Way.StageName(last.From) + "。"), nil
	case t.Now.Sub(last.MovedAt.Time) > a.Settings.UndoFor:
		return bot.Text("这一步是 " + sales.FormatTime(last.MovedAt.Time, t.Now) + " 推进的,超过 " + sales.Waited(a.Settings.UndoFor) +
			"不能撤销了。要改就发 推进 " + name + " " + o.Way.StageName(last.From) + ",会记成倒退。"), nil
	}
	before := o
	o.Stage, o.State, o.LossReason = last.From, sales.OpportunityOpen, ""
	o.StageSince = sales.At(last.MovedAt.Add(-time.Duration(last.Dwell) * time.Second))
	tx.MoveOpportunity(o, before, sales.StageMove{
		ID: tx.NewID(), OpportunityID: o.ID, PersonID: t.Person.ID, TeamID: o.TeamID, From: before.Stage, To: o.Stage, Day: t.Today,
		MovedAt: sales.At(t.Now), Dwell: max(int64(t.Now.Sub(before.StageSince.Time)/time.Second), 0), SourceEventID: t.Event.ID,
	})
	audit(tx, t, "opportunity.undo", "opportunity", o.ID, sales.Change{Field: "阶段", Old: before.StageName(), New: o.StageName()})
	emit(tx, t, "opportunity.moved", "opportunity", o.ID)
	o.Version++
	m := view.OpportunityMove{Way: o.Way, From: before.Stage, To: o.Stage, Who: t.Person.Name, When: sales.FormatTime(t.Now, t.Now), Undone: true}
	reply, err := a.showMove(ctx, t, tx, book, o, m)
	if err != nil {
		return bot.Reply{}, err
	}
	d := closeTopic(t.Dialogue)
	d.Last = forget(d.Last, "opportunity", o.ID)
	reply.Dialogue = d
	return reply.And(a.tellDealOwner(t, book, o, m)), nil
}

// undone reports whether the last move is itself the undoing of the one before: it opens what was closed, or goes back
// where that one came from, by the same person, within the time an undo has.
func undone(way *sales.Pipeline, moves []sales.StageMove, last sales.StageMove, within time.Duration) bool {
	if last.From == sales.StageWon || last.From == sales.StageLost {
		return true
	}
	before, ok := lastMove(slices.DeleteFunc(slices.Clone(moves), func(m sales.StageMove) bool { return m.ID == last.ID }))
	return ok && before.From == last.To && before.To == last.From && before.PersonID == last.PersonID &&
		way.Index(last.To) < way.Index(last.From) && last.MovedAt.Sub(before.MovedAt.Time) <= within
}
