package handlers

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/scheduler/rules"
	"salesflow/store/sales"
)

// maxRuleVersions bounds the texts of one rule.
const maxRuleVersions = 150

// ruleDraft is the state of the dialogue about a rule: the one that is edited, and a mended text that waits for a yes.
type ruleDraft struct {
	Rule sales.ID `json:"rule,omitempty"`
	Text string   `json:"text,omitempty"`
}

// NewRule reads a rule as somebody wrote it (新规则 当 … 则 …; several lines that begin with 规则 or 当).
func (a *App) NewRule(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	switch {
	case t.InGroup():
		return bot.Text("规则单聊我写。"), nil
	case !a.mayEdit(t.Person):
		return bot.Text(a.editRefusal()), nil
	}
	text := strings.TrimSpace(t.Text)
	if t.Command == "新规则" {
		text = strings.TrimSpace(t.Args)
	}
	if text == "" {
		return bot.Text("照这样写一条:\n新规则 当 合同 进入 待审批 超过 48小时 则 推送 法务主管\n能写什么:规则 字段"), nil
	}
	edited := sales.ID(0)
	if t.Dialogue.Topic == topicRuleEdit && t.Now.Before(t.Dialogue.ExpiresAt.Time) {
		d, err := draft[ruleDraft](t)
		if err != nil {
			return bot.Reply{}, err
		}
		edited = d.Rule
	}
	return a.writeRule(ctx, t, tx, text, edited)
}

// orRule takes a text that is a rule (当 … 则 …) before it is read as anything else.
func (a *App) orRule(next bot.HandlerFunc[Tx]) bot.HandlerFunc[Tx] {
	return func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
		if a.Rule.Schema != nil && !t.InGroup() && a.mayEdit(t.Person) && reMeansRule.MatchString(bare(t.Text)) && !looksLikeRule(t.Text) {
			return a.meantRule(ctx, t, tx)
		}
		if a.Rule.Schema == nil || t.InGroup() || strings.HasPrefix(t.Text, "规则") || !looksLikeRule(t.Text) {
			return next(ctx, t, tx)
		}
		if _, err := rules.Parse(t.Text, a.Rule.Schema(), rules.Names{}); err != nil && !begun(err) && !reSaysRule.MatchString(t.Text) {
			return next(ctx, t, tx)
		}
		return a.NewRule(ctx, t, tx)
	}
}

const (
	ruleDeeds   = `(?:推送|推给|推|通知|提醒|告诉|创建待办|建待办|发邮件|发短信|调用|发起审批|转任务|发资料)`
	ruleObjects = `(?:合同|客户|商机|报价|发票|回款|投诉|售后|样品|待办|线索|工单|审批|发货|对账单|日报|竞品|销售)`
)

var (
	// reSaysRule is a text that is a rule by its form, whatever it is about: 当 报销 进入 待审批 则 推送 财务.
	reSaysRule = regexp.MustCompile(`(?:当|如果|每当)\s*.{2,}(?:则|就)\s*` + ruleDeeds)
	// reMeansRule is what somebody says who wants a rule and does not begin it with 当.
	reMeansRule = regexp.MustCompile(`^(?:` + ruleObjects + `.{0,14}(?:超过|多久|满|没).{1,20}(?:就|则|,|，|的话)\s*` + ruleDeeds + `|每(?:天|周|月|个工作日|星期).{1,14}(?:就|则|,|，|\s)*` + ruleDeeds + `).{0,40}$`)
)

// meantRule takes what was meant as a rule and is none: mended where that is certain, else with the shape to write it in.
func (a *App) meantRule(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	names, err := a.language(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	_, err = rules.Explain("当 "+strings.TrimSpace(t.Text), a.Rule.Schema(), names)
	var p *rules.Problem
	switch {
	case err == nil:
		return a.writeRule(ctx, t, tx, "当 "+strings.TrimSpace(t.Text), 0)
	case errors.As(err, &p) && p.Whole != "":
		p.Column = max(p.Column-2, 1) // without the 当 that was put before it
		return a.tellProblem(t, p, 0)
	case errors.As(err, &p):
		return bot.Text("像是要写一条规则。照这个样子写,当 后面写什么时候,则 后面写推给谁:\n当 合同 进入 待审批 超过 48小时 且 未处理 则 推送 法务主管 \"{编号} 等了两天\"\n当 每周一 9:00 则 推送 销售总监 \"看报表\"\n能写哪些状态和人,发:规则 字段 合同"), nil
	}
	return bot.Reply{}, err
}

// begun reports whether a text that is no rule yet was understood beyond what it is about: 当面谈了 was not.
func begun(err error) bool {
	var p *rules.Problem
	return errors.As(err, &p) && (p.Line > 1 || p.Column > 5)
}

// writeRule keeps a text as a draft: of a new rule, or of the next version of one. edited is the rule whose new text was
// asked for, 0 for none.
func (a *App) writeRule(ctx context.Context, t bot.Turn, tx Tx, text string, edited sales.ID) (bot.Reply, error) {
	names, err := a.language(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	r, err := rules.Explain(text, a.Rule.Schema(), names)
	var p *rules.Problem
	if errors.As(err, &p) {
		return a.tellProblem(t, p, edited)
	}
	if err != nil {
		return bot.Reply{}, err
	}
	row, reply, err := a.rowFor(ctx, t, tx, &r, edited)
	if err != nil || row.ID == 0 {
		return reply, err
	}
	if err := a.refuse(ctx, t, tx, r, names); err != nil {
		if errors.As(err, &p) {
			return a.tellProblem(t, p, edited)
		}
		return bot.Reply{}, err
	}
	return a.keepDraft(ctx, t, tx, row, r, text)
}

// rowFor is the row a text belongs to: the edited rule's, the one of its name, or a new one.
func (a *App) rowFor(ctx context.Context, t bot.Turn, tx Tx, r *rules.Rule, edited sales.ID) (sales.Rule, bot.Reply, error) {
	list, err := tx.Rules(ctx)
	if err != nil {
		return sales.Rule{}, bot.Reply{}, err
	}
	taken := func(name string) int {
		return slices.IndexFunc(list, func(x sales.Rule) bool { return sameName(x.Name, name) })
	}
	i := -1
	switch {
	case edited != 0:
		if i = slices.IndexFunc(list, func(x sales.Rule) bool { return x.ID == edited && x.State != sales.RuleGone }); i >= 0 {
			if other := taken(r.Name); r.Name != "" && other >= 0 && other != i {
				return sales.Rule{}, bot.Text("已经有一条叫\"" + r.Name + "\"的规则,换个名字,或发 规则 修改 " + r.Name + "。"), nil
			}
			if r.Name == "" {
				r.Name = list[i].Name
			}
		}
	case r.Name != "":
		i = taken(r.Name)
	}
	if r.Name == "" {
		r.Name = freeName(ruleName(*r), func(s string) bool { return taken(s) >= 0 })
	}
	if _, ok := a.ruleWords()[r.Name]; ok || r.Name == "全部" {
		return sales.Rule{}, bot.Text("\"" + r.Name + "\"是指令,不能当规则的名字。换一个,例如 规则 合同48小时。"), nil
	}
	if i < 0 {
		return sales.Rule{ID: tx.NewID(), Name: r.Name, Source: sales.RuleChat, State: sales.RuleDraft, Version: 0}, bot.Reply{}, nil
	}
	if list[i].Source == sales.RuleFile && list[i].State != sales.RuleGone {
		return sales.Rule{}, bot.Text("\"" + list[i].Name + "\"写在配置的文件里,改文件再重启才换。要在聊天里写,换个名字另写一条,再发 规则 停用 " + list[i].Name + "。"), nil
	}
	return list[i], bot.Reply{}, nil
}

// ruleName is a name for a rule that was given none: 合同待审批48小时.
func ruleName(r rules.Rule) string {
	t := r.Trigger
	name := t.Object.Name
	switch t.Kind {
	case rules.Enters, rules.Leaves:
		name += t.State.Name
		if t.Kind == rules.Leaves {
			name += "后"
		}
	case rules.Changes, rules.Reaches:
		name += t.Field.Name
		if t.Kind == rules.Changes {
			name += "变化"
		} else if t.Span.N < 0 {
			name += "前"
		} else {
			name += "后"
		}
	case rules.Silent, rules.Runs:
		name += "没有" + t.Activity.Name
	case rules.Repeats:
		name += t.Activity.Name + strconv.Itoa(t.Times) + "次"
	case rules.Scheduled:
		name += "定时"
	case rules.Files:
		name = "新" + name
	}
	if !t.Span.IsZero() {
		name += t.Span.String()
	}
	return cutRunes(strings.ReplaceAll(name, " ", ""), 24)
}

func freeName(name string, taken func(string) bool) string {
	if !taken(name) {
		return name
	}
	for i := 2; ; i++ {
		if s := name + strconv.Itoa(i); !taken(s) {
			return s
		}
	}
}

// refusal says in Chinese why a rule cannot be switched on beside those that are; empty when it can.
func (a *App) refusal(ctx context.Context, t bot.Turn, tx Tx, r rules.Rule) (string, error) {
	names, err := a.language(ctx, t, tx)
	if err != nil {
		return "", err
	}
	var p *rules.Problem
	if err := a.refuse(ctx, t, tx, r, names); errors.As(err, &p) {
		return p.Msg + "。" + p.Fix + "。", nil
	} else if err != nil {
		return "", err
	}
	return "", nil
}

// refuse reports, as a *rules.Problem, that a rule and those that are on would start each other without end.
func (a *App) refuse(ctx context.Context, t bot.Turn, tx Tx, r rules.Rule, names rules.Names) error {
	active, err := tx.ActiveRules(ctx)
	if err != nil {
		return err
	}
	var others []rules.Rule
	for _, x := range active {
		if sameName(x.Name, r.Name) {
			continue
		}
		if other, err := rules.Parse(x.Text, a.Rule.Schema(), names); err == nil { // one that cannot be read does not run
			other.Name = x.Name
			others = append(others, other)
		}
	}
	return rules.Refuse(r, others, a.Rule.Schema())
}

// keepDraft writes the text as the next version and shows it.
func (a *App) keepDraft(ctx context.Context, t bot.Turn, tx Tx, row sales.Rule, r rules.Rule, text string) (bot.Reply, error) {
	var versions []sales.RuleVersion
	if row.Version > 0 {
		var err error
		if versions, err = tx.RuleVersions(ctx, row.ID); err != nil {
			return bot.Reply{}, err
		}
	}
	switch {
	case len(versions) > 0 && versions[0].Text == text && row.State != sales.RuleGone:
		v, _, err := a.ruleView(ctx, t, tx, row, 0)
		if err != nil {
			return bot.Reply{}, err
		}
		reply := bot.Text("和 " + row.Name + " 第 " + strconv.Itoa(versions[0].N) + " 版一样,没有改动。")
		reply.Dialogue = closeTopic(t.Dialogue)
		return reply.And(ruleReply(v)), nil
	case len(versions) >= maxRuleVersions:
		return bot.Text(row.Name + " 已经改过 " + strconv.Itoa(len(versions)) + " 版,另起一个名字写新的。"), nil
	}
	version := sales.RuleVersion{RuleID: row.ID, N: 1, Text: text, Author: t.Person.ID, At: sales.At(t.Now)}
	change := sales.Change{Field: "文本", New: text}
	if len(versions) > 0 {
		version.N, change.Old = versions[0].N+1, versions[0].Text
	}
	row.UpdatedBy, row.UpdatedAt = t.Person.ID, sales.At(t.Now)
	switch {
	case row.Version == 0:
		row.N, row.Version = 1, 1
		tx.CreateRule(row)
	case row.State == sales.RuleGone: // its name is used again
		row.Name, row.Source, row.State, row.N = r.Name, sales.RuleChat, sales.RuleDraft, version.N
		tx.UpdateRule(row)
		row.Version++
	default:
		if row.State == sales.RuleDraft {
			row.N = version.N
		}
		row.Name = r.Name
		tx.UpdateRule(row)
		row.Version++
	}
	tx.AddRuleVersion(version)
	verb := "rule.write"
	audit(tx, t, verb, "rule", row.ID, change)
	emit(tx, t, verb, "rule", row.ID)
	v := view.Rule{Rule: row, Versions: len(versions) + 1, Editor: true, Now: t.Now}
	names, err := a.language(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	if _, err := a.describe(t, &v, version, names); err != nil {
		return bot.Reply{}, err
	}
	reply := ruleReply(v)
	reply.Dialogue = closeTopic(t.Dialogue)
	return reply, nil
}

// tellProblem says where a text is wrong, and offers the mended one.
func (a *App) tellProblem(t bot.Turn, p *rules.Problem, edited sales.ID) (bot.Reply, error) {
	where := fmt.Sprintf("第 %d 行第 %d 个字", p.Line, p.Column)
	if p.Near != "" {
		where += "\"" + p.Near + "\""
	}
	d, err := a.ask(t, topicRuleMend, ruleDraft{Rule: edited, Text: p.Whole})
	if err != nil {
		return bot.Reply{}, err
	}
	if p.Whole == "" {
		d = closeTopic(t.Dialogue)
		if edited != 0 {
			if d, err = a.ask(t, topicRuleEdit, ruleDraft{Rule: edited}); err != nil {
				return bot.Reply{}, err
			}
		}
	}
	reply := bot.ShowCard(view.RuleProblem("rule:mend/"+t.Event.ID, where, p.Msg, p.Fix, p.Whole))
	if len([]rune(p.Whole)) > 100 {
		full := bot.Text("整条改好是:\n" + p.Whole)
		full.Say[0].Slot = "whole"
		reply = full.And(reply)
	}
	reply.Dialogue = d
	return reply, nil
}

// TapRuleMend takes the mended text (用这句).
func (a *App) TapRuleMend(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.Dialogue.Topic != topicRuleMend || !t.Now.Before(t.Dialogue.ExpiresAt.Time) {
		return closeCard(t, "过期了,把整条再发一次"), nil
	}
	if !a.mayEdit(t.Person) {
		return bot.Text(a.editRefusal()), nil
	}
	d, err := draft[ruleDraft](t)
	if err != nil {
		return bot.Reply{}, err
	}
	reply, err := a.writeRule(ctx, t, tx, d.Text, d.Rule)
	if err != nil {
		return reply, err
	}
	return reply.And(closeFace(t, "用了改好的这句")), nil
}

// closeFace closes the tapped card and says nothing where there is none.
func closeFace(t bot.Turn, told string) bot.Reply {
	if t.Card == nil {
		return bot.Reply{}
	}
	return closeCard(t, told)
}

// AnswerRuleMend takes the answer to a mended text: yes, no, or the rule written anew.
func (a *App) AnswerRuleMend(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	switch bare(t.Text) {
	case "用这句", "好", "好的", "对", "是", "是的", "可以", "用":
		return a.TapRuleMend(ctx, t, tx)
	case "算了", "取消", "不用", "不用了", "不":
		return bot.Reply{Say: bot.Text("好,没有写规则。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	if looksLikeRule(t.Text) {
		d, err := draft[ruleDraft](t)
		if err != nil {
			return bot.Reply{}, err
		}
		return a.writeRule(ctx, t, tx, t.Text, d.Rule)
	}
	return bot.Reply{}, bot.ErrNotMine
}

// askRule asks for a rule's new text.
func (a *App) askRule(ctx context.Context, t bot.Turn, tx Tx, r sales.Rule, n int) (bot.Reply, error) {
	if r.Source == sales.RuleFile {
		return bot.Text("\"" + r.Name + "\"写在配置的文件里,改文件再重启才换。"), nil
	}
	versions, err := tx.RuleVersions(ctx, r.ID)
	if err != nil || len(versions) == 0 {
		return bot.Reply{}, err
	}
	text := versions[0].Text
	for _, v := range versions {
		if v.N == n {
			text = v.Text
		}
	}
	d, err := a.ask(t, topicRuleEdit, ruleDraft{Rule: r.ID})
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Reply{Say: bot.Text("把改好的整条发过来,不改了回 算了。现在是:\n" + text).Say, Dialogue: d}, nil
}

// AnswerRuleEdit takes a rule's new text.
func (a *App) AnswerRuleEdit(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	switch bare(t.Text) {
	case "算了", "取消", "不改了", "不改", "不用了":
		return bot.Reply{Say: bot.Text("好,没有改动。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	if !looksLikeRule(t.Text) {
		return bot.Reply{}, bot.ErrNotMine
	}
	if !a.mayEdit(t.Person) {
		return bot.Text(a.editRefusal()), nil
	}
	d, err := draft[ruleDraft](t)
	if err != nil {
		return bot.Reply{}, err
	}
	return a.writeRule(ctx, t, tx, t.Text, d.Rule)
}
