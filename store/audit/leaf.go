package audit

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"salesflow/store/sales"
)

// leaf is an audit row as it is hashed. Its fields and their order are part of the log's format and never change.
type leaf struct {
	ID          int64          `json:"id"`
	At          string         `json:"at"`
	Person      int64          `json:"person"`
	Event       string         `json:"event"`
	Verb        string         `json:"verb"`
	SubjectKind string         `json:"subject_kind"`
	SubjectID   int64          `json:"subject_id"`
	Changes     []sales.Change `json:"changes"`
}

// LeafHash is the hash of an audit row in the log: RFC 6962's record hash of its canonical JSON.
func LeafHash(e sales.AuditEntry) tlog.Hash {
	changes := []sales.Change(e.Changes)
	if len(changes) == 0 {
		changes = []sales.Change{}
	}
	b, err := json.Marshal(leaf{
		ID: int64(e.ID), At: e.At.UTC().Format("2006-01-02T15:04:05.000000Z"), Person: int64(e.PersonID), Event: e.EventID, Verb: e.Verb,
		SubjectKind: e.SubjectKind, SubjectID: int64(e.SubjectID), Changes: changes,
	})
	if err != nil {
		panic(fmt.Sprintf("audit: leaf as JSON: %v", err)) // strings and numbers cannot fail
	}
	return tlog.RecordHash(b)
}

// tuples is n tuples of width placeholders.
func tuples(n, width int) string {
	one := "(" + strings.TrimSuffix(strings.Repeat("?, ", width), ", ") + ")"
	return strings.TrimSuffix(strings.Repeat(one+", ", n), ", ")
}

// epochPlus is the moment d after the ids' epoch, so that IDAt of it is the span of ids of d.
func epochPlus(d time.Duration) time.Time {
	return time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Add(d)
}
