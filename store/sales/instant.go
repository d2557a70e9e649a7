package sales

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// instantLayout is how an instant stands in the store: UTC, microseconds, fixed width, so that text compares as time does.
// MySQL and MariaDB read it into DATETIME(6), SQLite keeps it as text.
const instantLayout = "2006-01-02 15:04:05.000000"

// Instant is a moment in UTC with microsecond precision. The zero Instant means "none" and is NULL in the store.
// It reads columns and aggregates of columns (MAX) of either dialect.
type Instant struct{ time.Time }

// At makes an Instant of t.
func At(t time.Time) Instant {
	if t.IsZero() {
		return Instant{}
	}
	return Instant{t.UTC().Truncate(time.Microsecond)}
}

// Value is the instant as the store keeps it.
func (t Instant) Value() (driver.Value, error) {
	if t.IsZero() {
		return nil, nil
	}
	return t.UTC().Format(instantLayout), nil
}

// AppendSQL appends the instant as it stands in a statement.
func (t Instant) AppendSQL(b []byte) []byte {
	if t.IsZero() {
		return append(b, "NULL"...)
	}
	b = t.UTC().AppendFormat(append(b, '\''), instantLayout)
	return append(b, '\'')
}

// Scan reads what Value wrote, or a time from a driver that parses times itself.
func (t *Instant) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*t = Instant{}
		return nil
	case time.Time:
		*t = At(v)
		return nil
	case []byte:
		return t.parse(string(v))
	case string:
		return t.parse(v)
	}
	return fmt.Errorf("scan instant from %T", src)
}

func (t *Instant) parse(s string) error {
	for _, layout := range []string{instantLayout, "2006-01-02 15:04:05", time.RFC3339Nano} {
		if p, err := time.ParseInLocation(layout, s, time.UTC); err == nil {
			*t = At(p)
			return nil
		}
	}
	return fmt.Errorf("scan instant from %q", s)
}
