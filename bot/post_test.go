package bot_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/store/sales"
)

// post posts a reply in a transaction of its own.
func post(t *testing.T, m *memory, p bot.Poster, from bot.Origin, r bot.Reply) bot.Accepted {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	u := &unit{m: m, cards: map[sales.ID]bot.LiveCard{}}
	acc, err := p.Post(t.Context(), u, m.org, m.clock.Now(), from, r)
	if err != nil {
		t.Fatal(err)
	}
	u.commit()
	return acc
}

func text(to []sales.PersonID, s string) bot.Say {
	return bot.Say{To: to, Subject: "x:1", Out: bot.Outgoing{Text: s}}
}

func recipients(m *memory) (out []string) {
	for _, r := range m.outbox {
		out = append(out, r.Recipient)
	}
	slices.Sort(out)
	return out
}

func TestPeopleOfOnePlatformShareADelivery(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		to   []sales.PersonID
		want []string
	}{
		{"两个企微的人一次发", []sales.PersonID{1, 5}, []string{"wecom:u:chengang,zhoumin"}},
		{"两个平台各一次", []sales.PersonID{1, 2, 5}, []string{"dingtalk:u:liqiang", "wecom:u:chengang,zhoumin"}},
		{"同一个人写两遍", []sales.PersonID{1, 1}, []string{"wecom:u:zhoumin"}},
		{"没有账号的人够不着", []sales.PersonID{4, 1}, []string{"wecom:u:zhoumin"}},
		{"没听说过的人", []sales.PersonID{99}, nil},
		{"两边都有账号,没说过话的用先绑的", []sales.PersonID{3}, []string{"wecom:u:wangfang"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newMemory()
			post(t, m, bot.Poster{}, bot.Origin{}, bot.Reply{Say: []bot.Say{text(tt.to, "好")}})
			wantIDs(t, recipients(m), tt.want...)
		})
	}
}

func TestAPersonIsReachedWhereTheyWrite(t *testing.T) {
	t.Parallel()
	to := bot.Reply{Say: []bot.Say{text([]sales.PersonID{3}, "好")}}
	m := newMemory()
	m.dialogues[3] = sales.Dialogue{PersonID: 3, Platform: "dingtalk"}
	post(t, m, bot.Poster{}, bot.Origin{}, to)
	wantIDs(t, recipients(m), "dingtalk:u:wangfang.d")

	m = newMemory()
	m.dialogues[3] = sales.Dialogue{PersonID: 3, Platform: "dingtalk"}
	ev := said("e1", "x")
	ev.From = "wangfang"
	post(t, m, bot.Poster{}, bot.Origin{Event: ev, Person: 3}, to)
	wantIDs(t, recipients(m), "wecom:u:wangfang")

	m = newMemory()
	m.dialogues[3] = sales.Dialogue{PersonID: 3, Platform: "mail"}
	post(t, m, bot.Poster{}, bot.Origin{}, to)
	wantIDs(t, recipients(m), "wecom:u:wangfang")
}

// What somebody prefers counts for what is pushed to them, not for answers to what they write elsewhere.
func TestAPersonIsReachedWhereTheyPrefer(t *testing.T) {
	t.Parallel()
	to := bot.Reply{Say: []bot.Say{text([]sales.PersonID{3}, "好")}}
	org := company()
	org.SetPushPrefs([]sales.PushPref{{PersonID: 3, Channel: "dingtalk"}})
	send := func(from bot.Origin) []string {
		m := newMemory()
		m.dialogues[3] = sales.Dialogue{PersonID: 3, Platform: "wecom"}
		if _, err := (bot.Poster{}).Post(t.Context(), m, org, at, from, to); err != nil {
			t.Fatal(err)
		}
		return recipients(m)
	}
	wantIDs(t, send(bot.Origin{}), "dingtalk:u:wangfang.d")
	ev := said("e1", "x")
	ev.From = "wangfang"
	wantIDs(t, send(bot.Origin{Event: ev, Person: 3}), "wecom:u:wangfang")
}

func TestAnAnswerGoesWhereTheEventCameFrom(t *testing.T) {
	t.Parallel()
	ev := said("e1", "x")
	ev.Route = bot.Route{Webhook: "w"}
	m := newMemory()
	post(t, m, bot.Poster{}, bot.Origin{Event: ev, Person: 1}, bot.Text("一").And(bot.Text("二")))
	if len(m.outbox) != 2 {
		t.Fatalf("%d queued", len(m.outbox))
	}
	for i, d := range m.outbox {
		if d.Recipient != "wecom:u:zhoumin" || d.Kind != bot.DeliverReply || d.Subject != "event:wecom:e1" || d.Slot != fmt.Sprint(i) || d.Route.Webhook != "w" {
			t.Errorf("delivery %d: %+v", i, d.Delivery)
		}
	}
	group := ev
	group.Chat = bot.Chat{Platform: "wecom", ID: "g1", Group: true, Via: "robot"}
	m = newMemory()
	post(t, m, bot.Poster{}, bot.Origin{Event: group, Person: 1}, bot.Text("一"))
	if d := m.queued(t); d.Recipient != "wecom:g:g1" || len(d.Users) != 0 || d.Chat.Via != "robot" {
		t.Errorf("delivery %+v", d.Delivery)
	}
	elsewhere := bot.Chat{Platform: "dingtalk", ID: "cid", Group: true}
	post(t, m, bot.Poster{}, bot.Origin{Event: ev}, bot.Reply{Say: []bot.Say{{Chat: &elsewhere, Out: bot.Outgoing{Text: "x"}}}})
	if d := m.queued(t); d.Recipient != "dingtalk:g:cid" || d.Route.Webhook != "" {
		t.Errorf("a message to another chat goes by this one's route: %+v", d.Delivery)
	}
}

func TestTheSameThingIsQueuedOnce(t *testing.T) {
	t.Parallel()
	m := newMemory()
	s := text([]sales.PersonID{1}, "样品明天到期")
	s.Slot = "2026-03-16"
	for range 2 {
		post(t, m, bot.Poster{}, bot.Origin{}, bot.Reply{Say: []bot.Say{s}})
	}
	s.Slot = "2026-03-17"
	post(t, m, bot.Poster{}, bot.Origin{}, bot.Reply{Say: []bot.Say{s}})
	if len(m.outbox) != 2 {
		t.Errorf("%d queued, want one for each slot", len(m.outbox))
	}
}

func TestQuietHours(t *testing.T) {
	t.Parallel()
	until := morning.Add(10 * time.Hour)
	quiet := bot.Poster{Hold: func(time.Time) time.Time { return until }}
	tests := []struct {
		name string
		say  bot.Say
		kind string
		held bool
	}{
		{"推送等到早上", bot.Say{Push: true}, bot.DeliverPush, true},
		{"急的不等", bot.Say{Push: true, Urgent: true}, bot.DeliverPush, false},
		{"回复不等", bot.Say{}, bot.DeliverReply, false},
		{"自带种类", bot.Say{Push: true, Kind: bot.DeliverTodo}, bot.DeliverTodo, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newMemory()
			tt.say.To, tt.say.Subject, tt.say.Out.Text = []sales.PersonID{1}, "x:1", "x"
			post(t, m, quiet, bot.Origin{}, bot.Reply{Say: []bot.Say{tt.say}})
			d := m.queued(t)
			if held := d.state == bot.DeliveryQueued && d.wake.Equal(until); held != tt.held || d.Kind != tt.kind {
				t.Errorf("held %v until %s, kind %s", held, d.wake, d.Kind)
			}
		})
	}
	t.Run("改卡片不等", func(t *testing.T) {
		t.Parallel()
		m := newMemory()
		m.seed(zhoumins("visit:1/rep", "拜访已记录"))
		post(t, m, quiet, bot.Origin{}, bot.Reply{Faces: []cards.Card{face("visit:1/rep", "拜访已撤销")}})
		if d := m.queued(t); d.state != bot.DeliverySending {
			t.Errorf("the new face is %s", d.state)
		}
	})
}

func TestOneLiveCardForEachKeyAndRecipient(t *testing.T) {
	t.Parallel()
	m := newMemory()
	show := func(to sales.PersonID, title string, slot string) {
		c := face("contract:1/approver", title, "同意")
		post(t, m, bot.Poster{}, bot.Origin{}, bot.Reply{Say: []bot.Say{{
			To: []sales.PersonID{to}, Subject: "contract:1", Slot: slot, Kind: bot.DeliverCard, Out: bot.Outgoing{Card: &c},
		}}})
	}
	show(1, "合同待批", "1")
	show(2, "合同待批", "1")
	if len(m.cards) != 2 || len(m.outbox) != 2 {
		t.Fatalf("%d cards, %d queued", len(m.cards), len(m.outbox))
	}
	first := m.outbox[0].CardID
	show(1, "合同还在等", "2")
	if len(m.outbox) != 4 {
		t.Fatalf("queued: %q", m.states())
	}
	old, closing, fresh := m.cards[first], m.outbox[2], m.outbox[3]
	if old.State != bot.CardGone || old.Version != 2 || old.Face.Closed == "" || len(old.Face.Buttons) != 0 {
		t.Errorf("the old card is %+v", old)
	}
	if closing.Kind != bot.DeliverUpdate || closing.CardID != first || closing.Recipient != "wecom:u:zhoumin" {
		t.Errorf("the old card is closed by %+v", closing.Delivery)
	}
	if c := m.cards[fresh.CardID]; fresh.Kind != bot.DeliverCard || c.State != bot.CardLive || c.Face.Title != "合同还在等" || c.ID == first {
		t.Errorf("the new card is %+v", c)
	}
	if c := m.cards[m.outbox[1].CardID]; c.State != bot.CardLive || c.Version != 1 {
		t.Errorf("the other person's card is touched: %+v", c)
	}
}

func TestCardsWithoutAKeyStandAlone(t *testing.T) {
	t.Parallel()
	m := newMemory()
	for i := range 2 {
		c := face("", "帮助")
		post(t, m, bot.Poster{}, bot.Origin{Event: said(fmt.Sprint(i), "x"), Person: 1}, bot.ShowCard(c))
	}
	if len(m.cards) != 2 || len(m.outbox) != 2 {
		t.Errorf("%d cards, %d queued", len(m.cards), len(m.outbox))
	}
}

func TestANewFaceGoesToEveryCopy(t *testing.T) {
	t.Parallel()
	m := newMemory()
	mine := m.seed(zhoumins("contract:1/approver", "合同待批"))
	theirs := m.seed(bot.LiveCard{
		Key: "contract:1/approver", Platform: "dingtalk", Users: []bot.UserID{"liqiang"}, Chat: bot.Chat{Platform: "dingtalk"}, Face: face("", "合同待批"),
	})
	m.seed(zhoumins("contract:2/approver", "另一份"))
	ev := tap("t1", mine.ID)
	ev.Route = bot.Route{Code: "code", Until: morning.Add(time.Hour)}
	acc := post(t, m, bot.Poster{}, bot.Origin{Event: ev, Person: 1, Tapped: mine.ID}, bot.Reply{Faces: []cards.Card{face("contract:1/approver", "已同意")}})
	if len(m.outbox) != 2 {
		t.Fatalf("queued: %q", m.states())
	}
	if acc.Face == nil || acc.Face.Title != "已同意" || acc.FaceDelivery != m.outbox[0].ID {
		t.Errorf("accepted %+v", acc)
	}
	for i, c := range []bot.LiveCard{mine, theirs} {
		d, now := m.outbox[i], m.cards[c.ID]
		if d.CardID != c.ID || d.Kind != bot.DeliverUpdate || d.Slot != "2" || now.Version != 2 || now.Face.Title != "已同意" {
			t.Errorf("copy %d: %+v, card %+v", i, d.Delivery, now)
		}
		if want := map[bool]string{true: "code"}[c.ID == mine.ID]; d.Route.Code != want {
			t.Errorf("copy %d goes by code %q, want %q", i, d.Route.Code, want)
		}
	}
	post(t, m, bot.Poster{}, bot.Origin{}, bot.Reply{Faces: []cards.Card{face("nobody/has", "x")}})
	if len(m.outbox) != 2 {
		t.Error("a face of a card nobody has was queued")
	}
}

func TestAGroupsCardCountsTheGroup(t *testing.T) {
	t.Parallel()
	m := newMemory()
	c := face("report:1", "日报")
	group := bot.Chat{Platform: "wecom", ID: "g1", Group: true}
	post(t, m, bot.Poster{}, bot.Origin{}, bot.Reply{Say: []bot.Say{{Chat: &group, Subject: "report:1", Out: bot.Outgoing{Card: &c}}}})
	post(t, m, bot.Poster{}, bot.Origin{}, bot.Reply{Faces: []cards.Card{face("report:1", "日报 3/5")}})
	if d := m.queued(t); d.Recipient != "wecom:g:g1" || !d.Chat.Group || d.Kind != bot.DeliverUpdate {
		t.Errorf("update %+v", d.Delivery)
	}
}

// The day off of one region holds back what goes there, and nothing else.
func TestQuietHoursAreThoseOfThePersonsRegion(t *testing.T) {
	t.Parallel()
	until := morning.Add(24 * time.Hour)
	p := bot.Poster{Hold: func(time.Time) time.Time { return time.Time{} }, HoldFor: func(_ *sales.Org, person sales.PersonID, _ time.Time) time.Time {
		if person == 3 {
			return until
		}
		return time.Time{}
	}}
	m := newMemory()
	post(t, m, p, bot.Origin{}, bot.Reply{Say: []bot.Say{
		{To: []sales.PersonID{1, 3, 2}, Subject: "x:1", Push: true, Out: bot.Outgoing{Text: "到时间了"}},
	}})
	if len(m.outbox) != 3 {
		t.Fatalf("%d queued, want one for each platform and hour", len(m.outbox))
	}
	for _, d := range m.outbox {
		waits := d.state == bot.DeliveryQueued && d.wake.Equal(until)
		if third := len(d.People) == 1 && d.People[0] == 3; waits != third {
			t.Errorf("%v is held until %v", d.People, d.wake)
		}
	}
}
