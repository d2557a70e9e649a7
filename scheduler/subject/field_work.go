package subject

import (
	"salesflow/scheduler/rules"
	"salesflow/store/sales"
)

// visit is 拜访.
func visit() *Object {
	return &Object{
		Key: "visit", Name: "拜访", Aliases: []string{"跟进", "联系"}, Subject: "visit", Table: "visits", Where: "state = 'filed'",
		Fields: []Field{
			ofCustomer(),
			someone("person", "记录人", "person_id", "销售"),
			date("day", "日期", "day"),
			money("amount", "金额", "amount"),
			boolean("objection", "有异议", "CASE objection WHEN '' THEN 0 ELSE 1 END"),
			date("next", "下次日期", "next_on", "下次拜访日"),
		},
		People: owners("person_id"),
		Filed:  true, Verbs: []string{"visit.filed"}, At: "filed_at",
		By:    map[string]string{"customer": "customer_id", "person": "person_id", "opportunity": "opportunity_id"},
		Title: func(r *Record) string { return join(r.Show("customer"), r.Show("person"), r.Show("day")+"的拜访") },
		Open:  func(r *Record) string { return "客户 " + r.Show("customer") },
	}
}

// plan is 拜访计划.
func plan() *Object {
	return &Object{
		Key: "plan", Name: "拜访计划", Subject: "plan", Table: "visit_plans",
		Stands: "state <> '" + sales.PlanCancelled + "'",
		Fields: []Field{
			states("状态", "state", options(sales.PlanOpen, "已计划", sales.PlanCancelled, "已取消")),
			ofCustomer(),
			someone("person", "记录人", "person_id", "销售"),
			date("day", "日期", "day"),
			boolean("appointed", "已约好", "appointed"),
			instant("at", "约定时间", "due_at"),
			boolean("made", "已拜访", `CASE (SELECT COUNT(*) FROM visits v WHERE v.person_id = visit_plans.person_id AND v.day = visit_plans.day
				AND v.customer_id = visit_plans.customer_id AND v.state = 'filed' AND visit_plans.customer_id <> 0) WHEN 0 THEN 0 ELSE 1 END`),
		},
		Cards:  options("ask", "到了吗"),
		People: owners("person_id"),
		Deeds:  []rules.Deed{{Word: "没去成", Aliases: []string{"没去", "落空"}, Verbs: []string{"plan.missed"}, Said: "计划的拜访一没去成"}},
		Filed:  true, Verbs: []string{"plan.created"}, At: "created_at", By: map[string]string{"customer": "customer_id", "person": "person_id"},
		Title: func(r *Record) string { return join(r.Show("customer"), r.Show("day")+"的拜访计划") },
	}
}

// companion is 同行: a colleague who is said to have been along on a visit.
func companion() *Object {
	return &Object{
		Key: "companion", Name: "同行", Aliases: []string{"陪访"}, Subject: "companion", Table: "visit_companions",
		Fields: []Field{
			states("状态", "state", options(sales.CompanionAsked, "待确认", sales.CompanionPresent, "在场", sales.CompanionAbsent, "不在场")),
			ofCustomer(),
			someone("person", "同行人", "person_id"),
			someone("by", "记录人", "asked_by"),
			date("day", "日期", "day"),
			boolean("stands", "拜访有效", "CASE (SELECT COUNT(*) FROM visits v WHERE v.id = visit_companions.visit_id AND v.state = 'filed') WHEN 0 THEN 0 ELSE 1 END"),
		},
		People: []Person{{Key: "self", Name: "本人", Column: "person_id"}, {Key: "owner", Name: "负责人", Column: "asked_by"}},
		Filed:  true, Verbs: []string{"companion.created"}, At: "asked_at", By: map[string]string{"customer": "customer_id", "person": "person_id"},
		Cards: options("ask", "一起去了吗"), Waits: []string{sales.CompanionAsked},
		Title: func(r *Record) string { return join(r.Show("customer"), r.Show("person"), r.Show("day")+"同行") },
	}
}

// todo is 待办.
func todo() *Object {
	return &Object{
		Key: "todo", Name: "待办", Aliases: []string{"承诺"}, Subject: "todo", Table: "todos",
		Fields: []Field{
			states("状态", "state", alias(options(sales.TodoOpen, "未完成", sales.TodoDone, "已完成", sales.TodoCancelled, "已取消"), sales.TodoOpen, "待办")),
			text("text", "内容", "text"),
			ofCustomer(),
			someone("owner", "负责人", "owner_id"),
			date("due", "到期日", "due_on", "到期日期"),
			choice("source", "来源", "source_kind", options("visit", "拜访", "filing", "登记", "contract", "合同", "incident", "催办", "rule", "规则")),
			number("postponed", "推迟次数", "postponed"),
		},
		People: owners("owner_id"),
		Filed:  true, Verbs: []string{"todo.created"}, At: "created_at", By: map[string]string{"customer": "customer_id", "person": "owner_id"},
		Waits: []string{sales.TodoOpen},
		Title: func(r *Record) string { return join(r.Show("customer"), r.Field("text").S) },
		Open:  func(*Record) string { return "待办" },
	}
}

// report is 日报.
func report() *Object {
	return &Object{
		Key: "report", Name: "日报", Subject: "report", Table: "daily_reports",
		Fields: []Field{
			states("状态", "state", options(sales.ReportPrompted, "待提交", sales.ReportSubmitted, "已提交")),
			someone("person", "记录人", "person_id", "销售"),
			date("day", "日期", "day"),
		},
		People: []Person{{Key: "owner", Name: "负责人", Column: "person_id"}},
		Filed:  true, Verbs: []string{"report.submitted"}, At: "submitted_at", By: map[string]string{"person": "person_id"},
		Waits: []string{sales.ReportPrompted},
		Title: func(r *Record) string { return join(r.Show("person"), r.Show("day")+"的日报") },
		Open:  func(*Record) string { return "日报" },
	}
}

// person is 销售: somebody who files visits.
func person() *Object {
	return &Object{
		Key: rules.ObjectPerson, Name: "销售", Aliases: []string{"销售员", "业务员"}, Subject: "person", Table: "persons",
		Where: `active = 1 AND roles LIKE '%"rep"%'`,
		Fields: []Field{
			text("name", "姓名", "name"),
			date("hired", "入职日", "hired_on", "入职日期"),
			text("team", "团队", "(SELECT t.name FROM teams t WHERE t.id = persons.team_id)"),
			number("customers", "客户数", "(SELECT COUNT(*) FROM customers c WHERE c.owner_id = persons.id)"),
			number("deals", "商机数", "(SELECT COUNT(*) FROM opportunities o WHERE o.owner_id = persons.id AND o.state = 'open')"),
		},
		People: []Person{{Key: "self", Name: "本人", Column: "id"}},
		Title:  func(r *Record) string { return r.Field("name").S },
	}
}

// absence is 请假: a leave, a travel, a training.
func absence() *Object {
	return &Object{
		Key: "absence", Name: "请假", Aliases: []string{"外出"}, Subject: "absence", Table: "absences",
		Stands: "state = '" + sales.AbsenceActive + "'",
		Fields: []Field{
			someone("person", "本人", "person_id"),
			moment("from", "开始日", "from_at"),
			moment("until", "结束日", "until_at"),
			someone("deputy", "代理人", "deputy_id"),
		},
		People: []Person{{Key: "owner", Name: "本人", Column: "person_id"}, {Key: "deputy", Name: "代理人", Column: "deputy_id"}},
		Filed:  true, Verbs: []string{"absence.created"}, At: "created_at", By: map[string]string{"person": "person_id"},
		Title: func(r *Record) string { return join(r.Show("person"), r.Show("from")+"起请假") },
	}
}

// company is the object of rules that are about no record.
func company() *Object {
	return &Object{
		Key: rules.ObjectCompany, Name: "公司", Subject: "company",
		Title: func(*Record) string { return "公司" },
	}
}
