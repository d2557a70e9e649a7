package handlers

import (
	"regexp"
	"strings"

	"salesflow/bot"
	"salesflow/store/sales"
)

// journeySteps are what is done from the first visit to the matched payment: who does it, with which commands in order.
var journeySteps = []struct {
	who      string
	roles    []sales.Role // who reads it as their own; none is for those above all
	commands []string
	then     string
}{
	{"销售", []sales.Role{sales.RoleRep}, []string{"拜访", "商机", "推进"}, "缺材料卡片上会列"},
	{"销售开单,各部门办", []sales.Role{sales.RoleRep, sales.RoleDelivery, sales.RolePurchasing, sales.RoleProduction, sales.RoleQuality}, []string{"工单", "接单", "完成", "技术协议", "送审"}, "要定制、打样才用"},
	{"销售报价,总监批", []sales.Role{sales.RoleRep, sales.RoleDirector}, []string{"报价", "同意", "转合同"}, "没报价直接 提交合同"},
	{"法务、总监", []sales.Role{sales.RoleLegal, sales.RoleLegalHead, sales.RoleDirector}, []string{"审批", "同意"}, "退回、驳回要写原因"},
	{"销售和印章保管人", []sales.Role{sales.RoleRep, sales.RoleAdmin}, []string{"用印", "已用印", "原件", "赢单"}, ""},
	{"财务、交付", []sales.Role{sales.RoleFinance, sales.RoleDelivery}, []string{"回款", "待发货", "发货", "签收"}, "有预付的先收预付"},
	{"财务", []sales.Role{sales.RoleFinance}, []string{"开票", "回款", "未认款", "对账"}, ""},
}

// reJourney asks how things go on, without naming anything.
var reJourney = regexp.MustCompile(`(?:合同|一单|单子|流程|生意).{0,4}(?:怎么走|怎么办|怎么弄|流程)|走.{0,2}流程|(?:下一步|接下来|然后).{0,2}(?:做|该|干|怎么|弄)`)

// journey says how one deal is lived, with the commands in their order; a person's own steps are marked.
func (h helper) journey(p sales.Person) bot.Reply {
	lines := []string{"一单从头到尾(▸ 是你的):"}
	for _, s := range journeySteps {
		mark := "· "
		if len(s.roles) > 0 && p.Has(s.roles...) {
			mark = "▸ "
		}
		line := mark + s.who + ":" + strings.Join(s.commands, " → ")
		if s.then != "" {
			line += "(" + s.then + ")"
		}
		lines = append(lines, line)
	}
	first := journeySteps[0].commands[0]
	for _, s := range journeySteps {
		if p.Has(s.roles...) {
			first = s.commands[0]
			break
		}
	}
	return bot.Text(strings.Join(append(lines, "走到哪了看:合同进度 合同号。每一项怎么写:帮助 "+first+"。"), "\n"))
}
