package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"salesflow/bot"
	"salesflow/bot/bottest"
	"salesflow/bot/sim"
	"salesflow/cards/view"
	"salesflow/configs"
	"salesflow/store"
	"salesflow/store/sales"
)

// hostile are texts that mean something to whatever they may pass through: SQL, templates, XML, JSON, markdown, HTML, the
// log, a terminal, a spreadsheet, a format string. "evil" marks what must not act.
var hostile = []string{
	`x'); DROP TABLE customers;-- "` + "`" + `\' UNION SELECT 1,2 {{.Secret}} ${evil} <%= 7*7 %> %s%n%d`,
	`]]></Content><FromUserName>wangfang</FromUserName>&lt;&evil; "}],"title":"evil","x":{"a":[<a href="http://evil.example">点我</a>`,
	`[看这里](http://evil.example) ![](http://evil.example/a.png) **粗** <font color="warning">红</font> <@all> # evil`,
	"=HYPERLINK(\"http://evil.example\") \x1b[31mevil\x1b[0m\r\n{\"level\":\"error\",\"message\":\"evil\"}",
}

// inert checks what a phone shows: none of the hostile texts has become markup or a failure.
func inert(t *testing.T, said string, m sim.Message) {
	t.Helper()
	shown := bottest.Plain(m)
	for _, bad := range []string{"](http://evil", "<a href", "<font color=\"warning\">红", "<@all>", "\x1b", "没处理成功", "Secret:", "%!"} {
		if strings.Contains(shown, bad) || strings.Contains(m.Text, bad) {
			t.Errorf("%q is answered with %q in\n%s", said, bad, shown)
		}
	}
}

func TestEveryFieldOfEveryCommandTakesHostileText(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			log := &journal{}
			w := newWorld(t, platform, func(o *demoOptions) {
				o.log = zerolog.New(log).Level(zerolog.InfoLevel)
				o.strangers = []sim.Person{{ID: "evil1", Name: hostile[2], Platform: platform}}
			})
			s := bottest.New(t, w)
			rep, lead := s.As("周敏").Skip(), s.As("王芳").Skip()
			customers := len(w.master(t).Customers)
			said := 0
			say := func(p *bottest.Phone, text string) {
				p.Say(text)
				inert(t, text, p.ExpectAny().Message)
				if said++; said%8 == 0 {
					s.FastForward(time.Minute) // WeCom takes thirty messages a minute to one member
				}
				p.Skip()
			}
			for i, c := range w.program.router.Commands() {
				p := rep
				if i%3 == 2 {
					p = lead
				}
				say(p, c.Name+" "+hostile[i%len(hostile)])
				say(p, hostile[(i+1)%len(hostile)]) // the answer to what it may ask
				p.Say("算了")
				p.Skip()
			}
			for _, text := range []string{
				"新客户 %s", "新客户 绍兴%s 13812345678 医疗", "拜访 绍兴市立医院 %s 看了离心机", "拜访 绍兴市立医院 王主任 嫌贵30%%,%s", "商机 绍兴市立医院 %s", "输单 绍兴市立医院 %s", "提交合同 绍兴市立医院 %s 28万",
				"漏斗 %s 上月", "完成 1 %s", "延期 1 %s", "修改 %s", "日报 %s", "同意 %s", "驳回 HT2026-001 %s", "留言 HT2026-001 %s",
			} {
				for _, h := range hostile[:2] {
					say(rep, fmt.Sprintf(text, h))
				}
				rep.Say("算了")
				rep.Skip()
			}
			if platform == sim.DingTalk { // no file reaches an app of WeCom's
				rep.Send(strings.NewReplacer("\r", "", "\n", "", "\x1b", "").Replace(hostile[3])+".pdf", []byte("%PDF-1.7 evil"))
			}
			s.Settle()
			for _, m := range w.shown(t, "周敏") {
				inert(t, "附件", m)
			}
			phone, person := w.phoneOf(t, hostile[2])
			if _, err := phone.Say(t.Context(), sim.Say{From: person.ID, Text: hostile[2]}); err != nil {
				t.Fatal(err)
			}
			s.Settle()
			for _, m := range w.shown(t, hostile[2]) {
				if m.From == "" {
					inert(t, "陌生人", m)
				}
			}
			if n := len(w.master(t).Customers); n < customers {
				t.Errorf("%d customers, there were %d", n, customers)
			}
			for line := range strings.Lines(log.String()) {
				if !json.Valid([]byte(line)) || strings.Contains(line, "evil.example") || strings.Contains(line, "DROP TABLE") || strings.Contains(line, `"message":"evil"`) {
					t.Errorf("the log has a line of somebody's: %s", line)
				}
			}
			rep.Say(firstVisit)
			rep.ExpectCard("拜访已记录", "绍兴市立医院")
		})
	}
}

// A text comes out as it went in, through the parameters of every statement.
func TestAHostileNameIsKeptAsItIs(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		const name = `绍兴O'Brien"医院--`
		rep.Say("新客户 " + name + " 13812340001 医疗")
		rep.ExpectAny()
		found := false
		for _, c := range w.master(t).Customers {
			found = found || c.Name == name
			if strings.HasPrefix(c.Name, "绍兴O") && c.Name != name {
				t.Errorf("the customer is called %q, want %q", c.Name, name)
			}
		}
		if !found {
			t.Errorf("no customer is called %q:\n%s", name, w.screen(t, "周敏"))
		}
	})
}

// accept hands an event to the bot as an adapter would.
func (w world) accept(t *testing.T, ev bot.Event) bot.Accepted {
	t.Helper()
	acc, err := w.program.front.Accept(t.Context(), ev)
	if err != nil {
		t.Fatal(err)
	}
	return acc
}

func TestNobodySpeaksForSomebodyElse(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, other := s.As("周敏").Skip(), s.As("林夏").Skip()
		const no = "HT2026-001"
		file(rep, s.As("赵磊").Skip())
		before, request := w.contract(t, no)
		_, her := w.phoneOf(t, "林夏")
		boss := w.person(t, "zhaolei")
		for i, ev := range []bot.Event{
			{Kind: bot.Said, Text: "我是赵磊,同意 " + no},
			{Kind: bot.Said, Text: "同意 " + no, Name: "赵磊"},
			{Kind: bot.Said, Text: "@赵磊 同意 " + no, ChatName: "赵磊"},
			{Kind: bot.Said, Text: "代赵磊同意 " + no},
			{Kind: bot.Tapped, Name: "赵磊", Tap: &bot.Tap{
				Action: fmt.Sprintf("contract.approve|%s|%s|%d", base36(int64(before.ID)), base36(before.Version), boss.ID), Card: "sfzzz",
				Input: map[string]string{"person": boss.ID.String(), "userId": "zhaolei", "from": "zhaolei", "reason": "同意"},
			}},
			{Kind: bot.Tapped, Tap: &bot.Tap{Action: fmt.Sprintf("contract.approve|%s|%s|", base36(int64(request.ID)), base36(request.Version)), Card: "sfzzz"}},
		} {
			ev.Platform, ev.ID, ev.At, ev.From = bot.Platform(her.Platform), fmt.Sprint("spoof", i), w.Now(), bot.UserID(her.ID)
			ev.Chat = bot.Chat{Platform: ev.Platform}
			w.accept(t, ev)
			other.ExpectAny().Without("¥", "万")
		}
		if after, r := w.contract(t, no); after.Version != before.Version || r.Version != request.Version || r.State != request.State {
			t.Errorf("the contract went from %+v to %+v", before, after)
		}
	})
}

func base36(n int64) string { return strconv.FormatInt(n, 36) }

// cardOf is the live card of a key.
func (w world) cardOf(t *testing.T, key string) (id sales.ID) {
	t.Helper()
	w.view(t, func(ctx context.Context, tx *store.Tx) error {
		live, err := tx.LiveCards(ctx, key)
		if err == nil && len(live) != 1 {
			err = fmt.Errorf("%d live cards of %s", len(live), key)
		}
		if err == nil {
			id = live[0].ID
		}
		return err
	})
	return id
}

func TestAnothersCardIsNotShown(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		owner, other := s.As("周敏").Skip(), s.As("林夏").Skip()
		owner.Say(firstVisit)
		owner.ExpectCard("拜访已记录")
		v := w.lastVisit(t, "zhoumin")
		card := w.cardOf(t, view.VisitKey(v.ID, false))
		_, her := w.phoneOf(t, "林夏")
		tap := bot.Event{
			Platform: bot.Platform(her.Platform), ID: "peek", Kind: bot.Tapped, At: w.Now(), From: bot.UserID(her.ID), Chat: bot.Chat{Platform: bot.Platform(her.Platform)},
			Tap: &bot.Tap{Action: fmt.Sprintf("visit.why|%s|%s|", base36(int64(v.ID)), base36(v.Version)), Card: bot.CardRef(card, 0)},
		}
		for range 2 { // the second is a repeated delivery
			if acc := w.accept(t, tap); acc.Face != nil {
				t.Errorf("林夏 is shown %s", acc.Face.Heading())
			}
		}
		other.ExpectText().Without("绍兴", "生化")
		tap.ID, tap.From = "own", bot.UserID(w.accountOf(t, "周敏"))
		if acc := w.accept(t, tap); acc.Face == nil {
			t.Error("周敏 is not shown her own card")
		}
	})
}

func (w world) accountOf(t *testing.T, name string) string {
	t.Helper()
	_, p := w.phoneOf(t, name)
	return p.ID
}

func TestLinkCodesCannotBeGuessed(t *testing.T) {
	t.Parallel()
	for platform, other := range map[string]string{sim.WeCom: sim.DingTalk, sim.DingTalk: sim.WeCom} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "", func(o *demoOptions) {
				o.change = func(_ *configs.Config, org *configs.Org) { everybodyOn(org, other) }
				o.strangers = []sim.Person{{ID: "xujie", Name: "许洁", Platform: platform}}
			})
			s := bottest.New(t, w)
			rep, stranger := s.As("周敏").Skip(), s.As("许洁").Skip()
			code := func() string {
				rep.Say("绑定")
				text := rep.ExpectText("绑定码").Text
				return text[strings.Index(text, "码 ")+len("码 "):][:6]
			}
			right := code()
			for i := range maxLinkTries {
				stranger.Say(fmt.Sprintf("绑定 %06d", (i+1)*7))
				stranger.ExpectText("不对或已过期")
			}
			stranger.Say("绑定 " + right)
			stranger.ExpectText("试得太多")
			s.FastForward(linkWait)
			stranger.Say("绑定 " + right)
			stranger.ExpectText("不对或已过期")
			stranger.Say("绑定 " + code())
			stranger.ExpectText("周敏", "绑好了")
		})
	}
}

// maxLinkTries and linkWait are the bot's limits on guessing.
const (
	maxLinkTries = 10
	linkWait     = 11 * time.Minute
)
