package main

import (
	"database/sql/driver"
	"reflect"
	"strconv"
	"strings"

	"salesflow/store/sales"
)

// columns writes records as LOAD DATA reads them: a line each, fields between tabs, in the order of their db tags.
type columns[T any] struct {
	names  string
	fields []int
}

func columnsOf[T any]() columns[T] {
	var l columns[T]
	var names []string
	t := reflect.TypeFor[T]()
	for i := range t.NumField() {
		if name := t.Field(i).Tag.Get("db"); name != "" {
			names, l.fields = append(names, name), append(l.fields, i)
		}
	}
	l.names = strings.Join(names, ", ")
	return l
}

func (l columns[T]) add(b []byte, record *T) []byte {
	v := reflect.ValueOf(record).Elem()
	for k, i := range l.fields {
		if k > 0 {
			b = append(b, '\t')
		}
		b = addValue(b, v.Field(i))
	}
	return append(b, '\n')
}

func addValue(b []byte, v reflect.Value) []byte {
	switch x := v.Interface().(type) {
	case sales.Day:
		if x.IsZero() {
			return append(b, `\N`...)
		}
		return append(b, x.String()...)
	case sales.Instant:
		if x.IsZero() {
			return append(b, `\N`...)
		}
		return x.UTC().AppendFormat(b, "2006-01-02 15:04:05.000000")
	case driver.Valuer:
		text, err := x.Value()
		if err != nil {
			panic(err) // a record of our own that cannot be written
		}
		s, _ := text.(string)
		return addText(b, s)
	}
	switch v.Kind() {
	case reflect.String:
		return addText(b, v.String())
	case reflect.Bool:
		if v.Bool() {
			return append(b, '1')
		}
		return append(b, '0')
	}
	return strconv.AppendInt(b, v.Int(), 10)
}

// addText escapes what LOAD DATA takes for something else.
func addText(b []byte, s string) []byte {
	for i := range len(s) {
		switch s[i] {
		case '\\':
			b = append(b, '\\', '\\')
		case '\t':
			b = append(b, '\\', 't')
		case '\n':
			b = append(b, '\\', 'n')
		default:
			b = append(b, s[i])
		}
	}
	return b
}
