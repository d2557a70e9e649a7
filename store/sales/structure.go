package sales

import (
	"slices"
	"strings"
)

// CustomerPart is a part of a customer (组织架构): the department of a hospital, the plant of a factory. HeadID is the
// contact who heads it, 0 when nobody is known.
type CustomerPart struct {
	ID         ID       `db:"id"`
	CustomerID ID       `db:"customer_id"`
	Name       string   `db:"name"`
	HeadID     ID       `db:"head_id"`
	CreatedBy  PersonID `db:"created_by"`
	CreatedAt  Instant  `db:"created_at"`
	Version    int64    `db:"version"`
}

// CustomerOwner is who is in charge of a part or of a product line of a customer (分管负责人), beside its owner. PartID 0 is
// the whole customer, Line "" every line; one of them is set.
type CustomerOwner struct {
	CustomerID ID       `db:"customer_id"`
	PartID     ID       `db:"part_id"`
	Line       string   `db:"line"`
	OwnerID    PersonID `db:"owner_id"`
	SetBy      PersonID `db:"set_by"`
	SetAt      Instant  `db:"set_at"`
}

// InCharge is who is in charge of a customer where a part and a product line are concerned: who has the part and the
// line, else the line, else the part, else the customer's owner. That is what "my customer" means, once for each line.
func InCharge(owner PersonID, rows []CustomerOwner, part ID, line string) PersonID {
	pick := func(part ID, line string) PersonID {
		for _, r := range rows {
			if r.PartID == part && r.Line == line {
				return r.OwnerID
			}
		}
		return 0
	}
	tries := []PersonID{owner}
	if part != 0 {
		tries = append([]PersonID{pick(part, "")}, tries...)
	}
	if line != "" {
		tries = append([]PersonID{pick(0, line)}, tries...)
	}
	if part != 0 && line != "" {
		tries = append([]PersonID{pick(part, line)}, tries...)
	}
	for _, p := range tries {
		if p != 0 {
			return p
		}
	}
	return 0
}

// CoversCustomer reports whether a customer is in scope: its owner's, or anybody's who is in charge of a part or line of it.
func (s Scope) CoversCustomer(owner PersonID, rows []CustomerOwner) bool {
	return s.Covers(owner) || slices.ContainsFunc(rows, func(r CustomerOwner) bool { return s.Covers(r.OwnerID) })
}

// PartNamed finds a part by its name, or by the one part whose name holds the word.
func PartNamed(parts []CustomerPart, word string) (CustomerPart, bool) {
	var near []CustomerPart
	for _, p := range parts {
		if p.Name == word {
			return p, true
		}
		if word != "" && (strings.Contains(p.Name, word) || strings.Contains(word, p.Name)) {
			near = append(near, p)
		}
	}
	if len(near) == 1 {
		return near[0], true
	}
	return CustomerPart{}, false
}

// MyCustomer is one line of a person's customers: a whole customer, or the part or product line they are in charge of.
type MyCustomer struct {
	Customer
	Part string `db:"part_name"`
	Line string `db:"line"`
}
