package main

import (
	"testing"

	"salesflow/bot/bottest"
)

func TestARuleBeginsWithWhatAnAdministratorChanges(t *testing.T) {
	t.Parallel()
	onBothWays(t, func(t *testing.T, s *bottest.Story, _ world) {
		admin, director := s.As("郑凯").Skip(), s.As("陈刚").Skip()
		admin.Say("新规则 当 登记 设置改动 且 种类 = 阶段 则 推送 销售总监 \"{改的人}改了 {对象},看看要不要通知团队\"")
		admin.ExpectCard("规则", "草稿").Click("启用")
		admin.ExpectAny()
		admin.Say("阶段模板 改 医疗流程 报价 一般停 5天")
		admin.ExpectText("改好了")
		director.ExpectCard("新设置改动 · 设置 医疗流程 报价", "郑凯改了 医疗流程 报价")
		director.Skip()
		admin.Say("人员 改 林夏 团队 法务部")
		admin.ExpectText("改好了")
		director.ExpectNothingElse()
	})
}
