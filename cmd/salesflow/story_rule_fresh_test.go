package main

import (
	"testing"
	"time"

	"salesflow/bot/bottest"
)

// What is said later, or once more, says how things stand then: how late, how much is open, and nothing when it is settled.
func TestALaterPushSaysHowThingsStandThen(t *testing.T) {
	t.Parallel()
	onBothWithDelivery(t, func(t *testing.T, s *bottest.Story, w world) {
		finance, rep, lead := s.As("吴桐").Skip(), s.As("周敏").Skip(), s.As("王芳").Skip()
		finance.Say("开票 HT2026-018 20万 昨天")
		finance.ExpectCard("FP2026-001", "4月9日")
		day := onDay(11, 9, 0).AddDate(0, 0, 29+30) // 30 days late: May 9, a Saturday of work
		s.At(day.AddDate(0, 0, 2))
		rep.Skip()
		if n := w.count(t, "周敏", "FP2026-001 逾期 30 天,还欠 ¥200,000.00"); n != 1 {
			t.Errorf("the owner is told %d times", n)
		}
		finance.Skip().Say("回款 FP2026-001 5万")
		finance.ExpectAny()
		s.At(day.AddDate(0, 0, 9))
		lead.Skip()
		// The week ends on a Saturday: it is told on Monday, and says so.
		if n := w.count(t, "王芳", "FP2026-001 逾期 39 天,还欠 ¥150,000.00,周敏在催"); n != 1 {
			t.Errorf("the lead is told %d times", n)
		}
		lead.Say("稍后 FP2026-001 3天")
		lead.ExpectText("再提醒")
		s.At(day.AddDate(0, 0, 13))
		if n := w.count(t, "王芳", "FP2026-001 逾期 42 天,还欠 ¥150,000.00"); n != 1 {
			t.Errorf("the lead is told %d times how late it is by then", n)
		}
		finance.Skip().Say("回款 FP2026-001 15万")
		finance.ExpectAny()
		s.At(day.AddDate(0, 0, 40))
		if n := w.count(t, "吴桐", "看要不要停发货"); n != 0 {
			t.Errorf("finance is told %d times of what was paid", n)
		}
	})
}

// A rule that is about how things stand ends when its conditions hold no more.
func TestAPushEndsWithItsConditions(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		w.turnOn(t, s, "重点客户没去", "当 客户 超过 2天 没有 拜访 且 级别 = KA 且 名称 = \"绍兴市立医院\" 则 推送 负责人 \"{名称} {已等} 没去\";再过 1天 则 推送 负责人的主管 \"{名称} {已等} 没去\"")
		rep, lead := s.As("周敏").Skip(), s.As("王芳").Skip()
		lead.Say("分级 绍兴市立医院 KA").ExpectText("KA")
		rep.Say("拜访 绍兴市立医院 王主任 介绍生化分析仪方案")
		rep.ExpectCard("拜访已记录")
		s.At(onDay(16, 9, 0)) // Monday: since Wednesday
		rep.ExpectCard("重点客户没去", "绍兴市立医院 5 天 没去")
		lead.Skip().Say("分级 绍兴市立医院 B").ExpectText("→ B")
		s.At(onDay(20, 9, 0))
		w.over(t, "周敏", "重点客户没去", "条件不成立了")
		if n := w.count(t, "王芳", "重点客户没去"); n != 0 {
			t.Errorf("the lead is told %d times of a customer that is no KA any more", n)
		}
	})
}

// A text that was held back says how things stand when it comes, and does not come when the matter is settled.
func TestAHeldTextSaysHowThingsStandWhenItComes(t *testing.T) {
	t.Parallel()
	onBothWithDelivery(t, func(t *testing.T, s *bottest.Story, w world) {
		w.turnOn(t, s, "投诉没人管", "当 投诉 进入 待受理 超过 1小时 则 推送 负责人 \"{客户} 投诉 {已等} 没人受理\" 只发文字")
		rep, service := s.As("周敏").Skip(), s.As("何晴").Skip()
		rep.Say("免打扰 10:30-13:30").ExpectText("每天 10:30-13:30 不打扰你")
		rep.Say("投诉 绍兴市立医院 机器报警").ExpectAny()
		rep.Say("投诉 绍兴第二医院 漏液").ExpectAny()
		s.Settle()
		rep.Skip()
		s.At(onDay(11, 13, 0))
		if n := w.count(t, "周敏", "没人受理"); n != 0 {
			t.Errorf("%d pushes came within the quiet hours", n)
		}
		service.Say("受理 绍兴第二医院").ExpectAny()
		s.Settle()
		s.At(onDay(11, 13, 31))
		if n := w.count(t, "周敏", "绍兴市立医院 投诉 3 小时 没人受理"); n != 1 {
			t.Errorf("told %d times how long it is by then", n)
		}
		if n := w.count(t, "周敏", "绍兴第二医院 投诉", "没人受理"); n != 0 {
			t.Errorf("told %d times of what was taken up", n)
		}
	})
}

// All steps are gone through once more when nobody took it up, and no more than that; who deals with it ends all cards.
func TestAllStepsAreRepeatedWhenNobodyTookItUp(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		w.turnOn(t, s, "等太久", "当 合同 进入 待审批 超过 1小时 且 未处理 则 推送 财务 \"{编号} 等了 {已等},卡在 {当前审批人}\" 只发文字;再过 1小时 则 推送 王芳 \"{编号} 还没审\" 只发文字;再过 2小时 从头重复,最多 1次")
		rep, finance := s.As("周敏").Skip(), s.As("吴桐").Skip()
		rep.Say(contractFiling).ExpectCard("合同草稿")
		rep.Say("无附件")
		rep.ExpectCard("合同待审批")
		told := func(at time.Time, first, second int) {
			t.Helper()
			s.At(at)
			if n := w.count(t, "吴桐", "HT2026-001 等了", "卡在 赵磊"); n != first {
				t.Errorf("%s: the first level is told %d times, want %d", at.Format("15:04"), n, first)
			}
			if n := w.count(t, "王芳", "HT2026-001 还没审"); n != second {
				t.Errorf("%s: the second level is told %d times, want %d", at.Format("15:04"), n, second)
			}
		}
		told(onDay(11, 11, 5), 1, 0)
		told(onDay(11, 12, 5), 1, 1)
		told(onDay(11, 14, 5), 2, 1)
		finance.Skip().Say("为什么催我").ExpectText("到头没人处理,从头再来", "从头再来,最多 1 次")
		told(onDay(11, 15, 5), 2, 2)
		told(onDay(13, 18, 0), 2, 2)
	})
}

// A pause holds what is urged already, too: it goes on where it was when the rule is on again.
func TestAPauseHoldsWhatIsUrgedAlready(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		w.turnOn(t, s, "等太久", "当 合同 进入 待审批 超过 1小时 且 未处理 则 推送 财务 \"{编号} 等着\";再过 2小时 则 推送 王芳 \"{编号} 还等着\"")
		director, rep, finance, lead := s.As("陈刚").Skip(), s.As("周敏").Skip(), s.As("吴桐").Skip(), s.As("王芳").Skip()
		rep.Say(contractFiling).ExpectCard("合同草稿")
		rep.Say("无附件")
		rep.ExpectCard("合同待审批")
		s.At(onDay(11, 11, 30))
		finance.ExpectCard("合同超时未审 · HT2026-001", "等太久").ExpectButtons("我来处理", "催办赵磊", "转给他人", "2小时后再提醒")
		lead.Skip()
		director.Skip().Say("规则 暂停 等太久 到 明天上午11点").ExpectText("停到 明天 11:00")
		s.At(onDay(12, 10, 30))
		if n := w.count(t, "吴桐", "规则已停用"); n != 0 {
			t.Error("what is urged ended with the pause")
		}
		if n := w.count(t, "王芳", "等太久"); n != 0 {
			t.Errorf("the next level is told %d times while the rule rests", n)
		}
		s.At(onDay(12, 11, 30))
		lead.ExpectCard("合同超时未审 · HT2026-001", "等太久")
		director.Skip().Say("规则 暂停 等太久 3天").ExpectText("停到")
		director.Say("规则 停用 等太久").ExpectText("停用了,催着的也停下")
		s.Settle()
		w.over(t, "王芳", "HT2026-001", "规则已停用")
	})
}
