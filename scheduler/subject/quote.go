package subject

import "salesflow/store/sales"

// quote is 报价, 特价申请 among them.
func quote() *Object {
	return &Object{
		Key: "quote", Name: "报价", Aliases: []string{"报价单", "特价申请"}, Subject: "quote", Table: "quotes",
		Fields: []Field{
			states("状态", "state", alias(options(
				sales.QuotePending, "待审批", sales.QuoteReturned, "已退回", sales.QuoteApproved, "已通过", sales.QuoteRejected, "已驳回",
				sales.QuoteWithdrawn, "已撤回", sales.QuoteContracted, "已转合同",
			), sales.QuotePending, "审批中", "待审")),
			text("no", "编号", "no", "报价号"),
			money("amount", "金额", "amount", "报价金额"),
			date("valid_until", "有效期", "valid_until", "有效期至"),
			ofCustomer(),
			someone("owner", "负责人", "owner_id"),
			moment("created", "提交日", "created_at", "提交日期"),
		},
		People: append(owners("owner_id"), approvers("quotes.request_id")),
		Clock:  "approver",
		Filed:  true, Verbs: []string{"quote.submitted"}, At: "created_at",
		By:    map[string]string{"customer": "customer_id", "person": "owner_id", "opportunity": "opportunity_id"},
		Waits: []string{sales.QuotePending, sales.QuoteReturned},
		Title: func(r *Record) string { return join(r.Show("no"), r.Show("customer"), r.Show("amount")) },
		Open:  func(r *Record) string { return "报价 " + r.Show("no") },
	}
}
