package sales

import "fmt"

// FirstOf is the first day of a day's month; no day stays no day.
func FirstOf(d Day) Day {
	if d.IsZero() {
		return d
	}
	y, m, _ := d.Date()
	return NewDay(y, m, 1)
}

// LastOf is the last day of a day's month.
func LastOf(d Day) Day { return FirstOf(d).AddMonths(1).AddDays(-1) }

// MonthName is a day's month in Chinese: 2026年2月. No day has none.
func MonthName(d Day) string {
	if d.IsZero() {
		return ""
	}
	y, m, _ := d.Date()
	return fmt.Sprintf("%d年%d月", y, int(m))
}
