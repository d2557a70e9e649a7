package parse

import "slices"

// tables are the layers, the newest first.
func (x *Index) tables() []layer { return x.layers }

// holds reports whether a row of l is still good: newer layers may replace it.
func (x *Index) holds(l layer, of which, id ID) bool {
	for _, g := range l.gone {
		if of(g).has(id) {
			return false
		}
	}
	return true
}

// names finds, over all tables, the longest whole name and the longest beginning of a name at s.
func (x *Index) names(s string, of func(*table) nameTable, lost which) (whole, part nameHit) {
	for _, l := range x.layers {
		w, p := of(l.table).at(s)
		w.keys, p.keys = x.good(l, w.keys, lost), x.good(l, p.keys, lost)
		whole, part = longer(whole, w), longerPart(part, p)
	}
	return whole, part
}

func (x *Index) good(l layer, keys []nameKey, lost which) []nameKey {
	if len(keys) > 64 || !slices.ContainsFunc(keys, func(k nameKey) bool { return !x.holds(l, lost, k.id) }) {
		return keys
	}
	return slices.DeleteFunc(slices.Clone(keys), func(k nameKey) bool { return !x.holds(l, lost, k.id) })
}

// maxPart is how many names may begin with what stands in a text; more say nothing.
const maxPart = 40

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

// longerPart is the longer of two beginnings of names, or both. What is too much already is not put together.
func longerPart(a, b nameHit) nameHit {
	switch {
	case a.runes != b.runes:
	case len(a.keys) > maxPart:
		return a
	case len(b.keys) > maxPart:
		return b
	}
	return longer(a, b)
}

// Customer finds a customer by id.
func (x *Index) Customer(id ID) (Customer, bool) {
	for _, t := range x.tables() {
		if i, ok := t.customerAt[id]; ok && x.holds(t, goneCustomers, id) {
			return t.master.Customers[i], true
		}
	}
	return Customer{}, false
}

// Product finds a product by id.
func (x *Index) Product(id ID) (Product, bool) {
	for _, t := range x.tables() {
		if i, ok := t.productAt[id]; ok && x.holds(t, goneProducts, id) {
			return t.master.Products[i], true
		}
	}
	return Product{}, false
}

// ContactsOf lists a customer's contacts.
func (x *Index) ContactsOf(customer ID) []Contact {
	var out []Contact
	lost := goneContacts
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
		if c, ok := t.contracts[key]; ok && x.holds(t, goneContracts, c.ID) {
			return c, true
		}
	}
	return Contract{}, false
}

// contractsOf lists a customer's contracts.
func (x *Index) contractsOf(customer ID) []Contract {
	var out []Contract
	lost := goneContracts
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
