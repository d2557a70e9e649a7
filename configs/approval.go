package configs

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"salesflow/scheduler/rules"
	"salesflow/store/sales"
)

// Flow is one way of approval (审批流程): for the records its condition holds for. The first flow that fits counts; after all
// of them come the defaults.
type Flow struct {
	Name string `yaml:"name"`
	Kind string `yaml:"kind"` // one of FlowKinds
	// When is a condition in the language of rules: 金额 > 50万 且 客户级别 = KA. Empty: always.
	When  string     `yaml:"when"`
	Steps []FlowStep `yaml:"steps"` // none: no approval is needed
	CC    []string   `yaml:"cc"`    // roles that are told of the decision
	// Empty, Self and Repeat are what becomes of a step that nobody holds, of the requester's own step, and of who has
	// approved in an earlier one.
	Empty  string `yaml:"empty"`
	Self   string `yaml:"self"`
	Repeat string `yaml:"repeat"`
	// Place is the platform's own approval where its records are decided; empty: our cards.
	Place FlowPlace `yaml:"place"`
}

// FlowStep is one step of a flow.
type FlowStep struct {
	// Who lists roles by id or Chinese name, 提交人的主管, 提交人的主管的主管, or people as @name or @code.
	Who  []string `yaml:"who"`
	Mode string   `yaml:"mode"` // one of FlowModes; empty: any_of
	When string   `yaml:"when"`
	// Empty is what becomes of the step when nobody holds it; empty: the flow's.
	Empty string `yaml:"empty"`
}

// Effect says what follows by itself from the approval of an application for a topic. An approval gives nobody a right: one of those
// who approve must be allowed to do it themselves.
type Effect struct {
	Topic string `yaml:"topic"` // 事由: 超期发货
	Then  string `yaml:"then"`  // one of sales.EffectWords
}

// What a flow may say.
var (
	FlowKinds   = []string{"contract", "quote", "special_price", "agreement", "general"}
	FlowModes   = []string{"any_of", "all_of", "each_of", "in_order"}
	FlowEmpties = []string{"fallback", "pass", "admin", "superior"}
	FlowSelves  = []string{"superior", "skip", "allow"}
	FlowRepeats = []string{"auto", "ask"}
)

// Quote is who approves quotes that no flow is for, and how long they hold.
type Quote struct {
	ApproveAboveYuan int    `yaml:"approve_above_yuan"`
	Approver         string `yaml:"approver"`
	FloorApprover    string `yaml:"floor_approver"` // of a price under its product's floor
}

// Paper is how papers are numbered, and what follows a contract's approval.
type Paper struct {
	ContractNo   string `yaml:"contract_no"`
	QuoteNo      string `yaml:"quote_no"`
	SpecialNo    string `yaml:"special_no"`
	TaxPercent   string `yaml:"tax_percent"` // of a contract that says no other
	SealKeeper   string `yaml:"seal_keeper"` // role
	SealDays     int    `yaml:"seal_days"`
	OriginalDays int    `yaml:"original_days"`
}

func defaultQuote() Quote {
	return Quote{ApproveAboveYuan: 50_000, Approver: "director", FloorApprover: "director"}
}

func defaultPaper() Paper {
	return Paper{
		ContractNo: "HT{year}-{seq:3}", QuoteNo: "BJ{year}-{seq:3}", SpecialNo: "TJ{year}-{seq:3}", TaxPercent: "13", SealKeeper: "admin",
		SealDays: 2, OriginalDays: 15,
	}
}

// Clauses that may block (rules.contract_limits.block).
var blockable = []string{"discount", "credit"}

func (r Rules) checkApproval(report reporter) {
	names := map[string]bool{}
	for i, f := range r.Approval.Flows {
		f.check(report, fmt.Sprintf("rules.approval.flows[%d]", i), names)
	}
	r.Approval.checkEffects(report)
	if r.Approval.NativePoll < time.Minute || r.Approval.NativePoll > 24*time.Hour {
		report("rules.approval.native_poll", spanText(r.Approval.NativePoll)+" is not between 1m and 24h", "write 10m")
	}
	between(report, "rules.quote.approve_above_yuan", r.Quote.ApproveAboveYuan, 0, 1_000_000_000)
	roles(report, "rules.quote.approver", []string{r.Quote.Approver})
	roles(report, "rules.quote.floor_approver", []string{r.Quote.FloorApprover})
	roles(report, "rules.paper.seal_keeper", []string{r.Paper.SealKeeper})
	between(report, "rules.paper.seal_days", r.Paper.SealDays, 1, 60)
	between(report, "rules.paper.original_days", r.Paper.OriginalDays, 1, 365)
	between(report, "rules.contract_limits.delivery_days_max", r.ContractLimits.DeliveryDaysMax, 0, 3650)
	between(report, "rules.contract_limits.credit_limit_yuan", r.ContractLimits.CreditLimitYuan, 0, 1_000_000_000)
	for i, c := range r.ContractLimits.Block {
		if !slices.Contains(blockable, c) {
			report(fmt.Sprintf("rules.contract_limits.block[%d]", i), c+" cannot block", "use one of "+oneOf(blockable))
		}
	}
	r.Paper.checkNumbers(report)
	if _, err := TaxRate(r.Paper.TaxPercent); err != nil {
		report("rules.paper.tax_percent", err.Error(), "write 13, 6 or 0")
	}
}

func (a Approval) checkEffects(report reporter) {
	seen := map[string]string{}
	for i, x := range a.Effects {
		key := fmt.Sprintf("rules.approval.effects[%d]", i)
		if n := len([]rune(x.Topic)); n == 0 || n > sales.MaxTopic || strings.ContainsAny(x.Topic, " \t\n") {
			report(key+".topic", fmt.Sprintf("%q is empty, has spaces, or is longer than %d characters", x.Topic, sales.MaxTopic), "write what people ask for, such as 超期发货")
		}
		e, ok := sales.ParseEffect(x.Then)
		if !ok {
			report(key+".then", fmt.Sprintf("%q cannot follow from an approval", x.Then), "use one of "+oneOf(sales.EffectWords))
			continue
		}
		kind, noun := e.About()
		if other, twice := seen[x.Topic+"/"+kind]; twice {
			report(key+".topic", x.Topic+" about a "+kind+" is in "+other+" already", "keep one of them, or give "+noun+" another topic")
		}
		seen[x.Topic+"/"+kind] = key
	}
}

func (p Paper) checkNumbers(report reporter) {
	letters := map[string]string{}
	for _, n := range []struct{ key, scheme string }{
		{"rules.paper.contract_no", p.ContractNo}, {"rules.paper.quote_no", p.QuoteNo}, {"rules.paper.special_no", p.SpecialNo},
	} {
		scheme := sales.Numbering(n.scheme)
		if err := scheme.Check(); err != nil {
			report(n.key, n.scheme+" "+sales.Message(err), "write e.g. HT{year}-{seq:3}: capital letters, {year}, {yy} or {month}, and {seq:3}")
			continue
		}
		if other, ok := letters[scheme.Letters()]; ok {
			report(n.key, "begins with the same letters as "+other, "give each kind of paper letters of its own")
		}
		letters[scheme.Letters()] = n.key
	}
}

// TaxRate reads a percentage with at most two decimals as hundredths of a percent.
func TaxRate(s string) (sales.Percent, error) {
	whole, part, _ := strings.Cut(strings.TrimSuffix(strings.TrimSpace(s), "%"), ".")
	n := 0
	if whole == "" || len(whole) > 2 || len(part) > 2 {
		return 0, fmt.Errorf("%q is not a percentage", s)
	}
	for _, r := range whole + (part + "00")[:2] {
		if r < '0' || r > '9' {
			return 0, fmt.Errorf("%q is not a percentage", s)
		}
		n = n*10 + int(r-'0')
	}
	return sales.Percent(n), nil
}

func (f Flow) check(report reporter, key string, names map[string]bool) {
	switch {
	case f.Name == "" || len([]rune(f.Name)) > 20:
		report(key+".name", "is empty or longer than 20 characters", "name the flow as people call it, such as 大额合同")
	case names[f.Name]:
		report(key+".name", "is the name of another flow", "give each flow a name of its own")
	}
	names[f.Name] = true
	choice(report, key+".kind", f.Kind, FlowKinds)
	condition(report, key+".when", f.When)
	for i, role := range f.CC {
		if RoleKey(role) == "" {
			report(fmt.Sprintf("%s.cc[%d]", key, i), role+" is not a role", "use one of "+oneOf(Roles))
		}
	}
	optional(report, key+".empty", f.Empty, FlowEmpties)
	optional(report, key+".self", f.Self, FlowSelves)
	optional(report, key+".repeat", f.Repeat, FlowRepeats)
	if len(f.Steps) > 10 {
		report(key+".steps", "has more than 10 steps", "join some of them")
	}
	for i, s := range f.Steps {
		at := fmt.Sprintf("%s.steps[%d]", key, i)
		if len(s.Who) == 0 {
			report(at+".who", "is empty", "name a role, 提交人的主管, or a person as @name")
		}
		for j, w := range s.Who {
			if !knownSource(w) {
				report(fmt.Sprintf("%s.who[%d]", at, j), w+" is nobody", sourceFix(w))
			}
		}
		optional(report, at+".mode", s.Mode, FlowModes)
		optional(report, at+".empty", s.Empty, FlowEmpties)
		condition(report, at+".when", s.When)
	}
}

func optional(report reporter, key, got string, choices []string) {
	if got != "" {
		choice(report, key, got, choices)
	}
}

// condition checks a condition in the language of rules; the place is part of what is reported.
func condition(report reporter, key, text string) {
	if text == "" {
		return
	}
	if _, err := rules.FlowCondition(text); err != nil {
		report(key, err.Error(), "write e.g. 金额 > 50万 且 客户级别 = KA")
	}
}

// RoleKey is the id of a role that is named by id or in Chinese; empty for none.
func RoleKey(name string) string {
	if slices.Contains(Roles, name) {
		return name
	}
	for key, n := range sales.RoleNames {
		if n == name {
			return string(key)
		}
	}
	return ""
}

// Superiors counts 的主管 behind 提交人; 0 for anything else.
func Superiors(who string) int {
	rest, ok := strings.CutPrefix(who, "提交人")
	n := 0
	for ok && rest != "" {
		if rest, ok = strings.CutPrefix(rest, "的主管"); ok {
			n++
		}
	}
	if !ok || n > 5 {
		return 0
	}
	return n
}

func knownSource(who string) bool {
	return RoleKey(who) != "" || Superiors(who) > 0 || strings.HasPrefix(who, "@") && len([]rune(who)) > 1
}

func sourceFix(who string) string {
	var known []string
	for _, n := range sales.RoleNames {
		known = append(known, n)
	}
	slices.Sort(known)
	if near := closest(who, append(known, Roles...)); near != "" {
		return "did you mean " + near + "?"
	}
	return "name a role such as 法务 or legal, 提交人的主管, or a person as @王芳"
}
