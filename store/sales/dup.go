package sales

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strings"
	"unicode/utf8"
)

// Keys are what two names have in common when they may be one customer's, as numbers to look up: names whose Similar
// reaches DuplicateThreshold share one, but for a few long names with several slips. Names that share one need not be alike.
func (n Name) Keys() []int64 {
	var out []int64
	add := func(kind string, words ...[]string) {
		h := fnv.New64a()
		_, _ = h.Write([]byte(kind)) // never fails
		for _, w := range words {
			for _, s := range w {
				_, _ = h.Write([]byte(s + " "))
			}
		}
		if k := int64(h.Sum64()); !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	if n.Core == "" {
		return nil
	}
	add("whole:", syllables(n.Place+n.Core))
	if n.own == "" {
		return out
	}
	own := syllables(n.own)
	add("own:", own)
	if len(own) < 3 || len(own) > 16 {
		return out
	}
	for i := range own { // one syllable wrong, missing or too many
		add("own:", own[:i], own[i+1:])
	}
	return out
}

// Same reports whether two parsed names are one name but for its writing.
func (n Name) Same(m Name) bool { return n.Key != "" && n.Key == m.Key }

// DupIndex finds customers that may be the same among many, in memory: for imports, where a look into the store for every
// row would cost too much. Of each customer it keeps the name and numbers made of the rest, some 200 bytes. It is for one
// goroutine.
type DupIndex struct {
	// own tells customers that came from whoever looks.
	own  func(Customer) bool
	rows []dupRow
	// keys are entries, sorted: half of what a row is found by, above its place. fresh are those of the rows that were added
	// since, few of which are in late.
	keys, fresh []uint64
	late        map[uint32][]int32
	found       int // of fresh, those in late
}

// dupRow is a customer. uscc, phone, key and place are hashes, 0 for none.
type dupRow struct {
	id               ID
	owner            PersonID
	name             string
	aliases          []string // the longer ones
	uscc, phone, key uint64
	place            uint32 // of the name
	own              bool
}

// maxAlike bounds how many customers that share a key are compared: a name that hundreds share tells nothing.
const maxAlike = 100

// maxLate is how many entries may be beside the sorted ones at least.
const maxLate = 10_000

// NewDupIndex makes an empty index. own tells customers that came from whoever looks; nil: none did.
func NewDupIndex(own func(Customer) bool) *DupIndex {
	if own == nil {
		own = func(Customer) bool { return false }
	}
	return &DupIndex{own: own, late: map[uint32][]int32{}}
}

// Add puts a customer in.
func (x *DupIndex) Add(c Customer) {
	at, names := uint64(len(x.rows)), c.Names()
	r := dupRow{
		id: c.ID, owner: c.OwnerID, name: c.Name, aliases: longAliases(c.Aliases), own: x.own(c),
		uscc: hashOf("uscc:", c.USCC), phone: hashOf("phone:", c.Phone), key: hashOf("key:", names[0].Key), place: half(hashOf("", names[0].Place)),
	}
	x.rows = append(x.rows, r)
	for _, h := range []uint64{r.uscc, r.phone, r.key} {
		if h != 0 {
			x.fresh = append(x.fresh, uint64(half(h))<<32|at)
		}
	}
	for _, k := range dupKeys(names) {
		x.fresh = append(x.fresh, uint64(half(uint64(k)))<<32|at)
	}
}

// hashOf is a word of a kind as a number; 0 for none.
func hashOf(kind, word string) uint64 {
	if word == "" {
		return 0
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(kind + word)) // never fails
	return max(h.Sum64(), 1)
}

// half is what of a number an entry has.
func half(h uint64) uint32 { return uint32(h>>32) ^ uint32(h) }

// settle makes the rows that were added findable: many by sorting them in, a few beside the others.
func (x *DupIndex) settle() {
	if len(x.fresh) > max(maxLate, len(x.keys)/8) {
		x.keys = append(x.keys, x.fresh...)
		slices.Sort(x.keys)
		x.fresh, x.found = nil, 0
		clear(x.late)
		return
	}
	for _, e := range x.fresh[x.found:] {
		x.late[uint32(e>>32)] = append(x.late[uint32(e>>32)], int32(uint32(e)))
	}
	x.found = len(x.fresh)
}

// at are the places of the rows that have an entry, in the order in which they were added, at most maxAlike.
func (x *DupIndex) at(h uint32) []int32 {
	var out []int32
	i, _ := slices.BinarySearch(x.keys, uint64(h)<<32)
	for ; i < len(x.keys) && uint32(x.keys[i]>>32) == h && len(out) < maxAlike; i++ {
		out = append(out, int32(uint32(x.keys[i])))
	}
	late := x.late[h]
	return append(out, late[:min(len(late), maxAlike-len(out))]...)
}

// shortAlias is how long an alias must be, in characters, to be compared: two characters are many people's.
const shortAlias = 4

// longAliases are the aliases that are compared.
func longAliases(list []string) (out []string) {
	for _, a := range list {
		if utf8.RuneCountInString(a) >= shortAlias {
			out = append(out, a)
		}
	}
	return out
}

// Names are a customer's name and its longer aliases, parsed.
func (c Customer) Names() []Name {
	out := []Name{ParseName(c.Name)}
	for _, a := range longAliases(c.Aliases) {
		out = append(out, ParseName(a))
	}
	return out
}

// DupKeys are the keys of all names of a customer.
func (c Customer) DupKeys() []int64 { return dupKeys(c.Names()) }

func dupKeys(names []Name) (out []int64) {
	for _, n := range names {
		for _, k := range n.Keys() {
			if !slices.Contains(out, k) {
				out = append(out, k)
			}
		}
	}
	return out
}

// SimilarTo is how alike a name is to any of a customer's.
func (c Customer) SimilarTo(n Name) float64 {
	best := 0.0
	for _, m := range c.Names() {
		best = max(best, n.Similar(m))
	}
	return best
}

// Twin is a customer of the index, with no more than what it is called and who has it.
type Twin struct {
	Customer
	// Own says that it came from whoever looks.
	Own bool
}

func (r *dupRow) twin() Twin { return Twin{Customer{ID: r.id, Name: r.name, OwnerID: r.owner}, r.own} }

// find lists the customers of a hash.
func (x *DupIndex) find(h uint64, of func(*dupRow) uint64) []Twin {
	if h == 0 {
		return nil
	}
	x.settle()
	var out []Twin
	for _, at := range x.at(half(h)) {
		if r := &x.rows[at]; of(r) == h {
			out = append(out, r.twin())
		}
	}
	return out
}

// ByUSCC finds the customer of a credit code.
func (x *DupIndex) ByUSCC(code string) (Twin, bool) {
	list := x.find(hashOf("uscc:", code), func(r *dupRow) uint64 { return r.uscc })
	if len(list) == 0 {
		return Twin{}, false
	}
	return list[len(list)-1], true
}

// ByPhone lists the customers of a number.
func (x *DupIndex) ByPhone(phone string) []Twin {
	return x.find(hashOf("phone:", phone), func(r *dupRow) uint64 { return r.phone })
}

// ByName lists the customers of the same name but for its writing.
func (x *DupIndex) ByName(n Name) []Twin {
	return x.find(hashOf("key:", n.Key), func(r *dupRow) uint64 { return r.key })
}

// Alike lists the customers whose names reach DuplicateThreshold and that pass want, the most alike first, at most limit.
func (x *DupIndex) Alike(n Name, limit int, want func(Twin) bool) []Twin {
	type hit struct {
		at    int32
		score float64
	}
	x.settle()
	var hits []hit
	seen := map[int32]bool{}
	key, place := hashOf("key:", n.Key), half(hashOf("", n.Place))
	for _, k := range n.Keys() {
		for _, at := range x.at(half(uint64(k))) {
			if seen[at] {
				continue
			}
			seen[at] = true
			r := &x.rows[at]
			elsewhere := r.place != 0 && place != 0 && r.place != place && r.key != key && len(r.aliases) == 0
			if elsewhere || !want(r.twin()) { // names of two places are never alike
				continue
			}
			if s := (Customer{Name: r.name, Aliases: r.aliases}).SimilarTo(n); s >= DuplicateThreshold {
				hits = append(hits, hit{at, s})
			}
		}
	}
	slices.SortFunc(hits, func(a, b hit) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.at, b.at)) })
	out := make([]Twin, 0, min(len(hits), limit))
	for _, h := range hits[:min(len(hits), limit)] {
		out = append(out, x.rows[h.at].twin())
	}
	return out
}

// MaskName hides the middle of a name that is somebody else's: "绍兴****医院".
func MaskName(s string) string {
	r := []rune(strings.TrimSpace(s))
	switch {
	case len(r) == 0:
		return "**"
	case len(r) < 5:
		return string(r[:1]) + "**"
	}
	return string(r[:2]) + "****" + string(r[len(r)-2:])
}
