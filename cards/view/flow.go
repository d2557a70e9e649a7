package view

import (
	"fmt"
	"strings"

	"salesflow/store/approval"
	"salesflow/store/sales"
)

// FlowList is the company's flows of approval in words, in the order in which they are tried.
func FlowList(flows []approval.Flow, effects []sales.EffectRule) string {
	var b strings.Builder
	b.WriteString("审批流程,从上往下第一条符合的生效:")
	for i, f := range flows {
		fmt.Fprintf(&b, "\n%d. %s · %s", i+1, f.Policy.Kind.Noun(), f.Name)
		if f.When != nil {
			b.WriteString(":" + f.When.String())
		}
		for j, s := range f.Policy.Steps {
			sep := " → "
			if j == 0 {
				sep = "\n   "
			}
			b.WriteString(sep + s.Words())
		}
		if len(f.Policy.Steps) == 0 {
			b.WriteString("\n   不用审批")
		}
		if p := f.Policy.Place; p != nil {
			b.WriteString("\n   在" + sales.PlatformName(p.Platform) + "审批里审")
		}
	}
	for i, e := range effects {
		if i == 0 {
			b.WriteString("\n审批申请批了就自动办的(批的人里要有本来就能办的):")
		}
		_, noun := e.Effect.About()
		b.WriteString("\n- " + e.Topic + "(" + noun + "):" + e.Words())
	}
	b.WriteString("\n看一单谁来审:审批流程 合同 50万")
	return b.String()
}

// Preview is who would approve a record.
type Preview struct {
	Flow     approval.Flow
	Facts    approval.Facts
	Steps    []approval.Step
	Left     []approval.Entry // steps left out since nobody holds them
	Findings []sales.Finding
}

// FlowPreview says who would approve a record and why.
func FlowPreview(p Preview) string {
	var b strings.Builder
	b.WriteString(p.Facts.Kind.Noun() + " " + p.Facts.Amount.Short())
	if p.Facts.Customer != "" {
		b.WriteString(" " + p.Facts.Customer)
	}
	b.WriteString(",走\"" + p.Flow.Name + "\"")
	if p.Flow.When != nil {
		b.WriteString("(" + p.Flow.When.String() + ")")
	}
	b.WriteString("。")
	if len(p.Steps) == 0 {
		b.WriteString("不用审批,提交就生效。")
	}
	if place := p.Flow.Policy.Place; place != nil && len(p.Steps) > 0 {
		b.WriteString("在" + sales.PlatformName(place.Platform) + "审批里审。")
	}
	b.WriteString(stepLines(p.Steps))
	for _, s := range p.Flow.Policy.Steps {
		if !planned(p.Steps, s.RoleName) {
			b.WriteString("\n不用 " + s.Words())
		}
	}
	for _, e := range p.Left {
		b.WriteString("\n" + e.Comment)
	}
	for _, f := range p.Findings {
		b.WriteString("\n⚠ " + sales.Clause.ClauseName(f.Clause) + ":" + f.Sentence())
	}
	return b.String()
}

func planned(steps []approval.Step, name string) bool {
	for _, s := range steps {
		if s.RoleName == name {
			return true
		}
	}
	return false
}

func stepLines(steps []approval.Step) string {
	var b strings.Builder
	for i, s := range steps {
		var names []string
		for _, a := range s.Approvers {
			n := a.Name
			if a.Note != "" {
				n += "(" + a.Note + ")"
			}
			names = append(names, n)
		}
		fmt.Fprintf(&b, "\n%d. %s:%s", i+1, s.RoleName, strings.Join(names, "、"))
		if len(s.Approvers) > 1 {
			b.WriteString("," + s.Mode.ModeName())
		}
	}
	return b.String()
}

// RequestSteps is the way of a request in words: who has signed, whose turn it is, who follows.
func RequestSteps(r approval.Request) string {
	var b strings.Builder
	b.WriteString(r.Label())
	if r.Rules.Flow != "" {
		b.WriteString(",走\"" + r.Rules.Flow + "\"")
	}
	b.WriteString("。")
	if name := r.Placed(); name != "" {
		b.WriteString("在" + name + "审批里审。")
	}
	for i, s := range r.Steps {
		fmt.Fprintf(&b, "\n%d. %s", i+1, s.RoleName)
		if len(s.Approvers) > 1 {
			b.WriteString("(" + s.Mode.ModeName() + ")")
		}
		for j, a := range s.Approvers {
			sep := "、"
			if j == 0 {
				sep = ":"
			}
			b.WriteString(sep + a.Name + approverWord(a))
		}
	}
	if len(r.Steps) == 0 {
		b.WriteString("不用审批。")
	}
	return b.String()
}

func approverWord(a approval.Approver) string {
	at := ""
	if !a.At.IsZero() {
		at = " " + sales.FormatMoment(a.At.Time)
	}
	switch a.State {
	case approval.ApproverPending:
		if a.Deputy != 0 {
			return " 等他(" + a.DeputyName + " 代)"
		}
		return " 等他"
	case approval.ApproverApproved:
		if a.By != 0 {
			return " 已同意(" + a.ByName + " 代)" + at
		}
		return " 已同意" + at
	case approval.ApproverRejected:
		return " 已驳回" + at
	case approval.ApproverReturned:
		return " 已退回" + at
	case approval.ApproverTransferred:
		return " 已转交"
	case approval.ApproverSkipped:
		return " 不用了"
	}
	return ""
}
