package configs

import (
	"fmt"
	"strconv"
)

// Checklist is what must be on file for customers of a class (合规清单).
type Checklist struct {
	// Class is the customers' class, such as KA.
	Class string          `yaml:"class"`
	Items []ChecklistItem `yaml:"items"`
}

// ChecklistItem is one thing that must be on file.
type ChecklistItem struct {
	Say string `yaml:"say"`
	// Count says what is counted; Document and Node name the paper or step instead.
	Count    string `yaml:"count"`
	Document string `yaml:"document"`
	Node     string `yaml:"node"`
	// Min is how many there must be; 0 is one.
	Min int `yaml:"min"`
}

// listCounts are what an item can count.
var listCounts = []string{"needs", "objections", "pains", "visits", "contacts", "legal"}

const (
	maxChecklists = 20
	maxListItems  = 12
)

func checkLists(report reporter, lists []Checklist) {
	if len(lists) > maxChecklists {
		report("checklists", "are too many", fmt.Sprintf("list at most %d", maxChecklists))
	}
	classes := map[string]string{}
	for i, l := range lists {
		at := fmt.Sprintf("checklists[%d]", i)
		named(report, at+".class", l.Class)
		once(report, classes, at+".class", l.Class, "checklist")
		if n := len(l.Items); n == 0 || n > maxListItems {
			report(at+".items", fmt.Sprintf("has %d entries", n), fmt.Sprintf("list 1 to %d items", maxListItems))
		}
		for j, item := range l.Items {
			item.check(report, fmt.Sprintf("%s.items[%d]", at, j))
		}
	}
}

func (i ChecklistItem) check(report reporter, at string) {
	named(report, at+".say", i.Say)
	between(report, at+".min", i.Min, 0, 100)
	set := 0
	for _, v := range []string{i.Count, i.Document, i.Node} {
		if v != "" {
			set++
		}
	}
	switch {
	case set != 1:
		report(at, "must have exactly one of count, document and node", "e.g. {say: 痛点, count: pains, min: 2}")
	case i.Count != "":
		choice(report, at+".count", i.Count, listCounts)
	case i.Document != "":
		named(report, at+".document", i.Document)
	case !stageForm.MatchString(i.Node):
		report(at+".node", strconv.Quote(i.Node)+" is no key", "write small letters, digits and _")
	}
}
