package sales

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// EffectDo is what an approval brings about. The words are stored and never renamed.
type EffectDo string

// What there is.
const (
	EffectNone    EffectDo = ""
	EffectRelease EffectDo = "release" // 放行: the goods of the contract go although clauses stand against it
	EffectSet     EffectDo = "set"     // a field of the record gets a value
	EffectCredit  EffectDo = "credit"  // 授信: the customer may owe as much as the application says
)

// What became of an effect when its application was approved. The words are stored and never renamed.
const (
	EffectDone   = "done"   // it was brought about, or held already
	EffectFailed = "failed" // it could not be: nobody who approved may do it, or the record does not allow it any more
)

// Effect connects an application with what it asks for: what follows in the record it is about once it is approved (通过后放行).
type Effect struct {
	Do EffectDo `json:"do,omitempty"`
	// Field and To are keys (class, KA), Name and Shown what people call them; of EffectSet. Of EffectCredit To is the limit in fen.
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
	case EffectCredit:
		return "授信定为 " + e.Shown
	}
	return ""
}

// About is the kind of record an effect is for, as events name it, and what people call it.
func (e Effect) About() (kind, noun string) {
	switch e.Do {
	case EffectRelease:
		return "contract", "合同"
	case EffectSet, EffectCredit:
		return "customer", "客户"
	}
	return "", ""
}

// EffectRule is what the company lets follow by itself from the approval of an application that a person files: for a topic, and
// the kind of record its effect is for.
type EffectRule struct {
	Topic string
	// Effect may lack its value: who files the application says it (Open).
	Effect Effect
}

// Open reports whether who files the application says the value.
func (r EffectRule) Open() bool { return r.Effect.Do != EffectRelease && r.Effect.To == "" }

// Words is the rule's effect as people read it.
func (r EffectRule) Words() string {
	switch {
	case !r.Open():
		return r.Effect.Words()
	case r.Effect.Do == EffectCredit:
		return "授信定为申请的金额"
	}
	return r.Effect.Name + "改成申请里说的"
}

// EffectWords are the forms ParseEffect reads.
var EffectWords = []string{"放行", "授信", "修改 级别", "修改 级别 为 KA"}

// ParseEffect reads what an approval may bring about, as a company writes it; ok is false when it is none of EffectWords.
func ParseEffect(text string) (e Effect, ok bool) {
	words := strings.Fields(text)
	switch {
	case len(words) == 1 && words[0] == "放行":
		return Effect{Do: EffectRelease}, true
	case len(words) == 1 && words[0] == "授信":
		return Effect{Do: EffectCredit}, true
	case len(words) == 2 && words[0] == "修改" && words[1] == "级别":
		return ClassEffect(""), true
	case len(words) == 4 && words[0] == "修改" && words[1] == "级别" && words[2] == "为" && ParseClass(words[3]) != "":
		return ClassEffect(ParseClass(words[3])), true
	}
	return Effect{}, false
}

// ClassEffect lets a customer's class become another; the empty class is one that is not said yet.
func ClassEffect(class string) Effect {
	return Effect{Do: EffectSet, Field: "class", Name: "级别", To: class, Shown: class}
}

// CreditEffect lets a customer owe as much as limit.
func CreditEffect(limit Money) Effect {
	return Effect{Do: EffectCredit, To: strconv.FormatInt(int64(limit), 10), Shown: limit.Short()}
}

// Limit is the amount of a CreditEffect.
func (e Effect) Limit() Money {
	n, err := strconv.ParseInt(e.To, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return Money(n)
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
