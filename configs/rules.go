package configs

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// What is read of a folder of rules at most.
const (
	maxRuleFiles = 100
	maxRuleFile  = 256 << 10
)

// RuleFile is a file of rules (规则). What is in it is not understood here. A .rule file is one text; a YAML file names each
// rule.
type RuleFile struct {
	Path  string
	Text  string
	Named []NamedRule
}

// NamedRule is a rule of a YAML file. Line is where its text begins, from 1.
type NamedRule struct {
	Name string
	Text string
	Line int
}

//go:embed rules/*.rule
var rulePack embed.FS

// RulePack is the rules every company starts with.
func RulePack() ([]RuleFile, error) {
	entries, err := rulePack.ReadDir("rules")
	if err != nil {
		return nil, fmt.Errorf("rules of the pack: %w", err)
	}
	var out []RuleFile
	for _, e := range entries {
		b, err := rulePack.ReadFile("rules/" + e.Name())
		if err != nil {
			return nil, fmt.Errorf("rules of the pack: %w", err)
		}
		out = append(out, RuleFile{Path: e.Name(), Text: string(b)})
	}
	return out, nil
}

// ReadRules reads the .rule, .yaml and .yml files of a folder, in the order of their names. The error is Problems.
func ReadRules(dir string) ([]RuleFile, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, Problems{{File: dir, Key: "rules.dir", What: "cannot be read: " + err.Error(), Fix: "name a folder with .rule files, or leave it empty"}}
	}
	var out []RuleFile
	var ps Problems
	for _, e := range entries {
		kind := strings.ToLower(filepath.Ext(e.Name()))
		if e.IsDir() || !slices.Contains([]string{".rule", ".yaml", ".yml"}, kind) || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		path := filepath.Join(dir, e.Name())
		if len(out) == maxRuleFiles {
			return nil, append(ps, Problem{File: path, Key: "rules.dir", What: fmt.Sprintf("more than %d files of rules", maxRuleFiles), Fix: "put several rules into one file"})
		}
		b, err := readFile(path, maxRuleFile)
		if err != nil {
			ps = append(ps, Problem{File: path, Key: "rules.dir", What: "cannot be read: " + err.Error(), Fix: "check the file and its permissions"})
			continue
		}
		f := RuleFile{Path: path, Text: strings.TrimPrefix(string(b), "\ufeff")}
		if kind != ".rule" {
			named, problem := namedRules(path, b)
			if problem != nil {
				ps = append(ps, *problem)
				continue
			}
			f.Text, f.Named = "", named
		}
		out = append(out, f)
	}
	if len(ps) > 0 {
		return nil, ps
	}
	return out, nil
}

// namedRules reads a YAML file: a mapping from the name of a rule to its text.
func namedRules(path string, b []byte) ([]NamedRule, *Problem) {
	const form = "write each rule as   名字: 当 … 则 …"
	var doc yaml.Node
	if err := yaml.Unmarshal(b, &doc); err != nil {
		return nil, &Problem{File: path, Key: "rules.dir", What: "is not YAML: " + err.Error(), Fix: form}
	}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	top := doc.Content[0]
	if top.Kind != yaml.MappingNode {
		return nil, &Problem{File: path, Line: top.Line, Key: "rules.dir", What: "does not name its rules", Fix: form}
	}
	var out []NamedRule
	for i := 0; i+1 < len(top.Content); i += 2 {
		k, v := top.Content[i], top.Content[i+1]
		if v.Kind != yaml.ScalarNode || k.Kind != yaml.ScalarNode || strings.TrimSpace(v.Value) == "" {
			return nil, &Problem{File: path, Line: k.Line, Key: "rules.dir", What: "the rule " + k.Value + " has no text", Fix: form}
		}
		line := v.Line
		if v.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
			line++
		}
		out = append(out, NamedRule{Name: strings.TrimSpace(k.Value), Text: v.Value, Line: line})
	}
	return out, nil
}

// checkRuleRoles checks who may change rules.
func (r Rules) checkRuleRoles(report reporter) {
	roles(report, "rules.editors", r.Editors)
	between(report, "rules.acts_per_day", r.ActsPerDay, 0, maxActsPerDay)
}

// maxActsPerDay bounds rules.acts_per_day.
const maxActsPerDay = 1_000_000
