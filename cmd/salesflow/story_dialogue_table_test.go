package main

// dialogue is a question that waits for an answer: its topic, who begins it and how, the words of the question, an answer, and the
// words of what the bot then says.
type dialogue struct {
	topic, who, start, asked, answer, said string // start may be two messages, parted by |
	dialogueMore
}

// dialogueMore is what few questions need.
type dialogueMore struct {
	prep      []string // what is said before, each as "name:text"
	card, tap string   // the question comes by a tap: words of the card, the button
	again     string   // how it is begun the second time, where that differs
	nothing   bool     // the answer writes nothing
}

// dialogues are the kinds of questions a person can leave open, in rounds of people who have one open each.
var dialogues = [][]dialogue{
	{
		{topic: "visit.content", who: "周敏", start: "拜访 绍兴市立医院", asked: "聊了什么", answer: "介绍了新方案", said: "拜访已记录"},
		{topic: "filing.slot", who: "李强", start: "投诉 宁波市立 大家都不高兴", asked: "投诉什么", answer: "2", said: "投诉(质量)已记录"},
		{topic: "visit.customer", who: "林夏", start: "拜访 市立医院 介绍离心机,周五前发报价", asked: "是哪家", answer: "1", said: "拜访已记录"},
		{topic: "absence.span", who: "王芳", start: "请假", asked: "哪天到哪天", answer: "下周三到周五", said: "请假已记"},
	},
	{
		{topic: "customer.field", who: "周敏", start: "新客户 义乌锐锋物资行", asked: "联系电话", answer: "13812340000 批发", said: "客户已建"},
		{topic: "opportunity.ask", who: "李强", start: "商机 宁波市立 血球分析仪", asked: "多少钱", answer: "50万", said: "商机已建"},
		{topic: "visit.customer", who: "林夏", start: "拜访 诸暨浣江康养中心 赵院长 介绍尿液分析仪", asked: "是新客户吗", answer: "13812340001 其他", said: "拜访已记录"},
		{topic: "absence.deputy", who: "王芳", start: "请假 4月8日", asked: "谁代理", answer: "陈刚", said: "代理:陈刚", dialogueMore: dialogueMore{again: "请假 4月9日"}},
		{topic: "payment.twin", who: "吴桐", start: "回款 绍兴市立医院 5万", asked: "是同一笔吗", answer: "另外一笔", said: "HK2026-002", dialogueMore: dialogueMore{prep: []string{"吴桐:回款 绍兴市立医院 5万"}}},
		{topic: "rule.mend", who: "郑凯", start: "新规则 当 合同 进入 待审皮 超过 48小时 且 未处理 则 推送 法务主管", asked: "看不懂", answer: "用这句", said: "草稿"},
	},
	{
		{topic: "plan.customer", who: "林夏", start: "计划 明天上午 市立医院", asked: "是哪家", answer: "1", said: "已排"},
		{topic: "contract.file", who: "李强", start: "提交合同 宁波市立医院 28万", asked: "合同草稿", answer: "无附件", said: "合同待审批"},
		{topic: "visit.customer", who: "周敏", start: "打车85", asked: "哪家客户", answer: "不归客户", said: "费用(交通)已记录"},
		{topic: "handover.scope", who: "王芳", start: "交接 周敏 给 李强", asked: "交哪几家", answer: "绍兴第二医院", said: "绍兴第二医院", dialogueMore: dialogueMore{card: "交接清单", tap: "按客户选", nothing: true}},
		{topic: "rule.edit", who: "郑凯", start: "规则 合同待审批48小时", asked: "改好的整条", answer: "当 合同 进入 待审批 超过 36小时 且 未处理 则 推送 法务主管", said: "36小时", dialogueMore: dialogueMore{card: "草稿", tap: "修改"}},
	},
	{
		{topic: "filing.slot", who: "周敏", start: "费用 绍兴市立医院 打车", asked: "花了多少", answer: "45", said: "费用(交通)已记录"},
		{topic: "visit.customer", who: "李强", start: "李主任让我下周二前报价", asked: "是哪家", answer: "宁波市立医院", said: "拜访已记录"},
		{topic: "application.file", who: "林夏", start: "审批申请 延长账期", asked: "为什么要延长账期", answer: "客户月底才结账", said: "审批申请待审批"},
		{topic: "approval.name", who: "赵磊", start: "转交 HT2026-001", asked: "转给谁", answer: "孙静", said: "已转交给孙静"},
		{topic: "filing.result", who: "王芳", start: "办结 绍兴市立医院", asked: "怎么处理的", answer: "换了主板", said: "已办结", dialogueMore: dialogueMore{prep: []string{"周敏:售后 绍兴市立医院 离心机 报警 要维修", "王芳:受理"}}},
	},
	{
		{topic: "filing.edit", who: "周敏", start: "修改", asked: "改哪里", answer: "金额改成50", said: "50元", dialogueMore: dialogueMore{prep: []string{"周敏:费用 绍兴市立医院 停车 48"}}},
		{topic: "pool.reason", who: "李强", start: "放回公海 宁波康宁医院", asked: "为什么放回", answer: "没预算", said: "已放回公海"},
		{topic: "spoken.add", who: "林夏", start: "那边食堂挺好吃的", asked: "补到刚才", answer: "补进去", said: "补到", dialogueMore: dialogueMore{prep: []string{"林夏:拜访 台州中心医院 介绍离心机"}}},
		{topic: "approval.reason", who: "孙静", start: "驳回 HT2026-001", asked: "为什么驳回", answer: "账期太长", said: "已驳回"},
	},
	{
		{topic: "visit.edit", who: "周敏", start: "修改", asked: "改哪里", answer: "金额改成18万", said: "18万", dialogueMore: dialogueMore{prep: []string{"周敏:拜访 绍兴市立医院 王主任 看了离心机"}}},
		{topic: "quote.file", who: "李强", start: "报价 离心机 2台 单价8000", asked: "报价给哪家客户", answer: "宁波市立医院", said: "报价已通过"},
		{topic: "record.pick", who: "林夏", start: "修改 今天台州中心的费用 金额改成60", asked: "改哪一条", answer: "1", said: "60元", dialogueMore: dialogueMore{prep: []string{"林夏:费用 台州中心医院 打车 45", "林夏:费用 台州中心医院 打车 46"}}},
	},
	{
		{topic: "fact.value", who: "周敏", start: "关键信息 绍兴市立医院 预算周期", asked: "预算周期是什么", answer: "年底", said: "已记"},
		{topic: "workorder.fill", who: "李强", start: "工单 宁波市立医院 主轴套", asked: "材质", answer: "材质 45钢", said: "1/12", dialogueMore: dialogueMore{again: "工单 GD2026-001"}},
		{topic: "report.extra", who: "林夏", start: "日报", asked: "补什么", answer: "下雨了", said: "日报已提交", dialogueMore: dialogueMore{card: "日报", tap: "补一句"}},
	},
	{
		{topic: "customer.fill", who: "周敏", start: "补资料 绍兴市立医院", asked: "资料 1/", answer: "91330602MA288T9Y6J", said: "今年的预算"},
		{topic: "workorder.say", who: "李强", start: "批注 GD2026-001", asked: "批注什么", answer: "公差 太严", said: "公差"},
		{topic: "todo.list", who: "林夏", start: "待办", asked: "1. ", answer: "1", said: "到期", dialogueMore: dialogueMore{prep: []string{"林夏:提醒我明天给李科长打电话"}, nothing: true}},
	},
	{
		{topic: "plan.list", who: "周敏", start: "计划", asked: "拜访计划", answer: "1", said: "要改回", dialogueMore: dialogueMore{prep: []string{"周敏:计划 明天上午 绍兴市立医院"}, nothing: true}},
		{topic: "pool.list", who: "李强", start: "公海", asked: "公海 1 家", answer: "1", said: "宁波康宁医院", dialogueMore: dialogueMore{nothing: true}},
		{topic: "todo.date", who: "林夏", start: "待办|1", asked: "延到哪天", answer: "周五", said: "改到", dialogueMore: dialogueMore{card: "李科长", tap: "延期"}},
	},
	{
		{topic: "visit.contact", who: "周敏", start: "拜访 绍兴市立医院 王主任 看了离心机", asked: "是哪位", answer: "1", said: "拜访已记录", dialogueMore: dialogueMore{prep: []string{"周敏:联系人 绍兴市立医院 王立 设备科主任 13800005670"}}},
		{topic: "cash.contract", who: "吴桐", start: "开票 温州中心医院 1万 昨天", asked: "记到哪份合同", answer: "1", said: "FP2026-001", dialogueMore: dialogueMore{prep: []string{
			"李强:提交合同 温州中心医院 8万", "李强:无附件", "赵磊:同意 HT2026-002", "陈刚:同意 HT2026-002",
			"李强:提交合同 温州中心医院 9万", "李强:无附件", "赵磊:同意 HT2026-003", "陈刚:同意 HT2026-003",
		}}},
		{topic: "question.customer", who: "林夏", start: "市立医院归谁", asked: "哪家", answer: "1", said: "的客户", dialogueMore: dialogueMore{nothing: true}},
		{topic: "lead.pass", who: "李强", start: "转给 L2", asked: "转给谁", answer: "林夏", said: "L2", dialogueMore: dialogueMore{prep: []string{
			"王芳:线索 绍兴上虞眼科医院 13800005680 展会 想要离心机", "王芳:线索 湖州南浔医院 13800005681 展会 想要离心机", "王芳:线索 平湖骨科医院 13800005682 展会 想要离心机",
		}}},
	},
	{
		{topic: "lead.reason", who: "周敏", start: "无效 L1", asked: "为什么", answer: "没预算", said: "无效"},
		{topic: "contract.resubmit", who: "李强", start: "报价 BJ2026-002", asked: "改了什么", answer: "单价改成44万", said: "¥440,000.00", dialogueMore: dialogueMore{
			prep: []string{"李强:报价 宁波市立医院 全自动生化分析仪 1台 45万", "陈刚:退回 BJ2026-002 太低"}, card: "BJ2026-002", tap: "重新提交",
		}},
		{topic: "link.record", who: "林夏", start: "202603111000000012345", asked: "挂到哪条", answer: "1", said: "已挂到", dialogueMore: dialogueMore{prep: []string{"林夏:拜访 台州中心医院 介绍离心机"}}},
	},
}

// toldElsewhere are the questions that need a world of their own, with where they are told of.
var toldElsewhere = map[string]string{
	"custom.ask":    "needs fields that a filing asks for: story_custom_test.go",
	"incident.give": "begins on the card of a case: story_rule_engine_test.go",
	"deal.gate":     "is answered with a file: story_gate_test.go, story_pipeline_test.go",
	"scan.file":     "begins with a code: story_scan_test.go",
	"way_change":    "leaves a trace of its own when it is dropped: fault_way_test.go",
	"visit.preview": "needs a language model: story_lastresort_test.go",
}
