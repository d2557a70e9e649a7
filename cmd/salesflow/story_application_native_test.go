package main

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
	"salesflow/cards/paper"
	"salesflow/store/evidence"
	"salesflow/store/sales"
)

// askedThere starts the product with applications decided in the platform's own approval.
func askedThere(t *testing.T, platform string, story func(t *testing.T, s *bottest.Story, w world, office sim.Office)) {
	t.Helper()
	flow := nativeFlow(platform, "申请", "general", "", []string{"提交人的主管"}, []string{"销售总监"})
	w := flowing(t, platform, flow)
	office, ok := w.Simulators()[platform].(sim.Office)
	if !ok {
		t.Fatal("the simulator has no office")
	}
	story(t, bottest.New(t, w), w, office)
}

func onBothAsking(t *testing.T, story func(t *testing.T, s *bottest.Story, w world, office sim.Office)) {
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			askedThere(t, platform, story)
		})
	}
}

// applicationBecomes waits until an application is in a state.
func (w world) applicationBecomes(t *testing.T, no, want string) sales.Application {
	t.Helper()
	var x sales.Application
	waitUntil(t, no+" to be "+want, func() bool { x = w.application(t, no); return x.State == want })
	return x
}

// An application whose place is the platform's own approval goes as a contract does: made there, read-only here, followed by
// callbacks, found by the reconciling look where these got lost, decided once however often they come; and its sheet proves it.
func TestAnApplicationIsDecidedInThePlatformsOwnApproval(t *testing.T) {
	t.Parallel()
	onBothAsking(t, func(t *testing.T, s *bottest.Story, w world, office sim.Office) {
		rep, lead, director := s.As("周敏").Skip(), s.As("王芳").Skip(), s.As("陈刚").Skip()
		sm := w.Simulators()[rep.Platform()]
		rep.Say("审批申请 绍兴市立医院 延长账期 客户月底才结账 金额 3万")
		rep.ExpectCard("审批申请待审批 · SQ2026-001", "审批里办", "延长账期")
		theirs := lead.ExpectCard("审批申请待审批", "审批里办")
		native := opened(t, office)
		if len(native.Steps) != 2 || native.Form[0].Value != "SQ2026-001" || native.Form[1].Value != "30000.00" ||
			!contains(native.Form[2].Value, "事由 延长账期", "关于 客户 绍兴市立医院", "理由 客户月底才结账") {
			t.Errorf("the platform's form: %+v", native.Form)
		}
		theirs.ExpectUpdate("[去", "审批]").Without("[同意]", "[驳回]")
		lead.Say("同意 SQ2026-001")
		lead.ExpectText("审批里审", "不能代办")
		// The callbacks of the first decision get lost: the look finds it.
		s.Settle() // what was told so far has been heard
		if err := sm.Fault(sim.Fault{Kind: sim.LostEvent, Count: 20}); err != nil {
			t.Fatal(err)
		}
		act(t, w, office, native.ID, "王芳", sim.Agree, "可以等到月底")
		s.Settle()
		director.ExpectNothingElse()
		s.FastForward(11 * time.Minute)
		director.ExpectCard("审批申请待审批", "审批里办")
		if err := sm.Fault(sim.Fault{Kind: sim.LostEvent, Count: 0}); err != nil {
			t.Fatal(err)
		}
		// Those of the second come many times.
		if err := sm.Fault(sim.Fault{Kind: sim.Redeliver, Count: 10}); err != nil {
			t.Fatal(err)
		}
		act(t, w, office, native.ID, "陈刚", sim.Agree, "")
		s.FastForward(5 * time.Hour)
		rep.ExpectText("SQ2026-001", "全部通过", "陈刚", "可以照办了")
		w.applicationBecomes(t, "SQ2026-001", sales.ContractApproved)
		if n := w.count(t, "周敏", "全部通过"); n != 1 {
			t.Errorf("told %d times", n)
		}
		sheetOf(t, s, w, "SQ2026-001", "审批申请 SQ2026-001 · 绍兴市立医院", "延长账期", "周敏 提交:客户月底才结账", "王芳 同意:可以等到月底", "陈刚 同意")
		stranger := s.As("李强").Skip()
		stranger.Say("审批单 SQ2026-001")
		stranger.ExpectText("或者不归你看").Without("30,000")
		finance := s.As("吴桐").Skip() // through whose hands such papers pass
		finance.Say("审批申请 SQ2026-001")
		finance.ExpectCard("审批申请已通过 · SQ2026-001")
		director.Skip().Say("谁看过 SQ2026-001")
		director.ExpectText("审批申请 SQ2026-001", "吴桐 1 次")
		director.Say("谁看过 绍兴市立医院")
		director.ExpectText("吴桐 1 次")
		rep.Skip().Say("谁看过 SQ2026-001")
		rep.ExpectText("权限")
	})
}

// sheetOf has a record's sheet made for its author, and holds what its proof says against want.
func sheetOf(t *testing.T, s *bottest.Story, w world, no string, want ...string) {
	t.Helper()
	rep := s.As("周敏").Skip()
	rep.Say("审批单 " + no)
	rep.ExpectText(no + " 的审批单在做")
	s.FastForward(2 * time.Minute)
	rep.ExpectText("审批单-" + no + ".pdf")
	said, _, verifier := w.proved(t, w.lastPaper(t, "周敏"))
	raw, err := paper.Attached(w.lastPaper(t, "周敏"))
	if err != nil {
		t.Fatal(err)
	}
	rec, err := evidence.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	proved, err := rec.Read(note.VerifierList(verifier))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range proved.Facts.Lines {
		said += l[0] + " " + l[1] + "\n"
	}
	for _, x := range want {
		if !strings.Contains(said, x) {
			t.Errorf("the sheet does not say %q:\n%s", x, said)
		}
	}
}

// Rejected there, withdrawn by its author, and one whose creation's answer got lost.
func TestAnApplicationEndsThereAndIsFoundAgain(t *testing.T) {
	t.Parallel()
	onBothAsking(t, func(t *testing.T, s *bottest.Story, w world, office sim.Office) {
		rep, lead := s.As("周敏").Skip(), s.As("王芳").Skip()
		if err := w.Simulators()[rep.Platform()].Fault(sim.Fault{Kind: sim.LostAnswer, Count: 1}); err != nil {
			t.Fatal(err)
		}
		rep.Say("审批申请 绍兴市立医院 免费样品 先试用一个月")
		rep.ExpectCard("审批申请待审批 · SQ2026-001", "审批里办")
		theirs := lead.ExpectCard("审批申请待审批", "审批里办")
		native := opened(t, office)
		s.FastForward(3 * time.Minute)
		theirs.ExpectUpdate("[去")
		if n := len(office.Approvals()); n != 1 {
			t.Errorf("%d approvals on the platform, want the one whose answer got lost", n)
		}
		act(t, w, office, native.ID, "王芳", sim.Refuse, "没有预算")
		rep.ExpectText("SQ2026-001", "王芳", "驳回", "没有预算")
		w.applicationBecomes(t, "SQ2026-001", sales.ContractRejected)

		rep.Skip().Say("审批申请 绍兴市立医院 延长账期 客户月底才结账")
		second := rep.ExpectCard("审批申请待审批 · SQ2026-002", "审批里办")
		nth(t, office, 2)
		other := office.Approvals()[0] // the newest
		second.ExpectUpdate("[去")
		rep.Skip().Say("撤回 SQ2026-002 客户改主意了")
		if rep.Platform() == sim.WeCom { // the platform has no call for it, and the card no button
			rep.ExpectText("到企业微信里撤", "SQ2026-002")
			act(t, w, office, other.ID, "周敏", sim.Withdraw, "")
		} else {
			rep.ExpectText("正在钉钉审批里撤销")
		}
		rep.ExpectText("SQ2026-002", "审批里撤销", "撤回了")
		w.applicationBecomes(t, "SQ2026-002", sales.ContractWithdrawn)
	})
}

// The goods go as soon as the platform says that it is approved, once.
func TestGoodsGoByThePlatformsOwnApproval(t *testing.T) {
	t.Parallel()
	onBothAsking(t, func(t *testing.T, s *bottest.Story, w world, office sim.Office) {
		w.turnOn(t, s, "先发货", "当 发货 被拦 则 发起审批 超期发货 \"{编号} 要先发货\" 通过后放行")
		rep := s.As("周敏").Skip()
		heldGoods(t, s, "30%预付")
		rep.ExpectCard("审批申请待审批 · SQ2026-001", "审批里办", "放行 HT2026-001 的货")
		native := opened(t, office)
		if !contains(native.Form[2].Value, "通过后 放行 HT2026-001 的货") {
			t.Errorf("the platform's form: %+v", native.Form)
		}
		if err := w.Simulators()[rep.Platform()].Fault(sim.Fault{Kind: sim.Redeliver, Count: 10}); err != nil {
			t.Fatal(err)
		}
		act(t, w, office, native.ID, "王芳", sim.Agree, "")
		act(t, w, office, native.ID, "陈刚", sim.Agree, "")
		rep.ExpectText("全部通过", "HT2026-001 已放行,可以发货")
		s.Settle()
		if n := countAudit(t, w, "contract.release"); n != 1 {
			t.Errorf("released %d times", n)
		}
		rep.Skip().Say("发货 HT2026-001 4台 20万")
		rep.ExpectCard("FH2026-001")
	})
}

// What a card offers is what the platform can do: no 撤回 on a card where only the platform's app can.
func TestACardOffersToWithdrawOnlyWhereThatWorks(t *testing.T) {
	t.Parallel()
	onBothAsking(t, func(t *testing.T, s *bottest.Story, _ world, _ sim.Office) {
		rep := s.As("周敏").Skip()
		rep.Say("审批申请 绍兴市立医院 延长账期 客户月底才结账")
		card := rep.ExpectCard("审批申请待审批 · SQ2026-001", "[催办]")
		want := []string{"催办", "详情", "撤回"}
		if rep.Platform() == sim.WeCom {
			want = want[:2]
		}
		card.ExpectButtons(want...)
	})
}
