package sales

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
)

// List is a short list kept as JSON in one column. Only what is never searched is kept so.
type List[T any] []T

// Value is the list as JSON text; an empty list is "[]".
func (l List[T]) Value() (driver.Value, error) {
	if len(l) == 0 {
		return "[]", nil
	}
	b, err := json.Marshal([]T(l))
	return string(b), err
}

// Scan reads what Value wrote.
func (l *List[T]) Scan(src any) error {
	*l = nil
	switch v := src.(type) {
	case nil:
		return nil
	case []byte:
		return json.Unmarshal(v, (*[]T)(l))
	case string:
		return json.Unmarshal([]byte(v), (*[]T)(l))
	}
	return fmt.Errorf("scan list from %T", src)
}
