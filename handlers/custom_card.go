package handlers

import (
	"context"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// customOn puts custom fields on the cards of a turn, with what was written in it, and asks for those that a record made just
// now needs. Companies without custom fields pay nothing.
func (a *App) customOn(ctx context.Context, t bot.Turn, n *noted, reply bot.Reply) (bot.Reply, error) {
	if len(a.Custom.All()) == 0 {
		return reply, nil
	}
	type place struct {
		card *cards.Card
		ref  cardRef
	}
	var places []place
	var ids []sales.ID
	add := func(c *cards.Card) {
		if ref, ok := readCardKey(c.Key); ok && a.onCards(ref.kind) {
			places, ids = append(places, place{c, ref}), append(ids, ref.id)
		}
	}
	for i := range reply.Say {
		if c := reply.Say[i].Out.Card; c != nil && reply.Say[i].Chat == nil {
			add(c)
		}
	}
	for i := range reply.Faces {
		add(&reply.Faces[i])
	}
	if len(places) > 0 {
		slices.Sort(ids)
		values, err := n.Tx.CustomValues(ctx, slices.Compact(ids)...)
		if err != nil {
			return reply, err
		}
		book, err := a.Names.Book(ctx)
		if err != nil {
			return reply, err
		}
		of := byRecord(n.over(values))
		r := a.customReader(t, book)
		for _, p := range places {
			a.putOnCard(t, r, p.card, p.ref, of[p.ref.id])
		}
	}
	return a.askAfterMaking(ctx, t, n, reply)
}

// cardRef is the record of a card, by its key.
type cardRef struct {
	kind, who string
	id        sales.ID
}

// readCardKey reads "opportunity:123/own".
func readCardKey(key string) (cardRef, bool) {
	kind, rest, ok := strings.Cut(key, ":")
	word, who, slash := strings.Cut(rest, "/")
	id, err := sales.ParseID(word)
	if !ok || !slash || err != nil || who == "group" {
		return cardRef{}, false
	}
	return cardRef{kind, who, id}, true
}

// onCards reports whether records of a subject kind have fields that are shown on cards.
func (a *App) onCards(subject string) bool {
	return slices.ContainsFunc(a.Custom.All(), func(f sales.CustomField) bool {
		return subjectOf(f.Object) == subject && (f.Card || subject == "customer")
	})
}

// putOnCard adds the fields a card's readers may all know. Only a customer's card is one reader's own, so that fields that some
// roles alone may see are on no other.
func (a *App) putOnCard(t bot.Turn, r CustomReader, c *cards.Card, ref cardRef, values []sales.CustomValue) {
	own := ref.kind == "customer"
	if own && ref.who != t.Person.ID.String() {
		return
	}
	all := own && c.Status == "资料登记"
	if own && !all && c.Status != "" && c.Status != "在公海" {
		return
	}
	var fields []cards.Field
	for _, v := range values {
		f, ok := a.Custom.Field(v.Object, v.Field)
		if !ok || !f.Card && !all || !own && len(f.See) > 0 || !f.Sees(t.Person) || subjectOf(f.Object) != ref.kind {
			continue
		}
		if s := r.Show(f, v); s != "" {
			fields = append(fields, cards.Field{Name: f.Name, Value: s})
		}
	}
	view.WithCustom(c, fields)
}

// over lays what was written in this turn over what was read.
func (n *noted) over(values []sales.CustomValue) []sales.CustomValue {
	out := slices.Clone(values)
	for _, w := range n.custom {
		i := slices.IndexFunc(out, func(v sales.CustomValue) bool {
			return v.RecordID == w.RecordID && v.Object == w.Object && v.Field == w.Field
		})
		if i < 0 {
			out = append(out, w)
			continue
		}
		out[i] = w
	}
	return out
}

// fresh is a record that was made in a turn, with the object of its fields.
type fresh struct {
	object string
	id     sales.ID
	name   func(book *Book) string
}

// askAfterMaking asks for the first field that a record made in this turn must have, when nothing else is asked.
func (a *App) askAfterMaking(ctx context.Context, t bot.Turn, n *noted, reply bot.Reply) (bot.Reply, error) {
	dialogue := t.Dialogue
	if reply.Dialogue != nil {
		dialogue = *reply.Dialogue
	}
	if len(n.fresh) != 1 || dialogue.Topic != "" && t.Now.Before(dialogue.ExpiresAt.Time) || t.InGroup() || t.Event.ID == "" {
		return reply, nil
	}
	made := n.fresh[0]
	d := customDraft{Object: made.object, Record: made.id, At: t.Now.Unix()}
	for _, f := range a.Custom.SeenOf(made.object, t.Person) {
		if !f.Required || !f.Edits(t.Person) || slices.ContainsFunc(n.custom, func(v sales.CustomValue) bool { return v.Field == f.Key && v.RecordID == made.id }) {
			continue
		}
		if d.Field == "" {
			d.Field = f.Key
		} else {
			d.Next = append(d.Next, f.Key)
		}
	}
	if d.Field == "" {
		return reply, nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return reply, err
	}
	t.Dialogue = dialogue
	asked, err := a.askCustom(ctx, t, n, made.name(book), d, "还差一项:")
	for i := range asked.Say {
		asked.Say[i].Slot = "custom"
	}
	reply.Say = append(reply.Say, asked.Say...)
	reply.Dialogue = asked.Dialogue
	return reply, err
}

// PutCustom notes the value.
func (n *noted) PutCustom(v sales.CustomValue) {
	n.note(v)
	n.custom = append(n.custom, v)
	n.Tx.PutCustom(v)
}

// CreateVisit notes the visit.
func (n *noted) CreateVisit(v sales.Visit) {
	n.fresh = append(n.fresh, fresh{"visit", v.ID, func(b *Book) string { return b.Customer(v.CustomerID) + "这次拜访" }})
	n.Tx.CreateVisit(v)
}

// CreateCustomer notes the customer.
func (n *noted) CreateCustomer(c sales.Customer) {
	n.fresh = append(n.fresh, fresh{"customer", c.ID, func(*Book) string { return c.Name }})
	n.Tx.CreateCustomer(c)
}
