package view_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"salesflow/cards"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

var ruleNow = time.Date(2026, 3, 11, 2, 0, 0, 0, time.UTC)

// The cards of rules keep the manners that hold for every card, however long the rules.
func TestRuleCardsKeepTheLimits(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("很长的规则", 60)
	all := map[string]cards.Card{
		"problem": view.RuleProblem("rule:mend/"+strings.Repeat("e", 150), "第 1 行第 9 个字\"待审皮\"", long, long, long),
		"unknown": view.RuleProblem("rule:mend/e", "第 1 行第 9 个字", "这里看不懂", "", ""),
	}
	for _, state := range []string{sales.RuleOn, sales.RuleOff, sales.RuleDraft} {
		for _, shown := range []int{1, 2, 3} {
			for _, broken := range []string{"", "第 1 行第 3 个字:这里看不懂"} {
				v := view.Rule{
					Rule:  sales.Rule{ID: 1 << 60, Name: strings.Repeat("名", 30), State: state, N: 2, Version: 9},
					Shown: shown, Versions: 3, Broken: broken, Fired: 1234, LastAt: sales.At(ruleNow), Editor: true, Now: ruleNow,
					Words: []string{long, "就 " + long, "再过 24小时还没处理,就 " + long, "再过 24小时还没处理,就 " + long, "再过 1天还没处理,就 " + long, "紧急:静默时段也发", "到 2026-12-31 止"},
				}
				all[state+" "+broken+string(rune('0'+shown))] = view.RuleCard(v)
			}
		}
	}
	for name, c := range all {
		if len(c.Fields) > cards.MaxFields || len(c.Buttons) > 4 || c.Key == "" || len(c.Key) > 190 {
			t.Errorf("%s: %d fields, %d buttons, key %q", name, len(c.Fields), len(c.Buttons), c.Key)
		}
		if n := utf8.RuneCountInString(c.Title); n > cards.MaxTitle {
			t.Errorf("%s: a title of %d", name, n)
		}
		for _, f := range c.Fields {
			if utf8.RuneCountInString(f.Name) > cards.MaxFieldName || f.Value == "" {
				t.Errorf("%s: field %q", name, f.Name)
			}
		}
		for _, b := range c.Buttons {
			if utf8.RuneCountInString(b.Text) > cards.MaxButtonText || len(b.Action.Encode()) > cards.MaxAction || b.Typed == "" {
				t.Errorf("%s: button %+v", name, b)
			}
		}
	}
}

func TestARulesButtonsGoByItsState(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		state string
		n     int
		want  string
	}{
		{"在用", sales.RuleOn, 2, "试跑 修改 版本 停用"},
		{"新版等启用", sales.RuleOn, 1, "启用 试跑 修改 放弃"},
		{"停用", sales.RuleOff, 2, "启用 试跑 修改 版本"},
		{"草稿", sales.RuleDraft, 2, "启用 试跑 修改 放弃"},
	} {
		v := view.Rule{Rule: sales.Rule{ID: 7, Name: "甲", State: tc.state, N: tc.n}, Shown: 2, Words: []string{"当"}, Editor: true, Now: ruleNow}
		var got []string
		for _, b := range view.RuleCard(v).Buttons {
			got = append(got, b.Text)
		}
		if s := strings.Join(got, " "); s != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, s, tc.want)
		}
		if v.Editor = false; len(view.RuleCard(v).Buttons) > 0 {
			t.Errorf("%s: a reader has buttons", tc.name)
		}
	}
}

func TestADryRunSaysWhatWouldHaveBeen(t *testing.T) {
	t.Parallel()
	line := view.RuleTrialLine{At: ruleNow, About: "HT2026-018 绍兴市立医院", To: []string{"孙静", "陈刚"}}
	got := view.RuleTrialText("合同48小时", 30, 12, 2, false, []view.RuleTrialLine{line, {At: ruleNow, About: "HT2026-019"}})
	for _, want := range []string{"近 30 天会触发 12 次", "推给 2 人", "没有真的发出", "HT2026-018 绍兴市立医院 → 孙静、陈刚", "HT2026-019 → 没有人收得到", "另有 10 次"} {
		if !strings.Contains(got, want) {
			t.Errorf("it lacks %q:\n%s", want, got)
		}
	}
	if got := view.RuleTrialText("甲", 30, 0, 0, false, nil); !strings.Contains(got, "一次也不会触发") {
		t.Error(got)
	}
	if got := view.RuleTrialText("甲", 30, 9000, 1, true, []view.RuleTrialLine{line}); !strings.Contains(got, "至少会触发 9000 次") {
		t.Error(got)
	}
}

func TestTheListOfRulesHasPages(t *testing.T) {
	t.Parallel()
	var list []view.Rule
	for i := range 45 {
		state := sales.RuleOn
		if i%9 == 0 {
			state = sales.RuleOff
		}
		list = append(list, view.Rule{Rule: sales.Rule{Name: strings.Repeat("规", 1+i%20), State: state}, Fired: i % 3, LastAt: sales.At(ruleNow), Now: ruleNow})
	}
	first, last := view.RuleList(list, 1, true), view.RuleList(list, 99, true)
	if !strings.Contains(first, "40 条在用,5 条停用") || !strings.Contains(first, "下一页:规则 第2页") || strings.Count(first, "\n") != 21 {
		t.Errorf("first page:\n%s", first)
	}
	if strings.Contains(last, "下一页") || strings.Count(last, "\n· ") != 5 {
		t.Errorf("last page:\n%s", last)
	}
	if got := view.RuleList(nil, 1, true); !strings.Contains(got, "新规则 当") {
		t.Error(got)
	}
}
