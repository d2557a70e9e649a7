package scheduler

import (
	"context"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// KindCalendarYear is the monthly look whether the next year's holidays are known. Its subject is the company, its slot the
// month.
const KindCalendarYear = "calendar.year"

// KindCalendarChanged is written with each change of the company's days: what is planned by day is planned anew. Its subject
// is the company.
const KindCalendarChanged = "calendar.changed"

// yearFrom is the month from which the next year's plan is missed: it is published in November, and October is for asking.
const yearFrom = time.October

// Years warn the admins of years whose holidays are not known.
type Years struct {
	Calendar *sales.Calendar
	// Replan writes the next due rows of what goes by workdays, after the company's days have changed; it may be nil.
	Replan func(tx RhythmTx, org *sales.Org, now time.Time)
}

// RegisterYears registers the look.
func RegisterYears[T interface {
	DueTx
	RhythmTx
}](e *Engine[T], y Years) {
	e.Handle(KindCalendarYear, func(ctx context.Context, m Moment, tx T) (Decision, error) { return y.Look(ctx, m, tx) })
	e.Handle(KindCalendarChanged, func(_ context.Context, m Moment, tx T) (Decision, error) {
		if y.Replan != nil {
			y.Replan(tx, m.Org, m.Now)
		}
		return Decision{Reason: "planned anew"}, nil
	})
}

// EnsureYears writes this month's look. It may be called again at any time.
func (y Years) EnsureYears(tx RhythmTx, now time.Time) { y.schedule(tx, sales.DayOf(now), now) }

// schedule writes the look of the month of a day: on its first workday, or now when that is past.
func (y Years) schedule(tx RhythmTx, day sales.Day, now time.Time) {
	year, month, _ := day.Date()
	first := sales.NewDay(year, month, 1)
	if !y.Calendar.IsWorkday(first) {
		first = y.Calendar.NextWorkday(first)
	}
	at := first.At(9, 20)
	if at.Before(now) { // looked at already, most likely; the next month is
		next := sales.NewDay(year, month, 1).AddMonths(1)
		year, month, _ = next.Date()
		if first = next; !y.Calendar.IsWorkday(first) {
			first = y.Calendar.NextWorkday(first)
		}
		at = first.At(9, 20)
	}
	tx.Schedule(sales.Due{
		ID: tx.NewID(), Kind: KindCalendarYear, SubjectKind: "company", SubjectID: company, Slot: fmt.Sprintf("%d-%02d", year, int(month)),
		DueAt: sales.At(at), State: sales.DuePending,
	})
}

// Look tells the admins of the year that is not known, once a month.
func (y Years) Look(ctx context.Context, m Moment, tx RhythmTx) (Decision, error) {
	y.schedule(tx, m.Today, m.Now)
	year := UnknownYear(y.Calendar, m.Now)
	if year == 0 {
		return Decision{Reason: "known"}, nil
	}
	zerolog.Ctx(ctx).Warn().Int("year", year).Msg("the holidays of a year are not known; its weekends count alone")
	admins := m.Org.WhoHas(sales.RoleAdmin)
	if len(admins) == 0 {
		return Decision{Reason: "no admin"}, nil
	}
	return Decision{Reason: fmt.Sprintf("%d is not known", year), Reply: bot.Reply{Say: []bot.Say{{
		To: admins, Subject: "calendar:" + fmt.Sprint(year), Kind: bot.DeliverPush, Slot: m.Due.Slot, Out: bot.Outgoing{Text: view.UnknownYear(year, m.Today)},
	}}}}, nil
}

// UnknownYear is the year, this one or from October on the next, whose holidays are not known; 0 when they are.
func UnknownYear(cal *sales.Calendar, now time.Time) int {
	year, month, _ := sales.DayOf(now).Date()
	switch {
	case !cal.KnownYear(year):
		return year
	case month >= yearFrom && !cal.KnownYear(year+1):
		return year + 1
	}
	return 0
}
