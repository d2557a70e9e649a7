package approval

import (
	"time"

	"salesflow/store/sales"
)

// Wait is how long a pending request has waited.
type Wait struct {
	Since  time.Time     // the wait began
	Waited time.Duration // by the rules' clock
	Limit  time.Duration // 0: none
	Due    time.Time     // Limit is reached; zero without one
	Over   bool          // Waited is longer than Limit
}

// String is the wait as the card has it: "已等 2 小时,48 小时内处理", "已等 51 小时(超时 3 小时)".
func (w Wait) String() string { return sales.WaitedAgainst(w.Waited, w.Limit) }

// Overdue says how long a request has waited and whether that is too long, by the rules it was submitted under. The zero
// Wait when it is not pending: a returned request waits for its requester.
func Overdue(r Request, cal *sales.Calendar, now time.Time) Wait {
	if r.State != Pending {
		return Wait{}
	}
	w := Wait{Since: since(r, r.Rules.Since), Limit: max(r.Rules.Limit, 0)}
	if w.Waited = now.Sub(w.Since); r.Rules.Clock == Working {
		w.Waited = cal.WorkingBetween(w.Since, now)
	}
	w.Waited = max(w.Waited, 0)
	if w.Limit > 0 {
		w.Due = add(w.Since, w.Limit, r.Rules.Clock, cal)
		w.Over = w.Waited > w.Limit
	}
	return w
}

func since(r Request, s Since) time.Time {
	if s == SinceStep {
		return r.StepSince.Time
	}
	return r.RoundSince.Time
}

func add(t time.Time, d time.Duration, c Clock, cal *sales.Calendar) time.Time {
	if c == Working {
		return cal.AddWorking(t, d)
	}
	return t.Add(d)
}

// Level is one level of an escalation.
type Level struct {
	Delay time.Duration // after the level before; of the first level after EscalationPolicy.After
	Roles []string      // who is told
}

// EscalationPolicy says who is told when a request waits too long.
type EscalationPolicy struct {
	After      time.Duration // the wait that opens the first level
	Clock      Clock         // of After, Delay, Repeat and AckLapse
	Since      Since
	Levels     []Level
	AckLapse   time.Duration // how long 我来处理 holds the next level back; 0: 4 h
	Repeat     time.Duration // the last level is told again so often; 0: never
	MaxRepeats int           // at most so many times; 0: 3
	MaxSnoozes int           // later ones count no more; 0: 3
	Urgent     bool          // goes through quiet hours
}

// ContractEscalation is the 48-hour rule: legal head and sales director, a day later the general manager.
func ContractEscalation() EscalationPolicy {
	return EscalationPolicy{
		After: 48 * time.Hour,
		Levels: []Level{
			{Roles: []string{"legal_head", "director"}},
			{Delay: 24 * time.Hour, Roles: []string{"gm"}},
		},
	}
}

// IncidentState is what has happened in the escalation of one request. Whoever pushes a level sets Level and LevelAt, and
// counts Repeats when the level is the same again without a snooze.
type IncidentState struct {
	Level        int       // the last level pushed; 0: none
	LevelAt      time.Time // when
	Repeats      int       // of the last level
	Unreachable  bool      // nobody of Level could be reached
	AckedBy      sales.PersonID
	AckedAt      time.Time
	SnoozedUntil time.Time
	Snoozes      int           // so far, this one included
	Paused       time.Duration // time before the first level that does not count: the absence of whom it waits for
}

// Reason says why a level is due when it is, or why none is.
type Reason string

// The reasons.
const (
	ReasonDecided   Reason = "decided"   // the request is finished
	ReasonReturned  Reason = "returned"  // it waits for its requester
	ReasonWaiting   Reason = "waiting"   // the wait is not long enough yet
	ReasonDue       Reason = "due"       // push now
	ReasonAcked     Reason = "acked"     // somebody said 我来处理, which has not lapsed
	ReasonSnoozed   Reason = "snoozed"   // to be reminded later, as asked
	ReasonQuiet     Reason = "quiet"     // it is due, but not at this hour
	ReasonExhausted Reason = "exhausted" // the last level has been told
)

// Chinese is the reason as 为什么催我 answers it.
func (r Reason) Chinese() string {
	switch r {
	case ReasonDecided:
		return "已处理完,不再提醒"
	case ReasonReturned:
		return "已退回提交人,不计时"
	case ReasonWaiting:
		return "还没到时间"
	case ReasonDue:
		return "到时间了"
	case ReasonAcked:
		return "有人说了 我来处理,先等一等"
	case ReasonSnoozed:
		return "按要求晚点再提醒"
	case ReasonQuiet:
		return "现在是静默时段,之后再发"
	case ReasonExhausted:
		return "每一级都已通知过"
	}
	return ""
}

// NextEscalation says which level is to be pushed next and when, as far as is known at now; the zero time and level 0 when
// none is, unless something changes. A level comes again when it was snoozed, when the last one was acknowledged and
// nothing followed, and by Repeat. What was pushed, acknowledged or snoozed before the wait began anew (by Resubmit, or
// by the next step under SinceStep) does not count.
func NextEscalation(r Request, p EscalationPolicy, s IncidentState, cal *sales.Calendar, now time.Time) (due time.Time, level int, reason Reason) {
	switch {
	case r.State.Final():
		return time.Time{}, 0, ReasonDecided
	case r.State != Pending:
		return time.Time{}, 0, ReasonReturned
	case len(p.Levels) == 0:
		return time.Time{}, 0, ReasonExhausted
	}
	start := since(r, p.Since)
	s = s.counted(start, p, cal)
	due, level = ladder(start, p, s, cal)
	due, level, reason = pauses(due, level, p, s, cal)
	if level == 0 {
		return time.Time{}, 0, ReasonExhausted
	}
	if !p.Urgent {
		allowed := cal.NextAllowed(due)
		if now.After(allowed) && cal.Quiet(now) {
			allowed = cal.NextAllowed(now)
		}
		if !allowed.Equal(due) && !now.Before(due) && now.Before(allowed) {
			return allowed, level, ReasonQuiet
		}
		due = allowed
	}
	if !now.Before(due) {
		reason = ReasonDue
	}
	return due, level, reason
}

// counted drops what does not count: it belongs to an earlier wait, is older than the last push, or was asked too often.
func (s IncidentState) counted(start time.Time, p EscalationPolicy, cal *sales.Calendar) IncidentState {
	if s.Level > 0 && s.LevelAt.Before(start) {
		s.Level, s.LevelAt, s.Repeats, s.Unreachable, s.Paused = 0, time.Time{}, 0, false, 0
	}
	s.Level = min(max(s.Level, 0), len(p.Levels))
	if s.AckedAt.Before(start) || s.AckedAt.Before(s.LevelAt) {
		s.AckedBy, s.AckedAt = 0, time.Time{}
	}
	if limit := orDefault(p.MaxSnoozes, 3); s.SnoozedUntil.Before(start) || !s.SnoozedUntil.After(s.LevelAt) || s.Snoozes > limit {
		s.SnoozedUntil = time.Time{}
	}
	return s
}

// ladder is the next level by the policy alone; level 0 when the last one was pushed for the last time.
func ladder(start time.Time, p EscalationPolicy, s IncidentState, cal *sales.Calendar) (due time.Time, level int) {
	switch {
	case s.Level == 0:
		return add(start, p.After+p.Levels[0].Delay+s.Paused, p.Clock, cal), 1
	case s.Level < len(p.Levels) && s.Unreachable:
		return s.LevelAt, s.Level + 1
	case s.Level < len(p.Levels):
		return add(s.LevelAt, p.Levels[s.Level].Delay, p.Clock, cal), s.Level + 1
	case p.Repeat > 0 && s.Repeats < orDefault(p.MaxRepeats, 3):
		return add(s.LevelAt, p.Repeat, p.Clock, cal), s.Level
	}
	return time.Time{}, 0
}

// pauses moves a level back for an acknowledgement or a snooze. A snoozed level comes again itself before the next one.
func pauses(due time.Time, level int, p EscalationPolicy, s IncidentState, cal *sales.Calendar) (time.Time, int, Reason) {
	reason := ReasonWaiting
	if !s.SnoozedUntil.IsZero() {
		switch {
		case s.Level > 0:
			due, level, reason = s.SnoozedUntil, s.Level, ReasonSnoozed
		case s.SnoozedUntil.After(due):
			due, reason = s.SnoozedUntil, ReasonSnoozed
		}
	}
	if s.AckedAt.IsZero() {
		return due, level, reason
	}
	lapse := p.AckLapse
	if lapse == 0 {
		lapse = 4 * time.Hour
	}
	until := add(s.AckedAt, lapse, p.Clock, cal)
	switch {
	case level == 0: // the last level was taken up and nothing followed: it hears of it once more
		return until, s.Level, ReasonAcked
	case until.After(due):
		return until, level, ReasonAcked
	}
	return due, level, reason
}

func orDefault(n, fallback int) int {
	if n == 0 {
		return fallback
	}
	return n
}
