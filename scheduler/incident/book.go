package incident

import (
	"context"
	"fmt"
	"sync"

	"salesflow/scheduler/rules"
	"salesflow/scheduler/subject"
	"salesflow/store/sales"
)

// Rule is a rule in one version, understood.
type Rule struct {
	rules.Rule
	ID     sales.ID
	N      int
	Name   string
	Object *subject.Object
}

// Kind is the kind of the rule's incidents.
func (r *Rule) Kind() string { return KindOf(r.ID) }

// KindOf is the kind of the incidents of a rule.
func KindOf(id sales.ID) string { return "rule:" + id.String() }

// Policy is how the rule's incidents go up.
func (r *Rule) Policy() Policy {
	return Policy{Steps: r.Steps, Urgent: r.Urgent, Rounds: r.Rounds, RoundAfter: r.RoundAfter}
}

// Source is where the rules are kept.
type Source interface {
	// RuleRevision counts the changes of rules; ActiveRules are those that are on, with the revision they are of.
	RuleRevision(ctx context.Context) (int64, error)
	ActiveRules(ctx context.Context) ([]sales.ActiveRule, int64, error)
}

// VersionReader reads one text of a rule.
type VersionReader interface {
	RuleByID(ctx context.Context, id sales.ID) (sales.Rule, error)
	RuleVersion(ctx context.Context, rule sales.ID, n int) (sales.RuleVersion, error)
}

// Book holds the rules in force, understood once for each revision, and earlier versions that incidents began with.
type Book struct {
	Source   Source
	Registry *subject.Registry
	// Names is what the company has: roles, people, groups, interfaces.
	Names func(org *sales.Org) (rules.Names, error)

	mu   sync.Mutex
	set  *Set
	old  map[version]*Rule
	seen int64 // revision of the organisation that set was read with
	// with is the schema set was read with: another one has other words.
	with *rules.Schema
}

type version struct {
	id  sales.ID
	n   int
	org int64
}

// maxOld bounds how many earlier versions are kept understood.
const maxOld = 500

// Set is the rules in force at a revision. It is never changed once made.
type Set struct {
	Revision int64
	Rules    []*Rule
	// Broken are rules that are on and cannot be understood, with why: a person left, a group is gone.
	Broken map[sales.ID]error

	byID map[sales.ID]*Rule
}

// Rule finds a rule in force, nil when it is not.
func (s *Set) Rule(id sales.ID) *Rule { return s.byID[id] }

// Current are the rules in force now.
func (b *Book) Current(ctx context.Context, org *sales.Org) (*Set, error) {
	rev, err := b.Source.RuleRevision(ctx)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	set := b.set
	fresh := set != nil && set.Revision == rev && b.seen == org.Revision && b.with == b.Registry.Schema()
	b.mu.Unlock()
	if fresh {
		return set, nil
	}
	active, rev, err := b.Source.ActiveRules(ctx)
	if err != nil {
		return nil, err
	}
	schema := b.Registry.Schema()
	set = &Set{Revision: rev, Broken: map[sales.ID]error{}, byID: map[sales.ID]*Rule{}}
	names, err := b.Names(org)
	if err != nil {
		return nil, err
	}
	for _, a := range active {
		r, err := b.understand(a.ID, a.N, a.Name, a.Text, names)
		if err != nil {
			set.Broken[a.ID] = err
			continue
		}
		set.Rules = append(set.Rules, r)
		set.byID[a.ID] = r
	}
	b.mu.Lock()
	b.set, b.seen, b.with = set, org.Revision, schema
	b.mu.Unlock()
	return set, nil
}

func (b *Book) understand(id sales.ID, n int, name, text string, names rules.Names) (*Rule, error) {
	parsed, err := rules.Parse(text, b.Registry.Schema(), names)
	if err != nil {
		return nil, err
	}
	return &Rule{Rule: parsed, ID: id, N: n, Name: name, Object: b.Registry.Object(parsed.Trigger.Object.Key)}, nil
}

// Understand reads a text as the rule of a name, without keeping it. The error is a *rules.Problem.
func (b *Book) Understand(org *sales.Org, name, text string) (*Rule, error) {
	names, err := b.Names(org)
	if err != nil {
		return nil, err
	}
	return b.understand(0, 0, name, text, names)
}

// Version is a rule in the version an incident began with.
func (b *Book) Version(ctx context.Context, tx VersionReader, org *sales.Org, id sales.ID, n int) (*Rule, error) {
	key := version{id, n, org.Revision}
	b.mu.Lock()
	r := b.old[key]
	if b.set != nil && r == nil && b.seen == org.Revision {
		if c := b.set.byID[id]; c != nil && c.N == n {
			r = c
		}
	}
	b.mu.Unlock()
	if r != nil {
		return r, nil
	}
	v, err := tx.RuleVersion(ctx, id, n)
	if err != nil {
		return nil, err
	}
	kept, err := tx.RuleByID(ctx, id)
	if err != nil {
		return nil, err
	}
	names, err := b.Names(org)
	if err != nil {
		return nil, err
	}
	if r, err = b.understand(id, n, kept.Name, v.Text, names); err != nil {
		return nil, fmt.Errorf("version %d of rule %d: %w", n, id, err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.old == nil || len(b.old) >= maxOld {
		b.old = map[version]*Rule{}
	}
	b.old[key] = r
	return r, nil
}
