package main

import (
	"strings"
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
	"salesflow/store/sales"
)

// An application that was decided in the platform's own approval has its sheet as any other: what was asked, who decided there, the
// proof.
func TestAnApplicationDecidedThereHasItsSheet(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := flowing(t, platform, nativeFlow(platform, "申请", "general", "", []string{"法务"}, []string{"销售总监"}))
			s := bottest.New(t, w)
			office, ok := w.Simulators()[platform].(sim.Office)
			if !ok {
				t.Fatal("the simulator has no office")
			}
			rep := s.As("周敏").Skip()
			rep.Say("审批申请 绍兴市立医院 延长账期 客户月底才结账 金额 5万")
			rep.ExpectCard("审批申请待审批 · SQ2026-001")
			s.Settle()
			there := opened(t, office)
			act(t, w, office, there.ID, "赵磊", "agree", "可以")
			act(t, w, office, there.ID, "陈刚", "agree", "下不为例")
			w.applicationBecomes(t, "SQ2026-001", sales.ContractApproved)
			rep.Skip().Say("审批单 SQ2026-001")
			rep.ExpectText("SQ2026-001 的审批单在做")
			s.FastForward(2 * time.Minute)
			rep.ExpectText("审批单-SQ2026-001.pdf")
			said, _, _ := w.proved(t, w.lastPaper(t, "周敏"))
			for _, want := range []string{"SQ2026-001", "延长账期", "客户月底才结账", "赵磊 同意", "陈刚 同意"} {
				if !strings.Contains(said, want) {
					t.Errorf("the sheet does not say %q:\n%s", want, said)
				}
			}
			s.As("李强").Skip().Say("审批单 SQ2026-001")
			s.As("李强").ExpectText("没有审批申请 SQ2026-001,或者不归你看").Without("客户月底")
		})
	}
}
