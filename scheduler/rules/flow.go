package rules

import (
	"slices"
	"strings"

	"salesflow/store/approval"
	"salesflow/store/sales"
)

// ApprovalObject is what a condition of an approval flow (审批流程) can ask of the record that is to be approved.
const ApprovalObject = "approval"

// ApprovalSchema are the fields of ApprovalObject.
func ApprovalSchema() *Schema {
	class := []Option{{Key: "KA", Name: "KA"}, {Key: "A", Name: "A"}, {Key: "B", Name: "B"}, {Key: "C", Name: "C"}}
	return NewSchema([]Object{{Key: ApprovalObject, Name: "单据", Fields: []Field{
		{Key: "amount", Name: "金额", Aliases: []string{"总价"}, Type: Money},
		{Key: "discount", Name: "折扣", Type: Percent},
		{Key: "customer", Name: "客户", Aliases: []string{"客户名称"}, Type: Text},
		{Key: "class", Name: "客户级别", Aliases: []string{"级别", "客户等级"}, Type: Enum, Options: class},
		{Key: "industry", Name: "客户行业", Aliases: []string{"行业"}, Type: Text},
		{Key: "region", Name: "区域", Aliases: []string{"大区"}, Type: Text},
		{Key: "team", Name: "团队", Type: Text},
		{Key: "line", Name: "产品线", Type: Text},
		{Key: "prepay", Name: "预付", Aliases: []string{"预付比例"}, Type: Percent},
		{Key: "payment_days", Name: "账期", Type: Number},
		{Key: "delivery_days", Name: "交期", Type: Number},
		{Key: "below_floor", Name: "低于底价", Type: Bool},
		{Key: "topic", Name: "事由", Aliases: []string{"申请类型", "类型"}, Type: Text},
		{Key: "about", Name: "对象", Aliases: []string{"关于"}, Type: Text},
		{Key: "findings", Name: "破例", Aliases: []string{"超制度"}, Type: Number},
	}}})
}

// FlowCondition reads a condition of an approval flow. The error is a *Problem.
func FlowCondition(text string) (approval.Condition, error) {
	schema := ApprovalSchema()
	e, err := ParseCondition(text, schema.Object(ApprovalObject), schema, Names{})
	if err != nil {
		return nil, err
	}
	return flowCondition{e, strings.TrimSpace(text)}, nil
}

type flowCondition struct {
	expr Expr
	text string
}

// Holds implements approval.Condition. What is not known holds nothing.
func (c flowCondition) Holds(f approval.Facts) bool { return Holds(c.expr, factRecord(f)) }

// String implements approval.Condition.
func (c flowCondition) String() string { return c.text }

// factRecord are the facts of a record as the language's values.
type factRecord approval.Facts

// Value implements Record.
func (f factRecord) Value(_, field *Field) Value {
	v := Value{Type: field.Type}
	text := func(s string) Value { v.S, v.None = s, s == ""; return v }
	number := func(n int64, known bool) Value { v.N, v.None = n, !known; return v }
	switch field.Key {
	case "amount":
		return number(int64(f.Amount), f.Amount != 0)
	case "discount":
		return number(int64(f.DiscountPercent), f.DiscountPercent > 0)
	case "customer":
		return text(f.Customer)
	case "class":
		return text(f.Class)
	case "industry":
		return text(f.Industry)
	case "topic":
		return text(f.Topic)
	case "about":
		return text(f.About)
	case "region":
		return text(f.Region)
	case "team":
		return text(f.Team)
	case "line":
		return text(strings.Join(slices.Sorted(slices.Values(f.Lines)), "、"))
	case "prepay":
		return number(int64(sales.Percents(f.PrepayPercent)), f.PrepayPercent >= 0)
	case "payment_days":
		return number(int64(f.PaymentDays)*100, f.PaymentDays >= 0)
	case "delivery_days":
		return number(int64(f.DeliveryDays)*100, f.DeliveryDays >= 0)
	case "below_floor":
		return number(map[bool]int64{true: 1}[f.BelowFloor], true)
	case "findings":
		return number(int64(f.Findings)*100, true)
	}
	v.None = true
	return v
}
