package sales

import (
	"fmt"
	"strconv"
	"time"
)

// Period is a stretch of business days, both included, with the name people give it. To is never after the day on which
// it was made, as nothing has happened yet after that.
type Period struct {
	From, To Day
	// Name is how one says it: "本月", "上季度", "3月2日–3月8日".
	Name string
	unit periodUnit
	// end is the last day of the whole unit: To is before it while the unit runs.
	end   Day
	today Day
}

type periodUnit int

const (
	unitSpan periodUnit = iota
	unitDay
	unitWeek
	unitMonth
	unitQuarter
	unitYear
)

// maxSpan is the longest stretch, in days, for which an equally long one before it is worth comparing with.
const maxSpan = 370

// NewPeriod makes a period of the days from one to another, both included, as seen on the day today. A whole week, month,
// quarter or year, or one up to today, is known as such. A zero from is long ago, a zero to is today.
func NewPeriod(from, to, today Day) Period {
	if to.IsZero() || to.After(today) && from.IsZero() {
		to = today
	}
	if from.IsZero() {
		from = NewDay(2000, time.January, 1)
	}
	p := Period{From: from, To: to, end: to, today: today}
	for _, u := range []periodUnit{unitDay, unitWeek, unitMonth, unitQuarter, unitYear} {
		start, end := u.bounds(from)
		if start == from && (to == end || to == today && to.Before(end)) {
			p.unit, p.end = u, end
			break
		}
	}
	if p.To.After(today) {
		p.To = today
	}
	p.Name = p.unit.name(from, p.To, today)
	return p
}

// MonthOf is the month of today, up to today.
func MonthOf(today Day) Period {
	start, end := unitMonth.bounds(today)
	return NewPeriod(start, end, today)
}

// Future reports whether the whole period is still ahead.
func (p Period) Future() bool { return p.From.After(p.today) }

// Previous is the period to compare with: the unit before, only as far as this one has come ("上月同期"), or as many days
// before. False when the period is too long to compare.
func (p Period) Previous() (Period, bool) {
	length := p.To.Sub(p.From)
	if p.unit == unitSpan {
		if length < 0 || length >= maxSpan {
			return Period{}, false
		}
		to := p.From.AddDays(-1)
		return Period{From: to.AddDays(-length), To: to, end: to, today: p.today, Name: "前 " + strconv.Itoa(length+1) + " 天"}, true
	}
	start, end := p.unit.bounds(p.From.AddDays(-1))
	prev := Period{From: start, To: end, end: end, unit: p.unit, today: p.today, Name: p.unit.name(start, end, p.today)}
	if p.To.Before(p.end) {
		if to := start.AddDays(length); to.Before(end) {
			prev.To = to
		}
		prev.Name += "同期"
	}
	return prev, true
}

// bounds are the first and the last day of the unit that d is in.
func (u periodUnit) bounds(d Day) (first, last Day) {
	y, m, _ := d.Date()
	switch u {
	case unitWeek:
		first = d.AddDays(-(int(d.Weekday()) + 6) % 7)
		return first, first.AddDays(6)
	case unitMonth:
		return NewDay(y, m, 1), NewDay(y, m+1, 0)
	case unitQuarter:
		m -= (m - 1) % 3
		return NewDay(y, m, 1), NewDay(y, m+3, 0)
	case unitYear:
		return NewDay(y, time.January, 1), NewDay(y, time.December, 31)
	}
	return d, d
}

// unitWords are what this unit and the one before are called.
var unitWords = map[periodUnit][2]string{
	unitDay: {"今天", "昨天"}, unitWeek: {"本周", "上周"}, unitMonth: {"本月", "上月"}, unitQuarter: {"本季度", "上季度"},
	unitYear: {"今年", "去年"},
}

func (u periodUnit) name(from, to, today Day) string {
	if words, ok := unitWords[u]; ok {
		first, _ := u.bounds(today)
		before, _ := u.bounds(first.AddDays(-1))
		switch from {
		case first:
			return words[0]
		case before:
			return words[1]
		}
	}
	y, m, _ := from.Date()
	year := ""
	if y != today.Year() {
		year = fmt.Sprintf("%d年", y)
	}
	switch u {
	case unitMonth:
		return fmt.Sprintf("%s%d月", year, m)
	case unitQuarter:
		return year + [...]string{"一", "二", "三", "四"}[(m-1)/3] + "季度"
	case unitYear:
		return fmt.Sprintf("%d年", y)
	case unitDay:
		return year + shortDay(from)
	}
	last := shortDay(to)
	if ty := to.Year(); ty != y {
		year, last = fmt.Sprintf("%d年", y), fmt.Sprintf("%d年", ty)+last
	}
	return year + shortDay(from) + "–" + last
}

func shortDay(d Day) string {
	_, m, dom := d.Date()
	return fmt.Sprintf("%d月%d日", m, dom)
}

// Long is the name with its days where they do not speak for themselves: "本月(3月1日–3月11日)".
func (p Period) Long() string {
	if p.unit == unitSpan || p.unit == unitDay || p.Future() {
		return p.Name
	}
	if p.From == p.To {
		return p.Name + "(" + shortDay(p.From) + ")"
	}
	return p.Name + "(" + shortDay(p.From) + "–" + shortDay(p.To) + ")"
}

// Whole is the last day of the period as it was asked for, which may be ahead: "本月" asked again tomorrow is a day longer.
func (p Period) Whole() Day { return p.end }
