package parse

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// how tells how a name stands for its record; lower is surer.
type how uint8

const (
	howName    how = iota // as registered
	howAlias              // a registered alias
	howDerived            // a short form that follows from the name: 市立医院
	howPart               // the beginning of a name
	howSound              // by sound
	howTypo               // one character off
)

// rule says it for 为什么.
func (h how) rule() Rule {
	return [...]Rule{howName: RuleName, howAlias: RuleAlias, howDerived: RuleShort, howPart: RulePart, howSound: RuleSound, howTypo: RuleTypo}[h]
}

// nameKey is one name of one record.
type nameKey struct {
	key string
	id  ID
	how how
}

// nameTable finds names at a position of a text: a sorted list, narrowed rune by rune.
type nameTable struct {
	keys  []nameKey
	first map[rune][2]int32
}

func newNameTable(keys []nameKey) nameTable {
	slices.SortFunc(keys, inOrder)
	out := keys[:0]
	for _, k := range keys {
		if k.key == "" || len(out) > 0 && out[len(out)-1].key == k.key && out[len(out)-1].id == k.id {
			continue
		}
		out = append(out, k)
	}
	return sortedNames(out)
}

// sortedNames is the table of keys that are sorted, each once.
func sortedNames(out []nameKey) nameTable {
	t := nameTable{keys: out, first: map[rune][2]int32{}}
	for i := 0; i < len(out); {
		r, _ := utf8.DecodeRuneInString(out[i].key)
		j := i
		for j < len(out) {
			if s, _ := utf8.DecodeRuneInString(out[j].key); s != r {
				break
			}
			j++
		}
		t.first[r] = [2]int32{int32(i), int32(j)}
		i = j
	}
	return t
}

// inOrder is the order of the keys in a table.
func inOrder(a, b nameKey) int {
	return cmp.Or(strings.Compare(a.key, b.key), cmp.Compare(a.id, b.id), cmp.Compare(a.how, b.how))
}

// nameHit is a run of keys that share a text: all equal to it, or all beginning with it.
type nameHit struct {
	runes int // length in the text
	keys  []nameKey
}

// at finds the longest name that stands at the beginning of s, and the longest beginning of a name.
func (t nameTable) at(s string) (whole, part nameHit) {
	r, n := utf8.DecodeRuneInString(s)
	span, ok := t.first[r]
	if !ok {
		return whole, part
	}
	lo, hi := int(span[0]), int(span[1])
	for depth, runes := n, 1; ; runes++ {
		prefix := s[:depth]
		part = nameHit{runes, t.keys[lo:hi]}
		e := lo
		for e < hi && t.keys[e].key == prefix {
			e++
		}
		if e > lo {
			whole = nameHit{runes, t.keys[lo:e]}
		}
		_, n := utf8.DecodeRuneInString(s[depth:])
		if n == 0 || runes >= 40 {
			return whole, part
		}
		depth += n
		next := s[:depth]
		a := lo + sort.Search(hi-lo, func(i int) bool { return t.keys[lo+i].key >= next })
		b := a + sort.Search(hi-a, func(i int) bool { return !strings.HasPrefix(t.keys[a+i].key, next) })
		if a == b {
			return whole, part
		}
		lo, hi = a, b
	}
}
