package parse

import "slices"

// tables are the overlay, if any, and the base.
func (x *Index) tables() []*table {
	if x.over == nil {
		return []*table{x.base}
	}
	return []*table{x.over, x.base}
}

// holds reports whether a row of t is still good: rows of the base may be replaced by the overlay.
func (x *Index) holds(t *table, gone map[ID]bool, id ID) bool { return t != x.base || !gone[id] }

// names finds, over all tables, the longest whole name and the longest beginning of a name at s.
func (x *Index) names(s string, of func(*table) nameTable, gone map[ID]bool) (whole, part nameHit) {
	for _, t := range x.tables() {
		w, p := of(t).at(s)
		w.keys, p.keys = x.good(t, w.keys, gone), x.good(t, p.keys, gone)
		whole, part = longer(whole, w), longer(part, p)
	}
	return whole, part
}

func (x *Index) good(t *table, keys []nameKey, gone map[ID]bool) []nameKey {
	if t != x.base || len(gone) == 0 || len(keys) > 64 {
		return keys
	}
	return slices.DeleteFunc(slices.Clone(keys), func(k nameKey) bool { return gone[k.id] })
}

func longer(a, b nameHit) nameHit {
	switch {
	case len(b.keys) == 0:
		return a
	case len(a.keys) == 0 || b.runes > a.runes:
		return b
	case a.runes > b.runes:
		return a
	}
	return nameHit{a.runes, append(slices.Clone(a.keys), b.keys...)}
}

// Customer finds a customer by id.
func (x *Index) Customer(id ID) (Customer, bool) {
	for _, t := range x.tables() {
		if i, ok := t.customerAt[id]; ok && x.holds(t, x.goneOf(func(g *gone) map[ID]bool { return g.customers }), id) {
			return t.master.Customers[i], true
		}
	}
	return Customer{}, false
}

// Product finds a product by id.
func (x *Index) Product(id ID) (Product, bool) {
	for _, t := range x.tables() {
		if i, ok := t.productAt[id]; ok && x.holds(t, x.goneOf(func(g *gone) map[ID]bool { return g.products }), id) {
			return t.master.Products[i], true
		}
	}
	return Product{}, false
}

// ContactsOf lists a customer's contacts.
func (x *Index) ContactsOf(customer ID) []Contact {
	var out []Contact
	lost := x.goneOf(func(g *gone) map[ID]bool { return g.contacts })
	for _, t := range x.tables() {
		span, ok := t.contactsOf[customer]
		if !ok {
			continue
		}
		for _, c := range t.master.Contacts[span[0]:span[1]] {
			if x.holds(t, lost, c.ID) {
				out = append(out, c)
			}
		}
	}
	return out
}

// Contract finds a contract by its number, however it is written.
func (x *Index) Contract(no string) (Contract, bool) {
	key := contractKey(no)
	for _, t := range x.tables() {
		if c, ok := t.contracts[key]; ok && x.holds(t, x.goneOf(func(g *gone) map[ID]bool { return g.contracts }), c.ID) {
			return c, true
		}
	}
	return Contract{}, false
}

// contractsOf lists a customer's contracts.
func (x *Index) contractsOf(customer ID) []Contract {
	var out []Contract
	lost := x.goneOf(func(g *gone) map[ID]bool { return g.contracts })
	for _, t := range x.tables() {
		for _, c := range t.contractsOf[customer] {
			if x.holds(t, lost, c.ID) {
				out = append(out, c)
			}
		}
	}
	return out
}

// owns reports whether the customer belongs to the person.
func (x *Index) owns(person, customer ID) bool {
	c, ok := x.Customer(customer)
	return ok && person != 0 && slices.Contains(c.Owners, person)
}

// city reports whether a place is the city of some customer.
func (x *Index) city(s string) bool {
	for _, t := range x.tables() {
		if t.cities[s] {
			return true
		}
	}
	return false
}
