package handlers

import (
	"context"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

const maxTrace = 30

// WhyVisit explains the visit or filing of last (为什么): which words gave each field, and who changed what when. With the name
// of a field it explains that one.
func (a *App) WhyVisit(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	field := bare(t.Args)
	i := slices.IndexFunc(t.Dialogue.Last, func(r sales.Ref) bool { return r.Kind == "visit" || r.Kind == "filing" })
	if i >= 0 && t.Dialogue.Last[i].Kind == "filing" {
		return a.whyFiling(ctx, t, tx, t.Dialogue.Last[i].ID, field)
	}
	ref, ok := lastOf(t.Dialogue, "visit")
	if !ok {
		if field != "" {
			return bot.Reply{}, bot.ErrNotMine
		}
		return bot.Text("最近没有记过什么。问催办的来由,发 为什么催我。"), nil
	}
	v, err := tx.VisitByID(ctx, ref.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	why, refused, err := a.whyOf(ctx, t, tx, "visit", v.ID, v.Reasons, field)
	if err != nil || refused != "" {
		return bot.Text(refused), err
	}
	w := view.VisitWhy{Customer: why.book.Customer(v.CustomerID), Visit: v, Now: t.Now, Reasons: why.reasons, Trace: why.trace}
	if field == "" && v.OpportunityID != 0 {
		w.Linked, w.Way = true, a.Pipelines.OfStage(v.SuggestedStage)
	}
	return bot.Text(view.WhyText(w)), nil
}

// grounds are what explains a record: which words gave its fields, and who changed what when.
type grounds struct {
	book    *Book
	reasons []sales.Reason
	trace   []string
}

// whyOf gathers what explains a record, or one field of it; refused says why not here. ErrNotMine where it has no field of that name.
func (a *App) whyOf(ctx context.Context, t bot.Turn, tx Tx, kind string, id sales.ID, all []sales.Reason, field string) (g grounds, refused string, err error) {
	g.reasons = reasonsFor(all, field)
	if field != "" && len(g.reasons) == 0 {
		return g, "", bot.ErrNotMine
	}
	if t.InGroup() {
		return g, "详情请单聊我,发 为什么。", nil
	}
	if g.book, err = a.Names.Book(ctx); err != nil {
		return g, "", err
	}
	g.trace, err = traceLines(ctx, t, tx, kind, id)
	return g, "", err
}

var traceVerbs = map[string]string{
	"visit.file": "记下", "visit.correct": "改", "visit.undo": "撤销", "filing.file": "记下", "filing.correct": "改", "filing.undo": "撤销",
	"filing.sample": "改", "filing.accept": "受理", "filing.close": "办结",
}

// reasonsFor are the reasons of a field, or of all when none is named.
func reasonsFor(all []sales.Reason, field string) []sales.Reason {
	var out []sales.Reason
	for _, r := range all {
		if field == "" || r.Field == field {
			out = append(out, r)
		}
	}
	return out
}

// traceLines is what was done with a visit or filing, the oldest first.
func traceLines(ctx context.Context, t bot.Turn, tx Tx, kind string, id sales.ID) ([]string, error) {
	entries, err := tx.AuditOf(ctx, kind, id, maxTrace)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(entries, func(a, b sales.AuditEntry) int { return a.At.Compare(b.At.Time) })
	var out []string
	for _, e := range entries {
		if line := traceLine(t, e); line != "" {
			out = append(out, line)
		}
	}
	return out, nil
}

// traceLine is one entry of the trace of a visit or filing: "周敏 今天 10:05 改 金额 无 → 18万".
func traceLine(t bot.Turn, e sales.AuditEntry) string {
	verb := traceVerbs[e.Verb]
	if verb == "" {
		return ""
	}
	line := t.Org.Name(e.PersonID) + " " + sales.FormatTime(e.At.Time, t.Now) + " " + verb
	if verb == "改" {
		var parts []string
		for _, c := range e.Changes {
			parts = append(parts, c.Field+" "+orNone(c.Old)+" → "+c.New)
		}
		line += " " + strings.Join(parts, ",")
	}
	return line
}
