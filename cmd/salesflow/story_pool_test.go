package main

import (
	"context"
	"sync"
	"testing"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
	"salesflow/store"
	"salesflow/store/sales"
)

func TestAnIdleCustomerGoesBackToThePoolAfterAWarning(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, lead, other := s.As("周敏").Skip(), s.As("王芳").Skip(), s.As("李强").Skip()
		rep.Say("分级 绍兴市立医院 C")
		rep.ExpectText("C类", "30 天")
		// 30 days idle is April 10; the warning comes seven days ahead, on Friday the 3rd.
		s.At(onDay(11, 12, 0).AddDate(0, 0, 24)) // Saturday the 4th
		warn := rep.ExpectCard("快回公海", "绍兴市立医院", "C类客户满 30 天没有联系", "4月10日").ExpectButtons("我会跟进", "放回公海")
		rep.Say("为什么催我 绍兴市立医院")
		rep.ExpectText("规则:\"公海预警\"", "回公海日", "推送给 周敏")
		warn.Click("我会跟进")
		warn.ExpectUpdate("你会跟进", "4月18日").ExpectNoButtons()
		// Nothing followed: it comes again, and cannot be put off a second time.
		s.At(onDay(11, 12, 0).AddDate(0, 0, 41)) // April 21, Tuesday
		again := rep.ExpectCard("快回公海", "绍兴市立医院", "4月27日")
		again.Click("我会跟进")
		rep.ExpectText("没有联系记录", "不能再延")
		s.At(onDay(11, 20, 0).AddDate(0, 0, 47)) // April 27
		rep.ExpectText("绍兴市立医院", "已回公海")
		lead.ExpectText("周敏的客户绍兴市立医院已回公海")
		if c := w.customer(t, "绍兴市立医院"); c.OwnerID != 0 {
			t.Errorf("owner = %d", c.OwnerID)
		}
		s.At(onDay(11, 10, 0).AddDate(0, 0, 48))
		rep.Skip()
		rep.Say("领取 绍兴市立医院")
		rep.ExpectText("刚从你手上回公海", "5月4日")
		other.Skip()
		other.Say("公海 绍兴")
		other.ExpectText("公海 · 绍兴 1 家", "1. 绍兴市立医院", "C类", "30 天没有联系", "原周敏")
		other.Say("公海 华南")
		other.ExpectText("公海 · 华南现在没有客户")
		other.Say("公海 火星")
		other.ExpectText("没有", "火星", "华东")
		other.Say("公海")
		other.ExpectText("1. 绍兴市立医院")
		other.Say("领取 1")
		other.ExpectText("已领取", "绍兴市立医院 归你了", "今天还能领 4 家")
		rep.Say("领取 绍兴市立医院")
		rep.ExpectText("绍兴市立医院被李强", "领走了")
		if c := w.customer(t, "绍兴市立医院"); c.OwnerID != w.person(t, "liqiang").ID {
			t.Errorf("owner = %d", c.OwnerID)
		}
	})
}

func TestAVisitKeepsACustomer(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("分级 绍兴市立医院 C")
		rep.ExpectText("C类")
		s.At(onDay(11, 12, 0).AddDate(0, 0, 24))
		rep.ExpectCard("快回公海", "绍兴市立医院")
		s.At(onDay(11, 10, 0).AddDate(0, 0, 27)) // Tuesday, April 7
		rep.Say("拜访 绍兴市立医院 王主任 看了离心机,嫌贵")
		rep.ExpectCard("拜访已记录")
		s.At(onDay(11, 20, 0).AddDate(0, 0, 31))
		rep.ExpectCard("不回公海了", "继续归你").ExpectNoButtons()
		if c := w.customer(t, "绍兴市立医院"); c.OwnerID != w.person(t, "zhoumin").ID {
			t.Errorf("owner = %d", c.OwnerID)
		}
	})
}

func TestACustomerIsReleasedAndAssigned(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, lead, other := s.As("周敏").Skip(), s.As("王芳").Skip(), s.As("李强").Skip()
		other.Say("放回公海 绍兴市立医院 不想跟")
		other.ExpectText("周敏的客户", "只有他和他的主管")
		rep.Say("放回公海 绍兴市立医院")
		rep.ExpectText("为什么放回")
		rep.Say("预算明年才有")
		rep.ExpectText("已放回公海", "预算明年才有")
		rep.Say("分配 绍兴市立医院 李强")
		rep.ExpectText("没有这个权限")
		lead.Say("分配 绍兴市立医院 李")
		lead.ExpectText("没有叫", "李")
		lead.Say("分配 绍兴市立医院 李强")
		lead.ExpectText("已分配", "李强")
		other.ExpectText("王芳", "绍兴市立医院", "分给你了")
		// What is open goes along when it is given on.
		other.Say("商机 绍兴市立医院 生化分析仪 50万 下月底签")
		other.ExpectCard("商机")
		other.Say("拜访 绍兴市立医院 王主任 看了离心机,周五前发报价")
		other.ExpectCard("拜访已记录")
		lead.Say("分配 绍兴市立医院 周敏")
		lead.ExpectText("已分配", "→ 周敏")
		rep.ExpectText("分给你了")
		other.ExpectText("分给了周敏")
		rep.Say("待办")
		rep.ExpectText("发报价", "绍兴市立医院")
		rep.Say("商机")
		rep.ExpectText("绍兴市立医院", "50万")
		if v := w.lastVisit(t, "liqiang"); v.PersonID != w.person(t, "liqiang").ID {
			t.Errorf("the visit lost its author: %+v", v)
		}
		rep.Say("分级 绍兴市立医院 KA")
		rep.ExpectText("由主管定")
		lead.Say("分级 绍兴市立医院 KA")
		lead.ExpectText("KA", "不会自动回公海")
		rep.Say("标签 绍兴市立医院 三甲")
		rep.ExpectText("三甲")
		rep.Say("标签 三甲")
		rep.ExpectText("标签 三甲:1 家", "绍兴市立医院")
		rep.Say("标签 绍兴市立医院 删 三甲")
		rep.ExpectText("没有了")
		rep.Say("标签 绍兴市立医院 重点 一个标签最多只能写十二个字而已") // all of them, or none
		rep.ExpectText("太长", "12 个字")
		rep.Say("标签 绍兴市立医院")
		rep.ExpectText("还没有")
	})
}

// Two reps on two platforms want the same customer: one gets it, the other hears who.
func TestOfTwoClaimsOneWins(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	s := bottest.New(t, w)
	free(t, w, "绍兴市立医院")
	a, b := s.As("周敏", sim.WeCom).Skip(), s.As("李强", sim.DingTalk).Skip()
	var both sync.WaitGroup
	for _, p := range []*bottest.Phone{a, b} {
		both.Add(1)
		go func() { defer both.Done(); p.Say("领取 绍兴市立医院") }()
	}
	both.Wait()
	s.Settle()
	won := w.count(t, "周敏", "绍兴市立医院 归你了") + w.count(t, "李强", "绍兴市立医院 归你了")
	lost := w.count(t, "周敏", "被李强", "领走了") + w.count(t, "李强", "被周敏", "领走了")
	if won != 1 || lost != 1 {
		t.Errorf("%d won, %d lost", won, lost)
	}
}

func TestClaimsAreBounded(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		names := []string{"宁波市立医院", "温州中心医院", "台州中心医院", "湖州妇幼保健院", "金华骨科医院", "金华第二医院"}
		free(t, w, names...)
		rep := s.As("林夏").Skip()
		for _, n := range names[:5] {
			rep.Say("领取 " + n)
			rep.ExpectText("已领取", n)
		}
		rep.Say("领取 " + names[5])
		rep.ExpectText("今天已经领了 5 家", "最多 5 家")
		s.At(onDay(12, 10, 0))
		rep.Skip()
		rep.SayAgain("claim-1", "领取 "+names[5])
		rep.ExpectText("已领取")
		rep.SayAgain("claim-1", "领取 "+names[5])
		rep.ExpectNothingElse()
	})
}

// free puts customers into the open pool.
func free(t *testing.T, w world, names ...string) {
	t.Helper()
	for _, n := range names {
		c := w.customer(t, n)
		if _, err := w.program.db.Do(context.WithoutCancel(t.Context()), store.Work{Fn: func(_ context.Context, tx *store.Tx) error {
			c.OwnerID, c.TeamID = 0, 0
			tx.UpdateCustomer(c)
			tx.PutKeeping(sales.Keeping{CustomerID: c.ID, Reason: "测试"})
			return nil
		}}); err != nil {
			t.Fatal(err)
		}
	}
}
