package main

import "testing"

func TestALargeHeapIsNotDoubledByGarbage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		live        int // MiB
		serving, in int // percent, while a large job runs
	}{
		{"nothing yet", 0, 400, 200},
		{"a small company", 20, 200, 100},
		{"fifty thousand names", 100, 50, 25},
		{"half a million names", 1000, 50, 25},
	} {
		if got := gcPercent(c.live<<20, false); got != c.serving {
			t.Errorf("%s: %d %% while serving, want %d", c.name, got, c.serving)
		}
		if got := gcPercent(c.live<<20, true); got != c.in {
			t.Errorf("%s: %d %% in a job, want %d", c.name, got, c.in)
		}
	}
}

func TestAJobIsSparedOnceHoweverOftenItEnds(t *testing.T) {
	t.Parallel()
	var none *collector
	none.spare()() // GOGC has the word
	c := &collector{percent: gcPercent(liveHeap(), true)}
	first, second := c.spare(), c.spare()
	first()
	first()
	if c.jobs != 1 {
		t.Fatalf("%d jobs run, want the second alone", c.jobs)
	}
	second()
	if c.jobs != 0 {
		t.Fatalf("%d jobs run, want none", c.jobs)
	}
}
