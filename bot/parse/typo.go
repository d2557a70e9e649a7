package parse

import (
	"maps"
	"slices"
	"sort"

	"github.com/agnivade/levenshtein"
)

// typoTable finds names that are one character off: every name is entered with each of its characters left out.
type typoTable struct {
	hashes []uint32
	rows   []int32 // index of the customer
}

type typoBuilder struct{ entries []typoEntry }

type typoEntry struct {
	hash uint32
	row  int32
}

const typoMin = 4 // shorter names are too easily another word

func (b *typoBuilder) add(name string, row int32) {
	r := []rune(name)
	if len(r) < typoMin || len(r) > 20 {
		return
	}
	for _, h := range leftOut(r) {
		b.entries = append(b.entries, typoEntry{h, row})
	}
}

// leftOut gives the hashes of r and of r without each one rune.
func leftOut(r []rune) []uint32 {
	out := make([]uint32, 0, len(r)+1)
	for skip := -1; skip < len(r); skip++ {
		h := uint32(2166136261)
		for i, c := range r {
			if i != skip {
				h = (h ^ uint32(c)) * 16777619
				h ^= h >> 13
			}
		}
		out = append(out, h)
	}
	return out
}

func (b *typoBuilder) table() typoTable {
	sort.Slice(b.entries, func(i, j int) bool {
		if b.entries[i].hash != b.entries[j].hash {
			return b.entries[i].hash < b.entries[j].hash
		}
		return b.entries[i].row < b.entries[j].row
	})
	t := typoTable{hashes: make([]uint32, len(b.entries)), rows: make([]int32, len(b.entries))}
	for i, e := range b.entries {
		t.hashes[i], t.rows[i] = e.hash, e.row
	}
	return t
}

// without is r as text with its rune at skip left out, the place kept.
func without(r []rune, skip int) string {
	return string(r[:skip]) + "□" + string(r[skip+1:])
}

// productSlips lists the products' names by what is left of them without one character.
func (x *Index) productSlips() map[string][]nameKey {
	if x.over != nil {
		out := maps.Clone(x.base.slips())
		for k, v := range x.over.slips() {
			out[k] = append(slices.Clone(out[k]), v...)
		}
		return out
	}
	return x.base.slips()
}

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
	for _, h := range leftOut(r) {
		i := sort.Search(len(t.hashes), func(i int) bool { return t.hashes[i] >= h })
		for ; i < len(t.hashes) && t.hashes[i] == h && len(out) < 64; i++ {
			out = append(out, t.rows[i])
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
