package main

import (
	"testing"

	"salesflow/bot/bottest"
)

func TestWhoLookedAtACustomerIsTold(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, lead, director := s.As("周敏").Skip(), s.As("王芳").Skip(), s.As("陈刚").Skip()
		rep.Say("谁看过 绍兴市立医院")
		rep.ExpectText("权限")
		director.Say("谁看过 绍兴市立医院")
		director.ExpectText("没有人看过绍兴市立医院", "负责人看过 0 次")
		rep.Say("客户 绍兴市立医院").ExpectCard("绍兴市立医院")
		lead.Say("客户 绍兴市立医院").ExpectCard("绍兴市立医院")
		lead.Say("客户 绍兴市立医院").ExpectCard("绍兴市立医院")
		rep.Say("商机 绍兴市立医院 生化分析仪 50万 下月底签").ExpectAny()
		s.Settle()
		lead.Skip().Say("商机")
		lead.ExpectAny()
		file(rep, s.As("赵磊").Skip())
		finance := s.As("吴桐").Skip()
		finance.Say("合同")
		finance.ExpectText("HT2026-001")
		finance.Say("合同 HT2026-001").ExpectCard("HT2026-001")
		director.Skip().Say("谁看过 绍兴市立医院")
		director.ExpectText("近 90 天", "王芳", "客户资料", "吴桐 2 次", "合同、合同清单", "陈刚 1 次", "负责人 周敏 自己看过 1 次")
		if n := countAudit(t, w, "customer.readers"); n != 2 {
			t.Errorf("asking is in the trace %d times, want 2", n)
		}
	})
}
