package sales

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// HeldReader is what was kept for somebody who was away is read from.
type HeldReader interface {
	HeldPushes(ctx context.Context, person PersonID) ([]HeldPush, error)
	TodoByID(ctx context.Context, id ID) (Todo, error)
	IncidentByID(ctx context.Context, id ID) (Incident, error)
}

// ReadHeld are the lines to tell a person who is back, each thing once and as it is now, and the id of the last; what was
// finished meanwhile is left out.
func ReadHeld(ctx context.Context, r HeldReader, person PersonID) (lines []string, last ID, err error) {
	held, err := r.HeldPushes(ctx, person)
	if err != nil {
		return nil, 0, err
	}
	newest := map[string]int{}
	for i, h := range held {
		last = max(last, h.ID)
		if h.Subject != "" {
			newest[h.Subject] = i
		}
	}
	for i, h := range held {
		if h.Subject != "" && newest[h.Subject] != i {
			continue
		}
		if id, ok := strings.CutPrefix(h.Subject, "todo:"); ok {
			n, err := strconv.ParseInt(id, 10, 64)
			if err != nil {
				continue
			}
			todo, err := r.TodoByID(ctx, ID(n))
			if err != nil && KindOf(err) != NotFound {
				return nil, 0, err
			}
			if err != nil || todo.State != TodoOpen {
				continue
			}
			if head, _, ok := strings.Cut(h.Line, " · 到期"); ok && !todo.DueOn.IsZero() { // 今天 was said on another day
				h.Line = head + " · " + todo.DueOn.Chinese() + "到期"
			}
		}
		gone, err := settled(ctx, r, h.Subject)
		if err != nil {
			return nil, 0, err
		}
		if !gone {
			lines = append(lines, h.Line)
		}
	}
	return lines, last, nil
}

// settled reports whether a push was about something that was not done in time and has been dealt with since.
func settled(ctx context.Context, r HeldReader, subject string) (bool, error) {
	id, ok := strings.CutPrefix(subject, "incident:")
	n, err := strconv.ParseInt(id, 10, 64)
	if !ok || err != nil {
		return false, nil //nolint:nilerr // a subject of another kind
	}
	i, err := r.IncidentByID(ctx, ID(n))
	if err != nil {
		if KindOf(err) == NotFound {
			return false, nil
		}
		return false, err
	}
	return i.State != IncidentOpen && i.Resolution != IncidentTold, nil
}

// AwayReader tells who is away.
type AwayReader interface {
	Absences(ctx context.Context, scope Scope, from, until Instant) ([]Absence, error)
}

// ReadAway are the absences of people at a moment, by person.
func ReadAway(ctx context.Context, r AwayReader, people []PersonID, at Instant) (map[PersonID]Absence, error) {
	if len(people) == 0 {
		return nil, nil
	}
	list, err := r.Absences(ctx, Scope{Persons: people}, at, At(at.Add(time.Millisecond)))
	if err != nil {
		return nil, err
	}
	out := map[PersonID]Absence{}
	for _, a := range list {
		if a.Covers(at.Time) {
			out[a.PersonID] = a
		}
	}
	return out, nil
}
