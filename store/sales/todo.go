package sales

// Todo states.
const (
	TodoOpen      = "open"
	TodoDone      = "done"
	TodoCancelled = "cancelled"
)

// EndOfWork is the hour at which something due on a day is due when no time was said.
const EndOfWork = 18

// Todo is something a person has to do (待办): a promise to a customer, or a task from an escalation.
type Todo struct {
	ID         ID       `db:"id"`
	OwnerID    PersonID `db:"owner_id"`
	CustomerID ID       `db:"customer_id"`
	// SourceKind and SourceID name the record it came from: visit, contract, incident.
	SourceKind string `db:"source_kind"`
	SourceID   ID     `db:"source_id"`
	Text       string `db:"text"`
	// DueOn is the day it is due; zero when none was said. DueAt is the moment: end of work on that day, or the time said.
	DueOn     Day     `db:"due_on"`
	DueAt     Instant `db:"due_at"`
	State     string  `db:"state"`
	CreatedAt Instant `db:"created_at"`
	ClosedAt  Instant `db:"closed_at"`
	Postponed int     `db:"postponed"`
	// PlatformTask is the id of the platform's own to-do (DingTalk), empty where there is none.
	PlatformTask  string `db:"platform_task"`
	SourceEventID string `db:"source_event_id"`
	Version       int64  `db:"version"`
}

// DueText is when a to-do is due, in words: "明天 周四", with the time when one was said, "没定日期" without a day.
func (t Todo) DueText(today Day) string {
	if t.DueOn.IsZero() {
		return "没定日期"
	}
	s := t.DueOn.ChineseFrom(today)
	if !t.DueAt.IsZero() && !t.DueAt.Equal(t.DueOn.At(EndOfWork, 0)) {
		s += " " + t.DueAt.In(Shanghai).Format("15:04")
	}
	return s
}
