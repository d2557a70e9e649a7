package parse

import (
	"slices"
	"strings"
	"time"
)

// holiday is a named day of the year.
type holiday struct {
	names  []string
	month  int // solar
	day    int
	lunar  bool
	nth    int // nth weekday of the month, with day = weekday; 0: a fixed day
	public bool
	solar  int  // solar term index + 1
	easter bool // counted from Easter Sunday: day is the distance in days
	before int  // days before the day given (除夕), negative: after it
}

// holidays lists longer names first where one holds another.
var holidays = []holiday{
	{names: words("元旦节 元旦 阳历新年 公历新年 新历新年"), month: 1, day: 1, public: true},
	{names: words("西方情人节 情人节 圣瓦伦丁节"), month: 2, day: 14},
	{names: words("国际劳动妇女节 国际妇女节 三八妇女节 三八节 妇女节 女神节 女人节"), month: 3, day: 8},
	{names: words("植树节"), month: 3, day: 12},
	{names: words("国际消费者权益日 世界消费者权益日 消费者权益日 三一五 315消费者权益日"), month: 3, day: 15},
	{names: words("愚人节"), month: 4, day: 1},
	{names: words("世界地球日 地球日"), month: 4, day: 22},
	{names: words("五一国际劳动节 国际劳动节 五一劳动节 劳动节 五一节 五一小长假 五一假期 五一"), month: 5, day: 1, public: true},
	{names: words("五四青年节 五四运动纪念日 青年节 五四"), month: 5, day: 4},
	{names: words("国际护士节 护士节"), month: 5, day: 12},
	{names: words("母亲节"), month: 5, day: 0, nth: 2},
	{names: words("国际六一儿童节 六一国际儿童节 国际儿童节 六一儿童节 儿童节 六一"), month: 6, day: 1},
	{names: words("父亲节"), month: 6, day: 0, nth: 3},
	{names: words("七一建党节 建党节 党的生日 七一"), month: 7, day: 1},
	{names: words("八一建军节 建军节 八一"), month: 8, day: 1},
	{names: words("教师节"), month: 9, day: 10},
	{names: words("十一国庆节 国庆节 国庆 十一假期 十一黄金周 十一长假"), month: 10, day: 1, public: true},
	{names: words("哥伦布日"), month: 10, day: 1, nth: 2},
	{names: words("万圣节前夜 万圣夜"), month: 10, day: 31},
	{names: words("万圣节"), month: 11, day: 1},
	{names: words("双十一 光棍节 双11"), month: 11, day: 11},
	{names: words("感恩节"), month: 11, day: 4, nth: 4},
	{names: words("双十二 双12"), month: 12, day: 12},
	{names: words("国家公祭日"), month: 12, day: 13},
	{names: words("平安夜 圣诞前夕 圣诞夜"), month: 12, day: 24},
	{names: words("圣诞节 圣诞"), month: 12, day: 25},
	{names: words("跨年夜 跨年"), month: 12, day: 31},
	{names: words("春节 农历新年 中国新年 阴历新年 大年初一 年初一 过完年 过年 新春 新年初一"), month: 1, day: 1, lunar: true, public: true},
	{names: words("大年初二 正月初二 年初二"), month: 1, day: 2, lunar: true},
	{names: words("大年初三 年初三"), month: 1, day: 3, lunar: true},
	{names: words("大年初四 年初四"), month: 1, day: 4, lunar: true},
	{names: words("大年初五 年初五 破五"), month: 1, day: 5, lunar: true},
	{names: words("大年初六 年初六"), month: 1, day: 6, lunar: true},
	{names: words("大年初七 年初七"), month: 1, day: 7, lunar: true},
	{names: words("大年初八 年初八"), month: 1, day: 8, lunar: true},
	{names: words("大年初九 年初九"), month: 1, day: 9, lunar: true},
	{names: words("大年初十 年初十"), month: 1, day: 10, lunar: true},
	{names: words("元宵节 元宵 上元节 灯节"), month: 1, day: 15, lunar: true},
	{names: words("龙抬头"), month: 2, day: 2, lunar: true},
	{names: words("端午节 端午 端阳节 龙舟节"), month: 5, day: 5, lunar: true, public: true},
	{names: words("七夕节 七夕情人节 中国情人节 七夕 乞巧节"), month: 7, day: 7, lunar: true},
	{names: words("中元节 鬼节 盂兰盆节 七月半"), month: 7, day: 15, lunar: true},
	{names: words("中秋节 中秋 仲秋节 月饼节 八月半"), month: 8, day: 15, lunar: true, public: true},
	{names: words("重阳节 重阳 老人节"), month: 9, day: 9, lunar: true},
	{names: words("腊八节 腊八"), month: 12, day: 8, lunar: true},
	{names: words("小年夜 小年"), month: 12, day: 23, lunar: true},
	{names: words("除夕夜 除夕 大年三十 大年夜 年三十 年夜"), month: 1, day: 1, lunar: true, before: 1},
	{names: words("清明节 清明"), solar: 7, public: true},
	{names: words("寒食节 寒食"), solar: 7, before: 1},
	{names: words("复活节星期一 复活节周一"), easter: true, day: 1},
	{names: words("复活节 复活日"), easter: true},
	{names: words("耶稣受难日 耶稣受难节 受难日 受难节"), easter: true, day: -2},
	{names: words("棕枝主日 棕树主日"), easter: true, day: -7},
	{names: words("耶稣升天节 升天节"), easter: true, day: 39},
	{names: words("圣灵降临节 五旬节"), easter: true, day: 49},
	{names: words("黑色星期五"), month: 11, day: 4, nth: 4, before: -1},
	{names: words("网络星期一"), month: 11, day: 4, nth: 4, before: -4},
	{names: words("全国助残日 助残日"), month: 5, day: 0, nth: 3},
	{names: words("马丁路德金纪念日"), month: 1, day: 1, nth: 3},
	{names: words("全国爱耳日 爱耳日"), month: 3, day: 3},
	{names: words("学雷锋纪念日 学雷锋日 雷锋日"), month: 3, day: 5},
	{names: words("女生节"), month: 3, day: 7},
	{names: words("圣帕特里克节"), month: 3, day: 17},
	{names: words("世界水日"), month: 3, day: 22},
	{names: words("世界气象日 气象日"), month: 3, day: 23},
	{names: words("世界卫生日"), month: 4, day: 7},
	{names: words("世界读书日 读书日"), month: 4, day: 23},
	{names: words("中国航天日 航天日"), month: 4, day: 24},
	{names: words("世界无烟日 无烟日"), month: 5, day: 31},
	{names: words("世界环境日 环境日"), month: 6, day: 5},
	{names: words("全国爱眼日 爱眼日"), month: 6, day: 6},
	{names: words("国际禁毒日 禁毒日"), month: 6, day: 26},
	{names: words("香港回归纪念日 香港回归日 香港回归"), month: 7, day: 1},
	{names: words("美国独立日 独立日"), month: 7, day: 4},
	{names: words("全民健身日"), month: 8, day: 8},
	{names: words("中国医师节 医师节"), month: 8, day: 19},
	{names: words("抗战胜利纪念日 抗日战争胜利纪念日 抗战胜利日"), month: 9, day: 3},
	{names: words("烈士纪念日"), month: 9, day: 30},
	{names: words("程序员节"), month: 10, day: 24},
	{names: words("中国记者节 记者节"), month: 11, day: 8},
	{names: words("全国消防日 消防宣传日 消防日"), month: 11, day: 9},
	{names: words("世界艾滋病日 艾滋病日"), month: 12, day: 1},
	{names: words("国际残疾人日"), month: 12, day: 3},
	{names: words("国家宪法日 宪法日"), month: 12, day: 4},
	{names: words("澳门回归纪念日 澳门回归日 澳门回归"), month: 12, day: 20},
	{names: words("节礼日"), month: 12, day: 26},
	{names: words("佛诞日 佛诞节 佛诞 浴佛节"), month: 4, day: 8, lunar: true},
	{names: words("上巳节"), month: 3, day: 3, lunar: true},
	{names: words("寒衣节"), month: 10, day: 1, lunar: true},
	{names: words("下元节"), month: 10, day: 15, lunar: true},
}

// on is the holiday's day in a year.
func (h holiday) on(y int, loc *time.Location) (time.Time, bool) {
	switch {
	case h.easter:
		return easter(y, loc).AddDate(0, 0, h.day), true
	case h.solar > 0:
		return solarTerm(y, h.solar-1, loc).AddDate(0, 0, -h.before), true
	case h.lunar:
		d, ok := lunarDay(y, h.month, h.day, loc)
		return d.AddDate(0, 0, -h.before), ok
	case h.nth > 0:
		first := time.Date(y, time.Month(h.month), 1, 0, 0, 0, 0, loc)
		off := (h.day - int(first.Weekday()) + 7) % 7
		return first.AddDate(0, 0, off+7*(h.nth-1)-h.before), true
	}
	return time.Date(y, time.Month(h.month), h.day, 0, 0, 0, 0, loc), true
}

// easter is Easter Sunday of a year (Meeus, Astronomical Algorithms, ch. 8).
func easter(y int, loc *time.Location) time.Time {
	a, b, c := y%19, y/100, y%100
	h := (19*a + b - b/4 - (b-(b+8)/25+1)/3 + 15) % 30
	l := (32 + 2*(b%4) + 2*(c/4) - h - c%4) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return time.Date(y, time.Month(n/31), n%31+1, 0, 0, 0, 0, loc)
}

// nextPublic is the first public holiday on or after a day.
func nextPublic(from time.Time) (holiday, time.Time) {
	var best holiday
	var at time.Time
	for _, h := range holidays {
		if !h.public {
			continue
		}
		for y := from.Year(); y <= from.Year()+1; y++ {
			if x, ok := h.on(y, from.Location()); ok && !x.Before(from) && (at.IsZero() || x.Before(at)) {
				best, at = h, x
			}
		}
	}
	return best, at
}

var holidayStarts = func() *runeSet {
	all := slices.Clone(solarTerms[:])
	for _, h := range holidays {
		all = append(all, h.names...)
	}
	return firstRunes(all...)
}()

// holiday reads a holiday's name or a solar term at i.
func (t *text) holiday(i int) (holiday, int) {
	if !holidayStarts.has(t.at(i)) {
		return holiday{}, -1
	}
	if c := t.at(i - 1); (c == '万' || c == '千' || c == '百' || c == '亿' || c == '块' || c == '十' || c == '毛' || c == '角') && isChineseDigit(t.at(i)) && !t.feastDigits(i) {
		return holiday{}, -1 // 九万|五一台
	}
	for _, h := range holidays {
		if j := t.any(i, h.names...); j > 0 {
			if h.month == 5 && h.day == 1 && t.before(j, "五一") && (t.any(j, "广场", "路", "店", "村") > 0) {
				continue
			}
			return h, t.opt(j, "节", "那天", "当天", "当日")
		}
	}
	for k, w := range solarTerms {
		if j := t.lit(i, w); j > 0 {
			if t.inName(i, j) {
				continue // 萧山小满便利店
			}
			return holiday{solar: k + 1}, t.opt(j, "节气", "那天", "当天", "时节")
		}
	}
	return holiday{}, -1
}

// inName reports that what stands from i to j is part of an institution's name.
func (t *text) inName(i, j int) bool {
	for k := j; k <= j+3; k++ {
		if t.any(k, "便利店", "超市", "医院", "诊所", "门诊", "公司", "商行", "小学", "中学", "学校", "幼儿园", "食品", "茶楼", "餐厅", "饭店", "酒店", "商贸", "科技", "粮油", "生活馆", "工坊", "五金", "机械") > 0 {
			return i > 0 && isHan(t.at(i-1)) || k == j
		}
		if !isHan(t.at(k)) || strings.ContainsRune("前后的去到在给跟那再把要送", t.at(k)) {
			return false
		}
	}
	return false
}

// lastPublic is the public holiday that was the last to begin before from.
func lastPublic(from time.Time) (holiday, time.Time) {
	var best holiday
	var at time.Time
	for _, h := range holidays {
		if !h.public {
			continue
		}
		for y := from.Year() - 1; y <= from.Year(); y++ {
			if x, ok := h.on(y, from.Location()); ok && x.Before(from) && x.After(at) {
				best, at = h, x
			}
		}
	}
	return best, at
}

// statutory reports a day off by law (全国年节及纪念日放假办法, 2025), of which nobody makes a workday; it holds for years whose
// days off have not been published as well.
func statutory(x time.Time) bool {
	switch y, m, d := x.Date(); {
	case m == time.January && d == 1, m == time.May && d <= 2, m == time.October && d <= 3:
		return true
	case m == time.January || m == time.February:
		first, ok := lunarDay(y, 1, 1, x.Location())
		n := int(midnight(x).Sub(first).Hours() / 24)
		return ok && n >= 0 && n <= 2
	case m == time.April && d >= 4 && d <= 6:
		return sameDay(x, solarTerm(y, 6, x.Location()))
	case m >= time.May && m <= time.October:
		dragon, ok := lunarDay(y, 5, 5, x.Location())
		moon, good := lunarDay(y, 8, 15, x.Location())
		return ok && sameDay(x, dragon) || good && sameDay(x, moon)
	}
	return false
}
