package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"salesflow/bot/parse"
	"salesflow/handlers"
	"salesflow/store"
	"salesflow/store/sales"
)

// books keeps the organisation and the master data in memory, and brings them up to date when the store's revisions say
// that something has changed, so that a new name is understood in the next message on every replica.
type books struct {
	db  *store.DB
	cal *sales.Calendar

	mu   sync.Mutex
	book *handlers.Book
	org  *sales.Org
	// checked is when the revisions were last read.
	checked time.Time
	wall    func() time.Time
}

// recentOrg is how old what RecentOrg gives may be.
const recentOrg = time.Second

// revisionsKey is where a transaction's revisions stand in the context of its work.
type revisionsKey struct{}

// withRevisions says which revisions the transaction saw whose work is done under ctx, so that Org and Book need not ask.
func withRevisions(ctx context.Context, r store.Revisions) context.Context {
	return context.WithValue(ctx, revisionsKey{}, r)
}

// RecentOrg is the organisation as of a moment ago. Whoever must not miss a change asks again in the transaction.
func (b *books) RecentOrg(ctx context.Context) (*sales.Org, error) {
	b.mu.Lock()
	org, age := b.org, b.wall().Sub(b.checked)
	b.mu.Unlock()
	if org != nil && age >= 0 && age < recentOrg {
		return org, nil
	}
	return b.Org(ctx)
}

// Org is the organisation as of now, in a transaction as of it.
func (b *books) Org(ctx context.Context) (*sales.Org, error) {
	_, org, err := b.now(ctx)
	return org, err
}

// Book is the master data as of now, in a transaction as of it.
func (b *books) Book(ctx context.Context) (*handlers.Book, error) {
	book, _, err := b.now(ctx)
	return book, err
}

func (b *books) now(ctx context.Context) (*handlers.Book, *sales.Org, error) {
	asked := b.wall()
	rev, ok := ctx.Value(revisionsKey{}).(store.Revisions)
	var err error
	if !ok {
		if rev, err = b.db.Revisions(ctx); err != nil {
			return nil, nil, fmt.Errorf("read revisions: %w", err)
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if !ok && asked.After(b.checked) {
		b.checked = asked
	}
	if b.org == nil || b.org.Revision < rev.Org {
		org, err := b.db.LoadOrg(ctx)
		if err != nil {
			return nil, nil, fmt.Errorf("read organisation: %w", err)
		}
		b.org = org
	}
	switch {
	case b.book == nil:
		err = b.load(ctx)
	case b.book.Revision < rev.Master:
		err = b.catchUp(ctx)
	}
	return b.book, b.org, err
}

func (b *books) load(ctx context.Context) error {
	m, err := b.db.LoadMaster(ctx)
	if err != nil {
		return fmt.Errorf("read master data: %w", err)
	}
	book := &handlers.Book{
		Revision: m.Revision, Customers: make(map[sales.ID]sales.Customer, len(m.Customers)),
		Contacts: make(map[sales.ID]sales.Contact, len(m.Contacts)), Products: make(map[sales.ID]sales.Product, len(m.Products)),
	}
	fill(book, m)
	book.Parser = parse.Parser{Index: parse.NewIndex(names(m)), Calendar: workdays{b.cal}}
	b.book = book
	return nil
}

// catchUp reads only what has changed. The old book stays as it is for those who read it.
func (b *books) catchUp(ctx context.Context) error {
	m, err := b.db.MasterChangesSince(ctx, b.book.Revision)
	if err != nil {
		return fmt.Errorf("read changed master data: %w", err)
	}
	old := b.book
	book := &handlers.Book{
		Revision: m.Revision, Customers: copied(old.Customers, len(m.Customers)), Contacts: copied(old.Contacts, len(m.Contacts)),
		Products: copied(old.Products, len(m.Products)), Merged: old.Merged,
	}
	fill(book, m)
	book.Parser = parse.Parser{Index: old.Parser.Index.With(names(m)), Calendar: old.Parser.Calendar}
	b.book = book
	return nil
}

func copied[V any](m map[sales.ID]V, more int) map[sales.ID]V {
	n := make(map[sales.ID]V, len(m)+more)
	for k, v := range m {
		n[k] = v
	}
	return n
}

func fill(book *handlers.Book, m store.Master) {
	if m.Merged != nil {
		book.Merged = m.Merged
	}
	for _, id := range m.Gone {
		delete(book.Customers, id)
	}
	for _, c := range m.Customers {
		book.Customers[c.ID] = c
	}
	for _, c := range m.Contacts {
		book.Contacts[c.ID] = c
	}
	for _, p := range m.Products {
		book.Products[p.ID] = p
	}
}

// names are the master data as the understanding of messages takes them.
func names(m store.Master) parse.Master {
	var out parse.Master
	for _, c := range m.Customers {
		out.Customers = append(out.Customers, parse.Customer{
			ID: parse.ID(c.ID), Name: c.Name, Aliases: c.Aliases, City: c.City, Owners: []parse.ID{parse.ID(c.OwnerID)},
		})
	}
	for _, id := range m.Gone {
		out.Customers = append(out.Customers, parse.Customer{ID: parse.ID(id), Deleted: true})
	}
	for _, c := range m.Contacts {
		out.Contacts = append(out.Contacts, parse.Contact{
			ID: parse.ID(c.ID), Customer: parse.ID(c.CustomerID), Name: c.Name, Title: c.Department + c.Title,
		})
	}
	for _, p := range m.Products {
		out.Products = append(out.Products, parse.Product{ID: parse.ID(p.ID), Name: p.Name, Aliases: p.Aliases, ListPrice: int64(p.ListPrice)})
	}
	return out
}

// workdays tells the understanding of messages which days are workdays.
type workdays struct{ cal *sales.Calendar }

// IsWorkday implements parse.Calendar.
func (w workdays) IsWorkday(year int, month time.Month, day int) bool {
	return w.cal.IsWorkday(sales.NewDay(year, month, day))
}
