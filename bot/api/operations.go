package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"salesflow/store/sales"
)

// Scopes a token can have.
const (
	ReadCustomers  = "customers:read"
	WriteCustomers = "customers:write"
	ReadVisits     = "visits:read"
	WriteVisits    = "visits:write"
	ReadTodos      = "todos:read"
	WriteTodos     = "todos:write"
	ReadDeals      = "opportunities:read"
	WriteDeals     = "opportunities:write"
	ReadContracts  = "contracts:read"
	ReadEvents     = "events:read"
)

// one asks for a record by its id.
type one struct {
	ID ID `path:"id" json:"-" required:"true" doc:"the record"`
}

// nothing is asked.
type nothing struct{}

// pipelines are all in use.
type pipelines struct {
	Items []Pipeline `json:"items"`
}

// people is everybody.
type people struct {
	Items []Person `json:"items" maxitems:"100000"`
}

// operations are all that can be asked for.
func operations(reads Reads, writes Writes, customs Customs) []operation {
	get, post, patch := http.MethodGet, http.MethodPost, http.MethodPatch
	ofCustomers := customized(customs, "customer", func(c *Customer) ID { return c.ID }, func(c *Customer) *Custom { return &c.Custom })
	ofVisits := customized(customs, "visit", func(v *Visit) ID { return v.ID }, func(v *Visit) *Custom { return &v.Custom })
	ofDeals := customized(customs, "opportunity", func(o *Opportunity) ID { return o.ID }, func(o *Opportunity) *Custom { return &o.Custom })
	ofContracts := customized(customs, "contract", func(c *Contract) ID { return c.ID }, func(c *Contract) *Custom { return &c.Custom })
	return append([]operation{
		op(get, "/people", "listPeople", "people", "", "Colleagues", func(ctx context.Context, _ Request, _ nothing) (people, error) {
			found, err := reads.People(ctx)
			return people{each(found, personOf)}, err
		}),
		op(get, "/customers", "listCustomers", "customers", ReadCustomers, "Customers (客户)", lister(reads.Customers, func(c sales.Customer) sales.ID { return c.ID },
			func(_ Caller, c sales.Customer) Customer { return customerOf(c, nil) }, ofCustomers)),
		op(get, "/customers/{id}", "getCustomer", "customers", ReadCustomers, "One customer with its contacts",
			func(ctx context.Context, r Request, in one) (Customer, error) {
				c, contacts, err := reads.Customer(ctx, r.Caller, in.ID.Record())
				one := []Customer{customerOf(c, contacts)}
				if err == nil {
					err = ofCustomers(ctx, r.Caller, one)
				}
				return one[0], err
			}),
		op(post, "/customers", "createCustomer", "customers", WriteCustomers, "A new customer; a double is refused with 409",
			func(ctx context.Context, r Request, in NewCustomer) (Customer, error) {
				c, err := writes.CreateCustomer(ctx, r, in)
				return customerOf(c, nil), err
			}),
		op(get, "/visits", "listVisits", "visits", ReadVisits, "Visits (拜访)", lister(reads.Visits, func(v sales.Visit) sales.ID { return v.ID }, visitOf, ofVisits)),
		op(post, "/visits", "createVisit", "visits", WriteVisits, "File a visit",
			func(ctx context.Context, r Request, in NewVisit) (Visit, error) {
				v, err := writes.CreateVisit(ctx, r, in)
				return visitOf(r.Caller, v), err
			}),
		op(get, "/todos", "listTodos", "todos", ReadTodos, "To-dos (待办)", lister(reads.Todos, func(t sales.Todo) sales.ID { return t.ID },
			func(_ Caller, t sales.Todo) Todo { return todoOf(t) })),
		op(post, "/todos", "createTodo", "todos", WriteTodos, "A new to-do, which its owner is reminded of", writer(writes.CreateTodo, todoOf)),
		op(patch, "/todos/{id}", "closeTodo", "todos", WriteTodos, "End a to-do, or move it to another day", writer(writes.CloseTodo, todoOf)),
		op(patch, "/customers/{id}", "changeCustomer", "customers", WriteCustomers, "Correct a customer; a double is refused with 409",
			writer(writes.ChangeCustomer, func(c sales.Customer) Customer { return customerOf(c, nil) })),
		op(patch, "/opportunities/{id}", "changeOpportunity", "opportunities", WriteDeals, "Correct what a deal may be worth, or when it may be signed",
			func(ctx context.Context, r Request, in ChangeOpportunity) (Opportunity, error) {
				o, err := writes.ChangeOpportunity(ctx, r, in)
				return dealWith(ctx, reads, o, err)
			}),
		op(get, "/opportunities", "listOpportunities", "opportunities", ReadDeals, "Deals (商机)", listDeals(reads, ofDeals)),
		op(get, "/pipelines", "listPipelines", "opportunities", ReadDeals, "Pipelines (阶段模板) in use, with stages, gates and steps", func(ctx context.Context, _ Request, _ nothing) (pipelines, error) {
			found, err := reads.Pipelines(ctx)
			return pipelines{each(found, pipelineOf)}, err
		}),
		op(post, "/opportunities", "createOpportunity", "opportunities", WriteDeals, "A new deal",
			func(ctx context.Context, r Request, in NewOpportunity) (Opportunity, error) {
				o, err := writes.CreateOpportunity(ctx, r, in)
				return dealWith(ctx, reads, o, err)
			}),
		op(post, "/opportunities/{id}/moves", "moveOpportunity", "opportunities", WriteDeals, "Move a deal to another stage",
			func(ctx context.Context, r Request, in MoveOpportunity) (Opportunity, error) {
				o, err := writes.MoveOpportunity(ctx, r, in)
				return dealWith(ctx, reads, o, err)
			}),
		op(get, "/contracts", "listContracts", "contracts", ReadContracts, "Contracts (合同)", lister(reads.Contracts,
			func(c sales.Contract) sales.ID { return c.ID }, func(_ Caller, c sales.Contract) Contract { return contractOf(c) }, ofContracts)),
		op(get, "/events", "listEvents", "events", ReadEvents, "What happened, oldest first; read on from the last cursor for ever", listEvents(reads)),
	}, slices.Concat(cashOperations(reads, writes, ofContracts), customOperations(customs), singleOperations(reads, customs, ofVisits, ofDeals))...)
}

// lister makes a list's operation; more adds what stands elsewhere to a page.
func lister[R, W any](read func(context.Context, Query) ([]R, error), id func(R) sales.ID, wire func(Caller, R) W, more ...func(context.Context, Caller, []W) error) func(context.Context, Request, Listing) (Page[W], error) {
	return func(ctx context.Context, r Request, in Listing) (Page[W], error) {
		q, err := query(r, in)
		if err != nil {
			return Page[W]{}, err
		}
		q.Limit = in.size() + 1
		found, err := read(ctx, q)
		if err != nil {
			return Page[W]{}, err
		}
		page := Page[W]{Items: []W{}}
		for i, x := range found {
			if i == in.size() {
				page.Next = CursorAt(id(found[i-1]))
				break
			}
			page.Items = append(page.Items, wire(r.Caller, x))
		}
		for _, add := range more {
			if err := add(ctx, r.Caller, page.Items); err != nil {
				return Page[W]{}, err
			}
		}
		return page, nil
	}
}

func query(r Request, in Listing) (Query, error) {
	before, err := in.Cursor.ID()
	return Query{
		Sees: r.Caller.Sees, Before: before, Customer: in.Customer.Record(), Owner: in.Owner.Record(), State: in.State,
	}, err
}

// Following asks for what happened since.
type Following struct {
	Cursor Cursor `query:"cursor" json:"-" maxlen:"40" doc:"next of the part before; none begins with the oldest that is kept"`
	Limit  int    `query:"limit" json:"-" min:"0" max:"200" doc:"50 when not said"`
}

// listEvents gives events in order. Its cursor is never empty once something was read, so that one can come back.
func listEvents(reads Reads) func(context.Context, Request, Following) (Page[Event], error) {
	return func(ctx context.Context, r Request, in Following) (Page[Event], error) {
		after, err := in.Cursor.ID()
		if err != nil {
			return Page[Event]{}, err
		}
		limit := Listing{Limit: in.Limit}.size()
		found, err := reads.Events(ctx, Query{Sees: r.Caller.Sees, Before: after, Limit: limit})
		if err != nil {
			return Page[Event]{}, err
		}
		page := Page[Event]{Items: each(found, eventOf), Next: in.Cursor}
		if n := len(found); n > 0 {
			page.Next = CursorAt(found[n-1].ID)
		}
		return page, nil
	}
}

func each[R, W any](rows []R, wire func(R) W) []W {
	out := make([]W, len(rows))
	for i, r := range rows {
		out[i] = wire(r)
	}
	return out
}

func moment(t sales.Instant) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t.Time
}

func said(n int) *int {
	if n < 0 {
		return nil
	}
	return &n
}

func personOf(p sales.Person) Person {
	out := Person{ID: IDOf(p.ID), Code: p.Code, Name: p.Name, Active: p.Active}
	for _, r := range p.Roles {
		out.Roles = append(out.Roles, string(r))
	}
	return out
}

func customerOf(c sales.Customer, contacts []sales.Contact) Customer {
	out := Customer{
		ID: IDOf(c.ID), Name: c.Name, Code: c.Code, USCC: c.USCC, Phone: c.Phone, Industry: c.Industry, City: c.City, Class: c.Class,
		Owner: IDOf(c.OwnerID), CreatedAt: c.CreatedAt.Time, LastContactAt: moment(c.LastContactAt), Version: c.Version,
	}
	for _, x := range contacts {
		out.Contacts = append(out.Contacts, Contact{ID: IDOf(x.ID), Name: x.Name, Title: x.Title, Department: x.Department, Phone: x.Phone})
	}
	return out
}

// visitOf leaves a visit's words to its author: what was objected and said is nobody else's to read.
func visitOf(c Caller, v sales.Visit) Visit {
	out := Visit{
		ID: IDOf(v.ID), Customer: IDOf(v.CustomerID), Person: IDOf(v.PersonID), Contact: v.ContactName, Day: v.Day, FiledAt: v.FiledAt.Time,
		AmountFen: int64(v.Amount), Opportunity: IDOf(v.OpportunityID), Next: v.NextOn, State: v.State,
	}
	if c.Person.ID == v.PersonID {
		out.Text, out.Objection, out.Need = v.Text, v.Objection, v.Need
	}
	return out
}

func todoOf(t sales.Todo) Todo {
	return Todo{
		ID: IDOf(t.ID), Owner: IDOf(t.OwnerID), Customer: IDOf(t.CustomerID), Text: t.Text, DueAt: moment(t.DueAt), State: t.State,
		CreatedAt: t.CreatedAt.Time, ClosedAt: moment(t.ClosedAt), Version: t.Version,
	}
}

// listDeals lists deals with the steps of their stages.
func listDeals(reads Reads, more ...func(context.Context, Caller, []Opportunity) error) func(context.Context, Request, Listing) (Page[Opportunity], error) {
	return func(ctx context.Context, r Request, in Listing) (Page[Opportunity], error) {
		var known []sales.Opportunity
		read := func(ctx context.Context, q Query) (list []sales.Opportunity, err error) {
			known, err = reads.Opportunities(ctx, q)
			return known, err
		}
		page, err := lister(read, func(o sales.Opportunity) sales.ID { return o.ID }, func(_ Caller, o sales.Opportunity) Opportunity { return dealOf(o) }, more...)(ctx, r, in)
		if err != nil {
			return page, err
		}
		var ids []sales.ID
		for _, o := range known[:len(page.Items)] {
			if len(o.OpenStage().Nodes) > 0 {
				ids = append(ids, o.ID)
			}
		}
		if len(ids) == 0 {
			return page, nil
		}
		steps, err := reads.DealSteps(ctx, ids)
		for i, o := range known[:len(page.Items)] {
			page.Items[i].Nodes = nodesOf(o, steps)
		}
		return page, err
	}
}

// dealWith is a deal with the steps of its stage, unless it came with an error.
func dealWith(ctx context.Context, reads Reads, o sales.Opportunity, err error) (Opportunity, error) {
	out := dealOf(o)
	if err != nil || len(o.OpenStage().Nodes) == 0 {
		return out, err
	}
	steps, err := reads.DealSteps(ctx, []sales.ID{o.ID})
	out.Nodes = nodesOf(o, steps)
	return out, err
}

// nodesOf are the steps of a deal's stage, with what was ticked off of them.
func nodesOf(o sales.Opportunity, steps []sales.DealStep) []DealNode {
	var out []DealNode
	for _, n := range o.OpenStage().Nodes {
		node := DealNode{Key: n.Key, Name: n.Name}
		for _, s := range steps {
			if s.OpportunityID == o.ID && s.Key == n.Key {
				node.DoneAt, node.DoneBy, node.File = moment(s.DoneAt), IDOf(s.PersonID), IDOf(s.FileID)
			}
		}
		out = append(out, node)
	}
	return out
}

// standardPipeline is the standard pipeline's key on the wire; in rows it is the empty one.
const standardPipeline = "standard"

func pipelineKey(key string) string {
	if key == "" {
		return standardPipeline
	}
	return key
}

func pipelineOf(p *sales.Pipeline) Pipeline {
	out := Pipeline{Key: pipelineKey(p.Key), Version: p.Version, Name: p.Name, Lines: p.Lines}
	say := func(gates []sales.Gate) []string { return each(gates, func(g sales.Gate) string { return g.Say }) }
	for _, s := range p.Stages {
		stage := PipelineStage{
			Key: string(s.Key), Name: s.Name, Like: string(s.Like), Chance: s.Chance, Benchmark: s.Benchmark, Enter: say(s.Enter), Leave: say(s.Leave),
		}
		for _, n := range s.Nodes {
			stage.Nodes = append(stage.Nodes, PipelineNode(n))
		}
		out.Stages = append(out.Stages, stage)
	}
	return out
}

func dealOf(o sales.Opportunity) Opportunity {
	return Opportunity{
		ID: IDOf(o.ID), Customer: IDOf(o.CustomerID), Owner: IDOf(o.OwnerID), Products: each(o.Products, IDOf[sales.ID]), Line: o.Line,
		AmountFen: int64(o.Amount), Pipeline: pipelineKey(o.Pipeline), PipelineVersion: max(o.PipelineVersion, 1), Stage: string(o.Stage),
		StageName: o.StageName(), StageSince: o.StageSince.Time, ExpectedOn: o.ExpectedOn,
		State: o.State, LossReason: o.LossReason, CreatedAt: o.CreatedAt.Time, Version: o.Version,
	}
}

func contractOf(c sales.Contract) Contract {
	return Contract{
		ID: IDOf(c.ID), No: c.No, Customer: IDOf(c.CustomerID), Opportunity: IDOf(c.OpportunityID), Owner: IDOf(c.OwnerID), AmountFen: int64(c.Amount),
		PrepayPercent: said(c.PrepayPercent), PaymentDays: said(c.PaymentDays), DeliveryDays: said(c.DeliveryDays), State: c.State,
		CreatedAt: c.CreatedAt.Time, Version: c.Version,
	}
}

func eventOf(e sales.DomainEvent) Event {
	return Event{ID: IDOf(e.ID), At: e.At.Time, Kind: e.Kind, Object: e.SubjectKind, Subject: IDOf(e.SubjectID), Person: IDOf(e.PersonID)}
}
