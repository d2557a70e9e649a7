package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"salesflow/configs"
	"salesflow/handlers"
	"salesflow/scheduler/rules"
	"salesflow/scheduler/subject"
	"salesflow/store"
	"salesflow/store/sales"
)

// ruleText is one rule of a file, with the place it is at.
type ruleText struct {
	rules.Written
	path string
	off  bool // comes switched off
}

// ruleLanguage is what rules are read with: the objects of the program, the ways of its deals, and what the company has.
func ruleLanguage(cfg configs.Config, ways []*sales.Pipeline, custom *sales.Custom) handlers.RuleLanguage {
	return handlers.RuleLanguage{Schema: subject.New(subject.WithCustom(subject.All(ways...), custom)).Schema, Company: ruleCompany(cfg)}
}

// configuredWays are the ways of deals that the configuration names.
func configuredWays(cfg configs.Config) ([]*sales.Pipeline, error) {
	read, err := cfg.ReadPipelines(os.ReadFile)
	if err != nil {
		return nil, err
	}
	var list []*sales.Pipeline
	for _, p := range read {
		list = append(list, pipelineOf(p, cfg.Pipelines.Lines))
	}
	return list, nil
}

// ruleCompany is what actions of rules can name.
func ruleCompany(cfg configs.Config) rules.Company {
	return rules.Company{
		Webhooks:  slices.Sorted(maps.Keys(hooks(cfg))),
		Approvals: append(slices.Clone(sales.ApplicationTopics), "审批申请", "特价申请"), // the last as people call the whole of it
	}
}

// ruleSettings say who may change rules.
func ruleSettings(cfg configs.Config) handlers.RuleSettings {
	var s handlers.RuleSettings
	for _, r := range cfg.Rules.Editors {
		s.RuleEditors = append(s.RuleEditors, sales.Role(r))
	}
	return s
}

// rulesIn cuts files into rules. The error is configs.Problems.
func rulesIn(files []configs.RuleFile) ([]ruleText, error) {
	var out []ruleText
	var ps configs.Problems
	for _, f := range files {
		list, err := rules.Split(f.Text)
		var p *rules.Problem
		if errors.As(err, &p) {
			ps = append(ps, ruleProblem(f.Path, 1, p))
		}
		for _, n := range f.Named {
			list = append(list, rules.Written{Name: n.Name, Text: n.Text, Line: n.Line})
		}
		for _, w := range list {
			if i := slices.IndexFunc(out, func(o ruleText) bool { return o.Name == w.Name }); i >= 0 {
				ps = append(ps, configs.Problem{
					File: f.Path, Line: w.Line, Key: "rules.dir", What: "名字 " + w.Name + " 在 " + out[i].path + " 里用过了", Fix: "换一个名字",
				})
				continue
			}
			out = append(out, ruleText{Written: w, path: f.Path})
		}
	}
	if len(ps) > 0 {
		return nil, ps
	}
	return out, nil
}

// ruleProblem is a problem of a rule at its place in a file. first is the line its text begins at.
func ruleProblem(path string, first int, p *rules.Problem) configs.Problem {
	fix := p.Fix
	if p.Whole != "" {
		fix = strings.TrimPrefix(fix+"。整条改好是: ", "。") + p.Whole
	}
	what := fmt.Sprintf("第 %d 个字", p.Column)
	if p.Near != "" {
		what += "\"" + p.Near + "\""
	}
	return configs.Problem{File: path, Line: first + p.Line - 1, Key: "rules.dir", What: what + ":" + p.Msg, Fix: cmp.Or(fix, "看 docs/rules.md 里的写法")}
}

// understood reads rules and looks that none start each other without end. The error is configs.Problems, which hold all
// that are wrong.
func understood(list []ruleText, schema *rules.Schema, names rules.Names) ([]rules.Rule, error) {
	var out []rules.Rule
	var ps configs.Problems
	for _, w := range list {
		r, err := rules.Explain(w.Text, schema, names)
		var p *rules.Problem
		if !errors.As(err, &p) {
			r.Name = w.Name
			err = rules.Refuse(r, out, schema)
		}
		if errors.As(err, &p) {
			ps = append(ps, ruleProblem(w.path, w.Line, p))
			continue
		}
		out = append(out, r)
	}
	if len(ps) > 0 {
		return nil, ps
	}
	return out, nil
}

// loadRules takes the rules of the pack and of the configured folder over into the store. What a company changed or
// switched off stays as it is; what a file says is in force.
func (p *program) loadRules(ctx context.Context) error {
	pack, err := configs.RulePack()
	if err != nil {
		return err
	}
	shipped, err := rulesIn(pack)
	if err != nil {
		return fmt.Errorf("rules of the pack: %w", err)
	}
	shipped = fitted(configured(shipped, p.cfg.Rules.ContractEscalation), p.cfg.Rules)
	var own []ruleText
	if dir := p.cfg.Rules.Dir; dir != "" {
		files, err := configs.ReadRules(dir)
		if err != nil {
			return err
		}
		if own, err = rulesIn(files); err != nil {
			return err
		}
	}
	org, err := p.db.LoadOrg(ctx)
	if err != nil {
		return fmt.Errorf("read organisation: %w", err)
	}
	return p.keepRules(ctx, org, shipped, own)
}

// keepRules writes the rules. Another replica may do the same at this moment: then it is looked at once more.
func (p *program) keepRules(ctx context.Context, org *sales.Org, shipped, own []ruleText) error {
	var err error
	for range 3 {
		_, err = p.db.Do(ctx, store.Work{Fn: func(ctx context.Context, tx *store.Tx) error {
			k, err := newKeeper(ctx, tx, sales.At(p.clock.Now()))
			if err != nil {
				return err
			}
			groups, err := tx.GroupChats(ctx)
			if err != nil {
				return err
			}
			names, err := p.namesFor(ctx, org, groups)
			if err != nil {
				return err
			}
			var fresh []ruleText // what was in force before may name somebody who has left since; that is said in the chat
			for _, w := range own {
				if !k.inForce(w) {
					fresh = append(fresh, w)
				}
			}
			if _, err := understood(fresh, p.app.Rule.Schema(), names); err != nil {
				return err
			}
			return k.keep(shipped, own)
		}})
		if sales.KindOf(err) != sales.Conflict {
			return err
		}
	}
	return err
}

// ruleKeeper brings the store's rules up to date with files.
type ruleKeeper struct {
	tx   *store.Tx
	now  sales.Instant
	rows map[string]sales.Rule
	// texts are the versions of each rule, the newest first.
	texts map[sales.ID][]sales.RuleVersion
}

func newKeeper(ctx context.Context, tx *store.Tx, now sales.Instant) (*ruleKeeper, error) {
	k := &ruleKeeper{tx: tx, now: now, rows: map[string]sales.Rule{}, texts: map[sales.ID][]sales.RuleVersion{}}
	list, err := tx.Rules(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range list {
		k.rows[r.Name] = r
		if k.texts[r.ID], err = tx.RuleVersions(ctx, r.ID); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// text is the text of a rule in force.
func (k *ruleKeeper) text(r sales.Rule) (sales.RuleVersion, bool) {
	i := slices.IndexFunc(k.texts[r.ID], func(v sales.RuleVersion) bool { return v.N == r.N })
	if i < 0 {
		return sales.RuleVersion{}, false
	}
	return k.texts[r.ID][i], true
}

// inForce reports whether a rule of a file is in force as it stands there.
func (k *ruleKeeper) inForce(w ruleText) bool {
	r, ok := k.rows[w.Name]
	v, known := k.text(r)
	return ok && known && r.Source == sales.RuleFile && r.State != sales.RuleGone && v.Text == w.Text
}

func (k *ruleKeeper) keep(shipped, own []ruleText) error {
	var ps configs.Problems
	for _, w := range own {
		if r, ok := k.rows[w.Name]; ok && r.Source == sales.RuleChat && r.State != sales.RuleGone {
			ps = append(ps, configs.Problem{
				File: w.path, Line: w.Line, Key: "rules.dir", What: "规则 " + w.Name + " 已经在聊天里写过", Fix: "换一个名字,或先在聊天里发 规则 删除 " + w.Name,
			})
		}
	}
	if len(ps) > 0 {
		return ps
	}
	for _, w := range shipped {
		if !slices.ContainsFunc(own, func(o ruleText) bool { return o.Name == w.Name }) {
			k.ship(w)
		}
	}
	for _, w := range own {
		k.file(w)
	}
	for name, r := range k.rows {
		if r.Source == sales.RuleFile && r.State != sales.RuleGone && !slices.ContainsFunc(own, func(o ruleText) bool { return o.Name == name }) {
			k.put(r, sales.RuleGone, r.N, "rule.delete", sales.Change{Field: "文件", Old: r.Name})
		}
	}
	return nil
}

// ship brings a rule of the pack: new ones are on; a changed one is in force where the company left it as it was.
func (k *ruleKeeper) ship(w ruleText) {
	r, ok := k.rows[w.Name]
	if !ok {
		k.create(w, sales.RulePack, "随程序自带")
		return
	}
	if r.Source != sales.RulePack || r.State == sales.RuleGone {
		return
	}
	last := slices.IndexFunc(k.texts[r.ID], func(v sales.RuleVersion) bool { return v.Author == 0 })
	if last >= 0 && k.texts[r.ID][last].Text == w.Text {
		return
	}
	v, ok := k.text(r)
	if changed := ok && v.Author != 0; changed {
		k.add(r, w.Text, "新版程序自带的写法,没有启用")
		return
	}
	n := k.add(r, w.Text, "新版程序自带")
	k.put(r, r.State, n, "rule.ship", sales.Change{Field: "版本", Old: fmt.Sprint(r.N), New: fmt.Sprint(n)})
}

// file brings a rule of the company's files.
func (k *ruleKeeper) file(w ruleText) {
	r, ok := k.rows[w.Name]
	switch {
	case !ok:
		k.create(w, sales.RuleFile, "来自 "+w.path)
	case k.inForce(w):
	default:
		state := r.State
		if r.Source != sales.RuleFile || state == sales.RuleGone || state == sales.RuleDraft {
			state = sales.RuleOn
		}
		r.Source = sales.RuleFile
		n := k.add(r, w.Text, "来自 "+w.path)
		k.put(r, state, n, "rule.file", sales.Change{Field: "版本", Old: fmt.Sprint(r.N), New: fmt.Sprint(n)})
	}
}

func (k *ruleKeeper) create(w ruleText, source, note string) {
	r := sales.Rule{ID: k.tx.NewID(), Name: w.Name, Source: source, State: sales.RuleOn, N: 1, UpdatedAt: k.now, Version: 1}
	if w.off {
		r.State = sales.RuleOff
	}
	k.tx.CreateRule(r)
	k.add(sales.Rule{ID: r.ID}, w.Text, note)
	k.trace(r, "rule.create", sales.Change{Field: "文本", New: w.Text})
}

// add adds a text and returns its number.
func (k *ruleKeeper) add(r sales.Rule, text, note string) int {
	n := 1
	if list := k.texts[r.ID]; len(list) > 0 {
		n = list[0].N + 1
	}
	if len([]rune(note)) > 180 {
		note = string([]rune(note)[:180])
	}
	k.tx.AddRuleVersion(sales.RuleVersion{RuleID: r.ID, N: n, Text: text, At: k.now, Note: note})
	return n
}

func (k *ruleKeeper) put(r sales.Rule, state string, n int, verb string, change sales.Change) {
	r.State, r.N, r.UpdatedBy, r.UpdatedAt = state, n, 0, k.now
	k.tx.UpdateRule(r)
	k.trace(r, verb, change)
}

func (k *ruleKeeper) trace(r sales.Rule, verb string, change sales.Change) {
	k.tx.Audit(sales.AuditEntry{ID: k.tx.NewID(), At: k.now, EventID: "start", Verb: verb, SubjectKind: "rule", SubjectID: r.ID, Changes: []sales.Change{change}})
}

// rules looks whether the rules of the configured folder are understood.
func (k *checkup) rules() []finding {
	dir := k.cfg.Rules.Dir
	if dir == "" {
		return []finding{ok("没有规则文件,用自带的和聊天里写的")}
	}
	files, err := configs.ReadRules(dir)
	if err != nil {
		return problems(err)
	}
	list, err := rulesIn(files)
	if err != nil {
		return problems(err)
	}
	ways, err := configuredWays(k.cfg)
	if err != nil {
		return problems(err)
	}
	custom, err := configuredFields(k.cfg, ways)
	if err == nil {
		err = checkConfiguredGates(k.cfg, custom)
	}
	if err != nil {
		return problems(err)
	}
	language, org := ruleLanguage(k.cfg, ways, custom), withRosters(orgOf(k.org), k.cfg.Rules.Rosters)
	var groups []sales.GroupChat
	for _, g := range k.org.Groups {
		groups = append(groups, sales.GroupChat{Name: g.Name})
	}
	read, err := understood(list, language.Schema(), language.Company.Names(org, groups))
	if err != nil {
		return problems(err)
	}
	out := []finding{ok(fmt.Sprintf("规则文件:%d 个,%d 条规则都读得懂", len(files), len(list)))}
	for _, r := range read {
		for _, w := range rules.Warnings(r, rules.Held(org), sales.DayOf(k.now())) {
			out = append(out, notice("规则 "+r.Name+":"+w, "在组织文件里给人加上角色,或改这条规则"))
		}
	}
	return out
}

// orgOf is the organisation of a file, for names and roles alone.
func orgOf(o configs.Org) *sales.Org {
	var people []sales.Person
	for i, p := range o.People {
		person := sales.Person{ID: sales.PersonID(i + 1), Name: p.Name, Active: !p.Left}
		for _, r := range p.Roles {
			person.Roles = append(person.Roles, sales.Role(r))
		}
		people = append(people, person)
	}
	return sales.NewOrg(0, people, nil, nil)
}

// withRosters gives the organisation of a file the rosters of the configuration, for their names.
func withRosters(org *sales.Org, texts map[string]string) *sales.Org {
	var list []sales.Roster
	for i, name := range slices.Sorted(maps.Keys(texts)) {
		if r, err := handlers.ReadRoster(org, name, texts[name], time.Time{}); err == nil {
			r.ID = sales.ID(i + 1)
			list = append(list, r)
		}
	}
	org.SetRosters(list, nil)
	return org
}
