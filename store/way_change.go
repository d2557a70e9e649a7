package store

import (
	"context"

	"salesflow/store/aggregate"
	"salesflow/store/sales"
)

const wayChangeColumns = `
	id,
	pipeline,
	to_pipeline,
	to_version,
	stages,
	state,
	total,
	moved,
	kept,
	by_id,
	created_at,
	finished_at,
	version`

const wayDealColumns = `
	change_id,
	opportunity_id,
	from_pipeline,
	from_version,
	from_stage,
	from_peak,
	to_stage,
	entered,
	state`

var (
	wayChanges = tableOf[sales.WayChange]("way_changes", wayChangeColumns)
	wayDeals   = tableOf[sales.WayChangeDeal]("way_change_deals", wayDealColumns).upsert("change_id, opportunity_id", "state", "")
)

// CreateWayChange makes a change of pipeline, UpdateWayChange changes it over the version it was read at.
func (tx *Tx) CreateWayChange(c sales.WayChange) { tx.create(wayChanges, c.ID, c) }

// UpdateWayChange changes a change of pipeline over the version it was read at.
func (tx *Tx) UpdateWayChange(c sales.WayChange) { tx.update(wayChanges, c.ID, c.Version, c) }

// WayChangeByID reads a change of pipeline.
func (tx *Tx) WayChangeByID(ctx context.Context, id sales.ID) (sales.WayChange, error) {
	var c sales.WayChange
	err := tx.get(ctx, "这次迁移不在了。", &c, "SELECT "+wayChangeColumns+" FROM way_changes WHERE id = ?", id)
	return c, err
}

// WayChanges lists the newest changes that were confirmed.
func (tx *Tx) WayChanges(ctx context.Context, limit int) ([]sales.WayChange, error) {
	var out []sales.WayChange
	err := tx.list(ctx, &out, "SELECT "+wayChangeColumns+" FROM way_changes WHERE state NOT IN ('draft', 'cancelled') ORDER BY id DESC LIMIT ?", bound(limit, 50))
	return out, err
}

// WayCounts counts the open deals by pipeline, version and stage.
func (tx *Tx) WayCounts(ctx context.Context) ([]sales.WayCount, error) {
	var out []sales.WayCount
	const query = `
		SELECT pipeline, pipeline_version, stage, COUNT(*) AS deals
		FROM opportunities
		WHERE state = 'open'
		GROUP BY pipeline, pipeline_version, stage
		ORDER BY pipeline, pipeline_version, stage`
	err := tx.list(ctx, &out, query)
	return out, err
}

// DealsToBring lists the next open deals that a change is to bring along. Those it has brought are not listed any more, so
// after a break the list goes on by itself.
func (tx *Tx) DealsToBring(ctx context.Context, c sales.WayChange, limit int) ([]sales.Opportunity, error) {
	if len(c.Stages) == 0 {
		return nil, nil
	}
	args := []any{c.Pipeline}
	where := "state = 'open' AND pipeline = ?"
	if c.Pipeline == c.ToPipeline {
		where, args = where+" AND pipeline_version < ?", append(args, c.ToVersion)
	}
	for _, p := range c.Stages {
		args = append(args, p.From)
	}
	var out []sales.Opportunity
	query := "SELECT " + opportunityColumns + " FROM opportunities WHERE " + where + " AND stage IN (" + marks(len(c.Stages)) + ") ORDER BY id LIMIT ?"
	err := tx.list(ctx, &out, query, append(args, bound(limit, 500))...)
	return tx.u.db.onWays(out), err
}

// OpportunitiesByIDs reads opportunities; those that are not there are left out.
func (tx *Tx) OpportunitiesByIDs(ctx context.Context, ids []sales.ID) ([]sales.Opportunity, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var out []sales.Opportunity
	err := tx.list(ctx, &out, "SELECT "+opportunityColumns+" FROM opportunities WHERE id IN ("+marks(len(ids))+") ORDER BY id", anys(ids)...)
	return tx.u.db.onWays(out), err
}

// StagesEntered are the stages that deals have reached, by deal.
func (tx *Tx) StagesEntered(ctx context.Context, deals []sales.ID) (map[sales.ID][]sales.Stage, error) {
	out := map[sales.ID][]sales.Stage{}
	if len(deals) == 0 {
		return out, nil
	}
	var rows []struct {
		ID    sales.ID    `db:"opportunity_id"`
		Stage sales.Stage `db:"stage"`
	}
	err := tx.list(ctx, &rows, "SELECT opportunity_id, stage FROM stage_entries WHERE opportunity_id IN ("+marks(len(deals))+")", anys(deals)...)
	for _, r := range rows {
		out[r.ID] = append(out[r.ID], r.Stage)
	}
	return out, err
}

// BringOpportunity writes a deal that goes another pipeline, or another version of its own, from now on. It is no move: nobody
// pushed it on. What it entered before stays in the sums; stages up to its peak that it never entered count as reached on day.
func (tx *Tx) BringOpportunity(o sales.Opportunity, day sales.Day) {
	tx.update(opportunities, o.ID, o.Version, o)
	tx.amend(o)
	tx.entries = append(tx.entries, aggregate.Entries(o, sales.Opportunity{}, day)...)
}

// ReturnOpportunity writes a deal that goes the pipeline it went before, and takes back that it had reached some stages.
func (tx *Tx) ReturnOpportunity(o sales.Opportunity, entered []sales.Stage) {
	tx.update(opportunities, o.ID, o.Version, o)
	tx.amend(o)
	if len(entered) > 0 {
		tx.retracted = append(tx.retracted, retraction{o.ID, entered})
	}
}

// PutWayDeals keeps which deals a change has brought along, and what they were.
func (tx *Tx) PutWayDeals(list []sales.WayChangeDeal) {
	for _, d := range list {
		tx.add(wayDeals, wayDeals.row(d))
	}
}

// WayDeals lists the deals of a change in a state.
func (tx *Tx) WayDeals(ctx context.Context, change sales.ID, state string, limit int) ([]sales.WayChangeDeal, error) {
	var out []sales.WayChangeDeal
	query := "SELECT " + wayDealColumns + " FROM way_change_deals WHERE change_id = ? AND state = ? ORDER BY opportunity_id LIMIT ?"
	err := tx.list(ctx, &out, query, change, state, bound(limit, 500))
	return out, err
}
