package parse

import "time"

// Input is one message. Now must be in the business's time zone (Asia/Shanghai); days are counted there.
type Input struct {
	Text    string
	Now     time.Time
	User    ID // the sender, a Person
	Context Context
}

// Context is what the conversation already holds; all of it optional.
type Context struct {
	Records []Record // earlier records of this person, newest last
	Draft   *Frame   // the open draft
	Reply   *Record  // the card being replied to; comes before Records
	Scanned ID       // the customer whose code was scanned last
}

// Record is an earlier record that a message may correct or continue.
type Record struct {
	ID       string
	Kind     Kind
	Customer ID
	Contact  ID
	Amounts  []int64 // fen
}

// Calendar tells workdays, make-up days included. An implementation must answer for any year.
type Calendar interface {
	IsWorkday(year int, month time.Month, day int) bool
}

// Weekdays is the calendar that knows no public holidays: Monday to Friday are workdays.
type Weekdays struct{}

// IsWorkday reports whether the day is Monday to Friday.
func (Weekdays) IsWorkday(year int, month time.Month, day int) bool {
	d := time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Weekday()
	return d != time.Saturday && d != time.Sunday
}

// Tense says which way a date without year, month or week points.
type Tense int

// The tenses. Unknown reads forward, as for plans.
const (
	TenseUnknown Tense = iota
	TensePast
	TenseFuture
)

// Parser understands messages. It is immutable and safe for concurrent use; a changed index means a new Parser, which
// costs nothing.
type Parser struct {
	Index    *Index
	Calendar Calendar // nil: Weekdays
}
