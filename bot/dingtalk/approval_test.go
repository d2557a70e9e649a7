package dingtalk

import (
	"context"
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/bot/sim"
)

func approvalForm(mark string) bot.NativeForm {
	return bot.NativeForm{
		Template: "PROC-C", Creator: "liqiang",
		Steps:  []bot.NativeStep{{Mode: "any", Users: []bot.UserID{"zhaolei"}}, {Mode: "turn", Users: []bot.UserID{"chengang", "zhaolei"}}},
		Fields: []bot.NativeField{{Control: "合同编号", Text: mark}, {Control: "金额", Text: "¥1,280,000.00", Number: "1280000.00"}},
	}
}

func TestApprovalIsCreatedFoundAndRead(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx := context.Background()
	for _, mark := range []string{"HT2026-001", "HT2026-002"} {
		if _, err := w.CreateApproval(ctx, approvalForm(mark)); err != nil {
			t.Fatal(err)
		}
	}
	now := w.clock.Now()
	search := bot.NativeSearch{Template: "PROC-C", Creator: "liqiang", Since: now.Add(-time.Hour), Until: now.Add(time.Hour), Control: "合同编号", Mark: "HT2026-002"}
	ref, err := w.FindApproval(ctx, search)
	if err != nil || ref == "" {
		t.Fatal(ref, err)
	}
	search.Mark = "HT2026-009"
	if other, err := w.FindApproval(ctx, search); err != nil || other != "" {
		t.Errorf("found %q: %v", other, err)
	}
	steps := w.Approvals()[0].Steps
	if len(steps) != 3 || steps[1].People[0].ID != "chengang" {
		t.Errorf("those who sign in turn: %+v", steps)
	}
	for _, a := range []sim.Act{{ID: ref, Person: "zhaolei", Result: sim.Agree, Remark: "可以"}, {ID: ref, Person: "chengang", Result: sim.Refuse, Remark: "太贵"}} {
		if err := w.Act(ctx, a); err != nil {
			t.Fatal(err)
		}
	}
	st, err := w.ApprovalState(ctx, ref)
	if err != nil || st.Status != bot.NativeRejected || len(st.Decisions) != 2 || st.Decisions[1].User != "chengang" || st.Decisions[1].Agree ||
		st.Decisions[0].Comment != "可以" || st.At.IsZero() {
		t.Errorf("%+v, %v", st, err)
	}
	if err := w.WithdrawApproval(ctx, ref, "liqiang", ""); err == nil {
		t.Error("one that has ended can be withdrawn")
	}
}

func TestApprovalEvents(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 11, 2, 0, 0, 0, time.UTC)
	for _, tt := range []struct{ name, kind, data, ref string }{
		{"an instance ends", instanceChange, `{"processInstanceId":"p1","type":"finish","result":"agree"}`, "p1"},
		{"an instance begins", instanceChange, `{"processInstanceId":"p1","type":"start"}`, "p1"},
		{"a task ends", taskChange, `{"processInstanceId":"p1","taskId":7,"type":"finish","result":"refuse"}`, "p1"},
		{"a task begins", taskChange, `{"processInstanceId":"p1","type":"start"}`, ""},
		{"wrapped once more", taskChange, `{"eventType":"bpms_task_change","data":{"processInstanceId":"p2","type":"finish"}}`, "p2"},
		{"no id", instanceChange, `{"type":"finish"}`, ""},
		{"no JSON", instanceChange, `<xml>`, ""},
	} {
		ev, ignored := decodeProcess(tt.kind, "e1", tt.data, at)
		if ev.Text != tt.ref || (ignored == "") != (tt.ref != "") || tt.ref != "" && ev.Kind != bot.Moved {
			t.Errorf("%s: %+v, %q", tt.name, ev, ignored)
		}
	}
}

func TestDingTime(t *testing.T) {
	t.Parallel()
	want := time.Date(2026, 3, 11, 2, 20, 0, 0, time.UTC)
	for _, s := range []string{"2026-03-11T02:20Z", "2026-03-11T10:20+08:00", "2026-03-11T02:20:00Z"} {
		if got := dingTime(s); !got.Equal(want) {
			t.Errorf("%s: %s", s, got)
		}
	}
	if !dingTime("昨天").IsZero() {
		t.Error("read a time that is none")
	}
}
