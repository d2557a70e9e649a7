package parse

import (
	"cmp"
	"slices"
)

// Index holds the names of the master data for fast look-up. It is immutable and safe for concurrent readers.
type Index struct {
	// layers are the changes, the newest first, and the base. There is always a base.
	layers []layer
	// recent are the changes in the first layer while they are few, deletions included.
	recent Master
}

// layer is a table of the rows that changed, on top of the layers behind it.
type layer struct {
	*table
	// own are the ids of its rows and of those it deletes: the layers behind it do not count for them.
	own *gone
	// gone are those of the layers before it.
	gone []*gone
}

// size is how many rows a layer says something of.
func (l layer) size() int {
	if l.own.rows() > 0 {
		return l.own.rows()
	}
	return l.master.rows()
}

// gone are the ids of rows that no longer hold.
type gone struct {
	customers, contacts, products, contracts, competitors, people idSet
}

// idSet are ids, sorted.
type idSet []ID

func (s idSet) has(id ID) bool {
	if len(s) == 0 || id < s[0] || id > s[len(s)-1] { // new rows have new ids: mostly that is all
		return false
	}
	_, ok := slices.BinarySearch(s, id)
	return ok
}

// with are the ids of both.
func (s idSet) with(t idSet) idSet {
	switch {
	case len(s) == 0:
		return t
	case len(t) == 0:
		return s
	}
	out := make(idSet, 0, len(s)+len(t))
	for len(s) > 0 && len(t) > 0 {
		switch cmp.Compare(s[0], t[0]) {
		case -1:
			out, s = append(out, s[0]), s[1:]
		case 1:
			out, t = append(out, t[0]), t[1:]
		default:
			out, s, t = append(out, s[0]), s[1:], t[1:]
		}
	}
	return append(append(out, s...), t...)
}

// which picks the ids of one kind of rows.
type which func(*gone) idSet

func goneCustomers(g *gone) idSet   { return g.customers }
func goneContacts(g *gone) idSet    { return g.contacts }
func goneProducts(g *gone) idSet    { return g.products }
func goneContracts(g *gone) idSet   { return g.contracts }
func goneCompetitors(g *gone) idSet { return g.competitors }
func gonePeople(g *gone) idSet      { return g.people }

// Bounds of layers, in rows: the layer of the latest changes is made anew with each, and joins the one behind it when it is
// full; that one is made anew then, until it is full itself.
const (
	maxRecent = 32
	maxJoined = 512
)

// maxLayers is how many layers there may be before With folds the newest together itself. Fold keeps them fewer.
const maxLayers = 16

// NewIndex builds the look-up tables. Rows marked Deleted are left out. The slices of m belong to the index from then on.
func NewIndex(m Master) *Index { return stacked(Master{}, layer{table: newTable(m), own: &gone{}}) }

// stacked is an index of layers, the newest first.
func stacked(recent Master, layers ...layer) *Index {
	x := &Index{layers: slices.Clone(layers), recent: recent}
	var over []*gone
	for i := range x.layers {
		x.layers[i].gone = over[:len(over):len(over)]
		over = append(over, x.layers[i].own)
	}
	return x
}

// With returns an index with the changes on top; the receiver stays as it is. It costs as much as the latest few changes,
// and once in maxRecent times as much as some hundred. The more layers there are the longer a look-up takes: call Fold when
// Folds says so.
func (x *Index) With(changes Master) *Index {
	if changes.rows() == 0 {
		return x
	}
	below := x.layers
	if x.recent.rows() > 0 {
		below = below[1:]
	}
	recent, own := merge(x.recent, changes)
	if recent.rows() <= maxRecent {
		return stacked(recent, slices.Concat([]layer{{table: newTable(recent.clone()), own: own}}, below)...)
	}
	if x.joins(below) {
		recent, _ = merge(below[0].master, recent)
		own, below = own.with(below[0].own), below[1:]
	}
	out := stacked(Master{}, slices.Concat([]layer{{table: newTable(recent), own: own}}, below)...)
	if n := len(out.layers); n > maxLayers {
		out = out.Folded(out.fold(1, n/2))
	}
	return out
}

// joins reports whether the recent changes join the layer behind them.
func (x *Index) joins(below []layer) bool { return len(below) > 1 && below[0].size() <= maxJoined }

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

func (g *gone) rows() int {
	return len(g.customers) + len(g.contacts) + len(g.products) + len(g.contracts) + len(g.competitors) + len(g.people)
}

// with are the ids of both.
func (g *gone) with(h *gone) *gone {
	return &gone{
		g.customers.with(h.customers), g.contacts.with(h.contacts), g.products.with(h.products),
		g.contracts.with(h.contracts), g.competitors.with(h.competitors), g.people.with(h.people),
	}
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
func overlay[R any](old, changed []R, id func(R) ID) ([]R, idSet) {
	if len(old)+len(changed) == 0 {
		return nil, nil
	}
	at := make(map[ID]int, len(changed))
	for i, r := range changed {
		at[id(r)] = i
	}
	out, ids := make([]R, 0, len(old)+len(changed)), make(idSet, 0, len(old)+len(changed))
	for _, r := range old {
		if _, again := at[id(r)]; !again {
			out, ids = append(out, r), append(ids, id(r))
		}
	}
	for i, r := range changed {
		if at[id(r)] == i {
			out, ids = append(out, r), append(ids, id(r))
		}
	}
	slices.Sort(ids)
	return out, ids
}
