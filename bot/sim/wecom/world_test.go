package wecom

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"salesflow/bot/sim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeClock is a clock that stands still until it is advanced.
type fakeClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// world is a simulator on the wire, a bot's callback behind it, and a client with a token.
type world struct {
	*testing.T
	sim    *Server
	api    *httptest.Server
	bot    *callbackBot
	clock  *fakeClock
	client *http.Client
	token  string
}

var people = []sim.Person{
	{ID: "ZhouMin", Name: "周敏", Role: "rep", Platform: sim.WeCom, Team: "华东一组"},
	{ID: "wangfang", Name: "王芳", Role: "lead", Platform: sim.WeCom, Team: "华东一组"},
	{ID: "sunjing", Name: "孙静", Role: "legal_head", Platform: sim.WeCom, Team: "法务"},
	{ID: "liqiang", Name: "李强", Role: "rep", Platform: sim.DingTalk, Team: "华东一组"},
}

func newWorld(t *testing.T, change ...func(*Options)) *world {
	t.Helper()
	w := &world{T: t, clock: &fakeClock{now: time.Date(2026, 3, 11, 10, 0, 0, 0, shanghai)}}
	w.client = &http.Client{Transport: &http.Transport{}, Timeout: time.Minute}
	w.bot = &callbackBot{}
	botServer := httptest.NewServer(w.bot)
	opt := Options{
		Company: sim.Company{People: people, Chats: []sim.Chat{
			{ID: "east1", Platform: sim.WeCom, Name: "华东一组", Members: []string{"ZhouMin", "wangfang"}},
			{ID: "ding1", Platform: sim.DingTalk, Name: "华东一组", Members: []string{"liqiang"}},
		}},
		Clock: w.clock, CallbackURL: botServer.URL + "/cb?tenant=a%2Bb", BotName: "小销", WebhookKeys: map[string]string{"hook-key-1": "east1"},
		RetryAfter: []time.Duration{time.Millisecond, time.Millisecond, time.Millisecond}, NoEnterEvents: true,
	}
	for _, f := range change {
		f(&opt)
	}
	s, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	w.sim, w.bot.sim = s, s
	w.api = httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		_ = s.Close()
		w.api.Close()
		botServer.Close()
		w.client.CloseIdleConnections()
	})
	return w
}

// callbackBot is the bot's side of the callback: it opens what comes and answers what it is told to.
type callbackBot struct {
	sim *Server
	mu  sync.Mutex
	got []received
	// answer decides the answer; nil answers an empty 200.
	answer func(n int, got received) (status int, body string)
	block  chan struct{}
}

// received is one delivery as the bot sees it.
type received struct {
	query    url.Values
	envelope string
	plain    string
	xml      plainXML
}

type plainXML struct {
	ToUserName, FromUserName, MsgType, Content, Event, EventKey, TaskID string
	MsgID                                                               int64 `xml:"MsgId"`
	CreateTime                                                          int64
	AgentID                                                             int64
	PicURL                                                              string `xml:"PicUrl"`
	MediaID                                                             string `xml:"MediaId"`
	Task                                                                string `xml:"TaskId"`
	CardType, ResponseCode                                              string
	LocationX                                                           string `xml:"Location_X"`
	LocationY                                                           string `xml:"Location_Y"`
	Selected                                                            []struct {
		QuestionKey string
		OptionIDs   []string `xml:"OptionIds>OptionId"`
	} `xml:"SelectedItems>SelectedItem"`
}

func (b *callbackBot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	got, err := b.open(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusTeapot)
		return
	}
	b.mu.Lock()
	b.got = append(b.got, got)
	n, answer, block := len(b.got), b.answer, b.block
	b.mu.Unlock()
	if block != nil {
		select {
		case <-block:
		case <-r.Context().Done():
		}
	}
	if answer == nil {
		return
	}
	status, body := answer(n, got)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func (b *callbackBot) open(r *http.Request) (received, error) {
	q := r.URL.Query()
	got := received{query: q}
	if q.Get("tenant") != "a+b" {
		return got, fmt.Errorf("parameter of the address got lost: %v", q)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return got, err
	}
	got.envelope = string(body)
	var env struct{ ToUserName, AgentID, Encrypt string }
	if err := xml.Unmarshal(body, &env); err != nil {
		return got, err
	}
	if signature(b.sim.opt.Token, q.Get("timestamp"), q.Get("nonce"), env.Encrypt) != q.Get("msg_signature") {
		return got, fmt.Errorf("signature")
	}
	plain, err := decrypt(b.sim.aesKey, b.sim.opt.CorpID, env.Encrypt)
	if err != nil {
		return got, err
	}
	got.plain = string(plain)
	return got, xml.Unmarshal(plain, &got.xml)
}

func (b *callbackBot) all() []received {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.got)
}

func (b *callbackBot) set(answer func(n int, got received) (int, string)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answer = answer
}

// seal makes a passive reply.
func (b *callbackBot) seal(plain string) string {
	enc, err := encrypt(b.sim.aesKey, b.sim.opt.CorpID, []byte(plain))
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("<xml><Encrypt><![CDATA[%s]]></Encrypt><MsgSignature><![CDATA[%s]]></MsgSignature><TimeStamp>1700000000</TimeStamp><Nonce><![CDATA[n]]></Nonce></xml>",
		enc, signature(b.sim.opt.Token, "1700000000", "n", enc))
}

// eventually waits until cond holds.
func (w *world) eventually(what string, cond func() bool) {
	w.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	limit := time.NewTimer(time.Minute)
	defer limit.Stop()
	for !cond() {
		select {
		case <-tick.C:
		case <-limit.C:
			w.Fatalf("waited in vain for %s\ndeliveries: %+v\nviolations: %+v", what, w.sim.Deliveries(), w.sim.Violations())
		}
	}
}

// deliveries waits for n requests at the callback.
func (w *world) deliveries(n int) []received {
	w.Helper()
	w.eventually(fmt.Sprintf("%d deliveries", n), func() bool { return len(w.bot.all()) >= n })
	return w.bot.all()
}

// settled waits until the delivery of a message has an end.
func (w *world) settled(id string) Delivery {
	w.Helper()
	var d Delivery
	w.eventually("delivery "+id+" settled", func() bool {
		for _, x := range w.sim.Deliveries() {
			if x.ID == id && x.State != Delivering {
				d = x
				return true
			}
		}
		return false
	})
	return d
}

type answerJSON struct {
	ErrCode      int         `json:"errcode"`
	ErrMsg       string      `json:"errmsg"`
	AccessToken  string      `json:"access_token"`
	ExpiresIn    int         `json:"expires_in"`
	MsgID        string      `json:"msgid"`
	ResponseCode string      `json:"response_code"`
	InvalidUser  any         `json:"invaliduser"`
	InvalidParty string      `json:"invalidparty"`
	MediaID      string      `json:"media_id"`
	CreatedAt    string      `json:"created_at"`
	ChatID       string      `json:"chatid"`
	SpNo         string      `json:"sp_no"`
	raw          string      `json:"-"`
	status       int         `json:"-"`
	header       http.Header `json:"-"`
}

func (w *world) do(req *http.Request) answerJSON {
	w.Helper()
	resp, err := w.client.Do(req)
	if err != nil {
		w.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		w.Fatal(err)
	}
	a := answerJSON{raw: string(raw), status: resp.StatusCode, header: resp.Header}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(raw, &a); err != nil {
			w.Fatalf("answer %q: %v", raw, err)
		}
	}
	return a
}

func (w *world) get(path string) answerJSON {
	w.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, w.api.URL+path, nil)
	if err != nil {
		w.Fatal(err)
	}
	return w.do(req)
}

func (w *world) postRaw(path, contentType string, body []byte) answerJSON {
	w.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, w.api.URL+path, bytes.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	return w.do(req)
}

// call posts JSON to an API with the app's token.
func (w *world) call(api string, body any) answerJSON {
	w.Helper()
	raw, ok := body.(string)
	if !ok {
		b, err := json.Marshal(body)
		if err != nil {
			w.Fatal(err)
		}
		raw = string(b)
	}
	return w.postRaw("/cgi-bin/"+api+"?access_token="+w.appToken(), "application/json", []byte(raw))
}

func (w *world) appToken() string {
	w.Helper()
	if w.token == "" {
		w.token = w.newToken(w.sim.opt.Secret).AccessToken
	}
	return w.token
}

func (w *world) newToken(secret string) answerJSON {
	w.Helper()
	return w.get("/cgi-bin/gettoken?corpid=" + w.sim.opt.CorpID + "&corpsecret=" + secret)
}

func (w *world) upload(api, query, name string, data []byte) answerJSON {
	w.Helper()
	var buf bytes.Buffer
	mw := multipart.NewWriter(&buf)
	part, err := mw.CreateFormFile("media", name)
	if err != nil {
		w.Fatal(err)
	}
	_, _ = part.Write(data)
	_ = mw.Close()
	return w.postRaw("/cgi-bin/"+api+"?"+query, mw.FormDataContentType(), buf.Bytes())
}

// ok fails unless the errcode is zero.
func (w *world) ok(a answerJSON) answerJSON {
	w.Helper()
	if a.ErrCode != 0 || a.status != http.StatusOK {
		w.Fatalf("status %d, answer %s", a.status, a.raw)
	}
	return a
}

func (w *world) wantCode(a answerJSON, code int) {
	w.Helper()
	if a.ErrCode != code || a.status != http.StatusOK {
		w.Fatalf("errcode %d with status %d, want %d: %s", a.ErrCode, a.status, code, a.raw)
	}
}

// inbox is all a phone shows in a chat.
func (w *world) inbox(person, chat string) []sim.Message {
	got, _ := w.sim.Inbox(person, chat, 0)
	return got
}

func (w *world) say(from, chat, text string) string {
	w.Helper()
	id, err := w.sim.Say(context.Background(), sim.Say{From: from, Chat: chat, Text: text, MentionBot: chat != "" && chat != RobotChat})
	if err != nil {
		w.Fatal(err)
	}
	return id
}

// violation waits for one of a kind.
func (w *world) violation(kind string) Violation {
	w.Helper()
	var v Violation
	w.eventually("violation "+kind, func() bool {
		for _, x := range w.sim.Violations() {
			if x.Kind == kind {
				v = x
				return true
			}
		}
		return false
	})
	return v
}

// contract is an approval card as a bot sends it.
func contract(task string) map[string]any {
	return map[string]any{
		"card_type": "button_interaction", "task_id": task,
		"main_title":     map[string]any{"title": "合同待审批 · HT2026-018 · 等你处理"},
		"sub_title_text": "付款 60 天，制度上限 45 天",
		"horizontal_content_list": []map[string]any{
			{"keyname": "客户", "value": "绍兴市立医院"}, {"keyname": "金额", "value": "¥1,280,000.00"},
		},
		"button_selection": map[string]any{
			"question_key": "reason", "title": "理由", "option_list": []map[string]any{{"id": "price", "text": "价格"}, {"id": "term", "text": "账期"}},
		},
		"button_list": []map[string]any{
			{"text": "同意", "style": 1, "key": "approve|42|1"},
			{"text": "驳回", "style": 4, "key": "reject|42|1"},
			{"type": 1, "text": "详情", "style": 2, "url": "https://bot.example.com/c/42"},
		},
	}
}

func cardTo(users string, card map[string]any) map[string]any {
	return map[string]any{"touser": users, "agentid": defaultAgentID, "msgtype": "template_card", "template_card": card}
}

func text(users, content string) map[string]any {
	return map[string]any{"touser": users, "agentid": defaultAgentID, "msgtype": "text", "text": map[string]any{"content": content}}
}

// serve puts another server behind the callback address.
func serve(t *testing.T, w *world, h http.Handler, path string) {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	if err := w.sim.SetCallback(srv.URL + path); err != nil {
		t.Fatal(err)
	}
}
