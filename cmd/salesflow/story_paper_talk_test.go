package main

import (
	"testing"

	"salesflow/bot/bottest"
)

func TestAPaperIsSpokenOfByItsNumber(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, legal, other := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("林夏").Skip()
		file(rep, legal)
		rep.Say("HT2026-001 账期改成45天")
		rep.ExpectText("正在审", "撤回 HT2026-001", "补充 HT2026-001")
		legal.Say("HT2026-001")
		legal.ExpectCard("合同待审批", "HT2026-001", "[同意]")
		legal.Say("HT2026-001 退回 账期改成45天")
		legal.ExpectText("已退回")
		rep.ExpectText("被赵磊退回修改")
		other.Say("HT2026-001 账期改成45天")
		other.ExpectText("或者不归你看")
		rep.Say("修改 HT2026-001")
		rep.ExpectText("改什么", "重新提交 HT2026-001")
		rep.Say("修改 HT2026-001 账期改成45天")
		rep.ExpectText("已重新提交", "60天 → 45天")
		legal.Say("HT2026-001 同意")
		legal.ExpectText("已同意")
		s.As("陈刚").Skip().Say("HT2026-001 同意 可以")
		rep.ExpectText("全部通过")
		rep.Say("HT2026-001 金额改成100万")
		rep.ExpectText("已经通过", "审批申请 HT2026-001 合同变更")
		rep.Say("HT2026-099 账期改成45天")
		rep.ExpectText("没有合同 HT2026-099")
	})
}
