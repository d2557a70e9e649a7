package rules

import "slices"

// undoing is that two rules change a field of the same records back and forth: a schedule looks again and again, so that no chain
// of events shows it. It returns what each sets; ok is false when there is no such field.
func undoing(a, b Rule) (x, y Action, ok bool) {
	if a.Trigger.Object == nil || b.Trigger.Object == nil || a.Trigger.Object.Key != b.Trigger.Object.Key {
		return x, y, false
	}
	if a.Trigger.Kind != Scheduled && b.Trigger.Kind != Scheduled {
		return x, y, false // Cycle finds these
	}
	for _, x := range sets(a) {
		for _, y := range sets(b) {
			if x.Field.Key == y.Field.Key && compare(x.Value, y.Value) != 0 && comesAgain(a, y) && comesAgain(b, x) && together(a, b, x, y) {
				return x, y, true
			}
		}
	}
	return x, y, false
}

// sets are the actions of a rule that change fields.
func sets(r Rule) []Action {
	var out []Action
	for _, st := range r.Steps {
		for _, a := range st.Actions {
			if a.Do == Set {
				out = append(out, a)
			}
		}
	}
	return out
}

// comesAgain reports whether a rule looks at a record once more after another has set a field of it.
func comesAgain(r Rule, after Action) bool {
	return r.Trigger.Kind == Scheduled || Affects(Effect{Object: r.Trigger.Object, Field: after.Field, Value: after.Value}, r)
}

// together reports whether there can be a record of which the conditions of both rules hold, each after the other has set the field.
func together(a, b Rule, x, y Action) bool {
	one, possible := given(a.If, x.Field, y.Value)
	other, too := given(b.If, x.Field, x.Value)
	if !possible || !too {
		return false
	}
	switch {
	case one == nil && other == nil:
		return true
	case one == nil:
		return !Impossible(other)
	case other == nil:
		return !Impossible(one)
	}
	return !Impossible(Operation{OpAnd, []Expr{one, other}})
}

// given is what is left of a condition when a field of the record has a value: nil where nothing is. ok is false when it cannot
// hold then.
func given(e Expr, f *Field, v Value) (left Expr, ok bool) {
	o, isOperation := e.(Operation)
	if !isOperation {
		return e, true
	}
	known := after{Effect{Field: f, Value: v}}
	if onlyAbout(o, known) {
		return nil, Holds(o, known)
	}
	switch o.Op {
	case OpAnd:
		var args []Expr
		for _, a := range o.Args {
			rest, ok := given(a, f, v)
			if !ok {
				return nil, false
			}
			if rest != nil {
				args = append(args, rest)
			}
		}
		return joined(OpAnd, args), true
	case OpOr:
		var args []Expr
		for _, a := range o.Args {
			rest, ok := given(a, f, v)
			if ok && rest == nil {
				return nil, true
			}
			if ok {
				args = append(args, rest)
			}
		}
		return joined(OpOr, args), len(args) > 0
	}
	return o, true
}

func joined(op Op, args []Expr) Expr {
	switch len(args) {
	case 0:
		return nil
	case 1:
		return args[0]
	}
	return Operation{op, slices.Clone(args)}
}

// backAndForth is why two rules may not be on together that undo each other.
func backAndForth(a, b Rule, x, y Action) *Problem {
	return &Problem{
		Line: 1, Column: 1,
		Msg: "这两条规则会把" + x.Field.Name + "改来改去:\"" + a.Name + "\"改成 " + x.Field.Show(x.Value) + ",\"" + b.Name + "\"又改成 " + y.Field.Show(y.Value),
		Fix: "给其中一条加上另一条不会满足的条件,或者停用一条",
	}
}
