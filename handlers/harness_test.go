package handlers_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/handlers"
	"salesflow/scheduler"
	"salesflow/scheduler/incident"
	"salesflow/scheduler/rules"
	"salesflow/scheduler/subject"
	"salesflow/store"
	"salesflow/store/approval"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

// The people of the tests.
const (
	zhoumin sales.PersonID = iota + 1
	liqiang
	wangfang
	zhaolei
	sunjing
	chengang
	wutong
	hezong
)

var people = []sales.Person{
	{ID: zhoumin, Name: "周敏", Roles: []sales.Role{sales.RoleRep}, TeamID: 2, Active: true},
	{ID: liqiang, Name: "李强", Roles: []sales.Role{sales.RoleRep}, TeamID: 2, Active: true},
	{ID: wangfang, Name: "王芳", Roles: []sales.Role{sales.RoleLead}, TeamID: 2, Active: true},
	{ID: zhaolei, Name: "赵磊", Roles: []sales.Role{sales.RoleLegal}, TeamID: 3, Active: true},
	{ID: sunjing, Name: "孙静", Roles: []sales.Role{sales.RoleLegalHead}, TeamID: 3, Active: true},
	{ID: chengang, Name: "陈刚", Roles: []sales.Role{sales.RoleDirector}, TeamID: 1, Active: true},
	{ID: wutong, Name: "吴桐", Roles: []sales.Role{sales.RoleFinance}, TeamID: 1, Active: true},
	{ID: hezong, Name: "何总", Roles: []sales.Role{sales.RoleGM}, TeamID: 1, Active: true},
}

const (
	shaoxing  sales.ID = 101
	ningbo    sales.ID = 102
	analyser  sales.ID = 201
	groupChat          = "east1"
)

// told is one thing that was sent to one person, or to the group when who is 0.
type told struct {
	who  sales.PersonID
	out  bot.Outgoing
	kind string
	// hold is until when it waits for the end of quiet hours.
	hold time.Time
	// at is when it was queued.
	at time.Time
}

// recTx is a transaction that remembers what is to be sent.
type recTx struct {
	*store.Tx
	w    *bench
	sent []told
}

// AddDelivery implements bot.PostTx.
func (tx *recTx) AddDelivery(d bot.Delivery, notBefore time.Time) {
	tx.Tx.AddDelivery(d, notBefore)
	for _, u := range d.Users {
		p, _ := tx.w.org.ByAccount(string(d.Platform), string(u))
		tx.sent = append(tx.sent, told{p.ID, d.Out, d.Kind, notBefore, tx.w.Now()})
	}
	if len(d.Users) == 0 {
		tx.sent = append(tx.sent, told{0, d.Out, d.Kind, notBefore, tx.w.Now()})
	}
}

// bench is a company with its bot, without platforms.
type bench struct {
	leave  func(gone sales.PersonID) // somebody leaves the company
	t      testing.TB
	db     *store.DB
	clock  *storetest.Clock
	org    *sales.Org
	app    *handlers.App
	router bot.Router[handlers.Tx]
	engine scheduler.Engine[*recTx]
	feed   *scheduler.Feed[*recTx]
	poster bot.Poster
	book   *handlers.Book
	events int
	// new is what was sent since the last step of the test.
	new []told
	// unreachable have no chat account, regroup makes the organisation so.
	unreachable map[sales.PersonID]bool
	regroup     func(without map[sales.PersonID]bool)
}

// Book implements handlers.Names.
func (w *bench) Book(context.Context) (*handlers.Book, error) { return w.book, nil }

// Now implements scheduler.Clock.
func (w *bench) Now() time.Time { return w.clock.Now() }

// Wait implements scheduler.Clock; the test moves the clock itself.
func (w *bench) Wait(ctx context.Context, _ time.Time) error { return ctx.Err() }

// Do implements scheduler.DueStore.
func (w *bench) Do(ctx context.Context, work bot.Work[*recTx]) (bot.Done, error) {
	var last *recTx
	r, err := w.db.Do(ctx, store.Work{
		Platform: work.Event.Platform, EventID: work.Event.ID, Person: work.Person, Event: work.Event,
		Fn: func(ctx context.Context, tx *store.Tx) error {
			last = &recTx{Tx: tx, w: w}
			return work.Do(ctx, last)
		},
	})
	if err == nil && last != nil {
		w.new = append(w.new, last.sent...)
	}
	return bot.Done{Duplicate: r.Duplicate}, err
}

// ClaimDues implements scheduler.DueStore.
func (w *bench) ClaimDues(ctx context.Context, now time.Time, horizon time.Duration, limit int) ([]sales.Due, error) {
	return w.db.ClaimDues(ctx, now, horizon, limit)
}

// RecentOrg implements bot.EventStore.
func (w *bench) RecentOrg(ctx context.Context) (*sales.Org, error) { return w.Org(ctx) }

// Org implements scheduler.DueStore.
func (w *bench) Org(context.Context) (*sales.Org, error) { return w.org, nil }

// EventsQueued implements scheduler.FeedStore.
func (w *bench) EventsQueued(ctx context.Context) (bool, error) { return w.db.EventsQueued(ctx) }

// RulesBehind implements scheduler.FeedStore.
func (w *bench) RulesBehind(ctx context.Context) (bool, error) {
	r, err := w.db.Revisions(ctx)
	return r.Rules > r.RulesDone, err
}

// Lease implements scheduler.FeedStore.
func (w *bench) Lease(context.Context, string, time.Duration) (bool, error) { return true, nil }
func (w *bench) ReleaseLease(context.Context, string) error                 { return nil }

// RuleRevision implements incident.Source.
func (w *bench) RuleRevision(ctx context.Context) (int64, error) {
	r, err := w.db.Revisions(ctx)
	return r.Rules, err
}

// ActiveRules implements incident.Source.
func (w *bench) ActiveRules(ctx context.Context) ([]sales.ActiveRule, int64, error) {
	return w.db.ActiveRules(ctx)
}

// drain shows the rules what happened.
func (w *bench) drain() {
	w.t.Helper()
	if err := w.feed.Drain(context.Background()); err != nil {
		w.t.Fatalf("show events to the rules: %v", err)
	}
}

// rule switches a rule on.
func (w *bench) rule(name, text string) {
	w.t.Helper()
	w.write(func(tx *store.Tx) {
		r := sales.Rule{ID: tx.NewID(), Name: name, Source: sales.RuleChat, State: sales.RuleOn, N: 1, UpdatedAt: sales.At(w.Now()), Version: 1}
		tx.CreateRule(r)
		tx.AddRuleVersion(sales.RuleVersion{RuleID: r.ID, N: 1, Text: text, At: r.UpdatedAt})
	})
	w.drain()
}

// rewrite gives a rule another text, in force at once.
func (w *bench) rewrite(name, text string) {
	w.t.Helper()
	r := read(w, func(ctx context.Context, tx *store.Tx) (sales.Rule, error) { return tx.RuleByName(ctx, name) })
	w.write(func(tx *store.Tx) {
		r.N, r.UpdatedAt = r.N+1, sales.At(w.Now())
		tx.UpdateRule(r)
		tx.AddRuleVersion(sales.RuleVersion{RuleID: r.ID, N: r.N, Text: text, At: r.UpdatedAt})
	})
	w.drain()
}

// newBench starts a company on the embedded store at Wednesday 2026-03-11 10:00.
func newBench(t testing.TB, change ...func(*handlers.Settings)) *bench {
	t.Helper()
	return newBenchOn(t, storetest.SQLite(t), change...)
}

// newBenchOn starts it on another store.
func newBenchOn(t testing.TB, sw *storetest.World, change ...func(*handlers.Settings)) *bench {
	t.Helper()
	w := &bench{t: t, db: sw.Open(), clock: sw.Clock}
	teams := []sales.Team{
		{ID: 1, Name: "销售管理部", Region: "总部", LeadID: chengang},
		{ID: 2, Name: "华东一组", Region: "华东", ParentID: 1, LeadID: wangfang},
		{ID: 3, Name: "法务部", Region: "总部", LeadID: sunjing},
	}
	var ids []sales.Identity
	for _, p := range people {
		ids = append(ids, sales.Identity{Platform: "chat", UserID: fmt.Sprint("u", p.ID), PersonID: p.ID})
	}
	w.org = sales.NewOrg(1, people, teams, ids)
	w.leave = func(gone sales.PersonID) {
		staff := slices.Clone(w.org.Everybody())
		for i := range staff {
			staff[i].Active = staff[i].Active && staff[i].ID != gone
		}
		w.org = sales.NewOrg(2, staff, teams, ids)
	}
	w.regroup = func(without map[sales.PersonID]bool) {
		left := slices.DeleteFunc(slices.Clone(ids), func(i sales.Identity) bool { return without[i.PersonID] })
		w.org = sales.NewOrg(w.org.Revision+1, people, teams, left)
	}
	cal, err := sales.NewCalendar(sales.CalendarOptions{})
	if err != nil {
		t.Fatal(err)
	}
	settings := handlers.Settings{
		UndoFor: 10 * time.Minute, DraftFor: 24 * time.Hour, DueHour: 18, RemindBefore: 24 * time.Hour,
		Approval: approval.ContractPolicy(), GeneralApproval: approval.GeneralPolicy(5*sales.Wan, "director"), QuoteApproval: approval.QuotePolicy(5*sales.Wan, "director", "director"),
		SpecialApproval: approval.SpecialPolicy("director"), ContractSeries: "HT",
		Clauses:   sales.ClauseLimits{MaxPaymentDays: 45, MinPrepayPercent: sales.Percents(30)},
		PublicURL: "https://bot.example.com", UploadFor: 30 * time.Minute,
	}
	for _, c := range change {
		c(&settings)
	}
	n := byte(0)
	w.app = &handlers.App{Names: w, Calendar: cal, Settings: settings, Secret: func(k int) ([]byte, error) {
		n++
		b := make([]byte, k)
		b[0] = n
		return b, nil
	}, Links: noLinks{}}
	w.app.Register(&w.router)
	w.poster = bot.Poster{Hold: func(now time.Time) time.Time {
		if cal.Quiet(now) {
			return cal.NextAllowed(now)
		}
		return time.Time{}
	}}
	w.engine = scheduler.Engine[*recTx]{Store: w, Clock: w, Poster: w.poster, Committed: func(bot.Done) {}}
	contracts := scheduler.Escalation{Calendar: cal, Clauses: settings.Clauses}
	scheduler.RegisterDeputies(&w.engine, scheduler.Deputies{Calendar: cal, Clauses: settings.Clauses})
	w.app.Incidents = &incident.Desk{
		Calendar: cal, Clauses: settings.Clauses, Cards: incident.OwnCards(settings.Leads),
		Book: &incident.Book{Source: w, Registry: subject.New(subject.All()), Names: func(org *sales.Org) (rules.Names, error) {
			return rules.Company{}.Names(org, []sales.GroupChat{{Name: "华东一组"}}), nil
		}},
	}
	run := &scheduler.Rules{Desk: w.app.Incidents, Contracts: contracts}
	scheduler.RegisterRules(&w.engine, run)
	w.feed = &scheduler.Feed[*recTx]{Store: w, Rules: run, Clock: w, Poster: w.poster, Committed: func(bot.Done) {}}
	scheduler.RegisterReminders(&w.engine, scheduler.Reminders{Calendar: cal})
	w.seed()
	w.rule("合同48小时", "当 合同 进入 待审批 超过 48小时 且 未处理 则 推送 法务主管、销售总监 并 创建待办;再过 24小时 则 推送 总经理 并 创建待办")
	w.rule("审批提醒", "当 合同.轮到时间 过后 24小时 且 状态 = 待审批 则 推送 当前审批人 卡片 审批单")
	return w
}

func (w *bench) seed() {
	customers := []sales.Customer{
		{ID: shaoxing, Name: "绍兴市立医院", NameKey: "绍兴市立医院", Class: "A", OwnerID: zhoumin, Version: 1},
		{ID: ningbo, Name: "宁波市立医院", NameKey: "宁波市立医院", OwnerID: liqiang, Version: 1},
	}
	product := sales.Product{ID: analyser, Name: "全自动生化分析仪", Aliases: []string{"生化分析仪"}, ListPrice: 140 * sales.Wan}
	master := parse.Master{Products: []parse.Product{{ID: parse.ID(analyser), Name: product.Name, Aliases: product.Aliases}}}
	w.book = &handlers.Book{
		Products: map[sales.ID]sales.Product{analyser: product},
	}
	w.write(func(tx *store.Tx) {
		for _, c := range customers {
			tx.CreateCustomer(c)
			w.book.Customers = w.book.Customers.With(map[sales.ID]sales.Customer{c.ID: c})
			master.Customers = append(master.Customers, parse.Customer{ID: parse.ID(c.ID), Name: c.Name, Owners: []parse.ID{parse.ID(c.OwnerID)}})
		}
	})
	for _, p := range people {
		master.People = append(master.People, parse.Person{ID: parse.ID(p.ID), Name: p.Name})
	}
	w.book.Parser = parse.Parser{Index: parse.NewIndex(master)}
}

func (w *bench) write(do func(tx *store.Tx)) {
	w.t.Helper()
	storetest.Do(w.t, w.db, func(_ context.Context, tx *store.Tx) error { do(tx); return nil })
}

// read runs a look-up.
func read[T any](w *bench, look func(ctx context.Context, tx *store.Tx) (T, error)) T {
	w.t.Helper()
	var out T
	storetest.Do(w.t, w.db, func(ctx context.Context, tx *store.Tx) error {
		v, err := look(ctx, tx)
		out = v
		return err
	})
	return out
}

// event does one event of a person, as the front does, and forgets what was sent before.
func (w *bench) event(p sales.PersonID, ev bot.Event) {
	w.t.Helper()
	w.new = nil
	w.events++
	ev.Platform, ev.ID, ev.From, ev.At = "chat", fmt.Sprint("e", w.events), bot.UserID(fmt.Sprint("u", p)), w.Now()
	ev.Chat.Platform = "chat"
	person, _ := w.org.Person(p)
	_, err := w.Do(context.Background(), bot.Work[*recTx]{Event: ev, Person: p, Do: func(ctx context.Context, tx *recTx) error {
		t := bot.Turn{Event: ev, Now: w.Now(), Today: sales.DayOf(w.Now()), Person: person, Org: w.org, Dialogue: tx.Dialogue()}
		from := bot.Origin{Event: ev, Person: p}
		if ev.Tap != nil {
			c, err := tx.CardByID(ctx, bot.CardOf(ev.Tap.Card))
			switch {
			case err == nil:
				t.Card, from.Tapped = &c, c.ID
			case sales.KindOf(err) != sales.NotFound:
				return err
			}
		}
		reply, err := w.router.Dispatch(ctx, t, tx)
		if msg := sales.Message(err); msg != "" {
			reply, err = bot.Text(msg), nil
		}
		if err != nil {
			return err
		}
		if reply.Dialogue != nil {
			tx.SaveDialogue(*reply.Dialogue)
		}
		_, err = w.poster.Post(ctx, tx, w.org, w.Now(), from, reply)
		return err
	}})
	if err != nil {
		w.t.Fatalf("event of %s: %v", person.Name, err)
	}
	w.drain()
}

func (w *bench) say(p sales.PersonID, text string) *bench {
	w.t.Helper()
	w.event(p, bot.Event{Kind: bot.Said, Text: text})
	return w
}

func (w *bench) sayInGroup(p sales.PersonID, text string) *bench {
	w.t.Helper()
	w.event(p, bot.Event{Kind: bot.Said, Text: text, Chat: bot.Chat{ID: groupChat, Group: true}})
	return w
}

func (w *bench) send(p sales.PersonID, names ...string) *bench {
	w.t.Helper()
	ev := bot.Event{Kind: bot.Sent}
	for _, n := range names {
		ev.Files = append(ev.Files, bot.FileRef{Ref: `{"id":"x"}`, Name: n, Kind: "file"})
	}
	w.event(p, ev)
	return w
}

// live is the newest live card with a prefix of a key that a person has; the group's for 0.
func (w *bench) live(p sales.PersonID, key string) bot.LiveCard {
	w.t.Helper()
	for _, c := range read(w, func(ctx context.Context, tx *store.Tx) ([]bot.LiveCard, error) { return tx.LiveCards(ctx, key) }) {
		for _, u := range c.Users {
			if string(u) == fmt.Sprint("u", p) {
				return c
			}
		}
		if p == 0 && c.Chat.Group {
			return c
		}
	}
	w.t.Fatalf("%s has no live card %s", w.org.Name(p), key)
	return bot.LiveCard{}
}

// tap taps a button of a person's live card by the beginning of its text.
func (w *bench) tap(p sales.PersonID, key, button string, reason ...string) *bench {
	w.t.Helper()
	return w.tapFace(p, w.live(p, key), button, reason...)
}

// tapFace taps a button of a face as it was seen, which may be stale by now.
func (w *bench) tapFace(p sales.PersonID, c bot.LiveCard, button string, reason ...string) *bench {
	w.t.Helper()
	for _, b := range c.Face.Buttons {
		if strings.HasPrefix(b.Text, button) {
			tap := &bot.Tap{Action: b.Action.Encode(), Card: bot.CardRef(c.ID, 0)}
			if len(reason) > 0 {
				tap.Input = map[string]string{"reason": reason[0]}
			}
			w.event(p, bot.Event{Kind: bot.Tapped, Tap: tap, Chat: c.Chat})
			return w
		}
	}
	w.t.Fatalf("no button %s on:\n%s", button, show(told{out: bot.Outgoing{Card: &c.Face}}))
	return w
}

// advance moves the clock through everything that is due, in order.
func (w *bench) advance(d time.Duration) *bench {
	w.t.Helper()
	ctx, end := context.Background(), w.Now().Add(d)
	w.new = nil
	for range 1000 {
		w.drain()
		at, err := w.db.NextDueAt(ctx)
		if err != nil {
			w.t.Fatal(err)
		}
		if at.IsZero() || at.After(end) {
			break
		}
		if at.After(w.Now()) {
			w.clock.Advance(at.Sub(w.Now()))
		}
		ds, err := w.db.ClaimDues(ctx, w.Now(), time.Second, 100)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, due := range ds {
			if err := w.engine.Decide(ctx, due.ID); err != nil {
				w.t.Fatal(err)
			}
		}
	}
	w.clock.Advance(end.Sub(w.Now()))
	return w
}
