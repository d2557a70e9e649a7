package handlers

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

const (
	topicPlanCustomer = "plan.customer"
	topicPlanList     = "plan.list"
	// maxPlanAhead is how many days ahead a visit may be planned.
	maxPlanAhead = 92
)

// planDraft is a plan that waits for which customer is meant.
type planDraft struct {
	Text    string              `json:"text"`
	At      time.Time           `json:"at"`
	EventID string              `json:"event_id"`
	Picks   map[string]sales.ID `json:"picks,omitempty"`
	Ask     string              `json:"ask,omitempty"`
	Options []sales.ID          `json:"options,omitempty"`
	// Agreed says that the customers agreed to it (约了).
	Agreed bool `json:"agreed,omitempty"`
}

// planList are the plans a person was shown, so that "取消计划 2" means what they saw.
type planList struct {
	IDs []sales.ID `json:"ids"`
}

func (a *App) registerPlan(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "计划", Aliases: []string{"jh", "拜访计划", "我的计划"}, Summary: "排拜访、看拜访计划", Usage: "计划 明天 上午 客户 下午 客户 / 计划 明天",
		Detail:  "一句话排几家。计划 看今后 7 天的,计划 本周 看一周完成了几家。改:改计划 1 周五下午。取消:取消计划 1。工作日早上我会发当天的。",
		Example: a.ownExample("计划 明天上午 %s"), Rank: map[sales.Role]int{sales.RoleRep: 2}, Handle: a.Plan,
	})
	r.Command(bot.Command[Tx]{Name: "改计划", Aliases: []string{"计划改"}, Summary: "拜访计划改时间", Usage: "改计划 1 周五下午 / 改计划 客户 周五", Handle: a.MovePlan})
	r.Command(bot.Command[Tx]{Name: "取消计划", Aliases: []string{"计划取消", "删计划"}, Summary: "取消拜访计划", Usage: "取消计划 1 / 取消计划 客户 / 取消计划 明天", Handle: a.CancelPlan})
	r.Command(bot.Command[Tx]{
		Name: "团队计划", Aliases: []string{"tdjh"}, Summary: "看团队的拜访计划和完成", Usage: "团队计划 / 团队计划 明天 / 团队计划 周敏 本周", Roles: morningRoles,
		Detail: "谁今天排了哪几家、去了哪几家。", Rank: map[sales.Role]int{sales.RoleLead: 5}, Handle: a.TeamPlan,
	})
	r.Action("plan.customer", a.PickPlanCustomer)
	r.Action("plan.checkin", a.TapPlanCheckIn)
	r.Action("plan.cancel", a.TapPlanCancel)
	r.Action("plan.move", a.TapPlanMove)
	r.Topic(topicPlanCustomer, a.AnswerPlanCustomer)
	r.Topic(topicPlanList, a.AnswerPlanList)
}

// Plan plans visits (拜访计划), or lists them when none is named.
func (a *App) Plan(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	args := bare(t.Args)
	switch {
	case strings.HasPrefix(args, "团队") && t.Person.Has(morningRoles...):
		t.Args = strings.TrimPrefix(args, "团队")
		return a.TeamPlan(ctx, t, tx)
	case strings.HasPrefix(args, "取消"):
		t.Args = strings.TrimPrefix(args, "取消")
		return a.CancelPlan(ctx, t, tx)
	case strings.HasPrefix(args, "改"):
		t.Args = strings.TrimPrefix(args, "改")
		return a.MovePlan(ctx, t, tx)
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	if said := book.Parser.Plan(parse.Input{Text: args, Now: t.Now.In(sales.Shanghai), User: parse.ID(t.Person.ID)}).Unclear; len(said) > 0 {
		return bot.Text(strings.Join(unclearWords(said), ";") + "。没有排,日子说对了再发一次。"), nil
	}
	items := planWords(book.Parser, args, t.Now, t.Person.ID)
	if len(items) == 0 || reWeek.MatchString(args) {
		from, to := a.planSpan(t, book, args)
		return a.listPlans(ctx, t, tx, book, sales.Only(t.Person.ID), from, to, false)
	}
	return a.makePlan(ctx, t, tx, book, planDraft{Text: args, At: t.Now, EventID: t.Event.ID}, *closeTopic(t.Dialogue))
}

// reWeek is a week or month and nothing else: its plans are asked for.
var reWeek = regexp.MustCompile(`^(?:这|本|下|下下)个?(?:周|星期|礼拜|月)$`)

// planSpan is the days that a list of plans is asked for: the next seven when none are said.
func (a *App) planSpan(t bot.Turn, book *Book, args string) (from, to sales.Day) {
	from, to = t.Today, t.Today.AddDays(6)
	if args == "" {
		return from, to
	}
	if p, ok := parse.Period(args, t.Now.In(sales.Shanghai), parse.TenseFuture, book.Parser.Calendar); ok && !p.Start.IsZero() && !p.End.IsZero() {
		from, to = sales.DayOf(p.Start), sales.DayOf(p.End.Add(-time.Second))
	}
	if to.Sub(from) > maxPlanAhead {
		to = from.AddDays(maxPlanAhead)
	}
	return from, to
}

// makePlan writes the plan of a draft, or asks which customer is meant.
func (a *App) makePlan(ctx context.Context, t bot.Turn, tx Tx, book *Book, d planDraft, before sales.Dialogue) (bot.Reply, error) {
	items := planWords(book.Parser, d.Text, d.At, t.Person.ID)
	for i := range items {
		c := &items[i].customer
		items[i].agreed = d.Agreed && i == 0
		if id, ok := d.Picks[strconv.Itoa(i)]; ok {
			c.ID, c.Candidates = parse.ID(id), nil
		}
		if len(c.Candidates) > 0 {
			return a.askPlanCustomer(t, book, d, i, items[i])
		}
		if c.ID == 0 && !maybeName(items[i].name) {
			return bot.Text("没看懂去哪家,没有排。例:计划 明天上午 绍兴市立医院"), nil
		}
		if day := items[i].day; day.Before(t.Today) || day.Sub(t.Today) > maxPlanAhead {
			return bot.Text("日子不对:" + day.ChineseFrom(t.Today) + "。计划要排在今天或以后、" + strconv.Itoa(maxPlanAhead) + " 天以内。"), nil
		}
	}
	from, to := items[0].day, items[0].day
	for _, x := range items {
		from, to = earlier(from, x.day), later(to, x.day)
	}
	known, err := tx.Plans(ctx, sales.Only(t.Person.ID), from, to)
	if err != nil {
		return bot.Reply{}, err
	}
	dialogue := before
	var notes []string
	for _, x := range items {
		p := a.newPlan(t, tx, book, x, d.EventID)
		if p.CustomerID == 0 {
			notes = append(notes, "客户里没有"+quoted(p.CustomerName, "")+",先按名字记。建档发:新客户 "+p.CustomerName+"。")
		}
		same := slices.IndexFunc(known, func(k sales.VisitPlan) bool {
			return k.Day == p.Day && k.CustomerID == p.CustomerID && k.CustomerName == p.CustomerName
		})
		if same >= 0 {
			k := known[same]
			k.Part, k.DueAt, k.Purpose, k.Appointed = p.Part, p.DueAt, orWord(p.Purpose, k.Purpose), k.Appointed || p.Appointed
			tx.UpdatePlan(k)
			audit(tx, t, "plan.move", "plan", k.ID, sales.Change{Field: "时间", Old: known[same].When(), New: k.When()})
			k.Version++
			known[same] = k
			continue
		}
		tx.CreatePlan(p)
		audit(tx, t, "plan.create", "plan", p.ID)
		emit(tx, t, "plan.created", "plan", p.ID)
		remember(&dialogue, "plan", p.ID, t.Now)
		known = append(known, p)
	}
	note, err := awayNote(ctx, t, tx, items, from, to)
	if err != nil {
		return bot.Reply{}, err
	}
	reply := a.planCard(t, book, known, from, to, "已排", strings.Join(append(notes, note), ""))
	reply.Dialogue = a.shownPlans(t, &dialogue, known)
	return reply, nil
}

// awayNote says on which of the planned days the person is on leave; "" for none.
func awayNote(ctx context.Context, t bot.Turn, tx Tx, items []planItem, from, to sales.Day) (string, error) {
	list, err := tx.Absences(ctx, sales.Only(t.Person.ID), sales.At(from.Start()), sales.At(to.AddDays(1).Start()))
	if err != nil {
		return "", err
	}
	for _, away := range list {
		for _, x := range items {
			if away.Kind == sales.AbsenceLeave && !x.day.Before(away.FirstDay()) && !x.day.After(away.LastDay()) {
				return x.day.ChineseFrom(t.Today) + "你记了请假(" + away.Span() + ")。", nil
			}
		}
	}
	return "", nil
}

func earlier(a, b sales.Day) sales.Day {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b sales.Day) sales.Day {
	if b.After(a) {
		return b
	}
	return a
}

func (a *App) newPlan(t bot.Turn, tx Tx, book *Book, x planItem, event string) sales.VisitPlan {
	p := sales.VisitPlan{
		ID: tx.NewID(), PersonID: t.Person.ID, TeamID: t.Person.TeamID, CustomerID: sales.ID(x.customer.ID), ContactID: sales.ID(x.contact.ID),
		ContactName: x.contact.NewName, Appointed: x.agreed, Day: x.day, Part: x.part, Purpose: x.purpose, State: sales.PlanOpen, CreatedAt: sales.At(t.Now),
		SourceEventID: event, Version: 1,
	}
	if !x.at.IsZero() {
		p.DueAt = sales.At(x.at)
	}
	if p.CustomerID == 0 {
		p.CustomerName = x.name
	}
	return p
}

func (a *App) askPlanCustomer(t bot.Turn, book *Book, d planDraft, i int, x planItem) (bot.Reply, error) {
	d.Ask, d.Options = strconv.Itoa(i), nil
	pick := view.Pick{Key: pickKey(t, "plan"), Question: "是哪家" + quoted(x.name, "客户") + "?"}
	for _, id := range x.customer.Candidates[:min(len(x.customer.Candidates), 5)] {
		d.Options = append(d.Options, sales.ID(id))
	}
	pick.Options = customersToPick(t, book, d.Options, "plan.customer", d.At)
	dialogue, err := a.ask(t, topicPlanCustomer, d)
	if err != nil {
		return bot.Reply{}, err
	}
	reply := bot.ShowCard(view.PickOne(pick))
	reply.Dialogue = dialogue
	return reply, nil
}

// PickPlanCustomer takes a tapped answer to which customer a plan means.
func (a *App) PickPlanCustomer(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[planDraft](t)
	i, nerr := strconv.Atoi(t.Action.Arg)
	if t.Dialogue.Topic != topicPlanCustomer || err != nil || nerr != nil || d.At.Unix() != t.Action.Version || i < 0 || i >= len(d.Options) {
		return passPick(t, bot.Text("这一问过期了,没有改动。要排计划就再发一次。")), nil
	}
	reply, err := a.planPicked(ctx, t, tx, d, d.Options[i])
	return closePick(t, reply), err
}

// AnswerPlanCustomer takes a typed answer to which customer a plan means.
func (a *App) AnswerPlanCustomer(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[planDraft](t)
	if err != nil {
		return bot.Reply{}, err
	}
	if isNo(t.Text) {
		return bot.Reply{Say: bot.Text("好,没排。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	id, ok := optionOf(book, t.Text, d.Options, book.Customer)
	if !ok {
		return bot.Reply{}, bot.ErrNotMine
	}
	return a.planPicked(ctx, t, tx, d, id)
}

func (a *App) planPicked(ctx context.Context, t bot.Turn, tx Tx, d planDraft, id sales.ID) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	picks := map[string]sales.ID{d.Ask: id}
	for k, v := range d.Picks {
		picks[k] = v
	}
	d.Picks, d.Ask, d.Options = picks, "", nil
	return a.makePlan(ctx, t, tx, book, d, *closeTopic(t.Dialogue))
}

// fileAppointment keeps an appointment (预约): a planned visit the customer agreed to.
func (a *App) fileAppointment(ctx context.Context, t bot.Turn, tx Tx, book *Book, d visitDraft, p piece, dialogue *sales.Dialogue) (bot.Reply, error) {
	w := p.facts.planned(book, p)
	x := planItem{day: sales.DayOf(w.Start), customer: p.facts.customer, contact: p.facts.contact, purpose: p.purpose(book, w)}
	if w.HasTime {
		x.at = w.Start
	} else if m := rePartOut.FindStringSubmatch(p.facts.dueWords + " " + p.facts.without(book, p.text)); m != nil {
		x.part = partOf[m[1]]
	}
	if x.day.Before(t.Today) || x.day.Sub(t.Today) > maxPlanAhead {
		return bot.Text("日子不对:" + x.day.ChineseFrom(t.Today) + "。预约要约在今天或以后。"), nil
	}
	plan := a.newPlan(t, tx, book, x, d.EventID)
	plan.Appointed = true
	known, err := tx.Plans(ctx, sales.Only(t.Person.ID), x.day, x.day)
	if err != nil {
		return bot.Reply{}, err
	}
	if i := slices.IndexFunc(known, func(k sales.VisitPlan) bool { return k.CustomerID == plan.CustomerID }); i >= 0 {
		k := known[i]
		k.Part, k.DueAt, k.Appointed, k.Purpose = plan.Part, plan.DueAt, true, orWord(plan.Purpose, k.Purpose)
		tx.UpdatePlan(k)
		k.Version++
		plan, known[i] = k, k
	} else {
		tx.CreatePlan(plan)
		known = append(known, plan)
	}
	audit(tx, t, "plan.appoint", "plan", plan.ID, sales.Change{Field: "预约", New: strings.TrimSpace(plan.Day.Chinese() + " " + plan.When())})
	emit(tx, t, "visit.appointment", "plan", plan.ID)
	remember(dialogue, "plan", plan.ID, t.Now)
	return a.planCard(t, book, known, x.day, x.day, "已约 "+book.Customer(plan.CustomerID), ""), nil
}

// purpose is what an appointment is for: the words beside its time.
func (p piece) purpose(book *Book, w parse.When) string {
	s := p.facts.without(book, p.text)
	if w.Why.Text != "" {
		s = strings.Replace(s, w.Why.Text, " ", 1)
	}
	return cutRunes(bare(rePartOut.ReplaceAllString(s, "")), 60)
}
