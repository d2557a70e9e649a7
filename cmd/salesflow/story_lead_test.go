package main

import (
	"testing"

	"salesflow/bot/bottest"
)

func TestALeadIsGivenOutTakenAndConverted(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		lead := s.As("王芳").Skip()
		lead.Say("线索 绍兴云岭康复医院 13800005678 李院长 展会 想要生化仪 活动:春季展")
		lead.ExpectText("已记线索 L1", "派给", "华东,手上 0 条,最少")
		owner := w.leadOwner(t, "L1")
		rep := s.As(owner)
		card := rep.ExpectCard("线索 L1 · 待接", "绍兴云岭康复医院", "李院长 13800005678", "想要生化仪", "展会 · 春季展", "华东 绍兴").
			ExpectButtons("接下", "转给", "无效")
		// The same once more, by phone: nothing new.
		lead.Say("线索 云岭康复 13800005678 官网")
		lead.ExpectText("已有线索 L1", owner, "没有再记")
		card.Click("接下")
		card = card.ExpectUpdate("已接,待联系").ExpectButtons("已联系", "转客户", "转给", "无效")
		card.Click("已联系")
		rep.ExpectCard("首次联系,怎么样").Click("A 有需求")
		rep.ExpectText("L1", "A 级", "已记首次联系")
		rep.Say("转客户 L1")
		rep.ExpectCard("客户已建", "绍兴云岭康复医院", "13800005678")
		rep.ExpectText("L1", "已转成客户", "展会 · 春季展")
		rep.Say("客户 绍兴云岭康复医院")
		rep.ExpectCard("绍兴云岭康复医院", "来源 展会 · 春季展")
		rep.Say("商机 绍兴云岭康复医院 生化分析仪 60万 下月底签")
		rep.ExpectCard("商机")
		lead.Skip()
		lead.Say("线索来源")
		lead.ExpectText("展会 · 春季展", "1 条,接 1,A/B 级 1,无效 0,转客户 1", "商机 1 单 60万")
		// Its money is the lead's too: on the payment's card, in the figure of the source, and row by row. Money of before is not.
		rep.Skip()
		rep.Say("回款 绍兴云岭康复医院 12万")
		rep.ExpectCard("HK2026-001", "来源 展会 · 春季展")
		rep.Say("回款 绍兴云岭康复医院 3万")
		rep.ExpectCard("HK2026-002")
		rep.Say("撤销")
		rep.ExpectText("已撤销:HK2026-002")
		rep.Say("回款 绍兴市立医院 7万")
		rep.ExpectAny()
		lead.Skip()
		lead.Say("线索来源")
		lead.ExpectText("展会 · 春季展", "回款 1 笔 12万", "线索来源 展会 春季展")
		lead.Say("线索来源 展会 春季展")
		lead.ExpectText("展会 · 春季展 的线索带来的回款", "1. HK2026-001 绍兴云岭康复医院 ¥120,000.00").Without("HK2026-002", "绍兴市立")
		lead.Say("线索来源 展会 秋季展")
		lead.ExpectText("还没有回款")
	})
}

func TestAnUnansweredLeadGoesUp(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		lead := s.As("王芳").Skip()
		lead.Say("线索 绍兴云岭康复医院 13800005678 展会 想要生化仪")
		lead.ExpectText("L1")
		name := w.leadOwner(t, "L1")
		rep := s.As(name)
		rep.ExpectCard("线索 L1 · 待接")
		s.At(onDay(11, 12, 30)) // two working hours later
		rep.ExpectCard("线索 L1 · 待接", "提醒", "已等 2 小时")
		s.At(onDay(11, 15, 0)) // four
		up := lead.ExpectCard("线索没人接", "L1", name).ExpectButtons("改派", "催一下", "我来处理", "2小时后再提醒")
		lead.Say("为什么催我")
		lead.ExpectText("L1 绍兴云岭康复医院", "规则:\"线索没接\"", "推送给 王芳", "推给 销售总监")
		up.Click("催一下")
		up.ExpectUpdate("已催" + name)
		rep.ExpectCard("线索 L1 · 待接", "王芳催你")
		other := "李强"
		if name == other {
			other = "周敏"
		}
		lead.Say("分配 L1 " + other)
		lead.ExpectText("L1", "转给"+other)
		up.ExpectUpdate("已改派给 " + other).ExpectNoButtons()
		second := s.As(other)
		second.ExpectCard("线索 L1 · 待接", "王芳转来").Click("接下")
		rep.Skip()
		rep.Say("接线索 L1")
		rep.ExpectText("L1 在"+other+"手上", "没有改动")
		s.At(onDay(11, 19, 0))
		if n := w.count(t, "陈刚", "线索没人接"); n != 0 {
			t.Errorf("a lead that was taken went up to the director %d times", n)
		}
	})
}

func TestLeadsOfNewcomersAndWrongOnes(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		lead, rep := s.As("王芳").Skip(), s.As("周敏").Skip()
		// A tender is no newcomer's: 林夏 has none in hand either.
		for _, phone := range []string{"13800005671", "13800005672", "13800005673"} {
			lead.Say("线索 绍兴" + phone[10:] + "号厂 " + phone + " 招标网 集采项目")
			lead.ExpectText("派给").Without("林夏")
		}
		lead.Say("线索 绍兴云岭康复医院 12345 展会")
		lead.ExpectText("电话没看懂", "12345")
		lead.Say("线索 绍兴云岭康复医院 展会")
		lead.ExpectText("还差电话")
		// A customer's lead goes to the customer's owner.
		lead.Say("线索 绍兴市立医院 13800009999 官网 想要离心机")
		lead.ExpectText("派给周敏", "已是周敏的客户")
		rep.Skip()
		rep.Say("无效 " + w.lastLeadOf(t, "绍兴市立医院"))
		rep.ExpectCard("为什么无效").Click("空号错号")
		rep.ExpectText("记为无效", "空号错号")
		// A rep's own stays theirs.
		rep.Say("线索 诸暨浣江康复医院 13700001234 转介绍 想看尿液分析仪")
		rep.ExpectText("归你")
		rep.Say("线索")
		rep.ExpectText("你的线索", "诸暨浣江康复医院", "已接,待联系")
		other := s.As("李强").Skip()
		other.Say("线索 " + w.lastLeadOf(t, "诸暨浣江康复医院"))
		other.ExpectText("周敏的线索").Without("13700001234")
	})
}

func TestALeadTakenAndForgottenGoesUpToo(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		lead := s.As("王芳").Skip()
		lead.Say("线索 绍兴云岭康复医院 13800005678 展会 想要生化仪")
		lead.ExpectText("L1")
		name := w.leadOwner(t, "L1")
		rep := s.As(name)
		rep.ExpectCard("线索 L1 · 待接").Click("接下")
		s.At(onDay(12, 10, 30)) // nine working hours later
		rep.ExpectCard("接了还没联系", "绍兴云岭康复医院")
		s.At(onDay(12, 15, 0))
		lead.ExpectCard("线索接了没联系", "L1", name).ExpectButtons("改派", "催一下", "我来处理", "2小时后再提醒")
		lead.Say("我来处理 L1")
		lead.ExpectText("接下了:L1", "没结果再提醒")
		rep.Skip()
		rep.Say("已联系 王主任,聊了聊") // no lead's grade: it is left to the others
		rep.ExpectAny().Without("L1")
		rep.Say("已联系 L1 B")
		rep.ExpectText("L1", "B 级")
		s.At(onDay(16, 12, 0))
		if n := w.count(t, "陈刚", "线索"); n != 0 {
			t.Errorf("what was settled went up %d times", n)
		}
	})
}
