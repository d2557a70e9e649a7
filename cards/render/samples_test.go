package render_test

import "salesflow/cards"

func act(verb string, record, version int64) cards.Action {
	return cards.Action{Verb: verb, Record: record, Version: version}
}

// samples are the cards whose rendering is kept in testdata, one for each kind of moment.
var samples = []struct {
	name string
	card cards.Card
}{
	{"visit_filed", cards.Card{
		Key: "visit:41/rep", Title: "拜访已记录", Status: "绍兴市立医院", Level: cards.OK,
		Fields: []cards.Field{
			{Name: "联系人", Value: "王主任(检验科)"},
			{Name: "产品", Value: "全自动生化分析仪"},
			{Name: "异议", Value: "嫌贵 30%"},
			{Name: "承诺", Value: "下周二前寄样 → 3月17日 周二"},
			{Name: "商机", Value: "方案提交 → 建议推进到 价格谈判"},
		},
		Buttons: []cards.Button{
			{Text: "推进", Style: cards.Primary, Action: act("opportunity.advance", 77, 3), Typed: "推进 绍兴市立医院"},
			{Text: "修改", Action: act("visit.edit", 41, 1), Typed: "修改"},
			{Text: "撤销", Style: cards.Danger, Action: act("visit.undo", 41, 1), Typed: "撤销"},
		},
	}},
	{"pick_customer", cards.Card{
		Key: "draft:9/rep", Title: `是哪家"市立医院"?`,
		Note: "拜访先存成草稿,选好就记。",
		Buttons: []cards.Button{
			{Text: "绍兴市立医院(你的客户)", Style: cards.Primary, Action: cards.Action{Verb: "draft.pick", Record: 9, Version: 1, Arg: "310"}, Typed: "1"},
			{Text: "宁波市立医院(李强的客户)", Action: cards.Action{Verb: "draft.pick", Record: 9, Version: 1, Arg: "412"}, Typed: "2"},
			{Text: "都不是", Action: cards.Action{Verb: "draft.pick", Record: 9, Version: 1, Arg: "0"}, Typed: "3"},
		},
	}},
	{"contract_legal", cards.Card{
		Key: "contract:18/approver", Title: "合同待审批 · HT2026-018", Status: "等你处理", Level: cards.Warn,
		Fields: []cards.Field{
			{Name: "客户", Value: "绍兴市立医院(A类,欠款 0)"},
			{Name: "金额", Value: "¥1,280,000.00(标准价 92 折)"},
			{Name: "付款", Value: "30% 预付,余款验收后 60 天 ⚠ 制度上限 45 天"},
			{Name: "交期", Value: "45 天(工厂排期:可行)"},
			{Name: "提交", Value: "周敏 · 3月11日 10:02 · 已等 2 小时,48 小时内处理"},
			{Name: "流程", Value: "法务 赵磊 → 销售总监 陈刚"},
		},
		Note: "账期超制度 15 天,同意等于破例。",
		Buttons: []cards.Button{
			{Text: "同意", Style: cards.Primary, Action: act("contract.approve", 18, 4), Typed: "同意 HT2026-018", Only: []int64{7}},
			{Text: "退回修改", Action: act("contract.sendback", 18, 4), Typed: "退回 HT2026-018 原因", Only: []int64{7}},
			{Text: "驳回", Style: cards.Danger, Action: act("contract.reject", 18, 4), Typed: "驳回 HT2026-018 原因", Only: []int64{7}},
			{Text: "详情", URL: "https://crm.example.com/c/18?a=1&b=2"},
		},
		Input: &cards.Input{Key: "reason", Placeholder: "退回或驳回的原因"},
		Choice: &cards.Choice{Key: "reason", Title: "原因", Options: []cards.Option{
			{ID: "price", Text: "价格低于底线"}, {ID: "term", Text: "账期超制度"}, {ID: "clause", Text: "条款有风险"},
		}},
	}},
	{"contract_decided", cards.Card{
		Key: "contract:18/approver", Title: "合同 · HT2026-018", Status: "已通过法务", Level: cards.OK,
		Fields: []cards.Field{
			{Name: "客户", Value: "绍兴市立医院(A类,欠款 0)"},
			{Name: "金额", Value: "¥1,280,000.00(标准价 92 折)"},
			{Name: "下一步", Value: "销售总监 陈刚 · 48 小时内处理"},
		},
		Closed: "已通过 · 赵磊 3月11日 12:20",
	}},
	{"escalation", cards.Card{
		Key: "contract:18/escalation", Title: "🔴 合同超时未审 · HT2026-018", Status: "绍兴市立医院 128万", Level: cards.Alert,
		Fields: []cards.Field{
			{Name: "已等", Value: "51 小时(超时 3 小时),卡在 法务 赵磊"},
			{Name: "影响", Value: "客户要求 3月20日前签,季度目标缺口 210万"},
			{Name: "已做", Value: "24 小时提醒 1 次,已送达未读"},
		},
		Note: `为什么推给我:规则"合同48小时",你是法务主管。发 为什么催我 看全部。`,
		Buttons: []cards.Button{
			{Text: "我来处理", Style: cards.Primary, Action: act("contract.takeover", 18, 4), Typed: "我来处理 HT2026-018"},
			{Text: "催办赵磊", Action: act("contract.nudge", 18, 4), Typed: "催办 HT2026-018"},
			{Text: "转给他人", Action: act("contract.transfer", 18, 4), Typed: "转审 HT2026-018 给 姓名"},
			{Text: "2小时后再提醒", Action: act("contract.snooze", 18, 4), Typed: "稍后 HT2026-018"},
		},
	}},
	{"daily_report", cards.Card{
		Key: "report:2026-03-11/5", Title: "今天的日报", Status: "填好了,看一眼就交",
		Fields: []cards.Field{
			{Name: "拜访", Value: "4(计划 5)"},
			{Name: "推进", Value: "2 单"},
			{Name: "承诺", Value: "新增 3"},
			{Name: "回款", Value: "12.5万"},
		},
		Note: "明天最该做:\n1. 给绍兴市立医院寄样(17日前)\n2. 催宁波二院回款 8万\n3. 补慈溪人民医院的决策人",
		Buttons: []cards.Button{
			{Text: "提交", Style: cards.Primary, Action: act("report.submit", 5, 1), Typed: "提交日报"},
			{Text: "补一句", Action: act("report.amend", 5, 1), Typed: "补一句 内容"},
			{Text: "明天再说", Action: act("report.later", 5, 1), Typed: "明天再说"},
		},
	}},
	{"customer_duplicate", cards.Card{
		Key: "customer:310/duplicate", Title: "这家已有人在跟", Status: "绍兴市**医院", Level: cards.Warn,
		Fields: []cards.Field{
			{Name: "负责人", Value: "李强(华东二组)"},
			{Name: "电话", Value: "138****5678"},
			{Name: "保护期", Value: "到 4月2日 周四(22天后)"},
		},
		Note: "没有建新客户。要一起跟,就申请协作;详情请单聊我。",
		Buttons: []cards.Button{
			{Text: "申请协作", Style: cards.Primary, Action: act("customer.join", 310, 2), Typed: "申请协作 绍兴市立医院"},
			{Text: "问问李强", Action: act("customer.ask", 310, 2), Typed: "联系 李强"},
		},
	}},
}
