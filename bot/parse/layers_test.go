package parse

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestChangesOnTopAreAsIfReadAnew brings in changes one after the other, over several foldings of the layers, and compares
// with an index made of what holds in the end.
func TestChangesOnTopAreAsIfReadAnew(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	now := map[ID]Customer{}
	var start Master
	name := func(id ID) Customer {
		return Customer{ID: id, Name: fmt.Sprintf("海宁%c%c%d号医院", '甲'+rune(r.IntN(40)), '金'+rune(r.IntN(40)), id), City: "海宁", Owners: []ID{ID(r.IntN(3) + 1)}}
	}
	for id := range ID(40) {
		now[id+1] = name(id + 1)
		start.Customers = append(start.Customers, now[id+1])
	}
	x := NewIndex(start)
	for range 3 * maxRecent {
		var ch Master
		for range 1 + r.IntN(3) {
			id := ID(r.IntN(80) + 1)
			c := name(id)
			c.Deleted = r.IntN(3) == 0
			ch.Customers = append(ch.Customers, c)
			if delete(now, id); !c.Deleted {
				now[id] = c
			}
		}
		before, held := x, x.layers[0].table
		x = x.With(ch)
		if before.layers[0].table != held {
			t.Fatal("With changed its receiver")
		}
	}
	p := Parser{Index: x}
	for id := range ID(81) {
		want, ok := now[id]
		got, found := x.Customer(id)
		if found != ok || got.Name != want.Name {
			t.Fatalf("customer %d is %q, want %q", id, got.Name, want.Name)
		}
		if !ok {
			continue
		}
		f := p.Parse(Input{Text: "拜访" + want.Name + "，介绍新方案", Now: testNow, User: 1}).Frames
		if len(f) != 1 || f[0].Customer.ID != id {
			t.Errorf("%s is understood as %+v", want.Name, f)
		}
	}
	var all Master
	for _, c := range now {
		all.Customers = append(all.Customers, c)
	}
	fresh := NewIndex(all)
	for person := range ID(4) {
		if a, b := len(x.ownedBy(person)), len(fresh.ownedBy(person)); a != b {
			t.Errorf("person %d owns %d, want %d", person, a, b)
		}
	}
}
