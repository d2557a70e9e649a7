package subject

import "salesflow/store/sales"

// workOrder is 工单: what a customer wants made, on its way through the departments.
func workOrder() *Object {
	return &Object{
		Key: "workorder", Name: "工单", Aliases: []string{"协同工单"}, Subject: "workorder", Table: "work_orders",
		Fields: []Field{
			states("状态", "state", alias(alias(alias(options(
				sales.WorkFilling, "填写中", sales.WorkWorking, "处理中", sales.WorkReturned, "退回补充", sales.WorkReady, "都办完了",
				sales.WorkAgreement, "协议审批中", sales.WorkDone, "已完成", sales.WorkCancelled, "已取消",
			), sales.WorkWorking, "在办"), sales.WorkReturned, "已退回", "待补充"), sales.WorkReady, "待出协议")),
			text("no", "编号", "no", "工单号"),
			text("title", "产品", "title", "名称"),
			text("family", "类别", "family", "产品族"),
			ofCustomer(),
			someone("owner", "负责人", "owner_id"),
			money("amount", "年额", "NULLIF(amount, 0)", "金额"),
			percent("margin", "毛利", "NULLIF(margin, -1)", "毛利率"),
			boolean("urgent", "加急", "urgent"),
			number("priority", "优先级", "priority"),
			date("need", "需求日", "need_on", "交期", "要货日"),
			text("reason", "退回原因", "reason"),
			number("running", "没办完的任务", "(SELECT COUNT(*) FROM work_tasks t WHERE t.order_id = work_orders.id AND t.state IN ('waiting', 'open', 'accepted', 'returned'))"),
			moment("created", "建立日", "created_at", "开单日"),
			moment("submitted", "填齐日", "submitted_at"),
			moment("ready", "办完日", "ready_at"),
		},
		People: owners("owner_id"),
		Filed:  true, Verbs: []string{"workorder.opened"}, At: "created_at",
		By:    map[string]string{"customer": "customer_id", "person": "owner_id", "opportunity": "opportunity_id"},
		Waits: []string{sales.WorkFilling, sales.WorkWorking, sales.WorkReturned, sales.WorkReady, sales.WorkAgreement},
		Title: func(r *Record) string { return join(r.Show("no"), r.Show("customer"), r.Show("title")) },
		Open:  func(r *Record) string { return "工单 " + r.Show("no") },
	}
}

// ofOrder is a column of the work order a task belongs to.
func ofOrder(column string) string {
	return "(SELECT o." + column + " FROM work_orders o WHERE o.id = work_tasks.order_id)"
}

// workTask is 工单任务: one department's part of a work order.
func workTask() *Object {
	department := text("role", "部门", "role", "岗位")
	department.Names = func(s string) string { return sales.Role(s).Name() }
	return &Object{
		Key: "worktask", Name: "工单任务", Aliases: []string{"任务"}, Subject: "worktask", Table: "work_tasks",
		Fields: []Field{
			states("状态", "state", alias(alias(options(
				sales.TaskWaiting, "没轮到", sales.TaskOpen, "待接单", sales.TaskAccepted, "进行中", sales.TaskReturned, "已退回",
				sales.TaskDone, "已完成", sales.TaskCancelled, "已取消",
			), sales.TaskAccepted, "在做"), sales.TaskReturned, "退回补充")),
			text("name", "名称", "name", "任务名"),
			text("no", "编号", ofOrder("no"), "工单号"),
			department,
			ref("workorder", "工单", "order_id", "workorder"),
			ref("customer", "客户", ofOrder("customer_id"), "customer"),
			someone("owner", "负责人", "owner_id", "办理人"),
			number("hours", "工时", "hours"),
			instant("due", "到期日", "due_at", "到期", "期限"),
			moment("opened", "轮到日", "opened_at", "开始日"),
			moment("accepted", "接单日", "accepted_at"),
			moment("done", "完成日", "done_at"),
			text("result", "结论", "result"),
			text("reason", "退回原因", "reason"),
		},
		People: []Person{
			{Key: "owner", Name: "负责人", Column: "owner_id"},
			{Key: "head", Name: "部门负责人", Column: "owner_id", Up: 1},
			{Key: "order_owner", Name: "工单负责人", Column: ofOrder("owner_id")},
			{Key: "customer_owner", Name: "客户负责人", Via: "customer"},
		},
		Filed: true, Verbs: []string{"worktask.opened"}, At: "opened_at",
		By:    map[string]string{"workorder": "order_id", "person": "owner_id"},
		Waits: []string{sales.TaskOpen, sales.TaskAccepted, sales.TaskReturned},
		Title: func(r *Record) string { return join(r.Show("no"), r.Show("name"), r.Show("owner")) },
		Open:  func(r *Record) string { return "工单 " + r.Show("no") },
	}
}

// agreement is 技术协议.
func agreement() *Object {
	return &Object{
		Key: "agreement", Name: "技术协议", Aliases: []string{"协议"}, Subject: "agreement", Table: "agreements",
		Fields: []Field{
			states("状态", "state", alias(append(options(sales.AgreementDraft, "草稿"), paperStates()...), sales.AgreementDraft, "没送审")),
			text("no", "编号", "no", "协议号"),
			number("revision", "版本", "revision", "版"),
			ref("workorder", "工单", "order_id", "workorder"),
			ofCustomer(),
			someone("owner", "负责人", "owner_id"),
			moment("created", "建立日", "created_at"),
		},
		People: append(owners("owner_id"), approvers("agreements.request_id")),
		Clock:  "approver",
		Filed:  true, Verbs: []string{"agreement.drafted"}, At: "created_at",
		By:    map[string]string{"customer": "customer_id", "person": "owner_id", "workorder": "order_id"},
		Waits: []string{sales.AgreementDraft, sales.ContractPending, sales.ContractReturned},
		Title: func(r *Record) string { return join(r.Show("no"), r.Show("customer")) },
		Open:  func(r *Record) string { return "技术协议 " + r.Show("no") },
	}
}
