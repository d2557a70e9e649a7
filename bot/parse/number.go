package parse

import (
	"math/big"
	"strings"
)

// number is a number as written: 1万3, 两千四百五, 三四十万, 100K.
type number struct {
	i, j   int
	v      *big.Rat
	hi     *big.Rat // upper end of 三四十, 几十; else nil
	coef   *big.Rat // what stands before the last 万 or 亿: 50 of 50万
	scale  *big.Rat // that 万 or 亿, else nil
	approx bool     // 多, 余, 几
	arabic bool     // digits only
	digits int      // how many digits, when nothing but digits
	bare   bool     // no unit 十 and up, no decimal point
}

const maxDigits = 20

var digitValues = map[rune]int64{
	'零': 0, '一': 1, '壹': 1, '幺': 1, '二': 2, '贰': 2, '两': 2, '俩': 2, '三': 3, '叁': 3, '仨': 3, '四': 4, '肆': 4,
	'五': 5, '伍': 5, '六': 6, '陆': 6, '七': 7, '柒': 7, '八': 8, '捌': 8, '九': 9, '玖': 9,
}

var unitValues = map[rune]int64{
	'十': 10, '拾': 10, '百': 100, '佰': 100, '千': 1000, '仟': 1000, '万': 1e4, '亿': 1e8,
}

func ratInt(n int64) *big.Rat { return new(big.Rat).SetInt64(n) }

func mul(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }

func add(a, b *big.Rat) *big.Rat { return new(big.Rat).Add(a, b) }

// decimalText prints r without an exponent and without trailing zeros, at most 12 places.
func decimalText(r *big.Rat) string {
	s := r.FloatString(12)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// arabic reads digits with separators and a decimal point at i; ok is false when there are none or too many.
func (t *text) arabic(i int) (v *big.Rat, j, digits int, point, ok bool) {
	var b strings.Builder
	j = i
	for j < len(t.r) {
		c := t.r[j]
		switch {
		case isDigit(c):
			b.WriteRune(c)
			digits++
		case (c == ',' || c == '、') && !point && digits > 0 && t.thousands(i, j):
		case c == '.' && !point && isDigit(t.at(j+1)):
			b.WriteByte('.')
			point = true
		default:
			goto done
		}
		j++
		if digits > maxDigits {
			return nil, j, digits, point, false
		}
	}
done:
	if digits == 0 {
		return nil, i, 0, false, false
	}
	v, ok = new(big.Rat).SetString("0" + b.String())
	return v, j, digits, point, ok
}

// thousands reports whether the comma at j parts groups of three digits in the number that starts at i.
func (t *text) thousands(i, j int) bool {
	if !isDigit(t.at(j+1)) || !isDigit(t.at(j+2)) || !isDigit(t.at(j+3)) || isDigit(t.at(j+4)) {
		return false
	}
	if t.prose && j > 0 && t.orig[t.off[j]] >= 0x80 && t.orig[t.off[j-1]] < 0x80 {
		return false
	}
	if t.before(i, "万", "千", "亿", "百", "w", "W", "k", "K") {
		return false // 13万2,196号合同
	}
	if t.prose && t.eachBefore(i) && t.any(j+4, goods...) > 0 {
		return false // 每箱55,300箱
	}
	n := 0
	for k := j - 1; k >= i && isDigit(t.r[k]); k-- {
		n++
	}
	return n >= 1 && n <= 3
}

// numState is the state of reading one number.
type numState struct {
	t               *text
	j               int
	total, section  *big.Rat
	cur             *big.Rat
	curHi           *big.Rat
	curDigits       int
	curAt           int // where cur began
	curPoint        bool
	lastUnit        int64
	zero, any       bool
	units, point    bool
	arabicOnly      bool
	coef, scale     *big.Rat
	approx, stopped bool
	digits          int
	hi              *big.Rat
	noPoint         bool // 点 is the clock's
}

// num reads a number at i.
func (t *text) num(i int) (number, bool) { return t.numBefore(i, false) }

// numBefore is num, or with clock set a number that may stand before the clock's 点.
func (t *text) numBefore(i int, clock bool) (number, bool) {
	if !startsNumber(t.at(i)) {
		return number{}, false
	}
	if t.numbers == nil {
		return t.readNumber(i, clock)
	}
	// Dates, lengths and sums all try the same numbers.
	at := numberAt{i, clock}
	read, ok := t.numbers[at]
	if !ok {
		read.number, read.ok = t.readNumber(i, clock)
		t.numbers[at] = read
	}
	return read.number, read.ok
}

// numberAt is where a number is looked for, and whether 点 behind it is the clock's.
type numberAt struct {
	i     int
	clock bool
}

// numberRead is what was found there.
type numberRead struct {
	number
	ok bool
}

func (t *text) readNumber(i int, clock bool) (number, bool) {
	c := t.at(i)
	s := numState{t: t, j: i, noPoint: clock, total: new(big.Rat), section: new(big.Rat), arabicOnly: true}
	neg := false
	if c == '负' || c == '-' && !isWord(t.at(i-1)) {
		neg = true
		s.j = t.blank(i + 1)
	}
	for !s.stopped && s.j-i < 40 {
		s.step()
	}
	v, ok := s.finish()
	if !ok {
		return number{}, false
	}
	n := number{
		i: i, j: s.j, v: v, hi: s.hi, coef: s.coef, scale: s.scale, approx: s.approx, arabic: s.arabicOnly,
		digits: s.digits, bare: !s.units && !s.point,
	}
	if neg {
		n.v = new(big.Rat).Neg(n.v)
	}
	return n, true
}

// startsNumber reports false when no number begins with c.
func startsNumber(c rune) bool {
	if c < 0x80 {
		return isDigit(c) || c == '.' || c == '-'
	}
	return numberStarts.has(c)
}

var numberStarts = func() *runeSet {
	s := firstRunes("负", "几", "数", "半", "廿", "卅")
	for c := range digitValues {
		s.add(c)
	}
	for c := range unitValues {
		s.add(c)
	}
	return s
}()

// step reads the next token.
func (s *numState) step() {
	c := s.t.at(s.j)
	switch {
	case isDigit(c) || c == '.' && isDigit(s.t.at(s.j+1)) && !s.any:
		s.literal()
	case c == '几' || c == '数' && !s.any && isUnit(s.t.at(s.j+1)):
		s.some()
	case c == '半' && !s.any && s.t.at(s.j+1) == '百':
		s.section, s.any, s.units, s.arabicOnly = ratInt(50), true, true, false
		s.j += 2
		s.stopped = true
	case c == '廿' || c == '卅':
		s.twenty(c)
	case isChineseDigit(c):
		s.chineseDigits()
	case c == '个' && s.cur != nil && s.t.at(s.j+1) == '亿': // 两个亿
		s.j++
	case isUnit(c):
		s.unit(c)
	case (c == '多' || c == '余' || c == '来') && s.any && isUnit(s.t.at(s.j+1)):
		s.approx = true
		s.j++
	case c == '点' && s.any && !s.noPoint && s.decimals():
	case (c == 'k' || c == 'K' || c == 'w' || c == 'W' || c == 'M') && s.cur != nil && s.curDigits > 0 && (!isWord(s.t.at(s.j+1)) || (c == 'w' || c == 'W' || c == 'k' || c == 'K') && isDigit(s.t.at(s.j+1)) && !isWord(s.t.at(s.j+2)) && s.t.at(s.j+2) != '.'):
		s.latin(c)
	default:
		s.stopped = true
	}
}

func isUnit(c rune) bool         { return unitValues[c] > 0 }
func isChineseDigit(c rune) bool { _, ok := digitValues[c]; return ok }

func (s *numState) literal() {
	if s.cur != nil {
		s.stopped = true
		return
	}
	v, j, digits, point, ok := s.t.arabic(s.j)
	if !ok {
		s.stopped = true
		s.any = s.any && digits <= maxDigits
		return
	}
	s.curAt = s.j
	s.cur, s.j, s.curDigits, s.any, s.curPoint = v, j, digits, true, point
	s.digits = digits
	s.point = s.point || point
}

// some reads 几: 几十万 is 10 to 100 times 万, 十几 is 10 to 20.
func (s *numState) some() {
	next := s.t.at(s.j + 1)
	if !s.any && !isUnit(next) {
		s.stopped = true
		return
	}
	if s.cur != nil {
		s.stopped = true
		return
	}
	s.approx, s.arabicOnly, s.any = true, false, true
	if s.section.Sign() == 0 && s.total.Sign() == 0 {
		s.cur, s.curHi = ratInt(1), ratInt(10)
	} else {
		s.cur = new(big.Rat)
		if !s.zero {
			s.curHi = ratInt(max(s.lastUnit, 10))
		}
	}
	s.j++
}

func (s *numState) twenty(c rune) {
	if s.any {
		s.stopped = true
		return
	}
	n := int64(20)
	if c == '卅' {
		n = 30
	}
	s.section, s.any, s.units, s.arabicOnly, s.lastUnit = ratInt(n), true, true, false, 10
	s.j++
}

func (s *numState) chineseDigits() {
	run := s.j
	for run < s.j+maxDigits+4 && isChineseDigit(s.t.at(run)) {
		run++
	}
	s.arabicOnly = false
	if s.t.r[s.j] == '零' && s.units {
		if s.cur != nil || !isChineseDigit(s.t.at(s.j+1)) && !isDigit(s.t.at(s.j+1)) && s.t.at(s.j+1) != '几' && s.t.at(s.j+1) != '十' && s.t.at(s.j+1) != '拾' {
			s.stopped = true
			return
		}
		s.zero = true
		s.j++
		return
	}
	if s.cur != nil {
		s.stopped = true
		return
	}
	n := run - s.j
	a := digitValues[s.t.r[s.j]]
	if n == 2 && isUnit(s.t.at(run)) {
		if b := digitValues[s.t.r[s.j+1]]; a > 0 && (b == a+1 || b == a+2 && a == 3) { // 三四十, 三五百
			s.cur, s.curHi, s.any = ratInt(a), ratInt(b), true
			s.j = run
			return
		}
	}
	if n == 2 && a == 3 && digitValues[s.t.at(s.j+1)] == 5 && !s.units && s.t.any(run, "天", "个", "年", "家", "人", "台", "套", "箱", "件", "周", "日内", "百", "次", "分钟", "小时", "块", "斤", "吨") > 0 { // 三五天
		s.cur, s.curHi, s.any = ratInt(3), ratInt(5), true
		s.j = run
		return
	}
	if b := digitValues[s.t.at(s.j+1)]; n == 2 && a > 0 && b == a+1 && (!s.units && s.t.any(run, "年", "折", "级") < 0 || s.units && s.lastUnit >= 100 && !s.zero && s.t.any(run, "年", "折", "级", "月", "日", "号", "点", "周", "天") < 0) && !isDigit(s.t.at(run)) { // 两三天
		s.cur, s.curHi, s.any = ratInt(a), ratInt(b), true
		s.j = run
		return
	}
	if n > 1 && !s.units && n <= maxDigits { // 二零一八
		v := new(big.Int)
		for k := s.j; k < run; k++ {
			v.Mul(v, big.NewInt(10)).Add(v, big.NewInt(digitValues[s.t.r[k]]))
		}
		s.cur, s.any, s.digits = new(big.Rat).SetInt(v), true, n
		s.j = run
		return
	}
	s.curAt = s.j
	s.cur, s.any, s.digits = ratInt(a), true, 1
	s.j++
}

func (s *numState) unit(c rune) {
	u := unitValues[c]
	ur := ratInt(u)
	if u >= 1e4 {
		s.bigUnit(u, ur)
		return
	}
	if s.cur == nil {
		next := s.t.at(s.j + 1)
		if (u == 100 || u == 1000) && !s.any && (next == '万' || next == '亿') && s.t.any(s.j+2, "别", "不", "要", "记", "注", "小心", "得", "给") < 0 {
			s.cur = ratInt(1) // 百万
		} else if u != 10 || c == '拾' && !s.any && !isUnit(next) && !s.capitalTen() || s.any && s.lastUnit > 0 && s.lastUnit <= 10 {
			s.stopped = true
			return
		} else {
			s.cur = ratInt(1)
		}
	}
	if s.units && s.lastUnit <= u && s.lastUnit < 1e4 { // 三百五千 is two numbers
		s.stopped = true
		s.cur = nil
		return
	}
	if s.curHi != nil {
		s.hi = add(s.section, mul(s.curHi, ur))
	}
	s.section = add(s.section, mul(s.cur, ur))
	s.clearCur(u)
	s.j++
}

// capitalTen reports that the 拾 at hand is a ten: 拾陆元, 拾六万, not 拾到.
func (s *numState) capitalTen() bool {
	if s.t.any(s.j+1, "月", "日", "号", "元", "圆", "万", "亿", "整") > 0 {
		return true
	}
	return isChineseDigit(s.t.at(s.j+1)) && (isUnit(s.t.at(s.j+2)) || s.t.any(s.j+2, "元", "圆", "块", "日", "号", "月", "天", "年") > 0 || s.j+2 == len(s.t.r))
}

func (s *numState) bigUnit(u int64, ur *big.Rat) {
	part := s.section
	if s.cur != nil {
		part = add(part, s.cur)
		if s.curHi != nil {
			s.hi = add(s.section, s.curHi)
		}
	}
	if u == 1e8 || s.scale == nil && s.total.Sign() > 0 || part.Sign() == 0 && s.lastUnit >= 1e4 {
		part = add(part, s.total)
		s.total = new(big.Rat)
	}
	if part.Sign() == 0 && !s.approx {
		s.stopped = true
		return
	}
	if s.hi != nil {
		s.hi = mul(s.hi, ur)
	}
	s.coef, s.scale = part, ur
	s.total = add(s.total, mul(part, ur))
	s.section = new(big.Rat)
	s.clearCur(u)
	s.j++
}

func (s *numState) clearCur(u int64) {
	s.cur, s.curHi, s.curDigits, s.curPoint = nil, nil, 0, false
	s.lastUnit, s.zero, s.any, s.units, s.arabicOnly = u, false, true, true, false
	s.digits = 0
}

// decimals reads 点 with the digits after it.
func (s *numState) decimals() bool {
	k := s.j + 1
	if !isChineseDigit(s.t.at(k)) && !isDigit(s.t.at(k)) {
		return false
	}
	s.settle()
	scale := ratInt(1)
	for n := 0; n < 9; n++ {
		c := s.t.at(k)
		d, ok := digitValues[c]
		if isDigit(c) {
			d, ok = int64(c-'0'), true
		}
		if !ok {
			break
		}
		scale = new(big.Rat).Quo(scale, ratInt(10))
		s.section = add(s.section, mul(ratInt(d), scale))
		k++
	}
	s.j, s.point = k, true
	s.lastUnit, s.arabicOnly = 10, false
	if u := s.t.at(k); u == '万' || u == '亿' {
		s.unit(u)
	}
	s.stopped = true
	return true
}

func (s *numState) latin(c rune) {
	if isDigit(s.t.at(s.j + 1)) { // 5w2 is 5万2
		s.unit(map[rune]rune{'k': '千', 'K': '千', 'w': '万', 'W': '万'}[c])
		return
	}
	m := map[rune]int64{'k': 1e3, 'K': 1e3, 'w': 1e4, 'W': 1e4, 'M': 1e6}[c]
	s.coef, s.scale = s.cur, ratInt(m)
	s.section = mul(s.cur, ratInt(m))
	s.cur = nil
	s.units, s.arabicOnly, s.stopped = true, false, true
	s.j++
}

// settle adds the digit that waits: the 5 of 两千四百五 is fifty, the 5 of 一百零五 is five.
func (s *numState) settle() {
	if s.cur == nil {
		return
	}
	v := s.cur
	if s.units && s.lastUnit >= 100 && s.curHi == nil && s.curDigits > 0 && s.curDigits <= 2 && s.t.any(s.j, "月0", "月1", "月2", "月3", "月4", "月5", "月6", "月7", "月8", "月9", "号", "日") > 0 {
		s.cur, s.j = nil, s.curAt // 3.6万|1月10号付
		return
	}
	if s.lastUnit >= 1e4 && s.curHi == nil && (v.Cmp(ratInt(1)) == 0 || s.curDigits > 0) && s.t.any(s.j, goods...) > 0 && s.t.any(s.j, "块", "毫", "个亿") < 0 && !s.t.paysAt(s.j) { // 2.8万一套
		s.cur, s.j = nil, s.curAt
		return
	}
	if s.lastUnit >= 1e4 && s.t.at(s.curAt) == '一' && s.j == s.curAt+1 && s.t.any(s.j, "年", "个月", "个季", "季度", "次", "趟", "期", "间", "家", "学期") > 0 {
		s.cur, s.j = nil, s.curAt // 35万|一年
		return
	}
	if s.units && s.j == s.curAt+1 && s.t.feastDigits(s.curAt) {
		s.cur, s.j = nil, s.curAt // 20万|五一前
		return
	}
	if s.units && !s.zero && s.lastUnit >= 100 {
		switch {
		case s.curPoint || s.curDigits > 1 && v.Cmp(ratInt(s.lastUnit)) >= 0:
			return
		case s.curDigits <= 1 && s.curHi == nil && v.Cmp(ratInt(10)) < 0:
			v = mul(v, ratInt(s.lastUnit/10))
		case s.curHi != nil && v.Sign() > 0 && s.curHi.Cmp(ratInt(10)) < 0: // 一万二三
			v, s.curHi = mul(v, ratInt(s.lastUnit/10)), mul(s.curHi, ratInt(s.lastUnit/10))
		}
	}
	if s.curHi != nil {
		s.hi = add(add(s.total, s.section), s.curHi)
	}
	s.section = add(s.section, v)
	s.cur = nil
}

func (s *numState) finish() (*big.Rat, bool) {
	if !s.any {
		return nil, false
	}
	s.settle()
	v := add(s.total, s.section)
	if s.hi != nil && s.hi.Cmp(v) <= 0 {
		s.hi = nil
	}
	return v, true
}
