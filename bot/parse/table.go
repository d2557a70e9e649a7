package parse

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// table is the look-up structure over one Master.
type table struct {
	master     Master          // customers sorted by id, contacts by customer and id
	customerAt map[ID]int32    // place in master.Customers
	contactsOf map[ID][2]int32 // range in master.Contacts
	customers  nameTable
	sounds     nameTable
	typos      typoTable
	cities     map[string]bool
	owned      map[ID][]ID // customers by owner
	productTable
	restTable
}

// productTable finds products.
type productTable struct {
	productAt  map[ID]int32
	products   nameTable
	prodSounds nameTable
	slips      func() map[string][]nameKey // built when first needed
}

// restTable finds what there is little of.
type restTable struct {
	competitors nameTable
	rivalSounds nameTable
	people      nameTable
	contracts   map[string]Contract
	contractsOf map[ID][]Contract
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
	sortRows(rows, func(a, b Customer) int { return cmp.Compare(a.ID, b.ID) })
	t.placeCustomers()
	keys := make([]nameKey, 0, keysPerCustomer*len(rows))
	for _, c := range rows {
		keys = customerKeys(c, keys)
	}
	t.customers = newNameTable(keys)
	t.typos = t.newTypoTable()
	t.sounds = newNameTable(t.customerSounds())
}

// sortRows sorts rows that mostly are sorted.
func sortRows[R any](rows []R, compare func(a, b R) int) {
	if !slices.IsSortedFunc(rows, compare) {
		slices.SortFunc(rows, compare)
	}
}

// placeCustomers finds customers by id, owner and city.
func (t *table) placeCustomers() {
	t.customerAt = make(map[ID]int32, len(t.master.Customers))
	t.cities, t.owned = map[string]bool{}, map[ID][]ID{}
	for i, c := range t.master.Customers {
		t.customerAt[c.ID] = int32(i)
		if c.City != "" {
			t.cities[c.City] = true
		}
		for _, o := range c.Owners {
			t.owned[o] = append(t.owned[o], c.ID)
		}
	}
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
	sortRows(t.master.Contacts, byCustomer)
	t.placeContacts()
}

// byCustomer is the order of contacts in a table.
func byCustomer(a, b Contact) int {
	return cmp.Or(cmp.Compare(a.Customer, b.Customer), cmp.Compare(a.ID, b.ID))
}

// placeContacts finds the contacts of a customer.
func (t *table) placeContacts() {
	rows := t.master.Contacts
	n := 0
	for i := range rows {
		if i == 0 || rows[i].Customer != rows[i-1].Customer {
			n++
		}
	}
	t.contactsOf = make(map[ID][2]int32, n)
	for i, j := 0, 0; i < len(rows); i = j {
		for j = i + 1; j < len(rows) && rows[j].Customer == rows[i].Customer; j++ {
		}
		t.contactsOf[rows[i].Customer] = [2]int32{int32(i), int32(j)}
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
	t.products = newNameTable(keys)
	named := t.products.keys
	t.slips = sync.OnceValue(func() map[string][]nameKey { return slipsOf(named) })
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
	sounds := make([]nameKey, len(keys))
	for i, k := range keys {
		sounds[i] = nameKey{sound(k.key), k.id, howSound}
	}
	t.rivalSounds = newNameTable(sounds)
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
