package handlers

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"sync"

	"salesflow/store/sales"
)

// Records are rows of the master data by their id. They are never changed once made; With and Without give changed ones,
// which share what is the same, so that a new name costs the same beside a hundred thousand others, however many came before.
type Records[V any] struct {
	pages []*recordPage[V] // in the order of their ids, none empty
	first []sales.ID       // of each page
}

// recordPage is some rows, sorted by id.
type recordPage[V any] struct {
	ids  []sales.ID
	rows []V
}

// maxRecordPage is how many rows a page has at most: a change copies one, and the list of all pages.
const maxRecordPage = 128

// RecordsOf are rows that were read all together.
func RecordsOf[V any](rows map[sales.ID]V) Records[V] { return Records[V]{}.With(rows) }

// RowsOf are rows that were read all together, sorted by their ids. They belong to the Records from then on.
func RowsOf[V any](rows []V, id func(V) sales.ID) Records[V] {
	ids := make([]sales.ID, len(rows))
	for i, v := range rows {
		ids[i] = id(v)
	}
	var r Records[V]
	r.add(ids, rows)
	return r
}

// add puts rows behind the others, in pages.
func (r *Records[V]) add(ids []sales.ID, rows []V) {
	n := (len(rows) + maxRecordPage - 1) / maxRecordPage
	for i := range n {
		from, to := i*len(rows)/n, (i+1)*len(rows)/n
		r.pages = append(r.pages, &recordPage[V]{ids[from:to:to], rows[from:to:to]})
		r.first = append(r.first, ids[from])
	}
}

// page is where a row with an id is or would be; less than 0 before the first page.
func (r Records[V]) page(id sales.ID) int {
	n, ok := slices.BinarySearch(r.first, id)
	if !ok {
		n--
	}
	return n
}

// Of is the row of an id; the zero row for none.
func (r Records[V]) Of(id sales.ID) V {
	v, _ := r.Find(id)
	return v
}

// Find is the row of an id, if there is one.
func (r Records[V]) Find(id sales.ID) (v V, ok bool) {
	at := r.page(id)
	if at < 0 {
		return v, false
	}
	p := r.pages[at]
	n, ok := slices.BinarySearch(p.ids, id)
	if !ok {
		return v, false
	}
	return p.rows[n], true
}

// All lists the rows, in the order of their ids.
func (r Records[V]) All() iter.Seq2[sales.ID, V] {
	return func(yield func(sales.ID, V) bool) {
		for _, p := range r.pages {
			for i, id := range p.ids {
				if !yield(id, p.rows[i]) {
					return
				}
			}
		}
	}
}

// With are these rows with others changed or added.
func (r Records[V]) With(rows map[sales.ID]V) Records[V] {
	return r.change(slices.Sorted(maps.Keys(rows)), rows)
}

// Without are these rows less some. One that is added later is there again.
func (r Records[V]) Without(ids []sales.ID) Records[V] {
	return r.change(slices.Compact(slices.Sorted(slices.Values(ids))), nil)
}

// change gives the rows of some ids, sorted, what rows says of them; those that it says nothing of go.
func (r Records[V]) change(ids []sales.ID, rows map[sales.ID]V) Records[V] {
	if len(ids) == 0 {
		return r
	}
	out := Records[V]{pages: make([]*recordPage[V], 0, len(r.pages)+1), first: make([]sales.ID, 0, len(r.pages)+1)}
	done := 0 // pages that were looked at
	keep := func(to int) {
		out.pages, out.first = append(out.pages, r.pages[done:to]...), append(out.first, r.first[done:to]...)
		done = to
	}
	for len(ids) > 0 {
		at := max(r.page(ids[0]), 0)
		n := len(ids)
		if at+1 < len(r.pages) {
			n, _ = slices.BinarySearch(ids, r.first[at+1])
		}
		old := &recordPage[V]{}
		if len(r.pages) > 0 {
			keep(at)
			old, done = r.pages[at], at+1
		}
		out.add(old.change(ids[:n], rows))
		ids = ids[n:]
	}
	keep(len(r.pages))
	return out
}

// change are the rows of a page, with some of them changed, added or gone.
func (p *recordPage[V]) change(ids []sales.ID, rows map[sales.ID]V) ([]sales.ID, []V) {
	outIDs, out := make([]sales.ID, 0, len(p.ids)+len(ids)), make([]V, 0, len(p.ids)+len(ids))
	i := 0
	keep := func(before func(sales.ID) bool) {
		for ; i < len(p.ids) && before(p.ids[i]); i++ {
			outIDs, out = append(outIDs, p.ids[i]), append(out, p.rows[i])
		}
	}
	for _, id := range ids {
		keep(func(old sales.ID) bool { return cmp.Less(old, id) })
		if i < len(p.ids) && p.ids[i] == id {
			i++
		}
		if v, ok := rows[id]; ok {
			outIDs, out = append(outIDs, id), append(out, v)
		}
	}
	keep(func(sales.ID) bool { return true })
	return outIDs, out
}

// Examples keeps the customer of each person that examples name, which takes a look at every customer to find. The zero
// value is ready; it goes with the rows that were read together.
type Examples struct {
	mu sync.Mutex
	of map[sales.PersonID]example
}

type example struct{ customer, contact string }

// get is the example of a person; find is asked once.
func (e *Examples) get(p sales.PersonID, find func() example) example {
	e.mu.Lock()
	defer e.mu.Unlock()
	x, ok := e.of[p]
	if !ok {
		x = find()
		if e.of == nil {
			e.of = map[sales.PersonID]example{}
		}
		if x.customer != "" { // else their first customer is looked for again
			e.of[p] = x
		}
	}
	return x
}
