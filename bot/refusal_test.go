package bot_test

import (
	"errors"
	"testing"
	"time"

	"salesflow/bot"
)

func TestARefusalStandsUntilItsMoment(t *testing.T) {
	t.Parallel()
	var r bot.Refusal
	noon := time.Date(2026, 3, 11, 12, 0, 0, 0, time.UTC)
	if err := r.Standing(noon); err != nil {
		t.Errorf("before any: %v", err)
	}
	wrong := errors.New("wrong secret")
	r.Keep(wrong, noon.Add(time.Minute))
	if err := r.Standing(noon); !errors.Is(err, wrong) {
		t.Errorf("while it stands: %v", err)
	}
	if err := r.Standing(noon.Add(time.Minute)); err != nil {
		t.Errorf("after its moment: %v", err)
	}
	r.Keep(nil, noon.Add(time.Hour))
	if err := r.Standing(noon); err != nil {
		t.Errorf("after a success: %v", err)
	}
}
