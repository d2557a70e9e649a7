package main

import (
	"testing"

	"salesflow/bot/bottest"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// What was rejected or taken back is filed anew by the words that the bot itself teaches, with what was said changed.
func TestWhatWasRejectedOrTakenBackIsFiledAnew(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, legal, director := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("陈刚").Skip()
		file(rep, legal)
		legal.Say("驳回 HT2026-001 账期超过制度")
		legal.ExpectText("已驳回")
		rep.ExpectText("驳回", "账期超过制度", "重新提交 HT2026-001")
		rep.Say("重新提交 HT2026-001 账期45天 金额118万")
		rep.ExpectCard("合同草稿", "绍兴市立医院", "¥1,180,000.00", "30% 预付", "45 天").Without("制度上限")
		rep.Say("无附件")
		rep.ExpectCard("合同待审批 · HT2026-002", "¥1,180,000.00")
		legal.ExpectCard("合同待审批 · HT2026-002", "等你处理")
		rep.Skip().Say("撤回 HT2026-002")
		rep.ExpectText("已撤回", "重新提交 HT2026-002")
		if c, r := w.contract(t, "HT2026-001"); r.State != approval.Rejected || c.Amount != 128*sales.Wan {
			t.Errorf("the rejected one is %s, %v", r.State, c.Amount)
		}

		rep.Skip().Say("报价 绍兴市立医院 生化分析仪 2台 单价45万")
		rep.ExpectCard("报价待审批 · BJ2026-001")
		director.Say("驳回 BJ2026-001 太低")
		rep.ExpectText("驳回", "重新提交 BJ2026-001")
		rep.Say("重新提交 BJ2026-001 单价46万")
		rep.ExpectCard("报价待审批 · BJ2026-002", "2台 × ¥460,000.00", "¥920,000.00")
		director.ExpectCard("报价待审批 · BJ2026-002", "等你处理")

		rep.Skip().Say("审批申请 绍兴市立医院 延长账期 客户月底才结账")
		rep.ExpectCard("审批申请待审批 · SQ2026-001")
		rep.Say("撤回 SQ2026-001")
		rep.ExpectText("已撤回", "重新提交 SQ2026-001")
		rep.Say("重新提交 SQ2026-001 财务已经同意")
		rep.ExpectCard("审批申请待审批 · SQ2026-002", "延长账期", "客户月底才结账;财务已经同意")

		other := s.As("李强").Skip()
		other.Say("重新提交 HT2026-001 账期30天")
		other.ExpectText("HT2026-001").Without("128", "合同草稿")
	})
}

// Whoever wants other terms while it is decided reads what to do, however they say it, and that way works.
func TestATermIsCorrectedWhileItIsDecided(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, legal := s.As("周敏").Skip(), s.As("赵磊").Skip()
		file(rep, legal)
		for _, said := range []string{
			"刚才那条金额改成118万", "改合同 HT2026-001 金额118万", "改 HT2026-001 金额118万", "修改 HT2026-001 金额118万", "HT2026-001 金额改成118万", "修改 金额118万",
		} {
			rep.Skip().Say(said)
			rep.ExpectText("HT2026-001 正在审", "撤回 HT2026-001", "重新提交 HT2026-001", "118万")
		}
		if c, r := w.contract(t, "HT2026-001"); c.Amount != 128*sales.Wan || r.Version != 1 {
			t.Errorf("it was changed under the approver's hands: %v, version %d", c.Amount, r.Version)
		}
		legal.Skip().Say("改 HT2026-001 账期45天")
		legal.ExpectText("正在审", "退回 HT2026-001 账期45天")
		legal.Say("退回 HT2026-001 金额不对")
		rep.Skip().Say("刚才那条金额改成118万")
		rep.ExpectText("已重新提交", "128万 → 118万")
		legal.ExpectCard("等你处理", "¥1,180,000.00").Click("同意")
		s.As("陈刚").ExpectCard("等你处理").Click("同意")
		rep.Skip().Say("改合同 HT2026-001 账期30天")
		rep.ExpectText("已经通过", "审批申请 HT2026-001 合同变更 账期30天")

		rep.Say("报价 绍兴市立医院 生化分析仪 2台 单价45万")
		rep.ExpectCard("报价待审批 · BJ2026-001")
		for _, said := range []string{"改报价 BJ2026-001 单价44万", "报价 BJ2026-001 单价44万"} {
			rep.Skip().Say(said)
			rep.ExpectText("BJ2026-001 正在审", "重新提交 BJ2026-001 单价44万")
		}
	})
}

// A word after the decision reaches who decided, and a copy after it says who decided.
func TestAWordAndACopyAfterTheDecision(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, legal, director, finance := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("陈刚").Skip(), s.As("吴桐").Skip()
		_, card := file(rep, legal)
		card.Click("同意")
		director.ExpectCard("等你处理").Click("同意")
		rep.ExpectText("全部通过")
		rep.Skip().Say("留言 HT2026-001 客户已经盖章")
		rep.ExpectText("已留言", "HT2026-001")
		legal.ExpectText("周敏在合同 HT2026-001", "留言", "客户已经盖章")
		director.ExpectText("客户已经盖章")
		legal.Say("留言 HT2026-001 归档时带上附件二")
		rep.ExpectText("赵磊在", "留言", "归档时带上附件二").Without("全部通过")
		rep.Skip().Say("抄送 HT2026-001 吴桐")
		rep.ExpectText("已抄送给吴桐")
		finance.ExpectText("抄送", "合同已通过 · 陈刚").Without("不用审批")
		rep.Say("补充 HT2026-001 客户盖章件")
		rep.ExpectText("已通过", "留言 HT2026-001")
		if _, r := w.contract(t, "HT2026-001"); r.State != approval.Approved || len(r.CC) != 1 {
			t.Errorf("it is %s, copied to %v", r.State, r.CC)
		}
		s.As("李强").Skip().Say("留言 HT2026-001 我也说一句")
		s.As("李强").ExpectText("或者不归你看")
	})
}
