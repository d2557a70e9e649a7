package subject

import (
	"salesflow/scheduler/rules"
	"salesflow/store/sales"
)

// opportunity is 商机. Its states are the stages.
func opportunity() *Object {
	var stages []rules.Option
	for _, s := range append(append([]sales.Stage{}, sales.Stages...), sales.StageWon, sales.StageLost) {
		stages = append(stages, rules.Option{Key: string(s), Name: s.Name()})
	}
	waits := make([]string, 0, len(sales.Stages))
	for _, s := range sales.Stages {
		waits = append(waits, string(s))
	}
	return &Object{
		Key: "opportunity", Name: "商机", Subject: "opportunity", Table: "opportunities",
		Fields: []Field{
			states("阶段", "stage", stages),
			money("amount", "金额", "amount"),
			ofCustomer(),
			text("line", "产品线", "line"),
			someone("owner", "负责人", "owner_id"),
			date("expected", "预计签约日", "expected_on", "预计签约日期", "预计成交日"),
			moment("since", "进入阶段日", "stage_since", "进入阶段日期"),
			moment("created", "建立日", "created_at", "建立日期"),
			boolean("open", "进行中", "CASE state WHEN 'open' THEN 1 ELSE 0 END"),
		},
		People: owners("owner_id"),
		Filed:  true, Verbs: []string{"opportunity.created"}, At: "created_at",
		By:    map[string]string{"customer": "customer_id", "person": "owner_id"},
		Waits: waits,
		Title: func(r *Record) string { return join(r.Show("customer"), r.Show("line"), r.Show("amount")) },
		Open:  func(r *Record) string { return "商机 " + r.Show("customer") },
	}
}
