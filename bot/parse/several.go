package parse

import "slices"

// Two customers named in one breath are told apart by their people: 跑了家家福和乐街坊,谢经理要补货,云经理嫌贵.

// byPeople parts a message that opens with two customers in one breath where the clauses behind begin with their people, first
// those of one and then those of the other; nil when it cannot be told.
func (m *message) byPeople(parts []part) []part {
	if len(parts) != 2 || parts[0].hit == nil || parts[1].hit == nil || len(parts[0].hit.ids) != 1 || len(parts[1].hit.ids) != 1 || !m.joined(parts[0], parts[1]) {
		return nil
	}
	var first, turn *customerHit
	at := 0
	for _, c := range m.clauses {
		if c.i < parts[1].hit.j {
			continue
		}
		h := m.whoseNews(c, parts)
		switch {
		case h == nil:
		case first == nil:
			first = h
		case turn == nil && h != first:
			turn, at = h, c.i
		case turn != nil && h == first:
			return nil
		}
	}
	if turn == nil {
		return nil
	}
	return []part{{i: 0, j: at, hit: first, apart: true}, {i: at, j: len(m.r), hit: turn, apart: true}}
}

// whoseNews is the customer of the two whose man or woman a clause begins with; nil when it is neither's or might be both's.
func (m *message) whoseNews(c clause, parts []part) *customerHit {
	i := m.blank(c.i)
	for _, n := range m.mentionsAt(i) {
		if n.i != i || n.surname == "" {
			continue
		}
		fits := slices.DeleteFunc(slices.Clone(parts), func(p part) bool { return len(m.fitting(n, p.hit.ids[0])) == 0 })
		if len(fits) == 1 {
			return fits[0].hit
		}
	}
	return nil
}

// shareHead gives the second of two customers told apart what was said of both before: the day and the goods.
func (m *message) shareHead(parts []part, frames []Frame) {
	if len(parts) != 2 || !parts[1].apart {
		return
	}
	f, g := &frames[1], frames[0]
	head := m.off[m.clauses[m.clauseAt(max(parts[0].hit.i, parts[1].hit.i))].j-1]
	if f.When.IsZero() && g.Kind == f.Kind && g.When.Why.Start <= head && g.When.Start.Before(midnight(m.now).AddDate(0, 0, 1)) {
		f.When = g.When
	}
	for _, p := range g.Products {
		if len(f.Products) == 0 && p.Why.Start <= head {
			f.Products = append(f.Products, p)
		}
	}
}
