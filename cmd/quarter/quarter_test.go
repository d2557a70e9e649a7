package main

import (
	"testing"

	"salesflow/cmd/quarter/play"
	"salesflow/cmd/quarter/replica"
)

// Three weeks of a small company around the Spring Festival: whom the rules of the pack tell of what, and when, is what an
// independent model expects.
func TestThreeWeeksAreAsTheModelExpects(t *testing.T) {
	t.Parallel()
	w, err := play.NewAlone(t.Context(), replica.Options{Dir: t.TempDir()}, play.Small.Start)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}()
	res, err := play.Run(t.Context(), w, play.Small, play.Watch{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range res.Differences {
		t.Error(d)
	}
	for name, c := range res.Rules {
		if c.Expected+c.Todos == 0 {
			t.Errorf("nothing happened that %s is about", name)
		}
	}
}
