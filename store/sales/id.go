package sales

import (
	"strconv"
	"time"
)

// ID names a record. Ids are made by the program: time-ordered, unique across replicas, never reused, never read back
// from the database.
type ID int64

// PersonID names a person, who may have an identity on each platform.
type PersonID int64

// String is the id in decimal.
func (id ID) String() string { return strconv.FormatInt(int64(id), 10) }

// String is the id in decimal.
func (id PersonID) String() string { return strconv.FormatInt(int64(id), 10) }

// AppendSQL appends the id as it stands in a statement.
func (id ID) AppendSQL(b []byte) []byte { return strconv.AppendInt(b, int64(id), 10) }

// AppendSQL appends the id as it stands in a statement.
func (id PersonID) AppendSQL(b []byte) []byte { return strconv.AppendInt(b, int64(id), 10) }

// ParseID reads what String wrote.
func ParseID(s string) (ID, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	return ID(n), err
}

// The shape of an id: milliseconds since the epoch, then node and sequence.
var idEpoch = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// IDBits is how many bits of an id stand behind its milliseconds.
const IDBits = 22

// IDTime is when an id was made.
func IDTime(id ID) time.Time { return idEpoch.Add(time.Duration(int64(id)>>IDBits) * time.Millisecond) }
