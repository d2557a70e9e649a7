package view

import (
	"fmt"
	"strings"

	"salesflow/store/sales"
)

// WatchStory answers 为什么催我 for an incident that is no approval's: the rule, what happened, what is next.
func WatchStory(about, rule string, i sales.Incident, steps []sales.IncidentStep, name func(sales.PersonID) string, next string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n规则:%s", about, rule)
	var shown []sales.IncidentStep
	for _, s := range steps {
		if !s.At.Before(i.OpenedAt.Time) {
			shown = append(shown, s)
		}
	}
	if n := len(shown); n > 12 {
		fmt.Fprintf(&b, "\n…前面还有 %d 条", n-12)
		shown = shown[n-12:]
	}
	for _, s := range shown {
		line := strings.Replace(stepText(s, name), "第 0 级推送给", "提醒", 1)
		line = strings.Replace(line, "第 1 级推送给", "推送给", 1) // there is one level only
		b.WriteString("\n" + line)
	}
	switch {
	case i.State != sales.IncidentOpen:
		b.WriteString("\n现在:已结束")
	case next != "":
		b.WriteString("\n接下来:" + next)
	}
	return b.String()
}

// SilentContacts warns of customers where the only contact is silent.
func SilentContacts(lines []string) string {
	const most = 10
	var b strings.Builder
	fmt.Fprintf(&b, "有 %d 家只认识一位联系人,而且久没见了,他一走就断线:", len(lines))
	for i, l := range lines[:min(len(lines), most)] {
		fmt.Fprintf(&b, "\n%d. %s", i+1, l)
	}
	if len(lines) > most {
		fmt.Fprintf(&b, "\n… 另有 %d 家", len(lines)-most)
	}
	b.WriteString("\n认识了新的人发:联系人 客户 姓名 角色 手机。发 为什么催我 看规则。")
	return b.String()
}
