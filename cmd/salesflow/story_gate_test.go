package main

import (
	"testing"

	"salesflow/bot/bottest"
	"salesflow/configs"
)

// onBothWays tells a story on both platforms, with every shipped pipeline in use.
func onBothWays(t *testing.T, story func(t *testing.T, s *bottest.Story, w world)) {
	onBothWith(t, func(o *demoOptions) {
		everybody := o.change
		o.change = func(c *configs.Config, org *configs.Org) {
			everybody(c, org)
			everyWay(c, org)
		}
	}, story)
}

func TestAnOverrideLetsADealPassWhereItIsHeld(t *testing.T) {
	t.Parallel()
	onBothWays(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, director := s.As("周敏").Skip(), s.As("陈刚").Skip()
		rep.Say("商机 绍兴市立医院 医疗流程 生化分析仪 60万")
		rep.ExpectCard("商机已建", "线索")
		rep.Say("推进 绍兴市立医院 报价")
		rep.ExpectCard("还不能推进", "线索 → 报价", "需求调研表")
		director.Say("破例推进 绍兴市立医院 老客户,去年的调研表还能用")
		director.ExpectCard("商机已推进", "线索 → 报价")
		rep.ExpectText("陈刚破例让绍兴市立医院这单进了报价", "老客户", "还缺需求调研表")
		if n := w.count(t, "周敏", "你的商机绍兴市立医院"); n != 0 {
			t.Errorf("its owner is told of the move %d times besides", n)
		}
		director.Say("破例推进 绍兴市立医院 合同 日子下周定")
		director.ExpectCard("商机已推进", "报价 → 合同")
		rep.Say("商机 绍兴第二医院 低速离心机 8万")
		rep.ExpectCard("商机已建", "初步接触")
		director.Say("破例推进 绍兴第二医院 急")
		director.ExpectText("没有挡着的", "推进 绍兴第二医院")
	})
}

func TestAGateTeachesWhatFillsIt(t *testing.T) {
	t.Parallel()
	onBothWays(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep := s.As("周敏").Skip()
		rep.Say("商机 绍兴第二医院 六步流程 低速离心机 8万")
		rep.ExpectCard("商机已建", "客户建档")
		rep.Say("推进 绍兴第二医院")
		rep.ExpectCard("商机已推进", "需求诊断")
		rep.Say("推进 绍兴第二医院")
		blocked := rep.ExpectCard("还不能推进", "需求调研表", "决策链里至少两人")
		blocked.Click("补需求调研表")
		rep.ExpectText("把需求调研表的文件发来").Without("好了就回")
		rep.Send("调研表.jpg", snapshot(t, 8))
		rep.ExpectCard("还不能推进", "还差 决策链里至少两人", "联系人 绍兴第二医院 姓名")
		rep.Say("联系人 绍兴第二医院 王强 院长 13800005678")
		rep.ExpectText("已加联系人")
		rep.Say("联系人 绍兴第二医院 李娜 采购科长 13800005679")
		rep.ExpectText("已加联系人")
		rep.Say("推进 绍兴第二医院")
		rep.ExpectCard("商机已推进", "方案报价")
	})
}

func TestDealsOfACustomerAreToldApart(t *testing.T) {
	t.Parallel()
	onBothWays(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep := s.As("周敏").Skip()
		rep.Say("商机 恒大紧固件 六角螺栓M8 60万 制造流程")
		rep.ExpectCard("商机已建", "询盘")
		rep.Say("商机 恒大紧固件 六角螺栓M8 5万")
		rep.ExpectCard("商机已建", "初步接触")
		rep.Say("推进 恒大紧固件")
		asked := rep.ExpectCard("恒大紧固件有几单").ExpectButtons("5万 初步接触", "60万 询盘")
		// What only one of them can mean needs no question; the one before is over then.
		rep.Say("推进 恒大紧固件 打样")
		rep.ExpectCard("还不能推进", "询盘 → 打样")
		asked.Click("5万 初步接触")
		asked.ExpectUpdate("已过去").ExpectNoButtons()
		rep.Say("推进 恒大紧固件 需求确认")
		rep.ExpectCard("商机已推进", "初步接触 → 需求确认")
		rep.Say("节点 恒大紧固件")
		rep.ExpectCard("询盘 · 节点 0/2", "收到图纸 · 未完成")
	})
}

func TestADealDoesNotBeginBehindAGate(t *testing.T) {
	t.Parallel()
	onBothWays(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("商机 恒大紧固件 六角螺栓M8 制造流程 批量交付 60万")
		rep.ExpectCard("商机已建", "询盘")
		rep.ExpectCard("还不能推进", "询盘 → 批量交付", "图纸", "签好的合同").Click("补图纸")
		rep.ExpectText("图纸的文件发来")
		if n := w.audited(t, "opportunity.blocked"); n != 1 {
			t.Errorf("%d attempts recorded, want 1", n)
		}
		// Without gates it begins where it is said to stand.
		rep.Say("商机 绍兴市立医院 低速离心机 8万 方案提交")
		rep.ExpectCard("商机已建", "方案提交")
	})
}

func TestWhatANewDealDoesNotKeepIsSaid(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep := s.As("周敏").Skip()
		rep.Say("商机 绍兴市立医院 低速离心机 -50万")
		rep.ExpectText("金额要大于 0", "-50万", "没有建")
		rep.Say("商机 绍兴市立医院 低速离心机 50万 去年签")
		rep.ExpectCard("商机已建", "预计签约没记", "已经过去了").Without("预计 ")
		rep.Say("商机 绍兴第二医院 不存在的产品 50万")
		rep.ExpectCard("商机已建", "没认出\"不存在的产品\"")
		rep.Say("合同怎么走")
		rep.ExpectText("一单从头到尾", "▸ 销售:拜访 → 商机 → 推进", "对账")
		rep.Say("帮助 流程")
		rep.ExpectText("一单从头到尾", "用印 → 已用印 → 原件")
	})
}

func TestARequiredFieldOfARecordIsNotOfferedToBeSkipped(t *testing.T) {
	withFieldsOnBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep := s.As("周敏").Skip()
		rep.Say("设备档案 绍兴市立医院 型号 AU480")
		rep.ExpectText("装机日期", "不建了回 取消").Without("跳过")
		rep.Say("取消")
		rep.ExpectAny()
	})
}
