package subject

import "salesflow/store/sales"

// setup is 设置改动: an administrator changed a stage, a field, a person or a team. Its rows are never altered.
func setup() *Object {
	return &Object{
		Key: "setup", Name: "设置改动", Aliases: []string{"改设置"}, Subject: "setup", Table: "setup_changes",
		Fields: []Field{
			choice("kind", "种类", "kind", options(sales.SetupStage, "阶段", sales.SetupField, "字段", sales.SetupPerson, "人员", sales.SetupTeam, "团队")),
			text("say", "对象", "say"),
			someone("person", "改的人", "person_id", "记录人"),
			moment("at", "日期", "at"),
		},
		People: []Person{{Key: "owner", Name: "改的人", Column: "person_id"}},
		Filed:  true, Verbs: []string{"setup.changed"}, At: "at", By: map[string]string{"person": "person_id"},
		Title: func(r *Record) string { return join("设置", r.Show("say")) },
	}
}
