package dingtalk

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"salesflow/bot"
	"salesflow/bot/sim"
	peer "salesflow/bot/sim/dingtalk"
	"salesflow/cards"
	"salesflow/store/sales"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(quiet{m}) }

// quiet lets go of idle connections, the SDK's among them, before goroutines are counted.
type quiet struct{ *testing.M }

func (q quiet) Run() int {
	defer http.DefaultClient.CloseIdleConnections()
	return q.M.Run()
}

const (
	clientID = "dingtest"
	password = "s3cret-of-the-app"
	template = "tpl.schema"
	group    = "cidEast=="
)

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

// memory is a Cache of one process.
type memory struct {
	mu sync.Mutex
	m  map[string]any
}

func (c *memory) Get(k string) any {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.m[k]
}

func (c *memory) Set(k string, v any, _ time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.m == nil {
		c.m = map[string]any{}
	}
	c.m[k] = v
	return nil
}

func (c *memory) Delete(k string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.m, k)
	return nil
}

// desk is an Intake that does what the test says.
type desk struct {
	accept func(ctx context.Context, ev bot.Event) (bot.Accepted, error)
	events chan bot.Event
	faces  chan face
}

type face struct {
	id sales.ID
	ok bool
}

func newDesk() *desk {
	return &desk{events: make(chan bot.Event, 100), faces: make(chan face, 100)}
}

func (d *desk) Accept(ctx context.Context, ev bot.Event) (acc bot.Accepted, err error) {
	if d.accept != nil {
		acc, err = d.accept(ctx, ev)
	}
	d.events <- ev
	return acc, err
}

func (d *desk) FaceSent(_ context.Context, id sales.ID, ok bool) { d.faces <- face{id, ok} }

// shelf is a FileStore.
type shelf map[sales.ID]struct{ name, data string }

func (s shelf) Open(_ context.Context, id sales.ID) (io.ReadCloser, string, string, error) {
	f, ok := s[id]
	if !ok {
		return nil, "", "", errors.New("no such file")
	}
	return io.NopCloser(strings.NewReader(f.data)), f.name, "", nil
}

// world is a simulated DingTalk and an adapter that talks to it over the wire.
type world struct {
	*peer.Server
	*Adapter
	t      *testing.T
	url    string
	clock  *clock
	cache  *memory
	mu     sync.Mutex
	counts []string
}

// watcher is an Observer.
type watcher chan string

func (c watcher) Observe(api string, reason bot.Reason, _ time.Duration) {
	select {
	case c <- api + " " + string(reason):
	default:
	}
}

type change struct {
	peer  func(*peer.Options)
	adapt func(*Options)
}

func start(t *testing.T, changes ...change) *world {
	t.Helper()
	w := &world{t: t, cache: &memory{}, clock: &clock{now: time.Date(2026, 3, 11, 10, 0, 0, 0, beijing)}}
	o := peer.Options{
		Company: sim.Company{
			People: []sim.Person{
				{ID: "liqiang", Name: "李强", Role: "rep", Team: "华东一组"},
				{ID: "chengang", Name: "陈刚", Role: "director"},
				{ID: "zhaolei", Name: "赵磊", Role: "legal", Team: "法务"},
			},
			Chats: []sim.Chat{{ID: group, Name: "华东一组", Members: []string{"liqiang", "chengang"}}},
		},
		Clock: w.clock, ClientID: clientID, ClientSecret: password, CorpID: "dingcorp", CardTemplateID: template,
		Managers: map[string]string{"liqiang": "chengang"}, Admins: []string{"chengang"},
		PingInterval: -1, DisconnectGrace: 20 * time.Millisecond, CardAckLimit: time.Minute,
	}
	for _, c := range changes {
		if c.peer != nil {
			c.peer(&o)
		}
	}
	w.Server = peer.New(o)
	web := httptest.NewServer(w.Handler())
	w.url = web.URL
	opt := Options{
		ClientID: clientID, ClientSecret: password, CardTemplateID: template, APIBase: web.URL, OAPIBase: web.URL,
		Cache: w.cache, Now: w.clock.Now, Pause: time.Millisecond, PerSecond: -1,
		Account: func(p int64) bot.UserID {
			return map[int64]bot.UserID{1: "liqiang", 2: "chengang", 3: "zhaolei", 9: "left"}[p]
		},
		Person: func(u bot.UserID) int64 { return map[bot.UserID]int64{"liqiang": 1, "chengang": 2, "zhaolei": 3}[u] },
		Count: func(api string) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.counts = append(w.counts, api)
		},
		// No test is hurried but those that are about being late.
		Stream: StreamOptions{Look: 5 * time.Millisecond, Drain: 200 * time.Millisecond, MessageLimit: time.Minute, TapLimit: time.Minute, AckLimit: time.Minute},
	}
	for _, c := range changes {
		if c.adapt != nil {
			c.adapt(&opt)
		}
	}
	a, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	w.Adapter = a
	t.Cleanup(func() {
		_ = w.Server.Close()
		web.Close()
	})
	return w
}

func (w *world) counted() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.counts)
}

// listen runs the adapter against d until the test ends, and waits for the connection.
func (w *world) listen(d *desk) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx, d) }()
	w.t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			w.t.Errorf("Run = %v", err)
		}
	})
	w.wait("the connection", func() bool { return len(w.Connections()) == 1 })
}

func (w *world) wait(what string, cond func() bool) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := w.Wait(ctx, cond); err != nil {
		w.t.Fatalf("%s: %v", what, err)
	}
}

func receive[T any](t *testing.T, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(time.Minute):
		t.Fatalf("%s did not come", what)
		panic("unreachable")
	}
}

func (w *world) say(s sim.Say) string {
	w.t.Helper()
	id, err := w.Say(context.Background(), s)
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

// last is the newest message of the bot on a phone.
func (w *world) last(person, chat string) sim.Message {
	w.t.Helper()
	list, _ := w.Inbox(person, chat, 0)
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].From == "" {
			return list[i]
		}
	}
	w.t.Fatalf("nothing from the bot on the phone of %s", person)
	return sim.Message{}
}

// heard is how many messages of the bot a phone shows.
func (w *world) heard(person, chat string) int {
	n := 0
	list, _ := w.Inbox(person, chat, 0)
	for _, m := range list {
		if m.From == "" {
			n++
		}
	}
	return n
}

func (w *world) send(d bot.Delivery) bot.Receipt {
	w.t.Helper()
	r, err := w.Adapter.Send(context.Background(), d)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func (w *world) refused(d bot.Delivery, want bot.Reason, retry bool) *bot.SendError {
	w.t.Helper()
	_, err := w.Adapter.Send(context.Background(), d)
	var f *bot.SendError
	if !errors.As(err, &f) || f.Reason != want || f.Retry != retry {
		w.t.Fatalf("error = %v (%+v), want reason %s, retry %v", err, f, want, retry)
	}
	for _, secret := range []string{password, "session=", "access_token"} {
		if strings.Contains(err.Error(), secret) {
			w.t.Errorf("the error gives away %q: %v", secret, err)
		}
	}
	return f
}

func (w *world) fault(kind string, n int) {
	w.t.Helper()
	if err := w.Fault(sim.Fault{Kind: kind, Count: n}); err != nil {
		w.t.Fatal(err)
	}
}

func approval() cards.Card {
	return cards.Card{
		Key: "contract:1", Title: "合同待审批 · HT2026-018", Status: "等你处理", Level: cards.Warn,
		Fields: []cards.Field{{Name: "客户", Value: "绍兴市立医院"}, {Name: "金额", Value: "¥1,280,000.00"}},
		Note:   "48 小时内处理。",
		Buttons: []cards.Button{
			{Text: "同意", Style: cards.Primary, Action: cards.Action{Verb: "contract.approve", Record: 18, Version: 3}, Typed: "同意 HT2026-018"},
			{Text: "驳回", Style: cards.Danger, Action: cards.Action{Verb: "contract.reject", Record: 18, Version: 3}, Typed: "驳回 HT2026-018"},
		},
		Input: &cards.Input{Key: "reason", Placeholder: "原因"},
	}
}

func toPerson(out bot.Outgoing, users ...bot.UserID) bot.Delivery {
	return bot.Delivery{ID: 7, Kind: bot.DeliverPush, Platform: Platform, Users: users, Out: out, CardID: 4711}
}

func toGroup(out bot.Outgoing) bot.Delivery {
	return bot.Delivery{ID: 7, Kind: bot.DeliverPush, Platform: Platform, Chat: bot.Chat{Platform: Platform, ID: group, Group: true}, Out: out, CardID: 4712}
}
