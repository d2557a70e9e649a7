package wecom_test

import (
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/bot/sim"
)

func TestApprovalIsCreatedFoundAndRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := w.Context()
	form := func(mark string) bot.NativeForm {
		return bot.NativeForm{
			Template: "T1", Creator: "ZhouMin", Summary: []string{"合同 " + mark, "绍兴市立医院检验科全自动生化分析仪采购项目一期"},
			Steps: []bot.NativeStep{{Mode: "all", Users: []bot.UserID{"wangfang", "sunjing"}}},
			Fields: []bot.NativeField{
				{Control: "Text-1", Text: mark}, {Control: "Money/item-9", Text: "¥1,280,000.00", Number: "1280000.00"}, {Control: "Textarea-2", Text: "30% 预付"},
			},
		}
	}
	for _, mark := range []string{"HT2026-001", "HT2026-002"} {
		if _, err := w.adapter.CreateApproval(ctx, form(mark)); err != nil {
			t.Fatal(err)
		}
	}
	search := bot.NativeSearch{Template: "T1", Creator: "ZhouMin", Since: start.Add(-time.Hour), Until: start.Add(time.Hour), Control: "Text-1", Mark: "HT2026-001"}
	ref, err := w.adapter.FindApproval(ctx, search)
	if err != nil || ref == "" {
		t.Fatal(ref, err)
	}
	search.Mark = "HT2026-009"
	if other, err := w.adapter.FindApproval(ctx, search); err != nil || other != "" {
		t.Errorf("found %q: %v", other, err)
	}
	if err := w.sim.Act(ctx, sim.Act{ID: ref, Person: "sunjing", Result: sim.Agree, Remark: "可以"}); err != nil {
		t.Fatal(err)
	}
	if ev := w.event(1); ev.Kind != bot.Moved || ev.Text != ref {
		t.Errorf("event %+v", ev)
	}
	st, err := w.adapter.ApprovalState(ctx, ref)
	if err != nil || st.Status != bot.NativeRunning || len(st.Decisions) != 1 || st.Decisions[0].User != "sunjing" || !st.Decisions[0].Agree || st.Decisions[0].Comment != "可以" {
		t.Errorf("%+v, %v", st, err)
	}
	if err := w.adapter.WithdrawApproval(ctx, ref, "ZhouMin", ""); bot.SendFailure(err).Reason != bot.Unsupported {
		t.Errorf("withdrawn: %v", err)
	}
	bad := form("HT2026-003")
	bad.Fields[1].Control = "Selector-1"
	if _, err := w.adapter.CreateApproval(ctx, bad); bot.SendFailure(err).Reason != bot.Rejected || bot.SendFailure(err).Retry {
		t.Errorf("a control that cannot be filled: %v", err)
	}
	found := w.adapter.CheckApproval(ctx, "T1", []string{"Text-1"})
	if len(found) != 2 || found[0].OK || found[1].OK { // the simulator's template has one required text
		t.Errorf("check of a wrong set of controls: %+v", found)
	}
	if found := w.adapter.CheckApproval(ctx, "T1", []string{"Textarea-1"}); len(found) != 1 || !found[0].OK {
		t.Errorf("check of the right control: %+v", found)
	}
}
