package main

import (
	"context"
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
	"salesflow/configs"
	"salesflow/store"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// file files a contract without paper and returns the requester's and the first approver's cards.
func file(rep, legal *bottest.Phone) (mine, theirs bottest.Seen) {
	rep.Say(contractFiling).ExpectCard("合同草稿")
	rep.Say("无附件")
	return rep.ExpectCard("合同待审批", "法务 赵磊"), legal.ExpectCard("合同待审批", "等你处理")
}

func TestAReturnedContractResumesWithWhoReturnedIt(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, legal, director := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("陈刚").Skip()
		_, card := file(rep, legal)
		card.Click("同意")
		legal.ExpectCard("已通过法务")
		director.ExpectCard("等你处理")
		director.Say("退回 HT2026-001 账期改成45天")
		director.ExpectText("已退回", "周敏")
		rep.ExpectText("陈刚", "退回", "账期改成45天")
		rep.ExpectCard("已退回修改", "账期改成45天").ExpectButtons("重新提交", "详情", "撤回")
		legal.Skip()
		rep.Say("重新提交 HT2026-001 账期改成45天")
		rep.ExpectText("已重新提交", "60天 → 45天", "陈刚")
		director.ExpectCard("等你处理", "45 天").Click("同意")
		rep.ExpectText("全部通过", "陈刚")
		for _, m := range w.shown(t, "赵磊") {
			if text := bottest.Plain(m); m.Card != nil && contains(text, "[同意]") {
				t.Errorf("who had agreed is asked again:\n%s", text)
			}
		}
		c, r := w.contract(t, "HT2026-001")
		if c.State != sales.ContractApproved || c.PaymentDays != 45 || r.State != approval.Approved || r.Round != 2 {
			t.Errorf("contract %+v, request state %s round %d", c, r.State, r.Round)
		}
	})
}

func TestAContractIsPassedOn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, legal, head := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("孙静").Skip()
		_, card := file(rep, legal)
		legal.Say("转交 HT2026-001 孙静")
		legal.ExpectText("已转交给孙静")
		legal.ExpectCard("等 法务 孙静").ExpectNoButtons()
		rep.ExpectCard("等 法务 孙静")
		c, r := w.contract(t, "HT2026-001")
		w.tapAgain(t, "赵磊", card, "同意", "contract.approve", c.ID, r.Version-1)
		legal.ExpectText("已转给 孙静")
		if _, now := w.contract(t, "HT2026-001"); now.Version != r.Version {
			t.Error("a tap on the old card changed the request")
		}
		head.ExpectCard("HT2026-001").Click("同意")
		s.As("陈刚").ExpectCard("等你处理", "法务 孙静 → 销售总监 陈刚")
	})
}

func TestANudgeWaitsFourHours(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, legal := s.As("周敏").Skip(), s.As("赵磊").Skip()
		mine, _ := file(rep, legal)
		mine.Click("催办")
		mine.ExpectUpdate("已催办")
		legal.ExpectCard("周敏催你看一下").ExpectButtons("同意", "退回修改", "驳回", "更多")
		s.FastForward(time.Hour)
		rep.Say("催办 HT2026-001")
		rep.ExpectText("催过", "赵磊", "14:00 后可以再催")
		if n := w.count(t, "赵磊", "周敏催你"); n != 1 {
			t.Errorf("nudged %d times", n)
		}
		s.FastForward(3*time.Hour + time.Minute)
		rep.Say("催办 HT2026-001")
		rep.ExpectText("已催办")
		s.Settle()
		if n := w.count(t, "赵磊", "周敏催你", "[同意]"); n != 1 {
			t.Errorf("%d cards of the nudged approver can be tapped, want the newest only", n)
		}
	})
}

func TestAContractIsWithdrawn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, legal := s.As("周敏").Skip(), s.As("赵磊").Skip()
		mine, theirs := file(rep, legal)
		mine.Click("撤回")
		mine.ExpectUpdate("合同已撤回", "周敏").ExpectNoButtons()
		theirs.ExpectUpdate("合同已撤回").ExpectNoButtons()
		legal.Say("同意 HT2026-001")
		legal.ExpectText("撤回", "不用再处理")
		s.FastForward(72 * time.Hour)
		for _, name := range []string{"赵磊", "孙静", "陈刚"} {
			for _, m := range w.shown(t, name) {
				if text := bottest.Plain(m); m.At.After(storyStart.Add(time.Hour)) && contains(text, "HT2026-001") {
					t.Errorf("%s still hears of a withdrawn contract:\n%s", name, text)
				}
			}
		}
	})
}

func TestAStrangersTapChangesNothing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		group, other := s.As("周敏").In("华东一组").Skip(), s.As("李强").In("华东一组").Skip()
		group.Say(contractFiling)
		group.ExpectText("单聊")
		group.Say("无附件")
		card := other.ExpectCard("合同待审批", "约130万", "详情请单聊我")
		card.Without("¥1,280,000", "60 天", "制度上限")
		private := s.As("李强").Skip()
		card.Click("撤回")
		private.ExpectText("只有提交人周敏能撤回")
		_, r := w.contract(t, "HT2026-001")
		if r.State != approval.Pending || r.Version != 1 {
			t.Errorf("a stranger changed the request: %s version %d", r.State, r.Version)
		}
		for _, typed := range []string{"同意 HT2026-001", "驳回 HT2026-001 不行", "催办 HT2026-001", "转交 HT2026-001 李强", "撤回 HT2026-001"} {
			private.Skip()
			private.Say(typed)
			private.ExpectText("HT2026-001").Without("已同意", "已驳回", "已催办", "已转交", "已撤回", "128")
		}
		private.Say("合同 HT2026-001")
		private.ExpectText("或者不归你看").Without("128", "绍兴市立医院")
		if _, now := w.contract(t, "HT2026-001"); now.Version != 1 {
			t.Errorf("typed refusals changed the request: version %d", now.Version)
		}
	})
}

func TestAReasonComesWithTheTap(t *testing.T) {
	t.Parallel()
	for platform, reason := range map[string]string{sim.WeCom: "price", sim.DingTalk: "价格太低"} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, platform)
			s := bottest.New(t, w)
			rep, legal := s.As("周敏").Skip(), s.As("赵磊").Skip()
			_, card := file(rep, legal)
			card.Click("驳回", map[string]string{"reason": reason})
			card.ExpectUpdate("合同已驳回", "价格太低").ExpectNoButtons()
			rep.ExpectText("赵磊", "驳回", "价格太低")
			legal.ExpectNothingElse()
		})
	}
}

func TestTheLadderHoldsWhileSomebodyHandlesIt(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, legal, head, director := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("孙静").Skip(), s.As("陈刚").Skip()
		file(rep, legal)
		s.FastForward(24*time.Hour + time.Minute)
		card := legal.ExpectCard("提醒", "24 小时", "[同意]")
		s.At(onDay(13, 11, 0))
		push := head.ExpectCard("🔴 合同超时未审", "HT2026-001", "128万", "卡在 法务 赵磊", "提醒 1 次", "合同48小时")
		push.ExpectButtons("我来处理", "催办赵磊", "转给他人", "2小时")
		director.ExpectCard("🔴 合同超时未审", "HT2026-001")
		for _, code := range []string{"sunjing", "chengang"} {
			if todos := w.todos(t, code); len(todos) != 1 || !contains(todos[0].Text, "HT2026-001") {
				t.Errorf("to-dos of %s: %+v", code, todos)
			}
		}
		director.Say("为什么催我")
		director.ExpectText("合同48小时", "自然小时", "3月13日 10:00", "第 1 级推送给 孙静", "接下来")
		push.Click("我来处理")
		push.ExpectUpdate("在处理 孙静", "15:00")
		s.At(onDay(13, 14, 59))
		if n := w.count(t, "陈刚", "🔴", "[我来处理]"); n > 1 {
			t.Errorf("pushed again while somebody handles it: %d", n)
		}
		head.Skip()
		head.Say("我来处理 HT2026-001")
		head.ExpectText("已接下")
		card.Click("同意").ExpectUpdate("已通过法务")
		director.Skip()
		director.Say("同意 HT2026-001")
		rep.ExpectText("全部通过")
		s.Settle()
		for _, name := range []string{"孙静", "陈刚"} {
			if n := w.count(t, name, "🔴"); n != 0 && name == "孙静" {
				t.Errorf("%s still sees %d red cards:\n%s", name, n, w.screen(t, name))
			}
			if n := w.count(t, name, "合同超时已处理", "已通过"); n == 0 {
				t.Errorf("%s is not shown that it ended:\n%s", name, w.screen(t, name))
			}
		}
		for _, code := range []string{"sunjing", "chengang"} {
			if todos := w.todos(t, code); len(todos) != 0 {
				t.Errorf("to-dos of %s stay open: %+v", code, todos)
			}
		}
		head.Skip()
		director.Skip()
		s.FastForward(96 * time.Hour)
		if n := w.count(t, "孙静", "🔴"); n != 0 {
			t.Errorf("a decided contract climbs on")
		}
	})
}

func TestTheLadderCanRunOnWorkingHours(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, platform, func(o *demoOptions) {
				o.change = func(c *configs.Config, org *configs.Org) {
					everybodyOn(org, platform)
					c.Rules.ContractEscalation.Clock = configs.ClockWorking
				}
			})
			s := bottest.New(t, w)
			rep, legal, head := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("孙静").Skip()
			file(rep, legal)
			s.At(onDay(16, 17, 0)) // five days by the calendar, less than 48 working hours
			head.ExpectNothingElse()
			s.At(onDay(20, 18, 0))
			push := head.ExpectCard("🔴 合同超时未审", "HT2026-001")
			push.Without("自然小时")
			head.Say("为什么催我")
			head.ExpectText("工作时间")
		})
	}
}

func TestOneContractAcrossBothPlatforms(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "") // 周敏 and 孙静 on WeCom, 赵磊 and 陈刚 on DingTalk
	s := bottest.New(t, w)
	rep, legal, head, director := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("孙静").Skip(), s.As("陈刚").Skip()
	file(rep, legal)
	s.At(onDay(13, 11, 0))
	legal.ExpectCard("提醒", "24 小时")
	push := head.ExpectCard("🔴 合同超时未审", "卡在 法务 赵磊")
	director.ExpectCard("🔴 合同超时未审", "卡在 法务 赵磊")
	push.Click("催办赵磊")
	card := legal.ExpectCard("孙静催你看一下")
	card.Click("同意")
	card.ExpectUpdate("已通过法务").ExpectNoButtons()
	rep.ExpectCard("已通过法务", "销售总监 陈刚")
	decide := director.ExpectCard("合同待审批", "等你处理")
	decide.Click("同意")
	decide.ExpectUpdate("合同已通过", "陈刚").ExpectNoButtons()
	rep.ExpectText("全部通过", "陈刚")
	rep.ExpectCard("合同已通过", "已通过 · 陈刚").ExpectNoButtons()
	head.ExpectCard("合同超时已处理", "已通过 · 陈刚").ExpectNoButtons()
	s.Settle()
	if todos := w.dingtalk.Todos(); len(todos) != 1 || !todos[0].Done {
		t.Errorf("the director's to-do on the platform: %+v", todos)
	}
}

func TestAFileThroughTheRobotsChatSubmitsTheContract(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.WeCom)
	s := bottest.New(t, w)
	rep, legal := s.As("周敏").Skip(), s.As("赵磊").Skip()
	rep.Say(contractFiling)
	draft := rep.ExpectCard("合同草稿", "上传附件")
	rep.In("robot").Send("采购合同.pdf", []byte("%PDF-1.4 contract"))
	rep.In("robot").ExpectCard("合同待审批", "HT2026-001", "等 法务 赵磊")
	draft.ExpectUpdate("已提交 HT2026-001")
	s.FastForward(time.Minute) // the paper is fetched in the background
	legal.ExpectCard("等你处理", "附件:").Click("更多")
	legal.ExpectCard("更多").Click("附件")
	legal.ExpectText("pdf")
}

// contract reads a contract and its approval.
func (w world) contract(t *testing.T, no string) (c sales.Contract, r approval.Request) {
	t.Helper()
	w.view(t, func(ctx context.Context, tx *store.Tx) (err error) {
		if c, err = tx.ContractByNo(ctx, no); err == nil {
			r, err = tx.RequestByID(ctx, c.RequestID)
		}
		return err
	})
	return c, r
}

// screen is everything a person's phone shows of the bot, for a failing story.
func (w world) screen(t *testing.T, name string) (out string) {
	t.Helper()
	for _, m := range w.shown(t, name) {
		out += "---\n" + bottest.Plain(m) + "\n"
	}
	return out
}
