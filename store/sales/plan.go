package sales

// Plan states. Whether a planned visit was made is not kept: it follows from the visits filed.
const (
	PlanOpen      = "open"
	PlanCancelled = "cancelled"
)

// Parts of a day in a plan.
const (
	PartMorning   = "morning"
	PartNoon      = "noon"
	PartAfternoon = "afternoon"
	PartEvening   = "evening"
)

var partNames = map[string]string{PartMorning: "上午", PartNoon: "中午", PartAfternoon: "下午", PartEvening: "晚上"}

// PartName is a part of the day in Chinese; empty for the whole day.
func PartName(p string) string { return partNames[p] }

// VisitPlan is one visit planned (拜访计划).
type VisitPlan struct {
	ID         ID       `db:"id"`
	PersonID   PersonID `db:"person_id"`
	TeamID     ID       `db:"team_id"`
	CustomerID ID       `db:"customer_id"`
	// CustomerName is the name as spoken of a customer that is not known yet.
	CustomerName string `db:"customer_name"`
	ContactID    ID     `db:"contact_id"`
	ContactName  string `db:"contact_name"`
	Day          Day    `db:"day"`
	Part         string `db:"part"`
	// DueAt is the moment agreed; zero when no time was said.
	DueAt   Instant `db:"due_at"`
	Purpose string  `db:"purpose"`
	// Appointed is true when the customer agreed to it (预约).
	Appointed     bool    `db:"appointed"`
	Moved         int     `db:"moved"`
	State         string  `db:"state"`
	CreatedAt     Instant `db:"created_at"`
	SourceEventID string  `db:"source_event_id"`
	Version       int64   `db:"version"`
	// VisitID is the visit that was made of it, 0 when none was filed; it is looked up, not kept.
	VisitID ID `db:"made"`
}

// When is the time of a plan in words: "上午", "14:30"; empty when nothing was said.
func (p VisitPlan) When() string {
	if !p.DueAt.IsZero() {
		return p.DueAt.In(Shanghai).Format("15:04")
	}
	return PartName(p.Part)
}

// Slot orders the plans of one day: by the time said, then by the part of the day, those without either last.
func (p VisitPlan) Slot() int {
	if !p.DueAt.IsZero() {
		at := p.DueAt.In(Shanghai)
		return at.Hour()*60 + at.Minute()
	}
	switch p.Part {
	case PartMorning:
		return 10 * 60
	case PartNoon:
		return 12 * 60
	case PartAfternoon:
		return 15 * 60
	case PartEvening:
		return 19 * 60
	}
	return 24 * 60
}
