package handlers

import (
	"context"
	"errors"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// What other systems write comes as values, not as words: it is checked as words are, and what follows from it (reminders,
// events, cards of others) is the same. t.Person is whose rights count; a service's has no id and an administrator's.

// NewRecord is a customer from another system.
type NewRecord struct {
	Name, Phone, Industry, USCC, City, Contact string
	Owner                                      sales.PersonID
}

// AddCustomer makes a customer. A double is refused; the error names it only to who may read it.
func (a *App) AddCustomer(ctx context.Context, t bot.Turn, tx Tx, in NewRecord) (sales.Customer, error) {
	phone, err := sales.ParsePhone(in.Phone)
	if err != nil {
		return sales.Customer{}, sales.Errorf(sales.Invalid, "phone 不是能用的电话号码。")
	}
	if in.USCC != "" {
		code, err := sales.ParseUSCC(in.USCC)
		if err != nil {
			return sales.Customer{}, err
		}
		in.USCC = string(code)
	}
	owner, err := colleagueFor(t, in.Owner)
	if err != nil {
		return sales.Customer{}, err
	}
	name := sales.ParseName(strings.TrimSpace(in.Name))
	twins, err := tx.DuplicateCustomers(ctx, in.USCC, string(phone), name.Key, 5)
	if err != nil {
		return sales.Customer{}, err
	}
	for _, c := range twins {
		if c.NameKey == name.Key || c.Phone == string(phone) || in.USCC != "" && c.USCC == in.USCC {
			return sales.Customer{}, sales.Errorf(sales.Conflict, a.twinOf(ctx, t, c))
		}
	}
	c := sales.Customer{
		ID: tx.NewID(), Name: strings.TrimSpace(in.Name), NameKey: name.Key, USCC: in.USCC, Phone: string(phone), Industry: in.Industry, City: in.City,
		OwnerID: owner.ID, TeamID: owner.TeamID, CreatedBy: t.Person.ID, CreatedAt: sales.At(t.Now), SourceEventID: t.Event.ID, Version: 1,
	}
	if c.City == "" {
		c.City = name.Place
	}
	tx.CreateCustomer(c)
	audit(tx, t, "customer.create", "customer", c.ID)
	emit(tx, t, "customer.created", "customer", c.ID)
	a.askRegistry(t, tx, c, true)
	if in.Contact != "" {
		a.newContact(t, tx, c.ID, parse.ContactRef{NewName: in.Contact}, "")
	}
	return c, nil
}

// twinOf says which customer is there already.
func (a *App) twinOf(ctx context.Context, t bot.Turn, c sales.Customer) string {
	book, err := a.Names.Book(ctx)
	if err == nil && a.reads(t, book, c) {
		return "已有同一家客户:" + c.Name + "(id " + c.ID.String() + ")。"
	}
	return "这家客户别人已经建了,找" + t.Org.Name(c.OwnerID) + "。"
}

// colleagueFor is an active person by id: the turn's own when none is named.
func colleagueFor(t bot.Turn, id sales.PersonID) (sales.Person, error) {
	if id == 0 {
		id = t.Person.ID
	}
	p, ok := t.Org.Person(id)
	switch {
	case id == 0:
		return sales.Person{}, sales.Errorf(sales.Invalid, "服务令牌要写明是谁的:owner_id 或 person_id。")
	case !ok || !p.Active:
		return sales.Person{}, sales.Errorf(sales.Invalid, "没有这个在职的人。/api/v1/people 有名单。")
	case id != t.Person.ID && !t.Org.ScopeOf(t.Person).Covers(id):
		return sales.Person{}, sales.Errorf(sales.Forbidden, "只能替自己或自己的下属写。")
	}
	return p, nil
}

// workable is a customer that may be worked on: by a service, or by who works with it.
func (a *App) workable(ctx context.Context, t bot.Turn, tx Tx, id sales.ID) (sales.Customer, *Book, error) {
	c, err := tx.CustomerByID(ctx, id)
	if err != nil {
		return c, nil, err
	}
	book, err := a.Names.Book(ctx)
	if err == nil {
		err = a.mayWorkOn(t, book, c)
	}
	return c, book, err
}

// AddVisit files a visit that is told as values. v has customer, person, day, contact, text, need and amount.
func (a *App) AddVisit(ctx context.Context, t bot.Turn, tx Tx, v sales.Visit) (sales.Visit, error) {
	who, err := colleagueFor(t, v.PersonID)
	if err != nil {
		return v, err
	}
	if ago := t.Today.Sub(v.Day); ago < 0 || ago > maxVisitAge {
		return v, sales.Errorf(sales.Invalid, "day 要在今天和 30 天前之间。")
	}
	c, book, err := a.workable(ctx, t, tx, v.CustomerID)
	if err != nil {
		return v, err
	}
	v.ID, v.CustomerID, v.PersonID, v.TeamID = tx.NewID(), c.ID, who.ID, who.TeamID
	v.FiledAt, v.State, v.SourceEventID, v.Version = sales.At(t.Now), sales.VisitFiled, t.Event.ID, 1
	contacts, err := tx.ContactsByCustomer(ctx, c.ID)
	if err != nil {
		return v, err
	}
	if i := slices.IndexFunc(contacts, func(x sales.Contact) bool { return x.Name == v.ContactName }); i >= 0 && v.ContactName != "" {
		v.ContactID = contacts[i].ID
	}
	deals, err := tx.OpenOpportunities(ctx, c.ID)
	if err != nil {
		return v, err
	}
	if o, ok := likeliest(deals, who.ID, book.Line(nil)); ok {
		v.OpportunityID = o.ID
	}
	if v.Amount > 0 {
		v.AmountRole = string(parse.RoleQuote)
	}
	tx.CreateVisit(v)
	tx.TouchCustomer(c.ID, v.FiledAt)
	audit(tx, t, "visit.file", "visit", v.ID)
	emit(tx, t, "visit.filed", "visit", v.ID)
	return v, nil
}

// maxVisitAge is how many days back a visit may be filed.
const maxVisitAge = 30

// AddTodo makes a to-do that its owner is told of and reminded of. todo has owner, customer, text and day.
func (a *App) AddTodo(ctx context.Context, t bot.Turn, tx Tx, todo sales.Todo) (sales.Todo, bot.Reply, error) {
	owner, err := colleagueFor(t, todo.OwnerID)
	if err != nil {
		return todo, bot.Reply{}, err
	}
	if todo.CustomerID != 0 {
		if _, _, err := a.workable(ctx, t, tx, todo.CustomerID); err != nil {
			return todo, bot.Reply{}, err
		}
	}
	todo.ID, todo.OwnerID, todo.State, todo.CreatedAt = tx.NewID(), owner.ID, sales.TodoOpen, sales.At(t.Now)
	todo.SourceKind, todo.SourceEventID, todo.Version = "api", t.Event.ID, 1
	if !todo.DueOn.IsZero() {
		if todo.DueOn.Before(t.Today) {
			return todo, bot.Reply{}, sales.Errorf(sales.Invalid, "due_on 已经过去了。")
		}
		todo.DueAt = sales.At(a.dueAt(todo.DueOn))
	}
	reply := a.openTodo(t, tx, todo)
	audit(tx, t, "todo.create", "todo", todo.ID)
	emit(tx, t, "todo.created", "todo", todo.ID)
	return todo, reply, nil
}

// EndTodo ends a to-do as done or cancelled.
func (a *App) EndTodo(ctx context.Context, t bot.Turn, tx Tx, id sales.ID, state string) (sales.Todo, bot.Reply, error) {
	todo, err := tx.TodoByID(ctx, id)
	if err != nil {
		return todo, bot.Reply{}, err
	}
	if _, err := colleagueFor(t, todo.OwnerID); err != nil {
		return todo, bot.Reply{}, sales.Errorf(sales.NotFound, "没有这个待办。")
	}
	if todo.State != sales.TodoOpen {
		return todo, bot.Reply{}, sales.Errorf(sales.Conflict, "这个待办已经结束了。")
	}
	reply := a.endTodo(t, tx, todo, state)
	todo.State, todo.ClosedAt, todo.Version = state, sales.At(t.Now), todo.Version+1
	return todo, reply, nil
}

// AddOpportunity makes a deal. o has customer, owner, products, amount and the day it may be signed.
func (a *App) AddOpportunity(ctx context.Context, t bot.Turn, tx Tx, o sales.Opportunity) (sales.Opportunity, error) {
	c, book, err := a.workable(ctx, t, tx, o.CustomerID)
	if err != nil {
		return o, err
	}
	if o.OwnerID == 0 && t.Person.ID == 0 {
		o.OwnerID = c.OwnerID
	}
	owner, err := colleagueFor(t, o.OwnerID)
	if err != nil {
		return o, err
	}
	known, err := tx.ProductsByIDs(ctx, o.Products)
	if err != nil {
		return o, err
	}
	if len(known) != len(o.Products) {
		return o, sales.Errorf(sales.Invalid, "product_ids 里有不认识的产品。")
	}
	o.ID, o.CustomerID, o.OwnerID, o.TeamID, o.Line = tx.NewID(), c.ID, owner.ID, owner.TeamID, book.Line(o.Products)
	way, err := a.wayAsked(o.Pipeline, o.Line)
	if err != nil {
		return o, err
	}
	o = o.On(way)
	o.StageSince, o.State = sales.At(t.Now), sales.OpportunityOpen
	o.CreatedAt, o.SourceEventID, o.Version = sales.At(t.Now), t.Event.ID, 1
	tx.CreateOpportunity(o, t.Today)
	audit(tx, t, "opportunity.create", "opportunity", o.ID,
		sales.Change{Field: "金额", New: o.Amount.Short()}, sales.Change{Field: "阶段", New: o.StageName()})
	emit(tx, t, "opportunity.created", "opportunity", o.ID)
	return o, nil
}

// wayAsked is the pipeline in use with a key or name; that of the product line when none is asked for.
func (a *App) wayAsked(asked, line string) (*sales.Pipeline, error) {
	if asked == "" {
		return a.Pipelines.ForLine(line), nil
	}
	var names []string
	for _, p := range a.Pipelines.Current() {
		if p.Key == asked || p.Name == asked || p.Key == "" && asked == "standard" {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return nil, sales.Errorf(sales.Invalid, "没有在用的阶段模板"+quoted(asked, "")+"。可以写:"+strings.Join(names, "、")+"。")
}

// ErrBlocked is why MoveDeal refuses a move that gates hold up.
var ErrBlocked = errors.New("gates do not hold")

// NoteBlocked records a move that was refused because of gates, in a unit of work of its own: nothing of the refused one is kept.
func (a *App) NoteBlocked(ctx context.Context, t bot.Turn, tx Tx, id sales.ID, stage string) error {
	o, err := tx.OpportunityByID(ctx, id)
	if err != nil {
		return err
	}
	target := stageNamed(o, stage)
	missing, _, err := a.lacking(ctx, t, tx, o, target)
	if err == nil && len(missing) > 0 {
		traceBlocked(t, tx, o, target, missing)
	}
	return err
}

// stageNamed is the stage of a deal's pipeline with a key or name; what is neither is given back.
func stageNamed(o sales.Opportunity, stage string) sales.Stage {
	target := sales.Stage(stage)
	if named, ok := o.Way.Named(stage); ok && !o.Way.Has(target) {
		return named
	}
	return target
}

// MoveDeal moves a deal to a stage as its owner's 推进 does. version is what the caller knows of it, 0 for nothing.
func (a *App) MoveDeal(ctx context.Context, t bot.Turn, tx Tx, id sales.ID, version int64, stage, reason string) (sales.Opportunity, bot.Reply, error) {
	o, err := tx.OpportunityByID(ctx, id)
	if err != nil {
		return o, bot.Reply{}, err
	}
	target := stageNamed(o, stage)
	book, err := a.Names.Book(ctx)
	switch {
	case err != nil:
		return o, bot.Reply{}, err
	case !t.Org.ScopeOf(t.Person).Covers(o.OwnerID):
		return o, bot.Reply{}, sales.Errorf(sales.NotFound, "没有这个商机。")
	case !o.Way.Has(target):
		return o, bot.Reply{}, sales.Errorf(sales.Invalid, "stage 不是这个流程里的阶段。")
	case version != 0 && version != o.Version:
		return o, bot.Reply{}, sales.Errorf(sales.Conflict, "商机刚被别人改过。重新读一次再改。")
	case o.State != sales.OpportunityOpen:
		return o, bot.Reply{}, sales.Errorf(sales.Conflict, "这个商机已经结束了。")
	case o.Stage == target:
		return o, bot.Reply{}, sales.Errorf(sales.Conflict, "商机已经在这个阶段。")
	}
	missing, _, err := a.lacking(ctx, t, tx, o, target)
	if err != nil {
		return o, bot.Reply{}, err
	}
	if len(missing) > 0 {
		return o, bot.Reply{}, &sales.Error{
			Kind: sales.Conflict, Msg: "还不能到" + o.Way.StageName(target) + ",缺:" + view.MissingWords(missing) + "。", Err: ErrBlocked,
		}
	}
	reply, err := a.moveDeal(withPassed(ctx, o.ID), t, tx, book, o, target, reason)
	if err != nil {
		return o, bot.Reply{}, err
	}
	o.Stage, o.StageSince, o.Version = target, sales.At(t.Now), o.Version+1
	switch target {
	case sales.StageWon:
		o.State = sales.OpportunityWon
	case sales.StageLost:
		o.State, o.LossReason = sales.OpportunityLost, reason
	}
	return o, reply, nil
}
