package handlers

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"sync"

	"salesflow/store/sales"
)

// Records are rows of the master data by their id. They are never changed once made; With gives changed ones, which share
// what is the same, so that a new name costs the same beside a hundred thousand others.
type Records[V any] struct {
	base, over map[sales.ID]V
	rows       []V // those of RowsOf, sorted by id
	id         func(V) sales.ID
	gone       map[sales.ID]bool // of base and rows
}

// RecordsOf are rows that were read all together. They belong to the Records from then on.
func RecordsOf[V any](rows map[sales.ID]V) Records[V] { return Records[V]{base: rows} }

// RowsOf are rows that were read all together, sorted by their ids. A hundred thousand take no more room than they are.
func RowsOf[V any](rows []V, id func(V) sales.ID) Records[V] { return Records[V]{rows: rows, id: id} }

// Of is the row of an id; the zero row for none.
func (r Records[V]) Of(id sales.ID) V {
	v, _ := r.Find(id)
	return v
}

// Find is the row of an id, if there is one.
func (r Records[V]) Find(id sales.ID) (V, bool) {
	if v, ok := r.over[id]; ok {
		return v, true
	}
	if r.gone[id] {
		var none V
		return none, false
	}
	if n, ok := slices.BinarySearchFunc(r.rows, id, func(v V, id sales.ID) int { return cmp.Compare(r.id(v), id) }); ok {
		return r.rows[n], true
	}
	v, ok := r.base[id]
	return v, ok
}

// All lists the rows, in no order.
func (r Records[V]) All() iter.Seq2[sales.ID, V] {
	return func(yield func(sales.ID, V) bool) {
		for id, v := range r.over {
			if !yield(id, v) {
				return
			}
		}
		for id, v := range r.base {
			if _, changed := r.over[id]; !changed && !r.gone[id] && !yield(id, v) {
				return
			}
		}
		for _, v := range r.rows {
			id := r.id(v)
			if _, changed := r.over[id]; !changed && !r.gone[id] && !yield(id, v) {
				return
			}
		}
	}
}

// With are these rows with others changed or added.
func (r Records[V]) With(rows map[sales.ID]V) Records[V] {
	if len(rows) == 0 {
		return r
	}
	over := make(map[sales.ID]V, len(r.over)+len(rows))
	maps.Copy(over, r.over)
	maps.Copy(over, rows)
	r.over = over
	return r
}

// Without are these rows less some. One that is added later is there again.
func (r Records[V]) Without(ids []sales.ID) Records[V] {
	if len(ids) == 0 {
		return r
	}
	over, gone := maps.Clone(r.over), make(map[sales.ID]bool, len(r.gone)+len(ids))
	maps.Copy(gone, r.gone)
	for _, id := range ids {
		delete(over, id)
		gone[id] = true
	}
	r.over, r.gone = over, gone
	return r
}

// Changed is how many rows differ from those read together.
func (r Records[V]) Changed() int { return len(r.over) + len(r.gone) }

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
