package parse

import (
	"cmp"
	"slices"
)

// foldRatio is how many times as many rows as the layers before it together a layer may have to be folded with them. So
// each layer holds more than all before it, there are few of them, and a row is copied a few times while a company grows.
const foldRatio = 2

// Folding is some layers of an index made into one.
type Folding struct {
	from []*table
	into layer
}

// Folds reports whether there are layers that Fold would make into one.
func (x *Index) Folds() bool {
	from, to := x.foldable()
	return to-from > 1
}

// Foldable is how many rows Fold would go through: it takes a microsecond and half a kilobyte for each.
func (x *Index) Foldable() (rows int) {
	from, to := x.foldable()
	for _, l := range x.layers[from:to] {
		rows += l.size()
	}
	return rows
}

// Fold makes one of the layers that With changes no more; nil when there are none to fold. It reads nothing but the index,
// whose names it shares, and takes its time: With may go on meanwhile, and Folded brings both together.
func (x *Index) Fold() *Folding {
	from, to := x.foldable()
	if to-from < 2 {
		return nil
	}
	return x.fold(from, to)
}

// Folded is the index with the folded layers in place of those they were made of, which must be there still.
func (x *Index) Folded(f *Folding) *Index {
	at := slices.IndexFunc(x.layers, func(l layer) bool { return l.table == f.from[0] })
	if at < 0 || len(x.layers) < at+len(f.from) {
		return x
	}
	for i, t := range f.from {
		if x.layers[at+i].table != t {
			return x
		}
	}
	return stacked(x.recent, slices.Concat(x.layers[:at], []layer{f.into}, x.layers[at+len(f.from):])...)
}

// foldable are the layers from one up to another that are to be folded.
func (x *Index) foldable() (from, to int) {
	if x.recent.rows() > 0 {
		from++
	}
	if x.joins(x.layers[from:]) {
		from++
	}
	if from == len(x.layers) {
		return from, from
	}
	to = from + 1
	newer := x.layers[from].size()
	for i := from + 1; i < len(x.layers); i++ {
		n := x.layers[i].size()
		if n <= foldRatio*newer {
			to = i + 1
		}
		newer += n
	}
	return from, to
}

func (x *Index) fold(from, to int) *Folding {
	f := folder{layers: x.layers[from:to], over: make([][]*gone, to-from)}
	out := &Folding{into: layer{own: &gone{}}}
	for i, l := range f.layers {
		out.from = append(out.from, l.table)
		for _, newer := range f.layers[:i] {
			f.over[i] = append(f.over[i], newer.own)
		}
		if to < len(x.layers) { // else nothing is behind them
			out.into.own = out.into.own.with(l.own)
		}
	}
	out.into.table = f.table()
	return out
}

// folder makes a table of several, as if it were made of their rows. All that is sorted is merged, so nothing is thought out
// again, and only the result is allocated.
type folder struct {
	layers []layer
	// over are, for each layer, the ids of those before it.
	over [][]*gone
	// place is, for each layer, where its customers are in the new table; -1 for those that hold no more.
	place [][]int32
}

func (f *folder) holds(run int, of which, id ID) bool {
	for _, g := range f.over[run] {
		if of(g).has(id) {
			return false
		}
	}
	return true
}

func (f *folder) table() *table {
	t := &table{}
	f.customers(t)
	f.contacts(t)
	t.customers = f.names(func(t *table) nameTable { return t.customers })
	t.sounds = f.names(func(t *table) nameTable { return t.sounds })
	t.typos = f.typos()
	f.products(t)
	f.rest(t)
	return t
}

func (f *folder) customers(t *table) {
	runs, n := make([][]Customer, len(f.layers)), 0
	f.place = make([][]int32, len(f.layers))
	for i, l := range f.layers {
		runs[i] = l.master.Customers
		f.place[i] = make([]int32, len(runs[i]))
		for k, c := range runs[i] {
			if f.place[i][k] = -1; f.holds(i, goneCustomers, c.ID) {
				f.place[i][k] = 0
				n++
			}
		}
	}
	rows := make([]Customer, 0, n)
	inTurn(runs, func(a, b Customer) int { return cmp.Compare(a.ID, b.ID) }, func(run, i int) {
		if f.place[run][i] >= 0 {
			f.place[run][i] = int32(len(rows))
			rows = append(rows, runs[run][i])
		}
	})
	t.master.Customers = rows
	t.placeCustomers()
}

func (f *folder) contacts(t *table) {
	runs, n := make([][]Contact, len(f.layers)), 0
	for i, l := range f.layers {
		runs[i] = l.master.Contacts
		n += f.left(i, goneContacts, len(runs[i]), func(k int) ID { return runs[i][k].ID })
	}
	rows := make([]Contact, 0, n)
	inTurn(runs, byCustomer, func(run, i int) {
		if c := runs[run][i]; f.holds(run, goneContacts, c.ID) {
			rows = append(rows, c)
		}
	})
	t.master.Contacts = rows
	t.placeContacts()
}

// left counts those of n rows of a layer that hold.
func (f *folder) left(run int, of which, n int, id func(int) ID) (left int) {
	for k := range n {
		if f.holds(run, of, id(k)) {
			left++
		}
	}
	return left
}

func (f *folder) names(of func(*table) nameTable) nameTable {
	runs, n := make([][]nameKey, len(f.layers)), 0
	for i, l := range f.layers {
		runs[i] = of(l.table).keys
		n += f.left(i, goneCustomers, len(runs[i]), func(k int) ID { return runs[i][k].id })
	}
	keys := make([]nameKey, 0, n)
	inTurn(runs, inOrder, func(run, i int) {
		if k := runs[run][i]; f.holds(run, goneCustomers, k.id) {
			keys = append(keys, k)
		}
	})
	return sortedNames(keys)
}

func (f *folder) typos() typoTable {
	// Within a layer rows keep their order, so entries that are sorted stay so with the new places.
	at := func(run int, e uint64) int32 { return f.place[run][uint32(e)] }
	runs, n := make([][]uint64, len(f.layers)), 0
	for i, l := range f.layers {
		runs[i] = l.typos.entries
		for _, e := range runs[i] {
			if at(i, e) >= 0 {
				n++
			}
		}
	}
	out := make([]uint64, 0, n)
	next := func(run int) (uint64, bool) {
		for ; len(runs[run]) > 0; runs[run] = runs[run][1:] {
			e := runs[run][0]
			if p := at(run, e); p >= 0 {
				return e>>32<<32 | uint64(p), true
			}
		}
		return 0, false
	}
	for {
		first, least := -1, uint64(0)
		for run := range runs {
			if e, ok := next(run); ok && (first < 0 || e < least) {
				first, least = run, e
			}
		}
		if first < 0 {
			return newTypos(out)
		}
		out, runs[first] = append(out, least), runs[first][1:]
	}
}

// products are mostly those of the base, and its tables then.
func (f *folder) products(t *table) {
	rows, from := folded(f, func(m *Master) []Product { return m.Products }, goneProducts, func(p Product) ID { return p.ID })
	if t.master.Products = rows; from != nil {
		t.productTable = from.productTable
		return
	}
	t.indexProducts()
}

func (f *folder) rest(t *table) {
	m := &t.master
	var from [3]*table
	m.Contracts, from[0] = folded(f, func(m *Master) []Contract { return m.Contracts }, goneContracts, func(r Contract) ID { return r.ID })
	m.Competitors, from[1] = folded(f, func(m *Master) []Competitor { return m.Competitors }, goneCompetitors, func(r Competitor) ID { return r.ID })
	m.People, from[2] = folded(f, func(m *Master) []Person { return m.People }, gonePeople, func(r Person) ID { return r.ID })
	if from[0] != nil && from[0] == from[1] && from[1] == from[2] {
		t.restTable = from[0].restTable
		return
	}
	t.indexRest()
}

// folded are the rows of the layers that hold, the oldest first. from is the base when they are just its own.
func folded[R any](f *folder, of func(*Master) []R, gone which, id func(R) ID) (rows []R, from *table) {
	last := len(f.layers) - 1
	base := of(&f.layers[last].master)
	if f.left(last, gone, len(base), func(k int) ID { return id(base[k]) }) == len(base) &&
		!slices.ContainsFunc(f.layers[:last], func(l layer) bool { return len(of(&l.master)) > 0 }) {
		return base, f.layers[last].table
	}
	for i, l := range slices.Backward(f.layers) {
		for _, r := range of(&l.master) {
			if f.holds(i, gone, id(r)) {
				rows = append(rows, r)
			}
		}
	}
	return rows, nil
}

// inTurn calls each for the rows of sorted runs, in the order of all of them. Of equal ones the earlier run is first.
func inTurn[R any](runs [][]R, compare func(a, b R) int, each func(run, i int)) {
	at := make([]int, len(runs))
	for {
		first := -1
		for run, i := range at {
			if i < len(runs[run]) && (first < 0 || compare(runs[run][i], runs[first][at[first]]) < 0) {
				first = run
			}
		}
		if first < 0 {
			return
		}
		each(first, at[first])
		at[first]++
	}
}
