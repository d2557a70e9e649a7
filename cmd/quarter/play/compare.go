package play

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"salesflow/cmd/quarter/model"
)

// Bound is how late a push may be when a replica died.
const Bound = 10 * time.Minute

// Count is what came of one rule.
type Count struct {
	Expected, Exact, Late, Early, Missing, Unexpected int
	Latest                                            time.Duration
	// Todos are the to-dos that are expected of it.
	Todos int
}

// Result is what was compared.
type Result struct {
	Rules map[string]*Count
	Tasks Count
	// OpenTasks counts to-dos of rules that are open on one side only.
	OpenTasks          int
	AfterEnd, Sleeping int
	Instants           int
	Until              time.Time
	Acts               map[string]int
	Differences        []string
}

// OK reports whether all is as expected.
func (r *Result) OK() bool { return len(r.Differences) == 0 }

// Pushes sums up what came of the pushes of all rules.
func (r *Result) Pushes() (sum Count) {
	for _, c := range r.Rules {
		sum.Expected += c.Expected
		sum.Exact += c.Exact
		sum.Late += c.Late
		sum.Latest = max(sum.Latest, c.Latest)
		sum.Early += c.Early
		sum.Missing += c.Missing
		sum.Unexpected += c.Unexpected
	}
	return sum
}

// maxDifferences bounds how many are told in words.
const maxDifferences = 40

func (r *Result) differ(format string, args ...any) {
	if len(r.Differences) < maxDifferences {
		r.Differences = append(r.Differences, fmt.Sprintf(format, args...))
	}
}

func clock(t time.Time) string { return t.In(model.Zone).Format("01-02 Mon 15:04:05") }

// compare looks for each expected push among those seen.
func compare(m *model.Model, seen Seen, refused []string) *Result {
	r := &Result{Rules: map[string]*Count{}, AfterEnd: seen.AfterEnd, Sleeping: seen.Sleeping}
	for _, why := range refused {
		r.differ("refused: %s", why)
	}
	for _, name := range model.Rules {
		r.Rules[name] = &Count{}
	}
	want, have := map[model.Push][]time.Time{}, map[model.Push][]time.Time{}
	gather := func(to map[model.Push][]time.Time, list []model.Push) {
		for _, p := range list {
			at := p.At
			p.At = time.Time{}
			to[p] = append(to[p], at)
		}
	}
	gather(want, m.Pushes)
	gather(have, seen.Pushes)
	for _, p := range union(want, have) {
		c := r.Rules[p.Rule]
		if c == nil {
			c = &Count{}
			r.Rules[p.Rule] = c
		}
		r.match(c, fmt.Sprintf("%s %d level %d to %d", p.Rule, p.Subject, p.Level, p.To), want[p], have[p])
	}
	r.tasks(m, seen)
	if r.AfterEnd > 0 {
		r.differ("%d pushes of incidents that had ended", r.AfterEnd)
	}
	if r.Sleeping > 0 {
		r.differ("%d open incidents without a due row", r.Sleeping)
	}
	return r
}

func (r *Result) tasks(m *model.Model, seen Seen) {
	want, have := map[model.Task][]time.Time{}, map[model.Task][]time.Time{}
	for _, side := range []struct {
		to   map[model.Task][]time.Time
		list []model.Task
	}{{want, m.Tasks}, {have, seen.Tasks}} {
		for _, t := range side.list {
			at := t.At
			t.At = time.Time{}
			side.to[t] = append(side.to[t], at)
		}
	}
	for _, t := range m.Tasks {
		r.Rules[t.Rule].Todos++
	}
	for _, t := range unionTasks(want, have) {
		r.match(&r.Tasks, fmt.Sprintf("to-do of %s %d for %d", t.Rule, t.Subject, t.Owner), want[t], have[t])
	}
	open := map[model.Task]bool{}
	for _, t := range seen.Open {
		open[t] = true
		if !m.OpenTasks()[t] {
			r.OpenTasks++
			r.differ("to-do of %s %d for %d is still open", t.Rule, t.Subject, t.Owner)
		}
	}
	for t := range m.OpenTasks() {
		if !open[t] {
			r.OpenTasks++
			r.differ("to-do of %s %d for %d was closed", t.Rule, t.Subject, t.Owner)
		}
	}
}

// match pairs expected moments with seen ones: equal ones first, then the nearest.
func (r *Result) match(c *Count, what string, want, have []time.Time) {
	c.Expected += len(want)
	var left []time.Time
	rest := slices.Clone(have)
	for _, w := range want {
		if i := slices.IndexFunc(rest, w.Equal); i >= 0 {
			rest = slices.Delete(rest, i, i+1)
			c.Exact++
		} else {
			left = append(left, w)
		}
	}
	slices.SortFunc(rest, time.Time.Compare)
	for _, w := range left {
		i := slices.IndexFunc(rest, func(h time.Time) bool { return h.Sub(w).Abs() < 36*time.Hour })
		if i < 0 {
			c.Missing++
			r.differ("%s: expected %s, never seen", what, clock(w))
			continue
		}
		late := rest[i].Sub(w)
		switch {
		case late < 0:
			c.Early++
			r.differ("%s: expected %s, seen %s", what, clock(w), clock(rest[i]))
		default:
			c.Late++
			c.Latest = max(c.Latest, late)
			if late > Bound {
				r.differ("%s: expected %s, seen %s", what, clock(w), clock(rest[i]))
			}
		}
		rest = slices.Delete(rest, i, i+1)
	}
	for _, h := range rest {
		c.Unexpected++
		r.differ("%s: not expected, seen %s", what, clock(h))
	}
}

func union(a, b map[model.Push][]time.Time) []model.Push {
	keys := maps.Clone(a)
	maps.Copy(keys, b)
	return slices.SortedFunc(maps.Keys(keys), order)
}

// order is the order of pushes by what they are about.
func order(x, y model.Push) int {
	return cmp.Or(strings.Compare(x.Rule, y.Rule), cmp.Compare(x.Subject, y.Subject), x.Level-y.Level, cmp.Compare(x.To, y.To))
}

func unionTasks(a, b map[model.Task][]time.Time) []model.Task {
	keys := maps.Clone(a)
	maps.Copy(keys, b)
	return slices.SortedFunc(maps.Keys(keys), func(x, y model.Task) int {
		return strings.Compare(fmt.Sprint(x.Rule, x.Subject, x.Owner), fmt.Sprint(y.Rule, y.Subject, y.Owner))
	})
}
