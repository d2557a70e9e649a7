package sales

import (
	"context"
	"slices"
	"time"
)

// Kinds of incidents beside overdue approvals. They are never renamed: rows stand under these names.
const (
	WatchSilent   = "contact.silent" // a customer whose only contact is silent
	WatchLeaver   = "person.left"    // somebody left, and what was theirs has no owner; its subject is the person
	WatchConflict = "fact.conflict"  // sales, service and delivery know different things of a customer
)

// Words of an incident's story, the same that approvals use.
const (
	watchOpened   = "opened"
	watchPushed   = "pushed"
	watchHeld     = "held"
	watchAcked    = "acked"
	watchSnoozed  = "snoozed"
	watchMoved    = "handed_over"
	watchResolved = "resolved"
)

// WatchTx is what keeping an eye on something needs of one transaction.
type WatchTx interface {
	NewID() ID
	CreateIncident(i Incident)
	UpdateIncident(i Incident)
	IncidentOf(ctx context.Context, kind, subjectKind string, subject ID) (Incident, error)
	AddIncidentStep(s IncidentStep)
}

// Watch is one incident being written: who was told, who took it, how it ended. Save writes it once.
type Watch struct {
	Incident
	tx    WatchTx
	now   time.Time
	known bool
	dirty bool
}

// OpenWatch finds the incident of a kind about a subject, or begins it. One that has ended begins anew with its next Push.
func OpenWatch(ctx context.Context, tx WatchTx, kind, subjectKind string, subject ID, now time.Time) (*Watch, error) {
	i, err := tx.IncidentOf(ctx, kind, subjectKind, subject)
	switch {
	case KindOf(err) == NotFound:
		return &Watch{tx: tx, now: now, Incident: Incident{
			ID: tx.NewID(), Kind: kind, SubjectKind: subjectKind, SubjectID: subject, State: IncidentResolved, Version: 1,
		}}, nil
	case err != nil:
		return nil, err
	}
	return &Watch{Incident: i, tx: tx, now: now, known: true}, nil
}

// Open reports whether the incident goes on.
func (w *Watch) Open() bool { return w.State == IncidentOpen }

func (w *Watch) step(what string, person PersonID, note string) {
	w.tx.AddIncidentStep(IncidentStep{
		ID: w.tx.NewID(), IncidentID: w.ID, At: At(w.now), Level: w.Level, What: what, PersonID: person, Note: note,
	})
	w.dirty = true
}

// Push notes that people are told at a level, and why; it opens the incident.
func (w *Watch) Push(level int, why string, people ...PersonID) {
	if !w.Open() {
		w.Incident = Incident{
			ID: w.ID, Kind: w.Kind, SubjectKind: w.SubjectKind, SubjectID: w.SubjectID, State: IncidentOpen, OpenedAt: At(w.now), Version: w.Version,
		}
		w.step(watchOpened, 0, why)
	}
	w.Level = level
	w.AckedBy, w.AckedAt, w.AckUntil, w.SnoozedUntil = 0, Instant{}, Instant{}, Instant{}
	for _, p := range people {
		w.step(watchPushed, p, why)
	}
}

// Held notes that nobody is told, and why. It says nothing of an incident that is not open.
func (w *Watch) Held(why string) {
	if w.Open() {
		w.step(watchHeld, 0, why)
	}
}

// Ack notes that somebody takes it up until a moment.
func (w *Watch) Ack(person PersonID, until time.Time) {
	w.AckedBy, w.AckedAt, w.AckUntil = person, At(w.now), At(until)
	w.step(watchAcked, person, "到 "+FormatMoment(until))
}

// Snooze notes that somebody asks to be told later.
func (w *Watch) Snooze(person PersonID, until time.Time) {
	w.SnoozedUntil = At(until)
	w.step(watchSnoozed, person, "到 "+FormatMoment(until))
}

// HandOver notes that it goes to somebody else.
func (w *Watch) HandOver(to PersonID, note string) { w.step(watchMoved, to, note) }

// Resolve ends an incident that is open.
func (w *Watch) Resolve(by PersonID, how string) {
	if !w.Open() {
		return
	}
	w.State, w.ResolvedAt, w.Resolution = IncidentResolved, At(w.now), how
	w.step(watchResolved, by, how)
}

// Save writes the incident when anything was noted. Version is then the one that cards carry.
func (w *Watch) Save() {
	switch {
	case !w.dirty:
	case w.known:
		w.tx.UpdateIncident(w.Incident)
		w.Version++
	default:
		w.tx.CreateIncident(w.Incident)
		w.known = true
	}
	w.dirty = false
}

// PushedTo reports whether a person was told of an incident since it was opened.
func PushedTo(i Incident, steps []IncidentStep, p PersonID) bool {
	return slices.ContainsFunc(steps, func(s IncidentStep) bool {
		return s.PersonID == p && (s.What == watchPushed || s.What == watchMoved) && !s.At.Before(i.OpenedAt.Time)
	})
}
