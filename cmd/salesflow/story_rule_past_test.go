package main

import (
	"testing"

	"salesflow/bot/bottest"
)

// A dry run takes what the trace says where no event tells of a field: a price that was raised later does not make the rule fire in the
// past, and a deal's stay in its stage is counted as it was on each day.
func TestADryRunReadsTheTrace(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		admin, rep := s.As("郑凯").Skip(), s.As("周敏").Skip()
		rep.Say("商机 绍兴市立医院 低速离心机 8万 下月底签")
		rep.ExpectAny()
		admin.Say("改产品 低速离心机 标准价 8万")
		admin.ExpectAny()
		s.At(onDay(13, 10, 0)) // Friday
		admin.Skip().Say("改产品 低速离心机 标准价 20万")
		admin.ExpectAny()
		rep.Skip().Say("推进 绍兴市立医院 需求确认")
		rep.ExpectAny()
		s.At(onDay(17, 10, 0)) // Tuesday
		rep.Skip()
		for text, want := range map[string]string{
			// Monday and Tuesday, of a month of mornings.
			"当 每个工作日 9:00 对每个 产品 且 名称 = \"低速离心机\" 且 标准价 > 15万 则 推送 管理员":               "会触发 2 次",
			"当 每个工作日 9:00 对每个 商机 且 客户.名称 = \"绍兴市立医院\" 且 停留天数 = 2 则 推送 销售总监":           "会触发 1 次",
			"当 每个工作日 9:00 对每个 商机 且 客户.名称 = \"绍兴市立医院\" 且 进入阶段日 = 2026-03-13 则 推送 销售总监": "会触发 2 次",
		} {
			admin.Skip().Say("新规则 " + text)
			admin.ExpectCard("草稿").Click("试跑")
			admin.ExpectText("在用近 30 天的记录试跑")
			admin.ExpectText(want)
		}
	})
}

// The day on which a contract ends is a field whose change a rule can begin with.
func TestAContractsEndIsToldWhenItChanges(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		w.turnOn(t, s, "到期改了", "当 合同.到期日 变化 则 推送 财务 \"{编号} 到期日改到 {到期日}\" 只发文字")
		rep, finance := s.As("周敏").Skip(), s.As("吴桐").Skip()
		rep.Say(contractFiling).ExpectCard("合同草稿")
		rep.Say("无附件")
		rep.ExpectCard("合同待审批")
		rep.Say("合同到期 HT2026-001 2026-12-31")
		rep.ExpectText("到期日", "已记")
		finance.ExpectText("HT2026-001 到期日改到 2026-12-31")
		rep.Say("合同到期 HT2026-001 2026-12-31")
		rep.ExpectText("本来就是", "没有改动")
		rep.Say("合同到期 HT2026-001 2027-03-31")
		finance.ExpectText("HT2026-001 到期日改到 2027-03-31")
	})
}

// A planned visit that came to nothing is something that happens to the plan.
func TestARuleHearsOfAPlanThatCameToNothing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		w.turnOn(t, s, "没去成", "当 拜访计划 没去成 则 推送 负责人的主管 \"{记录人}没去成 {客户}\" 只发文字")
		director, rep, lead := s.As("陈刚").Skip(), s.As("周敏").Skip(), s.As("王芳").Skip()
		director.Say("规则 字段 拜访计划")
		director.ExpectText("没去成")
		rep.Say("计划 今天 绍兴市立")
		rep.ExpectAny()
		rep.Say("绍兴市立没去成,王主任出差了")
		rep.ExpectCard("没去成 · 绍兴市立医院")
		lead.ExpectText("周敏没去成 绍兴市立医院")
		director.Say("新规则 当 拜访计划 没去成 则 推送 负责人的主管")
		director.ExpectCard("计划的拜访一没去成").Click("试跑")
		director.ExpectText("在用近 30 天的记录试跑")
		director.ExpectText("会触发 1 次")
	})
}
