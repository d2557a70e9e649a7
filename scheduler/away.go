package scheduler

import (
	"context"
	"slices"
	"time"

	"salesflow/store/approval"
	"salesflow/store/sales"
)

// awayNow says why a person is not asked for anything: they are away. Empty when they are not, or when tx does not know.
func awayNow(ctx context.Context, tx any, p sales.PersonID, now time.Time) (string, error) {
	r, ok := tx.(sales.AwayReader)
	if !ok {
		return "", nil
	}
	away, err := sales.ReadAway(ctx, r, []sales.PersonID{p}, sales.At(now))
	if a, gone := away[p]; gone && err == nil {
		return "away: " + a.Kind + " until " + a.LastDay().String(), nil
	}
	return "", err
}

// standIns puts deputies in the place of those of a level who are away, and says so in the incident's story.
func (c *climb) standIns(ctx context.Context, level int, people []sales.PersonID) ([]sales.PersonID, error) {
	r, ok := c.tx.(sales.AwayReader)
	if !ok {
		return people, nil
	}
	away, err := sales.ReadAway(ctx, r, people, sales.At(c.m.Now))
	if err != nil || len(away) == 0 {
		return people, err
	}
	var out []sales.PersonID
	for _, p := range people {
		a, gone := away[p]
		deputy, known := c.m.Org.Person(a.DeputyID)
		to := p
		switch {
		case !gone:
		case known && deputy.Active && len(c.m.Org.Identities(deputy.ID)) > 0:
			to = deputy.ID
			c.step(approval.StepHeld, level, p, c.m.Org.Name(p)+a.KindName()+"到 "+a.LastDay().Chinese()+",转给代理 "+deputy.Name)
		default:
			c.step(approval.StepHeld, level, p, c.m.Org.Name(p)+a.KindName()+"到 "+a.LastDay().Chinese()+",没有代理,照推")
		}
		if !slices.Contains(out, to) {
			out = append(out, to)
		}
	}
	return out, nil
}

// apart parts people into those who were there at a moment and those who were away.
func apart(ctx context.Context, tx any, people []sales.Person, at time.Time) (there, gone []sales.Person, err error) {
	r, ok := tx.(sales.AwayReader)
	if !ok || len(people) == 0 {
		return people, nil, nil
	}
	ids := make([]sales.PersonID, len(people))
	for i, p := range people {
		ids[i] = p.ID
	}
	away, err := sales.ReadAway(ctx, r, ids, sales.At(at))
	for _, p := range people {
		if _, was := away[p.ID]; was {
			gone = append(gone, p)
		} else {
			there = append(there, p)
		}
	}
	return there, gone, err
}
