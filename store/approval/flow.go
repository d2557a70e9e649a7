package approval

import (
	"slices"
	"strings"

	"salesflow/store/sales"
)

// Facts are what a condition of a flow can ask of a record. What is not known is zero, or -1 where zero means something.
type Facts struct {
	Kind            Kind
	Amount          sales.Money
	DiscountPercent sales.Percent // of the list price; 0: not priced by list
	Customer        string
	Class           string // KA, A, B, C
	Industry        string
	Region, Team    string   // of the requester
	Lines           []string // product lines
	PrepayPercent   int      // -1: not said
	PaymentDays     int      // -1: not said
	DeliveryDays    int      // -1: not said
	BelowFloor      bool     // a price below its product's floor
	Findings        int      // clauses outside the company's limits
	// Topic is what an application asks for (超期发货), About the kind of record it is about (合同), as people read them.
	Topic, About string
}

// Condition is a condition over facts, compiled from what the company wrote.
type Condition interface {
	Holds(f Facts) bool
	// String is the condition as people read it.
	String() string
}

// Flow is one way of approval (审批流程): the policy for the records its condition holds for.
type Flow struct {
	Name   string
	When   Condition // nil: always
	Policy Policy
}

// Choose is the first flow of a kind whose condition holds; false when there is none.
func Choose(flows []Flow, f Facts) (Flow, bool) {
	for _, x := range flows {
		if x.Policy.Kind == f.Kind && (x.When == nil || x.When.Holds(f)) {
			return x, true
		}
	}
	return Flow{}, false
}

// For is the policy for a record: without the steps whose condition does not hold. A step's bound of the amount stays to
// be asked by Submit.
func (x Flow) For(f Facts) Policy {
	p := x.Policy
	p.Steps = slices.DeleteFunc(slices.Clone(p.Steps), func(s StepPolicy) bool { return s.When != nil && !s.When.Holds(f) })
	p.None = len(p.Steps) == 0
	return p
}

// SourceKind says how approvers are found.
type SourceKind string

// The kinds of sources.
const (
	FromRole     SourceKind = "role"     // 法务: who holds it, those near the requester first
	FromSuperior SourceKind = "superior" // 提交人的主管: up the line, Up times
	FromPerson   SourceKind = "person"   // by name or code
)

// Source says where approvers of a step come from.
type Source struct {
	Kind SourceKind
	Key  string // of a role or person
	Name string // as people read it
	Up   int    // of a superior: 1 is the requester's own
}

// EmptyRule says what becomes of a step that nobody holds.
type EmptyRule string

// The rules for a step without approvers. When the one chosen finds nobody either, the request cannot be submitted.
const (
	EmptyFallback EmptyRule = "fallback" // the policy's Fallback role; the default
	EmptyPass     EmptyRule = "pass"     // the step is left out, with a trace
	EmptyAdmin    EmptyRule = "admin"    // the administrators
	EmptySuperior EmptyRule = "superior" // the requester's superior
)

// sources are the step's own, or its role.
func (s StepPolicy) sources() []Source {
	if len(s.Sources) > 0 {
		return s.Sources
	}
	return []Source{{Kind: FromRole, Key: s.Role, Name: s.RoleName}}
}

// find lists the people of a source for a requester.
func (c Source) find(requester sales.PersonID, res Resolver) []Person {
	switch c.Kind {
	case FromSuperior:
		at := requester
		var up Person
		for range max(c.Up, 1) {
			next, ok := res.Superior(at)
			if !ok || next.ID == 0 || next.ID == at {
				break
			}
			up, at = next, next.ID
		}
		if up.ID == 0 || up.ID == requester {
			return nil
		}
		return []Person{up}
	case FromPerson:
		if named, ok := res.(interface {
			Named(key string) (Person, bool)
		}); ok {
			if p, ok := named.Named(c.Key); ok {
				return []Person{p}
			}
		}
		return nil
	}
	return res.Holders(c.Key, requester)
}

// vacancy is a source of a step that finds nobody, or the whole step.
type vacancy struct {
	name  string
	group int
}

// holders fills a step's places from its sources, each person once, and lists what finds nobody: each source where all
// must sign, else the step when none of them finds anybody.
func (s StepPolicy) holders(requester sales.PersonID, res Resolver) (out []Approver, missing []vacancy) {
	for group, c := range s.sources() {
		found := unique(slices.Clone(c.find(requester, res)))
		if len(found) == 0 {
			missing = append(missing, vacancy{c.Name, group})
		}
		for _, h := range found {
			if !slices.ContainsFunc(out, func(a Approver) bool { return a.Person == h.ID }) {
				out = append(out, Approver{Person: h.ID, Name: h.Name, Group: group})
			}
		}
	}
	if s.Mode == AllOf || s.Mode == EachOf || len(missing) == 0 {
		return out, missing
	}
	if len(out) > 0 {
		return out, nil
	}
	return nil, []vacancy{{s.RoleName, 0}}
}

// standIns lists who fills a step, or one source of it, that nobody holds; pass means that it is left out.
func (p Policy) standIns(s StepPolicy, requester Person, res Resolver) (people []Person, pass bool) {
	rule := s.Empty
	if rule == "" {
		rule = p.Empty
	}
	switch rule {
	case EmptyPass:
		return nil, true
	case EmptyAdmin:
		people = res.Holders(string(sales.RoleAdmin), requester.ID)
	case EmptySuperior:
		if up, ok := res.Superior(requester.ID); ok {
			people = []Person{up}
		}
	}
	if len(people) == 0 {
		return p.fallback(requester, res), false
	}
	return slices.DeleteFunc(unique(slices.Clone(people)), func(h Person) bool { return h.ID == requester.ID }), false
}

// ModeName is a sign mode in words.
func (m SignMode) ModeName() string {
	switch m {
	case AllOf:
		return "会签,都要同意"
	case EachOf:
		return "会签,每个岗位一人同意"
	case InOrder:
		return "依次"
	}
	return "或签,一人同意就行"
}

// Words is a step of a policy in words: who, how, and when.
func (s StepPolicy) Words() string {
	var names []string
	for _, c := range s.sources() {
		names = append(names, c.Name)
	}
	out := strings.Join(names, "、")
	if len(names) > 1 || s.Mode != AnyOf {
		out += "(" + s.Mode.ModeName() + ")"
	}
	if s.Above > 0 {
		out += ",金额超过 " + s.Above.Short() + " 才要"
	}
	if s.When != nil {
		out += "," + s.When.String() + " 才要"
	}
	return out
}
