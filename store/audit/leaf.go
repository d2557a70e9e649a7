package audit

import (
	"encoding/json"
	"fmt"
	"strconv"
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

const leafTime = "2006-01-02T15:04:05.000000Z"

// LeafHash is the hash of an audit row in the log: RFC 6962's record hash of its canonical JSON.
func LeafHash(e sales.AuditEntry) tlog.Hash { return tlog.RecordHash(leafText(e)) }

func leafText(e sales.AuditEntry) []byte {
	changes := []sales.Change(e.Changes)
	if len(changes) == 0 {
		changes = []sales.Change{}
	}
	b, err := json.Marshal(leaf{
		ID: int64(e.ID), At: e.At.UTC().Format(leafTime), Person: int64(e.PersonID), Event: e.EventID, Verb: e.Verb,
		SubjectKind: e.SubjectKind, SubjectID: int64(e.SubjectID), Changes: changes,
	})
	if err != nil {
		panic(fmt.Sprintf("audit: leaf as JSON: %v", err)) // strings and numbers cannot fail
	}
	return b
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

// plainHash is LeafHash of a row whose changes are canonical JSON as they stand and whose words need no escaping, which
// is how rows are written. Of any other row it is the hash of something else.
func (r *sealedRow) plainHash() tlog.Hash {
	b := make([]byte, 0, 256+len(r.changes))
	b = append(b, `{"id":`...)
	b = strconv.AppendInt(b, int64(r.id), 10)
	b = append(b, `,"at":"`...)
	b = r.at.UTC().AppendFormat(b, leafTime)
	b = append(b, `","person":`...)
	b = strconv.AppendInt(b, r.person.Int64, 10)
	b = append(append(b, `,"event":"`...), r.event.String...)
	b = append(append(b, `","verb":"`...), r.verb.String...)
	b = append(append(b, `","subject_kind":"`...), r.kind.String...)
	b = append(b, `","subject_id":`...)
	b = strconv.AppendInt(b, r.subject.Int64, 10)
	b = append(append(b, `,"changes":`...), r.changes...)
	return tlog.RecordHash(append(b, '}'))
}
