package main

import (
	"testing"

	"salesflow/bot/bottest"
)

func TestADecisionChainIsBuiltByChat(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("联系人 绍兴市立医院 钱副院长 决策人 13900001234")
		rep.ExpectText("已加联系人", "绍兴市立医院", "钱副院长", "决策人")
		rep.Say("联系人 绍兴市立医院 王主任 技术把关")
		rep.ExpectText("已更新联系人", "王建国", "技术把关") // the one 王 who is 主任, not a new one
		rep.Say("决策链 绍兴市立")
		rep.ExpectCard("绍兴市立医院", "决策链", "决策人", "钱副院长", "没见过", "13900001234", "技术把关", "王建国", "还缺 采购", "像是采购,是就发")
		rep.Say("联系人 绍兴市立医院 赵科长 采购 12345")
		rep.ExpectText("电话", "12345")
		rep.Say("联系人 绍兴市立医院")
		rep.ExpectCard("决策链")
		other := s.As("李强").Skip()
		other.Say("联系人 绍兴市立医院 孙工 使用人")
		other.ExpectText("周敏的客户", "找周敏")
		other.Say("决策链 绍兴市立医院")
		other.ExpectText("周敏的客户").Without("钱副院长", "13900001234")
		other.ExpectNothingElse()
	})
}

func TestACustomersCardTurnsItsPages(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say(firstVisit)
		rep.ExpectCard("拜访已记录")
		rep.Say("商机 绍兴市立医院 生化分析仪 50万 下月底签")
		rep.ExpectCard("商机")
		rep.Say("分级 绍兴市立医院 A")
		rep.ExpectText("未分级 → A类", "90 天")
		rep.Say("标签 绍兴市立医院 三甲 重点")
		rep.ExpectText("三甲、重点")
		rep.Say("客户 绍兴市立医院")
		card := rep.ExpectCard("绍兴市立医院", "周敏 · A类 · 三甲、重点", "🟢 良好:今天联系过", "1 单 50万", "没办完 1 件", "拜访 今天")
		card.ExpectButtons("决策链", "商机合同", "待办投诉", "最近动态")
		card.Click("商机合同")
		card = card.ExpectUpdate("商机合同", "50万", "初步接触")
		card.Click("返回")
		card = card.ExpectUpdate("健康", "联系人")
		card.Click("待办投诉")
		card.ExpectUpdate("寄样", "3月17日")
		rep.Say("客户 绍兴市立医院 动态")
		rep.ExpectCard("最近动态", "嫌贵30%")
		lead := s.As("王芳").Skip()
		lead.Say("客户 绍兴市立医院 动态")
		lead.ExpectCard("最近动态", "周敏").Without("嫌贵")
	})
}

func TestASilentOnlyContactIsWarnedOf(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say(firstVisit)
		rep.ExpectCard("拜访已记录")
		s.At(onDay(11, 18, 0).AddDate(0, 1, 4)) // Wednesday, April 15
		rep.ExpectText("只认识一位联系人", "绍兴市立医院", "王建国", "天没见")
		rep.Say("为什么催我 绍兴市立医院")
		rep.ExpectText("规则", "30 天没见", "推送给 周敏")
		n := w.count(t, "周敏", "只认识一位联系人")
		s.At(onDay(11, 18, 0).AddDate(0, 1, 6))
		if again := w.count(t, "周敏", "只认识一位联系人"); again != n {
			t.Errorf("the same silence is told of %d times, then %d", n, again)
		}
	})
}
