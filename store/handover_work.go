package store

import (
	"context"

	"salesflow/store/sales"
)

// openTask is that a task is still to be done; liveWork that an order can still change hands.
const (
	openTask = " AND state IN ('open', 'accepted', 'returned')"
	liveWork = " AND state NOT IN ('done', 'cancelled')"
)

// moveWork gives work orders with their agreements under way, or single tasks, from one person to another, as far as they are still
// the first one's. What was done before, said or drawn stays with who did it.
func (tx *Tx) moveWork(ctx context.Context, kind string, ids []sales.ID, from sales.PersonID, to sales.Person) error {
	if kind == sales.MoveWorkTask {
		tasks, err := byIDs[sales.WorkTask](ctx, tx, workTaskColumns, "work_tasks", ids)
		for _, t := range tasks {
			if t.OwnerID == from && (t.Running() || t.State == sales.TaskReturned) {
				t.OwnerID = to.ID
				tx.UpdateWorkTask(t)
			}
		}
		return err
	}
	orders, err := byIDs[sales.WorkOrder](ctx, tx, workOrderColumns, "work_orders", ids)
	if err != nil {
		return err
	}
	var papers []sales.ID
	for _, o := range orders {
		if o.OwnerID != from || o.State == sales.WorkDone || o.State == sales.WorkCancelled {
			continue
		}
		o.OwnerID, o.TeamID = to.ID, to.TeamID
		tx.UpdateWorkOrder(o)
		if o.AgreementID != 0 {
			papers = append(papers, o.AgreementID)
		}
	}
	if len(papers) == 0 {
		return nil
	}
	list, err := byIDs[sales.Agreement](ctx, tx, agreementColumns, "agreements", papers)
	for _, g := range list {
		if g.OwnerID == from {
			g.OwnerID, g.TeamID = to.ID, to.TeamID
			tx.UpdateAgreement(g)
		}
	}
	tx.before = append(tx.before, statement{ // who must answer when it comes back
		"UPDATE requests SET requester_id = ?, requester_name = ?, version = version + 1 WHERE kind = 'agreement' AND requester_id = ? " +
			"AND state IN ('pending', 'returned') AND record_id IN (" + marks(len(papers)) + ")",
		append([]any{to.ID, to.Name, from}, anys(papers)...), -1,
	})
	return err
}
