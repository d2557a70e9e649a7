package sales

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Merge states.
const (
	MergeDone   = "done"
	MergeUndone = "undone"
)

// Merge is one customer joined into another (合并). Its sides say what both were, so that it can be taken back exactly.
type Merge struct {
	ID        ID       `db:"id"`
	FromID    ID       `db:"from_id"`
	IntoID    ID       `db:"into_id"`
	FromName  string   `db:"from_name"`
	IntoName  string   `db:"into_name"`
	MergedBy  PersonID `db:"merged_by"`
	MergedAt  Instant  `db:"merged_at"`
	UndoUntil Instant  `db:"undo_until"`
	State     string   `db:"state"`
	Sides     string   `db:"sides"`
	UndoneBy  PersonID `db:"undone_by"`
	UndoneAt  Instant  `db:"undone_at"`
	Version   int64    `db:"version"`
}

// MergeSides are both customers before a merge, and what it made of them.
type MergeSides struct {
	From, Into, After                      Customer
	FromDetails, IntoDetails, AfterDetails []Detail
	// Fields of the company's own; absent in merges of before there were any.
	FromCustom, IntoCustom, AfterCustom []CustomValue `json:",omitempty"`
}

// Encode is the sides as a merge keeps them.
func (s MergeSides) Encode() (string, error) {
	b, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("keep both sides: %w", err)
	}
	return string(b), nil
}

// Sided reads what Encode wrote.
func (m Merge) Sided() (MergeSides, error) {
	var s MergeSides
	if err := json.Unmarshal([]byte(m.Sides), &s); err != nil {
		return s, fmt.Errorf("read both sides of merge %d: %w", m.ID, err)
	}
	return s, nil
}

// classes rank customer classes, the most valued first.
var classes = []string{"KA", "S", "A", "B", "C", "D"}

// MergeCustomers joins from into into: the target keeps its id, name, owner and code; the name and aliases of the other become
// aliases; of two facts that contradict each other the one from the side with the newer contact stays, the higher class
// and the higher budget always.
func MergeCustomers(from, into Customer, fromDetails, intoDetails []Detail) MergeSides {
	s := MergeSides{From: from, Into: into, FromDetails: fromDetails, IntoDetails: intoDetails}
	newer := from.LastContactAt.After(into.LastContactAt.Time)
	pick := func(mine, theirs string) string {
		if mine == "" || theirs != "" && newer {
			return theirs
		}
		return mine
	}
	after := into
	after.Aliases = slices.Clone(into.Aliases)
	for _, a := range append([]string{from.Name}, from.Aliases...) {
		if a != into.Name && !slices.Contains(after.Aliases, a) {
			after.Aliases = append(after.Aliases, a)
		}
	}
	after.USCC = into.USCC
	if after.USCC == "" {
		after.USCC = from.USCC
	}
	after.Phone, after.Industry, after.City = pick(into.Phone, from.Phone), pick(into.Industry, from.Industry), pick(into.City, from.City)
	if rank(from.Class) < rank(into.Class) {
		after.Class = from.Class
	}
	if after.OwnerID == 0 {
		after.OwnerID, after.TeamID = from.OwnerID, from.TeamID
	}
	if newer {
		after.LastContactAt = from.LastContactAt
	}
	s.After, s.AfterDetails = after, mergeDetails(fromDetails, intoDetails, into.ID)
	return s
}

func rank(class string) int {
	if i := slices.Index(classes, class); i >= 0 {
		return i
	}
	return len(classes)
}

// mergeDetails are the target's details after a merge: what was confirmed last stays, and of two budgets the higher.
func mergeDetails(from, into []Detail, id ID) []Detail {
	out := slices.Clone(into)
	for _, d := range from {
		if d.Value == "" {
			continue
		}
		at := slices.IndexFunc(out, func(o Detail) bool { return o.Field == d.Field })
		if at < 0 {
			d.ID, d.CustomerID = 0, id
			out = append(out, d)
			continue
		}
		better := out[at].Value == "" || d.ConfirmedAt.After(out[at].ConfirmedAt.Time)
		if d.Field == FieldBudget {
			better = BudgetOf(d.Value) > BudgetOf(out[at].Value)
		}
		if better {
			out[at].Value, out[at].ConfirmedAt, out[at].ConfirmedBy = d.Value, d.ConfirmedAt, d.ConfirmedBy
		}
	}
	return out
}

// Unmerge is the target as it is to be after a merge was taken back: what the merge brought goes, what was changed since stays.
func (s MergeSides) Unmerge(now Customer) Customer {
	for _, f := range []struct{ now, after, before *string }{
		{&now.Name, &s.After.Name, &s.Into.Name},
		{&now.USCC, &s.After.USCC, &s.Into.USCC},
		{&now.Phone, &s.After.Phone, &s.Into.Phone},
		{&now.Industry, &s.After.Industry, &s.Into.Industry},
		{&now.City, &s.After.City, &s.Into.City},
		{&now.Class, &s.After.Class, &s.Into.Class},
	} {
		if *f.now == *f.after {
			*f.now = *f.before
		}
	}
	if now.OwnerID == s.After.OwnerID && now.TeamID == s.After.TeamID {
		now.OwnerID, now.TeamID = s.Into.OwnerID, s.Into.TeamID
	}
	now.Aliases = slices.DeleteFunc(slices.Clone(now.Aliases), func(a string) bool {
		return slices.Contains(s.After.Aliases, a) && !slices.Contains(s.Into.Aliases, a)
	})
	return now
}

// UnmergeDetails are the target's details after a merge was taken back, and the fields that it then lacks again.
func (s MergeSides) UnmergeDetails(now []Detail) (put []Detail, drop []string) {
	for _, d := range now {
		after := slices.IndexFunc(s.AfterDetails, func(a Detail) bool { return a.Field == d.Field })
		if after < 0 || s.AfterDetails[after].Value != d.Value {
			continue
		}
		before := slices.IndexFunc(s.IntoDetails, func(a Detail) bool { return a.Field == d.Field })
		switch {
		case before < 0:
			drop = append(drop, d.Field)
		case s.IntoDetails[before].Value != d.Value:
			back := s.IntoDetails[before]
			back.Version = d.Version
			put = append(put, back)
		}
	}
	return put, drop
}

// UnmergeTold is what others were told while two customers were one and that is the other's again when they are parted.
type UnmergeTold struct {
	// Orders are contracts whose order the ERP was sent, Billing how their customer is billed once it stands again.
	Orders  []ID
	Billing Billing
	// Invoices are those that were issued as e-invoices to the other.
	Invoices []ToldInvoice
}

// ToldInvoice is an invoice that an e-invoice was issued of; its number is empty while the service has not told it.
type ToldInvoice struct {
	ID      ID       `db:"id"`
	No      string   `db:"no"`
	TaxNo   string   `db:"tax_no"`
	OwnerID PersonID `db:"owner_id"`
}
