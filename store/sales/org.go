package sales

import (
	"iter"
	"slices"
	"strings"
)

// Org is the organisation at one moment: people, teams and accounts. It is never changed once made, so it can be read
// by anyone at once.
type Org struct {
	// Revision is the store's revision this was read at.
	Revision   int64
	people     map[PersonID]Person
	order      []PersonID
	teams      map[ID]Team
	identities map[PersonID][]Identity
	accounts   map[string]PersonID
	rosters    []Roster
	swaps      map[ID][]RosterSwap
	prefs      map[PersonID]PushPref
}

// NewOrg makes an organisation of what the store holds.
func NewOrg(revision int64, people []Person, teams []Team, identities []Identity) *Org {
	o := &Org{
		Revision: revision, people: make(map[PersonID]Person, len(people)), teams: make(map[ID]Team, len(teams)),
		identities: map[PersonID][]Identity{}, accounts: make(map[string]PersonID, len(identities)),
	}
	for _, p := range people {
		o.people[p.ID] = p
		o.order = append(o.order, p.ID)
	}
	slices.Sort(o.order)
	for _, t := range teams {
		o.teams[t.ID] = t
	}
	for _, i := range identities {
		o.identities[i.PersonID] = append(o.identities[i.PersonID], i)
		o.accounts[account(i.Platform, i.UserID)] = i.PersonID
	}
	for _, ids := range o.identities {
		slices.SortFunc(ids, func(a, b Identity) int { return a.LinkedAt.Compare(b.LinkedAt.Time) })
	}
	return o
}

// account is the key of a platform account. User ids are compared without regard to case: WeCom's are, and sends them
// back lower-cased.
func account(platform, user string) string { return platform + ":" + strings.ToLower(user) }

// Person finds an active or former member by id.
func (o *Org) Person(id PersonID) (Person, bool) {
	p, ok := o.people[id]
	return p, ok
}

// Name is a person's name, "(已离职)" marked; empty for nobody.
func (o *Org) Name(id PersonID) string {
	p, ok := o.people[id]
	switch {
	case !ok:
		return ""
	case !p.Active:
		return p.Name + "(已离职)"
	}
	return p.Name
}

// ByAccount finds the active member who has a platform account. Who has left is a stranger: the zero Person.
func (o *Org) ByAccount(platform, user string) (Person, bool) {
	p, ok := o.people[o.accounts[account(platform, user)]]
	if !ok || !p.Active {
		return Person{}, false
	}
	return p, true
}

// ByName finds active members by their full name.
func (o *Org) ByName(name string) []Person {
	return o.filter(func(p Person) bool { return p.Name == name })
}

// Identities are a person's accounts, the first linked first.
func (o *Org) Identities(id PersonID) []Identity { return o.identities[id] }

// Active goes through the active members.
func (o *Org) Active() iter.Seq[Person] {
	return func(yield func(Person) bool) {
		for _, id := range o.order {
			if p := o.people[id]; p.Active && !yield(p) {
				return
			}
		}
	}
}

// People lists the active members.
func (o *Org) People() []Person { return o.filter(func(Person) bool { return true }) }

// Everybody lists all members, former ones included.
func (o *Org) Everybody() []Person {
	out := make([]Person, 0, len(o.order))
	for _, id := range o.order {
		out = append(out, o.people[id])
	}
	return out
}

// WithRole lists the active members who have a role.
func (o *Org) WithRole(r Role) []Person { return o.filter(func(p Person) bool { return p.Has(r) }) }

// WhoHas lists the ids of the active members who have a role, less those named.
func (o *Org) WhoHas(r Role, less ...PersonID) []PersonID {
	var out []PersonID
	for _, p := range o.WithRole(r) {
		if !slices.Contains(less, p.ID) {
			out = append(out, p.ID)
		}
	}
	return out
}

func (o *Org) filter(want func(Person) bool) []Person {
	var out []Person
	for _, id := range o.order {
		if p := o.people[id]; p.Active && want(p) {
			out = append(out, p)
		}
	}
	return out
}

// Team finds a team by id.
func (o *Org) Team(id ID) (Team, bool) {
	t, ok := o.teams[id]
	return t, ok
}

// Teams lists the teams in the order of their ids.
func (o *Org) Teams() []Team {
	out := make([]Team, 0, len(o.teams))
	for _, t := range o.teams {
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b Team) int { return int(a.ID - b.ID) })
	return out
}

// Region is the region of a team, its own or the nearest one above.
func (o *Org) Region(team ID) string {
	for range len(o.teams) {
		t, ok := o.teams[team]
		if !ok {
			return ""
		}
		if t.Region != "" {
			return t.Region
		}
		team = t.ParentID
	}
	return ""
}

// within reports whether a team is root or hangs below it.
func (o *Org) within(team, root ID) bool {
	for range len(o.teams) + 1 {
		if team == root {
			return true
		}
		t, ok := o.teams[team]
		if !ok || t.ParentID == 0 {
			return false
		}
		team = t.ParentID
	}
	return false
}

// Members lists the active members of a team and of the teams below it.
func (o *Org) Members(team ID) []Person {
	return o.filter(func(p Person) bool { return o.within(p.TeamID, team) })
}

// Reps are the active members below a team who file visits: those with the role rep.
func (o *Org) Reps(team ID) []Person {
	return o.filter(func(p Person) bool { return p.Has(RoleRep) && o.within(p.TeamID, team) })
}

// InRegion lists the active members of a region.
func (o *Org) InRegion(region string) []Person {
	return o.filter(func(p Person) bool { return o.Region(p.TeamID) == region })
}

// Manager is who a person reports to: the one named, else the lead of the team, else of the team above.
func (o *Org) Manager(id PersonID) (Person, bool) {
	p, ok := o.people[id]
	if !ok {
		return Person{}, false
	}
	if m, ok := o.people[p.ManagerID]; ok && m.Active && m.ID != id {
		return m, true
	}
	team := p.TeamID
	for range len(o.teams) {
		t, ok := o.teams[team]
		if !ok {
			break
		}
		if m, ok := o.people[t.LeadID]; ok && m.Active && m.ID != id {
			return m, true
		}
		team = t.ParentID
	}
	return Person{}, false
}

// Led lists the teams a person leads.
func (o *Org) Led(id PersonID) []Team {
	var out []Team
	for _, t := range o.Teams() {
		if t.LeadID == id {
			out = append(out, t)
		}
	}
	return out
}
