package api

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"salesflow/store/sales"
)

// ID is a record's id on the wire: a decimal number as text, since JavaScript's numbers end at 2^53.
type ID string

// IDOf is a record's id on the wire; "" for none.
func IDOf[T ~int64](id T) ID {
	if id == 0 {
		return ""
	}
	return ID(strconv.FormatInt(int64(id), 10))
}

// Record is the id as the store has it, 0 for none.
func (i ID) Record() sales.ID {
	id, _ := sales.ParseID(string(i)) // checked when the request was read
	return id
}

var (
	reID     = regexp.MustCompile(`^[0-9]{1,19}$`)
	typeID   = reflect.TypeFor[ID]()
	typeDay  = reflect.TypeFor[sales.Day]()
	typeTime = reflect.TypeFor[time.Time]()
)

// schema is a JSON Schema (draft 2020-12), as far as OpenAPI 3.1 documents of ours need it.
type schema map[string]any

// maxText bounds a text whose field says nothing else, in characters.
const maxText = 2000

// schemaOf describes a type and remembers the named structs it needs.
func schemaOf(t reflect.Type, tag reflect.StructTag, named map[string]schema) schema {
	s := schema{}
	if d := tag.Get("doc"); d != "" {
		s["description"] = d
	}
	switch t {
	case typeCustom:
		return schema{"$ref": "#/components/schemas/" + customName(tag.Get("object"))}
	case typeID:
		s["type"], s["pattern"] = "string", reID.String()
		return s
	case typeDay:
		s["type"], s["format"] = "string", "date"
		return s
	case typeTime:
		s["type"], s["format"] = "string", "date-time"
		return s
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem(), tag, named)
	case reflect.String:
		s["type"], s["maxLength"] = "string", number(tag, "maxlen", maxText)
		if v := tag.Get("enum"); v != "" {
			s["enum"] = strings.Split(v, "|")
		}
		if v := tag.Get("minlen"); v != "" {
			s["minLength"] = number(tag, "minlen", 0)
		}
	case reflect.Int, reflect.Int64:
		s["type"] = "integer"
		if t.Kind() == reflect.Int64 {
			s["format"] = "int64"
		}
		for name, key := range map[string]string{"min": "minimum", "max": "maximum"} {
			if tag.Get(name) != "" {
				s[key] = number(tag, name, 0)
			}
		}
	case reflect.Bool:
		s["type"] = "boolean"
	case reflect.Slice:
		s["type"], s["items"], s["maxItems"] = "array", schemaOf(t.Elem(), "", named), number(tag, "maxitems", maxItems)
	case reflect.Struct:
		return refTo(t, named)
	default:
		panic(fmt.Sprintf("api: no schema for %s", t))
	}
	return s
}

// maxItems bounds a list whose field says nothing else.
const maxItems = 200

func number(tag reflect.StructTag, name string, otherwise int64) int64 {
	v := tag.Get(name)
	if v == "" {
		return otherwise
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		panic("api: tag " + name + " is no number: " + v)
	}
	return n
}

// refTo is a reference to a struct's schema, which it makes.
func refTo(t reflect.Type, named map[string]schema) schema {
	name := typeName(t)
	ref := schema{"$ref": "#/components/schemas/" + name}
	if _, ok := named[name]; ok {
		return ref
	}
	props, required := schema{}, []string{}
	named[name] = schema{"type": "object", "properties": props, "additionalProperties": false}
	for _, f := range bodyFields(t) {
		key, optional := jsonName(f)
		props[key] = schemaOf(f.Type, f.Tag, named)
		if !optional {
			required = append(required, key)
		}
	}
	if len(required) > 0 {
		named[name]["required"] = required
	}
	return ref
}

// typeName is the name of a struct in the document: of Page[Customer] it is CustomerPage.
func typeName(t reflect.Type) string {
	outer, inner, generic := strings.Cut(t.Name(), "[")
	if !generic {
		return t.Name()
	}
	return strings.TrimSuffix(inner[strings.LastIndex(inner, ".")+1:], "]") + outer
}

// bodyFields are the fields of a struct that travel in the body.
func bodyFields(t reflect.Type) []reflect.StructField {
	var out []reflect.StructField
	for i := range t.NumField() {
		if f := t.Field(i); f.IsExported() && f.Tag.Get("json") != "-" {
			out = append(out, f)
		}
	}
	return out
}

func jsonName(f reflect.StructField) (name string, optional bool) {
	name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name, strings.Contains(rest, "omit")
}

// check holds a value against what its schema says. at is the field's name on the wire.
func check(v reflect.Value, tag reflect.StructTag, at string) error {
	t := v.Type()
	switch {
	case t.Kind() == reflect.Pointer:
		if v.IsNil() {
			return checkPresent(tag, at, false)
		}
		return check(v.Elem(), tag, at)
	case t == typeCustom:
		values, _ := v.Interface().(Custom)
		if err := checkPresent(tag, at, len(values) > 0); err != nil {
			return err
		}
		return checkCustom(values, at)
	case t == typeDay, t == typeTime:
		return checkPresent(tag, at, !v.IsZero())
	case t == typeID:
		if s := v.String(); s != "" && !reID.MatchString(s) {
			return badField(at, at+" 要是编号(数字)。")
		}
		return checkPresent(tag, at, v.String() != "")
	}
	switch t.Kind() {
	case reflect.String:
		return checkText(v.String(), tag, at)
	case reflect.Int, reflect.Int64:
		n := v.Int()
		if m := tag.Get("min"); m != "" && n < number(tag, "min", 0) {
			return badField(at, at+" 最小 "+m+"。")
		}
		if m := tag.Get("max"); m != "" && n > number(tag, "max", 0) {
			return badField(at, at+" 最大 "+m+"。")
		}
	case reflect.Slice:
		if n := number(tag, "maxitems", maxItems); int64(v.Len()) > n {
			return badField(at, fmt.Sprintf("%s 最多 %d 项。", at, n))
		}
		if err := checkPresent(tag, at, v.Len() > 0); err != nil {
			return err
		}
		for i := range v.Len() {
			if err := check(v.Index(i), "", fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
	case reflect.Struct:
		for _, f := range bodyFields(t) {
			name, _ := jsonName(f)
			if at != "" {
				name = at + "." + name
			}
			if err := check(v.FieldByIndex(f.Index), f.Tag, name); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkPresent(tag reflect.StructTag, at string, present bool) error {
	if !present && tag.Get("required") == "true" {
		return badField(at, "缺 "+at+"。")
	}
	return nil
}

func checkText(s string, tag reflect.StructTag, at string) error {
	switch n := int64(utf8.RuneCountInString(s)); {
	case !utf8.ValidString(s):
		return badField(at, at+" 不是 UTF-8。")
	case strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == 0x7f }):
		return badField(at, at+" 里有控制字符。")
	case n > number(tag, "maxlen", maxText):
		return badField(at, fmt.Sprintf("%s 最长 %d 个字。", at, number(tag, "maxlen", maxText)))
	case tag.Get("minlen") != "" && n > 0 && n < number(tag, "minlen", 0):
		return badField(at, at+" 太短。")
	}
	if v := tag.Get("enum"); v != "" && s != "" {
		for _, one := range strings.Split(v, "|") {
			if one == s {
				return nil
			}
		}
		return badField(at, at+" 只能是 "+strings.ReplaceAll(v, "|", "、")+"。")
	}
	return checkPresent(tag, at, strings.TrimSpace(s) != "")
}
