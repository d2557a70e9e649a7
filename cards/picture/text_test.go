package picture

import (
	"math"
	"testing"

	"golang.org/x/image/font/sfnt"
)

func TestMoneyReadsAsPeopleSayIt(t *testing.T) {
	t.Parallel()
	tests := []struct {
		fen  int64
		want string
	}{
		{0, "0元"},
		{49, "0元"},
		{50, "1元"},
		{8_500_00, "8,500元"},
		{10_000_00, "1万"},
		{125_000_00, "12.5万"},
		{125_499_00, "12.5万"},
		{999_499_00, "99.9万"},
		{999_500_00, "100万"},
		{1_280_000_00, "128万"},
		{12_345_678_00, "1,235万"},
		{99_994_999_00, "9,999万"},
		{99_995_000_00, "1亿"},
		{128_000_000_00, "1.28亿"},
		{1_205_000_000_00, "12.05亿"},
		{-125_000_00, "-12.5万"},
	}
	for _, tt := range tests {
		if got := money(tt.fen); got != tt.want {
			t.Errorf("money(%d) = %s, want %s", tt.fen, got, tt.want)
		}
	}
}

func TestTally(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 42: "42", 99_999: "99,999", 100_000: "10万", 125_400: "12.5万", -5: "-5", math.MaxInt: "1,000万", math.MinInt: "-1,000万"} {
		if got := tally(n); got != want {
			t.Errorf("tally(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestFontHasWhatWeWrite(t *testing.T) {
	t.Parallel()
	f, err := loadFont()
	if err != nil {
		t.Fatal(err)
	}
	var buf sfnt.Buffer
	for _, r := range "0123456789,.%¥·…—–↑↓→●○□■◆★①②③《》「」()（）：，。漏斗转化低于高于全司持平销售商机拜访回款合同审批赢单输单绍兴鄞州衢喆珺堃煊昇骉䶮" {
		if i, err := f.GlyphIndex(&buf, r); err != nil || i == 0 {
			t.Errorf("no glyph for %c (%U)", r, r)
		}
	}
}

func TestPrintable(t *testing.T) {
	t.Parallel()
	f, err := loadFont()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, in, want string }{
		{"a state mark that the font lacks goes", "🔴 超时", "超时"},
		{"a joined emoji goes whole", "好👨‍👩‍👧👍🏽的", "好的"},
		{"a letter that the font lacks is marked", "張ѫ", "□□"},
		{"lines become one", "第一\n第二", "第一 第二"},
		{"the dot is wide enough", "漏斗 · 华东", "漏斗·华东"},
		{"broken bytes go", "周\xff敏", "周敏"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var buf sfnt.Buffer
			if got := printable(f, &buf, tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
