package dialect

import (
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Appender is a value that knows how it stands in the text of a statement, which saves the way through database/sql.
type Appender interface {
	// AppendSQL appends the value as a literal without a character that needs escaping.
	AppendSQL(b []byte) []byte
}

// AppendQuery appends a MySQL statement with its values in the places of its question marks. Statements are the
// program's own and hold no question mark elsewhere.
func AppendQuery(b []byte, query string, args ...any) ([]byte, error) {
	for _, a := range args {
		before, after, ok := strings.Cut(query, "?")
		if !ok {
			return b, errors.New("statement with fewer places than values")
		}
		var err error
		if b, err = AppendValue(append(b, before...), a); err != nil {
			return b, err
		}
		query = after
	}
	if strings.Contains(query, "?") {
		return b, errors.New("statement with more places than values")
	}
	return append(b, query...), nil
}

// AppendValue appends a value as a MySQL literal. It counts on backslashes being escapes and on a character set in which
// no byte hides a quote; both are set on every connection.
func AppendValue(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, "NULL"...), nil
	case string:
		return appendText(b, v), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case int:
		return strconv.AppendInt(b, int64(v), 10), nil
	case bool:
		return appendBool(b, v), nil
	case []byte:
		if v == nil {
			return append(b, "NULL"...), nil
		}
		b = append(b, "x'"...)
		return append(hex.AppendEncode(b, v), '\''), nil
	case Appender:
		return v.AppendSQL(b), nil
	case driver.Valuer:
		return appendValuer(b, v)
	}
	return appendKind(b, reflect.ValueOf(v))
}

func appendValuer(b []byte, v driver.Valuer) ([]byte, error) {
	if r := reflect.ValueOf(v); r.Kind() == reflect.Pointer && r.IsNil() {
		return append(b, "NULL"...), nil
	}
	plain, err := v.Value()
	if err != nil {
		return b, fmt.Errorf("value of %T: %w", v, err)
	}
	if _, again := plain.(driver.Valuer); again {
		return b, fmt.Errorf("value of %T is another", v)
	}
	return AppendValue(b, plain)
}

func appendBool(b []byte, v bool) []byte {
	if v {
		return append(b, '1')
	}
	return append(b, '0')
}

// appendKind appends a value by what it is made of.
func appendKind(b []byte, v reflect.Value) ([]byte, error) {
	switch v.Kind() {
	case reflect.String:
		return appendText(b, v.String()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.AppendInt(b, v.Int(), 10), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return strconv.AppendUint(b, v.Uint(), 10), nil
	case reflect.Float32, reflect.Float64:
		return strconv.AppendFloat(b, v.Float(), 'g', -1, 64), nil
	case reflect.Bool:
		return appendBool(b, v.Bool()), nil
	case reflect.Pointer:
		if v.IsNil() {
			return append(b, "NULL"...), nil
		}
		return AppendValue(b, v.Elem().Interface())
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return AppendValue(b, v.Bytes())
		}
	case reflect.Struct:
		if t, ok := v.Interface().(time.Time); ok {
			return t.UTC().AppendFormat(b, "'2006-01-02 15:04:05.000000'"), nil
		}
	}
	return b, fmt.Errorf("%s is no value of a column", v.Type())
}

// escapes are the bytes with a meaning between quotes, and what stands for them.
var escapes = [256]byte{0: '0', '\n': 'n', '\r': 'r', '\x1a': 'Z', '\'': '\'', '\\': '\\'}

func appendText(b []byte, s string) []byte {
	b = append(b, '\'')
	from := 0
	for i := range len(s) {
		if e := escapes[s[i]]; e != 0 {
			b = append(append(b, s[from:i]...), '\\', e)
			from = i + 1
		}
	}
	return append(append(b, s[from:]...), '\'')
}
