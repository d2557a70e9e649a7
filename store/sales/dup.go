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
// row would cost too much. It is for one goroutine.
type DupIndex struct {
	rows  []dupRow
	uscc  map[string]int32
	phone map[string][]int32
	key   map[string][]int32
	alike map[int64][]int32
}

type dupRow struct {
	customer Customer
	names    []Name
}

// maxAlike bounds how many customers that share a key are compared: a name that hundreds share tells nothing.
const maxAlike = 100

// NewDupIndex makes an index with room for n customers.
func NewDupIndex(n int) *DupIndex {
	return &DupIndex{
		rows: make([]dupRow, 0, n), uscc: make(map[string]int32, n/2), phone: make(map[string][]int32, n), key: make(map[string][]int32, n),
		alike: make(map[int64][]int32, 3*n),
	}
}

// Add puts a customer in. Only what is compared is kept of it.
func (x *DupIndex) Add(c Customer) {
	at := int32(len(x.rows))
	names := c.Names()
	name := names[0]
	x.rows = append(x.rows, dupRow{Customer{
		ID: c.ID, Name: c.Name, NameKey: name.Key, USCC: c.USCC, Phone: c.Phone, OwnerID: c.OwnerID, TeamID: c.TeamID, SourceEventID: c.SourceEventID,
	}, names})
	if c.USCC != "" {
		x.uscc[c.USCC] = at
	}
	if c.Phone != "" {
		x.phone[c.Phone] = append(x.phone[c.Phone], at)
	}
	x.key[name.Key] = append(x.key[name.Key], at)
	for _, k := range c.DupKeys() {
		if len(x.alike[k]) < maxAlike {
			x.alike[k] = append(x.alike[k], at)
		}
	}
}

// shortAlias is how long an alias must be, in characters, to be compared: two characters are many people's.
const shortAlias = 4

// Names are a customer's name and its longer aliases, parsed.
func (c Customer) Names() []Name {
	out := []Name{ParseName(c.Name)}
	for _, a := range c.Aliases {
		if utf8.RuneCountInString(a) >= shortAlias {
			out = append(out, ParseName(a))
		}
	}
	return out
}

// DupKeys are the keys of all names of a customer.
func (c Customer) DupKeys() []int64 {
	var out []int64
	for _, n := range c.Names() {
		for _, k := range n.Keys() {
			if !slices.Contains(out, k) {
				out = append(out, k)
			}
		}
	}
	return out
}

// SimilarTo is how alike a name is to any of a customer's.
func (c Customer) SimilarTo(n Name) float64 { return similarTo(c.Names(), n) }

func similarTo(names []Name, n Name) float64 {
	best := 0.0
	for _, m := range names {
		best = max(best, n.Similar(m))
	}
	return best
}

// ByUSCC finds the customer of a credit code.
func (x *DupIndex) ByUSCC(code string) (Customer, bool) {
	at, ok := x.uscc[code]
	if !ok || code == "" {
		return Customer{}, false
	}
	return x.rows[at].customer, true
}

// ByPhone lists the customers of a number.
func (x *DupIndex) ByPhone(phone string) []Customer { return x.list(x.phone[phone]) }

// ByName lists the customers of the same name but for its writing.
func (x *DupIndex) ByName(n Name) []Customer { return x.list(x.key[n.Key]) }

func (x *DupIndex) list(at []int32) []Customer {
	out := make([]Customer, len(at))
	for i, a := range at {
		out[i] = x.rows[a].customer
	}
	return out
}

// Alike lists the customers whose names reach DuplicateThreshold and that pass want, the most alike first, at most limit.
func (x *DupIndex) Alike(n Name, limit int, want func(Customer) bool) []Customer {
	type hit struct {
		at    int32
		score float64
	}
	var hits []hit
	seen := map[int32]bool{}
	for _, k := range n.Keys() {
		for _, at := range x.alike[k] {
			if seen[at] {
				continue
			}
			seen[at] = true
			r := &x.rows[at]
			if !want(r.customer) {
				continue
			}
			if s := similarTo(r.names, n); s >= DuplicateThreshold {
				hits = append(hits, hit{at, s})
			}
		}
	}
	slices.SortFunc(hits, func(a, b hit) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.at, b.at)) })
	out := make([]Customer, 0, min(len(hits), limit))
	for _, h := range hits[:min(len(hits), limit)] {
		out = append(out, x.rows[h.at].customer)
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
