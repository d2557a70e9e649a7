package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// goFiles reads the Go files of the module that a predicate wants, by their path.
func goFiles(t *testing.T, want func(path string) bool) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir("../..", func(path string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != ".." && path != "../..":
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || !want(path):
			return nil
		}
		b, err := os.ReadFile(path)
		out[strings.TrimPrefix(path, "../../")] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var (
	named   = regexp.MustCompile(`\b(Test|Fuzz)[A-Z][A-Za-z0-9_]*`)
	defined = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Z][A-Za-z0-9_]*)\(`)
)

func TestEveryTestOfTheSecurityDocumentExists(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, text := range goFiles(t, func(path string) bool { return strings.HasSuffix(path, "_test.go") }) {
		for _, m := range defined.FindAllStringSubmatch(text, -1) {
			have[m[1]] = true
		}
	}
	names := named.FindAllString(string(doc), -1)
	if len(names) < 30 {
		t.Errorf("the document names %d tests only", len(names))
	}
	for _, n := range names {
		if !have[n] {
			t.Errorf("docs/security.md names %s, which there is not", n)
		}
	}
	for n := range have {
		if strings.HasPrefix(n, "Fuzz") && !bytes.Contains(doc, []byte(n)) {
			t.Errorf("docs/security.md does not name the fuzz target %s", n)
		}
	}
}

// TestWhatIsWrittenAndDecodedIsGuarded looks at the source for ways out and in that have a guard of their own.
func TestWhatIsWrittenAndDecodedIsGuarded(t *testing.T) {
	t.Parallel()
	rules := []struct {
		name, uses, needs, never string
	}{
		{"a CSV file could hold formulas", "csv.NewWriter(", "sales.CSVCell(", ""},
		{"an Excel file could hold formulas", `"github.com/xuri/excelize/v2"`, "", "SetCellFormula"},
		{"a picture could be a bomb: look at its size first", "image.Decode(", "image.DecodeConfig(", ""},
		{"a page could hold markup of people's", `"text/template"`, "", `"text/template"`},
		{"a program could be run with people's words", `"os/exec"`, "", "sh\", \"-c"},
		{"an archive could be a bomb", "zip.NewReader(", "maxUnzipped", ""},
	}
	for path, text := range goFiles(t, func(path string) bool { return !strings.HasSuffix(path, "_test.go") }) {
		for _, r := range rules {
			if !strings.Contains(text, r.uses) {
				continue
			}
			if r.needs != "" && !strings.Contains(text, r.needs) || r.never != "" && strings.Contains(text, r.never) {
				t.Errorf("%s: %s", path, r.name)
			}
		}
	}
}
