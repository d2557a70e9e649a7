package subject

import (
	"encoding/json"
	"strings"

	"salesflow/scheduler/rules"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// paperStates are the states of what is approved.
func paperStates() []rules.Option {
	return alias(options(
		string(approval.Pending), "待审批", string(approval.Returned), "已退回", string(approval.Approved), "已通过",
		string(approval.Rejected), "已驳回", string(approval.Withdrawn), "已撤回",
	), string(approval.Pending), "审批中", "待审")
}

// request is 审批单: the approval of any record. Its wait begins anew with every step.
func request() *Object {
	var kinds []string
	for _, k := range approval.Kinds {
		kinds = append(kinds, string(k), k.Noun())
	}
	return &Object{
		Key: "request", Name: "审批单", Aliases: []string{"审批"}, Subject: "request", Table: "requests",
		Fields: []Field{
			states("状态", "state", paperStates()),
			choice("kind", "类型", "kind", options(kinds...), "种类"),
			text("no", "编号", "no"),
			text("title", "事项", "title", "标题"),
			money("amount", "金额", "NULLIF(amount, 0)"),
			someone("owner", "发起人", "requester_id", "提交人"),
			stepNumber(),
			number("round", "第几轮", "round", "提交次数"),
			{Field: text("at", "当前步骤", "steps", "当前岗位").Field, Column: "steps", Derive: stepName},
			moment("created", "提交日", "submitted_at", "提交日期"),
			moment("since", "本步开始日", "step_since"),
			moment("decided", "批完日", "decided_at"),
		},
		People: []Person{
			{Key: "owner", Name: "发起人", Column: "requester_id"}, approvers("requests.id"),
		},
		Clock: "approver", Anew: "step",
		Filed: true, Verbs: []string{"request.created"}, At: "submitted_at", By: map[string]string{"person": "requester_id"},
		Waits: []string{string(approval.Pending), string(approval.Returned)},
		Title: func(r *Record) string { return join(r.Show("kind"), r.Show("no"), r.Show("title")) },
		Open:  func(r *Record) string { return "审批流程 " + r.Show("no") },
	}
}

// stepNumber is the step a request is at, from 1.
func stepNumber() Field {
	f := number("step", "第几步", "(step + 1)")
	f.Tells = "step"
	return f
}

// stepName is the name of the step a request is at, of its steps as they are kept. A request that is decided is at none.
func stepName(r *Record) rules.Value {
	out := rules.Value{Type: rules.Text, None: true}
	var steps []struct {
		RoleName string `json:"role_name"`
	}
	at := int(r.Field("step").N/100) - 1
	if r.State() != string(approval.Pending) || json.Unmarshal([]byte(r.Field("at").S), &steps) != nil || at < 0 || at >= len(steps) {
		return out
	}
	out.S = strings.TrimSpace(steps[at].RoleName)
	out.None = out.S == ""
	return out
}

// application is 审批申请: a question put to those who decide, by a person or a rule, about a record.
func application() *Object {
	return &Object{
		Key: "application", Name: "审批申请", Aliases: []string{"申请单"}, Subject: "application", Table: "applications",
		Fields: []Field{
			states("状态", "state", paperStates()),
			text("no", "编号", "no", "申请号"),
			text("topic", "事由", "topic", "类型"),
			text("text", "说明", "body", "内容"),
			text("about", "关于", "about_title", "关于的单子"),
			choice("about_kind", "对象", "about_kind", options(
				"contract", "合同", "quote", "报价", "shipment", "发货", "invoice", "发票", "payment", "回款", "expense", "费用", "customer", "客户",
				"opportunity", "商机", "workorder", "工单", "agreement", "技术协议",
			)),
			money("amount", "金额", "NULLIF(amount, 0)"),
			boolean("by_rule", "规则发起", "CASE rule WHEN '' THEN 0 ELSE 1 END"),
			ofCustomer(),
			someone("owner", "负责人", "owner_id", "申请人"),
			moment("created", "提交日", "created_at", "提交日期"),
		},
		People: append(owners("owner_id"), approvers("applications.request_id")),
		Clock:  "approver",
		Filed:  true, Verbs: []string{"application.submitted"}, At: "created_at",
		By:    map[string]string{"customer": "customer_id", "person": "owner_id"},
		Waits: []string{sales.ContractPending, sales.ContractReturned},
		Title: func(r *Record) string { return join(r.Show("no"), r.Show("topic"), r.Show("about")) },
		Open:  func(r *Record) string { return "审批申请 " + r.Show("no") },
	}
}

// importing is 导入: a file on its way in.
func importing() *Object {
	return &Object{
		Key: "import", Name: "导入", Subject: "import", Table: "sheet_jobs",
		// A file of unknown kind is one to import only where a person said so, by its name.
		Where: "(kind IN ('customers', 'products', 'authorised', 'payments', 'invoices', 'opening') OR kind = 'unknown' AND name <> '')",
		Fields: []Field{
			states("状态", "state", alias(options(
				sales.SheetReading, "读取中", sales.SheetPreview, "待确认", sales.SheetWriting, "写入中", sales.SheetDone, "已完成",
				sales.SheetFailed, "失败", sales.SheetCancelled, "已取消", sales.SheetUndoing, "撤销中", sales.SheetUndone, "已撤销",
			), sales.SheetPreview, "待核对")),
			choice("kind", "类型", "kind", options(
				sales.SheetCustomers, "客户", sales.SheetProducts, "产品", sales.SheetAuthorised, "授权书", sales.SheetPayments, "回款",
				sales.SheetInvoices, "发票", sales.SheetOpening, "期初", sales.SheetUnknown, "没认出",
			)),
			text("name", "文件", "name", "文件名"),
			number("total", "行数", "total"),
			number("wrong", "错误行数", "wrong", "错行"),
			number("written", "写入行数", "written"),
			text("message", "原因", "message"),
			someone("owner", "发起人", "person_id"),
			moment("created", "发起日", "created_at"),
		},
		People: []Person{{Key: "owner", Name: "发起人", Column: "person_id"}},
		Waits:  []string{sales.SheetReading, sales.SheetPreview, sales.SheetWriting},
		Title:  func(r *Record) string { return join("导入"+r.Show("kind"), r.Show("name")) },
		Open:   func(*Record) string { return "导入 进度" },
	}
}
