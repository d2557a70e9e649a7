package parse

import (
	"strings"
	"time"
	"unicode/utf8"
)

// grain is how fine a point in time is said.
type grain int

const (
	grainYear grain = iota
	grainHalf
	grainQuarter
	grainMonth
	grainXun // 上旬, 月初
	grainWeek
	grainWeekend
	grainDay
	grainPart  // 上午
	grainClock // 三点半, 5分钟之后
)

// point is a stretch of time as said: a day, a clock time, a week. end is exclusive.
type point struct {
	i, j       int
	start, end time.Time
	grain      grain
	fixed      bool      // anchored by its own words (明年, 本周), not by tense
	due        time.Time // as the date of a to-do, where it is not start: 月底
	part       *dayPart
	holiday    *holiday
	bareHour   bool // clock time that could be morning or evening
	ago        bool // N天后, N天前
	yearSaid   bool
	noDay      bool // a clock time alone
	weekday    bool // 周二: tense decides
	monthDay   bool // 3月8日, 20号: tense decides
}

// dater reads points in time at a moment.
type dater struct {
	t     text
	now   time.Time
	tense Tense
	cal   Calendar
	loose bool // whole expressions: a bare 2018 is a year, 八点 needs no context
}

func (d *dater) today() time.Time { return midnight(d.now) }

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

func (d *dater) day(y int, m time.Month, n int) (time.Time, bool) {
	x := time.Date(y, m, n, 0, 0, 0, 0, d.now.Location())
	return x, x.Month() == m && x.Day() == n && y >= 1 && y <= 9999
}

func (d *dater) dayPoint(i, j int, x time.Time) point {
	return point{i: i, j: j, start: x, end: x.AddDate(0, 0, 1), grain: grainDay}
}

func (d *dater) monthPoint(i, j, y int, m time.Month) point {
	x := time.Date(y, m, 1, 0, 0, 0, 0, d.now.Location())
	return point{i: i, j: j, start: x, end: x.AddDate(0, 1, 0), grain: grainMonth}
}

func (d *dater) yearPoint(i, j, y int) point {
	x := time.Date(y, 1, 1, 0, 0, 0, 0, d.now.Location())
	return point{i: i, j: j, start: x, end: x.AddDate(1, 0, 0), grain: grainYear, fixed: true, yearSaid: true}
}

// monday is the Monday of the week of x.
func monday(x time.Time) time.Time {
	return midnight(x).AddDate(0, 0, -(int(x.Weekday())+6)%7)
}

// point reads a point in time at i: a date, a date with a clock time, a clock time. base is the first half of a range.
func (d *dater) point(i int, base *point) (point, bool) {
	if j := d.t.any(i, "现在", "此时此刻", "此时", "此刻", "目前", "当前", "眼下", "这会儿", "这时候", "当下", "这一刻", "依家", "而家", "宜家"); j > 0 {
		return point{i: i, j: j, start: d.now, end: d.now, grain: grainClock, fixed: true}, true
	}
	p, ok := d.date(i, base)
	if !ok {
		return d.clockOnly(i, base)
	}
	return d.withClock(p), true
}

// withClock reads the part of the day and the clock time after a day.
func (d *dater) withClock(p point) point {
	if p.grain != grainDay {
		return p
	}
	k := d.t.blank(d.t.opt(p.j, "的", ",", "T"))
	if p.holiday != nil && d.t.before(p.j, "夜") {
		k = p.j - 1 // 除夕夜八点
	}
	if c, ok := d.clock(k, true); ok {
		at := c.on(p.start)
		q := p
		q.j, q.start, q.end, q.grain, q.part, q.bareHour = c.j, at, at, grainClock, c.part, c.bare
		if c.hi > 0 {
			q.end = at.Add(time.Hour)
		}
		return q
	}
	if part, j := d.dayPart(k); part != nil {
		return p.inPart(part, j)
	}
	if j := d.t.any(k, "这个时候", "这时候", "这会儿", "这个点", "此时", "同一时间", "同样时间", "现在这个时间"); j > 0 {
		p.j, p.start = j, p.start.Add(d.now.Sub(d.today()))
		p.end, p.grain = p.start, grainClock
	}
	return p
}

func (p point) inPart(part *dayPart, j int) point {
	q := p
	q.j, q.part, q.grain = j, part, grainPart
	q.start = midnight(p.start).Add(time.Duration(part.from) * time.Minute)
	q.end = midnight(p.start).Add(time.Duration(part.to) * time.Minute)
	return q
}

type dateReader = func(d *dater, i int, base *point) (point, bool)

// dateReaders read a day or something coarser, the surest first.
var dateReaders []dateReader

func init() { // they refer to each other
	dateReaders = []dateReader{
		(*dater).iso, (*dater).dayWord, (*dater).ago, (*dater).weekDay, (*dater).decade, (*dater).yearDate, (*dater).monthWord,
		(*dater).monthDate, (*dater).holidayDate, (*dater).lunarDate, (*dater).nthDay, (*dater).dayOfMonth, (*dater).partYear,
	}
}

// date reads a day or something coarser at i.
func (d *dater) date(i int, base *point) (point, bool) {
	for _, read := range dateReaders {
		if p, ok := read(d, i, base); ok {
			p.i = i
			return d.weekdayAfter(p), true
		}
	}
	return point{}, false
}

// weekdayAfter skips (星期三) behind a date.
func (d *dater) weekdayAfter(p point) point {
	if p.grain != grainDay || p.weekday {
		return p
	}
	k := d.t.opt(p.j, "(", ",", " ")
	j := d.t.any(k, "星期", "周", "礼拜")
	if j < 0 {
		return p
	}
	n, j := d.weekdayName(j)
	if n < 0 || (n+1)%7 != int(p.start.Weekday()) {
		return p
	}
	p.j = j
	if d.t.at(k-1) == '(' {
		p.j = d.t.opt(j, ")")
	}
	return p
}

// weekdayName reads the 三 of 周三: 0 is Monday.
func (d *dater) weekdayName(i int) (n, j int) {
	switch c := d.t.at(i); c {
	case '一', '二', '三', '四', '五', '六':
		return int(digitValues[c]) - 1, i + 1
	case '日', '天':
		return 6, i + 1
	case '1', '2', '3', '4', '5', '6', '7':
		if !isDigit(d.t.at(i+1)) && d.t.any(i+1, "点", "号", "月", ":", ".") < 0 {
			return int(c-'1') % 7, i + 1
		}
	}
	return -1, -1
}

var dayWords = []struct {
	word string
	days int
}{
	{"大大前天", -4},
	{"大大后天", 4},
	{"大前天", -3},
	{"大前日", -3},
	{"大后天", 3},
	{"大后日", 3},
	{"大后儿", 3},
	{"大前儿", -3},
	{"今天", 0},
	{"今日", 0},
	{"本日", 0},
	{"今朝", 0},
	{"明朝", 1},
	{"今儿个", 0},
	{"今儿", 0},
	{"当天", 0},
	{"当日", 0},
	{"同一天", 0},
	{"同日", 0},
	{"今早", 0},
	{"今晨", 0},
	{"今晚", 0},
	{"今夜", 0},
	{"当晚", 0},
	{"明天", 1},
	{"明日", 1},
	{"明儿个", 1},
	{"明儿", 1},
	{"翌日", 1},
	{"次日", 1},
	{"第二天", 1},
	{"隔天", 1},
	{"明早", 1},
	{"明晨", 1},
	{"明晚", 1},
	{"明夜", 1},
	{"后天", 2},
	{"后日", 2},
	{"后儿", 2},
	{"后晚", 2},
	{"昨天", -1},
	{"昨日", -1},
	{"昨儿个", -1},
	{"昨儿", -1},
	{"昨早", -1},
	{"昨晨", -1},
	{"昨晚", -1},
	{"昨夜", -1},
	{"前天", -2},
	{"前日", -2},
	{"前儿", -2},
	{"寻日", -1},
	{"噚日", -1},
	{"听日", 1},
	{"琴日", -1},
	{"尋日", -1},
	{"寻晚", -1},
	{"听晚", 1},
	{"听朝", 1},
	{"前晚", -2},
}

var dayWordStarts = func() *runeSet {
	s := &runeSet{}
	for _, w := range dayWords {
		c, _ := utf8.DecodeRuneInString(w.word)
		s.add(c)
	}
	return s
}()

// dayPairs are two days said in one word.
var dayPairs = []struct {
	word string
	days int
}{{"今明两天", 0}, {"今明天", 0}, {"今明", 0}, {"明后两天", 1}, {"明后天", 1}, {"昨今两天", -1}, {"这一两天", 0}}

func (d *dater) dayWord(i int, base *point) (point, bool) {
	for _, w := range yearSpans {
		if j := d.t.lit(i, w.word); j > 0 {
			p := d.dayPoint(i, j, time.Date(d.today().Year()+w.from, 1, 1, 0, 0, 0, 0, d.now.Location()))
			p.end, p.grain, p.fixed = p.start.AddDate(w.n, 0, 0), grainYear, true
			return p, true
		}
	}
	for _, w := range dayPairs {
		if j := d.t.lit(i, w.word); j > 0 && !(w.word == "今明" && d.t.any(j, "年", "月") > 0) {
			p := d.dayPoint(i, j, d.today().AddDate(0, 0, w.days))
			p.end, p.grain, p.fixed = p.end.AddDate(0, 0, 1), grainWeekend, true
			return p, true
		}
	}
	if !dayWordStarts.has(d.t.at(i)) {
		return point{}, false
	}
	for _, w := range dayWords {
		j := d.t.lit(i, w.word)
		if j < 0 {
			continue
		}
		c := d.t.at(j - 1)
		if c == '早' || c == '晨' || c == '晚' || c == '夜' || c == '朝' {
			j--
		}
		if d.t.at(j-1) == '儿' {
			j = d.t.opt(j, "个")
		}
		p := d.dayPoint(i, j, d.today().AddDate(0, 0, w.days))
		p.fixed = true
		if base != nil && d.t.any(i, "当", "同") > 0 {
			p = d.dayPoint(i, j, midnight(base.start))
		}
		return p, true
	}
	return d.shortDay(i)
}

// shortDays are the days said in one character, with the characters before which they are part of another word.
var shortDays = []struct {
	word  rune
	days  int
	after string
}{{'今', 0, "如当至而"}, {'昨', -1, ""}, {'明', 1, "说证发表透声聪文光黎分精简鲜高清大永建昌"}}

// shortDay reads 今, 昨 and 明 right before a part of the day or what is done: 昨上午, 今收到, 明去.
func (d *dater) shortDay(i int) (point, bool) {
	t := &d.t
	for _, w := range shortDays {
		if t.at(i) != w.word || strings.ContainsRune(w.after, t.at(i-1)) && i > 0 {
			continue
		}
		if t.any(i+1, "上午", "下午", "中午", "午后", "傍晚", "收到", "收", "去", "见", "到", "付", "打款", "汇", "转来", "转账", "寄", "发货", "签", "送", "来电", "来访", "拜访", "走访", "与", "跟", "和") < 0 || t.any(i+1, "和气", "收入", "到期") > 0 {
			continue
		}
		p := d.dayPoint(i, i+1, d.today().AddDate(0, 0, w.days))
		p.fixed = true
		return p, true
	}
	return point{}, false
}
