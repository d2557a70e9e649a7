package configs

import (
	"fmt"
	"slices"
	"time"
)

// Classes of customers.
var classes = []string{"KA", "A", "B", "C"}

// ClassSpans is a span for each class of customer; 0 is never.
type ClassSpans struct {
	KA    time.Duration `yaml:"ka"`
	A     time.Duration `yaml:"a"`
	B     time.Duration `yaml:"b"`
	C     time.Duration `yaml:"c"`
	Other time.Duration `yaml:"other"` // not classified
}

// Pool is when customers go back to the open pool (公海), and how many one person may take from it. Spans are whole days.
type Pool struct {
	Idle          ClassSpans    `yaml:"idle"`
	AfterContract ClassSpans    `yaml:"after_contract"`
	NoDeal        time.Duration `yaml:"no_deal"`
	WarnBefore    time.Duration `yaml:"warn_before"`
	WarnPerDay    int           `yaml:"warn_per_day"`
	KeepFor       time.Duration `yaml:"keep_for"`
	ClaimPerDay   int           `yaml:"claim_per_day"`
	OwnAtMost     int           `yaml:"own_at_most"`
	AgainAfter    time.Duration `yaml:"again_after"`
}

// Leads is who gets a lead (线索) and how long they have, in working time.
type Leads struct {
	RemindAfter   time.Duration `yaml:"remind_after"`
	EscalateAfter time.Duration `yaml:"escalate_after"`
	ContactWithin time.Duration `yaml:"contact_within"`
	AckFor        time.Duration `yaml:"ack_for"`
	LoadAtMost    int           `yaml:"load_at_most"`
	Newcomer      time.Duration `yaml:"newcomer"`
	DealsToRise   int           `yaml:"deals_to_rise"`
	LargeFromYuan int           `yaml:"large_from_yuan"`
	TwinFor       time.Duration `yaml:"twin_for"`
	// IntakeSecret signs POST /api/leads; empty: no such page.
	IntakeSecret Secret `yaml:"intake_secret"`
}

// CustomerCare is what is kept an eye on about customers.
type CustomerCare struct {
	Tags               []string      `yaml:"tags"`
	ContactSilent      time.Duration `yaml:"contact_silent"`
	FreshAfter         time.Duration `yaml:"fresh_after"`
	AskPerDay          int           `yaml:"ask_per_day"`
	CalibrationDay     int           `yaml:"calibration_day"`
	CalibrationClasses []string      `yaml:"calibration_classes"`
	HandoverUndo       time.Duration `yaml:"handover_undo"`
}

const oneDay = 24 * time.Hour

func defaultPool() Pool {
	return Pool{
		Idle:          ClassSpans{A: 90 * oneDay, B: 60 * oneDay, C: 30 * oneDay, Other: 60 * oneDay},
		AfterContract: ClassSpans{A: 90 * oneDay, B: 60 * oneDay, C: 30 * oneDay, Other: 90 * oneDay},
		NoDeal:        180 * oneDay, WarnBefore: 7 * oneDay, WarnPerDay: 5, KeepFor: 14 * oneDay, ClaimPerDay: 5, OwnAtMost: 200, AgainAfter: 7 * oneDay,
	}
}

func defaultLeads() Leads {
	return Leads{
		RemindAfter: 2 * time.Hour, EscalateAfter: 4 * time.Hour, ContactWithin: 9 * time.Hour, AckFor: 4 * time.Hour,
		LoadAtMost: 30, Newcomer: 90 * oneDay, DealsToRise: 3, LargeFromYuan: 500_000, TwinFor: 90 * oneDay,
	}
}

func defaultCustomers() CustomerCare {
	return CustomerCare{
		ContactSilent: 30 * oneDay, FreshAfter: 90 * oneDay, AskPerDay: 3, CalibrationDay: 5, CalibrationClasses: []string{"KA", "A"},
		HandoverUndo: 24 * time.Hour,
	}
}

func (r Rules) checkLife(report reporter) {
	r.Cash.check(report)
	for key, c := range map[string]ClassSpans{"rules.pool.idle": r.Pool.Idle, "rules.pool.after_contract": r.Pool.AfterContract} {
		for class, d := range map[string]time.Duration{"ka": c.KA, "a": c.A, "b": c.B, "c": c.C, "other": c.Other} {
			wholeDays(report, key+"."+class, d)
		}
	}
	for key, d := range map[string]time.Duration{
		"rules.pool.no_deal": r.Pool.NoDeal, "rules.pool.warn_before": r.Pool.WarnBefore, "rules.pool.keep_for": r.Pool.KeepFor,
		"rules.pool.again_after": r.Pool.AgainAfter, "rules.leads.newcomer": r.Leads.Newcomer, "rules.leads.twin_for": r.Leads.TwinFor,
		"rules.customers.contact_silent": r.Customers.ContactSilent, "rules.customers.fresh_after": r.Customers.FreshAfter,
	} {
		wholeDays(report, key, d)
	}
	between(report, "rules.pool.warn_per_day", r.Pool.WarnPerDay, 1, 100)
	between(report, "rules.pool.claim_per_day", r.Pool.ClaimPerDay, 0, 10_000)
	between(report, "rules.pool.own_at_most", r.Pool.OwnAtMost, 0, 1_000_000)
	span(report, "rules.leads.remind_after", r.Leads.RemindAfter)
	span(report, "rules.leads.escalate_after", r.Leads.EscalateAfter)
	span(report, "rules.leads.contact_within", r.Leads.ContactWithin)
	span(report, "rules.leads.ack_for", r.Leads.AckFor)
	if r.Leads.RemindAfter >= r.Leads.EscalateAfter {
		report("rules.leads.escalate_after", spanText(r.Leads.EscalateAfter)+" is not after the reminder", "escalate later than rules.leads.remind_after")
	}
	between(report, "rules.leads.load_at_most", r.Leads.LoadAtMost, 0, 100_000)
	between(report, "rules.leads.deals_to_rise", r.Leads.DealsToRise, 0, 1000)
	between(report, "rules.leads.large_from_yuan", r.Leads.LargeFromYuan, 0, 1_000_000_000)
	if s := r.Leads.IntakeSecret; s != "" && len(s) < 16 {
		report("rules.leads.intake_secret", "is shorter than 16 characters", "make one with: openssl rand -hex 16")
	}
	between(report, "rules.customers.ask_per_day", r.Customers.AskPerDay, 0, 100)
	between(report, "rules.customers.calibration_day", r.Customers.CalibrationDay, 0, 28)
	for i, c := range r.Customers.CalibrationClasses {
		if !slices.Contains(classes, c) {
			report(fmt.Sprintf("rules.customers.calibration_classes[%d]", i), fmt.Sprintf("%q is not a class", c), "use one of "+oneOf(classes))
		}
	}
	span(report, "rules.customers.handover_undo", r.Customers.HandoverUndo)
}

// wholeDays checks a span that is counted in days; 0 is never.
func wholeDays(report reporter, key string, d time.Duration) {
	if d < 0 || d > 3660*oneDay || d%oneDay != 0 {
		report(key, spanText(d)+" is not a number of days", "write 30d, or 0s for never")
	}
}
