package fault

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"salesflow/bot/sim"
	"salesflow/cmd/faults/bed"
)

// Day is a day of work, run through fast: people talk by the hour's habit, ask for reminders, promise, submit contracts
// that nobody approves, and get the daily rhythm.
type Day struct {
	// Start is when it begins, For how long it goes on, Speed how many times as fast as real time.
	Start time.Time
	For   time.Duration
	Speed float64
	// Seed makes the plan.
	Seed uint64
	// Store is Embedded or Servers.
	Store string
}

// DayResult is what became of a day.
type DayResult struct {
	*Result
	// Contracts were submitted; each line says what was to be seen on phones, and what was.
	Contracts int
	Pushes    []Expectation
	// Samples are what each replica held, in the order of time.
	Samples []Sample
}

// Expectation is what was to be seen, and what was.
type Expectation struct {
	What       string
	Want, Seen int
}

// Sample is what a replica held at a time of the day.
type Sample struct {
	At  time.Time
	Bot string
	bed.Usage
}

// The hours of the plan: how busy each is, beside the busiest. Nobody files in quiet hours, and no reminder falls into
// them.
var habit = [24]float64{8: 0.3, 9: 1, 10: 1, 11: 0.8, 12: 0.2, 13: 0.6, 14: 1, 15: 1, 16: 1, 17: 0.9, 18: 0.3}

const (
	sampleEvery = 6 * time.Hour
	// escalateAfter and again are shorter than production's, so that a day sees both.
	escalateAfter = 3 * time.Hour
	escalateNext  = 2 * time.Hour
	clerks        = 4
	// slack is how long before the end something must be due to be expected, in the day's time.
	slack = 10 * time.Minute
)

const dayConfig = `rules:
  approval: {contract: [legal, director], remind_after: [1h]}
  contract_escalation: {after: 3h, notify: [legal_head], next_after: 2h, next_notify: [director]}
`

// contract is one that was submitted and left to wait.
type contract struct {
	customer string
	at       time.Time
}

// day is one under way.
type day struct {
	*Run
	plan      Day
	end       time.Time
	contracts []contract
	out       *DayResult
}

// Run runs the day. An error means that it could not be run; differences are in the result.
func (d Day) Run(ctx context.Context, s *Setup) (*DayResult, error) {
	out := &DayResult{}
	c := &Case{
		Name: "soak", Stores: []string{d.Store},
		Build: func(o *bed.Options) { o.Start, o.Speed, o.Config = d.Start, d.Speed, dayConfig },
		Do: func(ctx context.Context, r *Run) error {
			return (&day{Run: r, plan: d, end: d.Start.Add(d.For), out: out}).run(ctx)
		},
	}
	var err error
	if out.Result, err = c.Try(ctx, s, d.Store); err != nil {
		return nil, err
	}
	for _, e := range out.Pushes {
		if e.Want != e.Seen {
			out.problem("%s: %d, not %d", e.What, e.Seen, e.Want)
		}
	}
	out.judgeGrowth()
	return out, nil
}

func (d *day) run(ctx context.Context) error {
	rnd := rand.New(rand.NewPCG(d.plan.Seed, 1)) //nolint:gosec // a plan that can be repeated
	d.load.tapping = false                       // 撤销 is for ten minutes, which are ten seconds here
	d.load.due = func(now time.Time) time.Time {
		return now.Add(10*time.Minute + rand.N(40*time.Minute)).Truncate(time.Minute).Add(time.Minute)
	}
	d.load.resting = map[*speaker]bool{}
	staff := d.load.speakers[len(d.load.speakers)-clerks:]
	for _, s := range staff {
		d.load.resting[s] = true
	}
	if err := d.sample(ctx); err != nil {
		return err
	}
	nextSample, nextContract, filed := d.plan.Start.Add(sampleEvery), d.plan.Start, 0
	for {
		gap := time.Duration(rnd.ExpFloat64() * float64(time.Second) / d.rate)
		if err := d.Wait(ctx, gap); err != nil {
			return err
		}
		now := d.Clock.Now()
		if !now.Before(d.end) {
			break
		}
		if !now.Before(nextSample) {
			if err := d.sample(ctx); err != nil {
				return err
			}
			nextSample = nextSample.Add(sampleEvery)
		}
		busy := habit[now.In(shanghai).Hour()]
		if busy >= 0.8 && !now.Before(nextContract) && filed < clerks*len(staff[0].Customers) {
			s := staff[filed%clerks]
			d.submit(ctx, s, s.Customers[filed/clerks])
			filed++
			nextContract = now.Add(20 * time.Minute)
		}
		if rnd.Float64() >= busy {
			continue
		}
		if m, n := d.load.turn(); m != nil {
			d.talk.Go(func() { d.load.say(ctx, m, n) })
		}
	}
	d.talk.Wait()
	if err := d.rest(ctx); err != nil {
		return err
	}
	d.expect()
	return d.sample(ctx)
}

// rest waits until the last reminder has come, and a little longer.
func (d *day) rest(ctx context.Context) error {
	left := max(d.load.ahead(), 0) + slack
	return d.Wait(ctx, time.Duration(float64(left)/d.plan.Speed)+2*time.Second)
}

// submit files a contract through the chat: what it is about, and that it has no attachment.
func (d *day) submit(ctx context.Context, s *speaker, customer string) {
	d.contracts = append(d.contracts, contract{customer, d.Clock.Now()})
	text := "提交合同 " + customer + " 生化分析仪 128万 30%预付 余款验收后60天 交期45天"
	d.talk.Go(func() {
		if err := d.dictate(ctx, s, text, customer); err != nil {
			d.load.mu.Lock()
			d.load.errs = append(d.load.errs, err)
			d.load.mu.Unlock()
		}
	})
}

func (d *day) dictate(ctx context.Context, s *speaker, text, customer string) error {
	p := d.load.simulator(s.Platform)
	if _, err := p.Say(ctx, sim.Say{From: s.ID, Text: text}); err != nil {
		return fmt.Errorf("submit a contract: %w", err)
	}
	for range 200 {
		if d.seen(s.Platform, s.ID, "合同草稿", customer) > 0 {
			_, err := p.Say(ctx, sim.Say{From: s.ID, Text: "无附件"})
			return err
		}
		if err := d.Wait(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
	return errors.New("no draft of the contract with " + customer)
}

// seen is how many messages of the bot on a phone showed all the words at any time.
func (d *day) seen(platform, person string, words ...string) int {
	ids := map[string]bool{}
	msgs, _ := d.load.simulator(platform).Inbox(person, "*", 0)
	for _, m := range msgs {
		text, all := plain(m), m.From == ""
		for _, w := range words {
			all = all && strings.Contains(text, w)
		}
		if all {
			ids[m.ID] = true
		}
	}
	return len(ids)
}

// expect notes what was to be seen on phones by the day's end, and what was.
func (d *day) expect() {
	now := d.Clock.Now()
	var want, seen [3]int
	steps := []struct {
		who, title string
		after      time.Duration
	}{{"legal", "", 0}, {"legal_head", "合同超时未审", escalateAfter}, {"director", "合同超时未审", escalateAfter + escalateNext}}
	for _, c := range d.contracts {
		for i, s := range steps {
			if at := c.at.Add(s.after); at.Add(slack).After(now) || quiet(at) && at.Add(14*time.Hour).After(now) {
				continue
			}
			want[i]++
			if d.seen(sim.WeCom, s.who, s.title, c.customer) > 0 {
				seen[i]++
			}
		}
	}
	d.out.Contracts = len(d.contracts)
	for i, what := range []string{"contracts at the approver", "contracts escalated", "contracts escalated again"} {
		d.out.Pushes = append(d.out.Pushes, Expectation{what, want[i], seen[i]})
	}
	prompts := Expectation{What: "reports prompted at 17:00"}
	for at := promptOf(d.plan.Start); at.Add(slack).Before(now); at = at.Add(24 * time.Hour) {
		prompts.Want += len(d.load.speakers)
	}
	for _, s := range d.load.speakers {
		prompts.Seen += d.seen(s.Platform, s.ID, "日报")
	}
	d.out.Pushes = append(d.out.Pushes, prompts)
}

// promptOf is the first moment from t on at which reports are prompted. A day's run is short of a weekend.
func promptOf(t time.Time) time.Time {
	y, m, d := t.In(shanghai).Date()
	at := time.Date(y, m, d, 17, 0, 0, 0, shanghai)
	if at.Before(t) {
		at = at.Add(24 * time.Hour)
	}
	return at
}

// quiet reports whether pushes are held back at t.
func quiet(t time.Time) bool {
	t = t.In(shanghai)
	m := t.Hour()*60 + t.Minute()
	return m >= 20*60 || m < 8*60+30
}

func (d *day) sample(ctx context.Context) error {
	for _, b := range d.Bots {
		u, err := b.Usage(ctx)
		if err != nil {
			return err
		}
		d.out.Samples = append(d.out.Samples, Sample{At: d.Clock.Now(), Bot: b.Name, Usage: u})
	}
	return nil
}

// judgeGrowth compares what each replica held in the end with what it held at the start.
func (r *DayResult) judgeGrowth() {
	first := map[string]Sample{}
	last := map[string]Sample{}
	for _, s := range r.Samples {
		if _, ok := first[s.Bot]; !ok {
			first[s.Bot] = s
		}
		last[s.Bot] = s
	}
	for name, a := range first {
		b := last[name]
		if b.Goroutines > 2*a.Goroutines+20 {
			r.problem("%s: %d goroutines became %d", name, a.Goroutines, b.Goroutines)
		}
		if b.Files > a.Files+40 {
			r.problem("%s: %d open files became %d", name, a.Files, b.Files)
		}
		if b.Heap > 2*a.Heap+64 {
			r.problem("%s: %.0f MiB of heap became %.0f", name, a.Heap, b.Heap)
		}
	}
}
