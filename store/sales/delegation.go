package sales

import "time"

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
