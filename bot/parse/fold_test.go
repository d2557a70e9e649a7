package parse

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// world is master data that changes at random.
type world struct {
	r         *rand.Rand
	customers map[ID]Customer
	contacts  map[ID]Contact
	products  map[ID]Product
	next      ID
}

func newWorld(seed uint64) *world {
	return &world{rand.New(rand.NewPCG(seed, 7)), map[ID]Customer{}, map[ID]Contact{}, map[ID]Product{}, 0}
}

// id is the id of a row that is there already, or a new one.
func (w *world) id(fresh bool) ID {
	if fresh || w.next == 0 {
		w.next++
		return w.next
	}
	return ID(w.r.IntN(int(w.next))) + 1
}

// change is n changes; new rows are as many as changed and deleted ones.
func (w *world) change(n int) (ch Master) {
	for range n {
		id, gone := w.id(w.r.IntN(2) == 0), w.r.IntN(5) == 0
		switch id % 8 {
		case 0, 1, 2:
			c := Customer{ID: id, Name: fmt.Sprintf("%c州%c%c第%d精密机械有限公司", '温'+rune(w.r.IntN(9)), '金'+rune(w.r.IntN(60)), '宏'+rune(w.r.IntN(60)), id%7), City: "温州", Owners: []ID{ID(w.r.IntN(3) + 1)}, Deleted: gone}
			if w.r.IntN(3) == 0 {
				c.Aliases = []string{fmt.Sprintf("老%c机械", '金'+rune(w.r.IntN(60)))}
			}
			ch.Customers = append(ch.Customers, c)
			put(w.customers, id, c, gone)
		case 3, 4, 5, 6:
			c := Contact{ID: id, Customer: ID(w.r.IntN(int(w.next))) + 1, Name: fmt.Sprintf("王%c", '建'+rune(w.r.IntN(99))), Title: "科长", Deleted: gone}
			ch.Contacts = append(ch.Contacts, c)
			put(w.contacts, id, c, gone)
		default:
			p := Product{ID: id, Name: fmt.Sprintf("离心机%d型", w.r.IntN(40)), Deleted: gone}
			ch.Products = append(ch.Products, p)
			put(w.products, id, p, gone)
		}
	}
	return ch
}

func put[R any](m map[ID]R, id ID, r R, gone bool) {
	if delete(m, id); !gone {
		m[id] = r
	}
}

// all is what holds.
func (w *world) all() Master {
	return Master{Customers: rowsOf(w.customers), Contacts: rowsOf(w.contacts), Products: rowsOf(w.products)}
}

func rowsOf[R any](m map[ID]R) (out []R) {
	for _, id := range slices.Sorted(maps.Keys(m)) {
		out = append(out, m[id])
	}
	return out
}

// TestFoldedLayersAreAsIfReadAnew changes an index by little and by much, folds it while it goes on changing, and compares
// what comes out with an index of what holds in the end.
func TestFoldedLayersAreAsIfReadAnew(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		w := newWorld(seed)
		w.change(int(seed) * 300)
		x := NewIndex(w.all())
		for range 60 {
			x = x.With(w.change([]int{1, 2, 5, 40, 700, 2500}[w.r.IntN(6)]))
			if !x.Folds() {
				continue
			}
			f := x.Fold()
			for range w.r.IntN(3) { // what comes meanwhile stays on top
				x = x.With(w.change(1 + w.r.IntN(600)))
			}
			x = x.Folded(f)
			if twice := x.Folded(f); len(twice.layers) != len(x.layers) {
				t.Fatal("folded again what was folded")
			}
		}
		if n := len(x.layers); n > 8 {
			t.Errorf("there are %d layers", n)
		}
		got, want := x.fold(0, len(x.layers)).into, newTable(w.all())
		got.slips, want.slips = nil, nil
		for name, pair := range map[string][2]any{
			"customers": {got.master.Customers, want.master.Customers}, "contacts": {got.master.Contacts, want.master.Contacts},
			"names": {got.customers, want.customers}, "sounds": {got.sounds, want.sounds}, "slips": {got.typos, want.typos},
			"customers by id": {got.customerAt, want.customerAt}, "contacts by customer": {got.contactsOf, want.contactsOf},
			"owners": {got.owned, want.owned}, "cities": {got.cities, want.cities}, "products": {len(got.productAt), len(want.productAt)},
			"names of products": {got.products.first, want.products.first},
		} {
			if !reflect.DeepEqual(pair[0], pair[1]) {
				t.Errorf("seed %d: %s differ from those of an index made anew", seed, name)
			}
		}
	}
}

// TestLayersStayFewWhileNobodyFolds brings in much without a fold, as when whoever folds is late.
func TestLayersStayFewWhileNobodyFolds(t *testing.T) {
	t.Parallel()
	w := newWorld(9)
	x := NewIndex(Master{})
	for range 100 {
		x = x.With(w.change(maxJoined + 1))
	}
	if n := len(x.layers); n > maxLayers {
		t.Errorf("there are %d layers", n)
	}
	for id, c := range w.customers {
		if got, ok := x.Customer(id); !ok || got.Name != c.Name {
			t.Fatalf("customer %d is %q, want %q", id, got.Name, c.Name)
		}
	}
}
