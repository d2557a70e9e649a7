package parse

import "time"

// inMonth reads what follows a month: a day, 初, 底, 上旬, 第一周.
func (d *dater) inMonth(p point) point {
	t := &d.t
	k := t.blank(t.opt(p.j, "的"))
	y, m := p.start.Year(), p.start.Month()
	last := p.end.AddDate(0, 0, -1)
	part := func(j, from, to int) point {
		q := p
		q.j, q.grain = j, grainXun
		q.start = p.start.AddDate(0, 0, from-1)
		if to < 29 {
			q.end = p.start.AddDate(0, 0, to)
		}
		return q
	}
	if j := t.any(k, "上旬", "初"); j > 0 && t.any(k, "初一", "初二", "初三", "初四", "初五", "初六", "初七", "初八", "初九", "初十", "初步", "初稿", "初审") < 0 {
		return part(j, 1, 10)
	}
	if j := t.any(k, "今天", "今日", "这一天", "的今天"); j > 0 {
		if x, ok := d.day(y, m, d.now.Day()); ok {
			return d.dayPoint(p.i, j, x)
		}
		return p
	}
	if j := t.any(k, "上半月", "前半月", "上半个月"); j > 0 {
		return part(j, 1, 15)
	}
	if j := t.any(k, "下半月", "后半月", "下半个月"); j > 0 {
		return part(j, 16, 31)
	}
	if j := t.any(k, "中上旬", "上中旬"); j > 0 {
		return part(j, 1, 20)
	}
	if j := t.any(k, "中下旬"); j > 0 {
		return part(j, 11, 31)
	}
	if j := t.any(k, "中旬", "中"); j > 0 && (t.before(j, "旬") || t.any(j, "国", "标", "午", "秋", "间", "心", "间") < 0) {
		q := part(j, 11, 20)
		q.due = p.start.AddDate(0, 0, 14)
		return q
	}
	if j := t.any(k, "下旬"); j > 0 {
		return part(j, 21, 31)
	}
	if j := t.any(k, "月底", "底", "末", "最后一天"); j > 0 {
		q := part(j, 21, 31)
		q.due = last
		if t.before(j, "最后一天") {
			return d.dayPoint(p.i, j, last)
		}
		return q
	}
	if q, ok := d.fromEnd(p, k); ok {
		return q
	}
	if q, ok := d.weekOf(p, k); ok {
		return q
	}
	if q, ok := d.workdayOf(p, k); ok {
		return q
	}
	if j := t.any(k, "前", "头", "后", "最后"); j > 0 && p.fixed {
		if l, ok := t.length(j); ok && l.single && (l.unit == day || l.unit == week) && l.days > 0 && l.days < 28 {
			if t.any(k, "前", "头") > 0 {
				return part(l.j, 1, l.days)
			}
			q := part(l.j, 1, 31)
			q.start = p.end.AddDate(0, 0, -l.days)
			return q
		}
	}
	if n, j, ok := d.dayNumber(k, p.j != k); ok {
		if x, ok := d.day(y, m, n); ok {
			return d.dayPoint(p.i, j, x)
		}
		return p
	}
	if j := t.any(k, "第"); j > 0 {
		if n, e, ok := t.integer(j, 32); ok && t.any(e, "天", "日") > 0 {
			if x, ok := d.day(y, m, int(n)); ok {
				return d.dayPoint(p.i, e+1, x)
			}
		}
	}
	return p
}

// fromEnd counts from the end of a month: 倒数第二天, 倒数第二个周五, 倒数第三个工作日.
func (d *dater) fromEnd(p point, k int) (point, bool) {
	t := &d.t
	j := t.any(k, "倒数第")
	if j < 0 {
		return point{}, false
	}
	n, e, ok := t.integer(j, 24)
	if !ok || n < 1 {
		return point{}, false
	}
	last := p.end.AddDate(0, 0, -1)
	if e := t.any(e, "天", "日"); e > 0 {
		return d.dayPoint(p.i, e, last.AddDate(0, 0, 1-int(n))), true
	}
	e = t.opt(e, "个")
	if f := t.any(e, "工作日", "工作天"); f > 0 {
		for x := last; x.After(p.start.AddDate(0, 0, -1)); x = x.AddDate(0, 0, -1) {
			if !d.isWorkday(x) {
				continue
			}
			if n--; n == 0 {
				return d.dayPoint(p.i, f, x), true
			}
		}
		return point{}, false
	}
	if f := t.any(e, "星期", "礼拜", "周"); f > 0 {
		if w, g := d.weekdayName(f); w >= 0 {
			x := last.AddDate(0, 0, -((int(last.Weekday())-(w+1)+14)%7)-7*(int(n)-1))
			return d.dayPoint(p.i, g, x), true
		}
	}
	return point{}, false
}

// weekOf reads 第三周, 最后一周, 第二个星期五 of a month or a year; weeks are counted from its first Monday.
func (d *dater) weekOf(p point, k int) (point, bool) {
	t := &d.t
	n := 0
	j := t.any(k, "最后一个", "最后一")
	if j > 0 {
		n = -1
	} else {
		if j = t.any(k, "第", "头", "首"); j < 0 {
			return point{}, false
		}
		v, e, ok := t.integer(j, 54)
		if t.at(k) == '首' {
			v, e, ok = 1, j, true
		}
		if !ok || v < 1 {
			return point{}, false
		}
		n, j = int(v), t.opt(e, "个")
	}
	j = t.any(j, "星期", "礼拜", "周")
	if j < 0 {
		return point{}, false
	}
	if w, e := d.weekdayName(j); w >= 0 && n != 0 {
		first := p.start.AddDate(0, 0, (w+1-int(p.start.Weekday())+7)%7)
		x := first.AddDate(0, 0, 7*(n-1))
		if n < 0 {
			last := p.end.AddDate(0, 0, -1)
			x = last.AddDate(0, 0, -((int(last.Weekday()) - (w + 1) + 14) % 7))
		}
		return d.dayPoint(p.i, e, x), true
	}
	if p.grain == grainMonth && !p.fixed && !p.yearSaid && d.tense == TenseUnknown && p.start.Sub(d.now) > 300*24*time.Hour { // 三月第二周, said in April
		p.start, p.end = p.start.AddDate(-1, 0, 0), p.end.AddDate(-1, 0, 0)
	}
	first := p.start.AddDate(0, 0, (8-int(p.start.Weekday()))%7)
	if p.grain == grainYear { // GB/T 7408: the week of 4 January is the first
		first = monday(p.start.AddDate(0, 0, 3))
	}
	mon := first.AddDate(0, 0, 7*(n-1))
	if n < 0 {
		mon = monday(p.end.AddDate(0, 0, -1))
		if mon.AddDate(0, 0, 7).After(p.end) && p.grain != grainYear {
			mon = mon.AddDate(0, 0, 0)
		}
	}
	return point{i: p.i, j: j, start: mon, end: mon.AddDate(0, 0, 7), grain: grainWeek, fixed: true}, true
}

// workdayOf reads 第一个工作日, 最后一个工作日 of the stretch p.
func (d *dater) workdayOf(p point, k int) (point, bool) {
	t := &d.t
	j := t.any(k, "最后一个工作日", "最后一个工作天")
	x, step, n := p.end.AddDate(0, 0, -1), -1, int64(1)
	if j < 0 {
		e := t.any(k, "第", "头", "首")
		v, f, ok := t.integer(e, 32)
		if t.at(k) == '首' {
			v, f, ok = 1, e, true
		}
		if j = t.any(f, "个工作日", "工作日", "个工作天"); e < 0 || !ok || v < 1 || j < 0 {
			return point{}, false
		}
		x, step, n = p.start, 1, v
	}
	for range 60 {
		if d.isWorkday(x) {
			if n--; n == 0 {
				return d.dayPoint(p.i, j, x), true
			}
		}
		x = x.AddDate(0, 0, step)
	}
	return point{}, false
}

// dayNumber reads the 8日 of 3月8日; without 日 or 号 it must look like a day: 一月二十三, 十月31.
func (d *dater) dayNumber(i int, apart bool) (n, j int, ok bool) {
	t := &d.t
	v, e, ok := t.integer(i, 32)
	if !ok || v < 1 {
		return 0, 0, false
	}
	f := t.blank(e)
	if j := t.any(f, "日", "号"); j > 0 && (t.any(f, "号楼", "号店", "号线", "号机") < 0) {
		return int(v), j, true
	}
	if _, g, ok := d.rangeWord(e); ok {
		if n2, h, ok := t.integer(g, 32); ok && n2 > v && t.any(h, "日", "号") > 0 {
			return int(v), e, true
		}
	}
	if apart || t.before(i, "月份") || t.notNumber(number{i: i, j: e, arabic: isDigit(t.at(i))}) || t.countable(e) || t.any(e, "万", "千", "元", "块", ".", "点", "成", "%", "折", "w", "k") > 0 || isWord(t.at(e)) && isDigit(t.at(e-1)) {
		return 0, 0, false
	}
	return int(v), e, true
}

// partOfYear reads the halves, quarters, seasons and edges of a year, and its n-th weeks and days.
func (d *dater) partOfYear(i, k, y int) (point, bool) {
	t := &d.t
	months := func(j, from, to int, g grain) (point, bool) {
		a := d.monthPoint(i, j, y, time.Month(from))
		b := d.monthPoint(i, j, y, time.Month(to))
		a.end, a.grain = b.end, g
		return a, true
	}
	if q, n, j := d.quarter(k); j > 0 {
		p, ok := months(j, 3*q-2, 3*(q+n-1), grainQuarter)
		if e := t.any(j, "末", "底"); e > 0 {
			p.j, p.due = e, p.end.AddDate(0, 0, -1)
			p.start = p.end.AddDate(0, -1, 0)
		} else if e := t.any(j, "初"); e > 0 {
			p.j, p.end = e, p.start.AddDate(0, 1, 0)
		} else if l, good := t.length(max(t.any(j, "的前", "的头", "的后", "的最后"), 0)); good && t.at(j) == '的' && l.single && l.unit == month && l.n.IsInt() && l.n.Cmp(ratInt(3)) < 0 {
			months := int(l.n.Num().Int64()) // 三季度的前两个月
			if p.j = l.j; t.any(j, "的前", "的头") > 0 {
				p.end = p.start.AddDate(0, months, 0)
			} else {
				p.start = p.end.AddDate(0, -months, 0)
			}
		}
		return p, ok
	}
	if j := t.any(t.opt(k, "的"), "今天", "今日"); j > 0 {
		x, ok := d.day(y, d.now.Month(), d.now.Day())
		if !ok { // 29 February
			x, ok = d.day(y, d.now.Month(), d.now.Day()-1)
		}
		return d.dayPoint(i, j, x), ok
	}
	if j := t.any(k, "上半年", "前半年", "H1", "h1"); j > 0 {
		return months(j, 1, 6, grainHalf)
	}
	if j := t.any(k, "下半年", "后半年", "H2", "h2"); j > 0 {
		return months(j, 7, 12, grainHalf)
	}
	if j := t.any(k, "伊始", "开年", "年头", "开头"); j > 0 {
		return months(j, 1, 1, grainMonth)
	}
	if j := t.any(k, "年初", "初"); j > 0 && !isChineseDigit(t.at(j)) && t.at(j) != '十' && t.at(j) != '夏' && t.at(j) != '冬' && t.at(j) != '秋' && t.at(j) != '春' && t.at(j) != '步' {
		p, ok := months(j, 1, 2, grainXun)
		p.due = p.start.AddDate(0, 0, 9)
		return p, ok
	}
	if j := t.any(k, "年中"); j > 0 || t.at(k) == '中' && t.any(k, "中秋", "中元", "中旬", "中国") < 0 && t.before(k, "年") {
		if j < 0 {
			j = k + 1
		}
		p, ok := months(j, 6, 7, grainXun)
		p.due = d.monthPoint(i, j, y, 6).end.AddDate(0, 0, -1)
		return p, ok
	}
	if j := t.any(k, "年底", "年末", "年尾", "岁末", "底", "末"); j > 0 && t.before(t.opt(k, "年", "岁"), "年", "岁") {
		p, ok := months(j, 12, 12, grainXun)
		p.due = time.Date(y, 12, 31, 0, 0, 0, 0, d.now.Location())
		return p, ok
	}
	for n, w := range []string{"春", "夏", "秋", "冬"} {
		if j := t.any(k, w+"季", w+"天"); j > 0 {
			return d.season(i, j, y, n), true
		}
	}
	return d.partCount(i, k, y)
}

// season gives 春 as March to May, and so on; winter reaches into the next year.
func (d *dater) season(i, j, y, n int) point {
	a := d.monthPoint(i, j, y, time.Month(3+3*n))
	a.end, a.grain = a.start.AddDate(0, 3, 0), grainQuarter
	return a
}

// partCount reads 前十一个月, 后三个月, 第三十七个星期, 第十天 of a year.
func (d *dater) partCount(i, k, y int) (point, bool) {
	t := &d.t
	p := d.yearPoint(i, k, y)
	if j := t.any(k, "前", "头", "后", "最后"); j > 0 {
		l, ok := t.length(j)
		if w, _ := d.weekdayName(l.j); ok && l.unit == week && w >= 0 {
			ok = false // 最后一个星期天
		}
		if ok && l.single && l.n.IsInt() && (l.unit == month || l.unit == day || l.unit == week) {
			n := int(l.n.Num().Int64() % 400)
			step := func(x time.Time, n int) time.Time {
				switch l.unit {
				case month:
					return x.AddDate(0, n, 0)
				case week:
					return x.AddDate(0, 0, 7*n)
				}
				return x.AddDate(0, 0, n)
			}
			p.j, p.grain = l.j, grainQuarter
			if t.any(k, "前", "头") > 0 {
				p.end = step(p.start, n)
			} else {
				p.start = step(p.end, -n)
			}
			return p, true
		}
	}
	if q, ok := d.weekOf(p, k); ok {
		return q, true
	}
	if j := t.any(k, "第"); j > 0 {
		if n, e, ok := t.integer(j, 367); ok && n > 0 && t.any(e, "天", "日") > 0 {
			return d.dayPoint(i, e+1, p.start.AddDate(0, 0, int(n)-1)), true
		}
	}
	if j := t.any(k, "最后一天"); j > 0 {
		return d.dayPoint(i, j, p.end.AddDate(0, 0, -1)), true
	}
	if j := t.any(k, "第一天", "首日"); j > 0 {
		return d.dayPoint(i, j, p.start), true
	}
	return point{}, false
}

// quarter reads 第三季度, 三季度, Q1, 首季度, 前两个季度: the first quarter and how many.
func (d *dater) quarter(i int) (q, n, j int) {
	t := &d.t
	if t.any(i, "Q", "q") > 0 && t.at(i+1) >= '1' && t.at(i+1) <= '4' && !isWord(t.at(i+2)) && !isWord(t.at(i-1)) {
		return int(t.at(i+1) - '0'), 1, t.opt(i+2, "季度", "季")
	}
	if j := t.any(i, "首季度", "首季", "头一季度"); j > 0 {
		return 1, 1, j
	}
	if j := t.any(i, "末季度", "最后一个季度", "最后一季度", "末季"); j > 0 {
		return 4, 1, j
	}
	if k := t.any(i, "前", "头", "后", "最后"); k > 0 {
		if v, e, ok := t.integer(k, 5); ok && v > 0 {
			if j := t.any(e, "个季度", "季度"); j > 0 {
				if t.any(i, "前", "头") > 0 {
					return 1, int(v), j
				}
				return 5 - int(v), int(v), j
			}
		}
		return 0, 0, -1
	}
	k := t.opt(i, "第")
	v, e, ok := t.integer(k, 5)
	if !ok || v < 1 || isDigit(t.at(k-1)) || isChineseDigit(t.at(k-1)) {
		return 0, 0, -1
	}
	if f := t.any(e, "、", ",", "和", "与"); f > 0 { // 三、四季度
		if last, g, ok := t.integer(t.opt(f, "第"), 5); ok && last == v+1 && t.any(g, "季度") > 0 {
			return int(v), 2, t.any(g, "季度")
		}
	}
	if _, f, ok := d.rangeWord(e); ok { // 1到3季度
		if last, g, ok := t.integer(t.opt(f, "第"), 5); ok && last > v && t.any(g, "季度") > 0 {
			return int(v), int(last-v) + 1, t.any(g, "季度")
		}
	}
	if j := t.any(e, "个季度", "季度", "季"); j > 0 && (t.before(j, "度") || k > i) && (k > i || t.before(j, "季度") && t.at(e) != '个') {
		return int(v), 1, j
	}
	return 0, 0, -1
}

// partYear reads parts of a year said without one: 上半年, 第三季度, 上个季度, 年底.
func (d *dater) partYear(i int, base *point) (point, bool) {
	t := &d.t
	now := d.now
	for _, w := range weekPrefixes {
		if j := t.lit(i, w.word); j > 0 {
			if k := t.any(t.opt(j, "一个", "个", "一"), "季度", "季"); k > 0 && w.word != "今" {
				q := (int(now.Month())-1)/3 + w.weeks
				p := d.monthPoint(i, k, now.Year(), time.Month(q*3+1))
				p.end, p.grain, p.fixed = p.start.AddDate(0, 3, 0), grainQuarter, true
				if e := t.any(k, "末", "底"); e > 0 {
					p.j, p.due = e, p.end.AddDate(0, 0, -1)
				}
				return p, true
			}
		}
	}
	if j := t.any(i, "季度末", "季末", "季度底"); j > 0 {
		q := (int(now.Month()) - 1) / 3
		p := d.monthPoint(i, j, now.Year(), time.Month(q*3+3))
		p.due, p.grain = p.end.AddDate(0, 0, -1), grainXun
		return p, true
	}
	if j := t.any(i, "上半个月", "上半月", "前半个月", "前半月", "下半个月", "下半月", "后半个月", "后半月"); j > 0 {
		p := d.monthPoint(i, j, now.Year(), now.Month())
		p.grain, p.fixed = grainXun, true
		if t.any(i, "上", "前") > 0 {
			p.end = p.start.AddDate(0, 0, 15)
		} else {
			p.start = p.start.AddDate(0, 0, 15)
		}
		return p, true
	}
	if t.any(i, "前半年", "后半年") > 0 {
		return d.partOfYear(i, i, now.Year())
	}
	if t.any(i, "前", "后", "头", "第", "初", "底", "末", "中", "最后") > 0 {
		if _, n, j := d.quarter(i); j > 0 && (n == 1 || t.at(i) == '前') {
			return d.partOfYear(i, i, now.Year())
		}
		return point{}, false
	}
	y := now.Year()
	if base != nil {
		y = base.start.Year()
	}
	return d.partOfYear(i, i, y)
}
