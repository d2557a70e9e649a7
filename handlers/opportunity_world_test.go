package handlers

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards"
	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

// The people of the tests: two reps and their lead, a rep of another team, the director over all.
const (
	zhoumin  sales.PersonID = 101
	liqiang  sales.PersonID = 102
	wangfang sales.PersonID = 103
	qianliu  sales.PersonID = 104
	chengang sales.PersonID = 105

	east1 sales.ID = 11
	east2 sales.ID = 12

	shaoxing  sales.ID = 1001 // 周敏's
	ningbo    sales.ID = 1002 // 李强's
	analyser  sales.ID = 2001
	bloodTest sales.ID = 2002
)

// desk is the handlers over a real embedded store, without platforms.
type desk struct {
	t      *testing.T
	db     *store.DB
	clock  *storetest.Clock
	router *bot.Router[Tx]
	org    *sales.Org
	book   *Book
	events int
	// pictures counts what was drawn, hashes what of it was different.
	pictures int
	hashes   map[[32]byte]bool
}

type oneBook struct{ book *Book }

func (b oneBook) Book(context.Context) (*Book, error) { return b.book, nil }

// KeepPicture implements PictureStore; only real PNG files are taken.
func (d *desk) KeepPicture(_ context.Context, id sales.ID, png []byte) (sales.File, error) {
	if !strings.HasPrefix(string(png), "\x89PNG") {
		return sales.File{}, errors.New("not a PNG")
	}
	d.pictures++
	d.hashes[sha256.Sum256(png)] = true
	return sales.File{ID: id, Name: "chart.png", MIME: "image/png", Size: int64(len(png)), State: sales.FileKept, Version: 1}, nil
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	w := storetest.SQLite(t)
	cal, err := sales.NewCalendar(sales.CalendarOptions{})
	if err != nil {
		t.Fatal(err)
	}
	person := func(id sales.PersonID, name string, team sales.ID, roles ...sales.Role) sales.Person {
		return sales.Person{ID: id, Name: name, TeamID: team, Roles: roles, Active: true}
	}
	d := &desk{t: t, db: w.Open(), clock: w.Clock, router: &bot.Router[Tx]{}, hashes: map[[32]byte]bool{}, org: sales.NewOrg(1, []sales.Person{
		person(zhoumin, "周敏", east1, sales.RoleRep), person(liqiang, "李强", east1, sales.RoleRep),
		person(wangfang, "王芳", east1, sales.RoleLead), person(qianliu, "钱六", east2, sales.RoleRep),
		person(chengang, "陈刚", 10, sales.RoleDirector),
	}, []sales.Team{
		{ID: 10, Name: "销售管理部", Region: "总部", LeadID: chengang},
		{ID: east1, Name: "华东一组", Region: "华东", ParentID: 10, LeadID: wangfang},
		{ID: east2, Name: "华东二组", Region: "华东", ParentID: 10},
	}, nil)}
	d.book = testBook()
	app := &App{
		Names: oneBook{d.book}, Calendar: cal, Pictures: d,
		Settings: Settings{
			UndoFor: 10 * time.Minute, DraftFor: 24 * time.Hour, DueHour: 18, RemindBefore: 24 * time.Hour,
			PromptHour: 17, CaptureHour: 18, MorningHour: 8, MorningMinute: 45,
		},
	}
	app.Register(d.router)
	return d
}

func testBook() *Book {
	b := &Book{
		Customers: RecordsOf(map[sales.ID]sales.Customer{
			shaoxing: {ID: shaoxing, Name: "绍兴市立医院", Aliases: sales.List[string]{"绍兴市立"}, OwnerID: zhoumin, TeamID: east1},
			ningbo:   {ID: ningbo, Name: "宁波市立医院", Aliases: sales.List[string]{"宁波市立"}, OwnerID: liqiang, TeamID: east1},
		}),
		Products: map[sales.ID]sales.Product{
			analyser:  {ID: analyser, Name: "全自动生化分析仪", Aliases: sales.List[string]{"生化分析仪"}, Line: "体外诊断"},
			bloodTest: {ID: bloodTest, Name: "血球分析仪", Line: "血液检测"},
		},
	}
	b.index()
	return b
}

// index makes the parser know what the book holds.
func (b *Book) index() {
	m := parse.Master{}
	for _, c := range b.Customers.All() {
		m.Customers = append(m.Customers, parse.Customer{
			ID: parse.ID(c.ID), Name: c.Name, Aliases: c.Aliases, City: sales.ParseName(c.Name).Place, Owners: []parse.ID{parse.ID(c.OwnerID)},
		})
	}
	for _, c := range b.Contacts.All() {
		m.Contacts = append(m.Contacts, parse.Contact{ID: parse.ID(c.ID), Customer: parse.ID(c.CustomerID), Name: c.Name, Title: c.Title})
	}
	for _, p := range b.Products {
		m.Products = append(m.Products, parse.Product{ID: parse.ID(p.ID), Name: p.Name, Aliases: p.Aliases})
	}
	b.Parser = parse.Parser{Index: parse.NewIndex(m), Calendar: parse.Weekdays{}}
}

// turn runs one event through the router, as the bot does: a refusal becomes what is said.
func (d *desk) turn(person sales.PersonID, ev bot.Event, card *bot.LiveCard) bot.Reply {
	d.t.Helper()
	d.events++
	ev.ID, ev.Platform, ev.From, ev.At = fmt.Sprintf("e%d", d.events), "wecom", bot.UserID(person.String()), d.clock.Now()
	ev.Chat.Platform = ev.Platform
	var reply bot.Reply
	_, err := d.db.Do(context.Background(), store.Work{Platform: ev.Platform, EventID: ev.ID, Event: ev, Person: person, Fn: func(ctx context.Context, tx *store.Tx) error {
		p, _ := d.org.Person(person)
		now := d.clock.Now()
		var err error
		reply, err = d.router.Dispatch(ctx, bot.Turn{
			Event: ev, Now: now, Today: sales.DayOf(now), Person: p, Org: d.org, Dialogue: tx.Dialogue(), Card: card,
		}, tx)
		if known := (*sales.Error)(nil); errors.As(err, &known) {
			reply, err = bot.Text(known.Msg), nil
		}
		if err == nil && reply.Dialogue != nil {
			tx.SaveDialogue(*reply.Dialogue)
		}
		return err
	}})
	if err != nil {
		d.t.Fatalf("%s: %v", ev.Text, err)
	}
	return reply
}

func (d *desk) say(person sales.PersonID, text string) bot.Reply {
	d.t.Helper()
	return d.turn(person, bot.Event{Kind: bot.Said, Text: text}, nil)
}

func (d *desk) sayIn(person sales.PersonID, group, text string) bot.Reply {
	d.t.Helper()
	return d.turn(person, bot.Event{Kind: bot.Said, Text: text, Chat: bot.Chat{ID: bot.ChatID(group), Group: true}}, nil)
}

// tap presses a button of a card by its text.
func (d *desk) tap(person sales.PersonID, c cards.Card, button string) bot.Reply {
	d.t.Helper()
	for _, b := range c.Buttons {
		if b.Text == button {
			return d.turn(person, bot.Event{Kind: bot.Tapped, Tap: &bot.Tap{Action: b.Action.Encode()}}, &bot.LiveCard{Key: c.Key, Face: c})
		}
	}
	d.t.Fatalf("%s has no button %q, only %s", c.Heading(), button, buttons(c))
	return bot.Reply{}
}

func (d *desk) do(fn func(ctx context.Context, tx *store.Tx) error) {
	d.t.Helper()
	storetest.Do(d.t, d.db, fn)
}

// put makes an opportunity some days old; the first stage was reached then.
func (d *desk) put(owner sales.PersonID, customer sales.ID, line string, amount sales.Money, stage sales.Stage, daysAgo int) sales.Opportunity {
	d.t.Helper()
	p, _ := d.org.Person(owner)
	at := d.clock.Now().AddDate(0, 0, -daysAgo)
	var o sales.Opportunity
	d.do(func(_ context.Context, tx *store.Tx) error {
		o = sales.Opportunity{
			ID: tx.NewID(), CustomerID: customer, OwnerID: owner, TeamID: p.TeamID, Line: line, Amount: amount, Stage: stage, Peak: stage,
			StageSince: sales.At(at), State: sales.OpportunityOpen, CreatedAt: sales.At(at), Version: 1,
		}
		tx.CreateOpportunity(o, sales.DayOf(at))
		return nil
	})
	return o
}

func (d *desk) deal(id sales.ID) sales.Opportunity {
	d.t.Helper()
	var o sales.Opportunity
	d.do(func(ctx context.Context, tx *store.Tx) (err error) {
		o, err = tx.OpportunityByID(ctx, id)
		return err
	})
	return o
}

// deals are the open opportunities of a customer.
func (d *desk) deals(customer sales.ID) []sales.Opportunity {
	d.t.Helper()
	var out []sales.Opportunity
	d.do(func(ctx context.Context, tx *store.Tx) (err error) {
		out, err = tx.OpenOpportunities(ctx, customer)
		return err
	})
	return out
}

func (d *desk) moves(id sales.ID) []sales.StageMove {
	d.t.Helper()
	var out []sales.StageMove
	d.do(func(ctx context.Context, tx *store.Tx) (err error) {
		out, err = tx.MovesByOpportunity(ctx, id)
		return err
	})
	return out
}

// words is everything a reply says to the chat it answers, cards and faces included.
func words(r bot.Reply) string {
	var b strings.Builder
	for _, s := range r.Say {
		if len(s.To) > 0 || s.Kind == bot.DeliverTodo {
			continue
		}
		b.WriteString(s.Out.Text + "\n")
		if c := s.Out.Card; c != nil {
			b.WriteString(cardWords(*c))
		}
		if s.Out.File != nil {
			b.WriteString("[" + s.Out.File.Name + "]\n")
		}
	}
	for _, c := range r.Faces {
		b.WriteString("face " + cardWords(c))
	}
	return b.String()
}

func cardWords(c cards.Card) string {
	s := c.Heading() + "\n"
	for _, f := range c.Fields {
		s += f.Name + " " + f.Value + "\n"
	}
	return s + c.Note + "\n" + buttons(c) + c.Closed + "\n"
}

func buttons(c cards.Card) string {
	s := ""
	for _, b := range c.Buttons {
		s += "[" + b.Text + "]"
	}
	return s
}

// expect fails unless the reply says all of the parts.
func expect(t *testing.T, r bot.Reply, parts ...string) {
	t.Helper()
	said := words(r)
	for _, p := range parts {
		if !strings.Contains(said, p) {
			t.Errorf("missing %q in:\n%s", p, said)
		}
	}
}

// without fails when the reply says one of the parts.
func without(t *testing.T, r bot.Reply, parts ...string) {
	t.Helper()
	said := words(r)
	for _, p := range parts {
		if strings.Contains(said, p) {
			t.Errorf("%q should not be in:\n%s", p, said)
		}
	}
}

// cardOf is the first card a reply says.
func cardOf(t *testing.T, r bot.Reply) cards.Card {
	t.Helper()
	for _, s := range r.Say {
		if s.Out.Card != nil {
			return *s.Out.Card
		}
	}
	t.Fatalf("no card in:\n%s", words(r))
	return cards.Card{}
}

// faceOf is the face a reply gives a card.
func faceOf(t *testing.T, r bot.Reply, key string) cards.Card {
	t.Helper()
	for _, c := range r.Faces {
		if c.Key == key {
			return c
		}
	}
	t.Fatalf("no face for %s in:\n%s", key, words(r))
	return cards.Card{}
}
