package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"salesflow/configs"
	"salesflow/scheduler/incident"
	"salesflow/scheduler/rules"
	"salesflow/scheduler/subject"
	"salesflow/store/sales"
)

// docNames is a company that has everything the examples of docs/rules.md name.
func docNames(t *testing.T) rules.Names {
	t.Helper()
	demo, err := configs.LoadOrg(configs.DemoOrg, configs.Demo.ReadFile)
	if err != nil {
		t.Fatal(err)
	}
	c := rules.Company{Webhooks: []string{"ERP"}, Materials: []string{"对比表"}, Approvals: sales.ApplicationTopics}
	var groups []sales.GroupChat
	for _, g := range demo.Groups {
		groups = append(groups, sales.GroupChat{Name: g.Name})
	}
	names := c.Names(orgOf(demo), groups)
	names.Rosters = append(names.Rosters, "法务")
	return names
}

var (
	ruleBlock   = regexp.MustCompile("(?s)```rule\n(.*?)```")
	ruleInTable = regexp.MustCompile("\\| `(当 [^`]+)` \\|")
)

// A person copies the examples; each must be understood as it stands.
func TestExamplesOfTheRulesDocument(t *testing.T) {
	t.Parallel()
	doc := readDoc(t, filepath.Join(repo, "docs/rules.md"))
	examples := append(captures(ruleBlock, doc), captures(ruleInTable, doc)...)
	if len(examples) < 40 {
		t.Fatalf("only %d examples were found", len(examples))
	}
	names, schema := docNames(t), subject.New(subject.All()).Schema()
	for _, e := range examples {
		if _, err := rules.Parse(e, schema, names); err != nil {
			t.Errorf("%s\n%v", e, err)
		}
	}
	for _, f := range rowsWithout(doc) {
		t.Errorf("a form without an example: %s", f)
	}
}

// rowsWithout are the rows of tables of forms that have no example.
func rowsWithout(doc string) []string {
	var out []string
	forms := false
	for _, line := range strings.Split(doc, "\n") {
		switch {
		case strings.HasSuffix(line, "| 例子 |"):
			forms = true
		case !strings.HasPrefix(line, "|"):
			forms = false
		case forms && !strings.HasPrefix(line, "| ---") && !ruleInTable.MatchString(line):
			out = append(out, line)
		}
	}
	return out
}

func TestTheYAMLOfTheRulesDocument(t *testing.T) {
	t.Parallel()
	doc := readDoc(t, filepath.Join(repo, "docs/rules.md"))
	_, block, _ := strings.Cut(doc, "```yaml\n")
	block, _, _ = strings.Cut(block, "```")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "own.yaml"), []byte(block), 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := configs.ReadRules(dir)
	if err != nil {
		t.Fatal(err)
	}
	list, err := rulesIn(files)
	if err != nil || len(list) != 2 {
		t.Fatalf("%d rules, %v", len(list), err)
	}
	if _, err := understood(list, subject.New(subject.All()).Schema(), docNames(t)); err != nil {
		t.Error(err)
	}
}

// packTable lists the rules of the pack with what they say.
func packTable(t *testing.T) string {
	t.Helper()
	files, err := configs.RulePack()
	if err != nil {
		t.Fatal(err)
	}
	list, err := rulesIn(files)
	if err != nil {
		t.Fatal(err)
	}
	read, err := understood(list, subject.New(subject.All()).Schema(), docNames(t))
	if err != nil {
		t.Fatal(err)
	}
	rows := [][]string{{"名字", "读起来是"}}
	for _, r := range read {
		rows = append(rows, []string{r.Name, strings.ReplaceAll(r.Words(), "\n", "<br>")})
	}
	return markdownTable(rows)
}

// objectTable lists what rules can be about, from the schema.
func objectTable(*testing.T) string {
	schema := subject.New(subject.All()).Schema()
	rows := [][]string{{"对象", "状态", "字段", "跟它有关的人", "卡片", "登记、没有"}}
	for _, o := range schema.Objects {
		if o.Key == rules.ObjectCompany {
			continue
		}
		var states, fields, people, faces []string
		for _, f := range o.Fields {
			if f.State {
				for _, x := range f.Options {
					states = append(states, x.Name)
				}
				continue
			}
			fields = append(fields, fieldWords(f, schema))
		}
		for _, r := range o.Relations {
			people = append(people, r.Name)
		}
		for _, c := range o.Cards {
			faces = append(faces, c.Name)
		}
		filed := ""
		if o.Filed {
			filed = "能"
		}
		name := o.Name
		if len(o.Aliases) > 0 {
			name += "(" + strings.Join(o.Aliases, "、") + ")"
		}
		rows = append(rows, []string{name, strings.Join(states, "、"), strings.Join(fields, "、"), strings.Join(people, "、"), strings.Join(faces, "、"), filed})
	}
	return markdownTable(rows)
}

// Each card that rules can push is made by somebody.
func TestEveryCardOfAnObjectIsMade(t *testing.T) {
	t.Parallel()
	made := incident.OwnCards(sales.DefaultLeadPolicy())
	for _, o := range subject.All() {
		for _, c := range o.Cards {
			if made[o.Key+"."+c.Key].Make == nil {
				t.Errorf("nobody makes the card %s of %s", c.Name, o.Name)
			}
			delete(made, o.Key+"."+c.Key)
		}
	}
	for key := range made {
		t.Errorf("no rule can push the card %s", key)
	}
}

func fieldWords(f rules.Field, schema *rules.Schema) string {
	s := f.Name + "(" + f.Type.String()
	switch {
	case f.Ref != "":
		s = f.Name + "(" + schema.Object(f.Ref).Name + "的字段都能写"
	case f.Type == rules.Enum:
		var names []string
		for _, o := range f.Options {
			names = append(names, o.Name)
		}
		s = f.Name + "(" + strings.Join(names, "/")
	}
	if f.Writable {
		s += ",规则能改"
	}
	return s + ")"
}

// The pack is what every company starts with: each rule is understood, none starts another without end, and everyone it
// names is a role of the program.
func TestThePackIsUnderstood(t *testing.T) {
	t.Parallel()
	if table := packTable(t); strings.Count(table, "\n") < 8 {
		t.Errorf("the pack is nearly empty:\n%s", table)
	}
}
