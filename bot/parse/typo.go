package parse

import (
	"slices"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// typoTable finds names that are one character off: every name is entered with each of its characters left out. An entry
// is the hash of what is left, above the customer's place in the master data.
type typoTable []uint64

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
	out := make(typoTable, 0, n)
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
	return out
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
		if len(r) < 3 || len(r) > 8 || k.how > howDerived || !isHan(r[0]) {
			continue
		}
		for skip := range r {
			s := without(r, skip)
			out[s] = append(out[s], k)
		}
	}
	return out
}

// near gives the rows that may be one character off r.
func (t typoTable) near(r []rune) []int32 {
	var out []int32
	if len(t) == 0 {
		return nil
	}
	for skip := -1; skip < len(r); skip++ {
		h := uint64(leftOut(r, skip))
		i, _ := slices.BinarySearch(t, h<<32)
		for ; i < len(t) && t[i]>>32 == h && len(out) < 64; i++ {
			out = append(out, int32(uint32(t[i])))
		}
	}
	return out
}

// telling characters make another name of a name, not a slip: 第一医院 and 第二医院, 中学 and 小学.
const telling = "零一二三四五六七八九十0123456789大小中东南西北上下左右前后男女老新县市区省镇乡村店院校厂"

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
