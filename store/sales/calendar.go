package sales

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// CalendarOptions are the company's hours. Times of day are spans since midnight in Shanghai; a pair of zeros takes the
// default.
type CalendarOptions struct {
	Holidays    []HolidaySource // the first that knows a year answers for it; none: BundledHolidays
	CompanyDays []CompanyDay    // the company's own days; they outrank the public ones

	QuietFrom, QuietTo time.Duration // nothing is pushed in between: 20:00 to 8:30
	WorkFrom, WorkTo   time.Duration // working time: 9:00 to 18:00
	// Regions are the working times of regions (sales.Org.Region) that have their own.
	Regions map[string]Hours
}

// Hours are a day's working time, as spans since midnight in Shanghai.
type Hours struct{ From, To time.Duration }

// CompanyDay is a day the company has made free or worked, in a region or everywhere. Of two for one day the region's
// counts there.
type CompanyDay struct {
	SpecialDay
	Region string
}

// Calendar knows workdays, working time and quiet hours. It is safe for concurrent use. Only the company's own days change,
// by SetCompanyDays; a new year file makes a new Calendar.
type Calendar struct {
	*calendarBase
	region           string
	workFrom, workTo time.Duration
}

// calendarBase is what the calendars of all regions share.
type calendarBase struct {
	sources            []HolidaySource
	configured         []CompanyDay
	company            atomic.Pointer[map[regionDay]SpecialDay]
	quietFrom, quietTo time.Duration
	whole              Hours
	regions            map[string]Hours
	years              sync.Map // year int → *calendarYear, filled on first use
}

type regionDay struct {
	region string
	day    Day
}

type calendarYear struct {
	known   bool
	special map[Day]SpecialDay
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
	for _, h := range append(slices.Collect(maps.Values(o.Regions)), Hours{o.WorkFrom, o.WorkTo}) {
		if h.From < 0 || h.To > 24*time.Hour || h.From >= h.To {
			return nil, Errorf(Invalid, "上班时间要早于下班时间。")
		}
	}
	if o.QuietFrom == o.QuietTo {
		return nil, Errorf(Invalid, "静默时段的开始和结束不能相同。")
	}
	c := &Calendar{
		calendarBase: &calendarBase{
			sources: o.Holidays, configured: o.CompanyDays, quietFrom: o.QuietFrom, quietTo: o.QuietTo,
			whole: Hours{o.WorkFrom, o.WorkTo}, regions: o.Regions,
		},
		workFrom: o.WorkFrom, workTo: o.WorkTo,
	}
	c.SetCompanyDays(nil)
	return c, nil
}

// SetCompanyDays replaces the company's days that are kept beside the configuration's, over which they count.
func (c *Calendar) SetCompanyDays(days []CompanyDay) {
	m := make(map[regionDay]SpecialDay, len(c.configured)+len(days))
	for _, d := range slices.Concat(c.configured, days) {
		m[regionDay{d.Region, d.Day}] = d.SpecialDay
	}
	c.company.Store(&m)
}

// CompanyDays lists the company's days from one on, the nearest first.
func (c *Calendar) CompanyDays(from Day) []CompanyDay {
	var out []CompanyDay
	for at, d := range *c.company.Load() {
		if !d.Day.Before(from) {
			out = append(out, CompanyDay{d, at.region})
		}
	}
	slices.SortFunc(out, func(a, b CompanyDay) int {
		return cmp.Or(a.Day.Compare(b.Day), strings.Compare(a.Region, b.Region))
	})
	return out
}

// For is the calendar of a region; of the whole company where the region has nothing of its own.
func (c *Calendar) For(region string) *Calendar {
	if region == c.region {
		return c
	}
	h, ok := c.regions[region]
	if !ok {
		h = c.whole
	}
	return &Calendar{calendarBase: c.calendarBase, region: region, workFrom: h.From, workTo: h.To}
}

// Of is the calendar of a person: that of their team's region.
func (c *Calendar) Of(org *Org, person PersonID) *Calendar {
	p, ok := org.Person(person)
	if !ok {
		return c
	}
	return c.For(org.Region(p.TeamID))
}

// Hours is the working time of a day that is worked, and by region where one has its own.
func (c *Calendar) Hours() (Hours, map[string]Hours) { return Hours{c.workFrom, c.workTo}, c.regions }

func (c *Calendar) year(y int) *calendarYear {
	if kept, ok := c.years.Load(y); ok {
		return kept.(*calendarYear)
	}
	made := &calendarYear{special: map[Day]SpecialDay{}}
	for _, source := range c.sources {
		days, known := source.SpecialDays(y)
		if !known {
			continue
		}
		made.known = true
		for _, s := range days {
			made.special[s.Day] = s
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
	switch c.special(d).Kind {
	case RestDay:
		return false
	case MakeupDay:
		return true
	}
	return !isWeekend(d)
}

// special is what makes a day differ from its weekday, the zero SpecialDay when nothing does.
func (c *Calendar) special(d Day) SpecialDay {
	company := *c.company.Load()
	if c.region != "" {
		if s, ok := company[regionDay{c.region, d}]; ok {
			return s
		}
	}
	if s, ok := company[regionDay{day: d}]; ok {
		return s
	}
	return c.year(d.Year()).special[d]
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

// QuietText is when nothing is pushed on workdays, in words; empty when there is no such time.
func (c *Calendar) QuietText() string {
	if c.quietFrom == c.quietTo {
		return ""
	}
	return MinuteText(int(c.quietFrom/time.Minute)) + "-" + MinuteText(int(c.quietTo/time.Minute)) + "和休息日"
}
