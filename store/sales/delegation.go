package sales

import (
	"context"
	"maps"
	"slices"
	"time"
)

// Delegation is when somebody lets a deputy decide approvals for them (委托), though they may be there.
type Delegation struct {
	ID       ID       `db:"id"`
	PersonID PersonID `db:"person_id"`
	DeputyID PersonID `db:"deputy_id"`
	// Kinds are the kinds of request it is about, empty for all.
	Kinds         List[string] `db:"kinds"`
	From          Instant      `db:"from_at"`
	Until         Instant      `db:"until_at"` // not included
	State         string       `db:"state"`    // AbsenceActive or AbsenceCancelled
	CreatedAt     Instant      `db:"created_at"`
	SourceEventID string       `db:"source_event_id"`
	Version       int64        `db:"version"`
}

// Covers reports whether the delegation holds at t for a kind of request.
func (d Delegation) Covers(t time.Time, kind string) bool {
	if d.State != AbsenceActive || t.Before(d.From.Time) || !t.Before(d.Until.Time) {
		return false
	}
	if len(d.Kinds) == 0 {
		return true
	}
	for _, k := range d.Kinds {
		if k == kind {
			return true
		}
	}
	return false
}

// Span is when the delegation holds, in words.
func (d Delegation) Span() string { return Absence{From: d.From, Until: d.Until}.Span() }

// StandInReader tells who is away and who has delegated.
type StandInReader interface {
	AwayReader
	Delegations(ctx context.Context, people []PersonID, from, until Instant) ([]Delegation, error)
}

// maxStandIns bounds how far the deputy of a deputy is looked for.
const maxStandIns = 3

// StandIns are those who may decide approvals of a kind for others at a moment, by who they stand in for: by delegation
// (委托), or since the person is away and named a deputy (代理). Who is away themselves is passed over for their deputy.
func StandIns(ctx context.Context, r StandInReader, org *Org, people []PersonID, kind string, at Instant) (map[PersonID]PersonID, error) {
	if len(people) == 0 {
		return nil, nil
	}
	out, at2 := map[PersonID]PersonID{}, At(at.Add(time.Millisecond))
	next := map[PersonID]PersonID{} // who was asked for → for whom
	for _, p := range people {
		next[p] = p
	}
	for range maxStandIns {
		ask := slices.Sorted(maps.Keys(next))
		if len(ask) == 0 {
			break
		}
		away, err := ReadAway(ctx, r, ask, at)
		if err != nil {
			return nil, err
		}
		given, err := r.Delegations(ctx, ask, at, at2)
		if err != nil {
			return nil, err
		}
		further := map[PersonID]PersonID{}
		for _, p := range ask {
			deputy := away[p].DeputyID
			for _, d := range given {
				if d.PersonID == p && d.Covers(at.Time, kind) && (p == next[p] || away[p].ID != 0) {
					deputy = d.DeputyID
				}
			}
			who, ok := org.Person(deputy)
			if !ok || !who.Active || who.ID == next[p] {
				continue
			}
			out[next[p]] = who.ID
			further[who.ID] = next[p]
		}
		next = further
	}
	return out, nil
}
