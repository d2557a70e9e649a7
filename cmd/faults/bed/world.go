package bed

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"
	_ "modernc.org/sqlite" // the driver of the embedded store

	simding "salesflow/bot/sim/dingtalk"
	simwecom "salesflow/bot/sim/wecom"
)

// Options say what to build.
type Options struct {
	// Dir takes configurations, data and logs.
	Dir string
	// Binary is the program; Env is what it needs besides this process's environment.
	Binary string
	Env    []string
	// DSN names a server on which a database is made; empty is the embedded store, with one replica.
	DSN string
	// KeepSchema leaves the database there in the end, because the server goes away with it.
	KeepSchema bool
	// Redis and RedisDB name a Redis, for a DSN.
	Redis   string
	RedisDB int
	// Replicas is how many there are, 1 when 0.
	Replicas int
	// Reps is how many salespeople each platform has.
	Reps int
	// Start is what every clock shows in the beginning.
	Start time.Time
	// Speed is how many times as fast as real time every clock runs, 0 for as fast. Above 1 no clock can be moved.
	Speed float64
	// Config is more of the replicas' configuration, in YAML.
	Config string
	// Disk, when set, puts each replica's folder on a disk of so many bytes.
	Disk int64
	// Quota limits the calls a month of the simulated DingTalk.
	Quota int
	// Backlog keeps messages for a robot without a socket for so long.
	Backlog time.Duration
}

// World is the program and everything around it.
type World struct {
	Clock *Clock
	WeCom *simwecom.Server
	Ding  *simding.Server
	Front *Front
	Bots  []*Bot
	Reps  []Rep
	// Line is between the replicas and MariaDB, nil for the embedded store.
	Line *Wire
	// DB looks into the database directly. It is nil until the first replica has made an embedded one.
	DB    *sql.DB
	Redis *redis.Client

	opt      Options
	schema   string
	admin    *sql.DB
	servers  []*http.Server
	mounted  []string
	platform string
}

// Paths of the platforms on their one address.
const (
	wecomPrefix = "/wecom"
	dingPrefix  = "/dingtalk"
)

// New builds a world with every replica running and connected.
func New(ctx context.Context, opt Options) (_ *World, err error) {
	opt.Replicas = max(opt.Replicas, 1)
	w := &World{opt: opt, Clock: NewClock(opt.Start, opt.Speed)}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.Close())
		}
	}()
	if err := os.MkdirAll(opt.Dir, 0o700); err != nil {
		return nil, err
	}
	if err := w.openStores(ctx); err != nil {
		return nil, err
	}
	if err := w.openPlatforms(); err != nil {
		return nil, err
	}
	for _, b := range w.Bots {
		if err := b.Start(ctx); err != nil {
			return nil, err
		}
	}
	if w.DB == nil {
		if w.DB, err = sql.Open("sqlite", "file:"+filepath.Join(w.Bots[0].Data, "salesflow.db")+"?mode=ro&_pragma=busy_timeout(5000)"); err != nil {
			return nil, err
		}
	}
	return w, w.WaitConnected(ctx)
}

func (w *World) openStores(ctx context.Context) error {
	o := w.opt
	if o.DSN == "" {
		return nil
	}
	cfg, err := mysql.ParseDSN(o.DSN)
	if err != nil {
		return err
	}
	if w.admin, err = sql.Open("mysql", o.DSN); err != nil {
		return err
	}
	w.schema = fmt.Sprintf("sf_fault_%06d", random(1_000_000))
	if _, err := w.admin.ExecContext(ctx, "CREATE DATABASE "+w.schema); err != nil {
		return fmt.Errorf("make database: %w", err)
	}
	if w.Line, err = newWire(cfg.Addr); err != nil {
		return err
	}
	cfg.DBName, cfg.ParseTime = w.schema, true
	if w.DB, err = sql.Open("mysql", cfg.FormatDSN()); err != nil {
		return err
	}
	w.Redis = redis.NewClient(&redis.Options{Addr: o.Redis, DB: o.RedisDB})
	return w.Redis.FlushDB(ctx).Err()
}

// openPlatforms starts the simulators and the load balancer, and prepares the replicas.
func (w *World) openPlatforms() error {
	office, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	door, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return errors.Join(err, office.Close())
	}
	w.platform = "http://" + office.Addr().String()
	reps, people := company(w.opt.Reps)
	w.Reps = reps
	if err := writeCompany(w.opt.Dir, reps); err != nil {
		return err
	}
	w.WeCom, err = simwecom.New(simwecom.Options{
		Company: people, Clock: w.Clock, Wall: time.Now, BotName: "销售流", PublicURL: w.platform + wecomPrefix, NoEnterEvents: true,
		CallbackURL: "http://" + door.Addr().String() + "/wecom/callback", RobotBacklog: w.opt.Backlog,
	})
	if err != nil {
		return err
	}
	w.Ding = simding.New(simding.Options{
		Company: people, Clock: w.Clock, Wall: time.Now, BotName: "销售流", BaseURL: w.platform + dingPrefix, ClientID: "faults-client",
		ClientSecret: "faults-secret", CorpID: "dingfaults", CardTemplateID: "faults.schema", MonthlyQuota: w.opt.Quota, QPS: 20,
	})
	mux := http.NewServeMux()
	mux.Handle(wecomPrefix+"/", http.StripPrefix(wecomPrefix, w.WeCom.Handler()))
	mux.Handle(dingPrefix+"/", http.StripPrefix(dingPrefix, w.Ding.Handler()))
	w.serve(office, mux)
	var addrs []string
	for i := range w.opt.Replicas {
		b, err := w.newBot(fmt.Sprintf("bot%d", i+1))
		if err != nil {
			return err
		}
		w.Bots = append(w.Bots, b)
		addrs = append(addrs, b.Addr)
	}
	w.Front = newFront(addrs)
	w.serve(door, w.Front)
	return nil
}

func (w *World) serve(l net.Listener, h http.Handler) {
	s := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	w.servers = append(w.servers, s)
	go func() { _ = s.Serve(l) }() // ends with Close
}

func (w *World) newBot(name string) (*Bot, error) {
	b := &Bot{w: w, name: name, binary: w.opt.Binary, Data: filepath.Join(w.opt.Dir, name), config: filepath.Join(w.opt.Dir, name+".yaml")}
	var err error
	if b.Addr, err = freeAddress(); err != nil {
		return nil, err
	}
	if b.clock, err = freeAddress(); err != nil {
		return nil, err
	}
	if b.profiles, err = freeAddress(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(b.Data, 0o700); err != nil {
		return nil, err
	}
	if w.opt.Disk > 0 {
		if err := syscall.Mount("none", b.Data, "tmpfs", 0, fmt.Sprintf("size=%d", w.opt.Disk)); err != nil {
			return nil, fmt.Errorf("a small disk of its own for %s (run as root, or within unshare -rm): %w", name, err)
		}
		w.mounted = append(w.mounted, b.Data)
	}
	return b, os.WriteFile(b.config, []byte(w.configure(b)), 0o600)
}

func (w *World) configure(b *Bot) string {
	k := w.WeCom.Credentials()
	var s strings.Builder
	fmt.Fprintf(&s, "listen: %s\ndata_dir: %s\norganisation: {file: org.yaml}\nlog: {level: info}\n", b.Addr, b.Data)
	if w.Line != nil {
		fmt.Fprintf(&s, "mysql: {dsn: \"salesflow:salesflow@tcp(%s)/%s\"}\nredis: {addrs: [\"%s\"], db: %d}\n", w.Line.Addr(), w.schema, w.opt.Redis, w.opt.RedisDB)
	}
	fmt.Fprintf(&s, "wecom:\n  {corp_id: %s, agent_id: %d, secret: %q, token: %q, encoding_aes_key: %q, api_base: %q,\n", k.CorpID, k.AgentID,
		k.Secret, k.Token, k.EncodingAESKey, w.platform+wecomPrefix)
	fmt.Fprintf(&s, "   robot: {bot_id: %q, secret: %q, ws_url: %q}}\n", k.BotID, k.BotSecret, strings.Replace(w.platform, "http", "ws", 1)+wecomPrefix+k.RobotPath)
	fmt.Fprintf(&s, "dingtalk:\n  {client_id: faults-client, client_secret: faults-secret, corp_id: dingfaults, card_template_id: faults.schema,\n"+
		"   api_base: %q, oapi_base: %[1]q, edition: exclusive}\n", w.platform+dingPrefix)
	s.WriteString(w.opt.Config)
	return s.String()
}

// WaitConnected returns when every replica has its DingTalk stream and one of them the WeCom robot's socket.
func (w *World) WaitConnected(ctx context.Context) error {
	return until(ctx, 40*time.Second, "the platforms to be connected", func(context.Context) error {
		if n := len(w.Ding.Connections()); n < w.opt.Replicas || !w.WeCom.RobotConnected() {
			return fmt.Errorf("%d streams, robot %v", n, w.WeCom.RobotConnected())
		}
		return nil
	})
}

// Pass lets time go by for everybody, the platforms included. Clocks that run fast cannot be moved: it does nothing then.
func (w *World) Pass(ctx context.Context, d time.Duration) error {
	if w.opt.Speed > 1 {
		return nil
	}
	w.Clock.pass(d)
	var errs []error
	for _, b := range w.Bots {
		errs = append(errs, b.move(ctx, "pass", d))
	}
	return errors.Join(errs...)
}

// EmptyRedis deletes everything in Redis.
func (w *World) EmptyRedis(ctx context.Context) error { return w.Redis.FlushDB(ctx).Err() }

// Close ends everything and removes the database. Files and logs stay.
func (w *World) Close() error {
	var errs []error
	for _, b := range w.Bots {
		if b.Process != nil && b.Alive() {
			b.Thaw()
			b.Kill()
		}
	}
	if w.Front != nil {
		w.Front.stop()
	}
	for _, s := range w.servers {
		errs = append(errs, s.Close())
	}
	if w.WeCom != nil {
		errs = append(errs, w.WeCom.Close())
	}
	if w.Ding != nil {
		errs = append(errs, w.Ding.Close())
	}
	if w.Line != nil {
		w.Line.close()
	}
	if w.DB != nil {
		errs = append(errs, w.DB.Close())
	}
	if w.Redis != nil {
		errs = append(errs, w.Redis.Close())
	}
	if w.admin != nil {
		if !w.opt.KeepSchema {
			_, err := w.admin.Exec("DROP DATABASE IF EXISTS " + w.schema) //nolint:noctx // clearing up, after an interrupt too
			errs = append(errs, err)
		}
		errs = append(errs, w.admin.Close())
	}
	for _, dir := range w.mounted {
		errs = append(errs, syscall.Unmount(dir, 0))
	}
	return errors.Join(errs...)
}
