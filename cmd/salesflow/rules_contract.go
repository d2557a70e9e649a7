package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"salesflow/configs"
	"salesflow/store/sales"
)

// contractRule is the rule of the pack that the configuration's contract_escalation describes.
const contractRule = "合同48小时"

// configured puts what the configuration says of contracts that wait into the pack's rule, when it says anything of its own.
// A rule changed by chat or file stays as it was written there.
func configured(pack []ruleText, e configs.Escalation) []ruleText {
	usual := configs.Default().Rules.ContractEscalation
	if e.After == usual.After && e.Clock == usual.Clock && e.NextAfter == usual.NextAfter && slices.Equal(e.Notify, usual.Notify) &&
		slices.Equal(e.NextNotify, usual.NextNotify) || len(e.Notify) == 0 {
		return pack
	}
	out := slices.Clone(pack)
	for i := range out {
		if out[i].Name == contractRule {
			out[i].Text = contractText(e)
		}
	}
	return out
}

// contractText writes an escalation as a rule.
func contractText(e configs.Escalation) string {
	text := fmt.Sprintf("规则 %s\n当 合同 进入 待审批 超过 %s 且 未处理\n则 推送 %s 并 创建待办", contractRule, spanWords(e.After, e.Clock), roleWords(e.Notify))
	if len(e.NextNotify) > 0 {
		text += fmt.Sprintf("\n再过 %s 则 推送 %s 并 创建待办", spanWords(e.NextAfter, e.Clock), roleWords(e.NextNotify))
	}
	return text + "\n认领 4小时 有效"
}

// spanWords is a span as rules have it.
func spanWords(d time.Duration, clock string) string {
	unit := "小时"
	if clock == configs.ClockWorking {
		unit = "个工作小时"
	}
	if d%time.Hour != 0 && clock != configs.ClockWorking {
		return strconv.Itoa(int(d/time.Minute)) + "分钟"
	}
	return strconv.Itoa(max(int(d/time.Hour), 1)) + unit
}

func roleWords(roles []string) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = sales.Role(r).Name()
	}
	return strings.Join(names, "、")
}
