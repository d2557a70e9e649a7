package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/store/sales"
)

// clock is a clock that the test moves.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: morning} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// row is a delivery in the outbox of memory.
type row struct {
	bot.Delivery
	state  string
	reason string
	wake   time.Time
	last   bot.Outcome
}

// memory is a store in memory with the promises of the real one: a unit of work happens whole or not at all, an event
// once, a delivery key once. It can be away.
type memory struct {
	clock *clock
	org   *sales.Org

	mu        sync.Mutex
	away      error // of everything, while set
	hang      bool  // Do does not answer before its caller gives up, and does the work after that
	hung      chan struct{}
	inbox     map[string]string // "done" or "pending"
	pending   []bot.Event
	cards     map[sales.ID]bot.LiveCard
	dialogues map[sales.PersonID]sales.Dialogue
	keys      map[string]bool
	outbox    []*row
	wrote     []string
	tasks     map[sales.ID]string
	ids       sales.ID
	lease     time.Duration
	changed   chan struct{}
}

var errAway = &sales.Error{Kind: sales.Unavailable, Msg: "数据库不在"}

func newMemory() *memory {
	return &memory{
		clock: newClock(), org: company(), inbox: map[string]string{}, cards: map[sales.ID]bot.LiveCard{},
		dialogues: map[sales.PersonID]sales.Dialogue{}, keys: map[string]bool{}, tasks: map[sales.ID]string{},
		lease: time.Minute, changed: make(chan struct{}), hung: make(chan struct{}, 16),
	}
}

// company is 周敏 on WeCom, 李强 on DingTalk, 王芳 on both and 郑凯 on none.
func company() *sales.Org {
	at := sales.At(morning)
	return sales.NewOrg(1, []sales.Person{
		{ID: 1, Code: "zhoumin", Name: "周敏", Active: true},
		{ID: 2, Code: "liqiang", Name: "李强", Active: true},
		{ID: 3, Code: "wangfang", Name: "王芳", Active: true},
		{ID: 4, Code: "zhengkai", Name: "郑凯", Active: true},
		{ID: 5, Code: "chengang", Name: "陈刚", Active: true},
	}, nil, []sales.Identity{
		{Platform: "wecom", UserID: "zhoumin", PersonID: 1, LinkedAt: at},
		{Platform: "dingtalk", UserID: "liqiang", PersonID: 2, LinkedAt: at},
		{Platform: "wecom", UserID: "wangfang", PersonID: 3, LinkedAt: at},
		{Platform: "dingtalk", UserID: "wangfang.d", PersonID: 3, LinkedAt: sales.At(morning.Add(time.Hour))},
		{Platform: "wecom", UserID: "chengang", PersonID: 5, LinkedAt: at},
	})
}

// signal wakes those who wait for a change. m.mu is held.
func (m *memory) signal() {
	close(m.changed)
	m.changed = make(chan struct{})
}

// eventually waits until the store is as it should be.
func (m *memory) eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	patience := time.NewTimer(time.Minute)
	defer patience.Stop()
	for {
		m.mu.Lock()
		fine, changed := ok(), m.changed
		m.mu.Unlock()
		if fine {
			return
		}
		select {
		case <-changed:
		case <-patience.C:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// leave makes the store go away; nil brings it back.
func (m *memory) leave(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.away = err
	m.signal()
}

func (m *memory) Do(ctx context.Context, w bot.Work[*unit]) (bot.Done, error) {
	m.mu.Lock()
	hang := m.hang
	m.mu.Unlock()
	if hang {
		<-ctx.Done()
		go func() { // the transaction goes on without its caller
			_, _ = m.do(context.WithoutCancel(ctx), w)
			m.hung <- struct{}{}
		}()
		return bot.Done{}, errors.New("outcome of the transaction is unknown")
	}
	return m.do(ctx, w)
}

func (m *memory) do(ctx context.Context, w bot.Work[*unit]) (bot.Done, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away != nil {
		return bot.Done{}, m.away
	}
	key := string(w.Event.Platform) + ":" + w.Event.ID
	if w.Event.ID != "" && m.inbox[key] == "done" {
		return bot.Done{Duplicate: true}, nil
	}
	u := &unit{m: m, person: w.Person, cards: map[sales.ID]bot.LiveCard{}}
	if err := w.Do(context.WithValue(ctx, inUnit{}, true), u); err != nil {
		return bot.Done{}, err
	}
	if w.Event.ID != "" {
		m.inbox[key] = "done"
		m.pending = slices.DeleteFunc(m.pending, func(ev bot.Event) bool { return ev.ID == w.Event.ID })
	}
	done := bot.Done{Deliveries: u.commit()}
	m.signal()
	return done, nil
}

func (m *memory) KeepPending(_ context.Context, ev bot.Event, _ time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away != nil {
		return m.away
	}
	key := string(ev.Platform) + ":" + ev.ID
	if m.inbox[key] == "" {
		m.inbox[key] = "pending"
		m.pending = append(m.pending, ev)
	}
	return nil
}

// inUnit marks the context of a unit of work, which holds m.mu.
type inUnit struct{}

func (m *memory) RecentOrg(ctx context.Context) (*sales.Org, error) { return m.Org(ctx) }

func (m *memory) Org(ctx context.Context) (*sales.Org, error) {
	if ctx.Value(inUnit{}) == nil {
		m.mu.Lock()
		defer m.mu.Unlock()
	}
	return m.org, m.away
}

func (m *memory) LiveCard(_ context.Context, id sales.ID) (bot.LiveCard, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.cards[id]
	if !ok {
		return c, sales.Errorf(sales.NotFound, "没有")
	}
	return c, m.away
}

func (m *memory) ClaimDeliveries(_ context.Context, now time.Time, limit int) (out []bot.Delivery, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away != nil {
		return nil, m.away
	}
	for _, r := range m.outbox {
		if r.wake.IsZero() || r.wake.After(now) || len(out) == limit {
			continue
		}
		if r.state == bot.DeliverySending {
			r.Retry = true
			r.Attempts++
		}
		r.state, r.wake = bot.DeliverySending, now.Add(m.lease)
		out = append(out, r.Delivery)
	}
	return out, nil
}

func (m *memory) FinishDeliveries(_ context.Context, done []bot.Outcome) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away != nil {
		return m.away
	}
	for _, o := range done {
		for _, r := range m.outbox {
			if r.ID != o.ID {
				continue
			}
			r.state, r.reason, r.wake, r.Attempts, r.last = o.State, o.Reason, o.NextAt, o.Attempts, o
			r.Retry = r.Retry || o.Reason == string(bot.Unsure)
		}
		if c, ok := m.cards[o.CardID]; ok && o.State == bot.DeliverySent {
			c.Receipt = o.Receipt
			m.cards[c.ID] = c
		}
	}
	m.signal()
	return nil
}

func (m *memory) SpendTapCode(_ context.Context, card sales.ID, code string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c := m.cards[card]; c.TapCode == code {
		c.TapCode = ""
		m.cards[card] = c
	}
	return m.away
}

func (m *memory) SetTask(_ context.Context, todo sales.ID, task string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tasks[todo] = task
	return m.away
}

func (m *memory) CurrentTask(_ context.Context, todo sales.ID) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.tasks[todo], m.away
}

// states are the outbox's rows as "recipient kind state".
func (m *memory) states() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []string
	for _, r := range m.outbox {
		out = append(out, strings.Join([]string{r.Recipient, r.Kind, r.state}, " "))
	}
	return out
}

// queued is the last row of the outbox.
func (m *memory) queued(t *testing.T) row {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.outbox) == 0 {
		t.Fatal("nothing is queued")
	}
	return *m.outbox[len(m.outbox)-1]
}

// seed puts a card there that was sent to somebody.
func (m *memory) seed(c bot.LiveCard) bot.LiveCard {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ids++
	c.ID, c.State, c.Version = m.ids, bot.CardLive, max(c.Version, 1)
	c.Face.Key = c.Key
	c.Receipt.Ref = bot.CardRef(c.ID, 0)
	m.cards[c.ID] = c
	return c
}

// unit is one transaction.
type unit struct {
	m         *memory
	person    sales.PersonID
	cards     map[sales.ID]bot.LiveCard
	codes     []func()
	dialogue  *sales.Dialogue
	wrote     []string
	delivered []*row
}

// write is what a handler does to a record.
func (u *unit) write(what string) { u.wrote = append(u.wrote, what) }

func (u *unit) NewID() sales.ID { u.m.ids++; return u.m.ids }

func (u *unit) LiveCards(_ context.Context, key string) (out []bot.LiveCard, _ error) {
	all := map[sales.ID]bot.LiveCard{}
	for id, c := range u.m.cards {
		all[id] = c
	}
	for id, c := range u.cards {
		all[id] = c
	}
	for _, c := range all {
		if c.Key == key && c.State == bot.CardLive {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b bot.LiveCard) int { return int(a.ID - b.ID) })
	return out, nil
}

func (u *unit) CardByID(_ context.Context, id sales.ID) (bot.LiveCard, error) {
	if c, ok := u.m.cards[id]; ok {
		return c, nil
	}
	return bot.LiveCard{}, sales.Errorf(sales.NotFound, "没有这张卡片")
}

func (u *unit) DialogueOf(_ context.Context, p sales.PersonID) (sales.Dialogue, error) {
	d, ok := u.m.dialogues[p]
	if !ok {
		return d, sales.Errorf(sales.NotFound, "没有")
	}
	return d, nil
}

func (u *unit) PutCard(c bot.LiveCard) { u.cards[c.ID] = c }

func (u *unit) KeepTapCode(card sales.ID, code string, until time.Time) {
	u.codes = append(u.codes, func() {
		c := u.m.cards[card]
		c.TapCode, c.TapUntil = code, until
		u.m.cards[card] = c
	})
}

func (u *unit) AddDelivery(d bot.Delivery, notBefore time.Time) {
	d.QueuedAt = u.m.clock.Now()
	r := &row{Delivery: d, state: bot.DeliverySending, wake: d.QueuedAt.Add(u.m.lease)}
	if notBefore.After(d.QueuedAt) {
		r.state, r.wake = bot.DeliveryQueued, notBefore
	}
	u.delivered = append(u.delivered, r)
}

func (u *unit) Dialogue() sales.Dialogue      { return u.m.dialogues[u.person] }
func (u *unit) SaveDialogue(d sales.Dialogue) { u.dialogue = &d }
func (u *unit) key(r *row) string             { return fmt.Sprint(r.Subject, r.Kind, r.Slot, r.Recipient) }

func (u *unit) known(key string) (already bool) {
	already, u.m.keys[key] = u.m.keys[key], true
	return already
}

func (u *unit) commit() (claimed []bot.Delivery) {
	m := u.m
	m.wrote = append(m.wrote, u.wrote...)
	for id, c := range u.cards {
		m.cards[id] = c
	}
	for _, keep := range u.codes {
		keep()
	}
	if u.dialogue != nil {
		m.dialogues[u.dialogue.PersonID] = *u.dialogue
	}
	for _, r := range u.delivered {
		if u.known(u.key(r)) {
			continue
		}
		m.outbox = append(m.outbox, r)
		if r.state == bot.DeliverySending {
			claimed = append(claimed, r.Delivery)
		}
	}
	return claimed
}

// phones is a platform: it keeps what was sent and fails as told.
type phones struct {
	mu   sync.Mutex
	sent []bot.Delivery
	kept []bot.Receipt // the receipt each update came with
	// recalled are the references of what was taken back.
	recalled []string
	// fail answers an attempt; nil is success.
	fail func(d bot.Delivery) error
	// enter, when set, is called as a send begins, outside the lock.
	enter func(d bot.Delivery)
}

func (p *phones) Send(_ context.Context, d bot.Delivery) (bot.Receipt, error) {
	return p.take(d, bot.Receipt{Ref: d.CardRef(), Message: "m" + d.ID.String()}, bot.Receipt{})
}

func (p *phones) take(d bot.Delivery, r, old bot.Receipt) (bot.Receipt, error) {
	if p.enter != nil {
		p.enter(d)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fail != nil {
		if err := p.fail(d); err != nil {
			return bot.Receipt{}, err
		}
	}
	p.sent = append(p.sent, d)
	p.kept = append(p.kept, old)
	return r, nil
}

// texts are what was said, in order, as "recipient: text".
func (p *phones) texts() (out []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, d := range p.sent {
		s := d.Out.Text
		if d.Out.Card != nil {
			s = d.Kind + " " + d.Out.Card.Heading()
		}
		if d.Out.Todo != nil {
			s = "todo " + d.Out.Todo.Text
		}
		out = append(out, d.Recipient+": "+s)
	}
	return out
}

// smart is a platform whose cards change and that has to-dos.
type smart struct{ *phones }

func (p smart) Update(_ context.Context, d bot.Delivery, r bot.Receipt) (bot.Receipt, error) {
	return p.take(d, r, r)
}

func (p smart) Recall(_ context.Context, r bot.Receipt) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.recalled = append(p.recalled, r.Ref)
	return errors.New("more than a day ago") // nobody may depend on it
}

func (p smart) PutTodo(_ context.Context, d bot.Delivery) (bot.Receipt, error) {
	return p.take(d, bot.Receipt{Ref: "task" + d.Out.Todo.TodoID.String()}, bot.Receipt{})
}

func face(key, title string, buttons ...string) cards.Card {
	c := cards.Card{Key: key, Title: title}
	for _, b := range buttons {
		c.Buttons = append(c.Buttons, cards.Button{Text: b, Action: cards.Action{Verb: "visit.undo", Record: 1}})
	}
	return c
}
