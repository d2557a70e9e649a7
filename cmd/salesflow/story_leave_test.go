package main

import (
	"testing"
	"time"

	"salesflow/bot/bottest"
)

func TestLeaveHoldsWhatIsPushed(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, deputy, lead := s.As("周敏").Skip(), s.As("李强").Skip(), s.As("王芳").Skip()
		rep.Say("绍兴市立 王主任嫌贵,周五前发报价")
		rep.ExpectCard("拜访已记录")
		rep.Say("请假 明天到周五")
		rep.ExpectCard("请假已记", "3月12日 周四 到 3月13日 周五")
		lead.ExpectText("周敏 请假", "还没有代理")
		rep.ExpectCard("谁代理").Click("李强")
		rep.ExpectText("代理:李强")
		deputy.ExpectText("周敏 请假", "转给你")
		rep.Say("我的请假")
		rep.ExpectText("请假 3月12日 周四 到 3月13日 周五 · 代理 李强")
		lead.Say("团队请假")
		lead.ExpectText("周敏", "代理 李强")
		s.At(storyStart.Add(14 * time.Hour)) // midnight
		rep.Skip()
		s.At(storyStart.Add(4*24*time.Hour + 13*time.Hour)) // Sunday night
		rep.ExpectNothingElse()
		s.At(storyStart.Add(4*24*time.Hour + 22*time.Hour + 35*time.Minute)) // Monday 8:35
		rep.ExpectText("请假期间攒下", "发报价", "3月13日 周五到期")
		s.FastForward(9 * time.Hour)
		rep.ExpectCard("日报")
	})
}

func TestLeaveIsCancelled(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep, deputy := s.As("周敏").Skip(), s.As("李强").Skip()
		rep.Say("出差 周四到周五 杭州 代理 李强")
		rep.ExpectCard("出差已记", "去哪 杭州", "代理 李强")
		deputy.ExpectText("周敏 出差")
		rep.Say("请假 周五")
		rep.ExpectText("重了")
		rep.Say("取消请假")
		rep.ExpectText("已取消:出差")
		deputy.ExpectText("不用代理")
		rep.Say("取消请假")
		rep.ExpectText("没有可以取消")
		rep.Say("请假 下雨")
		rep.ExpectText("日期没看懂")
		rep.Say("我明天下午请假")
		rep.ExpectCard("请假已记", "3月12日 周四 下午")
	})
}

func TestAnEscalationPassesToTheDeputy(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		head, deputy, rep := s.As("孙静").Skip(), s.As("赵磊").Skip(), s.As("周敏").Skip()
		head.Say("请假 今天到下周五 代理 王芳")
		head.ExpectCard("请假已记", "代理 王芳")
		lead := s.As("王芳")
		lead.ExpectText("孙静 请假")
		rep.Say(contractFiling)
		rep.ExpectCard("合同草稿").Click("无附件")
		deputy.ExpectCard("合同待审批")
		s.FastForward(49 * time.Hour)
		lead.ExpectCard("合同超时未审").Click("我来处理")
		lead.ExpectCard("王芳")
	})
}
