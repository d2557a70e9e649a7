package main

import (
	"context"
	"fmt"
	"time"

	"salesflow/scheduler"
	"salesflow/store"
	"salesflow/store/sales"
)

// decide registers what the scheduler decides.
func (p *program) decide(cal *sales.Calendar) {
	s := p.app.Settings
	scheduler.RegisterReminders(p.engine, scheduler.Reminders{Calendar: cal})
	contracts := scheduler.Escalation{Calendar: cal, Clauses: s.Clauses}
	p.runRules(cal, contracts)
	scheduler.RegisterDeputies(p.engine, scheduler.Deputies{Calendar: cal, Clauses: s.Clauses})
	p.reports = scheduler.Reports{
		Ways: p.app.Pipelines,
		Rhythm: sales.Rhythm{
			Calendar: cal,
			Prompt:   sales.ClockTime{Hour: s.PromptHour, Minute: s.PromptMinute},
			Capture:  sales.ClockTime{Hour: s.CaptureHour, Minute: s.CaptureMinute},
			Morning:  sales.ClockTime{Hour: s.MorningHour, Minute: s.MorningMinute},
		},
		Pictures: p.files,
	}
	scheduler.RegisterReports(p.engine, p.reports)
	scheduler.RegisterFilings(p.engine, scheduler.Filings{Calendar: cal})
	plan := p.cfg.Rules.Daily.Plan
	p.days = scheduler.Days{Calendar: cal, At: sales.ClockTime{Hour: plan.Hour(), Minute: plan.Minute()}, Products: p.productNames}
	scheduler.RegisterDays(p.engine, p.days)
	p.life = lifeOf(s, cal)
	scheduler.RegisterLife(p.engine, p.life)
	p.statements = p.statementsOf(cal)
	scheduler.RegisterStatements(p.engine, p.statements)
	scheduler.RegisterWayChanges(p.engine, scheduler.WayChanges{Ways: p.app.Pipelines})
	scheduler.RegisterRetired(p.engine)
	scheduler.RegisterRosters(p.engine)
	p.decideChannels(cal)
}

// ensureRhythm writes the next due rows of the daily rhythm for everyone: at start, and whenever the organisation changed.
func (p *program) ensureRhythm(ctx context.Context) error {
	org, err := p.books.Org(ctx)
	if err != nil {
		return err
	}
	_, err = storage{p.books, p.db}.do(ctx, noEvent, 0, func(_ context.Context, tx *store.Tx) error {
		p.replan(tx, org, p.clock.Now())
		p.rules.EnsureHealth(tx, p.clock.Now())
		scheduler.EnsureRosters(tx, org, p.clock.Now())
		return nil
	})
	if err != nil {
		return fmt.Errorf("plan the daily rhythm: %w", err)
	}
	return nil
}

// replan writes the next due rows of everything that goes by workdays.
func (p *program) replan(tx scheduler.RhythmTx, org *sales.Org, now time.Time) {
	p.reports.EnsureRhythm(tx, org, now)
	p.days.EnsureDays(tx, org, sales.At(now))
	p.life.EnsureLife(tx, org, now)
	p.statements.EnsureStatements(tx, now)
	scheduler.Years{Calendar: p.app.Calendar}.EnsureYears(tx, now)
}

// productNames names products; nothing when the master data cannot be read now.
func (p *program) productNames(ctx context.Context, ids []sales.ID) []string {
	book, err := p.books.Book(ctx)
	if err != nil {
		return nil
	}
	return book.ProductNames(ids)
}
