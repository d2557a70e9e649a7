package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"salesflow/bot/httpapi"
	"salesflow/cards/view"
	"salesflow/store"
	"salesflow/store/sales"
)

// settingHints say how an attribute is written.
var settingHints = map[string]string{
	sales.SetBenchmark: "5天、36小时,不管就写 不限",
	sales.SetEnter:     "一行一个:图纸:文件 图纸;预算:商机.金额 > 0;报告:节点 检测报告;来源:字段 预算来源;资料:合规清单。没有就写 没有",
	sales.SetLeave:     "写法同上",
	sales.SetOptions:   "用顿号分开,2 到 30 个",
	sales.SetRoles:     "用顿号分开,第一个是主要的",
	sales.SetManager:   "全名;空着就跟团队的负责人",
	sales.SetLead:      "全名;空着就没有",
}

// adminTeams lists the teams.
func (l lists) adminTeams(out *httpapi.List, org *sales.Org, ask httpapi.Ask) {
	out.Sub, out.Search, out.Hint = "团队从通讯录或组织文件来,这里改过的以这里为准", true, "团队名"
	for _, t := range adminPage(out, ask, org.Teams(), func(t sales.Team) string { return t.Name }) {
		row := httpapi.Row{Name: t.Name, Tags: org.Region(t.ID), Edit: sales.SetupTeam + ":" + t.Code, EditText: "改 " + t.Name}
		row.Lines = append(row.Lines, httpapi.Line{Text: fmt.Sprintf("%d 人", len(org.Members(t.ID)))})
		if p, ok := org.Person(t.LeadID); ok {
			row.Lines = append(row.Lines, httpapi.Line{Text: "负责人 " + org.Name(p.ID), Late: !p.Active})
		} else {
			row.Lines = append(row.Lines, httpapi.Line{Text: "没有负责人"})
		}
		out.Rows = append(out.Rows, row)
	}
}

// adminEdit is the page on which one stage, field, person or team is changed, with what was changed of it before.
func (l lists) adminEdit(ctx context.Context, tx *store.Tx, org *sales.Org, who sales.Person, ask httpapi.Ask) (httpapi.List, error) {
	kind, target, _ := strings.Cut(ask.Edit, ":")
	say, attrs, ok := l.settings(kind, target, org, who)
	if !ok {
		return httpapi.List{}, sales.Errorf(sales.NotFound, "没有这一项")
	}
	out := httpapi.List{
		Title: "改 " + say, Sub: "改了马上生效,其他管理员会收到一条,改动都留着",
		Tabs: adminTabs(ask),
	}
	form, err := l.form(who, ask.Edit, "setup", "保存", say)
	if err != nil {
		return out, err
	}
	for _, a := range attrs {
		in := httpapi.Input{Key: a[0], Name: a[1], Value: a[2], Hint: settingHints[a[0]]}
		switch a[0] {
		case sales.SetRequired, sales.SetActive:
			in.Options = []string{"是", "否"}
		case sales.SetTeam:
			for _, t := range org.Teams() {
				in.Options = append(in.Options, t.Name)
			}
			if !slices.Contains(in.Options, in.Value) {
				in.Options = append([]string{in.Value}, in.Options...)
			}
		case sales.SetEnter, sales.SetLeave:
			in.Area = true
			if in.Value == "" {
				in.Value = "没有"
			}
		}
		form.Inputs = append(form.Inputs, in)
	}
	out.Rows = append(out.Rows, httpapi.Row{Name: say, Form: form})
	if kind == sales.SetupStage {
		if out.Rows, err = l.toMigrate(ctx, tx, who, sales.Stage(target), out.Rows); err != nil {
			return out, err
		}
	}
	rows, err := l.changes(ctx, tx, org, who, kind, target, say)
	out.Rows = append(out.Rows, rows...)
	return out, err
}

// settings are the attributes of one thing. A field that the person may not see is none.
func (l lists) settings(kind, target string, org *sales.Org, who sales.Person) (say string, attrs [][3]string, ok bool) {
	switch kind {
	case sales.SetupStage:
		return l.p.app.StageSettings(sales.Stage(target))
	case sales.SetupField:
		object, key, _ := strings.Cut(target, ".")
		return l.p.app.FieldSettings(object, key)
	case sales.SetupPerson:
		return l.p.app.PersonSettings(org, target)
	case sales.SetupTeam:
		return l.p.app.TeamSettings(org, target)
	}
	return "", nil, false
}

// toMigrate adds how many open deals follow an older version of a stage's pipeline, with the way to bring them along.
func (l lists) toMigrate(ctx context.Context, tx *store.Tx, who sales.Person, key sales.Stage, rows []httpapi.Row) ([]httpapi.Row, error) {
	way := l.p.app.Pipelines.OfStage(key)
	counts, err := tx.WayCounts(ctx)
	if err != nil {
		return rows, err
	}
	old := 0
	for _, n := range counts {
		if n.Pipeline == way.Key && n.Version < way.Version {
			old += n.Deals
		}
	}
	row := httpapi.Row{Name: fmt.Sprintf("%s v%d", way.Name, way.Version), Lines: []httpapi.Line{{Text: "在走的单都在这一版上"}}}
	if old > 0 {
		row.Lines[0].Text = fmt.Sprintf("%d 单还按旧版走。预览发到聊天里,确认了才换,7 天内可撤销。", old)
		if row.Form, err = l.form(who, sales.SetupStage+":"+string(key), "way.preview", "看迁移预览", way.Name); err != nil {
			return rows, err
		}
	}
	return append(rows, row), nil
}

// changes are what was changed of a thing, the newest first, each with the way back to before it.
func (l lists) changes(ctx context.Context, tx *store.Tx, org *sales.Org, who sales.Person, kind, target, say string) ([]httpapi.Row, error) {
	history, err := tx.Setups(ctx, kind, target)
	if err != nil {
		return nil, err
	}
	var out []httpapi.Row
	o := view.SetupOf{Kind: kind, Say: say, Name: org.Name, Show: l.p.app.ShowSetting(kind, target, org), Now: l.p.clock.Now()}
	for i := len(history) - 1; i >= 0 && len(out) < listPage; i-- {
		c := history[i]
		_, line, _ := strings.Cut(view.SetupLine(o, c), ". ")
		row := httpapi.Row{Name: fmt.Sprintf("第 %d 次", c.N), Lines: []httpapi.Line{{Text: line}}}
		text := fmt.Sprintf("退回到第 %d 次之前", c.N)
		if row.Form, err = l.form(who, fmt.Sprintf("%s:%s#%d", kind, target, c.N-1), "setup.back", text, say); err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}
