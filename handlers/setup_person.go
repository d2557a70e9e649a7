package handlers

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

var (
	personAttrs = []string{sales.SetRoles, sales.SetTeam, sales.SetManager, sales.SetActive}
	personWords = map[string]string{
		"角色": sales.SetRoles, "团队": sales.SetTeam, "小组": sales.SetTeam, "上级": sales.SetManager, "汇报给": sales.SetManager, "在职": sales.SetActive,
	}
	teamAttrs = []string{sales.SetLead, sales.SetRegion}
	teamWords = map[string]string{"负责人": sales.SetLead, "主管": sales.SetLead, "组长": sales.SetLead, "区域": sales.SetRegion}
)

func (a *App) registerSetup(r *bot.Router[Tx]) {
	admin := []sales.Role{sales.RoleAdmin}
	r.Command(bot.Command[Tx]{
		Name: "人员", Aliases: []string{"ry", "改人员"}, Summary: "看和改同事的角色、团队、上级、在职", Usage: "人员 李强 / 人员 李强 角色 销售、主管 / 人员 李强 离职",
		Detail: "改了马上生效,其他管理员会收到一条。以后读组织文件和通讯录,改过的那几项以这里为准,退回了才跟着它们走。" +
			"自己的角色和在职要别的管理员改。人员 历史 李强 看改过什么,人员 退回 李强 改回去。走了的人名下的事发 交接。",
		Roles: admin, Rank: map[sales.Role]int{sales.RoleAdmin: 10}, Handle: a.People,
		Example: func(_ context.Context, t bot.Turn, _ Tx) (string, error) { return "人员 " + t.Person.Name, nil },
	})
	r.Command(bot.Command[Tx]{
		Name: "团队", Aliases: []string{"改团队"}, Summary: "看和改团队的负责人、区域", Usage: "团队 / 团队 华东一组 负责人 王芳 / 团队 华东一组 区域 华东",
		Detail: "改了马上生效,以后读组织文件和通讯录,改过的以这里为准。团队 历史 名字 看改过什么,团队 退回 名字 改回去。",
		Roles:  admin, Rank: map[sales.Role]int{sales.RoleAdmin: 11}, Handle: a.Teams,
		Example: func(context.Context, bot.Turn, Tx) (string, error) { return "团队", nil },
	})
}

// setupVerb cuts 历史 or 退回 from the beginning of a text, wherever in 人员 李强 退回 it stands.
func setupVerb(text string) (verb, rest string) {
	words := strings.Fields(text)
	for i, w := range words {
		if ofPast(w) && i < 2 {
			return w, strings.Join(slices.Delete(words, i, i+1), " ")
		}
	}
	return "", strings.TrimSpace(text)
}

// People shows a person with roles, team and manager (人员), or changes them.
func (a *App) People(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text("人员单聊我看和改。"), nil
	}
	verb, text := setupVerb(strings.TrimPrefix(strings.TrimSpace(t.Args), "改 "))
	name, rest := cutWord(text)
	if name == "" {
		return bot.Text(a.peopleText(t)), nil
	}
	p, err := member(t, name)
	if err != nil {
		return bot.Reply{}, err
	}
	s := Setting{Kind: sales.SetupPerson, Target: p.Code, Say: p.Name, Back: -1}
	if ofPast(verb) {
		return a.setupPast(ctx, t, tx, s, verb, rest, a.showPerson(t.Org))
	}
	switch bare(rest) {
	case "":
		return bot.Text(a.personText(t, p)), nil
	case "离职", "走了", "已离职":
		s.Values = map[string]string{sales.SetActive: "否"}
		return a.Set(ctx, t, tx, s)
	case "在职", "复职", "回来了":
		s.Values = map[string]string{sales.SetActive: "是"}
		return a.Set(ctx, t, tx, s)
	}
	values, said := attrValues(rest, personWords)
	if len(values) == 0 {
		return bot.Text("改" + p.Name + "的什么?" + quoted(said, "") + "没看懂。能改 角色、团队、上级、离职、在职。例:人员 " + p.Name + " 角色 销售、主管。"), nil
	}
	s.Values = values
	return a.Set(ctx, t, tx, s)
}

// peopleText counts who is there by role.
func (a *App) peopleText(t bot.Turn) string {
	here := t.Org.People()
	count := map[sales.Role]int{}
	for _, p := range here {
		for _, r := range p.Roles {
			count[r]++
		}
	}
	roles := make([]sales.Role, 0, len(count))
	for r := range count {
		roles = append(roles, r)
	}
	slices.SortFunc(roles, func(x, y sales.Role) int { return cmp.Or(cmp.Compare(count[y], count[x]), cmp.Compare(x, y)) })
	var parts []string
	for _, r := range roles {
		parts = append(parts, r.Name()+" "+itoa(count[r]))
	}
	return "在职 " + itoa(len(here)) + " 人:" + strings.Join(parts, "、") + "。看一位发 人员 " + t.Person.Name + ",在网页里改发 网页 管理。"
}

func (a *App) personText(t bot.Turn, p sales.Person) string {
	show := a.showPerson(t.Org)
	parts := []string{"**" + t.Org.Name(p.ID) + "**"}
	for _, attr := range personAttrs {
		if v := show(attr, personSetting(t.Org, p, attr)); v != "" {
			parts = append(parts, view.SettingName(sales.SetupPerson, attr)+" "+v)
		}
	}
	if m, ok := t.Org.Manager(p.ID); ok && p.ManagerID == 0 {
		parts = append(parts, "上级 "+m.Name+"(跟团队)")
	}
	return strings.Join(parts, "\n") + "\n改:人员 " + p.Name + " 角色 销售、主管"
}

// personOf is a person as a thing that is set; what is set of it is by codes.
type personOf struct {
	org *sales.Org
	p   *sales.Person
}

// Setting implements sales.Settable.
func (x personOf) Setting(attr string) string { return personSetting(x.org, *x.p, attr) }

// Set implements sales.Settable.
func (x personOf) Set(attr, value string) error {
	set := sales.Setups{{Kind: sales.SetupPerson, Target: x.p.Code, N: 1, Items: sales.List[sales.SetupItem]{{Attr: attr, New: value}}}}
	*x.p = set.PersonSet(*x.p, teamByCode(x.org), personByCode(x.org))
	return nil
}

func teamByCode(org *sales.Org) func(string) (sales.ID, bool) {
	return func(code string) (sales.ID, bool) {
		for _, t := range org.Teams() {
			if t.Code == code && code != "" {
				return t.ID, true
			}
		}
		return 0, false
	}
}

func personByCode(org *sales.Org) func(string) (sales.PersonID, bool) {
	return func(code string) (sales.PersonID, bool) {
		for _, p := range org.Everybody() {
			if p.Code == code && code != "" {
				return p.ID, true
			}
		}
		return 0, false
	}
}

func personSetting(org *sales.Org, p sales.Person, attr string) string {
	switch attr {
	case sales.SetRoles:
		keys := make([]string, len(p.Roles))
		for i, r := range p.Roles {
			keys[i] = string(r)
		}
		return strings.Join(keys, ",")
	case sales.SetTeam:
		t, _ := org.Team(p.TeamID)
		return t.Code
	case sales.SetManager:
		m, _ := org.Person(p.ManagerID)
		return m.Code
	case sales.SetActive:
		if p.Active {
			return "1"
		}
		return "0"
	}
	return ""
}

// showPerson shows attributes of a person.
func (a *App) showPerson(org *sales.Org) func(attr, value string) string {
	return func(attr, value string) string {
		switch attr {
		case sales.SetRoles:
			return roleNames(sales.RolesOf(value))
		case sales.SetActive:
			if value == "1" {
				return "是"
			}
			return "否"
		case sales.SetTeam:
			if id, ok := teamByCode(org)(value); ok {
				t, _ := org.Team(id)
				return t.Name
			}
		case sales.SetManager, sales.SetLead:
			if id, ok := personByCode(org)(value); ok {
				p, _ := org.Person(id)
				return p.Name
			}
		}
		return value
	}
}

// PersonSettings are the attributes of a person as the admin's page shows them: key, name, value.
func (a *App) PersonSettings(org *sales.Org, code string) (say string, out [][3]string, ok bool) {
	id, ok := personByCode(org)(code)
	if !ok {
		return "", nil, false
	}
	p, _ := org.Person(id)
	for _, attr := range personAttrs {
		out = append(out, [3]string{attr, view.SettingName(sales.SetupPerson, attr), a.showPerson(org)(attr, personSetting(org, p, attr))})
	}
	return p.Name, out, true
}

// setPerson changes roles, team, manager of a person, or whether they are still with us.
func (a *App) setPerson(ctx context.Context, t bot.Turn, tx Tx, s Setting, history sales.Setups) (bot.Reply, error) {
	id, ok := personByCode(t.Org)(s.Target)
	p, known := t.Org.Person(id)
	if !ok || !known {
		return bot.Reply{}, sales.Errorf(sales.NotFound, "没有这个人。发 人员 看有哪些。")
	}
	was := p
	now := personOf{t.Org, &p}
	items, err := s.wanted(history, now, filedBy{history, now}, func(attr, text string) (string, error) { return readPerson(t.Org, attr, text) }, personAttrs)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(items) == 0 {
		return bot.Text(s.Say + "和现在一样,没有改动。"), nil
	}
	if err := setAll(now, items); err != nil {
		return bot.Reply{}, err
	}
	if err := mayBe(t, was, p); err != nil {
		return bot.Reply{}, err
	}
	changes := a.keepSetup(t, tx, s, history, items, sales.ID(p.ID), a.showPerson(t.Org))
	tx.PutPerson(p)
	more := "马上生效。"
	if was.Active && !p.Active {
		counts, err := tx.HandoverCounts(ctx, p.ID, nil)
		if err != nil {
			return bot.Reply{}, err
		}
		more = "他发不了消息了。"
		if counts.Customers > 0 {
			more += "名下还有 " + itoa(counts.Customers) + " 家客户,发:交接 " + p.Name + " 给 谁。"
		}
	}
	return a.setupSaid(t, s, changes, more), nil
}

// filedBy is what a thing would be without what was changed of it: the first value that a change took away, else what it is.
type filedBy struct {
	history sales.Setups
	now     sales.Settable
}

// Setting implements sales.Settable.
func (f filedBy) Setting(attr string) string {
	for i := len(f.history) - 1; i >= 0; i-- {
		before := f.history.State(f.history[i].N - 1)
		for _, x := range f.history[i].Items {
			if _, over := before[attr]; x.Attr == attr && !over {
				return x.Old
			}
		}
	}
	return f.now.Setting(attr)
}

// Set implements sales.Settable; nothing is set of it.
func (f filedBy) Set(string, string) error { return nil }

// mayBe refuses what would lock the company out, or give somebody rights by their own hand.
func mayBe(t bot.Turn, was, p sales.Person) error {
	self := p.ID == t.Person.ID
	switch {
	case self && !p.Active:
		return sales.Errorf(sales.Forbidden, "自己的离职要别的管理员记。")
	case self && !slices.Equal(was.Roles, p.Roles):
		return sales.Errorf(sales.Forbidden, "自己的角色要别的管理员改。")
	case p.ManagerID == p.ID:
		return sales.Errorf(sales.Invalid, p.Name+"的上级不能是自己。")
	}
	if boss, ok := t.Org.Person(p.ManagerID); ok && p.ManagerID != was.ManagerID {
		for range 50 { // up from the new manager: a circle would have nobody above
			if boss.ManagerID == p.ID {
				return sales.Errorf(sales.Conflict, "这样就绕成一圈了:"+boss.Name+"往上又是"+p.Name+"。")
			}
			next, ok := t.Org.Person(boss.ManagerID)
			if !ok {
				break
			}
			boss = next
		}
	}
	return nil
}

// readPerson reads an attribute of a person as it is written.
func readPerson(org *sales.Org, attr, text string) (string, error) {
	switch attr {
	case sales.SetRoles:
		return readRoles(org, text)
	case sales.SetActive:
		switch bare(text) {
		case "是", "在职", "1":
			return "1", nil
		case "否", "离职", "0":
			return "0", nil
		}
		return "", sales.Errorf(sales.Invalid, "在职写 是 或 否。")
	case sales.SetTeam:
		team, ok := teamNamed(org, bare(text))
		if !ok {
			return "", sales.Errorf(sales.NotFound, "没有团队 "+quoted(bare(text), "(没写)")+"。发 团队 看有哪些。")
		}
		return team.Code, nil
	case sales.SetManager, sales.SetLead:
		w := bare(text)
		if w == "" || w == "没有" || w == "跟团队" || w == "无" {
			return "", nil
		}
		found := org.ByName(strings.TrimLeft(w, "@＠"))
		if len(found) != 1 {
			return "", sales.Errorf(sales.NotFound, "没有一位(只有一位)在职的"+quoted(w, "")+"。写全名,不要就写 没有。")
		}
		return found[0].Code, nil
	}
	return "", sales.Errorf(sales.Invalid, "这一项改不了。")
}

// readRoles reads roles by their names or keys. A role of the company's own counts when somebody has it.
func readRoles(org *sales.Org, text string) (string, error) {
	own := map[sales.Role]bool{}
	for _, p := range org.Everybody() {
		for _, r := range p.Roles {
			own[r] = true
		}
	}
	var keys []string
	for _, w := range strings.FieldsFunc(text, isSeparator) {
		key := sales.Role("")
		for r, name := range sales.RoleNames {
			if name == w || string(r) == w {
				key = r
			}
		}
		if key == "" && own[sales.Role(w)] {
			key = sales.Role(w)
		}
		if key == "" || strings.Contains(string(key), ",") {
			names := make([]string, 0, len(sales.RoleNames))
			for _, name := range sales.RoleNames {
				names = append(names, name)
			}
			slices.Sort(names)
			return "", sales.Errorf(sales.Invalid, "没有角色 "+quoted(w, "")+"。能写:"+strings.Join(names, "、")+"。")
		}
		if !slices.Contains(keys, string(key)) {
			keys = append(keys, string(key))
		}
	}
	if len(keys) == 0 || len(keys) > 6 {
		return "", sales.Errorf(sales.Invalid, "角色写 1 到 6 个,第一个是主要的。例:销售、主管。")
	}
	return strings.Join(keys, ","), nil
}

func teamNamed(org *sales.Org, name string) (sales.Team, bool) {
	for _, t := range org.Teams() {
		if name != "" && (t.Name == name || t.Code == name) {
			return t, true
		}
	}
	return sales.Team{}, false
}
