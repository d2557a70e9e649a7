package approval

import "salesflow/store/sales"

// OrgResolver finds approvers in the organisation: holders near the requester first.
type OrgResolver struct{ Org *sales.Org }

// Holders lists who holds a role for the requester: the lead of the requester's own line for 主管, else those of the
// requester's region, else all.
func (o OrgResolver) Holders(role string, requester sales.PersonID) []Person {
	holders := o.Org.WithRole(sales.Role(role))
	if sales.Role(role) == sales.RoleLead {
		if m, ok := o.Org.Manager(requester); ok && m.Has(sales.RoleLead) {
			holders = []sales.Person{m}
		}
	}
	if p, ok := o.Org.Person(requester); ok {
		if region := o.Org.Region(p.TeamID); region != "" {
			var near []sales.Person
			for _, h := range holders {
				if o.Org.Region(h.TeamID) == region {
					near = append(near, h)
				}
			}
			if len(near) > 0 {
				holders = near
			}
		}
	}
	out := make([]Person, len(holders))
	for i, h := range holders {
		out[i] = Person{ID: h.ID, Name: h.Name}
	}
	return out
}

// Named finds an active member by the code of the organisation file, or by a full name that one person has.
func (o OrgResolver) Named(key string) (Person, bool) {
	for _, p := range o.Org.People() {
		if p.Code == key {
			return Person{p.ID, p.Name}, true
		}
	}
	if list := o.Org.ByName(key); len(list) == 1 {
		return Person{list[0].ID, list[0].Name}, true
	}
	return Person{}, false
}

// Superior is a person's manager.
func (o OrgResolver) Superior(person sales.PersonID) (Person, bool) {
	m, ok := o.Org.Manager(person)
	return Person{ID: m.ID, Name: m.Name}, ok
}
