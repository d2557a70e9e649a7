package sales

import (
	"slices"
	"strings"
)

// ContactMerge is one contact that was found to be another of the same customer.
type ContactMerge struct {
	FromID     ID       `db:"from_id"`
	IntoID     ID       `db:"into_id"`
	CustomerID ID       `db:"customer_id"`
	MergedBy   PersonID `db:"merged_by"`
	MergedAt   Instant  `db:"merged_at"`
}

// ContactPair are two contacts of one customer who are the same person.
type ContactPair struct{ Keep, Drop Contact }

// EqualContacts finds the contacts of one customer that are the same person: of two who have one telephone number and one
// family name, or one name and nothing that contradicts it, the fuller is kept, else the older. A name without a given name
// (王主任) is no name by itself: there may be two of them.
func EqualContacts(contacts []Contact) []ContactPair {
	list := slices.Clone(contacts)
	slices.SortFunc(list, func(a, b Contact) int { return int(a.ID - b.ID) })
	var out []ContactPair
	gone := map[ID]bool{}
	for i, a := range list {
		for _, b := range list[i+1:] {
			if gone[a.ID] || gone[b.ID] || !sameContact(a, b) {
				continue
			}
			keep, drop := a, b
			if weight(b) > weight(a) {
				keep, drop = b, a
			}
			gone[drop.ID] = true
			out = append(out, ContactPair{keep, drop})
			if drop.ID == a.ID {
				break
			}
		}
	}
	return out
}

func sameContact(a, b Contact) bool {
	x, y := []rune(a.Name), []rune(b.Name)
	if len(x) == 0 || len(y) == 0 || x[0] != y[0] {
		return false
	}
	if a.Phone != "" && a.Phone == b.Phone {
		return a.Name == b.Name || surnameOnly(a.Name) || surnameOnly(b.Name)
	}
	return a.Name == b.Name && agree(a.Phone, b.Phone) && agree(a.Department, b.Department) && agree(a.Title, b.Title) &&
		(!surnameOnly(a.Name) || a.Department+a.Title != "" && a.Department == b.Department && a.Title == b.Title)
}

func agree(a, b string) bool { return a == "" || b == "" || a == b }

// surnameOnly reports whether a name is a family name with what its bearer does: 王主任, 李总.
func surnameOnly(name string) bool {
	r := []rune(name)
	return len(r) < 2 || slices.ContainsFunc(contactEnds, func(end string) bool {
		rest, ok := strings.CutSuffix(name, end)
		return ok && len([]rune(rest)) <= 1
	})
}

// weight is how much is known of a contact.
func weight(c Contact) int {
	n := 0
	for _, s := range []string{c.Phone, c.Title, c.Department} {
		if s != "" {
			n++
		}
	}
	if !surnameOnly(c.Name) {
		n += 4
	}
	return n
}

// Joined is the contact that is kept, with what only the other knew.
func (p ContactPair) Joined() Contact {
	c := p.Keep
	for _, f := range []struct {
		to   *string
		from string
	}{{&c.Phone, p.Drop.Phone}, {&c.Title, p.Drop.Title}, {&c.Department, p.Drop.Department}} {
		if *f.to == "" {
			*f.to = f.from
		}
	}
	return c
}
