package main

import (
	"testing"

	"salesflow/bot/bottest"
)

func TestWhoIsAboveTakesNoTaskByAccident(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep, head, buyer := s.As("周敏").Skip(), s.As("方远").Skip(), s.As("钱进").Skip()
		openWork(t, rep, "主轴套", "")
		head.ExpectCard("技术评审 · GD2026-001")
		head.Say("完成 GD2026-001 可以做")
		head.ExpectText("已完成", "采购询价 钱进", "生产排期 石垒")
		buyer.ExpectCard("采购询价 · GD2026-001", "钱进 待接单")
		// His own is done; those of the people he leads stay theirs unless he names one.
		head.Say("接单 GD2026-001")
		head.ExpectText("没有你的", "采购询价(钱进)", "生产排期(石垒)", "接单 GD2026-001 采购询价")
		head.Say("完成 GD2026-001 可以做,两次装夹")
		head.ExpectText("没有你的", "完成 GD2026-001 采购询价")
		buyer.ExpectNothingElse()
		head.Say("接单 GD2026-001 采购询价")
		head.ExpectText("接下了", "采购询价")
		buyer.ExpectText("方远接走了 GD2026-001")
	})
}
