package parse

import "math/big"

const (
	second = int64(1)
	minute = 60 * second
	hour   = 60 * minute
	day    = 24 * hour
	week   = 7 * day
	month  = 30 * day
	year   = 365 * day
)

// span is a length of time as written.
type length struct {
	i, j    int
	seconds *big.Rat
	n       *big.Rat // count of the first unit
	unit    int64    // its seconds
	single  bool     // one unit only
	workday bool
	many    bool  // 几天
	months  int   // of a compound length the years and months, in months …
	days    int   // … and the weeks and days
	least   int64 // seconds of the last unit
	word    string
}

var lengthUnits = []struct {
	word    string
	seconds int64
}{
	{"个工作日", day},
	{"工作日", day},
	{"个工作天", day},
	{"个自然日", day},
	{"个交易日", day},
	{"个小时", hour},
	{"小时", hour},
	{"个钟头", hour},
	{"钟头", hour},
	{"个钟", hour},
	{"个时辰", 2 * hour},
	{"分钟", minute},
	{"秒钟", second},
	{"秒", second},
	{"刻钟", 15 * minute},
	{"min", minute},
	{"h", hour},
	{"个星期", week},
	{"星期", week},
	{"个礼拜", week},
	{"礼拜", week},
	{"个周", week},
	{"周", week},
	{"个月", month},
	{"月", month},
	{"个季度", 90 * day},
	{"季度", 90 * day},
	{"个年头", year},
	{"周年", year},
	{"年", year},
	{"个世纪", 100 * year},
	{"世纪", 100 * year},
	{"天", day},
	{"日", day},
	{"昼夜", day},
	{"宿", day},
	{"分", minute},
}

// Duration finds the first length of time in s, in seconds; a month has 30 days, a year 365.
func Duration(s string) (int64, bool) {
	t := newText(s, true)
	var first *length
	for i := 0; i < len(t.r); i++ {
		l, ok := t.length(i)
		if !ok || !t.lengthStart(i) {
			continue
		}
		if t.any(l.j, "前", "后", "之前", "之后", "以前", "以后", "内", "之内", "以内") < 0 {
			return roundRat(l.seconds), true
		}
		if first == nil {
			first = &l
		}
		i = l.j - 1
	}
	if first == nil {
		return 0, false
	}
	return roundRat(first.seconds), true
}

func (t *text) lengthStart(i int) bool {
	return !isDigit(t.at(i-1)) && !isChineseDigit(t.at(i-1)) && t.at(i-1) != '第' && t.at(i-1) != '.'
}

func roundRat(r *big.Rat) int64 {
	x := add(r, big.NewRat(1, 2))
	n := new(big.Int).Quo(x.Num(), x.Denom())
	if !n.IsInt64() {
		return 0
	}
	return n.Int64()
}

// length reads 两年零三个月, 一个半小时, 半天, 俩礼拜 at i.
func (t *text) length(i int) (length, bool) {
	l, ok := t.lengthPart(i)
	if !ok || t.any(i, "十分") == l.j {
		return l, false
	}
	last := l.unit
	l.count(l)
	for {
		k := t.opt(l.j, "零", "又", "加", "和", ",", " ")
		p, ok := t.lengthPart(k)
		if !ok || p.unit >= last && !(last == day && t.before(p.j, "夜")) {
			break
		}
		if p.unit == last { // 三天三夜
			l.j = p.j
			break
		}
		l.seconds, l.j, last, l.single = add(l.seconds, p.seconds), p.j, p.unit, false
		l.count(p)
	}
	l.least = last
	if l.unit == day {
		if n, ok := t.num(l.j); ok && t.any(n.j, "晚", "夜") > 0 {
			l.j = t.any(n.j, "晚上", "晚", "夜")
		}
	}
	if l.unit == hour && last == hour {
		if n, m, ok := t.integer(l.j, 60); ok && m-l.j >= 1 && !t.countable(m) && t.any(m, "秒", "刻", "号", "分钟") < 0 && isChineseDigit(t.at(l.j)) && n >= 10 {
			l.seconds, l.j, l.single = add(l.seconds, ratInt(n*minute)), m, false
		}
	}
	return l, true
}

// count adds a part to the calendar units.
func (l *length) count(p length) {
	n := roundDown(p.n)
	switch p.unit {
	case year:
		l.months += 12 * n
	case month:
		l.months += n
	case week:
		l.days += 7 * n
	case day:
		l.days += n
	}
}

// lengthPart reads one count with its unit.
func (t *text) lengthPart(i int) (length, bool) {
	if c := t.at(i); c != '好' && c != '个' && c != '大' && !startsNumber(c) {
		return length{}, false
	}
	half := big.NewRat(1, 2)
	var n *big.Rat
	var k int
	many := false
	switch {
	case t.at(i) == '半':
		n, k = half, t.opt(i+1, "个多", "个")
	case t.any(i, "大半", "小半") > 0:
		n, k = half, t.opt(i+2, "个")
	case t.any(i, "个把") > 0:
		n, k = ratInt(1), t.opt(i+2, "个")
	case t.at(i) == '个' || t.at(i) == '大':
		return length{}, false
	case t.any(i, "好几", "几", "数") > 0:
		n, k, many = ratInt(3), t.any(i, "好几", "几", "数"), true
	default:
		x, ok := t.num(i)
		if !ok || x.v.Sign() < 0 {
			return length{}, false
		}
		n, k = x.v, x.j
		if x.j-x.i == 1 && t.at(i) == '一' && t.notNumber(x) || x.digits == 4 && t.any(x.j, "年") > 0 {
			return length{}, false
		}
	}
	k = t.opt(t.blank(k), "整")
	if n != half {
		if j := t.any(k, "个半", "半"); j > 0 {
			if u, e, _ := t.lengthUnit(j); u > 0 && e > 0 {
				n, k = add(n, half), j
			}
		} else if j := t.any(k, "个多", "多个", "来个", "多", "余", "来"); j > 0 {
			k = j
			if t.before(j, "个多") {
				k = j - 1
				t2 := t.opt(j, "个")
				if u, e, _ := t.lengthUnit(t2); u > 0 {
					return length{i: i, j: e, seconds: mul(n, ratInt(u)), n: n, unit: u, single: true}, true
				}
			}
		}
	}
	u, j, work := t.lengthUnit(k)
	if u == 0 && t.before(k, "个") {
		u, j, work = t.lengthUnit(k - 1)
	}
	if u == 0 {
		return length{}, false
	}
	sec := mul(n, ratInt(u))
	if n == half {
		switch u {
		case month:
			sec = ratInt(15 * day)
		case year:
			sec = big.NewRat(365*day, 2)
		}
	} else if t.at(j) == '半' && t.any(j, "半天", "半年", "半月", "半路", "半价", "半成品", "半个") < 0 { // 三年半, 一分半
		h := new(big.Rat).Quo(ratInt(u), ratInt(2))
		sec, n, j = add(sec, h), add(n, half), j+1
	}
	return length{i: i, j: j, seconds: sec, n: n, unit: u, single: true, workday: work, many: many, word: t.unitWord(k, j)}, true
}

// unitWord is the unit that ends at j without the 半 behind it.
func (t *text) unitWord(k, j int) string {
	if k > 0 && t.at(k) != '个' && t.at(k-1) == '个' {
		k--
	}
	w := []rune(t.str(k, j))
	if len(w) > 1 && w[len(w)-1] == '半' {
		w = w[:len(w)-1]
	}
	return string(w)
}

// lengthUnit reads a unit of time at i.
func (t *text) lengthUnit(i int) (seconds int64, j int, workday bool) {
	for _, u := range lengthUnits {
		j := t.lit(i, u.word)
		if j < 0 {
			continue
		}
		switch u.word {
		case "min", "h":
			if isLetter(t.at(j)) {
				continue
			}
		case "分":
			if t.any(j, "之", "店", "公司", "析", "期", "销", "批", "钱", "享", "角") > 0 {
				continue
			}
		case "月", "日":
			if t.any(j, "份", "报", "底", "初", "末", "中", "期", "常") > 0 {
				continue
			}
		case "天":
			if t.any(j, "天", "津", "然", "鲜") > 0 {
				continue
			}
		case "周":
			if t.any(j, "一", "二", "三", "四", "五", "六", "日", "末", "边", "转", "到", "主任", "总", "经理") > 0 {
				continue
			}
		case "年":
			if t.any(j, "级", "底", "初", "末", "度", "检", "会") > 0 {
				continue
			}
		}
		return u.seconds, j, u.word == "个工作日" || u.word == "工作日" || u.word == "个工作天"
	}
	return 0, -1, false
}
