package parse

import "time"

// yearWords name a year by its distance from this one.
var yearWords = []struct {
	word string
	off  int
}{
	{"大大前年", -4},
	{"大大后年", 4},
	{"大前年", -3},
	{"大后年", 3},
	{"前年", -2},
	{"后年", 2},
	{"去年", -1},
	{"上一年度", -1},
	{"上一年", -1},
	{"上年度", -1},
	{"上年", -1},
	{"昨年", -1},
	{"明年", 1},
	{"来年", 1},
	{"次年", 1},
	{"翌年", 1},
	{"下一年度", 1},
	{"下一年", 1},
	{"下年度", 1},
	{"下年", 1},
	{"今年度", 0},
	{"全年", 0},
	{"今年", 0},
	{"本年度", 0},
	{"本年", 0},
	{"当年", 0},
	{"这一年", 0},
	{"本财年", 0},
	{"今财年", 0},
	{"上一财年", -1},
	{"上个财年", -1},
	{"上财年", -1},
	{"下一财年", 1},
	{"下个财年", 1},
	{"下财年", 1},
	{"年内", 0},
}

// yearSpans are some years said in one word, by the first of them and how many there are.
var yearSpans = []struct {
	word    string
	from, n int
}{{"今明后三年", 0, 3}, {"今明两年", 0, 2}, {"今明二年", 0, 2}, {"明后两年", 1, 2}, {"去今两年", -1, 2}, {"前去两年", -2, 2}}

// yearAt reads a year with 年: 2018年, 零八年, 15年, 今年, 两年前.
func (d *dater) yearAt(i int) (y, j int, ok bool) {
	t := &d.t
	now := d.now.Year()
	for _, w := range yearWords {
		if j := t.lit(i, w.word); j > 0 && !(w.word == "年内" && (isHan(t.at(i-1)) || isDigit(t.at(i-1)))) {
			return now + w.off, t.opt(j, "度"), true
		}
	}
	k := t.opt(i, "公元", "西元")
	if j := t.any(i, "FY", "fy"); j > 0 && !isWord(t.at(i-1)) {
		if n, digits, e := t.digits(t.blank(j)); (digits == 2 || digits == 4) && !isWord(t.at(e)) {
			return n + map[int]int{2: 2000}[digits], t.opt(e, "财年", "年度", "年"), true
		}
	}
	if !isDigit(t.at(k)) && !isChineseDigit(t.at(k)) || isDigit(t.at(k-1)) || isChineseDigit(t.at(k-1)) {
		return 0, 0, false
	}
	if x, ok := t.numBefore(k, true); ok && !x.arabic && x.v.IsInt() && t.any(x.j, "年") > 0 && t.at(k+1) == '千' { // 两千零八年
		if v := x.v.Num().Int64(); v >= 1000 && v < 3000 && t.any(x.j, "年前", "年后", "年内", "年之", "年以", "年来") < 0 {
			return int(v), x.j + 1, true
		}
	}
	n, digits, j := 0, 0, k
	for ; digits < 5; digits, j = digits+1, j+1 {
		c := t.at(j)
		v, han := digitValues[c]
		if isDigit(c) {
			v = int64(c - '0')
		} else if !han || c == '两' {
			break
		}
		n = n*10 + int(v)
	}
	e := t.any(t.blank(j), "年", "财年")
	if e < 0 || t.any(e, "前", "后", "以", "之", "内", "级", "期", "多", "半", "左右", "没", "了", "保修", "质保", "试剂") > 0 && digits == 2 {
		return 0, 0, false
	}
	switch digits {
	case 4:
		return n, t.opt(e, "度"), n >= 1000
	case 2:
		if t.at(e) == '的' && !d.loose {
			return 0, 0, false
		}
		if n > now%100+20 {
			return 1900 + n, t.opt(e, "度"), true
		}
		return 2000 + n, t.opt(e, "度"), true
	}
	return 0, 0, false
}

// yearDate reads a year and what follows it: 2018年12月, 明年三月初八, 去年中秋, 07年第三季度.
func (d *dater) yearDate(i int, base *point) (point, bool) {
	y, j, ok := d.yearAt(i)
	if !ok {
		if j := d.t.any(i, "农历", "阴历", "旧历"); j > 0 {
			if y, k, ok := d.yearAt(j); ok {
				return d.lunarIn(i, k, y)
			}
		}
		return d.bareYear(i, base)
	}
	for _, k := range []int{j, d.t.opt(j, "的", " ", ",")} {
		if p, ok := d.inYear(i, k, y); ok {
			p.fixed, p.yearSaid = true, true
			return p, true
		}
	}
	return d.yearPoint(i, j, y), true
}

// bareYear reads 2018 where it can only be a year, and the 1995 of 1995 - 1997年.
func (d *dater) bareYear(i int, base *point) (point, bool) {
	t := &d.t
	y, n, j := t.digits(i)
	if n != 4 || y < 1900 || y > 2099 || isWord(t.at(i-1)) || t.at(i-1) == '.' || t.at(i-1) == '-' && isWord(t.at(i-2)) && base == nil {
		return point{}, false
	}
	if _, k, ok := d.rangeWord(j); ok {
		if y2, n2, e := t.digits(t.blank(k)); n2 == 4 && y2 >= y && (t.any(t.blank(e), "年") > 0 || d.loose && y2 < 2100 && !isWord(t.at(e)) && t.at(e) != '-' && !t.countable(e)) {
			return d.yearPoint(i, j, y), true
		}
	}
	if !d.loose || t.before(i, "分机", "型号", "编号", "工号", "尾号", "密码", "验证码", "房间", "代码", "房号", "单号", "车牌", "股票", "频道", "转", "第", "共") || t.at(j) == '-' || t.at(j) == '.' || isWord(t.at(j)) || t.at(j) == '/' || t.countable(j) || t.any(j, "元", "万", "块", "亿", ":", ",0", "%", "美", "千", "号", "点") > 0 {
		return point{}, false
	}
	return d.yearPoint(i, j, y), true
}

// inYear reads what stands after a year.
func (d *dater) inYear(i, k, y int) (point, bool) {
	t := &d.t
	if j := t.any(k, "农历", "阴历", "旧历"); j > 0 {
		return d.lunarIn(i, j, y)
	}
	if p, ok := d.partOfYear(i, k, y); ok {
		return p, true
	}
	if t.any(k, "本月", "当月") > 0 {
		return d.inMonth(d.monthPoint(i, k+2, y, d.now.Month())), true
	}
	if j := t.any(k, "今天", "今日", "这一天"); j > 0 {
		if x, ok := d.day(y, d.now.Month(), d.now.Day()); ok {
			return d.dayPoint(i, j, x), true
		}
	}
	if n, j, ok := d.twoOf(k, "月份", "月"); ok && n < 12 {
		p := d.monthPoint(i, j, y, time.Month(n))
		p.end = addMonths(p.end, 1)
		return p, true
	}
	if m, j, ok := d.monthNumber(k); ok {
		if t.at(j) == '初' && isChineseDigit(t.at(j+1)) || t.any(j, "初十") > 0 {
			return d.lunarIn(i, k, y)
		}
		return d.inMonth(d.monthPoint(i, j, y, m)), true
	}
	if h, j := t.holiday(k); j > 0 {
		if x, ok := h.on(y, d.now.Location()); ok {
			return d.dayPoint(i, j, x), true
		}
	}
	return d.lunarIn(i, k, y)
}
