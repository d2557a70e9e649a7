package handlers

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/scheduler/rules"
	"salesflow/store/sales"
)

// switchOn puts a version in force and the rule on.
func (a *App) switchOn(ctx context.Context, t bot.Turn, tx Tx, r sales.Rule, n int) (bot.Reply, error) {
	v, parsed, err := a.ruleView(ctx, t, tx, r, n)
	switch {
	case err != nil:
		return bot.Reply{}, err
	case v.Broken != "":
		return bot.Text(r.Name + " 读不懂了:" + v.Broken + "。改好再启用:规则 修改 " + r.Name), nil
	case r.State == sales.RuleOn && r.N == v.Shown:
		return a.faceOf(t, v, r.Name+" 本来就在用,没有改动。"), nil
	case t.Action.Verb != "" && v.Shown < r.N:
		return bot.Text("这张卡片是旧版。要退回去发:规则 恢复 " + r.Name + " " + strconv.Itoa(v.Shown)), nil
	}
	if why, err := a.refusal(ctx, t, tx, parsed); err != nil || why != "" {
		return bot.Text("没有启用。" + why), err
	}
	change := sales.Change{Field: "状态", Old: stateAndVersion(r), New: stateAndVersion(sales.Rule{State: sales.RuleOn, N: v.Shown})}
	v.Rule = a.putRule(t, tx, r, sales.RuleOn, v.Shown, "rule.on", change)
	if standing(parsed) { // what came while it was off is found, too
		tx.Schedule(sales.Due{
			ID: tx.NewID(), Kind: sales.DueRuleScan, SubjectKind: "rule", SubjectID: r.ID, Slot: "v" + strconv.Itoa(v.Shown), DueAt: sales.At(t.Now),
			State: sales.DuePending,
		})
	}
	return a.faceOf(t, v, r.Name+" 启用了。"), nil
}

// stateAndVersion is a rule's state for the trace.
func stateAndVersion(r sales.Rule) string { return r.State + " " + strconv.Itoa(r.N) }

// putRule writes a rule's state and the version in force, with its trace, and returns it as it will be.
func (a *App) putRule(t bot.Turn, tx Tx, r sales.Rule, state string, n int, verb string, changes ...sales.Change) sales.Rule {
	r.State, r.N, r.UpdatedBy, r.UpdatedAt = state, n, t.Person.ID, sales.At(t.Now)
	tx.UpdateRule(r)
	tx.CancelDue(sales.DueRuleResume, "rule", r.ID, verb) // a pause ends with whatever is decided about the rule
	audit(tx, t, verb, "rule", r.ID, changes...)
	emit(tx, t, verb, "rule", r.ID)
	r.Version++
	return r
}

// faceOf shows a rule as it is now: the tapped card changes; what was typed is answered.
func (a *App) faceOf(t bot.Turn, v view.Rule, told string) bot.Reply {
	card := view.RuleCard(v)
	out := bot.Reply{}
	if t.Card != nil {
		out.Faces = append(out.Faces, card)
		return out
	}
	return bot.Text(told).And(bot.ShowCard(card))
}

// switchOff switches a rule off; its open incidents end.
func (a *App) switchOff(ctx context.Context, t bot.Turn, tx Tx, r sales.Rule, _ int) (bot.Reply, error) {
	v, _, err := a.ruleView(ctx, t, tx, r, r.N)
	if err != nil {
		return bot.Reply{}, err
	}
	if r.State != sales.RuleOn && v.Until.IsZero() {
		return a.faceOf(t, v, r.Name+" 本来就没在用,没有改动。"), nil
	}
	v.Until = sales.Instant{}
	change := sales.Change{Field: "状态", Old: stateAndVersion(r), New: stateAndVersion(sales.Rule{State: sales.RuleOff, N: r.N})}
	v.Rule = a.putRule(t, tx, r, sales.RuleOff, r.N, "rule.off", change)
	return a.faceOf(t, v, r.Name+" 停用了,催着的也停下。要恢复发:规则 启用 "+r.Name), nil
}

// dropRule throws a draft away: a new rule goes, a new version of one that is kept leaves it as it is.
func (a *App) dropRule(ctx context.Context, t bot.Turn, tx Tx, r sales.Rule, n int) (bot.Reply, error) {
	if r.State == sales.RuleDraft {
		a.putRule(t, tx, r, sales.RuleGone, r.N, "rule.drop", sales.Change{Field: "状态", Old: sales.RuleDraft, New: sales.RuleGone})
		return closeCard(t, "已放弃"), nil
	}
	v, _, err := a.ruleView(ctx, t, tx, r, r.N)
	if err != nil {
		return bot.Reply{}, err
	}
	if v.Versions <= r.N && n <= r.N {
		return bot.Text(r.Name + " 没有待启用的新版。要停下它发:规则 停用 " + r.Name), nil
	}
	// The newest text is the one in force again, so that the one thrown away is not offered any more.
	versions, err := tx.RuleVersions(ctx, r.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	back, err := tx.RuleVersion(ctx, r.ID, r.N)
	if err != nil {
		return bot.Reply{}, err
	}
	v.Rule, v.Shown = a.addVersion(t, tx, r, versions[0].N+1, back.Text, "放弃新版,回到第 "+strconv.Itoa(r.N)+" 版", "rule.drop"), versions[0].N+1
	return a.faceOf(t, v, "放弃了,"+r.Name+" 还是原来那版。"), nil
}

// addVersion puts a text in force as the newest version.
func (a *App) addVersion(t bot.Turn, tx Tx, r sales.Rule, n int, text, note, verb string) sales.Rule {
	tx.AddRuleVersion(sales.RuleVersion{RuleID: r.ID, N: n, Text: text, Author: t.Person.ID, At: sales.At(t.Now), Note: note})
	return a.putRule(t, tx, r, r.State, n, verb, sales.Change{Field: "版本", Old: strconv.Itoa(r.N), New: strconv.Itoa(n)})
}

// deleteRule takes a rule away; its texts stay in the trace.
func (a *App) deleteRule(_ context.Context, t bot.Turn, tx Tx, r sales.Rule, _ int) (bot.Reply, error) {
	if r.Source == sales.RuleFile {
		return bot.Text("\"" + r.Name + "\"写在配置的文件里,从文件里删掉再重启。先停下它:规则 停用 " + r.Name), nil
	}
	a.putRule(t, tx, r, sales.RuleGone, r.N, "rule.delete", sales.Change{Field: "状态", Old: stateAndVersion(r), New: sales.RuleGone})
	return bot.Text(r.Name + " 删除了,催着的也停下。要它回来,把整条再发一次。"), nil
}

// restoreRule puts an old text in force again, as a new version.
func (a *App) restoreRule(ctx context.Context, t bot.Turn, tx Tx, r sales.Rule, n int) (bot.Reply, error) {
	if n == 0 {
		return bot.Text("退回第几版?例:规则 恢复 " + r.Name + " 1。发 规则 版本 " + r.Name + " 看有哪些。"), nil
	}
	if r.Source == sales.RuleFile {
		return bot.Text("\"" + r.Name + "\"写在配置的文件里,改文件再重启才换。"), nil
	}
	old, parsed, err := a.ruleView(ctx, t, tx, r, n)
	switch {
	case err != nil:
		return bot.Reply{}, err
	case old.Broken != "":
		return bot.Text("第 " + strconv.Itoa(n) + " 版现在读不懂了:" + old.Broken + "。"), nil
	case r.N == n && r.State != sales.RuleDraft:
		return bot.Text("现在用的就是第 " + strconv.Itoa(n) + " 版,没有改动。"), nil
	}
	if why, err := a.refusal(ctx, t, tx, parsed); err != nil || why != "" {
		return bot.Text("没有恢复。" + why), err
	}
	versions, err := tx.RuleVersions(ctx, r.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	version, err := tx.RuleVersion(ctx, r.ID, n)
	if err != nil {
		return bot.Reply{}, err
	}
	next := versions[0].N + 1
	old.Rule = a.addVersion(t, tx, r, next, version.Text, "恢复第 "+strconv.Itoa(n)+" 版", "rule.restore")
	old.Shown, old.Versions = next, old.Versions+1
	return bot.Text(fmt.Sprintf("%s 恢复到第 %d 版的写法,记作第 %d 版。", r.Name, n, next)).And(bot.ShowCard(view.RuleCard(old))), nil
}

// versionsOf lists a rule's versions.
func (a *App) versionsOf(ctx context.Context, t bot.Turn, tx Tx, r sales.Rule, _ int) (bot.Reply, error) {
	versions, err := tx.RuleVersions(ctx, r.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Text(view.RuleVersionList(r, versions, t.Org.Name, t.Now)), nil
}

// compareRule says what differs between two versions (规则 对比 名字 1 2); without numbers the newest and the one before.
func (a *App) compareRule(ctx context.Context, t bot.Turn, tx Tx, words string) (bot.Reply, error) {
	name, numbers := trailingNumbers(words)
	r, reply, err := a.findRule(ctx, tx, words)
	if r.ID != 0 {
		numbers = nil
	} else if err == nil && len(numbers) > 0 {
		r, reply, err = a.findRule(ctx, tx, name)
	}
	if err != nil || r.ID == 0 {
		return reply, err
	}
	versions, err := tx.RuleVersions(ctx, r.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(versions) < 2 {
		return bot.Text(r.Name + " 只有一版,没有可比的。"), nil
	}
	from, to := versions[1].N, versions[0].N
	switch len(numbers) {
	case 1:
		from, to = numbers[0], r.N
	case 2:
		from, to = numbers[0], numbers[1]
	}
	names, err := a.language(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	var texts [2]sales.RuleVersion
	for i, n := range []int{from, to} {
		if texts[i], err = tx.RuleVersion(ctx, r.ID, n); err != nil {
			return bot.Reply{}, err
		}
	}
	return bot.Text(fmt.Sprintf("**%s** 第 %d 版 → 第 %d 版\n%s", r.Name, from, to, a.difference(texts[0].Text, texts[1].Text, names))), nil
}

// difference says in words what differs between two texts; where one cannot be read any more, both are shown.
func (a *App) difference(old, changed string, names rules.Names) string {
	was, err := rules.Parse(old, a.Rule.Schema(), names)
	is, err2 := rules.Parse(changed, a.Rule.Schema(), names)
	if err != nil || err2 != nil {
		return "原来:" + old + "\n现在:" + changed
	}
	lines := rules.Difference(was, is)
	if len(lines) == 0 {
		return "意思一样,只是写法不同。"
	}
	return "· " + strings.Join(lines, "\n· ")
}

// TryRule asks for a dry run (试跑 名字).
func (a *App) TryRule(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text("规则单聊我试。"), nil
	}
	r, reply, err := a.findRule(ctx, tx, t.Args)
	if err != nil || r.ID == 0 {
		return reply, err
	}
	return a.tryRule(ctx, t, tx, r, 0)
}

// tryRule asks for a dry run of a version. It is run at once, but not within the turn: a month of a large company takes
// seconds.
func (a *App) tryRule(ctx context.Context, t bot.Turn, tx Tx, r sales.Rule, n int) (bot.Reply, error) {
	v, _, err := a.ruleView(ctx, t, tx, r, n)
	switch {
	case err != nil:
		return bot.Reply{}, err
	case v.Broken != "":
		return bot.Text(r.Name + " 读不懂了,跑不了:" + v.Broken + "。"), nil
	}
	trial := sales.RuleTrial{N: v.Shown, By: t.Person.ID, At: sales.At(t.Now)}
	tx.Schedule(sales.Due{
		ID: tx.NewID(), Kind: sales.DueRuleTrial, SubjectKind: "rule", SubjectID: r.ID, Slot: trial.Slot(), DueAt: sales.At(t.Now), State: sales.DuePending,
	})
	audit(tx, t, "rule.try", "rule", r.ID)
	return bot.Text("在用近 30 天的记录试跑 " + r.Name + ",好了发你。"), nil
}

// fieldsText says what can be written about an object (规则 字段 合同), or which objects there are.
func (a *App) fieldsText(word string) string {
	if a.Rule.Schema == nil {
		return "现在没有能写规则的对象。"
	}
	return rules.Describe(a.Rule.Schema(), strings.TrimSpace(word))
}

// exportRules sends all rules as one file, in the form the configuration reads.
func (a *App) exportRules(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	list, err := tx.Rules(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	var b strings.Builder
	n := 0
	for _, r := range list {
		if r.State == sales.RuleGone || r.State == sales.RuleDraft {
			continue
		}
		v, err := tx.RuleVersion(ctx, r.ID, r.N)
		if sales.KindOf(err) == sales.NotFound {
			continue
		}
		if err != nil {
			return bot.Reply{}, err
		}
		if n++; r.State == sales.RuleOff {
			b.WriteString("# 停用中\n")
		}
		b.WriteString("规则 " + r.Name + "\n" + rules.Body(v.Text) + "\n\n")
	}
	if n == 0 {
		return bot.Text("没有能导出的规则。"), nil
	}
	f, err := a.Pictures.KeepPicture(ctx, tx.NewID(), []byte(b.String()))
	if err != nil {
		return bot.Reply{}, err
	}
	f.Name, f.MIME, f.PersonID = "规则.txt", "text/plain; charset=utf-8", t.Person.ID
	tx.CreateFile(f)
	audit(tx, t, "rule.export", "rule", 0)
	return bot.Reply{Say: []bot.Say{
		{Out: bot.Outgoing{File: &bot.File{ID: f.ID, Name: f.Name}}, Slot: "file"},
		{Out: bot.Outgoing{Text: fmt.Sprintf("%d 条规则,放进配置 rules.dir 的文件夹(改名 .rule)就能用。", n)}, Slot: "text"},
	}}, nil
}
