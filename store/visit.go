package store

import (
	"context"

	"salesflow/store/sales"
)

const visitColumns = `
	id,
	person_id,
	team_id,
	customer_id,
	contact_id,
	contact_name,
	day,
	filed_at,
	text,
	products,
	need,
	objection,
	objection_type,
	objection_percent,
	amount,
	amount_role,
	opportunity_id,
	suggested_stage,
	next_on,
	reasons,
	state,
	source_event_id,
	version`

var visits = tableOf[sales.Visit]("visits", visitColumns).
	watching("visit", "person_id, customer_id, amount, state").
	leaving("contact_name, objection_type, objection_percent, amount, amount_role, opportunity_id, suggested_stage, next_on")

// CreateVisit files a visit.
func (tx *Tx) CreateVisit(v sales.Visit) { tx.create(visits, v.ID, v) }

// UpdateVisit changes a visit over the version it was read at.
func (tx *Tx) UpdateVisit(v sales.Visit) { tx.update(visits, v.ID, v.Version, v) }

// VisitByID reads a visit.
func (tx *Tx) VisitByID(ctx context.Context, id sales.ID) (sales.Visit, error) {
	var v sales.Visit
	err := tx.get(ctx, "没找到这条拜访。", &v, "SELECT "+visitColumns+" FROM visits WHERE id = ?", id)
	return v, err
}

const visitsOn = "SELECT " + visitColumns + `
	FROM visits
	WHERE person_id = ? AND day = ? AND state = 'filed'
	ORDER BY filed_at, id
	LIMIT 200`

// VisitsOn lists a person's filed visits of a day, the oldest first.
func (tx *Tx) VisitsOn(ctx context.Context, person sales.PersonID, day sales.Day) ([]sales.Visit, error) {
	var out []sales.Visit
	err := tx.list(ctx, &out, visitsOn, person, day)
	return out, err
}

const visitsByCustomer = "SELECT " + visitColumns + `
	FROM visits
	WHERE customer_id = ? AND state = 'filed'
	ORDER BY id DESC
	LIMIT ?`

// VisitsByCustomer lists the newest filed visits of a customer.
func (tx *Tx) VisitsByCustomer(ctx context.Context, customer sales.ID, limit int) ([]sales.Visit, error) {
	var out []sales.Visit
	err := tx.list(ctx, &out, visitsByCustomer, customer, bound(limit, 200))
	return out, err
}

const visitsOf = "SELECT " + visitColumns + `
	FROM visits
	WHERE person_id = ?
	ORDER BY id DESC
	LIMIT ?`

// VisitsOf lists a person's newest visits, the undone ones included.
func (tx *Tx) VisitsOf(ctx context.Context, person sales.PersonID, limit int) ([]sales.Visit, error) {
	var out []sales.Visit
	err := tx.list(ctx, &out, visitsOf, person, bound(limit, 200))
	return out, err
}
