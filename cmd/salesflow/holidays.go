package main

import (
	"time"

	"github.com/bastengao/chinese-holidays-go/holidays"

	"salesflow/bot/parse"
)

// holidayBook tells workdays by the State Council's published holidays, make-up days included; a year it does not know
// has Monday to Friday.
type holidayBook struct{ q holidays.Queryer }

func newHolidays() parse.Calendar {
	q, err := holidays.BundleQueryer()
	if err != nil {
		return parse.Weekdays{}
	}
	return holidayBook{q}
}

// IsWorkday implements parse.Calendar.
func (b holidayBook) IsWorkday(y int, m time.Month, d int) bool {
	ok, err := b.q.IsWorkingday(time.Date(y, m, d, 12, 0, 0, 0, chinaTime))
	if err != nil {
		return parse.Weekdays{}.IsWorkday(y, m, d)
	}
	return ok
}
