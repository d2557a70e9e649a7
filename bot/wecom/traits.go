package wecom

import (
	"regexp"
	"strings"

	"salesflow/bot"
)

// reSpNo finds an sp_no: the day and a running number of four digits.
var reSpNo = regexp.MustCompile(`(?:^|[^\dA-Za-z])(20\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{4})(?:[^\dA-Za-z]|$)`)

// Traits are those of WeCom. There is no call to withdraw an approval (oa has none), and files sent to a self-built app are not
// delivered to it.
func Traits() bot.Traits {
	return bot.Traits{
		Platform: Platform, Withdrawal: "工作台 → 审批 → 我提交的 → {no} → 撤销", PicturesOnly: true,
		Numbers:    []bot.NumberForm{{Form: reSpNo, Possible: func(text string) bool { return strings.Contains(text, "20") }}},
		NumberForm: "12 位(202603110001)",
	}
}
