package sales

import (
	"strconv"
	"time"
)

// Kinds of absence.
const (
	AbsenceLeave = "leave" // 请假
	AbsenceTrip  = "trip"  // 出差
)

// Absence states.
const (
	AbsenceActive    = "active"
	AbsenceCancelled = "cancelled"
)

// Absence is when somebody is away (请假, 出差): nothing is asked of them meanwhile, and a deputy gets what cannot wait.
type Absence struct {
	ID       ID       `db:"id"`
	PersonID PersonID `db:"person_id"`
	TeamID   ID       `db:"team_id"`
	Kind     string   `db:"kind"`
	// From is included, Until is not: the first moment back.
	From   Instant `db:"from_at"`
	Until  Instant `db:"until_at"`
	Place  string  `db:"place"`
	Reason string  `db:"reason"`
	// DeputyID is who stands in (代理), 0 for nobody.
	DeputyID      PersonID `db:"deputy_id"`
	State         string   `db:"state"`
	CreatedAt     Instant  `db:"created_at"`
	SourceEventID string   `db:"source_event_id"`
	Version       int64    `db:"version"`
}

// KindName is the kind in Chinese.
func (a Absence) KindName() string {
	if a.Kind == AbsenceTrip {
		return "出差"
	}
	return "请假"
}

// Covers reports whether the person is away at t.
func (a Absence) Covers(t time.Time) bool {
	return a.State == AbsenceActive && !t.Before(a.From.Time) && t.Before(a.Until.Time)
}

// FirstDay and LastDay are the days the absence touches.
func (a Absence) FirstDay() Day { return DayOf(a.From.Time) }

// LastDay is the last day the absence touches.
func (a Absence) LastDay() Day { return DayOf(a.Until.Add(-time.Second)) }

// Span is the absence in words: "3月12日 周四", "3月12日 周四 下午", "3月12日 周四 到 3月13日 周五".
func (a Absence) Span() string {
	noon := func(t time.Time) bool { return t.In(Shanghai).Hour() == 12 }
	first, last := a.FirstDay(), a.LastDay()
	from, to := first.Chinese(), last.Chinese()
	if y := DayOf(a.CreatedAt.Time).Year(); !a.CreatedAt.IsZero() && (first.Year() != y || last.Year() != y) { // 2027年1月1日
		from, to = strconv.Itoa(first.Year())+"年"+from, strconv.Itoa(last.Year())+"年"+to
	}
	if noon(a.From.Time) {
		from += " 下午"
	}
	if noon(a.Until.Time) {
		to += " 上午"
	}
	switch {
	case first != last:
		return from + " 到 " + to
	case noon(a.Until.Time):
		return to
	}
	return from
}

// HeldPush is something that was to be pushed to somebody who is away, in a line.
type HeldPush struct {
	ID       ID       `db:"id"`
	PersonID PersonID `db:"person_id"`
	Subject  string   `db:"subject"`
	Line     string   `db:"line"`
	HeldAt   Instant  `db:"held_at"`
}
