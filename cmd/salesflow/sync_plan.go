package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"salesflow/store/sales"
)

// rootTeam is the department both platforms hang everything under. It is the company, not a team.
const rootTeam = 1

// directory is what one platform knows of the company.
type directory struct {
	platform string
	teams    []directoryTeam
	members  []directoryMember
}

type directoryTeam struct {
	id, name, parent string
	root             bool
	leaders          []string // accounts
}

type directoryMember struct {
	account, union, name, phone string
	team                        string
	leads                       []string // teams
	manager                     string   // account
}

// syncPlan is what has to be written so that the store is as the directories are.
type syncPlan struct {
	teams    []sales.Team
	people   []personChange
	accounts []sales.Identity
	left     int
}

type personChange struct {
	person  sales.Person
	verb    string
	changes sales.List[sales.Change]
}

// errVanished refuses a directory in which most people are missing: somebody has changed the app's visible range, and a
// company does not leave overnight.
var errVanished = errors.New("more than half of the people are missing from the directories; check the app's visible range (可见范围)")

// minVanish is from how many known people on errVanished is thought of.
const minVanish = 10

// planSync compares the directories with the organisation. The organisation file (its codes in file) wins: what it says of
// a person or team is left alone, but accounts are linked. What an administrator set of them (set) wins over both. Nobody is deleted; who is gone from every platform becomes
// inactive, and active again when back. One person on two platforms is found by phone where both know it.
func planSync(org *sales.Org, file map[string]bool, set sales.Setups, dirs []directory, now sales.Instant, newID func() (sales.ID, error)) (syncPlan, error) {
	s := &planner{
		org: org, file: file, set: set, now: now, newID: newID, teams: map[string]sales.Team{}, byPhone: map[string][]sales.PersonID{},
		present: map[sales.PersonID]bool{}, people: map[sales.PersonID]sales.Person{}, byAccount: map[string]sales.PersonID{},
		leads: map[sales.PersonID]bool{}, moved: map[sales.PersonID]bool{},
	}
	for _, p := range org.Everybody() {
		s.people[p.ID] = p
		if p.Phone != "" {
			s.byPhone[p.Phone] = append(s.byPhone[p.Phone], p.ID)
		}
		for _, i := range org.Identities(p.ID) {
			s.byAccount[accountKey(i.Platform, i.UserID)] = p.ID
		}
	}
	for _, d := range dirs {
		if err := s.planTeams(d); err != nil {
			return syncPlan{}, err
		}
		if err := s.planMembers(d); err != nil {
			return syncPlan{}, err
		}
	}
	for _, d := range dirs {
		s.planLeaders(d)
	}
	if err := s.planLeft(dirs); err != nil {
		return syncPlan{}, err
	}
	return s.finish(), nil
}

// planner builds a plan.
type planner struct {
	org   *sales.Org
	file  map[string]bool
	set   sales.Setups
	now   sales.Instant
	newID func() (sales.ID, error)

	teams     map[string]sales.Team // by platform and its id of the department
	order     []string
	people    map[sales.PersonID]sales.Person // as they should be
	created   []sales.PersonID
	byPhone   map[string][]sales.PersonID
	byAccount map[string]sales.PersonID
	present   map[sales.PersonID]bool
	leads     map[sales.PersonID]bool
	moved     map[sales.PersonID]bool
	accounts  []sales.Identity
}

func accountKey(platform, user string) string { return platform + ":" + strings.ToLower(user) }

// syncCode is the code of what a directory brought.
func syncCode(platform, id string) string { return platform + ":" + id }

// planTeams finds or makes the team of each department. A team of the organisation file with the same name is that team.
func (s *planner) planTeams(d directory) error {
	known, named := map[string]sales.Team{}, map[string]sales.Team{}
	for _, t := range s.org.Teams() {
		known[t.Code] = t
		if s.file[t.Code] {
			named[t.Name] = t
		}
	}
	for _, dep := range d.teams {
		if dep.root || dep.name == "" {
			continue
		}
		code := syncCode(d.platform, dep.id)
		t, ok := known[code]
		if ours, same := named[dep.name]; same {
			t, ok = ours, true
		}
		if !ok {
			id, err := s.newID()
			if err != nil {
				return err
			}
			t = sales.Team{ID: id, Code: code}
		}
		if !s.file[t.Code] {
			t.Name = dep.name
		}
		s.teams[code] = t
		s.order = append(s.order, code)
	}
	for _, dep := range d.teams { // all are known now
		code := syncCode(d.platform, dep.id)
		if t, ok := s.teams[code]; ok && !s.file[t.Code] {
			t.ParentID = s.teams[syncCode(d.platform, dep.parent)].ID
			s.teams[code] = t
		}
	}
	return nil
}

// planMembers finds or makes the person of each account.
func (s *planner) planMembers(d directory) error {
	for _, m := range d.members {
		if m.account == "" || m.name == "" {
			continue
		}
		key := accountKey(d.platform, m.account)
		id, linked := s.byAccount[key]
		if !linked {
			id = s.samePhone(m)
		}
		if id == 0 {
			fresh, err := s.newID()
			if err != nil {
				return err
			}
			id = sales.PersonID(fresh)
			s.people[id] = sales.Person{ID: id, Code: syncCode(d.platform, m.account), Roles: sales.List[sales.Role]{sales.RoleRep}, Active: true}
			s.created = append(s.created, id)
			if m.phone != "" {
				s.byPhone[m.phone] = append(s.byPhone[m.phone], id)
			}
		}
		s.byAccount[key] = id
		if !linked || s.unionMissing(id, d.platform, m) {
			s.accounts = append(s.accounts, sales.Identity{
				Platform: d.platform, UserID: m.account, PersonID: id, UnionID: m.union, LinkedAt: s.now,
			})
		}
		s.present[id] = true
		s.update(id, d, m)
	}
	return nil
}

// samePhone is the one person who has the member's phone, 0 when there is none or more than one.
func (s *planner) samePhone(m directoryMember) sales.PersonID {
	if ids := s.byPhone[m.phone]; m.phone != "" && len(ids) == 1 {
		return ids[0]
	}
	return 0
}

func (s *planner) unionMissing(id sales.PersonID, platform string, m directoryMember) bool {
	return m.union != "" && slices.ContainsFunc(s.org.Identities(id), func(i sales.Identity) bool {
		return i.Platform == platform && strings.EqualFold(i.UserID, m.account) && i.UnionID != m.union
	})
}

// update brings a person up to date, unless the organisation file says who that is. Somebody on two platforms follows the
// one that brought them first: the two need not agree.
func (s *planner) update(id sales.PersonID, d directory, m directoryMember) {
	p := s.people[id]
	if s.file[p.Code] {
		return
	}
	p.Active = true
	if platform, _, _ := strings.Cut(p.Code, ":"); platform == d.platform {
		p.Name = m.name
		p.TeamID = s.teams[syncCode(d.platform, m.team)].ID
		if m.phone != "" {
			p.Phone = m.phone
		}
	}
	if len(m.leads) > 0 {
		s.leads[id] = true
	}
	s.people[id] = p
}

// planLeaders sets who leads a team and who reports to whom, when everyone is known.
func (s *planner) planLeaders(d directory) {
	lead := map[string]sales.PersonID{}
	for _, dep := range d.teams {
		for _, account := range dep.leaders {
			if id := s.byAccount[accountKey(d.platform, account)]; id != 0 {
				lead[dep.id] = id
				s.leads[id] = true
				break
			}
		}
	}
	for _, m := range d.members {
		id := s.byAccount[accountKey(d.platform, m.account)]
		for _, team := range m.leads {
			if lead[team] == 0 {
				lead[team] = id
			}
		}
		p := s.people[id]
		if boss := s.byAccount[accountKey(d.platform, m.manager)]; m.manager != "" && boss != 0 && boss != id && !s.file[p.Code] {
			p.ManagerID = boss
			s.people[id] = p
		}
	}
	for _, dep := range d.teams {
		code := syncCode(d.platform, dep.id)
		if t, ok := s.teams[code]; ok && !s.file[t.Code] {
			t.LeadID = lead[dep.id]
			s.teams[code] = t
		}
	}
}

// planLeft makes those inactive who are on none of the platforms that were read, and had an account on one of them.
func (s *planner) planLeft(dirs []directory) error {
	platforms := map[string]bool{}
	for _, d := range dirs {
		platforms[d.platform] = true
	}
	known, gone := 0, []sales.PersonID{}
	for _, p := range s.org.Everybody() {
		accounts := s.org.Identities(p.ID)
		elsewhere := slices.ContainsFunc(accounts, func(i sales.Identity) bool { return !platforms[i.Platform] })
		if !p.Active || len(accounts) == 0 || elsewhere || s.file[p.Code] {
			continue
		}
		known++
		if !s.present[p.ID] {
			gone = append(gone, p.ID)
		}
	}
	if known >= minVanish && 2*len(gone) > known {
		return errVanished
	}
	for _, id := range gone {
		p := s.people[id]
		p.Active = false
		s.people[id] = p
	}
	return nil
}

// finish collects what differs from what is there.
func (s *planner) finish() syncPlan {
	out := syncPlan{accounts: s.accounts}
	done := map[sales.ID]bool{}
	for _, code := range s.order {
		t := s.set.TeamSet(s.teams[code], s.personCode)
		if old, _ := s.org.Team(t.ID); old != t && !s.file[t.Code] && !done[t.ID] {
			done[t.ID] = true
			out.teams = append(out.teams, t)
		}
	}
	for _, id := range s.created {
		out.people = append(out.people, personChange{person: s.roles(s.people[id]), verb: "person.join"})
	}
	for _, old := range s.org.Everybody() {
		p := s.set.PersonSet(s.roles(s.people[old.ID]), s.teamCode, s.personCode)
		c := personChange{person: p, verb: "person.update", changes: differences(old, p)}
		if len(c.changes) == 0 {
			continue
		}
		if old.Active && !p.Active {
			c.verb = "person.leave"
			out.left++
		}
		out.people = append(out.people, c)
	}
	return out
}

func (s *planner) teamCode(code string) (sales.ID, bool) {
	for _, t := range s.org.Teams() {
		if t.Code == code {
			return t.ID, true
		}
	}
	return 0, false
}

func (s *planner) personCode(code string) (sales.PersonID, bool) {
	for _, p := range s.people {
		if p.Code == code {
			return p.ID, true
		}
	}
	return 0, false
}

// roles makes a leader of a department a lead, and a rep of one who is no longer. Roles that somebody else has given are
// left alone: the directories know nothing of them.
func (s *planner) roles(p sales.Person) sales.Person {
	given := slices.ContainsFunc(p.Roles, func(r sales.Role) bool { return r != sales.RoleRep && r != sales.RoleLead })
	if s.file[p.Code] || given || !s.present[p.ID] {
		return p
	}
	role := sales.RoleRep
	if s.leads[p.ID] {
		role = sales.RoleLead
	}
	p.Roles = sales.List[sales.Role]{role}
	return p
}

// differences are the changes of a person, for the trace. Phones are masked there.
func differences(a, b sales.Person) sales.List[sales.Change] {
	var out sales.List[sales.Change]
	add := func(field, from, to string) {
		if from != to {
			out = append(out, sales.Change{Field: field, Old: from, New: to})
		}
	}
	add("姓名", a.Name, b.Name)
	add("团队", a.TeamID.String(), b.TeamID.String())
	add("上级", a.ManagerID.String(), b.ManagerID.String())
	add("在职", fmt.Sprint(a.Active), fmt.Sprint(b.Active))
	add("角色", fmt.Sprint(a.Roles), fmt.Sprint(b.Roles))
	if a.Phone != b.Phone { // two that differ may look the same when masked
		out = append(out, sales.Change{Field: "电话", Old: maskedPhone(a.Phone), New: maskedPhone(b.Phone)})
	}
	return out
}

func maskedPhone(s string) string {
	if s == "" {
		return ""
	}
	return sales.Phone(s).Masked()
}
