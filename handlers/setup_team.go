package handlers

import (
	"context"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// Teams lists the teams (团队), or changes who leads one and its region.
func (a *App) Teams(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text("团队单聊我看和改。"), nil
	}
	verb, text := setupVerb(strings.TrimPrefix(strings.TrimSpace(t.Args), "改 "))
	name, rest := cutWord(text)
	if name == "" {
		return bot.Text(teamsText(t.Org)), nil
	}
	team, ok := teamNamed(t.Org, name)
	if !ok {
		return bot.Reply{}, sales.Errorf(sales.NotFound, "没有团队 "+quoted(name, "")+"。发 团队 看有哪些。")
	}
	s := Setting{Kind: sales.SetupTeam, Target: team.Code, Say: team.Name, Back: -1}
	if ofPast(verb) {
		return a.setupPast(ctx, t, tx, s, verb, rest, a.showPerson(t.Org))
	}
	values, _ := attrValues(rest, teamWords)
	if len(values) == 0 {
		return bot.Text("改" + team.Name + "的什么?能改 负责人、区域。例:团队 " + team.Name + " 负责人 " + t.Person.Name + "。"), nil
	}
	s.Values = values
	return a.Set(ctx, t, tx, s)
}

func teamsText(org *sales.Org) string {
	lines := []string{"**团队 " + itoa(len(org.Teams())) + " 个**"}
	for i, t := range org.Teams() {
		if i == 40 {
			lines = append(lines, "……其余在 网页 管理 里看。")
			break
		}
		line := t.Name + " · " + itoa(len(org.Members(t.ID))) + " 人"
		if p, ok := org.Person(t.LeadID); ok {
			line += " · 负责人 " + org.Name(p.ID)
		}
		if r := org.Region(t.ID); r != "" {
			line += " · " + r
		}
		lines = append(lines, line)
	}
	return strings.Join(append(lines, "改:团队 名字 负责人 姓名"), "\n")
}

// teamOf is a team as a thing that is set.
type teamOf struct {
	org *sales.Org
	t   *sales.Team
}

// Setting implements sales.Settable.
func (x teamOf) Setting(attr string) string {
	switch attr {
	case sales.SetLead:
		p, _ := x.org.Person(x.t.LeadID)
		return p.Code
	case sales.SetRegion:
		return x.t.Region
	}
	return ""
}

// Set implements sales.Settable.
func (x teamOf) Set(attr, value string) error {
	set := sales.Setups{{Kind: sales.SetupTeam, Target: x.t.Code, N: 1, Items: sales.List[sales.SetupItem]{{Attr: attr, New: value}}}}
	*x.t = set.TeamSet(*x.t, personByCode(x.org))
	return nil
}

// TeamSettings are the attributes of a team as the admin's page shows them: key, name, value.
func (a *App) TeamSettings(org *sales.Org, code string) (say string, out [][3]string, ok bool) {
	team, ok := teamNamed(org, code)
	if !ok || team.Code != code {
		return "", nil, false
	}
	for _, attr := range teamAttrs {
		out = append(out, [3]string{attr, view.SettingName(sales.SetupTeam, attr), a.showPerson(org)(attr, teamOf{org, &team}.Setting(attr))})
	}
	return team.Name, out, true
}

// setTeam changes who leads a team and its region.
func (a *App) setTeam(_ context.Context, t bot.Turn, tx Tx, s Setting, history sales.Setups) (bot.Reply, error) {
	var team sales.Team
	for _, x := range t.Org.Teams() {
		if x.Code == s.Target {
			team = x
		}
	}
	if team.ID == 0 {
		return bot.Reply{}, sales.Errorf(sales.NotFound, "没有这个团队。发 团队 看有哪些。")
	}
	now := teamOf{t.Org, &team}
	read := func(attr, text string) (string, error) {
		if attr != sales.SetRegion {
			return readPerson(t.Org, attr, text)
		}
		region := bare(text)
		if region == "没有" || region == "无" {
			region = ""
		}
		if len([]rune(region)) > maxSetName {
			return "", sales.Errorf(sales.Invalid, "区域最长 20 个字。")
		}
		return region, nil
	}
	items, err := s.wanted(history, now, filedBy{history, now}, read, teamAttrs)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(items) == 0 {
		return bot.Text(s.Say + "和现在一样,没有改动。"), nil
	}
	if err := setAll(now, items); err != nil {
		return bot.Reply{}, err
	}
	changes := a.keepSetup(t, tx, s, history, items, team.ID, a.showPerson(t.Org))
	tx.PutTeam(team)
	return a.setupSaid(t, s, changes, "马上生效。"), nil
}
