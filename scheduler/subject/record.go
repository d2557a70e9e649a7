package subject

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"salesflow/scheduler/rules"
	"salesflow/store/sales"
)

// RowReader reads records as plain values.
type RowReader interface {
	Rows(ctx context.Context, q sales.RowQuery) ([]sales.Row, error)
	Tallies(ctx context.Context, q sales.TallyQuery) ([]sales.Tally, error)
}

// Record is a record's values at one moment. It implements rules.Record and rules.Dated.
type Record struct {
	Object *Object
	ID     sales.ID

	day    sales.Day
	values map[string]rules.Value
	ids    map[string]sales.ID // of references, by field
	refs   map[string]*Record
	people map[string][]sales.PersonID
}

// Value implements rules.Record.
func (r *Record) Value(via, f *rules.Field) rules.Value {
	from := r
	if via != nil {
		from = r.refs[via.Key]
	}
	if from == nil {
		return rules.Value{Type: f.Type, None: true}
	}
	return from.Field(f.Key)
}

// Today implements rules.Dated.
func (r *Record) Today() sales.Day { return r.day }

// Field is the value of a field by its key; None when there is none.
func (r *Record) Field(key string) rules.Value {
	v, ok := r.values[key]
	if !ok {
		return rules.Value{None: true}
	}
	return v
}

// State is the key of the state the record is in, "" when it has none.
func (r *Record) State() string {
	if f := r.Object.state(); f != nil {
		return r.Field(f.Key).S
	}
	return ""
}

// StateName is the state in Chinese.
func (r *Record) StateName() string {
	f := r.Object.state()
	if f == nil {
		return ""
	}
	return f.Show(r.Field(f.Key))
}

// Ref is the record that a field refers to, nil when it is not filled in.
func (r *Record) Ref(key string) *Record { return r.refs[key] }

// RefID is the id of the record that a field refers to, 0 when it is not filled in.
func (r *Record) RefID(key string) sales.ID { return r.ids[key] }

// Title is how people call the record.
func (r *Record) Title() string {
	if r.Object.Title == nil {
		return r.Object.Name
	}
	return r.Object.Title(r)
}

// Show is a field's value as people write it, "" when it is not filled in.
func (r *Record) Show(key string) string {
	v := r.Field(key)
	if v.None {
		return ""
	}
	for i := range r.Object.Fields {
		if f := &r.Object.Fields[i]; f.Key == key {
			if v.Type == rules.Money {
				return sales.Money(v.N).Short()
			}
			return f.Show(v)
		}
	}
	return v.String()
}

// Persons are those who are meant by a relation, none when nobody is.
func (r *Record) Persons(key string) []sales.PersonID {
	for _, p := range r.Object.People {
		if p.Key != key {
			continue
		}
		if p.Via == "" {
			return r.people[key]
		}
		if to := r.refs[p.Via]; to != nil {
			if key == "customer_owner" {
				key = "owner"
			}
			return to.people[key]
		}
	}
	return nil
}

// Person is who is meant by a relation, the first of several; 0 when nobody is.
func (r *Record) Person(key string) sales.PersonID {
	if list := r.Persons(key); len(list) > 0 {
		return list[0]
	}
	return 0
}

// Runners are those on whom the time runs that the record stands as it does.
func (r *Record) Runners() []sales.PersonID {
	if r.Object.Clock != "" {
		if list := r.Persons(r.Object.Clock); len(list) > 0 {
			return list
		}
	}
	if p := r.Owner(); p != 0 {
		return []sales.PersonID{p}
	}
	return nil
}

// Owner is whose record it is: for the roles near them, and to be asked first.
func (r *Record) Owner() sales.PersonID {
	for _, key := range []string{"owner", "self", "customer_owner"} {
		if p := r.Person(key); p != 0 {
			return p
		}
	}
	return 0
}

// join puts the parts that are there side by side.
func join(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, " ")
}

// query is what reads an object's records.
func (o *Object) query() sales.RowQuery {
	q := sales.RowQuery{Table: o.Table, Where: o.Where}
	for _, f := range o.Fields {
		kind := sales.ColumnInt
		switch {
		case f.Ref != "" || f.Person:
		case f.Type == rules.Text || f.Type == rules.Enum:
			kind = sales.ColumnText
		case f.Type == rules.Date && f.Moment:
			kind = sales.ColumnInstant
		case f.Type == rules.Date:
			kind = sales.ColumnDay
		}
		q.Columns = append(q.Columns, sales.RowColumn{SQL: f.Column, Kind: kind})
	}
	for _, p := range o.People {
		if p.Via == "" {
			kind := sales.ColumnInt
			if p.Many {
				kind = sales.ColumnText
			}
			q.Columns = append(q.Columns, sales.RowColumn{SQL: p.Column, Kind: kind})
		}
	}
	return q
}

// Load reads records of an object by their ids, with those they refer to. Those that do not exist are absent.
func (g *Registry) Load(ctx context.Context, tx RowReader, org *sales.Org, o *Object, day sales.Day, ids []sales.ID) (map[sales.ID]*Record, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	q := o.query()
	q.IDs = ids
	list, err := g.read(ctx, tx, org, o, day, q)
	if err != nil {
		return nil, err
	}
	out := make(map[sales.ID]*Record, len(list))
	for _, r := range list {
		out[r.ID] = r
	}
	return out, nil
}

// Plain reads records by their ids as Load does, but nothing of the records they refer to: of these only the ids are known.
func (o *Object) Plain(ctx context.Context, tx RowReader, org *sales.Org, day sales.Day, ids []sales.ID) (map[sales.ID]*Record, error) {
	if len(ids) == 0 || o.Table == "" {
		return nil, nil
	}
	q := o.query()
	q.IDs = ids
	list, err := o.rows(ctx, tx, org, day, q)
	if err != nil {
		return nil, err
	}
	out := make(map[sales.ID]*Record, len(list))
	for _, r := range list {
		out[r.ID] = r
	}
	return out, nil
}

// Page reads the next records of an object after an id, at most limit. where, with its arguments, narrows them further.
func (g *Registry) Page(ctx context.Context, tx RowReader, org *sales.Org, o *Object, day sales.Day, after sales.ID, limit int, where string, args ...any) ([]*Record, error) {
	q := o.query()
	q.After, q.Limit, q.Args = after, limit, args
	if where != "" {
		if q.Where != "" {
			where = q.Where + " AND " + where
		}
		q.Where = where
	}
	return g.read(ctx, tx, org, o, day, q)
}

func (g *Registry) read(ctx context.Context, tx RowReader, org *sales.Org, o *Object, day sales.Day, q sales.RowQuery) ([]*Record, error) {
	if o.Table == "" { // the company
		return []*Record{{Object: o, ID: 1, day: day}}, nil
	}
	out, err := o.rows(ctx, tx, org, day, q)
	if err != nil {
		return nil, err
	}
	wanted := map[string][]sales.ID{}
	for _, r := range out {
		for _, f := range o.Fields {
			if id := r.ids[f.Key]; id != 0 {
				wanted[f.Ref] = append(wanted[f.Ref], id)
			}
		}
	}
	return out, g.follow(ctx, tx, org, o, day, out, wanted)
}

// rows reads records, but nothing of those they refer to.
func (o *Object) rows(ctx context.Context, tx RowReader, org *sales.Org, day sales.Day, q sales.RowQuery) ([]*Record, error) {
	rows, err := tx.Rows(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", o.Key, err)
	}
	out := make([]*Record, len(rows))
	for i, row := range rows {
		out[i] = o.record(row, org, day)
	}
	return out, nil
}

// record makes a record of a row.
func (o *Object) record(row sales.Row, org *sales.Org, day sales.Day) *Record {
	r := &Record{
		Object: o, ID: row.ID, day: day, values: make(map[string]rules.Value, len(o.Fields)), ids: map[string]sales.ID{},
		refs: map[string]*Record{}, people: map[string][]sales.PersonID{},
	}
	for i, f := range o.Fields {
		v := row.Values[i]
		if f.Ref != "" {
			r.ids[f.Key] = sales.ID(v.N)
			continue
		}
		r.values[f.Key] = f.value(v, org)
	}
	for _, f := range o.Fields {
		if f.Derive != nil {
			r.values[f.Key] = f.Derive(r)
		}
	}
	i := len(o.Fields)
	for _, p := range o.People {
		if p.Via == "" {
			r.people[p.Key] = p.persons(row.Values[i], org)
			i++
		}
	}
	return r
}

// maxPersons bounds how many are meant by one relation.
const maxPersons = 50

// persons are those of a column, or their superiors.
func (p Person) persons(v sales.RowValue, org *sales.Org) []sales.PersonID {
	var out []sales.PersonID
	add := func(id sales.PersonID) {
		for range p.Up {
			if org == nil {
				return
			}
			up, ok := org.Manager(id)
			if !ok {
				return
			}
			id = up.ID
		}
		if id != 0 && !slices.Contains(out, id) && len(out) < maxPersons {
			out = append(out, id)
		}
	}
	if !p.Many {
		add(sales.PersonID(v.N))
		return out
	}
	for s := range strings.SplitSeq(v.S, ",") {
		if id, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64); err == nil {
			add(sales.PersonID(id))
		}
	}
	slices.Sort(out)
	return out
}

func (f Field) value(v sales.RowValue, org *sales.Org) rules.Value {
	out := rules.Value{Type: f.Type, None: v.None}
	switch {
	case f.Person:
		if org != nil && v.N != 0 {
			out.S = org.Name(sales.PersonID(v.N))
		}
		out.None = out.S == ""
	case f.Type == rules.Text || f.Type == rules.Enum:
		out.S = v.S
		if f.Names != nil && v.S != "" {
			out.S = f.Names(v.S)
		}
		out.None = out.S == ""
	case f.Type == rules.Date:
		out.Day = v.Day
		if f.Moment {
			out.Day = sales.DayOf(v.At.Time)
			if f.Exact && !v.None {
				out.At = v.At.Time
			}
		}
		out.None = out.Day.IsZero()
	default:
		out.N = v.N
	}
	return out
}

// follow reads the records that others refer to. They refer no further.
func (g *Registry) follow(ctx context.Context, tx RowReader, org *sales.Org, o *Object, day sales.Day, list []*Record, wanted map[string][]sales.ID) error {
	found := map[string]map[sales.ID]*Record{}
	for _, f := range o.Fields {
		if f.Ref == "" || found[f.Ref] != nil || len(wanted[f.Ref]) == 0 {
			continue
		}
		to := g.Object(f.Ref)
		if to == nil {
			continue
		}
		q := to.query()
		q.IDs = wanted[f.Ref]
		rows, err := to.rows(ctx, tx, org, day, q)
		if err != nil {
			return err
		}
		found[f.Ref] = make(map[sales.ID]*Record, len(rows))
		for _, r := range rows {
			found[f.Ref][r.ID] = r
		}
	}
	for _, r := range list {
		for _, f := range o.Fields {
			if f.Ref == "" {
				continue
			}
			v := rules.Value{Type: rules.Text, None: true}
			if to := found[f.Ref][r.ids[f.Key]]; to != nil {
				r.refs[f.Key] = to
				v.S, v.None = to.Title(), false
			}
			r.values[f.Key] = v
		}
	}
	return nil
}

// Made is when the record was made: its day where it says so, else as its id has it.
func (r *Record) Made() time.Time {
	for _, key := range []string{"created", "day", "from"} {
		if v := r.Field(key); !v.None {
			return v.Day.Start()
		}
	}
	return sales.IDTime(r.ID)
}
