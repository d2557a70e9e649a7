package rules

import (
	"slices"
	"strings"
	"time"

	"salesflow/store/sales"
)

// Value is a typed value. N holds numbers (hundredths), money (fen), percent (hundredths of a percent), durations
// (seconds), dates (days as sales.Day counts them, by Day) and bools (0 and 1); S holds texts and the keys of options.
// None is a field that is not filled in.
type Value struct {
	Type Type
	N    int64
	S    string
	Day  sales.Day
	At   time.Time // of a Date with its hour
	None bool
}

// Op is an operator.
type Op string

// The operators.
const (
	OpAnd      Op = "且"
	OpOr       Op = "或"
	OpNot      Op = "非"
	OpEqual    Op = "="
	OpUnequal  Op = "≠"
	OpLess     Op = "<"
	OpAtMost   Op = "≤"
	OpMore     Op = ">"
	OpAtLeast  Op = "≥"
	OpContains Op = "包含"
	OpIn       Op = "属于"
	OpEmpty    Op = "为空"
	OpFilled   Op = "不为空"
	OpPlus     Op = "+"
	OpMinus    Op = "-"
	OpTimes    Op = "*"
)

// Expr is a typed expression: a literal, a field or an operation. Nil is true.
type Expr interface{ isExpr() }

// Literal is a value that was written.
type Literal struct {
	Value Value
	Words string // as it is read back
}

// FieldOf is a field of the rule's subject or, by Via, of a record it refers to.
type FieldOf struct {
	Via   *Field // nil: of the subject itself
	Field *Field
}

// Operation applies an operator to operands.
type Operation struct {
	Op   Op
	Args []Expr
}

// Today is the day on which the condition is looked at. It is known when the Record is Dated.
type Today struct{}

// MonthStart is the first day of the month in which the condition is looked at (月初).
type MonthStart struct{}

// Dated is a Record that knows the day it is looked at.
type Dated interface{ Today() sales.Day }

func (Today) isExpr()      {}
func (MonthStart) isExpr() {}
func (Literal) isExpr()    {}
func (FieldOf) isExpr()    {}
func (Operation) isExpr()  {}

// Record gives the values of a subject's fields, those of the records it refers to by their reference.
type Record interface {
	// Value is the field's value; via is nil for a field of the subject itself. None when it is not filled in.
	Value(via, field *Field) Value
}

// Holds evaluates conditions. What compares with a field that is not filled in does not hold, not even by 非 or ≠: nothing
// is concluded from what nobody has written.
func Holds(e Expr, r Record) bool {
	v, known := eval(e, r)
	return known && v.N == 1
}

var (
	yes = Value{Type: Bool, N: 1}
	no  = Value{Type: Bool}
)

func truth(b bool) Value {
	if b {
		return yes
	}
	return no
}

// eval is three-valued: known is false when the value depends on a field that is not filled in.
func eval(e Expr, r Record) (v Value, known bool) {
	switch e := e.(type) {
	case nil:
		return yes, true
	case Literal:
		return e.Value, true
	case FieldOf:
		v := r.Value(e.Via, e.Field)
		return v, !v.None
	case Today:
		if d, ok := r.(Dated); ok {
			return Value{Type: Date, Day: d.Today()}, true
		}
		return no, false
	case MonthStart:
		if d, ok := r.(Dated); ok {
			year, month, _ := d.Today().Date()
			return Value{Type: Date, Day: sales.NewDay(year, month, 1)}, true
		}
		return no, false
	case Operation:
		return e.eval(r)
	}
	return no, false
}

func (o Operation) eval(r Record) (Value, bool) {
	switch o.Op {
	case OpAnd, OpOr:
		all := true
		for _, a := range o.Args {
			v, known := eval(a, r)
			if known && (v.N == 1) == (o.Op == OpOr) {
				return v, true
			}
			all = all && known
		}
		return truth(o.Op == OpAnd), all
	case OpNot:
		v, known := eval(o.Args[0], r)
		return truth(v.N == 0), known
	case OpEmpty, OpFilled:
		_, known := eval(o.Args[0], r)
		return truth(known == (o.Op == OpFilled)), true
	}
	values := make([]Value, len(o.Args))
	for i, a := range o.Args {
		v, known := eval(a, r)
		if !known {
			return no, false
		}
		values[i] = v
	}
	return apply(o.Op, values), true
}

func apply(op Op, v []Value) Value {
	switch op {
	case OpPlus:
		return sum(v[0], v[1], 1)
	case OpMinus:
		return sum(v[0], v[1], -1)
	case OpTimes:
		return product(v[0], v[1])
	case OpContains:
		return truth(strings.Contains(strings.ToLower(v[0].S), strings.ToLower(v[1].S)))
	case OpIn:
		return truth(slices.ContainsFunc(v[1:], func(w Value) bool { return compare(v[0], w) == 0 }))
	}
	c := compare(v[0], v[1])
	switch op {
	case OpEqual:
		return truth(c == 0)
	case OpUnequal:
		return truth(c != 0)
	case OpLess:
		return truth(c < 0)
	case OpAtMost:
		return truth(c <= 0)
	case OpMore:
		return truth(c > 0)
	case OpAtLeast:
		return truth(c >= 0)
	}
	return no
}

func compare(a, b Value) int {
	switch {
	case a.Type == Date:
		return a.Day.Compare(b.Day)
	case a.Type == Text || a.Type == Enum:
		return strings.Compare(a.S, b.S)
	case a.N < b.N:
		return -1
	case a.N > b.N:
		return 1
	}
	return 0
}

// sum adds values of one type, and days to a date. It stops at the ends of the range rather than wrap around.
func sum(a, b Value, sign int64) Value {
	if a.Type == Date {
		if b.Type == Date {
			return Value{Type: Number, N: 100 * int64(a.Day.Sub(b.Day))}
		}
		days := b.N / 86400
		if b.Type == Number {
			days = b.N / 100
		}
		return Value{Type: Date, Day: a.Day.AddDays(int(max(min(sign*days, 1e5), -1e5)))}
	}
	n := a.N + sign*b.N
	if (sign*b.N > 0) != (n > a.N) && b.N != 0 {
		n = a.N
	}
	return Value{Type: a.Type, N: n}
}

// product multiplies a value by a number or a percentage.
func product(a, b Value) Value {
	if a.Type == Number && b.Type != Number {
		a, b = b, a
	}
	unit := int64(100)
	if b.Type == Percent {
		unit = 10000
	}
	whole, rest := a.N/unit, a.N%unit
	if b.N != 0 && (whole > (1<<62)/max(b.N, -b.N) || whole < -(1<<62)/max(b.N, -b.N)) {
		return a
	}
	return Value{Type: a.Type, N: whole*b.N + rest*b.N/unit}
}

// fits says whether two types may be compared, and what to say when not.
func fits(op Op, a, b Type) bool {
	switch op {
	case OpContains:
		return a == Text && b == Text
	case OpPlus, OpMinus:
		return a == b && (a == Number || a == Money || a == Percent || a == Duration) || a == Date && (b == Duration || b == Number) ||
			a == Date && b == Date && op == OpMinus
	case OpTimes:
		return (a == Money || a == Number || a == Duration) && (b == Number || b == Percent) || a == Number && b == Money
	case OpEqual, OpUnequal, OpIn:
		return a == b
	case OpLess, OpAtMost, OpMore, OpAtLeast:
		return a == b && a != Bool && a != Enum && a != Text
	}
	return false
}

// typeOf is the type of an expression.
func typeOf(e Expr) Type {
	switch e := e.(type) {
	case Literal:
		return e.Value.Type
	case FieldOf:
		return e.Field.Type
	case Today, MonthStart:
		return Date
	case Operation:
		switch e.Op {
		case OpPlus, OpMinus:
			if typeOf(e.Args[0]) == Date && typeOf(e.Args[1]) == Date {
				return Number
			}
			return typeOf(e.Args[0])
		case OpTimes:
			if typeOf(e.Args[0]) == Number {
				return typeOf(e.Args[1])
			}
			return typeOf(e.Args[0])
		}
	}
	return Bool
}

var typeNames = map[Type]string{
	Text: "文字", Number: "数字", Money: "金额", Percent: "百分比", Date: "日期", Duration: "时长", Bool: "是或否", Enum: "选项",
}

// String is the type as people call it.
func (t Type) String() string { return typeNames[t] }

// String is the value as people write it.
func (v Value) String() string {
	switch v.Type {
	case Money:
		return sales.Money(v.N).String()
	case Percent:
		return decimal(v.N) + "%"
	case Number:
		return decimal(v.N)
	case Date:
		if !v.At.IsZero() {
			return sales.FormatMoment(v.At)
		}
		return v.Day.String()
	case Duration:
		return sales.Waited(time.Duration(v.N) * time.Second)
	case Bool:
		if v.N == 1 {
			return "是"
		}
		return "否"
	}
	return v.S
}
