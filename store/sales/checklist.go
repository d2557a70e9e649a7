package sales

import (
	"fmt"
	"strings"
)

// What an item of a checklist counts.
const (
	CountNeeds      = "needs"      // needs captured in visits since the deal began (需求, 痛点)
	CountObjections = "objections" // objections filed in visits since the deal began
	CountPains      = "pains"      // both
	CountVisits     = "visits"     // visits since the deal began
	CountContacts   = "contacts"   // people known at the customer
	CountDocument   = "document"   // a paper that was sent for the deal
	CountNode       = "node"       // a step of the deal that was ticked off
	CountLegal      = "legal"      // notes by legal
)

// Checklist is what must be on file for customers of a class (合规清单).
type Checklist struct {
	Class string
	Items []ListItem
}

// ListItem is one thing that must be on file, at least so many times.
type ListItem struct {
	Say   string
	Count string
	// Name is the paper's name or the step's key, for those two.
	Name string
	Min  int
}

// Checklists are those of all classes.
type Checklists []Checklist

// For is the checklist of a customer's class, an empty one where none is configured.
func (l Checklists) For(class string) *Checklist {
	for i := range l {
		if class != "" && strings.EqualFold(l[i].Class, class) {
			return &l[i]
		}
	}
	return &Checklist{}
}

// LegalKey is the key of a note by legal among a deal's steps; the note's own id makes it one of its own.
func LegalKey(id ID) string { return "legal:" + id.String() }

// ListState is how far one item is.
type ListState struct {
	ListItem
	Has int
}

// Done reports whether there is enough of it.
func (s ListState) Done() bool { return s.Has >= s.Min }

// ListProgress is how far a checklist is. The zero value has none.
type ListProgress struct{ Items []ListState }

// Open are the items that are not met.
func (p ListProgress) Open() []ListState {
	var out []ListState
	for _, s := range p.Items {
		if !s.Done() {
			out = append(out, s)
		}
	}
	return out
}

// Words are the progress in one line: "2/3,差 法务意见"; "" without a checklist.
func (p ListProgress) Words() string {
	if len(p.Items) == 0 {
		return ""
	}
	open := p.Open()
	s := fmt.Sprintf("%d/%d", len(p.Items)-len(open), len(p.Items))
	if len(open) == 0 {
		return s + " 齐了"
	}
	var names []string
	for _, o := range open {
		names = append(names, o.Words())
	}
	return s + ",差 " + strings.Join(names, "、")
}

// Words name an item with how many there are of how many: "痛点 1/2".
func (s ListState) Words() string {
	if s.Min == 1 {
		return s.Say
	}
	return fmt.Sprintf("%s %d/%d", s.Say, s.Has, s.Min)
}

// Progress counts what is on file for a deal.
func (l *Checklist) Progress(f DealFacts) ListProgress {
	var p ListProgress
	if l == nil {
		return p
	}
	for _, item := range l.Items {
		p.Items = append(p.Items, ListState{ListItem: item, Has: item.has(f)})
	}
	return p
}

func (i ListItem) has(f DealFacts) int {
	switch i.Count {
	case CountNeeds:
		return f.Needs
	case CountObjections:
		return f.Objections
	case CountPains:
		return f.Needs + f.Objections
	case CountVisits:
		return f.Visits
	case CountContacts:
		return f.Contacts
	}
	n := 0
	for _, s := range f.Done {
		switch {
		case i.Count == CountDocument && s.Key == DocumentKey(i.Name),
			i.Count == CountNode && s.Key == i.Name,
			i.Count == CountLegal && strings.HasPrefix(s.Key, "legal:"):
			n++
		}
	}
	return n
}
