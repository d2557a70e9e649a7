package sales

import "time"

// Break is a stretch of days off because of a holiday (放假), weekends beside it included.
type Break struct {
	Name        string
	First, Last Day
}

// Days is how many days a break has.
func (b Break) Days() int { return b.Last.Sub(b.First) + 1 }

// How far ahead breaks are looked for, and how long one is that has begun.
const (
	maxLook  = 500
	maxBegun = 21
)

// Breaks lists the next n breaks that end on a day or later, as far as the years are known.
func (c *Calendar) Breaks(from Day, n int) []Break {
	var out []Break
	d := from
	for back := 0; back < maxBegun && !c.IsWorkday(d) && !c.IsWorkday(d.AddDays(-1)); back++ {
		d = d.AddDays(-1) // a break that has begun is told whole
	}
	for range maxLook {
		if len(out) == n || !c.KnownYear(d.Year()) {
			break
		}
		if c.IsWorkday(d) {
			d = d.AddDays(1)
			continue
		}
		b := Break{First: d, Last: d}
		holiday := false
		for i := 0; i < maxRest && !c.IsWorkday(d); i++ {
			if s := c.special(d); s.Kind == RestDay {
				holiday = true
				if b.Name == "" {
					b.Name = s.Name
				}
			}
			b.Last = d
			d = d.AddDays(1)
		}
		if holiday {
			if b.Name == "" {
				b.Name = breakName(b)
			}
			out = append(out, b)
		}
	}
	return out
}

// MakeupDays lists the days from one to another, both included, that are worked although their weekday is free.
func (c *Calendar) MakeupDays(from, to Day) []Day {
	var out []Day
	for d := from; !d.After(to) && d.Sub(from) < maxLook; d = d.AddDays(1) {
		if c.special(d).Kind == MakeupDay {
			out = append(out, d)
		}
	}
	return out
}

// DayName says what makes a day differ from its weekday: a holiday's name, 调休上班; empty when nothing does.
func (c *Calendar) DayName(d Day) string {
	s := c.special(d)
	switch {
	case s.Name != "":
		return s.Name
	case s.Kind == MakeupDay:
		return "调休上班"
	case c.IsWorkday(d):
		return ""
	}
	for _, b := range c.Breaks(d, 1) {
		if !d.Before(b.First) {
			return b.Name
		}
	}
	return "周末"
}

// breakName is the name of a public holiday by when it is: the plans that are bundled have none.
func breakName(b Break) string {
	_, m, day := b.First.Date()
	at := int(m)*100 + day
	has := func(month time.Month, dom int) bool {
		d := NewDay(b.Last.Year(), month, dom)
		return !d.Before(b.First) && !d.After(b.Last)
	}
	switch {
	case has(time.January, 1):
		return "元旦"
	case has(time.May, 1):
		return "劳动节"
	case has(time.October, 1) && b.Days() >= 8:
		return "国庆节、中秋节"
	case has(time.October, 1):
		return "国庆节"
	case at >= 117 && at <= 220:
		return "春节"
	case at >= 401 && at <= 406:
		return "清明节"
	case at >= 525 && at <= 628:
		return "端午节"
	case at >= 905 && at <= 1008:
		return "中秋节"
	}
	return "放假"
}
