package scheduler

import (
	"context"
	"time"

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
