package sales

import "strings"

// Due states.
const (
	DuePending   = "pending"
	DueDone      = "done"
	DueCancelled = "cancelled"
)

// Due is something that must happen later. It is decided once, at its moment; Reason says what was decided.
// (Kind, SubjectKind, SubjectID, Slot) is unique.
type Due struct {
	ID          ID      `db:"id"`
	Kind        string  `db:"kind"`
	SubjectKind string  `db:"subject_kind"`
	SubjectID   ID      `db:"subject_id"`
	Slot        string  `db:"slot"`
	DueAt       Instant `db:"due_at"`
	State       string  `db:"state"`
	Reason      string  `db:"reason"`
	Attempts    int     `db:"attempts"`
}

// Change is one field's old and new value in an audit row.
type Change struct {
	Field string `json:"field"`
	Old   string `json:"old"`
	New   string `json:"new"`
}

// AuditEntry is one line of the append-only trace (留痕): who did what to which record, through which message.
type AuditEntry struct {
	ID          ID           `db:"id"`
	At          Instant      `db:"at"`
	PersonID    PersonID     `db:"person_id"`
	EventID     string       `db:"event_id"`
	Verb        string       `db:"verb"`
	SubjectKind string       `db:"subject_kind"`
	SubjectID   ID           `db:"subject_id"`
	Changes     List[Change] `db:"changes"`
}

// Read reports whether the entry says that somebody looked at something, not that they changed it.
func (e AuditEntry) Read() bool {
	_, what, _ := strings.Cut(e.Verb, ".")
	switch what {
	case "read", "record", "files", "pictures", "export", "readers":
		return true
	}
	return false
}

// SubjectList is the kind of subject of entries about a list that somebody looked at: the customers on it stand in its
// changes under ListedCustomers, their ids joined by ",".
const (
	SubjectList     = "list"
	ListedCustomers = "customers"
)

// DomainEvent is something that happened to a record, for the rules to see.
type DomainEvent struct {
	ID          ID       `db:"id"`
	At          Instant  `db:"at"`
	Kind        string   `db:"kind"`
	SubjectKind string   `db:"subject_kind"`
	SubjectID   ID       `db:"subject_id"`
	PersonID    PersonID `db:"person_id"`
	Data        string   `db:"data"`
}
