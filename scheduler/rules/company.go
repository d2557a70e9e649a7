package rules

import (
	"slices"
	"time"

	"salesflow/store/sales"
)

// Company is what a company has beside its people and groups: what actions can name.
type Company struct {
	Webhooks  []string
	Materials []string
	Approvals []string // what can be asked for, such as 特价
}

// Names are the words rules can use for whom and what the company has at the moment.
func (c Company) Names(org *sales.Org, groups []sales.GroupChat) Names {
	n := Names{
		Roles: map[string]string{}, People: map[string][]sales.PersonID{}, Webhooks: slices.Clone(c.Webhooks), Materials: slices.Clone(c.Materials),
		Approvals: slices.Clone(c.Approvals),
	}
	for role, name := range sales.RoleNames {
		n.Roles[name] = string(role)
	}
	for _, p := range org.People() {
		n.People[p.Name] = append(n.People[p.Name], p.ID)
		for _, role := range p.Roles { // those of the company's own are named as they are written
			n.Roles[role.Name()] = string(role)
		}
	}
	for _, r := range org.Rosters() {
		n.Rosters = append(n.Rosters, r.Name)
	}
	for _, g := range groups {
		if g.Name != "" && !slices.Contains(n.Groups, g.Name) {
			n.Groups = append(n.Groups, g.Name)
		}
	}
	return n
}

// Held says of a recipient whether anybody is told, by the organisation of the moment.
func Held(org *sales.Org) func(Recipient) bool {
	return func(r Recipient) bool {
		switch r.Kind {
		case ToRole:
			return len(org.WithRole(sales.Role(r.Key))) > 0
		case ToPerson:
			p, ok := org.Person(r.Person)
			return ok && p.Active
		case ToRoster:
			return len(org.OnDuty(r.Key, time.Time{})) > 0
		}
		return true // relations are found with the record
	}
}
