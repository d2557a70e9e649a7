package store

import (
	"context"

	"salesflow/store/sales"
)

const absenceColumns = `
	id,
	person_id,
	team_id,
	kind,
	from_at,
	until_at,
	place,
	reason,
	deputy_id,
	state,
	created_at,
	source_event_id,
	version`

const heldColumns = `
	id,
	person_id,
	subject,
	line,
	held_at`

var (
	absences = tableOf[sales.Absence]("absences", absenceColumns).
			watching("absence", "person_id, kind, from_at, until_at, deputy_id, state")
	held = tableOf[sales.HeldPush]("held_pushes", heldColumns)
)

// CreateAbsence keeps that somebody will be away.
func (tx *Tx) CreateAbsence(a sales.Absence) { tx.create(absences, a.ID, a) }

// UpdateAbsence changes an absence over the version it was read at.
func (tx *Tx) UpdateAbsence(a sales.Absence) { tx.update(absences, a.ID, a.Version, a) }

// AbsenceByID reads an absence.
func (tx *Tx) AbsenceByID(ctx context.Context, id sales.ID) (sales.Absence, error) {
	var a sales.Absence
	err := tx.get(ctx, "没找到这次请假。", &a, "SELECT "+absenceColumns+" FROM absences WHERE id = ?", id)
	return a, err
}

// Absences lists when people in scope are away between two moments, the earliest first.
func (tx *Tx) Absences(ctx context.Context, scope sales.Scope, from, until sales.Instant) ([]sales.Absence, error) {
	cond, args := scopeSQL("person_id", scope)
	var out []sales.Absence
	err := tx.list(ctx, &out, "SELECT "+absenceColumns+" FROM absences WHERE state = 'active' AND until_at > ? AND from_at < ? AND "+cond+
		" ORDER BY from_at, id LIMIT 500", append([]any{from, until}, args...)...)
	return out, err
}

// HoldPush keeps a line for somebody who is away.
func (tx *Tx) HoldPush(h sales.HeldPush) { tx.add(held, held.row(h)) }

// HeldPushes lists what was kept for a person, the oldest first.
func (tx *Tx) HeldPushes(ctx context.Context, person sales.PersonID) ([]sales.HeldPush, error) {
	var out []sales.HeldPush
	err := tx.list(ctx, &out, "SELECT "+heldColumns+" FROM held_pushes WHERE person_id = ? ORDER BY id LIMIT 500", person)
	return out, err
}

// DropHeld forgets what was kept for a person up to and with an id: it was told.
func (tx *Tx) DropHeld(person sales.PersonID, last sales.ID) {
	tx.touching("held", person.String())
	tx.before = append(tx.before, statement{"DELETE FROM held_pushes WHERE person_id = ? AND id <= ?", []any{person, last}, -1})
}
