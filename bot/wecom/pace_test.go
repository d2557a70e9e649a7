package wecom_test

import (
	"testing"
	"time"

	"salesflow/bot/wecom"
)

func TestWhatAClockAheadCountedIsForgotten(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 11, 10, 0, 0, 0, time.UTC)
	p := wecom.NewPacer(func() time.Time { return now }, 2, 1000)
	now = now.Add(time.Hour)
	for range 2 {
		if wait, err := p.Take(t.Context(), []string{"u:a"}, 1); wait != 0 || err != nil {
			t.Fatal(wait, err)
		}
	}
	now = now.Add(-time.Hour)
	if wait, err := p.Take(t.Context(), []string{"u:a"}, 1); wait != 0 || err != nil {
		t.Errorf("waits %v for a clock that has been set back: %v", wait, err)
	}
}
