package main

import (
	"testing"

	"salesflow/bot/bottest"
)

func TestEverybodySeesTheirPart(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, other := s.As("周敏").Skip(), s.As("李强").Skip()
		rep.Say(firstVisit)
		rep.ExpectCard("拜访已记录", "嫌贵30%")
		rep.Say("客户 绍兴市立医院")
		rep.ExpectCard("绍兴市立医院", "负责人 周敏", "王建国", "拜访 今天")
		other.Say("客户 绍兴市立医院")
		other.ExpectText("周敏的客户", "找周敏").Without("王建国", "嫌贵", "寄样")
		for _, name := range []string{"王芳", "陈刚"} {
			above := s.As(name).Skip()
			above.Say("客户 绍兴市立医院")
			above.ExpectCard("绍兴市立医院", "负责人 周敏", "王建国")
		}
		newcomer := s.As("林夏").Skip()
		newcomer.Say("客户 宁波市立医院")
		newcomer.ExpectText("李强的客户", "找李强").Without("赵海")
	})
}

// An objection is its author's (product: visible to the author only); those above see completion and pace, not the text.
func TestAnObjectionIsItsAuthorsOnly(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("拜访 绍兴市立医院 王主任 介绍生化分析仪,嫌贵30%,竞品迈瑞报价90万,下周二前寄样")
		rep.ExpectCard("拜访已记录", "嫌贵30%")
		for _, name := range []string{"王芳", "陈刚", "赵磊", "吴桐"} {
			above := s.As(name).Skip()
			for _, page := range []string{"", " 动态", " 商机", " 待办", " 决策链"} {
				above.Say("客户 绍兴市立医院" + page)
				above.ExpectCard("绍兴市立医院").Without("嫌贵", "30%", "竞品", "迈瑞", "90万")
			}
		}
	})
}

func TestAGroupSeesLess(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		group, rep := s.As("周敏").In("华东一组").Skip(), s.As("周敏").Skip()
		rep.Say("新客户 绍兴云岭康复医院 13800005678 医疗")
		rep.ExpectCard("客户已建", "13800005678")
		group.Say("客户 绍兴云岭康复医院")
		group.ExpectText("138****5678", "详情请单聊我").Without("13800005678")
		group.Say("拜访 绍兴云岭康复医院 李院长 嫌贵30%,报价123.4万,周五前寄样")
		group.ExpectCard("拜访已记录", "绍兴云岭康复医院", "3月13日").Without("嫌贵", "30%", "123.4")
		group.Say("新客户 诸暨浣江康复医院 13700001234 医疗")
		group.ExpectCard("客户已建", "137****1234").Without("13700001234")
	})
}

func TestAContractIsForThoseItConcerns(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		file(s.As("周敏").Skip(), s.As("赵磊").Skip())
		for _, name := range []string{"王芳", "陈刚", "孙静", "吴桐"} {
			p := s.As(name).Skip()
			p.Say("合同 HT2026-001")
			p.ExpectCard("HT2026-001", "绍兴市立医院", "1,280,000")
		}
		for _, name := range []string{"李强", "林夏"} {
			p := s.As(name).Skip()
			p.Say("合同 HT2026-001")
			p.ExpectText("或者不归你看").Without("绍兴市立医院", "128")
			p.Say("附件 HT2026-001")
			p.ExpectText("或者不归你看").Without("绍兴市立医院", "128")
			p.Say("谁在处理 HT2026-001")
			p.ExpectText("或者不归你看").Without("绍兴市立医院", "128")
			p.Say("合同")
			p.ExpectText("合同").Without("HT2026-001")
		}
		signed := s.As("周敏").Skip()
		signed.Say("合同 HT2026-018")
		signed.ExpectText("HT2026-018", "之前已签", "绍兴市立医院")
		signed.Say("撤回 HT2026-018")
		signed.ExpectText("不走审批")
	})
}
