package main

import (
	"testing"

	"salesflow/bot/bottest"
	"salesflow/store/sales"
)

// A sales director writes the first rules of the company and gets them wrong the way people do.
func TestADirectorsFirstRules(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		director, rep := s.As("陈刚").Skip(), s.As("周敏").Skip()
		director.Say("大客户没人管:当 客户 超过 20天 没有 拜访 且 级别 属于 (KA、A) 则 推送 负责人 \"{名称} 二十天没去了\";再过 3个工作日 则 推送 负责人的主管")
		named := director.ExpectCard("规则 · 大客户没人管", "草稿", "超过 20天没有拜访", "再过 3个工作日")
		named.Click("启用")
		named.ExpectUpdate("在用")
		if r, _ := w.rule(t, "大客户没人管"); r.State != sales.RuleOn {
			t.Errorf("the rule is %s", r.State)
		}
		director.Say("当 合同 进入 待审批 且 金额 大于 五十完 则 推送 销售总监")
		mend := director.ExpectCard("第 1 行第 21 个字\"五十完\"", "金额写成 5万", "五十万")
		mend.Click("用这句")
		director.ExpectCard("规则 · ", "草稿", "金额 > 五十万")
		director.Say("当 报销 进入 待审批 则 推送 财务") // nothing of that name
		director.ExpectCard("第 3 个字\"报销\"", "要写的是 报价 吗")
		director.Say("每周一早上九点 推送 销售总监 看报表")
		director.ExpectCard("当 每周一早上九点 则 推送 销售总监 \"看报表\"").Click("用这句")
		director.ExpectCard("草稿", "每周一 09:00", "\"看报表\"")
		director.Say("合同超过48小时没审就推给我")
		director.ExpectText("像是要写一条规则", "当 合同 进入 待审批 超过 48小时")
		director.Say("当 合同 超过 48小时 没审批 则 推送 法务主管")
		director.ExpectCard("说的是状态", "当 合同 进入 待审批 超过 48小时 且 未处理")
		director.Say("当 发票 逾期 30天 则 推送 负责人")
		director.ExpectCard("哪个日子", "当 发票.应付日 过后 30天")
		director.Say("当 登记 投诉 且 客户级别 = KA 则 推送 销售总监")
		director.ExpectCard("草稿", "客户的级别是 KA")
		rep.Say("拜访 绍兴市立医院 客户说:当面谈价格,嫌贵5%") // news, no rule
		rep.ExpectCard("拜访已记录")
		rep.Say("每周一早上九点 推送 销售总监 看报表") // no editor: nothing is begun
		rep.ExpectCard("没看懂,没有记")
	})
}
