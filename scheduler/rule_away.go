package scheduler

import (
	"slices"
	"time"

	"salesflow/scheduler/rules"
	"salesflow/store/sales"
)

// merged puts stretches in order and joins those that meet.
func merged(list []stretch) []stretch {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b stretch) int { return a.from.Compare(b.from) })
	var out []stretch
	for _, s := range list {
		if !s.until.After(s.from) {
			continue
		}
		if n := len(out); n > 0 && !s.from.After(out[n-1].until) {
			if s.until.After(out[n-1].until) {
				out[n-1].until = s.until
			}
			continue
		}
		out = append(out, s)
	}
	return out
}

// common are the times that are in both of two lists as merged makes them.
func common(a, b []stretch) []stretch {
	var out []stretch
	for _, x := range a {
		for _, y := range b {
			from, until := x.from, x.until
			if y.from.After(from) {
				from = y.from
			}
			if y.until.Before(until) {
				until = y.until
			}
			if until.After(from) {
				out = append(out, stretch{from, until})
			}
		}
	}
	return out
}

// presentUntil is when a span that begins at since is over when the stretches are left out. A span of the clock stands still in
// them; one of working time or workdays counts the working time, or the workdays, outside of them.
func presentUntil(since time.Time, span rules.Span, away []stretch, cal *sales.Calendar) time.Time {
	at := span.From(since, cal)
	for _, s := range away {
		if s.from.Before(since) {
			s.from = since
		}
		if !s.until.After(s.from) || !s.from.Before(at) {
			continue
		}
		at = putOff(at, span, s, cal)
	}
	return at
}

// putOff is a moment put off by a stretch, as the unit of a span counts.
func putOff(at time.Time, span rules.Span, s stretch, cal *sales.Calendar) time.Time {
	switch span.Unit {
	case rules.WorkingHours:
		return cal.AddWorking(at, cal.WorkingBetween(s.from, s.until))
	case rules.Workdays:
		n := 0
		for d := sales.DayOf(s.from); d.Start().Before(s.until); d = d.AddDays(1) {
			if cal.IsWorkday(d) && !s.from.After(d.At(12, 0)) && s.until.After(d.At(12, 0)) {
				n++
			}
		}
		return rules.Span{N: n, Unit: rules.Workdays}.From(at, cal)
	}
	return at.Add(s.until.Sub(s.from))
}
