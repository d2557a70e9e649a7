package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"salesflow/store/sales"
)

// Custom are values of a company's own fields by their keys: texts, numbers, true and false; money is whole fen, days are
// 2026-03-11, people, customers and products their ids. Null takes a value away.
type Custom map[string]any

// Customs are a company's own fields and record types.
type Customs interface {
	// Custom says what there is; the document describes it.
	Custom() *sales.Custom
	// Values are the values of records of a kind that a caller may know.
	Values(ctx context.Context, c Caller, object string, records []sales.ID) (map[sales.ID]Custom, error)
	// SetValues fills fields of one record, and gives all it has then.
	SetValues(ctx context.Context, r Request, object string, record sales.ID, values Custom) (Custom, error)
	Records(ctx context.Context, c Caller, q Query, kind string) ([]sales.CustomRecord, error)
	CreateRecord(ctx context.Context, r Request, in NewRecord) (sales.CustomRecord, Custom, error)
}

// Scopes of custom fields and record types.
const (
	WriteFields  = "fields:write"
	ReadRecords  = "records:read"
	WriteRecords = "records:write"
)

// Record is a record of a type the company made up (自定义档案).
type Record struct {
	ID       ID        `json:"id"`
	Kind     string    `json:"kind" doc:"key of its type"`
	No       string    `json:"no"`
	Customer ID        `json:"customer_id,omitempty"`
	Person   ID        `json:"person_id"`
	Day      sales.Day `json:"day"`
	FiledAt  time.Time `json:"filed_at"`
	Version  int64     `json:"version"`
	Custom   Custom    `json:"custom,omitempty" object:"any"`
}

// RecordListing asks for a part of the records of a type.
type RecordListing struct {
	Kind     string `query:"kind" json:"-" required:"true" maxlen:"32" doc:"key of the type"`
	Cursor   Cursor `query:"cursor" json:"-" maxlen:"40" doc:"next of the part before; none begins"`
	Limit    int    `query:"limit" json:"-" min:"0" max:"200" doc:"50 when not said"`
	Customer ID     `query:"customer_id" json:"-" doc:"only those of a customer"`
}

// NewRecord files a record of a type of the company's own.
type NewRecord struct {
	Kind     string `json:"kind" required:"true" maxlen:"32" doc:"key of the type"`
	Customer ID     `json:"customer_id,omitempty" doc:"whose; required where records of the type belong to customers"`
	Custom   Custom `json:"custom" required:"true" object:"any" doc:"its fields by their keys"`
}

// SetCustom fills custom fields of a record.
type SetCustom struct {
	Object string `path:"object" json:"-" required:"true" maxlen:"32" doc:"customer, opportunity, contract, visit, a kind of filing such as complaint, or a record type"`
	ID     ID     `path:"id" json:"-" required:"true" doc:"the record"`
	Custom Custom `json:"custom" required:"true" object:"any" doc:"the fields to change; null takes a value away"`
}

// Customized are the custom fields of a record after a change.
type Customized struct {
	ID     ID     `json:"id"`
	Custom Custom `json:"custom" object:"any"`
}

// customized adds the values of custom fields to a page of records.
func customized[W any](customs Customs, object string, id func(*W) ID, field func(*W) *Custom) func(ctx context.Context, c Caller, page []W) error {
	return func(ctx context.Context, c Caller, page []W) error {
		if len(page) == 0 || len(customs.Custom().Of(object)) == 0 {
			return nil
		}
		ids := make([]sales.ID, len(page))
		for i := range page {
			ids[i] = id(&page[i]).Record()
		}
		of, err := customs.Values(ctx, c, object, ids)
		if err != nil {
			return err
		}
		for i := range page {
			*field(&page[i]) = of[ids[i]]
		}
		return nil
	}
}

func customOperations(customs Customs) []operation {
	return []operation{
		op(http.MethodPatch, "/custom/{object}/{id}", "setCustom", "custom", WriteFields, "Fill custom fields (自定义字段) of a record",
			func(ctx context.Context, r Request, in SetCustom) (Customized, error) {
				values, err := customs.SetValues(ctx, r, in.Object, in.ID.Record(), in.Custom)
				if values == nil {
					values = Custom{}
				}
				return Customized{in.ID, values}, err
			}),
		op(http.MethodGet, "/records", "listRecords", "custom", ReadRecords, "Records of a type of the company's own (自定义档案)", listRecords(customs)),
		op(http.MethodPost, "/records", "createRecord", "custom", WriteRecords, "File a record of a type of the company's own",
			func(ctx context.Context, r Request, in NewRecord) (Record, error) {
				rec, values, err := customs.CreateRecord(ctx, r, in)
				return recordOf(rec, values), err
			}),
	}
}

func recordOf(r sales.CustomRecord, values Custom) Record {
	return Record{
		ID: IDOf(r.ID), Kind: r.Kind, No: r.No, Customer: IDOf(r.CustomerID), Person: IDOf(r.PersonID), Day: r.Day, FiledAt: r.FiledAt.Time,
		Version: r.Version, Custom: values,
	}
}

func listRecords(customs Customs) func(context.Context, Request, RecordListing) (Page[Record], error) {
	return func(ctx context.Context, r Request, in RecordListing) (Page[Record], error) {
		l := Listing{Cursor: in.Cursor, Limit: in.Limit, Customer: in.Customer}
		q, err := query(r, l)
		if err != nil {
			return Page[Record]{}, err
		}
		q.Limit = l.size() + 1
		found, err := customs.Records(ctx, r.Caller, q, in.Kind)
		if err != nil {
			return Page[Record]{}, err
		}
		page := Page[Record]{Items: []Record{}}
		if len(found) > l.size() {
			found = found[:l.size()]
			page.Next = CursorAt(found[len(found)-1].ID)
		}
		page.Items = each(found, func(r sales.CustomRecord) Record { return recordOf(r, nil) })
		add := customized(customs, in.Kind, func(r *Record) ID { return r.ID }, func(r *Record) *Custom { return &r.Custom })
		return page, add(ctx, r.Caller, page.Items)
	}
}

var typeCustom = reflect.TypeFor[Custom]()

// customSchemas are the schemas of custom fields by the object that fields of our structs name.
func customSchemas(custom *sales.Custom, named map[string]schema) {
	for _, o := range []string{"customer", "opportunity", "contract", "visit"} {
		props := schema{}
		for _, f := range custom.Of(o) {
			props[f.Key] = customSchema(f)
		}
		named[customName(o)] = schema{"type": "object", "properties": props, "additionalProperties": false}
	}
	text := "fields of the record's kind by their keys"
	if custom != nil {
		for _, o := range custom.Objects() {
			var keys []string
			for _, f := range custom.Of(o.Key) {
				keys = append(keys, f.Key+" ("+f.Name+", "+string(f.Type)+")")
			}
			if len(keys) > 0 {
				text += "; " + o.Key + ": " + strings.Join(keys, ", ")
			}
		}
	}
	named[customName("any")] = schema{"type": "object", "properties": schema{}, "additionalProperties": true, "description": text}
}

func customName(object string) string {
	return strings.ToUpper(object[:1]) + object[1:] + "Custom"
}

func customSchema(f sales.CustomField) schema {
	s := schema{"description": f.Name}
	switch f.Type {
	case sales.CustomMoney:
		s["type"], s["format"], s["description"] = "integer", "int64", f.Name+", fen"
	case sales.CustomNumber, sales.CustomPercent:
		s["type"] = "number"
	case sales.CustomBool:
		s["type"] = "boolean"
	case sales.CustomDate:
		s["type"], s["format"] = "string", "date"
	case sales.CustomPerson, sales.CustomCustomer, sales.CustomProduct:
		s["type"], s["pattern"] = "string", reID.String()
	case sales.CustomChoice:
		s["type"], s["enum"] = "string", f.Options
	default:
		s["type"], s["maxLength"] = "string", 300
	}
	return s
}

// maxCustom bounds the fields of one request, maxCustomText a text in it, in characters.
const (
	maxCustom     = 60
	maxCustomText = 300
)

// checkCustom holds values of custom fields against what any of them could be.
func checkCustom(values Custom, at string) error {
	if len(values) > maxCustom {
		return badField(at, fmt.Sprintf("%s 最多 %d 项。", at, maxCustom))
	}
	for key, v := range values {
		at := at + "." + key
		if utf8.RuneCountInString(key) > 32 {
			return badField("custom", "custom 里的字段名太长。")
		}
		switch v := v.(type) {
		case nil, bool, json.Number:
		case string:
			if err := checkText(v, reflect.StructTag(fmt.Sprintf(`maxlen:"%d"`, maxCustomText)), at); err != nil {
				return err
			}
		default:
			return badField(at, at+" 要是文字、数字、true、false 或 null。")
		}
	}
	return nil
}
