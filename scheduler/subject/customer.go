package subject

import "salesflow/store/sales"

// customer is 客户.
func customer() *Object {
	class := choice("class", "级别", "class", options("KA", "KA", "A", "A", "B", "B", "C", "C"), "等级", "分级")
	class.Writable = true
	return &Object{
		Key: "customer", Name: "客户", Subject: "customer", Table: "customers",
		Fields: []Field{
			traced(text("name", "名称", "name", "名字"), "名称"),
			class,
			text("industry", "行业", "industry"),
			text("city", "城市", "city"),
			someone("owner", "负责人", "owner_id"),
			of(boolean("pooled", "在公海", "CASE owner_id WHEN 0 THEN 1 ELSE 0 END", "公海"), "owner_id", none),
			moment("last_contact", "最近联系日", "last_contact_at", "最近联系日期"),
			moment("created", "建档日", "created_at", "建档日期"),
			number("deals", "商机数", "(SELECT COUNT(*) FROM opportunities o WHERE o.customer_id = customers.id AND o.state = 'open')", "在谈商机数"),
			number("contacts", "联系人数", "(SELECT COUNT(*) FROM contacts k WHERE k.customer_id = customers.id)"),
			date("contract_ends", "合同到期日", "(SELECT MAX(ct.ends_on) FROM contract_terms ct WHERE ct.customer_id = customers.id)"),
			recallDay(),
			moment("calibrated", "上次校准日", "(SELECT MAX(q.opened_at) FROM calibrations q WHERE q.customer_id = customers.id)", "上次校准日期"),
		},
		People: []Person{
			{Key: "owner", Name: "负责人", Column: "owner_id"},
			{
				Key: "last_contact", Name: "最近接触人",
				Column: "COALESCE((SELECT v.person_id FROM visits v WHERE v.customer_id = customers.id AND v.state = 'filed' ORDER BY v.id DESC LIMIT 1), owner_id)",
			},
		},
		Filed: true, Verbs: []string{"customer.created"}, At: "created_at", By: map[string]string{"person": "owner_id"},
		Cards: options("pool", "快回公海"),
		Title: func(r *Record) string { return r.Field("name").S },
		Open:  func(r *Record) string { return "客户 " + r.Field("name").S },
	}
}

// recallDay is the day on which a customer goes back to the open pool, once that is announced.
func recallDay() Field {
	return told(moment("recall", "回公海日", "(SELECT k.recall_at FROM customer_keeping k WHERE k.customer_id = customers.id)", "回收日"), sales.TellsRecall)
}

// lead is 线索.
func lead() *Object {
	return &Object{
		Key: "lead", Name: "线索", Subject: "lead", Table: "leads",
		Fields: []Field{
			states("状态", "state", options(
				sales.LeadNew, "待分配", sales.LeadAssigned, "待接", sales.LeadAccepted, "待联系", sales.LeadContacted, "已联系",
				sales.LeadConverted, "已转客户", sales.LeadInvalid, "无效",
			)),
			text("no", "编号", "no"),
			text("company", "公司", "company"),
			choice("quality", "质量", "quality", options("A", "A", "B", "B", "C", "C")),
			number("level", "难度", "level"),
			text("source", "来源", "source"),
			text("campaign", "活动", "campaign"),
			text("city", "城市", "city"),
			text("region", "大区", "region", "区域"),
			someone("owner", "负责人", "owner_id"),
			moment("assigned", "分配日", "assigned_at"),
			moment("created", "进来日", "created_at", "录入日"),
			instant("offered", "分配时间", "assigned_at"),
			instant("taken", "接下时间", "accepted_at"),
		},
		People: []Person{{Key: "owner", Name: "负责人", Column: "owner_id"}},
		Filed:  true, Verbs: []string{"lead.created"}, At: "created_at", By: map[string]string{"person": "owner_id", "customer": "customer_id"},
		Cards: options("own", "线索", "above", "线索没人管"),
		Waits: []string{sales.LeadNew, sales.LeadAssigned, sales.LeadAccepted},
		Title: func(r *Record) string { return join(r.Show("no"), r.Show("company")) },
		Open:  func(r *Record) string { return "线索 " + r.Show("no") },
	}
}

// fact is 关键信息: a key field of a customer and when it was last confirmed.
func fact() *Object {
	return &Object{
		Key: "fact", Name: "关键信息", Subject: "fact", Table: "customer_facts",
		Fields: []Field{
			{Field: text("field", "字段", "field").Field, Column: "field", Names: func(s string) string { return sales.FactField(s).Name() }},
			ofCustomer(),
			moment("confirmed", "确认日", "confirmed_at", "确认日期"),
			text("value", "内容", "value"),
			date("asked", "上次问的日子", "asked_on"),
		},
		People: []Person{{Key: "last_contact", Name: "最近接触人", Via: "customer"}, {Key: "customer_owner", Name: "客户负责人", Via: "customer"}},
		Where:  "field IN ('decision_chain', 'budget_cycle', 'tech_setup', 'buyer')",
		By:     map[string]string{"customer": "customer_id"}, At: "confirmed_at",
		Cards: options("confirm", "还对吗"),
		Title: func(r *Record) string { return join(r.Show("customer"), r.Show("field")) },
		Open:  func(r *Record) string { return "客户 " + r.Show("customer") },
	}
}
