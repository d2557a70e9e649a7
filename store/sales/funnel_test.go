package sales

import (
	"slices"
	"testing"
)

func rows(entered ...int) []FunnelRow {
	var out []FunnelRow
	for i, n := range entered {
		out = append(out, FunnelRow{Stage: Standard.Steps()[i], Entered: n, Amount: Money(n) * Wan})
	}
	return out
}

func TestFunnelConversions(t *testing.T) {
	t.Parallel()
	none := NoPercent
	for _, tt := range []struct {
		name        string
		now, avg    []FunnelRow
		conversions []int
		averages    []int
	}{
		{"each stage against the one before", rows(12, 8, 4, 1), rows(100, 50, 25, 10), []int{none, 67, 50, 25, 0, none}, []int{none, 50, 50, 40, 0, none}},
		{"half is rounded up", rows(8, 1), nil, []int{none, 13, 0, none, none, none}, []int{none, none, none, none, none, none}},
		{"nothing", nil, nil, []int{none, none, none, none, none, none}, []int{none, none, none, none, none, none}},
		{"more came than were there", rows(1, 3), nil, []int{none, 300, 0, none, none, none}, []int{none, none, none, none, none, none}},
		{"a flood is capped", rows(1, 5000), nil, []int{none, 999, 0, none, none, none}, []int{none, none, none, none, none, none}},
		{"segments are summed", append(rows(1, 1), rows(3, 1)...), nil, []int{none, 50, 0, none, none, none}, []int{none, none, none, none, none, none}},
		{"a stage no funnel has is left out", []FunnelRow{{Stage: StageLost, Entered: 9}}, nil, []int{none, none, none, none, none, none}, []int{none, none, none, none, none, none}},
	} {
		f := NewFunnel(nil, tt.now, nil, tt.avg)
		for i, s := range f {
			if s.Conversion != tt.conversions[i] || s.Average != tt.averages[i] {
				t.Errorf("%s: %s converts %d against %d, want %d against %d", tt.name, s.Stage, s.Conversion, s.Average, tt.conversions[i], tt.averages[i])
			}
		}
	}
}

func TestFunnelWorstAndMoved(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name           string
		now, prev, avg []FunnelRow
		worst, moved   Stage
		empty          bool
	}{
		{"furthest below the average", rows(10, 9, 3, 1), rows(10, 9, 8, 1), rows(10, 10, 6, 3), StageProposal, StageProposal, false},
		{"none below", rows(10, 9), rows(10, 9), rows(10, 8), "", "", false},
		{"no average", rows(10, 1), nil, nil, "", StageContact, false},
		{"the earliest of equals", rows(10, 5, 5), rows(5, 0, 5), rows(10, 7, 7), StageNeed, StageContact, false},
		{"empty", nil, rows(3), rows(10, 8), "", StageContact, true},
		{"nobody entered the stage before: nothing to blame", rows(0, 0, 2), nil, rows(10, 8, 6), "", StageProposal, false},
	} {
		f := NewFunnel(nil, tt.now, tt.prev, tt.avg)
		i, ok := f.Worst()
		if got := stageAt(f, i, ok); got != tt.worst {
			t.Errorf("%s: worst is %q, want %q", tt.name, got, tt.worst)
		}
		i, ok = f.Moved()
		if got := stageAt(f, i, ok); got != tt.moved {
			t.Errorf("%s: moved most is %q, want %q", tt.name, got, tt.moved)
		}
		if f.Empty() != tt.empty {
			t.Errorf("%s: empty is %v", tt.name, f.Empty())
		}
	}
}

func stageAt(f Funnel, i int, ok bool) Stage {
	if !ok {
		return ""
	}
	return f[i].Stage
}

func TestSegmentsPutTheLargestLossFirst(t *testing.T) {
	t.Parallel()
	row := func(p PersonID, s Stage, n int) FunnelRow { return FunnelRow{PersonID: p, Stage: s, Entered: n} }
	got := Segments(nil, []FunnelRow{
		row(1, StageProposal, 1), row(1, StageNegotiation, 0), // 0 % of one deal
		row(2, StageProposal, 10), row(2, StageNegotiation, 2), // 20 % of ten
		row(3, StageProposal, 4), row(3, StageNegotiation, 4), // all of them
		row(4, StageContact, 7), // neither stage
		row(5, StageNegotiation, 2),
	}, StageNegotiation, 40)
	var order []PersonID
	for _, s := range got {
		order = append(order, s.Person)
	}
	if want := []PersonID{2, 1, 5, 3}; !slices.Equal(order, want) {
		t.Errorf("order %v, want %v", order, want)
	}
	if s := got[0]; s.Before != 10 || s.After != 2 || s.Conversion != 20 {
		t.Errorf("first is %+v", s)
	}
	if got[2].Conversion != NoPercent {
		t.Errorf("a segment nobody entered before has a conversion: %+v", got[2])
	}
}

func TestRoundForGroupAgreesWithRounded(t *testing.T) {
	t.Parallel()
	for _, m := range []Money{0, 5000 * Yuan, Wan, 12*Wan + 6000*Yuan, 99*Wan + 6000*Yuan, 128 * Wan, 995 * Wan, 9999 * Wan, Yi + 2600*Wan, -34 * Wan} {
		r := RoundForGroup(m)
		if r == 0 {
			if m >= Wan || m <= -Wan {
				t.Errorf("%s became nothing", m)
			}
			continue
		}
		if got, want := r.Short(), m.Rounded(); "约"+got != want {
			t.Errorf("RoundForGroup(%s) = %s, Rounded says %s", m, got, want)
		}
	}
}

func TestPeriods(t *testing.T) {
	t.Parallel()
	day := func(s string) Day {
		if s == "" {
			return Day{}
		}
		d, err := ParseDay(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	today := day("2026-03-11") // a Wednesday
	for _, tt := range []struct {
		name, from, to   string
		wantTo, wantName string
		prev, prevName   string
	}{
		{"this month runs", "2026-03-01", "2026-03-31", "2026-03-11", "本月", "2026-02-01..2026-02-11", "上月同期"},
		{"last month is over", "2026-02-01", "2026-02-28", "2026-02-28", "上月", "2026-01-01..2026-01-31", "1月"},
		{"month to date", "2026-03-01", "2026-03-11", "2026-03-11", "本月", "2026-02-01..2026-02-11", "上月同期"},
		{"this week", "2026-03-09", "2026-03-15", "2026-03-11", "本周", "2026-03-02..2026-03-04", "上周同期"},
		{"last week", "2026-03-02", "2026-03-08", "2026-03-08", "上周", "2026-02-23..2026-03-01", "2月23日–3月1日"},
		{"this quarter", "2026-01-01", "2026-03-31", "2026-03-11", "本季度", "2025-10-01..2025-12-09", "上季度同期"},
		{"last quarter", "2025-10-01", "2025-12-31", "2025-12-31", "上季度", "2025-07-01..2025-09-30", "2025年三季度"},
		{"this year is told from the quarter by its end", "2026-01-01", "2026-12-31", "2026-03-11", "今年", "2025-01-01..2025-03-11", "去年同期"},
		{"last year", "2025-01-01", "2025-12-31", "2025-12-31", "去年", "2024-01-01..2024-12-31", "2024年"},
		{"a month of last year", "2025-11-01", "2025-11-30", "2025-11-30", "2025年11月", "2025-10-01..2025-10-31", "2025年10月"},
		{"today", "2026-03-11", "2026-03-11", "2026-03-11", "今天", "2026-03-10..2026-03-10", "昨天"},
		{"yesterday", "2026-03-10", "2026-03-10", "2026-03-10", "昨天", "2026-03-09..2026-03-09", "3月9日"},
		{"any days", "2026-03-03", "2026-03-09", "2026-03-09", "3月3日–3月9日", "2026-02-24..2026-03-02", "前 7 天"},
		{"open end", "2026-03-03", "", "2026-03-11", "3月3日–3月11日", "2026-02-22..2026-03-02", "前 9 天"},
		{"over the year", "2025-12-30", "2026-01-05", "2026-01-05", "2025年12月30日–2026年1月5日", "2025-12-23..2025-12-29", "前 7 天"},
		{"too long to compare", "", "2026-03-11", "2026-03-11", "2000年1月1日–2026年3月11日", "", ""},
	} {
		p := NewPeriod(day(tt.from), day(tt.to), today)
		if p.To != day(tt.wantTo) || p.Name != tt.wantName {
			t.Errorf("%s: %s..%s %q, want to %s %q", tt.name, p.From, p.To, p.Name, tt.wantTo, tt.wantName)
		}
		prev, ok := p.Previous()
		got := ""
		if ok {
			got = prev.From.String() + ".." + prev.To.String()
		}
		if got != tt.prev || prev.Name != tt.prevName {
			t.Errorf("%s: before it %q %q, want %q %q", tt.name, got, prev.Name, tt.prev, tt.prevName)
		}
	}
	if p := NewPeriod(day("2026-04-01"), day("2026-04-30"), today); !p.Future() {
		t.Errorf("next month is not in the future: %+v", p)
	}
	if p := NewPeriod(day("2026-03-01"), day("2026-03-31"), day("2026-03-31")); p.Name != "本月" {
		t.Errorf("the last day of the month: %q", p.Name)
	}
	// A long month compares with the whole of a shorter one before it.
	if prev, _ := NewPeriod(day("2026-03-01"), day("2026-03-31"), day("2026-03-30")).Previous(); prev.To != day("2026-02-28") {
		t.Errorf("before 30 days of March: to %s", prev.To)
	}
}
