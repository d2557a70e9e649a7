package handlers

import "strings"

// insteadOf says for each kind of change what to do where it cannot be taken back; the longest verb that fits counts. %s is the
// record.
var insteadOf = []struct{ verb, text string }{
	{"customer.create", "名称写错就发:补资料 %s 名称 全称;和别家重了发:合并 %s 到 另一家;不跟了发:放回公海 %s 原因。"},
	{"customer.class", "改回来发:分级 %s 加级别。"},
	{"customer.tag", "去掉发:标签 %s 删 加标签。"},
	{"customer.claim", "不要了发:放回公海 %s 原因。"},
	{"customer.release", "要拿回来发:领取 %s,或让主管分配。"},
	{"customer.assign", "要换人再发:分配 %s 姓名。"},
	{"customer.detail", "改回来发:补资料 %s 加那一项。"},
	{"customer.change", "改回来发:补资料 %s 加那一项。"},
	{"customer.registry", "改回来发:补资料 %s 加那一项。"},
	{"customer.in_charge", "要换人再发:分管 %s 那一块 姓名。"},
	{"customer.part", "写错了再发一次 科室,负责人会换掉。"},
	{"customer.merge", "分开发:撤销合并 %s。"},
	{"contact.create", "联系人加了就留着;写错再发一次就是改:联系人 客户 姓名 角色 手机。"},
	{"contact.merge", "并成一位了,历史都在;真是两个人就重新加:联系人 客户 姓名 角色 手机。"},
	{"contact", "写错再发一次就是改:联系人 客户 姓名 角色 手机。"},
	{"fact", "改回来发:关键信息 %s 加那一项。"},
	{"calibration", "改口发:校准 客户 加编号和新的内容。"},
	{"todo", "还要提醒就当一次拜访记下承诺,或发 延期。"},
	{"lead.create", "记错了发:无效 %s 记错了。"},
	{"lead.accept", "不接了发:转给 %s 姓名。"},
	{"lead.pass", "换人再发:转给 %s 姓名。"},
	{"lead.convert", "已经成了客户,不跟了发:放回公海 客户 原因。"},
	{"lead", "这条线索发 线索 看现在的状态。"},
	{"contract.ends", "日子错了再发一次:合同到期 %s 日期。"},
	{"contract", "合同的每一步都留着;提交人可以发:撤回 %s,审批的人可以发:留言 %s …"},
	{"invoice.promise", "改日子再发一次就行:承诺回款 %s 3月20日。"},
	{"handover", "整批收回发:撤销交接 加姓名。"},
	{"absence", "假发 取消请假,代理发 代理 加姓名。"},
	{"report", "漏了发:日报 补一句话。"},
	{"product", "改回来发:改产品 %s 那一项 原来的值。"},
	{"authorisation", "写错发:授权作废 加编号,再发一次 授权。"},
	{"sheet", "没写完的发:取消导入;写完的发:撤销导入。"},
	{"plan.cancel", "还要去就再排:计划 哪天 客户。"},
	{"plan", "换时间发:改计划 客户 哪天。"},
	{"approval.link", "挂错了重新挂:审批单 单号 合同号。"},
	{"visit.companion", "改口发:在场 客户,或 不在场 客户。"},
	{"visit", "改回来发:修改 哪天哪家的拜访,加要改的那一项;撤整条点那张卡上的 撤销。"},
	{"filing", "改内容发:修改 哪天哪家的那条,加要改的那一项。"},
	{"workorder.cancelled", "还要做就再开一张:工单 客户 产品名。"},
	{"workorder", "改回来把那一项再发一次:工单 编号 参数 内容;不做了发:取消工单 编号 原因。"},
	{"worktask", "做错了在工单里说一声:批注 编号 内容;要换人发:转给 编号 姓名。"},
	{"application", "要改先撤回:撤回 编号,再提一份。"},
	{"agreement", "要改先撤回:撤回 编号,再改工单参数。"},
	{"pipeline.setup", "改回来发:阶段模板 退回 加阶段名。"},
	{"custom_field.setup", "改回来发:字段 退回 加字段名。"},
	{"person.setup", "改回来发:人员 退回 加姓名。"},
	{"team.setup", "改回来发:团队 退回 加团队名。"},
	{"opportunity", "要换阶段发:推进 客户 阶段。"},
}

// instead is what to do about a change that cannot be taken back.
func instead(verb, name string) string {
	best := ""
	text := "改回来把对的再发一次就行。"
	for _, x := range insteadOf {
		if (verb == x.verb || strings.HasPrefix(verb, x.verb+".")) && len(x.verb) > len(best) {
			best, text = x.verb, x.text
		}
	}
	return strings.ReplaceAll(text, "%s", name)
}
