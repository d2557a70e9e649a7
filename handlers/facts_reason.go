package handlers

import (
	"slices"
	"strings"

	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

var issueNames = map[parse.Issue]string{
	parse.IssueFault: "故障", parse.IssueQuality: "质量", parse.IssueDamage: "破损", parse.IssueShortage: "少货", parse.IssueLateDelivery: "延期",
}

var sampleNames = map[parse.SampleAction]string{
	parse.SampleSent: "已寄", parse.SampleDelivered: "已送到", parse.SampleFeedback: "有反馈", parse.SampleRequested: "客户要",
}

// mattersOf says in a few words what a frame reports beside what has a field of its own.
func mattersOf(g parse.Frame) []string {
	var out []string
	switch g.Kind {
	case parse.KindPayment:
		out = append(out, paymentWords(g))
	case parse.KindComplaint:
		s := "投诉"
		if n := issueNames[g.Issue]; n != "" {
			s += "(" + n + ")"
		}
		out = append(out, s)
	case parse.KindSample:
		out = append(out, sampleWords(g))
	}
	if g.Competitor.Name != "" {
		out = append(out, "竞品"+g.Competitor.Name)
	}
	if g.Discount.Percent != "" {
		out = append(out, g.Discount.Percent+" 折")
	}
	if g.Tracking.Value != "" {
		out = append(out, "单号 "+g.Tracking.Value)
	}
	if g.Contract.No != "" {
		out = append(out, "合同 "+g.Contract.No)
	}
	return out
}

func paymentWords(g parse.Frame) string {
	switch {
	case g.Payment == parse.PaymentReceived:
		return "回款已到"
	case g.Payment == parse.PaymentExpected && !g.When.IsZero():
		return "回款预计 " + sales.DayOf(g.When.Start).Chinese()
	case g.Payment == parse.PaymentExpected:
		return "回款还没到"
	}
	return "回款"
}

func sampleWords(g parse.Frame) string {
	switch g.Sentiment {
	case parse.Positive:
		return "样品反馈好"
	case parse.Negative:
		return "样品反馈不好"
	}
	return "样品" + sampleNames[g.Sample]
}

// quantityText is a count as the card says it: "200 台", "坏 2 台".
func quantityText(q parse.Quantity) string {
	s := q.Value + " " + q.Unit
	switch q.Of {
	case parse.OfShortage:
		s = "少 " + s
	case parse.OfDamage, parse.OfDefect:
		s = "坏 " + s
	}
	return strings.TrimSpace(s)
}

// reasons say which words gave which field. What has no column of its own is kept here alone: further amounts under what
// they are, quantities, the telephone number, and other matters.
func (f facts) reasons() sales.List[sales.Reason] {
	var out sales.List[sales.Reason]
	add := func(field, words string) {
		r := sales.Reason{Field: field, Words: cutRunes(words, 60)}
		if words != "" && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	if f.spoken == "" {
		f.spoken = f.customer.Why.Text
	}
	add(view.ReasonCustomer, f.spoken)
	add(view.ReasonContact, f.contact.Why.Text)
	add(view.ReasonPhone, f.phone.Value)
	if f.notMet {
		add(view.ReasonNotMet, "没见到人")
	}
	for _, p := range f.products {
		add(view.ReasonProduct, p.Why.Text)
	}
	for _, q := range f.quantities {
		add(view.ReasonQuantity, quantityText(q))
	}
	for _, o := range f.objections {
		add(view.ReasonObjection, o.Why.Text)
	}
	for _, p := range f.promises {
		add(view.ReasonPromise, p.Why.Text)
		add(view.ReasonDue, p.Due.Why.Text)
	}
	main := f.mainAmount()
	for i, m := range f.amounts {
		field := view.AmountName(string(m.Role))
		if i == main || field == "" {
			field = view.ReasonAmount
		}
		add(field, m.Why.Text)
	}
	for _, n := range f.needs {
		add(view.ReasonNeed, n.Why.Text)
	}
	for _, m := range f.matters {
		add(view.ReasonMatter, m)
	}
	add(view.ReasonStage, f.stage.Why.Text)
	return out
}

// setReason gives a corrected field its new words, in the place of the first ones it had.
func setReason(rs sales.List[sales.Reason], field, words string) sales.List[sales.Reason] {
	out, now := slices.Clone(rs), sales.Reason{Field: field, Words: cutRunes(words, 60)}
	if i := slices.IndexFunc(out, func(r sales.Reason) bool { return r.Field == field }); i >= 0 {
		out[i] = now
		return out
	}
	return append(out, now)
}
