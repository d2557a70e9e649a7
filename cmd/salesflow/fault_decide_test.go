package main

import (
	"strings"
	"sync"
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
	"salesflow/configs"
	"salesflow/store/approval"
)

// Two people of one step, and one of them twice, decide the same request at the same moment on two replicas: one decision stands,
// and who came second is told whose it is.
func TestADecisionIsTakenOnceByTwoReplicas(t *testing.T) {
	t.Parallel()
	onServers, _ := onMariaDB(t)
	r := newRig(t, onServers, func(c *configs.Config) {
		c.Rules.Approval.Flows = []configs.Flow{{Name: "或签", Kind: "contract", Steps: []configs.FlowStep{{Who: []string{"法务", "法务主管"}}, {Who: []string{"销售总监"}}}}}
	})
	r.boot("")
	r.boot("")
	r.mu.Lock()
	r.copies = 2
	r.mu.Unlock()
	s := bottest.New(t, r.world)
	rep, legal, head := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("孙静").Skip()
	s.As("陈刚").Skip()
	for round, no := range []string{"HT2026-001", "HT2026-002", "HT2026-003"} {
		rep.Say(contractFiling).ExpectCard("合同草稿")
		rep.Say("无附件")
		rep.ExpectCard("合同待审批", no)
		theirs, ours := legal.ExpectCard("等你处理", no), head.ExpectCard("等你处理", no)
		var all sync.WaitGroup
		all.Go(func() { _ = theirs.Try("同意") }) // on DingTalk; a card that has changed meanwhile cannot be tapped
		all.Go(func() {                         // on WeCom, whose callback both replicas get twice
			if round == 1 {
				_ = ours.Try("同意")
				return
			}
			_, _ = r.wecom.Say(t.Context(), sim.Say{From: "sunjing", Text: "驳回 " + no + " 账期太长"})
		})
		all.Go(func() { _, _ = r.dingtalk.Say(t.Context(), sim.Say{From: "zhaolei", Text: "同意 " + no}) })
		all.Wait()
		s.FastForward(time.Minute)
		_, req := r.contract(t, no)
		var decided []approval.Entry
		for _, e := range req.Log {
			if e.Verb == approval.VerbApprove || e.Verb == approval.VerbReject {
				decided = append(decided, e)
			}
		}
		if len(decided) != 1 {
			t.Fatalf("%s was decided %d times: %+v", no, len(decided), req.Log)
		}
		by := decided[0].ActorName
		if want := map[string]approval.State{"赵磊": approval.Pending, "孙静": approval.Rejected}; round != 1 && req.State != want[by] {
			t.Errorf("%s is %s after %s by %s", no, req.State, decided[0].Verb, by)
		}
		other := map[string]string{"赵磊": "孙静", "孙静": "赵磊"}[by]
		waitUntil(t, other+" to hear of "+by, func() bool {
			for _, m := range r.shown(t, other) {
				if text := bottest.Plain(m); strings.Contains(text, no) && strings.Contains(text, by) && !strings.Contains(text, "等你处理") {
					return true
				}
			}
			return false
		})
		if n := len(r.tellings(t, "周敏", no+"(绍兴市立医院 128万)被")); by == "孙静" && round != 1 && n != 1 {
			t.Errorf("the requester heard %d times of the rejection", n)
		}
		rep.Skip()
		legal.Skip()
		head.Skip()
	}
}

// tellings are the messages on a person's phone that hold some words.
func (w world) tellings(t *testing.T, name, words string) (out []sim.Message) {
	t.Helper()
	for _, m := range w.shown(t, name) {
		if strings.Contains(bottest.Plain(m), words) {
			out = append(out, m)
		}
	}
	return out
}
