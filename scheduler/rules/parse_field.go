package rules

import (
	"slices"
	"unicode"
)

// fieldOf reads 合同.金额, 客户.级别 of a contract, or a field's bare name.
func (p *parser) fieldOf() (Expr, bool) {
	var out FieldOf
	ok := p.try(func() bool {
		own := p.rule.Trigger.Object
		if o := p.objectNamed(); o != nil && (p.dot() || o != own && p.fieldAhead(o)) {
			if o == own {
				return p.through(own, &out)
			}
			via := refTo(own, o)
			if via == nil {
				p.fail(own.Name+"没有"+o.Name, "用"+own.Name+"自己的字段")
				return false
			}
			f, ok := p.fieldName(o)
			out = FieldOf{via, f}
			return ok
		}
		return false
	})
	if ok {
		return out, true
	}
	ok = p.try(func() bool { return p.through(p.rule.Trigger.Object, &out) })
	return out, ok
}

// through reads a field of o, or one behind a reference of it.
func (p *parser) through(o *Object, out *FieldOf) bool {
	f, ok := p.fieldName(o)
	if !ok {
		return false
	}
	*out = FieldOf{Field: f}
	target := p.schema.Object(f.Ref)
	if f.Ref != "" && (p.dot() || target != nil && p.fieldAhead(target)) {
		if target == nil {
			return false
		}
		g, ok := p.fieldName(target)
		*out = FieldOf{f, g}
		return ok
	}
	return true
}

// fieldAhead reports whether a field of o stands here: 客户级别 without the dot.
func (p *parser) fieldAhead(o *Object) bool {
	if p.pos >= len(p.text) || unicode.IsSpace(p.text[p.pos]) {
		return false
	}
	for _, f := range o.Fields {
		for _, n := range append([]string{f.Name}, f.Aliases...) {
			if _, ok := p.at(p.pos, n); ok && unicode.Is(unicode.Han, p.text[p.pos]) {
				return true
			}
		}
	}
	return false
}

func (p *parser) dot() bool { return p.maybe(".", "·", "的") != "" }

func (p *parser) fieldName(o *Object) (*Field, bool) {
	var names []string
	for _, f := range o.Fields {
		names = append(append(names, f.Name), f.Aliases...)
	}
	n := p.name(o.Name+"的字段", names)
	for i, f := range o.Fields {
		if n != "" && (f.Name == n || slices.Contains(f.Aliases, n)) {
			return &o.Fields[i], true
		}
	}
	return nil, false
}

// refTo finds the field by which o refers to target.
func refTo(o, target *Object) *Field {
	for i := range o.Fields {
		if o.Fields[i].Ref == target.Key {
			return &o.Fields[i]
		}
	}
	return nil
}
