package parse

import (
	"strings"
	"time"
)

// stretch is a stretch of time with a form: a point, a range, a bound, or N units from now.
type stretch struct {
	point
	form      form
	openStart bool
	openEnd   bool
	due       time.Time // as the date of a to-do
	inside    bool      // 本季度内: due by its end
	a         *point    // the point inside, for forms before and after
}

type form int

const (
	formPoint  form = iota
	formRange       // A到B
	formBefore      // A前
	formAfter       // A后, A起
	formWithin      // 三天内, 3个工作日内
	formLast        // 近30天, 过去的一周
	formNext        // 未来三个月, 后三小时
)

// rangeWord reads what joins the halves of a range.
func (d *dater) rangeWord(i int) (sure bool, j int, ok bool) {
	t := &d.t
	k := t.blank(i)
	if t.any(k, "至今") > 0 && t.any(k+2, "年", "天", "日", "晚", "早") < 0 {
		return false, i, false
	}
	if j := t.any(k, "一直到", "直到", "到", "至"); j > 0 && t.any(k, "到账", "到款", "到货", "到期", "到访", "到场", "至少", "至今止", "到时", "到现在", "到目前", "至多", "到底") < 0 {
		return true, t.blank(j), true
	}
	n := k
	for c := t.at(n); c == '-' || c == '~'; c = t.at(n) {
		n++
	}
	if n > k {
		return false, t.blank(n), true
	}
	return false, i, false
}

// timeStarts are the characters with which a time may begin.
var timeStarts = func() *runeSet {
	s := firstRunes(words("A a P p 从 自 打 由 在 截 直 不 最 至 现 此 目 当 眼 这 依 而 宜 再 过 本 今 上 下 大 同 公 西 整 农 阴 旧 正 腊 冬 闰 月 季 岁 年 节 放 长 假 第 首 元 头 末 星 礼 周 春 夏 秋 个 好 全 次 来 翌 差 F f Q q H h 伊 开 后 前 新 双 三 五 六 七 八 十 破 小 早 晚 夜 晨 凌 白 数 半 明 每 财")...)
	for _, list := range [][]string{backWords, forwardWords} {
		s.join(firstRunes(list...))
	}
	for _, p := range dayParts {
		s.join(firstRunes(p.names...))
	}
	for _, w := range yearWords {
		s.join(firstRunes(w.word))
	}
	for _, w := range dayPairs {
		s.join(firstRunes(w.word))
	}
	for _, set := range []*runeSet{dayWordStarts, holidayStarts, numberStarts} {
		s.join(set)
	}
	for c := '0'; c <= '9'; c++ {
		s.add(c)
	}
	return s
}()

// stretch reads the longest stretch of time at i.
func (d *dater) stretch(i int) (stretch, bool) {
	if !timeStarts.has(d.t.at(i)) {
		return stretch{}, false
	}
	if s, ok := d.units(i); ok {
		return s, true
	}
	t := &d.t
	k := t.opt(i, "从", "自从", "自", "打", "由", "在")
	until := t.any(i, "截止到", "截至到", "截止", "截至", "直到", "不能晚于", "不能迟于", "不得晚于", "别晚于", "不要晚于", "不能超过", "不超过", "不晚于", "不迟于", "最晚", "最迟", "至迟")
	if until > 0 {
		k = until
	}
	if e := t.any(i, "过完", "过了"); e > 0 && until < 0 {
		if p, ok := d.point(e, nil); ok && p.holiday != nil && p.holiday.public && p.grain == grainDay {
			return d.after(i, p, t.opt(p.j, "假期", "长假", "以后", "之后", "后"), false), true // 过完五一
		}
	}
	p, ok := d.point(k, nil)
	if !ok {
		return stretch{}, false
	}
	if until > 0 {
		if p.monthDay && !p.yearSaid && !p.fixed && d.tense == TenseUnknown && t.any(i, "截至") > 0 && p.start.Sub(d.now) > 200*24*time.Hour {
			p.start, p.end = addMonths(p.start, -12), addMonths(p.end, -12) // what was there by then
		}
		return d.bound(i, p, t.opt(p.j, "为止", "之前", "前", "止"), p.grain >= grainMonth), true
	}
	if s, ok := d.ranged(i, p); ok {
		return s, true
	}
	if s, ok := d.bounded(i, p); ok {
		return s, true
	}
	s := stretch{point: p, due: d.dueOf(p)}
	if p.grain <= grainWeekend {
		if j := t.any(s.j, "之内", "以内", "内"); j > 0 && t.any(s.j, "内部", "内科", "内容") < 0 || t.before(s.j, "年内", "周内") {
			s.j, s.inside = max(j, s.j), true
		}
	}
	if k > i && t.any(i, "在") < 0 && !p.yearSaid {
		s.j = p.j
	}
	if p.holiday != nil && p.holiday.public && p.grain == grainDay && t.before(p.j, "假期", "小长假", "长假", "黄金周") {
		return d.daysOff(s, p.j), true
	}
	if j := t.any(s.j, "期间", "长假期间", "假期期间", "小长假", "长假", "假期", "放假", "黄金周"); j > 0 && p.holiday != nil && p.holiday.public {
		return d.daysOff(s, j), true
	}
	s.j = t.opt(s.j, "左右", "前后", "许", "期间", "这天", "那天", "当天", "一整天")
	return s, true
}

// daysOff is the run of days off around a public holiday: 国庆长假, 五一期间.
func (d *dater) daysOff(s stretch, j int) stretch {
	for n := 0; n < 12 && !d.isWorkday(s.start.AddDate(0, 0, -1)); n++ {
		s.start = s.start.AddDate(0, 0, -1)
	}
	for n := 0; n < 12 && !d.isWorkday(s.end); n++ {
		s.end = s.end.AddDate(0, 0, 1)
	}
	s.j, s.grain = j, grainWeekend
	return s
}

// dueOf is the day or moment of a to-do due "at" p.
func (d *dater) dueOf(p point) time.Time {
	if !p.due.IsZero() {
		return p.due
	}
	switch p.grain {
	case grainClock, grainPart, grainDay:
		return p.start
	}
	return p.end.AddDate(0, 0, -1)
}

// ranged reads the second half of a range.
func (d *dater) ranged(i int, p point) (stretch, bool) {
	t := &d.t
	k := t.opt(p.j, "起", "开始")
	if j := t.any(k, "以来", "至今", "到现在"); j > 0 && p.monthDay && !p.yearSaid && p.start.After(d.now) { // 1月1号以来
		p.start, p.end = addMonths(p.start, -12), addMonths(p.end, -12)
	}
	if j := t.any(t.opt(k, ","), "至今", "到现在为止", "到现在", "到今天为止", "到目前为止", "到目前", "以来"); j > 0 && !(t.before(j, "至今") && t.any(j, "年", "天", "日", "晚", "早") > 0) {
		s := stretch{point: p, form: formAfter, openEnd: true}
		s.i, s.j, s.end = i, j, d.now
		return s, true
	}
	_, j, ok := d.rangeWord(k)
	if !ok {
		if j = t.any(p.j, "和", "与"); j < 0 {
			return stretch{}, false
		}
		q, ok := d.point(j, &p)
		if ok && t.any(q.j, "之间", "期间") < 0 && p.grain <= grainMonth && q.grain == p.grain && q.start.Equal(p.end) {
			return d.join(i, p, q) // 一月和二月
		}
		if !ok || t.any(q.j, "之间", "期间") < 0 {
			return stretch{}, false
		}
		q.j = t.any(q.j, "之间", "期间")
		return d.join(i, p, q)
	}
	if p.noDay && d.tense == TenseUnknown && p.start.Day() != d.now.Day() {
		p.start, p.end = p.start.AddDate(0, 0, -1), p.end.AddDate(0, 0, -1)
	}
	q, ok := d.point(j, &p)
	if !ok {
		return stretch{}, false
	}
	if p.grain == grainClock && q.grain < grainDay && !p.start.Equal(d.now) || p.grain == grainDay && q.grain == grainPart && !q.fixed && q.part != nil && q.j-j < 3 && t.any(j, "晚上", "下午") < 0 {
		return stretch{}, false
	}
	if e := t.any(q.j, "之前", "以前"); e > 0 && q.grain == grainDay {
		q.j, q.end = e, q.start
	}
	q.j = t.opt(q.j, "为止", "之间", "期间", "止")
	return d.join(i, p, q)
}

// join makes a range of its halves; the last day, month or year belongs to it.
func (d *dater) join(i int, p, q point) (stretch, bool) {
	if p.monthDay && !p.yearSaid && !p.fixed && p.start.After(d.now) && d.tense == TenseUnknown && p.grain == grainMonth {
		if a, b := addMonths(p.start, -12), addMonths(q.end, -12); b.After(d.now) || q.grain == grainMonth && p.start.Year() > d.now.Year() && a.Year() == d.now.Year() {
			p.start, q.end = a, b
			q.start = addMonths(q.start, -12)
		}
	}
	if back := addMonths(q.end, -12); p.monthDay && !p.yearSaid && p.grain == grainDay && q.grain == grainDay && d.tense == TenseUnknown && p.start.After(d.now) {
		switch month := addMonths(q.end, -1); {
		case back.After(d.now):
			p.start, q.start, q.end = addMonths(p.start, -12), addMonths(q.start, -12), back
		case month.After(d.now) && !strings.Contains(d.t.str(p.i, q.j), "月"):
			p.start, q.start, q.end = addMonths(p.start, -1), addMonths(q.start, -1), month
		}
	}
	if p.grain == grainClock && q.grain == grainClock && q.bareHour && p.start.Hour() >= 20 && q.start.Hour() > 12 && midnight(q.start).Equal(midnight(p.start).AddDate(0, 0, 1)) {
		q.start = q.start.Add(-12 * time.Hour) // 22点到第二天6点
	}
	end := q.end
	if q.grain == grainClock {
		end = q.start
	}
	if !end.After(p.start) {
		return stretch{}, false
	}
	s := stretch{point: p, form: formRange, due: d.dueOf(q), a: &q}
	s.i, s.j, s.end = i, q.j, end
	s.grain = p.grain
	return s, true
}

// bounded reads 前, 之前, 及以前, 后, 起 after a point.
func (d *dater) bounded(i int, p point) (stretch, bool) {
	t := &d.t
	k := t.blank(p.j)
	if e := t.any(k, "放假", "长假", "小长假", "假期"); e > 0 && p.holiday != nil && p.holiday.public && t.any(e, "之前", "以前", "前", "之后", "以后", "后", "结束后", "完") > 0 {
		k = t.opt(e, "结束")
	}
	if j := t.any(k, "及之前", "及以前", "或之前", "或以前", "及更早", "或更早", "(含)前", "(含)之前"); j > 0 {
		return d.bound(i, p, j, true), true
	}
	if j := t.any(k, "及之后", "及以后", "或之后", "或以后", "及更晚", "或更晚", "(含)后"); j > 0 {
		return d.after(i, p, j, true), true
	}
	if s, ok := d.beside(i, p, k); ok {
		return s, true
	}
	if j := t.any(k, "之前", "以前", "前"); j > 0 && t.any(k, "前后", "前期", "前台", "前面", "前往", "前去", "前沿") < 0 {
		return d.bound(i, p, j, p.grain == grainXun || !p.due.IsZero()), true
	}
	if j := t.any(k, "为止"); j > 0 {
		return d.bound(i, p, j, true), true
	}
	if j := t.any(k, "之后", "以后", "过后", "后"); j > 0 && t.any(k, "后续", "后面", "后期", "后天", "后台", "后勤") < 0 {
		s := d.after(i, p, j, p.grain < grainDay && p.grain != grainWeek || p.ago)
		k = t.opt(j, "到", "、", ",", "至", "且")
		if q, ok := d.point(k, &p); ok && !p.ago {
			if e := t.any(q.j, "之前", "以前", "前"); e > 0 && q.start.After(s.start) {
				s.form, s.end, s.openEnd, s.j = formRange, q.start, false, e
			}
		}
		return s, true
	}
	if j := t.any(k, "开始", "起", "以来", "至今", "以降"); j > 0 && t.any(k, "起草", "起来", "起步", "起飞", "起订", "开始谈") < 0 && p.grain != grainPart {
		return d.after(i, p, j, true), true
	}
	return stretch{}, false
}

// beside reads a distance from a day or a week: 清明前一天, 国庆后第三天, 春节前两周, and the days of a week: 下周前三天.
func (d *dater) beside(i int, p point, k int) (stretch, bool) {
	t := &d.t
	sign, j := -1, t.any(t.opt(k, "的"), "之前的", "之前", "以前", "前", "头")
	if j < 0 {
		if sign, j = 1, t.any(t.opt(k, "的"), "之后的", "之后", "以后", "过后", "后", "最后"); j < 0 {
			return stretch{}, false
		}
	}
	nth := t.any(j, "第")
	l, ok := t.length(max(j, nth))
	if !ok || !l.single || !l.n.IsInt() || l.workday || l.unit != day && l.unit != week || l.days < 1 || l.days > 400 || t.any(l.j, "内", "之内", "以内", "前", "后") > 0 {
		return stretch{}, false
	}
	if p.grain == grainWeek && l.unit == day && l.days < 7 && nth < 0 {
		s := stretch{point: p, form: formRange}
		s.i, s.j = i, l.j
		if sign < 0 {
			s.end = p.start.AddDate(0, 0, l.days)
		} else {
			s.start = p.end.AddDate(0, 0, -l.days)
		}
		s.due = s.end.AddDate(0, 0, -1)
		return s, true
	}
	if p.grain != grainDay || p.ago || nth > 0 && l.days == 1 && p.holiday != nil && p.holiday.public {
		return stretch{}, false
	}
	at := d.dayPoint(i, l.j, p.start.AddDate(0, 0, sign*l.days))
	at.fixed = true
	s := stretch{point: at, due: at.start}
	if nth < 0 && l.days > 1 {
		s.form, s.grain = formRange, grainDay
		if sign < 0 {
			s.end = p.start
		} else {
			s.start, s.end = p.start.AddDate(0, 0, 1), p.start.AddDate(0, 0, l.days+1)
		}
	}
	return s, true
}

// bound is the time before p; including says whether p itself belongs to it.
func (d *dater) bound(i int, p point, j int, including bool) stretch {
	s := stretch{point: p, form: formBefore, openStart: true, due: d.dueOf(p), a: &p}
	s.i, s.j = i, j
	s.end = p.start
	if including && p.grain != grainClock {
		s.end = p.end
		if !p.due.IsZero() {
			s.end = p.due.AddDate(0, 0, 1)
		}
	}
	switch {
	case p.holiday != nil && p.holiday.public && d.t.str(p.j, j) != "":
		s.due = d.lastWorkdayBefore(p.start)
	case p.grain == grainPart:
		s.due = p.start
	}
	if p.ago {
		s.due = p.start
	}
	return s
}

// after is the time from p on; including says whether p itself belongs to it.
func (d *dater) after(i int, p point, j int, including bool) stretch {
	s := stretch{point: p, form: formAfter, openEnd: true, a: &p}
	s.i, s.j = i, j
	if !including {
		s.start = p.end
	}
	s.due = p.start
	switch {
	case p.holiday != nil && p.holiday.public:
		s.due, s.j = d.firstWorkdayAfter(p.start), d.t.opt(j, "第一天", "第1天", "第一个工作日", "头一天")
	case p.grain < grainDay:
		s.due = time.Time{}
	}
	return s
}
