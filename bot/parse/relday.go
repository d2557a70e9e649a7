package parse

import (
	"strings"
	"time"
)

// ago reads N天后, 两周前, 3个工作日内 (as the day they name), and 第三天, 一个月后.
func (d *dater) ago(i int, base *point) (point, bool) {
	t := &d.t
	k := t.opt(i, "再过", "过")
	l, ok := t.length(k)
	if !ok || !t.lengthStart(i) || i > 0 && t.before(i, "每", "第", "前", "近", "过去", "未来", "最近") {
		return point{}, false
	}
	j, sign := t.beforeAfter(l.j)
	if j < 0 {
		if k == i || t.any(l.j, "的", "去") > 0 && !d.loose {
			return point{}, false
		}
		j, sign = l.j, 1
	}
	p := d.shift(l, sign)
	if l.dated(sign, t.at(i)) {
		return point{}, false
	}
	p.i, p.j, p.fixed, p.ago = i, j, true, true
	return p, true
}

// dated tells 20日前 and 3月后, which speak of the 20th and of March, from 两月后 and 三日后.
func (l length) dated(sign int, first rune) bool {
	if !l.n.IsInt() {
		return false // 一个半月后
	}
	switch l.word {
	case "月":
		return first != '两' && first != '俩' && first != '仨' && first != '几' && first != '数' && first != '半'
	case "日":
		return sign < 0 && first != '两' && first != '几' && first != '数'
	}
	return false
}

// beforeAfter reads 前 (-1) or 后 (+1) after a length of time.
func (t *text) beforeAfter(i int) (j, sign int) {
	if j := t.any(i, "之前", "以前", "前"); j > 0 && t.any(i, "前期", "前台", "前面") < 0 {
		return j, -1
	}
	if j := t.any(i, "之后", "以后", "过后", "后"); j > 0 && t.any(i, "后期", "后台", "后面", "后勤") < 0 {
		return j, 1
	}
	return -1, 0
}

// shift is now moved by a length of time: a day for days and more, a moment below.
func (d *dater) shift(l length, sign int) point {
	p := point{grain: grainDay}
	if l.unit < day || !l.single && l.least < day && l.unit == day || l.unit == day && l.single && !l.n.IsInt() && !l.workday {
		x := d.now.Add(time.Duration(sign) * time.Duration(roundRat(l.seconds)) * time.Second)
		return point{grain: grainClock, start: x, end: x}
	}
	if l.workday {
		p.start = d.workdays(int(l.n.Num().Int64()%4000), sign)
	} else {
		p.start = midnight(d.move(d.today(), l, sign))
	}
	p.end = p.start.AddDate(0, 0, 1)
	return p
}

// move adds calendar units to a moment; half units in days.
func (d *dater) move(x time.Time, l length, sign int) time.Time {
	if !l.single && l.unit >= day && l.least >= day {
		return addMonths(x, sign*l.months).AddDate(0, 0, sign*l.days)
	}
	whole, rest := l.whole()
	n := sign * whole
	switch l.unit {
	case year:
		if rest == 182 {
			rest = 0
			x = addMonths(x, sign*6)
		}
		x = addMonths(x, 12*n)
	case 90 * day:
		x = addMonths(x, 3*n)
	case month:
		x = addMonths(x, n)
	case 100 * year:
		x = addMonths(x, 1200*n)
	default:
		return x.Add(time.Duration(sign) * time.Duration(roundRat(l.seconds)) * time.Second)
	}
	return x.AddDate(0, 0, sign*rest)
}

// whole splits a length into whole first units and the days left over.
func (l length) whole() (n, days int) {
	q := roundDown(l.n)
	if l.unit == year && !l.n.IsInt() && l.single {
		return q, 182
	}
	left := roundRat(l.seconds) - int64(q)*l.unit
	return q, int(left / day)
}

func roundDown(r interface{ Float64() (float64, bool) }) int {
	f, _ := r.Float64()
	return int(min(f, 4000))
}

// addMonths keeps the day within the month it lands in.
func addMonths(x time.Time, n int) time.Time {
	first := time.Date(x.Year(), x.Month()+time.Month(n), 1, x.Hour(), x.Minute(), x.Second(), x.Nanosecond(), x.Location())
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(x.Day(), last)-1)
}

// workdays is the n-th workday after (before) today.
func (d *dater) workdays(n, sign int) time.Time {
	x := d.today()
	for steps := 0; n > 0 && steps < 8000; steps++ {
		x = x.AddDate(0, 0, sign)
		if d.isWorkday(x) {
			n--
		}
	}
	return x
}

func (d *dater) isWorkday(x time.Time) bool {
	if d.cal == nil {
		return Weekdays{}.IsWorkday(x.Date()) && !statutory(x)
	}
	return d.cal.IsWorkday(x.Date()) && !statutory(x)
}

// lastWorkdayBefore and firstWorkdayAfter serve 国庆前 and 节后.
func (d *dater) lastWorkdayBefore(x time.Time) time.Time {
	for range 30 {
		x = x.AddDate(0, 0, -1)
		if d.isWorkday(x) {
			return x
		}
	}
	return x
}

func (d *dater) firstWorkdayAfter(x time.Time) time.Time {
	for range 30 {
		x = x.AddDate(0, 0, 1)
		if d.isWorkday(x) {
			return x
		}
	}
	return x
}

// holidayDate reads a holiday without a year.
func (d *dater) holidayDate(i int, base *point) (point, bool) {
	named, j := d.t.holiday(i)
	if j < 0 {
		if named, j = d.shoppingDay(i); j < 0 {
			return d.someHoliday(i)
		}
	}
	h := named // on the heap, since the point refers to it
	from := d.today()
	if base != nil {
		from = midnight(base.start)
	}
	y := from.Year()
	x, ok := h.on(y, d.now.Location())
	switch {
	case !ok:
		return point{}, false
	case base == nil && d.tense == TensePast && x.After(from):
		x, _ = h.on(y-1, d.now.Location())
	case d.tense != TensePast && x.Before(from):
		x, _ = h.on(y+1, d.now.Location())
	case d.tense != TensePast && h.lunar && h.month >= 11: // 腊八 may fall into January
		if e, ok := h.on(y-1, d.now.Location()); ok && !e.Before(from) {
			x = e
		}
	}
	p := d.dayPoint(i, j, x)
	p.holiday, p.monthDay = &h, true
	return p, true
}

// shoppingDay reads 618, a day of sales that is written as a number: as all there is, or before 前, 大促 and the like.
func (d *dater) shoppingDay(i int) (holiday, int) {
	t := &d.t
	j := t.any(i, "618", "六一八")
	if j < 0 || isWord(t.at(i-1)) || isWord(t.at(j)) || isChineseDigit(t.at(i-1)) || !(d.loose && i == 0 && j == len(t.r)) && t.any(j, "前", "之前", "以前", "后", "之后", "大促", "活动", "促销", "期间", "当天", "备货") < 0 {
		return holiday{}, -1
	}
	return holiday{month: 6, day: 18}, j
}

// someHoliday reads the 节 of 节后 and 节前: the next public holiday.
func (d *dater) someHoliday(i int) (point, bool) {
	if p, ok := d.newYear(i); ok {
		return p, true
	}
	j := d.t.any(i, "放假", "长假", "假期", "过完节", "节")
	if j < 0 || d.t.any(j, "前", "后", "之前", "之后", "以后", "以前") < 0 || d.t.at(j-1) == '节' && i > 0 && strings.ContainsRune("季环细章关调情音脱礼使春", d.t.at(i-1)) {
		return point{}, false
	}
	h, x := nextPublic(d.today())
	if last, y := lastPublic(d.today()); d.tense == TensePast && !y.IsZero() && d.t.any(j, "后", "之后", "以后") > 0 {
		h, x = last, y
	}
	if e := d.t.any(d.t.opt(d.t.any(j, "之后", "以后", "后"), "的"), "头一天", "第一天", "头天", "首日", "第一个工作日", "首个工作日", "上班第一天", "上班头一天", "开工第一天"); e > 0 {
		return d.dayPoint(i, e, d.firstWorkdayAfter(x)), true
	}
	p := d.dayPoint(i, j, x)
	p.holiday = &h
	return p, true
}

var lunarMonths = []struct {
	word string
	m    int
}{{"正月", 1}, {"腊月", 12}, {"冬月", 11}}

// lunarDate reads 农历八月十五, 正月初八, 腊月初十, 初五 without a year.
func (d *dater) lunarDate(i int, base *point) (point, bool) {
	t := &d.t
	k := t.opt(i, "农历", "阴历", "旧历")
	marked := k > i
	k = t.opt(k, "的")
	m, j, ok := d.lunarMonthAt(k)
	if !ok || !marked && t.any(k, "正月", "腊月", "冬月") < 0 && t.at(j) != '初' {
		return point{}, false
	}
	y := lunarYearOf(d.today())
	p, ok := d.lunarInMonth(i, j, y, m)
	if !ok {
		return p, false
	}
	if d.tense != TensePast && !p.end.After(d.today()) {
		return d.lunarInMonth(i, j, y+1, m)
	}
	if d.tense == TensePast && p.start.After(d.today()) {
		return d.lunarInMonth(i, j, y-1, m)
	}
	return p, true
}

func (d *dater) lunarMonthAt(i int) (m, j int, ok bool) {
	for _, w := range lunarMonths {
		if j := d.t.any(i, w.word); j > 0 {
			return w.m, j, true
		}
	}
	n, e, ok := d.t.integer(d.t.opt(i, "闰"), 13)
	if !ok || n < 1 {
		return 0, 0, false
	}
	j = d.t.any(e, "月份", "月")
	if d.t.at(i) == '闰' {
		return -int(n), j, j > 0
	}
	return int(n), j, j > 0
}

// lunarIn reads a lunar month and day after a year.
func (d *dater) lunarIn(i, k, y int) (point, bool) {
	k = d.t.opt(k, "的")
	m, j, ok := d.lunarMonthAt(k)
	if !ok {
		if e := d.t.any(k, "大年初"); e > 0 {
			return d.lunarInMonth(i, e-1, y, 1)
		}
		return point{}, false
	}
	return d.lunarInMonth(i, j, y, m)
}

func (d *dater) lunarInMonth(i, k, y, m int) (point, bool) {
	first, days, ok := lunarMonth(y, max(m, -m), m < 0, d.now.Location())
	if !ok {
		return point{}, false
	}
	if n, j, ok := d.t.integer(d.t.opt(k, "初"), 31); ok && n >= 1 {
		return d.dayPoint(i, d.t.opt(j, "日", "号"), first.AddDate(0, 0, min(int(n), days)-1)), true
	}
	if j := d.t.any(k, "底", "末"); j > 0 {
		return d.dayPoint(i, j, first.AddDate(0, 0, days-1)), true
	}
	return point{i: i, j: k, start: first, end: first.AddDate(0, 0, days), grain: grainMonth, monthDay: true}, true
}

// nthDay reads 第三天 as counted from today, which is the first.
func (d *dater) nthDay(i int, base *point) (point, bool) {
	j := d.t.any(i, "第")
	if j < 0 {
		return point{}, false
	}
	n, e, ok := d.t.integer(j, 366)
	if !ok || n < 1 || d.t.any(e, "天") < 0 {
		return point{}, false
	}
	return d.dayPoint(i, e+1, d.today().AddDate(0, 0, int(n)-1)), true
}

// dayOfMonth reads 20号, 30日, the 10 of 10到12号, and 十五六号.
func (d *dater) dayOfMonth(i int, base *point) (point, bool) {
	t := &d.t
	k := t.opt(i, "本月", "这个月")
	if isWord(t.at(k-1)) || isChineseDigit(t.at(k-1)) || t.at(k-1) == '月' && k == i || t.at(k-1) == '.' || t.at(k-1) == '-' && isWord(t.at(k-2)) && base == nil {
		return point{}, false
	}
	days := 1
	n, j, ok := d.twoOf(k, "号", "日")
	if ok {
		days = 2
	} else if n, j, ok = d.dayWithUnit(k); !ok {
		return point{}, false
	}
	x, ok := d.monthDay(n, base)
	if !ok {
		return point{}, false
	}
	p := d.dayPoint(i, j, x)
	p.monthDay = true
	if days == 2 {
		p.end, p.grain = x.AddDate(0, 0, 2), grainWeekend
	}
	return p, true
}

// dayWithUnit reads a number with 日 or 号 that is a day, not 2号楼.
func (d *dater) dayWithUnit(k int) (n, j int, ok bool) {
	t := &d.t
	v, e, ok := t.integer(k, 32)
	if !ok || v < 1 {
		return 0, 0, false
	}
	if j = t.any(t.blank(e), "日", "号"); j > 0 {
		return int(v), j, t.any(j, "楼", "店", "线", "机", "合同", "仓", "厂", "院", "桥", "单", "产品", "元", "库", "车", "柜", "地块", "文件", "项目", "门") < 0
	}
	_, f, isRange := d.rangeWord(e)
	n2, g, ok := t.integer(f, 32)
	return int(v), e, isRange && ok && n2 > v && t.any(g, "日", "号") > 0
}

// monthDay is the n-th of the month that base or tense calls for.
func (d *dater) monthDay(n int, base *point) (time.Time, bool) {
	from := d.today()
	if base != nil {
		from = midnight(base.start)
	}
	back := base == nil && d.tense == TensePast
	first := time.Date(from.Year(), from.Month(), 1, 0, 0, 0, 0, from.Location())
	for step := range 4 {
		m := first.AddDate(0, step, 0)
		if back {
			m = first.AddDate(0, -step, 0)
		}
		x, ok := d.day(m.Year(), m.Month(), n)
		if ok && (back && !x.After(from) || !back && !x.Before(from)) {
			return x, true
		}
	}
	return time.Time{}, false
}
