package render

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const ellipsis = "…"

// maxCluster bounds what counts as one character, in bytes: a letter under a tower of accents is cut all the same.
const maxCluster = 64

// CutBytes shortens s to at most n bytes. What is cut ends in "…" (three bytes of the n), and the cut falls neither
// inside a character as people see it (a flag, a family, an accent) nor inside a number: "128万" never becomes "12…".
func CutBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return cut(s, n, len(ellipsis), func(part string) int { return len(part) })
}

// CutRunes shortens s to at most n characters (code points, as the platforms count), by the rules of CutBytes.
func CutRunes(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return cut(s, n, 1, utf8.RuneCountInString)
}

// cut keeps whole characters of s up to n minus the mark's size, by the measure given, and appends the mark.
func cut(s string, n, mark int, size func(string) int) string {
	end, used := 0, 0
	for end < len(s) {
		c := cluster(s[end:])
		w := size(s[end : end+c])
		if used+w > n-mark {
			break
		}
		used += w
		end += c
	}
	if n < mark {
		return ""
	}
	end = beforeNumber(s, end)
	return strings.TrimRightFunc(s[:end], unicode.IsSpace) + ellipsis
}

// SplitBytes cuts s into parts of at most n bytes, at an end of line where there is one in the second half of the part,
// else between characters. It loses nothing but the line break at a cut. A message that is sent in parts reads on.
func SplitBytes(s string, n int) []string {
	var parts []string
	n = max(n, utf8.UTFMax)
	for len(s) > n {
		end := strings.LastIndexByte(s[:n+1], '\n')
		if end < n/2 {
			end = fit(s, n)
			parts, s = append(parts, s[:end]), s[end:]
			continue
		}
		parts, s = append(parts, s[:end]), s[end+1:]
	}
	if s != "" {
		parts = append(parts, s)
	}
	return parts
}

// fit is the length of the longest run of whole characters of s that is at most n bytes, and at least one code point.
func fit(s string, n int) int {
	end := 0
	for end < len(s) {
		c := cluster(s[end:])
		if end+c > n {
			break
		}
		end += c
	}
	if end > 0 {
		return end
	}
	for end = n; end > 0 && !utf8.RuneStart(s[end]); end-- {
	}
	return end
}

// cluster is the length in bytes of the first character of s as people see it. It knows accents, variation marks,
// skin tones, joined emoji and flags, which is what chat text holds; scripts that need more than that do not occur.
func cluster(s string) int {
	r, n := utf8.DecodeRuneInString(s)
	if r == '\r' && strings.HasPrefix(s[n:], "\n") {
		return n + 1
	}
	flag, joined := isRegional(r), false
	for n < len(s) {
		next, w := utf8.DecodeRuneInString(s[n:])
		pair := flag && isRegional(next)
		if !joined && !pair && !extends(next) || n+w > maxCluster {
			break
		}
		if pair {
			flag = false
		}
		joined = next == '\u200d'
		n += w
	}
	return n
}

func isRegional(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }

// extends reports whether r is drawn as part of the character before it.
func extends(r rune) bool {
	return r == '\u200d' || r >= 0x1f3fb && r <= 0x1f3ff || r >= 0xe0020 && r <= 0xe007f ||
		r > 0x2ff && unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc)
}

// beforeNumber moves a cut at s[end] to the front of the number it would split or part from its unit.
func beforeNumber(s string, end int) int {
	if end == 0 || end >= len(s) || !numeric(s[end-1]) {
		return end
	}
	if next, _ := utf8.DecodeRuneInString(s[end:]); unicode.IsSpace(next) || unicode.IsPunct(next) && !numeric(s[end]) && next != '%' {
		return end
	}
	start := end
	for start > 0 && numeric(s[start-1]) {
		start--
	}
	if start > 0 && s[start-1] == '-' {
		start--
	}
	if strings.HasSuffix(s[:start], "¥") || strings.HasSuffix(s[:start], "\uffe5") {
		_, w := utf8.DecodeLastRuneInString(s[:start])
		start -= w
	}
	// A text that is one long number is cut in the number after all: better a piece than nothing.
	if start == 0 || end-start > 24 {
		return end
	}
	return start
}

func numeric(b byte) bool { return b >= '0' && b <= '9' || b == '.' || b == ',' }
