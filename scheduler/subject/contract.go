package subject

import "salesflow/store/sales"

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
			date("ends", "到期日", "(SELECT ct.ends_on FROM contract_terms ct WHERE ct.contract_id = contracts.id)", "到期日期"),
		},
		People: append(owners("owner_id"), Person{
			Key: "approver", Name: "当前审批人",
			Column: "(SELECT MIN(ra.person_id) FROM request_approvers ra WHERE ra.request_id = contracts.request_id)",
		}),
		Filed: true, Verbs: []string{"contract.submitted"}, At: "created_at",
		By:    map[string]string{"customer": "customer_id", "person": "owner_id", "opportunity": "opportunity_id"},
		Cards: options("step", "审批单"),
		Waits: []string{sales.ContractPending, sales.ContractReturned},
		Title: func(r *Record) string { return join(r.Show("no"), r.Show("customer"), r.Show("amount")) },
		Open:  func(r *Record) string { return "合同 " + r.Show("no") },
	}
}
