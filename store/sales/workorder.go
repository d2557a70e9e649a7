package sales

import (
	"slices"
	"time"
)

// The roles that work on work orders, beside RoleDelivery, who engineer.
const (
	RolePurchasing Role = "purchasing" // 采购
	RoleProduction Role = "production" // 生产
	RoleQuality    Role = "quality"    // 质量
)

// Work order states.
const (
	WorkFilling   = "filling"   // fields are missing
	WorkWorking   = "working"   // its tasks are being done
	WorkReturned  = "returned"  // somebody sent it back to the rep
	WorkReady     = "ready"     // every task is done: an agreement can be drawn up
	WorkAgreement = "agreement" // its agreement is being approved
	WorkDone      = "done"      // its agreement is approved; nothing changes any more
	WorkCancelled = "cancelled"
)

// Task states.
const (
	TaskWaiting   = "waiting"  // tasks before it are not done
	TaskOpen      = "open"     // it is its owner's turn
	TaskAccepted  = "accepted" // the owner works on it (接单)
	TaskReturned  = "returned" // sent back to the rep; its clock stands still
	TaskDone      = "done"
	TaskCancelled = "cancelled"
)

// Bounds of a work order.
const (
	MaxWorkFields   = 40
	MaxWorkSteps    = 10
	MaxWorkText     = 200 // runes of one value, result, reason or note
	MaxWorkDrawings = 20
)

// WorkValue is what one field of a work order says.
type WorkValue struct {
	Field string `json:"field"`
	Value string `json:"value"`
}

// Drawing is one version of a drawing (图纸). Its hash is in the file's row.
type Drawing struct {
	File    ID       `json:"file"`
	Name    string   `json:"name"`
	Version int      `json:"version"` // of the drawings of this name, from 1
	By      PersonID `json:"by"`
	At      Instant  `json:"at"`
}

// WorkOrder asks other departments what it takes to make what a customer wants (协同工单).
type WorkOrder struct {
	ID            ID              `db:"id"`
	No            string          `db:"no"`
	Family        string          `db:"family"` // the product family whose fields it has
	Title         string          `db:"title"`  // what it is about: 主轴套
	CustomerID    ID              `db:"customer_id"`
	OpportunityID ID              `db:"opportunity_id"`
	OwnerID       PersonID        `db:"owner_id"`
	TeamID        ID              `db:"team_id"`
	Values        List[WorkValue] `db:"field_values"`
	Drawings      List[Drawing]   `db:"drawings"`
	// Margin is the expected share of gross margin, -1 when it was not said; Amount what the deal is worth in a year, 0 when
	// nobody knows.
	Margin   Percent `db:"margin"`
	Amount   Money   `db:"amount"`
	Urgent   bool    `db:"urgent"`
	NeedOn   Day     `db:"need_on"`  // when the customer wants the goods
	Priority int     `db:"priority"` // WorkPlan.Priority, kept for sorting
	State    string  `db:"state"`
	Reason   string  `db:"reason"` // why it was sent back or cancelled
	// AgreementID is the agreement at work, Revision the last version that was written of any of its agreements.
	AgreementID   ID      `db:"agreement_id"`
	Revision      int     `db:"revision"`
	CreatedAt     Instant `db:"created_at"`
	SubmittedAt   Instant `db:"submitted_at"` // complete for the first time
	ReadyAt       Instant `db:"ready_at"`     // every task done
	ClosedAt      Instant `db:"closed_at"`
	SourceEventID string  `db:"source_event_id"`
	Version       int64   `db:"version"`
}

// Value is what a field says, empty for nothing.
func (o WorkOrder) Value(field string) string {
	for _, v := range o.Values {
		if v.Field == field {
			return v.Value
		}
	}
	return ""
}

// Set changes what a field says; the list given before is not touched.
func (o *WorkOrder) Set(field, value string) {
	values := slices.Clone(o.Values)
	for i, v := range values {
		if v.Field == field {
			values[i].Value = value
			o.Values = values
			return
		}
	}
	o.Values = append(values, WorkValue{field, value})
}

// Open reports whether anything can still be changed about it by its rep.
func (o WorkOrder) Open() bool {
	return o.State != WorkDone && o.State != WorkCancelled && o.State != WorkAgreement
}

// Draw adds a drawing as the next version of those of its name.
func (o *WorkOrder) Draw(d Drawing) Drawing {
	d.Version = 1
	for _, x := range o.Drawings {
		if x.Name == d.Name {
			d.Version = x.Version + 1
		}
	}
	o.Drawings = append(slices.Clone(o.Drawings), d)
	return d
}

// LatestDrawings are the newest version of each drawing, in the order in which they came first.
func (o WorkOrder) LatestDrawings() []Drawing {
	var out []Drawing
	for _, d := range o.Drawings {
		if i := slices.IndexFunc(out, func(x Drawing) bool { return x.Name == d.Name }); i >= 0 {
			out[i] = d
			continue
		}
		out = append(out, d)
	}
	return out
}

// WorkTask is one department's part of a work order (任务).
type WorkTask struct {
	ID      ID           `db:"id"`
	OrderID ID           `db:"order_id"`
	Step    int          `db:"step"`
	Name    string       `db:"name"` // 技术评审
	Role    Role         `db:"role"`
	OwnerID PersonID     `db:"owner_id"`
	Hours   int          `db:"hours"`  // of working time it may take
	Behind  List[string] `db:"behind"` // the names of the tasks that come before it
	State   string       `db:"state"`
	// OpenedAt is when it became the owner's turn, DueAt until when it is to be done.
	OpenedAt   Instant `db:"opened_at"`
	DueAt      Instant `db:"due_at"`
	AcceptedAt Instant `db:"accepted_at"`
	// HeldAt is since when it waits for the rep, HeldSeconds how much working time it waited before.
	HeldAt      Instant  `db:"held_at"`
	HeldSeconds int64    `db:"held_seconds"`
	DoneAt      Instant  `db:"done_at"`
	Result      string   `db:"result"`
	Reason      string   `db:"reason"`
	Files       List[ID] `db:"files"`
	Version     int64    `db:"version"`
}

// Running reports whether the task is somebody's to do.
func (t WorkTask) Running() bool { return t.State == TaskOpen || t.State == TaskAccepted }

// Late reports whether a running task is past its time.
func (t WorkTask) Late(now time.Time) bool {
	return t.Running() && !t.DueAt.IsZero() && t.DueAt.Before(now)
}

// Took is the working time a done task took from when it became its owner's turn, what it waited for the rep left out.
func (t WorkTask) Took(cal *Calendar) time.Duration {
	return max(cal.WorkingBetween(t.OpenedAt.Time, t.DoneAt.Time)-time.Duration(t.HeldSeconds)*time.Second, 0)
}

// Kinds of notes.
const (
	NoteComment  = "comment"  // 批注
	NoteReturn   = "return"   // 退回
	NoteHandover = "handover" // 转给
	NoteChange   = "change"   // a field was changed after the tasks began
	NoteResult   = "result"   // 完成
)

// WorkNote is something said about a work order, for all who work on it (批注). Field is the field it is a mark on.
type WorkNote struct {
	ID        ID       `db:"id"`
	OrderID   ID       `db:"order_id"`
	TaskID    ID       `db:"task_id"`
	PersonID  PersonID `db:"person_id"`
	Kind      string   `db:"kind"`
	Field     string   `db:"field"`
	Text      string   `db:"text"`
	CreatedAt Instant  `db:"created_at"`
}

// NextWork are the places of the waiting tasks before which nothing is left to do.
func NextWork(tasks []WorkTask) []int {
	done := map[string]bool{}
	for _, t := range tasks {
		done[t.Name] = t.State == TaskDone
	}
	var out []int
	for i, t := range tasks {
		if t.State == TaskWaiting && !slices.ContainsFunc(t.Behind, func(name string) bool { return !done[name] }) {
			out = append(out, i)
		}
	}
	return out
}

// WorkFinished reports whether every task is done.
func WorkFinished(tasks []WorkTask) bool {
	return len(tasks) > 0 && !slices.ContainsFunc(tasks, func(t WorkTask) bool { return t.State != TaskDone })
}

// LeastLoaded is who of some people has the fewest running tasks, the first of equals; 0 for nobody.
func LeastLoaded(people []Person, load map[PersonID]int) PersonID {
	best := PersonID(0)
	for _, p := range people {
		if best == 0 || load[p.ID] < load[best] {
			best = p.ID
		}
	}
	return best
}

// AverageAndMedian of some spans; both 0 for none.
func AverageAndMedian(spans []time.Duration) (average, median time.Duration) {
	if len(spans) == 0 {
		return 0, 0
	}
	s := slices.Sorted(slices.Values(spans))
	for _, d := range s {
		average += d / time.Duration(len(s))
	}
	mid := len(s) / 2
	if len(s)%2 == 1 {
		return average, s[mid]
	}
	return average, (s[mid-1] + s[mid]) / 2
}
