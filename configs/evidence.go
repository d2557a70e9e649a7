package configs

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Audit is how long the trace (留痕) is kept.
type Audit struct {
	// Keep is after how long rows of the trace are removed; 0: never. What proves the younger rows stays.
	Keep time.Duration `yaml:"keep"`
}

// minAuditKeep is the shortest time the trace is kept.
const minAuditKeep = 365 * 24 * time.Hour

// Places of approval beside our own cards.
const (
	PlaceWeCom    = "wecom"
	PlaceDingTalk = "dingtalk"
)

// NativeApprovals says for which kinds of paper a platform's own approval is the place of approval (原生审批).
type NativeApprovals struct {
	Contract NativeApproval `yaml:"contract"`
	// Poll is how often an open one is asked about at first, since a callback can be lost; it is asked less and less often.
	Poll time.Duration `yaml:"poll"`
}

// NativeApproval is one kind of paper. What its template calls things differs from company to company, so every id is
// configured; "salesflow check" reads the template and says which fit.
type NativeApproval struct {
	// Place is wecom, dingtalk, or empty for our own cards.
	Place string `yaml:"place"`
	// Template is WeCom's template_id or DingTalk's processCode (PROC-…).
	Template string `yaml:"template"`
	// Above is the amount in yuan from which on it goes there; 0: all.
	Above int `yaml:"above"`
	// Fields name the control of the template for each of ours: in WeCom its id (Text-1640339319582), in DingTalk its name.
	Fields map[string]string `yaml:"fields"`
	// Link opens one of them on a phone; {ref} stands for the platform's number of it. Empty: no link on the card.
	Link string `yaml:"link"`
}

// NativeFields are what a template can show. "no" is required: by it a submission whose answer got lost is found again.
var NativeFields = []string{"no", "customer", "amount", "payment", "delivery", "products", "terms", "findings", "summary"}

func (a Audit) check(report reporter) {
	if a.Keep != 0 && a.Keep < minAuditKeep {
		report("audit.keep", fmt.Sprintf("%s is less than %s", spanText(a.Keep), spanText(minAuditKeep)), "write 0 to keep the trace for ever, or a year or more, such as 26280h")
	}
}

func (n NativeApprovals) check(report reporter, c Config) {
	if n.Poll < time.Minute || n.Poll > 24*time.Hour {
		report("native_approval.poll", spanText(n.Poll)+" is not between 1m and 24h", "write 10m")
	}
	n.Contract.check(report, "native_approval.contract", c)
}

func (n NativeApproval) check(report reporter, key string, c Config) {
	if n.Place == "" {
		return
	}
	switch n.Place {
	case PlaceWeCom:
		if !c.WeCom.Enabled() {
			report(key+".place", "is wecom, which is not configured", "fill in wecom.corp_id and what belongs to it")
		}
	case PlaceDingTalk:
		if !c.DingTalk.Enabled() {
			report(key+".place", "is dingtalk, which is not configured", "fill in dingtalk.client_id and what belongs to it")
		}
		if n.Template != "" && !strings.HasPrefix(n.Template, "PROC-") {
			report(key+".template", "is no process code", "copy the processCode, PROC-…, from the address of the form's page")
		}
	default:
		choice(report, key+".place", n.Place, []string{PlaceWeCom, PlaceDingTalk})
	}
	if n.Template == "" {
		report(key+".template", "is empty", "give the template id (企业微信管理后台 → 审批 → 模板) or process code (钉钉管理后台 → OA审批 → 表单)")
	}
	if n.Above < 0 {
		report(key+".above", fmt.Sprintf("%d is negative", n.Above), "write an amount in yuan, or 0 for all")
	}
	for _, f := range slices.Sorted(maps.Keys(n.Fields)) {
		if !slices.Contains(NativeFields, f) {
			report(key+".fields."+f, "is not a field", "write one of: "+strings.Join(NativeFields, ", "))
		}
	}
	if n.Fields["no"] == "" {
		report(key+".fields.no", "is missing", "name the control that takes the paper's number; by it a lost answer is found again")
	}
	if n.Link != "" {
		webAddress(report, key+".link", strings.ReplaceAll(n.Link, "{ref}", "1"))
	}
}
