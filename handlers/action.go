package handlers

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// DueVisitAction is the kind of the due row that looks whether an action of a visit was filed in time.
func DueVisitAction(a sales.VisitAction) string { return "visit." + string(a) }

type actionCommand struct {
	action                          sales.VisitAction
	aliases                         []string
	summary, usage, detail, example string
	rank                            map[sales.Role]int
}

var actionCommands = []actionCommand{
	{sales.ActionAppointment, []string{"yy", "约访", "预约发起"}, "记约好的拜访", "预约 客户 明天下午3点 联系人", "约好的会进拜访计划,到点提醒签到。", "预约 %s 明天下午3点", nil},
	{
		sales.ActionCheckIn,
		[]string{"qd", "到了", "现场签到"},
		"到客户现场签到", "签到 客户", "签到就开了今天这次拜访。之后发 需求、演示、异议、承诺 都记进这一次,不用再写客户。", "签到 %s",
		map[sales.Role]int{sales.RoleRep: 5},
	},
	{sales.ActionNeed, []string{"xq", "客户需求", "需求捕捉"}, "记需求", "需求 要什么", "记进今天这次拜访;今天没有就新开一次。", "需求 %s 要全自动的,预算50万", nil},
	{sales.ActionDemo, []string{"ys", "方案演示", "演示方案"}, "记方案演示", "演示 产品", "记进今天这次拜访。", "演示 %s 生化分析仪", nil},
	{sales.ActionObjection, []string{"yy2", "客户异议", "异议登记"}, "记异议", "异议 嫌什么", "记进今天这次拜访,内容只有你看得到。", "异议 %s 嫌贵10%%", nil},
	{sales.ActionPromise, []string{"cn", "跟进承诺"}, "记承诺,到期提醒", "承诺 几号前做什么", "记进今天这次拜访,同时成为待办。", "承诺 %s 周五前发报价", nil},
}

func (a *App) registerAction(r *bot.Router[Tx]) {
	for _, c := range actionCommands {
		r.Command(bot.Command[Tx]{
			Name: c.action.Name(), Aliases: c.aliases, Summary: c.summary, Usage: c.usage, Detail: c.detail, Rank: c.rank,
			Example: a.ownExample(strings.ReplaceAll(c.example, "%%", "%")),
			Handle:  func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) { return a.Act(ctx, t, tx, c.action) },
		})
	}
	r.Action("visit.next", a.TapNext)
}

// Act files one of a visit's six actions from a command. Without a customer it belongs to the visit that is open today.
func (a *App) Act(ctx context.Context, t bot.Turn, tx Tx, action sales.VisitAction) (bot.Reply, error) {
	d := newVisit(t, strings.TrimSpace(action.Name()+" "+t.Args))
	d.Kind = string(action)
	if action != sales.ActionCheckIn && action != sales.ActionAppointment {
		res, err := a.read(ctx, t, tx, t.Args, t.Now)
		if err != nil {
			return bot.Reply{}, err
		}
		groups := byCustomer(res)
		if !slices.ContainsFunc(groups, func(f facts) bool { return isNamed(f.customer) && !f.customer.Inferred }) && placeWord(t.Args) == "" {
			v, ok, err := a.openVisit(ctx, t, tx)
			if err != nil {
				return bot.Reply{}, err
			}
			if ok {
				d.Customer, d.Visit = v.CustomerID, v.ID
			}
		}
	}
	return a.understandVisit(ctx, t, tx, d, t.Dialogue)
}

// openVisit is the visit of today that the person filed last.
func (a *App) openVisit(ctx context.Context, t bot.Turn, tx Tx) (sales.Visit, bool, error) {
	ref, ok := lastOf(t.Dialogue, "visit")
	if !ok { // other things were filed since
		list, err := tx.VisitsOn(ctx, t.Person.ID, t.Today)
		if err != nil || len(list) == 0 {
			return sales.Visit{}, false, err
		}
		return list[len(list)-1], true, nil
	}
	v, err := tx.VisitByID(ctx, ref.ID)
	if err != nil && sales.KindOf(err) == sales.NotFound {
		return v, false, nil
	}
	return v, err == nil && v.State == sales.VisitFiled && v.Day == t.Today && v.PersonID == t.Person.ID, err
}

// TapNext begins the next action of a visit by its button.
func (a *App) TapNext(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	v, err := a.ownVisit(ctx, t, tx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	kind := sales.VisitAction(t.Action.Arg)
	if v.State == sales.VisitUndone || kind.Name() == "" {
		return bot.Text("这次拜访已经撤销,不用补了。"), nil
	}
	d := newVisit(t, kind.Name())
	d.Kind, d.Customer, d.Visit = string(kind), v.CustomerID, v.ID
	return a.understandVisit(ctx, t, tx, d, t.Dialogue)
}

// noneWords say that there was nothing of an action.
const noneWords = "没有"

// missingOfAction is what must be asked about an action; nil when nothing must.
func missingOfAction(book *Book, p piece, name string) *slotQuestion {
	text := p.actionText(book)
	switch sales.VisitAction(p.kind) {
	case sales.ActionAppointment:
		if p.facts.due.IsZero() && p.facts.planned(book, p).IsZero() {
			return &slotQuestion{slotDue, "和" + name + "约的什么时候?", choicesOf("今天下午", "明天上午", "明天下午", "后天上午", "后天下午")}
		}
	case sales.ActionNeed:
		if text == "" {
			return &slotQuestion{slotText, name + "要什么?一句话。", []choice{{noneWords, "没有新需求"}}}
		}
	case sales.ActionDemo:
		if text == "" && len(p.facts.products) == 0 {
			return &slotQuestion{slotProduct, "给" + name + "演示了什么?", append(productChoices(book), choice{noneWords, "没有演示"})}
		}
	case sales.ActionObjection:
		if text == "" && len(p.facts.objections) == 0 {
			q := &slotQuestion{slot: slotText, text: name + "嫌什么?", choices: choicesOf("嫌贵", "预算不够", "嫌交期长", "担心质量", "担心服务")}
			q.choices = append(q.choices, choice{noneWords, "没有异议"})
			return q
		}
	case sales.ActionPromise:
		switch {
		case text == "" && len(p.facts.promises) == 0:
			q := &slotQuestion{slot: slotText, text: "答应" + name + "什么?", choices: choicesOf("发报价", "寄样", "发资料", "安排演示", "回电话")}
			q.choices = append(q.choices, choice{noneWords, "没有承诺"})
			return q
		case text != noneWords && !p.facts.undated && p.promise(book).Due.IsZero():
			return &slotQuestion{slotDue, "\"" + cutRunes(p.promise(book).What, 20) + "\"什么时候前?", choicesOf("今天", "明天", "后天", "周五", "下周一", undated)}
		}
	}
	return nil
}

const undated = "不定日期"

func choicesOf(names ...string) []choice {
	out := make([]choice, len(names))
	for i, n := range names {
		out[i] = choice{n, n}
	}
	return out
}

// actionText is what was said of an action, without names.
func (p piece) actionText(book *Book) string { return cutRunes(p.facts.without(book, p.text), 200) }

// promise is the promise of an action: the one understood, else the words with the date.
func (p piece) promise(book *Book) parse.Promise {
	out := parse.Promise{Who: parse.PartyUs, What: p.actionText(book)}
	if len(p.facts.promises) > 0 {
		out = p.facts.promises[0]
	}
	if out.Due.IsZero() {
		out.Due = p.facts.due
	}
	return out
}

// setDue takes the answer to "when".
func (f *facts) setDue(book *Book, v string, d visitDraft) {
	if v == undated {
		f.undated = true
		return
	}
	f.due, f.dueWords = whenIn(book, v, d.At), v
}

// whenIn is the day or moment ahead that a text names; zero when it names none.
func whenIn(book *Book, text string, now time.Time) parse.When {
	now = now.In(sales.Shanghai)
	if reClock.MatchString(text) {
		if w, ok := parse.Moment(text, now, parse.TenseFuture, book.Parser.Calendar); ok {
			return w
		}
	}
	if w, ok := parse.Date(text, now, parse.TenseFuture, book.Parser.Calendar); ok {
		return w
	}
	return parse.When{}
}

// planned is when an appointment is, by what was said.
func (f facts) planned(book *Book, p piece) parse.When {
	if !f.due.IsZero() {
		return f.due
	}
	return whenIn(book, f.without(book, p.text), p.at)
}

// reClock is a time of day, not just a part of it.
var reClock = regexp.MustCompile(`[\d一二两三四五六七八九十]\s*(点|时|[:：]\d\d)|分钟后|小时后`)

var (
	demoWords    = []string{"介绍", "演示", "讲解", "讲了", "展示", "试用", "看了"}
	checkInWords = []string{"签到", "到现场", "到了客户"}
)

// actionsDone are the actions that a message reports of a visit.
func (f facts) actionsDone(v sales.Visit, promises int) []sales.VisitAction {
	seen := map[sales.VisitAction]bool{}
	for _, g := range f.frames {
		for _, x := range g.Actions {
			seen[sales.VisitAction(x.Action)] = true
		}
	}
	words := f.words()
	said := func(w string) bool { return strings.Contains(words, w) }
	seen[sales.ActionNeed] = seen[sales.ActionNeed] || v.Need != ""
	seen[sales.ActionObjection] = seen[sales.ActionObjection] || v.Objection != "" || v.ObjectionType != ""
	seen[sales.ActionPromise] = seen[sales.ActionPromise] || promises > 0
	seen[sales.ActionDemo] = seen[sales.ActionDemo] || slices.ContainsFunc(demoWords, said)
	seen[sales.ActionCheckIn] = seen[sales.ActionCheckIn] || slices.ContainsFunc(checkInWords, said)
	var out []sales.VisitAction
	for _, x := range sales.VisitActions {
		if seen[x] {
			out = append(out, x)
		}
	}
	return out
}

// putAction keeps that an action of a visit was done.
func putAction(t bot.Turn, tx Tx, v sales.Visit, action sales.VisitAction, text, state, event string) sales.ActionRow {
	row := sales.ActionRow{
		VisitID: v.ID, Action: action, PersonID: v.PersonID, CustomerID: v.CustomerID, Day: v.Day, DoneAt: sales.At(t.Now),
		Text: cutRunes(text, 300), State: state, SourceEventID: event,
	}
	tx.PutAction(row)
	return row
}

// fileAction files one action: into the visit of today at that customer, or a new one.
func (a *App) fileAction(ctx context.Context, t bot.Turn, tx Tx, book *Book, d visitDraft, p piece, dialogue *sales.Dialogue) (bot.Reply, error) {
	action := sales.VisitAction(p.kind)
	if action == sales.ActionAppointment {
		return a.fileAppointment(ctx, t, tx, book, d, p, dialogue)
	}
	v, rows, fresh, err := a.visitToday(ctx, t, tx, d, p)
	if err != nil {
		return bot.Reply{}, err
	}
	text, state := p.actionText(book), sales.ActionDone
	if text == noneWords {
		state = sales.ActionNone
	}
	if i := slices.IndexFunc(rows, func(r sales.ActionRow) bool { return r.Action == action }); i >= 0 && action == sales.ActionCheckIn {
		return bot.Text(book.Customer(v.CustomerID) + "今天 " + rows[i].DoneAt.In(sales.Shanghai).Format("15:04") + " 已经签到,没有重复记。接着发 需求、演示、异议、承诺。"), nil
	}
	before := v
	promises := a.apply(&v, p, book, action, state)
	row := putAction(t, tx, v, action, text, state, d.EventID)
	rows = append(slices.DeleteFunc(rows, func(r sales.ActionRow) bool { return r.Action == action }), row)
	if action == sales.ActionCheckIn {
		more, err := a.checkedIn(ctx, t, tx, v, d.EventID)
		if err != nil {
			return bot.Reply{}, err
		}
		rows = append(rows, more...)
		remember(dialogue, "checkin", v.ID, t.Now)
	}
	tx.CancelDue(DueVisitAction(action), "visit", v.ID, "filed")
	if fresh {
		tx.CreateVisit(v)
		tx.TouchCustomer(v.CustomerID, v.FiledAt)
		audit(tx, t, "visit.file", "visit", v.ID)
		emit(tx, t, "visit.filed", "visit", v.ID)
	} else {
		tx.UpdateVisit(v)
		v.Version++
	}
	audit(tx, t, "visit.action", "visit", v.ID, sales.Change{Field: action.Name(), Old: actionBefore(before, action), New: orWord(text, "已签到")})
	emit(tx, t, "visit."+string(action), "visit", v.ID)
	remember(dialogue, "visit", v.ID, t.Now)
	return a.actionReply(ctx, t, tx, book, d, v, rows, promises)
}

func actionBefore(v sales.Visit, a sales.VisitAction) string {
	switch a {
	case sales.ActionNeed:
		return v.Need
	case sales.ActionObjection:
		return v.Objection
	}
	return ""
}

// visitToday is the visit that an action belongs to, with what was filed of it: the one tapped or named, else the newest
// of today at that customer, else a new one.
func (a *App) visitToday(ctx context.Context, t bot.Turn, tx Tx, d visitDraft, p piece) (v sales.Visit, rows []sales.ActionRow, fresh bool, err error) {
	customer := sales.ID(p.facts.customer.ID)
	if d.Visit != 0 {
		if v, err = tx.VisitByID(ctx, d.Visit); err != nil {
			return v, nil, false, err
		}
	}
	if v.ID == 0 || v.CustomerID != customer || v.PersonID != t.Person.ID || v.State != sales.VisitFiled {
		list, err := tx.VisitsNear(ctx, t.Person.ID, customer, t.Today, t.Today)
		if err != nil {
			return v, nil, false, err
		}
		if len(list) == 0 {
			return sales.Visit{
				ID: tx.NewID(), PersonID: t.Person.ID, TeamID: t.Person.TeamID, CustomerID: customer, Day: t.Today, FiledAt: sales.At(t.Now),
				ContactID: p.facts.contactID(), ContactName: p.facts.contact.NewName, State: sales.VisitFiled, SourceEventID: d.EventID, Version: 1,
			}, nil, true, nil
		}
		v = list[0]
	}
	rows, err = tx.ActionsOf(ctx, v.ID)
	return v, rows, false, err
}

// apply writes what an action says into its visit, and returns the promises it makes.
func (a *App) apply(v *sales.Visit, p piece, book *Book, action sales.VisitAction, state string) []parse.Promise {
	text := p.actionText(book)
	if v.ContactID == 0 && p.facts.contactID() != 0 {
		v.ContactID = p.facts.contactID()
	}
	if state == sales.ActionNone {
		return nil
	}
	v.Text = cutRunes(strings.TrimSpace(v.Text+"\n"+action.Name()+" "+text), 2000)
	switch action {
	case sales.ActionNeed:
		v.Need = cutRunes(joinText(v.Need, text), 200)
		if m, role := p.facts.amount(); m != 0 && v.Amount == 0 {
			v.Amount, v.AmountRole = m, role
		}
	case sales.ActionDemo:
		for _, id := range p.facts.productIDs() {
			if !slices.Contains(v.Products, id) {
				v.Products = append(slices.Clone(v.Products), id)
			}
		}
	case sales.ActionObjection:
		said, kind, percent := p.facts.objection()
		if said == "" {
			said = text
		}
		v.Objection = cutRunes(joinText(v.Objection, said), 200)
		if v.ObjectionType == "" {
			v.ObjectionType, v.ObjectionPercent = kind, percent
		}
	case sales.ActionPromise:
		if len(p.facts.promises) > 1 {
			return p.facts.promises
		}
		return []parse.Promise{p.promise(book)}
	}
	return nil
}

func joinText(old, more string) string {
	if old == "" || more == "" || strings.Contains(old, more) {
		return old + strings.TrimPrefix(more, old)
	}
	return old + ";" + more
}

// checkedIn begins a visit's time limits, and looks whether it was agreed on before.
func (a *App) checkedIn(ctx context.Context, t bot.Turn, tx Tx, v sales.Visit, event string) ([]sales.ActionRow, error) {
	for _, action := range sales.VisitActions {
		within := a.Settings.ActionWithin[action]
		if within <= 0 {
			continue
		}
		tx.Schedule(sales.Due{
			ID: tx.NewID(), Kind: DueVisitAction(action), SubjectKind: "visit", SubjectID: v.ID, Slot: string(action),
			DueAt: sales.At(t.Now.Add(within)), State: sales.DuePending,
		})
	}
	plans, err := tx.Plans(ctx, sales.Only(t.Person.ID), t.Today, t.Today)
	if err != nil {
		return nil, err
	}
	for _, p := range plans {
		if p.CustomerID == v.CustomerID && p.Appointed {
			return []sales.ActionRow{putAction(t, tx, v, sales.ActionAppointment, strings.TrimSpace(p.When()+" "+p.Purpose), sales.ActionDone, event)}, nil
		}
	}
	return nil, nil
}

// actionReply shows the visit's card as it stands now.
func (a *App) actionReply(ctx context.Context, t bot.Turn, tx Tx, book *Book, d visitDraft, v sales.Visit, rows []sales.ActionRow, promises []parse.Promise) (bot.Reply, error) {
	todos, err := tx.TodosBySource(ctx, "visit", v.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	var follow bot.Reply
	for _, x := range promises {
		todo := a.promiseTodo(t, tx, v, x)
		follow = follow.And(a.openTodo(t, tx, todo))
		todos = append(todos, todo)
	}
	vv := a.visitView(t, book, v, todos)
	if err := a.visitExtras(ctx, t, tx, &vv); err != nil {
		return bot.Reply{}, err
	}
	vv.Actions, vv.Group = rows, d.Group != nil
	return bot.ShowCard(view.VisitFiled(vv)).And(follow), nil
}

// visitExtras reads what stands in tables of its own about a visit: its actions, colleagues, and approvals.
func (a *App) visitExtras(ctx context.Context, t bot.Turn, tx Tx, vv *view.Visit) error {
	var err error
	if vv.Actions, err = tx.ActionsOf(ctx, vv.Visit.ID); err != nil {
		return err
	}
	list, err := tx.CompanionsOf(ctx, vv.Visit.ID)
	if err != nil {
		return err
	}
	for _, c := range list {
		vv.Companions = append(vv.Companions, view.CompanionName(t.Org.Name(c.PersonID), c.State))
	}
	if err := a.visitDeal(ctx, t, tx, vv); err != nil {
		return err
	}
	links, err := tx.ApprovalLinksOf(ctx, "visit", vv.Visit.ID)
	for _, l := range links {
		vv.Approvals = append(vv.Approvals, l.Number)
	}
	return err
}

// visitDeal adds where the visit's opportunity stands by now. What was suggested is left out once it has been done, and all of it
// for whom the deal is not.
func (a *App) visitDeal(ctx context.Context, t bot.Turn, tx Tx, vv *view.Visit) error {
	if vv.Visit.OpportunityID == 0 {
		return nil
	}
	o, err := tx.OpportunityByID(ctx, vv.Visit.OpportunityID)
	if err != nil && sales.KindOf(err) != sales.NotFound {
		return err
	}
	suggested := vv.Visit.SuggestedStage
	book, berr := a.Names.Book(ctx)
	if berr != nil {
		return berr
	}
	switch {
	case err == nil && !a.seesDeal(t, book, o):
		vv.Visit.SuggestedStage = ""
	case err != nil || o.State != sales.OpportunityOpen:
		vv.Visit.SuggestedStage = ""
	case suggested != sales.StageLost && o.Way.Index(suggested) <= o.Way.Index(o.Stage):
		vv.Stage, vv.Way, vv.Visit.SuggestedStage = o.Stage, o.Way, ""
	default:
		vv.Stage, vv.Way = o.Stage, o.Way
	}
	return nil
}

// seesDeal reports whether a person may see where a deal stands: whose it or its customer is, and those above. Whoever visits
// somebody else's customer is told no more than that it is theirs.
func (a *App) seesDeal(t bot.Turn, book *Book, o sales.Opportunity) bool {
	if t.Org.ScopeOf(t.Person).Covers(o.OwnerID) {
		return true
	}
	c, ok := book.Customers.Find(o.CustomerID)
	return ok && a.works(t, book, c)
}
