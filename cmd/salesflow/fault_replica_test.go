package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
	simding "salesflow/bot/sim/dingtalk"
	simwecom "salesflow/bot/sim/wecom"
	"salesflow/configs"
	"salesflow/scheduler"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

// rig is a pair of simulated platforms that outlives the bots behind it: any number of them, that come and go.
type rig struct {
	world
	t   *testing.T
	cfg configs.Config
	org configs.Org
	log zerolog.Logger

	mu   sync.Mutex
	live []*program
	turn int
	// copies is how often each callback is handed to every bot at the same time; 0 hands it once to one of them.
	copies int
	// calls are the paths of what the platforms were asked for, answered or not.
	calls []string
}

// asked is how often the platforms were asked for what is called so.
func (r *rig) asked(api string) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, path := range r.calls {
		if strings.HasSuffix(path, api) {
			n++
		}
	}
	return n
}

// counting keeps what a platform is asked for.
func (r *rig) counting(platform http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.mu.Lock()
		r.calls = append(r.calls, req.URL.Path)
		r.mu.Unlock()
		platform.ServeHTTP(w, req)
	})
}

// newRig starts the platforms; no bot runs yet. change adapts the configuration.
func newRig(t *testing.T, change ...func(*configs.Config)) *rig {
	t.Helper()
	org, err := configs.LoadOrg(configs.DemoOrg, configs.Demo.ReadFile)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, cfg: configs.Default(), org: org, log: zerolog.Nop()}
	d := &demo{clock: scheduler.NewStepClock(time.Now, storyStart), cancel: func() {}, patience: storyPatience}
	r.world = world{d}
	if d.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	base := "http://" + d.listener.Addr().String()
	company := simulated(org)
	again := []time.Duration{20 * time.Millisecond, 200 * time.Millisecond}
	for range 2 * storyPatience / time.Second { // a bot that is slow to come back misses nothing
		again = append(again, time.Second)
	}
	d.wecom, err = simwecom.New(simwecom.Options{
		Company: company, Clock: d.clock, Wall: time.Now, BotName: "销售流", PublicURL: base + wecomPrefix, NoEnterEvents: true,
		CallbackURL: base + "/wecom/callback", RobotBacklog: time.Minute,
		RetryAfter: again,
	})
	if err != nil {
		t.Fatal(err)
	}
	d.dingtalk = simding.New(simding.Options{
		Company: company, Clock: d.clock, Wall: time.Now, BotName: "销售流", BaseURL: base + dingtalkPrefix,
		ClientID: "demo-client", ClientSecret: "demo-secret", CorpID: "dingdemo", CardTemplateID: "demo.schema",
	})
	mux := http.NewServeMux()
	mux.Handle(wecomPrefix+"/", r.counting(http.StripPrefix(wecomPrefix, d.wecom.Handler())))
	mux.Handle(dingtalkPrefix+"/", r.counting(http.StripPrefix(dingtalkPrefix, d.dingtalk.Handler())))
	mux.HandleFunc("/", r.hand)
	d.server = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = d.server.Serve(d.listener) }() // ends when the server is closed
	d.configure(&r.cfg, base, t.TempDir())
	for _, c := range change {
		c(&r.cfg)
	}
	held := r
	t.Cleanup(func() {
		for _, p := range slices.Clone(held.live) {
			held.halt(p)
		}
		if err := held.demo.close(); err != nil {
			t.Errorf("stop the platforms: %v", err)
		}
		held = nil // as in newWorld
	})
	return r
}

// boot starts a bot. Each has a folder of its own unless data names one.
func (r *rig) boot(data string) *program {
	r.t.Helper()
	cfg := r.cfg
	cfg.DataDir = data
	if data == "" {
		cfg.DataDir = r.t.TempDir()
	}
	p, err := build(context.Background(), cfg, options{clock: r.clock, log: r.log, poll: 10 * time.Millisecond, org: r.org, wall: time.Now, dingPerSecond: -1})
	if err != nil {
		r.t.Fatal(err)
	}
	if err := p.start(context.Background()); err != nil {
		r.t.Fatal(errors.Join(err, p.close()))
	}
	r.mu.Lock()
	r.live = append(r.live, p)
	r.program = r.live[0]
	r.mu.Unlock()
	if err := r.ready(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	return p
}

// halt stops a bot without waiting for anything it has not begun.
func (r *rig) halt(p *program) {
	r.t.Helper()
	r.mu.Lock()
	r.live = slices.DeleteFunc(r.live, func(q *program) bool { return q == p })
	if len(r.live) > 0 {
		r.program = r.live[0]
	}
	r.mu.Unlock()
	if err := p.close(); err != nil {
		r.t.Errorf("stop a bot: %v", err)
	}
	r.demo.program = nil
	if len(r.live) > 0 {
		r.demo.program = r.live[0]
	}
}

// hand hands a request to a bot, as a load balancer does.
func (r *rig) hand(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(io.LimitReader(req.Body, 1<<20))
	if err != nil {
		return
	}
	r.mu.Lock()
	live, copies := slices.Clone(r.live), r.copies
	r.turn++
	turn := r.turn
	r.mu.Unlock()
	if len(live) == 0 {
		http.Error(w, "nobody is there", http.StatusServiceUnavailable)
		return
	}
	ask := func(p *program) *httptest.ResponseRecorder {
		c := req.Clone(r.log.WithContext(context.WithoutCancel(req.Context())))
		c.Body = io.NopCloser(bytes.NewReader(body))
		rec := httptest.NewRecorder()
		p.mux.ServeHTTP(rec, c)
		return rec
	}
	answers := make(chan *httptest.ResponseRecorder, 1+copies*len(live))
	if copies == 0 {
		answers <- ask(live[turn%len(live)])
	}
	var all sync.WaitGroup
	for range copies {
		for _, p := range live {
			all.Go(func() { answers <- ask(p) })
		}
	}
	all.Wait()
	rec := <-answers
	for k, v := range rec.Header() {
		w.Header()[k] = v
	}
	w.WriteHeader(rec.Code)
	_, _ = w.Write(rec.Body.Bytes())
}

// onMariaDB is a fresh schema for all bots, and a number of the shared Redis.
func onMariaDB(t *testing.T) (func(*configs.Config), *storetest.World) {
	t.Helper()
	w := storetest.MariaDB(t)
	addr, number := redisNumber(t)
	return func(cfg *configs.Config) {
		cfg.MySQL.DSN = configs.Secret(w.Options.DSN)
		cfg.Redis.Addrs, cfg.Redis.DB = []string{addr}, number
	}, w
}

func TestARestartLosesNothingAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	data := t.TempDir()
	bot := r.boot(data)
	s := bottest.New(t, r.world)
	wecom, ding := s.As("周敏").Skip(), s.As("李强").Skip()
	wecom.Say(firstVisit)
	ding.Say("拜访 宁波市立医院 看了离心机,周五前发报价")
	// DingTalk delivers once, so what is on the wire when the socket closes is nobody's; what was acknowledged is ours.
	waitUntil(t, "the acknowledgement", func() bool {
		acks := r.demo.dingtalk.Acks()
		return len(acks) > 0 && acks[0].Acked
	})
	r.halt(bot) // at once: the answers may be queued, or being sent
	if _, err := r.wecom.Say(t.Context(), sim.Say{From: "zhoumin", Text: "待办"}); err != nil {
		t.Fatal(err)
	}
	r.boot(data) // WeCom delivers again what nobody answered
	s.FastForward(5 * time.Minute)
	wecom.ExpectCard("拜访已记录", "绍兴市立医院")
	waitUntil(t, "the list of to-dos", func() bool {
		for _, m := range r.shown(t, "周敏") {
			if contains(bottest.Plain(m), "待办") && m.Card == nil || m.Card != nil && strings.Contains(m.Card.Title, "待办") {
				return true
			}
		}
		return false
	})
	ding.ExpectCard("拜访已记录", "宁波市立医院")
	ding.ExpectNothingElse()
	if a, b := len(r.visits(t, "zhoumin")), len(r.visits(t, "liqiang")); a != 1 || b != 1 {
		t.Errorf("%d and %d visits from one message each", a, b)
	}
}

func TestTwoReplicasDoEachEventOnce(t *testing.T) {
	t.Parallel()
	onServers, _ := onMariaDB(t)
	r := newRig(t, onServers)
	r.boot("")
	r.boot("")
	r.mu.Lock()
	r.copies = 3
	r.mu.Unlock()
	s := bottest.New(t, r.world)
	wecom, ding := s.As("周敏").Skip(), s.As("李强").Skip()
	wecom.Say(firstVisit) // six times, three to each, all at once
	for range 3 {         // the platform hands each delivery to one of the connections
		ding.SayAgain("same-event", "拜访 宁波市立医院 看了离心机,周五前发报价")
	}
	card := wecom.ExpectCard("拜访已记录", "绍兴市立医院")
	ding.ExpectCard("拜访已记录", "宁波市立医院")
	s.FastForward(5 * time.Minute)
	wecom.ExpectNothingElse()
	ding.ExpectNothingElse()
	card.Click("撤销")
	r.shows(t, "周敏", "拜访已撤销")
	s.FastForward(5 * time.Minute)
	for name, want := range map[string]string{"zhoumin": sales.VisitUndone, "liqiang": ""} {
		vs := r.visits(t, name)
		if len(vs) != 1 || want != "" && vs[0].State != want {
			t.Errorf("%s has the visits %+v", name, vs)
		}
	}
}

func TestDueRowsAreDecidedByOneReplica(t *testing.T) {
	t.Parallel()
	onServers, _ := onMariaDB(t)
	r := newRig(t, onServers)
	r.boot("")
	other := r.boot("")
	s := bottest.New(t, r.world)
	rep := s.As("周敏").Skip()
	rep.Say(firstVisit) // a promise for the 17th
	rep.ExpectCard("拜访已记录")
	// Both sweep at every step of the clock.
	ctx, stop := context.WithCancel(t.Context())
	var sweeps sync.WaitGroup
	sweeps.Go(func() {
		for ctx.Err() == nil {
			_ = other.settle(ctx, storyPatience) // ended by ctx
		}
	})
	s.At(time.Date(2026, 3, 16, 19, 0, 0, 0, sales.Shanghai))
	stop()
	sweeps.Wait()
	n := 0
	for _, m := range r.shown(t, "周敏") {
		if text := bottest.Plain(m); contains(text, "寄样") && !contains(text, "拜访已记录") && !contains(text, "日报") {
			n++
			t.Log(m.At, text)
		}
	}
	if n != 1 {
		t.Errorf("reminded %d times", n)
	}
}

func TestTheRobotsSocketMoves(t *testing.T) {
	t.Parallel()
	onServers, _ := onMariaDB(t)
	r := newRig(t, onServers)
	first := r.boot("")
	second := r.boot("")
	if !first.holdsRobot.Load() || second.holdsRobot.Load() {
		t.Fatalf("the socket is held by the first: %v, by the second: %v", first.holdsRobot.Load(), second.holdsRobot.Load())
	}
	r.halt(first)
	waitUntil(t, "the second to take over", func() bool { return second.holdsRobot.Load() && r.demo.wecom.RobotConnected() })
	s := bottest.New(t, r.world)
	group := s.As("周敏").In("华东一组").Skip()
	group.Say(firstVisit)
	group.ExpectCard("拜访已记录", "绍兴市立医院")
}

// cuttable puts a wire between the bots and their database.
func cuttable(t *testing.T, db *storetest.World) (*wire, func(*configs.Config)) {
	t.Helper()
	at := strings.Index(db.Options.DSN, "(") + 1
	end := strings.Index(db.Options.DSN, ")")
	line := newWire(t, db.Options.DSN[at:end])
	return line, func(c *configs.Config) {
		c.MySQL.DSN = configs.Secret(db.Options.DSN[:at] + line.l.Addr().String() + db.Options.DSN[end:])
	}
}

// deadFor is longer than anything a replica holds without renewing it: a claimed delivery for a minute, the robot's socket and the
// feed of the rules for less.
const deadFor = time.Minute + time.Second

func TestWhatADeadReplicaSentIsNotShownTwice(t *testing.T) {
	t.Parallel()
	onServers, db := onMariaDB(t)
	line, throughWire := cuttable(t, db)
	r := newRig(t, onServers, throughWire)
	dying := r.boot("")
	s := bottest.New(t, r.world)
	wecom, ding := s.As("周敏").Skip(), s.As("李强").Skip()
	for _, sm := range r.Simulators() {
		if err := sm.Fault(sim.Fault{Kind: sim.Slow, Count: 4, Delay: time.Second}); err != nil {
			t.Fatal(err)
		}
	}
	wecom.Say(firstVisit)
	ding.Say("拜访 宁波市立医院 看了离心机,周五前发报价")
	waitUntil(t, "both visits", func() bool { return len(r.visits(t, "zhoumin")) == 1 && len(r.visits(t, "liqiang")) == 1 })
	waitUntil(t, "the answers to both", func() bool { // then the replica knows that it has committed
		acks, calls := r.demo.dingtalk.Acks(), r.demo.wecom.Deliveries()
		attempts := calls[len(calls)-1].Attempts
		return len(acks) > 0 && acks[len(acks)-1].Acked && len(attempts) > 0 && attempts[0].Status == http.StatusOK
	})
	waitUntil(t, "both platforms to be asked to show them", func() bool {
		return r.asked("message/send") > 0 && r.asked("card/instances/createAndDeliver") > 0
	})
	line.set(true) // the answers are on their way, and nobody will note that they arrived
	wecom.ExpectCard("拜访已记录")
	ding.ExpectCard("拜访已记录")
	_ = dying.close() // it cannot even say goodbye to its database
	r.mu.Lock()
	r.live = nil
	r.cfg.MySQL.DSN = configs.Secret(db.Options.DSN)
	r.mu.Unlock()
	r.clock.Set(r.Now().Add(deadFor)) // so long what a dead replica holds is nobody's
	r.boot("")
	s.FastForward(10 * time.Minute)
	wecom.ExpectNothingElse()
	ding.ExpectNothingElse()
	asked := 0
	for _, c := range r.demo.wecom.Sends() {
		if strings.Contains(c.API, "message/send") {
			asked++
		}
	}
	if asked != 2 {
		t.Errorf("WeCom was asked to send %d times, want once by each", asked)
	}
	if n, err := r.program.db.DeliveryCounts(t.Context()); err != nil || len(n) != 0 {
		t.Errorf("left over: %v, %v", n, err)
	}
}

func TestWhileTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	onServers, db := onMariaDB(t)
	line, throughWire := cuttable(t, db)
	r := newRig(t, onServers, throughWire)
	bot := r.boot("")
	s := bottest.New(t, r.world)
	wecom, ding := s.As("周敏").Skip(), s.As("李强").Skip()
	wecom.Say(firstVisit)
	card := wecom.ExpectCard("拜访已记录")
	s.Settle()

	line.set(true)
	ding.Say("拜访 宁波市立医院 看了离心机")
	r.clock.Set(r.Now().Add(time.Second))
	ding.Say("周五前发报价")
	card.Click("撤销")
	waitUntil(t, "three events on disk", func() bool { return bot.spool.Len() == 3 })
	resp := httptest.NewRecorder()
	bot.mux.ServeHTTP(resp, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	if resp.Code != http.StatusOK || !strings.Contains(resp.Body.String(), `"database":"away"`) {
		t.Errorf("/readyz says %d %s while the database is away and the spool takes events", resp.Code, resp.Body)
	}
	line.set(false)
	waitUntil(t, "the spool to empty", func() bool { return !bot.spool.Waiting() })
	r.shows(t, "周敏", "拜访已撤销")
	ding.ExpectCard("拜访已记录", "宁波市立医院")
	s.FastForward(5 * time.Minute)
	if a, b := len(r.visits(t, "zhoumin")), len(r.visits(t, "liqiang")); a != 1 || b != 1 {
		t.Errorf("%d and %d visits", a, b)
	}
}

func TestWhileTheDatabaseHangs(t *testing.T) {
	t.Parallel()
	onServers, db := onMariaDB(t)
	line, throughWire := cuttable(t, db)
	r := newRig(t, onServers, throughWire)
	bot1 := r.boot("")
	s := bottest.New(t, r.world)
	wecom, ding := s.As("周敏").Skip(), s.As("李强").Skip()
	s.Settle()
	goOn := line.stall()
	defer goOn()
	if bot1.front.Limit > 3*time.Second {
		t.Errorf("WeCom waits five seconds for the answer, and an event is waited for %s before it goes to disk", bot1.front.Limit)
	}
	wecom.Say(firstVisit)
	ding.Say("拜访 宁波市立医院 看了离心机,周五前发报价")
	waitUntil(t, "both on disk", func() bool { return bot1.spool.Len() == 2 })
	goOn()
	wecom.ExpectCard("拜访已记录", "绍兴市立医院")
	ding.ExpectCard("拜访已记录", "宁波市立医院")
	s.FastForward(5 * time.Minute)
	wecom.ExpectNothingElse()
	ding.ExpectNothingElse()
	if a, b := len(r.visits(t, "zhoumin")), len(r.visits(t, "liqiang")); a != 1 || b != 1 {
		t.Errorf("%d and %d visits", a, b)
	}
}
