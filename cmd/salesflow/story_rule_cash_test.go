package main

import (
	"testing"

	"salesflow/bot/bottest"
)

// An invoice nobody pays goes up level by level, by rules of the pack; a promised day holds it back, money ends it.
func TestOverdueMoneyGoesUpByRule(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep, finance, director := s.As("周敏").Skip(), s.As("吴桐").Skip(), s.As("陈刚").Skip()
		rep.Say("提交合同 绍兴市立医院 生化分析仪 50万 0%预付 余款验收后3天 交期45天").ExpectCard("合同草稿")
		rep.Say("无附件")
		rep.ExpectCard("合同待审批")
		s.As("赵磊").ExpectCard("等你处理").Click("同意")
		director.ExpectCard("等你处理").Click("同意")
		rep.Skip()
		rep.Say("发货 HT2026-001 1台").ExpectCard("发货")
		rep.Say("签收 HT2026-001 王主任").ExpectText("已签收")
		finance.Say("开票 HT2026-001 50万").ExpectCard("发票 FP2026-001", "3月14日")
		// The company is stricter than the pack: its own text takes the place of the pack's.
		director.Skip()
		director.Say("规则 回款逾期30天\n当 发票.应付日 过后 2天 且 状态 = 未付清 则 推送 负责人 \"{客户} 的发票 {编号} 逾期,还欠 {未付}\" 再过 2天 则 推送 财务 \"{编号} 还没付\"")
		director.ExpectCard("第 2 版待启用").Click("启用")
		s.At(onDay(16, 12, 0))
		rep.ExpectCard("回款逾期30天", "绍兴市立医院 的发票 FP2026-001 逾期", "还欠 ¥500,000.00")
		s.At(onDay(18, 12, 0))
		second := finance.ExpectCard("回款逾期30天", "FP2026-001 还没付")
		rep.Say("回款 HT2026-001 50万").ExpectCard("已认款")
		s.Settle()
		second.ExpectUpdate("已付清").ExpectNoButtons()
	})
}
