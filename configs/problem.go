package configs

import (
	"fmt"
	"sort"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Problem is one thing wrong in what the operator wrote. It never holds the value of a secret.
type Problem struct {
	File string // empty: not from a file
	Line int    // of the key, or of the section it is missing from; 0: the whole file
	Env  string // the environment variable the value came from, if it did
	Key  string // path of the key, such as wecom.token; may be empty
	What string // what is wrong
	Fix  string // what to do
}

// String is "file:line: key: what; fix: …".
func (p Problem) String() string {
	var b strings.Builder
	switch {
	case p.Env != "":
		fmt.Fprintf(&b, "environment %s: ", p.Env)
	case p.File != "" && p.Line > 0:
		fmt.Fprintf(&b, "%s:%d: ", p.File, p.Line)
	case p.File != "":
		fmt.Fprintf(&b, "%s: ", p.File)
	}
	if p.Key != "" {
		fmt.Fprintf(&b, "%s: ", p.Key)
	}
	b.WriteString(p.What)
	if p.Fix != "" {
		fmt.Fprintf(&b, "; fix: %s", p.Fix)
	}
	return b.String()
}

// Problems is everything that is wrong, as one error.
type Problems []Problem

// Error has one line per problem.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// err is nil when there is no problem; the problems are put in the order of the file, the environment's last.
func (ps Problems) err() error {
	if len(ps) == 0 {
		return nil
	}
	sort.SliceStable(ps, func(i, j int) bool {
		a, b := ps[i], ps[j]
		if (a.Env == "") != (b.Env == "") {
			return a.Env == ""
		}
		return a.Line < b.Line
	})
	return ps
}

// closest is the candidate that s is most likely a misspelling of, or empty.
func closest(s string, candidates []string) string {
	best, bestDistance := "", min(len(s), len(s)/3+2)
	for _, c := range candidates {
		if d := levenshtein.ComputeDistance(s, c); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// oneOf lists choices for a person to read.
func oneOf(choices []string) string { return strings.Join(choices, ", ") }
