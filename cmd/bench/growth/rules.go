package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"salesflow/bot"
	"salesflow/scheduler"
	"salesflow/scheduler/incident"
	"salesflow/scheduler/rules"
	"salesflow/scheduler/subject"
	"salesflow/store"
	"salesflow/store/sales"
)

// ruleEvents are how many events a round of rules has.
const ruleEvents = 30000

// rules measures how many events a second two hundred rules look at, on the embedded store, with a tenth of the records and
// with all of them.
func (o options) rules(ctx context.Context) error {
	for _, records := range []int{o.customers / 10, o.customers} {
		if err := o.rulesOver(ctx, records); err != nil {
			return err
		}
	}
	return nil
}

func (o options) rulesOver(ctx context.Context, records int) (err error) {
	dir, err := os.MkdirTemp(o.keep, "growth-rules")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	db, err := store.Open(ctx, store.Options{DataDir: dir, Now: time.Now})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	b := &ruleBench{db: db, org: benchOrg(), records: records}
	if err := errors.Join(b.makeRecords(ctx), b.makeRules(ctx)); err != nil {
		return err
	}
	feed, err := b.feed()
	if err != nil {
		return err
	}
	if err := feed.Drain(ctx); err != nil { // what the records themselves have told, and the first scans
		return err
	}
	for round := range o.rounds {
		if err := b.happen(ctx, round); err != nil {
			return err
		}
		began := time.Now()
		if err := feed.Drain(ctx); err != nil {
			return err
		}
		took := time.Since(began)
		fmt.Printf("rules  %7d records  %d rules  %d events in %6.2f s  %7.0f events/s  %d incidents so far\n", records, b.count, ruleEvents, took.Seconds(),
			ruleEvents/took.Seconds(), b.incidents(ctx))
	}
	if records < o.customers {
		return nil
	}
	return b.trial(ctx)
}

// trialEvents is how many events of a month a dry run looks at.
const trialEvents = 1_000_000

// trial measures dry runs over a month of a million events, of rules that ask what a customer was then, too.
func (b *ruleBench) trial(ctx context.Context) error {
	const chunk = 5000
	now := time.Now()
	for from := 0; from < trialEvents; from += chunk {
		err := b.do(ctx, func(tx *store.Tx) {
			for i := from; i < from+chunk; i++ {
				n := sales.ID(i % b.records)
				e := sales.DomainEvent{Kind: "visit.filed", SubjectKind: "visit", SubjectID: n, At: sales.At(now), Data: "{}"}
				if i%10 == 0 {
					e.Kind, e.SubjectKind, e.SubjectID = "opportunity.moved", "opportunity", 11_000_000+n
					e.Data = []string{`{"old":{"stage":"need"},"new":{"stage":"proposal"}}`, `{"old":{"stage":"proposal"},"new":{"stage":"negotiation"}}`}[i/10%2]
				}
				tx.Emit(e)
			}
		})
		if err != nil {
			return err
		}
	}
	cal, err := sales.NewCalendar(sales.CalendarOptions{})
	if err != nil {
		return err
	}
	desk := b.desk(cal)
	r := &scheduler.Rules{Desk: desk}
	for _, text := range []string{
		"当 商机 进入 方案提交 则 推送 负责人", "当 登记 拜访 且 金额 > 50万 则 推送 负责人的主管", "当 客户 超过 10天 没有 拜访 则 推送 负责人",
		"当 登记 拜访 且 客户.级别 = KA 且 客户.商机数 ≥ 0 则 推送 负责人", "当 商机 进入 方案提交 超过 3天 且 客户.级别 属于 (KA、A) 则 推送 负责人",
	} {
		rule, err := desk.Book.Understand(b.org, "试", text)
		if err != nil {
			return err
		}
		began := time.Now()
		var out scheduler.Replay
		err = b.db.View(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
			out, err = r.DryRun(ctx, tx, b.org, now, rule, now.AddDate(0, 0, -30), time.Now())
			return err
		})
		if err != nil {
			return err
		}
		fmt.Printf("rules  dry run over %d events  %6.2f s  %d times, partly %v  %s\n", trialEvents, time.Since(began).Seconds(), out.Count, out.Partly, text)
	}
	return nil
}

type ruleBench struct {
	db      *store.DB
	org     *sales.Org
	records int
	count   int
}

func benchOrg() *sales.Org {
	var people []sales.Person
	var ids []sales.Identity
	for i := range 200 {
		p := sales.Person{ID: sales.PersonID(i + 1), Name: fmt.Sprintf("销售%03d", i+1), Roles: sales.List[sales.Role]{sales.RoleRep}, TeamID: 1, Active: true}
		switch i {
		case 0:
			p.Roles = sales.List[sales.Role]{sales.RoleDirector}
		case 1:
			p.Roles = sales.List[sales.Role]{sales.RoleLegalHead}
		}
		people = append(people, p)
		ids = append(ids, sales.Identity{Platform: "wecom", UserID: fmt.Sprint("u", i+1), PersonID: p.ID})
	}
	return sales.NewOrg(1, people, []sales.Team{{ID: 1, Name: "一组", LeadID: 1}}, ids)
}

// do does a unit of work.
func (b *ruleBench) do(ctx context.Context, fn func(tx *store.Tx)) error {
	_, err := b.db.Do(ctx, store.Work{Fn: func(_ context.Context, tx *store.Tx) error { fn(tx); return nil }})
	return err
}

// makeRecords makes customers, each with a contract and a deal.
func (b *ruleBench) makeRecords(ctx context.Context) error {
	const chunk = 500
	at := sales.At(time.Now())
	for from := 0; from < b.records; from += chunk {
		err := b.do(ctx, func(tx *store.Tx) {
			for i := from; i < min(from+chunk, b.records); i++ {
				id, owner := sales.ID(1_000_000+i), sales.PersonID(3+i%190)
				tx.CreateCustomer(sales.Customer{
					ID: id, Name: fmt.Sprintf("客户%06d", i), NameKey: fmt.Sprint(i), Class: []string{"KA", "A", "B", "C"}[i%4], OwnerID: owner, CreatedAt: at, Version: 1,
				})
				tx.CreateOpportunity(sales.Opportunity{
					ID: id + 10_000_000, CustomerID: id, OwnerID: owner, Amount: sales.Money(i%300) * sales.Wan, Stage: sales.StageNeed, Peak: sales.StageNeed,
					State: sales.OpportunityOpen, CreatedAt: at, Version: 1,
				}, sales.DayOf(at.Time))
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// makeRules writes two hundred rules of the kinds a company has.
func (b *ruleBench) makeRules(ctx context.Context) error {
	var texts []string
	for i := range 50 {
		texts = append(texts,
			fmt.Sprintf("当 登记 拜访 且 金额 > %d万 则 推送 负责人的主管", 50+10*i),
			fmt.Sprintf("当 商机 进入 %s 超过 %d天 则 推送 负责人", []string{"方案提交", "价格谈判", "合同签署", "赢单", "输单"}[i%5], 2+i),
			fmt.Sprintf("当 登记 投诉 且 客户.级别 = \"%s\" 且 %d小时内 没有 拜访 则 推送 销售总监", []string{"KA", "A", "B", "C"}[i%4], 4+i),
			fmt.Sprintf("当 合同 进入 待审批 超过 %d小时 且 金额 > %d万 则 推送 法务主管", 24+i, i))
	}
	b.count = len(texts)
	return b.do(ctx, func(tx *store.Tx) {
		for i, text := range texts {
			r := sales.Rule{ID: tx.NewID(), Name: fmt.Sprint("规则", i), Source: sales.RuleChat, State: sales.RuleOn, N: 1, UpdatedAt: sales.At(time.Now()), Version: 1}
			tx.CreateRule(r)
			tx.AddRuleVersion(sales.RuleVersion{RuleID: r.ID, N: 1, Text: text, At: r.UpdatedAt})
		}
	})
}

// happen files visits, moves deals and finishes to-dos: mostly what no rule fires for, as in life.
func (b *ruleBench) happen(ctx context.Context, round int) error {
	const chunk = 500
	at := sales.At(time.Now())
	for from := 0; from < ruleEvents; from += chunk {
		err := b.do(ctx, func(tx *store.Tx) {
			for i := from; i < from+chunk; i++ {
				n := (round*ruleEvents + i) % b.records
				customer, person := sales.ID(1_000_000+n), sales.PersonID(3+n%190)
				switch {
				case i%20 < 12:
					amount := sales.Money(i%100) * sales.Wan / 2
					if i%200 == 7 { // what the first rule fires for
						amount = 55 * sales.Wan
					}
					v := sales.Visit{
						ID: tx.NewID(), PersonID: person, CustomerID: customer, Day: sales.DayOf(at.Time), FiledAt: at, Amount: amount,
						State: sales.VisitFiled, Version: 1,
					}
					tx.CreateVisit(v)
					tx.Emit(sales.DomainEvent{Kind: "visit.filed", SubjectKind: "visit", SubjectID: v.ID, PersonID: person, Data: "{}"})
				case i%20 < 17:
					tx.CreateTodo(sales.Todo{
						ID: tx.NewID(), OwnerID: person, CustomerID: customer, Text: "寄样", State: sales.TodoOpen, CreatedAt: at, Version: 1,
					})
				case i%20 < 19:
					stage := []sales.Stage{sales.StageProposal, sales.StageNegotiation}[i%2]
					tx.Emit(sales.DomainEvent{
						Kind: "opportunity.moved", SubjectKind: "opportunity", SubjectID: customer + 10_000_000, PersonID: person,
						Data: fmt.Sprintf(`{"old":{"stage":"need"},"new":{"stage":"%s"}}`, stage),
					})
				default:
					tx.Emit(sales.DomainEvent{Kind: "customer.scanned", SubjectKind: "customer", SubjectID: customer, PersonID: person, Data: "{}"})
				}
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *ruleBench) incidents(ctx context.Context) (n int) {
	_ = b.db.View(ctx, func(ctx context.Context, tx *store.Tx) error { // a figure for the reader only
		fired, err := tx.RuleFired(ctx, sales.DayOf(time.Now()).AddDays(-1))
		for _, d := range fired {
			n += d.Fired
		}
		return err
	})
	return n
}

// feed is the feed as the program has it, on this store alone.
func (b *ruleBench) feed() (*scheduler.Feed[*store.Tx], error) {
	cal, err := sales.NewCalendar(sales.CalendarOptions{})
	if err != nil {
		return nil, err
	}
	desk := b.desk(cal)
	return &scheduler.Feed[*store.Tx]{
		Store: benchFeed{b}, Rules: &scheduler.Rules{Desk: desk, Contracts: scheduler.Escalation{Calendar: cal}},
		Clock: scheduler.WallClock{Time: time.Now}, Poster: bot.Poster{}, Committed: func(bot.Done) {},
	}, nil
}

func (b *ruleBench) desk(cal *sales.Calendar) *incident.Desk {
	return &incident.Desk{Calendar: cal, Book: &incident.Book{
		Source: benchRules{b.db}, Registry: subject.New(subject.All()),
		Names: func(org *sales.Org) (rules.Names, error) { return rules.Company{}.Names(org, nil), nil },
	}}
}

// benchRules is the store as the book of rules reads it.
type benchRules struct{ db *store.DB }

func (s benchRules) RuleRevision(ctx context.Context) (int64, error) {
	r, err := s.db.Revisions(ctx)
	return r.Rules, err
}

func (s benchRules) ActiveRules(ctx context.Context) ([]sales.ActiveRule, int64, error) {
	return s.db.ActiveRules(ctx)
}

// benchFeed is the store as the feed needs it.
type benchFeed struct{ b *ruleBench }

func (s benchFeed) Do(ctx context.Context, w bot.Work[*store.Tx]) (bot.Done, error) {
	r, err := s.b.db.Do(ctx, store.Work{Fn: w.Do})
	return bot.Done{Deliveries: r.Deliveries, Dues: r.Dues}, err
}

func (s benchFeed) Org(context.Context) (*sales.Org, error) { return s.b.org, nil }

func (s benchFeed) EventsQueued(ctx context.Context) (bool, error) { return s.b.db.EventsQueued(ctx) }

func (s benchFeed) RulesBehind(ctx context.Context) (bool, error) {
	r, err := s.b.db.Revisions(ctx)
	return r.Rules > r.RulesDone, err
}

func (s benchFeed) Lease(ctx context.Context, name string, ttl time.Duration) (bool, error) {
	return s.b.db.Lease(ctx, name, s.b.db.Holder(), ttl)
}

func (s benchFeed) ReleaseLease(ctx context.Context, name string) error {
	return s.b.db.ReleaseLease(ctx, name, s.b.db.Holder())
}
