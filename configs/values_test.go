package configs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.yaml.in/yaml/v3"
)

func TestSecretIsNeverPrinted(t *testing.T) {
	t.Parallel()
	type holder struct {
		Key   Secret
		Inner []Secret
		ByKey map[string]Secret
	}
	const raw = "s3cr3t"
	h := holder{Key: raw, Inner: []Secret{raw}, ByKey: map[string]Secret{"a": raw}}

	var shown []string
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10s"} {
		shown = append(shown, fmt.Sprintf(format, h), fmt.Sprintf(format, h.Key), fmt.Sprintf(format, &h))
	}
	asJSON, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	asYAML, err := yaml.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	logger := zerolog.New(&log)
	logger.Info().Interface("config", h).Any("key", h.Key).Stringer("text", h.Key).Msg("loaded")
	shown = append(shown, string(asJSON), string(asYAML), log.String(), fmt.Sprint(fmt.Errorf("with %v", h.Key)))

	for _, s := range shown {
		if strings.Contains(s, raw) || strings.Contains(strings.ToLower(s), fmt.Sprintf("%x", raw)) {
			t.Errorf("the secret shows in %s", s)
		}
	}
	if !strings.Contains(log.String(), `"key":"[redacted]"`) {
		t.Errorf("the log does not say that something is there: %s", log.String())
	}
	if got := fmt.Sprint(Secret("")); got != "" {
		t.Errorf("an empty secret shows as %q; one should see that it is missing", got)
	}
	if h.Key.Reveal() != raw {
		t.Error("Reveal does not give the secret")
	}
}

func TestTimeOfDay(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]TimeOfDay{"00:00": 0, "8:30": ClockTime(8, 30), "08:30": ClockTime(8, 30), "23:59": ClockTime(23, 59)} {
		var got TimeOfDay
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%s: got %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"24:00", "8", "08:60", "8点", "17:00:00", "-1:00"} {
		var got TimeOfDay
		if err := got.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%s was read as %v", text, got)
		}
	}
	if at := ClockTime(8, 5); at.String() != "08:05" || at.Duration() != 8*time.Hour+5*time.Minute {
		t.Errorf("got %s, %s", at, at.Duration())
	}
}

func TestQuietHours(t *testing.T) {
	t.Parallel()
	night := QuietHours{From: ClockTime(20, 0), To: ClockTime(8, 30)}
	noon := QuietHours{From: ClockTime(12, 0), To: ClockTime(13, 30)}
	never := QuietHours{From: ClockTime(8, 0), To: ClockTime(8, 0)}
	tests := []struct {
		quiet QuietHours
		at    TimeOfDay
		want  bool
	}{
		{night, ClockTime(19, 59), false},
		{night, ClockTime(20, 0), true},
		{night, ClockTime(0, 0), true},
		{night, ClockTime(8, 29), true},
		{night, ClockTime(8, 30), false},
		{noon, ClockTime(12, 30), true},
		{noon, ClockTime(13, 30), false},
		{noon, ClockTime(20, 0), false},
		{never, ClockTime(8, 0), false},
	}
	for _, tt := range tests {
		if got := tt.quiet.Hold(tt.at); got != tt.want {
			t.Errorf("%s to %s at %s: got %v", tt.quiet.From, tt.quiet.To, tt.at, got)
		}
	}
}

func TestSpans(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{"48h": 48 * time.Hour, "1h30m": 90 * time.Minute, "7d": 168 * time.Hour} {
		if got, err := parseSpan(text); err != nil || got != want {
			t.Errorf("%s: got %v, %v", text, got, err)
		}
		if back, err := parseSpan(spanText(want)); err != nil || back != want {
			t.Errorf("%s is written %s and read back as %v, %v", want, spanText(want), back, err)
		}
	}
	if got := spanText(48 * time.Hour); got != "48h" {
		t.Errorf("48 hours are written %s", got)
	}
	for _, text := range []string{"48", "d", "1.5d", "99999999999d", "二天", "h"} {
		if got, err := parseSpan(text); err == nil {
			t.Errorf("%s was read as %v", text, got)
		}
	}
}
