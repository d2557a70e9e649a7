package main

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/bot/bottest"
	"salesflow/bot/mail/mailtest"
	"salesflow/bot/sim"
	"salesflow/bot/sms"
	"salesflow/bot/sms/smstest"
	"salesflow/bot/webhook/hooktest"
	"salesflow/configs"
	"salesflow/store"
	"salesflow/store/sales"
)

const gatewaySecret = "0123456789abcdef"

// other is the other platform.
func other(platform string) string {
	if platform == sim.WeCom {
		return sim.DingTalk
	}
	return sim.WeCom
}

// onBothChanged tells a story once on each platform, in a world that was changed before it began.
func onBothChanged(t *testing.T, change func(t *testing.T, platform string, o *demoOptions), story func(t *testing.T, s *bottest.Story, w world, platform string)) {
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, platform, func(o *demoOptions) { change(t, platform, o) })
			story(t, bottest.New(t, w), w, platform)
		})
	}
}

// settingUp changes the configuration, beside moving everybody to one platform.
func settingUp(o *demoOptions, change func(c *configs.Config)) {
	before := o.change
	o.change = func(c *configs.Config, org *configs.Org) {
		before(c, org)
		change(c)
	}
}

// told pushes texts to a person, as rules do.
func (w world) told(t *testing.T, code, subject string, urgent bool, texts ...string) {
	t.Helper()
	var says []bot.Say
	for i, text := range texts {
		says = append(says, bot.Say{
			To: []sales.PersonID{w.person(t, code).ID}, Subject: subject, Kind: bot.DeliverPush, Slot: text + string(rune('a'+i)), Push: true, Urgent: urgent,
			Out: bot.Outgoing{Text: text},
		})
	}
	if err := w.program.say(t.Context(), says...); err != nil {
		t.Fatal(err)
	}
	if err := w.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestAStormIsTakenTogether(t *testing.T) {
	t.Parallel()
	onBothChanged(t, func(_ *testing.T, _ string, o *demoOptions) {
		settingUp(o, func(c *configs.Config) { c.Channels.PushesPerHour = 3 })
	}, func(t *testing.T, s *bottest.Story, w world, _ string) {
		legal, rep := s.As("赵磊").Skip(), s.As("周敏").Skip()
		w.told(t, "zhaolei", "storm:1", false, "第一条", "第二条", "第三条", "第四条", "第五条")
		for _, word := range []string{"第一条", "第二条", "第三条"} {
			legal.ExpectText(word)
		}
		rep.Say(contractFiling)
		rep.ExpectCard("合同草稿").Click("无附件")
		rep.Skip()
		legal.ExpectNothingElse()
		w.told(t, "zhaolei", "storm:2", true, "急事") // what is urgent is not held
		legal.ExpectText("急事")
		s.FastForward(59 * time.Minute)
		legal.ExpectNothingElse()
		s.FastForward(2 * time.Minute)
		digest := legal.ExpectText("3 件事", "超过 3 条", "1. 第四条", "2. 第五条", "合同待审批", "卡片在下面")
		card := legal.ExpectCard("合同待审批") // a decision comes as a card all the same
		if n := w.count(t, "赵磊", "合同待审批 ·"); n > 2 {
			t.Errorf("the card came %d times", n)
		}
		legal.ExpectNothingElse()
		card.Click("同意")
		card.ExpectUpdate("通过")
		_ = digest.Without("急事")
		legal.Say("攒下 2")
		legal.ExpectText("第五条").Without("第四条")
		legal.Say("攒下")
		legal.ExpectText("1. 第四条", "2. 第五条")
		legal.Say("攒下 9")
		legal.ExpectText("没有第 9 件")
		s.FastForward(3 * time.Hour)
		if n := w.count(t, "赵磊", "第四条"); n != 2 { // the digest and the list that was asked for
			t.Errorf("第四条 is on %d messages", n)
		}
	})
}

func TestTheNightComesAsOneDigest(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		legal, head, rep := s.As("赵磊").Skip(), s.As("孙静").Skip(), s.As("周敏").Skip()
		s.At(storyStart.Add(11 * time.Hour)) // 21:00
		legal.Skip()
		head.Skip()
		rep.Skip()
		w.told(t, "zhaolei", "night:1", false, "夜里一", "夜里二")
		w.told(t, "zhaolei", "night:2", true, "夜里急事")
		w.told(t, "sunjing", "night:1", false, "夜里只有一条")
		legal.ExpectText("夜里急事")
		rep.Say(contractFiling)
		rep.ExpectCard("合同草稿").Click("无附件")
		rep.Skip()
		legal.ExpectNothingElse()
		head.ExpectNothingElse()
		s.At(storyStart.Add(22*time.Hour + 31*time.Minute)) // 8:31
		legal.ExpectText("下班后攒下 3 件", "昨天 21:00", "1. 夜里一", "2. 夜里二", "合同待审批").Without("夜里急事")
		legal.ExpectCard("合同待审批")
		head.ExpectText("夜里只有一条").Without("攒下") // one alone comes as it is
		s.FastForward(time.Hour)
		if n := w.count(t, "赵磊", "夜里一"); n != 1 {
			t.Errorf("夜里一 came %d times", n)
		}
	})
}

func TestWhatWasDoneAtNightIsNotAskedInTheMorning(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		legal, rep := s.As("赵磊").Skip(), s.As("周敏").Skip()
		s.At(storyStart.Add(11 * time.Hour))
		legal.Skip()
		rep.Say(contractFiling)
		rep.ExpectCard("合同草稿").Click("无附件")
		rep.ExpectCard("合同")
		rep.Say("撤回")
		rep.ExpectAny()
		w.told(t, "zhaolei", "night:1", false, "夜里一", "夜里二")
		s.At(storyStart.Add(22*time.Hour + 31*time.Minute))
		legal.ExpectText("夜里一", "夜里二", "已经办完").Without("合同待审批 ·")
		legal.ExpectNothingElse()
	})
}

// guest is a person of the company who has accounts nobody knows, beside others.
func (w world) guest(t *testing.T, name, phone, mail string, accounts map[string]string) sales.PersonID {
	t.Helper()
	var id sales.PersonID
	done, err := storage{w.program.books, w.program.db}.do(t.Context(), noEvent, 0, func(_ context.Context, tx *store.Tx) error {
		id = sales.PersonID(tx.NewID())
		tx.PutPerson(sales.Person{
			ID: id, Code: name, Name: name, Phone: phone, Mail: mail, Active: true, Roles: sales.List[sales.Role]{sales.RoleDirector}, TeamID: w.person(t, "chengang").TeamID,
		})
		for platform, account := range accounts {
			at := storyStart
			if !strings.HasPrefix(account, "ghost") {
				at = at.Add(time.Minute) // reached there only when the first fails
			}
			tx.LinkIdentity(sales.Identity{Platform: platform, UserID: account, PersonID: id, LinkedAt: sales.At(at)})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.program.front.Committed(done, 0)
	return id
}

func TestAPushFindsAnotherChannel(t *testing.T) {
	t.Parallel()
	type servers struct {
		mail *mailtest.Server
		sms  *smstest.Gateway
	}
	at := map[string]servers{}
	for _, p := range []string{sim.WeCom, sim.DingTalk} {
		at[p] = servers{mailtest.New(t, mailtest.Options{Plain: true}), smstest.New(t, gatewaySecret)}
	}
	onBothChanged(t, func(_ *testing.T, platform string, o *demoOptions) {
		o.strangers = []sim.Person{{ID: "guwen", Name: "顾问", Platform: other(platform)}}
		settingUp(o, func(c *configs.Config) {
			c.Mail = configs.Mail{SMTP: configs.Secret(at[platform].mail.URL()), From: "bot@example.com"}
			c.SMS = configs.Service{URL: at[platform].sms.URL(), Secret: gatewaySecret}
		})
	}, func(t *testing.T, s *bottest.Story, w world, platform string) {
		box, gateway := at[platform].mail, at[platform].sms
		rep, lead := s.As("周敏").Skip(), s.As("陈刚").Skip()
		rep.Say(contractFiling)
		rep.ExpectCard("合同草稿").Click("无附件")
		rep.Skip()
		var subject string
		w.view(t, func(ctx context.Context, tx *store.Tx) error {
			c, err := tx.ContractByNo(ctx, "HT2026-001")
			subject = "contract:" + c.ID.String()
			return err
		})
		both := w.guest(t, "顾问", "13900000001", "guwen@example.com", map[string]string{platform: "ghost-1", other(platform): "guwen"})
		phone := w.guest(t, "老钱", "13900000002", "laoqian@example.com", map[string]string{platform: "ghost-2"})
		nobody := w.guest(t, "老孙", "", "laosun@example.com", nil)
		say := func(to sales.PersonID, slot, text string) {
			t.Helper()
			if err := w.program.say(t.Context(), bot.Say{
				To: []sales.PersonID{to}, Subject: subject, Kind: bot.DeliverPush, Slot: slot, Push: true, Out: bot.Outgoing{Text: text},
			}); err != nil {
				t.Fatal(err)
			}
			s.Settle()
		}
		say(both, "a", "合同在等你,换平台")
		s.As("顾问").ExpectText("合同在等你,换平台")
		say(phone, "b", "合同在等你,发短信")
		if got := gateway.Sent(); len(got) != 1 || got[0].Phone != "13900000002" || !strings.Contains(got[0].Text, "发短信") {
			t.Fatalf("short messages %+v", got)
		}
		gateway.Answer(http.StatusOK, sms.Answer{Status: "rejected", Reason: "phone"})
		say(phone, "c", "合同在等你,发邮件")
		if got := box.Wait(t, "laoqian@example.com", 1); got[0].Subject != "合同在等你,发邮件" {
			t.Errorf("subject %q", got[0].Subject)
		}
		say(nobody, "d", "没有聊天账号的也收得到")
		box.Wait(t, "laosun@example.com", 1)
		if n := len(gateway.Sent()); n != 1 {
			t.Errorf("%d short messages", n)
		}
		lead.Skip()
		lead.Say("送达 HT2026-001")
		lead.ExpectText("顾问 · 合同在等你,换平台", "没送到(没有这个账号) →", "短信 没送到(没有这个账号) → 邮件", "已发出", "老孙 · 没有聊天账号")
		lead.Say("送达")
		lead.ExpectText("最近一天")
		lead.Say("送达 什么")
		lead.ExpectText("没找到", "送达 李强 昨天")
		lead.Say("送达 顾问 今天")
		lead.ExpectText("推给顾问的")
		lead.Say("送达 顾问 呜呼")
		lead.ExpectText("日子没看懂", "送达 顾问 昨天")
		lead.Say("送达 绍兴市立医院")
		lead.ExpectText("绍兴市立医院")
		s.As("吴桐").Skip().Say("送达 L99")
		s.As("吴桐").ExpectAny()
	})
}

func TestAnUnreadCardGoesElsewhere(t *testing.T) {
	t.Parallel()
	gateway := smstest.New(t, gatewaySecret)
	w := newWorld(t, sim.DingTalk, func(o *demoOptions) {
		settingUp(o, func(c *configs.Config) {
			c.Channels.UnreadAfter = 2 * time.Hour
			c.SMS = configs.Service{URL: gateway.URL(), Secret: gatewaySecret}
		})
	})
	s := bottest.New(t, w)
	rep := s.As("周敏").Skip()
	rep.Say(contractFiling)
	rep.ExpectCard("合同草稿").Click("无附件")
	rep.Skip()
	s.FastForward(time.Hour) // 赵磊 does not look at his phone
	if n := len(gateway.Sent()); n != 0 {
		t.Fatalf("%d short messages after an hour", n)
	}
	s.FastForward(90 * time.Minute)
	got := gateway.Sent()
	if len(got) != 1 || got[0].Phone != w.person(t, "zhaolei").Phone || !strings.Contains(got[0].Text, "到聊天里回:同意 HT2026-001") {
		t.Fatalf("short messages %+v", got)
	}
	lead := s.As("陈刚").Skip()
	lead.Say("送达 HT2026-001")
	lead.ExpectText("赵磊", "钉钉", "→ 短信", "已发出")
}

func TestEventsGoToOtherSystems(t *testing.T) {
	t.Parallel()
	targets := map[string]*hooktest.Receiver{}
	for _, p := range []string{sim.WeCom, sim.DingTalk} {
		targets[p] = hooktest.New(t, gatewaySecret, time.Now)
	}
	onBothChanged(t, func(_ *testing.T, platform string, o *demoOptions) {
		settingUp(o, func(c *configs.Config) {
			hook := configs.Webhook{URL: targets[platform].URL(), Secret: gatewaySecret, Events: []string{"absence.*"}}
			c.Webhooks = map[string]configs.Webhook{"hr": hook}
		})
	}, func(t *testing.T, s *bottest.Story, w world, platform string) {
		r, rep := targets[platform], s.As("周敏").Skip()
		r.Answer(http.StatusBadGateway)
		rep.SayAgain("once", "请假 明天")
		rep.ExpectCard("请假已记")
		rep.SayAgain("once", "请假 明天")
		rep.Say("绍兴市立 王主任嫌贵,周五前发报价") // not what the target wants
		rep.ExpectAny()
		s.Settle()
		r.Answer(0)
		s.FastForward(time.Minute)
		got := r.Wait(t, "absence.created", 1)
		s.FastForward(time.Hour)
		if all := r.Got(""); len(all) != 1 || got[0].Subject.Kind != "absence" || got[0].Person == "" {
			t.Errorf("events %+v", all)
		}
	})
}

func TestWhatIsHeldSurvivesARestart(t *testing.T) {
	t.Parallel()
	restarted(t, func(t *testing.T, s *bottest.Story, w world) {
		s.At(storyStart.Add(11 * time.Hour)) // 21:00
		w.told(t, "zhaolei", "night:1", false, "夜里一", "夜里二")
		w.told(t, "zhaolei", "night:1", false, "夜里一", "夜里二") // the same again, as after a redelivery
	}, func(t *testing.T, s *bottest.Story, w world) {
		s.At(storyStart.Add(22*time.Hour + 31*time.Minute)) // 8:31
		legal := s.As("赵磊")
		legal.ExpectText("下班后攒下 2 件", "夜里一", "夜里二")
		legal.Say("攒下 1")
		legal.ExpectText("夜里一").Without("夜里二")
		if n := w.count(t, "赵磊", "夜里二"); n != 1 {
			t.Errorf("夜里二 came %d times", n)
		}
	})
}

// The rhythm of the day belongs to its moment: a person with too much on the phone still gets the report's card in time.
func TestTheDaysRhythmPassesTheBrake(t *testing.T) {
	t.Parallel()
	onBothChanged(t, func(_ *testing.T, _ string, o *demoOptions) {
		settingUp(o, func(c *configs.Config) { c.Channels.PushesPerHour = 2 })
	}, func(t *testing.T, s *bottest.Story, w world, _ string) {
		rep := s.As("周敏").Skip()
		s.At(storyStart.Add(7*time.Hour - time.Minute)) // 16:59
		w.told(t, "zhoumin", "rules:1", false, "规则一", "规则二", "规则三")
		rep.ExpectText("规则一")
		rep.ExpectText("规则二")
		rep.ExpectNothingElse()
		s.FastForward(2 * time.Minute)
		rep.ExpectCard("日报").Click("提交")
		s.At(storyStart.Add(8*time.Hour + 2*time.Minute))
		rep.ExpectText("规则三") // alone, it comes as it is
		lead := s.As("王芳").Skip()
		s.At(storyStart.Add(23 * time.Hour)) // Thursday 9:00
		lead.ExpectText("3 人 1 人已报", "没报:李强、林夏")
	})
}

func TestARuleSendsOutsideTheChats(t *testing.T) {
	t.Parallel()
	targets, gateways := map[string]*hooktest.Receiver{}, map[string]*smstest.Gateway{}
	for _, p := range []string{sim.WeCom, sim.DingTalk} {
		targets[p], gateways[p] = hooktest.New(t, gatewaySecret, time.Now), smstest.New(t, gatewaySecret)
	}
	onBothChanged(t, func(_ *testing.T, platform string, o *demoOptions) {
		settingUp(o, func(c *configs.Config) {
			c.Webhooks = map[string]configs.Webhook{"crm": {URL: targets[platform].URL(), Secret: gatewaySecret}}
			c.SMS = configs.Service{URL: gateways[platform].URL(), Secret: gatewaySecret}
		})
	}, func(t *testing.T, s *bottest.Story, _ world, platform string) {
		director, rep := s.As("陈刚").Skip(), s.As("周敏").Skip()
		director.Say("规则 大单报外面\n当 合同 进入 待审批 且 合同.金额 > 50万\n则 发短信 法务主管 \"大单 {编号}\" 并 调用 \"crm\"")
		director.ExpectCard("规则 · 大单报外面", "草稿").Click("启用")
		director.Skip()
		rep.Say(contractFiling)
		rep.ExpectCard("合同草稿").Click("无附件")
		rep.Skip()
		s.FastForward(time.Minute)
		got := targets[platform].Wait(t, "rule.fired", 1)
		if len(got) != 1 || got[0].Subject.Kind != "contract" || !strings.Contains(string(got[0].Data), "HT2026-001") {
			t.Errorf("events %+v", got)
		}
		if sent := gateways[platform].Sent(); len(sent) != 1 || !strings.Contains(sent[0].Text, "大单 HT2026-001") {
			t.Errorf("short messages %+v", sent)
		}
	})
}
