package subject_test

import (
	"slices"
	"testing"

	"salesflow/scheduler/rules"
	"salesflow/scheduler/subject"
)

// What people write must mean one thing, and what is referred to must be there.
func TestObjectsFitTogether(t *testing.T) {
	t.Parallel()
	g := subject.New(subject.All())
	names := map[string]string{}
	for _, o := range subject.All() {
		for _, n := range append([]string{o.Name}, o.Aliases...) {
			if other, twice := names[n]; twice && other != o.Key {
				t.Errorf("%s is both %s and %s", n, other, o.Key)
			}
			names[n] = o.Key
		}
		if o.Filed && (len(o.Verbs) == 0 || o.At == "") {
			t.Errorf("%s is filed by no event", o.Key)
		}
		fields := map[string]bool{}
		for _, f := range o.Fields {
			if f.Column == "" {
				t.Errorf("%s.%s has no column", o.Key, f.Key)
			}
			if f.Ref != "" && g.Object(f.Ref) == nil {
				t.Errorf("%s.%s refers to %s", o.Key, f.Key, f.Ref)
			}
			for _, n := range append([]string{f.Name}, f.Aliases...) {
				if fields[n] && n != "" {
					t.Errorf("%s has two fields %s", o.Key, n)
				}
				fields[n] = true
			}
		}
		for _, w := range o.Waits {
			f := g.Schema().Object(o.Key).StateField()
			if f == nil || !slices.ContainsFunc(f.Options, func(x rules.Option) bool { return x.Key == w }) {
				t.Errorf("%s waits in %s, which is no state", o.Key, w)
			}
		}
	}
}
