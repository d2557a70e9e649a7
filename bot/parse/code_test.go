package parse

import (
	"regexp"
	"testing"
	"unicode/utf8"
)

// TestCodesAreWhatTheirPatternSays compares the codes taken out of all example messages, and of some that tempt, with a pattern.
func TestCodesAreWhatTheirPatternSays(t *testing.T) {
	t.Parallel()
	pattern := regexp.MustCompile(`(?:^|[^0-9A-Za-z])([A-Za-z]{1,6}-?\d+[A-Za-z0-9-]*|\d{11,})`)
	texts := append(exampleTexts(t), "BS-380E,BS-480", "ABCDEFG12 AB-CD12 A1-", "12345678901A 1234567890 x123456789012-3", "-A1 A--1 a1b2-c3", "型号BS380和K9", "138-1234-5678 是电话")
	x := NewIndex(Master{})
	for _, s := range texts {
		m := Parser{Index: x}.newMessage(Input{Text: s, Now: testNow})
		if len(m.r) == 0 {
			continue
		}
		m.codes()
		want := make([]bool, len(m.r))
		for _, at := range pattern.FindAllStringSubmatchIndex(m.s, -1) {
			for k := utf8.RuneCountInString(m.s[:at[2]]); k < utf8.RuneCountInString(m.s[:at[3]]); k++ {
				want[k] = true
			}
		}
		for k := range want {
			if want[k] != m.used[k] {
				t.Errorf("%q: rune %d (%c) is part of a code: %t, want %t", s, k, m.r[k], m.used[k], want[k])
				break
			}
		}
	}
}

func TestPhonesAreLookedForWhereTheyMayBe(t *testing.T) {
	t.Parallel()
	x := NewIndex(Master{})
	for _, s := range append(exampleTexts(t), "电话13812345678", "0571-88123456 找王主任", "打400-820-8820", "转0575 85123456", "#1795356918452299#") {
		m := Parser{Index: x}.newMessage(Input{Text: s, Now: testNow})
		if phonePattern.MatchString(m.s) && !m.mayHavePhone() {
			t.Errorf("%q: the telephone number is passed over", s)
		}
	}
}
