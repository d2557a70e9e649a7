package main

import (
	"bytes"
	"cmp"
	"context"
	"os"

	"salesflow/cards/word"
	"salesflow/configs"
	"salesflow/store/sales"
)

// workPlan is how the company works with work orders, without its product families.
func workPlan(c configs.Config) sales.WorkPlan {
	w := c.WorkOrders
	return sales.WorkPlan{
		HighMargin: sales.Percents(w.HighMarginPercent), MidMargin: sales.Percents(w.MidMarginPercent),
		HighProfit: sales.Money(w.HighProfitYuan) * sales.Yuan, MidProfit: sales.Money(w.MidProfitYuan) * sales.Yuan, Target: w.Target,
	}
}

// workFamilies reads the product families of work orders.
func workFamilies(c configs.Config) ([]sales.WorkFamily, error) {
	list, err := c.ReadWorkFamilies(os.ReadFile)
	if err != nil {
		return nil, err
	}
	out := make([]sales.WorkFamily, 0, len(list))
	for _, f := range list {
		x := sales.WorkFamily{Name: f.Name, Words: f.Words, Lines: f.Lines}
		for _, d := range f.Fields {
			x.Fields = append(x.Fields, sales.WorkField{
				Name: d.Name, Aliases: d.Aliases, Kind: cmp.Or(d.Kind, sales.WorkText), Unit: d.Unit, Options: d.Options, Example: d.Example,
				Required: d.Required, SalesOnly: d.SalesOnly, Means: d.Means,
			})
		}
		for _, s := range f.Steps {
			x.Steps = append(x.Steps, sales.WorkStep{Name: s.Name, Role: sales.Role(configs.RoleKey(s.Role)), Hours: s.Hours, After: s.After})
		}
		for _, a := range f.Agreement {
			x.Clauses = append(x.Clauses, sales.WorkClause{Title: a.Title, Lines: a.Lines})
		}
		out = append(out, x)
	}
	return out, nil
}

// KeepDocument implements handlers.DocumentStore.
func (f files) KeepDocument(ctx context.Context, id sales.ID, name string, d sales.Document) (sales.File, error) {
	data, err := word.Write(d)
	if err != nil {
		return sales.File{}, err
	}
	size, sum, err := f.keep(ctx, id, bytes.NewReader(data))
	if err != nil {
		return sales.File{}, err
	}
	return sales.File{
		ID: id, Name: name, MIME: word.MIME, Size: size, SHA256: sum, State: sales.FileKept, CreatedAt: sales.At(f.now()), Version: 1,
	}, nil
}
