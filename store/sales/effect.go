package sales

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
)

// EffectDo is what an approval brings about. The words are stored and never renamed.
type EffectDo string

// What there is.
const (
	EffectNone    EffectDo = ""
	EffectRelease EffectDo = "release" // 放行: the goods of the contract go although clauses stand against it
	EffectSet     EffectDo = "set"     // a field of the record gets a value
)

// Effect connects an application with what it asks for: what follows in the record it is about once it is approved (通过后放行).
type Effect struct {
	Do EffectDo `json:"do,omitempty"`
	// Field and To are keys (class, KA), Name and Shown what people call them; of EffectSet.
	Field string `json:"field,omitempty"`
	To    string `json:"value,omitempty"`
	Name  string `json:"name,omitempty"`
	Shown string `json:"shown,omitempty"`
}

// IsZero reports whether nothing follows but that people know.
func (e Effect) IsZero() bool { return e.Do == EffectNone }

// Words is the effect as people read it behind 通过后: 放行, 级别改成 KA.
func (e Effect) Words() string {
	switch e.Do {
	case EffectRelease:
		return "放行"
	case EffectSet:
		return e.Name + "改成 " + e.Shown
	}
	return ""
}

// Value is the effect as JSON text; empty text is none.
func (e Effect) Value() (driver.Value, error) {
	if e.IsZero() {
		return "", nil
	}
	b, err := json.Marshal(e)
	return string(b), err
}

// Scan reads what Value wrote.
func (e *Effect) Scan(src any) error {
	*e = Effect{}
	var b []byte
	switch v := src.(type) {
	case nil:
		return nil
	case []byte:
		b = v
	case string:
		b = []byte(v)
	default:
		return fmt.Errorf("scan effect from %T", src)
	}
	if len(b) == 0 {
		return nil
	}
	return json.Unmarshal(b, e)
}
