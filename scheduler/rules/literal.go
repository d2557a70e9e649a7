package rules

import (
	"strings"

	"salesflow/store/sales"
)

// literal reads a value as people write it: 5万, ¥50,000, 五十万元; 30%, 百分之三十, 三成, 85折; plain numbers as Number.
func (s *scanner) literal() (Value, bool) {
	var v Value
	ok := s.try(func() bool {
		s.blanks()
		for _, read := range []func() (Value, bool){s.percent, s.amount} {
			got, ok := read()
			if ok {
				v = got
				return true
			}
		}
		s.miss("数值")
		return false
	})
	return v, ok
}

// run is the end of the signs at the place that are among the given ones.
func (s *scanner) run(from int, signs string) int {
	for from < len(s.text) && strings.ContainsRune(signs, s.text[from]) {
		from++
	}
	return from
}

// starts reports whether a number in digits begins at the place.
func (s *scanner) starts() bool {
	if s.pos >= len(s.text) {
		return false
	}
	r := s.text[s.pos]
	return r == '-' || r >= '0' && r <= '9'
}

// percent reads 30%, 5‰, 85折 (of the price) and 8.5折.
func (s *scanner) percent() (Value, bool) {
	end := s.run(s.pos, "0123456789.-")
	if !s.starts() || end >= len(s.text) {
		return Value{}, false
	}
	n, ok := hundredths(string(s.text[s.pos:end]))
	switch s.text[end] {
	case '%':
	case '‰':
		n /= 10
	case '折':
		if n < 1000 { // 8.5折 is 85%
			n *= 10
		}
	default:
		return Value{}, false
	}
	if ok {
		s.pos = end + 1
	}
	return Value{Type: Percent, N: n}, ok
}

// share reads 百分之三十, 三成 and 3成.
func (s *scanner) share() (Value, bool) {
	from := s.pos
	s.blanks()
	of := s.maybe("百分之")
	n, ok := s.wholeNumber()
	if ok && of != "" {
		return Value{Type: Percent, N: 100 * int64(n)}, true
	}
	if ok && of == "" && n <= 10 && s.maybe("成") != "" {
		return Value{Type: Percent, N: 1000 * int64(n)}, true
	}
	s.pos = from
	return Value{}, false
}

// wholeNumber is number without a note of what was wanted.
func (s *scanner) wholeNumber() (int, bool) {
	far, wanted, known := s.far, s.wanted, s.known
	n, ok := s.number()
	s.far, s.wanted, s.known = far, wanted, known
	return n, ok
}

const (
	digitSigns   = "¥￥0123456789.,-"
	chineseSigns = "零〇一二两三四五六七八九十百千半"
	unitSigns    = "百千万亿wWkK元块角分"
)

// amount reads money, and numbers that are none.
func (s *scanner) amount() (Value, bool) {
	digits := s.run(s.pos, digitSigns)
	if digits == s.pos {
		end := s.run(s.pos, chineseSigns+unitSigns)
		if end-s.pos < 2 || !strings.ContainsAny(string(s.text[s.pos:end]), "万亿元块千百") {
			return Value{}, false
		}
		return s.money(end)
	}
	for digits > s.pos && s.text[digits-1] == ',' { // a list's comma
		digits--
	}
	if !s.starts() && s.text[s.pos] != '¥' && s.text[s.pos] != '￥' {
		return Value{}, false
	}
	if end := s.run(digits, unitSigns); end > digits || !s.starts() {
		return s.money(end)
	}
	n, ok := hundredths(string(s.text[s.pos:digits]))
	if ok {
		s.pos = digits
	}
	return Value{Type: Number, N: n}, ok
}

func (s *scanner) money(end int) (Value, bool) {
	m, err := sales.ParseMoney(strings.TrimLeft(string(s.text[s.pos:end]), "¥￥"))
	if err != nil {
		return Value{}, false
	}
	s.pos = end
	return Value{Type: Money, N: int64(m)}, true
}

// hundredths reads a decimal with at most two places as hundredths.
func hundredths(s string) (int64, bool) {
	s = strings.ReplaceAll(s, ",", "")
	sign := int64(1)
	if strings.HasPrefix(s, "-") {
		sign, s = -1, s[1:]
	}
	whole, part, _ := strings.Cut(s, ".")
	if len(whole) == 0 || len(whole) > 14 || len(part) > 2 {
		return 0, false
	}
	n := int64(0)
	for _, r := range whole + (part + "00")[:2] {
		if r < '0' || r > '9' {
			return 0, false
		}
		n = 10*n + int64(r-'0')
	}
	return sign * n, true
}
