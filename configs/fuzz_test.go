package configs

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
)

// FuzzDecode: whatever stands in a file, reading ends, and what is wrong comes back as problems with a key or a line.
func FuzzDecode(f *testing.F) {
	f.Add(string(Example))
	f.Add(small)
	f.Add("wecom: [a, b]\nrules: {daily: 3}\n? [x]\n: y\n")
	f.Add("a: &a [*a]\nlisten: *a\n")
	f.Add("people:\n  - {id: a, platforms: {wecom: }}\n  - 3\n")
	f.Fuzz(func(t *testing.T, text string) {
		var (
			c Config
			d decoder
		)
		d.decode("f.yaml", []byte(text), &c)
		c.check(d.reportNowhere)

		_, err := LoadOrg("org.yaml", func(string) ([]byte, error) { return []byte(text), nil })
		var ps Problems
		if err != nil && !errors.As(err, &ps) {
			t.Fatalf("the error is a %T", err)
		}
		for _, p := range append(ps, d.problems...) {
			if p.What == "" || p.File == "" && p.Key == "" {
				t.Errorf("a problem that says nothing: %+v", p)
			}
		}
		if !strings.Contains(text, "people") && err == nil {
			t.Error("an organisation without people was accepted")
		}
		if errors.Is(err, fs.ErrNotExist) {
			t.Error("looked for a file on disk")
		}
	})
}

func (d *decoder) reportNowhere(key, what, fix string) { d.problem(d.at(key), key, what, fix) }
