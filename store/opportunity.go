package store

import (
	"context"
	"fmt"
	"slices"

	"salesflow/store/aggregate"
	"salesflow/store/sales"
)

const opportunityColumns = `
	id,
	customer_id,
	owner_id,
	team_id,
	products,
	line,
	amount,
	pipeline,
	pipeline_version,
	stage,
	peak,
	stage_since,
	expected_on,
	state,
	loss_reason,
	created_at,
	source_event_id,
	version`

const moveColumns = `
	id,
	opportunity_id,
	person_id,
	team_id,
	from_stage,
	to_stage,
	day,
	moved_at,
	dwell_seconds,
	source_event_id`

var (
	opportunities = tableOf[sales.Opportunity]("opportunities", opportunityColumns).
			watching("opportunity", "owner_id, customer_id, amount, stage, expected_on, state")
	moves = tableOf[sales.StageMove]("stage_moves", moveColumns)
)

// CreateOpportunity makes an opportunity and counts the stages up to its own as reached on day.
func (tx *Tx) CreateOpportunity(o sales.Opportunity, day sales.Day) {
	tx.create(opportunities, o.ID, o)
	tx.entries = append(tx.entries, aggregate.Entries(o, sales.Opportunity{}, day)...)
}

// UpdateOpportunity changes anything but the stage, over the version it was read at. The funnel follows a corrected
// amount or product line.
func (tx *Tx) UpdateOpportunity(o sales.Opportunity) {
	tx.update(opportunities, o.ID, o.Version, o)
	tx.amend(o)
}

// amend lets the funnel follow o's amount and product line, in what is written already and in what this unit adds.
func (tx *Tx) amend(o sales.Opportunity) {
	tx.amended = append(tx.amended, o)
	for i := range tx.entries {
		if tx.entries[i].OpportunityID == o.ID {
			tx.entries[i].Amount, tx.entries[i].Line = o.Amount, o.Line
		}
	}
}

// MoveOpportunity writes o with its new stage, peak and state, and the move from the stage it was in. Stages behind the
// peak it had are counted as reached on the day of the move.
func (tx *Tx) MoveOpportunity(o, before sales.Opportunity, m sales.StageMove) {
	tx.update(opportunities, o.ID, o.Version, o)
	tx.amend(o)
	tx.add(moves, moves.row(m))
	tx.entries = append(tx.entries, aggregate.Entries(o, before, m.Day)...)
	tx.stayed(o, before, m)
}

// OpportunityByID reads an opportunity.
func (tx *Tx) OpportunityByID(ctx context.Context, id sales.ID) (sales.Opportunity, error) {
	var o sales.Opportunity
	err := tx.get(ctx, "没找到这个商机。", &o, "SELECT "+opportunityColumns+" FROM opportunities WHERE id = ?", id)
	o.Way = tx.u.db.wayOf(o)
	return o, err
}

const openOpportunities = "SELECT " + opportunityColumns + `
	FROM opportunities
	WHERE state = 'open' AND customer_id IN (`

// maxOpen is how many open opportunities of a customer are looked at.
const maxOpen = 100

// OpportunitiesOf lists the open ones of people in scope, the longest in their stage first.
func (tx *Tx) OpportunitiesOf(ctx context.Context, scope sales.Scope, limit int) ([]sales.Opportunity, error) {
	cond, args := scopeSQL("owner_id", scope)
	var out []sales.Opportunity
	query := "SELECT " + opportunityColumns + " FROM opportunities WHERE state = 'open' AND " + cond + " ORDER BY stage_since, id LIMIT ?"
	err := tx.list(ctx, &out, query, append(args, bound(limit, 5000))...)
	return tx.u.db.onWays(out), err
}

// MovesByOpportunity lists the moves of an opportunity, the oldest first.
func (tx *Tx) MovesByOpportunity(ctx context.Context, id sales.ID) ([]sales.StageMove, error) {
	var out []sales.StageMove
	err := tx.list(ctx, &out, "SELECT "+moveColumns+" FROM stage_moves WHERE opportunity_id = ? ORDER BY id LIMIT 500", id)
	return tx.u.db.movesOnWays(out), err
}

// MovesOn lists the moves of a day made by people in scope, the oldest first.
func (tx *Tx) MovesOn(ctx context.Context, scope sales.Scope, day sales.Day) ([]sales.StageMove, error) {
	cond, args := scopeSQL("person_id", scope)
	var out []sales.StageMove
	query := "SELECT " + moveColumns + " FROM stage_moves WHERE day = ? AND " + cond + " ORDER BY id LIMIT 5000"
	err := tx.list(ctx, &out, query, append([]any{day}, args...)...)
	return tx.u.db.movesOnWays(out), err
}

// Funnel sums first entries into each stage from one day to another, both included, by "" (one sum per stage), "team",
// "person" or "line", of one product line when line is not empty.
func (tx *Tx) Funnel(ctx context.Context, scope sales.Scope, line string, from, to sales.Day, by string) ([]sales.FunnelRow, error) {
	var out []sales.FunnelRow
	err := tx.fail(ctx, func() (err error) {
		out, err = aggregate.Funnel(tx.u.ctx, tx.u.q, aggregate.Question{
			Scope: scope, Line: line, From: from, To: to, By: by,
			Today: sales.DayOf(tx.u.db.now()),
		})
		return err
	})
	return out, err
}

// Standing counts open opportunities by stage and person now.
func (tx *Tx) Standing(ctx context.Context, scope sales.Scope) ([]sales.StageCapture, error) {
	return tx.standing(ctx, scope, false)
}

// StandingTogether counts the open opportunities of all people in scope by stage now, of no person.
func (tx *Tx) StandingTogether(ctx context.Context, scope sales.Scope) ([]sales.StageCapture, error) {
	return tx.standing(ctx, scope, true)
}

func (tx *Tx) standing(ctx context.Context, scope sales.Scope, together bool) ([]sales.StageCapture, error) {
	var out []sales.StageCapture
	err := tx.fail(ctx, func() (err error) {
		out, err = aggregate.Standing(tx.u.ctx, tx.u.q, scope, together)
		return err
	})
	return out, err
}

// positions are where opportunities stand before their changes are written. They are read unlocked: a change is guarded by
// the version it was made from, so what was read at another is written by nobody.
func (u *unit) positions(changes []*change) ([]aggregate.Position, error) {
	var ids []any
	for _, c := range changes {
		if c.t == opportunities {
			ids = append(ids, c.id)
		}
	}
	var out []aggregate.Position
	for chunk := range slices.Chunk(ids, maxRows) {
		var part []aggregate.Position
		const query = "SELECT id, owner_id, team_id, stage, state, amount, line, version FROM opportunities WHERE id IN ("
		if err := u.q.SelectContext(u.ctx, &part, query+marks(len(chunk))+")", chunk...); err != nil {
			return nil, fmt.Errorf("read opportunities: %w", err)
		}
		out = append(out, part...)
	}
	return out, nil
}

// moved counts opportunities where they are now, and no longer where they were.
func moved(sums *aggregate.Sums, before []aggregate.Position, txs []*Tx) {
	for _, p := range before {
		sums.Stand(p, -1)
	}
	for _, tx := range txs {
		for _, c := range tx.changes {
			if c.t == opportunities {
				sums.Stand(positionOf(c.row), 1)
			}
		}
	}
}

// positionOf reads a row of opportunities.
func positionOf(row []any) (p aggregate.Position) {
	for i, c := range opportunities.columns {
		switch v := row[i].(type) {
		case sales.PersonID:
			p.PersonID = v
		case sales.Money:
			p.Amount = v
		case sales.ID:
			switch c {
			case "id":
				p.ID = v
			case "team_id":
				p.TeamID = v
			}
		case sales.Stage:
			if c == "stage" {
				p.Stage = v
			}
		case string:
			switch c {
			case "state":
				p.State = v
			case "line":
				p.Line = v
			}
		}
	}
	return p
}
