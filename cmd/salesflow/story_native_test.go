package main

import (
	"fmt"
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
	"salesflow/configs"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// natively starts the product with what is approved decided in the platform's own approval: contracts from 50万 on, quotes
// and requests for a special price.
func natively(t *testing.T, platform string) (*bottest.Story, world) {
	t.Helper()
	w := flowing(t, platform,
		nativeFlow(platform, "大合同", "contract", "金额 >= 50万", []string{"法务"}, []string{"销售总监"}),
		nativeFlow(platform, "报价", "quote", "金额 > 5万", []string{"提交人的主管"}, []string{"销售总监"}),
		nativeFlow(platform, "特价", "special_price", "", []string{"销售总监"}),
	)
	return bottest.New(t, w), w
}

// nativeFlow is a flow that is decided in a platform's own approval.
func nativeFlow(platform, name, kind, when string, steps ...[]string) configs.Flow {
	f := configs.Flow{Name: name, Kind: kind, When: when, Place: configs.FlowPlace{
		Platform: platform, Template: "PROC-CONTRACT", Link: "https://oa.example.com/{ref}",
		Fields: map[string]string{"no": "合同编号", "amount": "金额", "summary": "说明"},
	}}
	if platform == sim.WeCom {
		f.Place.Template = "BsAdJHRnm"
		f.Place.Fields = map[string]string{"no": "Text-1640339319582", "amount": "Money-1640339330001", "summary": "Textarea/item-1494251203122"}
	}
	for _, who := range steps {
		f.Steps = append(f.Steps, configs.FlowStep{Who: who})
	}
	return f
}

func onBothNatively(t *testing.T, story func(t *testing.T, s *bottest.Story, w world, office sim.Office)) {
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			s, w := natively(t, platform)
			office, ok := w.Simulators()[platform].(sim.Office)
			if !ok {
				t.Fatal("the simulator has no office")
			}
			story(t, s, w, office)
		})
	}
}

// opened waits until the platform has an approval of its own.
func opened(t *testing.T, office sim.Office) sim.Approval {
	t.Helper()
	return nth(t, office, 1)
}

// act does something in the platform's own app.
func act(t *testing.T, w world, office sim.Office, id, name, result, remark string, to ...string) {
	t.Helper()
	_, p := w.phoneOf(t, name)
	a := sim.Act{ID: id, Person: p.ID, Result: result, Remark: remark}
	if len(to) > 0 {
		_, q := w.phoneOf(t, to[0])
		a.To = q.ID
	}
	if err := office.Act(t.Context(), a); err != nil {
		t.Fatalf("%s cannot %s: %v", name, result, err)
	}
}

// becomes waits until the request of a contract is in a state.
func (w world) becomes(t *testing.T, no string, want approval.State) approval.Request {
	t.Helper()
	var r approval.Request
	waitUntil(t, fmt.Sprintf("%s to be %s", no, want), func() bool { _, r = w.contract(t, no); return r.State == want })
	return r
}

func TestAContractIsDecidedInThePlatformsOwnApproval(t *testing.T) {
	t.Parallel()
	onBothNatively(t, func(t *testing.T, s *bottest.Story, w world, office sim.Office) {
		rep, legal, director := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("陈刚").Skip()
		rep.Say(contractFiling).ExpectCard("合同草稿")
		rep.Say("无附件")
		rep.ExpectCard("合同待审批", "审批里办", "法务 赵磊")
		theirs := legal.ExpectCard("合同待审批", "审批里办")
		native := opened(t, office)
		if len(native.Form) != 3 || native.Form[0].Value != "HT2026-001" || native.Form[1].Value != "1280000.00" || len(native.Steps) != 2 {
			t.Errorf("the platform's form: %+v", native)
		}
		theirs.ExpectUpdate("[去", "审批]").Without("[同意]", "[驳回]")
		legal.Say("同意 HT2026-001")
		legal.ExpectText("审批里审", "不能代办")
		act(t, w, office, native.ID, "赵磊", sim.Agree, "条款没问题")
		director.ExpectCard("合同待审批", "审批里办")
		rep.ExpectCard("已通过法务")
		act(t, w, office, native.ID, "陈刚", sim.Agree, "")
		rep.ExpectText("全部通过", "陈刚")
		r := w.becomes(t, "HT2026-001", approval.Approved)
		if len(r.Log) != 3 || r.Log[1].ActorName != "赵磊" || r.Log[1].Comment != "条款没问题" || r.Log[2].ActorName != "陈刚" {
			t.Errorf("the log of ours: %+v", r.Log)
		}
		if c, _ := w.contract(t, "HT2026-001"); c.State != sales.ContractApproved {
			t.Errorf("the contract is %s", c.State)
		}
		// Side by side with ERP, papers and visits, the platform's paper is one of the deal's.
		rep.Skip()
		rep.Say("对齐 HT2026-001")
		rep.ExpectCard("对齐 · HT2026-001", "已批", "平台已办结").Without("平台审批还开着")
	})
}

func TestANativeRejectionEndsTheContract(t *testing.T) {
	t.Parallel()
	onBothNatively(t, func(t *testing.T, s *bottest.Story, w world, office sim.Office) {
		rep := s.As("周敏").Skip()
		file(rep, s.As("赵磊").Skip())
		native := opened(t, office)
		// Somebody the policy does not name decides: the platform knows who may.
		act(t, w, office, native.ID, "赵磊", sim.Transfer, "", "孙静")
		act(t, w, office, native.ID, "孙静", sim.Refuse, "账期太长")
		rep.ExpectText("孙静", "驳回", "账期太长")
		r := w.becomes(t, "HT2026-001", approval.Rejected)
		if last := r.Log[len(r.Log)-1]; last.ActorName != "孙静" || last.ForName != "赵磊" {
			t.Errorf("the decision: %+v", last)
		}
	})
}

func TestLostAndRepeatedCallbacksOfNativeApprovals(t *testing.T) {
	t.Parallel()
	onBothNatively(t, func(t *testing.T, s *bottest.Story, w world, office sim.Office) {
		rep := s.As("周敏").Skip()
		file(rep, s.As("赵磊").Skip())
		native := opened(t, office)
		sm := w.Simulators()[rep.Platform()]
		s.Settle() // what was told so far has been heard
		if err := sm.Fault(sim.Fault{Kind: sim.LostEvent, Count: 20}); err != nil {
			t.Fatal(err)
		}
		act(t, w, office, native.ID, "赵磊", sim.Agree, "")
		s.Settle()
		if _, r := w.contract(t, "HT2026-001"); r.Step != 0 {
			t.Error("known although the callback was lost")
		}
		s.FastForward(11 * time.Minute) // the reconciling look
		rep.ExpectCard("已通过法务")
		if err := sm.Fault(sim.Fault{Kind: sim.LostEvent, Count: 1}); err != nil {
			t.Fatal(err)
		}
		act(t, w, office, native.ID, "陈刚", sim.Agree, "")
		s.FastForward(5 * time.Hour)
		r := w.becomes(t, "HT2026-001", approval.Approved)
		if len(r.Log) != 3 {
			t.Errorf("decided twice: %+v", r.Log)
		}
	})
}

func TestRepeatedCallbacksDecideOnce(t *testing.T) {
	t.Parallel()
	onBothNatively(t, func(t *testing.T, s *bottest.Story, w world, office sim.Office) {
		rep := s.As("周敏").Skip()
		file(rep, s.As("赵磊").Skip())
		native := opened(t, office)
		if err := w.Simulators()[rep.Platform()].Fault(sim.Fault{Kind: sim.Redeliver, Count: 10}); err != nil {
			t.Fatal(err)
		}
		act(t, w, office, native.ID, "赵磊", sim.Agree, "")
		act(t, w, office, native.ID, "陈刚", sim.Agree, "")
		rep.ExpectText("全部通过")
		s.Settle()
		if n := w.count(t, "周敏", "全部通过"); n != 1 {
			t.Errorf("told %d times", n)
		}
		if r := w.becomes(t, "HT2026-001", approval.Approved); len(r.Log) != 3 {
			t.Errorf("decided twice: %+v", r.Log)
		}
	})
}

func TestANativeApprovalWhoseAnswerGotLostIsFoundAgain(t *testing.T) {
	t.Parallel()
	onBothNatively(t, func(t *testing.T, s *bottest.Story, w world, office sim.Office) {
		rep, legal := s.As("周敏").Skip(), s.As("赵磊").Skip()
		if err := w.Simulators()[rep.Platform()].Fault(sim.Fault{Kind: sim.LostAnswer, Count: 1}); err != nil {
			t.Fatal(err)
		}
		_, theirs := file(rep, legal)
		opened(t, office)
		s.FastForward(3 * time.Minute)
		theirs.ExpectUpdate("[去")
		if n := len(office.Approvals()); n != 1 {
			t.Errorf("%d approvals on the platform, want the one whose answer got lost", n)
		}
	})
}

// TestWhatHappensBeforeANativeApprovalIsKnownCounts decides an approval whose creation nobody was told of: the callbacks say that
// something is there, and it is found with what has happened to it.
func TestWhatHappensBeforeANativeApprovalIsKnownCounts(t *testing.T) {
	t.Parallel()
	onBothNatively(t, func(t *testing.T, s *bottest.Story, w world, office sim.Office) {
		rep := s.As("周敏").Skip()
		if err := w.Simulators()[rep.Platform()].Fault(sim.Fault{Kind: sim.LostAnswer, Count: 1}); err != nil {
			t.Fatal(err)
		}
		file(rep, s.As("赵磊").Skip())
		native := opened(t, office)
		act(t, w, office, native.ID, "赵磊", sim.Agree, "")
		act(t, w, office, native.ID, "陈刚", sim.Agree, "")
		rep.ExpectText("全部通过")
		if r := w.becomes(t, "HT2026-001", approval.Approved); len(r.Log) != 3 {
			t.Errorf("the request says %+v", r.Log)
		}
	})
}

func TestANativeApprovalIsWithdrawn(t *testing.T) {
	t.Parallel()
	onBothNatively(t, func(t *testing.T, s *bottest.Story, w world, office sim.Office) {
		rep := s.As("周敏").Skip()
		file(rep, s.As("赵磊").Skip())
		native := opened(t, office)
		s.Settle()
		waitUntil(t, "the number to be known here too", func() bool { return contains(w.screen(t, "赵磊"), "[去") })
		rep.Skip()
		rep.Say("撤回 HT2026-001 客户改主意了")
		if rep.Platform() == sim.WeCom { // the platform has no call for it
			rep.ExpectText("到企业微信里撤", "HT2026-001")
			act(t, w, office, native.ID, "周敏", sim.Withdraw, "")
		} else {
			rep.ExpectText("正在钉钉审批里撤销")
		}
		rep.ExpectText("已在", "审批里撤销", "撤回了")
		w.becomes(t, "HT2026-001", approval.Withdrawn)
		if got := office.Approvals()[0].Status; got != "withdrawn" {
			t.Errorf("on the platform it is %s", got)
		}
	})
}

func TestWhatThePlatformRefusesIsApprovedHere(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			flow := nativeFlow(platform, "合同", "contract", "", []string{"法务"}, []string{"销售总监"})
			flow.Place.Fields["amount"] = "Formula-1" // no such control can be filled
			if platform == sim.DingTalk {
				flow.Place.Template = "no process"
			}
			w := flowing(t, platform, flow)
			s := bottest.New(t, w)
			rep, legal, admin := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("郑凯").Skip()
			file(rep, legal)
			rep.ExpectText("审批没建成", "改在这里审")
			admin.ExpectText("审批没建成(HT2026-001)", "place")
			legal.Skip().Say("同意 HT2026-001")
			legal.ExpectText("已同意")
			s.As("陈刚").ExpectCard("等你处理")
		})
	}
}

// nth waits until the platform has n approvals and gives the last one.
func nth(t *testing.T, office sim.Office, n int) sim.Approval {
	t.Helper()
	var list []sim.Approval
	waitUntil(t, fmt.Sprintf("%d approvals on the platform", n), func() bool { list = office.Approvals(); return len(list) >= n })
	return list[n-1]
}

func TestAQuoteIsDecidedInThePlatformsOwnApproval(t *testing.T) {
	t.Parallel()
	onBothNatively(t, func(t *testing.T, s *bottest.Story, w world, office sim.Office) {
		rep, lead, director := s.As("周敏").Skip(), s.As("王芳").Skip(), s.As("陈刚").Skip()
		rep.Say("报价 绍兴市立医院 生化分析仪 2台 单价45万")
		rep.ExpectCard("报价待审批 · BJ2026-001", "审批里办")
		theirs := lead.ExpectCard("报价待审批", "审批里办")
		native := opened(t, office)
		if len(native.Form) != 3 || native.Form[0].Value != "BJ2026-001" || native.Form[1].Value != "900000.00" || !contains(native.Form[2].Value, "2台", "有效") {
			t.Errorf("the platform's form: %+v", native.Form)
		}
		theirs.ExpectUpdate("[去", "审批]").Without("[同意]", "[驳回]")
		lead.Say("同意 BJ2026-001")
		lead.ExpectText("审批里审", "不能代办")
		s.Settle() // what was told so far has been heard
		if err := w.Simulators()[rep.Platform()].Fault(sim.Fault{Kind: sim.LostEvent, Count: 20}); err != nil {
			t.Fatal(err)
		}
		act(t, w, office, native.ID, "王芳", sim.Agree, "可以")
		s.FastForward(11 * time.Minute) // found by the reconciling look
		director.ExpectCard("报价待审批", "审批里办")
		act(t, w, office, native.ID, "陈刚", sim.Refuse, "价太低")
		s.FastForward(5 * time.Hour)
		rep.ExpectText("BJ2026-001", "陈刚", "驳回", "价太低")
		if q := w.quote(t, "BJ2026-001"); q.State != sales.QuoteRejected {
			t.Errorf("the quote is %s", q.State)
		}
		// A small one needs nobody, there or here.
		rep.Skip()
		rep.Say("报价 绍兴市立医院 离心机 3台 单价2000元")
		rep.ExpectCard("报价已通过 · BJ2026-002", "不用审批")
		if n := len(office.Approvals()); n != 1 {
			t.Errorf("%d approvals on the platform, want the first one only", n)
		}
	})
}

func TestTheFlowSaysWhereAContractIsDecided(t *testing.T) {
	t.Parallel()
	onBothNatively(t, func(t *testing.T, s *bottest.Story, w world, office sim.Office) {
		rep, legal, director := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("陈刚").Skip()
		rep.Say("审批流程")
		rep.ExpectText("大合同", "金额", "50万", "在"+sales.PlatformName(rep.Platform())+"审批里审")
		rep.Say("提交合同 绍兴市立医院 生化分析仪 40万 40%预付 余款验收后30天").ExpectCard("合同草稿")
		rep.Say("无附件")
		rep.ExpectCard("合同待审批 · HT2026-001").Without("审批里办")
		legal.ExpectCard("等你处理").Click("同意")
		director.ExpectCard("等你处理")
		director.Say("退回 HT2026-001 金额不对")
		director.ExpectText("已退回")
		if n := len(office.Approvals()); n != 0 {
			t.Fatalf("%d approvals on the platform for a small contract", n)
		}
		rep.Skip()
		// The change makes it one of those that are decided there, from the first step on.
		rep.Say("重新提交 HT2026-001 金额改成90万")
		rep.ExpectText("已重新提交", "40万 → 90万", "法务 赵磊")
		native := nth(t, office, 1)
		if len(native.Steps) != 2 || native.Form[1].Value != "900000.00" {
			t.Errorf("the platform's form: %+v", native)
		}
		legal.Skip().Say("同意 HT2026-001")
		legal.ExpectText("审批里审", "不能代办")
		act(t, w, office, native.ID, "赵磊", sim.Agree, "")
		act(t, w, office, native.ID, "陈刚", sim.Agree, "")
		rep.ExpectText("全部通过", "陈刚")
		r := w.becomes(t, "HT2026-001", approval.Approved)
		if r.Rules.Flow != "大合同" || r.Round != 2 {
			t.Errorf("flow %s, round %d", r.Rules.Flow, r.Round)
		}
	})
}

func TestWhoMustAllSignAreStepsOfThePlatform(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			flow := nativeFlow(platform, "会签", "contract", "", []string{"法务", "财务"}, []string{"销售总监"})
			flow.Steps[0].Mode = "each_of"
			w := flowing(t, platform, flow)
			s := bottest.New(t, w)
			office, ok := w.Simulators()[platform].(sim.Office)
			if !ok {
				t.Fatal("the simulator has no office")
			}
			rep := s.As("周敏").Skip()
			rep.Say(contractFiling).ExpectCard("合同草稿")
			rep.Say("无附件")
			rep.ExpectCard("合同待审批", "赵磊、吴桐")
			native := opened(t, office)
			if len(native.Steps) != 3 {
				t.Fatalf("%d steps there, want one of each source: %+v", len(native.Steps), native.Steps)
			}
			act(t, w, office, native.ID, "赵磊", sim.Agree, "")
			act(t, w, office, native.ID, "吴桐", sim.Agree, "")
			act(t, w, office, native.ID, "陈刚", sim.Agree, "")
			r := w.becomes(t, "HT2026-001", approval.Approved)
			if len(r.Log) != 4 {
				t.Errorf("the log of ours: %+v", r.Log)
			}
		})
	}
}
