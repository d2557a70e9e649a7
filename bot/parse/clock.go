package parse

import "time"

// dayPart is a part of the day in minutes from midnight: from is also the usual moment when no clock time is said.
type dayPart struct {
	names    []string
	from, to int
	afternoon,
	night bool
}

var dayParts = []dayPart{
	{names: words("下班之前 下班以前 下班前"), from: 18 * 60, to: 18*60 + 1, afternoon: true},
	{names: words("大清早 大早上 一大清早 一大早 大早 清早 早晨 早上 一早 早间 朝早 早 朝"), from: 8 * 60, to: 12 * 60},
	{names: words("黎明 拂晓 破晓 清晨 晨间 凌早 晨"), from: 6 * 60, to: 8 * 60},
	{names: words("凌晨"), from: 3 * 60, to: 6 * 60},
	{names: words("上午 午前"), from: 9 * 60, to: 12 * 60},
	{names: words("正午 中午 午间 晌午"), from: 12 * 60, to: 14 * 60},
	{names: words("下午 午后 后半晌 下昼 晏昼 后晌"), from: 14 * 60, to: 18 * 60, afternoon: true},
	{names: words("傍晚 黄昏 日落"), from: 17*60 + 30, to: 19 * 60, afternoon: true},
	{names: words("大半夜 后半夜 前半夜 下半夜 上半夜 半夜 深夜 午夜 子夜"), from: 22 * 60, to: 24 * 60, afternoon: true, night: true},
	{names: words("大晚上 晚上 晚间 夜晚 夜里 夜间 晚 夜"), from: 19 * 60, to: 24 * 60, afternoon: true, night: true},
	{names: words("白天 全天 整天"), from: 9 * 60, to: 18 * 60},
}

var morningPart, afternoonPart = partNamed("上午"), partNamed("下午")

func partNamed(name string) *dayPart {
	for k := range dayParts {
		for _, w := range dayParts[k].names {
			if w == name {
				return &dayParts[k]
			}
		}
	}
	panic("parse: no part of the day named " + name)
}

// dayPart reads a part of the day at i.
func (d *dater) dayPart(i int) (*dayPart, int) {
	for k := range dayParts {
		p := &dayParts[k]
		j := d.t.any(i, p.names...)
		if j < 0 {
			continue
		}
		if j-i == 1 {
			switch d.t.r[i] {
			case '朝':
				if d.t.any(j, "阳", "着", "向", "气", "晖", "天", "代", "外", "内", "前") > 0 || !d.loose {
					continue
				}
			case '早':
				if d.t.any(j, "点", "餐", "饭", "班", "稻", "期", "日", "些", "就", "已", "一") > 0 && d.t.any(j, "一点") < 0 {
					continue
				}
			case '晚':
				if d.t.any(j, "点", "餐", "饭", "班", "礼", "会", "宴", "期", "些", "到", "交", "了") > 0 {
					continue
				}
			case '夜', '晨':
				if d.t.any(j, "班", "宵", "会") > 0 {
					continue
				}
			}
		}
		return p, j
	}
	return nil, -1
}

// clockTime is a clock time: minutes from midnight, may be 24:00 and beyond.
type clockTime struct {
	j       int
	seconds int
	part    *dayPart
	bare    bool // no part of the day and an hour below 12
	hi      int  // 七八点: the second hour, else 0
}

func (c clockTime) on(dayStart time.Time) time.Time {
	x := midnight(dayStart)
	return time.Date(x.Year(), x.Month(), x.Day(), 0, 0, c.seconds, 0, x.Location())
}

// clock reads a clock time at i, with or without a part of the day. afterDate: a day stands before it.
func (d *dater) clock(i int, afterDate bool) (clockTime, bool) {
	part, k := d.dayPart(i)
	if part == nil {
		k = i
	} else {
		k = d.t.blank(d.t.opt(k, "的", ","))
	}
	if e := d.t.any(i, "PM", "pm", "AM", "am"); e > 0 && part == nil && !isWord(d.t.at(i-1)) && isDigit(d.t.at(d.t.blank(e))) {
		part, k = afternoonPart, d.t.blank(e)
		if d.t.any(i, "AM", "am") > 0 {
			part = morningPart
		}
	}
	less := 0
	if e := d.t.any(k, "差"); e > 0 { // 差五分三点
		if n, f, ok := d.t.integer(e, 60); ok && d.t.any(f, "分钟", "分") > 0 {
			less, k = int(n), d.t.any(f, "分钟", "分")
		} else if f := d.t.any(e, "一刻钟", "一刻"); f > 0 {
			less, k = 15, f
		}
	}
	h, m, s, hi, j, padded, ok := d.clockDigits(k, part != nil || afterDate)
	if !ok {
		return clockTime{}, false
	}
	if e := d.t.any(j, "pm", "PM", "p.m.", "p.m", "P.M."); e > 0 {
		part, j = afternoonPart, e
	} else if e := d.t.any(d.t.blank(j), "am", "AM", "a.m.", "a.m"); e > 0 {
		part, j = morningPart, e
		if h == 12 {
			h = 0
		}
	} else if e := d.t.any(d.t.blank(j), "pm", "PM"); e > 0 {
		part, j = afternoonPart, e
	}
	bare := part == nil && h > 0 && h < 12 && !padded
	h = hourIn(part, h, padded)
	if hi > 0 && hourIn(part, hi, padded) > h {
		hi = hourIn(part, hi, padded)
	}
	return clockTime{j: j, seconds: h*3600 + (m-less)*60 + s, part: part, bare: bare, hi: hi}, true
}

// hourIn turns the hour said into the hour meant. Without a part of the day 1 to 6 are afternoon.
func hourIn(part *dayPart, h int, padded bool) int {
	switch {
	case part == nil:
		if h >= 1 && h <= 6 && !padded {
			return h + 12
		}
	case part.night:
		if h == 12 || h == 0 {
			return 24
		}
		if h >= 5 && h < 12 {
			return h + 12
		}
	case part.afternoon:
		if h < 12 {
			return h + 12
		}
	case part.names[0] == "正午":
		if h >= 1 && h <= 4 {
			return h + 12
		}
	case part.from == 3*60 && h == 12:
		return 0
	}
	return h
}

var notClock = words("建议 意见 要求 问题 原因 内容 想法 疑问 顾虑 说明 需求 诉求 反馈 希望 优势 好处 理由 异议 不满 区别 了 儿 点 都 也 不")

// clockDigits reads 15:20, 3点一刻, 八点十分, 九点零九, 24时, 七八点.
func (d *dater) clockDigits(i int, sure bool) (h, m, s, hi, j int, padded, ok bool) {
	t := &d.t
	n, k, good := t.integer(i, 25)
	if x, isNum := t.num(i); isNum && x.hi != nil && x.j-x.i == 2 {
		good = false
	}
	if !good {
		return d.twoHours(i)
	}
	padded = t.at(i) == '0' || n == 0
	h = int(n)
	if t.at(k) == ':' && t.ratio(i, k+1) {
		return
	}
	if t.at(k) == ':' {
		mm, e, fine := t.twoDigits(k + 1)
		if !fine || mm > 59 {
			return
		}
		m, j = mm, e
		if t.at(j) == ':' {
			if ss, e, fine := t.twoDigits(j + 1); fine && ss < 60 {
				s, j = ss, e
			}
		}
		return h, m, s, 0, j, padded, !isDigit(t.at(j))
	}
	switch {
	case t.any(k, "点") > 0:
		j = t.opt(k, "点钟", "点整", "点正", "点")
		if t.before(i, "提了", "说了", "讲了", "列了", "以下", "如下", "强调了", "反馈了", "归纳了", "有", "这", "那", "第") && !sure {
			return
		}
		if t.before(j, "点") && (t.any(j, notClock...) > 0 && !(sure && t.any(j, "了") > 0) || h == 1 && !sure && !d.loose && t.any(j, "半", "左右", "之前", "前", "到", "开") < 0 && !isDigit(t.at(j)) && !isChineseDigit(t.at(j))) {
			return
		}
	case t.any(k, "时") > 0 && t.any(k, "时候", "时间", "时期", "时代", "时段", "时长") < 0 && (isDigit(t.at(i)) || n >= 10 || sure || d.loose):
		j = t.opt(k, "时整", "时")
	case t.any(k, "am", "pm", "AM", "PM", "a.m", "p.m") > 0:
		return h, 0, 0, 0, k, padded, true
	default: // 9~12点半
		_, e, isRange := d.rangeWord(k)
		n2, f, isHour := t.integer(e, 25)
		if !isRange || !isHour || n2 <= n || t.any(f, "点", "时") < 0 || t.any(f, "时间", "时候") > 0 || !sure && !d.loose {
			return
		}
		return h, 0, 0, 0, k, padded, true
	}
	m, s, j = d.minutes(j)
	if m < 0 {
		h, m = h-1, m+60
	}
	return h, m, s, 0, j, padded, true
}

// minutes reads what follows 点.
func (d *dater) minutes(i int) (m, s, j int) {
	t := &d.t
	if k := t.any(i, "半"); k > 0 && t.any(k, "天", "个", "小时") < 0 {
		m, j = 30, k
	} else if k := t.any(i, "过"); k > 0 {
		if n, e, ok := t.integer(k, 60); ok && t.any(e, "分") > 0 {
			return int(n), 0, t.any(e, "分钟", "分")
		}
		return 0, 0, i
	} else if k := t.any(i, "差"); k > 0 {
		if e := t.any(k, "一刻"); e > 0 {
			return -15, 0, e
		}
		if n, e, ok := t.integer(k, 60); ok {
			return -int(n), 0, t.opt(e, "分钟", "分")
		}
		return 0, 0, i
	} else if k := t.any(i, "一刻", "1刻"); k > 0 {
		return 15, 0, t.opt(k, "钟")
	} else if k := t.any(i, "三刻", "3刻"); k > 0 {
		return 45, 0, t.opt(k, "钟")
	} else {
		start := t.opt(i, "零")
		n, e, ok := t.integer(start, 60)
		if !ok || start == i && e-start == 1 && t.any(e, "分") < 0 || t.any(e, "分") < 0 && t.countable(e) {
			return 0, 0, i
		}
		m, j = int(n), t.opt(e, "分钟", "分")
		if t.any(j, "之") > 0 && t.before(j, "分") {
			return 0, 0, i
		}
	}
	if n, e, ok := t.integer(j, 60); ok && t.any(e, "秒") > 0 {
		s, j = int(n), t.any(e, "秒钟", "秒")
	}
	return m, s, j
}

func (t *text) twoDigits(i int) (n, j int, ok bool) {
	if !isDigit(t.at(i)) || !isDigit(t.at(i+1)) || isDigit(t.at(i+2)) {
		return 0, i, false
	}
	return int(t.r[i]-'0')*10 + int(t.r[i+1]-'0'), i + 2, true
}

// twoHours reads 七八点.
func (d *dater) twoHours(i int) (h, m, s, hi, j int, padded, ok bool) {
	a, okA := digitValues[d.t.at(i)]
	b, okB := digitValues[d.t.at(i+1)]
	if okA && okB && b == a+1 {
		if j := d.t.any(i+2, "点钟", "点"); j > 0 && d.t.any(j, notClock...) < 0 {
			return int(a), 0, 0, int(b), j, false, true
		}
	}
	return
}

// clockOnly reads a clock time or a part of the day without a day.
func (d *dater) clockOnly(i int, base *point) (point, bool) {
	if c, ok := d.clock(i, base != nil); ok && d.clockFits(i, c) {
		at := d.clockDay(c, base)
		p := point{i: i, j: c.j, start: at, end: at, grain: grainClock, part: c.part, bareHour: c.bare, noDay: true}
		if c.hi > 0 {
			p.end = at.Add(time.Hour)
		}
		return p, true
	}
	part, j := d.dayPart(i)
	if part == nil || !d.loose && j-i == 1 {
		return point{}, false
	}
	dayStart := d.today()
	if base != nil {
		dayStart = midnight(base.start)
	}
	p := d.dayPoint(i, j, dayStart).inPart(part, j)
	if base == nil && d.tense == TenseFuture && p.end.Before(d.now) {
		p = d.dayPoint(i, j, dayStart.AddDate(0, 0, 1)).inPart(part, j)
	}
	return p, true
}

func (d *dater) clockFits(i int, c clockTime) bool {
	return !isWord(d.t.at(i-1)) && d.t.at(i-1) != ':' && d.t.at(i-1) != '.' && d.t.at(i-1) != '/' && !isChineseDigit(d.t.at(i-1))
}

// clockDay picks the day of a clock time: after the first half of a range, else by tense.
func (d *dater) clockDay(c clockTime, base *point) time.Time {
	if base != nil {
		at := c.on(base.start)
		if c.bare {
			if h := time.Duration(c.seconds/3600%12)*time.Hour + time.Duration(c.seconds%3600)*time.Second; true {
				early := midnight(base.start).Add(h)
				if early.After(base.start) {
					return early
				}
				if late := early.Add(12 * time.Hour); late.After(base.start) {
					return late
				}
			}
		}
		if base.part != nil && c.part == nil && c.seconds < 12*3600 && base.part.afternoon && !at.After(base.start) {
			at = at.Add(12 * time.Hour)
		}
		if !at.After(base.start) {
			at = c.on(base.start.AddDate(0, 0, 1))
		}
		return at
	}
	at := c.on(d.now)
	switch {
	case d.tense == TensePast && at.After(d.now):
		return c.on(d.now.AddDate(0, 0, -1))
	case d.tense != TensePast && at.Before(d.now.Truncate(time.Minute)):
		return c.on(d.now.AddDate(0, 0, 1))
	}
	return at
}

// ratio reports that 1:20, with its second half at k, is a proportion or a score and no time.
func (t *text) ratio(i, k int) bool {
	for k < len(t.r) && isDigit(t.r[k]) {
		k++
	}
	return t.any(t.opt(k, "的", "来"), "兑", "比例", "稀释", "配比", "勾兑", "混合", "获胜", "战胜", "击败", "领先", "落后", "打平", "配") > 0 && t.any(k, "配合", "配送") < 0 ||
		t.before(i, "比例", "比例为", "比例是", "配比", "比分", "稀释比", "混合比")
}
