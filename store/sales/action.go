package sales

// VisitAction is one of the six atomic actions of a visit (六个动作).
type VisitAction string

// The six actions in their order.
const (
	ActionAppointment VisitAction = "appointment" // 预约
	ActionCheckIn     VisitAction = "check_in"    // 签到
	ActionNeed        VisitAction = "need"        // 需求
	ActionDemo        VisitAction = "demo"        // 演示
	ActionObjection   VisitAction = "objection"   // 异议
	ActionPromise     VisitAction = "promise"     // 承诺
)

// VisitActions are the six, in order.
var VisitActions = []VisitAction{ActionAppointment, ActionCheckIn, ActionNeed, ActionDemo, ActionObjection, ActionPromise}

var actionNames = map[VisitAction]string{
	ActionAppointment: "预约", ActionCheckIn: "签到", ActionNeed: "需求", ActionDemo: "演示", ActionObjection: "异议", ActionPromise: "承诺",
}

// Name is the action's Chinese name.
func (a VisitAction) Name() string { return actionNames[a] }

// States of an action.
const (
	ActionDone = "done"
	// ActionNone says that there was nothing of it (没有异议); it is not asked for again.
	ActionNone = "none"
)

// ActionRow is one action of a visit that was filed. A visit has each action once.
type ActionRow struct {
	VisitID       ID          `db:"visit_id"`
	Action        VisitAction `db:"action"`
	PersonID      PersonID    `db:"person_id"`
	CustomerID    ID          `db:"customer_id"`
	Day           Day         `db:"day"`
	DoneAt        Instant     `db:"done_at"`
	Text          string      `db:"text"`
	State         string      `db:"state"`
	SourceEventID string      `db:"source_event_id"`
}

// Companion states.
const (
	CompanionAsked   = "asked"
	CompanionPresent = "present"
	CompanionAbsent  = "absent"
)

// Companion is a colleague's part in a visit (陪访, 协访). It counts only when the colleague has confirmed it.
type Companion struct {
	ID         ID       `db:"id"`
	VisitID    ID       `db:"visit_id"`
	PersonID   PersonID `db:"person_id"`
	AskedBy    PersonID `db:"asked_by"`
	CustomerID ID       `db:"customer_id"`
	Day        Day      `db:"day"`
	State      string   `db:"state"`
	AskedAt    Instant  `db:"asked_at"`
	AnsweredAt Instant  `db:"answered_at"`
	Version    int64    `db:"version"`
}

// ApprovalLink is the number of an approval on a platform and the record it belongs to.
type ApprovalLink struct {
	Number        string   `db:"number"`
	Platform      string   `db:"platform"`
	SubjectKind   string   `db:"subject_kind"`
	SubjectID     ID       `db:"subject_id"`
	CustomerID    ID       `db:"customer_id"`
	PersonID      PersonID `db:"person_id"`
	LinkedAt      Instant  `db:"linked_at"`
	SourceEventID string   `db:"source_event_id"`
}
