package main

import (
	"testing"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
	"salesflow/configs"
	"salesflow/store/sales"
)

// onBothGranting tells a story in a company that lets some applications of people take effect by themselves.
func onBothGranting(t *testing.T, flows []configs.Flow, story func(t *testing.T, s *bottest.Story, w world)) {
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, platform, func(o *demoOptions) {
				o.change = func(c *configs.Config, org *configs.Org) {
					everybodyOn(org, platform)
					c.Rules.Approval.Flows = flows
					c.Rules.Approval.Effects = []configs.Effect{
						{Topic: "超期发货", Then: "放行"},
						{Topic: "调级", Then: "修改 级别"},
						{Topic: "客户降级", Then: "修改 级别 为 C"},
						{Topic: "提高授信", Then: "授信"},
					}
				}
			})
			story(t, bottest.New(t, w), w)
		})
	}
}

// What a person asks for by chat happens when it is approved, where the company lets it: the goods of the contract go in the name of
// the director who agreed, once, and the card says so before and after.
func TestAnApplicationByChatReleasesTheGoods(t *testing.T) {
	t.Parallel()
	onBothGranting(t, nil, func(t *testing.T, s *bottest.Story, w world) {
		rep, lead, director := s.As("周敏").Skip(), s.As("王芳").Skip(), s.As("陈刚").Skip()
		heldGoods(t, s, "30%预付")
		rep.Say("审批流程")
		rep.ExpectText("批了就自动办", "超期发货(合同):放行", "调级(客户):级别改成申请里说的", "提高授信(客户):授信定为申请的金额")
		rep.Say("审批申请 HT2026-001 超期发货 客户答应周五付款")
		rep.ExpectCard("审批申请待审批 · SQ2026-001", "通过后", "放行 HT2026-001 的货").Without("要找财务")
		lead.ExpectCard("SQ2026-001", "放行 HT2026-001 的货", "等你处理").Click("同意")
		director.ExpectCard("SQ2026-001", "放行 HT2026-001 的货", "等你处理")
		director.SayAgain("chat-release", "同意 S1")
		director.ExpectText("全部通过")
		director.SayAgain("chat-release", "同意 S1")
		s.Settle()
		rep.ExpectText("SQ2026-001", "全部通过", "HT2026-001 已放行,可以发货")
		if n := countAudit(t, w, "contract.release"); n != 1 {
			t.Errorf("released %d times", n)
		}
		if x := w.application(t, "SQ2026-001"); x.EffectState != sales.EffectDone {
			t.Errorf("the application is %+v", x)
		}
		rep.Skip().Say("发货 HT2026-001 4台 20万")
		rep.ExpectCard("FH2026-001")
	})
}

// The principle holds for people's applications, too: nobody gets a right by an approval. The card warns before, the requester reads why
// and who can, and a rule finds what did not come about.
func TestAnApplicationByChatGivesNobodyARight(t *testing.T) {
	t.Parallel()
	flows := []configs.Flow{
		{Name: "法务看", Kind: "general", When: "事由 = \"超期发货\" 或 事由 = \"调级\" 或 事由 = \"提高授信\"", Steps: []configs.FlowStep{{Who: []string{"法务"}}}},
	}
	onBothGranting(t, flows, func(t *testing.T, s *bottest.Story, w world) {
		w.turnOn(t, s, "没办成", "当 审批申请 自动办 变为 没办成 则 推送 销售总监 \"{编号} 批了没办成:{结果}\" 只发文字")
		rep, legal, director := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("陈刚").Skip()
		heldGoods(t, s, "30%预付")
		s.Settle()
		director.Skip()
		legal.Skip()
		rep.Say("审批申请 HT2026-001 超期发货 客户答应周五付款")
		rep.ExpectCard("SQ2026-001", "审批的人里没有能放行的", "要找财务或总监")
		legal.ExpectCard("SQ2026-001", "没有能放行的").Click("同意")
		s.Settle()
		rep.ExpectText("SQ2026-001", "全部通过", "货没放行", "放行 HT2026-001 原因")
		director.ExpectText("SQ2026-001 批了没办成", "货没放行")
		rep.Say("发货 HT2026-001 4台 20万")
		rep.ExpectText("发不了")
		rep.Say("审批申请 绍兴市立医院 提高授信 金额 200万 要上新线")
		rep.ExpectCard("SQ2026-002", "授信定为 200万", "没有能定授信的")
		legal.Say("同意 S2")
		s.Settle()
		rep.ExpectText("SQ2026-002", "没有能定授信的", "授信 绍兴市立医院 200万")
		if n := countAudit(t, w, "contract.release") + countAudit(t, w, "customer.credit"); n != 0 {
			t.Errorf("%d things were done that nobody might do", n)
		}
		if x := w.application(t, "SQ2026-002"); x.EffectState != sales.EffectFailed {
			t.Errorf("the application is %+v", x)
		}
	})
}

// A value that the company leaves to who asks is asked for, and changed in the correction of what was sent back.
func TestAnApplicationByChatChangesClassAndCredit(t *testing.T) {
	t.Parallel()
	onBothGranting(t, nil, func(t *testing.T, s *bottest.Story, w world) {
		rep, lead, director := s.As("周敏").Skip(), s.As("王芳").Skip(), s.As("陈刚").Skip()
		rep.Say("审批申请 绍兴市立医院 调级 今年要招标")
		rep.ExpectText("级别批完改成什么", "KA、A、B 或 C")
		rep.Say("KA")
		rep.ExpectCard("SQ2026-001", "调级", "级别改成 KA", "今年要招标")
		lead.ExpectCard("SQ2026-001", "级别改成 KA").Click("同意")
		s.Settle()
		rep.ExpectText("SQ2026-001", "绍兴市立医院:", "→ KA")
		rep.Say("审批申请 绍兴市立医院 调级 通过后把级别改成 B 采购冻结了")
		rep.ExpectCard("SQ2026-002", "级别改成 B", "采购冻结了").Without("通过后把")
		rep.Say("撤回 SQ2026-002")
		s.Settle()
		rep.Skip().Say("审批申请 绍兴市立医院 提高授信 客户要上新线")
		rep.ExpectText("授信批完定为多少")
		rep.Say("150万")
		rep.ExpectCard("SQ2026-003", "授信定为 150万")
		lead.Skip().Say("退回 SQ2026-003 先报 200万")
		s.Settle()
		rep.Skip().Say("重新提交 SQ2026-003 金额 200万")
		rep.ExpectCard("SQ2026-003", "授信定为 200万")
		lead.Say("同意 SQ2026-003")
		s.Settle()
		director.Skip().Say("同意 SQ2026-003")
		s.Settle()
		rep.ExpectText("SQ2026-003", "绍兴市立医院:", "→ 200万")
		director.Skip().Say("授信 绍兴市立医院")
		director.ExpectText("授信 200万", "陈刚")
	})
}

// What the company does not let follow is refused, with a text that goes when it is sent as it stands.
func TestAnEffectNobodyAllowedIsRefusedWithWhatToSend(t *testing.T) {
	t.Parallel()
	onBothGranting(t, nil, func(t *testing.T, s *bottest.Story, _ world) {
		rep := s.As("周敏").Skip()
		heldGoods(t, s, "30%预付")
		rep.Skip().Say("审批申请 HT2026-001 延长账期 月底才结账 通过后放行")
		rep.ExpectText("\"延长账期\"批了以后自动放行,公司没有定", "超期发货(合同)放行", "发:审批申请 HT2026-001 延长账期 月底才结账")
		rep.Say("审批申请 绍兴市立医院 客户降级 不买了 通过后级别改成 A")
		rep.ExpectText("批了以后是级别改成 C,不是级别改成 A", "发:审批申请 绍兴市立医院 客户降级 不买了")
		rep.Say("审批申请 HT2026-001 延长账期 月底才结账")
		rep.ExpectCard("SQ2026-001", "延长账期").Without("通过后")
	})
}
