package main

import (
	"context"

	"salesflow/bot"
	"salesflow/bot/api"
	"salesflow/handlers"
	"salesflow/store"
	"salesflow/store/sales"
)

// Custom implements api.Customs.
func (o openAPI) Custom() *sales.Custom { return o.p.app.Custom }

// wire are the values of one record that a caller may know.
func (o openAPI) wire(c api.Caller, object string, values []sales.CustomValue) api.Custom {
	out := api.Custom{}
	for _, f := range o.p.app.Custom.SeenOf(object, acting(c)) {
		if x := handlers.CustomWire(f, sales.CustomNamed(values, object, f.Key)); x != nil {
			out[f.Key] = x
		}
	}
	return out
}

// Values implements api.Customs.
func (o openAPI) Values(ctx context.Context, c api.Caller, object string, records []sales.ID) (map[sales.ID]api.Custom, error) {
	values, err := viewed(ctx, o.p, func(ctx context.Context, tx *store.Tx) ([]sales.CustomValue, error) {
		return tx.CustomValues(ctx, records...)
	})
	if err != nil {
		return nil, err
	}
	of := map[sales.ID][]sales.CustomValue{}
	for _, v := range values {
		of[v.RecordID] = append(of[v.RecordID], v)
	}
	out := map[sales.ID]api.Custom{}
	for id, list := range of {
		if m := o.wire(c, object, list); len(m) > 0 {
			out[id] = m
		}
	}
	return out, nil
}

// SetValues implements api.Customs.
func (o openAPI) SetValues(ctx context.Context, r api.Request, object string, record sales.ID, values api.Custom) (api.Custom, error) {
	return written(ctx, o.p, r, func(ctx context.Context, t bot.Turn, tx handlers.Tx) (api.Custom, bot.Reply, error) {
		all, err := o.p.app.SetCustoms(ctx, t, tx, object, record, values)
		return o.wire(r.Caller, object, all), bot.Reply{}, err
	})
}

// Records implements api.Customs.
func (o openAPI) Records(ctx context.Context, c api.Caller, q api.Query, kind string) ([]sales.CustomRecord, error) {
	rt, ok := o.p.app.Custom.Type(kind)
	if !ok || !rt.Sees(acting(c)) {
		return nil, sales.Errorf(sales.NotFound, "没有这种档案。")
	}
	scope := q.Sees
	if len(rt.See) > 0 {
		scope = sales.Scope{All: true}
	}
	return viewed(ctx, o.p, func(ctx context.Context, tx *store.Tx) ([]sales.CustomRecord, error) {
		return tx.CustomRecords(ctx, sales.CustomFilter{Kind: kind, Scope: scope, Customer: q.Customer, Before: q.Before, ID: q.ID, Limit: q.Limit})
	})
}

// newRecord is a record with its values, as the answer of a request is kept.
type newRecord struct {
	Record sales.CustomRecord
	Custom api.Custom
}

// CreateRecord implements api.Customs.
func (o openAPI) CreateRecord(ctx context.Context, r api.Request, in api.NewRecord) (sales.CustomRecord, api.Custom, error) {
	out, err := written(ctx, o.p, r, func(ctx context.Context, t bot.Turn, tx handlers.Tx) (newRecord, bot.Reply, error) {
		rec, values, err := o.p.app.AddRecord(ctx, t, tx, in.Kind, in.Customer.Record(), in.Custom)
		return newRecord{rec, o.wire(r.Caller, in.Kind, values)}, bot.Reply{}, err
	})
	return out.Record, out.Custom, err
}

var _ api.Customs = openAPI{}
