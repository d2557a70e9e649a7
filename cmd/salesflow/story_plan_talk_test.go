package main

import (
	"testing"
	"time"

	"salesflow/bot/bottest"
)

func TestAPlanNamesStopsThatAreNotKnown(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep := s.As("周敏").Skip()
		rep.Say("明天去第二医院和宁波妇保")
		rep.ExpectCard("已排 · 明天 周四", "2 家", "1. ○ 绍兴第二医院", "2. ○ 宁波妇保", "客户里没有\"宁波妇保\"", "新客户 宁波妇保")
		rep.Say("计划 后天 绍兴市立 还有 东阳横店医院 然后 杭一医 送样")
		rep.ExpectCard("3 家", "绍兴市立医院\n", "○ 东阳横店医院\n", "杭州第一人民医院 送样")
		rep.Say("计划 下周一 绍兴市立和王主任谈价格")
		rep.ExpectCard("1 家", "绍兴市立医院 谈价格")
		rep.Say("计划 2030年5月1日 杭一医")
		rep.ExpectText("92 天以内")
		rep.Say("计划 2月30日 杭一医")
		rep.ExpectText("没有30号", "没有排")
		rep.Say("计划 明天去拜访客户")
		rep.ExpectCard("2 家", "绍兴第二医院", "宁波妇保")
	})
}

func TestAPlanIsTalkedAbout(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep, lead := s.As("周敏").Skip(), s.As("王芳").Skip()
		rep.Say("后天上午9点约了绍兴市立王主任,下午3点去上虞中医院谈价格")
		rep.ExpectCard("已排 · 3月13日 周五", "09:00 绍兴市立医院(已约)", "15:00 上虞中医院 谈价格")
		rep.Say("把上虞中医院改到下周一")
		rep.ExpectText("3月13日 周五 15:00 → 3月16日 周一 15:00")
		rep.Say("上虞中医院改到下周一")
		rep.ExpectText("没有再改动")
		rep.Say("下周一有什么安排")
		rep.ExpectText("3月16日 周一", "15:00 上虞中医院")
		lead.Say("周敏下周一去哪")
		lead.ExpectText("周敏 0/1", "上虞中医院")
		rep.Say("王芳明天去哪")
		rep.ExpectText("只有本人、他的主管和总监能看")
		rep.Say("周五不去绍兴市立了")
		rep.ExpectText("已取消:3月13日 周五", "绍兴市立医院")
		rep.Say("周五不去绍兴市立了")
		rep.ExpectText("今后的计划里没有绍兴市立医院")
		rep.Say("下周一的计划改到下周二")
		rep.ExpectText("3月16日 周一 15:00 → 3月17日 周二 15:00")
		rep.Say("取消下周二的计划")
		rep.ExpectText("已取消", "上虞中医院")
		rep.Say("绍兴二院")
		rep.ExpectText("记拜访就回一句聊了什么")
		rep.Say("明天有什么安排") // no content of a visit
		rep.ExpectText("明天 周四", "没有排")
	})
}

func TestAPlannedVisitThatCameToNothing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("计划 今天 绍兴市立 下午 上虞中医院")
		rep.ExpectCard("2 家")
		rep.Say("绍兴市立没去成,王主任出差了")
		card := rep.ExpectCard("没去成 · 绍兴市立医院", "原因 王主任出差了", "没有记拜访")
		card.Click("改到明天")
		rep.ExpectText("3月11日 周三 → 3月12日 周四")
		card.ExpectUpdate("已改到明天")
		rep.Say("上虞中医院没去成")
		rep.ExpectCard("没去成").Click("取消")
		rep.ExpectText("已取消", "上虞中医院")
		rep.Say("诸暨人医没去成")
		rep.ExpectText("没有排到今天的诸暨人民医院", "没有记")
		s.At(storyStart.Add(7*time.Hour + 2*time.Minute)) // 17:02: the evening names what is planned
		rep.ExpectCard("日报", "明天 周四排了 1 家:绍兴市立医院")
	})
}

func TestLeaveAsPeopleSayIt(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep, lead, deputy := s.As("周敏").Skip(), s.As("王芳").Skip(), s.As("林夏").Skip()
		rep.Say("我明天请半天假")
		rep.ExpectText("上午还是下午", "请假 明天上午")
		rep.Say("王主任今天请假了") // somebody else's
		rep.ExpectText("没看懂")
		rep.Say("给李强请假 明天")
		rep.ExpectText("要李强本人发")
		rep.Say("请假 到明年")
		rep.ExpectText("2027年12月31日", "一年以内")
		rep.Say("计划 后天 绍兴市立")
		rep.ExpectCard("已排")
		rep.Say("绍兴二院")
		rep.ExpectText("记拜访就回一句聊了什么")
		rep.Say("请两天年假,明天开始,有事找林夏") // no content of a visit
		rep.ExpectCard("请假已记", "3月12日 周四 到 3月13日 周五", "代理 林夏")
		rep.ExpectText("这几天还排着", "绍兴市立医院")
		deputy.ExpectText("周敏 请假", "转给你")
		lead.ExpectText("周敏 请假")
		deputy.Say("后天请假 代理 林夏")
		deputy.ExpectCard("请假已记")
		deputy.ExpectCard("代理人要是别的同事").Click("周敏")
		deputy.ExpectText("留意:周敏", "也不在")
		lead.Say("谁今天不在")
		lead.ExpectText("周敏 请假", "林夏 请假")
		rep.Say("计划 后天 上虞中医院")
		rep.ExpectCard("你记了请假")
		s.FastForward(24 * time.Hour)
		rep.Skip()
		rep.Say("我回来了")
		rep.ExpectText("已销假")
		lead.ExpectText("周敏不请假了")
		rep.Say("今天身体不舒服,在家休息")
		rep.ExpectCard("请假已记", "3月12日 周四")
	})
}

func TestJointVisitsAreCounted(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep, lead := s.As("周敏").Skip(), s.As("王芳").Skip()
		lead.Say("我的陪访")
		lead.ExpectText("本月没有陪访记录")
		rep.Say("拜访 绍兴市立 讲了方案")
		rep.ExpectCard("拜访已记录")
		rep.Say("刚才那次王芳也去了")
		rep.ExpectText("同行 王芳(待确认)")
		lead.ExpectCard("一起去了吗")
		lead.Say("这个月陪访了几次")
		lead.ExpectText("陪访 0 次,还有 1 次等你确认", "绍兴市立医院(周敏)")
		lead.Say("在场")
		lead.ExpectText("已确认")
		lead.Say("我的陪访")
		lead.ExpectText("本月陪访 1 次", "绍兴市立医院(周敏)")
		lead.Say("我的陪访 上月")
		lead.ExpectText("上月没有陪访记录")
	})
}
