package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"salesflow/bot/httpapi"
	"salesflow/handlers"
	"salesflow/store"
	"salesflow/store/sales"
)

// customLines are the custom fields of records as lines of a page, of those a person may know.
func (l lists) customLines(ctx context.Context, tx *store.Tx, org *sales.Org, who sales.Person, object string, ids []sales.ID) (map[sales.ID][]httpapi.Line, error) {
	fields := l.p.app.Custom.SeenOf(object, who)
	if len(fields) == 0 || len(ids) == 0 {
		return nil, nil
	}
	values, err := tx.CustomValues(ctx, ids...)
	if err != nil {
		return nil, err
	}
	book, err := l.p.books.Book(ctx)
	if err != nil {
		return nil, err
	}
	r := handlers.CustomReader{Org: org, Book: book, Now: l.p.clock.Now(), Reader: who.ID}
	out := map[sales.ID][]httpapi.Line{}
	for _, v := range values {
		for _, f := range fields {
			if f.Key == v.Field && f.Object == v.Object && v.Filled {
				out[v.RecordID] = append(out[v.RecordID], httpapi.Line{Text: f.Name + " " + r.Show(f, v)})
			}
		}
	}
	return out, nil
}

// deedFor is how long a form of the admin's page can be sent.
const deedFor = 15 * time.Minute

// admin is the admin's page: stages, fields, people, rules.
func (l lists) admin(ctx context.Context, tx *store.Tx, org *sales.Org, who sales.Person, ask httpapi.Ask) (httpapi.List, error) {
	if !who.Has(sales.RoleAdmin) {
		return httpapi.List{}, sales.Errorf(sales.Forbidden, "管理页要管理员权限。")
	}
	if ask.Edit != "" {
		return l.adminEdit(ctx, tx, org, who, ask)
	}
	out := httpapi.List{Title: "管理", Tabs: adminTabs(ask)}
	var err error
	switch ask.Filter {
	case "people":
		l.adminPeople(&out, org, ask)
	case "teams":
		l.adminTeams(&out, org, ask)
	case "stages":
		l.adminStages(&out)
	case "fields":
		l.adminFields(&out, who)
	default:
		err = l.adminRules(ctx, tx, &out, org, who, ask)
	}
	if err == nil && len(out.Rows) == 0 {
		out.Message = none(ask, "这里还是空的。")
	}
	return out, err
}

func adminTabs(ask httpapi.Ask) []httpapi.Choice {
	return choices(ask.Filter, "", "规则", "people", "人员", "teams", "团队", "stages", "阶段", "fields", "字段")
}

// adminPage is the page that was asked for, of those whose name holds what was searched.
func adminPage[T any](out *httpapi.List, ask httpapi.Ask, all []T, name func(T) string) []T {
	var found []T
	for _, x := range all {
		if ask.Query == "" || strings.Contains(name(x), ask.Query) {
			found = append(found, x)
		}
	}
	from := min(ask.Page*listPage, len(found))
	out.More = len(found) > from+listPage
	return found[from:min(len(found), from+listPage)]
}

func (l lists) adminStages(out *httpapi.List) {
	out.Sub = "每改一次是新的一版,新单按新版走;在走的单走完它开始时的版本,要一起换先看迁移预览"
	for _, p := range l.p.app.Pipelines.Current() {
		for i, s := range p.Stages {
			row := httpapi.Row{Name: fmt.Sprintf("%d. %s", i+1, s.Name), Tags: p.Name}
			row.Lines = append(row.Lines, httpapi.Line{Text: fmt.Sprintf("成交机会 %d%%", s.Chance)})
			if s.Benchmark > 0 {
				row.Lines = append(row.Lines, httpapi.Line{Text: "一般停 " + sales.Waited(time.Duration(s.Benchmark)*time.Second)})
			}
			for _, part := range []struct {
				what  string
				gates []sales.Gate
			}{{"进来要 ", s.Enter}, {"出去要 ", s.Leave}} {
				var says []string
				for _, g := range part.gates {
					says = append(says, g.Say)
				}
				if len(says) > 0 {
					row.Lines = append(row.Lines, httpapi.Line{Text: part.what + strings.Join(says, "、")})
				}
			}
			var nodes []string
			for _, n := range s.Nodes {
				nodes = append(nodes, n.Name)
			}
			if len(nodes) > 0 {
				row.Lines = append(row.Lines, httpapi.Line{Text: "节点 " + strings.Join(nodes, "、")})
			}
			row.Edit, row.EditText = sales.SetupStage+":"+string(s.Key), "改 "+s.Name
			out.Rows = append(out.Rows, row)
		}
	}
}

func (l lists) adminFields(out *httpapi.List, who sales.Person) {
	out.Sub = "名字、必填、选项在这里改,马上生效;加字段改 fields.file 后重启"
	for _, o := range l.p.app.Custom.Objects() {
		lines := l.p.app.FieldLines(o.Key, who)
		for i, f := range l.p.app.Custom.Of(o.Key) {
			if i == len(lines) {
				break
			}
			_, about, _ := strings.Cut(lines[i], " · ")
			out.Rows = append(out.Rows, httpapi.Row{
				Name: f.Name, Tags: o.Name, Lines: []httpapi.Line{{Text: about}},
				Edit: sales.SetupField + ":" + sales.FieldTarget(f.Object, f.Key), EditText: "改 " + o.Name + "的" + f.Name,
			})
		}
	}
}

func (l lists) adminPeople(out *httpapi.List, org *sales.Org, ask httpapi.Ask) {
	out.Sub, out.Search, out.Hint = "人员从通讯录或组织文件来,这里改过的以这里为准", true, "姓名"
	for _, p := range adminPage(out, ask, org.Everybody(), func(p sales.Person) string { return p.Name }) {
		var names []string
		for _, r := range p.Roles {
			names = append(names, r.Name())
		}
		row := httpapi.Row{Name: p.Name, Tags: strings.Join(names, "、")}
		if t, ok := org.Team(p.TeamID); ok {
			row.Lines = append(row.Lines, httpapi.Line{Text: t.Name})
		}
		if m, ok := org.Manager(p.ID); ok {
			row.Lines = append(row.Lines, httpapi.Line{Text: "上级 " + m.Name})
		}
		switch accounts := org.Identities(p.ID); {
		case !p.Active:
			row.Lines = append(row.Lines, httpapi.Line{Text: "已离职"})
		case len(accounts) == 0:
			row.Lines = append(row.Lines, httpapi.Line{Text: "没有平台账号,收不到消息", Late: true})
		default:
			var on []string
			for _, a := range accounts {
				on = append(on, sales.PlatformName(a.Platform))
			}
			row.Lines = append(row.Lines, httpapi.Line{Text: strings.Join(on, "、")})
		}
		row.Edit, row.EditText = sales.SetupPerson+":"+p.Code, "改 "+p.Name
		out.Rows = append(out.Rows, row)
	}
}

var ruleStates = map[string]string{sales.RuleOn: "在用", sales.RuleOff: "已停用", sales.RuleDraft: "草稿"}

func (l lists) adminRules(ctx context.Context, tx *store.Tx, out *httpapi.List, org *sales.Org, who sales.Person, ask httpapi.Ask) error {
	out.Sub, out.Search, out.Hint = "点停用、启用马上生效,和在聊天里发 规则 停用 名字 一样", true, "规则名"
	rules, err := tx.Rules(ctx)
	if err != nil {
		return err
	}
	rules = slices.DeleteFunc(rules, func(r sales.Rule) bool { return ruleStates[r.State] == "" })
	for _, r := range adminPage(out, ask, rules, func(r sales.Rule) string { return r.Name }) {
		row := httpapi.Row{Name: r.Name, Tags: ruleStates[r.State], Lines: []httpapi.Line{{Text: fmt.Sprintf("第 %d 版", r.N)}}}
		versions, err := tx.RuleVersions(ctx, r.ID)
		if err != nil {
			return err
		}
		for _, v := range versions {
			if v.N == r.N {
				row.Lines = append(row.Lines, httpapi.Line{Text: strings.TrimSpace(strings.TrimPrefix(v.Text, "规则 "+r.Name))})
			}
		}
		if row.Form, err = l.ruleForm(r, who); err != nil {
			return err
		}
		out.Rows = append(out.Rows, row)
	}
	return nil
}
