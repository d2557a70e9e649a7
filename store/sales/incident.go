package sales

// Incident states.
const (
	IncidentOpen     = "open"
	IncidentResolved = "resolved"
)

// IncidentTold is the resolution of an incident of which telling was all there was to do.
const IncidentTold = "已通知"

// Incident is one thing that is not being done in time, with everyone it was pushed to (升级事件). One thread per
// (Kind, subject).
type Incident struct {
	ID          ID     `db:"id"`
	Kind        string `db:"kind"`
	SubjectKind string `db:"subject_kind"`
	SubjectID   ID     `db:"subject_id"`
	// Level is the highest level reached, from 1.
	Level        int      `db:"level"`
	State        string   `db:"state"`
	OpenedAt     Instant  `db:"opened_at"`
	AckedBy      PersonID `db:"acked_by"`
	AckedAt      Instant  `db:"acked_at"`
	AckUntil     Instant  `db:"ack_until"`
	SnoozedUntil Instant  `db:"snoozed_until"`
	ResolvedAt   Instant  `db:"resolved_at"`
	Resolution   string   `db:"resolution"`
	// RuleID and RuleN are the rule that opened it and the version of its text that it finishes under; 0 when none did.
	RuleID ID  `db:"rule_id"`
	RuleN  int `db:"rule_n"`
	// Since is when its clock began, such as the moment the record entered the state.
	Since Instant `db:"since"`
	// Chain are the rules that led to it, as their ids with commas, the first cause first.
	Chain string `db:"chain"`
	// Repeats counts how often the last step was repeated.
	Repeats int `db:"repeats"`
	// GivenTo is whom it was handed over to.
	GivenTo PersonID `db:"given_to"`
	// ByState says that the record's state tells when it was dealt with.
	ByState bool  `db:"by_state"`
	Version int64 `db:"version"`
}

// IncidentStep is one line of an incident's story: pushed, held back and why, acknowledged, resolved.
type IncidentStep struct {
	ID         ID       `db:"id"`
	IncidentID ID       `db:"incident_id"`
	At         Instant  `db:"at"`
	Level      int      `db:"level"`
	What       string   `db:"what"`
	PersonID   PersonID `db:"person_id"`
	Note       string   `db:"note"`
}
