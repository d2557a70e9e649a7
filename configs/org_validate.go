package configs

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
)

var (
	errTooLarge = fmt.Errorf("larger than %d MiB", maxFile>>20)

	idForm    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$`)
	phoneForm = regexp.MustCompile(`^\+?\d{6,15}$`)
	priceForm = regexp.MustCompile(`^\d{1,12}(\.\d{1,2})?$`)
)

// index notes ids and reports those that are missing, malformed or taken.
type index struct {
	report reporter
	seen   map[string]string // id → key of its first use
}

func newIndex(report reporter) index { return index{report: report, seen: map[string]string{}} }

func (x index) add(key, id string) {
	switch first, taken := x.seen[id]; {
	case !idForm.MatchString(id):
		x.report(key+".id", strconv.Quote(id)+" is not an id", "write letters, digits, - _ . (at most 64), e.g. zhoumin")
	case taken:
		x.report(key+".id", strconv.Quote(id)+" is taken by "+first, "give each its own id")
	default:
		x.seen[id] = key
	}
}

func (x index) has(id string) bool { _, ok := x.seen[id]; return ok }

// refer reports an id that is not among the known ones, with the likeliest meant.
func (x index) refer(key, id, kind string) {
	if x.has(id) {
		return
	}
	fix := "add it, or name one that exists"
	if near := closest(id, slices.Sorted(maps.Keys(x.seen))); near != "" {
		fix = "did you mean " + near + "?"
	}
	if id == "" {
		x.report(key, "is missing", "name a "+kind)
		return
	}
	x.report(key, "there is no "+kind+" "+strconv.Quote(id), fix)
}

func (o Org) check(report reporter) {
	people, teams, groups := newIndex(report), newIndex(report), newIndex(report)
	for i, p := range o.People {
		people.add(fmt.Sprintf("people[%d]", i), p.ID)
	}
	for i, t := range o.Teams {
		teams.add(fmt.Sprintf("teams[%d]", i), t.ID)
	}
	for i, g := range o.Groups {
		groups.add(fmt.Sprintf("groups[%d]", i), g.ID)
	}
	if len(o.People) == 0 {
		report("people", "nobody is listed", "list at least one person")
	}
	o.checkPeople(report, teams)
	o.checkTeams(report, people, teams)
	o.checkGroups(report, people)
	if o.MasterFile.File != "" {
		o.checkMaster(report, people)
	}
}

func (o Org) checkPeople(report reporter, teams index) {
	phones, accounts := map[string]string{}, map[string]string{}
	for i, p := range o.People {
		key := fmt.Sprintf("people[%d]", i)
		if p.Name == "" {
			report(key+".name", "is missing", "write the name as colleagues say it")
		}
		if p.Phone != "" && !phoneForm.MatchString(p.Phone) {
			report(key+".phone", "is not a phone number", "write digits only, e.g. 13800000001")
		}
		if p.Phone != "" {
			unique(report, phones, key+".phone", p.Phone, p.ID, "phone number")
		}
		roles(report, key+".roles", p.Roles)
		teams.refer(key+".team", p.Team, "team")
		if p.Hired != "" && hireDay(p.Hired) != nil {
			report(key+".hired", strconv.Quote(p.Hired)+" is not a day", "write it as 2026-03-02")
		}
		for _, platform := range slices.Sorted(maps.Keys(p.Platforms)) {
			at := key + ".platforms." + platform
			choice(report, at, platform, Platforms)
			if p.Platforms[platform] == "" {
				report(at, "is empty", "write the user id on that platform (企业微信: 账号; 钉钉: userId), or leave the line out")
				continue
			}
			unique(report, accounts, at, platform+"/"+p.Platforms[platform], p.ID, "account")
		}
	}
}

func unique(report reporter, seen map[string]string, key, value, owner, kind string) {
	if first, taken := seen[value]; taken {
		report(key, "is the same "+kind+" as that of "+first, "give each person their own")
		return
	}
	seen[value] = owner
}

func (o Org) checkTeams(report reporter, people, teams index) {
	parents := map[string]string{}
	for i, t := range o.Teams {
		key := fmt.Sprintf("teams[%d]", i)
		if t.Name == "" {
			report(key+".name", "is missing", "write the team's name as in the chat")
		}
		people.refer(key+".lead", t.Lead, "person")
		if t.Parent != "" {
			teams.refer(key+".parent", t.Parent, "team")
		}
		parents[t.ID] = t.Parent
	}
	for i, t := range o.Teams {
		if inCircle(t.ID, parents) {
			report(fmt.Sprintf("teams[%d].parent", i), "leads back to the team itself", "let one team of the circle have no parent")
			return // one report names the circle; the others would repeat it
		}
	}
}

func inCircle(id string, parents map[string]string) bool {
	at := parents[id]
	for range parents {
		if at == "" {
			return false
		}
		if at == id {
			return true
		}
		at = parents[at]
	}
	return false // a circle further up: it is found from its own members
}

func (o Org) checkGroups(report reporter, people index) {
	for i, g := range o.Groups {
		key := fmt.Sprintf("groups[%d]", i)
		choice(report, key+".platform", g.Platform, Platforms)
		if g.Name == "" {
			report(key+".name", "is missing", "write the group's name as in the chat")
		}
		for j, member := range g.Members {
			at := fmt.Sprintf("%s.members[%d]", key, j)
			people.refer(at, member, "person")
			if p, ok := o.Person(member); ok && p.Platforms[g.Platform] == "" {
				report(at, member+" has no account on "+g.Platform, "give one under platforms, or leave the person out of this group")
			}
		}
	}
}

// checkMaster reports at the owners and the file: the master data itself has no lines here.
func (o Org) checkMaster(report reporter, people index) {
	for _, theirs := range slices.Sorted(maps.Keys(o.MasterFile.Owners)) {
		people.refer("master.owners."+theirs, o.MasterFile.Owners[theirs], "person")
	}
	if o.MasterFile.DefaultOwner != "" {
		people.refer("master.default_owner", o.MasterFile.DefaultOwner, "person")
	}
	if err := o.Master.check(); err != nil {
		report("master.file", err.Error(), "correct "+o.MasterFile.File)
	}
}

// check joins everything wrong in the master data.
func (m Master) check() error {
	var wrong []error
	note := func(key, what, _ string) { wrong = append(wrong, fmt.Errorf("%s %s", key, what)) }
	customers, contacts, products := newIndex(note), newIndex(note), newIndex(note)
	for i, c := range m.Customers {
		customers.add(fmt.Sprintf("customers[%d]", i), c.ID)
		if c.Name == "" {
			note(fmt.Sprintf("customers[%d].name", i), "is missing", "")
		}
	}
	for i, c := range m.Contacts {
		key := fmt.Sprintf("contacts[%d]", i)
		contacts.add(key, c.ID)
		customers.refer(key+".customer", c.Customer, "customer")
		if c.Name == "" {
			note(key+".name", "is missing", "")
		}
	}
	for i, c := range m.Customers {
		for j, id := range c.Contacts {
			contacts.refer(fmt.Sprintf("customers[%d].contacts[%d]", i, j), id, "contact")
		}
	}
	for i, p := range m.Products {
		key := fmt.Sprintf("products[%d]", i)
		products.add(key, p.ID)
		if p.ListPrice != "" && !priceForm.MatchString(p.ListPrice) {
			note(key+".list_price", "is not an amount in yuan", "")
		}
	}
	for i, c := range m.Contracts {
		key := fmt.Sprintf("contracts[%d]", i)
		customers.refer(key+".customer", c.Customer, "customer")
		if !priceForm.MatchString(c.Amount) {
			note(key+".amount", "is not an amount in yuan", "")
		}
	}
	return errors.Join(wrong...)
}

// CheckOrg reports, as Problems, what the configuration names and the organisation does not have: admins, and roles
// nobody fills. A contract would wait for ever for an approver who does not exist.
func (c Config) CheckOrg(o Org) error {
	var ps Problems
	report := func(key, what, fix string) { ps = append(ps, Problem{Key: key, What: what, Fix: fix}) }
	people := newIndex(report)
	for i, p := range o.People {
		people.add(fmt.Sprintf("people[%d]", i), p.ID)
	}
	for i, id := range c.Admin.People {
		people.refer(fmt.Sprintf("admin.people[%d]", i), id, "person")
	}
	for i, role := range c.Rules.Approval.Contract {
		if len(o.WithRole(role)) == 0 {
			report(fmt.Sprintf("rules.approval.contract[%d]", i), "nobody has the role "+role, "give it to a person in the organisation file, or take it out")
		}
	}
	levels := map[string][]string{
		"rules.contract_escalation.notify":      c.Rules.ContractEscalation.Notify,
		"rules.contract_escalation.next_notify": c.Rules.ContractEscalation.NextNotify,
	}
	for _, key := range slices.Sorted(maps.Keys(levels)) {
		if !slices.ContainsFunc(levels[key], func(role string) bool { return len(o.WithRole(role)) > 0 }) {
			report(key, "nobody has one of these roles", "name a role that somebody has")
		}
	}
	return ps.err()
}
