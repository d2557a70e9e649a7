package handlers

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

const topicFilingResult = "filing.result"

func (a *App) registerFilingService(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "受理", Aliases: []string{"sl"}, Summary: "接下一条投诉或售后", Usage: "受理 客户", Handle: a.AcceptByName,
		Detail: "接下这家客户还没人受理的投诉或售后,记录的销售马上知道。", Rank: map[sales.Role]int{sales.RoleService: 3},
	})
	r.Command(bot.Command[Tx]{
		Name: "办结", Aliases: []string{"bj"}, Summary: "办完一条投诉或售后", Usage: "办结 客户 怎么处理的", Handle: a.CloseByName,
		Detail: "写一句怎么处理的,记录的销售会收到。", Rank: map[sales.Role]int{sales.RoleService: 4},
	})
	r.Action("filing.accept", a.TapAccept)
	r.Action("filing.close", a.TapClose)
	r.Topic(topicFilingResult, a.AnswerResult)
}

// maxService bounds how many of the service are told of one filing.
const maxService = 10

// serviceFor are the people who take complaints and requests: the service, where there is one; else the author's superior.
func serviceFor(org *sales.Org, author sales.PersonID) []sales.PersonID {
	var out []sales.PersonID
	for _, p := range org.WithRole(sales.RoleService) {
		if len(out) < maxService {
			out = append(out, p.ID)
		}
	}
	if len(out) == 0 {
		if up, ok := org.Manager(author); ok {
			out = append(out, up.ID)
		}
	}
	return out
}

// toService gives a filing to the service: a card with a button to take it, a to-do for each, and a look after a while
// whether somebody did. names are who was told.
func (a *App) toService(t bot.Turn, tx Tx, book *Book, f sales.Filing) (reply bot.Reply, names []string) {
	people := serviceFor(t.Org, f.PersonID)
	if len(people) == 0 {
		return reply, nil
	}
	card := view.FilingForService(a.filingView(t, book, f))
	reply.Say = append(reply.Say, bot.Say{
		To: people, Subject: "filing:" + f.ID.String(), Kind: bot.DeliverPush, Slot: "service", Push: true, Urgent: f.Urgent, Out: bot.Outgoing{Card: &card},
	})
	for _, p := range people {
		todo := sales.Todo{
			ID: tx.NewID(), OwnerID: p, CustomerID: f.CustomerID, SourceKind: "filing", SourceID: f.ID, Text: "受理" + view.FilingHead(f),
			State: sales.TodoOpen, CreatedAt: sales.At(t.Now), SourceEventID: f.SourceEventID, Version: 1,
		}
		reply = reply.And(a.openTodo(t, tx, todo))
		names = append(names, t.Org.Name(p))
	}
	return reply, names
}

// mayServe reports whether a person may take or end a filing: the service, and whoever stands in where there is none.
func mayServe(t bot.Turn, f sales.Filing) bool {
	return t.Person.Has(sales.RoleService) || slices.Contains(serviceFor(t.Org, f.PersonID), t.Person.ID)
}

// TapAccept takes a complaint or request by its button (受理).
func (a *App) TapAccept(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	f, err := tx.FilingByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	return a.accept(ctx, t, tx, f)
}

func (a *App) accept(ctx context.Context, t bot.Turn, tx Tx, f sales.Filing) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	if refusal := a.cannotServe(t, f); refusal != "" {
		return bot.Reply{Say: bot.Text(refusal).Say, Faces: a.filingFaces(t, book, f)}, nil
	}
	if f.State != sales.FilingOpen {
		return bot.Reply{
			Say:   bot.Text("这条已经由" + t.Org.Name(f.HandlerID) + "在 " + sales.FormatTime(f.HandledAt.Time, t.Now) + " 受理,没有改动。").Say,
			Faces: a.filingFaces(t, book, f),
		}, nil
	}
	f.State, f.HandlerID, f.HandledAt = sales.FilingAccepted, t.Person.ID, sales.At(t.Now)
	reply, err := a.saveFiling(ctx, t, tx, book, &f, "filing.accept", sales.Change{Field: "状态", Old: "待受理", New: "已受理"})
	if err != nil {
		return bot.Reply{}, err
	}
	ended, err := a.endServiceTodos(ctx, t, tx, f)
	if err != nil {
		return bot.Reply{}, err
	}
	todo := sales.Todo{
		ID: tx.NewID(), OwnerID: t.Person.ID, CustomerID: f.CustomerID, SourceKind: "filing", SourceID: f.ID, Text: "办结" + view.FilingHead(f),
		State: sales.TodoOpen, CreatedAt: sales.At(t.Now), SourceEventID: t.Event.ID, Version: 1,
	}
	if within := a.Settings.CloseWithin; within > 0 {
		at := a.Calendar.Of(t.Org, t.Person.ID).AddWorking(t.Now, within)
		todo.DueOn, todo.DueAt = sales.DayOf(at), sales.At(at)
	}
	reply = reply.And(ended).And(a.openTodo(t, tx, todo))
	if f.PersonID != t.Person.ID {
		reply.Say = append(reply.Say, tellAuthor(f, "accepted", t.Person.Name+"受理了你记的"+view.FilingHead(f)+"("+book.Customer(f.CustomerID)+"),办完告诉你。"))
	}
	if t.Event.Kind != bot.Tapped {
		reply.Say = append(bot.Text("已受理:"+book.Customer(f.CustomerID)+" "+view.FilingHead(f)+"。办完回:办结 "+book.Customer(f.CustomerID)+" 怎么处理的").Say, reply.Say...)
	}
	return reply, nil
}

func tellAuthor(f sales.Filing, slot, text string) bot.Say {
	return bot.Say{
		To: []sales.PersonID{f.PersonID}, Subject: "filing:" + f.ID.String(), Kind: bot.DeliverPush, Slot: slot, Push: true, Out: bot.Outgoing{Text: text},
	}
}

func (a *App) cannotServe(t bot.Turn, f sales.Filing) string {
	switch {
	case !f.Kind.ForService():
		return "这条不用受理。"
	case f.State == sales.FilingUndone:
		return "这条" + f.Kind.Name() + "已经被" + t.Org.Name(f.PersonID) + "撤销,不用处理了。"
	case !mayServe(t, f):
		return f.Kind.Name() + "由客服受理,进度会告诉记录的人。"
	}
	return ""
}

// saveFiling writes a filing's new state with its trace, and gives its cards their new faces.
func (a *App) saveFiling(_ context.Context, t bot.Turn, tx Tx, book *Book, f *sales.Filing, verb string, changes ...sales.Change) (bot.Reply, error) {
	tx.UpdateFiling(*f)
	audit(tx, t, verb, "filing", f.ID, changes...)
	emit(tx, t, string(f.Kind)+strings.TrimPrefix(verb, "filing"), "filing", f.ID)
	f.Version++
	return bot.Reply{Faces: a.filingFaces(t, book, *f)}, nil
}

// endServiceTodos closes what the service still had to do about a filing.
func (a *App) endServiceTodos(ctx context.Context, t bot.Turn, tx Tx, f sales.Filing) (bot.Reply, error) {
	todos, err := tx.TodosBySource(ctx, "filing", f.ID)
	var reply bot.Reply
	for _, todo := range todos {
		if todo.State != sales.TodoOpen || !strings.HasPrefix(todo.Text, "受理") && !strings.HasPrefix(todo.Text, "办结") {
			continue
		}
		state := sales.TodoCancelled
		if todo.OwnerID == f.HandlerID {
			state = sales.TodoDone
		}
		reply = reply.And(a.endTodo(t, tx, todo, state))
	}
	return reply, err
}

// TapClose ends a filing by its button: it asks how.
func (a *App) TapClose(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	f, err := tx.FilingByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	if said := bare(t.Input["reason"]); said != "" {
		return a.closeFiling(ctx, t, tx, f, said)
	}
	return a.askResult(ctx, t, f)
}

func (a *App) askResult(ctx context.Context, t bot.Turn, f sales.Filing) (bot.Reply, error) {
	if refusal := a.cannotServe(t, f); refusal != "" {
		return bot.Text(refusal), nil
	}
	if f.State == sales.FilingClosed {
		return bot.Text("这条在 " + sales.FormatTime(f.ClosedAt.Time, t.Now) + " 已经办结,没有改动。"), nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	dialogue, err := a.ask(t, topicFilingResult, filingRef{ID: f.ID})
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Reply{Say: bot.Text(book.Customer(f.CustomerID) + "的" + view.FilingHead(f) + "怎么处理的?回一句,例:换了主板,已恢复。").Say, Dialogue: dialogue}, nil
}

// filingRef is a filing that a question is about.
type filingRef struct {
	ID sales.ID `json:"id"`
}

// AnswerResult takes how a filing ended.
func (a *App) AnswerResult(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[filingRef](t)
	if err != nil {
		return bot.Reply{}, err
	}
	if isNo(t.Text) {
		return bot.Reply{Say: bot.Text("好,还没办结。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	f, err := tx.FilingByID(ctx, d.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	return a.closeFiling(ctx, t, tx, f, t.Text)
}

func (a *App) closeFiling(ctx context.Context, t bot.Turn, tx Tx, f sales.Filing, result string) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	refusal := a.cannotServe(t, f)
	if refusal == "" && f.State == sales.FilingClosed {
		refusal = "这条在 " + sales.FormatTime(f.ClosedAt.Time, t.Now) + " 已经办结,没有改动。"
	}
	if refusal != "" {
		return bot.Reply{Say: bot.Text(refusal).Say, Faces: a.filingFaces(t, book, f), Dialogue: closeTopic(t.Dialogue)}, nil
	}
	old := f.State
	if f.HandlerID == 0 {
		f.HandlerID, f.HandledAt = t.Person.ID, sales.At(t.Now)
	}
	f.State, f.ClosedAt, f.Result = sales.FilingClosed, sales.At(t.Now), cutRunes(result, 300)
	reply, err := a.saveFiling(ctx, t, tx, book, &f, "filing.close",
		sales.Change{Field: "状态", Old: sales.FilingStateName(old), New: "已办结"}, sales.Change{Field: "结果", New: f.Result})
	if err != nil {
		return bot.Reply{}, err
	}
	ended, err := a.endServiceTodos(ctx, t, tx, f)
	if err != nil {
		return bot.Reply{}, err
	}
	reply = reply.And(ended)
	name := book.Customer(f.CustomerID)
	if f.PersonID != t.Person.ID {
		reply.Say = append(reply.Say, tellAuthor(f, "closed", name+"的"+view.FilingHead(f)+"办结了("+t.Person.Name+"):"+f.Result+"。用时 "+sales.Waited(t.Now.Sub(f.FiledAt.Time))+"。"))
	}
	reply.Say = append(bot.Text("已办结:"+name+" "+view.FilingHead(f)+",用时 "+sales.Waited(t.Now.Sub(f.FiledAt.Time))+"。").Say, reply.Say...)
	reply.Dialogue = closeTopic(t.Dialogue)
	return reply, nil
}

// finishFilingTodo does what finishing a to-do of the service means for its filing; ok is false when it means nothing.
func (a *App) finishFilingTodo(ctx context.Context, t bot.Turn, tx Tx, todo sales.Todo) (reply bot.Reply, ok bool, err error) {
	if todo.SourceKind != "filing" || !strings.HasPrefix(todo.Text, "受理") && !strings.HasPrefix(todo.Text, "办结") {
		return bot.Reply{}, false, nil
	}
	f, err := tx.FilingByID(ctx, todo.SourceID)
	if err != nil {
		return bot.Reply{}, false, err
	}
	if strings.HasPrefix(todo.Text, "受理") {
		reply, err = a.accept(ctx, t, tx, f)
	} else {
		reply, err = a.askResult(ctx, t, f)
	}
	return reply, true, err
}

// AcceptByName and CloseByName do the same as the buttons, by the customer's name.
func (a *App) AcceptByName(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	f, _, refusal, err := a.servable(ctx, t, tx, sales.FilingOpen)
	if err != nil || refusal != "" {
		return bot.Text(refusal), err
	}
	return a.accept(ctx, t, tx, f)
}

// CloseByName ends a filing of a customer: 办结 客户 怎么处理的.
func (a *App) CloseByName(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	f, rest, refusal, err := a.servable(ctx, t, tx, sales.FilingAccepted, sales.FilingOpen)
	if err != nil || refusal != "" {
		return bot.Text(refusal), err
	}
	if rest == "" {
		return a.askResult(ctx, t, f)
	}
	return a.closeFiling(ctx, t, tx, f, rest)
}

// servable finds the oldest filing for the service that a text names by its customer, in one of the states, the first
// state first; rest is what else was said.
func (a *App) servable(ctx context.Context, t bot.Turn, tx Tx, states ...string) (f sales.Filing, rest, refusal string, err error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return f, "", "", err
	}
	scope := sales.Scope{All: true}
	if !t.Person.Has(sales.RoleService) {
		scope = t.Org.ScopeOf(t.Person)
	}
	list, err := tx.Filings(ctx, sales.FilingFilter{Scope: scope, Pending: true})
	if err != nil {
		return f, "", "", err
	}
	customer, rest, why := a.customerIn(t, book, t.Args)
	if why != "" && strings.TrimSpace(t.Args) != "" {
		return f, "", why, nil
	}
	for _, state := range states {
		for i := len(list) - 1; i >= 0; i-- {
			if x := list[i]; x.Kind.ForService() && x.State == state && (customer == 0 || x.CustomerID == customer) && mayServe(t, x) {
				return x, rest, "", nil
			}
		}
	}
	if customer != 0 {
		return f, "", fmt.Sprintf("%s没有可以%s的投诉或售后。发 投诉 未关 看没办完的。", book.Customer(customer), t.Command), nil
	}
	return f, "", "没有可以" + t.Command + "的投诉或售后。", nil
}
