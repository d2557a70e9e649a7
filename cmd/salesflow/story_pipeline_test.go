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
			card.Click("推进")
			card = card.ExpectUpdate("方案 → 报价")
			card.Click("撤销推进")
			card.ExpectUpdate("回到 方案")
			rep.Say("商机 绍兴市立医院 低速离心机 8万")
			rep.ExpectCard("商机已建", "初步接触")
			lead.Say("漏斗 华东一组 医疗流程 本月")
			lead.ExpectImage()
			lead.ExpectText("线索 1 个", "方案 1 个", "报价 1 个")
			lead.Skip()
			lead.Say("漏斗 华东一组 本月")
			lead.ExpectImage()
			lead.ExpectText("初步接触", "需求确认", "另有医疗流程的单")
		})
	}
}
