package dingtalk

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"salesflow/bot"
	"salesflow/cards/render"
)

// maxSubject is the most a to-do's subject holds in bytes, maxUnions how many unionIds are remembered.
const (
	maxSubject = 1024
	maxUnions  = 20_000
)

// bySource begins a task id that is not known: the to-do exists under our own id, but the answer with the platform's got
// lost and it could not be looked up.
const bySource = "source:"

// todoBody is the body of creating and changing a to-do.
type todoBody struct {
	SourceID  string   `json:"sourceId,omitempty"`
	Subject   string   `json:"subject"`
	DueTime   int64    `json:"dueTime,omitempty"` // ms
	Done      *bool    `json:"done,omitempty"`
	Executors []string `json:"executorIds,omitempty"`
	// OnlyExecutor keeps it out of the list of whoever created it.
	OnlyExecutor bool `json:"isOnlyShowExecutor,omitempty"`
	Priority     int  `json:"priority,omitempty"`
}

// PutTodo implements bot.Todos. All ids are unionIds; the first of d.Users stands for the one who made the to-do. A to-do
// whose creation is repeated is found by its source id, which is ours.
func (a *Adapter) PutTodo(ctx context.Context, d bot.Delivery) (bot.Receipt, error) {
	if d.Out.Todo == nil || len(d.Users) == 0 {
		return bot.Receipt{}, bot.Refused(bot.Unsupported, "to-do for nobody")
	}
	task := *d.Out.Todo
	unions := make([]string, len(d.Users))
	for i, u := range d.Users {
		var err error
		if unions[i], err = a.Union(ctx, u); err != nil {
			return bot.Receipt{}, err
		}
	}
	source := fmt.Sprintf("sf-todo-%d", task.TodoID)
	if task.Task == "" {
		return a.createTodo(ctx, unions, source, task)
	}
	if strings.HasPrefix(task.Task, bySource) {
		id, err := a.findTodo(ctx, unions[0], source)
		if err != nil {
			return bot.Receipt{Ref: task.Task}, err
		}
		task.Task = id
	}
	return a.changeTodo(ctx, unions, task)
}

func (a *Adapter) createTodo(ctx context.Context, unions []string, source string, task bot.TodoTask) (bot.Receipt, error) {
	body := subjectOf(task)
	body.SourceID, body.Executors, body.OnlyExecutor, body.Priority = source, unions, true, 20
	var out struct {
		ID string `json:"id"`
	}
	err := a.api.do(ctx, request{api: apiTodoCreate, path: todoPath(unions[0], ""), query: operator(unions[0]), body: body}, &out)
	if e := refusedWith(err); e != nil && e.code == codeTaskNotMade && strings.Contains(strings.ToLower(e.message), "exist") {
		id, err := a.findTodo(ctx, unions[0], source)
		if err != nil {
			// It is there, which is what matters now; whoever closes it looks again.
			return bot.Receipt{Ref: bySource + source}, nil
		}
		return bot.Receipt{Ref: id}, nil
	}
	if err == nil && out.ID == "" {
		err = bot.Refused(bot.Rejected, "%s: answer without id", apiTodoCreate.name)
	}
	return bot.Receipt{Ref: cut(out.ID, maxPlatform)}, err
}

// changeTodo closes a to-do for those who were to do it, or changes what it says.
func (a *Adapter) changeTodo(ctx context.Context, unions []string, task bot.TodoTask) (bot.Receipt, error) {
	r := bot.Receipt{Ref: task.Task}
	req := request{api: apiTodoUpdate, path: todoPath(unions[0], task.Task), query: operator(unions[0])}
	if task.Done {
		req.api, req.path = apiTodoDone, req.path+"/executorStatus"
		list := make([]map[string]any, len(unions))
		for i, u := range unions {
			list[i] = map[string]any{"id": u, "isDone": true}
		}
		req.body = map[string]any{"executorStatusList": list}
	} else {
		body, open := subjectOf(task), false
		body.Done = &open
		req.body = body
	}
	err := a.api.do(ctx, req, nil)
	if e := refusedWith(err); e != nil && task.Done && e.code == codeTaskNotSaved && strings.Contains(strings.ToLower(e.message), "not exist") {
		return r, nil // somebody deleted it: there is nothing left to close
	}
	return r, err
}

// subjectOf is what a to-do says. A second line would not be shown.
func subjectOf(task bot.TodoTask) todoBody {
	b := todoBody{Subject: render.CutBytes(strings.Join(strings.Fields(task.Text), " "), maxSubject)}
	if !task.Due.IsZero() {
		b.DueTime = task.Due.UnixMilli()
	}
	return b
}

func todoPath(union, task string) string {
	p := "/v1.0/todo/users/" + url.PathEscape(union) + "/tasks"
	if task != "" {
		p += "/" + url.PathEscape(task)
	}
	return p
}

func operator(union string) url.Values { return url.Values{"operatorId": {union}} }

// findTodo looks a to-do up by our own id among the open ones of a person (POST …/org/tasks/query, newest first).
func (a *Adapter) findTodo(ctx context.Context, union, source string) (string, error) {
	const maxPages = 5
	next := ""
	for range maxPages {
		var out struct {
			Cards []struct {
				TaskID   string `json:"taskId"`
				SourceID string `json:"sourceId"`
			} `json:"todoCards"`
			Next word `json:"nextToken"`
		}
		body := map[string]any{"isDone": false}
		if next != "" {
			body["nextToken"] = next
		}
		path := "/v1.0/todo/users/" + url.PathEscape(union) + "/org/tasks/query"
		if err := a.api.do(ctx, request{api: apiTodoQuery, path: path, body: body}, &out); err != nil {
			return "", err
		}
		for _, c := range out.Cards {
			if c.SourceID == source && c.TaskID != "" {
				return cut(c.TaskID, maxPlatform), nil
			}
		}
		if next = string(out.Next); next == "" || next == "0" || len(out.Cards) == 0 {
			break
		}
	}
	return "", bot.Refused(bot.Rejected, "%s: to-do is not among the open ones", apiTodoQuery.name)
}

// Union is the unionId of an account: what was synchronised, else the contacts. It is remembered.
func (a *Adapter) Union(ctx context.Context, user bot.UserID) (string, error) {
	a.mu.Lock()
	union := a.unions[user]
	a.mu.Unlock()
	if union != "" {
		return union, nil
	}
	if a.opt.Union != nil {
		var err error
		if union, err = a.opt.Union(ctx, user); err != nil {
			return "", &bot.SendError{Reason: bot.Down, Retry: true, Err: fmt.Errorf("union id: %w", err)}
		}
	}
	if union == "" {
		m, err := a.Member(ctx, user)
		if err != nil {
			return "", err
		}
		union = m.UnionID
	}
	if union == "" || len(union) > maxPlatform {
		return "", bot.Refused(bot.NoRecipient, "account without union id")
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.unions) >= maxUnions {
		clear(a.unions)
	}
	a.unions[user] = union
	return union, nil
}
