package dingtalk

import (
	"context"
	"errors"
	"testing"
	"time"

	"salesflow/bot"
)

func TestTodo(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx := context.Background()
	due := w.clock.Now().Add(48 * time.Hour)
	d := toPerson(bot.Outgoing{Todo: &bot.TodoTask{TodoID: 12, Text: "给绍兴市立医院寄样", Due: due}}, "liqiang")
	r, err := w.PutTodo(ctx, d)
	if err != nil || r.Ref == "" {
		t.Fatal(r, err)
	}
	todo := w.Todos()[0]
	if todo.ID != r.Ref || todo.Subject != "给绍兴市立医院寄样" || !todo.Due.Equal(due) || todo.Executors[0] != "liqiang" || todo.Done {
		t.Errorf("to-do %+v", todo)
	}

	d.Out.Todo = &bot.TodoTask{TodoID: 12, Task: r.Ref, Text: "给绍兴市立医院寄两份样", Due: due.Add(time.Hour)}
	if _, err := w.PutTodo(ctx, d); err != nil {
		t.Fatal(err)
	}
	if todo := w.Todos()[0]; todo.Subject != "给绍兴市立医院寄两份样" || !todo.Due.Equal(due.Add(time.Hour)) {
		t.Errorf("changed to-do %+v", todo)
	}
	d.Out.Todo = &bot.TodoTask{TodoID: 12, Task: r.Ref, Text: "给绍兴市立医院寄两份样", Done: true}
	if _, err := w.PutTodo(ctx, d); err != nil {
		t.Fatal(err)
	}
	if todo := w.Todos()[0]; !todo.Done {
		t.Errorf("closed to-do %+v", todo)
	}
	if n := calls(w, "/topapi/v2/user/get"); n != 1 {
		t.Errorf("the union id was looked up %d times", n)
	}
	d.Out.Todo.Task = "deleted"
	if _, err := w.PutTodo(ctx, d); err != nil {
		t.Errorf("closing a deleted to-do: %v", err)
	}
}

func TestTodoCreatedTwiceIsOneTodo(t *testing.T) {
	t.Parallel()
	w := start(t)
	d := toPerson(bot.Outgoing{Todo: &bot.TodoTask{TodoID: 12, Text: "寄样"}}, "liqiang")
	for range 2 {
		if r, err := w.PutTodo(context.Background(), d); err != nil || r.Ref == "" {
			t.Fatal(r, err)
		}
	}
	if n := len(w.Todos()); n != 1 {
		t.Errorf("%d to-dos", n)
	}
}

func TestTodoUsesTheUnionThatIsKnown(t *testing.T) {
	t.Parallel()
	var w *world
	w = start(t, change{adapt: func(o *Options) {
		o.Union = func(_ context.Context, u bot.UserID) (string, error) {
			if u == "zhaolei" {
				return "", errors.New("store is away")
			}
			return w.UnionID(string(u)), nil
		}
	}})
	d := toPerson(bot.Outgoing{Todo: &bot.TodoTask{TodoID: 12, Text: "寄样"}}, "liqiang")
	if _, err := w.PutTodo(context.Background(), d); err != nil || calls(w, "/topapi/v2/user/get") != 0 {
		t.Error(err)
	}
	d.Users = []bot.UserID{"zhaolei"}
	if _, err := w.PutTodo(context.Background(), d); bot.SendFailure(err).Reason != bot.Down {
		t.Errorf("error = %v", err)
	}
}
