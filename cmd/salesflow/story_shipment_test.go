package main

import (
	"testing"

	"salesflow/bot/bottest"
)

func TestAClauseStopsAShipmentAndIsNamed(t *testing.T) {
	t.Parallel()
	onBothWithDelivery(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep, legal, director := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("陈刚").Skip()
		delivery, finance := s.As("方远").Skip(), s.As("吴桐").Skip()
		rep.Say("提交合同 绍兴市立医院 生化分析仪 128万 余款验收后30天 交期45天").ExpectCard("合同草稿")
		rep.Say("无附件")
		legal.ExpectCard("等你处理").Click("同意")
		director.ExpectCard("等你处理").Click("同意")
		rep.Skip()
		// Approved on March 11th, to be delivered within 45 days: a later promise is stopped, an earlier one goes.
		rep.Say("发货 HT2026-001 4台 60万 5月20日送到")
		rep.ExpectText("HT2026-001 发不了", "交期", "合同交期", "日子改早", "放行 HT2026-001")
		finance.Say("授信 绍兴市立医院 100万")
		finance.ExpectText("授信 100万")
		rep.Say("发货 HT2026-001 4台 60万 4月10日送到")
		rep.ExpectCard("FH2026-001")
		// 60万 are out and not paid; 68万 more are beyond what the customer may owe. Who delivers reads no amounts.
		delivery.Skip()
		delivery.Say("发货 HT2026-001 6台 68万")
		delivery.ExpectText("发不了", "授信额度").Without("60万", "100万")
		rep.Skip()
		rep.Say("发货 HT2026-001 6台 68万")
		rep.ExpectText("发不了", "授信额度", "已欠 60万", "授信 100万")
		rep.Say("发货 HT2026-001 6台 90万")
		rep.ExpectText("发不了", "合同金额", "合同 128万")
		finance.Skip()
		finance.Say("放行 HT2026-001 客户等着上线")
		finance.ExpectText("已放行", "客户等着上线").Without("预付")
		rep.Skip()
		rep.Say("发货 HT2026-001 6台 68万")
		rep.ExpectCard("FH2026-002")
		rep.Say("发货 HT2026-001 1台 5万")
		rep.ExpectText("发不了", "合同金额", "货值再看一下").Without("放行")
	})
}
