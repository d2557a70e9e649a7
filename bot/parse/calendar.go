package parse

import (
	"strings"
	"time"
)

// iso reads 2019-04-19, 2019/4/19, 2010.01.29, 2010 01 29, 13.5.2015, 20240307, 09-01.
func (d *dater) iso(i int, base *point) (point, bool) {
	t := &d.t
	if !isDigit(t.at(i)) || isWord(t.at(i-1)) || (t.at(i-1) == '.' || t.at(i-1) == '-') && isWord(t.at(i-2)) && base == nil {
		return point{}, false
	}
	a, an, k := t.digits(i)
	sep := t.at(k)
	if an == 8 {
		return d.isoDay(i, k, a/10000, a/100%100, a%100)
	}
	if sep != '-' && sep != '/' && sep != '.' && sep != ' ' {
		return point{}, false
	}
	b, bn, k2 := t.digits(k + 1)
	if bn == 0 || bn > 2 {
		return point{}, false
	}
	c, cn, k3 := 0, 0, k2
	if t.at(k2) == sep {
		c, cn, k3 = t.digits(k2 + 1)
	}
	switch {
	case an == 4 && (cn == 1 || cn == 2) && !isDigit(t.at(k3)):
		return d.isoDay(i, t.opt(k3, "日", "号"), a, b, c)
	case an == 4 && cn == 0 && sep != ' ' && sep != '.' && a > 1900 && a < 2100 && b >= 1 && b <= 12 && (d.loose || bn == 2) && !isWord(t.at(k2)):
		p := d.monthPoint(i, k2, a, time.Month(b))
		p.fixed, p.yearSaid = true, true
		return p, true
	case cn == 4 && an <= 2 && a <= 31 && b <= 12:
		return d.isoDay(i, k3, c, b, a)
	case cn == 4 && an <= 2 && a <= 12 && b <= 31:
		return d.isoDay(i, k3, c, a, b)
	case cn == 0 && an <= 2 && (sep == '/' || sep == '-' && an == 2 && bn == 2 && d.loose) && a >= 1 && a <= 12 && b >= 1 && b <= 31 && (d.loose || t.dateHint(k2) || t.alone(i, k2)):
		return d.yearless(i, t.opt(k2, "日", "号"), time.Month(a), b, base)
	case an == 2 && sep == '.' && (cn == 1 || cn == 2) && a > d.now.Year()%100-10 && a < d.now.Year()%100+10 && b >= 1 && b <= 12 && !isWord(t.at(k3)) && t.at(k3) != '.':
		return d.isoDay(i, t.opt(k3, "日", "号"), d.now.Year()/100*100+a, b, c) // 26.4.15
	case cn == 0 && an <= 2 && bn <= 2 && sep == '.' && a >= 1 && a <= 12 && b >= 1 && b <= 31 && d.dotted(i, k2, base):
		return d.yearless(i, t.opt(k2, "日", "号"), time.Month(a), b, base)
	}
	return point{}, false
}

// dotted tells 3.16-3.20 and 4.18 the days from 4.18 the number: it is all there is, one end of a range of such, or named
// a day by what follows.
func (d *dater) dotted(i, j int, base *point) bool {
	t := &d.t
	day := func(k int) (int, bool) {
		a, an, e := t.digits(k)
		b, bn, f := t.digits(e + 1)
		return f, t.at(e) == '.' && an > 0 && an < 3 && bn > 0 && bn < 3 && a >= 1 && a <= 12 && b >= 1 && b <= 31 && !isWord(t.at(f)) && t.at(f) != '.' && t.any(f, "万", "元", "块", "%", "w", "亿", "千") < 0
	}
	if base != nil {
		return true
	}
	if _, k, ok := d.rangeWord(j); ok {
		_, ok = day(k)
		return ok && !t.countable(j)
	}
	if !d.loose && i == t.blank(0) && t.any(t.blank(j), "拜访", "去", "到", "见", "跑", "和", "跟", "在", "上午", "下午", "早", "晚", "走访", "约", "与", "访", "星期", "周") > 0 {
		return true // 2.25拜访严科长
	}
	return d.loose && i == 0 && j == len(t.r) || t.any(j, "日", "号", "前", "之前", "以前") > 0 || d.loose && i == 0 && t.any(j, "上午", "下午", "早", "晚", " ") > 0
}

// alone reports that the runes from i to j stand between blanks or pauses.
func (t *text) alone(i, j int) bool {
	apart := func(c rune) bool { return c == 0 || strings.ContainsRune(" ,;。\n", c) }
	return apart(t.at(i-1)) && apart(t.at(j))
}

// dateHint reports that what follows a bare 3/20 speaks for a date.
func (t *text) dateHint(i int) bool {
	return t.any(t.blank(i), "前", "之前", "后", "以前", "到账", "已", "收", "付", "打", "转", "进账", "入账", "号", "日", "上午", "下午", "交", "送", "发", "签", "到", "去", "见", ",", "拜访") > 0
}

func (d *dater) isoDay(i, j, y, m, n int) (point, bool) {
	if m < 1 || m > 12 || y < 1000 {
		return point{}, false
	}
	x, ok := d.day(y, time.Month(m), n)
	if !ok || isDigit(d.t.at(j)) {
		return point{}, false
	}
	p := d.dayPoint(i, j, x)
	p.fixed, p.yearSaid = true, true
	return p, true
}

// digits reads up to 8 Arabic digits.
func (t *text) digits(i int) (v, n, j int) {
	j = i
	for isDigit(t.at(j)) && n < 9 {
		v = v*10 + int(t.r[j]-'0')
		n++
		j++
	}
	return v, n, j
}

// yearless is month m, day n in the year that base or tense calls for.
func (d *dater) yearless(i, j int, m time.Month, n int, base *point) (point, bool) {
	today := d.today()
	y := today.Year()
	from := today
	if base != nil {
		from = midnight(base.start)
		y = from.Year()
	}
	for k := 0; k < 9; k++ { // 29 February
		x, ok := d.day(y, m, n)
		switch {
		case !ok && n > 29 || !ok && m != time.February:
			return point{}, false
		case !ok && d.tense == TensePast && base == nil:
			y--
			continue
		case !ok:
			y++
			continue
		case base != nil && x.Before(from), base == nil && d.tense != TensePast && x.Before(today):
			y++
		case base == nil && d.tense == TensePast && x.After(today):
			y--
		default:
			p := d.dayPoint(i, j, x)
			p.monthDay = true
			return p, true
		}
	}
	return point{}, false
}

var weekPrefixes = []struct {
	word  string
	weeks int
}{
	{"上上上", -3}, {"大上", -2}, {"大下", 2}, {"上上", -2}, {"下下下", 3}, {"下下", 2}, {"再下", 2}, {"再上", -2}, {"上", -1}, {"下", 1}, {"这", 0}, {"本", 0}, {"今", 0}, {"当", 0},
}

// oneMore reports that the 下 at i belongs to the word before it: 列一下|下周.
func (t *text) oneMore(i int) bool {
	return t.at(i) == '下' && t.at(i+1) == '下' && t.at(i-1) == '一'
}

// weekDay reads 下周三, 这个星期一, 上周, 周末, bare 周二.
func (d *dater) weekDay(i int, base *point) (point, bool) {
	t := &d.t
	off, said, k := 0, false, i
	for _, w := range weekPrefixes {
		if j := t.lit(i, w.word); j > 0 && !t.oneMore(i) {
			off, said, k = w.weeks, true, t.opt(j, "一个", "个", "一")
			break
		}
	}
	j := t.any(k, "星期", "礼拜", "周")
	if j < 0 || !said && t.any(i-1, "一周", "两周", "每周", "四周", "圆周", "整周") > 0 || !said && t.lit(k, "周") == j && i > 0 && (isDigit(t.at(i-1)) && !(isDigit(t.at(i-2)) && isDigit(t.at(i-3))) || isChineseDigit(t.at(i-1)) || t.before(i, "几", "半", "多")) {
		return point{}, false
	}
	mon := monday(d.now).AddDate(0, 0, 7*off)
	if e := t.any(j, "末"); e > 0 {
		return d.weekend(i, e, mon, said), true
	}
	n, e := d.weekdayName(j)
	if n < 0 {
		if e, f := d.weekAgain(j); said && f > 0 {
			return d.fixedDay(i, f, mon.AddDate(0, 0, e)), true
		}
		if e := t.any(t.opt(j, "的"), "今天", "今日"); said && e > 0 {
			return d.fixedDay(i, e, d.today().AddDate(0, 0, 7*off)), true
		}
		if !said || t.before(j, "周") && t.any(j, "边", "转", "期", "围", "总", "主", "经", "工", "院", "科", "老", "校") > 0 {
			return point{}, false
		}
		return point{i: i, j: t.opt(j, "内", "里"), start: mon, end: mon.AddDate(0, 0, 7), grain: grainWeek, fixed: true}, true
	}
	x := mon.AddDate(0, 0, n)
	if !said {
		x = d.bareWeekday(n, base)
	}
	p := d.dayPoint(i, e, x)
	p.fixed, p.weekday = said, true
	if !said { // 星期天, 二月十号
		if q, ok := d.monthDate(t.opt(e, ",", " "), nil); ok && q.grain == grainDay {
			if last := q.start.AddDate(-1, 0, 0); int(q.start.Weekday()) != (n+1)%7 && int(last.Weekday()) == (n+1)%7 {
				q = d.dayPoint(i, q.j, last)
			}
			q.i = i
			return q, true
		}
	}
	if d.t.at(e) == '(' { // 下周五(20号)
		if q, ok := d.date(e+1, nil); ok && q.grain == grainDay && q.start.Day() == x.Day() && d.t.at(q.j) == ')' {
			p.j = q.j + 1
			return p, true
		}
	}
	if m, e2 := d.weekdayName(e); m == n+1 && n < 6 && t.any(e2, "点", "号", "月", "个", "台", "箱", "套", "家", "块", "万") < 0 { // 周三四
		p.j, p.end, p.grain = e2, x.AddDate(0, 0, 2), grainWeekend
	}
	return p, true
}

// weekAgain reads the 星期三 of 上周星期三.
func (d *dater) weekAgain(i int) (n, j int) {
	k := d.t.any(d.t.opt(i, "的", " "), "星期", "礼拜", "周")
	if k < 0 {
		return -1, -1
	}
	return d.weekdayName(k)
}

func (d *dater) fixedDay(i, j int, x time.Time) point {
	p := d.dayPoint(i, j, x)
	p.fixed = true
	return p
}

func (d *dater) weekend(i, j int, mon time.Time, said bool) point {
	sat := mon.AddDate(0, 0, 5)
	if !said && d.tense == TensePast && sat.After(d.today()) {
		sat = sat.AddDate(0, 0, -7)
	}
	return point{i: i, j: j, start: sat, end: sat.AddDate(0, 0, 2), grain: grainWeekend, fixed: said}
}

// bareWeekday resolves 周X by tense: the latest past one, today included, or the next one after today.
func (d *dater) bareWeekday(n int, base *point) time.Time {
	today := d.today()
	if base != nil {
		from := midnight(base.start)
		x := monday(from).AddDate(0, 0, n)
		if x.Before(from) {
			x = x.AddDate(0, 0, 7)
		}
		return x
	}
	x := monday(today).AddDate(0, 0, n)
	switch {
	case d.tense == TensePast && x.After(today):
		return x.AddDate(0, 0, -7)
	case d.tense != TensePast && !x.After(today):
		return x.AddDate(0, 0, 7)
	}
	return x
}

// tenThousands reports that the digit before the 月 at i belongs to an amount: 3万6|月底.
func (t *text) tenThousands(i int) bool {
	if t.any(i, "月底", "月末", "月初", "月中") < 0 {
		return false
	}
	i = t.unblank(i)
	return (isDigit(t.at(i-1)) || isChineseDigit(t.at(i-1))) && (t.at(i-2) == '万' || t.at(i-2) == '千' || t.at(i-2) == 'w')
}

// monthNumber reads 3月, 十二月份, the 2 of 2至4月, 首月, 第九个月.
func (d *dater) monthNumber(i int) (m time.Month, j int, ok bool) {
	t := &d.t
	if j := t.any(i, "首月", "第一个月", "头一个月", "元月份", "元月"); j > 0 && !(t.at(i) == '元' && i > 0 && (isDigit(t.at(i-1)) || isChineseDigit(t.at(i-1)) || isUnit(t.at(i-1)))) {
		return 1, j, true
	}
	if j := t.any(i, "末月", "最后一个月", "最后1个月"); j > 0 {
		return 12, j, true
	}
	if t.any(i, "七月半", "八月半") > 0 {
		return 0, 0, false // feasts
	}
	k := t.opt(i, "第")
	n, e, ok := t.integer(k, 13)
	if ok && t.tenThousands(t.blank(e)) {
		return 0, 0, false
	}
	if t.at(k) == '俩' || t.at(k) == '仨' {
		return 0, 0, false // 拖了俩月
	}
	if !ok || n < 1 || isDigit(t.at(k-1)) || isChineseDigit(t.at(k-1)) || t.at(k-1) == '.' {
		return 0, 0, false
	}
	e = t.blank(e)
	if k > i {
		j = t.any(e, "个月", "月")
		return time.Month(n), j, j > 0
	}
	if j := t.any(e, "月份", "月"); j > 0 {
		return time.Month(n), j, true
	}
	if _, f, ok := d.rangeWord(e); ok {
		if n2, g, ok := t.integer(f, 13); ok && n2 > n && t.any(g, "月") > 0 && n2 != n {
			return time.Month(n), e, true
		}
	}
	return 0, 0, false
}

// monthWord reads 上个月, 本月, 下下月 and what follows.
func (d *dater) monthWord(i int, base *point) (point, bool) {
	t := &d.t
	for _, w := range weekPrefixes {
		j := t.lit(i, w.word)
		if j < 0 || t.oneMore(i) {
			continue
		}
		k := t.any(t.opt(j, "一个", "个", "一"), "月份", "月")
		if k < 0 || t.any(k, "亮", "饼") > 0 || w.word == "今" {
			continue
		}
		first := time.Date(d.now.Year(), d.now.Month()+time.Month(w.weeks), 1, 0, 0, 0, 0, d.now.Location())
		p := d.monthPoint(i, k, first.Year(), first.Month())
		if w.word == "当" && base != nil {
			p = d.monthPoint(i, k, base.start.Year(), base.start.Month())
		}
		p.fixed = true
		return d.inMonth(p), true
	}
	if j := t.any(i, "次月", "来月"); j > 0 {
		first := time.Date(d.now.Year(), d.now.Month()+1, 1, 0, 0, 0, 0, d.now.Location())
		p := d.monthPoint(i, j, first.Year(), first.Month())
		p.fixed = true
		return d.inMonth(p), true
	}
	if t.any(i, "月初", "月底", "月末", "月中", "上旬", "中旬", "下旬") > 0 && (!isDigit(t.at(i-1)) && !isChineseDigit(t.at(i-1)) || t.tenThousands(i)) && t.at(i-1) != '个' {
		k := t.opt(i, "月")
		p := d.inMonth(d.monthPoint(i, k, d.now.Year(), d.now.Month()))
		switch {
		case base == nil && d.tense != TensePast && !p.end.After(d.today()):
			next := d.now.AddDate(0, 0, 1-d.now.Day()).AddDate(0, 1, 0)
			p = d.inMonth(d.monthPoint(i, k, next.Year(), next.Month()))
		case base == nil && d.tense == TensePast && p.start.After(d.now):
			last := d.now.AddDate(0, 0, 1-d.now.Day()).AddDate(0, -1, 0)
			p = d.inMonth(d.monthPoint(i, k, last.Year(), last.Month()))
		}
		return p, true
	}
	return point{}, false
}

// twoOf reads 五六 before a unit and gives the five.
func (d *dater) twoOf(i int, units ...string) (n, j int, ok bool) {
	k := d.t.opt(i, "十", "二十")
	a, okA := digitValues[d.t.at(k)]
	b, okB := digitValues[d.t.at(k+1)]
	if !okA || !okB || b != a+1 || a == 0 || isChineseDigit(d.t.at(i-1)) {
		return 0, 0, false
	}
	j = d.t.any(k+2, units...)
	return int(a) + 10*(k-i), j, j > 0
}

// today is the day to count from: today, or the first half of a range.
func today(d *dater, base *point) time.Time {
	if base != nil {
		return midnight(base.start)
	}
	return d.today()
}

// monthDate reads 3月, 3月8日, 十月31, 三月初 without a year.
func (d *dater) monthDate(i int, base *point) (point, bool) {
	if n, j, ok := d.twoOf(i, "月份", "月"); ok && n < 12 { // 五六月份
		y := today(d, base).Year()
		p := d.monthPoint(i, j, y, time.Month(n))
		if p.end = addMonths(p.end, 1); d.tense != TensePast && !p.end.After(d.today()) {
			p.start, p.end = addMonths(p.start, 12), addMonths(p.end, 12)
		}
		return p, true
	}
	m, j, ok := d.monthNumber(i)
	if !ok || d.t.at(i) == '首' || d.t.at(i) == '第' || d.t.at(i) == '头' || d.t.at(i) == '末' || d.t.at(i) == '最' {
		return point{}, false
	}
	today := d.today()
	probe := d.inMonth(d.monthPoint(i, j, 2024, m))
	if probe.grain == grainDay && d.t.any(d.t.opt(j, "的"), "第", "最后", "首", "倒数") < 0 {
		return d.yearless(i, probe.j, m, probe.start.Day(), base)
	}
	y := today.Year()
	if base != nil {
		y = base.start.Year()
		if m < base.start.Month() {
			y++
		}
		p := d.inMonth(d.monthPoint(i, j, y, m))
		p.monthDay = true
		return p, true
	}
	p := d.inMonth(d.monthPoint(i, j, y, m))
	if _, _, bad := d.dayNumber(j, false); bad && p.grain == grainMonth {
		return point{}, false // 2月30日
	}
	switch {
	case d.tense == TensePast && p.start.After(today):
		p = d.inMonth(d.monthPoint(i, j, y-1, m))
	case d.tense != TensePast && !p.end.After(today) && m != today.Month():
		p = d.inMonth(d.monthPoint(i, j, y+1, m))
	}
	p.monthDay = true
	return p, true
}
