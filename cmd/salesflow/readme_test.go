package main

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"salesflow/bot"
	"salesflow/cards/render"
	"salesflow/configs"
	"salesflow/handlers"
)

var updateDocs = flag.Bool("update", false, "rewrite the tables of README.md and docs")

// repo is the top folder of the module as this package's tests see it.
const repo = "../.."

// The tables of the documents are made from the code they describe, so that they cannot drift from it.
func TestTablesOfTheDocuments(t *testing.T) {
	tests := []struct {
		file, name string
		table      func(t *testing.T) string
	}{
		{"README.md", "commands", commandTable},
		{"README.md", "configuration", configTable},
		{"docs/dingtalk.md", "variables", variableTable},
		{"docs/rules.md", "pack", packTable},
		{"docs/rules.md", "objects", objectTable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(repo, tt.file)
			old := readDoc(t, path)
			before, got, after := between(t, old, tt.name)
			want := tt.table(t)
			if got == want {
				return
			}
			if !*updateDocs {
				t.Fatalf("the table %q of %s is not what the code says; run: go test ./cmd/salesflow -run Documents -update\n%s",
					tt.name, tt.file, firstDifference(got, want))
			}
			if err := os.WriteFile(path, []byte(before+want+after), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func readDoc(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// between cuts a document at the two comments around a table.
func between(t *testing.T, doc, name string) (before, table, after string) {
	t.Helper()
	begin, end := "<!-- "+name+": begin -->\n", "<!-- "+name+": end -->"
	i, j := strings.Index(doc, begin), strings.Index(doc, end)
	if i < 0 || j < i {
		t.Fatalf("the comments %q and %q are not there in that order", strings.TrimSpace(begin), end)
	}
	i += len(begin)
	return doc[:i], doc[i:j], doc[j:]
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		a, b := "", ""
		if i < len(g) {
			a = g[i]
		}
		if i < len(w) {
			b = w[i]
		}
		if a != b {
			return fmt.Sprintf("got:  %s\nwant: %s", a, b)
		}
	}
	return ""
}

// commandTable lists the commands as they are registered with the router.
func commandTable(t *testing.T) string {
	t.Helper()
	var r bot.Router[handlers.Tx]
	(&handlers.App{}).Register(&r)
	if len(r.Commands()) == 0 {
		t.Fatal("no command is registered")
	}
	rows := [][]string{{"Command", "Aliases", "Form", "What it does", "Who"}}
	for _, c := range r.Commands() {
		who := []string{"everyone"}
		if len(c.Roles) > 0 {
			who = nil
			for _, role := range c.Roles {
				who = append(who, role.Name())
			}
		}
		if c.Strangers {
			who = append(who, "people not linked yet")
		}
		rows = append(rows, []string{c.Name, strings.Join(c.Aliases, " "), c.Usage, c.Summary, strings.Join(who, ", ")})
	}
	return markdownTable(rows)
}

// configTable lists the keys of the configuration with variable and default. What a key is for is the comment of the
// example file.
func configTable(t *testing.T) string {
	t.Helper()
	about := exampleComments(t)
	rows := [][]string{{"Key", "Environment variable", "Default", "Meaning"}}
	walkConfig(reflect.ValueOf(configs.Default()), "", func(key string, v reflect.Value) {
		env := "SALESFLOW_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
		if v.Type() == reflect.TypeFor[configs.Secret]() {
			env += "[_FILE]"
		}
		meaning, ok := about[key]
		if !ok {
			t.Errorf("the example file lacks the key %s", key)
		}
		if i := strings.LastIndex(key, "."); i > 0 && meaning == "" {
			meaning = about[key[:i]+":"]
		}
		if !wired(t, key) {
			meaning = strings.TrimSuffix("reserved, nothing uses it yet: "+meaning, ": ")
		}
		rows = append(rows, []string{"`" + key + "`", "`" + env + "`", defaultText(v), meaning})
	})
	return markdownTable(rows)
}

// walkConfig visits the keys that take a value, in the order of the struct.
func walkConfig(v reflect.Value, path string, visit func(key string, v reflect.Value)) {
	for i := range v.NumField() {
		key := strings.TrimPrefix(path+"."+yamlName(v.Type().Field(i)), ".")
		if f := v.Field(i); f.Kind() == reflect.Struct {
			walkConfig(f, key, visit)
		} else {
			visit(key, f)
		}
	}
}

func yamlName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	return name
}

// wired reports whether the program reads a key: every field on the way to it is selected somewhere, and the last one
// from its parent where its name alone says too little, unless the parent is handed on whole.
func wired(t *testing.T, key string) bool {
	t.Helper()
	var fields []string
	at := reflect.TypeFor[configs.Config]()
	for _, part := range strings.Split(key, ".") {
		for i := range at.NumField() {
			if f := at.Field(i); yamlName(f) == part {
				fields, at = append(fields, f.Name), f.Type
				break
			}
		}
	}
	source := sources(t)
	for i, f := range fields {
		read := `\.` + f + `\b`
		if i > 0 && slices.Contains([]string{"Secret", "URL", "From", "People", "Token"}, f) {
			read = `\.` + fields[i-1] + `(` + read + `|[^.\w])`
		}
		if !regexp.MustCompile(read).MatchString(source) {
			return false
		}
	}
	return true
}

// sources is the program's own source, without tests, and what makes pipelines of the configuration.
func sources(t *testing.T) string {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	names = append(names, filepath.Join(repo, "configs/pipeline.go"))
	var b strings.Builder
	for _, n := range names {
		if !strings.HasSuffix(n, "_test.go") {
			b.WriteString(readDoc(t, n))
		}
	}
	return b.String()
}

func defaultText(v reflect.Value) string {
	if v.IsZero() && v.Type() != reflect.TypeFor[configs.TimeOfDay]() || v.Kind() == reflect.Map {
		return ""
	}
	if v.Kind() == reflect.Slice {
		var items []string
		for i := range v.Len() {
			items = append(items, plainText(v.Index(i)))
		}
		return strings.Join(items, ", ")
	}
	return plainText(v)
}

func plainText(v reflect.Value) string {
	if d, ok := v.Interface().(time.Duration); ok {
		return strings.Replace(strings.Replace(d.String(), "m0s", "m", 1), "h0m", "h", 1)
	}
	return fmt.Sprint(v.Interface())
}

// exampleComments reads, by key, what the example file says beside each key, or above it.
func exampleComments(t *testing.T) map[string]string {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(readDoc(t, filepath.Join(repo, "configs/salesflow.example.yaml"))), &doc); err != nil {
		t.Fatal(err)
	}
	about := map[string]string{}
	var walk func(n *yaml.Node, path string)
	walk = func(n *yaml.Node, path string) {
		for i := 0; i+1 < len(n.Content); i += 2 {
			k, v := n.Content[i], n.Content[i+1]
			key := strings.TrimPrefix(path+"."+k.Value, ".")
			about[key] = commentText(cmp.Or(v.LineComment, k.LineComment, k.HeadComment))
			if v.Kind == yaml.MappingNode {
				about[key+":"] = commentText(cmp.Or(k.LineComment, v.LineComment)) // for its keys that have none of their own
				walk(v, key)
			}
		}
	}
	walk(doc.Content[0], "")
	return about
}

var spaces = regexp.MustCompile(`\s+`)

func commentText(s string) string {
	var lines []string
	for _, l := range strings.Split(s, "\n") {
		lines = append(lines, strings.TrimSpace(strings.TrimLeft(l, "# ")))
	}
	s = strings.ReplaceAll(strings.Join(lines, " "), "[secret]", "")
	return strings.TrimRight(spaces.ReplaceAllString(s, " "), " :")
}

// variableTable lists the variables of the DingTalk card template, for those who build it by hand.
func variableTable(*testing.T) string {
	rows := [][]string{{"变量 Name", "类型 Type", "公有/私有", "示例 Sample", "用途"}}
	for _, v := range render.TemplateVariables() {
		kind := "公有 public"
		if v.Private {
			kind = "私有 private"
		}
		sample := ""
		if v.Sample != "" {
			sample = "`" + strings.ReplaceAll(v.Sample, "\n", `\n`) + "`"
		}
		rows = append(rows, []string{"`" + v.Name + "`", v.Type, kind, sample, v.About})
	}
	return markdownTable(rows)
}

func markdownTable(rows [][]string) string {
	var b bytes.Buffer
	for i, row := range rows {
		for _, cell := range row {
			fmt.Fprintf(&b, "| %s ", strings.ReplaceAll(cell, "|", `\|`))
		}
		b.WriteString("|\n")
		if i == 0 {
			b.WriteString(strings.Repeat("| --- ", len(row)) + "|\n")
		}
	}
	return b.String()
}

// documents are the README and everything in docs.
func documents(t *testing.T) []string {
	t.Helper()
	docs, err := filepath.Glob(filepath.Join(repo, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	return append(docs, filepath.Join(repo, "README.md"))
}

var (
	linkForm   = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	pathForm   = regexp.MustCompile("`((?:bot|cards|cmd|configs|docs|handlers|scheduler|store|\\.ci)/[\\w./-]+)`")
	headerForm = regexp.MustCompile(`(?m)^#+ (.+)$`)
)

// A document names files of the repository and links to headings; both must be there.
func TestDocumentsPointToWhatExists(t *testing.T) {
	for _, doc := range documents(t) {
		text := readDoc(t, doc)
		for _, m := range linkForm.FindAllStringSubmatch(text, -1) {
			target, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") {
				continue
			}
			to := doc
			if target != "" {
				to = filepath.Join(filepath.Dir(doc), target)
			}
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s links to %s, which is not there", doc, m[1])
				continue
			}
			if anchor != "" && !slices.Contains(anchors(readDoc(t, to)), anchor) {
				t.Errorf("%s links to the heading #%s, which is not in %s", doc, anchor, to)
			}
		}
		for _, m := range pathForm.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(repo, m[1])); err != nil {
				t.Errorf("%s names %s, which is not there", doc, m[1])
			}
		}
	}
}

// anchors are the headings of a document as links name them.
func anchors(doc string) []string {
	var out []string
	for _, m := range headerForm.FindAllStringSubmatch(doc, -1) {
		out = append(out, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case strings.ContainsRune("`.,:;()/'*→、,()", r):
				return -1
			}
			return r
		}, strings.ToLower(m[1])))
	}
	return out
}

var (
	metricForm  = regexp.MustCompile(`"(salesflow_[a-z_]*[a-z])"`)
	metricInDoc = regexp.MustCompile("`(salesflow_[a-z_]+)`")
)

// Operators build alerts on what the document says is measured.
func TestMetricsOfTheDocuments(t *testing.T) {
	want := captures(metricForm, sources(t))
	got := captures(metricInDoc, readDoc(t, filepath.Join(repo, "docs/operation.md")))
	if want, got := distinct(want), distinct(got); !slices.Equal(got, want) {
		t.Errorf("docs/operation.md names the metrics\n%v\nthe program has\n%v", got, want)
	}
}

var variableForm = regexp.MustCompile(`SALESFLOW_[A-Z0-9_]*[A-Z0-9]`)

// A variable in a document is one that the program reads.
func TestVariablesOfTheDocuments(t *testing.T) {
	known := []string{"SALESFLOW_TEST_MYSQL_DSN", "SALESFLOW_TEST_REDIS_ADDR", "SALESFLOW_TEST_CHROMIUM"}
	walkConfig(reflect.ValueOf(configs.Default()), "", func(key string, v reflect.Value) {
		env := "SALESFLOW_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
		known = append(known, env)
		if v.Type() == reflect.TypeFor[configs.Secret]() {
			known = append(known, env+"_FILE")
		}
	})
	for _, doc := range documents(t) {
		for _, name := range variableForm.FindAllString(readDoc(t, doc), -1) {
			if !slices.Contains(known, name) {
				t.Errorf("%s names the variable %s, which nothing reads", doc, name)
			}
		}
	}
}

func captures(form *regexp.Regexp, text string) []string {
	var out []string
	for _, m := range form.FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	return out
}

func distinct(s []string) []string {
	slices.Sort(s)
	return slices.Compact(s)
}
