package sales

import (
	"slices"
	"strings"
	"sync/atomic"
)

// CustomType is what a custom field holds.
type CustomType string

// The types of custom fields.
const (
	CustomText     CustomType = "text"
	CustomNumber   CustomType = "number" // with up to two decimals
	CustomMoney    CustomType = "money"
	CustomPercent  CustomType = "percent"
	CustomDate     CustomType = "date"
	CustomBool     CustomType = "bool"
	CustomChoice   CustomType = "choice"
	CustomPerson   CustomType = "person"
	CustomCustomer CustomType = "customer"
	CustomProduct  CustomType = "product"
)

var customTypeNames = map[CustomType]string{
	CustomText: "文字", CustomNumber: "数字", CustomMoney: "金额", CustomPercent: "百分比", CustomDate: "日期", CustomBool: "是否",
	CustomChoice: "单选", CustomPerson: "同事", CustomCustomer: "客户", CustomProduct: "产品",
}

// Name is the type in Chinese.
func (t CustomType) Name() string { return customTypeNames[t] }

// CustomObjects are the records that can have custom fields beside a company's own record types, by their keys, in the order
// in which they are listed.
var CustomObjects = []CustomObject{
	{"customer", "客户"},
	{"opportunity", "商机"},
	{"contract", "合同"},
	{"visit", "拜访"},
	{string(FilingComplaint), "投诉"},
	{string(FilingAfterSales), "售后"},
	{string(FilingSample), "样品"},
	{string(FilingCompetitor), "竞品"},
	{string(FilingTraining), "培训反馈"},
	{string(FilingExpense), "费用"},
}

// CustomObject is a kind of record with its Chinese name.
type CustomObject struct{ Key, Name string }

// CustomField is a field a company added to a kind of record (自定义字段).
type CustomField struct {
	Object string
	Key    string
	// Name is the Chinese name, Aliases are other words people use for it.
	Name    string
	Aliases []string
	Type    CustomType
	// Options are the answers of a choice, as they are shown and kept.
	Options []string
	// Unit stands behind a number: 台.
	Unit string
	// Max is the longest text in characters, or the largest number; 0 is the type's own bound.
	Max int64
	// Required says that a record of a type of the company's own cannot be filed without it; of other records it is asked for
	// after they were made. Stage is the stage of deals that cannot be entered without it, "" for none.
	Required bool
	Stage    Stage
	// See and Edit are the roles that may read and change it; none means everybody who may do that with the record.
	See, Edit []Role
	// Card says that it is shown on the record's card.
	Card bool
}

// Sees reports whether a person may know the field at all.
func (f CustomField) Sees(p Person) bool { return len(f.See) == 0 || p.Has(f.See...) }

// Edits reports whether a person may change the field of a record they work on.
func (f CustomField) Edits(p Person) bool {
	return f.Sees(p) && (len(f.Edit) == 0 || p.Has(f.Edit...))
}

// Called reports whether a word is the field's name or another word for it.
func (f CustomField) Called(word string) bool {
	return word == f.Name || slices.Contains(f.Aliases, word) || strings.EqualFold(word, f.Key)
}

// RecordType is a kind of record that a company made up (自定义档案), such as 设备档案.
type RecordType struct {
	Key     string
	Name    string
	Aliases []string
	// Prefix begins the numbers of its records: SB0001.
	Prefix string
	// Customer says that each record belongs to a customer.
	Customer bool
	// See and File are the roles that may read all of it and file it; none means everybody, within the customers they see.
	See, File []Role
}

// Sees reports whether a person may read records of the type.
func (t RecordType) Sees(p Person) bool { return len(t.See) == 0 || p.Has(t.See...) }

// Files reports whether a person may file and correct records of the type.
func (t RecordType) Files(p Person) bool {
	return t.Sees(p) && (len(t.File) == 0 || p.Has(t.File...))
}

// Custom is what a company added: fields, in the order in which they are asked for, and record types. A nil *Custom is
// nothing. The fields may Become others while they are read; Fields are those to begin with.
type Custom struct {
	Fields []CustomField
	Types  []RecordType

	now atomic.Pointer[[]CustomField]
}

// Become takes other fields in the place of those known. Whoever reads meanwhile sees the one or the other.
func (c *Custom) Become(fields []CustomField) {
	list := slices.Clone(fields)
	c.now.Store(&list)
}

// All lists the fields of all kinds of records.
func (c *Custom) All() []CustomField {
	if c == nil {
		return nil
	}
	if list := c.now.Load(); list != nil {
		return *list
	}
	return c.Fields
}

// Of lists the fields of a kind of record.
func (c *Custom) Of(object string) []CustomField {
	var out []CustomField
	for _, f := range c.All() {
		if f.Object == object {
			out = append(out, f)
		}
	}
	return out
}

// SeenOf lists the fields of a kind of record that a person may know.
func (c *Custom) SeenOf(object string, p Person) []CustomField {
	return slices.DeleteFunc(c.Of(object), func(f CustomField) bool { return !f.Sees(p) })
}

// Field finds a field by its key.
func (c *Custom) Field(object, key string) (CustomField, bool) {
	for _, f := range c.Of(object) {
		if f.Key == key {
			return f, true
		}
	}
	return CustomField{}, false
}

// Type finds a record type by its key.
func (c *Custom) Type(key string) (RecordType, bool) {
	if c != nil {
		for _, t := range c.Types {
			if t.Key == key {
				return t, true
			}
		}
	}
	return RecordType{}, false
}

// Objects are the kinds of records that have fields, or could have: the program's own, then the company's.
func (c *Custom) Objects() []CustomObject {
	out := slices.Clone(CustomObjects)
	if c != nil {
		for _, t := range c.Types {
			out = append(out, CustomObject{t.Key, t.Name})
		}
	}
	return out
}

// CustomValue is the value of one field of one record. Not filled, it was taken away again.
type CustomValue struct {
	ID       ID     `db:"id"`
	Object   string `db:"object"`
	RecordID ID     `db:"record_id"`
	Field    string `db:"field"`
	Filled   bool   `db:"filled"`
	// Text is a text, a choice, or the name of what Ref is. Num is money in fen, a number or percentage in hundredths, yes as
	// 1. Ref is a person, customer or product.
	Text     string   `db:"text_value"`
	Num      int64    `db:"num"`
	Day      Day      `db:"day"`
	Ref      ID       `db:"ref_id"`
	PersonID PersonID `db:"person_id"`
	At       Instant  `db:"at"`
	Version  int64    `db:"version"`
}

// Plain is the value as events and other systems have it: fen, hundredths, a day as 2026-03-11, an id, or a text.
func (v CustomValue) Plain(f CustomField) string {
	if !v.Filled {
		return ""
	}
	switch f.Type {
	case CustomMoney, CustomNumber, CustomPercent, CustomBool:
		return ID(v.Num).String()
	case CustomDate:
		return v.Day.String()
	case CustomPerson, CustomCustomer, CustomProduct:
		return v.Ref.String()
	}
	return v.Text
}

// CustomNamed finds the value of a field among a record's; it is not filled when there is none.
func CustomNamed(values []CustomValue, object, field string) CustomValue {
	for _, v := range values {
		if v.Object == object && v.Field == field {
			return v
		}
	}
	return CustomValue{Object: object, Field: field}
}

// States of records of a company's own types.
const (
	CustomFiled  = "filed"
	CustomUndone = "undone"
)

// CustomRecord is one record of a type a company made up.
type CustomRecord struct {
	ID            ID       `db:"id"`
	Kind          string   `db:"kind"`
	No            string   `db:"no"`
	CustomerID    ID       `db:"customer_id"`
	PersonID      PersonID `db:"person_id"`
	TeamID        ID       `db:"team_id"`
	Day           Day      `db:"day"`
	FiledAt       Instant  `db:"filed_at"`
	State         string   `db:"state"`
	SourceEventID string   `db:"source_event_id"`
	Version       int64    `db:"version"`
}

// CustomFilter chooses records of a type, the newest first. Zero fields do not restrict.
type CustomFilter struct {
	Kind     string
	Scope    Scope
	Customer ID
	Before   ID
	ID       ID // that record alone
	Limit    int
}
