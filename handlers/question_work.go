package handlers

import (
	"context"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// answerTodos lists what is still to be done: one's own as 待办 does, of some days, or a colleague's.
func (s asker) answerTodos(ctx context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error) {
	if q.customer.ID != 0 {
		return s.answerPromise(ctx, t, tx, q)
	}
	own := q.Owner == 0 || sales.PersonID(q.Owner) == t.Person.ID
	switch {
	case own && q.From.IsZero() && (q.Owner != 0 || !q.Team && !q.All):
		return s.ListTodos(ctx, t, tx)
	case own && (q.Owner != 0 || !q.Team && !q.All):
		return s.answerDay(ctx, t, tx, q)
	case q.Owner == 0:
		return bot.Text("待办一次看一个人的:写姓名,例:李强还有哪些待办。看团队发 晨报。"), nil
	}
	who, err := personScope(t, sales.PersonID(q.Owner), t.Org.ScopeOf(t.Person))
	if err != nil {
		return bot.Reply{}, err
	}
	todos, err := tx.OpenTodos(ctx, sales.PersonID(q.Owner), maxTodos+1)
	if err != nil {
		return bot.Reply{}, err
	}
	more := len(todos) > maxTodos
	v := view.OthersTodos{Who: who.name, Today: t.Today, Now: t.Now, More: more}
	for _, todo := range todos[:min(len(todos), maxTodos)] {
		v.Lines = append(v.Lines, view.TodoLine{Todo: todo, Customer: q.book.Customer(todo.CustomerID)})
	}
	return bot.Text(view.OthersTodoText(v)), nil
}

// answerDay tells what some days hold: planned visits, what is due, what waits for a decision.
func (s asker) answerDay(ctx context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error) {
	if q.Owner != 0 && sales.PersonID(q.Owner) != t.Person.ID {
		q.Ask = parse.AskList
		return s.answerPlan(ctx, t, tx, q)
	}
	if q.Team || q.All {
		return s.answerPlan(ctx, t, tx, q)
	}
	from, to := q.days(t.Today, t.Today)
	if to.Sub(from) > maxPlanAhead {
		to = from.AddDays(maxPlanAhead)
	}
	plans, err := tx.Plans(ctx, sales.Only(t.Person.ID), from, to)
	if err != nil {
		return bot.Reply{}, err
	}
	sortPlans(plans)
	due, err := tx.TodosDue(ctx, t.Person.ID, to, maxTodos+1)
	if err != nil {
		return bot.Reply{}, err
	}
	v := view.Days{From: from, To: to, Today: t.Today, Now: t.Now, More: len(due) > maxTodos, Plans: plans, Customer: q.book.Customer}
	list := todoList{}
	for _, todo := range due[:min(len(due), maxTodos)] {
		v.Todos = append(v.Todos, view.TodoLine{Todo: todo, Customer: q.book.Customer(todo.CustomerID)})
		list.IDs = append(list.IDs, todo.ID)
	}
	if !from.After(t.Today) {
		waits, err := s.waiting(ctx, t, tx, 20)
		if err != nil {
			return bot.Reply{}, err
		}
		v.Waiting = len(waits)
	}
	reply := bot.Text(view.DaysText(v))
	if len(list.IDs) > 0 && mayList(t) {
		reply.Dialogue, err = s.ask(t, topicTodoList, list)
	}
	return reply, err
}

// answerPromise tells what was promised to a customer and what became of it.
func (s asker) answerPromise(ctx context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error) {
	if q.customer.ID == 0 && q.Person.Why.Text == "" {
		return s.ListTodos(ctx, t, tx)
	}
	if err := s.which(t, q, "答应绍兴市立医院的事办了没有"); err != nil {
		return bot.Reply{}, err
	}
	todos, err := tx.TodosAbout(ctx, q.customer.ID, 20)
	if err != nil {
		return bot.Reply{}, err
	}
	v := view.Promises{To: q.customer.Name, Today: t.Today, Now: t.Now, Name: t.Org.Name, Me: t.Person.ID}
	if k := s.spokenContact(q); k != "" {
		v.To += " " + k
		if todos, err = s.promisedTo(ctx, tx, todos, q.contacts); err != nil {
			return bot.Reply{}, err
		}
	}
	for _, todo := range todos {
		if strings.HasPrefix(todo.Text, "等客户") && strings.Contains(q.text, "答应") && !strings.Contains(q.text, "答应我") && len(v.Todos) > 0 {
			continue
		}
		v.Todos = append(v.Todos, todo)
	}
	v.Todos = v.Todos[:min(len(v.Todos), view.PromisesShown)]
	audit(tx, t, "customer.read", "customer", q.customer.ID)
	return s.about(t, q, bot.Text(view.PromisesText(v))), nil
}

// promisedTo keeps the to-dos that came from a visit of these people; when none did, all of them.
func (s asker) promisedTo(ctx context.Context, tx Tx, todos []sales.Todo, contacts []sales.Contact) ([]sales.Todo, error) {
	var out []sales.Todo
	for _, todo := range todos {
		if todo.SourceKind != "visit" {
			continue
		}
		v, err := tx.VisitByID(ctx, todo.SourceID)
		if err != nil {
			return nil, err
		}
		if isOneOf(v, contacts) {
			out = append(out, todo)
		}
	}
	if len(out) == 0 {
		return todos, nil
	}
	return out, nil
}

// answerReport is for who has not reported: a lead's morning report, one's own daily report.
func (s asker) answerReport(ctx context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error) {
	if leads(t) && q.Owner == 0 {
		return s.as(ctx, t, tx, "晨报")
	}
	return s.as(ctx, t, tx, "日报")
}

// answerCalendar tells whether one works on a day.
func (s asker) answerCalendar(ctx context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error) {
	if q.From.IsZero() {
		return s.as(ctx, t, tx, "日历")
	}
	_, m, d := sales.DayOf(q.From).Date()
	return s.as(ctx, t, tx, "日历 "+itoa(int(m))+"月"+itoa(d)+"日")
}
