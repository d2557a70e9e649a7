package rules

import (
	"strconv"
	"time"

	"salesflow/store/sales"
)

// maxSpan bounds every span: nothing is waited for longer.
const maxSpan = 5 * 366 * 24 * time.Hour

// shortest is the least time between two repetitions.
const shortest = 10 * time.Minute

var unitNames = []struct {
	unit  Unit
	words []string // the first is how it is read back
}{
	{WorkingHours, []string{"个工作小时", "工作小时", "个工时", "工时"}},
	{Workdays, []string{"个工作日", "工作日", "个工作天", "工作天"}},
	{Minutes, []string{"分钟", "分"}},
	{Hours, []string{"小时", "个小时", "个钟头", "钟头", "h"}},
	{Days, []string{"天", "日"}},
	{Weeks, []string{"周", "个星期", "星期", "个礼拜", "礼拜"}},
	{Months, []string{"个月", "月"}},
}

// IsZero reports whether no span was said.
func (s Span) IsZero() bool { return s.N == 0 }

// String is the span as it is written: 48小时, 3个工作日.
func (s Span) String() string {
	for _, u := range unitNames {
		if u.unit == s.Unit {
			return strconv.Itoa(max(s.N, -s.N)) + u.words[0]
		}
	}
	return ""
}

// Works reports whether the span counts working time, for which the hours of a region matter.
func (s Span) Works() bool { return s.N != 0 && (s.Unit == WorkingHours || s.Unit == Workdays) }

// natural is the span's length, for bounds only: a month has 31 days.
func (s Span) natural() time.Duration {
	n := time.Duration(max(s.N, -s.N))
	switch s.Unit {
	case Minutes:
		return n * time.Minute
	case Hours, WorkingHours:
		return n * time.Hour
	case Days, Workdays:
		return n * 24 * time.Hour
	case Weeks:
		return n * 7 * 24 * time.Hour
	case Months:
		return n * 31 * 24 * time.Hour
	}
	return 0
}

// From is the instant the span after t, before it when N is negative. Days, weeks and months keep the hour; working spans
// count by the calendar.
func (s Span) From(t time.Time, cal *sales.Calendar) time.Time {
	switch s.Unit {
	case Minutes:
		return t.Add(time.Duration(s.N) * time.Minute)
	case Hours:
		return t.Add(time.Duration(s.N) * time.Hour)
	case WorkingHours:
		return cal.AddWorking(t, time.Duration(s.N)*time.Hour)
	case Workdays:
		d := sales.DayOf(t)
		return t.AddDate(0, 0, cal.AddWorkdays(d, s.N).Sub(d))
	case Weeks:
		return t.AddDate(0, 0, 7*s.N)
	case Months:
		d := sales.DayOf(t)
		return t.AddDate(0, 0, d.AddMonths(s.N).Sub(d))
	default:
		return t.AddDate(0, 0, s.N)
	}
}

// shanghai is the hour and minute of the day so many days after t's, in Asia/Shanghai.
func shanghai(t time.Time, days, hour, minute int) time.Time {
	return sales.DayOf(t).AddDays(days).At(hour, minute)
}

// maxShift is how many days of rest in a row a schedule is put off over: the longest holiday and its neighbours.
const maxShift = 12

// on reports whether the schedule has the day of at. What falls on days of rest comes on the workday after them when the
// schedule is shifted.
func (s Schedule) on(at time.Time, workday func(time.Time) bool) bool {
	if !s.Shift {
		return s.falls(at, workday)
	}
	if !workday(at) {
		return false
	}
	for back := range maxShift {
		d := shanghai(at, -back, s.Hour, s.Minute)
		if back > 0 && workday(d) {
			return false
		}
		if s.falls(d, workday) {
			return true
		}
	}
	return false
}

// nth reports whether the day of at is the month's n-th workday, from its end when n is negative.
func nth(at time.Time, n int, workday func(time.Time) bool) bool {
	if n == 0 || !workday(at) {
		return false
	}
	_, month, _ := sales.DayOf(at).Date()
	step, count := -1, n
	if n < 0 {
		step, count = 1, -n
	}
	for d := step; ; d += step {
		other := shanghai(at, d, 12, 0)
		if _, m, _ := sales.DayOf(other).Date(); m != month {
			return count == 1
		}
		if workday(other) {
			count--
		}
	}
}

// falls reports whether the schedule names the day of at.
func (s Schedule) falls(at time.Time, workday func(time.Time) bool) bool {
	d := sales.DayOf(at)
	switch s.Every {
	case EveryNthWorkday:
		return nth(at, s.Nth, workday)
	case EveryWorkday:
		return workday(at)
	case EveryWeek:
		return d.Weekday() == s.Weekday
	case EveryMonth:
		_, _, day := d.Date()
		_, _, next := d.AddDays(1).Date()
		return day == s.MonthDay || day < s.MonthDay && next == 1
	}
	return true
}
