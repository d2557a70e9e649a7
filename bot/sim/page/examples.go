package page

import "salesflow/bot/sim"

// examples are what to try on a person's phone.
func (s *server) examples(p sim.Person) []string {
	if own, ok := s.opt.Examples[p.ID]; ok {
		return own
	}
	if p.Role == "销售" || p.Role == "rep" {
		return repExamples[p.Platform]
	}
	if of, ok := roleExamples[p.Role]; ok {
		return of
	}
	return []string{"帮助"}
}

// A rep's examples name customers of the demo company: 周敏's on WeCom, 李强's on DingTalk.
var repExamples = map[string][]string{
	sim.WeCom: {
		"拜访 绍兴市立医院 王主任 介绍生化分析仪,嫌贵30%,下周二前寄样",
		"提交合同 绍兴市立医院 生化分析仪 128万 30%预付 交期45天",
		"待办", "日报", "漏斗 我的", "帮助",
	},
	sim.DingTalk: {
		"拜访 宁波市立医院 赵主任 演示化学发光仪,要和进口的比,周五前给报价",
		"提交合同 宁波市立医院 化学发光仪 56万 50%预付 交期30天",
		"待办", "日报", "漏斗 我的", "帮助",
	},
}

// roleExamples are by the Chinese name of a role and by its code.
var roleExamples = map[string][]string{
	"主管": {"漏斗", "晨报", "待办", "帮助"}, "lead": {"漏斗", "晨报", "待办", "帮助"},
	"法务": {"待审", "帮助"}, "legal": {"待审", "帮助"},
	"法务主管": {"待审", "为什么催我", "帮助"}, "legal_head": {"待审", "为什么催我", "帮助"},
	"销售总监": {"漏斗 华东 本月", "待审", "晨报", "帮助"}, "director": {"漏斗 华东 本月", "待审", "晨报", "帮助"},
	"管理员": {"人员", "规则", "导入", "网页 管理", "帮助"}, "admin": {"人员", "规则", "导入", "网页 管理", "帮助"},
	"财务": {"已开票未回款", "未认款", "帮助"}, "finance": {"已开票未回款", "未认款", "帮助"},
	"交付": {"待发货", "工单队列", "帮助"}, "delivery": {"待发货", "工单队列", "帮助"},
	"采购": {"工单队列", "帮助"}, "purchasing": {"工单队列", "帮助"},
	"生产": {"工单队列", "帮助"}, "production": {"工单队列", "帮助"},
	"质检": {"工单队列", "帮助"}, "quality": {"工单队列", "帮助"},
}

// step is one line of the walk through the demo. Who acts stands first.
type step struct{ Who, Text string }

var steps = []step{
	{"周敏", "点第一个例子,发送。拜访一句话记好,卡片上是听懂的内容,错了点 修改。"},
	{"时钟", "一天天往前拨,拨到承诺的日子跟前,周敏的手机上有提醒。"},
	{"周敏", "发提交合同的例子,按卡片补齐。赵磊的手机上出现待审的卡片。"},
	{"赵磊", "点 同意,卡片当场变样,轮到下一位。或者谁都不点,按 +49 小时:先提醒赵磊,再升级到孙静。"},
	{"王芳", "发 漏斗 看一组;陈刚发 漏斗 华东 本月 看整个区,从最差的一段往下点。"},
}
