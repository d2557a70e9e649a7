package main

import (
	"context"
	"fmt"
	"time"

	"salesflow/configs"
	"salesflow/store"
	"salesflow/store/sales"
)

// seed brings the organisation file into the store. What is there already, by its code, is brought up to date; nothing is
// taken away.
func seed(ctx context.Context, db *store.DB, org configs.Org, now time.Time) error {
	if len(org.People) == 0 {
		return nil
	}
	s := store.Seed{At: now}
	for _, t := range org.Teams {
		s.Teams = append(s.Teams, store.SeedTeam{
			Team: sales.Team{Code: t.ID, Name: t.Name, Region: t.Region}, Parent: t.Parent, Lead: t.Lead,
		})
	}
	for _, p := range org.People {
		person := sales.Person{Code: p.ID, Name: p.Name, Phone: p.Phone, Active: true}
		for _, r := range p.Roles {
			person.Roles = append(person.Roles, sales.Role(r))
		}
		if p.Hired != "" {
			d, err := sales.ParseDay(p.Hired)
			if err != nil {
				return fmt.Errorf("hiring day of %s: %w", p.ID, err)
			}
			person.HiredOn = d
		}
		s.People = append(s.People, store.SeedPerson{Person: person, Team: p.Team, Accounts: p.Platforms})
	}
	for _, g := range org.Groups {
		s.Groups = append(s.Groups, store.SeedGroup{
			Chat: sales.GroupChat{Platform: g.Platform, ChatID: g.Chat, Name: g.Name, SeenAt: sales.At(now)},
			Team: teamOf(org, g),
		})
	}
	seedMaster(&s, org.Master)
	if err := db.SeedOrganisation(ctx, s); err != nil {
		return fmt.Errorf("take over the organisation file: %w", err)
	}
	return nil
}

// teamOf is the team a group belongs to: the one of its name.
func teamOf(org configs.Org, g configs.Group) string {
	for _, t := range org.Teams {
		if t.Name == g.Name {
			return t.ID
		}
	}
	return ""
}
