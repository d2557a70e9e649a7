package rules

import (
	"fmt"
	"strings"

	"salesflow/store/sales"
)

// DealObject is what a gate of a stage (阶段的进出条件) can ask of a deal.
const DealObject = "deal"

// DealSchema are the fields of DealObject, with the custom fields of deals. Their keys are those of sales.DealAmount and the
// like, of custom ones "custom." and their own.
func DealSchema(custom ...sales.CustomField) *Schema {
	class := []Option{{Key: "KA", Name: "KA"}, {Key: "A", Name: "A"}, {Key: "B", Name: "B"}, {Key: "C", Name: "C"}}
	fields := []Field{
		{Key: sales.DealAmount, Name: "金额", Aliases: []string{"预算"}, Type: Money},
		{Key: sales.DealExpected, Name: "预计签约日", Aliases: []string{"预计签约"}, Type: Date},
		{Key: sales.DealContacts, Name: "联系人数", Type: Number},
		{Key: sales.DealSigned, Name: "已签合同数", Type: Number},
		{Key: sales.DealVisits, Name: "拜访次数", Type: Number},
		{Key: sales.DealProducts, Name: "产品数", Type: Number},
		{Key: sales.DealClass, Name: "客户级别", Type: Enum, Options: class},
		{Key: sales.DealIndustry, Name: "客户行业", Type: Text},
	}
	for _, f := range custom {
		fields = append(fields, CustomField(f))
	}
	return NewSchema([]Object{{Key: DealObject, Name: "商机", Fields: fields}})
}

// customTypes are the types of rules that custom fields have. A colleague, customer or product is its name.
var customTypes = map[sales.CustomType]Type{
	sales.CustomNumber: Number, sales.CustomMoney: Money, sales.CustomPercent: Percent, sales.CustomDate: Date, sales.CustomBool: Bool,
	sales.CustomChoice: Enum,
}

// CustomField is a custom field as rules know it; texts are those without a type of their own.
func CustomField(f sales.CustomField) Field {
	out := Field{Key: "custom." + f.Key, Name: f.Name, Aliases: f.Aliases, Type: Text}
	if t, ok := customTypes[f.Type]; ok {
		out.Type = t
	}
	for _, o := range f.Options {
		out.Options = append(out.Options, Option{Key: o, Name: o})
	}
	return out
}

// DealCondition reads a gate's expression. The error is a *Problem.
func DealCondition(text string, custom ...sales.CustomField) (sales.Condition, error) {
	schema := DealSchema(custom...)
	e, err := ParseCondition(text, schema.Object(DealObject), schema, Names{})
	if err != nil {
		return nil, err
	}
	c := dealCondition{expr: e}
	walk(e, func(f FieldOf) { c.asks = append(c.asks, f.Field.Key) })
	if len(c.asks) == 0 {
		return nil, fmt.Errorf("condition %q asks nothing of the deal", text)
	}
	return c, nil
}

type dealCondition struct {
	expr Expr
	asks []string
}

// Holds implements sales.Condition.
func (c dealCondition) Holds(f sales.DealFacts) bool { return Holds(c.expr, dealRecord{f}) }

// Asks implements sales.Condition.
func (c dealCondition) Asks() []string { return c.asks }

// ReadsOf are all fields an expression reads, those of records it refers to among them.
func ReadsOf(e Expr) []FieldOf {
	var out []FieldOf
	walk(e, func(f FieldOf) { out = append(out, f) })
	return out
}

// walk visits the fields of an expression.
func walk(e Expr, visit func(FieldOf)) {
	switch e := e.(type) {
	case FieldOf:
		visit(e)
	case Operation:
		for _, a := range e.Args {
			walk(a, visit)
		}
	}
}

// dealRecord is a deal as conditions read it.
type dealRecord struct{ f sales.DealFacts }

// Value implements Record.
func (r dealRecord) Value(_, f *Field) Value {
	v := Value{Type: f.Type}
	deal := r.f.Deal
	switch f.Key {
	case sales.DealAmount:
		v.N, v.None = int64(deal.Amount), deal.Amount == 0
	case sales.DealExpected:
		v.Day, v.None = deal.ExpectedOn, deal.ExpectedOn.IsZero()
	case sales.DealContacts:
		v.N = int64(r.f.Contacts) * 100
	case sales.DealSigned:
		v.N = int64(r.f.Signed) * 100
	case sales.DealVisits:
		v.N = int64(r.f.Visits) * 100
	case sales.DealProducts:
		v.N = int64(len(deal.Products)) * 100
	case sales.DealClass:
		v.S, v.None = r.f.Customer.Class, r.f.Customer.Class == ""
	case sales.DealIndustry:
		v.S, v.None = r.f.Customer.Industry, r.f.Customer.Industry == ""
	default:
		key, custom := strings.CutPrefix(f.Key, "custom.")
		x := sales.CustomNamed(r.f.Custom, "opportunity", key)
		if v.None = !custom || !x.Filled; !v.None {
			v.N, v.S, v.Day = x.Num, x.Text, x.Day
		}
	}
	return v
}
