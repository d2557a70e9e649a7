package subject

import (
	"salesflow/scheduler/rules"
	"salesflow/store/sales"
)

// contract is 合同.
func contract() *Object {
	return &Object{
		Key: "contract", Name: "合同", Subject: "contract", Table: "contracts",
		Fields: []Field{
			states("状态", "state", alias(options(
				sales.ContractPending, "待审批", sales.ContractReturned, "已退回", sales.ContractApproved, "已通过",
				sales.ContractRejected, "已驳回", sales.ContractWithdrawn, "已撤回",
			), sales.ContractPending, "审批中", "待审")),
			text("no", "编号", "no", "合同号"),
			money("amount", "金额", "amount", "合同金额"),
			percent("prepay", "预付比例", "NULLIF(prepay_percent, -1)", "预付款比例"),
			number("payment_days", "账期", "NULLIF(payment_days, -1)", "账期天数"),
			number("delivery_days", "交期", "NULLIF(delivery_days, -1)", "交期天数"),
			percent("discount", "折扣", "NULLIF(discount_percent, -1)"),
			ofCustomer(),
			someone("owner", "负责人", "owner_id"),
			moment("created", "提交日", "created_at", "提交日期"),
			instant("turn", "轮到时间", "turn_at"),
			erp("contracts.id"),
			erpRefused("contracts.id"),
			traced(told(date("ends", "到期日", "(SELECT ct.ends_on FROM contract_terms ct WHERE ct.contract_id = contracts.id)", "到期日期"), sales.TellsEnds), "到期"),
			left("left", "到期还剩", "ends"),
		},
		People: append(owners("owner_id"), approvers("contracts.request_id")),
		Clock:  "approver",
		Deeds: []rules.Deed{
			heldBack("发货被拦", "被拦"),
			{Word: "被放行", Aliases: []string{"放行"}, Verbs: []string{"contract.released"}, Said: "合同一被放行"},
			{Word: "对不上", Verbs: []string{"contract.mismatched"}, Said: "合同的账一对不上"},
		},
		Filed: true, Verbs: []string{"contract.submitted"}, At: "created_at",
		By:     map[string]string{"customer": "customer_id", "person": "owner_id", "opportunity": "opportunity_id"},
		Cards:  options("step", "审批单"),
		Grants: alias(options(string(sales.EffectRelease), "放行"), string(sales.EffectRelease), "先发货", "发货"),
		Waits:  []string{sales.ContractPending, sales.ContractReturned},
		Title:  func(r *Record) string { return join(r.Show("no"), r.Show("customer"), r.Show("amount")) },
		Open:   func(r *Record) string { return "合同 " + r.Show("no") },
	}
}

// heldBack is that goods of a contract may not go out. There is no shipment then, so that it happens to the contract.
func heldBack(word string, aliases ...string) rules.Deed {
	return rules.Deed{Word: word, Aliases: aliases, Verbs: []string{"shipment.blocked"}, Of: "contract", Said: "合同的发货一被拦"}
}

// erp is what the ERP says of the order of a contract.
func erp(contract string) Field {
	f := choice("erp", "ERP", "(SELECT CASE WHEN eo.state IN ('"+sales.OrderSent+"', '"+sales.OrderRejected+"') THEN '"+sales.OrderUntaken+
		"' ELSE eo.state END FROM erp_orders eo WHERE eo.contract_id = "+contract+")", alias(options(
		sales.OrderUntaken, "没接单", sales.OrderAccepted, "已接单", sales.OrderProducing, "生产中", sales.OrderShipped, "已发货",
		sales.OrderInvoiced, "已开票", sales.OrderClosed, "已完结", sales.OrderCancelled, "已取消",
	), sales.OrderUntaken, "未接单", "没有接单"))
	f.Tells = sales.TellERP
	return f
}

func erpRefused(contract string) Field {
	f := boolean("erp_refused", "ERP拒单", "(SELECT CASE eo.state WHEN '"+sales.OrderRejected+"' THEN 1 ELSE 0 END FROM erp_orders eo WHERE eo.contract_id = "+contract+")")
	f.Tells = sales.TellERPRefused
	return f
}
