package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"salesflow/bot/sim"
	simding "salesflow/bot/sim/dingtalk"
	"salesflow/bot/sim/outside"
	"salesflow/bot/sim/page"
	simwecom "salesflow/bot/sim/wecom"
	"salesflow/configs"
	"salesflow/scheduler"
	"salesflow/store/sales"
)

// demoStart is where the demo's clock begins: a Wednesday morning.
const demoStart = "2026-03-11T10:00:00+08:00"

// demoCmd runs the demo company.
type demoCmd struct {
	Listen string `default:"127.0.0.1:8080" help:"Address of the page. The control surface answers loopback only."`
	Data   string `help:"Folder to keep the demo's data in; without it they are forgotten in the end." type:"path"`
	Start  string `default:"${demo_start}" help:"Where the demo's clock begins (RFC 3339)."`
	Log    string `default:"warn" help:"Log level: debug, info, warn, error."`
}

// Run implements the command.
func (c *demoCmd) Run(e *env) error {
	start, err := time.Parse(time.RFC3339, c.Start)
	if err != nil {
		return fmt.Errorf("--start wants a time such as %s: %w", demoStart, err)
	}
	level, err := zerolog.ParseLevel(c.Log)
	if err != nil {
		return fmt.Errorf("--log: %w", err)
	}
	d, err := newDemo(e.ctx, demoOptions{
		listen: c.Listen, data: c.Data, start: start, own: true, outside: true,
		log: zerolog.New(zerolog.ConsoleWriter{Out: e.stderr}).Level(level).With().Timestamp().Logger(),
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "销售流演示已启动:http://%s  (Ctrl-C 结束)\n", d.listener.Addr())
	<-e.ctx.Done()
	return d.close()
}

// everyWay has the demo's deals go any of the shipped pipelines; one that names none goes the standard one.
func everyWay(c *configs.Config, _ *configs.Org) {
	c.Pipelines.Use = []string{"standard", "manufacturing", "medical", "project", "sixstep"}
}

// ownWays gives the demo's company what it has made its own: pipelines, and fields, whose file goes to its folder.
func ownWays(c *configs.Config, org *configs.Org, data string) error {
	everyWay(c, org)
	c.Checklists = ownLists()
	fields, err := configs.Demo.ReadFile("demo/fields.yaml")
	if err != nil {
		return fmt.Errorf("demo fields: %w", err)
	}
	c.Fields.File = filepath.Join(data, "fields.yaml")
	if err := os.MkdirAll(data, 0o700); err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	if err := os.WriteFile(c.Fields.File, fields, 0o600); err != nil {
		return fmt.Errorf("demo fields: %w", err)
	}
	return nil
}

// demoOptions are what demo and the story tests choose.
type demoOptions struct {
	listen, data string
	start        time.Time
	log          zerolog.Logger
	// change adapts the configuration and the organisation before the program is built.
	change func(*configs.Config, *configs.Org)
	// own has the company sell in every shipped way and keep fields and a record type of its own.
	own bool
	// outside gives the company the systems that stand around it: calendar, ERP, e-invoices, mailboxes. pause is how long they take.
	outside bool
	pause   time.Duration
	// noHistory leaves the past empty; noEntering keeps phones from telling that a chat was opened.
	noHistory, noEntering bool
	// strangers are people on a platform whom the organisation does not know.
	strangers []sim.Person
	// patience is how long one step of the clock waits for what it set off; zero is settleFor.
	patience time.Duration
}

// demo is the whole product in one process: the bot, both platforms simulated, and the page.
type demo struct {
	program  *program
	clock    *scheduler.StepClock
	wecom    *simwecom.Server
	dingtalk *simding.Server
	listener net.Listener
	server   *http.Server
	cancel   context.CancelFunc
	scratch  string
	outside  *outside.World // nil without
	pause    time.Duration
	patience time.Duration

	stepping sync.Mutex
}

// Prefixes under which the simulators answer on the demo's address.
const (
	wecomPrefix    = "/_wecom"
	dingtalkPrefix = "/_dingtalk"
)

func newDemo(ctx context.Context, o demoOptions) (*demo, error) {
	ctx, cancel := context.WithCancel(ctx)
	d := &demo{cancel: cancel, pause: o.pause, clock: scheduler.NewStepClock(time.Now, o.start), patience: cmp.Or(o.patience, settleFor)}
	if err := d.build(ctx, o); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

func (d *demo) build(ctx context.Context, o demoOptions) error {
	if o.data == "" {
		dir, err := os.MkdirTemp("", "salesflow-demo-")
		if err != nil {
			return fmt.Errorf("make a folder: %w", err)
		}
		d.scratch, o.data = dir, dir
	}
	org, err := configs.LoadOrg(configs.DemoOrg, configs.Demo.ReadFile)
	if err != nil {
		return fmt.Errorf("demo organisation: %w", err)
	}
	if d.listener, err = net.Listen("tcp", o.listen); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	base := "http://" + ownAddress(d.listener.Addr())
	cfg := configs.Default()
	if o.own {
		if err := ownWays(&cfg, &org, o.data); err != nil {
			return err
		}
	}
	if o.change != nil {
		o.change(&cfg, &org)
	}
	company := simulated(org)
	company.People = append(company.People, o.strangers...)
	if err := d.simulate(company, base, o); err != nil {
		return err
	}
	mux := d.serve(o.log)
	d.configure(&cfg, base, o.data)
	if o.outside {
		if err := d.surround(mux, &cfg, base); err != nil {
			return err
		}
	}
	// Months of pushes go by in seconds, and the simulated platform takes any number of calls.
	if d.program, err = build(ctx, cfg, options{
		clock: d.clock, log: o.log, poll: 10 * time.Millisecond, org: org, wall: time.Now, dingPerSecond: -1,
	}); err != nil {
		return err
	}
	if !o.noHistory {
		if err := d.program.history(ctx, o.start); err != nil {
			return fmt.Errorf("demo history: %w", err)
		}
	}
	var around http.Handler
	if o.outside {
		if err := d.letIn(ctx, base); err != nil {
			return err
		}
		around = d.outside.Page()
	}
	p := page.New(page.Options{
		Simulators: map[string]sim.Simulator{sim.WeCom: d.wecom, sim.DingTalk: d.dingtalk},
		Prefix:     map[string]string{sim.WeCom: wecomPrefix, sim.DingTalk: dingtalkPrefix},
		People:     company.People, Clock: d, Outside: around,
	})
	mux.Handle("/_sim/", p)
	mux.Handle("GET /{$}", p)
	mux.Handle("/_page/", p)
	mux.Handle("/", d.program.mux)
	if err := d.program.start(ctx); err != nil {
		return err
	}
	return d.ready(ctx)
}

// serve answers on the demo's address, for the platforms at first; the rest is added to what it returns.
func (d *demo) serve(log zerolog.Logger) *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle(wecomPrefix+"/", http.StripPrefix(wecomPrefix, d.wecom.Handler()))
	mux.Handle(dingtalkPrefix+"/", http.StripPrefix(dingtalkPrefix, d.dingtalk.Handler()))
	// The credentials of the simulated platforms are known to everybody: nobody else's machine may use them.
	d.server = &http.Server{
		Handler: page.Local(guarded(mux)), ReadHeaderTimeout: readHeaderTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes, ErrorLog: serverLog(log),
		BaseContext: func(net.Listener) context.Context { return log.WithContext(context.Background()) },
	}
	go func() { _ = d.server.Serve(d.listener) }() // ends when the server is closed
	return mux
}

// simulate starts both platforms for a company.
func (d *demo) simulate(company sim.Company, base string, o demoOptions) error {
	var err error
	if d.wecom, err = simwecom.New(simwecom.Options{
		Company: company, Clock: d.clock, Wall: time.Now, BotName: "销售流", PublicURL: base + wecomPrefix,
		CallbackURL: base + "/wecom/callback?from=wecom", RobotBacklog: time.Minute, NoEnterEvents: o.noEntering,
	}); err != nil {
		return fmt.Errorf("wecom simulator: %w", err)
	}
	d.dingtalk = simding.New(simding.Options{
		Company: company, Clock: d.clock, Wall: time.Now, BotName: "销售流", BaseURL: base + dingtalkPrefix,
		ClientID: "demo-client", ClientSecret: "demo-secret", CorpID: "dingdemo", CardTemplateID: "demo.schema",
	})
	return nil
}

// configure points the program at the embedded stores and at both simulators.
func (d *demo) configure(c *configs.Config, base, data string) {
	c.Listen, c.PublicURL, c.DataDir = d.listener.Addr().String(), base, data
	k := d.wecom.Credentials()
	c.WeCom.CorpID, c.WeCom.AgentID, c.WeCom.Secret = k.CorpID, k.AgentID, configs.Secret(k.Secret)
	c.WeCom.ContactsSecret, c.WeCom.Token, c.WeCom.EncodingAESKey = configs.Secret(k.ContactsSecret), configs.Secret(k.Token), configs.Secret(k.EncodingAESKey)
	c.WeCom.APIBase = base + wecomPrefix
	c.WeCom.Robot = configs.Robot{
		BotID: k.BotID, Secret: configs.Secret(k.BotSecret), WSURL: strings.Replace(base, "http", "ws", 1) + wecomPrefix + "/robot/ws",
	}
	c.DingTalk.ClientID, c.DingTalk.ClientSecret, c.DingTalk.CorpID = "demo-client", configs.Secret("demo-secret"), "dingdemo"
	c.DingTalk.CardTemplateID = "demo.schema"
	c.DingTalk.APIBase, c.DingTalk.OAPIBase = base+dingtalkPrefix, base+dingtalkPrefix
}

// simulated is the organisation as the simulators know it. A person with accounts on both platforms is there once for each.
func simulated(org configs.Org) sim.Company {
	var c sim.Company
	teams := map[string]string{}
	for _, t := range org.Teams {
		teams[t.ID] = t.Name
	}
	for _, p := range org.People {
		role := ""
		if len(p.Roles) > 0 {
			role = sales.Role(p.Roles[0]).Name()
		}
		for _, platform := range configs.Platforms {
			if id, ok := p.Platforms[platform]; ok {
				c.People = append(c.People, sim.Person{ID: id, Name: p.Name, Role: role, Platform: platform, Team: teams[p.Team]})
			}
		}
	}
	for _, g := range org.Groups {
		c.Chats = append(c.Chats, sim.Chat{ID: g.Chat, Platform: g.Platform, Name: g.Name, Members: accounts(org, g)})
	}
	return c
}

func accounts(org configs.Org, g configs.Group) []string {
	var out []string
	for _, m := range g.Members {
		if p, ok := org.Person(m); ok {
			out = append(out, p.Platforms[g.Platform])
		}
	}
	return out
}

// readyWithin is how long both platforms have to reach the bot: a process that was killed a moment ago holds the robot's socket
// for twenty seconds more.
const readyWithin = 40 * time.Second

// ready waits until both platforms reach the bot.
func (d *demo) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	for !d.wecom.RobotConnected() || len(d.dingtalk.Connections()) == 0 {
		select {
		case <-ctx.Done():
			return errors.New("the simulated platforms did not reach the bot")
		case <-time.After(5 * time.Millisecond):
		}
	}
	return nil
}

// Now is the demo's time.
func (d *demo) Now() time.Time { return d.clock.Now() }

// Advance moves the demo's clock to a later moment through every moment at which something is due, in order, so that
// people see the reminder first and the escalation after it. An earlier moment is taken only while nothing was said.
func (d *demo) Advance(ctx context.Context, to time.Time) error {
	d.stepping.Lock()
	defer d.stepping.Unlock()
	if to.Before(d.clock.Now()) {
		if n, err := d.program.db.EventCount(ctx); err != nil || n > 0 {
			return errors.Join(err, errors.New("已经有人说过话,时钟不能往回拨"))
		}
		d.clock.Set(to)
		return nil
	}
	if err := d.settle(ctx); err != nil {
		return err
	}
	var before time.Time
	stuck := 0
	for {
		next, err := d.program.db.NextWakeAt(ctx)
		if err != nil {
			return fmt.Errorf("next due: %w", err)
		}
		if next.IsZero() || next.After(to) {
			break
		}
		switch now := d.clock.Now(); {
		case next.After(now):
			d.clock.Set(next)
		case next.Equal(before): // it failed, and waits until its claim lapses by this clock
			if now = now.Add(time.Minute); now.After(to) {
				now = to
			}
			d.clock.Set(now)
			if stuck++; stuck > maxStuck {
				return fmt.Errorf("something due at %s stays undone", next)
			}
		}
		before = next
		if err := d.settle(ctx); err != nil {
			return err
		}
	}
	if to.After(d.clock.Now()) {
		d.clock.Set(to)
	}
	return d.settle(ctx)
}

// settle returns when the bot has taken what the platforms handed to it and everything that is due is done: what somebody
// said before the clock moves on belongs to the time before.
func (d *demo) settle(ctx context.Context) error {
	busy := func() bool { return d.wecom.Busy() || d.dingtalk.Busy() || d.outside != nil && d.outside.Busy() }
	deadline := time.Now().Add(d.patience)
	for {
		for busy() && time.Now().Before(deadline) {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Millisecond):
			}
		}
		if err := d.program.settle(ctx, d.patience); err != nil || !busy() || time.Now().After(deadline) {
			return err
		}
	}
}

// maxStuck bounds how often a step of the clock waits for something that is due and fails.
const maxStuck = 30

// settleFor bounds how long one step of the clock waits for what it set off: a platform that is down must not stop it.
const settleFor = 5 * time.Second

// settle returns when everything that is due has been decided and sent, or when patience ends.
func (p *program) settle(ctx context.Context, patience time.Duration) error {
	deadline := time.After(patience)
	for {
		if err := errors.Join(p.engine.Sweep(ctx), p.workInbox(ctx), p.fetchFiles(ctx), p.lookAtMedia(ctx), p.workSheets(ctx), p.workRegistry(ctx), p.workNative(ctx)); err != nil {
			return err
		}
		if _, err := p.pump.Sweep(ctx); err != nil {
			return fmt.Errorf("sweep outbox: %w", err)
		}
		n, err := p.db.Unsettled(ctx, p.clock.Now())
		if err != nil || n == 0 {
			return err
		}
		if early, err := p.sheetsAhead(ctx); err != nil || n == early {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-deadline:
			return nil
		case <-time.After(3 * time.Millisecond):
		}
	}
}

func (d *demo) close() error {
	var errs []error
	errs = append(errs, d.closeOutside())
	if d.program != nil {
		errs = append(errs, d.program.close())
	}
	d.cancel()
	if d.server != nil {
		errs = append(errs, d.server.Close())
	}
	if d.wecom != nil {
		errs = append(errs, d.wecom.Close())
	}
	if d.dingtalk != nil {
		errs = append(errs, d.dingtalk.Close())
	}
	if d.scratch != "" {
		errs = append(errs, os.RemoveAll(d.scratch))
	}
	return errors.Join(errs...)
}
