package play

import (
	"fmt"
	"time"

	"salesflow/cmd/quarter/model"
	"salesflow/cmd/quarter/replica"
)

// Size is how much of a company lives for how long.
type Size struct {
	People, Customers, Contracts int
	Start                        time.Time
	Days                         int
	Seed                         uint64
}

// Small is three weeks around the Spring Festival with both its make-up days, Quarter the first quarter of 2026.
var (
	Small   = Size{People: 20, Customers: 120, Contracts: 200, Start: time.Date(2026, 2, 9, 7, 0, 0, 0, model.Zone), Days: 21, Seed: 1}
	Quarter = Size{People: 500, Customers: 6000, Contracts: 20000, Start: time.Date(2026, 1, 5, 7, 0, 0, 0, model.Zone), Days: 86, Seed: 1}
)

// company is who there is: the head office, regions with a director each, teams with a lead each.
type company struct {
	people []model.Person
	office []replica.Member
	teams  []replica.Team
	role   map[string][]int64
}

const headOffice = 1

func newCompany(n int, start time.Time) *company {
	c := &company{role: map[string][]int64{}}
	hired := start.AddDate(-1, 0, 0)
	add := func(role string, team, boss int64, region string) int64 {
		id := int64(len(c.people) + 1)
		name := fmt.Sprintf("员工%03d", id)
		c.people = append(c.people, model.Person{ID: id, Name: name, Role: role, Boss: boss, Region: region, Hired: hired})
		c.office = append(c.office, replica.Member{ID: id, Name: name, Role: role, Team: team, Hired: hired})
		c.role[role] = append(c.role[role], id)
		return id
	}
	director := add("director", headOffice, 0, "")
	c.teams = append(c.teams, replica.Team{ID: headOffice, Lead: director})
	for _, role := range []string{"gm", "legal_head", "legal", "legal", "hrbp", "service", "service"} {
		add(role, headOffice, director, "")
	}
	const perTeam, teamsPerRegion = 9, 6
	for region := int64(1); len(c.people) < n; region++ {
		top := headOffice + region*100
		name := fmt.Sprintf("大区%d", region)
		head := add("regional_director", top, director, name)
		c.teams = append(c.teams, replica.Team{ID: top, Parent: headOffice, Lead: head, Region: name})
		for team := int64(1); team <= teamsPerRegion && len(c.people) < n; team++ {
			lead := add("lead", top+team, head, name)
			c.teams = append(c.teams, replica.Team{ID: top + team, Parent: top, Lead: lead})
			for range perTeam {
				if len(c.people) < n {
					add("rep", top+team, lead, name)
				}
			}
		}
	}
	return c
}
