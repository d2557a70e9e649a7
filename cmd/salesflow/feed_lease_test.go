package main

import (
	"testing"
	"time"

	"salesflow/bot/bottest"
)

// TestWhoIsStartedNextGoesOnAtOnce ends the program in order: whoever starts after it shows the rules what happens without waiting
// for a lease to lapse.
func TestWhoIsStartedNextGoesOnAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := newWorld(t, "wecom", func(o *demoOptions) { o.data = dir })
	s := bottest.New(t, w)
	rep := s.As("周敏").Skip()
	rep.Say(firstVisit)
	rep.ExpectCard("拜访已记录")
	s.Settle()
	if err := w.demo.close(); err != nil {
		t.Fatal(err)
	}
	db := openAt(t, dir)
	if mine, err := db.Lease(t.Context(), "rule.feed", "somebody else", time.Second); err != nil || !mine {
		t.Errorf("the lease of the rules is still held (%v)", err)
	}
}
