package approval

import (
	"cmp"
	"slices"
	"time"

	"salesflow/store/sales"
)

// Pace is how fast approvals are decided.
type Pace struct {
	// Count were decided under a limit, InTime of them within it.
	Count, InTime int
	// Late wait now for longer than their limit.
	Late int
	// Median is from the submission (of the last round) until the decision.
	Median time.Duration
	Posts  []PostPace
}

// PostPace is how long a post (法务) takes for its decision.
type PostPace struct {
	Name   string
	Count  int
	Median time.Duration
}

// InTimePercent is the share decided in time, in whole percent.
func (p Pace) InTimePercent() int {
	if p.Count == 0 {
		return 0
	}
	return (p.InTime*100 + p.Count/2) / p.Count
}

// PaceOf says how fast approvals were decided, and how many of those waiting are late at now. A record that its policy decided at once
// does not count.
func PaceOf(decided, waiting []Request, cal *sales.Calendar, now time.Time) Pace {
	var p Pace
	var spans []time.Duration
	posts := map[string][]time.Duration{}
	for _, r := range decided {
		if !slices.ContainsFunc(r.Log, func(e Entry) bool { return e.decides() && e.Actor != 0 }) {
			continue
		}
		then := r
		then.State = Pending
		if w := Overdue(then, cal, r.DecidedAt.Time); w.Limit > 0 {
			p.Count++
			spans = append(spans, max(r.DecidedAt.Sub(r.RoundSince.Time), 0))
			if !w.Over {
				p.InTime++
			}
		}
		for _, s := range r.stays() {
			posts[s.post] = append(posts[s.post], s.took)
		}
	}
	for _, r := range waiting {
		if Overdue(r, cal, now).Over {
			p.Late++
		}
	}
	_, p.Median = sales.AverageAndMedian(spans)
	for name, took := range posts {
		_, m := sales.AverageAndMedian(took)
		p.Posts = append(p.Posts, PostPace{name, len(took), m})
	}
	slices.SortFunc(p.Posts, func(a, b PostPace) int {
		return cmp.Or(cmp.Compare(b.Median, a.Median), cmp.Compare(a.Name, b.Name))
	})
	return p
}

// decides reports whether an entry is somebody's decision of a step.
func (e Entry) decides() bool {
	return e.Verb == VerbApprove || e.Verb == VerbReject || e.Verb == VerbSendBack
}

// stay is how long a step was with its post.
type stay struct {
	post string
	took time.Duration
}

// stays are how long each decision took since it was the step's turn.
func (r Request) stays() []stay {
	var out []stay
	var since time.Time
	step := -1
	var last time.Time
	for _, e := range r.Log {
		switch {
		case e.Verb == VerbSubmit || e.Verb == VerbResubmit:
			since, last, step = e.At.Time, e.At.Time, -1
		case e.decides() && e.Actor != 0 && e.Step < len(r.Steps):
			if e.Step != step {
				since, step = last, e.Step
			}
			if post := r.Steps[e.Step].RoleName; post != "" && !since.IsZero() {
				out = append(out, stay{post, max(e.At.Sub(since), 0)})
			}
			last = e.At.Time
		case e.Verb == VerbAuto || e.Verb == VerbSkip:
			last = e.At.Time
		}
	}
	return out
}
