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
