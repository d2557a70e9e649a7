package main

import (
	"context"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
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
	memory  *collector
	// folding says that layers of the index of names are being made into one.
	folding bool
	// setup makes what is set up anew, setupRevision is what it was made of.
	setup         func(ctx context.Context) error
	setupRevision int64
}

// largeFold is from how many rows on the folding of layers takes memory worth saving.
const largeFold = 20_000

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

// RecentBook is the master data as last read; nil before the first time.
func (b *books) RecentBook() *handlers.Book {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.book
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
		days, err := b.db.CompanyDays(ctx)
		if err != nil {
			return nil, nil, err
		}
		b.cal.SetCompanyDays(days)
		b.org = org
	}
	if b.setup != nil && b.setupRevision < rev.Setup {
		if err := b.setup(ctx); err != nil {
			return nil, nil, err
		}
		b.setupRevision = rev.Setup
	}
	switch {
	case b.book == nil:
		b.book, err = b.load(ctx)
	case b.book.Revision < rev.Master:
		err = b.catchUp(ctx)
	}
	return b.book, b.org, err
}

// load reads a book from the beginning.
func (b *books) load(ctx context.Context) (*handlers.Book, error) {
	m, err := b.db.LoadMaster(ctx)
	if err != nil {
		return nil, fmt.Errorf("read master data: %w", err)
	}
	slim(m)
	return &handlers.Book{
		Revision: m.Revision, Examples: &handlers.Examples{}, Products: byID(m.Products, productID),
		Merged:    m.Merged,
		Customers: handlers.RowsOf(m.Customers, customerID), Contacts: handlers.RowsOf(m.Contacts, contactID),
		Owners: handlers.RecordsOf(ownersBy(m, handlers.Records[[]sales.CustomerOwner]{})),
		Parser: parse.Parser{Index: parse.NewIndex(names(m)), Calendar: workdays{b.cal}},
	}, nil
}

// fold makes few layers of the index of names while it is in use. Nothing is read again: names that are there are shared, and
// what changes meanwhile stays on top.
func (b *books) fold() {
	for {
		b.mu.Lock()
		index := b.book.Parser.Index
		b.folding = index.Folds()
		b.mu.Unlock()
		if !index.Folds() {
			return
		}
		f := b.foldOnce(index)
		b.mu.Lock()
		book := *b.book
		book.Parser.Index = book.Parser.Index.Folded(f)
		book.Examples = &handlers.Examples{}
		b.book = &book
		b.mu.Unlock()
	}
}

func (b *books) foldOnce(index *parse.Index) *parse.Folding {
	if index.Foldable() > largeFold {
		defer b.memory.spare()()
		debug.FreeOSMemory() // what the one before took goes before the next is made
	}
	return index.Fold()
}

// catchUp reads only what has changed. The old book stays as it is for those who read it.
func (b *books) catchUp(ctx context.Context) error {
	m, err := b.db.MasterChangesSince(ctx, b.book.Revision)
	if err != nil {
		return fmt.Errorf("read changed master data: %w", err)
	}
	slim(m)
	old := b.book
	products := old.Products
	if len(m.Products) > 0 {
		products = maps.Clone(products)
		maps.Copy(products, byID(m.Products, productID))
	}
	merged := old.Merged
	if m.Merged != nil {
		merged = m.Merged
	}
	book := &handlers.Book{
		Revision: m.Revision, Examples: old.Examples, Products: products, Merged: merged,
		Customers: old.Customers.Without(m.Gone).With(byID(m.Customers, customerID)), Contacts: old.Contacts.With(byID(m.Contacts, contactID)),
		Owners: old.Owners.With(ownersBy(m, old.Owners)),
		Parser: parse.Parser{Index: old.Parser.Index.With(names(m)), Calendar: old.Parser.Calendar},
	}
	b.book = book
	if !b.folding && book.Parser.Index.Folds() {
		b.folding = true
		go b.fold()
	}
	return nil
}

func customerID(c sales.Customer) sales.ID { return c.ID }
func contactID(c sales.Contact) sales.ID   { return c.ID }
func productID(p sales.Product) sales.ID   { return p.ID }

// ownersBy are those in charge of parts and lines by customer. A customer that had some before and has none now is there
// without any.
func ownersBy(m store.Master, before handlers.Records[[]sales.CustomerOwner]) map[sales.ID][]sales.CustomerOwner {
	out := map[sales.ID][]sales.CustomerOwner{}
	for _, c := range m.Customers {
		if len(before.Of(c.ID)) > 0 {
			out[c.ID] = nil
		}
	}
	for _, o := range m.Owners {
		out[o.CustomerID] = append(out[o.CustomerID], o)
	}
	return out
}

func byID[V any](rows []V, id func(V) sales.ID) map[sales.ID]V {
	m := make(map[sales.ID]V, len(rows))
	for _, v := range rows {
		m[id(v)] = v
	}
	return m
}

// slim keeps the words that many rows share once, and leaves out what nobody asks the names for: the key that the store alone looks
// for them by, and where a row came from.
func slim(m store.Master) {
	seen := map[string]string{}
	once := func(words ...*string) {
		for _, w := range words {
			if *w == "" {
				continue
			}
			if s, ok := seen[*w]; ok {
				*w = s
				continue
			}
			seen[*w] = *w
		}
	}
	for i := range m.Customers {
		c := &m.Customers[i]
		c.NameKey, c.SourceEventID = "", ""
		once(&c.Industry, &c.City, &c.Class)
	}
	for i := range m.Contacts {
		c := &m.Contacts[i]
		once(&c.Title, &c.Department)
	}
}

// names are the master data as the understanding of messages takes them.
func names(m store.Master) parse.Master {
	out := parse.Master{
		Customers: make([]parse.Customer, 0, len(m.Customers)+len(m.Gone)), Contacts: make([]parse.Contact, 0, len(m.Contacts)),
		Products: make([]parse.Product, 0, len(m.Products)),
	}
	titles := map[[2]string]string{} // a few, said of hundreds of thousands
	lines := map[sales.ID][]parse.ID{}
	for _, o := range m.Owners {
		lines[o.CustomerID] = append(lines[o.CustomerID], parse.ID(o.OwnerID))
	}
	alone := map[sales.PersonID][]parse.ID{} // those in charge of customers that are theirs alone
	for _, c := range m.Customers {
		owners, ok := alone[c.OwnerID]
		if !ok {
			owners = []parse.ID{parse.ID(c.OwnerID)}
			alone[c.OwnerID] = owners
		}
		if more := lines[c.ID]; len(more) > 0 {
			owners = slices.Concat(owners, more)
		}
		out.Customers = append(out.Customers, parse.Customer{ID: parse.ID(c.ID), Name: c.Name, Aliases: c.Aliases, City: c.City, Owners: owners})
	}
	for _, id := range m.Gone {
		out.Customers = append(out.Customers, parse.Customer{ID: parse.ID(id), Deleted: true})
	}
	for _, c := range m.Contacts {
		title, ok := titles[[2]string{c.Department, c.Title}]
		if !ok {
			title = c.Department + c.Title
			titles[[2]string{c.Department, c.Title}] = title
		}
		out.Contacts = append(out.Contacts, parse.Contact{
			ID: parse.ID(c.ID), Customer: parse.ID(c.CustomerID), Name: c.Name, Title: title,
			Deleted: c.CustomerID == 0, // another one stands for it
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
