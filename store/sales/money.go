package sales

import (
	"math/big"
	"strconv"
	"strings"
)

// Money is an amount in fen (1/100 yuan), exact. Only renminbi is kept.
type Money int64

// Amounts that stand often in rules and tests.
const (
	Fen  Money = 1
	Yuan       = 100 * Fen
	Wan        = 10_000 * Yuan
	Yi         = 10_000 * Wan
)

// MaxMoney is the largest amount a person may write, a trillion yuan; more is a slip of the finger.
const MaxMoney = 10_000 * Yi

// String is the amount as tables and contracts have it: "¥1,280,000.00", "-¥5.00".
func (m Money) String() string {
	sign, abs := m.split()
	return sign + "¥" + group(abs/100) + "." + twoDigits(abs%100)
}

// Short is the amount as one says it in a sentence: "128万", "12.5万", "1.2亿", below ten thousand to the fen, "3,400元",
// "9.50元". From ten thousand on it is rounded to two decimals of its unit; where the exact amount matters use String.
func (m Money) Short() string {
	sign, abs := m.split()
	if abs < uint64(Wan) {
		s := group(abs / 100)
		if abs%100 != 0 {
			s += "." + twoDigits(abs%100)
		}
		return sign + s + "元"
	}
	// 99,999,960 yuan is 1亿, not 10000万.
	if hundredths := roundTo(abs, uint64(Wan)/100); abs < uint64(Yi) && hundredths < 100*10_000 {
		return sign + trimDecimals(hundredths) + "万"
	}
	return sign + trimDecimals(roundTo(abs, uint64(Yi)/100)) + "亿"
}

// Rounded is the amount as a group may see it, without the figure itself: "约1.3亿" (to 0.1亿), "约130万" (to 10万),
// "约13万" (to 万), "1万以内". Nothing is "0元".
func (m Money) Rounded() string {
	sign, abs := m.split()
	switch {
	case abs == 0:
		return "0元"
	case abs < uint64(Wan):
		if sign != "" {
			return "-1万以内"
		}
		return "1万以内"
	case roundTo(abs, uint64(Wan)) < 100:
		return "约" + sign + strconv.FormatUint(roundTo(abs, uint64(Wan)), 10) + "万"
	case roundTo(abs, 10*uint64(Wan)) < 1000:
		return "约" + sign + strconv.FormatUint(roundTo(abs, 10*uint64(Wan))*10, 10) + "万"
	}
	return "约" + sign + trimDecimals(roundTo(abs, uint64(Yi)/10)*10) + "亿"
}

// ParseBalance reads an amount that may be either way: what we owe is negative, "-5万" or "负5万".
func ParseBalance(text string) (Money, error) {
	s := strings.TrimSpace(text)
	for _, sign := range []string{"-", "－", "−", "负"} {
		if rest, ok := strings.CutPrefix(s, sign); ok {
			m, err := ParseMoney(rest)
			return -m, err
		}
	}
	return ParseMoney(s)
}

// Percent is p of the amount, rounded half up to the fen.
func (m Money) Percent(p Percent) Money {
	sign, abs := m.split()
	n := new(big.Int).SetUint64(abs)
	n.Mul(n, big.NewInt(int64(p))).Add(n, big.NewInt(5000)).Div(n, big.NewInt(10000))
	if sign != "" {
		n.Neg(n)
	}
	return Money(n.Int64())
}

func (m Money) split() (sign string, abs uint64) {
	if m < 0 {
		return "-", -uint64(m)
	}
	return "", uint64(m)
}

// roundTo is n in units, half up.
func roundTo(n, unit uint64) uint64 {
	q := n / unit
	if n%unit >= unit-unit/2 {
		q++
	}
	return q
}

// trimDecimals writes hundredths without trailing zeros: 1250 is "12.5".
func trimDecimals(hundredths uint64) string {
	s := strconv.FormatUint(hundredths/100, 10)
	if frac := hundredths % 100; frac != 0 {
		s += strings.TrimRight("."+twoDigits(frac), "0")
	}
	return s
}

func twoDigits(n uint64) string { return string([]byte{byte('0' + n/10), byte('0' + n%10)}) }

// group writes n with a comma every three digits.
func group(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
