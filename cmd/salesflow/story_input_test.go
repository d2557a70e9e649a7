package main

import (
	"strings"
	"testing"
	"time"

	"salesflow/bot/bottest"
)

func TestBadInputIsAnsweredAndRecordsNothing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		for name, text := range map[string]string{
			"emoji":               "🎉🎉👍🏻🇨🇳",
			"control characters":  "\u0001\u0002\u0007\u200b\u202e。",
			"64 levels of JSON":   strings.Repeat(`{"a":[`, 32) + "1" + strings.Repeat(`]}`, 32),
			"18 kB":               "拜访 绍兴市立医院 " + strings.Repeat("好", 6000),
			"a line of brackets":  strings.Repeat("(", 1500),
			"SQL":                 "客户 %s'; DROP TABLE visits;--",
			"a far number":        "完成 99999999999999999999",
			"a negative number":   "完成 -1",
			"a funnel of noise":   "漏斗 " + strings.Repeat("啊", 500),
			"a far contract":      "合同 HT2026-99999999999999",
			"an unknown command":  "/etc/passwd",
			"half a message":      "拜访",
			"only a name":         "绍兴市立医院",
			"only a question":     "绍兴市立医院怎么样?",
			"an amount too large": "提交合同 绍兴市立医院 离心机 1e9999 30%预付 交期45天",
		} {
			rep.Skip()
			rep.Say(text)
			got := bottest.Plain(rep.ExpectAny().Message)
			if strings.Contains(got, "已记录") || strings.Contains(got, "没处理成功") {
				t.Errorf("%s: %q was answered with:\n%s", name, clipped(text), got)
			}
			if len([]rune(got)) > 250 {
				t.Errorf("%s: an answer of %d characters:\n%s", name, len([]rune(got)), got)
			}
			rep.Say("算了")
			s.FastForward(time.Minute) // WeCom takes thirty messages a minute to one member
		}
		s.Settle()
		if n := len(w.visits(t, "zhoumin")); n != 0 {
			t.Errorf("%d visits were filed", n)
		}
		if n := len(w.todos(t, "zhoumin")); n != 0 {
			t.Errorf("%d to-dos were made", n)
		}
		rep.Skip()
		rep.Say(firstVisit)
		rep.ExpectCard("拜访已记录")
	})
}

func TestImpossibleFiguresAreNotTakenOver(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("拜访 绍兴市立医院 王主任 看了离心机,1897年3月1日前寄样")
		rep.ExpectCard("拜访已记录").Without("→ 1897")
		for _, todo := range w.todos(t, "zhoumin") {
			if !todo.DueOn.IsZero() {
				t.Errorf("a promise for 1897 is due %s", todo.DueOn)
			}
		}
		rep.Say("商机 绍兴市立医院 离心机 99999999999999999999万")
		rep.ExpectText("多少钱")
		rep.Say("1e9999")
		rep.ExpectText("没看懂")
		rep.Say("12万")
		rep.ExpectCard("商机已建", "12万")
		rep.Say("拜访 绍兴市立医院 王主任 看了离心机,下周二前寄样")
		rep.ExpectCard("拜访已记录", "3月17日")
		rep.Say("待办")
		rep.ExpectText("待办")
		rep.Say("延期 1 1897年3月1日")
		rep.ExpectText("1")
		for _, todo := range w.todos(t, "zhoumin") {
			if !todo.DueOn.IsZero() && todo.DueOn.Year() != 2026 {
				t.Errorf("put off to %s", todo.DueOn)
			}
		}
	})
}

func clipped(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
