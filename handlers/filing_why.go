package handlers

import (
	"context"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// maxReasons bounds the words kept with a filing.
const maxReasons = 12

// filingReasons say which words gave which field of a filing.
func filingReasons(p piece, f sales.Filing) sales.List[sales.Reason] {
	var out sales.List[sales.Reason]
	add := func(field, words string) {
		r := sales.Reason{Field: field, Words: cutRunes(strings.TrimSpace(words), 30)}
		if r.Words != "" && !slices.Contains(out, r) && len(out) < maxReasons {
			out = append(out, r)
		}
	}
	if f.CustomerID != 0 {
		add(view.ReasonCustomer, orElse(p.facts.spoken, p.facts.customer.Why.Text))
	}
	add(view.ReasonContact, p.facts.contact.Why.Text)
	for _, x := range p.facts.products {
		add(view.ReasonProduct, x.Why.Text)
	}
	if f.Quantity != "" && len(p.facts.quantities) > 0 {
		add(view.ReasonQuantity, p.facts.quantities[0].Why.Text)
	}
	add("竞品", f.Party)
	if f.Amount != 0 {
		add(view.ReasonAmount, amountWords(p, f.Amount))
	}
	for _, w := range topicWords {
		if w.kind == f.Kind && w.topic == f.Topic {
			add("类别", w.form.FindString(p.text))
		}
	}
	add("反馈", firstMatch(p.text, f.Sentiment))
	if f.People > 0 {
		add("人数", rePeople.FindString(p.text))
	}
	add("单号", f.Tracking)
	if f.Urgent {
		add("加急", reUrgent.FindString(p.text))
	}
	for _, x := range p.facts.promises {
		add(view.ReasonPromise, x.Why.Text)
	}
	add(view.ReasonDue, p.facts.when.Why.Text)
	return out
}

// amountWords are the words that gave an amount: those of the understanding, else the figure as it stands in the text.
func amountWords(p piece, m sales.Money) string {
	for _, a := range p.facts.amounts {
		if v, ok := exactYuan(a); ok && v == m {
			return a.Why.Text
		}
	}
	for _, g := range p.facts.frames {
		if g.Expense != nil && sales.Money(g.Expense.Amount.Value) == m {
			return g.Expense.Why.Text
		}
	}
	return strings.TrimPrefix(m.Short(), "¥")
}

// firstMatch are the words that told how a feedback was.
func firstMatch(text, sentiment string) string {
	switch sentiment {
	case sales.SentimentGood:
		return reGood.FindString(text)
	case sales.SentimentBad:
		return reBad.FindString(text)
	case sales.SentimentFair:
		return reFair.FindString(text)
	}
	return ""
}

// whyFiling explains a filing (为什么): which words gave each field, and who changed what when. With the name of a field it
// explains that one; ErrNotMine where it has none of that name.
func (a *App) whyFiling(ctx context.Context, t bot.Turn, tx Tx, id sales.ID, field string) (bot.Reply, error) {
	f, err := a.ownFiling(ctx, t, tx, id)
	if err != nil {
		return bot.Reply{}, err
	}
	why, refused, err := a.whyOf(ctx, t, tx, "filing", f.ID, f.Reasons, field)
	if err != nil || refused != "" {
		return bot.Text(refused), err
	}
	w := view.Why{What: strings.TrimSpace(why.book.Customer(f.CustomerID) + "这条" + f.Kind.Name()), Text: f.Text, Reasons: why.reasons, Trace: why.trace}
	return bot.Text(view.WhyLines(w)), nil
}
