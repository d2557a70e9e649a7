package main

import (
	"testing"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
	"salesflow/configs"
	"salesflow/store/sales"
)

// heldGoods files a signed contract whose prepayment has not come, and tries to ship.
func heldGoods(t *testing.T, s *bottest.Story, prepay string) {
	t.Helper()
	rep, legal, director := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("陈刚").Skip()
	rep.Say("提交合同 绍兴市立医院 生化分析仪 128万 " + prepay + " 余款验收后30天 交期45天").ExpectCard("合同草稿")
	rep.Say("无附件")
	legal.ExpectCard("等你处理").Click("同意")
	director.ExpectCard("HT2026-001", "等你处理").Click("同意")
	s.Settle()
	rep.Skip()
	rep.Say("发货 HT2026-001 4台 20万")
	rep.ExpectText("发不了", "预付 30%")
	s.Settle()
}

// Goods that are held back start an application that says what it is for; when it is approved they go, in the name of who may
// let them go, with a trace, an event that rules hear of, and a word to the rep.
func TestAnApprovedApplicationReleasesTheGoods(t *testing.T) {
	t.Parallel()
	onBothWithDelivery(t, func(t *testing.T, s *bottest.Story, w world) {
		director, rep, lead, finance := s.As("陈刚").Skip(), s.As("周敏").Skip(), s.As("王芳").Skip(), s.As("吴桐").Skip()
		director.Say("新规则 当 发货 被拦 则 发起审批 超期发货 \"{编号} {客户} 要先发货\" 通过后放行")
		director.ExpectCard("合同的发货一被拦", "发起审批 超期发货", "通过后放行").Click("启用")
		w.turnOn(t, s, "放行告知", "当 合同 被放行 则 推送 财务 \"{编号} 没到款先发了\" 只发文字")
		heldGoods(t, s, "30%预付")
		rep.ExpectCard("审批申请待审批 · SQ2026-001", "超期发货", "合同 HT2026-001", "通过后", "放行 HT2026-001 的货")
		lead.ExpectCard("审批申请待审批 · SQ2026-001", "等你处理", "放行 HT2026-001 的货").Click("同意")
		s.Settle()
		rep.Say("发货 HT2026-001 4台 20万")
		rep.ExpectText("发不了") // it is not decided yet
		director.Skip().Say("审批流程 SQ2026-001")
		director.ExpectText("王芳", "陈刚")
		director.SayAgain("release-1", "同意 S1 先发这一批")
		director.ExpectText("已同意", "SQ2026-001", "全部通过")
		director.SayAgain("release-1", "同意 S1 先发这一批")
		s.Settle()
		rep.ExpectText("SQ2026-001", "全部通过", "HT2026-001 已放行,可以发货", "预付还差", "照样催")
		finance.ExpectText("HT2026-001 没到款先发了")
		if x := w.application(t, "SQ2026-001"); x.EffectNote == "" || x.Effect.Do != sales.EffectRelease {
			t.Errorf("the application is %+v", x)
		}
		if n, m := countAudit(t, w, "contract.release"), countAudit(t, w, "application.effect"); n != 1 || m != 1 {
			t.Errorf("released %d times, %d effects in the trace, want one each", n, m)
		}
		if n := w.count(t, "周敏", "全部通过,最后由陈刚同意。HT2026-001 已放行"); n != 1 {
			t.Errorf("told %d times", n)
		}
		rep.Skip().Say("发货 HT2026-001 4台 20万")
		rep.ExpectCard("FH2026-001")
		rep.Say("审批申请 SQ2026-001")
		rep.ExpectCard("审批申请已通过 · SQ2026-001", "结果", "HT2026-001 已放行")
		sheetOf(t, s, w, "SQ2026-001", "放行 HT2026-001 的货", "陈刚 同意:先发这一批")
	})
}

// What is refused changes nothing and says so. What is approved by nobody who may let goods go does not let them go either.
func TestARefusedApplicationKeepsTheGoods(t *testing.T) {
	t.Parallel()
	onBothWithDelivery(t, func(t *testing.T, s *bottest.Story, w world) {
		w.turnOn(t, s, "先发货", "当 发货 被拦 则 发起审批 超期发货 \"{编号} 要先发货\" 通过后放行")
		rep, lead := s.As("周敏").Skip(), s.As("王芳").Skip()
		heldGoods(t, s, "30%预付")
		rep.ExpectCard("审批申请待审批 · SQ2026-001")
		lead.Say("驳回 SQ2026-001 先把款催回来")
		lead.ExpectText("已驳回")
		rep.ExpectText("SQ2026-001", "王芳驳回:先把款催回来", "放行 HT2026-001 的货没有办")
		rep.Skip().Say("发货 HT2026-001 4台 20万")
		rep.ExpectText("发不了")
		if n := countAudit(t, w, "contract.release"); n != 0 {
			t.Errorf("released %d times", n)
		}
	})
}

func TestAnApprovalGivesNobodyTheRightToRelease(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := flowing(t, platform, configs.Flow{Name: "超期发货", Kind: "general", Steps: []configs.FlowStep{{Who: []string{"提交人的主管"}}}})
			s := bottest.New(t, w)
			w.turnOn(t, s, "先发货", "当 发货 被拦 则 发起审批 超期发货 \"{编号} 要先发货\" 通过后放行")
			rep, lead, finance := s.As("周敏").Skip(), s.As("王芳").Skip(), s.As("吴桐").Skip()
			heldGoods(t, s, "30%预付")
			lead.Skip().Say("同意 SQ2026-001")
			lead.ExpectText("已同意")
			rep.ExpectText("SQ2026-001", "全部通过", "没有能放行的", "货没放行", "放行 HT2026-001 原因")
			rep.Skip().Say("发货 HT2026-001 4台 20万")
			rep.ExpectText("发不了")
			finance.Skip().Say("放行 HT2026-001 SQ2026-001 批过了")
			finance.ExpectText("已放行")
			rep.Skip().Say("发货 HT2026-001 4台 20万")
			rep.ExpectCard("FH2026-001")
		})
	}
}

// A change of a field that somebody must agree to: the rule asks, the approval changes it.
func TestAnApprovedApplicationChangesTheField(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		director, rep, lead := s.As("陈刚").Skip(), s.As("周敏").Skip(), s.As("王芳").Skip()
		director.Say("新规则 当 登记 投诉 且 客户.级别 ≠ KA 则 发起审批 \"升级客户\" \"{客户} 盯紧一点\" 通过后 修改 级别 为 KA")
		director.ExpectCard("投诉的审批通过后没有", "去掉 通过后")
		director.Say("新规则 当 客户 30天内 2次 投诉 则 发起审批 \"降级客户\" \"{名称} 老投诉\" 通过后 修改 级别 为 C")
		director.ExpectCard("发起审批 降级客户", "通过后把级别改成 C").Click("启用")
		for _, what := range []string{"投诉 绍兴市立医院 机器报警", "投诉 绍兴市立医院 耗材断货"} {
			rep.Skip().Say(what)
			rep.ExpectAny()
			s.Settle()
		}
		rep.Skip()
		lead.Skip().Say("审批申请 SQ2026-001")
		lead.ExpectCard("降级客户", "级别改成 C")
		lead.Say("同意 SQ2026-001")
		lead.ExpectText("已同意")
		s.Settle()
		rep.ExpectText("SQ2026-001", "全部通过", "绍兴市立医院:", "→ C")
		if n := countAudit(t, w, "customer.class"); n != 1 {
			t.Errorf("changed %d times", n)
		}
	})
}
