package sales

import (
	"cmp"
	"slices"
	"time"
)

// IncidentLine is a line of an incident's story with the rule behind it, as response times (处理时效) are made of them.
type IncidentLine struct {
	ID         ID       `db:"id"`
	IncidentID ID       `db:"incident_id"`
	RuleID     ID       `db:"rule_id"`
	At         Instant  `db:"at"`
	Level      int      `db:"level"`
	What       string   `db:"what"`
	PersonID   PersonID `db:"person_id"`
	Note       string   `db:"note"`
}

// What lines of a story say, as they are stored (approval.StepOpened…).
const (
	lineOpened   = "opened"
	linePushed   = "pushed"
	lineAcked    = "acked"
	lineResolved = "resolved"
)

// Response is one time an incident was open: when somebody was first told, took it up, and it was dealt with. What is zero has not
// happened.
type Response struct {
	Incident, Rule                  ID
	Opened, Pushed, Taken, Resolved time.Time
	// Level is the highest level that was told, To those who were.
	Level   int
	To      []PersonID
	TakenBy PersonID
	// How is how it ended.
	How string
}

// Responses cuts stories into the times their incidents were open, the oldest first. lines are in the order of their ids; what comes
// before an incident was opened, or told nobody, is left out.
func Responses(lines []IncidentLine) []Response {
	open := map[ID]*Response{}
	var order []*Response
	for _, l := range lines {
		r := open[l.IncidentID]
		if l.What == lineOpened {
			r = &Response{Incident: l.IncidentID, Rule: l.RuleID, Opened: l.At.Time}
			open[l.IncidentID] = r
			order = append(order, r)
			continue
		}
		if r == nil || !r.Resolved.IsZero() {
			continue
		}
		switch l.What {
		case linePushed:
			if r.Pushed.IsZero() {
				r.Pushed = l.At.Time
			}
			r.Level = max(r.Level, l.Level)
			if !slices.Contains(r.To, l.PersonID) {
				r.To = append(r.To, l.PersonID)
			}
		case lineAcked:
			if r.Taken.IsZero() {
				r.Taken, r.TakenBy = l.At.Time, l.PersonID
			}
		case lineResolved:
			r.Resolved, r.How = l.At.Time, l.Note
		}
	}
	var out []Response
	for _, r := range order {
		if !r.Pushed.IsZero() {
			out = append(out, *r)
		}
	}
	return out
}

// ResponseStat is how fast and how surely what was pushed is dealt with.
type ResponseStat struct {
	Rule ID
	// Count were pushed; Done of them were dealt with, First before the second level was told; Up reached it.
	Count, Done, First, Up int
	// Take and Deal are the medians from the first push until somebody took it up (or it was dealt with at once), and until it was dealt
	// with; Takes and Deals count what they are made of.
	Take, Deal   time.Duration
	Takes, Deals int
}

// DonePercent and FirstPercent are shares of Count in whole percent.
func (s ResponseStat) DonePercent() int  { return share(s.Done, s.Count) }
func (s ResponseStat) FirstPercent() int { return share(s.First, s.Count) }

func share(part, of int) int {
	if of == 0 {
		return 0
	}
	return (part*100 + of/2) / of
}

// ResponsesOf counts responses; between measures the time between two moments, such as working time.
func ResponsesOf(list []Response, between func(a, b time.Time) time.Duration) ResponseStat {
	var s ResponseStat
	var takes, deals []time.Duration
	for _, r := range list {
		s.Count++
		if r.Level > 1 {
			s.Up++
		}
		first := r.Taken
		if first.IsZero() || !r.Resolved.IsZero() && r.Resolved.Before(first) {
			first = r.Resolved
		}
		if !first.IsZero() {
			takes = append(takes, max(between(r.Pushed, first), 0))
		}
		if r.Resolved.IsZero() {
			continue
		}
		deals = append(deals, max(between(r.Pushed, r.Resolved), 0))
		if s.Done++; r.Level <= 1 {
			s.First++
		}
	}
	_, s.Take = AverageAndMedian(takes)
	_, s.Deal = AverageAndMedian(deals)
	s.Takes, s.Deals = len(takes), len(deals)
	return s
}

// ResponsesByRule counts responses by rule, those first of which most went up or are still open.
func ResponsesByRule(list []Response, between func(a, b time.Time) time.Duration) []ResponseStat {
	by := map[ID][]Response{}
	for _, r := range list {
		by[r.Rule] = append(by[r.Rule], r)
	}
	out := make([]ResponseStat, 0, len(by))
	for rule, part := range by {
		s := ResponsesOf(part, between)
		s.Rule = rule
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b ResponseStat) int {
		return cmp.Or(cmp.Compare(b.Up+b.Count-b.Done, a.Up+a.Count-a.Done), cmp.Compare(b.Count, a.Count), cmp.Compare(a.Rule, b.Rule))
	})
	return out
}
