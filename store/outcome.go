package store

import (
	"context"
	"slices"

	"salesflow/store/aggregate"
	"salesflow/store/sales"
)

var dealSkips = rowsOf("deal_skips", "person_id, opportunity_id, until_on").upsert("person_id, opportunity_id", "until_on", "")

// stay is a stay in a stage that ended, or (-1) did not end after all.
type stay struct {
	stage      sales.Stage
	seconds, n int64
}

// retraction takes entries of a deal into some stages back.
type retraction struct {
	opportunity sales.ID
	stages      []sales.Stage
}

// stayed counts how long a deal stayed in the stage it goes on from. A move that is taken back gives the deal the time in
// its old stage again, by which it is known: what it counted is taken back, too.
func (tx *Tx) stayed(o, before sales.Opportunity, m sales.StageMove) {
	from, to := o.Way.Index(m.From), o.Way.Index(m.To)
	switch {
	case from < 0 || to < 0:
	case from < to:
		tx.dwells = append(tx.dwells, stay{m.From, m.Dwell, 1})
	case from > to && o.StageSince.Before(before.StageSince.Time):
		tx.dwells = append(tx.dwells, stay{m.To, int64(before.StageSince.Sub(o.StageSince.Time).Seconds()), -1})
	}
}

// closed counts how changed deals ended, and no longer how they had ended. known are the stages they had reached before.
func closed(sums *aggregate.Sums, before []aggregate.Position, txs []*Tx, known map[sales.ID][]sales.Stage, entries []aggregate.Entry) {
	for _, p := range before {
		sums.Close(p, known[p.ID], -1)
	}
	reached := map[sales.ID][]sales.Stage{}
	for _, e := range entries {
		reached[e.OpportunityID] = append(reached[e.OpportunityID], e.Stage)
	}
	for _, tx := range txs {
		for _, c := range tx.changes {
			if c.t == opportunities {
				id := sales.ID(c.id)
				sums.Close(positionOf(c.row), slices.Concat(known[id], reached[id]), 1)
			}
		}
	}
}

// Outcomes are the sums of how deals ended that had reached one of the stages. What it costs goes by stages, product lines and
// teams, not by deals.
func (tx *Tx) Outcomes(ctx context.Context, stages []sales.Stage) ([]sales.OutcomeSum, error) {
	var out []sales.OutcomeSum
	if len(stages) == 0 {
		return nil, nil
	}
	err := tx.list(ctx, &out, "SELECT stage, cut, cut_key, won, lost FROM outcome_sums WHERE stage IN ("+marks(len(stages))+")", anys(stages)...)
	return out, err
}

// Dwells are how long deals stayed in some stages before they went on, by buckets.
func (tx *Tx) Dwells(ctx context.Context, stages []sales.Stage) ([]sales.DwellSum, error) {
	var out []sales.DwellSum
	if len(stages) == 0 {
		return nil, nil
	}
	err := tx.list(ctx, &out, "SELECT stage, bucket, moves FROM dwell_sums WHERE moves > 0 AND stage IN ("+marks(len(stages))+") ORDER BY stage, bucket", anys(stages)...)
	return out, err
}

// SkipDeal puts a deal aside for a person up to a day.
func (tx *Tx) SkipDeal(person sales.PersonID, deal sales.ID, until sales.Day) {
	tx.touching("deal_skip", person.String(), deal.String())
	tx.add(dealSkips, []any{person, deal, until})
}

// SkippedDeals are what a person has put aside up to today or later.
func (tx *Tx) SkippedDeals(ctx context.Context, person sales.PersonID, today sales.Day) ([]sales.ID, error) {
	var out []sales.ID
	err := tx.list(ctx, &out, "SELECT opportunity_id FROM deal_skips WHERE person_id = ? AND until_on >= ? ORDER BY opportunity_id LIMIT 500", person, today)
	return out, err
}
