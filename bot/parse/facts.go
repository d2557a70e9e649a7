package parse

import "slices"

// asides begin another matter of the same customer: 另外, 还有, 对了.
var asides = words("另外 还有 对了 此外 再就是 还有就是 顺便 同时 顺带 顺道 再有")

// facts parts the news of one customer where a word for it begins another matter of another kind: 结了1.6万货款,另外反映
// 上批漏了2桶. Visits and to-dos are no matters of their own; they stay with what they are told with.
func (m *message) facts(parts []part) []part {
	var out []part
	for _, p := range parts {
		rest := p
		for k, c := range m.clauses {
			if p.hit == nil || k == 0 || c.i <= rest.i || c.i >= rest.j || m.clauses[k-1].i < p.i || m.any(m.blank(c.i), asides...) < 0 {
				continue
			}
			a, b := m.kindOf(rest.i, c.i), m.kindOf(c.i, rest.j)
			if a == b || !slices.Contains(matters, a) || !slices.Contains(matters, b) {
				continue
			}
			out = append(out, part{i: rest.i, j: c.i, hit: p.hit})
			rest.i = c.i
		}
		out = append(out, rest)
	}
	return out
}

// matters are the kinds that are events of their own.
var matters = []Kind{KindPayment, KindComplaint, KindQuote, KindSample, KindCompetitor}
