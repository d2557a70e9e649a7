package handlers

import "testing"

// What is spoken in Chinese numerals is read as what is typed in digits; numerals in names stay.
func TestSpokenFiguresAreReadLikeDigits(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want, sums string }{
		{"离心机 1台 四十五万", "离心机 1台 450000元", "离心机 1台 450000元"},
		{"离心机 1台 八千", "离心机 1台 8000元", "离心机 1台 8000元"},
		{"离心机 1台 13万五", "离心机 1台 135000元", "离心机 1台 135000元"},
		{"单价八千含税", "单价8000元含税", "单价8000元含税"},
		{"单价为三十", "单价为30元", "单价为30元"},
		{"八千五百块", "8500块", "8500块"},
		{"二十元", "20元", "20元"},
		{"一百二十台", "120台", "一百二十台"},
		{"账期三十天", "账期30天", "账期三十天"},
		{"打九折", "打9折", "打九折"},
		{"八五折", "85折", "八五折"},
		{"九点五折", "9.5折", "九点五折"},
		{"一次性采血管 三一重工 第二医院 第一百货", "一次性采血管 三一重工 第二医院 第一百货", "一次性采血管 三一重工 第二医院 第一百货"},
		{"一百超市 五分类血球仪 AU四百 十二导心电图机", "一百超市 五分类血球仪 AU四百 十二导心电图机", "一百超市 五分类血球仪 AU四百 十二导心电图机"},
		{"下周二 三月五号 十分满意 万达 千万别", "下周二 三月五号 十分满意 万达 千万别", "下周二 三月五号 十分满意 万达 千万别"},
		{"", "", ""},
	} {
		if got := inFigures(tt.text); got != tt.want {
			t.Errorf("%q is read as %q, want %q", tt.text, got, tt.want)
		}
		if got := sumsInFigures(tt.text); got != tt.sums {
			t.Errorf("the sums of %q are read as %q, want %q", tt.text, got, tt.sums)
		}
	}
}

func TestWhatIsLessThanNothingIsNoSum(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"绍兴市立 负一百万":  "负一百万",
		"打车 负二十":     "负二十",
		"打车负二十块,停车":  "负二十块",
		"金额改成负5万":    "负5万",
		"绍兴市立 -45万":  "-45万",
		"单价-8000":    "-8000",
		"单价0元":       "0元",
		"2台 0元":      "0元",
		"预算40-50万":   "",
		"负一楼检验科 5万":  "",
		"负责三个区 5万":   "",
		"AU-480 2台":  "",
		"100元 1000台": "",
		"打车 二十":      "",
	} {
		if got := noSum(text); got != want {
			t.Errorf("of %q %q is no sum, want %q", text, got, want)
		}
	}
}
