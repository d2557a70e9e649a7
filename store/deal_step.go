package store

import (
	"context"

	"salesflow/store/sales"
)

const dealStepColumns = `id, opportunity_id, step_key, file_id, person_id, done_at, note`

var dealSteps = tableOf[sales.DealStep]("deal_steps", dealStepColumns).
	upsert("opportunity_id, step_key", "file_id, person_id, done_at, note", "")

// PutDealStep ticks a step of a deal off, or changes who did it when and with which file.
func (tx *Tx) PutDealStep(s sales.DealStep) {
	tx.touching("deal_step", s.OpportunityID.String(), s.Key)
	tx.add(dealSteps, dealSteps.row(s))
}

// DropDealStep takes a tick back.
func (tx *Tx) DropDealStep(deal sales.ID, key string) {
	tx.touching("deal_step", deal.String(), key)
	tx.after = append(tx.after, statement{query: "DELETE FROM deal_steps WHERE opportunity_id = ? AND step_key = ?", args: []any{deal, key}, want: -1})
}

// DealSteps lists what was ticked off for a deal, the oldest first.
func (tx *Tx) DealSteps(ctx context.Context, deal sales.ID) ([]sales.DealStep, error) {
	var out []sales.DealStep
	err := tx.list(ctx, &out, "SELECT "+dealStepColumns+" FROM deal_steps WHERE opportunity_id = ? ORDER BY done_at, id LIMIT 300", deal)
	return out, err
}

// StepsOf lists what was ticked off for some deals.
func (tx *Tx) StepsOf(ctx context.Context, deals []sales.ID) ([]sales.DealStep, error) {
	if len(deals) == 0 {
		return nil, nil
	}
	var out []sales.DealStep
	query := "SELECT " + dealStepColumns + " FROM deal_steps WHERE opportunity_id IN (" + marks(len(deals)) + ") ORDER BY opportunity_id, id LIMIT 20000"
	err := tx.list(ctx, &out, query, anys(deals)...)
	return out, err
}

// DealFilings counts the visits since a deal began that filed a need, and those that filed an objection.
func (tx *Tx) DealFilings(ctx context.Context, o sales.Opportunity) (needs, objections int, err error) {
	var n struct {
		Needs      int `db:"needs"`
		Objections int `db:"objections"`
	}
	const query = `
		SELECT
			COALESCE(SUM(CASE WHEN need <> '' THEN 1 ELSE 0 END), 0) AS needs,
			COALESCE(SUM(CASE WHEN objection <> '' THEN 1 ELSE 0 END), 0) AS objections
		FROM visits
		WHERE customer_id = ? AND state = 'filed' AND filed_at >= ?`
	err = tx.get(ctx, "", &n, query, o.CustomerID, o.CreatedAt)
	return n.Needs, n.Objections, err
}

// DealCounts counts what gates ask of a deal: people known at its customer, its approved contracts, and the visits filed
// since it began.
func (tx *Tx) DealCounts(ctx context.Context, o sales.Opportunity) (contacts, signed, visits int, err error) {
	var n struct {
		Contacts int `db:"contacts"`
		Signed   int `db:"signed"`
		Visits   int `db:"visits"`
	}
	const query = `
		SELECT
			(SELECT COUNT(*) FROM contacts WHERE customer_id = ?) AS contacts,
			(SELECT COUNT(*) FROM contracts WHERE customer_id = ? AND opportunity_id = ? AND state = 'approved') AS signed,
			(SELECT COUNT(*) FROM visits WHERE customer_id = ? AND state = 'filed' AND filed_at >= ?) AS visits`
	err = tx.get(ctx, "", &n, query, o.CustomerID, o.CustomerID, o.ID, o.CustomerID, o.CreatedAt)
	return n.Contacts, n.Signed, n.Visits, err
}
