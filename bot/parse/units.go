package parse

import "time"

var (
	backWords    = words("过去的这 过去的 过去 最近的这 最近的 最近 近来 近 此前的 此前 之前的 之前 以前 前面 前 上 这 头")
	forwardWords = words("未来的 未来 今后的 今后 接下来的 接下来 往后 此后的 此后 之后的 之后 以后 随后 后面 后 下 再过 再有")
)

// units reads N units counted from now: 前两周, 近30天, 后三小时, 三天内, 3个工作日内.
func (d *dater) units(i int) (stretch, bool) {
	t := &d.t
	if t.before(i, "每", "第") || !t.lengthStart(i) {
		return stretch{}, false
	}
	if s, ok := d.within(i); ok {
		return s, true
	}
	if s, ok := d.clockUnit(i); ok {
		return s, true
	}
	if l, ok := t.length(i); ok && l.single && t.any(l.j, "以来", "来") > 0 && t.any(l.j, "来了", "来到", "来的", "来回", "来电", "来人", "来年", "来自", "来我", "来公司", "来一") < 0 && l.unit >= day && !l.dated(1, t.at(i)) { // 三年来
		s := d.counted(i, l, -1, "过去")
		s.j = t.any(l.j, "以来", "来")
		return s, true
	}
	for k, list := range [][]string{backWords, forwardWords} {
		sign := 2*k - 1
		for _, w := range list {
			k := t.lit(i, w)
			if k < 0 {
				continue
			}
			l, ok := t.length(k)
			if !ok || t.at(k) == '半' && len([]rune(w)) == 1 && w != "近" || w == "前" && l.word == "季度" || len([]rune(w)) == 1 && !l.single && w != "近" {
				continue
			}
			if w == "这" && !l.many && (!l.n.IsInt() || l.n.Num().Int64() < 2) || w == "上" && t.any(k, "月", "年", "周") > 0 || t.any(l.j, "前", "后") > 0 && (w == "上" || w == "前") {
				continue
			}
			if w == "上" || w == "下" {
				if one, e, ok := t.integer(k, 100); ok && one == 1 && t.any(e, "个月", "周", "年", "个季度", "季度", "个星期", "个礼拜") > 0 {
					continue // 上一周, 下一个月: the calendar's
				}
			}
			if w == "这" && d.tense == TenseFuture {
				sign = 1
			}
			return d.counted(i, l, sign, w), true
		}
	}
	return stretch{}, false
}

// clockUnit reads 上个小时, 这一分钟, 下个小时 as the clock's.
func (d *dater) clockUnit(i int) (stretch, bool) {
	for _, w := range weekPrefixes {
		k := d.t.lit(i, w.word)
		if k < 0 {
			continue
		}
		k = d.t.opt(k, "一个", "个", "一")
		step := time.Hour
		j := d.t.any(k, "小时", "钟头")
		if j < 0 {
			step = time.Minute
			j = d.t.any(k, "分钟")
		}
		if j < 0 || d.t.before(k, "上", "下") {
			continue
		}
		a := d.now.Truncate(step).Add(time.Duration(w.weeks) * step)
		return stretch{form: formRange, point: point{i: i, j: j, start: a, end: a.Add(step), grain: grainClock, fixed: true}}, true
	}
	return stretch{}, false
}

// within reads 三天内, 24小时内, 3个工作日内, 一周之内.
func (d *dater) within(i int) (stretch, bool) {
	t := &d.t
	k := t.opt(i, "未来", "今后", "接下来", "最近", "过去", "近")
	back := t.any(i, "过去", "最近", "近") > 0
	l, ok := t.length(k)
	if !ok {
		return stretch{}, false
	}
	j := t.any(t.opt(l.j, "的"), "之内", "以内", "内", "里面", "里")
	if j < 0 && k == i && (l.workday || l.unit == hour) && t.any(l.j, "交", "给", "出", "发", "寄", "送", "完成", "回复", "答复", "响应", "到场", "到现场", "到货", "到位", "装好", "补", "解决", "修好", "处理") > 0 && t.any(i-1, "用", "了", "要", "期") < 0 {
		j = l.j // 7个工作日交
	}
	if j < 0 && k == i && l.unit >= day && d.allowed(i) {
		j = l.j // 限我们10天整改
	}
	if j < 0 {
		return stretch{}, false
	}
	if back {
		s := d.counted(i, l, -1, "过去")
		s.j = j
		return s, true
	}
	p := d.shift(l, 1)
	s := stretch{form: formWithin, openStart: true}
	s.point = point{i: i, j: j, start: d.now, end: p.end, grain: grainDay, fixed: true}
	s.due = p.start
	if p.grain == grainClock {
		s.end, s.grain = p.start, grainClock
	}
	return s, true
}

// allowed reports that the length of time at i is how long somebody is given: 限我们10天.
func (d *dater) allowed(i int) bool {
	for _, u := range ourselves {
		if d.t.before(i, "限"+u, "限定"+u, "只给"+u) {
			return true
		}
	}
	return d.t.before(i, "限", "限期", "限时", "限定") && !d.t.before(i, "年限", "期限", "权限", "上限", "有限")
}

// counted is N units back or forward from now. Days are whole days; months, quarters and years said with 上, 前, 后 are
// the calendar's.
func (d *dater) counted(i int, l length, sign int, word string) stretch {
	s := stretch{form: formNext}
	s.point = point{i: i, j: d.t.opt(l.j, "以来", "之内", "以内", "里", "内", "间"), grain: grainDay, fixed: true}
	if sign < 0 {
		s.form = formLast
	}
	calendar := word == "上" || word == "下" || word == "前" || word == "后"
	a := d.now
	switch {
	case l.unit < day:
		b := a.Add(time.Duration(sign) * time.Duration(roundRat(l.seconds)) * time.Second)
		s.start, s.end, s.grain = a, b, grainClock
		if word == "再过" || word == "再有" {
			s.start, s.end, s.openEnd, s.form = b, time.Time{}, true, formAfter
			s.due = b
			return s
		}
	case calendar && l.unit > week && l.n.IsInt():
		s.start, s.end = d.calendarUnits(l, sign)
	case calendar && l.unit == week && l.n.IsInt():
		n := int(l.n.Num().Int64() % 1000)
		s.start = monday(a)
		if sign > 0 {
			s.start = s.start.AddDate(0, 0, 7)
		}
		s.end = s.start.AddDate(0, 0, 7*n*sign)
	default:
		s.start = d.today()
		s.end = midnight(d.move(d.today(), l, sign))
		if sign > 0 && !calendar {
			s.due = s.end
		}
		if sign > 0 && calendar {
			s.start, s.end = s.start.AddDate(0, 0, 1), s.end.AddDate(0, 0, 1)
		}
	}
	if s.end.Before(s.start) {
		s.start, s.end = s.end, s.start
	}
	return s
}

func (d *dater) calendarUnits(l length, sign int) (a, b time.Time) {
	n := int(l.n.Num().Int64() % 1000)
	y, m := d.now.Year(), d.now.Month()
	months := 1
	switch l.unit {
	case year:
		m, months = 1, 12
	case 90 * day:
		m, months = (m-1)/3*3+1, 3
	case 100 * year:
		m, months = 1, 1200
	}
	a = time.Date(y, m, 1, 0, 0, 0, 0, d.now.Location())
	if sign > 0 {
		a = a.AddDate(0, months, 0)
	}
	return a, a.AddDate(0, sign*n*months, 0)
}
