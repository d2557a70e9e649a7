package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/store"
	"salesflow/store/sales"
)

// What holds for contracts holds for a request for a special price: copies, supplements, the sheet with its proof, and who
// looked at it.
func TestASpecialPriceHasItsSheetItsCopiesAndItsReaders(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, lead, director, finance := s.As("周敏").Skip(), s.As("王芳").Skip(), s.As("陈刚").Skip(), s.As("吴桐").Skip()
		floors(t, s)
		rep.Say("特价申请 绍兴市立医院 生化分析仪 1台 8折 理由 竞品降价")
		rep.ExpectCard("特价申请待审批 · TJ2026-001")
		lead.ExpectCard("特价申请待审批", "等你处理")
		rep.Say("补充 TJ2026-001 竞品报价单在客户手里,38万")
		rep.ExpectText("补到 TJ2026-001")
		rep.Say("抄送 TJ2026-001 吴桐")
		rep.ExpectText("已抄送给吴桐")
		lead.Skip().Say("同意 TJ2026-001 值得做")
		lead.ExpectText("已同意")
		director.ExpectCard("特价申请待审批", "等你处理")
		director.Say("同意 TJ2026-001")
		finance.ExpectText("抄送", "TJ2026-001")
		finance.Skip().Say("报价 TJ2026-001")
		finance.ExpectCard("TJ2026-001")
		stranger := s.As("李强").Skip()
		stranger.Say("审批单 TJ2026-001")
		stranger.ExpectText("或者不归你看").Without("384")
		rep.Skip().Say("审批单 TJ2026-001")
		rep.ExpectText("TJ2026-001 的审批单在做")
		s.FastForward(2 * time.Minute)
		rep.ExpectText("审批单-TJ2026-001.pdf")
		said, _, _ := w.proved(t, w.lastPaper(t, "周敏"))
		for _, want := range []string{
			"特价申请 TJ2026-001 · 绍兴市立医院", "¥384,000.00", "周敏 提交:竞品降价", "周敏 补充:竞品报价单", "抄送 吴桐", "王芳 同意:值得做", "陈刚 同意",
		} {
			if !strings.Contains(said, want) {
				t.Errorf("the sheet does not say %q:\n%s", want, said)
			}
		}
		director.Skip().Say("谁看过 TJ2026-001")
		director.ExpectText("特价申请 TJ2026-001", "吴桐 1 次", "报价")
		director.Say("谁看过 绍兴市立医院")
		director.ExpectText("吴桐 1 次", "报价")
		rep.Skip().Say("谁看过 TJ2026-001")
		rep.ExpectText("权限")
	})
}

// Who has left has nothing to decide any more: what waited for them goes to somebody who is here.
func TestWhatWaitsForALeaverGoesToSomebodyHere(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, legal, head := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("孙静").Skip()
		_, theirs := file(rep, legal)
		zhaolei := w.person(t, "zhaolei")
		zhaolei.Active = false
		if err := w.program.do(t.Context(), func(_ context.Context, tx *store.Tx) error { tx.PutPerson(zhaolei); return nil }); err != nil {
			t.Fatal(err)
		}
		s.At(onDay(12, 9, 20)) // the morning's look at who has left
		_, r := w.contract(t, "HT2026-001")
		if turn := r.Turn(); len(turn) != 1 || turn[0].ID == zhaolei.ID {
			t.Fatalf("it waits for %+v: %+v", turn, r.Log)
		}
		theirs.ExpectUpdate("合同").Without("等你处理")
		next := s.As(r.Turn()[0].Name).Skip()
		next.Say("同意 HT2026-001")
		next.ExpectText("已同意", "HT2026-001")
		s.As("陈刚").ExpectCard("等你处理", "HT2026-001")
		head.Skip()
		if n := countAudit(t, w, "contract.transfer"); n != 1 {
			t.Errorf("%d lines of the trace say so, want 1", n)
		}
	})
}

// A contract under approval stands as it was when both replicas' taps come at the same moment: one decides.
func TestTwoTapsAtOnceDecideOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, legal := s.As("周敏").Skip(), s.As("赵磊").Skip()
		_, card := file(rep, legal)
		c, r := w.contract(t, "HT2026-001")
		done := make(chan struct{})
		go func() {
			defer close(done)
			legal.Say("驳回 HT2026-001 账期太长")
		}()
		w.tapAgain(t, "赵磊", card, "同意", "contract.approve", c.ID, r.Version)
		<-done
		s.Settle()
		_, after := w.contract(t, "HT2026-001")
		decided := 0
		for _, e := range after.Log {
			if e.Actor != sales.PersonID(0) && e.ActorName == "赵磊" {
				decided++
			}
		}
		if decided != 1 {
			t.Errorf("decided %d times: %+v", decided, after.Log)
		}
	})
}
