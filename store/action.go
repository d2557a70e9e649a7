package store

import (
	"context"

	"salesflow/store/sales"
)

const actionColumns = `
	visit_id,
	action,
	person_id,
	customer_id,
	day,
	done_at,
	text,
	state,
	source_event_id`

const companionColumns = `
	id,
	visit_id,
	person_id,
	asked_by,
	customer_id,
	day,
	state,
	asked_at,
	answered_at,
	version`

var (
	visitActions = tableOf[sales.ActionRow]("visit_actions", actionColumns).
			upsert("visit_id, action", "text, state, source_event_id", "")
	companions = tableOf[sales.Companion]("visit_companions", companionColumns).watching("companion", "person_id, state")
)

// PutAction keeps that an action of a visit was done; what is said again takes the place of its words.
func (tx *Tx) PutAction(a sales.ActionRow) {
	tx.touching("visit_action", a.VisitID.String())
	tx.add(visitActions, visitActions.row(a))
}

// ActionsOf lists the actions of a visit.
func (tx *Tx) ActionsOf(ctx context.Context, visit sales.ID) ([]sales.ActionRow, error) {
	var out []sales.ActionRow
	err := tx.list(ctx, &out, "SELECT "+actionColumns+" FROM visit_actions WHERE visit_id = ? ORDER BY done_at, action", visit)
	return out, err
}

// CreateCompanion and UpdateCompanion keep a colleague's part in a visit.
func (tx *Tx) CreateCompanion(c sales.Companion) { tx.create(companions, c.ID, c) }

// UpdateCompanion changes a colleague's part over the version it was read at.
func (tx *Tx) UpdateCompanion(c sales.Companion) { tx.update(companions, c.ID, c.Version, c) }

// CompanionByID reads a colleague's part in a visit.
func (tx *Tx) CompanionByID(ctx context.Context, id sales.ID) (sales.Companion, error) {
	var c sales.Companion
	err := tx.get(ctx, "没找到这次陪访。", &c, "SELECT "+companionColumns+" FROM visit_companions WHERE id = ?", id)
	return c, err
}

// CompanionsOf lists the colleagues of a visit.
func (tx *Tx) CompanionsOf(ctx context.Context, visit sales.ID) ([]sales.Companion, error) {
	var out []sales.Companion
	err := tx.list(ctx, &out, "SELECT "+companionColumns+" FROM visit_companions WHERE visit_id = ? ORDER BY id LIMIT 50", visit)
	return out, err
}

// CompanionsOn lists a person's parts in colleagues' visits from one day to another, both included, the newest first. Visits that were
// taken back are none.
func (tx *Tx) CompanionsOn(ctx context.Context, person sales.PersonID, from, to sales.Day) ([]sales.Companion, error) {
	var out []sales.Companion
	err := tx.list(ctx, &out, "SELECT "+companionColumns+` FROM visit_companions
		WHERE person_id = ? AND day >= ? AND day <= ?
			AND EXISTS (SELECT 1 FROM visits v WHERE v.id = visit_companions.visit_id AND v.state = 'filed')
		ORDER BY day DESC, id DESC LIMIT 200`, person, from, to)
	return out, err
}

// CompanionsAsked lists what a person has not confirmed yet, the newest first.
func (tx *Tx) CompanionsAsked(ctx context.Context, person sales.PersonID) ([]sales.Companion, error) {
	var out []sales.Companion
	err := tx.list(ctx, &out, "SELECT "+companionColumns+
		" FROM visit_companions WHERE person_id = ? AND state = 'asked' ORDER BY id DESC LIMIT 20", person)
	return out, err
}

// VisitsNear lists a person's filed visits of a customer from one day to another, both included, the newest first.
func (tx *Tx) VisitsNear(ctx context.Context, person sales.PersonID, customer sales.ID, from, to sales.Day) ([]sales.Visit, error) {
	var out []sales.Visit
	err := tx.list(ctx, &out, "SELECT "+visitColumns+` FROM visits
		WHERE person_id = ? AND day >= ? AND day <= ? AND customer_id = ? AND state = 'filed'
		ORDER BY day DESC, id DESC LIMIT 20`, person, from, to, customer)
	return out, err
}
