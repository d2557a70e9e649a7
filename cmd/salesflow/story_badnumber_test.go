package main

import (
	"testing"

	"salesflow/bot/bottest"
)

func TestNumbersThatCannotBeAreAskedAbout(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep := s.As("李强").Skip()
		rep.Say("商机 宁波市立 离心机 48万 下月底签")
		rep.ExpectCard("商机")
		rep.Say("推进 宁波市立 打样")
		rep.ExpectText("没有\"打样\"这个阶段", "没有动")
		rep.Say("费用 宁波市立 餐费 99999999999999元")
		rep.ExpectAny().Without("已记录")
		rep.Say("算了")
		rep.ExpectAny()
		rep.Say("费用 宁波市立 餐费 -200元")
		rep.ExpectAny().Without("已记录")
		rep.Say("算了")
		rep.ExpectAny()
		rep.Say("报价 宁波市立 离心机 -1台 45万")
		rep.ExpectText("要大于 0", "没有提交")
		rep.Say("报价 宁波市立 离心机 1台 0元")
		rep.ExpectText("要大于 0", "没有提交")
	})
}
