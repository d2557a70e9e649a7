package subject

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"salesflow/scheduler/rules"
	"salesflow/store/sales"
)

// Trail says how it is known what a field was before. Nothing of it is set where the events tell of the field's own column, or where
// nothing does.
type Trail struct {
	// From is the watched column a field is computed of (在公海 of owner_id), Was its value by what events say of that.
	From string
	Was  func(plain string) rules.Value
	// Since is the watched column with whose changes a day begins anew: 进入阶段日 with the stage.
	Since string
	// Needs are the keys of the own fields that Derive reads, beside the day.
	Needs []string
	// Traced are the names under which the trace (audit rows) tells of every change of the field, with what it was: for those that no
	// event tells of, and for the time before events did.
	Traced []string
}

// wasBool is a yes-or-no field computed of a column: yes where it holds.
func wasBool(holds func(plain string) bool) func(string) rules.Value {
	return func(plain string) rules.Value {
		v := rules.Value{Type: rules.Bool}
		if holds(plain) {
			v.N = 1
		}
		return v
	}
}

// of is a field computed of a watched column.
func of(f Field, column string, holds func(plain string) bool) Field {
	f.From, f.Was = column, wasBool(holds)
	return f
}

// none and some are columns that say nothing, or something.
func none(plain string) bool { return plain == "" || plain == "0" }
func some(plain string) bool { return !none(plain) }

// since is a day that begins anew with each change of a watched column.
func since(f Field, column string) Field {
	f.Since = column
	return f
}

// traced is a field whose changes the trace tells of, under names.
func traced(f Field, names ...string) Field {
	f.Traced = names
	return f
}

// field is the field of a key, nil when there is none.
func (o *Object) field(key string) *Field {
	for i := range o.Fields {
		if o.Fields[i].Key == key {
			return &o.Fields[i]
		}
	}
	return nil
}

// Before says how it is known what the field of a key was: column is what events call what it is made of, empty where they do not
// tell. whole says that a record's changes from the first one matter.
func (o *Object) Before(key string) (column string, needs, traced []string, whole bool) {
	f := o.field(key)
	if f == nil {
		return "", nil, nil, false
	}
	switch {
	case f.Since != "":
		return f.Since, nil, f.Traced, true
	case f.From != "":
		return f.From, nil, f.Traced, false
	case f.Tells != "" || slices.Contains(Told[o.Subject], f.Watched()):
		column = f.Watched()
	}
	return column, f.Needs, f.Traced, false
}

// Past is the value a field had by what an event says of its column; ok is false where that does not tell it.
func (o *Object) Past(key, plain string, org *sales.Org) (v rules.Value, ok bool) {
	f := o.field(key)
	if f == nil {
		return v, false
	}
	if f.Was != nil {
		return f.Was(plain), true
	}
	if f.Ref != "" || f.Derive != nil || f.Names != nil {
		return v, false
	}
	v.Type = f.Type
	switch {
	case f.Type == rules.Date:
		return f.pastDay(v, plain)
	case !f.Person && (f.Type == rules.Text || f.Type == rules.Enum):
		v.S, v.None = plain, plain == ""
		return v, true
	}
	n, err := strconv.ParseInt("0"+plain, 10, 64)
	if strings.HasPrefix(plain, "-") {
		n, err = strconv.ParseInt(plain, 10, 64)
	}
	if err != nil {
		return v, false
	}
	return f.past(v, n, org), true
}

// pastDay is a day or moment of an event as the field's value.
func (f *Field) pastDay(v rules.Value, plain string) (rules.Value, bool) {
	if plain == "" {
		v.None = true
		return v, true
	}
	if f.Moment {
		var at sales.Instant
		if err := at.Scan(plain); err == nil && !at.IsZero() {
			v.Day = sales.DayOf(at.Time)
			if f.Exact {
				v.At = at.Time
			}
			return v, true
		}
	}
	day, err := sales.ParseDay(plain)
	v.Day = day
	return v, err == nil
}

// past is a number of an event as the field's value.
func (f *Field) past(v rules.Value, n int64, org *sales.Org) rules.Value {
	switch {
	case f.Person:
		if org != nil && n != 0 {
			v.S = org.Name(sales.PersonID(n))
		}
		v.None = v.S == ""
	case strings.Contains(f.Column, "NULLIF(") && (n == -1 && strings.Contains(f.Column, ", -1)") || n == 0 && strings.Contains(f.Column, ", 0)")):
		v.None = true
	case strings.HasPrefix(f.Column, "100 * "):
		v.N = 100 * n
	default:
		v.N = n
	}
	return v
}

// Reads is the value a field had by what the trace says in people's words; ok is false where that is not understood.
func (o *Object) Reads(key, text string, org *sales.Org) (v rules.Value, ok bool) {
	f := o.field(key)
	if f == nil || f.Ref != "" {
		return v, false
	}
	v.Type = f.Type
	text = strings.TrimSpace(text)
	if text == "" || text == "无" {
		v.None = true
		return v, true
	}
	switch {
	case f.Person:
		if id, err := strconv.ParseInt(text, 10, 64); err == nil && org != nil {
			text = org.Name(sales.PersonID(id))
		}
		v.S, v.None = text, text == ""
	case f.Type == rules.Text:
		v.S = text
	case f.Type == rules.Money:
		m, err := sales.ParseMoney(text)
		v.N = int64(m)
		return v, err == nil
	case f.Type == rules.Date:
		day, err := sales.ParseDay(text)
		v.Day = day
		return v, err == nil
	case f.Type == rules.Enum:
		i := slices.IndexFunc(f.Options, func(x rules.Option) bool { return x.Key == text || x.Name == text || slices.Contains(x.Aliases, text) })
		if i < 0 {
			return v, false
		}
		v.S = f.Options[i].Key
	default:
		return v, false
	}
	return v, true
}

// As is the record as it was on a day, with values of some of its fields and what is derived of them.
func (r *Record) As(day sales.Day, values map[string]rules.Value) *Record {
	out := *r
	out.day, out.values = day, maps.Clone(r.values)
	maps.Copy(out.values, values)
	for _, f := range r.Object.Fields {
		if f.Derive != nil {
			out.values[f.Key] = f.Derive(&out)
		}
	}
	return &out
}

// DayValue is a day as the value of a date.
func DayValue(at time.Time) rules.Value {
	return rules.Value{Type: rules.Date, Day: sales.DayOf(at), None: at.IsZero()}
}
