package main

import (
	"testing"

	"salesflow/bot/bottest"
)

func TestOnlyDeliverableNewSignUpsCount(t *testing.T) {
	t.Parallel()
	onBothWithDelivery(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, legal, director, finance := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("陈刚").Skip(), s.As("吴桐").Skip()
		for _, c := range []struct{ customer, terms string }{
			{"绍兴市立医院", "生化分析仪 128万 30%预付 交期45天"}, // has signed before: HT2026-018
			{"绍兴第二医院", "生化分析仪 60万 30%预付 交期30天"},
		} {
			rep.Skip()
			rep.Say("提交合同 "+c.customer+" "+c.terms).ExpectCard("合同草稿", c.customer, "上传附件")
			rep.Say("无附件")
			rep.ExpectCard("合同待审批", c.customer)
			legal.ExpectCard("等你处理").Click("同意")
			director.ExpectCard("等你处理").Click("同意")
			rep.ExpectText("全部通过")
		}
		director.Skip()
		director.Say("新签额 本月")
		card := director.ExpectCard("可交付新签额 · 2026年3月", "新签额 ¥600,000.00(1 份)", "复购 ¥1,280,000.00(1 份)", "华东 ¥600,000.00")
		card.Click("华东")
		card = card.ExpectUpdate("¥600,000.00").ExpectButtons("诊断设备", "返回")
		card.Click("诊断设备")
		card = card.ExpectUpdate("周敏 ¥600,000.00")
		card.Click("周敏")
		card.ExpectUpdate("绍兴第二医院 ¥600,000.00", "不算:复购")
		finance.Say("开票 HT2026-018 9万")
		finance.ExpectCard("FP2026-001")
		finance.Say("回款指标")
		finance.ExpectCard("回款指标 · 公司", "周转天数 90.0 天", "近 90 天", "未收 ¥90,000.00(1 张)", "开票 ¥90,000.00(1 张)").Click("看开票")
		finance.ExpectText("明细 · 开票 · 公司", "合计 1 张,共 ¥90,000.00", "FP2026-001")
		finance.Say("回款 绍兴市立医院 9万")
		finance.ExpectCard("HK2026-001")
		finance.Say("回款指标 绍兴市立医院")
		finance.ExpectCard("客户价值", "累计付款 ¥90,000.00")
		rep.Skip()
		rep.Say("对齐")
		rep.ExpectCard("对齐", "签约前没有拜访记录", "HT2026-002", "绍兴第二医院 60万→你", "怎么办:对齐 HT2026-")
		service := s.As("何晴").Skip()
		service.Say("新签额")
		service.ExpectText("没有这个权限")
	})
}
