package api

import (
	"context"
	"net/http"
	"slices"

	"salesflow/store/sales"
)

// singleOperations read one record by its id: what an event names is found by them.
func singleOperations(reads Reads, customs Customs, ofVisits func(context.Context, Caller, []Visit) error, ofDeals func(context.Context, Caller, []Opportunity) error) []operation {
	get := http.MethodGet
	return []operation{
		op(get, "/visits/{id}", "getVisit", "visits", ReadVisits, "One visit", single(reads.Visits, visitOf, "没有这次拜访。", ofVisits)),
		op(get, "/todos/{id}", "getTodo", "todos", ReadTodos, "One to-do", single(reads.Todos, func(_ Caller, t sales.Todo) Todo { return todoOf(t) }, "没有这条待办。")),
		op(get, "/opportunities/{id}", "getOpportunity", "opportunities", ReadDeals, "One deal with the steps of its stage",
			func(ctx context.Context, r Request, in one) (Opportunity, error) {
				o, err := first(ctx, reads.Opportunities, r.Caller.Sees, in.ID, "没有这个商机。")
				out, err := dealWith(ctx, reads, o, err)
				if err != nil {
					return out, err
				}
				with := []Opportunity{out}
				err = ofDeals(ctx, r.Caller, with)
				return with[0], err
			}),
		op(get, "/shipments/{id}", "getShipment", "shipments", ReadShipments, "One shipment or return", cashSingle(reads.Shipments, shipmentOf, "没有这次发货。")),
		op(get, "/invoices/{id}", "getInvoice", "invoices", ReadInvoices, "One invoice or credit note", cashSingle(reads.Invoices, invoiceOf, "没有这张发票。")),
		op(get, "/payments/{id}", "getPayment", "payments", ReadPayments, "One payment", cashSingle(reads.Payments, paymentOf, "没有这笔回款。")),
		op(get, "/records/{kind}/{id}", "getRecord", "custom", ReadRecords, "One record of a type of the company's own", getRecord(customs)),
		op(get, "/products", "listProducts", "products", "", "Products (产品): whose ids deals and contracts name", listProducts(reads)),
	}
}

// first is the one record of a list that has an id.
func first[R any](ctx context.Context, read func(context.Context, Query) ([]R, error), sees sales.Scope, id ID, none string) (out R, err error) {
	if id.Record() == 0 {
		return out, sales.Errorf(sales.NotFound, none)
	}
	found, err := read(ctx, Query{Sees: sees, ID: id.Record(), Limit: 1})
	if err != nil {
		return out, err
	}
	if len(found) == 0 {
		return out, sales.Errorf(sales.NotFound, none)
	}
	return found[0], nil
}

// single makes the operation that reads one record as its list does; more adds what stands elsewhere.
func single[R, W any](read func(context.Context, Query) ([]R, error), wire func(Caller, R) W, none string, more ...func(context.Context, Caller, []W) error) func(context.Context, Request, one) (W, error) {
	return func(ctx context.Context, r Request, in one) (out W, err error) {
		x, err := first(ctx, read, r.Caller.Sees, in.ID, none)
		if err != nil {
			return out, err
		}
		with := []W{wire(r.Caller, x)}
		for _, add := range more {
			if err := add(ctx, r.Caller, with); err != nil {
				return out, err
			}
		}
		return with[0], nil
	}
}

// cashSingle is single for what finance sees of everybody.
func cashSingle[R, W any](read func(context.Context, Query) ([]R, error), wire func(R) W, none string) func(context.Context, Request, one) (W, error) {
	get := single(read, func(_ Caller, x R) W { return wire(x) }, none)
	return func(ctx context.Context, r Request, in one) (W, error) {
		r.Caller.Sees = cashScope(r.Caller)
		return get(ctx, r, in)
	}
}

// cashScope are whose shipments, invoices and payments a caller sees.
func cashScope(c Caller) sales.Scope {
	if c.Person.Has(sales.RoleFinance) {
		return sales.Scope{All: true}
	}
	return c.Sees
}

// oneRecord asks for a record of a type of the company's own.
type oneRecord struct {
	Kind string `path:"kind" json:"-" required:"true" maxlen:"32" doc:"key of the type"`
	ID   ID     `path:"id" json:"-" required:"true" doc:"the record"`
}

func getRecord(customs Customs) func(context.Context, Request, oneRecord) (Record, error) {
	return func(ctx context.Context, r Request, in oneRecord) (Record, error) {
		rec, err := first(ctx, func(ctx context.Context, q Query) ([]sales.CustomRecord, error) {
			return customs.Records(ctx, r.Caller, q, in.Kind)
		}, r.Caller.Sees, in.ID, "没有这条档案。")
		if err != nil {
			return Record{}, err
		}
		with := []Record{recordOf(rec, nil)}
		add := customized(customs, in.Kind, func(r *Record) ID { return r.ID }, func(r *Record) *Custom { return &r.Custom })
		err = add(ctx, r.Caller, with)
		return with[0], err
	}
}

// Product is what is sold (产品).
type Product struct {
	ID           ID     `json:"id"`
	Code         string `json:"code,omitempty" doc:"its id in the system it was imported from"`
	Name         string `json:"name"`
	Line         string `json:"line,omitempty" doc:"product line"`
	Model        string `json:"model,omitempty"`
	Unit         string `json:"unit,omitempty" doc:"台, 箱, 吨 …"`
	ListPriceFen int64  `json:"list_price_fen,omitempty" doc:"the standard price of one"`
}

// productListing asks for a part of the products.
type productListing struct {
	Cursor Cursor `query:"cursor" json:"-" maxlen:"40" doc:"next of the part before; none begins"`
	Limit  int    `query:"limit" json:"-" min:"0" max:"200" doc:"50 when not said"`
}

func listProducts(reads Reads) func(context.Context, Request, productListing) (Page[Product], error) {
	read := func(ctx context.Context, q Query) ([]sales.Product, error) {
		all, err := reads.Products(ctx)
		if err != nil {
			return nil, err
		}
		all = slices.DeleteFunc(slices.Clone(all), func(p sales.Product) bool { return q.Before != 0 && p.ID >= q.Before })
		slices.SortFunc(all, func(a, b sales.Product) int { return int(min(1, max(-1, b.ID-a.ID))) })
		return all[:min(len(all), q.Limit)], nil
	}
	list := lister(read, func(p sales.Product) sales.ID { return p.ID }, func(_ Caller, p sales.Product) Product { return productOf(p) })
	return func(ctx context.Context, r Request, in productListing) (Page[Product], error) {
		return list(ctx, r, Listing{Cursor: in.Cursor, Limit: in.Limit})
	}
}

func productOf(p sales.Product) Product {
	return Product{ID: IDOf(p.ID), Code: p.Code, Name: p.Name, Line: p.Line, Model: p.Model, Unit: p.Unit, ListPriceFen: int64(p.ListPrice)}
}
