package incident

import (
	"slices"
	"time"

	"salesflow/scheduler/rules"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// Policy is how an incident goes up: a level for each step of its rule.
type Policy struct {
	Steps      []rules.Step
	Urgent     bool
	MaxSnoozes int // later ones count no more; 0: 3
	// Rounds is how often all steps are gone through again, RoundAfter how long after the last one.
	Rounds     int
	RoundAfter rules.Span
}

// Progress is what has happened in an incident since it was opened.
type Progress struct {
	Ended    bool
	OpenedAt time.Time
	// Level is the last level that was done, 0 none; LevelAt is when it was reached, LastAt when it was last told.
	Level           int
	LevelAt, LastAt time.Time
	Repeats         int  // of the last level
	Round           int  // how often all levels were begun anew
	Unreachable     bool // nobody of the last level could be told
	AckedAt         time.Time
	AckUntil        time.Time
	SnoozedUntil    time.Time
	Snoozes         int // so far, this one included
}

// Reason says why a level is due when it is, or why none is.
type Reason string

// The reasons.
const (
	Ended     Reason = "ended"     // dealt with
	Waiting   Reason = "waiting"   // not yet
	Due       Reason = "due"       // do it now
	Acked     Reason = "acked"     // somebody said 我来处理, which has not lapsed
	Snoozed   Reason = "snoozed"   // later, as asked
	Quiet     Reason = "quiet"     // it is due, but not at this hour
	Exhausted Reason = "exhausted" // every level was told
)

// Chinese is the reason as 为什么催我 answers it.
func (r Reason) Chinese() string {
	return map[Reason]string{
		Ended: "已处理完,不再提醒", Waiting: "还没到时间", Due: "到时间了", Acked: "有人说了 我来处理,先等一等", Snoozed: "按要求晚点再提醒",
		Quiet: "现在是静默时段,之后再发", Exhausted: "每一级都已通知过",
	}[r]
}

// Move is what comes next: a level, the same one again or the next, and when. Level 0 is nothing.
type Move struct {
	Due    time.Time
	Level  int
	Reason Reason
	// Round says that all levels begin anew with this one.
	Round bool
}

// Next says which level of an incident is due next and when, as far as is known at now. A level comes again by its own
// repetition, when it was snoozed, and when the last one was acknowledged and nothing followed.
func Next(p Policy, s Progress, cal *sales.Calendar, now time.Time) Move {
	if s.Ended {
		return Move{Reason: Ended}
	}
	m := ladder(p, s, cal)
	m = pauses(m, p, s)
	if m.Level == 0 {
		return Move{Reason: Exhausted}
	}
	if !p.Urgent {
		allowed := cal.NextAllowed(m.Due)
		if now.After(allowed) && cal.Quiet(now) {
			allowed = cal.NextAllowed(now)
		}
		if !allowed.Equal(m.Due) && !now.Before(m.Due) && now.Before(allowed) {
			return Move{allowed, m.Level, Quiet, m.Round}
		}
		m.Due = allowed
	}
	if !now.Before(m.Due) {
		m.Reason = Due
	}
	return m
}

// ladder is the next level by the policy alone.
func ladder(p Policy, s Progress, cal *sales.Calendar) Move {
	s.Level = min(s.Level, len(p.Steps))
	if s.Level == 0 {
		if len(p.Steps) == 0 {
			return Move{}
		}
		return Move{s.OpenedAt, 1, Waiting, false}
	}
	var m Move
	switch {
	case s.Level < len(p.Steps):
		m = Move{p.Steps[s.Level].After.From(s.LevelAt, cal), s.Level + 1, Waiting, false}
		if s.Unreachable {
			return Move{s.LastAt, s.Level + 1, Waiting, false}
		}
	case s.Round < p.Rounds:
		m = Move{p.RoundAfter.From(s.LevelAt, cal), 1, Waiting, true}
	}
	if st := p.Steps[s.Level-1]; !st.Repeat.IsZero() && s.Repeats < st.Times {
		if again := st.Repeat.From(s.LastAt, cal); m.Level == 0 || again.Before(m.Due) {
			m = Move{again, s.Level, Waiting, false}
		}
	}
	return m
}

// pauses moves a level back for an acknowledgement or a snooze made since the last push. A snoozed level comes again itself
// before the next one.
func pauses(m Move, p Policy, s Progress) Move {
	limit := p.MaxSnoozes
	if limit == 0 {
		limit = 3
	}
	if s.SnoozedUntil.After(s.LastAt) && s.Snoozes <= limit {
		if s.Level > 0 {
			m = Move{s.SnoozedUntil, s.Level, Snoozed, false}
		} else if s.SnoozedUntil.After(m.Due) {
			m.Due, m.Reason = s.SnoozedUntil, Snoozed
		}
	}
	if s.AckedAt.IsZero() || s.AckedAt.Before(s.LastAt) || !s.AckUntil.After(s.AckedAt) {
		return m
	}
	switch {
	case m.Level == 0: // the last level was taken up and nothing followed: it hears of it once more
		return Move{s.AckUntil, s.Level, Acked, false}
	case s.AckUntil.After(m.Due):
		return Move{s.AckUntil, m.Level, Acked, m.Round}
	}
	return m
}

// StepActed says that a level did what concerns nobody: it changed a field, called an interface.
const StepActed = "acted"

// StepRound says that all levels were in vain and begin anew.
const StepRound = "round"

// ProgressOf reads an incident's progress from its story. What was before it was opened (again) does not count.
func ProgressOf(i sales.Incident, steps []sales.IncidentStep) Progress {
	s := Progress{
		Ended: i.State != sales.IncidentOpen, OpenedAt: i.OpenedAt.Time, Level: i.Level,
		AckedAt: i.AckedAt.Time, AckUntil: i.AckUntil.Time, SnoozedUntil: i.SnoozedUntil.Time,
	}
	for _, e := range steps {
		if e.At.Before(i.OpenedAt.Time) {
			continue
		}
		switch {
		case e.What == approval.StepSnoozed:
			s.Snoozes++
		case e.What == StepRound:
			s.Round++
			s.LevelAt, s.LastAt, s.Unreachable = time.Time{}, time.Time{}, false
		case slices.Contains(reached, e.What) && e.Level == i.Level && i.Level > 0:
			if s.LevelAt.IsZero() {
				s.LevelAt = e.At.Time
			}
			if e.At.After(s.LastAt) {
				s.Unreachable = true
			}
			s.LastAt = e.At.Time
			s.Unreachable = s.Unreachable && e.What == approval.StepUnreachable
		}
	}
	s.Repeats = i.Repeats
	return s
}

// reached are the steps that say that a level was done.
var reached = []string{approval.StepPushed, approval.StepUnreachable, StepActed}
