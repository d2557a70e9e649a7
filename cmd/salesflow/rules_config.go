package main

import (
	"fmt"
	"slices"
	"strings"

	"salesflow/configs"
)

// adjust is what a part of the configuration says of a rule of the pack. same reports that it says nothing of its own, never
// that the rule is not wanted; text is the rule by it.
type adjust struct {
	name        string
	same, never bool
	text        func() string
}

// fitted puts what the configuration says of times into the rules of the pack, where it says anything of its own. A rule
// whose time is 0 comes switched off. What was changed by chat or file stays as it was written there.
func fitted(pack []ruleText, r configs.Rules) []ruleText {
	usual := configs.Default().Rules
	out := slices.Clone(pack)
	for _, x := range adjustments(r, usual) {
		i := slices.IndexFunc(out, func(w ruleText) bool { return w.Name == x.name })
		if i < 0 || x.same {
			continue
		}
		if x.never {
			out[i].off = true
			continue
		}
		out[i].Text = "规则 " + x.name + "\n" + x.text()
	}
	return out
}

func adjustments(r, usual configs.Rules) []adjust {
	lead, care := r.Leads, r.Customers
	leads := lead.RemindAfter == usual.Leads.RemindAfter && lead.EscalateAfter == usual.Leads.EscalateAfter && lead.AckFor == usual.Leads.AckFor
	ack := "\n认领 " + spanWords(lead.AckFor, configs.ClockWorking) + " 有效"
	up := fmt.Sprintf("则 推送 负责人的主管 卡片 线索没人管\n再过 %s 则 推送 销售总监 卡片 线索没人管", spanWords(lead.EscalateAfter, configs.ClockWorking))
	accept := func(kind string) adjust {
		within := spanWords(r.Service.AcceptWithin, configs.ClockWorking)
		return adjust{kind + "没人受理", r.Service.AcceptWithin == usual.Service.AcceptWithin, r.Service.AcceptWithin == 0, func() string {
			return fmt.Sprintf("当 %s 进入 待受理 超过 %s 且 未处理\n则 推送 客服 卡片 受理 并 推送 负责人的主管 \"{记录人}记的{事项}({客户})等了 {已等},还没人受理。已再催客服。\" 只发文字",
				kind, within)
		}}
	}
	return []adjust{
		{"审批提醒", slices.Equal(r.Approval.RemindAfter, usual.Approval.RemindAfter) || len(r.Approval.RemindAfter) == 0, false, func() string {
			var spans []string
			for _, d := range r.Approval.RemindAfter {
				spans = append(spans, spanWords(d, configs.ClockNatural))
			}
			return "当 合同.轮到时间 过后 " + strings.Join(spans, "、") + " 且 状态 = 待审批\n则 推送 当前审批人 卡片 审批单"
		}},
		{"样品问反馈", r.Sample.FeedbackAfter == usual.Sample.FeedbackAfter, r.Sample.FeedbackAfter == 0, func() string {
			return "当 样品 进入 已送达 超过 " + spanWords(r.Sample.FeedbackAfter, configs.ClockNatural) + " 且 未处理\n则 推送 负责人 卡片 问反馈"
		}},
		accept("投诉"), accept("售后"),
		{"扫码要照片", r.ScanPhoto == usual.ScanPhoto, r.ScanPhoto == 0, func() string {
			return "当 登记 扫码 且 " + spanWords(r.ScanPhoto, configs.ClockNatural) +
				"内 没有 照片\n则 推送 负责人 \"{客户}扫过码了,还差一张现场照。拍一张发来就附上,没法拍就不用管。\" 只发文字\n静默时段不补"
		}},
		{"线索没接", leads, lead.RemindAfter == 0, func() string {
			return fmt.Sprintf("当 线索.分配时间 过后 %s 且 状态 = 待接\n则 推送 负责人 卡片 线索\n再过 %s %s%s", spanWords(lead.RemindAfter, configs.ClockWorking),
				spanWords(lead.EscalateAfter-lead.RemindAfter, configs.ClockWorking), up, ack)
		}},
		{"线索没联系", leads && lead.ContactWithin == usual.Leads.ContactWithin, lead.ContactWithin == 0, func() string {
			return fmt.Sprintf("当 线索.接下时间 过后 %s 且 状态 = 待联系\n则 推送 负责人 卡片 线索\n再过 %s %s%s", spanWords(lead.ContactWithin, configs.ClockWorking),
				spanWords(lead.EscalateAfter, configs.ClockWorking), up, ack)
		}},
		{"预约没签到", r.Visit.CheckInWithin == usual.Visit.CheckInWithin, r.Visit.CheckInWithin == 0, func() string {
			return "当 拜访计划.约定时间 过后 " + spanWords(r.Visit.CheckInWithin, configs.ClockNatural) +
				" 且 已约好 且 状态 = 已计划 且 非 已拜访\n则 推送 负责人 卡片 到了吗\n静默时段不补"
		}},
		{"同行没确认", r.Visit.CompanionAfter == usual.Visit.CompanionAfter, r.Visit.CompanionAfter == 0, func() string {
			return "当 同行 进入 待确认 超过 " + spanWords(r.Visit.CompanionAfter, configs.ClockNatural) + " 且 拜访有效 且 未处理\n则 推送 本人 卡片 一起去了吗"
		}},
		{"关键信息问一问", care.FreshAfter == usual.Customers.FreshAfter && care.AskPerDay == usual.Customers.AskPerDay, care.FreshAfter == 0 || care.AskPerDay == 0, func() string {
			return fmt.Sprintf("当 每个工作日 9:30 对每个 关键信息 且 内容 已填 且 确认日 早于 今天 - %d天 且 (上次问的日子 没填 或 上次问的日子 早于 今天 - 6天)\n"+
				"则 推送 最近接触人 卡片 还对吗\n每人每天最多 %d条", days(care.FreshAfter), care.AskPerDay)
		}},
		{
			"重点客户每月校准",
			care.CalibrationDay == usual.Customers.CalibrationDay && slices.Equal(care.CalibrationClasses, usual.Customers.CalibrationClasses) &&
				care.AskPerDay == usual.Customers.AskPerDay,
			care.CalibrationDay == 0 || len(care.CalibrationClasses) == 0, func() string {
				return fmt.Sprintf("当 每个工作日 10:30 对每个 客户 且 级别 属于 (%s) 且 非 在公海 且 今天 ≥ 月初 + %d天 且 (上次校准日 没填 或 上次校准日 早于 月初)\n"+
					"则 发起校准\n每人每天最多 %d条", strings.Join(care.CalibrationClasses, "、"), care.CalibrationDay-1, max(care.AskPerDay, 1))
			},
		},
	}
}
