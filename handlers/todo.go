package handlers

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// Kinds of due rows about a to-do. The scheduler decides them.
const (
	DueTodoBefore = "todo.before" // some hours ahead
	DueTodoDue    = "todo.due"    // at the moment
)

const (
	topicTodoList = "todo.list"
	topicTodoDate = "todo.date"
	maxTodos      = 10
)

func (a *App) registerTodo(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "待办", Aliases: []string{"db", "我的待办"}, Summary: "看还没做完的事", Usage: "待办",
		Detail:  "列出没做完的事,最急的在前。回 完成 1 关掉第 1 条,回 延期 1 周五 改到周五。",
		Example: func(context.Context, bot.Turn, Tx) (string, error) { return "待办", nil },
		Rank: map[sales.Role]int{
			sales.RoleRep: 3, sales.RoleLead: 4, sales.RoleDirector: 4, sales.RoleLegal: 3, sales.RoleLegalHead: 3,
			sales.RoleFinance: 1, sales.RoleAdmin: 3,
		},
		Handle: a.ListTodos,
	})
	r.Command(bot.Command[Tx]{
		Name: "完成", Aliases: []string{"wc", "做完了"}, Summary: "关掉一条待办,办完一项工单任务", Usage: "完成 1 / 完成 GD2026-001 可以做,周期12天",
		Detail: "待办写序号,工单任务写编号和结论;文件先发,再发完成。", Handle: a.workOr("finish", a.FinishTodo),
	})
	r.Command(bot.Command[Tx]{Name: "延期", Aliases: []string{"yq"}, Summary: "待办改个日子", Usage: "延期 1 周五", Handle: a.PostponeTodo})
	r.Action("todo.done", a.TapTodoDone)
	r.Action("todo.postpone", a.TapTodoPostpone)
	r.Topic(topicTodoList, a.AnswerTodoList)
	r.Topic(topicTodoDate, a.AnswerTodoDate)
}

// promiseTodo makes the to-do of a promise.
func (a *App) promiseTodo(t bot.Turn, tx Tx, v sales.Visit, p parse.Promise) sales.Todo {
	return a.promiseOf(t, tx, "visit", v.ID, v.CustomerID, v.SourceEventID, p)
}

// promiseOf makes the to-do of a promise that was made in a record.
func (a *App) promiseOf(t bot.Turn, tx Tx, kind string, id, customer sales.ID, event string, p parse.Promise) sales.Todo {
	text := p.What
	if first, rest := cutWord(text); rest != "" && kindWord(first) {
		text = rest
	}
	if p.Who == parse.PartyCustomer {
		text = "等客户" + text
	}
	todo := sales.Todo{
		ID: tx.NewID(), OwnerID: t.Person.ID, CustomerID: customer, SourceKind: kind, SourceID: id,
		Text: cutRunes(text, 60), State: sales.TodoOpen, CreatedAt: sales.At(t.Now), SourceEventID: event, Version: 1,
	}
	a.setDue(&todo, p.Due)
	return todo
}

// setDue sets when a to-do is due: at the time said, else at the end of work on the day said.
func (a *App) setDue(todo *sales.Todo, w parse.When) {
	if w.Start.IsZero() && w.To.IsZero() {
		return
	}
	at := w.Start
	if at.IsZero() {
		at = w.To
	}
	todo.DueOn = sales.DayOf(at)
	todo.DueAt = sales.At(a.dueAt(todo.DueOn))
	if w.HasTime {
		todo.DueAt = sales.At(at)
	}
}

// openTodo writes a new to-do, its reminders, and the platform's own to-do where there is one.
func (a *App) openTodo(t bot.Turn, tx Tx, todo sales.Todo) bot.Reply {
	tx.CreateTodo(todo)
	a.scheduleTodo(tx, todo, t.Said())
	return platformTodo(todo)
}

// scheduleTodo writes the due rows of a to-do's reminders. A moment that had passed when it was said is not reminded of;
// one that has passed since, because the message had to wait, is reminded of at once.
func (a *App) scheduleTodo(tx Tx, todo sales.Todo, said time.Time) {
	if todo.DueAt.IsZero() {
		return
	}
	at := func(kind string, when time.Time) {
		if when.After(said) {
			tx.Schedule(sales.Due{
				ID: tx.NewID(), Kind: kind, SubjectKind: "todo", SubjectID: todo.ID, Slot: strconv.Itoa(todo.Postponed),
				DueAt: sales.At(when), State: sales.DuePending,
			})
		}
	}
	before := a.Calendar.NextAllowed(todo.DueAt.Add(-a.Settings.RemindBefore))
	if !before.Before(todo.DueAt.Time) { // the rest days lie between: on the morning of the last workday
		before = a.Calendar.NextAllowed(a.Calendar.PrevWorkday(todo.DueOn).Start())
	}
	at(DueTodoBefore, before)
	at(DueTodoDue, todo.DueAt.Time)
}

// platformTodo asks for the platform's own to-do to be as ours is.
func platformTodo(todo sales.Todo) bot.Reply {
	return bot.Reply{Say: []bot.Say{{
		To: []sales.PersonID{todo.OwnerID}, Subject: "todo:" + todo.ID.String(), Kind: bot.DeliverTodo, Slot: fmt.Sprint(todo.Version),
		Out: bot.Outgoing{Todo: &bot.TodoTask{TodoID: todo.ID, Text: todo.Text, Due: todo.DueAt.Time, Done: todo.State != sales.TodoOpen}},
	}}}
}

// endTodo closes a to-do as done or cancelled: its reminders end, its cards say so.
func (a *App) endTodo(t bot.Turn, tx Tx, todo sales.Todo, state string) bot.Reply {
	old := todo.State
	todo.State, todo.ClosedAt = state, sales.At(t.Now)
	tx.UpdateTodo(todo)
	tx.CancelDue("", "todo", todo.ID, state)
	audit(tx, t, "todo."+state, "todo", todo.ID, sales.Change{Field: "state", Old: old, New: state})
	emit(tx, t, "todo."+state, "todo", todo.ID)
	todo.Version++
	reply := platformTodo(todo)
	reply.Faces = append(reply.Faces, view.TodoClosed(todo, t.Person.Name, sales.FormatTime(t.Now, t.Now)))
	return reply
}

// moveTodo gives a to-do another date.
func (a *App) moveTodo(t bot.Turn, tx Tx, todo *sales.Todo, w parse.When) (bot.Reply, sales.Change) {
	old, was := todo.DueOn, todo.DueText(t.Today)
	a.setDue(todo, w)
	todo.Postponed++
	tx.UpdateTodo(*todo)
	tx.CancelDue("", "todo", todo.ID, "postponed")
	a.scheduleTodo(tx, *todo, t.Said())
	ch := sales.Change{Field: "日期", Old: dayOrNone(old), New: todo.DueOn.Chinese()}
	if todo.DueOn == old { // the hour is what changed
		ch = sales.Change{Field: "时间", Old: was, New: todo.DueText(t.Today)}
	}
	audit(tx, t, "todo.postpone", "todo", todo.ID, ch)
	todo.Version++
	reply := platformTodo(*todo)
	reply.Faces = append(reply.Faces, view.TodoMoved(*todo, t.Today))
	return reply, ch
}

func dayOrNone(d sales.Day) string {
	if d.IsZero() {
		return ""
	}
	return d.Chinese()
}

// redate moves the first open promise of a visit; todos is brought up to date.
func (a *App) redate(t bot.Turn, tx Tx, todos []sales.Todo, w parse.When) (bot.Reply, sales.Change, bool) {
	for i := range todos {
		if todos[i].State == sales.TodoOpen && !w.IsZero() {
			reply, ch := a.moveTodo(t, tx, &todos[i], insteadOfDay(todos[i].DueOn, w, t.Today))
			return reply, ch, true
		}
	}
	return bot.Reply{}, sales.Change{}, false
}

// reHourOnly is an hour of a day that is not named.
var reHourOnly = regexp.MustCompile(`^(?:早上|上午|中午|下午|傍晚|晚上)?\s*[0-9一二两三四五六七八九十]{1,3}\s*(?:[点时]|[:：]\d{2})(?:半|一刻|三刻|\d{1,2}分?|整)?$`)

// reDayOnly is a day of a month that is not named.
var reDayOnly = regexp.MustCompile(`^(?:\d{1,2}|[一二三]?十?[一二三四五六七八九十])[号日]$`)

// insteadOfDay puts what was said without its month or its day into those of the day it takes the place of: 4月15日 becomes 16号 of
// April, 10点 of tomorrow 3点 of tomorrow. It stays as it was read where that day is over, or is none of that month.
func insteadOfDay(old sales.Day, w parse.When, today sales.Day) parse.When {
	day, meant := sales.DayOf(w.Start), old
	switch said := bare(w.Why.Text); {
	case old.IsZero() || w.IsZero():
		return w
	case reHourOnly.MatchString(said):
	case reDayOnly.MatchString(said):
		year, month, _ := old.Date()
		_, _, n := day.Date()
		at := time.Date(year, month, n, 0, 0, 0, 0, sales.Shanghai)
		if meant = sales.DayOf(at); at.Month() != month {
			return w
		}
	default:
		return w
	}
	if meant.Before(today) {
		return w
	}
	by := meant.Sub(day)
	for _, moment := range []*time.Time{&w.Start, &w.From, &w.To} {
		if !moment.IsZero() {
			*moment = moment.AddDate(0, 0, by)
		}
	}
	return w
}

// todoList is the list a person was shown, so that "完成 2" means what they saw.
type todoList struct {
	IDs []sales.ID `json:"ids"`
}

// ListTodos shows a person's open to-dos (待办).
func (a *App) ListTodos(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	todos, err := tx.OpenTodos(ctx, t.Person.ID, maxTodos+1)
	if err != nil {
		return bot.Reply{}, err
	}
	more := len(todos) > maxTodos
	todos = todos[:min(len(todos), maxTodos)]
	lines := make([]view.TodoLine, len(todos))
	list := todoList{}
	for i, todo := range todos {
		lines[i] = view.TodoLine{Todo: todo, Customer: book.Customer(todo.CustomerID)}
		list.IDs = append(list.IDs, todo.ID)
	}
	text := view.TodoList(lines, t.Today, t.Now, more)
	pressing, err := a.pressing(ctx, t, tx, todos)
	if err != nil {
		return bot.Reply{}, err
	}
	reply := bot.Text(text + pressing)
	if len(todos) > 0 && mayList(t) {
		reply.Dialogue, err = a.ask(t, topicTodoList, list)
	}
	return reply, err
}

// mayList reports whether a list may wait for a number: a question that is open is not lost to a look at a list.
func mayList(t bot.Turn) bool {
	return t.Dialogue.Topic == "" || isList(t.Dialogue.Topic) || !t.Now.Before(t.Dialogue.ExpiresAt.Time)
}

// pickTodo finds the to-do a typed number means: in the list last shown, else among the open ones. what is the word to
// repeat in the question.
func (a *App) pickTodo(ctx context.Context, t bot.Turn, tx Tx, arg, what string) (sales.Todo, string, error) {
	first, rest := cutWord(arg)
	n := ordinal(first)
	if n == 0 {
		rest = strings.TrimSpace(arg)
	}
	ids := []sales.ID{}
	if t.Dialogue.Topic == topicTodoList {
		l, err := draft[todoList](t)
		if err != nil {
			return sales.Todo{}, "", err
		}
		ids = l.IDs
	}
	if len(ids) == 0 {
		open, err := tx.OpenTodos(ctx, t.Person.ID, maxTodos)
		if err != nil {
			return sales.Todo{}, "", err
		}
		for _, o := range open {
			ids = append(ids, o.ID)
		}
	}
	switch {
	case len(ids) == 0:
		return sales.Todo{}, "", sales.Errorf(sales.NotFound, "没有待办。")
	case n == 0 && len(ids) > 1:
		return sales.Todo{}, "", sales.Errorf(sales.Invalid, "哪一条?先发 待办 看编号,再回 "+what+" 1。")
	case n > len(ids) || n < 0:
		return sales.Todo{}, "", sales.Errorf(sales.Invalid, fmt.Sprintf("没有第 %d 条,一共 %d 条。发 待办 看编号。", n, len(ids)))
	}
	todo, err := tx.TodoByID(ctx, ids[max(n, 1)-1])
	return todo, rest, err
}

// FinishTodo closes a to-do by its number (完成 1).
func (a *App) FinishTodo(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	todo, _, err := a.pickTodo(ctx, t, tx, t.Args, "完成")
	if err != nil {
		return bot.Reply{}, err
	}
	if done, gone := a.closedTodo(t, todo); gone {
		return done, nil
	}
	if reply, ok, err := a.finishFilingTodo(ctx, t, tx, todo); ok || err != nil {
		return reply, err
	}
	return bot.Text("已完成:" + todo.Text + "。").And(a.endTodo(t, tx, todo, sales.TodoDone)), nil
}

// closedTodo explains a to-do that is closed already or is not the person's.
func (a *App) closedTodo(t bot.Turn, todo sales.Todo) (bot.Reply, bool) {
	switch {
	case todo.OwnerID != t.Person.ID:
		return bot.Text("这条待办是" + t.Org.Name(todo.OwnerID) + "的,只有本人能关。"), true
	case todo.State == sales.TodoDone:
		return bot.Text("\"" + todo.Text + "\"在 " + sales.FormatTime(todo.ClosedAt.Time, t.Now) + " 已经完成,没有再改动。"), true
	case todo.State == sales.TodoCancelled:
		return bot.Text("\"" + todo.Text + "\"已经取消,没有再改动。"), true
	}
	return bot.Reply{}, false
}

// tappedTodo reads the to-do of a tapped button; gone explains one that is closed already or is not the person's.
func (a *App) tappedTodo(ctx context.Context, t bot.Turn, tx Tx) (todo sales.Todo, gone *bot.Reply, err error) {
	if todo, err = tx.TodoByID(ctx, sales.ID(t.Action.Record)); err != nil {
		return todo, nil, err
	}
	if done, closed := a.closedTodo(t, todo); closed {
		done.Faces = append(done.Faces, a.todoFace(t, todo))
		gone = &done
	}
	return todo, gone, nil
}

// TapTodoDone closes a to-do by its button.
func (a *App) TapTodoDone(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	todo, gone, err := a.tappedTodo(ctx, t, tx)
	if err != nil || gone != nil {
		return deref(gone), err
	}
	if reply, ok, err := a.finishFilingTodo(ctx, t, tx, todo); ok || err != nil {
		return reply, err
	}
	return a.endTodo(t, tx, todo, sales.TodoDone), nil
}

// todoFace is a to-do's reminder card as it should look now.
func (a *App) todoFace(t bot.Turn, todo sales.Todo) (c view.Face) {
	if todo.State == sales.TodoOpen {
		return view.TodoMoved(todo, t.Today)
	}
	return view.TodoClosed(todo, t.Org.Name(todo.OwnerID), sales.FormatTime(todo.ClosedAt.Time, t.Now))
}

// TapTodoPostpone puts a to-do off by the button: to the day in the action, or it asks for one.
func (a *App) TapTodoPostpone(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	todo, gone, err := a.tappedTodo(ctx, t, tx)
	if err != nil || gone != nil {
		return deref(gone), err
	}
	dialogue, err := a.ask(t, topicTodoDate, todoList{IDs: []sales.ID{todo.ID}})
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Reply{Say: bot.Text("\"" + todo.Text + "\"延到哪天?回 明天、周五、3月20日 都行。").Say, Dialogue: dialogue}, nil
}

// AnswerTodoDate takes the new date of a to-do.
func (a *App) AnswerTodoDate(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	l, err := draft[todoList](t)
	if err != nil || len(l.IDs) != 1 {
		return bot.Reply{}, firstErr(err, bot.ErrNotMine)
	}
	if w := bare(t.Text); isDrop(w) || isNo(w) || w == "不延了" {
		return bot.Reply{Say: bot.Text("好,日子没动。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	if news, err := a.isNews(ctx, t, tx); err != nil || news {
		return bot.Reply{}, firstErr(err, bot.ErrNotMine)
	}
	todo, err := tx.TodoByID(ctx, l.IDs[0])
	if err != nil {
		return bot.Reply{}, err
	}
	return a.postpone(ctx, t, tx, todo, t.Text)
}

// PostponeTodo puts a to-do off by its number (延期 1 周五).
func (a *App) PostponeTodo(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	todo, rest, err := a.pickTodo(ctx, t, tx, t.Args, "延期")
	if err != nil {
		return bot.Reply{}, err
	}
	return a.postpone(ctx, t, tx, todo, rest)
}

func (a *App) postpone(ctx context.Context, t bot.Turn, tx Tx, todo sales.Todo, words string) (bot.Reply, error) {
	if done, gone := a.closedTodo(t, todo); gone {
		return done, nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	w, ok := dueWords(t, book, words)
	if !ok && strings.TrimSpace(words) == "" {
		return bot.Text("\"" + todo.Text + "\"延到哪天?发 延期 加序号和日子,例:延期 1 周五"), nil
	}
	if !ok {
		return bot.Text("日期没看懂:\"" + cutRunes(words, 20) + "\"。回 明天、周五、3月20日 这样的就行。"), nil
	}
	if d := sales.DayOf(w.Start); d.Before(t.Today) || d.Sub(t.Today) > 366 {
		return bot.Text("日子不对:" + d.ChineseFrom(t.Today) + "。要今天或以后、一年以内的日子。"), nil
	}
	reply, _ := a.moveTodo(t, tx, &todo, w)
	reply.Say = append(bot.Text("\""+todo.Text+"\"改到 "+todo.DueText(t.Today)+",到时提醒你。").Say, reply.Say...)
	reply.Dialogue = closeTopic(t.Dialogue)
	return reply, nil
}

// dueWords reads when something is due: the moment where an hour of the clock is said, else the day.
func dueWords(t bot.Turn, book *Book, words string) (parse.When, bool) {
	now := t.Said().In(sales.Shanghai)
	if reHour.MatchString(words) {
		if w, ok := parse.Moment(words, now, parse.TenseFuture, book.Parser.Calendar); ok && w.Start.After(now) {
			return w, true
		}
	}
	return parse.Date(words, now, parse.TenseFuture, book.Parser.Calendar)
}

// reHour is an hour of the clock.
var reHour = regexp.MustCompile(`[0-9一二两三四五六七八九十]\s*[点:：时]`)

// AnswerTodoList lets a bare number after the list close nothing by accident: it asks what to do with it.
func (a *App) AnswerTodoList(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	l, err := draft[todoList](t)
	if err != nil {
		return bot.Reply{}, err
	}
	n := ordinal(t.Text)
	if n < 1 || n > len(l.IDs) {
		return bot.Reply{}, bot.ErrNotMine
	}
	todo, err := tx.TodoByID(ctx, l.IDs[n-1])
	if err != nil {
		return bot.Reply{}, err
	}
	if done, gone := a.closedTodo(t, todo); gone {
		return done, nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.ShowCard(view.TodoCard(todo, book.Customer(todo.CustomerID), t.Today)), nil
}
