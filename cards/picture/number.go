package picture

import (
	"strconv"
	"strings"
)

// money writes fen as people say it: 8,500元, 12.5万, 128万, 1.28亿. It rounds half away from zero.
func money(fen int64) string {
	sign := ""
	if fen < 0 {
		// The smallest int64 has no positive counterpart; max makes it 0 instead of a wrong number.
		sign, fen = "-", max(-fen, 0)
	}
	yuan := (fen + 50) / 100
	switch {
	case yuan < 10_000:
		return sign + thousands(yuan) + "元"
	case yuan < 999_500:
		return sign + decimals(yuan, 10_000, 1) + "万"
	case yuan < 99_995_000:
		return sign + decimals(yuan, 10_000, 0) + "万"
	}
	return sign + decimals(yuan, 100_000_000, 2) + "亿"
}

// tally writes a count: 320, 12,345, 12.5万; beyond ten million either way it stops counting.
func tally(n int) string {
	const most = 10_000_000
	n = max(min(n, most), -most)
	switch {
	case n < 0:
		return "-" + tally(-n)
	case n < 100_000:
		return thousands(int64(n))
	}
	return decimals(int64(n), 10_000, 1) + "万"
}

// decimals is n/unit with at most the places given, trailing zeros dropped.
func decimals(n, unit int64, places int) string {
	scale := int64(1)
	for range places {
		scale *= 10
	}
	step := unit / scale
	v := n/step + (n%step*2)/step
	whole, part := v/scale, v%scale
	if part == 0 {
		return thousands(whole)
	}
	frac := strconv.FormatInt(part, 10)
	frac = strings.Repeat("0", places-len(frac)) + frac
	return thousands(whole) + "." + strings.TrimRight(frac, "0")
}

// thousands writes n with a comma after every three digits.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	if neg {
		return "-" + s
	}
	return s
}
