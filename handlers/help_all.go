package handlers

import (
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/store/sales"
)

// helpThemes are what 帮助 全部 sorts the commands by: with more than a hundred, one line each is five messages on a phone. A
// command in none of them stands under the last one.
var helpThemes = []struct {
	name     string
	commands []string
}{
	{"拜访", strings.Fields("拜访 草稿 修改 撤销 为什么 需求 演示 异议 承诺 签到 预约 陪访 在场 不在场 我的陪访 图片 二维码")},
	{"记录", strings.Fields("投诉 售后 受理 办结 样品 竞品 培训反馈 费用")},
	{"计划", strings.Fields("计划 改计划 取消计划 团队计划 待办 完成 延期 日报 提交日报 补报 晨报 请假 出差 我的请假 取消请假 代理 团队请假 日历")},
	{"客户", strings.Fields("客户 我的客户 新客户 补资料 客户完整度 联系人 决策链 架构 科室 分管 关键信息 校准 分级 标签 查工商 合并 撤销合并 合并联系人 公海 领取 放回公海 分配 交接 撤销交接 确认交接 取消交接 谁看过")},
	{"线索", strings.Fields("线索 接线索 已联系 转给 无效 转客户 催线索 线索来源")},
	{"商机", strings.Fields("商机 推进 赢单 输单 撤销推进 破例推进 节点 撤销节点 合规清单 法务意见 阶段模板 TOP3 不是这单 漏斗 问一下")},
	{"产品", strings.Fields("产品 改产品 产品资料 授权 授权作废")},
	{"报价合同", strings.Fields("报价 特价申请 转合同 提交合同 合同 重新提交 附件 用印 已用印 原件 税率 授信 合同到期")},
	{"审批", strings.Fields("审批 同意 退回 驳回 转交 加签 催办 撤回 留言 抄送 补充 审批流程 审批申请 审批单 审批记录 委托 取消委托")},
	{"工单", strings.Fields("工单 工单队列 接单 批注 取消工单 技术协议 送审 工单统计")},
	{"发货", strings.Fields("待发货 发货 签收 退货 放行 交期 合同进度 履约证明")},
	{"钱", strings.Fields("开票 红冲 电子票 开票资料 承诺回款 回款 未认款 认款 撤销认款 已开票未回款 对账 对账单 回款指标 新签额 对齐 明细 关账 反关账 导入列")},
	{"催办", strings.Fields("我来处理 稍后 已处理 为什么催我 谁在处理 处理时效 送达 攒下 推送设置 免打扰 值班 规则 新规则 试跑")},
	{"表格", strings.Fields("导入 取消导入 撤销导入 问题表 导出 字段 填 汇总 网页")},
	{"其他", strings.Fields("绑定 人员 团队 接口令牌 菜单 能问什么 帮助")},
}

// themed are the commands a person may use, by theme. Themes with a command that their role uses most stand first.
func (h helper) themed(p sales.Person) []helpTheme {
	out := make([]helpTheme, len(helpThemes))
	at := map[string]int{}
	for i, th := range helpThemes {
		out[i].name = th.name
		for _, c := range th.commands {
			at[c] = i
		}
	}
	for _, c := range h.router.Commands() {
		if len(c.Roles) > 0 && !p.Has(c.Roles...) {
			continue
		}
		i, known := at[c.Name]
		if !known {
			i = len(out) - 1
		}
		out[i].commands = append(out[i].commands, c)
		for _, role := range p.Roles {
			out[i].own = out[i].own || c.Rank[role] > 0
		}
	}
	out = slices.DeleteFunc(out, func(th helpTheme) bool { return len(th.commands) == 0 })
	slices.SortStableFunc(out, func(a, b helpTheme) int {
		switch {
		case a.own == b.own:
			return 0
		case a.own:
			return -1
		}
		return 1
	})
	return out
}

type helpTheme struct {
	name     string
	commands []bot.Command[Tx]
	own      bool
}

// all names every command the person may use, a line for each theme.
func (h helper) all(p sales.Person) string {
	lines := []string{"能用的指令:"}
	for _, th := range h.themed(p) {
		names := make([]string, len(th.commands))
		for i, c := range th.commands {
			names[i] = c.Name
		}
		lines = append(lines, "**"+th.name+"** "+strings.Join(names, "、"))
	}
	lines = append(lines, "看一类怎么写:帮助 全部 "+h.themed(p)[0].name+"。看一项:帮助 "+h.firstName(p)+"。一单怎么走到回款:帮助 流程。")
	return strings.Join(lines, "\n")
}

// theme lists the commands of one theme with how each is written.
func (h helper) theme(p sales.Person, word string) string {
	var names []string
	for _, th := range h.themed(p) {
		if th.name != word {
			names = append(names, th.name)
			continue
		}
		lines := []string{"**" + th.name + "**"}
		for _, c := range th.commands {
			lines = append(lines, "· "+c.Summary+":"+c.Usage)
		}
		return strings.Join(lines, "\n")
	}
	return "没有\"" + cutRunes(word, 10) + "\"这一类。有:" + strings.Join(names, "、") + "。例:帮助 全部 " + names[0]
}
