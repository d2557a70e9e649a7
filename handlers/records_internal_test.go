package handlers

import (
	"maps"
	"math/rand/v2"
	"testing"

	"salesflow/store/sales"
)

// TestRecordsKeepWhatOthersHold changes rows at random and looks at all that were held before, too: who reads an older state
// must not see what came later.
func TestRecordsKeepWhatOthersHold(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	type state struct {
		rows Records[int]
		want map[sales.ID]int
	}
	want := map[sales.ID]int{}
	var start []int
	for i := range 1000 {
		start = append(start, 3*i)
		want[sales.ID(3*i)] = 3 * i
	}
	now := state{RowsOf(start, func(v int) sales.ID { return sales.ID(v) }), want}
	all := []state{now}
	for range 300 {
		next := state{want: map[sales.ID]int{}}
		maps.Copy(next.want, now.want)
		changed := map[sales.ID]int{}
		var gone []sales.ID
		for range 1 + r.IntN(60) {
			id := sales.ID(r.IntN(6000))
			if r.IntN(2) == 0 {
				gone = append(gone, id)
				delete(next.want, id)
			}
		}
		for range r.IntN(60) {
			id := sales.ID(r.IntN(6000))
			changed[id] = r.Int()
			next.want[id] = changed[id]
		}
		next.rows = now.rows.Without(gone).With(changed)
		all, now = append(all, next), next
	}
	for n, s := range all {
		i, last := 0, sales.ID(-1)
		for id, v := range s.rows.All() {
			if id <= last || s.want[id] != v {
				t.Fatalf("state %d: row %d is %d after %d, want %d", n, id, v, last, s.want[id])
			}
			i, last = i+1, id
		}
		if i != len(s.want) {
			t.Fatalf("state %d has %d rows, want %d", n, i, len(s.want))
		}
		for id := range sales.ID(6000) {
			if v, ok := s.rows.Find(id); v != s.want[id] || ok != has(s.want, id) {
				t.Fatalf("state %d: row %d is %d, want %d", n, id, v, s.want[id])
			}
		}
	}
}

func has(m map[sales.ID]int, id sales.ID) bool { _, ok := m[id]; return ok }
