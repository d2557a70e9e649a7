package handlers

import (
	"context"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

func sortPlans(plans []sales.VisitPlan) {
	slices.SortStableFunc(plans, func(x, y sales.VisitPlan) int {
		if x.Day != y.Day {
			return x.Day.Compare(y.Day)
		}
		return x.Slot() - y.Slot()
	})
}

func (a *App) listPlans(ctx context.Context, t bot.Turn, tx Tx, book *Book, scope sales.Scope, from, to sales.Day, team bool) (bot.Reply, error) {
	plans, err := tx.Plans(ctx, scope, from, to)
	if err != nil {
		return bot.Reply{}, err
	}
	if team {
		return bot.Text(view.TeamPlanText(view.TeamPlan{
			Plans: plans, From: from, To: to, Today: t.Today, Reps: within(t.Org.RepsUnder(t.Person), scope), Person: t.Org.Name, Customer: book.Customer,
		})), nil
	}
	reply := a.planCard(t, book, plans, from, to, "", "")
	d := *closeTopicIf(t.Dialogue, topicPlanList)
	reply.Dialogue = a.shownPlans(t, &d, plans)
	return reply, nil
}

// within are the people that a list is about.
func within(people []sales.Person, scope sales.Scope) []sales.Person {
	return slices.DeleteFunc(slices.Clone(people), func(p sales.Person) bool { return !slices.Contains(scope.Persons, p.ID) })
}

// closeTopicIf ends the open question when it is this one.
func closeTopicIf(d sales.Dialogue, topic string) *sales.Dialogue {
	if d.Topic == topic {
		return closeTopic(d)
	}
	return &d
}

// planCard shows plans of some days.
func (a *App) planCard(t bot.Turn, book *Book, plans []sales.VisitPlan, from, to sales.Day, done, note string) bot.Reply {
	sortPlans(plans)
	return bot.ShowCard(view.PlanCard(view.Plan{
		Key: view.PlanKey(t.Person.ID, from, to), Plans: plans, From: from, To: to, Today: t.Today, Customer: book.Customer, Done: done, Note: note,
	}))
}

// shownPlans keeps which plans were listed, unless something else waits for an answer.
func (a *App) shownPlans(t bot.Turn, d *sales.Dialogue, plans []sales.VisitPlan) *sales.Dialogue {
	if d.Topic != "" && d.Topic != topicPlanList && d.Topic != topicTodoList {
		return d
	}
	list := planList{}
	for _, p := range plans {
		list.IDs = append(list.IDs, p.ID)
	}
	was := t
	was.Dialogue = *d
	if out, err := a.ask(was, topicPlanList, list); err == nil {
		return out
	}
	return d
}

// AnswerPlanList takes nothing: numbers after a list need a word with them.
func (a *App) AnswerPlanList(_ context.Context, t bot.Turn, _ Tx) (bot.Reply, error) {
	l, err := draft[planList](t)
	if n := ordinal(t.Text); err != nil || n < 1 || n > len(l.IDs) { // a number of something else
		return bot.Reply{}, firstErr(err, bot.ErrNotMine)
	}
	return bot.Text("要改回 改计划 " + bare(t.Text) + " 周五下午,要取消回 取消计划 " + bare(t.Text) + "。"), nil
}

// TeamPlan shows what the people under a lead have planned and made.
func (a *App) TeamPlan(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	from, to, args, one := t.Today, t.Today, bare(t.Args), sales.PersonID(0)
	reps := t.Org.RepsUnder(t.Person)
	if name, rest := cutWord(args); len(t.Org.ByName(name)) == 1 {
		one, args = t.Org.ByName(name)[0].ID, rest
		if !slices.ContainsFunc(reps, func(p sales.Person) bool { return p.ID == one }) {
			return bot.Text("只能看自己团队销售的计划。发 团队计划 看有谁。"), nil
		}
	}
	if args != "" {
		from, to = a.planSpan(t, book, args)
	}
	scope := sales.Scope{}
	for _, p := range reps {
		if one == 0 || p.ID == one {
			scope.Persons = append(scope.Persons, p.ID)
		}
	}
	return a.listPlans(ctx, t, tx, book, scope, from, to, true)
}

// pickPlans finds the plans that a text names: by their number in the list last shown, by customer, or by day. rest is
// what else it says.
func (a *App) pickPlans(ctx context.Context, t bot.Turn, tx Tx, book *Book, args string) (out []sales.VisitPlan, rest string, err error) {
	first, rest := cutWord(args)
	if n := ordinal(first); n > 0 {
		ids, err := a.shownIDs(ctx, t, tx)
		if err != nil {
			return nil, "", err
		}
		if n > len(ids) {
			return nil, "", sales.Errorf(sales.Invalid, "没有这一条。发 计划 看编号。")
		}
		p, err := tx.PlanByID(ctx, ids[n-1])
		if err == nil && p.PersonID != t.Person.ID {
			err = sales.Errorf(sales.Forbidden, "这条计划不是你的。")
		}
		return []sales.VisitPlan{p}, rest, err
	}
	plans, err := tx.Plans(ctx, sales.Only(t.Person.ID), t.Today, t.Today.AddDays(maxPlanAhead))
	if err != nil {
		return nil, "", err
	}
	sortPlans(plans)
	id, rest, why := a.customerIn(t, book, args)
	if id != 0 {
		plans = slices.DeleteFunc(plans, func(p sales.VisitPlan) bool { return p.CustomerID != id })
		if len(plans) == 0 {
			return nil, "", sales.Errorf(sales.NotFound, book.Customer(id)+"不在今后的计划里。发 计划 看排了哪些。")
		}
		return plans[:1], rest, nil
	}
	if w, ok := parse.Date(args, t.Now.In(sales.Shanghai), parse.TenseFuture, book.Parser.Calendar); ok {
		day := sales.DayOf(w.Start)
		plans = slices.DeleteFunc(plans, func(p sales.VisitPlan) bool { return p.Day != day })
		if len(plans) == 0 {
			return nil, "", sales.Errorf(sales.NotFound, day.ChineseFrom(t.Today)+"没有排计划。")
		}
		return plans, "", nil
	}
	for _, p := range plans {
		if p.CustomerName != "" && strings.Contains(args, p.CustomerName) {
			return []sales.VisitPlan{p}, bare(strings.Replace(args, p.CustomerName, "", 1)), nil
		}
	}
	if bare(args) == "" {
		return nil, "", sales.Errorf(sales.Invalid, "哪一条?先发 计划 看编号,再回 "+t.Command+" 1。")
	}
	return nil, "", sales.Errorf(sales.NotFound, why)
}

func (a *App) shownIDs(ctx context.Context, t bot.Turn, tx Tx) ([]sales.ID, error) {
	if t.Dialogue.Topic == topicPlanList {
		l, err := draft[planList](t)
		return l.IDs, err
	}
	plans, err := tx.Plans(ctx, sales.Only(t.Person.ID), t.Today, t.Today.AddDays(6))
	sortPlans(plans)
	ids := make([]sales.ID, len(plans))
	for i, p := range plans {
		ids[i] = p.ID
	}
	return ids, err
}

// CancelPlan cancels planned visits: 取消计划 1, 取消计划 客户, 取消计划 明天.
func (a *App) CancelPlan(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	plans, _, err := a.pickPlans(ctx, t, tx, book, t.Args)
	if err != nil {
		return bot.Reply{}, err
	}
	return a.cancelPlans(ctx, t, tx, book, plans)
}

func (a *App) cancelPlans(ctx context.Context, t bot.Turn, tx Tx, book *Book, plans []sales.VisitPlan) (bot.Reply, error) {
	var lines []string
	for _, p := range plans {
		if p.State == sales.PlanCancelled {
			continue
		}
		p.State = sales.PlanCancelled
		tx.UpdatePlan(p)
		tx.CancelDue("", "plan", p.ID, "cancelled")
		audit(tx, t, "plan.cancel", "plan", p.ID, sales.Change{Field: "状态", Old: "已排", New: "已取消"})
		emit(tx, t, "plan.cancelled", "plan", p.ID)
		lines = append(lines, view.PlanLine(p, book.Customer, t.Today))
	}
	if len(lines) == 0 {
		return bot.Text("已经取消了,没有再改动。"), nil
	}
	reply := bot.Text("已取消:" + strings.Join(lines, "、") + "。")
	return reply, nil
}

// MovePlan gives a planned visit another time: 改计划 1 周五下午.
func (a *App) MovePlan(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	plans, rest, err := a.pickPlans(ctx, t, tx, book, t.Args)
	if err != nil {
		return bot.Reply{}, err
	}
	return a.movePlan(ctx, t, tx, book, plans[0], rest)
}

func (a *App) movePlan(_ context.Context, t bot.Turn, tx Tx, book *Book, p sales.VisitPlan, words string) (bot.Reply, error) {
	if p.State == sales.PlanCancelled {
		return bot.Text("这条计划已经取消。要重新排就发 计划 …"), nil
	}
	old := strings.TrimSpace(p.Day.Chinese() + " " + p.When())
	w := whenIn(book, words, t.Now)
	part := partOf[strings.TrimSpace(rePartOut.FindString(words))]
	if m := rePartOut.FindStringSubmatch(words); m != nil {
		part = partOf[m[1]]
	}
	if w.IsZero() && part == "" {
		return bot.Text("改到什么时候?例:改计划 1 周五下午"), nil
	}
	if !w.IsZero() {
		p.Day = sales.DayOf(w.Start)
	}
	switch {
	case w.HasTime:
		p.Part, p.DueAt = part, sales.At(w.Start)
	case part != "":
		p.Part, p.DueAt = part, sales.Instant{}
	case !p.DueAt.IsZero(): // the day moves, the hour stays
		at := p.DueAt.In(sales.Shanghai)
		p.DueAt = sales.At(p.Day.At(at.Hour(), at.Minute()))
	}
	if p.Day.Before(t.Today) || p.Day.Sub(t.Today) > maxPlanAhead {
		return bot.Text("日子不对:" + p.Day.ChineseFrom(t.Today) + "。计划要排在今天或以后。"), nil
	}
	now := strings.TrimSpace(p.Day.Chinese() + " " + p.When())
	if now == old {
		return bot.Text(view.PlanName(p, book.Customer) + "已经排在 " + now + ",没有再改动。"), nil
	}
	p.Moved++
	tx.UpdatePlan(p)
	audit(tx, t, "plan.move", "plan", p.ID, sales.Change{Field: "时间", Old: old, New: now})
	emit(tx, t, "plan.moved", "plan", p.ID)
	return bot.Text("已改:" + view.PlanName(p, book.Customer) + " " + old + " → " + now + "。"), nil
}

// ownPlan reads a planned visit that only its author may change.
func (a *App) ownPlan(ctx context.Context, t bot.Turn, tx Tx) (sales.VisitPlan, error) {
	p, err := tx.PlanByID(ctx, sales.ID(t.Action.Record))
	if err == nil && p.PersonID != t.Person.ID {
		err = sales.Errorf(sales.Forbidden, "这条计划是"+t.Org.Name(p.PersonID)+"的,只有本人能动。")
	}
	return p, err
}

// TapPlanCheckIn checks in at the customer of a planned visit.
func (a *App) TapPlanCheckIn(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	p, err := a.ownPlan(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	if p.CustomerID == 0 {
		return bot.Text("客户里还没有" + quoted(p.CustomerName, "") + ",先建:新客户 " + p.CustomerName), nil
	}
	return a.fileAs(ctx, t, tx, string(sales.ActionCheckIn), "", p.CustomerID)
}

// TapPlanCancel cancels a planned visit by its button.
func (a *App) TapPlanCancel(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	p, err := a.ownPlan(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	reply, err := a.cancelPlans(ctx, t, tx, book, []sales.VisitPlan{p})
	return onPlanCard(t, reply, "已取消"), err
}

// onPlanCard closes the card of one plan that was tapped; cards that list more stay as they are.
func onPlanCard(t bot.Turn, reply bot.Reply, told string) bot.Reply {
	if t.Card != nil && (strings.HasSuffix(t.Card.Face.Key, "/ask") || len(t.Card.Face.Buttons) == 1) {
		reply.Faces = append(reply.Faces, closeFace(t, told).Faces...)
	}
	return reply
}

// TapPlanMove moves a planned visit to the day in the action (今天, 明天).
func (a *App) TapPlanMove(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	p, err := a.ownPlan(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	reply, err := a.movePlan(ctx, t, tx, book, p, t.Action.Arg)
	return onPlanCard(t, reply, "已改到"+t.Action.Arg), err
}

// undoPlan takes back the planning of the last message.
func (a *App) undoPlan(ctx context.Context, t bot.Turn, tx Tx, p sales.VisitPlan) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	if t.Now.Sub(p.CreatedAt.Time) > a.Settings.UndoFor {
		return bot.Text("计划是 " + sales.FormatTime(p.CreatedAt.Time, t.Now) + " 排的,直接取消:取消计划 1。"), nil
	}
	all, err := tx.Plans(ctx, sales.Only(t.Person.ID), t.Today, t.Today.AddDays(maxPlanAhead))
	if err != nil {
		return bot.Reply{}, err
	}
	mine := slices.DeleteFunc(all, func(x sales.VisitPlan) bool { return x.SourceEventID != p.SourceEventID })
	if len(mine) == 0 {
		mine = []sales.VisitPlan{p}
	}
	reply, err := a.cancelPlans(ctx, t, tx, book, mine)
	d := closeTopicIf(t.Dialogue, topicPlanList)
	for _, x := range mine {
		d.Last = forget(d.Last, "plan", x.ID)
	}
	reply.Dialogue = d
	return reply, err
}
