package rules

import (
	"fmt"
	"slices"
	"strings"

	"salesflow/store/sales"
)

// maxCases bounds how many combinations of alternatives are looked at for one that can hold.
const maxCases = 200

// Impossible reports whether conditions can never hold, whatever the record: 金额 > 5万 且 金额 < 3万. What it cannot tell
// it takes for possible.
func Impossible(e Expr) bool {
	if e == nil {
		return false
	}
	all := cases(e)
	if len(all) == 0 || len(all) > maxCases {
		return false
	}
	for _, c := range all {
		if !contradicts(c) {
			return false
		}
	}
	return true
}

// cases are the ways in which a condition can hold, each a list of what holds together; more than maxCases are too many.
func cases(e Expr) [][]Expr {
	o, ok := e.(Operation)
	if !ok || o.Op != OpAnd && o.Op != OpOr {
		return [][]Expr{{e}}
	}
	var out [][]Expr
	for i, a := range o.Args {
		sub := cases(a)
		if o.Op == OpOr || i == 0 {
			out = append(out, sub...)
			continue
		}
		var joined [][]Expr
		for _, x := range out {
			for _, y := range sub {
				if len(joined) > maxCases {
					return joined
				}
				joined = append(joined, append(slices.Clone(x), y...))
			}
		}
		out = joined
	}
	return out
}

// bounds are what is known of one field.
type bounds struct {
	low, high         *int64
	lowOpen, highOpen bool
	among             []string // nil: anything
	not               []string
	empty, filled     bool
}

// contradicts reports whether conditions on a same field exclude each other.
func contradicts(all []Expr) bool {
	known := map[[2]string]*bounds{}
	for _, e := range all {
		o, ok := e.(Operation)
		if !ok {
			continue
		}
		f, ok := o.Args[0].(FieldOf)
		if !ok {
			continue
		}
		key := [2]string{"", f.Field.Key} // by key, since conditions may have been read apart
		if f.Via != nil {
			key[0] = f.Via.Key
		}
		if known[key] == nil {
			known[key] = &bounds{}
		}
		if known[key].narrow(o); known[key].none() {
			return true
		}
	}
	return false
}

func (b *bounds) narrow(o Operation) {
	switch o.Op {
	case OpEmpty:
		b.empty = true
		return
	case OpAnd, OpOr, OpNot:
		return
	}
	b.filled = true
	if o.Op == OpFilled {
		return
	}
	var values []Value
	for _, a := range o.Args[1:] {
		l, ok := a.(Literal)
		if !ok {
			return
		}
		values = append(values, l.Value)
	}
	if t := values[0].Type; t == Text || t == Enum {
		b.words(o.Op, values)
		return
	}
	if len(values) == 1 {
		b.number(o.Op, values[0].number())
	}
}

// number is a value on a line.
func (v Value) number() int64 {
	if v.Type == Date {
		return int64(v.Day.Sub(sales.NewDay(2000, 1, 1)))
	}
	return v.N
}

func (b *bounds) words(op Op, values []Value) {
	var list []string
	for _, v := range values {
		list = append(list, v.S)
	}
	switch op {
	case OpEqual, OpIn:
		if b.among == nil {
			b.among = list
			return
		}
		b.among = slices.DeleteFunc(slices.Clone(b.among), func(s string) bool { return !slices.Contains(list, s) })
	case OpUnequal:
		b.not = append(b.not, list...)
	}
}

func (b *bounds) number(op Op, n int64) {
	if op == OpMore || op == OpAtLeast || op == OpEqual {
		if open := op == OpMore; b.low == nil || n > *b.low || n == *b.low && open {
			b.low, b.lowOpen = &n, open
		}
	}
	if op == OpLess || op == OpAtMost || op == OpEqual {
		if open := op == OpLess; b.high == nil || n < *b.high || n == *b.high && open {
			b.high, b.highOpen = &n, open
		}
	}
}

// none reports whether no value is left.
func (b *bounds) none() bool {
	switch {
	case b.empty && b.filled:
		return true
	case b.low != nil && b.high != nil && (*b.low > *b.high || *b.low == *b.high && (b.lowOpen || b.highOpen)):
		return true
	case b.among == nil:
		return false
	}
	return !slices.ContainsFunc(b.among, func(s string) bool { return !slices.Contains(b.not, s) })
}

// Effect is what a rule does to records, as far as another rule could notice.
type Effect struct {
	Object *Object // whose field is set; the kind of record that is filed
	Field  *Field  // nil: a record is filed
	Value  Value
}

// Causes lists what a rule does that could start a rule: fields it sets, to-dos and approvals it makes.
func Causes(r Rule, schema *Schema) []Effect {
	var out []Effect
	add := func(key string) {
		if o := schema.Object(key); o != nil && !slices.ContainsFunc(out, func(e Effect) bool { return e.Object == o && e.Field == nil }) {
			out = append(out, Effect{Object: o})
		}
	}
	for _, st := range r.Steps {
		for _, a := range st.Actions {
			switch a.Do {
			case Set:
				out = append(out, Effect{Object: r.Trigger.Object, Field: a.Field, Value: a.Value})
			case Todo, Task:
				add("todo")
			case Approve:
				if c := a.Consent; c != nil && c.Field != nil {
					out = append(out, Effect{Object: r.Trigger.Object, Field: c.Field, Value: c.Value})
				}
				add("application")
				for _, key := range []string{"application", "request"} {
					if o := schema.Object(key); o != nil && o.StateField() != nil {
						out = append(out, Effect{Object: o, Field: o.StateField(), Value: Value{Type: Enum, S: "pending"}})
					}
				}
			}
		}
	}
	return out
}

// Affects reports whether an effect can start a rule.
func Affects(e Effect, r Rule) bool {
	t := r.Trigger
	if t.Object == nil || e.Object == nil || t.Object.Key != e.Object.Key {
		return false
	}
	if e.Field == nil {
		return t.Kind == Files
	}
	switch t.Kind {
	case Changes:
		if t.Field.Key != e.Field.Key || t.To != nil && compare(*t.To, e.Value) != 0 {
			return false
		}
	case Enters:
		if t.State.Key != e.Value.S || t.Field == nil && !e.Field.State || t.Field != nil && t.Field.Key != e.Field.Key {
			return false
		}
	case Leaves:
		if !e.Field.State || t.State.Key == e.Value.S {
			return false
		}
	case Reaches:
		if t.Field.Key != e.Field.Key {
			return false
		}
	default:
		return false
	}
	return could(r.If, after{e})
}

// after is a record of which nothing is known but the field that was just set.
type after struct{ effect Effect }

// Value is the value that was set; every other is unknown.
func (a after) Value(via, f *Field) Value {
	if via == nil && f.Key == a.effect.Field.Key {
		return a.effect.Value
	}
	return Value{Type: f.Type, None: true}
}

// could reports whether conditions can hold when only one field is known.
func could(e Expr, r after) bool {
	o, ok := e.(Operation)
	if !ok {
		return true
	}
	switch o.Op {
	case OpAnd:
		return !slices.ContainsFunc(o.Args, func(a Expr) bool { return !could(a, r) })
	case OpOr:
		return slices.ContainsFunc(o.Args, func(a Expr) bool { return could(a, r) })
	}
	if !onlyAbout(o, r) {
		return true
	}
	return Holds(o, r)
}

// onlyAbout reports whether an expression reads nothing but the field that is known.
func onlyAbout(e Expr, r after) bool {
	switch e := e.(type) {
	case FieldOf:
		return e.Via == nil && e.Field.Key == r.effect.Field.Key
	case Operation:
		return !slices.ContainsFunc(e.Args, func(a Expr) bool { return !onlyAbout(a, r) })
	case Literal:
		return true
	}
	return false
}

// Cycle finds rules that start each other in a circle, a rule that starts itself among them: their indices in the order in
// which one starts the next, the first once only. Nil when there is none.
func Cycle(list []Rule, schema *Schema) []int {
	next := make([][]int, len(list))
	for i, r := range list {
		for _, e := range Causes(r, schema) {
			for j := range list {
				if Affects(e, list[j]) && !slices.Contains(next[i], j) {
					next[i] = append(next[i], j)
				}
			}
		}
	}
	seen := make([]int, len(list)) // 0 not, 1 on the way, 2 done
	var way []int
	var walk func(i int) []int
	walk = func(i int) []int {
		seen[i], way = 1, append(way, i)
		for _, j := range next[i] {
			if seen[j] == 1 {
				return slices.Clone(way[slices.Index(way, j):])
			}
			if seen[j] == 0 {
				if c := walk(j); c != nil {
					return c
				}
			}
		}
		seen[i], way = 2, way[:len(way)-1]
		return nil
	}
	for i := range list {
		if seen[i] == 0 {
			if c := walk(i); c != nil {
				return c
			}
		}
	}
	return nil
}

// Refuse is why a rule may not be switched on beside others that are: it and some of them would start each other without
// end, or change a field back and forth day by day. Others of the same name are left out: they are what it replaces. The error is a *Problem that names the circle.
func Refuse(r Rule, others []Rule, schema *Schema) error {
	list := []Rule{r}
	for _, o := range others {
		if o.Name != r.Name {
			list = append(list, o)
		}
	}
	circle := Cycle(list, schema)
	if circle == nil {
		for _, o := range list[1:] {
			if x, y, ok := undoing(r, o); ok {
				return backAndForth(r, o, x, y)
			}
		}
		return nil
	}
	var names []string
	for _, i := range circle {
		names = append(names, "\""+list[i].Name+"\"")
	}
	p := &Problem{Line: 1, Column: 1, Msg: "规则 " + names[0] + " 会触发自己,停不下来"}
	if len(names) > 1 {
		p.Msg = "这些规则会互相触发,停不下来:" + strings.Join(append(names, names[0]), " → ")
	}
	p.Fix = "给其中一条加上条件,让改过之后不再触发"
	if set := setBy(list[circle[0]]); set != nil {
		p.Fix = fmt.Sprintf("给 %s 加上条件,例如 且 %s ≠ %s", names[len(names)-1], set.Field.Name, set.Field.Show(set.Value))
		if len(names) > 1 {
			p.Fix = "给其中一条加上条件,让改过之后不再触发,例如在 " + names[0] + " 里写 且 " + set.Field.Name + " ≠ " + set.Field.Show(set.Value)
		}
	}
	return p
}

// setBy is the first field a rule sets.
func setBy(r Rule) *Action {
	for _, st := range r.Steps {
		for i, a := range st.Actions {
			if a.Do == Set {
				return &st.Actions[i]
			}
		}
	}
	return nil
}

// Warnings are what is allowed and probably not meant: recipients nobody holds, days that are over. held says whether
// anybody is told for a recipient, today is the day they are looked at.
func Warnings(r Rule, held func(Recipient) bool, today sales.Day) []string {
	var out []string
	add := func(s string) {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	if !r.Until.IsZero() && r.Until.Before(today) {
		add("有效期到 " + r.Until.String() + ",已经过了")
	}
	for _, st := range r.Steps {
		for _, a := range st.Actions {
			for _, to := range a.To {
				if !held(to) {
					add(to.Name + " 现在没有人,推送会直接到下一步")
				}
			}
		}
	}
	return out
}
