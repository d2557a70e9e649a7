package handlers

import (
	"context"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// mergeFields are the custom fields of two customers that contradict each other or that only the merged one has, as the person may
// see them, with what stays.
func (a *App) mergeFields(t bot.Turn, book *Book, s sales.MergeSides) []view.MergeField {
	r := a.customReader(t, book)
	var out []view.MergeField
	for _, f := range a.Custom.SeenOf("customer", t.Person) {
		show := func(list []sales.CustomValue) string { return r.Show(f, sales.CustomNamed(list, f.Object, f.Key)) }
		from, into := show(s.FromCustom), show(s.IntoCustom)
		if from != "" && from != into {
			out = append(out, view.MergeField{Name: f.Name, From: from, Into: into, After: show(s.AfterCustom)})
		}
	}
	return out
}

// bringCustom writes the custom values that a merge brings to the side that stays, with trace and event, and says which of two stay.
func (a *App) bringCustom(tx Tx, t bot.Turn, book *Book, s sales.MergeSides) string {
	put := s.BroughtCustom()
	if len(put) > 0 {
		a.writeMerged(tx, t, book, s.After, s.IntoCustom, put)
	}
	var kept []string
	for _, f := range a.mergeFields(t, book, s) {
		if f.Into != "" {
			kept = append(kept, f.Name+"留 "+f.After)
		} else {
			kept = append(kept, f.Name+"补上 "+f.After)
		}
	}
	if len(kept) == 0 {
		return ""
	}
	return "字段:" + cutRunes(strings.Join(kept, ";"), 200) + "。"
}

func (a *App) writeMerged(tx Tx, t bot.Turn, book *Book, c sales.Customer, old, put []sales.CustomValue) {
	r := a.customReader(t, book)
	var changes []sales.Change
	for _, v := range put {
		f, ok := a.Custom.Field(v.Object, v.Field)
		if !ok {
			f = sales.CustomField{Object: v.Object, Key: v.Field, Name: v.Field} // no longer configured; its values are kept
		}
		changes = append(changes, sales.Change{Field: f.Name, Old: r.Show(f, sales.CustomNamed(old, v.Object, v.Field)), New: r.Show(f, v)})
	}
	a.writeCustoms(tx, t, customRef{object: "customer", subject: "customer", id: c.ID, name: c.Name, owner: c.OwnerID}, old, put, changes)
}

// splitCustom takes back what a merge brought of custom values.
func (a *App) splitCustom(ctx context.Context, t bot.Turn, tx Tx, into sales.Customer, s sales.MergeSides) error {
	now, err := tx.CustomValues(ctx, into.ID)
	if err != nil {
		return err
	}
	put := s.UnmergeCustom(now)
	if len(put) == 0 {
		return nil
	}
	for i := range put {
		if put[i].At.IsZero() { // there was none before
			put[i].At, put[i].PersonID = sales.At(t.Now), t.Person.ID
		}
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return err
	}
	a.writeMerged(tx, t, book, into, now, put)
	return nil
}
