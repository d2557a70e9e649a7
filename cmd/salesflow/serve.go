package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/rs/zerolog"

	"salesflow/configs"
)

// Bounds of the server. Reading and writing have room for a file over a phone's connection.
const (
	readHeaderTimeout = 5 * time.Second
	bodyTimeout       = 2 * time.Minute
	idleTimeout       = time.Minute
	maxHeaderBytes    = 64 << 10
	// stopTimeout is how long a stop waits for what is under way.
	stopTimeout = 15 * time.Second
	// servePoll is how often an idle worker of serve looks for a task: what is due to the second is sent within it.
	servePoll = 200 * time.Millisecond
)

// serveCmd serves the real platforms.
type serveCmd struct {
	Config string `help:"Configuration file; the environment alone is enough." type:"path" placeholder:"FILE"`
	Pprof  string `help:"Serve the runtime's profiles on this loopback address." hidden:"" placeholder:"ADDR"`
	Clock  string `help:"A clock for trials: shows START at the real moment ORIGIN and runs SPEED times as fast." hidden:"" placeholder:"START@ORIGINxSPEED"`

	ClockControl string        `help:"Let tests move the program's clock, over HTTP on this loopback address." hidden:"" placeholder:"ADDR"`
	Ahead        time.Duration `help:"How far ahead of the machine's clock the one of --clock-control begins." hidden:"" placeholder:"DURATION"`
}

// Run implements the command.
func (c *serveCmd) Run(e *env) error {
	clock, speed, err := trialClock(c.Clock)
	if err != nil {
		return err
	}
	cfg, err := loadConfig(c.Config, e.environ)
	if err != nil {
		return err
	}
	if !cfg.WeCom.Enabled() && !cfg.DingTalk.Enabled() {
		return errNoPlatform
	}
	log, err := newLogger(e.stderr, cfg.Log)
	if err != nil {
		return err
	}
	org, err := loadOrganisation(cfg)
	if err != nil {
		return err
	}
	if err := cfg.CheckOrg(org); err != nil {
		if cfg.Organisation.File != "" {
			return err
		}
		log.Warn().Err(err).Msg("no organisation file: roles must be in the database already")
	}
	if c.Pprof != "" {
		if err := serveProfiles(e.ctx, c.Pprof); err != nil {
			return err
		}
	}
	if c.ClockControl != "" {
		moved := newMovedClock(time.Now, c.Ahead)
		if err := serveClock(e.ctx, c.ClockControl, moved); err != nil {
			return err
		}
		clock = moved
	}
	saveMemory()
	memory := newCollector()
	s, err := newServer(e.ctx, cfg, options{clock: clock, speed: speed, log: log, poll: servePoll, org: org, wall: time.Now, memory: memory})
	if err != nil {
		return err
	}
	memory.follow(e.ctx)
	log.Info().Str("listen", s.listener.Addr().String()).Bool("wecom", cfg.WeCom.Enabled()).Bool("dingtalk", cfg.DingTalk.Enabled()).Msg("serving")
	select {
	case <-e.ctx.Done():
		log.Info().Msg("stopping")
	case err = <-s.failed:
	}
	return errors.Join(err, s.close())
}

// errNoPlatform names the keys that are missing: without a platform nobody could reach the bot.
var errNoPlatform = configs.Problems{
	{
		Key: "wecom", What: "no platform is configured, WeCom is not",
		Fix: "set wecom.corp_id, wecom.agent_id, wecom.secret, wecom.token and wecom.encoding_aes_key " +
			"(企业微信管理后台 → 应用管理 → 自建应用), or the variables SALESFLOW_WECOM_…",
	},
	{
		Key: "dingtalk", What: "no platform is configured, DingTalk is not",
		Fix: "set dingtalk.client_id and dingtalk.client_secret (钉钉开发者后台 → 凭证与基础信息), or the variables " +
			"SALESFLOW_DINGTALK_…; to look around without a platform: salesflow demo",
	},
}

// loadConfig reads the configuration and the environment.
func loadConfig(path string, environ []string) (configs.Config, error) {
	cfg, err := configs.Load(path, environ)
	if err != nil {
		return configs.Config{}, fmt.Errorf("configuration:\n%w", err)
	}
	return cfg, nil
}

// loadOrganisation reads the organisation file, where the configuration names one.
func loadOrganisation(cfg configs.Config) (configs.Org, error) {
	if cfg.Organisation.File == "" {
		return configs.Org{}, nil
	}
	org, err := configs.LoadOrg(cfg.Organisation.File, os.ReadFile)
	if err != nil {
		return configs.Org{}, fmt.Errorf("organisation:\n%w", err)
	}
	return org, nil
}

// newLogger makes the program's log.
func newLogger(w io.Writer, c configs.Log) (zerolog.Logger, error) {
	level, err := zerolog.ParseLevel(c.Level)
	if err != nil {
		return zerolog.Logger{}, fmt.Errorf("log.level: %w", err)
	}
	if c.Format == "console" {
		w = zerolog.ConsoleWriter{Out: w, TimeFormat: time.DateTime}
	}
	return zerolog.New(w).Level(level).With().Timestamp().Logger(), nil
}

// server is the program behind its HTTP server.
type server struct {
	program  *program
	sync     *directorySync
	listener net.Listener
	http     *http.Server
	failed   chan error
	cancel   context.CancelFunc
	flush    func(context.Context) error
}

// newServer starts everything; close ends it. The address is taken first: a port in use should not cost a start of the
// stores, and a robot's socket taken from the replica that runs.
func newServer(ctx context.Context, cfg configs.Config, o options) (*server, error) {
	// Work goes on while the server stops; close says when it ends.
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s := &server{failed: make(chan error, 1), cancel: cancel, flush: func(context.Context) error { return nil }}
	if err := s.start(ctx, cfg, o); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *server) start(ctx context.Context, cfg configs.Config, o options) (err error) {
	if s.listener, err = new(net.ListenConfig).Listen(ctx, "tcp", cfg.Listen); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	if s.program, err = build(ctx, cfg, o); err != nil {
		return err
	}
	var handler http.Handler = s.program.mux
	if cfg.OTel.Endpoint != "" {
		provider, err := newTracing(ctx, cfg.OTel.Endpoint)
		if err != nil {
			return err
		}
		handler, s.flush = traced(handler, provider), provider.Shutdown
	}
	s.sync = newDirectorySync(s.program, o.org)
	s.sync.watch(s.program.front)
	if err := s.program.start(ctx); err != nil {
		return err
	}
	s.program.goRun(ctx, "directory sync", s.sync.run)
	s.http = &http.Server{
		Handler: withLogger(guarded(handler), o.log), ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: bodyTimeout, WriteTimeout: bodyTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes, ErrorLog: serverLog(o.log),
	}
	go func() {
		if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- fmt.Errorf("serve: %w", err)
		}
	}()
	return nil
}

// withLogger gives each request the log in its context.
func withLogger(h http.Handler, log zerolog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(log.WithContext(r.Context())))
	})
}

// leave lets the load balancer see at /readyz that this replica is about to stop, while it still takes what comes. Each
// answer ends its connection, so that none is idle when the server shuts down.
func (s *server) leave() {
	if s.http == nil || s.program == nil || len(s.program.cfg.Redis.Addrs) == 0 {
		return
	}
	s.program.leaving.Store(true)
	s.http.SetKeepAlivesEnabled(false)
	t := time.NewTimer(s.program.cfg.StopDelay)
	defer t.Stop()
	select {
	case <-t.C:
	case err := <-s.failed: // nobody is served any more
		s.failed <- err
	}
}

// close stops receiving, lets what is under way finish for at most stopTimeout, and closes the stores. What could not
// finish is a row that another replica, or the next start, goes on with.
func (s *server) close() error {
	s.leave()
	ctx, done := context.WithTimeout(context.Background(), stopTimeout)
	defer done()
	var errs []error
	switch {
	case s.http != nil:
		if err := s.http.Shutdown(ctx); err != nil {
			errs = append(errs, fmt.Errorf("stop serving: %w", err), s.http.Close())
		}
	case s.listener != nil:
		errs = append(errs, s.listener.Close())
	}
	if s.program != nil {
		s.program.stopReceiving()
	}
	s.cancel()
	if s.program != nil {
		closed := make(chan error, 1)
		go func() { closed <- s.program.close() }()
		select {
		case err := <-closed:
			errs = append(errs, err)
		case <-ctx.Done():
			errs = append(errs, fmt.Errorf("stop: not everything ended within %s", stopTimeout))
		}
	}
	return errors.Join(append(errs, s.flush(ctx))...)
}
