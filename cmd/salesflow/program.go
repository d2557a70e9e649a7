package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"salesflow/bot"
	"salesflow/bot/api"
	"salesflow/bot/llm"
	"salesflow/configs"
	"salesflow/handlers"
	"salesflow/scheduler"
	"salesflow/scheduler/subject"
	"salesflow/store"
	"salesflow/store/sales"
)

// program is the running bot: what serve runs on real platforms, and demo on simulated ones.
type program struct {
	cfg   configs.Config
	clock scheduler.Clock
	log   zerolog.Logger

	db     *store.DB
	redis  redis.UniversalClient
	books  *books
	memory *collector
	files  files
	links  links
	spool  *bot.Spool
	front  *bot.Front[handlers.Tx]
	model  *llm.Intake // nil: no language model
	pump   *bot.Pump
	engine *scheduler.Engine[*store.Tx]
	feed   *scheduler.Feed[*store.Tx]
	rules  *scheduler.Rules
	// subjects are what rules can be about, set what an administrator changed of it.
	subjects *subject.Registry
	set      *setup
	jobs     *jobs
	router   *bot.Router[handlers.Tx]
	app      *handlers.App
	meter    *meter
	mux      *http.ServeMux

	// leaving says that the process was told to stop and still takes callbacks.
	leaving    atomic.Bool
	adapters   adapters
	holdsRobot atomic.Bool
	// perMinute is how many messages a minute one member may get, 0 for the platform's limit, negative for none.
	perMinute int
	// dingPerSecond: see options.
	dingPerSecond int
	kick          chan struct{}
	// turns are held while native approvals, files, questions to the registry or what people sent are worked on: one does it at a time in a process, and who
	// wants to know that nothing is under way takes a turn.
	turns      struct{ natives, sheets, registry, media sync.Mutex }
	budget     budget
	sealing    sealing
	reports    scheduler.Reports
	days       scheduler.Days
	life       scheduler.Life
	statements scheduler.Statements
	// company is what the organisation file calls us.
	company string

	closers []func() error
	running sync.WaitGroup
	stop    context.CancelFunc
	// receiving are the sockets that bring events; hush ends them, before stop ends what works on events.
	receiving sync.WaitGroup
	hush      context.CancelFunc
}

// options are what differs between serve, demo and tests.
type options struct {
	clock scheduler.Clock
	log   zerolog.Logger
	// poll is how often an idle asynq worker looks for a task.
	poll time.Duration
	// org is what the organisation file says.
	org configs.Org
	// perMinute: see program. dingPerSecond is how many calls of one API of DingTalk a second may have, 0 for what the adapter
	// takes for the platform's, negative for any number.
	perMinute, dingPerSecond int
	// wall is time.Now.
	wall func() time.Time
	// speed is how fast clock runs beside the wall's, 1 when 0.
	speed float64
	// memory follows the heap; nil leaves it to the runtime.
	memory *collector
}

// build opens the stores and wires everything; nothing runs yet.
func build(ctx context.Context, cfg configs.Config, o options) (*program, error) {
	p := &program{
		cfg: cfg, clock: o.clock, log: o.log, mux: http.NewServeMux(), meter: newMeter(o.wall), perMinute: cmp.Or(o.perMinute, cfg.WeCom.PerMemberLimit),
		dingPerSecond: o.dingPerSecond, kick: make(chan struct{}, 1),
	}
	cal, err := calendar(cfg)
	if err != nil {
		return nil, err
	}
	if err := p.open(ctx, o, cal); err != nil {
		return nil, errors.Join(err, p.close())
	}
	p.books, p.memory = &books{db: p.db, cal: cal, wall: o.wall, memory: o.memory}, o.memory
	p.company = o.org.Company
	if err := seed(ctx, p.db, o.org, o.clock.Now()); err != nil {
		return nil, errors.Join(err, p.close())
	}
	st := storage{p.books, p.db}
	p.files = files{dir: filepath.Join(cfg.DataDir, "files"), db: p.db, now: o.clock.Now, sent: maxFile, made: maxMade}
	p.app = &handlers.App{
		Names: p.books, Calendar: cal, Settings: settings(cfg), Secret: secret, Pictures: p.files, Sheets: p.files, Documents: p.files, Bytes: p.files, Columns: columnWords{},
		Platforms: spoken(),
		NewAPIToken: func(random []byte) (token, hash string) {
			token = api.NewToken(random)
			return token, api.TokenHash(token)
		},
	}
	p.app.Checklists = checklists(cfg)
	if p.app.Settings.Work.Plan.Families, err = workFamilies(cfg); err != nil {
		return nil, errors.Join(err, p.close())
	}
	if err := p.setUp(ctx); err != nil {
		return nil, errors.Join(err, p.close())
	}
	p.files.custom = p.app.Custom
	p.app.Sheets = p.files
	p.app.Rule = handlers.RuleLanguage{Schema: p.subjects.Schema, Company: ruleCompany(cfg)}
	if err := p.loadRosters(ctx); err != nil {
		return nil, errors.Join(err, p.close())
	}
	if err := p.loadRules(ctx); err != nil {
		return nil, errors.Join(err, p.close())
	}
	if p.links, err = newLinks(ctx, p.db, cfg.PublicURL); err != nil {
		return nil, errors.Join(err, p.close())
	}
	p.app.Links = p.links
	p.app.Settings.Speech = speech(cfg).Set()
	p.wire(o, st, cal)
	if err := p.lastResort(); err != nil {
		return nil, errors.Join(err, p.close())
	}
	if err := p.background(); err != nil {
		return nil, errors.Join(err, p.close())
	}
	if err := errors.Join(p.platforms(ctx), p.outside()); err != nil {
		return nil, errors.Join(err, p.close())
	}
	p.pages()
	return p, nil
}

// wire makes what takes events in, decides what is due and sends what follows.
func (p *program) wire(o options, st storage, cal *sales.Calendar) {
	p.router = &bot.Router[handlers.Tx]{}
	p.app.Register(p.router)
	poster := bot.Poster{Hold: holdUntil(cal), HoldFor: holdFor(cal), Together: together, Beyond: beyond(p.cfg), Todos: func(platform bot.Platform) bool {
		_, ok := p.pump.Senders[platform].(bot.Todos)
		return ok
	}}
	p.pump = &bot.Pump{
		Store: p.db, Senders: map[bot.Platform]bot.Sender{}, Now: o.clock.Now, Timeout: 15 * time.Second, Observe: p.meter.sent,
		UnreadAfter: p.cfg.Channels.UnreadAfter, LateAfter: p.cfg.Channels.LateAfter,
	}
	p.front = &bot.Front[handlers.Tx]{
		Store: events{st}, Router: p.router, Poster: poster, Spool: p.spool, Pump: p.pump, Now: o.clock.Now,
		Limit: 2500 * time.Millisecond, TapLimit: 1400 * time.Millisecond, Observe: p.meter.event,
	}
	p.jobs = newJobs(p.redis, o.log, o.poll, o.speed)
	p.engine = &scheduler.Engine[*store.Tx]{
		Store: dues{st}, Clock: o.clock, Poster: poster, Observe: p.meter.due,
		Committed: func(done bot.Done) { p.front.Committed(done, 0) },
	}
	if len(p.cfg.Redis.Addrs) > 0 { // the embedded Redis is this process's alone
		p.engine.Enqueue = p.jobs.enqueueDue
	}
	p.front.Scheduled = p.engine.Scheduled
	p.front.Kicked = func() {
		select {
		case p.kick <- struct{}{}:
		default:
		}
	}
	p.decide(cal)
}

// open opens database, Redis and spool, and brings the schema up to date.
func (p *program) open(ctx context.Context, o options, cal *sales.Calendar) error {
	db, err := store.Open(ctx, store.Options{
		DSN: p.cfg.MySQL.DSN.Reveal(), DataDir: p.cfg.DataDir, Now: o.clock.Now, Mine: p.mine,
		PushLimit: p.cfg.Channels.PushesPerHour, Hold: holdUntil(cal), Hooks: hooksFor(p.cfg), Late: p.late,
	})
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	p.db = db
	p.closers = append(p.closers, db.Close)
	if err := db.Migrate(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	rdb, closeRedis, err := openRedis(ctx, p.cfg.Redis)
	if err != nil {
		return fmt.Errorf("open redis: %w", err)
	}
	p.redis = rdb
	p.closers = append(p.closers, closeRedis)
	p.spool, err = bot.OpenSpool(filepath.Join(p.cfg.DataDir, "spool"))
	if err != nil {
		return err
	}
	p.closers = append(p.closers, p.spool.Close)
	if n := p.spool.Damaged(); n > 0 {
		p.log.Error().Int("events", n).Msg("damaged events in the spool were set aside in events.damaged")
	}
	return nil
}

// late sends what follows from work that was committed after its caller had stopped waiting: an event that was put off while it was
// being done is answered when it is done.
func (p *program) late(r store.Result) {
	if p.front != nil {
		p.front.Committed(bot.Done{Deliveries: r.Deliveries, Dues: r.Dues}, 0)
	}
}

func secret(n int) ([]byte, error) {
	b := make([]byte, n)
	_, err := rand.Read(b)
	return b, err
}

// background registers the tasks of asynq and their rhythm.
func (p *program) background() error {
	p.jobs.handle(taskDueRun, func(ctx context.Context, payload []byte) error {
		var d duePayload
		if err := json.Unmarshal(payload, &d); err != nil {
			return fmt.Errorf("task payload: %w", err)
		}
		return scheduler.Patiently(ctx, func() error { return p.engine.Decide(ctx, d.ID) })
	})
	p.jobs.handle(taskDueSweep, func(ctx context.Context, _ []byte) error { return p.engine.Sweep(ctx) })
	p.jobs.handle(taskOutboxSweep, func(ctx context.Context, _ []byte) error {
		_, err := p.pump.Sweep(ctx)
		return err
	})
	p.jobs.handle(taskInboxWork, func(ctx context.Context, _ []byte) error { return p.workInbox(ctx) })
	p.jobs.handle(taskFileFetch, func(ctx context.Context, _ []byte) error { return p.fetchFiles(ctx) })
	p.jobs.handle(taskMediaLook, func(ctx context.Context, _ []byte) error { return p.lookAtMedia(ctx) })
	p.jobs.handle(taskAuditSeal, func(ctx context.Context, _ []byte) error { return p.seal(ctx) })
	p.jobs.handle(taskPrune, func(ctx context.Context, _ []byte) error { return p.prune(ctx) })
	return errors.Join(
		p.jobs.every(15*time.Second, taskDueSweep),
		p.jobs.every(10*time.Second, taskOutboxSweep),
		p.jobs.every(10*time.Second, taskInboxWork),
		p.jobs.every(30*time.Second, taskFileFetch),
		p.jobs.every(30*time.Second, taskMediaLook),
		p.jobs.daily(taskPrune),
	)
}

// start runs the bot until close.
func (p *program) start(ctx context.Context) error {
	ctx, p.stop = context.WithCancel(p.log.WithContext(ctx))
	p.pump.Start(ctx)
	if err := p.jobs.start(); err != nil {
		return err
	}
	p.closers = append(p.closers, func() error { p.jobs.stop(); return nil })
	p.goRun(ctx, "due engine", p.engine.Run)
	p.goRun(ctx, "rules", p.feed.Run)
	p.goRun(ctx, "recovery", p.recover)
	p.goRun(ctx, "budget", p.keepBudget)
	p.goRun(ctx, "sheets", p.keepSheets)
	p.goRun(ctx, "trace", p.keepSealed)
	p.goRun(ctx, "native approvals", p.keepNative)
	if p.model != nil {
		p.goRun(ctx, "language model", p.model.Run)
	}
	if len(p.cfg.Redis.Addrs) > 0 { // one process alone has one spool
		p.goRun(ctx, "watch", p.watchStore)
	}
	if err := errors.Join(p.ensureRhythm(ctx), p.engine.Sweep(ctx)); err != nil {
		return err
	}
	ctx, p.hush = context.WithCancel(ctx)
	return p.receive(ctx)
}

// goRun runs one of the program's own goroutines.
func (p *program) goRun(ctx context.Context, name string, run func(context.Context) error) {
	p.goIn(ctx, &p.running, name, run)
}

func (p *program) goIn(ctx context.Context, group *sync.WaitGroup, name string, run func(context.Context) error) {
	group.Go(func() {
		if err := run(ctx); err != nil && ctx.Err() == nil {
			p.log.Error().Err(err).Str("part", name).Msg("part ended")
		}
	})
}

// stopReceiving ends the sockets that bring events. What they have brought is answered before those end who answer.
func (p *program) stopReceiving() {
	if p.hush != nil {
		p.hush()
		p.receiving.Wait()
	}
}

// close stops receiving, lets what runs end, and closes the stores, in the reverse order of opening.
func (p *program) close() error {
	p.stopReceiving()
	if p.stop != nil {
		p.stop()
	}
	var errs []error
	for i := len(p.closers) - 1; i >= 0; i-- {
		if i == 2 { // above the stores: everything that uses them has been told to end
			p.running.Wait()
			if p.stop != nil {
				p.pump.Wait()
			}
		}
		errs = append(errs, p.closers[i]())
	}
	p.closers = nil
	return errors.Join(errs...)
}

// recover does what waits in spool and inbox, and fetches attachments: at start, whenever something is put there, and on a slow beat, so that work
// goes on by itself when the store comes back.
func (p *program) recover(ctx context.Context) error {
	beat := time.NewTicker(time.Second)
	defer beat.Stop()
	for {
		if err := p.workInbox(ctx); err != nil && ctx.Err() == nil {
			p.log.Warn().Err(err).Msg("work inbox")
		}
		if err := p.fetchFiles(ctx); err != nil && ctx.Err() == nil {
			p.log.Warn().Err(err).Msg("fetch files")
		}
		if err := p.lookAtMedia(ctx); err != nil && ctx.Err() == nil {
			p.log.Warn().Err(err).Msg("look at media")
		}
		select {
		case <-ctx.Done():
			return nil
		case <-beat.C:
		case <-p.kick:
		}
	}
}

// maxEventAttempts is how often a waiting event is tried before it is parked.
const maxEventAttempts = 8

// patientFor is how many times as often an event is tried that ran out of time.
const patientFor = 10

// workInbox does events that wait: first the spool's, into the inbox, then the inbox's, in the platforms' order.
func (p *program) workInbox(ctx context.Context) error {
	if p.spool.Waiting() {
		err := p.spool.DrainMany(ctx, maxTogether, func(ctx context.Context, evs []bot.Event) error {
			p.front.Settle()
			return p.db.KeepAll(ctx, evs, bot.SettleTime)
		})
		if err != nil {
			return fmt.Errorf("drain spool: %w", err)
		}
	}
	for {
		kept, err := p.db.ClaimPending(ctx, p.clock.Now(), pendingLease, maxTogether)
		if err != nil || len(kept) == 0 {
			return err
		}
		if err := p.workEvents(ctx, kept); err != nil {
			return err
		}
	}
}

// maxTogether is how many events are taken from the spool in one transaction, and how many are claimed at once.
const maxTogether = 64

// maxWorking is how many waiting events are done at a time. They are of different senders, and share transactions.
const maxWorking = 16

// workEvents does events of different senders side by side. An error says that the store is away or ctx has ended.
func (p *program) workEvents(ctx context.Context, kept []store.Kept) error {
	var mu sync.Mutex
	var away error
	var all sync.WaitGroup
	slots := make(chan struct{}, maxWorking)
	for _, k := range kept {
		slots <- struct{}{}
		mu.Lock()
		stop := away != nil
		mu.Unlock()
		if stop {
			break // the others would fare no better
		}
		all.Go(func() {
			defer func() { <-slots }()
			err := p.workEvent(ctx, k)
			switch {
			case err == nil:
			case sales.KindOf(err) == sales.Unavailable || ctx.Err() != nil:
				mu.Lock()
				away = err
				mu.Unlock()
			default: // it comes again when its claim lapses; nobody else waits for it
				p.log.Error().Err(err).Bytes("stack", stackOf(err)).Str("event_id", k.Event.ID).Int("attempts", k.Attempts).Msg("waiting event")
			}
		})
	}
	all.Wait()
	return away
}

// stackOf is where the program panicked, empty when it did not.
func stackOf(err error) []byte {
	var p *store.PanicError
	if errors.As(err, &p) {
		return p.Stack
	}
	return nil
}

func (p *program) workEvent(ctx context.Context, k store.Kept) error {
	ectx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	acc, _, err := p.front.Process(ectx, k.Event, true)
	if err == nil {
		p.front.FaceSent(ctx, acc.FaceDelivery, false)
		return nil
	}
	most := maxEventAttempts
	if errors.Is(err, context.DeadlineExceeded) {
		most *= patientFor // a store that is slow gets better, an event that takes for ever does not
	}
	if sales.KindOf(err) == sales.Unavailable || k.Attempts < most {
		return fmt.Errorf("event %s: %w", k.Event.ID, err)
	}
	p.log.Error().Err(err).Str("event_id", k.Event.ID).Msg("event parked")
	if err := p.db.ParkInbox(ctx, k.Event, err.Error()); err != nil {
		return fmt.Errorf("park event: %w", err)
	}
	return p.tellParked(ctx, k.Event)
}

// tellParked tells the sender of an event that could not be done, and the admins.
func (p *program) tellParked(ctx context.Context, ev bot.Event) error {
	org, err := p.books.Org(ctx)
	if err != nil {
		return err
	}
	admins := org.WhoHas(sales.RoleAdmin)
	reply := bot.Text("刚才那条没处理成功,已转给管理员。编号 " + ev.ID + ",可以换个说法再发一次。")
	if len(admins) > 0 {
		reply.Say = append(reply.Say, bot.Say{
			To: admins, Kind: bot.DeliverPush, Slot: "parked",
			Out: bot.Outgoing{Text: "有一条消息反复处理不了,已停放。平台 " + string(ev.Platform) + ",编号 " + ev.ID + "。"},
		})
	}
	person, _ := org.ByAccount(string(ev.Platform), string(ev.From))
	done, err := storage{p.books, p.db}.do(ctx, bot.Event{}, 0, func(ctx context.Context, tx *store.Tx) error {
		_, err := p.front.Poster.Post(ctx, tx, org, p.clock.Now(), bot.Origin{Event: ev, Person: person.ID}, reply)
		return err
	})
	p.front.Committed(done, 0)
	return err
}
