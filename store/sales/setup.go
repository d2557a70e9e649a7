package sales

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Kinds of what an administrator can set beside the files (设置).
const (
	SetupStage  = "stage"  // target: the stage's key
	SetupField  = "field"  // target: object.key
	SetupPerson = "person" // target: the person's code
	SetupTeam   = "team"   // target: the team's code
)

// What can be set, by the kind it belongs to.
const (
	SetName      = "name"      // stage, field
	SetBenchmark = "benchmark" // stage, in seconds
	SetChance    = "chance"    // stage, in percent
	SetEnter     = "enter"     // stage: gates as JSON
	SetLeave     = "leave"     // stage: gates as JSON
	SetRequired  = "required"  // field: 1 or 0
	SetOptions   = "options"   // field: a JSON list
	SetRoles     = "roles"     // person: keys with commas
	SetTeam      = "team"      // person: a team's code
	SetManager   = "manager"   // person: a person's code, empty for whoever leads the team
	SetActive    = "active"    // person: 1 or 0
	SetLead      = "lead"      // team: a person's code
	SetRegion    = "region"    // team
)

// SetupChange is one change of one thing. N counts the changes of that thing from 1.
type SetupChange struct {
	ID            ID              `db:"id"`
	Kind          string          `db:"kind"`
	Target        string          `db:"target"`
	N             int             `db:"n"`
	Items         List[SetupItem] `db:"items"`
	Note          string          `db:"note"`
	PersonID      PersonID        `db:"person_id"`
	At            Instant         `db:"at"`
	SourceEventID string          `db:"source_event_id"`
	// Say is what people call the thing: 医疗流程 报价.
	Say string `db:"say"`
}

// SetupItem is one attribute's old and new value as they are kept. Filed says that from then on it is again as the file or
// directory has it; New is then what it was there at that moment.
type SetupItem struct {
	Attr  string `json:"attr"`
	Old   string `json:"old"`
	New   string `json:"new"`
	Filed bool   `json:"filed,omitempty"`
}

// Setups are changes of many things, of each the oldest first.
type Setups []SetupChange

// Of lists the changes of one thing.
func (s Setups) Of(kind, target string) Setups {
	var out Setups
	for _, c := range s {
		if c.Kind == kind && c.Target == target {
			out = append(out, c)
		}
	}
	return out
}

// State is what differs from the file after the n-th change (of one thing), by attribute.
func (s Setups) State(n int) map[string]string {
	out := map[string]string{}
	for _, c := range s {
		if c.N > n {
			break
		}
		for _, i := range c.Items {
			if i.Filed {
				delete(out, i.Attr)
			} else {
				out[i.Attr] = i.New
			}
		}
	}
	return out
}

// Last is the number of the newest change, 0 when there is none.
func (s Setups) Last() int {
	if len(s) == 0 {
		return 0
	}
	return s[len(s)-1].N
}

// FieldTarget is a field as the target of a change.
func FieldTarget(object, key string) string { return object + "." + key }

// Settable is what changes can be made of.
type Settable interface {
	// Setting is an attribute's value as it is kept.
	Setting(attr string) string
	// Set changes it. A value that cannot be is an error; a name that is given up stays as another word for it.
	Set(attr, value string) error
}

// Replay makes the changes of one thing again, in their order, on what the file says. What can no longer be made, because the
// file has changed since, is left out.
func (s Setups) Replay(on, file Settable) {
	for _, c := range s {
		for _, i := range c.Items {
			v := i.New
			if i.Filed {
				v = file.Setting(i.Attr)
			}
			_ = on.Set(i.Attr, v) // as the file has it
		}
	}
}

// Setting implements Settable.
func (d *StageDef) Setting(attr string) string {
	switch attr {
	case SetName:
		return d.Name
	case SetBenchmark:
		return strconv.FormatInt(d.Benchmark, 10)
	case SetChance:
		return strconv.Itoa(d.Chance)
	case SetEnter:
		return gatesText(d.Enter)
	case SetLeave:
		return gatesText(d.Leave)
	}
	return ""
}

func gatesText(list []Gate) string {
	if len(list) == 0 {
		return "[]"
	}
	b, _ := json.Marshal(list) // strings and booleans only
	return string(b)
}

// Set implements Settable.
func (d *StageDef) Set(attr, value string) (err error) {
	switch attr {
	case SetName:
		d.Name, d.Aliases = renamed(d.Name, value, d.Aliases)
	case SetBenchmark:
		d.Benchmark, err = strconv.ParseInt(value, 10, 64)
	case SetChance:
		d.Chance, err = strconv.Atoi(value)
	case SetEnter, SetLeave:
		var list []Gate
		if err = json.Unmarshal([]byte(value), &list); err != nil {
			break
		}
		if len(list) == 0 {
			list = nil
		}
		if attr == SetEnter {
			d.Enter = list
		} else {
			d.Leave = list
		}
	default:
		err = fmt.Errorf("a stage has no %s", attr)
	}
	return err
}

// renamed keeps the old name as another word: rules, gates and people go on using it.
func renamed(old, name string, aliases []string) (string, []string) {
	out := slices.DeleteFunc(slices.Clone(aliases), func(a string) bool { return a == name })
	if old != "" && old != name && !slices.Contains(out, old) {
		out = append(out, old)
	}
	return name, out
}

// Setting implements Settable.
func (f *CustomField) Setting(attr string) string {
	switch attr {
	case SetName:
		return f.Name
	case SetRequired:
		if f.Required {
			return "1"
		}
		return "0"
	case SetOptions:
		b, _ := json.Marshal(append([]string{}, f.Options...)) // strings only
		return string(b)
	}
	return ""
}

// Set implements Settable.
func (f *CustomField) Set(attr, value string) error {
	switch attr {
	case SetName:
		f.Name, f.Aliases = renamed(f.Name, value, f.Aliases)
	case SetRequired:
		f.Required = value == "1"
	case SetOptions:
		var list []string
		if err := json.Unmarshal([]byte(value), &list); err != nil {
			return err
		}
		if f.Type != CustomChoice {
			return fmt.Errorf("%s is no choice", f.Key)
		}
		f.Options = list
	default:
		return fmt.Errorf("a field has no %s", attr)
	}
	return nil
}

// Stage is a stage as the file has it with what was changed since.
func (s Setups) Stage(file StageDef) StageDef {
	out := file
	s.Of(SetupStage, string(file.Key)).Replay(&out, &file)
	return out
}

// Pipeline is a pipeline as the file has it with what was changed of its stages.
func (s Setups) Pipeline(file *Pipeline) *Pipeline {
	out := *file
	out.Stages = slices.Clone(file.Stages)
	for i := range out.Stages {
		out.Stages[i] = s.Stage(out.Stages[i])
	}
	return &out
}

// Fields are the fields of the file with what was changed of them.
func (s Setups) Fields(file []CustomField) []CustomField {
	out := slices.Clone(file)
	for i, f := range file {
		s.Of(SetupField, FieldTarget(f.Object, f.Key)).Replay(&out[i], &f)
	}
	return out
}

// RolesOf reads roles as changes keep them.
func RolesOf(value string) List[Role] {
	var out List[Role]
	for _, r := range strings.Split(value, ",") {
		if r != "" {
			out = append(out, Role(r))
		}
	}
	return out
}

// PersonSet puts what was changed of a person over what the file or directory says. team and person find ids by code; what
// they do not know stays as it is.
func (s Setups) PersonSet(p Person, team func(code string) (ID, bool), person func(code string) (PersonID, bool)) Person {
	of := s.Of(SetupPerson, p.Code)
	for attr, v := range of.State(of.Last()) {
		switch attr {
		case SetRoles:
			p.Roles = RolesOf(v)
		case SetActive:
			p.Active = v == "1"
		case SetTeam:
			if id, ok := team(v); ok {
				p.TeamID = id
			}
		case SetManager:
			if id, ok := person(v); ok || v == "" {
				p.ManagerID = id
			}
		}
	}
	return p
}

// TeamSet puts what was changed of a team over what the file or directory says.
func (s Setups) TeamSet(t Team, person func(code string) (PersonID, bool)) Team {
	of := s.Of(SetupTeam, t.Code)
	for attr, v := range of.State(of.Last()) {
		switch attr {
		case SetRegion:
			t.Region = v
		case SetLead:
			if id, ok := person(v); ok || v == "" {
				t.LeadID = id
			}
		}
	}
	return t
}
