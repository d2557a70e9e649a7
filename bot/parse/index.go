package parse

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// Index holds the names of the master data for fast look-up. It is immutable and safe for concurrent readers.
type Index struct {
	base *table
	over *table // changes on top of base; nil when there are none
	gone *gone  // rows of base that over replaces or deletes
}

// gone are the rows of the base that no longer hold.
type gone struct {
	customers, contacts, products, contracts, competitors, people map[ID]bool
}

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

// NewIndex builds the look-up tables. Rows marked Deleted are left out.
func NewIndex(m Master) *Index { return &Index{base: newTable(m)} }

// With returns an index with the changes on top; the receiver stays as it is. It costs as much as the changes made since
// NewIndex, so rebuild with NewIndex from time to time.
func (x *Index) With(changes Master) *Index {
	var all Master
	if x.over != nil {
		all = x.over.master
	}
	g := &gone{}
	all.Customers, g.customers = overlay(all.Customers, changes.Customers, x.goneOf(func(g *gone) map[ID]bool { return g.customers }), func(r Customer) ID { return r.ID })
	all.Contacts, g.contacts = overlay(all.Contacts, changes.Contacts, x.goneOf(func(g *gone) map[ID]bool { return g.contacts }), func(r Contact) ID { return r.ID })
	all.Products, g.products = overlay(all.Products, changes.Products, x.goneOf(func(g *gone) map[ID]bool { return g.products }), func(r Product) ID { return r.ID })
	all.Contracts, g.contracts = overlay(all.Contracts, changes.Contracts, x.goneOf(func(g *gone) map[ID]bool { return g.contracts }), func(r Contract) ID { return r.ID })
	all.Competitors, g.competitors = overlay(all.Competitors, changes.Competitors, x.goneOf(func(g *gone) map[ID]bool { return g.competitors }), func(r Competitor) ID { return r.ID })
	all.People, g.people = overlay(all.People, changes.People, x.goneOf(func(g *gone) map[ID]bool { return g.people }), func(r Person) ID { return r.ID })
	return &Index{base: x.base, over: newTable(all), gone: g}
}

func (x *Index) goneOf(of func(*gone) map[ID]bool) map[ID]bool {
	if x.gone == nil {
		return nil
	}
	return of(x.gone)
}

// overlay replaces the rows of old that new holds and notes their ids.
func overlay[R any](old, changed []R, before map[ID]bool, id func(R) ID) ([]R, map[ID]bool) {
	ids := make(map[ID]bool, len(before)+len(changed))
	for k := range before {
		ids[k] = true
	}
	fresh := make(map[ID]bool, len(changed))
	for _, r := range changed {
		ids[id(r)], fresh[id(r)] = true, true
	}
	out := make([]R, 0, len(old)+len(changed))
	for _, r := range old {
		if !fresh[id(r)] {
			out = append(out, r)
		}
	}
	return append(out, changed...), ids
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

func kept[R any](rows []R, deleted func(R) bool) []R {
	out := make([]R, 0, len(rows))
	for _, r := range rows {
		if !deleted(r) {
			out = append(out, r)
		}
	}
	return out
}

func (t *table) indexCustomers() {
	rows := t.master.Customers
	t.customerAt = make(map[ID]int32, len(rows))
	t.cities, t.owned = map[string]bool{}, map[ID][]ID{}
	keys := make([]nameKey, 0, 6*len(rows))
	sounds := make([]nameKey, 0, 2*len(rows))
	var typos typoBuilder
	for i, c := range rows {
		t.customerAt[c.ID] = int32(i)
		if c.City != "" {
			t.cities[c.City] = true
		}
		for _, o := range c.Owners {
			t.owned[o] = append(t.owned[o], c.ID)
		}
		from := len(keys)
		keys = customerKeys(c, keys)
		for _, k := range keys[from:] {
			if k.how <= howAlias && len(k.key) >= 6 {
				sounds = append(sounds, nameKey{sound(k.key), k.id, howSound})
			}
			if k.how <= howAlias || len(k.key) >= 15 {
				typos.add(k.key, int32(i))
			}
		}
	}
	t.customers = newNameTable(keys)
	t.sounds = newNameTable(sounds)
	t.typos = typos.table()
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
