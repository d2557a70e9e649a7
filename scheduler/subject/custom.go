package subject

import (
	"fmt"
	"slices"

	"salesflow/scheduler/rules"
	"salesflow/store/sales"
)

// WithCustom adds a company's own fields to the objects, and its record types as objects before the company. Keys are checked
// when the configuration is read: small letters, digits and "_".
func WithCustom(objects []*Object, custom *sales.Custom) []*Object {
	if custom == nil {
		return objects
	}
	out := slices.Clone(objects)
	for _, rt := range custom.Types {
		out = slices.Insert(out, max(len(out)-1, 0), recordType(rt))
	}
	for _, o := range out {
		for _, f := range custom.Of(o.Key) {
			o.Fields = append(o.Fields, customField(o, f))
		}
	}
	return out
}

// customField is a field whose values stand in a table of their own.
func customField(o *Object, f sales.CustomField) Field {
	column := "text_value"
	out := Field{Field: rules.CustomField(f), Tells: "custom." + f.Key}
	switch f.Type {
	case sales.CustomNumber, sales.CustomMoney, sales.CustomPercent, sales.CustomBool:
		column = "num"
	case sales.CustomDate:
		column = "day"
	case sales.CustomPerson:
		column, out.Person = "ref_id", true
	}
	out.Column = fmt.Sprintf("(SELECT x.%s FROM custom_values x WHERE x.record_id = %s.id AND x.object = '%s' AND x.field = '%s' AND x.filled = 1)",
		column, o.Table, f.Object, f.Key)
	return out
}

// recordType is a type of record a company made up.
func recordType(rt sales.RecordType) *Object {
	o := &Object{
		Key: rt.Key, Name: rt.Name, Aliases: rt.Aliases, Subject: "custom_record", Table: "custom_records", Where: "kind = '" + rt.Key + "'",
		Fields: []Field{
			states("状态", "state", options(sales.CustomFiled, "已建", sales.CustomUndone, "已撤销")),
			text("no", "编号", "no"),
			someone("person", "记录人", "person_id"),
			date("day", "建档日", "day", "建档日期"),
		},
		Filed: true, Verbs: []string{rt.Key + ".filed"}, At: "filed_at", By: map[string]string{"person": "person_id"},
		People: []Person{{Key: "owner", Name: "负责人", Column: "person_id"}},
		Title:  func(r *Record) string { return join(r.Object.Name, r.Show("no")) },
		Open:   func(r *Record) string { return r.Object.Name + " " + r.Show("no") },
	}
	if rt.Customer {
		o.Fields = append(o.Fields, ofCustomer())
		o.People = owners("person_id")
		o.By["customer"] = "customer_id"
		o.Title = func(r *Record) string { return join(r.Show("customer"), r.Object.Name, r.Show("no")) }
	}
	return o
}
