package store

import (
	"context"

	"salesflow/store/sales"
)

const planColumns = `
	id,
	person_id,
	team_id,
	customer_id,
	customer_name,
	contact_id,
	contact_name,
	day,
	part,
	due_at,
	purpose,
	appointed,
	moved,
	state,
	created_at,
	source_event_id,
	version`

var plans = tableOf[sales.VisitPlan]("visit_plans", planColumns).
	watching("plan", "person_id, customer_id, day, due_at, state")

// CreatePlan plans a visit.
func (tx *Tx) CreatePlan(p sales.VisitPlan) { tx.create(plans, p.ID, p) }

// UpdatePlan changes a plan over the version it was read at.
func (tx *Tx) UpdatePlan(p sales.VisitPlan) { tx.update(plans, p.ID, p.Version, p) }

// A plan is made when the person filed a visit of that customer on that day.
const plansSelect = "SELECT " + planColumns + `,
	COALESCE((SELECT MIN(v.id) FROM visits v
		WHERE v.person_id = visit_plans.person_id AND v.day = visit_plans.day
			AND v.customer_id = visit_plans.customer_id AND v.state = 'filed' AND visit_plans.customer_id <> 0), 0) AS made
	FROM visit_plans `

// PlanByID reads a planned visit.
func (tx *Tx) PlanByID(ctx context.Context, id sales.ID) (sales.VisitPlan, error) {
	var p sales.VisitPlan
	err := tx.get(ctx, "没找到这条计划。", &p, plansSelect+"WHERE id = ?", id)
	return p, err
}

// Plans lists the visits that people in scope have planned from one day to another, both included, by day and person.
func (tx *Tx) Plans(ctx context.Context, scope sales.Scope, from, to sales.Day) ([]sales.VisitPlan, error) {
	cond, args := scopeSQL("person_id", scope)
	var out []sales.VisitPlan
	err := tx.list(ctx, &out, plansSelect+"WHERE day >= ? AND day <= ? AND state = 'open' AND "+cond+
		" ORDER BY day, person_id, id LIMIT 2000", append([]any{from, to}, args...)...)
	return out, err
}

// PlansByCustomer lists who has planned to visit a customer from a day on.
func (tx *Tx) PlansByCustomer(ctx context.Context, customer sales.ID, from sales.Day) ([]sales.VisitPlan, error) {
	var out []sales.VisitPlan
	err := tx.list(ctx, &out, plansSelect+"WHERE customer_id = ? AND day >= ? AND state = 'open' ORDER BY day, id LIMIT 20", customer, from)
	return out, err
}
