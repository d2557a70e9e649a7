package bot_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/store/sales"
)

// teller is a platform that tells what was read, and may fail to send.
type teller struct {
	fail error
	read []bot.UserID
	asks error
	sent int
}

func (s *teller) Send(context.Context, bot.Delivery) (bot.Receipt, error) {
	s.sent++
	return bot.Receipt{Ref: "r", Message: "key"}, s.fail
}

func (s *teller) ReadBy(_ context.Context, _ []bot.UserID, r bot.Receipt) ([]bot.UserID, error) {
	if r.Message != "key" {
		return nil, errors.New("another message")
	}
	return s.read, s.asks
}

func pumpOf(s bot.Sender, c *clock) *bot.Pump {
	return &bot.Pump{
		Store: newMemory(), Senders: map[bot.Platform]bot.Sender{"dingtalk": s}, Now: c.Now, Timeout: time.Second, UnreadAfter: 2 * time.Hour, LateAfter: time.Hour,
	}
}

func cardPush() bot.Delivery {
	card := cards.Card{Title: "合同", Buttons: []cards.Button{{Text: "同意"}}}
	return bot.Delivery{
		ID: 9, Subject: "contract:1", Kind: bot.DeliverPush, Platform: "dingtalk", Users: []bot.UserID{"liqiang"}, Recipient: "dingtalk:u:liqiang",
		Out: bot.Outgoing{Card: &card}, QueuedAt: morning,
	}
}

func TestACardIsLookedAfterOnce(t *testing.T) {
	t.Parallel()
	c := newClock()
	s := &teller{}
	p := pumpOf(s, c)
	o := p.Send(t.Context(), cardPush())
	if o.State != bot.DeliverySent || o.Look == nil || !o.LookAt.Equal(c.Now().Add(2*time.Hour)) || o.Look.Out.Look.Delivery != 9 {
		t.Fatalf("outcome %+v", o)
	}
	again := p.Send(t.Context(), *o.Look)
	if l := again.Looked; s.sent != 1 || again.State != bot.DeliverySent || l == nil || !l.Told || len(l.Read) != 0 || l.Delivery != 9 {
		t.Errorf("asked: %+v, sent %d times", again.Looked, s.sent)
	}
	s.asks = &bot.SendError{Reason: bot.Quota, Retry: true, Err: errors.New("no budget")}
	if silent := p.Send(t.Context(), *o.Look); silent.State != bot.DeliverySent || silent.Looked.Told {
		t.Errorf("a platform that does not say: %+v", silent)
	}
	several := cardPush()
	several.Users = append(several.Users, "wangfang.d")
	text := cardPush()
	text.Out = bot.Outgoing{Text: "好"}
	answer := cardPush()
	answer.Kind = bot.DeliverReply
	for what, d := range map[string]bot.Delivery{"several people": several, "a text": text, "an answer": answer} {
		if o := p.Send(t.Context(), d); o.Look != nil {
			t.Errorf("%s is looked after", what)
		}
	}
}

func TestWhatWaitsForTooLongIsLate(t *testing.T) {
	t.Parallel()
	c := newClock()
	s := &teller{fail: &bot.SendError{Reason: bot.Down, Retry: true, Err: errors.New("down")}}
	p := pumpOf(s, c)
	if o := p.Send(t.Context(), cardPush()); !o.Push || o.Late || o.State != bot.DeliveryRetry {
		t.Errorf("at once: %+v", o)
	}
	c.Advance(61 * time.Minute)
	if o := p.Send(t.Context(), cardPush()); !o.Late {
		t.Errorf("after an hour: %+v", o)
	}
	s.fail = &bot.SendError{Reason: bot.Unsure, Retry: true, Err: errors.New("?")}
	if o := p.Send(t.Context(), cardPush()); o.Late {
		t.Error("what may have arrived is sent elsewhere")
	}
	s.fail = &bot.SendError{Reason: bot.Quota, Retry: true, After: 20 * 24 * time.Hour, Err: errors.New("used up")}
	if o := pumpOf(s, newClock()).Send(t.Context(), cardPush()); !o.Late {
		t.Error("a month's quota that is used up is waited for")
	}
}

func TestAChannelOutsideTheChats(t *testing.T) {
	t.Parallel()
	org := sales.NewOrg(1, []sales.Person{
		{ID: 1, Name: "周敏", Phone: "13800000001", Mail: "zm@example.com", Active: true}, {ID: 2, Name: "郑凯", Active: true},
	}, nil, nil)
	m := newMemory()
	m.org = org
	p := bot.Poster{Beyond: []bot.Platform{bot.ViaSMS, bot.ViaMail}, Hold: func(time.Time) time.Time { return morning.Add(time.Hour) }}
	card := cards.Card{Key: "contract:1/x", Title: "合同"}
	post(t, m, p, bot.Origin{}, bot.Reply{Say: []bot.Say{
		{To: []sales.PersonID{1, 2}, Subject: "a:1", Push: true, Urgent: true, Out: bot.Outgoing{Card: &card}},
		{To: []sales.PersonID{1}, Subject: "a:2", Push: true, Via: bot.ViaMail, Out: bot.Outgoing{Text: "好"}},
		{Address: []string{"cfo@hospital.cn"}, Subject: "a:3", Via: bot.ViaMail, Out: bot.Outgoing{Mail: &bot.Mail{Subject: "对账单", Text: "见附件"}}},
		{To: []sales.PersonID{1}, Subject: "a:4", Out: bot.Outgoing{Text: "不是推送"}},
	}})
	wantIDs(t, recipients(m), "mail:u:cfo@hospital.cn", "mail:u:zm@example.com", "sms:u:13800000001")
	if len(m.cards) != 0 {
		t.Errorf("%d live cards outside the chats", len(m.cards))
	}
}
