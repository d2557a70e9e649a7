package rules

// ParseCondition reads a condition over the fields of one object: 金额 > 50万 且 客户级别 = KA. The error is a *Problem.
func ParseCondition(text string, object *Object, schema *Schema, names Names) (Expr, error) {
	p := &parser{scanner: newScanner(text), schema: schema, names: names}
	if len(p.text) > maxSource {
		return nil, &Problem{Line: 1, Column: maxSource, Msg: "太长了", Fix: "一个条件最多 2000 个字"}
	}
	p.rule.Trigger.Object = object
	e, ok := p.expr()
	if ok && p.end() && p.wrong == nil {
		return e, nil
	}
	if p.wrong != nil {
		return nil, p.wrong
	}
	return nil, p.problem()
}
