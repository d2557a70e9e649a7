package handlers

import (
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/mozillazg/go-pinyin"
)

// suggest finds the word that was probably meant: the same sound, or one character off. Words of one character suggest
// nothing.
func suggest(word string, known []string) (string, bool) {
	n := len([]rune(word))
	if n < 2 || n > 8 {
		return "", false
	}
	best, distance := "", 2
	for _, k := range known {
		d := levenshtein.ComputeDistance(word, k)
		if sound(word) != "" && sound(word) == sound(k) {
			d = 0
		}
		if len([]rune(k)) == 2 && d == 1 && n == 2 && []rune(word)[0] != []rune(k)[0] && !near([]rune(word)[0], []rune(k)[0]) {
			continue // one of two characters is too little to go by, unless they sound alike
		}
		if d < distance {
			best, distance = k, d
		}
	}
	return best, best != ""
}

// sound is a word as it is spoken, without tones; empty when it has a character without a reading.
func sound(word string) string {
	var b strings.Builder
	for _, r := range word {
		s := pinyin.SinglePinyin(r, pinyin.NewArgs())
		if len(s) == 0 {
			return ""
		}
		b.WriteString(s[0] + " ")
	}
	return b.String()
}

func near(a, b rune) bool {
	x, y := sound(string(a)), sound(string(b))
	return x != "" && y != "" && levenshtein.ComputeDistance(x, y) <= 1
}
