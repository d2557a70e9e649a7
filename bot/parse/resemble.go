package parse

import "strings"

// Resembles reports whether words may stand for a name: at least two of their characters, and at least half of them,
// occur in it in the same order, by letter or by sound. It keeps guesses about names honest.
func Resembles(words, name string) bool {
	a, b := []rune(sound(tidyName(words))), []rune(sound(tidyName(name)))
	if len(a) < 2 || len(a) > 60 || len(b) > 60 {
		return false
	}
	row := make([]int, len(b)+1) // longest common subsequence
	for i := range a {
		last := 0
		for j := range b {
			keep := row[j+1]
			if a[i] == b[j] {
				row[j+1] = last + 1
			} else {
				row[j+1] = max(row[j+1], row[j])
			}
			last = keep
		}
	}
	n := row[len(b)]
	return n >= 2 && 2*n >= len(a)
}

// SaidProduct is the product that s names and nothing else; 0 when it names none, several, or more than a product.
func (p Parser) SaidProduct(s string) ID {
	m := p.newMessage(Input{Text: s})
	if p.Index == nil || len(m.r) == 0 {
		return 0
	}
	m.findProducts()
	if len(m.prods) != 1 || m.prods[0].i != 0 || m.prods[0].j != len(m.r) {
		return 0
	}
	return m.prods[0].ref.ID
}

// Understood reports whether a text says anything that the parser can use.
func (r Result) Understood() bool {
	for _, f := range r.Frames {
		if f.said() && (f.Kind == KindQuery || f.Kind == KindCorrection || f.Kind == KindPlan || f.Kind == KindLeave || f.Kind == KindExpense ||
			f.Customer.ID != 0 || f.Customer.NewName != "" || len(f.Customer.Candidates) > 0) {
			return true
		}
	}
	return false
}

// Contains reports whether all the amounts of r are words of text: nothing was added to it.
func (r Result) Contains(text string) bool {
	for _, f := range r.Frames {
		for _, a := range f.Amounts {
			if !a.Inferred && !strings.Contains(text, a.Why.Text) {
				return false
			}
		}
	}
	return true
}
