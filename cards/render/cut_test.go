package render_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"salesflow/cards/render"
)

func TestCutBytes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		in   string
		n    int
		want string
	}{
		{"short text stays", "绍兴", 6, "绍兴"},
		{"the mark counts", "绍兴市立", 9, "绍兴…"},
		{"no half character", "绍兴市立", 11, "绍兴…"},
		{"a number goes whole", "缺口 1280000 元", 12, "缺口…"},
		{"a number keeps its unit", "金额128万元", 13, "金额…"},
		{"an amount goes with its sign", "合计¥1,280,000.00", 14, "合计…"},
		{"a number before a space is complete", "拜访 4 家医院", 11, "拜访 4…"},
		{"all digits are cut in the digits", "12345678901", 9, "123456…"},
		{"a family stays together", "家👨‍👩‍👧‍👦好的好的", 24, "家…"},
		{"a flag stays together", "🇨🇳🇨🇳🇨🇳", 20, "🇨🇳🇨🇳…"},
		{"an accent stays on its letter", "cafe\u0301 bar", 7, "caf…"},
		{"no room for the mark", "绍兴", 2, ""},
		{"no room at all", "绍兴", 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := render.CutBytes(tt.in, tt.n); got != tt.want {
				t.Errorf("CutBytes(%q, %d) = %q, want %q", tt.in, tt.n, got, tt.want)
			}
		})
	}
}

func TestCutKeepsItsLimitWhateverTheText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, n := rapid.String().Draw(t, "s"), rapid.IntRange(0, 60).Draw(t, "n")
		if got := render.CutBytes(s, n); len(got) > n || !utf8.ValidString(got) {
			t.Fatalf("CutBytes(%q, %d) = %q", s, n, got)
		}
		if got := render.CutRunes(s, n); utf8.RuneCountInString(got) > n || !utf8.ValidString(got) {
			t.Fatalf("CutRunes(%q, %d) = %q", s, n, got)
		}
	})
}

func TestSplitBytesLosesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, n := rapid.StringMatching(`[a绍👍🏽\n1 ]{0,200}`).Draw(t, "s"), rapid.IntRange(0, 60).Draw(t, "n")
		parts := render.SplitBytes(s, n)
		for _, p := range parts {
			if len(p) > max(n, 4) || !utf8.ValidString(p) {
				t.Fatalf("part %q of %q is over %d", p, s, n)
			}
		}
		if got, want := strings.ReplaceAll(strings.Join(parts, ""), "\n", ""), strings.ReplaceAll(s, "\n", ""); got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}

func TestSplitBytesPrefersTheEndOfALine(t *testing.T) {
	t.Parallel()
	got := render.SplitBytes("第一行字\n第二行\n三", 20)
	if len(got) != 2 || got[0] != "第一行字" || got[1] != "第二行\n三" {
		t.Errorf("got %q", got)
	}
}
