package parse

import (
	"math/bits"
	"slices"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// typoTable finds names that are one character off: every name is entered with each of its characters left out.
type typoTable struct {
	// entries are the hashes of what is left, above the customer's place in the master data; sorted.
	entries []uint64
	// from is where the entries begin whose hashes begin with some bits, for each value of those bits: hashes are spread
	// evenly, so a few entries are left to search.
	from []uint32
}

// perBucket is about how many entries begin with the same bits.
const perBucket = 16

// newTypos is the table of sorted entries.
func newTypos(entries []uint64) typoTable {
	t := typoTable{entries, make([]uint32, 1<<bits.Len(uint(len(entries)/perBucket))+1)}
	shift, i := t.shift(), 0
	for b := range t.from {
		for i < len(entries) && entries[i]>>shift < uint64(b) {
			i++
		}
		t.from[b] = uint32(i)
	}
	return t
}

// shift is how many bits of an entry do not say in which bucket it is.
func (t typoTable) shift() int { return 64 - bits.Len(uint(len(t.from)-2)) }

const (
	typoMin = 4 // shorter names are too easily another word
	// typoMost is the longest stretch of a message that is looked up as a name with a slip, in runes.
	typoMost = 12
)

// lasting reports whether a name of so many runes can be found with one slip.
func lasting(runes int) bool { return runes >= typoMin && runes <= typoMost+1 }

// slippery names are looked for with one slip.
func slippery(k nameKey) bool { return k.how <= howAlias || len(k.key) >= 15 }

// newTypoTable makes the entries of the customers' names. They are counted first: at a hundred thousand customers there
// are millions.
func (t *table) newTypoTable() typoTable {
	n := 0
	for _, k := range t.customers.keys {
		if r := utf8.RuneCountInString(k.key); slippery(k) && lasting(r) {
			n += r + 1
		}
	}
	out := make([]uint64, 0, n)
	var runes []rune
	for _, k := range t.customers.keys {
		if !slippery(k) {
			continue
		}
		if runes = append(runes[:0], []rune(k.key)...); !lasting(len(runes)) {
			continue
		}
		row := uint64(uint32(t.customerAt[k.id]))
		for skip := -1; skip < len(runes); skip++ {
			out = append(out, uint64(leftOut(runes, skip))<<32|row)
		}
	}
	slices.Sort(out)
	return newTypos(out)
}

// leftOut is the hash of r without its rune at skip; -1 leaves none out.
func leftOut(r []rune, skip int) uint32 {
	h := uint32(2166136261)
	for i, c := range r {
		if i != skip {
			h = (h ^ uint32(c)) * 16777619
			h ^= h >> 13
		}
	}
	return h
}

// without is r as text with its rune at skip left out, the place kept.
func without(r []rune, skip int) string {
	return string(r[:skip]) + "□" + string(r[skip+1:])
}

// slipsOf lists products' names by what is left of them without one character.
func slipsOf(keys []nameKey) map[string][]nameKey {
	out := map[string][]nameKey{}
	for _, k := range keys {
		r := []rune(k.key)
		if len(r) < 2 || len(r) > 8 || k.how > howDerived || !isHan(r[0]) {
			continue
		}
		for skip := range r {
			s := without(r, skip)
			out[s] = append(out[s], k)
		}
	}
	return out
}

// slips are the hashes of a name that is written with one slip: what is left of it without each of its characters, and all
// of it.
func slips(r []rune, out []uint32) []uint32 {
	out = out[:0]
	for skip := -1; skip < len(r); skip++ {
		out = append(out, leftOut(r, skip))
	}
	return out
}

// near gives the rows that may be one character off a name, by its slips.
func (t typoTable) near(hashes []uint32) []int32 {
	if len(t.entries) == 0 {
		return nil
	}
	var out []int32
	shift := t.shift()
	for _, hash := range hashes {
		h := uint64(hash)
		b := h << 32 >> shift
		part := t.entries[t.from[b]:t.from[b+1]]
		i, _ := slices.BinarySearch(part, h<<32)
		for ; i < len(part) && part[i]>>32 == h && len(out) < 64; i++ {
			out = append(out, int32(uint32(part[i])))
		}
	}
	return out
}

// telling characters make another name of a name, not a slip: 第一医院 and 第二医院, 中学 and 小学.
const telling = "零一二三四五六七八九十0123456789大小中东南西北上下左右前后男女老新县市区省镇乡村店院校厂法检"

// oneOff reports whether a is b with one slip of the pen.
func oneOff(a, b string) bool {
	if levenshtein.ComputeDistance(a, b) != 1 {
		return false
	}
	ra, rb := []rune(a), []rune(b)
	i := 0
	for i < len(ra) && i < len(rb) && ra[i] == rb[i] {
		i++
	}
	differs := func(r []rune) bool {
		if i >= len(r) {
			return false
		}
		for _, c := range telling {
			if r[i] == c {
				return true
			}
		}
		return false
	}
	if len(ra) == len(rb) { // another character makes another company, unless it sounds alike or ends the name
		alike := i >= len(ra)-2 || levenshtein.ComputeDistance(spelled(string(ra[i])), spelled(string(rb[i]))) <= 1
		return alike && !differs(ra) && !differs(rb)
	}
	if len(ra) > len(rb) {
		return !differs(ra)
	}
	return !differs(rb)
}
