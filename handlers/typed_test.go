package handlers

import "testing"

func TestNumbersOfAListAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"2": 2, "２": 2, "2。": 2, "第2个": 2, "第 2 条。": 2, "第二家": 2, "二": 2, "10、": 10, "两": 2,
		"": 0, "0": 0, "第": 0, "二院": 0, "2月": 0, "2万": 0, "绍兴第二医院": 0, "-1": 0, "99999999999999999999": 0,
	} {
		if got := ordinal(text); got != want {
			t.Errorf("ordinal(%q) = %d, want %d", text, got, want)
		}
	}
}

func TestShortAnswersWithPunctuationOfBothWidths(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"是", "是的。", "对！", " 好的，", "嗯…", "OK."} {
		if !isYes(s) || isNo(s) {
			t.Errorf("%q is a yes", s)
		}
	}
	for _, s := range []string{"不是", "不是。", "算了！", "“都不是”", "取消~"} {
		if !isNo(s) || isYes(s) {
			t.Errorf("%q is a no", s)
		}
	}
	for text, want := range map[string][2]string{
		"孙静，账期我看不准": {"孙静", "账期我看不准"}, "孙静 看一下，急": {"孙静", "看一下，急"}, "1、周五": {"1", "周五"}, "孙静": {"孙静", ""}, "；": {"", ""},
	} {
		if w, r := cutWord(text); w != want[0] || r != want[1] {
			t.Errorf("cutWord(%q) = %q, %q", text, w, r)
		}
	}
}
