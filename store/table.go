package store

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx/reflectx"

	"salesflow/store/dialect"
)

// table is how rows stand in the database: the columns in the order of a row's values.
type table struct {
	name    string
	columns []string
	// fields lead to each column's field of the record, nil for rows made by hand.
	fields [][]int
	// version is the column that guards updates, -1 when there is none.
	version int
	// fixed are columns that an update leaves alone.
	fixed []string
	// keys are the unique key of rows that may exist already, which then take the new values of replace and are increased
	// by those of add; with neither they stay.
	keys, replace, add []string
	// lean are the places of columns that are left out of a statement in which all of them are empty: "", 0, false or
	// NULL, which then is their default in the database, too.
	lean []int
	// atOnce says that several changed records may be written by one statement; the first column is the primary key.
	atOnce bool
	// kind is the subject kind of the record's events, watched the places of the columns whose changes they tell.
	kind    string
	watched []int
	typ     reflect.Type
}

var fieldMap = reflectx.NewMapperFunc("db", strings.ToLower)

// split reads a list of columns as queries have it.
func split(columns string) []string {
	out := strings.Split(columns, ",")
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}

// tableOf describes the table of a record type. It panics when the record has no field for a column.
func tableOf[T any](name, columns string) *table {
	t := &table{name: name, columns: split(columns)}
	t.version = slices.Index(t.columns, "version")
	typ := reflect.TypeFor[T]()
	t.typ = typ
	t.fields = fieldMap.TraversalsByName(typ, t.columns)
	for i, f := range t.fields {
		if len(f) == 0 {
			panic(fmt.Sprintf("%s has no field for column %s of %s", typ, t.columns[i], name))
		}
	}
	return t
}

// rowsOf describes a table whose rows are made by hand.
func rowsOf(name, columns string) *table {
	return &table{name: name, columns: split(columns), version: -1}
}

// leaving says which columns are left to their defaults where they are empty.
func (t *table) leaving(columns string) *table {
	for _, c := range split(columns) {
		i := slices.Index(t.columns, c)
		if i < 0 {
			panic(t.name + " has no column " + c)
		}
		t.lean = append(t.lean, i)
	}
	return t
}

func (t *table) keeping(columns ...string) *table {
	t.fixed = columns
	return t
}

func (t *table) upsert(keys, replace, add string) *table {
	t.keys = split(keys)
	if replace != "" {
		t.replace = split(replace)
	}
	if add != "" {
		t.add = split(add)
	}
	return t
}

// rewriting says that changed records are written many at a time where many change in one piece of work. The first column must
// be the primary key, and every column that a new row needs must be among those of the table.
func (t *table) rewriting() *table {
	t.atOnce = true
	return t
}

// row is a record's values in the order of the columns.
func (t *table) row(record any) []any {
	v := reflect.ValueOf(record)
	row := make([]any, len(t.fields))
	for i, f := range t.fields {
		row[i] = reflectx.FieldByIndexesReadOnly(v, f).Interface()
	}
	return row
}

// insert is the statement for n rows.
func (t *table) insert(d dialect.Dialect, n int) string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + t.name + " (" + strings.Join(t.columns, ", ") + ") VALUES ")
	one := "(" + marks(len(t.columns)) + ")"
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(one)
	}
	if len(t.keys) > 0 {
		b.WriteString(d.Upsert(t.name, t.keys, t.replace, t.add))
	}
	return b.String()
}

// update is the statement and arguments that write a row over the version it was made from.
func (t *table) update(row []any, base int64) (string, []any) {
	var set []string
	var args []any
	for i, c := range t.columns {
		if i > 0 && !slices.Contains(t.fixed, c) { // the first is the id
			set = append(set, c+" = ?")
			args = append(args, row[i])
		}
	}
	q := "UPDATE " + t.name + " SET " + strings.Join(set, ", ") + " WHERE " + t.columns[0] + " = ? AND version = ?"
	return q, append(args, row[0], base)
}

// marks is n placeholders.
func marks(n int) string {
	return strings.TrimSuffix(strings.Repeat("?, ", n), ", ")
}

// anys is a list as arguments of placeholders.
func anys[T any](list []T) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}

// appendInsert appends the statement for rows to the text of MySQL statements, up to the row that makes it longer than
// most bytes, and returns the rows that are left.
func (t *table) appendInsert(b []byte, rows [][]any, most int) (text []byte, left [][]any, err error) {
	b, left, err = t.appendRows(b, rows, t.leftOut(rows), most)
	if err == nil && len(t.keys) > 0 {
		b = append(b, dialect.MySQL.Upsert(t.name, t.keys, t.replace, t.add)...)
	}
	return b, left, err
}

// appendRows appends the statement up to its values, without the columns in out.
func (t *table) appendRows(b []byte, rows [][]any, out []bool, most int) (text []byte, left [][]any, err error) {
	b = append(append(append(b, "INSERT INTO "...), t.name...), " ("...)
	sep := ""
	for i, c := range t.columns {
		if !out[i] {
			b = append(append(b, sep...), c...)
			sep = ","
		}
	}
	b = append(b, ") VALUES "...)
	for n, row := range rows {
		sep = "("
		if n > 0 {
			sep = ",("
		}
		for i, v := range row {
			if out[i] {
				continue
			}
			b = append(b, sep...)
			sep = ","
			if b, err = dialect.AppendValue(b, v); err != nil {
				return b, nil, err
			}
		}
		b = append(b, ')')
		if len(b) > most {
			left = rows[n+1:]
			break
		}
	}
	return b, left, nil
}

// leftOut are the columns that are empty in all rows and may be left out.
func (t *table) leftOut(rows [][]any) []bool {
	out := make([]bool, len(t.columns))
	for _, i := range t.lean {
		out[i] = !slices.ContainsFunc(rows, func(row []any) bool { return !empty(row[i]) })
	}
	return out
}

// empty reports whether a value is what its column holds when it is not named.
func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case bool:
		return !v
	case int:
		return v == 0
	case int64:
		return v == 0
	}
	return reflect.ValueOf(v).IsZero()
}
