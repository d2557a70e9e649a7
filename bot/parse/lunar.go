package parse

import (
	"math"
	"strings"
	"time"
)

// Lunar years from lunarFrom on. Bits 15 to 4: months 1 to 12 have 30 days (else 29); bits 3 to 0: the leap month, 0 for
// none; bit 16: the leap month has 30 days. Checked against computed new moons.
const lunarFrom = 1900

var lunarYears = [...]int{
	0x04bd8, 0x04ae0, 0x0a570, 0x054d5, 0x0d260, 0x0d950, 0x16554, 0x056a0, 0x09ad0, 0x055d2, // 1900
	0x04ae0, 0x0a5b6, 0x0a4d0, 0x0d250, 0x1d255, 0x0b540, 0x0d6a0, 0x0ada2, 0x095b0, 0x14977,
	0x04970, 0x0a4b0, 0x0b4b5, 0x06a50, 0x06d40, 0x1ab54, 0x02b60, 0x09570, 0x052f2, 0x04970, // 1920
	0x06566, 0x0d4a0, 0x0ea50, 0x06e95, 0x05ad0, 0x02b60, 0x186e3, 0x092e0, 0x1c8d7, 0x0c950,
	0x0d4a0, 0x1d8a6, 0x0b550, 0x056a0, 0x1a5b4, 0x025d0, 0x092d0, 0x0d2b2, 0x0a950, 0x0b557, // 1940
	0x06ca0, 0x0b550, 0x15355, 0x04da0, 0x0a5b0, 0x14573, 0x052b0, 0x0a9a8, 0x0e950, 0x06aa0,
	0x0aea6, 0x0ab50, 0x04b60, 0x0aae4, 0x0a570, 0x05260, 0x0f263, 0x0d950, 0x05b57, 0x056a0, // 1960
	0x096d0, 0x04dd5, 0x04ad0, 0x0a4d0, 0x0d4d4, 0x0d250, 0x0d558, 0x0b540, 0x0b6a0, 0x195a6,
	0x095b0, 0x049b0, 0x0a974, 0x0a4b0, 0x0b27a, 0x06a50, 0x06d40, 0x0af46, 0x0ab60, 0x09570, // 1980
	0x04af5, 0x04970, 0x064b0, 0x074a3, 0x0ea50, 0x06b58, 0x05ac0, 0x0ab60, 0x096d5, 0x092e0,
	0x0c960, 0x0d954, 0x0d4a0, 0x0da50, 0x07552, 0x056a0, 0x0abb7, 0x025d0, 0x092d0, 0x0cab5, // 2000
	0x0a950, 0x0b4a0, 0x0baa4, 0x0ad50, 0x055d9, 0x04ba0, 0x0a5b0, 0x15176, 0x052b0, 0x0a930,
	0x07954, 0x06aa0, 0x0ad50, 0x05b52, 0x04b60, 0x0a6e6, 0x0a4e0, 0x0d260, 0x0ea65, 0x0d530, // 2020
	0x05aa0, 0x076a3, 0x096d0, 0x04afb, 0x04ad0, 0x0a4d0, 0x1d0b6, 0x0d250, 0x0d520, 0x0dd45,
	0x0b5a0, 0x056d0, 0x055b2, 0x049b0, 0x0a577, 0x0a4b0, 0x0aa50, 0x1b255, 0x06d20, 0x0ada0, // 2040
	0x14b63, 0x09370, 0x049f8, 0x04970, 0x064b0, 0x168a6, 0x0ea50, 0x06b20, 0x1a6c4, 0x0aae0,
}

func lunarMonthDays(info, m int) int {
	if info&(0x10000>>m) != 0 {
		return 30
	}
	return 29
}

func lunarLeapDays(info int) int {
	switch {
	case info&0xf == 0:
		return 0
	case info&0x10000 != 0:
		return 30
	}
	return 29
}

// lunarMonth gives the first day of a lunar month and its length. Month 13 stands for the leap month after `leap`.
func lunarMonth(y, m int, leap bool, loc *time.Location) (first time.Time, days int, ok bool) {
	if y < lunarFrom || y >= lunarFrom+len(lunarYears) || m < 1 || m > 12 {
		return time.Time{}, 0, false
	}
	n := 0
	for k := lunarFrom; k < y; k++ {
		info := lunarYears[k-lunarFrom]
		for j := 1; j <= 12; j++ {
			n += lunarMonthDays(info, j)
		}
		n += lunarLeapDays(info)
	}
	info := lunarYears[y-lunarFrom]
	for j := 1; j < m; j++ {
		n += lunarMonthDays(info, j)
		if info&0xf == j {
			n += lunarLeapDays(info)
		}
	}
	days = lunarMonthDays(info, m)
	if leap {
		if info&0xf != m {
			return time.Time{}, 0, false
		}
		n += days
		days = lunarLeapDays(info)
	}
	return time.Date(1900, 1, 31+n, 0, 0, 0, 0, loc), days, true
}

// lunarDay gives the day of a lunar date; day 30 of a month with 29 days is its last day.
func lunarDay(y, m, d int, loc *time.Location) (time.Time, bool) {
	first, days, ok := lunarMonth(y, m, false, loc)
	if !ok || d < 1 || d > 30 {
		return time.Time{}, false
	}
	return first.AddDate(0, 0, min(d, days)-1), true
}

// lunarYearOf is the lunar year that holds the day.
func lunarYearOf(day time.Time) int {
	first, _, ok := lunarMonth(day.Year(), 1, false, day.Location())
	if ok && day.Before(first) {
		return day.Year() - 1
	}
	return day.Year()
}

var solarTerms = words("小寒 大寒 立春 雨水 惊蛰 春分 清明 谷雨 立夏 小满 芒种 夏至 小暑 大暑 立秋 处暑 白露 秋分 寒露 霜降 立冬 小雪 大雪 冬至")

// solarTerm gives the day in China of solar term k (0 = 小寒) of a year: when the sun's apparent longitude reaches
// 285 + 15k degrees, to about ten minutes (Meeus, Astronomical Algorithms, ch. 25).
func solarTerm(y, k int, loc *time.Location) time.Time {
	want := math.Mod(285+15*float64(k), 360)
	jd := 2451545.0 + (float64(y)-2000)*365.2422 + 4.6 + 15.2184*float64(k)
	for range 6 {
		diff := math.Mod(want-sunLongitude(jd)+540, 360) - 180
		jd += diff * 365.2422 / 360
	}
	seconds := (jd-2440587.5)*86400 - 69 // terrestrial time to UTC
	t := time.Unix(int64(seconds), 0).In(time.FixedZone("CST", 8*3600))
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, loc)
}

func sunLongitude(jd float64) float64 {
	c := (jd - 2451545.0) / 36525
	rad := math.Pi / 180
	l := 280.46646 + 36000.76983*c + 0.0003032*c*c
	m := (357.52911 + 35999.05029*c - 0.0001537*c*c) * rad
	eq := (1.914602-0.004817*c-0.000014*c*c)*math.Sin(m) + (0.019993-0.000101*c)*math.Sin(2*m) + 0.000289*math.Sin(3*m)
	omega := (125.04 - 1934.136*c) * rad
	return math.Mod(math.Mod(l+eq-0.00569-0.00478*math.Sin(omega), 360)+360, 360)
}

// newYear reads the 年 of 年前 and 年后 in the months before it: the Spring Festival.
func (d *dater) newYear(i int) (point, bool) {
	if d.t.at(i) != '年' || d.tense == TensePast || d.t.any(i+1, "前", "后") < 0 || d.t.any(i+1, "前后", "后者") > 0 || d.t.any(i+2, "最后", "头一", "第一", "的", "那", "这") > 0 ||
		i > 0 && (isDigit(d.t.at(i-1)) || isChineseDigit(d.t.at(i-1)) || strings.ContainsRune("今去明前后半多几学成百千万十两整当每周青少老往来上下本全新元同此该之数", d.t.at(i-1))) {
		return point{}, false
	}
	h := holiday{month: 1, day: 1, lunar: true, public: true}
	for y := d.today().Year(); y <= d.today().Year()+1; y++ {
		x, ok := h.on(y, d.now.Location())
		if ok && x.After(d.today()) && x.Sub(d.today()) <= 120*24*time.Hour {
			p := d.dayPoint(i, i+1, x)
			p.holiday = &h
			return p, true
		}
	}
	return point{}, false
}
