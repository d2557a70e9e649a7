package wecom

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"salesflow/bot/sim"
)

// rootDept is the department everyone is under.
const rootDept = 1

// group is a group chat: one of the company's, with the robot in it, or one the app created.
type group struct {
	sim.Chat
	owner  string
	appOwn bool
}

// directory is the corporation's address book.
type directory struct {
	people  []sim.Person
	byID    map[string]*sim.Person // by lower-case user id: user ids are case-insensitive
	depts   []string               // team names; department id is the index + 2
	groups  map[string]*group
	order   []string
	webhook map[string]string
}

func newDirectory(c sim.Company, webhooks map[string]string) (directory, error) {
	d := directory{byID: map[string]*sim.Person{}, groups: map[string]*group{}, webhook: webhooks}
	for _, p := range c.People {
		if p.Platform != sim.WeCom {
			continue
		}
		key := strings.ToLower(p.ID)
		if key == "" || len(key) > 64 || d.byID[key] != nil {
			return directory{}, fmt.Errorf("wecom simulator: user id %q is empty, too long or taken", p.ID)
		}
		d.people = append(d.people, p)
		d.byID[key] = &p
		if p.Team != "" && !slices.Contains(d.depts, p.Team) {
			d.depts = append(d.depts, p.Team)
		}
	}
	sort.Strings(d.depts)
	for _, ch := range c.Chats {
		if ch.Platform != sim.WeCom {
			continue
		}
		if ch.ID == "" || ch.ID == RobotChat || d.groups[ch.ID] != nil {
			return directory{}, fmt.Errorf("wecom simulator: chat id %q is empty, reserved or taken", ch.ID)
		}
		d.addGroup(&group{Chat: ch})
	}
	for key, chat := range webhooks {
		if d.groups[chat] == nil {
			return directory{}, fmt.Errorf("wecom simulator: webhook %q… speaks in unknown chat %q", key[:min(4, len(key))], chat)
		}
	}
	return d, nil
}

func (d *directory) addGroup(g *group) {
	g.Members = slices.Clone(g.Members)
	d.groups[g.ID] = g
	d.order = append(d.order, g.ID)
}

func (d *directory) company() sim.Company {
	c := sim.Company{People: slices.Clone(d.people)}
	for _, id := range d.order {
		ch := d.groups[id].Chat
		ch.Members = slices.Clone(ch.Members)
		c.Chats = append(c.Chats, ch)
	}
	return c
}

// person finds a member by user id, in any case.
func (d *directory) person(id string) *sim.Person { return d.byID[strings.ToLower(id)] }

// member finds a group that the person is in.
func (d *directory) member(chat, person string) *group {
	g := d.groups[chat]
	if g == nil || !g.has(person) {
		return nil
	}
	return g
}

func (g *group) has(person string) bool {
	return slices.ContainsFunc(g.Members, func(m string) bool { return strings.EqualFold(m, person) })
}

// phonesOf lists the members of a group that have a phone here.
func (d *directory) phonesOf(g *group) []string {
	var ids []string
	for _, m := range g.Members {
		if p := d.person(m); p != nil {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// deptOf is the department a person belongs to.
func (d *directory) deptOf(p *sim.Person) int {
	if i := slices.Index(d.depts, p.Team); i >= 0 {
		return i + 2
	}
	return rootDept
}

// inDept lists the people of a department; the root holds everyone below it.
func (d *directory) inDept(id int) (ids []string, ok bool) {
	if id == rootDept {
		for _, p := range d.people {
			ids = append(ids, p.ID)
		}
		return ids, true
	}
	if id < rootDept || id-2 >= len(d.depts) {
		return nil, false
	}
	for i := range d.people {
		if d.deptOf(&d.people[i]) == id {
			ids = append(ids, d.people[i].ID)
		}
	}
	return ids, true
}

// heads ranks the roles that lead others; what a role is not listed for leads nobody.
var heads = map[string]int{"lead": 1, "legal_head": 1, "regional_director": 2, "director": 3, "gm": 4}

// leaderOf is the nearest person above p: of p's own team if there is one, else of the whole company.
func (d *directory) leaderOf(p *sim.Person) *sim.Person {
	var best *sim.Person
	better := func(q *sim.Person) bool {
		if heads[q.Role] <= heads[p.Role] || q.ID == p.ID {
			return false
		}
		own, bestOwn := q.Team == p.Team, best != nil && best.Team == p.Team
		if !own && q.Role != "director" && q.Role != "regional_director" && q.Role != "gm" {
			return false
		}
		return best == nil || (own && !bestOwn) || (own == bestOwn && heads[q.Role] < heads[best.Role])
	}
	for i := range d.people {
		if better(&d.people[i]) {
			best = &d.people[i]
		}
	}
	return best
}
