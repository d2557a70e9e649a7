package main

import (
	"testing"
	"time"

	"salesflow/bot/bottest"
)

// A rule is paused for some days: nobody is urged, its card says until when, and by then it is on by itself and finds what waits still.
func TestARuleIsPausedForAWhile(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		director, rep, finance := s.As("陈刚").Skip(), s.As("周敏").Skip(), s.As("吴桐").Skip()
		w.turnOn(t, s, "等太久", "当 合同 进入 待审批 超过 3小时 且 未处理 则 推送 财务 \"{编号} 等了三小时\"")
		director.Say("规则 暂停 等太久")
		director.ExpectText("停到什么时候", "规则 暂停 等太久 3天")
		director.Say("规则 暂停 等太久 昨天")
		director.ExpectText("规则 暂停 等太久 3天")
		director.Say("规则 暂停 等太久 到 明天上午11点")
		director.ExpectText("停到 明天 11:00", "到时自动启用", "规则 启用 等太久")
		director.ExpectCard("等太久", "停到 3月12日 11:00").ExpectButtons("启用", "试跑", "修改", "版本")
		director.Say("规则")
		director.ExpectText("等太久", "停到 3月12日 11:00")
		rep.Say("规则 暂停 等太久 3天")
		rep.ExpectAny().Without("停到 3月14日")
		rep.Say(contractFiling).ExpectCard("合同草稿")
		rep.Say("无附件")
		rep.ExpectCard("合同待审批")
		s.FastForward(8 * time.Hour)
		finance.ExpectNothingElse()
		s.At(onDay(12, 11, 1))
		director.ExpectText("等太久 暂停到时,又在跑了")
		finance.ExpectCard("合同超时未审 · HT2026-001", "等太久")
		director.Skip().Say("规则 暂停 等太久 3天")
		director.ExpectCard("停到 3月15日").Click("启用")
		director.ExpectCard("等太久", "在用")
		s.At(onDay(16, 10, 0))
		if n := w.count(t, "陈刚", "暂停到时"); n != 1 {
			t.Errorf("told %d times that it is on again", n)
		}
	})
}

// What was pushed is put off to when somebody says, within bounds.
func TestAPushIsPutOffToWhenSomebodySays(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		w.turnOn(t, s, "竞品盯办", "当 登记 竞品 则 推送 负责人 \"{客户} 来竞品了\";再过 3小时 则 推送 负责人的主管")
		rep := s.As("周敏").Skip()
		rep.Say("竞品 绍兴市立医院 迈瑞 报价30万")
		rep.ExpectCard("竞品", "已记录")
		rep.ExpectCard("绍兴市立医院 来竞品了")
		rep.Say("稍后 绍兴市立医院 下个月5号")
		rep.ExpectText("最多推后 7 天", "转给 姓名 绍兴市立医院")
		rep.Say("稍后 绍兴市立医院 明天上午10点")
		rep.ExpectText("明天 10:00 再提醒:绍兴市立医院")
		s.At(onDay(12, 9, 50))
		if n := w.count(t, "王芳", "来竞品了"); n != 0 {
			t.Errorf("the lead is told %d times", n)
		}
		s.At(onDay(12, 10, 1))
		rep.ExpectCard("绍兴市立医院 来竞品了")
		rep.Say("稍后 30分钟")
		rep.ExpectText("今天 10:31 再提醒")
		rep.Say("稍后 绍兴市立医院")
		rep.ExpectText("再提醒")
		rep.Say("稍后 绍兴市立医院 周五")
		rep.ExpectText("已经推后 3 次")
	})
}
