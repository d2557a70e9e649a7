package view_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"salesflow/cards"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// The cards of a customer's life keep the manners that hold for every card, however long the words in them.
func TestCardsOfACustomersLifeKeepTheLimits(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 11, 2, 0, 0, 0, time.UTC)
	today, long := sales.DayOf(now), strings.Repeat("很长的话", 20)
	who := func(sales.PersonID) string { return "欧阳长名字" }
	c := sales.Customer{ID: 1 << 60, Name: "绍兴市立医院", Phone: "13800005678", Class: "KA", City: "绍兴", Industry: "医疗", Version: 9}
	page := view.CustomerPage{
		Customer: c, Viewer: 1 << 60, Owner: "周敏", Lines: []string{"检验科 李强", "耗材 林夏"}, Tags: []string{"三甲", "重点"}, Claim: true, Pool: long,
		Pulse: sales.PulseOf(sales.PulseFacts{Overdue: 3, Stuck: 2, Complaints: 1, Sole: "王建国", Created: sales.At(now)}, now), Who: who, Phones: true, Today: today, Now: now, Source: "展会",
	}
	for i := range 9 {
		page.Chain = append(page.Chain, sales.ChainLink{Contact: sales.Contact{Name: "王建国", Title: long}, Part: sales.ContactParts[i%7]})
		page.Todos = append(page.Todos, sales.Todo{Text: long, DueAt: sales.At(now.Add(-time.Hour)), DueOn: today})
		page.Visits = append(page.Visits, sales.Visit{Text: long, Day: today})
		page.Deals = append(page.Deals, view.OpportunityLine{Opportunity: sales.Opportunity{Stage: sales.StageNeed, Amount: 50 * sales.Wan}})
		page.Contracts = append(page.Contracts, sales.Contract{No: "HT2026-018", State: sales.ContractPending})
	}
	lead := sales.Lead{ID: 1 << 60, No: "L123456", Company: long[:60], Contact: "李院长", Phone: "13800005678", Need: long, Source: "展会", Campaign: long, Why: long, OwnerID: 7, Version: 3}
	fact := sales.Fact{ID: 1 << 60, Field: sales.FactBuyer, Value: long, ConfirmedAt: sales.At(now)}
	cal := sales.Calibration{ID: 1 << 60, Questions: sales.List[sales.Question]{{Field: sales.FactBuyer, Value: long}, {Field: sales.FactTech}, {Field: sales.FactChain}}}
	verdict := sales.Verdict{Question: cal.Questions[0], Answers: []sales.CalibrationAnswer{
		{Side: sales.SideSales, Value: long}, {Side: sales.SideService, Value: "b"}, {Side: sales.SideDelivery, Value: "c"},
	}}
	h := view.Handover{Handover: sales.Handover{
		ID: 1 << 60, Scope: long[:120], Counts: sales.HandoverCounts{Customers: 999, Opportunities: 9, Contracts: 9, Todos: 9, Leads: 9, Approvals: 9, Incidents: 9},
	}, From: "周敏(已离职)", To: "李强", By: "王芳", Now: now}
	all := map[string]cards.Card{
		"pool": view.PoolWarning(c, sales.Keeping{RecallAt: sales.At(now), Why: long}, 40, today), "fact": view.FactCard(fact, c.Name, who, 91),
		"calibration": view.CalibrationCard(cal, c.Name, sales.SideSales, 1<<60, nil, now), "conflict": view.ConflictCard(cal, c.Name, verdict, who),
		"preview": view.HandoverPreview(h), "confirm": view.HandoverConfirm(h), "leaver": view.LeaverCard(1<<60, "周敏", h.Handover.Counts, []string{"李强", "欧阳很长的名字", "林夏"}, 1),
		"escalated": view.LeadEscalated(view.Lead{Lead: lead, Owner: "周敏", Now: now}, sales.Incident{ID: 1 << 60, State: sales.IncidentOpen}),
	}
	for _, p := range []string{view.PageMain, view.PageChain, view.PageDeals, view.PageTodos, view.PageActivity} {
		all["page "+p] = view.CustomerCard(page, p)
	}
	for _, s := range []string{sales.LeadNew, sales.LeadAssigned, sales.LeadAccepted, sales.LeadContacted, sales.LeadConverted, sales.LeadInvalid} {
		lead.State = s
		all["lead "+s] = view.LeadCard(view.Lead{Lead: lead, Owner: "周敏", By: "王芳", Now: now, Own: true})
	}
	for _, s := range []string{sales.HandoverRunning, sales.HandoverDone, sales.HandoverUndoing, sales.HandoverUndone, sales.HandoverCancelled} {
		h.Handover.State = s
		all["handover "+s] = view.HandoverCard(h)
	}
	for name, c := range all {
		if len(c.Fields) > cards.MaxFields || len(c.Buttons) > cards.MaxButtons || c.Key == "" || len(c.Key) > 190 {
			t.Errorf("%s: %d fields, %d buttons, key %q", name, len(c.Fields), len(c.Buttons), c.Key)
		}
		for _, f := range c.Fields {
			if utf8.RuneCountInString(f.Name) > cards.MaxFieldName || f.Value == "" {
				t.Errorf("%s: field %q: %q", name, f.Name, f.Value)
			}
		}
		for _, b := range c.Buttons {
			if utf8.RuneCountInString(b.Text) > cards.MaxButtonText || len(b.Action.Encode()) > cards.MaxAction || b.Action.IsZero() {
				t.Errorf("%s: button %q, action of %d bytes", name, b.Text, len(b.Action.Encode()))
			}
		}
		if c.Closed != "" && len(c.Buttons) > 0 {
			t.Errorf("%s: closed, and can be tapped", name)
		}
	}
}
