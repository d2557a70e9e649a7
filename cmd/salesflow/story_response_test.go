package main

import (
	"testing"
	"time"

	"salesflow/bot/bottest"
)

// A director sees whether rules help: how much of what they pushed was dealt with, how fast, and whether approvals are in time; a rep sees
// what was pushed to them alone.
func TestHowFastThingsAreDealtWith(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		w.turnOn(t, s, "竞品盯办", "当 登记 竞品 则 推送 负责人 \"{客户} 来竞品了\" 按钮 我来处理、已处理;再过 4小时 则 推送 负责人的主管")
		w.turnOn(t, s, "只说一声", "当 登记 竞品 则 推送 孙静 \"{客户} 来竞品了,知道一下\" 只发文字")
		rep, other, lead, director := s.As("周敏").Skip(), s.As("李强").Skip(), s.As("王芳").Skip(), s.As("陈刚").Skip()
		director.Say("处理时效")
		director.ExpectText("处理时效 · 全公司 · 近 30 天", "没有推过要人处理的事", "没有批完的")
		rep.Say("竞品 绍兴市立医院 迈瑞 报价30万")
		rep.ExpectCard("竞品", "已记录")
		push := rep.ExpectCard("绍兴市立医院 来竞品了")
		s.FastForward(time.Hour)
		push.Click("我来处理")
		s.FastForward(time.Hour)
		rep.Say("已处理 绍兴市立医院")
		rep.ExpectText("已处理,不再提醒")
		other.Say("竞品 宁波市立医院 迈瑞 报价20万")
		other.ExpectCard("竞品", "已记录")
		s.FastForward(5 * time.Hour)
		lead.ExpectCard("竞品盯办", "宁波市立医院 来竞品了", "已做", "提醒过 李强,3月11日 12:00")
		rep.Skip().Say(contractFiling).ExpectCard("合同草稿")
		rep.Say("无附件")
		rep.ExpectCard("合同待审批")
		s.As("赵磊").Skip().Say("同意 HT2026-001")
		s.Settle()
		director.Skip().Say("同意 HT2026-001")
		s.Settle()
		director.Skip().Say("处理时效")
		director.ExpectText("全公司", "催办 2 件,办完 1 件(50%),没办完 1 件", "没升级就办了 1 件(50%),升过级 1 件", "多久有人接:中位 1 小时", "多久办完:中位 2 小时",
			"审批批完 1 份,按时 1 份(100%)", "现在超时 0 份", "法务", "· 竞品盯办 2 件,办完 1,升级 1", "处理时效 竞品盯办").Without("只说一声")
		director.Say("处理时效 竞品盯办")
		director.ExpectText("2 件,办完 1(50%)", "绍兴市立医院", "周敏接的", "2 小时后结束:已处理 · 周敏", "升到第 2 级", "没办完")
		rep.Skip().Say("时效 近7天")
		rep.ExpectText("推给你的 · 近 7 天", "催办 1 件,办完 1 件")
	})
}
