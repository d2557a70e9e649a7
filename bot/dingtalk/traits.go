package dingtalk

import (
	"regexp"
	"strings"

	"salesflow/bot"
)

// A businessId is the minute and nine digits, a processInstanceId letters, digits, "-" and "_".
var (
	reBusiness = regexp.MustCompile(`(?:^|[^\dA-Za-z])(20\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d\d{9})(?:[^\dA-Za-z]|$)`)
	reInstance = regexp.MustCompile(`(?i)(?:procInsId|processInstanceId|审批实例)[=:： ]+([A-Za-z0-9_-]{16,64})`)
)

// Traits are those of DingTalk.
func Traits() bot.Traits {
	return bot.Traits{Platform: Platform, NumberForm: "21 位", Numbers: []bot.NumberForm{
		{Form: reBusiness, Possible: func(text string) bool { return strings.Contains(text, "20") }},
		{Form: reInstance, Possible: instanceNamed},
	}}
}

// instanceNamed reports whether a text names an approval's instance, as links to one do.
func instanceNamed(text string) bool {
	if strings.Contains(text, "审批实例") {
		return true
	}
	low := strings.ToLower(text)
	return strings.Contains(low, "procinsid") || strings.Contains(low, "processinstanceid")
}
