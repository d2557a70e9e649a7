package dingtalk

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"salesflow/bot"
	"salesflow/bot/sim"
)

// ack is an acknowledgement as it is on the wire.
type ack struct {
	Code    int               `json:"code"`
	Headers map[string]string `json:"headers"`
	Message string            `json:"message"`
	Data    string            `json:"data"`
}

// gateway is a bare stream endpoint: what the adapter writes is read frame by frame.
func gateway(t *testing.T, serve func(ws *websocket.Conn, opened map[string]any)) *httptest.Server {
	t.Helper()
	var opened map[string]any
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1.0/gateway/connections/open", func(w http.ResponseWriter, r *http.Request) {
		if err := json.NewDecoder(r.Body).Decode(&opened); err != nil {
			t.Error(err)
		}
		_, _ = fmt.Fprintf(w, `{"endpoint":"ws://%s/connect","ticket":"t1"}`, r.Host)
	})
	mux.HandleFunc("GET /connect", func(w http.ResponseWriter, r *http.Request) {
		up := websocket.Upgrader{}
		ws, err := up.Upgrade(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer ws.Close()
		serve(ws, opened)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func frameOf(kind, topic, id, data string) map[string]any {
	return map[string]any{"specVersion": "1.0", "type": kind, "data": data, "headers": map[string]string{
		"messageId": id, "topic": topic, "contentType": "application/json", "time": "1690362102194", "connectionId": "c",
	}}
}

// TestEveryFrameGetsOneAcknowledgement watches the wire, since a second acknowledgement of the same frame would be lost
// among the others at a simulator: the ping is answered right after the frame before it.
func TestEveryFrameGetsOneAcknowledgement(t *testing.T) {
	t.Parallel()
	d := newDesk()
	got := make(chan []ack, 1)
	s := gateway(t, func(ws *websocket.Conn, opened map[string]any) {
		if opened["ua"] != "salesflow-test" || opened["clientId"] != "c" {
			t.Errorf("opened with %v", opened)
		}
		frames := []map[string]any{
			frameOf("CALLBACK", "/v1.0/im/bot/messages/get", "m1", `{"msgId":"1","senderStaffId":"u","msgtype":"text","text":{"content":"hi"}}`),
			frameOf("CALLBACK", "/v1.0/card/instances/callback", "m2", `{"outTrackId":"sf1","userId":"u","content":"{}"}`),
			frameOf("EVENT", "*", "m3", `{}`),
			frameOf("CALLBACK", "/v1.0/im/bot/messages/get", "m4", `not JSON`),
		}
		var acks []ack
		for i, f := range frames {
			for _, out := range []map[string]any{f, frameOf("SYSTEM", "ping", fmt.Sprint("p", i), `{"opaque":"1"}`)} {
				if err := ws.WriteJSON(out); err != nil {
					t.Error(err)
				}
				var a ack
				if err := ws.ReadJSON(&a); err != nil {
					t.Error(err)
				}
				acks = append(acks, a)
			}
		}
		got <- acks
		_, _, _ = ws.ReadMessage() // until the adapter closes
	})
	a, err := New(Options{ClientID: "c", ClientSecret: "s", APIBase: s.URL, OAPIBase: s.URL, Now: (&clock{now: frameTime}).Now, Cache: &memory{}, Agent: "salesflow-test"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, d) }()
	acks := receive(t, "the acknowledgements", got)
	cancel()
	if err := receive(t, "the end", ended); err != nil {
		t.Error(err)
	}
	want := []struct {
		id   string
		code int
		data string
	}{
		{"m1", 200, `{"response":null}`},
		{"p0", 200, `{"opaque":"1"}`},
		{"m2", 200, `{"response":null}`},
		{"p1", 200, `{"opaque":"1"}`},
		{"m3", 200, `{"status":"SUCCESS","message":"ok"}`},
		{"p2", 200, `{"opaque":"1"}`},
		{"m4", 400, ""},
		{"p3", 200, `{"opaque":"1"}`},
	}
	for i, w := range want {
		g := acks[i]
		if g.Headers["messageId"] != w.id || g.Code != w.code || g.Data != w.data || g.Headers["contentType"] != "application/json" {
			t.Errorf("frame %d: %+v, want %+v", i, g, w)
		}
	}
}

// TestRunEndsWhileAFrameIsUnderWay: what was begun is finished and acknowledged before the socket closes.
func TestRunEndsWhileAFrameIsUnderWay(t *testing.T) {
	t.Parallel()
	w, d := start(t, change{adapt: func(o *Options) { o.Stream.Drain = 5 * time.Second }}), newDesk()
	begun, finish := make(chan struct{}), make(chan struct{})
	d.accept = func(ctx context.Context, _ bot.Event) (bot.Accepted, error) {
		close(begun)
		<-finish
		return bot.Accepted{}, ctx.Err()
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx, d) }()
	w.wait("the connection", func() bool { return len(w.Connections()) == 1 })
	if _, err := w.Say(context.Background(), sim.Say{From: "liqiang", Text: "在吗"}); err != nil {
		t.Fatal(err)
	}
	receive(t, "the message", begun)
	cancel()
	close(finish)
	if err := receive(t, "the end", ended); err != nil {
		t.Error(err)
	}
	w.wait("the acknowledgement", func() bool { return w.Acks()[0].Acked && w.Acks()[0].Code == 200 })
}

// answering makes an adapter whose every call is answered by h.
func answering(t *testing.T, h http.HandlerFunc) *Adapter {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	a, err := New(Options{
		ClientID: "c", ClientSecret: "s", APIBase: s.URL, OAPIBase: s.URL, Now: (&clock{now: frameTime}).Now, CardTemplateID: template,
		Cache: &memory{m: map[string]any{"dingtalk:token:c": "token"}}, Pause: time.Millisecond,
		Union: func(_ context.Context, u bot.UserID) (string, error) { return "union-" + string(u), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestErrorTable(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status int
		body   string
		want   bot.Reason
		retry  bool
	}{
		{400, `{"code":"invalidParameter.robotCode.auth"}`, bot.Rejected, false},
		{400, `{"code":"invalidParameter.msgParam.invalid"}`, bot.Rejected, false},
		{400, `{"code":"resource.unavailable"}`, bot.NoRecipient, false},
		{400, `{"code":"send.too.fast"}`, bot.Throttled, true},
		{403, `{"code":"Forbidden.AccessDenied.IpNotInWhiteList"}`, bot.Permission, false},
		{403, `{"code":"Forbidden.AccessDenied.AccessTokenPermissionDenied","accessdenieddetail":{"requiredScopes":["qyapi_robot_sendmsg"]}}`, bot.Permission, false},
		{403, `{"code":"Forbidden.AccessDenied.QpsLimitForApi"}`, bot.Throttled, true},
		{400, `{"code":"InvalidAuthentication"}`, bot.BadToken, true},
		{401, `{}`, bot.BadToken, true},
		{429, `{}`, bot.Throttled, true},
		{500, `{"code":"system.busy"}`, bot.Down, true},
		{502, `<html>bad gateway</html>`, bot.Down, true},
		{504, `<html>time-out</html>`, bot.Unsure, true},
		{200, `<html>slow down</html>`, bot.Throttled, true},
		{200, `{"status":1111,"wait":5,"source":"x5","punish":"deny"}`, bot.Throttled, true},
		{200, ``, bot.Down, true},
		{302, `{}`, bot.Rejected, false},
	} {
		a := answering(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.body)
		})
		_, err := a.Send(context.Background(), toPerson(bot.Outgoing{Text: "在吗"}, "u"))
		if f := bot.SendFailure(err); f.Reason != c.want || f.Retry != c.retry {
			t.Errorf("%d %s: %v, retry %v", c.status, c.body, err, f.Retry)
		}
	}
}

func TestOutcomeOfACallWithoutAnswer(t *testing.T) {
	t.Parallel()
	a := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		panic(http.ErrAbortHandler) // the request arrived, the answer did not
	})
	card := approval()
	if _, err := a.Send(context.Background(), toPerson(bot.Outgoing{Text: "在吗"}, "u")); bot.SendFailure(err).Reason != bot.Unsure {
		t.Errorf("text: %v", err)
	}
	if _, err := a.Send(context.Background(), toPerson(bot.Outgoing{Card: &card}, "u")); bot.SendFailure(err).Reason != bot.Down {
		t.Errorf("a card may be sent again under its reference: %v", err)
	}
	a.api.http.Transport = broken{}
	if _, err := a.Send(context.Background(), toPerson(bot.Outgoing{Text: "在吗"}, "u")); bot.SendFailure(err).Reason != bot.Down {
		t.Errorf("never left: %v", err)
	}
}

func TestTodoIsFoundByItsSource(t *testing.T) {
	t.Parallel()
	pages, done := 0, ""
	lookup := false
	a := answering(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/org/tasks/query") && lookup:
			pages++
			if pages == 1 {
				_, _ = io.WriteString(w, `{"nextToken":"2","todoCards":[{"taskId":"t1","sourceId":"sf-todo-1"}]}`)
				return
			}
			_, _ = io.WriteString(w, `{"nextToken":"0","todoCards":[{"taskId":"t12","sourceId":"sf-todo-12"}]}`)
		case strings.HasSuffix(r.URL.Path, "/org/tasks/query"):
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `{"code":"Forbidden.AccessDenied.AccessTokenPermissionDenied"}`)
		case strings.HasSuffix(r.URL.Path, "/executorStatus"):
			done = r.URL.Path
			_, _ = io.WriteString(w, `{"result":true}`)
		default:
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"code":"todo.taskCreate.paramError","message":"task exist"}`)
		}
	})
	d := toPerson(bot.Outgoing{Todo: &bot.TodoTask{TodoID: 12, Text: "寄样"}}, "u")
	r, err := a.PutTodo(context.Background(), d)
	if err != nil || r.Ref != bySource+"sf-todo-12" {
		t.Fatalf("receipt %+v, %v", r, err)
	}
	lookup = true
	if r, err := a.PutTodo(context.Background(), d); err != nil || r.Ref != "t12" {
		t.Errorf("receipt %+v, %v", r, err)
	}
	pages = 0
	d.Out.Todo.Task, d.Out.Todo.Done = bySource+"sf-todo-12", true
	if _, err := a.PutTodo(context.Background(), d); err != nil || done != "/v1.0/todo/users/union-u/tasks/t12/executorStatus" {
		t.Errorf("closed %s, %v", done, err)
	}
}

func TestOptionsNameWhatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := New(Options{APIBase: "api.dingtalk.com", OAPIBase: "ftp://x"})
	for _, want := range []string{"client_id", "client_secret", "token cache", "clock", "api_base", "oapi_base"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not named: %v", want, err)
		}
	}
}
