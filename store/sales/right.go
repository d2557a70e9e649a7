package sales

import "slices"

// Scope is whose records a person may see (数据范围): everyone's, or those of the named people.
type Scope struct {
	All     bool
	Persons []PersonID
}

// Covers reports whether records of a person are in scope.
func (s Scope) Covers(p PersonID) bool { return s.All || slices.Contains(s.Persons, p) }

// Only is the scope of one person.
func Only(p PersonID) Scope { return Scope{Persons: []PersonID{p}} }

// ScopeOf is whose sales records a person may see: a rep their own, a lead the team's, a regional director the
// region's, a director, the general manager and the admin everyone's. Other roles see what is assigned to them.
func (o *Org) ScopeOf(p Person) Scope {
	if p.Has(RoleDirector, RoleGM, RoleAdmin) {
		return Scope{All: true}
	}
	s := Only(p.ID)
	add := func(people []Person) {
		for _, m := range people {
			if !slices.Contains(s.Persons, m.ID) {
				s.Persons = append(s.Persons, m.ID)
			}
		}
	}
	for _, t := range o.Led(p.ID) {
		add(o.Members(t.ID))
	}
	if p.Has(RoleRegionalDirector) {
		if r := o.Region(p.TeamID); r != "" {
			add(o.InRegion(r))
		}
	}
	return s
}

// SeesContracts reports whether a person may see every contract, as the papers pass through their hands.
func SeesContracts(p Person) bool {
	return p.Has(RoleLegal, RoleLegalHead, RoleFinance, RoleDirector, RoleGM, RoleAdmin)
}
