package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"salesflow/bot/sim"
	simding "salesflow/bot/sim/dingtalk"
	"salesflow/bot/sim/page"
	simwecom "salesflow/bot/sim/wecom"
	"salesflow/configs"
	"salesflow/scheduler"
)

// simCmd runs both platform simulators alone, for anyone who builds bots.
type simCmd struct {
	Listen        string `default:"127.0.0.1:8090" help:"Address of the simulators and their page. The control surface answers loopback only."`
	WeComCallback string `name:"wecom-callback" help:"Where WeCom delivers what is sent to the app." placeholder:"URL"`
	Start         string `help:"Where the platforms' clock begins (RFC 3339); without it now, as a bot with a clock of its own expects." placeholder:"TIME"`
}

// Run implements the command.
func (c *simCmd) Run(e *env) error {
	start := time.Now()
	if c.Start != "" {
		var err error
		if start, err = time.Parse(time.RFC3339, c.Start); err != nil {
			return fmt.Errorf("--start wants a time such as 2026-03-11T10:00:00+08:00: %w", err)
		}
	}
	s, err := newSimulators(e.ctx, c, start, e.environ)
	if err != nil {
		return err
	}
	s.introduce(e.stdout)
	select {
	case <-e.ctx.Done():
	case err = <-s.failed:
	}
	return errors.Join(err, s.close())
}

// simulators are both platforms, their page and control surface behind one address.
type simulators struct {
	clock    *scheduler.StepClock
	wecom    *simwecom.Server
	dingtalk *simding.Server
	ding     configs.DingTalk
	base     string
	listener net.Listener
	http     *http.Server
	failed   chan error
	// made are the variables whose values were made up, because the environment had none.
	made []string
}

// Names of the variables that the simulators take their credentials from: those serve takes its own from.
const (
	varCorpID         = "SALESFLOW_WECOM_CORP_ID"
	varAgentID        = "SALESFLOW_WECOM_AGENT_ID"
	varSecret         = "SALESFLOW_WECOM_SECRET"
	varContactsSecret = "SALESFLOW_WECOM_CONTACTS_SECRET"
	varToken          = "SALESFLOW_WECOM_TOKEN"
	varAESKey         = "SALESFLOW_WECOM_ENCODING_AES_KEY"
	varBotID          = "SALESFLOW_WECOM_ROBOT_BOT_ID"
	varBotSecret      = "SALESFLOW_WECOM_ROBOT_SECRET"
	varClientID       = "SALESFLOW_DINGTALK_CLIENT_ID"
	varClientSecret   = "SALESFLOW_DINGTALK_CLIENT_SECRET"
	varDingCorpID     = "SALESFLOW_DINGTALK_CORP_ID"
	varRobotCode      = "SALESFLOW_DINGTALK_ROBOT_CODE"
	varTemplate       = "SALESFLOW_DINGTALK_CARD_TEMPLATE_ID"
)

func newSimulators(ctx context.Context, c *simCmd, start time.Time, environ []string) (*simulators, error) {
	org, err := configs.LoadOrg(configs.DemoOrg, configs.Demo.ReadFile)
	if err != nil {
		return nil, fmt.Errorf("demo organisation: %w", err)
	}
	s := &simulators{clock: scheduler.NewStepClock(time.Now, start), failed: make(chan error, 1)}
	wecom, err := s.credentials(environ)
	if err != nil {
		return nil, err
	}
	if s.listener, err = new(net.ListenConfig).Listen(ctx, "tcp", c.Listen); err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	s.base = "http://" + ownAddress(s.listener.Addr())
	company := simulated(org)
	wecom.Company, wecom.Clock, wecom.Wall = company, s.clock, time.Now
	wecom.CallbackURL, wecom.PublicURL, wecom.BotName = c.WeComCallback, s.base+wecomPrefix, "销售流"
	if s.wecom, err = simwecom.New(wecom); err != nil {
		return nil, errors.Join(err, s.listener.Close())
	}
	s.dingtalk = simding.New(simding.Options{
		Company: company, Clock: s.clock, Wall: time.Now, BotName: "销售流", BaseURL: s.base + dingtalkPrefix,
		ClientID: s.ding.ClientID, ClientSecret: s.ding.ClientSecret.Reveal(), CorpID: s.ding.CorpID, RobotCode: s.ding.RobotCode,
		CardTemplateID: s.ding.CardTemplateID,
	})
	s.serve(company)
	return s, nil
}

// credentials takes the credentials from the environment and makes up those that are missing. It goes through the
// configuration, so that what serve would refuse is refused here too. Keys that are wanted together are judged once all
// of them are there.
func (s *simulators) credentials(environ []string) (simwecom.Options, error) {
	have := map[string]bool{}
	var ours []string
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		base := strings.TrimSuffix(name, "_FILE")
		if value != "" && (strings.HasPrefix(name, "SALESFLOW_WECOM_") || strings.HasPrefix(name, "SALESFLOW_DINGTALK_")) {
			have[base] = true
			ours = append(ours, entry)
		}
	}
	for _, v := range madeUp() {
		if !have[v.name] {
			ours = append(ours, v.name+"="+v.value)
			s.made = append(s.made, v.name)
		}
	}
	cfg, err := configs.Load("", ours)
	if err != nil {
		return simwecom.Options{}, fmt.Errorf("credentials:\n%w", err)
	}
	w := cfg.WeCom
	s.ding = cfg.DingTalk
	return simwecom.Options{
		CorpID: w.CorpID, AgentID: w.AgentID, Secret: w.Secret.Reveal(), ContactsSecret: w.ContactsSecret.Reveal(),
		Token: w.Token.Reveal(), EncodingAESKey: w.EncodingAESKey.Reveal(), BotID: w.Robot.BotID, BotSecret: w.Robot.Secret.Reveal(),
	}, nil
}

// madeUp are credentials for those who bring none.
func madeUp() []struct{ name, value string } {
	random := func(prefix string) string {
		b, _ := secret(16) // never fails
		return prefix + hex.EncodeToString(b)
	}
	return []struct{ name, value string }{
		{varCorpID, random("ww")},
		{varAgentID, "1000002"},
		{varSecret, random("")},
		{varContactsSecret, random("")},
		{varToken, random("")},
		{varAESKey, simwecom.NewEncodingAESKey()},
		{varBotID, random("aib")},
		{varBotSecret, random("")},
		{varClientID, random("ding")},
		{varClientSecret, random("")},
		{varDingCorpID, random("ding")},
		{varTemplate, random("") + ".schema"},
	}
}

func (s *simulators) serve(company sim.Company) {
	mux := http.NewServeMux()
	mux.Handle(wecomPrefix+"/", http.StripPrefix(wecomPrefix, s.wecom.Handler()))
	mux.Handle(dingtalkPrefix+"/", http.StripPrefix(dingtalkPrefix, s.dingtalk.Handler()))
	p := page.New(page.Options{
		Simulators: map[string]sim.Simulator{sim.WeCom: s.wecom, sim.DingTalk: s.dingtalk},
		Prefix:     map[string]string{sim.WeCom: wecomPrefix, sim.DingTalk: dingtalkPrefix},
		People:     company.People, Clock: s,
	})
	mux.Handle("/_sim/", p)
	mux.Handle("GET /{$}", p)
	mux.Handle("/_page/", p)
	s.http = &http.Server{Handler: guarded(mux), ErrorLog: serverLog(zerolog.Nop()), ReadHeaderTimeout: readHeaderTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes}
	go func() {
		if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- fmt.Errorf("serve: %w", err)
		}
	}()
}

// Now is the platforms' time.
func (s *simulators) Now() time.Time { return s.clock.Now() }

// Advance moves the platforms' clock. Whether it may go back is for whoever builds the bot to judge.
func (s *simulators) Advance(_ context.Context, to time.Time) error {
	s.clock.Set(to)
	return nil
}

// introduce says where everything is, and the environment a bot needs to be at home here.
func (s *simulators) introduce(w io.Writer) {
	k := s.wecom.Credentials()
	ws := strings.Replace(s.base, "http", "ws", 1)
	fmt.Fprintf(w, "企业微信、钉钉模拟器已启动:%s  (Ctrl-C 结束)\n", s.base)
	fmt.Fprintln(w, "在另一个终端里贴上下面几行,再启动机器人:")
	lines := []struct{ name, value string }{
		{varCorpID, k.CorpID},
		{varAgentID, fmt.Sprint(k.AgentID)},
		{varSecret, k.Secret},
		{varContactsSecret, k.ContactsSecret},
		{varToken, k.Token},
		{varAESKey, k.EncodingAESKey},
		{"SALESFLOW_WECOM_API_BASE", s.base + wecomPrefix},
		{varBotID, k.BotID},
		{varBotSecret, k.BotSecret},
		{"SALESFLOW_WECOM_ROBOT_WS_URL", ws + wecomPrefix + k.RobotPath},
		{varClientID, s.ding.ClientID},
		{varClientSecret, s.ding.ClientSecret.Reveal()},
		{varDingCorpID, s.ding.CorpID},
		{varRobotCode, s.ding.RobotCode},
		{varTemplate, s.ding.CardTemplateID},
		{"SALESFLOW_DINGTALK_API_BASE", s.base + dingtalkPrefix},
		{"SALESFLOW_DINGTALK_OAPI_BASE", s.base + dingtalkPrefix},
	}
	for _, l := range lines {
		value := "'" + l.value + "'"
		if secretVariable(l.name) && !slices.Contains(s.made, l.name) {
			value = `"$` + l.name + `"` // the caller's own: it is theirs to know
		}
		fmt.Fprintf(w, "export %s=%s\n", l.name, value)
	}
}

// secretVariable reports whether a variable's value is not to be shown when it was given to us.
func secretVariable(name string) bool {
	return strings.HasSuffix(name, "SECRET") || name == varToken || name == varAESKey
}

func (s *simulators) close() error {
	return errors.Join(s.http.Close(), s.wecom.Close(), s.dingtalk.Close())
}
