package parse

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Index holds the names of the master data for fast look-up. It is immutable and safe for concurrent readers.
type Index struct {
	// layers are what has changed lately, what has changed before, and the base; the newest first. There is always a base.
	layers []layer
	// recent are the changes in the first layer of more than one, deletions included.
	recent Master
	// older are the ids of the base's rows that the changes before those replace or delete.
	older *gone
}

// layer is a table with the rows of it that newer layers replace or delete.
type layer struct {
	*table
	gone []*gone
}

// gone are the ids of rows that no longer hold.
type gone struct {
	customers, contacts, products, contracts, competitors, people map[ID]bool
}

// which picks the ids of one kind of rows.
type which func(*gone) map[ID]bool

func goneCustomers(g *gone) map[ID]bool   { return g.customers }
func goneContacts(g *gone) map[ID]bool    { return g.contacts }
func goneProducts(g *gone) map[ID]bool    { return g.products }
func goneContracts(g *gone) map[ID]bool   { return g.contracts }
func goneCompetitors(g *gone) map[ID]bool { return g.competitors }
func gonePeople(g *gone) map[ID]bool      { return g.people }

// table is the look-up structure over one Master.
type table struct {
	master      Master
	customerAt  map[ID]int32
	contactsOf  map[ID][2]int32 // range in master.Contacts, sorted by customer
	productAt   map[ID]int32
	customers   nameTable
	sounds      nameTable
	typos       typoTable
	products    nameTable
	prodSounds  nameTable
	slips       func() map[string][]nameKey // built when first needed
	competitors nameTable
	people      nameTable
	contracts   map[string]Contract
	contractsOf map[ID][]Contract
	cities      map[string]bool
	owned       map[ID][]ID // customers by owner
}

// maxRecent is how many rows the layer of the latest changes holds before they join those before them. Each change makes
// that layer anew, so it is kept small.
const maxRecent = 32

// NewIndex builds the look-up tables. Rows marked Deleted are left out. The slices of m belong to the index from then on.
func NewIndex(m Master) *Index { return &Index{layers: []layer{{table: newTable(m)}}, older: &gone{}} }

// With returns an index with the changes on top; the receiver stays as it is. It costs as much as the latest few changes,
// and once in maxRecent times as much as all changes since NewIndex, so rebuild with NewIndex from time to time.
func (x *Index) With(changes Master) *Index {
	base := x.layers[len(x.layers)-1].table
	recent, ids := merge(x.recent, changes)
	if recent.rows() <= maxRecent {
		out := &Index{recent: recent, older: x.older}
		out.layers = append(out.layers, layer{table: newTable(recent.clone())})
		if over := x.before(); over != nil {
			out.layers = append(out.layers, layer{over, []*gone{ids}})
		}
		out.layers = append(out.layers, layer{base, []*gone{x.older, ids}})
		return out
	}
	var all Master
	if over := x.before(); over != nil {
		all = over.master
	}
	all, _ = merge(all, recent)
	older := x.older.with(ids)
	return &Index{older: older, layers: []layer{{table: newTable(all)}, {base, []*gone{older}}}}
}

// before is the table of the changes before the recent ones; nil when there are none.
func (x *Index) before() *table {
	switch n := len(x.layers); {
	case n == 3:
		return x.layers[1].table
	case n == 2 && x.recent.rows() == 0:
		return x.layers[0].table
	}
	return nil
}

// rows counts all rows.
func (m Master) rows() int {
	return len(m.Customers) + len(m.Contacts) + len(m.Products) + len(m.Contracts) + len(m.Competitors) + len(m.People)
}

func (m Master) clone() Master {
	return Master{
		slices.Clone(m.Customers), slices.Clone(m.Contacts), slices.Clone(m.Products), slices.Clone(m.Contracts),
		slices.Clone(m.Competitors), slices.Clone(m.People),
	}
}

// with are the ids of both.
func (g *gone) with(h *gone) *gone {
	return &gone{
		both(g.customers, h.customers), both(g.contacts, h.contacts), both(g.products, h.products),
		both(g.contracts, h.contracts), both(g.competitors, h.competitors), both(g.people, h.people),
	}
}

func both(a, b map[ID]bool) map[ID]bool {
	out := make(map[ID]bool, len(a)+len(b))
	maps.Copy(out, a)
	maps.Copy(out, b)
	return out
}

// merge replaces the rows of old that changed holds, and gives the ids of the rows that result.
func merge(old, changed Master) (Master, *gone) {
	g := &gone{}
	old.Customers, g.customers = overlay(old.Customers, changed.Customers, func(r Customer) ID { return r.ID })
	old.Contacts, g.contacts = overlay(old.Contacts, changed.Contacts, func(r Contact) ID { return r.ID })
	old.Products, g.products = overlay(old.Products, changed.Products, func(r Product) ID { return r.ID })
	old.Contracts, g.contracts = overlay(old.Contracts, changed.Contracts, func(r Contract) ID { return r.ID })
	old.Competitors, g.competitors = overlay(old.Competitors, changed.Competitors, func(r Competitor) ID { return r.ID })
	old.People, g.people = overlay(old.People, changed.People, func(r Person) ID { return r.ID })
	return old, g
}

// overlay replaces the rows of old that changed holds, and gives all their ids. Of several changes of a row the last counts.
func overlay[R any](old, changed []R, id func(R) ID) ([]R, map[ID]bool) {
	ids, at := make(map[ID]bool, len(old)+len(changed)), make(map[ID]int, len(changed))
	for i, r := range changed {
		ids[id(r)], at[id(r)] = true, i
	}
	out := make([]R, 0, len(old)+len(changed))
	for _, r := range old {
		if _, again := at[id(r)]; !again {
			out = append(out, r)
		}
		ids[id(r)] = true
	}
	for i, r := range changed {
		if at[id(r)] == i {
			out = append(out, r)
		}
	}
	return out, ids
}

func newTable(m Master) *table {
	t := &table{master: Master{
		Customers: kept(m.Customers, func(r Customer) bool { return r.Deleted }),
		Contacts:  kept(m.Contacts, func(r Contact) bool { return r.Deleted }),
		Products:  kept(m.Products, func(r Product) bool { return r.Deleted }),
		Contracts: kept(m.Contracts, func(r Contract) bool { return r.Deleted }),
	}}
	t.master.Competitors = kept(m.Competitors, func(r Competitor) bool { return r.Deleted })
	t.master.People = kept(m.People, func(r Person) bool { return r.Deleted })
	t.indexCustomers()
	t.indexContacts()
	t.indexProducts()
	t.indexRest()
	return t
}

// kept are the rows that are not deleted, in place.
func kept[R any](rows []R, deleted func(R) bool) []R { return slices.DeleteFunc(rows, deleted) }

func (t *table) indexCustomers() {
	rows := t.master.Customers
	t.customerAt = make(map[ID]int32, len(rows))
	t.cities, t.owned = map[string]bool{}, map[ID][]ID{}
	keys := make([]nameKey, 0, keysPerCustomer*len(rows))
	for i, c := range rows {
		t.customerAt[c.ID] = int32(i)
		if c.City != "" {
			t.cities[c.City] = true
		}
		for _, o := range c.Owners {
			t.owned[o] = append(t.owned[o], c.ID)
		}
		keys = customerKeys(c, keys)
	}
	t.customers = newNameTable(keys)
	t.typos = t.newTypoTable()
	t.sounds = newNameTable(t.customerSounds())
}

// keysPerCustomer is about how many forms a customer's names have.
const keysPerCustomer = 6

// customerSounds are the names as they sound; short forms of one's own making are not looked for by sound.
func (t *table) customerSounds() []nameKey {
	heard := func(k nameKey) bool { return k.how <= howAlias && len(k.key) >= 6 }
	n := 0
	for _, k := range t.customers.keys {
		if heard(k) {
			n++
		}
	}
	out := make([]nameKey, 0, n)
	for _, k := range t.customers.keys {
		if heard(k) {
			out = append(out, nameKey{sound(k.key), k.id, howSound})
		}
	}
	return out
}

func (t *table) indexContacts() {
	rows := t.master.Contacts
	slices.SortFunc(rows, func(a, b Contact) int {
		return cmp.Or(cmp.Compare(a.Customer, b.Customer), cmp.Compare(a.ID, b.ID))
	})
	t.contactsOf = map[ID][2]int32{}
	for i, c := range rows {
		span, ok := t.contactsOf[c.Customer]
		if !ok {
			span[0] = int32(i)
		}
		span[1] = int32(i + 1)
		t.contactsOf[c.Customer] = span
	}
}

func (t *table) indexProducts() {
	t.productAt = map[ID]int32{}
	var keys, sounds []nameKey
	for i, p := range t.master.Products {
		t.productAt[p.ID] = int32(i)
		for _, k := range productKeys(p) {
			keys = append(keys, k)
			if k.how <= howDerived && len([]rune(k.key)) >= 2 && !isWord([]rune(k.key)[0]) {
				sounds = append(sounds, nameKey{sound(k.key), k.id, howSound})
			}
		}
	}
	t.slips = sync.OnceValue(func() map[string][]nameKey { return slipsOf(t.products.keys) })
	t.products = newNameTable(keys)
	t.prodSounds = newNameTable(sounds)
}

func (t *table) indexRest() {
	var keys []nameKey
	for _, c := range t.master.Competitors {
		keys = append(keys, nameKey{tidyName(c.Name), c.ID, howName})
		for _, a := range c.Aliases {
			keys = append(keys, nameKey{tidyName(a), c.ID, howAlias})
		}
	}
	t.competitors = newNameTable(keys)
	keys = nil
	for _, p := range t.master.People {
		keys = append(keys, nameKey{p.Name, p.ID, howName})
	}
	t.people = newNameTable(keys)
	t.contracts = make(map[string]Contract, len(t.master.Contracts))
	t.contractsOf = map[ID][]Contract{}
	for _, c := range t.master.Contracts {
		t.contracts[contractKey(c.No)] = c
		t.contractsOf[c.Customer] = append(t.contractsOf[c.Customer], c)
	}
}

// contractKey levels case and separators: ht2026 018 is HT2026-018.
func contractKey(no string) string {
	return strings.Map(func(c rune) rune {
		c = plainRune(c)
		switch {
		case isDigit(c), c >= 'A' && c <= 'Z', isHan(c):
			return c
		case c >= 'a' && c <= 'z':
			return c - 32
		}
		return -1
	}, no)
}
