package sales

import "slices"

// DealFacts is what gates ask of a deal: the deal itself and what stands around it.
type DealFacts struct {
	Deal     Opportunity
	Customer Customer
	// Contacts is how many people of the customer are known; Signed how many contracts of this deal are approved.
	Contacts, Signed int
	// Visits is how many visits were filed for the customer since the deal began.
	Visits int
	// Needs and Objections are how many of those visits filed one.
	Needs, Objections int
	// List is the checklist of the customer's class; nil was not read, which keeps its gates shut.
	List *Checklist
	// Custom are the values of the deal's custom fields.
	Custom []CustomValue
	// Asked are gates on the way that are no part of the pipeline: fields asked for at a stage.
	Asked []Gate
	// Done are the steps and papers that were ticked off.
	Done []DealStep
	Day  Day
}

// DealStep is a step of a stage (节点, 交付物) or a paper of a gate that was ticked off for a deal.
type DealStep struct {
	ID            ID `db:"id"`
	OpportunityID ID `db:"opportunity_id"`
	// Key is the node's key; of a paper of a gate it is "doc:" and the paper's name.
	Key      string   `db:"step_key"`
	FileID   ID       `db:"file_id"`
	PersonID PersonID `db:"person_id"`
	DoneAt   Instant  `db:"done_at"`
	Note     string   `db:"note"`
}

// DocumentKey is the key of a paper's step.
func DocumentKey(name string) string { return "doc:" + name }

// Condition is a gate's expression, read.
type Condition interface {
	// Holds reports whether it is so of a deal.
	Holds(f DealFacts) bool
	// Asks are the keys of the fields it asks for (DealField…), by which one knows how to mend it.
	Asks() []string
}

// Keys of the fields gates can ask for.
const (
	DealAmount   = "amount"
	DealExpected = "expected_on"
	DealContacts = "contacts"
	DealSigned   = "signed"
	DealVisits   = "visits"
	DealProducts = "products"
	DealClass    = "class"
	DealIndustry = "industry"
)

// Conditions finds the expression that was read from a text; nil for one that could not be read.
type Conditions func(when string) Condition

// has reports whether a step was ticked off.
func (f DealFacts) has(key string) bool {
	return slices.ContainsFunc(f.Done, func(s DealStep) bool { return s.Key == key })
}

// open reports whether a gate holds.
func (g Gate) open(f DealFacts, read Conditions) bool {
	switch {
	case g.Document != "":
		return f.has(DocumentKey(g.Document))
	case g.Node != "":
		return f.has(g.Node)
	case g.Checklist:
		return f.List != nil && len(f.List.Progress(f).Open()) == 0
	case g.Field != "":
		return CustomNamed(f.Custom, "opportunity", g.Field).Filled
	}
	c := read(g.When)
	return c != nil && c.Holds(f)
}

// Missing are the gates between a deal and a later stage that do not hold: what must be so to leave each stage on the way
// and to enter the next, in order, each once. Going back, losing and standing still need nothing. A gate whose
// condition cannot be read stays shut: nobody passes by a mistake of configuration.
func (p *Pipeline) Missing(f DealFacts, to Stage, read Conditions) []Gate {
	from, goal := p.Index(f.Deal.Stage), p.Index(to)
	if to == StageLost || goal <= from {
		return nil
	}
	var out []Gate
	add := func(gates []Gate) {
		for _, g := range gates {
			if !g.open(f, read) && !slices.Contains(out, g) {
				out = append(out, g)
			}
		}
	}
	stages := p.or().Stages
	add(f.Asked)
	for i := max(from, 0); i < goal; i++ {
		if i >= from {
			add(stages[i].Leave)
		}
		if i+1 < len(stages) {
			add(stages[i+1].Enter)
		}
	}
	return out
}

// Node finds a node of any stage by its key.
func (p *Pipeline) Node(key string) (Node, bool) {
	for _, s := range p.or().Stages {
		for _, n := range s.Nodes {
			if n.Key == key {
				return n, true
			}
		}
	}
	return Node{}, false
}

// NodeNamed finds the node whose name a text holds, the longest first; those of the stage before others of the same length.
func (p *Pipeline) NodeNamed(text string, at Stage) (Node, bool) {
	var best Node
	for _, first := range []bool{true, false} {
		for _, s := range p.or().Stages {
			if (s.Key == at) != first {
				continue
			}
			for _, n := range s.Nodes {
				if len(n.Name) > len(best.Name) && containsName(text, n.Name) {
					best = n
				}
			}
		}
	}
	return best, best.Key != ""
}

// Progress counts the nodes of a deal's stage and those that are done.
func (f DealFacts) Progress() (done, all int) {
	d, _ := f.Deal.Way.Def(f.Deal.Stage)
	for _, n := range d.Nodes {
		all++
		if f.has(n.Key) {
			done++
		}
	}
	return done, all
}

// OpenNodes are the nodes of a deal's stage that are not done.
func (f DealFacts) OpenNodes() []Node {
	d, _ := f.Deal.Way.Def(f.Deal.Stage)
	return slices.DeleteFunc(slices.Clone(d.Nodes), func(n Node) bool { return f.has(n.Key) })
}
