package sales

import (
	"math/big"
	"strings"
	"unicode"
)

// ParseMoney reads a text that is an amount and nothing else: "12.5万", "3万5", "1亿2000万", "35k", "1,280,000.00",
// "¥９８０元", "十二万五千", "三块五", "壹拾捌万伍仟元整". It is strict: ranges, "左右", a bare "百万", negative amounts, fractions of
// a fen, other currencies and amounts above MaxMoney are Invalid, with a sentence that shows how to write it.
func ParseMoney(text string) (Money, error) {
	if strings.TrimSpace(text) == "" {
		return 0, Errorf(Invalid, "还差金额。回 12.5万 这样的数就行。")
	}
	quoted := `"` + clip(strings.TrimSpace(text), 20) + `"`
	if len(text) > maxMoneyText {
		return 0, Errorf(Invalid, "金额没看懂:"+quoted+"。回 12.5万 这样的数就行。")
	}
	s := halfWidth(text)
	for _, word := range foreignMoney {
		if strings.Contains(s, word) {
			return 0, Errorf(Invalid, "只记人民币:"+quoted+"。折成人民币再回,比如 21.5万。")
		}
	}
	if strings.HasPrefix(s, "-") || strings.HasPrefix(s, "负") {
		return 0, Errorf(Invalid, "金额写正数:"+quoted+"。回 12.5万 这样的数就行。")
	}
	yuan, ok := parseYuan(s)
	if !ok {
		return 0, Errorf(Invalid, "金额没看懂:"+quoted+"。回 12.5万 这样的数就行。")
	}
	fen := yuan.Mul(yuan, big.NewRat(100, 1))
	if fen.Cmp(big.NewRat(int64(MaxMoney), 1)) > 0 {
		return 0, Errorf(Invalid, "金额太大:"+quoted+"。最多 1万亿,看看是不是多打了 0。")
	}
	if !fen.IsInt() {
		return 0, Errorf(Invalid, "金额只到分:"+quoted+"。回 12.35 这样的数就行。")
	}
	return Money(fen.Num().Int64()), nil
}

// maxMoneyText is in bytes; the longest amount in capital numerals has some 30 characters.
const maxMoneyText = 192

var foreignMoney = []string{"$", "€", "£", "美元", "美金", "美刀", "欧元", "英镑", "港币", "港元", "日元", "韩元", "澳元", "usd", "eur", "gbp", "hkd", "jpy"}

// halfWidth turns full-width letters, digits and signs into ASCII and lowers letters.
func halfWidth(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			r -= '！' - '!'
		case r == '　' || r == '\u00a0':
			return ' '
		case r == '￥':
			return '¥'
		}
		return unicode.ToLower(r)
	}, s))
}

// parseYuan reads normalised text as yuan.
func parseYuan(s string) (*big.Rat, bool) {
	for _, prefix := range []string{"人民币", "rmb", "cny", "¥"} {
		s = strings.TrimSpace(strings.TrimPrefix(s, prefix))
	}
	for _, suffix := range []string{"人民币", "rmb", "cny"} {
		s = strings.TrimSpace(strings.TrimSuffix(s, suffix))
	}
	s = strings.Replace(s, "块钱", "块", 1)
	if short, found := strings.CutSuffix(s, "整"); found {
		s = short
	} else if short, found := strings.CutSuffix(s, "正"); found {
		s = short
	}
	s, ok := dropSpaces(s)
	if !ok {
		return nil, false
	}
	head, tail := s, ""
	if at := strings.IndexAny(s, "元圆块塊"); at >= 0 {
		head, tail = s[:at], s[at+len("元"):]
		if head == "" {
			return nil, false
		}
	} else if strings.ContainsAny(s, "角毛分") {
		head, tail = "", s
	}
	cents, ok := parseCoins(tail, head != "")
	if !ok {
		return nil, false
	}
	if head == "" {
		return cents, tail != ""
	}
	yuan, ok := parseNumber(head)
	if !ok || (tail != "" && !yuan.IsInt()) {
		return nil, false
	}
	return yuan.Add(yuan, cents), true
}

// dropSpaces takes out spaces, except that two digits with a space between them may be two numbers.
func dropSpaces(s string) (string, bool) {
	fields := strings.Fields(s)
	for i := 1; i < len(fields); i++ {
		before, after := []rune(fields[i-1]), []rune(fields[i])
		if unicode.IsDigit(before[len(before)-1]) && unicode.IsDigit(after[0]) {
			return "", false
		}
	}
	return strings.Join(fields, ""), true
}

// parseCoins reads what stands behind the yuan: "五角二分", "零五分", "5毛". A single digit behind yuan is jiao, as in 三块五.
func parseCoins(s string, afterYuan bool) (*big.Rat, bool) {
	fen, rest := int64(0), []rune(s)
	if afterYuan && len(rest) > 1 && chineseDigit(rest[0]) == 0 {
		rest = rest[1:]
	}
	if len(rest) == 1 && afterYuan {
		d := coinDigit(rest[0])
		return big.NewRat(d, 10), d > 0 && !capitalDigit(rest[0])
	}
	for _, unit := range []struct {
		signs string
		fen   int64
	}{{"角毛", 10}, {"分", 1}} {
		if fen > 0 && len(rest) > 2 && chineseDigit(rest[0]) == 0 {
			rest = rest[1:]
		}
		if len(rest) >= 2 && strings.ContainsRune(unit.signs, rest[1]) {
			d := coinDigit(rest[0])
			if d < 0 {
				return nil, false
			}
			fen, rest = fen+d*unit.fen, rest[2:]
		}
	}
	return big.NewRat(fen, 100), len(rest) == 0
}

func coinDigit(r rune) int64 {
	if r >= '0' && r <= '9' {
		return int64(r - '0')
	}
	return int64(chineseDigit(r))
}

// chineseDigit is the value of a Chinese digit, plain or capital; -1 for anything else.
func chineseDigit(r rune) int {
	switch r {
	case '零', '〇':
		return 0
	case '一', '壹':
		return 1
	case '二', '两', '贰', '貳':
		return 2
	case '三', '叁', '參':
		return 3
	case '四', '肆':
		return 4
	case '五', '伍':
		return 5
	case '六', '陆', '陸':
		return 6
	case '七', '柒':
		return 7
	case '八', '捌':
		return 8
	case '九', '玖':
		return 9
	}
	return -1
}

func capitalDigit(r rune) bool {
	return strings.ContainsRune("壹贰貳叁參肆伍陆陸柒捌玖", r)
}

// unitExp is the power of ten of a unit; 0 for anything else.
func unitExp(r rune) int {
	switch r {
	case '十', '拾':
		return 1
	case '百', '佰':
		return 2
	case '千', '仟', 'k':
		return 3
	case '万', '萬', 'w':
		return 4
	case '亿', '億':
		return 8
	}
	return 0
}

func pow10(exp int) *big.Rat {
	return new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(exp)), nil))
}

// parseNumber reads a number with its units: either a decimal before units (12.5万, 十二点五万) or whole parts (3万5千).
func parseNumber(s string) (*big.Rat, bool) {
	whole, behind, found := strings.Cut(s, ".")
	if !found {
		whole, behind, found = strings.Cut(s, "点")
	}
	if !found {
		return parseWhole(s, true)
	}
	frac, exp := "", 0
	rest := []rune(behind)
	for len(rest) > 0 && coinDigit(rest[0]) >= 0 {
		frac += string(rune('0' + coinDigit(rest[0])))
		rest = rest[1:]
	}
	if len(rest) > 1 && rest[0] == '个' {
		rest = rest[1:]
	}
	for last := 0; len(rest) > 0; rest = rest[1:] {
		unit := unitExp(rest[0])
		if unit <= last { // 千万, 万亿 rise; 万千 is nothing
			return nil, false
		}
		last, exp = unit, exp+unit
	}
	left, ok := parseWhole(whole, false)
	if !ok || frac == "" || strings.ContainsAny(whole, "千仟kw万萬亿億") {
		return nil, false
	}
	right, ok := new(big.Rat).SetString("0." + frac)
	if !ok {
		return nil, false
	}
	return left.Mul(left.Add(left, right), pow10(exp)), true
}

// moneyToken is a number (exp 0) or a unit.
type moneyToken struct {
	exp     int
	value   int64
	width   int // digits of a number
	capital bool
}

// moneyTokens cuts text into numbers and units; false for anything else in it.
func moneyTokens(s string) ([]moneyToken, bool) {
	var toks []moneyToken
	rest := []rune(s)
	for len(rest) > 0 {
		r := rest[0]
		switch {
		case r >= '0' && r <= '9':
			n, used, ok := arabic(rest)
			if !ok {
				return nil, false
			}
			toks, rest = append(toks, n), rest[used:]
			continue
		case chineseDigit(r) >= 0:
			toks = append(toks, moneyToken{value: int64(chineseDigit(r)), width: 1, capital: capitalDigit(r)})
		case unitExp(r) > 0:
			toks = append(toks, moneyToken{exp: unitExp(r)})
		case r == '个' && len(rest) > 1 && unitExp(rest[1]) >= 3 && len(toks) > 0: // 2个亿, 3个w
		default:
			return nil, false
		}
		rest = rest[1:]
	}
	return toks, true
}

// arabic reads digits, with commas every three if with any. A leading zero is part of a code, not of an amount.
func arabic(s []rune) (n moneyToken, used int, ok bool) {
	digits, groups, inGroup := 0, 0, 0
	for ; used < len(s); used++ {
		switch r := s[used]; {
		case r >= '0' && r <= '9':
			if digits++; digits > 15 {
				return n, 0, false
			}
			inGroup++
			n.value = n.value*10 + int64(r-'0')
			continue
		case r == ',':
			if inGroup > 3 || (groups > 0 && inGroup != 3) || inGroup == 0 {
				return n, 0, false
			}
			groups++
			inGroup = 0
			continue
		}
		break
	}
	n.width = digits
	return n, used, (groups == 0 || inGroup == 3) && (s[0] != '0' || digits == 1)
}

// parseWhole reads whole parts with falling units: 一亿两千万, 1亿2000万, 3千5百, 十二万零五百. With shorthand, a last single digit
// without a unit counts in the next smaller one: 3万5 is 35,000, 两百五 is 250.
func parseWhole(s string, shorthand bool) (*big.Rat, bool) {
	toks, ok := moneyTokens(s)
	if !ok || len(toks) == 0 {
		return nil, false
	}
	if len(toks) == 1 && toks[0].exp == 0 {
		return new(big.Rat).SetInt64(toks[0].value), true
	}
	total, last := new(big.Rat), 0 // last: exponent of the big unit before, 0 at the start
	for len(toks) > 0 {
		part, rest, ok := parseSection(toks, last)
		if !ok {
			return nil, false
		}
		toks = rest
		exp := 0
		if len(toks) > 0 {
			exp, toks = toks[0].exp, toks[1:]
			if exp == 4 && len(toks) > 0 && toks[0].exp == 8 {
				exp, toks = 12, toks[1:]
			}
		}
		switch {
		case last > 0 && exp >= last:
			return nil, false
		case part.short && (exp > 0 || !shorthand):
			return nil, false
		case exp == 0 && last > 0 && part.width > 0 && part.width != last: // 1亿2000: 2000 of what?
			return nil, false
		case last > 0 && part.value >= int64pow10(last-exp):
			return nil, false
		}
		total.Add(total, new(big.Rat).Mul(new(big.Rat).SetInt64(part.value), pow10(exp)))
		last = exp
	}
	return total, true
}

func int64pow10(exp int) int64 {
	n := int64(1)
	for ; exp > 0; exp-- {
		n *= 10
	}
	return n
}

// section is the part of a number before 万, 亿 or the end.
type section struct {
	value int64
	short bool // its last digit was read as shorthand
	width int  // digits of a number like the 5000 of 3万5000, which must fill its places; 0 for others
}

// parseSection reads numbers with 千, 百, 十 up to a big unit or the end. above is the exponent of the big unit before it.
func parseSection(toks []moneyToken, above int) (sec section, rest []moneyToken, ok bool) {
	lastExp, zero := 4, false
	for len(toks) > 0 && toks[0].exp < 4 {
		t := toks[0]
		if t.exp == 0 && t.value == 0 { // 零 between parts
			if zero || len(toks) == 1 || toks[1].exp > 1 || (above == 0 && lastExp == 4) {
				return sec, nil, false
			}
			zero, toks = true, toks[1:]
			continue
		}
		if t.exp == 1 && (zero || lastExp == 2 || (lastExp == 4 && above == 0)) { // 十二, 一千零十二, 一百十五
			t = moneyToken{value: 1, width: 1, exp: 0}
		} else {
			toks = toks[1:]
		}
		if t.exp != 0 {
			return sec, nil, false
		}
		if len(toks) > 0 && toks[0].exp > 0 && toks[0].exp < 4 {
			exp := toks[0].exp
			if exp >= lastExp || (t.width > 1 && (exp < 3 || lastExp < 4)) {
				return sec, nil, false
			}
			sec.value += t.value * int64pow10(exp)
			lastExp, zero, toks = exp, false, toks[1:]
			continue
		}
		// A number without a unit of its own ends the section.
		n, short, ok := bareNumber(t, lastExp, above, zero)
		if !ok || (len(toks) > 0 && toks[0].exp == 0) {
			return sec, nil, false
		}
		sec.value += n
		sec.short = short
		if t.width > 1 && lastExp == 4 && !zero {
			sec.width = t.width
		}
		return sec, toks, true
	}
	return sec, toks, sec.value > 0 && !zero
}

// bareNumber is the value of a number without a unit, behind 千 to 十 (lastExp 3 to 1), behind 万 or 亿 (lastExp 4, above 4
// to 12) or at the start.
func bareNumber(t moneyToken, lastExp, above int, zero bool) (n int64, short, ok bool) {
	unit := above
	if lastExp < 4 {
		unit = lastExp
	}
	switch {
	case unit == 0, zero: // the start; or 零五
		return t.value, false, true
	case t.width > 1 && above > 0 && lastExp == 4: // 3万5000, and the 2000 of 1亿2000万
		return t.value, false, true
	case t.width > 1:
		return t.value, false, t.width == unit // 2千500
	case unit == 1: // 十五
		return t.value, false, true
	case t.capital: // 叁万伍 is no amount; capital numerals leave nothing out
		return 0, false, false
	}
	return t.value * int64pow10(unit-1), true, true
}

// Capital is the amount in the capital numerals of contracts and invoices: "壹拾捌万伍仟元整", "叁元零伍分". ParseMoney reads it
// back.
func (m Money) Capital() string {
	sign, abs := m.split()
	if sign != "" {
		sign = "负"
	}
	yuan, jiao, fen := abs/100, abs/10%10, abs%10
	s := ""
	if yuan > 0 || abs == 0 {
		s = capitalYuan(yuan) + "元"
	}
	switch {
	case jiao == 0 && fen == 0:
		return sign + s + "整"
	case jiao > 0:
		s += capitalDigits[jiao] + "角"
	case s != "":
		s += "零"
	}
	if fen > 0 {
		return sign + s + capitalDigits[fen] + "分"
	}
	return sign + s + "整"
}

var capitalDigits = [...]string{"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"}

// capitalYuan writes a whole number in groups of four digits; one 零 stands for any run of zeros inside.
func capitalYuan(n uint64) string {
	if n == 0 {
		return capitalDigits[0]
	}
	s, gap := "", false
	for i, unit := range []string{"万亿", "亿", "万", ""} {
		four := n
		for range 3 - i {
			four /= 10000
		}
		four %= 10000
		if four == 0 {
			gap = gap || s != ""
			continue
		}
		if s != "" && (gap || four < 1000) {
			s += capitalDigits[0]
		}
		s += capitalFour(four) + unit
		gap = false
	}
	return s
}

func capitalFour(n uint64) string {
	s, gap := "", false
	for i, unit := range []string{"仟", "佰", "拾", ""} {
		d := n
		for range 3 - i {
			d /= 10
		}
		if d %= 10; d == 0 {
			gap = gap || s != ""
			continue
		}
		if gap {
			s += capitalDigits[0]
		}
		s += capitalDigits[d] + unit
		gap = false
	}
	return s
}
