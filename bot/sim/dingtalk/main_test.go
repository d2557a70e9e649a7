package dingtalk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"salesflow/bot/sim"
	"salesflow/bot/sim/dingtalk"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(quiet{m}) }

// quiet lets go of idle client connections before goroutines are counted.
type quiet struct{ *testing.M }

func (q quiet) Run() int {
	defer http.DefaultClient.CloseIdleConnections()
	return q.M.Run()
}

const (
	clientID = "dingsim"
	secret   = "s3cret"
	template = "tpl.schema"
	group    = "cidEast=="
)

// clock is a simulated time that stands still until it is advanced.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// world is a simulator with an address, and a bot's side of it.
type world struct {
	*dingtalk.Server
	t     *testing.T
	url   string
	clock *clock
	token string
}

func company() sim.Company {
	return sim.Company{
		People: []sim.Person{
			{ID: "liqiang", Name: "李强", Role: "rep", Platform: sim.DingTalk, Team: "华东一组"},
			{ID: "chengang", Name: "陈刚", Role: "director", Platform: sim.DingTalk},
			{ID: "zhaolei", Name: "赵磊", Role: "legal", Platform: sim.DingTalk, Team: "法务"},
			{ID: "zhoumin", Name: "周敏", Role: "rep", Platform: sim.WeCom},
		},
		Chats: []sim.Chat{
			{ID: group, Platform: sim.DingTalk, Name: "华东一组", Members: []string{"liqiang", "chengang"}},
			{ID: "wr1", Platform: sim.WeCom, Name: "别处", Members: []string{"zhoumin"}},
		},
	}
}

func start(t *testing.T, change ...func(*dingtalk.Options)) *world {
	t.Helper()
	c := &clock{now: time.Date(2026, 3, 11, 10, 0, 0, 0, time.FixedZone("CST", 8*3600))}
	o := dingtalk.Options{
		Company: company(), Clock: c, ClientID: clientID, ClientSecret: secret, CorpID: "dingcorp", AgentID: "42",
		CardTemplateID: template, Managers: map[string]string{"liqiang": "chengang"}, Admins: []string{"chengang"},
		PingInterval: -1, DisconnectGrace: 20 * time.Millisecond,
	}
	for _, f := range change {
		f(&o)
	}
	s := dingtalk.New(o)
	web := httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		_ = s.Close()
		web.Close()
	})
	w := &world{Server: s, t: t, url: web.URL, clock: c}
	w.token = w.newToken()
	return w
}

func (w *world) newToken() string {
	w.t.Helper()
	a := w.post("/v1.0/oauth2/accessToken", map[string]any{"appKey": clientID, "appSecret": secret}).ok()
	return a["accessToken"].(string)
}

// reply is an answer of the API.
type reply struct {
	t      *testing.T
	status int
	body   map[string]any
	raw    []byte
}

func (w *world) call(method, path string, header http.Header, body []byte) reply {
	w.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, w.url+path, bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header = header
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	r := reply{t: w.t, status: resp.StatusCode, body: map[string]any{}}
	if r.raw, err = io.ReadAll(resp.Body); err != nil {
		w.t.Fatal(err)
	}
	_ = json.Unmarshal(r.raw, &r.body)
	return r
}

func (w *world) do(method, path string, body any) reply {
	w.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.call(method, path, http.Header{
		"Content-Type": {"application/json"}, "Accept": {"application/json"}, "X-Acs-Dingtalk-Access-Token": {w.token},
	}, b)
}

func (w *world) post(path string, body any) reply {
	w.t.Helper()
	if strings.HasPrefix(path, "/topapi/") {
		path += "?access_token=" + w.token
	}
	return w.do("POST", path, body)
}

func (r reply) ok() map[string]any {
	r.t.Helper()
	if r.status != http.StatusOK || r.body["errcode"] != nil && r.body["errcode"] != 0.0 {
		r.t.Fatalf("answer %d %s", r.status, r.raw)
	}
	return r.body
}

func (r reply) refused(status int, code string) {
	r.t.Helper()
	if r.status != status || r.body["code"] != code {
		r.t.Errorf("answer %d %s, want %d %s", r.status, r.raw, status, code)
	}
}

func (r reply) errcode(code float64, sub string) {
	r.t.Helper()
	got, _ := r.body["sub_code"].(string)
	if r.status != http.StatusOK || r.body["errcode"] != code || got != sub {
		r.t.Errorf("answer %d %s, want errcode %v sub_code %q", r.status, r.raw, code, sub)
	}
}

func (w *world) upload(kind, name string, data []byte) reply {
	w.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, err := m.CreateFormFile("media", name)
	if err != nil {
		w.t.Fatal(err)
	}
	_, _ = part.Write(data)
	_ = m.Close()
	return w.call("POST", "/media/upload?type="+kind+"&access_token="+w.token, http.Header{
		"Content-Type": {m.FormDataContentType()},
	}, b.Bytes())
}

func (w *world) wait(what string, cond func() bool) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := w.Wait(ctx, cond); err != nil {
		w.t.Fatalf("waited in vain for %s", what)
	}
}

func (w *world) say(from, chat, text string) string {
	w.t.Helper()
	id, err := w.Say(context.Background(), sim.Say{From: from, Chat: chat, Text: text, MentionBot: true})
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

// inbox is what a person's phone shows in all chats, as it is now.
func (w *world) inbox(person string) []sim.Message {
	msgs, _ := w.Inbox(person, "*", 0)
	return msgs
}

func (w *world) last(person string) sim.Message {
	w.t.Helper()
	msgs := w.inbox(person)
	if len(msgs) == 0 {
		w.t.Fatalf("%s has no message", person)
	}
	return msgs[len(msgs)-1]
}

// frame is one frame as a client sees it.
type frame struct {
	SpecVersion string            `json:"specVersion"`
	Type        string            `json:"type"`
	Headers     map[string]string `json:"headers"`
	Data        string            `json:"data"`
}

// socket is a bare client, for what an SDK would hide.
type socket struct {
	w  *world
	ws *websocket.Conn
}

var everything = []dingtalk.Subscription{
	{Type: "EVENT", Topic: "*"},
	{Type: "CALLBACK", Topic: "/v1.0/im/bot/messages/get"},
	{Type: "CALLBACK", Topic: "/v1.0/card/instances/callback"},
}

func (w *world) open(subs ...dingtalk.Subscription) (endpoint, ticket string) {
	w.t.Helper()
	a := w.post("/v1.0/gateway/connections/open", map[string]any{
		"clientId": clientID, "clientSecret": secret, "ua": "test", "subscriptions": subs,
	}).ok()
	return a["endpoint"].(string), a["ticket"].(string)
}

func (w *world) connect(subs ...dingtalk.Subscription) *socket {
	w.t.Helper()
	if len(subs) == 0 {
		subs = everything
	}
	before := len(w.Connections())
	s := w.dial(w.open(subs...))
	w.wait("the connection", func() bool { return len(w.Connections()) > before })
	return s
}

func (w *world) dial(endpoint, ticket string) *socket {
	w.t.Helper()
	ws, resp, err := websocket.DefaultDialer.Dial(endpoint+"?ticket="+ticket, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	_ = resp.Body.Close()
	w.t.Cleanup(func() { _ = ws.Close() })
	return &socket{w: w, ws: ws}
}

func (s *socket) next() frame {
	s.w.t.Helper()
	var f frame
	if err := s.ws.ReadJSON(&f); err != nil {
		s.w.t.Fatalf("read a frame: %v", err)
	}
	return f
}

func (s *socket) ack(f frame, code int, data string) {
	s.w.t.Helper()
	err := s.ws.WriteJSON(map[string]any{
		"code": code, "message": "", "data": data,
		"headers": map[string]string{"contentType": "application/json", "messageId": f.Headers["messageId"]},
	})
	if err != nil {
		s.w.t.Fatal(err)
	}
}
