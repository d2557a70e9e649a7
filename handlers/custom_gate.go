package handlers

import (
	"context"
	"strings"

	"salesflow/bot"
	"salesflow/store/sales"
)

// askedOnTheWay are gates for the custom fields that are asked for at the stages between a deal and a later one.
func (a *App) askedOnTheWay(o sales.Opportunity, target sales.Stage) []sales.Gate {
	var out []sales.Gate
	from, to := o.Way.Index(o.Stage), o.Way.Index(target)
	for _, f := range a.Custom.Of("opportunity") {
		stage := f.Stage
		if !o.Way.Has(stage) {
			stage, _ = o.Way.Like(stage)
		}
		if at := o.Way.Index(stage); f.Stage != "" && stage != "" && from < at && at <= to {
			out = append(out, sales.Gate{Say: f.Name, Field: f.Key})
		}
	}
	return out
}

// gateField is the custom field of deals that a gate asks for by its key.
func (a *App) gateField(key string) (sales.CustomField, bool) {
	key, ok := strings.CutPrefix(key, CustomColumn(""))
	if !ok {
		return sales.CustomField{}, false
	}
	return a.Custom.Field("opportunity", key)
}

// fillCustomGate takes the custom field a gate asks for and goes on with the move.
func (a *App) fillCustomGate(ctx context.Context, t bot.Turn, tx Tx, book *Book, o sales.Opportunity, d gateDraft, field sales.CustomField) (bot.Reply, error) {
	said, err := a.putCustoms(ctx, t, tx, a.dealRef(t, book, o), []customPair{{field, t.Text}})
	if err != nil {
		return bot.Reply{}, err
	}
	f, err := a.dealFacts(ctx, t, tx, o)
	if err != nil {
		return bot.Reply{}, err
	}
	f.Asked = a.askedOnTheWay(o, d.Target)
	f.Custom = withValue(f.Custom, sales.CustomValue{Object: field.Object, Field: field.Key, Filled: true})
	if v, err := a.customReader(t, book).Read(field, t.Text); err == nil {
		f.Custom = withValue(f.Custom, v)
	}
	if d.Target == "" {
		said.Dialogue = closeTopic(t.Dialogue)
		return said, nil
	}
	if missing := o.Way.Missing(f, d.Target, a.condition); len(missing) > 0 {
		return a.showBlocked(t, tx, book, o, d.Target, missing)
	}
	return a.passGate(withPassed(ctx, o.ID), t, tx, book, o, d.Target)
}

// withValue is a list of values with one in place of what was there.
func withValue(values []sales.CustomValue, v sales.CustomValue) []sales.CustomValue {
	out := []sales.CustomValue{v}
	for _, x := range values {
		if x.Object != v.Object || x.Field != v.Field {
			out = append(out, x)
		}
	}
	return out
}
