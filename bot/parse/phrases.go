package parse

import (
	"strings"
	"unicode/utf8"
)

// phrases finds whether a text holds one of many words in one pass: looking for one word after the other reads it as often as
// there are words.
type phrases struct {
	first runeSet
	by    map[rune][]string
}

func newPhrases(lists ...[]string) *phrases {
	p := &phrases{by: map[rune][]string{}}
	for _, ws := range lists {
		for _, w := range ws {
			c, _ := utf8.DecodeRuneInString(w)
			p.first.add(c)
			p.by[c] = append(p.by[c], w)
		}
	}
	return p
}

// in reports whether one of the words stands in s.
func (p *phrases) in(s string) bool {
	for i, c := range s {
		if !p.first.has(c) {
			continue
		}
		for _, w := range p.by[c] {
			if strings.HasPrefix(s[i:], w) {
				return true
			}
		}
	}
	return false
}

// oneOf is a set of Chinese characters, asked at nearly every one of a message.
type oneOf [1024]uint64

func newOneOf(s string) *oneOf {
	var set oneOf
	for _, c := range s {
		if c < 1<<16 {
			set[c>>6] |= 1 << (c & 63)
		}
	}
	return &set
}

func (s *oneOf) has(c rune) bool { return c >= 0 && c < 1<<16 && s[c>>6]&(1<<(c&63)) != 0 }

var surnameSet = newOneOf(surnames)

func isSurname(c rune) bool { return surnameSet.has(c) }
