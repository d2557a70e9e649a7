package sales

import (
	"fmt"
	"sync"
	"time"
)

// CalendarOptions are the company's hours. Times of day are spans since midnight in Shanghai; a pair of zeros takes the
// default.
type CalendarOptions struct {
	Holidays    []HolidaySource // the first that knows a year answers for it; none: BundledHolidays
	CompanyDays []SpecialDay    // the company's own days; they outrank the public ones

	QuietFrom, QuietTo time.Duration // nothing is pushed in between: 20:00 to 8:30
	WorkFrom, WorkTo   time.Duration // working time: 9:00 to 18:00
}

// Calendar knows workdays, working time and quiet hours. It never changes and is safe for concurrent use; a new year file
// makes a new Calendar.
type Calendar struct {
	sources            []HolidaySource
	company            map[Day]DayKind
	quietFrom, quietTo time.Duration
	workFrom, workTo   time.Duration
	years              sync.Map // year int → *calendarYear, filled on first use
}

type calendarYear struct {
	known   bool
	special map[Day]DayKind
}

// NewCalendar makes a Calendar. Invalid when the hours make no day.
func NewCalendar(o CalendarOptions) (*Calendar, error) {
	if o.QuietFrom == 0 && o.QuietTo == 0 {
		o.QuietFrom, o.QuietTo = 20*time.Hour, 8*time.Hour+30*time.Minute
	}
	if o.WorkFrom == 0 && o.WorkTo == 0 {
		o.WorkFrom, o.WorkTo = 9*time.Hour, 18*time.Hour
	}
	if len(o.Holidays) == 0 {
		o.Holidays = []HolidaySource{BundledHolidays()}
	}
	for _, t := range []time.Duration{o.QuietFrom, o.QuietTo, o.WorkFrom, o.WorkTo} {
		if t < 0 || t > 24*time.Hour {
			return nil, Errorf(Invalid, fmt.Sprintf("时间 %v 不在一天之内,写 00:00 到 24:00。", t))
		}
	}
	if o.WorkFrom >= o.WorkTo {
		return nil, Errorf(Invalid, "上班时间要早于下班时间。")
	}
	if o.QuietFrom == o.QuietTo {
		return nil, Errorf(Invalid, "静默时段的开始和结束不能相同。")
	}
	c := &Calendar{
		sources: o.Holidays, company: make(map[Day]DayKind, len(o.CompanyDays)),
		quietFrom: o.QuietFrom, quietTo: o.QuietTo, workFrom: o.WorkFrom, workTo: o.WorkTo,
	}
	for _, s := range o.CompanyDays {
		c.company[s.Day] = s.Kind
	}
	return c, nil
}

func (c *Calendar) year(y int) *calendarYear {
	if kept, ok := c.years.Load(y); ok {
		return kept.(*calendarYear)
	}
	made := &calendarYear{special: map[Day]DayKind{}}
	for _, source := range c.sources {
		days, known := source.SpecialDays(y)
		if !known {
			continue
		}
		made.known = true
		for _, s := range days {
			made.special[s.Day] = s.Kind
		}
		break
	}
	kept, _ := c.years.LoadOrStore(y, made)
	return kept.(*calendarYear)
}

// KnownYear reports whether the holidays of a year are published. In an unknown year IsWorkday goes by the weekday
// alone, and whoever plans into it must be warned.
func (c *Calendar) KnownYear(year int) bool { return c.year(year).known }

// IsWorkday reports whether d is worked: not a weekend or a holiday, or a make-up day.
func (c *Calendar) IsWorkday(d Day) bool {
	if d.IsZero() {
		return false
	}
	kind, ok := c.company[d]
	if !ok {
		kind = c.year(d.Year()).special[d]
	}
	switch kind {
	case RestDay:
		return false
	case MakeupDay:
		return true
	}
	return !isWeekend(d)
}

// maxRest bounds the search for a workday; no plan rests this long, only a broken year file does.
const maxRest = 400

// NextWorkday is the first workday after d.
func (c *Calendar) NextWorkday(d Day) Day { return c.step(d, 1) }

// PrevWorkday is the last workday before d.
func (c *Calendar) PrevWorkday(d Day) Day { return c.step(d, -1) }

func (c *Calendar) step(d Day, dir int) Day {
	for i := 1; i <= maxRest; i++ {
		if next := d.AddDays(i * dir); c.IsWorkday(next) {
			return next
		}
	}
	return d.AddDays(dir)
}

// AddWorkdays is the n-th workday after d, before d when n is negative; d itself, workday or not, when n is 0.
func (c *Calendar) AddWorkdays(d Day, n int) Day {
	dir := 1
	if n < 0 {
		dir, n = -1, -n
	}
	for ; n > 0 && !d.IsZero(); n-- {
		d = c.step(d, dir)
	}
	return d
}

// workSpan is the working time of a day; empty on a rest day.
func (c *Calendar) workSpan(d Day) (from, to time.Time) {
	midnight := d.Start()
	if !c.IsWorkday(d) {
		return midnight, midnight
	}
	return midnight.Add(c.workFrom), midnight.Add(c.workTo)
}

// AddWorking is the first instant at which working time d has passed since t: an hour from Friday 17:30 is Monday 9:30,
// half an hour is still Friday 18:00. t itself when d is not positive or t is zero.
func (c *Calendar) AddWorking(t time.Time, d time.Duration) time.Time {
	if d <= 0 || t.IsZero() {
		return t
	}
	for day := DayOf(t); ; day = c.NextWorkday(day) {
		from, to := c.workSpan(day)
		if t.After(from) {
			from = t
		}
		left := to.Sub(from)
		if left >= d {
			return from.Add(d).UTC()
		}
		if left > 0 {
			d -= left
		}
	}
}

// WorkingBetween is the working time from a to b, negative when b is earlier.
func (c *Calendar) WorkingBetween(a, b time.Time) time.Duration {
	if b.Before(a) {
		return -c.WorkingBetween(b, a)
	}
	var sum time.Duration
	for day, last := DayOf(a), DayOf(b); !day.IsZero() && !day.After(last); day = day.AddDays(1) {
		from, to := c.workSpan(day)
		if a.After(from) {
			from = a
		}
		if b.Before(to) {
			to = b
		}
		if to.After(from) {
			sum += to.Sub(from)
		}
	}
	return sum
}

// Quiet reports whether nothing may be pushed at t: at night and on rest days, unless a rule breaks quiet hours.
func (c *Calendar) Quiet(t time.Time) bool {
	d := DayOf(t)
	if !c.IsWorkday(d) {
		return true
	}
	clock := t.Sub(d.Start())
	if c.quietFrom < c.quietTo {
		return clock >= c.quietFrom && clock < c.quietTo
	}
	return clock >= c.quietFrom || clock < c.quietTo
}

// NextAllowed is the first instant from t on at which a push may go out: t itself when it is not quiet.
func (c *Calendar) NextAllowed(t time.Time) time.Time {
	if !c.Quiet(t) {
		return t
	}
	d := DayOf(t)
	for i := 0; i <= maxRest; i++ {
		// Quiet ends only at the end of the window or, where the window lies within the day, at a workday's midnight.
		for _, end := range []time.Duration{0, c.quietTo} {
			if at := d.Start().Add(end); !at.Before(t) && !c.Quiet(at) {
				return at
			}
		}
		d = d.AddDays(1)
	}
	return t
}
