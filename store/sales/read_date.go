package sales

import (
	"strconv"
	"strings"
	"time"
)

// excelEpoch is day 0 of Excel's serial numbers, as they are since March 1900.
var excelEpoch = NewDay(1899, time.December, 30)

// The serial numbers that are taken for days: October 1954 to January 2119.
const firstSerial, lastSerial = 20_000, 80_000

// ReadDate takes a day as papers and Excel write it: 2027-03-31, 2027/3/31, 2027年3月31日, 二〇二七年三月三十一日, 20270331, each
// with a time behind it or without (20270331101500 too), or Excel's number of days. Nothing is guessed: a day without its year, or one that may be
// the third of May as well as the fifth of March, is Invalid, which says what is missing.
func ReadDate(text string) (Day, error) {
	s := strings.TrimSpace(halfWidth(clip(text, 40)))
	if f, err := strconv.ParseFloat(s, 64); err == nil && f > firstSerial && f < lastSerial {
		return excelEpoch.AddDays(int(f)), nil
	}
	if (len(s) == 14 || len(s) == 12) && allDigits(s) { // 20270331101500, as banks write a moment
		s = s[:8]
	}
	part, ok := dateParts(s)
	if !ok {
		return Day{}, badDate("日期没看懂", text)
	}
	switch {
	case len(part) == 1 && len(part[0]) == 8:
		part = []string{part[0][:4], part[0][4:6], part[0][6:]}
	case len(part) == 2 && len(part[0]) == 4:
		return Day{}, badDate("日期没写是几号", text)
	case len(part) == 2:
		return Day{}, badDate("日期没写年份", text)
	case len(part) == 3 && len(part[0]) <= 2 && len(part[2]) == 4:
		return Day{}, badDate("日期分不清哪个是月", text)
	case len(part) == 3 && len(part[0]) <= 2:
		return Day{}, badDate("日期的年份没写全", text)
	}
	if len(part) != 3 || len(part[0]) != 4 || len(part[1]) > 2 || len(part[2]) > 2 {
		return Day{}, badDate("日期没看懂", text)
	}
	var n [3]int
	for i, p := range part {
		n[i], _ = strconv.Atoi(p) // digits only
	}
	if n[0] < 2000 || n[0] > 2200 {
		return Day{}, badDate("日期的年份不对", text)
	}
	if n[1] < 1 || n[1] > 12 || n[2] < 1 || n[2] > 31 {
		return Day{}, badDate("没有这一天", text)
	}
	d := NewDay(n[0], time.Month(n[1]), n[2])
	if _, _, day := d.Date(); day != n[2] { // 2月30日 is none
		return Day{}, badDate("没有这一天", text)
	}
	return d, nil
}

func badDate(what, text string) error {
	return Errorf(Invalid, what+`:"`+clip(strings.TrimSpace(text), 20)+`"。写成 2027-03-31 这样。`)
}

// dateParts are the numbers of a date in digits, what stands behind the day cut off. False when there is anything else in it.
func dateParts(s string) ([]string, bool) {
	s = strings.NewReplacer("年", "-", "月", "-", "/", "-", ".", "-", "日", "|", "号", "|", "t", "|", "(", "|", "星期", "|", "周", "|").Replace(s)
	head, tail, _ := strings.Cut(s, "|")
	if date, clock, ok := strings.Cut(strings.TrimSpace(head), " "); ok && !strings.ContainsAny(clock, "-") {
		head, tail = date, clock+tail // a time of day
	}
	if len(tail) > 24 || strings.Trim(tail, "0123456789:|+.z) 时点分秒上下午一二三四五六天日amp") != "" {
		return nil, false
	}
	var out []string
	for p := range strings.SplitSeq(strings.TrimRight(strings.ReplaceAll(head, " ", ""), "-"), "-") {
		p, ok := dateDigits(p)
		if !ok {
			return nil, false
		}
		out = append(out, p)
	}
	return out, len(out) <= 3
}

const chineseDigits = "〇一二三四五六七八九"

// dateDigits writes the number of a year, month or day in digits: 三十一 is 31, 二〇二七 is 2027.
func dateDigits(s string) (string, bool) {
	if s != "" && allDigits(s) {
		return s, len(s) <= 8
	}
	s = strings.NewReplacer("零", "〇", "○", "〇", "元", "一", "廿", "二十", "两", "二").Replace(s)
	digit := func(r rune) int {
		for i, d := range []rune(chineseDigits) {
			if d == r {
				return i
			}
		}
		return -1
	}
	if before, after, ok := strings.Cut(s, "十"); ok {
		tens, ones := []rune(before), []rune(after)
		n := 10
		if len(tens) == 1 && digit(tens[0]) > 0 {
			n = 10 * digit(tens[0])
		} else if len(tens) != 0 {
			return "", false
		}
		if len(ones) == 1 && digit(ones[0]) > 0 {
			n += digit(ones[0])
		} else if len(ones) != 0 {
			return "", false
		}
		return strconv.Itoa(n), true
	}
	var b strings.Builder
	for _, r := range s {
		d := digit(r)
		if d < 0 {
			return "", false
		}
		b.WriteByte(byte('0' + d))
	}
	return b.String(), b.Len() > 0 && b.Len() <= 4
}
