package main

import (
	"context"
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/bot/bottest"
	"salesflow/bot/sim"
	simding "salesflow/bot/sim/dingtalk"
	"salesflow/handlers"
	"salesflow/store/sales"
)

// troubles are what may go wrong with a platform while a person is answered.
var troubles = []struct {
	name string
	on   string // "" is both platforms
	sim.Fault
}{
	{"接口报 500", "", sim.Fault{Kind: sim.HTTP5xx, Count: 3}},
	{"接口慢", "", sim.Fault{Kind: sim.Slow, Count: 2, Delay: 100 * time.Millisecond}},
	{"令牌失效", "", sim.Fault{Kind: sim.TokenExpired}},
	{"限流", "", sim.Fault{Kind: sim.RateLimited, Count: 2}},
	{"本月额度用完", sim.DingTalk, sim.Fault{Kind: sim.Quota, Count: 1}},
	{"网关超时", sim.DingTalk, sim.Fault{Kind: simding.GatewayTimeout, Count: 2}},
	{"出口被封一会儿", sim.DingTalk, sim.Fault{Kind: simding.Blocked, Count: 1}},
	{"投递两遍", "", sim.Fault{Kind: sim.Redeliver, Count: 3}},
	{"应答丢了", "", sim.Fault{Kind: sim.LostAck, Count: 1}},
	{"长连接断了", "", sim.Fault{Kind: sim.DropStream}},
}

// onTrouble tells a story once for each trouble on each platform.
func onTrouble(t *testing.T, story func(t *testing.T, s *bottest.Story, w world, fault string, arm func())) {
	onBoth(t, func(t *testing.T, _ *bottest.Story, w world) {
		platform := sim.DingTalk
		if _, p := w.phoneOf(t, "周敏"); p.Platform == sim.WeCom {
			platform = sim.WeCom
		}
		for _, tr := range troubles {
			if tr.on != "" && tr.on != platform {
				continue
			}
			t.Run(tr.name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, platform)
				story(t, bottest.New(t, w), w, tr.Kind, func() {
					t.Helper()
					if err := w.Simulators()[platform].Fault(tr.Fault); err != nil {
						t.Fatal(err)
					}
					// What is said while no connection is up never reaches the bot, on the real platform too.
					if err := w.ready(t.Context()); err != nil {
						t.Fatal(err)
					}
				})
			})
		}
	})
}

func TestAPlatformInTroubleStillGetsOneAnswer(t *testing.T) {
	t.Parallel()
	onTrouble(t, func(t *testing.T, s *bottest.Story, w world, fault string, arm func()) {
		rep := s.As("周敏").Skip()
		arm()
		rep.Say(firstVisit)
		w.heard(t, 1)
		s.FastForward(10 * time.Minute) // past every pause between attempts
		if fault == sim.Quota {         // the session's own address costs no quota, but carries no card
			rep.ExpectText("拜访已记录", "绍兴市立医院", "撤销")
		} else {
			rep.ExpectCard("拜访已记录", "绍兴市立医院")
		}
		rep.ExpectNothingElse()
		if n := len(w.visits(t, "zhoumin")); n != 1 {
			t.Errorf("%d visits from one message", n)
		}
	})
}

func TestATapOnAPlatformInTroubleIsDoneOnce(t *testing.T) {
	t.Parallel()
	onTrouble(t, func(t *testing.T, s *bottest.Story, w world, fault string, arm func()) {
		rep := s.As("周敏").Skip()
		rep.Say(firstVisit)
		card := rep.ExpectCard("拜访已记录")
		s.Settle()
		arm()
		card.Click("撤销")
		w.heard(t, 2)
		s.FastForward(10 * time.Minute)
		if fault == sim.LostAck {
			// Whoever sees the old card, because its new face was lost on the way, taps again and gets it.
			_ = card.Try("撤销")
		}
		// The card changes in place, or a new one says the same: a one-time code may be gone with a lost answer.
		w.shows(t, "周敏", "拜访已撤销")
		if vs := w.visits(t, "zhoumin"); len(vs) != 1 || vs[0].State != sales.VisitUndone {
			t.Errorf("visits %+v", vs)
		}
	})
}

// heard waits until the bot has taken n events.
func (w world) heard(t *testing.T, n int) {
	t.Helper()
	w.until(t, "the bot to hear of it", func() bool {
		got, err := w.program.db.EventCount(t.Context())
		return err == nil && int(got) >= n
	})
}

// shows waits until something on a person's phone holds the words.
func (w world) shows(t *testing.T, name string, words ...string) {
	t.Helper()
	w.until(t, "the phone to show it", func() bool {
		for _, m := range w.shown(t, name) {
			if contains(bottest.Plain(m), words...) {
				return true
			}
		}
		return false
	})
}

// until waits for what the bot does in the background.
func (w world) until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	waitUntil(t, what, ok)
}

// waitUntil waits for what happens elsewhere: in the bot, on a platform, in another process. Only a test that fails takes long.
func waitUntil(t *testing.T, what string, ok func() bool) {
	t.Helper()
	limit := time.After(2 * storyPatience)
	look := time.NewTicker(2 * time.Millisecond)
	defer look.Stop()
	for !ok() {
		select {
		case <-look.C:
		case <-limit:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func TestAPoisonMessageStopsNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	s := bottest.New(t, w)
	tries := 0
	w.program.router.Command(bot.Command[handlers.Tx]{Name: "炸", Handle: func(context.Context, bot.Turn, handlers.Tx) (bot.Reply, error) {
		tries++
		panic("绍兴市立医院")
	}})
	sick, well, admin := s.As("周敏").Skip(), s.As("李强").Skip(), s.As("郑凯").Skip()
	for _, ev := range []bot.Event{
		{Platform: sim.WeCom, ID: "poison", Kind: bot.Said, At: w.Now(), From: "zhoumin", Chat: bot.Chat{Platform: sim.WeCom}, Text: "炸"},
		{
			Platform: sim.DingTalk, ID: "fine", Kind: bot.Said, At: w.Now().Add(time.Second), From: "liqiang", Chat: bot.Chat{Platform: sim.DingTalk},
			Text: "拜访 宁波市立医院 看了离心机,周五前发报价",
		},
	} {
		if err := w.program.db.KeepPending(t.Context(), ev); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.program.workInbox(t.Context()); err != nil {
		t.Fatal(err)
	}
	well.ExpectCard("拜访已记录", "宁波市立医院")
	for range 10 {
		w.until(t, "what was said to arrive", func() bool { // on its way, it would seem forgotten when the clock jumps
			n, err := w.program.db.DeliveryCounts(t.Context())
			return err == nil && len(n) == 0
		})
		w.clock.Set(w.Now().Add(pendingLease + time.Second))
		if err := w.program.workInbox(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	sick.ExpectText("没处理成功", "poison")
	admin.ExpectText("停放", "poison")
	if tries < 2 || tries > 20 {
		t.Errorf("tried %d times", tries)
	}
	sick.Say(firstVisit)
	sick.ExpectCard("拜访已记录")
	sick.ExpectNothingElse()
	admin.ExpectNothingElse()
}
