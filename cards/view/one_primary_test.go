package view

import (
	"strings"
	"testing"
	"time"

	"salesflow/cards"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// What is about a to-do has one expected tap at its first level: to do it.
func TestAnIncidentAboutATodoHasOnePrimaryButton(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 13, 9, 0, 0, 0, sales.Shanghai)
	v := RuleIncident{
		Incident: sales.Incident{ID: 1, State: sales.IncidentOpen}, Rule: "承诺过期", Object: "待办", Title: "发报价", Now: now,
		Todo: &sales.Todo{ID: 2, OwnerID: 7, Text: "发报价", State: sales.TodoOpen, Version: 1},
	}
	for level, want := range map[int]int{1: 1, 2: 2} { // the second level goes to others, who do not see the owner's buttons
		n := 0
		for _, b := range RuleIncidentCard(v, level).Buttons {
			if b.Style == cards.Primary {
				n++
			}
		}
		if n != want {
			t.Errorf("level %d has %d primary buttons, want %d", level, n, want)
		}
	}
}

// Whoever has yet to sign what others have signed reads his own name on the card, not what his post is called.
func TestWhoHasYetToSignIsNamed(t *testing.T) {
	t.Parallel()
	step := approval.Step{Mode: approval.AllOf, Approvers: []approval.Approver{
		{Person: 7, Name: "吴桐", State: approval.ApproverApproved}, {Person: 8, Name: "钱进", State: approval.ApproverPending},
	}}
	c := PaperForStep(Paper{
		Object: "contract", ID: 1, No: "HT2026-001", Request: approval.Request{Kind: approval.Contract, State: approval.Pending, Steps: []approval.Step{step}},
	}, 0)
	if c.Status != "还差 钱进 签" || strings.Contains(c.Status, "财务") {
		t.Errorf("status %q", c.Status)
	}
}
