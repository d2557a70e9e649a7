package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"salesflow/bot"
	"salesflow/bot/api"
	"salesflow/handlers"
	"salesflow/store"
	"salesflow/store/sales"
)

// settled is how old an event is before other systems are told: longer than a transaction may take, so that none is
// written behind their backs with an id they have passed.
const settled = 15 * time.Second

// openAPI is the program as the HTTP interface needs it.
type openAPI struct{ p *program }

// Caller implements api.Callers.
func (o openAPI) Caller(ctx context.Context, hash string) (api.Caller, error) {
	var c api.Caller
	err := o.p.db.View(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		c.Token, err = tx.APITokenByHash(ctx, hash)
		return err
	})
	if err != nil {
		return c, err
	}
	if c.Token.PersonID == 0 {
		c.Sees = sales.Scope{All: true}
		return c, nil
	}
	org, err := o.p.books.Org(ctx)
	if err != nil {
		return c, err
	}
	p, ok := org.Person(c.Token.PersonID)
	if !ok || !p.Active {
		return c, sales.Errorf(sales.NotFound, "这个人已不在职。")
	}
	c.Person, c.Sees = p, org.ScopeOf(p)
	return c, nil
}

func listing(q api.Query) store.Listing {
	return store.Listing{Scope: q.Sees, Before: q.Before, Customer: q.Customer, Owner: sales.PersonID(q.Owner), Contract: q.Contract, ID: q.ID, State: q.State, Limit: q.Limit}
}

// viewed reads a list in a transaction of its own.
func viewed[T any](ctx context.Context, p *program, read func(ctx context.Context, tx *store.Tx) ([]T, error)) (out []T, err error) {
	err = p.db.View(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		out, err = read(ctx, tx)
		return err
	})
	return out, err
}

// Customers implements api.Reads.
func (o openAPI) Customers(ctx context.Context, q api.Query) ([]sales.Customer, error) {
	return viewed(ctx, o.p, func(ctx context.Context, tx *store.Tx) ([]sales.Customer, error) {
		return tx.ListCustomers(ctx, listing(q))
	})
}

// Visits implements api.Reads.
func (o openAPI) Visits(ctx context.Context, q api.Query) ([]sales.Visit, error) {
	return viewed(ctx, o.p, func(ctx context.Context, tx *store.Tx) ([]sales.Visit, error) { return tx.ListVisits(ctx, listing(q)) })
}

// Todos implements api.Reads.
func (o openAPI) Todos(ctx context.Context, q api.Query) ([]sales.Todo, error) {
	return viewed(ctx, o.p, func(ctx context.Context, tx *store.Tx) ([]sales.Todo, error) { return tx.ListTodos(ctx, listing(q)) })
}

// Opportunities implements api.Reads.
func (o openAPI) Opportunities(ctx context.Context, q api.Query) ([]sales.Opportunity, error) {
	return viewed(ctx, o.p, func(ctx context.Context, tx *store.Tx) ([]sales.Opportunity, error) {
		return tx.ListOpportunities(ctx, listing(q))
	})
}

// Contracts implements api.Reads.
func (o openAPI) Contracts(ctx context.Context, q api.Query) ([]sales.Contract, error) {
	return viewed(ctx, o.p, func(ctx context.Context, tx *store.Tx) ([]sales.Contract, error) {
		return tx.ListContracts(ctx, listing(q))
	})
}

// Events implements api.Reads. Only who sees everything is told of everything; others are told of what they did.
func (o openAPI) Events(ctx context.Context, q api.Query) ([]sales.DomainEvent, error) {
	until := sales.At(o.p.clock.Now().Add(-settled))
	return viewed(ctx, o.p, func(ctx context.Context, tx *store.Tx) ([]sales.DomainEvent, error) {
		return tx.EventsAfter(ctx, q.Sees, q.Before, until, q.Limit)
	})
}

// People implements api.Reads.
func (o openAPI) People(ctx context.Context) ([]sales.Person, error) {
	org, err := o.p.books.Org(ctx)
	if err != nil {
		return nil, err
	}
	return org.Everybody(), nil
}

// Products implements api.Reads.
func (o openAPI) Products(ctx context.Context) ([]sales.Product, error) {
	book, err := o.p.books.Book(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Collect(maps.Values(book.Products)), nil
}

// Pipelines implements api.Reads.
func (o openAPI) Pipelines(context.Context) ([]*sales.Pipeline, error) {
	return o.p.app.Pipelines.Current(), nil
}

// DealSteps implements api.Reads.
func (o openAPI) DealSteps(ctx context.Context, deals []sales.ID) ([]sales.DealStep, error) {
	return viewed(ctx, o.p, func(ctx context.Context, tx *store.Tx) ([]sales.DealStep, error) { return tx.StepsOf(ctx, deals) })
}

// Customer implements api.Reads. That it was read, with its contacts, is in the trace.
func (o openAPI) Customer(ctx context.Context, c api.Caller, id sales.ID) (sales.Customer, []sales.Contact, error) {
	book, err := o.p.books.Book(ctx)
	if err != nil {
		return sales.Customer{}, nil, err
	}
	var customer sales.Customer
	var contacts []sales.Contact
	_, err = storage{o.p.books, o.p.db}.do(ctx, noEvent, 0, func(ctx context.Context, tx *store.Tx) (err error) {
		if customer, err = tx.CustomerByID(ctx, id); err != nil {
			return err
		}
		if !c.Sees.CoversCustomer(customer.OwnerID, book.Owners.Of(customer.ID)) {
			return sales.Errorf(sales.NotFound, "没有这家客户。")
		}
		tx.Audit(sales.AuditEntry{
			ID: tx.NewID(), At: sales.At(o.p.clock.Now()), PersonID: c.Person.ID, EventID: "api:" + c.Token.ID.String(), Verb: "api.read",
			SubjectKind: "customer", SubjectID: customer.ID,
		})
		contacts, err = tx.ContactsByCustomer(ctx, customer.ID)
		return err
	})
	return customer, contacts, err
}

// written does what a request asks, once for each key, and keeps what it gave with it.
func written[T any](ctx context.Context, p *program, r api.Request, do func(ctx context.Context, t bot.Turn, tx handlers.Tx) (T, bot.Reply, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	id := r.Caller.Token.ID.String() + ":" + r.Key
	now := p.clock.Now()
	ev := bot.Event{Platform: apiPlatform, ID: id, At: now}
	var out T
	done, err := storage{p.books, p.db}.do(ctx, ev, r.Caller.Person.ID, func(ctx context.Context, tx *store.Tx) error {
		org, err := p.books.Org(ctx)
		if err != nil {
			return err
		}
		t := bot.Turn{Event: ev, Now: now, Today: sales.DayOf(now), Org: org, Person: acting(r.Caller)}
		var reply bot.Reply
		if out, reply, err = do(ctx, t, tx); err != nil {
			return err
		}
		body, err := json.Marshal(out)
		if err != nil {
			return fmt.Errorf("keep answer: %w", err)
		}
		tx.KeepAPIAnswer(sales.APIAnswer{ID: id, Hash: r.Hash, Body: string(body), At: sales.At(now)})
		_, err = p.front.Poster.Post(ctx, tx, org, now, bot.Origin{}, outward(reply))
		return err
	})
	if err != nil {
		return out, err
	}
	p.front.Committed(done, 0)
	p.engine.Scheduled(done.Dues)
	if !done.Duplicate {
		return out, nil
	}
	var kept sales.APIAnswer
	err = p.db.View(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		kept, err = tx.APIAnswerOf(ctx, id)
		return err
	})
	switch {
	case err != nil:
		return out, fmt.Errorf("read answer: %w", err)
	case kept.Hash != r.Hash:
		return out, api.KeyReused()
	}
	if err := json.Unmarshal([]byte(kept.Body), &out); err != nil {
		return out, fmt.Errorf("read answer: %w", err)
	}
	return out, nil
}

// acting is whose rights a request has: a service's are an administrator's, within its scopes.
func acting(c api.Caller) sales.Person {
	if !c.Service() {
		return c.Person
	}
	return sales.Person{Name: "接口 " + c.Token.Name, Roles: sales.List[sales.Role]{sales.RoleAdmin}, Active: true}
}

// outward is what of a reply concerns others: who called has the answer.
func outward(r bot.Reply) bot.Reply {
	out := bot.Reply{Faces: r.Faces}
	for _, s := range pushes(r).Say {
		if len(s.To) > 0 || s.Chat != nil {
			out.Say = append(out.Say, s)
		}
	}
	return out
}

// CreateCustomer implements api.Writes.
func (o openAPI) CreateCustomer(ctx context.Context, r api.Request, in api.NewCustomer) (sales.Customer, error) {
	return written(ctx, o.p, r, func(ctx context.Context, t bot.Turn, tx handlers.Tx) (sales.Customer, bot.Reply, error) {
		c, err := o.p.app.AddCustomer(ctx, t, tx, handlers.NewRecord{
			Name: in.Name, Phone: in.Phone, Industry: in.Industry, USCC: in.USCC, City: in.City, Contact: in.Contact, Owner: sales.PersonID(in.Owner.Record()),
		})
		return c, bot.Reply{}, err
	})
}

// CreateVisit implements api.Writes.
func (o openAPI) CreateVisit(ctx context.Context, r api.Request, in api.NewVisit) (sales.Visit, error) {
	return written(ctx, o.p, r, func(ctx context.Context, t bot.Turn, tx handlers.Tx) (sales.Visit, bot.Reply, error) {
		v, err := o.p.app.AddVisit(ctx, t, tx, sales.Visit{
			CustomerID: in.Customer.Record(), PersonID: sales.PersonID(in.Person.Record()), Day: in.Day, ContactName: in.Contact, Text: in.Text,
			Need: in.Need, Amount: sales.Money(in.AmountFen),
		})
		return v, bot.Reply{}, err
	})
}

// CreateTodo implements api.Writes.
func (o openAPI) CreateTodo(ctx context.Context, r api.Request, in api.NewTodo) (sales.Todo, error) {
	return written(ctx, o.p, r, func(ctx context.Context, t bot.Turn, tx handlers.Tx) (sales.Todo, bot.Reply, error) {
		return o.p.app.AddTodo(ctx, t, tx, sales.Todo{
			OwnerID: sales.PersonID(in.Owner.Record()), CustomerID: in.Customer.Record(), Text: in.Text, DueOn: in.DueOn,
		})
	})
}

// CloseTodo implements api.Writes.
func (o openAPI) CloseTodo(ctx context.Context, r api.Request, in api.CloseTodo) (sales.Todo, error) {
	return written(ctx, o.p, r, func(ctx context.Context, t bot.Turn, tx handlers.Tx) (sales.Todo, bot.Reply, error) {
		todo, reply, err := o.p.app.ChangeTodo(ctx, t, tx, in.ID.Record(), r.Match, in.State, in.DueOn)
		return todo, reply, stale(err)
	})
}

// stale is an error as callers with If-Match know it.
func stale(err error) error {
	if errors.Is(err, handlers.ErrStale) {
		return api.Stale(sales.Message(err))
	}
	return err
}

// ChangeCustomer implements api.Writes.
func (o openAPI) ChangeCustomer(ctx context.Context, r api.Request, in api.ChangeCustomer) (sales.Customer, error) {
	return written(ctx, o.p, r, func(ctx context.Context, t bot.Turn, tx handlers.Tx) (sales.Customer, bot.Reply, error) {
		c, err := o.p.app.CorrectCustomer(ctx, t, tx, in.ID.Record(), r.Match, handlers.RecordChange{
			Name: in.Name, Phone: in.Phone, Industry: in.Industry, USCC: in.USCC, City: in.City, Class: in.Class,
		})
		return c, bot.Reply{}, stale(err)
	})
}

// ChangeOpportunity implements api.Writes.
func (o openAPI) ChangeOpportunity(ctx context.Context, r api.Request, in api.ChangeOpportunity) (sales.Opportunity, error) {
	return written(ctx, o.p, r, func(ctx context.Context, t bot.Turn, tx handlers.Tx) (sales.Opportunity, bot.Reply, error) {
		amount := sales.Money(0)
		if in.AmountFen != nil {
			amount = sales.Money(*in.AmountFen)
		}
		deal, err := o.p.app.CorrectDeal(ctx, t, tx, in.ID.Record(), r.Match, amount, in.ExpectedOn)
		return deal, bot.Reply{}, stale(err)
	})
}

// CreateOpportunity implements api.Writes.
func (o openAPI) CreateOpportunity(ctx context.Context, r api.Request, in api.NewOpportunity) (sales.Opportunity, error) {
	return written(ctx, o.p, r, func(ctx context.Context, t bot.Turn, tx handlers.Tx) (sales.Opportunity, bot.Reply, error) {
		deal := sales.Opportunity{CustomerID: in.Customer.Record(), OwnerID: sales.PersonID(in.Owner.Record()), Amount: sales.Money(*in.AmountFen), ExpectedOn: in.ExpectedOn, Pipeline: in.Pipeline}
		for _, id := range in.Products {
			deal.Products = append(deal.Products, id.Record())
		}
		deal, err := o.p.app.AddOpportunity(ctx, t, tx, deal)
		return deal, bot.Reply{}, err
	})
}

// MoveOpportunity implements api.Writes. A move that gates hold up is recorded, though nothing else of the request is.
func (o openAPI) MoveOpportunity(ctx context.Context, r api.Request, in api.MoveOpportunity) (sales.Opportunity, error) {
	deal, err := written(ctx, o.p, r, func(ctx context.Context, t bot.Turn, tx handlers.Tx) (sales.Opportunity, bot.Reply, error) {
		return o.p.app.MoveDeal(ctx, t, tx, in.ID.Record(), in.Version, in.Stage, in.Reason)
	})
	if !errors.Is(err, handlers.ErrBlocked) {
		return deal, err
	}
	org, orgErr := o.p.books.Org(ctx)
	if orgErr != nil {
		return deal, orgErr
	}
	now := o.p.clock.Now()
	t := bot.Turn{Event: bot.Event{Platform: apiPlatform, ID: "api:" + r.Caller.Token.ID.String(), At: now}, Now: now, Today: sales.DayOf(now), Org: org, Person: acting(r.Caller)}
	_, noted := storage{o.p.books, o.p.db}.do(ctx, noEvent, r.Caller.Person.ID, func(ctx context.Context, tx *store.Tx) error {
		return o.p.app.NoteBlocked(ctx, t, tx, in.ID.Record(), in.Stage)
	})
	if noted != nil {
		return deal, noted
	}
	return deal, err
}
