package main

import (
	"time"

	"salesflow/configs"
	"salesflow/handlers"
	"salesflow/scheduler"
	"salesflow/store/sales"
)

// lifeSettings are the policies about customers over time as the handlers take them.
func lifeSettings(r configs.Rules) handlers.Life {
	p, l := r.Pool, r.Leads
	return handlers.Life{
		Pool: sales.PoolPolicy{
			Idle: classDays(p.Idle), AfterContract: classDays(p.AfterContract), NoDeal: days(p.NoDeal),
			WarnBefore: days(p.WarnBefore), WarnPerDay: p.WarnPerDay, KeepFor: days(p.KeepFor),
			ClaimPerDay: p.ClaimPerDay, OwnAtMost: p.OwnAtMost, AgainAfter: days(p.AgainAfter),
		},
		Leads: sales.LeadPolicy{
			RemindAfter: l.RemindAfter, EscalateAfter: l.EscalateAfter, ContactWithin: l.ContactWithin, AckFor: l.AckFor, LoadAtMost: l.LoadAtMost,
			NewcomerDays: days(l.Newcomer), DealsToRise: l.DealsToRise, LargeFrom: sales.Money(l.LargeFromYuan) * sales.Yuan, TwinDays: days(l.TwinFor),
		},
		Tags: r.Customers.Tags, ContactSilent: days(r.Customers.ContactSilent),
		CalibrationDay: r.Customers.CalibrationDay, CalibrationClasses: r.Customers.CalibrationClasses,
		UndoHandover: r.Customers.HandoverUndo,
	}
}

// days is a span in whole days.
func days(d time.Duration) int { return int(d / (24 * time.Hour)) }

func classDays(c configs.ClassSpans) sales.ClassDays {
	return sales.ClassDays{KA: days(c.KA), A: days(c.A), B: days(c.B), C: days(c.C), Other: days(c.Other)}
}

// lifeOf is the same for the scheduler.
func lifeOf(s handlers.Settings, cal *sales.Calendar) scheduler.Life {
	return scheduler.Life{
		Calendar: cal, Pool: s.Pool, ContactSilent: s.ContactSilent, UndoHandover: s.UndoHandover,
		Escalation: scheduler.Escalation{Calendar: cal, Clauses: s.Clauses},
	}
}
