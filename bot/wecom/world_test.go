package wecom_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/cache"
	"go.uber.org/goleak"

	"salesflow/bot"
	"salesflow/bot/sim"
	simwecom "salesflow/bot/sim/wecom"
	"salesflow/bot/wecom"
	"salesflow/cards"
	"salesflow/store/sales"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	shanghai = time.FixedZone("CST", 8*3600)
	start    = time.Date(2026, 3, 11, 10, 0, 0, 0, shanghai)
)

// group is the company's group on the simulated platform; the robot is in it.
const group = "east1"

// clock stands still until it is advanced.
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

// world is the platform, and a bot's adapter on the other side of the wire.
type world struct {
	*testing.T
	clock   *clock
	sim     *simwecom.Server
	api     *httptest.Server
	adapter *wecom.Adapter
	opt     wecom.Options
	inbox   *inbox
	files   files
}

func newWorld(t *testing.T, change ...func(*wecom.Options)) *world {
	t.Helper()
	return newWorldOn(t, func(*simwecom.Options) {}, change...)
}

// newWorldOn is a world whose platform is changed too.
func newWorldOn(t *testing.T, platform func(*simwecom.Options), change ...func(*wecom.Options)) *world {
	t.Helper()
	w := &world{T: t, clock: &clock{now: start}, inbox: newInbox(), files: files{}}
	simulated := simwecom.Options{
		Company: sim.Company{
			People: []sim.Person{
				{ID: "ZhouMin", Name: "周敏", Role: "rep", Platform: sim.WeCom, Team: "华东一组"},
				{ID: "wangfang", Name: "王芳", Role: "lead", Platform: sim.WeCom, Team: "华东一组"},
				{ID: "sunjing", Name: "孙静", Role: "legal_head", Platform: sim.WeCom, Team: "法务"},
			},
			Chats: []sim.Chat{{ID: group, Platform: sim.WeCom, Name: "华东一组", Members: []string{"ZhouMin", "wangfang"}}},
		},
		Clock: w.clock, BotName: "小销", WebhookKeys: map[string]string{"hook-key-1": group}, NoEnterEvents: true,
		RetryAfter: []time.Duration{time.Millisecond, time.Millisecond, time.Millisecond},
	}
	platform(&simulated)
	s, err := simwecom.New(simulated)
	if err != nil {
		t.Fatal(err)
	}
	w.sim, w.api = s, httptest.NewServer(s.Handler())
	c := s.Credentials()
	transport := &http.Transport{}
	w.opt = wecom.Options{
		CorpID: c.CorpID, AgentID: c.AgentID, Secret: c.Secret, ContactsSecret: c.ContactsSecret,
		Token: c.Token, EncodingAESKey: c.EncodingAESKey, APIBase: w.api.URL,
		Robot: wecom.RobotOptions{
			BotID: c.BotID, Secret: c.BotSecret, Name: c.BotName,
			URL: "ws" + strings.TrimPrefix(w.api.URL, "http") + c.RobotPath,
		},
		Webhooks: map[string]string{"华东一组": "hook-key-1"}, Cache: cache.NewMemory(), Files: w.files,
		Transport: transport, Now: w.clock.Now, NewTimer: quick,
	}
	for _, f := range change {
		f(&w.opt)
	}
	w.adapter = w.newAdapter()
	callback := httptest.NewServer(w.adapter.Callback(w.inbox))
	if err := s.SetCallback(callback.URL + "/wecom/callback?tenant=a%2Bb"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = s.Close()
		callback.Close()
		w.api.Close()
		transport.CloseIdleConnections()
	})
	return w
}

func (w *world) newAdapter() *wecom.Adapter {
	w.Helper()
	a, err := wecom.New(w.opt)
	if err != nil {
		w.Fatal(err)
	}
	return a
}

// quick is a timer a thousand times as fast as asked for, for pauses shorter than the one between pings.
func quick(d time.Duration) (<-chan time.Time, func() bool) {
	if d < 30*time.Second {
		d = max(d/1000, time.Millisecond)
	}
	t := time.NewTimer(d)
	return t.C, t.Stop
}

// inbox takes events as the bot's does: the same event once, whatever the number of deliveries.
type inbox struct {
	mu      sync.Mutex
	calls   int
	refuse  int
	events  []bot.Event
	seen    map[string]bool
	face    func(bot.Event) *cards.Card
	faces   map[sales.ID]bool
	arrived chan struct{}
}

func newInbox() *inbox {
	return &inbox{seen: map[string]bool{}, faces: map[sales.ID]bool{}, arrived: make(chan struct{}, 1000)}
}

func (b *inbox) Accept(_ context.Context, ev bot.Event) (bot.Accepted, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	defer func() { b.arrived <- struct{}{} }()
	b.calls++
	if b.refuse > 0 {
		b.refuse--
		return bot.Accepted{}, errors.New("the store is away")
	}
	if b.seen[ev.ID] {
		return bot.Accepted{}, nil
	}
	b.seen[ev.ID] = true
	b.events = append(b.events, ev)
	if b.face != nil && ev.Kind == bot.Tapped {
		return bot.Accepted{Face: b.face(ev), FaceDelivery: 77}, nil
	}
	return bot.Accepted{}, nil
}

func (b *inbox) FaceSent(_ context.Context, d sales.ID, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faces[d] = ok
	b.arrived <- struct{}{}
}

func (b *inbox) all() []bot.Event {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.events)
}

// files are the bot's own files.
type files map[sales.ID][]byte

func (f files) Open(_ context.Context, id sales.ID) (io.ReadCloser, string, string, error) {
	data, ok := f[id]
	if !ok {
		return nil, "", "", errors.New("no such file")
	}
	return io.NopCloser(bytes.NewReader(data)), "漏斗.png", http.DetectContentType(data), nil
}

// until waits for a condition, and fails the test when it does not come.
func (w *world) until(what string, cond func() bool) {
	w.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	limit := time.NewTimer(time.Minute)
	defer limit.Stop()
	for !cond() {
		select {
		case <-tick.C:
		case <-limit.C:
			w.Fatalf("waited in vain for %s; deliveries %+v; violations %+v", what, w.sim.Deliveries(), w.sim.Violations())
		}
	}
}

// event waits for the n-th event of the inbox, from 1.
func (w *world) event(n int) bot.Event {
	w.Helper()
	w.until("an event", func() bool { return len(w.inbox.all()) >= n })
	return w.inbox.all()[n-1]
}

// phone is what a person's phone shows in a chat.
func (w *world) phone(person, chat string) []sim.Message {
	got, _ := w.sim.Inbox(person, chat, 0)
	return slices.DeleteFunc(got, func(m sim.Message) bool { return m.From != "" })
}

func (w *world) say(from, chat, text string) {
	w.Helper()
	if _, err := w.sim.Say(w.Context(), sim.Say{From: from, Chat: chat, Text: text, MentionBot: chat == group}); err != nil {
		w.Fatal(err)
	}
}

func (w *world) send(d bot.Delivery) bot.Receipt {
	w.Helper()
	r, err := w.adapter.Send(w.Context(), d)
	if err != nil {
		w.Fatal(err)
	}
	return r
}

// noViolation fails when the platform saw the bot do what it should not.
func (w *world) noViolation() {
	w.Helper()
	if v := w.sim.Violations(); len(v) > 0 {
		w.Errorf("the platform complains: %+v", v)
	}
}

// calls counts the calls of an API.
func (w *world) calls(api string) int {
	n := 0
	for _, c := range w.sim.Sends() {
		if c.API == api {
			n++
		}
	}
	return n
}

// wantFailure fails the test unless err is a send error with the reason.
func wantFailure(t *testing.T, err error, reason bot.Reason, retry bool) *bot.SendError {
	t.Helper()
	var e *bot.SendError
	if !errors.As(err, &e) || e.Reason != reason || e.Retry != retry {
		t.Fatalf("got %v, want %s, retry %v", err, reason, retry)
	}
	return e
}

func to(users ...bot.UserID) bot.Delivery {
	return bot.Delivery{ID: 1, Platform: wecom.Platform, Users: users, Chat: bot.Chat{Platform: wecom.Platform}}
}

func text(s string, users ...bot.UserID) bot.Delivery {
	d := to(users...)
	d.Out.Text = s
	return d
}

func card(id sales.ID, c cards.Card, users ...bot.UserID) bot.Delivery {
	d := to(users...)
	d.CardID, d.Out.Card = id, &c
	return d
}

// contract is a card that waits for a decision; decided is its face afterwards.
var (
	contract = cards.Card{
		Key: "contract:18/approver", Title: "合同待审批 · HT2026-018", Status: "等你处理", Level: cards.Warn,
		Fields: []cards.Field{{Name: "客户", Value: "绍兴市立医院"}, {Name: "金额", Value: "¥1,280,000.00"}},
		Choice: &cards.Choice{Key: "reason", Title: "理由", Options: []cards.Option{{ID: "price", Text: "价格"}, {ID: "term", Text: "账期"}}},
		Buttons: []cards.Button{
			{Text: "同意", Style: cards.Primary, Action: cards.Action{Verb: "contract.approve", Record: 18, Version: 4}, Typed: "同意 HT2026-018"},
			{Text: "驳回", Style: cards.Danger, Action: cards.Action{Verb: "contract.reject", Record: 18, Version: 4}, Typed: "驳回 HT2026-018"},
		},
	}
	decided = cards.Card{
		Key: "contract:18/approver", Title: "合同 HT2026-018", Status: "已通过法务", Level: cards.OK,
		Fields: contract.Fields, Closed: "已通过 · 孙静 3月11日 10:00",
	}
)
