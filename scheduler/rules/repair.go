package rules

import (
	"errors"
	"slices"
	"strings"
)

// maxTries bounds how many texts are read to find one that is right, maxMends how many places of one text are mended.
const (
	maxTries = 60
	maxMends = 4
)

// Explain reads a rule as Parse does; a problem then says the whole text with everything mended, where that is certain
// enough to propose.
func Explain(text string, schema *Schema, names Names) (Rule, error) {
	r, err := Parse(text, schema, names)
	var p *Problem
	if !errors.As(err, &p) {
		return r, err
	}
	m := mender{schema: schema, names: names}
	p.Whole = m.mend(strings.TrimSpace(text), p, maxMends)
	if tidy := strings.ReplaceAll(p.Whole, ", 且", " 且"); tidy != p.Whole {
		if _, err := Parse(tidy, schema, names); err == nil {
			p.Whole = tidy
		}
	}
	return r, p
}

// mender looks for the text that was meant.
type mender struct {
	schema *Schema
	names  Names
	tries  int
}

// mend is the text without the problem and those behind it; "" when none is found. The problem moves forward with each mend,
// or the mend was wrong.
func (m *mender) mend(text string, p *Problem, left int) string {
	if left == 0 {
		return ""
	}
	type step struct {
		text string
		p    *Problem
	}
	var next []step
	for _, t := range slices.Concat(m.pronouns(text, p), mends(text, p), m.idioms(text)) {
		if m.tries++; m.tries > maxTries {
			break
		}
		_, err := Parse(t, m.schema, m.names)
		if err == nil {
			return t
		}
		var q *Problem
		if errors.As(err, &q) && q.at > p.at {
			next = append(next, step{t, q})
		}
	}
	slices.SortStableFunc(next, func(a, b step) int { return b.p.at - a.p.at })
	for _, s := range next[:min(len(next), 3)] {
		if t := m.mend(s.text, s.p, left-1); t != "" {
			return t
		}
	}
	return ""
}

// signs that a person may have typed where another belongs.
var joints = []string{"当", "则", "且", "没有", "超过", "推送给", "内", "天", "小时", "\"", ")", ";再过"}

// mends are texts that differ from one at the place of its problem, the likelier first.
func mends(text string, p *Problem) []string {
	runes := []rune(text)
	at := min(p.at, len(runes))
	before, behind := string(runes[:at]), string(runes[at:])
	if p.with != "" && strings.HasPrefix(behind, p.with) {
		return []string{before + p.instead + strings.TrimPrefix(behind, p.with)}
	}
	var out []string
	s := newScanner(text)
	s.known = p.names
	if x, ok := s.meant(p.longs); ok {
		out = append(out, string(runes[:x.at])+x.name+string(runes[x.at+x.length:]))
	}
	for _, near := range s.repairs(at) {
		out = append(out, before+near.name+string(runes[at+near.length:]))
	}
	if len(p.words) == 0 {
		return out
	}
	gap := " "
	if strings.HasSuffix(before, " ") || before == "" {
		gap = ""
	}
	for _, w := range joints {
		if slices.Contains(p.words, w) || w == "则" {
			out = append(out, before+gap+w+" "+behind)
		}
	}
	return out
}

// near is a name like what stands at a place.
type near struct {
	name                 string
	at, length, distance int
}

// repairs are names like what stands at a place, the likeliest first.
func (s *scanner) repairs(at int) []near {
	var out []near
	for _, n := range s.known {
		if x, ok := s.nearest(at, n); ok && !slices.ContainsFunc(out, func(o near) bool { return o.name == n }) {
			out = append(out, x)
		}
	}
	slices.SortStableFunc(out, func(a, b near) int {
		if a.distance != b.distance {
			return a.distance - b.distance
		}
		return len(b.name) - len(a.name)
	})
	return out[:min(len(out), 4)]
}
