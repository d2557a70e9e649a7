package aggregate

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"salesflow/store/sales"
)

// counted says how often each day is in the sums of stretches.
func counted(list []stretch) map[sales.Day]int {
	out := map[sales.Day]int{}
	for _, s := range list {
		n := 1
		if s.minus {
			n = -1
		}
		end := s.last.AddDays(1)
		y, m, _ := s.last.Date()
		switch s.grain {
		case grainMonth:
			end = sales.NewDay(y, m+1, 1)
		case grainYear:
			end = sales.NewDay(y+1, time.January, 1)
		}
		for d := s.first; d.Before(end); d = d.AddDays(1) {
			if out[d] += n; out[d] == 0 {
				delete(out, d)
			}
		}
	}
	return out
}

// Whatever the days, each is in the sums once and no other is, and no more than a few dozen sums are read.
func TestAPeriodIsMadeOfFewSums(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		from := sales.NewDay(2025, 1, 1).AddDays(rapid.IntRange(0, 900).Draw(rt, "from"))
		to := from.AddDays(rapid.IntRange(0, 1200).Draw(rt, "span"))
		today := sales.Day{}
		if rapid.Bool().Draw(rt, "known") {
			today = from.AddDays(rapid.IntRange(0, 1300).Draw(rt, "today"))
		}
		list := cover(from, to, today)
		days := counted(list)
		if len(days) != to.Sub(from)+1 {
			rt.Fatalf("%s to %s has %d days in its sums: %v", from, to, len(days), list)
		}
		for d, n := range days {
			if n != 1 || d.Before(from) || d.After(to) {
				rt.Fatalf("%s to %s counts %s %d times", from, to, d, n)
			}
		}
		if n := sums(list, today); n > 56 {
			rt.Fatalf("%s to %s reads %d sums", from, to, n)
		}
	})
}

func TestUpToTodayIsOneSum(t *testing.T) {
	t.Parallel()
	today := sales.NewDay(2026, 11, 22)
	for _, from := range []sales.Day{sales.NewDay(2026, 11, 1), sales.NewDay(2026, 1, 1)} {
		if n := sums(cover(from, today, today), today); n != 1 {
			t.Errorf("from %s: %d", from, n)
		}
	}
}
