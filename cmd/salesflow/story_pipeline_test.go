package main

import (
	"testing"

	"salesflow/bot/bottest"
	"salesflow/configs"
)

func TestDealsOfAProductLineGoTheirOwnWay(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{"wecom", "dingtalk"} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, platform, func(o *demoOptions) {
				everybody := o.change
				o.change = func(c *configs.Config, org *configs.Org) {
					everybody(c, org)
					c.Pipelines = configs.Pipelines{Use: []string{"standard", "medical"}}
				}
			})
			s := bottest.New(t, w)
			rep, lead := s.As("周敏").Skip(), s.As("王芳").Skip()
			rep.Say("商机 绍兴市立医院 生化分析仪 医疗流程 60万")
			rep.ExpectCard("商机已建", "线索").ExpectButtons("推进", "输单")
			rep.Say("推进 绍兴市立医院 方案")
			card := rep.ExpectCard("商机已推进", "线索 → 方案")
			card.Click("撤销推进")
			card.ExpectUpdate("回到 线索")
			rep.Say("商机 绍兴市立医院 低速离心机 8万")
			rep.ExpectCard("商机已建", "初步接触")
			lead.Say("漏斗 华东一组 医疗流程 本月")
			lead.ExpectImage()
			lead.ExpectText("线索 1 个", "方案 1 个", "报价 0 个")
			lead.Skip()
			lead.Say("漏斗 华东一组 本月")
			lead.ExpectImage()
			lead.ExpectText("初步接触", "需求确认", "另有医疗流程的单")
		})
	}
}

func TestAGateAsksForWhatIsMissingAndThenMoves(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{"wecom", "dingtalk"} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, platform, func(o *demoOptions) {
				everybody := o.change
				o.change = func(c *configs.Config, org *configs.Org) {
					everybody(c, org)
					c.Pipelines = configs.Pipelines{Use: []string{"standard", "manufacturing", "medical"}}
				}
			})
			s := bottest.New(t, w)
			rep, director := s.As("周敏").Skip(), s.As("陈刚").Skip()
			rep.Say("商机 绍兴市立医院 制造流程 生化分析仪 60万")
			made := rep.ExpectCard("商机已建", "询盘").ExpectButtons("推进", "节点", "输单")
			made.Click("推进")
			blocked := rep.ExpectCard("还不能推进", "询盘 → 技术评审", "图纸", "要破例找").ExpectButtons("补图纸")
			blocked.Click("补图纸")
			rep.ExpectText("图纸的文件发来")
			rep.Say("好了")
			rep.ExpectText("收到图纸要有文件")
			rep.Send("主轴套图纸.jpg", snapshot(t, 3))
			rep.ExpectCard("商机已推进", "询盘 → 技术评审")

			rep.Say("节点 绍兴市立医院")
			nodes := rep.ExpectCard("技术评审 · 节点 0/2", "技术对齐完成", "可制造性结论")
			nodes.Click("技术对齐完成")
			nodes.ExpectUpdate("节点 1/2", "✓ 周敏")
			rep.Say("撤销节点 绍兴市立医院 技术对齐完成")
			rep.ExpectCard("节点 0/2")
			rep.Say("推进 绍兴市立医院")
			rep.ExpectCard("还不能推进", "可制造性结论").Click("补可制造性结论")
			rep.ExpectCard("商机已推进", "技术评审 → 报价")

			// Two stages on, without anything: the director lets it pass, and everybody learns why.
			rep.Say("推进 绍兴市立医院 试产评估")
			rep.ExpectCard("还不能推进", "报价单", "技术对齐完成", "样件检测报告")
			rep.Say("破例推进 绍兴市立医院 急")
			rep.ExpectAny()
			rep.Skip()
			director.Say("破例推进 绍兴市立医院 老客户样件沿用去年的")
			director.ExpectCard("报价 → 打样")
			rep.ExpectText("陈刚破例让绍兴市立医院", "沿用去年的")
			director.Skip()

			// What is missing may be a figure.
			rep.Say("商机 绍兴市立医院 医疗流程 低速离心机")
			rep.ExpectText("大概多少钱")
			rep.Say("跳过")
			rep.ExpectCard("商机已建", "线索")
		})
	}
}
