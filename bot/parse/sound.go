package parse

import (
	"strings"
	"sync"

	"github.com/agnivade/levenshtein"
	"github.com/mozillazg/go-pinyin"
)

// syllables gives each Han character the number of its first reading, tone and the pairs that southern speakers and
// speech recognisers confuse (z/zh, in/ing) levelled. Characters that sound alike share a number.
var syllables = sync.OnceValue(func() *soundTable {
	args := pinyin.NewArgs()
	numbers := map[string]uint16{}
	out := &soundTable{rare: map[rune]uint16{}}
	for c := range pinyin.PinyinDict {
		p := pinyin.SinglePinyin(rune(c), args)
		if len(p) == 0 {
			continue
		}
		s := levelSound(p[0])
		n, ok := numbers[s]
		if !ok {
			n = uint16(len(numbers)) + 0x100
			numbers[s] = n
		}
		if c := rune(c); c >= hanFirst && c < hanFirst+hanCount {
			out.common[c-hanFirst] = n
		} else {
			out.rare[c] = n
		}
	}
	return out
})

// soundTable gives characters their syllables' numbers; 0 for none.
type soundTable struct {
	common [hanCount]uint16
	rare   map[rune]uint16
}

func (t *soundTable) of(c rune) uint16 {
	if c >= hanFirst && c < hanFirst+hanCount {
		return t.common[c-hanFirst]
	}
	if c < 0x2e80 {
		return 0
	}
	return t.rare[c]
}

var soundLevels = strings.NewReplacer("zh", "z", "ch", "c", "sh", "s")

func levelSound(p string) string {
	p = soundLevels.Replace(p)
	if strings.HasSuffix(p, "ng") && !strings.HasSuffix(p, "ong") && len(p) > 3 {
		p = p[:len(p)-1]
	}
	return p
}

// sound is the text with every Han character replaced by its syllable, as runes of a private area; other characters
// stay, in upper case.
func sound(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, c := range s {
		b.WriteRune(soundOf(c))
	}
	return b.String()
}

// soundOf is the sound of one character.
func soundOf(c rune) rune {
	if n := syllables().of(c); n > 0 {
		return 0xe000 + rune(n)
	}
	if c >= 'a' && c <= 'z' {
		c -= 32
	}
	return c
}

// readings gives all readings of a character without tones.
func readings(c rune) []string {
	args := pinyin.NewArgs()
	args.Heteronym = true
	return pinyin.SinglePinyin(c, args)
}

// soundsNear reports that two characters share a reading or have readings one letter apart.
func soundsNear(a, b rune) bool {
	for _, x := range readings(a) {
		for _, y := range readings(b) {
			x, y := levelSound(x), levelSound(y)
			if x == y || len(x) > 2 && len(y) > 2 && levenshtein.ComputeDistance(x, y) == 1 {
				return true
			}
		}
	}
	return false
}

// initials gives the pinyin initials of s: 拜访 is "bf".
func initials(s string) string {
	args := pinyin.NewArgs()
	args.Style = pinyin.FirstLetter
	var b strings.Builder
	for _, p := range pinyin.LazyPinyin(s, args) {
		b.WriteString(p)
	}
	return b.String()
}

// spelled gives the pinyin of s without tones: 拜访 is "baifang".
func spelled(s string) string { return strings.Join(pinyin.LazyPinyin(s, pinyin.NewArgs()), "") }
