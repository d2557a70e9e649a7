package handlers

import (
	"context"

	"salesflow/bot/parse"
	"salesflow/store/sales"
)

// Book is the master data at one revision: what names mean, and how ids are called. It is never changed once made.
type Book struct {
	Revision  int64
	Customers Records[sales.Customer]
	Contacts  Records[sales.Contact]
	Products  map[sales.ID]sales.Product
	// Owners are those in charge of parts and lines, by customer.
	Owners Records[[]sales.CustomerOwner]
	Parser parse.Parser
	// Examples remember; nil looks each time.
	Examples *Examples
	// Merged leads from customers that were merged to those that stand for them.
	Merged map[sales.ID]sales.ID
}

// Resolve is the customer that an id stands for now: another one when it was merged.
func (b *Book) Resolve(id sales.ID) sales.ID {
	if into, ok := b.Merged[id]; ok {
		return into
	}
	return id
}

// Names gives the book as of now. It costs one small read when nothing has changed.
type Names interface {
	Book(ctx context.Context) (*Book, error)
}

// Customer is a customer's name; empty for none.
func (b *Book) Customer(id sales.ID) string { return b.Customers.Of(b.Resolve(id)).Name }

// Contact is how a contact is called on a card: "王建国(检验科主任)".
func (b *Book) Contact(id sales.ID) string {
	c := b.Contacts.Of(id)
	if title := c.Department + c.Title; title != "" {
		return c.Name + "(" + title + ")"
	}
	return c.Name
}

// ProductNames are the names of products, in order.
func (b *Book) ProductNames(ids []sales.ID) []string {
	names := make([]string, 0, len(ids))
	for _, id := range ids {
		if p, ok := b.Products[id]; ok {
			names = append(names, p.Name)
		}
	}
	return names
}

// Line is the product line of the first product that has one.
func (b *Book) Line(ids []sales.ID) string {
	for _, id := range ids {
		if l := b.Products[id].Line; l != "" {
			return l
		}
	}
	return ""
}
