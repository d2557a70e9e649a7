package dingtalk

import (
	"regexp"

	"salesflow/bot"
)

// A businessId is the minute and nine digits, a processInstanceId letters, digits, "-" and "_".
var (
	reBusiness = regexp.MustCompile(`(?:^|[^\dA-Za-z])(20\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d\d{9})(?:[^\dA-Za-z]|$)`)
	reInstance = regexp.MustCompile(`(?i)(?:procInsId|processInstanceId|审批实例)[=:： ]+([A-Za-z0-9_-]{16,64})`)
)

// Traits are those of DingTalk.
func Traits() bot.Traits {
	return bot.Traits{Platform: Platform, NumberForm: "21 位", Numbers: []bot.NumberIn{
		{Form: reBusiness, Holds: []string{"20"}},
		{Form: reInstance, Holds: []string{"procinsid", "processinstanceid", "审批实例"}},
	}}
}
