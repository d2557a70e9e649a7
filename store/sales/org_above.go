package sales

// Above reports whether a person's records may be seen and given on by somebody: those with every scope, and the leads of
// the person's team and of the teams above it. It holds for those who have left too.
func (o *Org) Above(who Person, person PersonID) bool {
	if who.Has(RoleDirector, RoleGM, RoleAdmin) {
		return true
	}
	p, ok := o.people[person]
	if !ok || p.ID == who.ID {
		return false
	}
	for _, t := range o.Led(who.ID) {
		if o.within(p.TeamID, t.ID) {
			return true
		}
	}
	return who.Has(RoleRegionalDirector) && o.Region(who.TeamID) != "" && o.Region(p.TeamID) == o.Region(who.TeamID)
}
