package subject

import (
	"slices"
	"sync/atomic"

	"salesflow/scheduler/rules"
	"salesflow/store/sales"
)

// Object is a kind of record that rules can be about.
type Object struct {
	// Key, Name and Aliases are as in rules.Object.
	Key     string
	Name    string
	Aliases []string
	// Subject is the subject kind of its events, due rows and incidents.
	Subject string
	// Table and Where say where its records are.
	Table, Where string
	// Stands is the condition that leaves out what was filed and taken back; "" when nothing can be.
	Stands string
	Fields []Field
	People []Person
	// Filed says that it is an activity; Verbs are the events that file one, At is the column of when, By has the columns
	// that name the records it is about: customer_id for "customer".
	Filed bool
	Verbs []string
	At    string
	By    map[string]string
	// Deeds are what can happen to a record beside changes of its states and fields.
	Deeds []rules.Deed
	// Clock is the person, by key, on whom the time runs that a record stands in a state; "" is the owner. See
	// rules.Trigger.Present.
	Clock string
	// Anew is a watched column whose every change begins the record's state anew: the step of an approval request.
	Anew string
	// Cards are cards of its records that rules can push, by key and name; who makes them is told by incident.Faces.
	Cards []rules.Option
	// Grants are what an approval about a record can bring about (rules.Object.Grants), by the keys of sales.EffectDo.
	Grants []rules.Option
	// Waits are the states in which somebody has something to do about it. Leaving them is what 处理 means.
	Waits []string
	// Title is how people call one record, such as "HT2026-018 绍兴市立医院 128万".
	Title func(r *Record) string
	// Open is what people type to see one; nil when there is nothing to type.
	Open func(r *Record) string
}

// Field is a field of a rule with the column it comes from. One without a Name is read for titles only.
type Field struct {
	rules.Field
	// Column is its SQL, a name or an expression over the table.
	Column string
	// Moment marks a date that is an instant in the table.
	Moment bool
	// Person marks a text that is a person's name; the column is their id.
	Person bool
	// Tells is what its changes are called in the data of events where they are told by it and not by the store.
	Tells string
	// Names maps what the column holds to what people read, for texts that are keys.
	Names func(string) string
	// Derive makes the value of what is read: the column is read for nothing then. It must not ask for other derived fields.
	Derive func(r *Record) rules.Value
	// Trail says how the value of before is known where Column does not say it.
	Trail
}

// Person is a person found through a record, as recipient of a push. With Via they are found through the record that the
// field of that key refers to.
type Person struct {
	Key, Name string
	Column    string
	Via       string
	// Many says that the column is a list of ids with commas: all of them are meant.
	Many bool
	// Up counts the superiors between who is in the column and who is meant: 1 is the superior.
	Up int
}

// All lists the objects, in the order in which they are explained. Ways are those the company's deals go; none is the standard
// one.
func All(ways ...*sales.Pipeline) []*Object {
	out := []*Object{
		contract(), quote(), opportunity(ways), customer(), lead(), visit(), plan(), companion(), todo(), report(), person(), product(), authorisation(), fact(), absence(),
		invoice(), payment(), shipment(), statement(), workOrder(), workTask(), agreement(), request(), application(), importing(), scan(), picture(), setup(),
	}
	for _, k := range sales.FilingKinds {
		out = append(out, filing(k))
	}
	return append(out, company())
}

// Registry is all objects with the schema rules are read against. They may Become others while they are read.
type Registry struct{ now atomic.Pointer[contents] }

// contents are the objects of a registry at one time.
type contents struct {
	schema    *rules.Schema
	objects   []*Object
	byKey     map[string]*Object
	bySubject map[string][]*Object
}

// New makes the registry of some objects.
func New(objects []*Object) *Registry {
	r := &Registry{}
	r.Become(objects)
	return r
}

// Become takes other objects in the place of those known: the same with other names, states or fields. Rules are to be read again.
func (g *Registry) Become(objects []*Object) {
	c := &contents{objects: objects, byKey: map[string]*Object{}, bySubject: map[string][]*Object{}}
	schema := make([]rules.Object, 0, len(objects))
	for _, o := range objects {
		c.byKey[o.Key] = o
		c.bySubject[o.Subject] = append(c.bySubject[o.Subject], o)
		s := rules.Object{Key: o.Key, Name: o.Name, Aliases: o.Aliases, Filed: o.Filed, Verbs: o.Verbs, Deeds: o.Deeds, Cards: o.Cards, Grants: o.Grants}
		for _, f := range o.Fields {
			if f.Name != "" {
				f.Told = f.Tells != "" || slices.Contains(Told[o.Subject], f.Watched())
				s.Fields = append(s.Fields, f.Field)
			}
		}
		for _, p := range o.People {
			s.Relations = append(s.Relations, rules.Relation{Key: p.Key, Name: p.Name})
		}
		schema = append(schema, s)
	}
	c.schema = rules.NewSchema(schema)
	g.now.Store(c)
}

// Schema is what rules are read against.
func (g *Registry) Schema() *rules.Schema { return g.now.Load().schema }

// approvers are those whose turn it is in the approval request of a column, and who stands in for them.
func approvers(request string) Person {
	return Person{
		Key: "approver", Name: "当前审批人", Many: true,
		Column: "(SELECT GROUP_CONCAT(ra.person_id) FROM request_approvers ra WHERE ra.request_id = " + request + ")",
	}
}

// Object finds an object by its key, nil when there is none.
func (g *Registry) Object(key string) *Object { return g.now.Load().byKey[key] }

// Objects lists all objects.
func (g *Registry) Objects() []*Object { return g.now.Load().objects }

// Of lists the objects whose records have a subject kind: several kinds of filings share one.
func (g *Registry) Of(subject string) []*Object { return g.now.Load().bySubject[subject] }

// state is the field that holds the state, nil when there is none.
func (o *Object) state() *Field {
	for i := range o.Fields {
		if o.Fields[i].State {
			return &o.Fields[i]
		}
	}
	return nil
}

// StateColumn is the column whose changes enter and leave states, "" when there are none.
func (o *Object) StateColumn() string {
	if f := o.state(); f != nil {
		return f.Column
	}
	return ""
}

// ColumnOf is the column of a field, "" when it is unknown.
func (o *Object) ColumnOf(key string) string {
	for _, f := range o.Fields {
		if f.Key == key {
			return f.Column
		}
	}
	return ""
}

// Happened is the condition of the records that count as filed.
func (o *Object) Happened() string {
	if o.Where == "" || o.Stands == "" {
		return o.Where + o.Stands
	}
	return o.Where + " AND " + o.Stands
}

// Waiting reports whether a record in a state still waits for somebody; an object without such states never does.
func (o *Object) Waiting(state string) bool { return slices.Contains(o.Waits, state) }

func options(kv ...string) []rules.Option {
	var out []rules.Option
	for i := 0; i+1 < len(kv); i += 2 {
		out = append(out, rules.Option{Key: kv[i], Name: kv[i+1]})
	}
	return out
}

// alias adds other words to the option of a key.
func alias(list []rules.Option, key string, words ...string) []rules.Option {
	for i := range list {
		if list[i].Key == key {
			list[i].Aliases = append(list[i].Aliases, words...)
		}
	}
	return list
}

// The fields many objects have.

func text(key, name, column string, aliases ...string) Field {
	return Field{Field: rules.Field{Key: key, Name: name, Aliases: aliases, Type: rules.Text}, Column: column}
}

func money(key, name, column string, aliases ...string) Field {
	return Field{Field: rules.Field{Key: key, Name: name, Aliases: aliases, Type: rules.Money}, Column: column}
}

// number is a whole number; rules count hundredths.
func number(key, name, column string, aliases ...string) Field {
	return Field{Field: rules.Field{Key: key, Name: name, Aliases: aliases, Type: rules.Number}, Column: "100 * " + column}
}

// percent is a whole percentage; rules count hundredths of a percent.
func percent(key, name, column string, aliases ...string) Field {
	return Field{Field: rules.Field{Key: key, Name: name, Aliases: aliases, Type: rules.Percent}, Column: "100 * " + column}
}

func boolean(key, name, column string, aliases ...string) Field {
	return Field{Field: rules.Field{Key: key, Name: name, Aliases: aliases, Type: rules.Bool}, Column: column}
}

func date(key, name, column string, aliases ...string) Field {
	return Field{Field: rules.Field{Key: key, Name: name, Aliases: aliases, Type: rules.Date}, Column: column}
}

// moment is a date that the table has as an instant.
func moment(key, name, column string, aliases ...string) Field {
	f := date(key, name, column, aliases...)
	f.Moment = true
	return f
}

// instant is a date with its hour, from which rules count to the minute.
func instant(key, name, column string, aliases ...string) Field {
	f := moment(key, name, column, aliases...)
	f.Exact = true
	return f
}

func choice(key, name, column string, list []rules.Option, aliases ...string) Field {
	return Field{Field: rules.Field{Key: key, Name: name, Aliases: aliases, Type: rules.Enum, Options: list}, Column: column}
}

func states(name, column string, list []rules.Option) Field {
	f := choice("state", name, column, list)
	f.State = true
	return f
}

func someone(key, name, column string, aliases ...string) Field {
	f := text(key, name, column, aliases...)
	f.Person = true
	return f
}

// ref is a field through which the fields of another record are reached; its value is that record's title.
func ref(key, name, column, object string) Field {
	f := text(key, name, column)
	f.Ref = object
	return f
}

func ofCustomer() Field { return ref("customer", "客户", "customer_id", "customer") }

// owners are the people of a record with an owner and a customer.
func owners(column string) []Person {
	return []Person{
		{Key: "owner", Name: "负责人", Column: column},
		{Key: "last_contact", Name: "最近接触人", Via: "customer"},
		{Key: "customer_owner", Name: "客户负责人", Via: "customer"},
	}
}
