package handlers

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"salesflow/store/sales"
)

var reMonth = regexp.MustCompile(`(?:(\d{4})\s*[年/-]\s*)?(\d{1,2})\s*月份?|(\d{4})-(\d{2})|上个?月|本月|这个?月`)

// saysMonth reports whether a text names a month.
func saysMonth(text string) bool { return reMonth.MatchString(text) }

// monthWord is a month of a year that is known.
func monthWord(month sales.Day) string {
	_, m, _ := month.Date()
	return strconv.Itoa(int(m)) + "月"
}

// cutMonth cuts a month out of a text: the first day of it, the last month when none is said.
func cutMonth(text string, today sales.Day) (month sales.Day, rest string) {
	at := reMonth.FindStringSubmatchIndex(text)
	if at == nil {
		return sales.FirstOf(today).AddMonths(-1), text
	}
	part := func(k int) int {
		if at[2*k] < 0 {
			return 0
		}
		n, _ := strconv.Atoi(text[at[2*k]:at[2*k+1]])
		return n
	}
	rest = text[:at[0]] + " " + text[at[1]:]
	year, mon := part(1)+part(3), part(2)+part(4)
	switch word := text[at[0]:at[1]]; {
	case mon >= 1 && mon <= 12 && year > 1999:
		return sales.NewDay(year, time.Month(mon), 1), rest
	case mon >= 1 && mon <= 12:
		d := sales.NewDay(today.Year(), time.Month(mon), 1)
		if d.After(today) {
			d = sales.NewDay(today.Year()-1, time.Month(mon), 1)
		}
		return d, rest
	case strings.HasPrefix(word, "上"):
		return sales.FirstOf(today).AddMonths(-1), rest
	}
	return sales.FirstOf(today), rest
}

// badMonth says that a text names a month there is none of; "" when it does not.
func badMonth(text string) string {
	m := reMonth.FindStringSubmatch(text)
	if m == nil || m[2]+m[4] == "" {
		return ""
	}
	if n, err := strconv.Atoi(m[2] + m[4]); err == nil && n >= 1 && n <= 12 {
		return ""
	}
	return "没有 " + m[2] + m[4] + " 月,月份写 1 到 12。"
}

// monthSaid is a month as people say it, with its year where that is not this one.
func monthSaid(month, today sales.Day) string {
	if month.Year() == today.Year() {
		return monthWord(month)
	}
	return sales.MonthName(month)
}

// dateSaid is a date as people say it, without its weekday, with its year where that is not this one.
func dateSaid(d, today sales.Day) string {
	_, _, n := d.Date()
	return monthSaid(sales.FirstOf(d), today) + strconv.Itoa(n) + "日"
}

// monthNo is a month as a button's record has it: 202602.
func monthNo(month sales.Day) sales.ID {
	y, m, _ := month.Date()
	return sales.ID(y*100 + int(m))
}

// monthOfNo reads it back; no day for what is none.
func monthOfNo(n sales.ID) sales.Day {
	s := strconv.FormatInt(int64(n), 10)
	if len(s) != 6 {
		return sales.Day{}
	}
	d, err := sales.ParseDay(s[:4] + "-" + s[4:] + "-01")
	if err != nil {
		return sales.Day{}
	}
	return d
}
