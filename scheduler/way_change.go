package scheduler

import (
	"context"
	"fmt"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// DueWayChange moves the next part of a change of pipeline. Its subject is the change.
const DueWayChange = "way_change.run"

// wayPart is how many deals one transaction brings along.
const wayPart = 100

// WayTx is what bringing deals to another version of their pipeline needs of one transaction.
type WayTx interface {
	NewID() sales.ID
	Audit(e sales.AuditEntry)
	Emit(e sales.DomainEvent)
	WayChangeByID(ctx context.Context, id sales.ID) (sales.WayChange, error)
	UpdateWayChange(c sales.WayChange)
	WayCounts(ctx context.Context) ([]sales.WayCount, error)
	DealsToBring(ctx context.Context, c sales.WayChange, limit int) ([]sales.Opportunity, error)
	OpportunitiesByIDs(ctx context.Context, ids []sales.ID) ([]sales.Opportunity, error)
	StagesEntered(ctx context.Context, deals []sales.ID) (map[sales.ID][]sales.Stage, error)
	BringOpportunity(o sales.Opportunity, day sales.Day)
	ReturnOpportunity(o sales.Opportunity, entered []sales.Stage)
	PutWayDeals(list []sales.WayChangeDeal)
	WayDeals(ctx context.Context, change sales.ID, state string, limit int) ([]sales.WayChangeDeal, error)
}

// WayChanges brings open deals to another version of their pipeline, part by part.
type WayChanges struct{ Ways *sales.Pipelines }

// RegisterWayChanges hands the changes of pipelines to an engine.
func RegisterWayChanges[T interface {
	DueTx
	WayTx
}](e *Engine[T], w WayChanges) {
	e.Handle(DueWayChange, func(ctx context.Context, m Moment, tx T) (Decision, error) { return w.Run(ctx, m, tx) })
}

// Run does the next part. Each part is a transaction of its own: after a break it goes on with what is left.
func (w WayChanges) Run(ctx context.Context, m Moment, tx WayTx) (Decision, error) {
	c, err := tx.WayChangeByID(ctx, m.Due.SubjectID)
	if err != nil {
		return Decision{}, err
	}
	switch c.State {
	case sales.WayRunning:
		return w.bring(ctx, m, tx, c)
	case sales.WayUndoing:
		return w.takeBack(ctx, m, tx, c)
	}
	return Decision{Reason: "not running: " + c.State}, nil
}

func (w WayChanges) bring(ctx context.Context, m Moment, tx WayTx, c sales.WayChange) (Decision, error) {
	to := w.Ways.Find(c.ToPipeline, c.ToVersion)
	deals, err := tx.DealsToBring(ctx, c, wayPart)
	if err != nil {
		return Decision{}, err
	}
	if len(deals) == 0 || to.Key != c.ToPipeline || to.Version != c.ToVersion {
		return w.finish(ctx, m, tx, c)
	}
	ids := make([]sales.ID, len(deals))
	for i, o := range deals {
		ids[i] = o.ID
	}
	entered, err := tx.StagesEntered(ctx, ids)
	if err != nil {
		return Decision{}, err
	}
	var items []sales.WayChangeDeal
	for _, o := range deals {
		after, ok := c.Bring(o, to)
		if !ok {
			return Decision{}, fmt.Errorf("bring deal %d: no stage for %s", o.ID, o.Stage)
		}
		item := sales.WayChangeDeal{
			ChangeID: c.ID, OpportunityID: o.ID, FromPipeline: o.Pipeline, FromVersion: o.PipelineVersion, FromStage: o.Stage, FromPeak: o.Peak,
			ToStage: after.Stage, State: sales.WayDealMoved,
		}
		for _, s := range to.Steps()[:to.Index(after.Peak)+1] {
			if !has(entered[o.ID], s) {
				item.Entered = append(item.Entered, s)
			}
		}
		tx.BringOpportunity(after, m.Today)
		items = append(items, item)
		w.trace(m, tx, "opportunity.migrated", o.ID, c,
			sales.Change{Field: "阶段模板", Old: wayName(o.Way), New: wayName(to)}, sales.Change{Field: "阶段", Old: o.StageName(), New: after.StageName()})
	}
	tx.PutWayDeals(items)
	c.Moved += len(items)
	tx.UpdateWayChange(c)
	return Decision{Reason: fmt.Sprintf("moved %d deals", len(items)), Again: soon(m)}, nil
}

func has(list []sales.Stage, s sales.Stage) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// wayName is a pipeline with its version: "医疗流程 v2".
func wayName(p *sales.Pipeline) string {
	if p == nil {
		p = sales.Standard
	}
	return fmt.Sprintf("%s v%d", p.Name, p.Version)
}

// finish ends a change; deals in stages nobody said anything of stay where they are.
func (w WayChanges) finish(ctx context.Context, m Moment, tx WayTx, c sales.WayChange) (Decision, error) {
	counts, err := tx.WayCounts(ctx)
	if err != nil {
		return Decision{}, err
	}
	c.Kept = 0
	for _, n := range counts {
		if n.Pipeline == c.Pipeline && (c.Pipeline != c.ToPipeline || n.Version < c.ToVersion) {
			c.Kept += n.Deals
		}
	}
	c.State, c.FinishedAt = sales.WayDone, sales.At(m.Now)
	tx.UpdateWayChange(c)
	c.Version++
	w.traceChange(m, tx, "pipeline.migrated", c)
	return Decision{Reason: "done", Reply: w.tell(m, c, "done")}, nil
}

// takeBack brings the next part back, as far as a deal still stands where the change put it.
func (w WayChanges) takeBack(ctx context.Context, m Moment, tx WayTx, c sales.WayChange) (Decision, error) {
	items, err := tx.WayDeals(ctx, c.ID, sales.WayDealMoved, wayPart)
	if err != nil {
		return Decision{}, err
	}
	if len(items) == 0 {
		c.State, c.FinishedAt = sales.WayUndone, sales.At(m.Now)
		tx.UpdateWayChange(c)
		c.Version++
		w.traceChange(m, tx, "pipeline.migration_undone", c)
		return Decision{Reason: "taken back", Reply: w.tell(m, c, "undone")}, nil
	}
	ids := make([]sales.ID, len(items))
	for i, d := range items {
		ids[i] = d.OpportunityID
	}
	deals, err := tx.OpportunitiesByIDs(ctx, ids)
	if err != nil {
		return Decision{}, err
	}
	of := map[sales.ID]sales.Opportunity{}
	for _, o := range deals {
		of[o.ID] = o
	}
	for i, d := range items {
		o, back := of[d.OpportunityID], w.Ways.Find(d.FromPipeline, d.FromVersion)
		before := o
		before.Stage, before.Peak = d.FromStage, d.FromPeak
		brought, _ := c.Bring(before, w.Ways.Find(c.ToPipeline, c.ToVersion))
		if o.State != sales.OpportunityOpen || o.Pipeline != c.ToPipeline || o.PipelineVersion != c.ToVersion || o.Stage != d.ToStage || o.Peak != brought.Peak {
			items[i].State = sales.WayDealKept
			c.Kept++
			continue
		}
		was := o
		o.Pipeline, o.PipelineVersion, o.Way, o.Stage, o.Peak = d.FromPipeline, d.FromVersion, back, d.FromStage, d.FromPeak
		tx.ReturnOpportunity(o, d.Entered)
		items[i].State = sales.WayDealUndone
		c.Moved--
		w.trace(m, tx, "opportunity.migration_undone", o.ID, c,
			sales.Change{Field: "阶段模板", Old: wayName(was.Way), New: wayName(back)}, sales.Change{Field: "阶段", Old: was.StageName(), New: o.StageName()})
	}
	tx.PutWayDeals(items)
	tx.UpdateWayChange(c)
	return Decision{Reason: fmt.Sprintf("looked at %d deals", len(items)), Again: soon(m)}, nil
}

// tell shows the change as it is on its card, and says that it is over.
func (w WayChanges) tell(m Moment, c sales.WayChange, slot string) bot.Reply {
	v := view.WayChange{Change: c, Ways: w.Ways, By: m.Org.Name(c.ByID), Now: m.Now}
	return bot.Reply{
		Faces: []view.Face{view.WayChangeCard(v)},
		Say:   []bot.Say{tell("way_change:"+c.ID.String(), slot, []sales.PersonID{c.ByID}, bot.Outgoing{Text: view.WayChangeDone(v)})},
	}
}

func (w WayChanges) trace(m Moment, tx WayTx, verb string, deal sales.ID, c sales.WayChange, changes ...sales.Change) {
	tx.Audit(sales.AuditEntry{
		ID: tx.NewID(), At: sales.At(m.Now), PersonID: c.ByID, EventID: "due:" + m.Due.ID.String(), Verb: verb,
		SubjectKind: "opportunity", SubjectID: deal, Changes: changes,
	})
	tx.Emit(sales.DomainEvent{ID: tx.NewID(), At: sales.At(m.Now), Kind: verb, SubjectKind: "opportunity", SubjectID: deal, PersonID: c.ByID, Data: "{}"})
}

func (w WayChanges) traceChange(m Moment, tx WayTx, verb string, c sales.WayChange) {
	tx.Audit(sales.AuditEntry{
		ID: tx.NewID(), At: sales.At(m.Now), PersonID: c.ByID, EventID: "due:" + m.Due.ID.String(), Verb: verb, SubjectKind: "way_change", SubjectID: c.ID,
		Changes: []sales.Change{{Field: "商机", New: fmt.Sprintf("%d 单,没动 %d 单", c.Moved, c.Kept)}},
	})
	tx.Emit(sales.DomainEvent{ID: tx.NewID(), At: sales.At(m.Now), Kind: verb, SubjectKind: "way_change", SubjectID: c.ID, PersonID: c.ByID, Data: "{}"})
}
