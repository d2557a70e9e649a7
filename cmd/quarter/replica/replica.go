package replica

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"salesflow/bot"
	"salesflow/configs"
	"salesflow/scheduler"
	"salesflow/scheduler/incident"
	"salesflow/scheduler/rules"
	"salesflow/scheduler/subject"
	"salesflow/store"
	"salesflow/store/sales"
)

// Options say where a replica keeps its data.
type Options struct {
	DSN   string // MySQL or MariaDB; empty: the embedded store in Dir
	Dir   string
	Redis string // address; empty: due rows are decided by whoever claims them
}

// clock stands still until it is set.
type clock struct{ at atomic.Pointer[time.Time] }

func (c *clock) Now() time.Time { return *c.at.Load() }

func (c *clock) set(t time.Time) { c.at.Store(&t) }

// Wait implements scheduler.Clock. Nothing here waits.
func (c *clock) Wait(context.Context, time.Time) error { return errors.New("the clock stands still") }

// Replica is one process of the program, as far as rules go.
type Replica struct {
	clock  *clock
	db     *store.DB
	engine *scheduler.Engine[*store.Tx]
	feed   *scheduler.Feed[*store.Tx]
	desk   *incident.Desk
	poster bot.Poster

	redis  redis.UniversalClient
	tasks  *asynq.Client
	server *asynq.Server

	// deciding is held for reading while a due row is decided: the clock does not move in the middle of it.
	deciding sync.RWMutex

	mu   sync.Mutex
	org  *sales.Org
	rule map[string]sales.ID
}

// taskDue is the task of a due row.
const taskDue = "due:run"

// Open opens a replica at a moment.
func Open(ctx context.Context, o Options, now time.Time) (*Replica, error) {
	r := &Replica{clock: &clock{}}
	r.clock.set(now)
	cal, err := sales.NewCalendar(sales.CalendarOptions{})
	if err != nil {
		return nil, err
	}
	hold := func(at time.Time) time.Time {
		if cal.Quiet(at) {
			return cal.NextAllowed(at)
		}
		return time.Time{}
	}
	if r.db, err = store.Open(ctx, store.Options{DSN: o.DSN, DataDir: o.Dir, Now: r.clock.Now, Hold: hold}); err != nil {
		return nil, err
	}
	if err := r.db.Migrate(ctx); err != nil {
		return nil, errors.Join(err, r.db.Close())
	}
	r.desk = &incident.Desk{Calendar: cal, Cards: incident.OwnCards(sales.DefaultLeadPolicy()), Book: &incident.Book{
		Source: source{r.db}, Registry: subject.New(subject.All()),
		Names: func(org *sales.Org) (rules.Names, error) { return rules.Company{}.Names(org, nil), nil },
	}}
	running := &scheduler.Rules{Desk: r.desk, Contracts: scheduler.Escalation{Calendar: cal}}
	r.poster = bot.Poster{Hold: hold}
	r.engine = &scheduler.Engine[*store.Tx]{Store: base{r}, Clock: r.clock, Poster: r.poster, Committed: func(bot.Done) {}}
	scheduler.RegisterRules(r.engine, running)
	scheduler.RegisterReminders(r.engine, scheduler.Reminders{Calendar: cal})
	scheduler.RegisterDigests(r.engine, scheduler.Digests{Calendar: cal})
	r.feed = &scheduler.Feed[*store.Tx]{Store: base{r}, Rules: running, Clock: r.clock, Poster: r.poster, Committed: func(bot.Done) {}}
	if o.Redis == "" {
		return r, nil
	}
	r.redis = redis.NewClient(&redis.Options{Addr: o.Redis})
	r.tasks = asynq.NewClientFromRedisClient(r.redis)
	r.server = asynq.NewServerFromRedisClient(r.redis, asynq.Config{Concurrency: 16, TaskCheckInterval: 5 * time.Millisecond, LogLevel: asynq.FatalLevel})
	mux := asynq.NewServeMux()
	mux.HandleFunc(taskDue, func(ctx context.Context, t *asynq.Task) error {
		id, err := sales.ParseID(string(t.Payload()))
		if err != nil {
			return err
		}
		r.deciding.RLock()
		defer r.deciding.RUnlock()
		return r.engine.Decide(ctx, id)
	})
	return r, r.server.Start(mux)
}

// Close ends the replica.
func (r *Replica) Close() error {
	if r.server != nil {
		r.server.Shutdown()
		_ = r.redis.Close()
	}
	return r.db.Close()
}

// At sets the clock, when nothing is being decided.
func (r *Replica) At(now time.Time) {
	if now.Equal(r.clock.Now()) {
		return
	}
	r.deciding.Lock()
	defer r.deciding.Unlock()
	r.clock.set(now)
}

// Now is what the clock says.
func (r *Replica) Now() time.Time { return r.clock.Now() }

// claimed is how many due rows are claimed at a time: few, so that another replica has its share.
const claimed = 100

// Work does what is due and shows the rules what has happened, until nothing is left that this replica can do.
func (r *Replica) Work(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := r.feed.Drain(ctx); err != nil && !again(err) {
			return err
		}
		dues, err := r.db.ClaimDues(ctx, r.clock.Now(), 0, claimed)
		if err != nil && !again(err) {
			return err
		}
		if len(dues) == 0 {
			left, err := r.db.EventsQueued(ctx)
			if err != nil || !left || r.server != nil { // another replica may be at it
				return err
			}
			continue
		}
		if err := r.decide(ctx, dues); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// again reports whether an error passes: others were in the way.
func again(err error) bool {
	return sales.KindOf(err) == sales.Conflict || sales.KindOf(err) == sales.Unavailable
}

func (r *Replica) decide(ctx context.Context, dues []sales.Due) error {
	var all sync.WaitGroup
	errs := make([]error, len(dues))
	for i, d := range dues {
		if r.tasks != nil {
			id := fmt.Sprintf("due:%d:%s:%d:%d", d.ID, d.Slot, d.DueAt.UnixMicro(), d.Attempts)
			_, err := r.tasks.EnqueueContext(ctx, asynq.NewTask(taskDue, []byte(d.ID.String())), asynq.TaskID(id), asynq.MaxRetry(0))
			if err == nil || errors.Is(err, asynq.ErrTaskIDConflict) {
				continue
			}
		}
		all.Go(func() {
			if err := r.engine.Decide(ctx, d.ID); err != nil && !again(err) {
				errs[i] = err
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// Left counts what is still to be done at this moment, and says when there is something next.
func (r *Replica) Left(ctx context.Context) (due bool, next time.Time, err error) {
	queued, err := r.db.EventsQueued(ctx)
	if err != nil {
		return false, next, err
	}
	if next, err = r.db.NextDueAt(ctx); err != nil {
		return false, next, err
	}
	return queued || !next.IsZero() && !next.After(r.clock.Now()), next, nil
}

// own are rules the company wrote itself: what time does not count in which somebody is on leave.
const own = `
规则 投诉没人去
当 登记 投诉 且 2个工作日内 没有 拜访 请假不算 则 推送 负责人的主管 "{客户} 投诉了还没人去" 只发文字

规则 客户没人跟
当 客户 超过 20天 没有 拜访 请假不算 且 级别 = B 则 推送 负责人的主管 "{名称} 三周没人去了" 只发文字

规则 连着没人去
当 客户 连续 12个工作日 没有 拜访 请假不算 且 级别 = C 则 推送 负责人的主管 "{名称} 连着没人去" 只发文字
`

// Pack writes the rules every company starts with, and its own.
func (r *Replica) Pack(ctx context.Context) error {
	files, err := configs.RulePack()
	if err != nil {
		return err
	}
	texts := []string{own}
	for _, f := range files {
		texts = append(texts, f.Text)
	}
	return r.do(ctx, store.Work{Fn: func(_ context.Context, tx *store.Tx) error {
		for _, text := range texts {
			list, err := rules.Split(text)
			if err != nil {
				return err
			}
			for _, w := range list {
				at := sales.At(r.clock.Now())
				rule := sales.Rule{ID: tx.NewID(), Name: w.Name, Source: sales.RulePack, State: sales.RuleOn, N: 1, UpdatedAt: at, Version: 1}
				tx.CreateRule(rule)
				tx.AddRuleVersion(sales.RuleVersion{RuleID: rule.ID, N: 1, Text: w.Text, At: at})
			}
		}
		return nil
	}})
}

func (r *Replica) do(ctx context.Context, w store.Work) error {
	_, err := r.db.Do(ctx, w)
	return err
}

// rules are the ids of the rules by their names.
func (r *Replica) ruleID(ctx context.Context, name string) (sales.ID, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.rule == nil {
		active, _, err := r.db.ActiveRules(ctx)
		if err != nil {
			return 0, err
		}
		r.rule = map[string]sales.ID{}
		for _, a := range active {
			r.rule[a.Name] = a.ID
		}
	}
	id, ok := r.rule[name]
	if !ok {
		return 0, fmt.Errorf("there is no rule %q", name)
	}
	return id, nil
}

// people is the organisation, which does not change once it is made.
func (r *Replica) people(ctx context.Context) (*sales.Org, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.org != nil {
		return r.org, nil
	}
	org, err := r.db.LoadOrg(ctx)
	if err == nil && len(org.People()) > 0 {
		r.org = org
	}
	return org, err
}

// base is the store as engine and feed need it.
type base struct{ r *Replica }

// Do implements scheduler.DueStore.
func (s base) Do(ctx context.Context, w bot.Work[*store.Tx]) (bot.Done, error) {
	res, err := s.r.db.Do(ctx, store.Work{Fn: w.Do})
	return bot.Done{Deliveries: res.Deliveries, Dues: res.Dues}, err
}

// ClaimDues implements scheduler.DueStore.
func (s base) ClaimDues(ctx context.Context, now time.Time, horizon time.Duration, limit int) ([]sales.Due, error) {
	return s.r.db.ClaimDues(ctx, now, horizon, limit)
}

// Org implements scheduler.DueStore.
func (s base) Org(ctx context.Context) (*sales.Org, error) { return s.r.people(ctx) }

// EventsQueued implements scheduler.FeedStore.
func (s base) EventsQueued(ctx context.Context) (bool, error) { return s.r.db.EventsQueued(ctx) }

// RulesBehind implements scheduler.FeedStore.
func (s base) RulesBehind(ctx context.Context) (bool, error) {
	rev, err := s.r.db.Revisions(ctx)
	return rev.Rules > rev.RulesDone, err
}

// Lease implements scheduler.FeedStore.
func (s base) Lease(ctx context.Context, name string, ttl time.Duration) (bool, error) {
	return s.r.db.Lease(ctx, name, s.r.db.Holder(), ttl)
}

// ReleaseLease implements scheduler.FeedStore.
func (s base) ReleaseLease(ctx context.Context, name string) error {
	return s.r.db.ReleaseLease(ctx, name, s.r.db.Holder())
}

// source is the store as the book of rules reads it.
type source struct{ db *store.DB }

// RuleRevision implements incident.Source.
func (s source) RuleRevision(ctx context.Context) (int64, error) {
	rev, err := s.db.Revisions(ctx)
	return rev.Rules, err
}

// ActiveRules implements incident.Source.
func (s source) ActiveRules(ctx context.Context) ([]sales.ActiveRule, int64, error) {
	return s.db.ActiveRules(ctx)
}
