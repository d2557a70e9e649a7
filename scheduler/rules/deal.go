package rules

import (
	"fmt"

	"salesflow/store/sales"
)

// DealObject is what a gate of a stage (阶段的进出条件) can ask of a deal.
const DealObject = "deal"

// DealSchema are the fields of DealObject. Their keys are those of sales.DealAmount and the like.
func DealSchema() *Schema {
	class := []Option{{Key: "KA", Name: "KA"}, {Key: "A", Name: "A"}, {Key: "B", Name: "B"}, {Key: "C", Name: "C"}}
	return NewSchema([]Object{{Key: DealObject, Name: "商机", Fields: []Field{
		{Key: sales.DealAmount, Name: "金额", Aliases: []string{"预算"}, Type: Money},
		{Key: sales.DealExpected, Name: "预计签约日", Aliases: []string{"预计签约"}, Type: Date},
		{Key: sales.DealContacts, Name: "联系人数", Type: Number},
		{Key: sales.DealSigned, Name: "已签合同数", Type: Number},
		{Key: sales.DealVisits, Name: "拜访次数", Type: Number},
		{Key: sales.DealProducts, Name: "产品数", Type: Number},
		{Key: sales.DealClass, Name: "客户级别", Type: Enum, Options: class},
		{Key: sales.DealIndustry, Name: "客户行业", Type: Text},
	}}})
}

// DealCondition reads a gate's expression. The error is a *Problem.
func DealCondition(text string) (sales.Condition, error) {
	schema := DealSchema()
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
		v.None = true
	}
	return v
}
