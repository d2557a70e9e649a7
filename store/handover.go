package store

import (
	"context"
	"slices"

	"salesflow/store/sales"
)

const handoverColumns = `
	id,
	from_id,
	to_id,
	by_id,
	scope,
	customers,
	counts,
	total,
	moved,
	state,
	created_at,
	finished_at,
	undo_until,
	version`

var (
	handovers     = tableOf[sales.Handover]("handovers", handoverColumns)
	handoverItems = tableOf[sales.HandoverItem]("handover_items", "handover_id, kind, record_id, undone").
			upsert("handover_id, kind, record_id", "undone", "")
)

// CreateHandover makes a handover.
func (tx *Tx) CreateHandover(h sales.Handover) { tx.create(handovers, h.ID, h) }

// UpdateHandover changes a handover over the version it was read at.
func (tx *Tx) UpdateHandover(h sales.Handover) { tx.update(handovers, h.ID, h.Version, h) }

// HandoverByID reads a handover.
func (tx *Tx) HandoverByID(ctx context.Context, id sales.ID) (sales.Handover, error) {
	var h sales.Handover
	err := tx.get(ctx, "这次交接不在了。", &h, "SELECT "+handoverColumns+" FROM handovers WHERE id = ?", id)
	return h, err
}

// HandoverFrom is the newest handover of a person's work that was confirmed.
func (tx *Tx) HandoverFrom(ctx context.Context, from sales.PersonID) (sales.Handover, error) {
	var h sales.Handover
	err := tx.get(ctx, "还没有交接过。", &h, "SELECT "+handoverColumns+
		" FROM handovers WHERE from_id = ? AND state NOT IN ('draft', 'cancelled') ORDER BY id DESC LIMIT 1", from)
	return h, err
}

// HandoverDraft is the newest handover a person has previewed and not confirmed.
func (tx *Tx) HandoverDraft(ctx context.Context, by sales.PersonID) (sales.Handover, error) {
	var h sales.Handover
	err := tx.get(ctx, "没有等你确认的交接。", &h, "SELECT "+handoverColumns+" FROM handovers WHERE by_id = ? AND state = 'draft' ORDER BY id DESC LIMIT 1", by)
	return h, err
}

// owned says what is a person's, kind by kind: table, id, owner's column, further condition, column of the customer.
var owned = []struct {
	kind, table, id, where, customer string
}{
	{sales.MoveCustomer, "customers", "id", "", "id"},
	{sales.MoveLine, "customer_owners", "customer_id", "", "customer_id"},
	{sales.MoveOpportunity, "opportunities", "id", " AND state = 'open'", "customer_id"},
	{sales.MoveTodo, "todos", "id", " AND state = 'open'", "customer_id"},
	{sales.MoveContract, "contracts", "id", liveContract, "customer_id"},
	{sales.MoveInvoice, "invoices", "id", " AND state = 'open' AND NOT EXISTS (SELECT 1 FROM contracts k WHERE k.id = invoices.contract_id AND k.owner_id = invoices.owner_id)", "customer_id"},
	{sales.MovePayment, "payments", "id", " AND state = 'open' AND NOT EXISTS (SELECT 1 FROM contracts k WHERE k.id = payments.contract_id AND k.owner_id = payments.owner_id)", "customer_id"},
	{sales.MoveStatement, "statements", "id", " AND state IN ('ready', 'held', 'sent', 'disputed')", "customer_id"},
	{sales.MoveLead, "leads", "id", " AND state IN ('assigned', 'accepted', 'contacted')", "customer_id"},
	{sales.MoveWorkOrder, "work_orders", "id", liveWork, "customer_id"},
	{sales.MoveWorkTask, "work_tasks", "id", openTask, "(SELECT w.customer_id FROM work_orders w WHERE w.id = work_tasks.order_id)"},
}

// liveContract is that a contract is under way: not approved yet, or approved and not invoiced and paid in full.
const liveContract = ` AND (state IN ('pending', 'returned') OR state = 'approved' AND NOT EXISTS (
	SELECT 1 FROM contract_cash s WHERE s.contract_id = contracts.id AND s.colour = 'green' AND s.open_amount = 0 AND s.prepaid = 0))`

// ofCustomers is the condition that a record is about one of some customers; none means everything.
func ofCustomers(column string, customers []sales.ID) (string, []any) {
	if len(customers) == 0 {
		return "", nil
	}
	return " AND " + column + " IN (" + marks(len(customers)) + ")", anys(customers)
}

// HandoverCounts counts what is a person's, of some customers or (none) of all. Approvals and incidents are counted with
// everything only: they are the person's, not a customer's.
func (tx *Tx) HandoverCounts(ctx context.Context, from sales.PersonID, customers []sales.ID) (sales.HandoverCounts, error) {
	n := map[string]int{}
	for _, o := range owned {
		cond, args := ofCustomers(o.customer, customers)
		var count int
		if err := tx.get(ctx, "", &count, "SELECT COUNT(*) FROM "+o.table+" WHERE owner_id = ?"+o.where+cond, append([]any{from}, args...)...); err != nil {
			return sales.HandoverCounts{}, err
		}
		n[o.kind] = count
	}
	c := sales.HandoverCounts{
		Customers: n[sales.MoveCustomer], Lines: n[sales.MoveLine], Opportunities: n[sales.MoveOpportunity], Todos: n[sales.MoveTodo],
		Contracts: n[sales.MoveContract], Invoices: n[sales.MoveInvoice], Payments: n[sales.MovePayment], Leads: n[sales.MoveLead],
		WorkOrders: n[sales.MoveWorkOrder], WorkTasks: n[sales.MoveWorkTask],
		Statements: n[sales.MoveStatement],
	}
	if len(customers) > 0 {
		return c, nil
	}
	if err := tx.get(ctx, "", &c.Approvals, "SELECT COUNT(*) FROM request_approvers WHERE person_id = ?", from); err != nil {
		return c, err
	}
	err := tx.get(ctx, "", &c.Incidents, `SELECT COUNT(*) FROM incident_people p JOIN incidents i ON i.id = p.incident_id
		WHERE p.person_id = ? AND i.state = 'open'`, from)
	return c, err
}

// OwnedCustomers lists a person's customers by name.
func (tx *Tx) OwnedCustomers(ctx context.Context, owner sales.PersonID, limit int) ([]sales.Customer, error) {
	var out []sales.Customer
	err := tx.list(ctx, &out, "SELECT "+customerColumns+" FROM customers WHERE owner_id = ? ORDER BY name LIMIT ?", owner, bound(limit, 20000))
	return out, err
}

// HandoverBatch lists the next records of one kind that are still a person's, at most limit; kind is empty when nothing is
// left. What was moved is the successor's already, so the list goes on by itself after a break.
func (tx *Tx) HandoverBatch(ctx context.Context, from sales.PersonID, customers []sales.ID, limit int) (kind string, ids []sales.ID, err error) {
	for _, o := range owned {
		cond, args := ofCustomers(o.customer, customers)
		query := "SELECT DISTINCT " + o.id + " FROM " + o.table + " WHERE owner_id = ?" + o.where + cond + " ORDER BY " + o.id + " LIMIT ?"
		if err := tx.list(ctx, &ids, query, append(append([]any{from}, args...), bound(limit, 200))...); err != nil || len(ids) > 0 {
			return o.kind, ids, err
		}
	}
	return "", nil, nil
}

// MoveRecords gives records of a kind from one person to another, as far as they are still the first one's. Versions go
// up, so that who has read a record before is told.
func (tx *Tx) MoveRecords(ctx context.Context, kind string, ids []sales.ID, from sales.PersonID, to sales.Person) error {
	if len(ids) == 0 {
		return nil
	}
	if kind == sales.MoveOpportunity {
		list, err := byIDs[sales.Opportunity](ctx, tx, opportunityColumns, "opportunities", ids)
		tx.moveOpportunities(list, from, to)
		return err
	}
	if kind == sales.MoveContract || kind == sales.MoveInvoice || kind == sales.MovePayment {
		return tx.moveCash(ctx, kind, ids, from, to)
	}
	if kind == sales.MoveWorkOrder || kind == sales.MoveWorkTask {
		return tx.moveWork(ctx, kind, ids, from, to)
	}
	i := slices.IndexFunc(owned, func(o struct{ kind, table, id, where, customer string }) bool { return o.kind == kind })
	if i < 0 {
		return nil
	}
	o := owned[i]
	set, args := "owner_id = ?", []any{to.ID}
	if kind != sales.MoveTodo && kind != sales.MoveLine && kind != sales.MoveStatement {
		set, args = set+", team_id = ?", append(args, to.TeamID)
	}
	if kind != sales.MoveLine {
		set += ", version = version + 1"
	}
	args = append(append(args, anys(ids)...), from)
	tx.before = append(tx.before, statement{
		"UPDATE " + o.table + " SET " + set + " WHERE " + o.id + " IN (" + marks(len(ids)) + ") AND owner_id = ?" + o.where, args, -1,
	})
	for _, id := range ids {
		tx.touching(o.table, id.String())
		if kind == sales.MoveCustomer || kind == sales.MoveLine {
			tx.changed("customer", id)
		}
	}
	if kind == sales.MoveCustomer {
		now := sales.At(tx.u.db.now())
		for _, id := range ids {
			tx.before = append(tx.before, statement{
				"UPDATE customer_keeping SET owner_since = ?, warned_at = NULL, warned_to = 0, recall_at = NULL, kept_until = NULL, version = version + 1 WHERE customer_id = ?",
				[]any{now, id},
				-1,
			})
		}
	}
	return nil
}

// moveOpportunities gives open opportunities to another owner, one by one: the sums of where they stand follow. What was
// reached before stays counted for whoever reached it.
func (tx *Tx) moveOpportunities(list []sales.Opportunity, from sales.PersonID, to sales.Person) {
	for _, o := range list {
		if o.OwnerID == from && o.State == sales.OpportunityOpen {
			o.OwnerID, o.TeamID = to.ID, to.TeamID
			tx.UpdateOpportunity(o)
		}
	}
}

// MoveOwned gives everything open about one customer from one person to another. The customer itself is the caller's.
func (tx *Tx) MoveOwned(ctx context.Context, customer sales.ID, from sales.PersonID, to sales.Person) error {
	list, err := tx.OpenOpportunities(ctx, customer)
	if err != nil {
		return err
	}
	tx.moveOpportunities(list, from, to)
	for _, o := range owned[3:] {
		switch o.kind {
		case sales.MoveWorkTask:
			continue // whose part of the work it is does not change with the customer
		case sales.MoveContract, sales.MoveInvoice, sales.MovePayment, sales.MoveWorkOrder:
			var ids []sales.ID
			query := "SELECT id FROM " + o.table + " WHERE customer_id = ? AND owner_id = ?" + o.where + " ORDER BY id LIMIT 1000"
			if err := tx.list(ctx, &ids, query, customer, from); err != nil {
				return err
			}
			if err := tx.MoveRecords(ctx, o.kind, ids, from, to); err != nil {
				return err
			}
			continue
		}
		set, args := "owner_id = ?", []any{to.ID}
		if o.kind != sales.MoveTodo && o.kind != sales.MoveStatement {
			set, args = set+", team_id = ?", append(args, to.TeamID)
		}
		tx.before = append(tx.before, statement{
			"UPDATE " + o.table + " SET " + set + ", version = version + 1 WHERE customer_id = ? AND owner_id = ?" + o.where,
			append(args, customer, from), -1,
		})
	}
	tx.touching("handover", customer.String())
	return nil
}

// AddHandoverItems notes what a handover moved.
func (tx *Tx) AddHandoverItems(items []sales.HandoverItem) {
	for _, i := range items {
		tx.add(handoverItems, handoverItems.row(i))
	}
}

// HandoverItems lists what a handover moved and was not taken back, at most limit, of one kind when kind is not empty.
func (tx *Tx) HandoverItems(ctx context.Context, id sales.ID, kind string, limit int) ([]sales.HandoverItem, error) {
	cond, args := "", []any{id}
	if kind != "" {
		cond, args = " AND kind = ?", append(args, kind)
	}
	var out []sales.HandoverItem
	err := tx.list(ctx, &out, "SELECT handover_id, kind, record_id, undone FROM handover_items WHERE handover_id = ? AND undone = 0"+cond+
		" ORDER BY kind, record_id LIMIT ?", append(args, bound(limit, 1000))...)
	return out, err
}

// LeaversWithWork lists people who have left and still have customers or open work.
func (tx *Tx) LeaversWithWork(ctx context.Context, limit int) ([]sales.PersonID, error) {
	var out []sales.PersonID
	err := tx.list(ctx, &out, `SELECT p.id FROM persons p WHERE p.active = 0 AND (
		EXISTS (SELECT 1 FROM customers c WHERE c.owner_id = p.id)
		OR EXISTS (SELECT 1 FROM opportunities o WHERE o.owner_id = p.id AND o.state = 'open')
		OR EXISTS (SELECT 1 FROM todos t WHERE t.owner_id = p.id AND t.state = 'open')
		OR EXISTS (SELECT 1 FROM work_orders w WHERE w.owner_id = p.id AND w.state NOT IN ('done', 'cancelled'))
		OR EXISTS (SELECT 1 FROM work_tasks k WHERE k.owner_id = p.id AND k.state IN ('open', 'accepted', 'returned'))
		OR EXISTS (SELECT 1 FROM request_approvers r WHERE r.person_id = p.id))
		ORDER BY p.id LIMIT ?`, bound(limit, 200))
	return out, err
}
