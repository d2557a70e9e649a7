package main

import (
	"testing"
	"time"

	"salesflow/bot/bottest"
)

func TestAPlanIsMadeChangedAndDone(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, lead := s.As("周敏").Skip(), s.As("王芳").Skip()
		rep.Say("计划 明天 上午 绍兴市立 送样 下午 宁波妇保")
		rep.ExpectCard("已排 · 明天 周四", "上午 绍兴市立医院 送样", "下午 宁波妇保", "客户里没有")
		rep.Say("计划 后天下午3点 绍兴市立")
		rep.ExpectCard("3月13日 周五(2天后)", "15:00 绍兴市立医院")
		rep.Say("计划")
		rep.ExpectCard("3 家")
		rep.Say("改计划 3 周五上午")
		rep.ExpectText("15:00 → 3月13日 周五 上午")
		rep.Say("取消计划 3")
		rep.ExpectText("已取消", "3月13日 周五")
		rep.Say("取消计划 9")
		rep.ExpectText("没有这一条")
		s.At(storyStart.Add(22*time.Hour + 42*time.Minute)) // 8:42 of the next day
		rep.ExpectCard("今天的计划", "上午 绍兴市立医院", "宁波妇保").Click("签到绍兴市立")
		rep.ExpectCard("●签到")
		lead.Say("团队计划")
		lead.ExpectText("2 家,去了 1 家", "周敏 1/2", "● 上午 绍兴市立医院", "没排")
		s.At(storyStart.Add(46*time.Hour + 42*time.Minute))
		morning := rep.ExpectCard("今天的计划", "上次没去成:宁波妇保", "计划 2 家,去了 1 家")
		morning.Click("今天去宁波妇保")
		rep.ExpectText("已改:宁波妇保", "3月13日 周五")
	})
}

func TestAPlanIsTakenBack(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep := s.As("周敏").Skip()
		rep.Say("计划 明天 上午 绍兴市立 下午 宁波市立")
		rep.ExpectCard("2 家")
		rep.Say("撤销")
		rep.ExpectText("已取消", "绍兴市立医院", "宁波市立医院")
		rep.Say("计划 明天")
		rep.ExpectCard("没有排")
		rep.Say("计划 昨天 绍兴市立")
		rep.ExpectText("日子不对", "今天或以后")
	})
}

func TestOnlyALeadSeesTheTeamsPlan(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep := s.As("周敏").Skip()
		rep.Say("团队计划")
		rep.ExpectText("没有这个权限")
		rep.Say("明天上午去绍兴市立,下午去宁波市立")
		rep.ExpectCard("已排", "上午 绍兴市立医院", "下午 宁波市立医院")
	})
}
