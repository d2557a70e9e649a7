package bot_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"salesflow/bot"
)

// update queues a new face of a card.
func update(c bot.LiveCard, version int64, title string, buttons ...string) bot.Delivery {
	f := face(c.Key, title, buttons...)
	return bot.Delivery{
		Subject: "card:" + c.ID.String(), Kind: bot.DeliverUpdate, Slot: fmt.Sprint(version), Platform: c.Platform, Users: c.Users,
		Chat: c.Chat, Out: bot.Outgoing{Card: &f}, CardID: c.ID,
	}
}

func TestOnlyTheNewestFaceIsSent(t *testing.T) {
	t.Parallel()
	x := newMill(t)
	c := x.m.seed(zhoumins("k", "一"))
	c.Version = 3
	x.m.cards[c.ID] = c
	ds := x.queue(update(c, 2, "二"), update(c, 3, "三"))
	x.Offer(ds, 0)
	x.wait(t, ds[0].ID, bot.DeliverySuperseded)
	x.wait(t, ds[1].ID, bot.DeliverySent)
	wantIDs(t, x.wecom.texts(), "wecom:u:zhoumin: update 三")
}

func TestAFaceWaitsForItsCard(t *testing.T) {
	t.Parallel()
	x := newMill(t)
	c := x.m.seed(zhoumins("k", "一"))
	c.Receipt = bot.Receipt{}
	x.m.cards[c.ID] = c
	f := face("k", "一", "撤销")
	first := bot.Delivery{Kind: bot.DeliverCard, CardID: c.ID, Out: bot.Outgoing{Card: &f}}
	ds := x.queue(update(c, 1, "二"), first)
	x.Offer(ds[:1], 0)
	if got := x.wait(t, ds[0].ID, bot.DeliveryRetry); got.wake.Sub(morning) > 5*time.Second {
		t.Errorf("the face waits %s for its card", got.wake.Sub(morning))
	}
	x.Offer(ds[1:], 0)
	x.wait(t, ds[1].ID, bot.DeliverySent)
	x.m.clock.Advance(5 * time.Second)
	x.sweep(t)
	x.wait(t, ds[0].ID, bot.DeliverySent)
	wantIDs(t, x.wecom.texts(), "wecom:u:zhoumin: card 一", "wecom:u:zhoumin: update 二")
}

func TestAFaceThatFollowsAtOnceFindsItsCard(t *testing.T) {
	t.Parallel()
	x := newMill(t)
	c := x.m.seed(zhoumins("k", "一"))
	c.Receipt = bot.Receipt{}
	x.m.cards[c.ID] = c
	f := face("k", "一", "撤销")
	ds := x.queue(bot.Delivery{Kind: bot.DeliverCard, CardID: c.ID, Out: bot.Outgoing{Card: &f}}, update(c, 1, "二"))
	x.m.leave(nil)
	x.Offer(ds, 0) // the card's receipt may not be written yet when the face is sent
	x.wait(t, ds[1].ID, bot.DeliverySent)
	if got := x.wecom.kept[1].Ref; got != bot.CardRef(c.ID, 0) {
		t.Errorf("the face went to %q", got)
	}
}

func TestACardThatCannotChange(t *testing.T) {
	t.Parallel()
	noUpdate := func(d bot.Delivery) error {
		if d.Kind == bot.DeliverUpdate && d.Fresh == 0 {
			return &bot.SendError{Reason: bot.NoUpdate, Err: errors.New("code is used")}
		}
		return nil
	}
	tests := []struct {
		name  string
		set   func(c *bot.LiveCard)
		state string
		want  []string
	}{
		{"单聊里的,收回旧的发新的", func(*bot.LiveCard) {}, bot.DeliverySent, []string{"wecom:u:zhoumin: update 二"}},
		{"群里的,不刷屏", func(c *bot.LiveCard) { c.Chat.Group = true }, bot.DeliverySuperseded, nil},
		{"已经被别的卡片代替的,算了", func(c *bot.LiveCard) { c.State = bot.CardGone }, bot.DeliverySuperseded, nil},
		{"当时发的是文字", func(c *bot.LiveCard) { c.Receipt.AsText = true }, bot.DeliverySuperseded, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := newMill(t)
			x.wecom.fail = noUpdate
			c := zhoumins("k", "一")
			c.Version = 2
			c = x.m.seed(c)
			tt.set(&c)
			x.m.cards[c.ID] = c
			ds := x.queue(update(c, 2, "二", "同意"))
			x.Offer(ds, 0)
			x.wait(t, ds[0].ID, tt.state)
			wantIDs(t, x.wecom.texts(), tt.want...)
			if len(tt.want) == 0 {
				if len(x.wecom.recalled) > 0 {
					t.Error("taken back without another in its place")
				}
				return
			}
			wantIDs(t, x.wecom.recalled, bot.CardRef(c.ID, 0))
			if got := x.m.cards[c.ID].Receipt.Ref; got != bot.CardRef(c.ID, 2) {
				t.Errorf("the card is now %q", got)
			}
		})
	}
}

func TestACodeOfATapIsUsedOnce(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		err  error
		left string
	}{
		{"用掉了", nil, ""},
		{"平台说用过了", &bot.SendError{Reason: bot.NoUpdate, Err: errors.New("used")}, ""},
		{"没用上", &bot.SendError{Reason: bot.Down, Retry: true, Err: errors.New("500")}, "kept"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := newMill(t)
			var code string
			x.wecom.fail = func(d bot.Delivery) error { code = d.Route.Code; return tt.err }
			c := zhoumins("k", "一")
			c.TapCode, c.TapUntil = "kept", morning.Add(time.Hour)
			c = x.m.seed(c)
			ds := x.queue(update(c, 1, "二"))
			x.Offer(ds, 0)
			x.m.eventually(t, "the attempt", func() bool { return x.state(ds[0].ID).state != bot.DeliverySending })
			if code != "kept" || x.m.cards[c.ID].TapCode != tt.left {
				t.Errorf("went by %q, left is %q", code, x.m.cards[c.ID].TapCode)
			}
		})
	}
	t.Run("过期的不用", func(t *testing.T) {
		t.Parallel()
		x := newMill(t)
		c := zhoumins("k", "一")
		c.TapCode, c.TapUntil = "old", morning
		c = x.m.seed(c)
		ds := x.queue(update(c, 1, "二"))
		x.Offer(ds, 0)
		x.wait(t, ds[0].ID, bot.DeliverySent)
		if got := x.wecom.sent[0].Route.Code; got != "" {
			t.Errorf("went by %q", got)
		}
	})
}

func TestAFaceOfACardThatIsGone(t *testing.T) {
	t.Parallel()
	x := newMill(t)
	c := zhoumins("k", "一")
	c.ID = 999
	ds := x.queue(update(c, 1, "二"))
	x.Offer(ds, 0)
	x.wait(t, ds[0].ID, bot.DeliverySuperseded)
}
