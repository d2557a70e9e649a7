package sales

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"
)

// Handover states.
const (
	HandoverDraft     = "draft"     // previewed, not confirmed
	HandoverRunning   = "running"   // moving, in parts
	HandoverDone      = "done"      // moved; it can be taken back for a while
	HandoverUndoing   = "undoing"   // being taken back, in parts
	HandoverUndone    = "undone"    // taken back
	HandoverCancelled = "cancelled" // not wanted
)

// Handover gives one person's open work to another (交接): customers, opportunities, to-dos, leads, contracts under way,
// approvals and incidents. What is past stays with its author.
type Handover struct {
	ID     ID       `db:"id"`
	FromID PersonID `db:"from_id"`
	ToID   PersonID `db:"to_id"`
	ByID   PersonID `db:"by_id"`
	// Scope says what is handed over, in words; Customers are the ones chosen, empty for everything.
	Scope      string         `db:"scope"`
	Customers  List[ID]       `db:"customers"`
	Counts     HandoverCounts `db:"counts"`
	Total      int            `db:"total"`
	Moved      int            `db:"moved"`
	State      string         `db:"state"`
	CreatedAt  Instant        `db:"created_at"`
	FinishedAt Instant        `db:"finished_at"`
	UndoUntil  Instant        `db:"undo_until"`
	Version    int64          `db:"version"`
}

// HandoverCounts is how much of each kind a handover holds.
type HandoverCounts struct {
	Customers     int `json:"customers" db:"customers"`
	Lines         int `json:"lines" db:"line_rows"`
	Opportunities int `json:"opportunities" db:"opportunities"`
	Todos         int `json:"todos" db:"todos"`
	Contracts     int `json:"contracts" db:"contracts"`
	Approvals     int `json:"approvals" db:"approvals"`
	Incidents     int `json:"incidents" db:"incidents"`
	Leads         int `json:"leads" db:"leads"`
	// Invoices and Payments are open ones of no contract that moves with them.
	Invoices int `json:"invoices,omitempty" db:"invoices"`
	Payments int `json:"payments,omitempty" db:"payments"`
	// WorkOrders are those under way, WorkTasks the parts of orders that wait for the person.
	WorkOrders int `json:"work_orders,omitempty" db:"work_orders"`
	WorkTasks  int `json:"work_tasks,omitempty" db:"work_tasks"`
	// Statements are those the customer has not confirmed yet.
	Statements int `json:"statements,omitempty" db:"statements"`
}

// Total is how many records there are in all.
func (c HandoverCounts) Total() int {
	return c.Customers + c.Lines + c.Opportunities + c.Todos + c.Contracts + c.Approvals + c.Incidents + c.Leads + c.Invoices + c.Payments +
		c.WorkOrders + c.WorkTasks + c.Statements
}

// String lists what there is: "客户 12、商机 3、待办 5".
func (c HandoverCounts) String() string {
	var parts []string
	for _, p := range []struct {
		name string
		n    int
	}{
		{"客户", c.Customers},
		{"分管", c.Lines},
		{"商机", c.Opportunities},
		{"待办", c.Todos},
		{"合同", c.Contracts},
		{"未收发票", c.Invoices},
		{"未认款", c.Payments},
		{"对账单", c.Statements},
		{"待审批", c.Approvals},
		{"超时事项", c.Incidents},
		{"线索", c.Leads},
		{"工单", c.WorkOrders},
		{"工单任务", c.WorkTasks},
	} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", p.name, p.n))
		}
	}
	if len(parts) == 0 {
		return "没有在手的"
	}
	return strings.Join(parts, "、")
}

// Value is the counts as JSON.
func (c HandoverCounts) Value() (driver.Value, error) {
	b, err := json.Marshal(c)
	return string(b), err
}

// Scan reads what Value wrote.
func (c *HandoverCounts) Scan(src any) error {
	switch v := src.(type) {
	case []byte:
		return json.Unmarshal(v, c)
	case string:
		return json.Unmarshal([]byte(v), c)
	}
	return fmt.Errorf("scan handover counts from %T", src)
}

// Kinds of what a handover moves, in the order it moves them.
const (
	MoveCustomer    = "customer"
	MoveLine        = "line"
	MoveOpportunity = "opportunity"
	MoveTodo        = "todo"
	MoveContract    = "contract" // with its shipments, invoices and payments
	MoveInvoice     = "invoice"
	MovePayment     = "payment"
	MoveStatement   = "statement" // of a month, not confirmed yet
	MoveLead        = "lead"
	MoveWorkOrder   = "workorder" // with its agreement under way
	MoveWorkTask    = "worktask"
	MoveApproval    = "approval"
	MoveIncident    = "incident"
)

// HandoverItem is one record a handover moved.
type HandoverItem struct {
	HandoverID ID     `db:"handover_id"`
	Kind       string `db:"kind"`
	RecordID   ID     `db:"record_id"`
	Undone     bool   `db:"undone"`
}
