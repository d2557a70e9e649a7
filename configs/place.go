package configs

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Places of approval beside our own cards.
const (
	PlaceWeCom    = "wecom"
	PlaceDingTalk = "dingtalk"
)

// FlowPlace is a platform's own approval as the place where a flow's records are decided (原生审批). What its template calls
// things differs from company to company, so every id is configured; "salesflow check" reads the template and says which fit.
type FlowPlace struct {
	// Platform is wecom, dingtalk, or empty for our own cards.
	Platform string `yaml:"platform"`
	// Template is WeCom's template_id or DingTalk's processCode (PROC-…).
	Template string `yaml:"template"`
	// Fields name the control of the template for each of ours: in WeCom its id (Text-1640339319582), in DingTalk its name.
	Fields map[string]string `yaml:"fields"`
	// Link opens one of them on a phone; {ref} stands for the platform's number of it. Empty: no link on the card.
	Link string `yaml:"link"`
}

// NativeFields are what a template can show. "no" is required: by it a submission whose answer got lost is found again.
var NativeFields = []string{
	"no", "kind", "customer", "amount", "products", "payment", "delivery", "valid", "topic", "about", "reason", "terms", "findings", "summary",
}

func (c Config) checkPlaces(report reporter) {
	for i, f := range c.Rules.Approval.Flows {
		f.Place.check(report, fmt.Sprintf("rules.approval.flows[%d].place", i), len(f.Steps), c)
	}
}

// empty reports whether nothing is said of a place.
func (p FlowPlace) empty() bool {
	return p.Platform == "" && p.Template == "" && len(p.Fields) == 0 && p.Link == ""
}

func (p FlowPlace) check(report reporter, key string, steps int, c Config) {
	if p.empty() {
		return
	}
	if steps == 0 {
		report(key, "has nobody to decide there", "give the flow its steps, or leave place out")
	}
	switch p.Platform {
	case PlaceWeCom:
		if !c.WeCom.Enabled() {
			report(key+".platform", "is wecom, which is not configured", "fill in wecom.corp_id and what belongs to it")
		}
	case PlaceDingTalk:
		if !c.DingTalk.Enabled() {
			report(key+".platform", "is dingtalk, which is not configured", "fill in dingtalk.client_id and what belongs to it")
		}
		if p.Template != "" && !strings.HasPrefix(p.Template, "PROC-") {
			report(key+".template", "is no process code", "copy the processCode, PROC-…, from the address of the form's page")
		}
	default:
		choice(report, key+".platform", p.Platform, []string{PlaceWeCom, PlaceDingTalk})
	}
	if p.Template == "" {
		report(key+".template", "is empty", "give the template id (企业微信管理后台 → 审批 → 模板) or process code (钉钉管理后台 → OA审批 → 表单)")
	}
	for _, f := range slices.Sorted(maps.Keys(p.Fields)) {
		if !slices.Contains(NativeFields, f) {
			report(key+".fields."+f, "is not a field", "write one of: "+strings.Join(NativeFields, ", "))
		}
	}
	if p.Fields["no"] == "" {
		report(key+".fields.no", "is missing", "name the control that takes the record's number; by it a lost answer is found again")
	}
	if p.Link != "" {
		webAddress(report, key+".link", strings.ReplaceAll(p.Link, "{ref}", "1"))
	}
}

// moved are keys that stand elsewhere now, with what to write instead.
var moved = map[string]string{
	"native_approval": "name the place in the flow it is for: rules.approval.flows[…].place {platform, template, fields, link}, its condition in when " +
		"(金额 >= 100万 instead of above); poll is rules.approval.native_poll",
}

// movedFix is what to write in place of a key, or the part of one, that stands elsewhere now.
func movedFix(key string) (string, bool) {
	head, _, _ := strings.Cut(key, ".")
	fix, ok := moved[head]
	return fix, ok
}

// movedVariable is movedFix for an environment variable.
func movedVariable(name string) (string, bool) {
	for key, fix := range moved {
		if env := envName(key); name == env || strings.HasPrefix(name, env+"_") {
			return fix, true
		}
	}
	return "", false
}
