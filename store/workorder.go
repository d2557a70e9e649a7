package store

import (
	"context"

	"salesflow/store/sales"
)

const workOrderColumns = `
	id,
	no,
	family,
	title,
	customer_id,
	opportunity_id,
	owner_id,
	team_id,
	field_values,
	drawings,
	margin,
	amount,
	urgent,
	need_on,
	priority,
	state,
	reason,
	agreement_id,
	revision,
	created_at,
	submitted_at,
	ready_at,
	closed_at,
	source_event_id,
	version`

const workTaskColumns = `
	id,
	order_id,
	step,
	name,
	role,
	owner_id,
	hours,
	behind,
	state,
	opened_at,
	due_at,
	accepted_at,
	held_at,
	held_seconds,
	done_at,
	result,
	reason,
	files,
	version`

const workNoteColumns = `
	id,
	order_id,
	task_id,
	person_id,
	kind,
	field,
	text,
	created_at`

var (
	workOrders = tableOf[sales.WorkOrder]("work_orders", workOrderColumns).
			watching("workorder", "owner_id, customer_id, amount, margin, urgent, priority, need_on, state")
	workTasks = tableOf[sales.WorkTask]("work_tasks", workTaskColumns).watching("worktask", "owner_id, due_at, state")
	workNotes = tableOf[sales.WorkNote]("work_notes", workNoteColumns)
)

// CreateWorkOrder makes a work order. Its number is unique.
func (tx *Tx) CreateWorkOrder(o sales.WorkOrder) { tx.create(workOrders, o.ID, o) }

// UpdateWorkOrder changes a work order over the version it was read at.
func (tx *Tx) UpdateWorkOrder(o sales.WorkOrder) { tx.update(workOrders, o.ID, o.Version, o) }

// WorkOrderByID reads a work order.
func (tx *Tx) WorkOrderByID(ctx context.Context, id sales.ID) (sales.WorkOrder, error) {
	var o sales.WorkOrder
	err := tx.get(ctx, "没找到这张工单。", &o, "SELECT "+workOrderColumns+" FROM work_orders WHERE id = ?", id)
	return o, err
}

// WorkOrderByNo reads a work order by the number people say.
func (tx *Tx) WorkOrderByNo(ctx context.Context, no string) (sales.WorkOrder, error) {
	var o sales.WorkOrder
	err := tx.get(ctx, sales.NoSuch("工单", no), &o, "SELECT "+workOrderColumns+" FROM work_orders WHERE no = ?", no)
	return o, err
}

// WorkOrdersByIDs returns those that exist, in no order.
func (tx *Tx) WorkOrdersByIDs(ctx context.Context, ids []sales.ID) ([]sales.WorkOrder, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var out []sales.WorkOrder
	err := tx.list(ctx, &out, "SELECT "+workOrderColumns+" FROM work_orders WHERE id IN ("+marks(len(ids))+")", anys(ids)...)
	return out, err
}

// WorkOrdersOf lists the newest work orders of people in scope, of one customer when customer is not 0.
func (tx *Tx) WorkOrdersOf(ctx context.Context, scope sales.Scope, customer sales.ID, limit int) ([]sales.WorkOrder, error) {
	cond, args := scopeSQL("owner_id", scope)
	if customer != 0 {
		cond, args = cond+" AND customer_id = ?", append(args, customer)
	}
	var out []sales.WorkOrder
	query := "SELECT " + workOrderColumns + " FROM work_orders WHERE " + cond + " ORDER BY id DESC LIMIT ?"
	err := tx.list(ctx, &out, query, append(args, bound(limit, 200))...)
	return out, err
}

// WorkOrdersReady lists those of people in scope whose last task was done between two moments, the second excluded.
func (tx *Tx) WorkOrdersReady(ctx context.Context, scope sales.Scope, from, until sales.Instant, limit int) ([]sales.WorkOrder, error) {
	cond, args := scopeSQL("owner_id", scope)
	var out []sales.WorkOrder
	query := "SELECT " + workOrderColumns + " FROM work_orders WHERE " + cond + " AND ready_at >= ? AND ready_at < ? ORDER BY ready_at, id LIMIT ?"
	err := tx.list(ctx, &out, query, append(args, from, until, bound(limit, 5000))...)
	return out, err
}

// CreateWorkTask makes a task.
func (tx *Tx) CreateWorkTask(t sales.WorkTask) { tx.create(workTasks, t.ID, t) }

// UpdateWorkTask changes a task over the version it was read at.
func (tx *Tx) UpdateWorkTask(t sales.WorkTask) { tx.update(workTasks, t.ID, t.Version, t) }

// WorkTaskByID reads a task.
func (tx *Tx) WorkTaskByID(ctx context.Context, id sales.ID) (sales.WorkTask, error) {
	var t sales.WorkTask
	err := tx.get(ctx, "没找到这项任务。", &t, "SELECT "+workTaskColumns+" FROM work_tasks WHERE id = ?", id)
	return t, err
}

// WorkTasksOf lists the tasks of work orders in the order of their plans.
func (tx *Tx) WorkTasksOf(ctx context.Context, orders ...sales.ID) ([]sales.WorkTask, error) {
	if len(orders) == 0 {
		return nil, nil
	}
	var out []sales.WorkTask
	query := "SELECT " + workTaskColumns + " FROM work_tasks WHERE order_id IN (" + marks(len(orders)) + ") ORDER BY order_id, step LIMIT 5000"
	err := tx.list(ctx, &out, query, anys(orders)...)
	return out, err
}

// WorkQueue lists the tasks that wait for roles or a person, the orders of the highest priority first, then those whose
// customers need them first.
func (tx *Tx) WorkQueue(ctx context.Context, roles []sales.Role, person sales.PersonID, limit int) ([]sales.WorkTask, error) {
	who, args := "t.owner_id = ?", []any{person}
	if len(roles) > 0 {
		who = "(t.owner_id = ? OR t.role IN (" + marks(len(roles)) + "))"
		for _, r := range roles {
			args = append(args, string(r))
		}
	}
	query := `
		SELECT t.id, t.order_id, t.step, t.name, t.role, t.owner_id, t.hours, t.behind, t.state, t.opened_at, t.due_at, t.accepted_at, t.held_at,
			t.held_seconds, t.done_at, t.result, t.reason, t.files, t.version
		FROM work_tasks t
		JOIN work_orders o ON o.id = t.order_id
		WHERE t.state IN ('open', 'accepted', 'returned') AND ` + who + `
		ORDER BY o.priority DESC, CASE WHEN o.need_on IS NULL THEN 1 ELSE 0 END, o.need_on, t.due_at, t.id
		LIMIT ?`
	var out []sales.WorkTask
	err := tx.list(ctx, &out, query, append(args, bound(limit, 200))...)
	return out, err
}

// WorkLoad counts the running tasks of people.
func (tx *Tx) WorkLoad(ctx context.Context, people []sales.PersonID) (map[sales.PersonID]int, error) {
	load := map[sales.PersonID]int{}
	if len(people) == 0 {
		return load, nil
	}
	var rows []struct {
		Owner sales.PersonID `db:"owner_id"`
		N     int            `db:"n"`
	}
	query := "SELECT owner_id, COUNT(*) AS n FROM work_tasks WHERE owner_id IN (" + marks(len(people)) + ") AND state IN ('open', 'accepted', 'returned') GROUP BY owner_id"
	if err := tx.list(ctx, &rows, query, anys(people)...); err != nil {
		return nil, err
	}
	for _, r := range rows {
		load[r.Owner] = r.N
	}
	return load, nil
}

// AddWorkNote keeps something said about a work order.
func (tx *Tx) AddWorkNote(n sales.WorkNote) { tx.create(workNotes, n.ID, n) }

// WorkNotesOf lists the newest notes of a work order, the oldest of them first.
func (tx *Tx) WorkNotesOf(ctx context.Context, order sales.ID, limit int) ([]sales.WorkNote, error) {
	var out []sales.WorkNote
	query := "SELECT " + workNoteColumns + " FROM work_notes WHERE order_id = ? ORDER BY id DESC LIMIT ?"
	err := tx.list(ctx, &out, query, order, bound(limit, 200))
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out, err
}
