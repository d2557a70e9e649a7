package sales

import (
	"cmp"
	"slices"
	"strings"
	"sync/atomic"
)

// Pipeline is one way from first contact to money (阶段模板), in one version. A nil *Pipeline is the standard one.
type Pipeline struct {
	// Key names it in configuration and rows; "" is the standard one. Versions count from 1.
	Key     string `json:"key"`
	Version int    `json:"version"`
	Name    string `json:"name"`
	// Lines are the product lines whose deals go this way.
	Lines []string `json:"lines,omitempty"`
	// Stages are the open stages in order. Winning follows the last; losing may happen anywhere.
	Stages []StageDef `json:"stages"`
	// Retired ones are followed to their end; no deal begins on them.
	Retired bool `json:"-"`
}

// StageDef is one open stage of a pipeline.
type StageDef struct {
	Key     Stage    `json:"key"`
	Name    string   `json:"name"`
	Aliases []string `json:"aliases,omitempty"`
	// Like is the standard stage it resembles, by which what a visit tells is understood; "" for none.
	Like Stage `json:"like,omitempty"`
	// Benchmark is how long a deal is expected to stay, in seconds; 0 is not known.
	Benchmark int64 `json:"benchmark,omitempty"`
	// Chance is the assumed chance to win from here, in percent, until the company's own history says better; 0 is not known.
	Chance int `json:"chance,omitempty"`
	// Enter and Leave must hold when a deal comes here and when it goes on to a later stage.
	Enter []Gate `json:"enter,omitempty"`
	Leave []Gate `json:"leave,omitempty"`
	// Nodes are the steps within the stage (节点, 交付物), ticked off one by one.
	Nodes []Node `json:"nodes,omitempty"`
}

// Gate is one condition of a stage: an expression over the record, a document, or both steps of a node.
type Gate struct {
	// Say is what is missing when it does not hold, as a person reads it: 预算范围.
	Say string `json:"say"`
	// When is a typed expression (商机.预算 已填); Document the name of a paper that must be attached; Node the key of a
	// node that must be done. Checklist asks for the whole checklist of the customer's class. Exactly one is set.
	When      string `json:"when,omitempty"`
	Document  string `json:"document,omitempty"`
	Node      string `json:"node,omitempty"`
	Checklist bool   `json:"checklist,omitempty"`
	// Field is the key of a custom field of deals that must be filled in.
	Field string `json:"field,omitempty"`
}

// Node is a step within a stage.
type Node struct {
	Key  string `json:"key"`
	Name string `json:"name"`
	// Document says that a file belongs to it.
	Document bool `json:"document,omitempty"`
}

// Standard is the standard five-stage pipeline.
var Standard = &Pipeline{
	Version: 1, Name: "标准五阶段",
	Stages: []StageDef{
		{Key: StageContact, Name: "初步接触", Like: StageContact, Chance: 10},
		{Key: StageNeed, Name: "需求确认", Like: StageNeed, Chance: 25},
		{Key: StageProposal, Name: "方案提交", Like: StageProposal, Chance: 45},
		{Key: StageNegotiation, Name: "价格谈判", Like: StageNegotiation, Chance: 65},
		{Key: StageContract, Name: "合同签署", Like: StageContract, Chance: 85},
	},
}

func (p *Pipeline) or() *Pipeline {
	if p == nil {
		return Standard
	}
	return p
}

// Won is the stage under which deals of this pipeline count as won in sums. Each pipeline has its own, so that a funnel
// never mixes two.
func (p *Pipeline) Won() Stage {
	if p = p.or(); p.Key == "" {
		return StageWon
	}
	return Stage(p.Key + ".won")
}

// Steps are the steps of its funnel: the open stages, then winning.
func (p *Pipeline) Steps() []Stage {
	p = p.or()
	out := make([]Stage, 0, len(p.Stages)+1)
	for _, s := range p.Stages {
		out = append(out, s.Key)
	}
	return append(out, p.Won())
}

// Def is the definition of an open stage.
func (p *Pipeline) Def(s Stage) (StageDef, bool) {
	p = p.or()
	i := slices.IndexFunc(p.Stages, func(d StageDef) bool { return d.Key == s })
	if i < 0 {
		return StageDef{Key: s}, false
	}
	return p.Stages[i], true
}

// OpenStage is the definition of the stage a deal is in.
func (o Opportunity) OpenStage() StageDef {
	d, _ := o.Way.Def(o.Stage)
	return d
}

// StageName is a stage in Chinese; of one it does not know, the key.
func (p *Pipeline) StageName(s Stage) string {
	if d, ok := p.Def(s); ok {
		return d.Name
	}
	switch {
	case s == StageWon, s == p.Won():
		return "赢单"
	case s == StageLost:
		return "输单"
	}
	return string(s)
}

// Index is a stage's place among the open stages, from 0; won is one past the last, lost and unknown are -1.
func (p *Pipeline) Index(s Stage) int {
	p = p.or()
	if s == StageWon || s == p.Won() {
		return len(p.Stages)
	}
	return slices.IndexFunc(p.Stages, func(d StageDef) bool { return d.Key == s })
}

// At is the stage at a place, won behind the last one, "" before the first.
func (p *Pipeline) At(i int) Stage {
	switch p = p.or(); {
	case i < 0:
		return ""
	case i >= len(p.Stages):
		return StageWon
	default:
		return p.Stages[i].Key
	}
}

// First is where a new deal stands.
func (p *Pipeline) First() Stage { return p.At(0) }

// Next is the stage after s: won after the last open one; "" after won, lost and unknown ones.
func (p *Pipeline) Next(s Stage) Stage {
	i := p.Index(s)
	if i < 0 || i >= len(p.or().Stages) {
		return ""
	}
	return p.At(i + 1)
}

// Has reports whether s is one of its stages, won and lost included.
func (p *Pipeline) Has(s Stage) bool { return p.Index(s) >= 0 || s == StageLost }

// Further is the stage that lies behind the other.
func (p *Pipeline) Further(a, b Stage) Stage {
	if p.Index(b) > p.Index(a) {
		return b
	}
	return a
}

// Like is the first stage that resembles a standard one; won and lost are everywhere the same.
func (p *Pipeline) Like(standard Stage) (Stage, bool) {
	p = p.or()
	if standard == StageWon || standard == StageLost {
		return standard, true
	}
	i := slices.IndexFunc(p.Stages, func(d StageDef) bool { return d.Like == standard })
	if i < 0 || standard == "" {
		return "", false
	}
	return p.Stages[i].Key, true
}

// Named finds the stage a text names: the longest of its names and aliases that the text holds, won and lost included.
func (p *Pipeline) Named(text string) (Stage, bool) {
	p = p.or()
	best, size := Stage(""), 0
	try := func(s Stage, words ...string) {
		for _, w := range words {
			if len(w) > size && w != "" && strings.Contains(text, w) {
				best, size = s, len(w)
			}
		}
	}
	for _, d := range p.Stages {
		try(d.Key, d.Name)
		try(d.Key, d.Aliases...)
	}
	try(StageWon, "赢单")
	try(StageLost, "输单")
	return best, size > 0
}

// Pipelines are the ways a company's deals go, each in all versions that deals may still follow. A nil *Pipelines has the
// standard one only. They may Become others while they are read.
type Pipelines struct{ now atomic.Pointer[[]*Pipeline] }

// NewPipelines are the versions given. Pipelines keep the order in which they first come, versions of one may come in any.
func NewPipelines(all ...*Pipeline) *Pipelines {
	ps := &Pipelines{}
	ps.Become(all...)
	return ps
}

// Become takes other versions in the place of those known. Whoever reads meanwhile sees the one or the other.
func (ps *Pipelines) Become(all ...*Pipeline) {
	first := map[string]int{}
	for i, p := range all {
		if _, ok := first[p.Key]; !ok {
			first[p.Key] = i
		}
	}
	list := slices.Clone(all)
	slices.SortStableFunc(list, func(a, b *Pipeline) int {
		return cmp.Or(cmp.Compare(first[a.Key], first[b.Key]), cmp.Compare(b.Version, a.Version))
	})
	ps.now.Store(&list)
}

func (ps *Pipelines) all() []*Pipeline {
	if ps == nil {
		return nil
	}
	if list := ps.now.Load(); list != nil {
		return *list
	}
	return nil
}

// Current are the newest versions of those that are in use.
func (ps *Pipelines) Current() []*Pipeline {
	var out []*Pipeline
	for _, p := range ps.all() {
		if !p.Retired && (len(out) == 0 || out[len(out)-1].Key != p.Key) {
			out = append(out, p)
		}
	}
	if len(out) == 0 {
		return []*Pipeline{Standard}
	}
	return out
}

// All are all versions that are known, of one pipeline the newest first.
func (ps *Pipelines) All() []*Pipeline {
	all := ps.all()
	if len(all) == 0 {
		return []*Pipeline{Standard}
	}
	return slices.Clone(all)
}

// Find is a version of a pipeline; the newest where that one is not known, the standard one where none is.
func (ps *Pipelines) Find(key string, version int) *Pipeline {
	var newest *Pipeline
	for _, p := range ps.all() {
		if p.Key == key {
			if p.Version == version {
				return p
			}
			if newest == nil {
				newest = p
			}
		}
	}
	if newest == nil {
		return Standard
	}
	return newest
}

// ForLine is how deals of a product line go: the pipeline that names it, else the first.
func (ps *Pipelines) ForLine(line string) *Pipeline {
	current := ps.Current()
	for _, p := range current {
		if line != "" && slices.Contains(p.Lines, line) {
			return p
		}
	}
	return current[0]
}

// Named is the pipeline a text names, nil when it names none.
func (ps *Pipelines) Named(text string) *Pipeline {
	var best *Pipeline
	for _, p := range ps.Current() {
		for _, w := range []string{p.Name, p.Key} {
			if w != "" && strings.Contains(text, w) && (best == nil || len(w) > len(best.Name)) {
				best = p
			}
		}
	}
	return best
}

// OfStage is the pipeline a stage belongs to, won of each included. Keys of stages are unique over all pipelines.
func (ps *Pipelines) OfStage(s Stage) *Pipeline {
	for _, p := range ps.Current() {
		if i := p.Index(s); i >= 0 && p.Steps()[i] == s {
			return p
		}
	}
	for _, p := range ps.all() {
		if _, ok := p.Def(s); ok {
			return p
		}
	}
	return Standard
}

func containsName(text, name string) bool { return name != "" && strings.Contains(text, name) }
