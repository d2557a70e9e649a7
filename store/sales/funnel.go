package sales

import (
	"cmp"
	"slices"
)

// NoPercent stands for a conversion that cannot be said: the stage before was entered by nobody.
const NoPercent = -1

// FunnelStep is one stage of a funnel over a period, beside what it is measured against.
type FunnelStep struct {
	Stage Stage
	// Entered counts first entries into the stage in the period, Amount is what they are worth.
	Entered int
	Amount  Money
	// Prev is Entered in the earlier period.
	Prev int
	// Conversion is Entered as a percentage of the stage before, Average the same of those it is measured against;
	// NoPercent for the first stage and where there is nothing to divide by.
	Conversion, Average int
}

// Below is by how many points the conversion is below the average, 0 when it is not or one of them is unknown.
func (s FunnelStep) Below() int {
	if s.Conversion == NoPercent || s.Average <= 0 {
		return 0
	}
	return max(s.Average-s.Conversion, 0)
}

// Funnel (漏斗) is one step for each open stage of a pipeline, then winning.
type Funnel []FunnelStep

// NewFunnel puts the rows of a period beside those of the earlier period and of the average. Rows of several segments are
// summed; rows of stages that no funnel has are left out.
func NewFunnel(way *Pipeline, now, prev, average []FunnelRow) Funnel {
	n, p, a := sumStages(now), sumStages(prev), sumStages(average)
	steps := way.Steps()
	f := make(Funnel, len(steps))
	for i, s := range steps {
		f[i] = FunnelStep{
			Stage: s, Entered: n[s].Entered, Amount: n[s].Amount, Prev: p[s].Entered,
			Conversion: NoPercent, Average: NoPercent,
		}
		if i > 0 {
			before := steps[i-1]
			f[i].Conversion = conversion(n[before].Entered, n[s].Entered)
			f[i].Average = conversion(a[before].Entered, a[s].Entered)
		}
	}
	return f
}

func sumStages(rows []FunnelRow) map[Stage]FunnelRow {
	out := make(map[Stage]FunnelRow, 8)
	for _, r := range rows {
		s := out[r.Stage]
		s.Entered, s.Amount = s.Entered+r.Entered, s.Amount+r.Amount
		out[r.Stage] = s
	}
	return out
}

// conversion is after as a percentage of before, rounded half up, at most 999; NoPercent when before is nothing.
func conversion(before, after int) int {
	if before <= 0 {
		return NoPercent
	}
	return min((max(after, 0)*200+before)/(2*before), 999)
}

// Empty reports whether nothing entered any stage.
func (f Funnel) Empty() bool {
	return !slices.ContainsFunc(f, func(s FunnelStep) bool { return s.Entered > 0 })
}

// Worst is the step whose conversion is furthest below the average, the earliest of equals; false when none is below.
func (f Funnel) Worst() (int, bool) {
	at := 0
	for i, s := range f {
		if s.Below() > f[at].Below() {
			at = i
		}
	}
	return at, len(f) > 0 && f[at].Below() > 0
}

// Moved is the step whose number of entries changed most against the earlier period, the earliest of equals; false when
// none has changed.
func (f Funnel) Moved() (int, bool) {
	at := 0
	change := func(i int) int { return max(f[i].Entered-f[i].Prev, f[i].Prev-f[i].Entered) }
	for i := range f {
		if change(i) > change(at) {
			at = i
		}
	}
	return at, len(f) > 0 && change(at) > 0
}

// Segment is a part of a funnel at one step: a team, a person or a product line.
type Segment struct {
	Person PersonID
	Team   ID
	Line   string
	// Before entered the stage before the step, After the step itself.
	Before, After int
	// Conversion is After as a percentage of Before, NoPercent when there is none.
	Conversion int
	// Missing is how many opportunities more would have come through at the average conversion, in hundredths; negative
	// when more came than on average.
	Missing int
}

// Segments cuts rows into their segments at the step into stage and puts the one that loses most against the average
// first: not the lowest rate but the most opportunities, so that one deal of a newcomer does not outrank a team. Without an
// average the largest comes first.
// Segments in which nothing entered either stage are left out.
func Segments(way *Pipeline, rows []FunnelRow, stage Stage, average int) []Segment {
	type key struct {
		person PersonID
		team   ID
		line   string
	}
	before := way.before(stage)
	of := map[key]Segment{}
	for _, r := range rows {
		k := key{r.PersonID, r.TeamID, r.Line}
		s := of[k]
		switch r.Stage {
		case before:
			s.Before += r.Entered
		case stage:
			s.After += r.Entered
		}
		of[k] = s
	}
	var out []Segment
	for k, s := range of {
		if s.Before <= 0 && s.After <= 0 {
			continue
		}
		s.Person, s.Team, s.Line = k.person, k.team, k.line
		s.Conversion = conversion(s.Before, s.After)
		if average > 0 {
			s.Missing = s.Before*average - s.After*100
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b Segment) int {
		return cmp.Or(cmp.Compare(b.Missing, a.Missing), cmp.Compare(b.Before, a.Before), cmp.Compare(a.Team, b.Team),
			cmp.Compare(a.Person, b.Person), cmp.Compare(a.Line, b.Line))
	})
	return out
}

// before is the step before s in a funnel; "" for the first and for stages it has not.
func (p *Pipeline) before(s Stage) Stage {
	steps := p.Steps()
	if i := slices.Index(steps, s); i > 0 {
		return steps[i-1]
	}
	return ""
}

// RoundForGroup is the amount as a picture in a group may show it: the figure that Money.Rounded says in words.
func RoundForGroup(m Money) Money {
	sign, abs := m.split()
	unit := uint64(Yi) / 10
	switch {
	case abs < uint64(Wan):
		return 0
	case roundTo(abs, uint64(Wan)) < 100:
		unit = uint64(Wan)
	case roundTo(abs, 10*uint64(Wan)) < 1000:
		unit = 10 * uint64(Wan)
	}
	r := Money(roundTo(abs, unit) * unit)
	if sign != "" {
		return -r
	}
	return r
}

// DaysInStage is how many calendar days an opportunity has been in its stage.
func DaysInStage(o Opportunity, today Day) int { return max(today.Sub(DayOf(o.StageSince.Time)), 0) }
