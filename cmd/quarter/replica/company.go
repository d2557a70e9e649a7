package replica

import (
	"context"
	"fmt"
	"time"

	"salesflow/store"
	"salesflow/store/sales"
)

// Member is somebody of the company, Team a node of its tree.
type Member struct {
	ID, Team int64
	Name     string
	Role     string
	Hired    time.Time
}

// Team is a node of the company's tree.
type Team struct {
	ID, Parent, Lead int64
	Region           string
}

// Found writes the company.
func (r *Replica) Found(ctx context.Context, people []Member, teams []Team) error {
	return r.do(ctx, store.Work{Fn: func(_ context.Context, tx *store.Tx) error {
		for _, t := range teams {
			tx.PutTeam(sales.Team{
				ID: sales.ID(t.ID), Code: fmt.Sprint("t", t.ID), Name: fmt.Sprint("团队", t.ID), Region: t.Region, ParentID: sales.ID(t.Parent), LeadID: sales.PersonID(t.Lead),
			})
		}
		for _, p := range people {
			id := sales.PersonID(p.ID)
			tx.PutPerson(sales.Person{
				ID: id, Code: fmt.Sprint("p", p.ID), Name: p.Name, Roles: sales.List[sales.Role]{sales.Role(p.Role)}, TeamID: sales.ID(p.Team),
				HiredOn: sales.DayOf(p.Hired), Active: true,
			})
			platform := []string{"wecom", "dingtalk"}[p.ID%2]
			tx.LinkIdentity(sales.Identity{Platform: platform, UserID: fmt.Sprint("u", p.ID), PersonID: id, LinkedAt: sales.At(p.Hired)})
		}
		return nil
	}})
}
