package handlers

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/scheduler/rules"
	"salesflow/store/sales"
)

// Topics of the dialogue about rules.
const (
	topicRuleEdit = "rule.edit" // the new text of a rule
	topicRuleMend = "rule.mend" // a mended text that waits for a yes
)

// RuleLanguage is what rules are read with.
type RuleLanguage struct {
	// Schema is what rules can be about at the moment.
	Schema func() *rules.Schema
	// Company is what actions can name.
	Company rules.Company
}

// RuleSettings say who may do what with rules.
type RuleSettings struct {
	// RuleEditors may write, switch and throw away rules; empty is the admin and the sales director.
	RuleEditors []sales.Role
}

func (s RuleSettings) ruleEditors() []sales.Role {
	if len(s.RuleEditors) == 0 {
		return []sales.Role{sales.RoleAdmin, sales.RoleDirector}
	}
	return s.RuleEditors
}

// ruleReaders may read rules: those who may change them, and everyone who leads.
func (s RuleSettings) ruleReaders() []sales.Role {
	out := slices.Clone(s.ruleEditors())
	for _, r := range []sales.Role{sales.RoleLead, sales.RoleRegionalDirector, sales.RoleDirector, sales.RoleGM, sales.RoleLegalHead, sales.RoleAdmin} {
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

func (a *App) registerRule(r *bot.Router[Tx]) {
	example := func(context.Context, bot.Turn, Tx) (string, error) {
		return "新规则 当 合同 进入 待审批 超过 48小时 则 推送 法务主管", nil
	}
	r.Command(bot.Command[Tx]{
		Name: "规则", Aliases: []string{"gz", "规则列表"}, Summary: "看和管推送规则", Usage: "规则 / 规则 名字 / 规则 字段 合同",
		Roles: a.Settings.ruleReaders(),
		Detail: "规则 看全部;规则 名字 看一条;规则 字段 合同 看能写什么;规则 停用 名字、规则 启用 名字;规则 暂停 名字 3天,到时自己启用;规则 修改 名字;规则 版本 名字;" +
			"规则 对比 名字 1 2;规则 恢复 名字 1;规则 删除 名字;规则 导出。写一条:新规则 当 … 则 …。改动要管理员或销售总监。",
		Example: func(context.Context, bot.Turn, Tx) (string, error) { return "规则 字段 合同", nil },
		Rank:    map[sales.Role]int{sales.RoleAdmin: 4, sales.RoleDirector: 8}, Handle: a.Rules,
	})
	r.Command(bot.Command[Tx]{
		Name: "新规则", Aliases: []string{"xgz", "写规则", "加规则"}, Summary: "写一条规则", Usage: "新规则 当 … 则 …", Roles: a.Settings.ruleEditors(), Glued: true,
		Detail: "照这样说:当 什么事 且 什么条件 则 做什么;再过 多久 则 做什么。先读给你听,可以试跑,点了启用才生效。" +
			"第一行写 规则 名字 就给它起名。直接发 当 … 则 … 也行。写错了会说哪个字、怎么改。",
		Example: example, Handle: a.NewRule,
	})
	r.Command(bot.Command[Tx]{
		Name: "试跑", Aliases: []string{"shipao", "规则试跑"}, Summary: "看一条规则近 30 天会触发几次", Usage: "试跑 名字", Roles: a.Settings.ruleReaders(),
		Detail: "用近 30 天的记录走一遍,不发消息、不改数据。有待启用的新版就试新版。", Handle: a.TryRule,
	})
	r.Action("rule.try", a.tapRule(a.tryRule))
	r.Action("rule.on", a.tapRule(a.switchOn))
	r.Action("rule.off", a.tapRule(a.switchOff))
	r.Action("rule.edit", a.tapRule(a.askRule))
	r.Action("rule.drop", a.tapRule(a.dropRule))
	r.Action("rule.versions", a.tapRule(a.versionsOf))
	r.Action("rule.mend", a.TapRuleMend)
	r.Topic(topicRuleEdit, a.AnswerRuleEdit)
	r.Topic(topicRuleMend, a.AnswerRuleMend)
}

// mayEdit reports whether a person may change rules.
func (a *App) mayEdit(p sales.Person) bool { return p.Has(a.Settings.ruleEditors()...) }

// ruleDeed is one of the things done with a rule; n is the version meant, 0 the newest.
type ruleDeed func(ctx context.Context, t bot.Turn, tx Tx, r sales.Rule, n int) (bot.Reply, error)

// ruleWords are the words that come first behind 规则.
func (a *App) ruleWords() map[string]struct {
	do    ruleDeed
	write bool
} {
	type entry = struct {
		do    ruleDeed
		write bool
	}
	return map[string]entry{
		"启用": {a.switchOn, true}, "打开": {a.switchOn, true}, "停用": {a.switchOff, true}, "关闭": {a.switchOff, true},
		"修改": {a.askRule, true}, "改": {a.askRule, true}, "放弃": {a.dropRule, true}, "版本": {a.versionsOf, false}, "试跑": {a.tryRule, false},
		"恢复": {a.restoreRule, true}, "删除": {a.deleteRule, true}, "对比": {nil, false}, "暂停": {nil, true}, "导出": {nil, false}, "字段": {nil, false},
	}
}

var rulePageForm = regexp.MustCompile(`^第\s*(\d{1,3})\s*页$`)

// Rules does what stands behind 规则: lists them, shows one, or does something with one.
func (a *App) Rules(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text("规则单聊我看和改。"), nil
	}
	args := strings.TrimSpace(t.Args)
	word, rest := cutWord(args)
	if m := rulePageForm.FindStringSubmatch(args); m != nil || args == "" || args == "全部" {
		page := 1
		if m != nil {
			page, _ = strconv.Atoi(m[1]) // digits only, by the form
		}
		return a.listRules(ctx, t, tx, page)
	}
	if looksLikeRule(t.Text) {
		return a.NewRule(ctx, t, tx)
	}
	switch word {
	case "字段":
		return bot.Text(a.fieldsText(rest)), nil
	case "导出":
		return a.exportRules(ctx, t, tx)
	case "暂停":
		return a.pauseRule(ctx, t, tx, rest)
	case "对比":
		return a.compareRule(ctx, t, tx, rest)
	}
	do := a.ruleWords()[word]
	if do.do == nil {
		r, reply, err := a.findRule(ctx, tx, args)
		if err != nil || r.ID == 0 {
			return reply, err
		}
		return a.showRule(ctx, t, tx, r, 0)
	}
	if do.write && !a.mayEdit(t.Person) {
		return bot.Text(a.editRefusal()), nil
	}
	name, numbers := trailingNumbers(rest)
	r, reply, err := a.findRule(ctx, tx, rest)
	if r.ID == 0 && err == nil && len(numbers) > 0 {
		r, reply, err = a.findRule(ctx, tx, name)
	} else {
		numbers = nil
	}
	if err != nil || r.ID == 0 {
		return reply, err
	}
	n := 0
	if len(numbers) > 0 {
		n = numbers[0]
	}
	return do.do(ctx, t, tx, r, n)
}

func (a *App) editRefusal() string {
	var names []string
	for _, r := range a.Settings.ruleEditors() {
		names = append(names, r.Name())
	}
	return "写和改规则要" + strings.Join(names, "或") + "权限。你可以看:规则 / 规则 名字。"
}

// trailingNumbers cuts version numbers off the end: 合同48小时 1 2.
func trailingNumbers(s string) (string, []int) {
	var out []int
	for {
		s = strings.TrimSpace(s)
		i := strings.LastIndexAny(s, " \t,、")
		if i < 0 || len(out) == 2 {
			return s, out
		}
		n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(strings.TrimLeft(s[i:], " \t,、"), "第"), "版"))
		if err != nil || n < 1 {
			return s, out
		}
		s, out = s[:i], append([]int{n}, out...)
	}
}

// looksLikeRule reports whether a text is a rule rather than words about one: it begins as one and says what to do.
func looksLikeRule(text string) bool {
	if rules.Title(text) != "" && !strings.HasPrefix(strings.TrimSpace(text), "规则") {
		return reSaysRule.MatchString(text) // 客户说:当面谈 is news
	}
	body := strings.TrimSpace(rules.Body(text))
	for _, w := range []string{"当", "如果", "每当"} {
		if strings.HasPrefix(body, w) {
			return true
		}
	}
	return strings.HasPrefix(strings.TrimSpace(text), "规则") && strings.Contains(text, "\n")
}

// findRule finds a rule by its name, or by part of it when that is enough; the reply says why not.
func (a *App) findRule(ctx context.Context, tx Tx, words string) (sales.Rule, bot.Reply, error) {
	words = strings.Trim(strings.TrimSpace(words), "\"“”「」")
	if words == "" {
		return sales.Rule{}, bot.Text("哪一条?发 规则 看名字。"), nil
	}
	list, err := tx.Rules(ctx)
	if err != nil {
		return sales.Rule{}, bot.Reply{}, err
	}
	var names []string
	var hits []sales.Rule
	for _, r := range list {
		if r.State == sales.RuleGone {
			continue
		}
		if sameName(r.Name, words) {
			return r, bot.Reply{}, nil
		}
		names = append(names, r.Name)
		if strings.Contains(foldName(r.Name), foldName(words)) {
			hits = append(hits, r)
		}
	}
	switch {
	case len(hits) == 1:
		return hits[0], bot.Reply{}, nil
	case len(hits) > 1:
		var some []string
		for _, r := range hits[:min(len(hits), 6)] {
			some = append(some, r.Name)
		}
		return sales.Rule{}, bot.Text("\"" + cutRunes(words, 20) + "\"有几条:" + strings.Join(some, "、") + "。写全名再发一次。"), nil
	}
	if best, ok := parse.Suggest(words, names); ok {
		return sales.Rule{}, bot.Text("没有叫\"" + cutRunes(words, 20) + "\"的规则。要看的是 规则 " + best + " 吗?"), nil
	}
	return sales.Rule{}, bot.Text("没有叫\"" + cutRunes(words, 20) + "\"的规则。发 规则 看全部,发 新规则 当 … 则 … 写一条。"), nil
}

func foldName(s string) string { return strings.ToLower(strings.ReplaceAll(s, " ", "")) }

func sameName(a, b string) bool { return foldName(a) == foldName(b) }

// tapRule does a deed by the button of a rule's card.
func (a *App) tapRule(do ruleDeed) bot.HandlerFunc[Tx] {
	return func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
		r, err := tx.RuleByID(ctx, sales.ID(t.Action.Record))
		if err != nil {
			return bot.Reply{}, err
		}
		verb := t.Action.Verb
		switch {
		case verb != "rule.try" && verb != "rule.versions" && !a.mayEdit(t.Person):
			return bot.Text(a.editRefusal()), nil
		case !t.Person.Has(a.Settings.ruleReaders()...):
			return bot.Text("规则:主管以上能看,你没有这个权限。发 帮助 看你能做什么。"), nil
		}
		n, err := strconv.Atoi(t.Action.Arg)
		if err != nil || n < 1 {
			n = 0
		}
		if r.State == sales.RuleGone {
			return closeCard(t, "已经删除了"), nil
		}
		return do(ctx, t, tx, r, n)
	}
}

// language is what a rule is read with at the moment.
func (a *App) language(ctx context.Context, t bot.Turn, tx Tx) (rules.Names, error) {
	groups, err := tx.GroupChats(ctx)
	if err != nil {
		return rules.Names{}, err
	}
	n := a.Rule.Company.Names(t.Org, groups)
	n.Me = t.Person.Name
	book, err := a.Names.Book(ctx)
	if err != nil {
		return n, err
	}
	n.Materials = append(n.Materials, Materials(book)...)
	return n, nil
}

// ruleView makes what is shown of a version of a rule; n 0 is the newest.
func (a *App) ruleView(ctx context.Context, t bot.Turn, tx Tx, r sales.Rule, n int) (view.Rule, rules.Rule, error) {
	v := view.Rule{Rule: r, Editor: a.mayEdit(t.Person), Now: t.Now}
	versions, err := tx.RuleVersions(ctx, r.ID)
	if err != nil {
		return v, rules.Rule{}, err
	}
	if v.Versions = len(versions); v.Versions == 0 {
		return v, rules.Rule{}, &sales.Error{Kind: sales.NotFound, Msg: "规则 " + r.Name + " 没有内容了,重新写一条。"}
	}
	at := 0
	if n > 0 {
		if at = slices.IndexFunc(versions, func(x sales.RuleVersion) bool { return x.N == n }); at < 0 {
			return v, rules.Rule{}, &sales.Error{Kind: sales.NotFound, Msg: r.Name + " 没有第 " + strconv.Itoa(n) + " 版。发 规则 版本 " + r.Name + " 看有哪些。"}
		}
	}
	if v.Until, err = a.pausedUntil(ctx, tx, r); err != nil {
		return v, rules.Rule{}, err
	}
	fired, err := tx.RuleFired(ctx, t.Today.AddDays(-view.RuleDays))
	if err != nil {
		return v, rules.Rule{}, err
	}
	for _, f := range fired {
		if f.RuleID == r.ID {
			v.Fired, v.LastAt = f.Fired, f.LastAt
		}
	}
	names, err := a.language(ctx, t, tx)
	if err != nil {
		return v, rules.Rule{}, err
	}
	parsed, err := a.describe(t, &v, versions[at], names)
	return v, parsed, err
}

// describe reads a version and puts it into words.
func (a *App) describe(t bot.Turn, v *view.Rule, version sales.RuleVersion, names rules.Names) (rules.Rule, error) {
	v.Shown, v.By, v.At = version.N, t.Org.Name(version.Author), version.At
	r, err := rules.Parse(version.Text, a.Rule.Schema(), names)
	if err != nil {
		v.Broken = err.Error()
		return rules.Rule{}, nil
	}
	r.Name = v.Name
	v.Words = strings.Split(r.Words(), "\n")
	v.Warnings = rules.Warnings(r, rules.Held(t.Org), t.Today)
	return r, nil
}

// showRule shows a rule's card, with the whole text before it where the card would cut it.
func (a *App) showRule(ctx context.Context, t bot.Turn, tx Tx, r sales.Rule, n int) (bot.Reply, error) {
	v, _, err := a.ruleView(ctx, t, tx, r, n)
	if err != nil {
		return bot.Reply{}, err
	}
	return ruleReply(v), nil
}

// ruleReply is the card of a rule; what would be cut on a phone is said in full before it.
func ruleReply(v view.Rule) bot.Reply {
	card := bot.ShowCard(view.RuleCard(v))
	if len([]rune(strings.Join(v.Words, ""))) <= 100 && len(v.Words) <= 4 {
		return card
	}
	full := bot.Text("**" + v.Name + "** 读起来是:\n" + strings.Join(v.Words, "\n"))
	full.Say[0].Slot = "words"
	return full.And(card)
}

// listRules lists the rules.
func (a *App) listRules(ctx context.Context, t bot.Turn, tx Tx, page int) (bot.Reply, error) {
	list, err := tx.Rules(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	fired, err := tx.RuleFired(ctx, t.Today.AddDays(-view.RuleDays))
	if err != nil {
		return bot.Reply{}, err
	}
	active, err := tx.ActiveRules(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	names, err := a.language(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	broken := map[sales.ID]string{}
	for _, r := range active {
		if _, err := rules.Parse(r.Text, a.Rule.Schema(), names); err != nil {
			broken[r.ID] = err.Error()
		}
	}
	var out []view.Rule
	for _, r := range list {
		if r.State == sales.RuleGone {
			continue
		}
		v := view.Rule{Rule: r, Now: t.Now, Broken: broken[r.ID]}
		if v.Until, err = a.pausedUntil(ctx, tx, r); err != nil {
			return bot.Reply{}, err
		}
		for _, f := range fired {
			if f.RuleID == r.ID {
				v.Fired, v.LastAt = f.Fired, f.LastAt
			}
		}
		out = append(out, v)
	}
	slices.SortStableFunc(out, func(x, y view.Rule) int { return rulePlace(x) - rulePlace(y) })
	return bot.Text(view.RuleList(out, page, a.mayEdit(t.Person))), nil
}

// rulePlace is where a rule stands in the list: what needs somebody first, then what the company wrote, then the pack.
func rulePlace(v view.Rule) int {
	switch {
	case v.Broken != "":
		return 0
	case !v.Until.IsZero():
		return 1
	case v.State == sales.RuleOff:
		return 4
	case v.State == sales.RuleDraft:
		return 2
	case v.Source == sales.RulePack:
		return 3
	}
	return 1
}

// Materials are what rules can hand out (发资料): the products that have documents, by name.
func Materials(book *Book) []string {
	var out []string
	for _, p := range book.Products {
		if len(p.Files) > 0 {
			out = append(out, p.Name)
		}
	}
	slices.Sort(out)
	return out
}
