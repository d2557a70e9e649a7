package configs

import (
	_ "embed"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed pipelines.yaml
var shippedPipelines []byte

// Pipelines say by which ways a company sells (阶段模板).
type Pipelines struct {
	// Use are the keys of those that are in use, the first for deals of no particular product line.
	Use []string `yaml:"use"`
	// Lines give a product line its pipeline.
	Lines map[string]string `yaml:"lines"`
	// File has pipelines of one's own; one with the key of a shipped one takes its place.
	File string `yaml:"file"`
}

// PipelineFile is a file of pipelines.
type PipelineFile struct {
	Pipelines []Pipeline `yaml:"pipelines"`
}

// Pipeline is one way of selling.
type Pipeline struct {
	Key    string          `yaml:"key"`
	Name   string          `yaml:"name"`
	Stages []PipelineStage `yaml:"stages"`
}

// PipelineStage is one open stage.
type PipelineStage struct {
	Key       string         `yaml:"key"`
	Name      string         `yaml:"name"`
	Aliases   []string       `yaml:"aliases"`
	Like      string         `yaml:"like"` // the standard stage it resembles
	Chance    int            `yaml:"chance"`
	Benchmark time.Duration  `yaml:"benchmark"`
	Enter     []PipelineGate `yaml:"enter"`
	Leave     []PipelineGate `yaml:"leave"`
	Nodes     []PipelineNode `yaml:"nodes"`
}

// PipelineGate is one condition; exactly one of When, Document, Node and Checklist is set.
type PipelineGate struct {
	Say       string `yaml:"say"`
	When      string `yaml:"when"`
	Document  string `yaml:"document"`
	Node      string `yaml:"node"`
	Checklist bool   `yaml:"checklist"`
	Field     string `yaml:"field"`
}

// PipelineNode is a step within a stage.
type PipelineNode struct {
	Key      string `yaml:"key"`
	Name     string `yaml:"name"`
	Document bool   `yaml:"document"`
}

const (
	maxPipelines = 20
	maxStages    = 12
	maxNodes     = 20
	maxGates     = 20
)

var (
	stageForm = regexp.MustCompile(`^[a-z][a-z0-9_.]{0,30}$`)
	standard  = []string{"contact", "need", "proposal", "negotiation", "contract"}
)

// ReadPipelines reads the pipelines a company uses, in its order: its own by name and read, which is os.ReadFile or any
// reader of whole files, and those that are shipped.
func (c Config) ReadPipelines(read func(name string) ([]byte, error)) ([]Pipeline, error) {
	of, err := decodePipelines("pipelines.yaml", shippedPipelines)
	if err != nil {
		return nil, err
	}
	if name := c.Pipelines.File; name != "" {
		data, err := read(name)
		if err == nil && len(data) > maxFile {
			err = errTooLarge
		}
		if err != nil {
			return nil, Problems{{File: name, What: "cannot be read: " + err.Error(), Fix: "check pipelines.file in the configuration"}}
		}
		own, err := decodePipelines(name, data)
		if err != nil {
			return nil, err
		}
		maps.Copy(of, own)
	}
	var out []Pipeline
	var ps Problems
	missing := func(key, name string) {
		fix := "name one of " + oneOf(slices.Sorted(maps.Keys(of)))
		if near := closest(name, slices.Sorted(maps.Keys(of))); near != "" {
			fix = "did you mean " + near + "?"
		}
		ps = append(ps, Problem{Key: key, What: "there is no pipeline " + strconv.Quote(name), Fix: fix})
	}
	for i, key := range c.Pipelines.Use {
		p, ok := of[key]
		if !ok {
			missing(fmt.Sprintf("pipelines.use[%d]", i), key)
			continue
		}
		out = append(out, p)
	}
	for _, line := range slices.Sorted(maps.Keys(c.Pipelines.Lines)) {
		if key := c.Pipelines.Lines[line]; !slices.Contains(c.Pipelines.Use, key) {
			missing("pipelines.lines."+line, key)
		}
	}
	return out, ps.err()
}

func decodePipelines(name string, data []byte) (map[string]Pipeline, error) {
	var f PipelineFile
	var d decoder
	d.decode(name, data, &f)
	report := func(key, what, fix string) { d.problem(d.at(key), key, what, fix) }
	if len(d.problems) == 0 {
		f.check(report)
	}
	if err := d.problems.err(); err != nil {
		return nil, err
	}
	of := map[string]Pipeline{}
	for _, p := range f.Pipelines {
		of[p.Key] = p
	}
	return of, nil
}

// CheckPipelines checks pipelines that were put together otherwise than by reading a file. The error is Problems.
func CheckPipelines(list []Pipeline) error {
	var ps Problems
	PipelineFile{list}.check(func(key, what, fix string) { ps = append(ps, Problem{Key: key, What: what, Fix: fix}) })
	return ps.err()
}

func (f PipelineFile) check(report reporter) {
	if n := len(f.Pipelines); n == 0 || n > maxPipelines {
		report("pipelines", fmt.Sprintf("has %d entries", n), fmt.Sprintf("list 1 to %d pipelines", maxPipelines))
	}
	keys, stages := map[string]string{}, map[string]string{}
	for i, p := range f.Pipelines {
		at := fmt.Sprintf("pipelines[%d]", i)
		once(report, keys, at+".key", p.Key, "pipeline")
		if !stageForm.MatchString(p.Key) || strings.Contains(p.Key, ".") {
			report(at+".key", strconv.Quote(p.Key)+" is no key", "write small letters, digits and _, e.g. medical")
		}
		named(report, at+".name", p.Name)
		p.check(report, at, stages)
	}
}

func (p Pipeline) check(report reporter, at string, stages map[string]string) {
	if n := len(p.Stages); n < 2 || n > maxStages {
		report(at+".stages", fmt.Sprintf("has %d stages", n), fmt.Sprintf("list 2 to %d stages", maxStages))
	}
	nodes := map[string]string{}
	for i, s := range p.Stages {
		for j, n := range s.Nodes {
			once(report, nodes, fmt.Sprintf("%s.stages[%d].nodes[%d].key", at, i, j), n.Key, "node of this pipeline")
		}
	}
	words := map[string]string{}
	for i, s := range p.Stages {
		at := fmt.Sprintf("%s.stages[%d]", at, i)
		once(report, stages, at+".key", s.Key, "stage")
		switch own := strings.HasPrefix(s.Key, p.Key+"."); {
		case !stageForm.MatchString(s.Key):
			report(at+".key", strconv.Quote(s.Key)+" is no key", "write small letters, digits, _ and ., e.g. "+p.Key+".quote")
		case p.Key == "standard" && (own || s.Key == "won" || s.Key == "lost"), p.Key != "standard" && (!own || s.Key == p.Key+".won"):
			report(at+".key", strconv.Quote(s.Key)+" could be another pipeline's", "begin it with "+p.Key+"., e.g. "+p.Key+".quote")
		}
		for _, w := range append([]string{s.Name}, s.Aliases...) {
			once(report, words, at+".name", w, "stage of this pipeline")
		}
		s.check(report, at, nodes)
	}
}

func (s PipelineStage) check(report reporter, at string, nodes map[string]string) {
	named(report, at+".name", s.Name)
	for i, w := range s.Aliases {
		named(report, fmt.Sprintf("%s.aliases[%d]", at, i), w)
	}
	if s.Like != "" {
		choice(report, at+".like", s.Like, standard)
	}
	between(report, at+".chance", s.Chance, 0, 100)
	if s.Benchmark < 0 || s.Benchmark > 1000*oneDay {
		report(at+".benchmark", "is not between nothing and 1000 days", "write a duration such as 7d or 50h")
	}
	if len(s.Nodes) > maxNodes {
		report(at+".nodes", "are too many", fmt.Sprintf("list at most %d", maxNodes))
	}
	for i, n := range s.Nodes {
		if !stageForm.MatchString(n.Key) {
			report(fmt.Sprintf("%s.nodes[%d].key", at, i), strconv.Quote(n.Key)+" is no key", "write small letters, digits and _")
		}
		named(report, fmt.Sprintf("%s.nodes[%d].name", at, i), n.Name)
	}
	for name, gates := range map[string][]PipelineGate{"enter": s.Enter, "leave": s.Leave} {
		if len(gates) > maxGates {
			report(at+"."+name, "are too many", fmt.Sprintf("list at most %d", maxGates))
		}
		for i, g := range gates {
			g.check(report, fmt.Sprintf("%s.%s[%d]", at, name, i), nodes)
		}
	}
}

func (g PipelineGate) check(report reporter, at string, nodes map[string]string) {
	named(report, at+".say", g.Say)
	set := 0
	for _, v := range []string{g.When, g.Document, g.Node, g.Field} {
		if v != "" {
			set++
		}
	}
	if g.Checklist {
		set++
	}
	if set != 1 {
		report(at, "must have exactly one of when, document, node, checklist and field", "e.g. {say: 预算, when: 商机.金额 > 0}")
	}
	if _, ok := nodes[g.Node]; g.Node != "" && !ok {
		report(at+".node", "there is no node "+strconv.Quote(g.Node), "name a node of this pipeline, or add it to a stage's nodes")
	}
	if len([]rune(g.When)) > 300 {
		report(at+".when", "is too long", "write at most 300 characters")
	}
}

func named(report reporter, key, name string) {
	if n := len([]rune(name)); n == 0 || n > 20 {
		report(key, strconv.Quote(name)+" is no name for a card", "write 1 to 20 characters")
	}
}

func once(report reporter, seen map[string]string, key, value, kind string) {
	if first, taken := seen[value]; taken {
		report(key, strconv.Quote(value)+" is taken by "+first, "give each "+kind+" its own")
		return
	}
	seen[value] = key
}
