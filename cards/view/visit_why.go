package view

import (
	"strings"
	"time"

	"salesflow/store/sales"
)

// VisitWhy is what explains a visit: the words behind its fields and its trace, oldest first.
type VisitWhy struct {
	Customer string
	Visit    sales.Visit
	Reasons  []sales.Reason
	// Linked says that the customer's open opportunity was found for it.
	Linked bool
	// Way is the opportunity's pipeline.
	Way   *sales.Pipeline
	Trace []string
	Now   time.Time
}

// Why is what explains a record beside visits: the words behind its fields, and its trace, oldest first.
type Why struct {
	What, Text string
	Reasons    []sales.Reason
	Trace      []string
}

// WhyLines answers 为什么 of such a record.
func WhyLines(v Why) string {
	lines := append([]string{v.What + ",每一项的来由:"}, reasonLines(v.Reasons)...)
	if v.Text != "" {
		lines = append(lines, "内容:"+clip(v.Text, 200))
	}
	if len(v.Trace) > 0 {
		lines = append(append(lines, "经过:"), v.Trace...)
	}
	return strings.Join(lines, "\n")
}

// reasonLines are a line for each field with the words that gave it.
func reasonLines(reasons []sales.Reason) (lines []string) {
	for i, r := range reasons {
		switch {
		case r.Field == ReasonNotMet || r.Field == ReasonMatter:
			lines = append(lines, r.Field+" ← 从原话看出:"+r.Words)
		case i > 0 && reasons[i-1].Field == r.Field:
			lines[len(lines)-1] += "、\"" + r.Words + "\""
		default:
			lines = append(lines, r.Field+" ← \""+r.Words+"\"")
		}
	}
	return lines
}

// WhyText answers 为什么: a line for each field with the words that gave it, then who did what.
func WhyText(v VisitWhy) string {
	lines := append([]string{v.Customer + "这条拜访,每一项的来由:"}, reasonLines(v.Reasons)...)
	if v.Linked {
		line := "商机 ← " + v.Customer + "在跟的那一单"
		if v.Visit.SuggestedStage != "" {
			line += ",听你说的像是到了" + v.Way.StageName(v.Visit.SuggestedStage)
		}
		lines = append(lines, line)
	}
	if v.Visit.Text != "" {
		lines = append(lines, "原话:"+clip(v.Visit.Text, 200))
	}
	if len(v.Trace) > 0 {
		lines = append(lines, "经过:")
		lines = append(lines, v.Trace...)
	}
	return strings.Join(lines, "\n")
}
