package configs

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

const redacted = "[redacted]"

// Secret is a value that must not be seen: printing it in any verb, encoding it as JSON or text, and logging it through
// zerolog (which uses one of these) give [redacted], or nothing when it is empty.
type Secret string

// Reveal is the secret itself, for the one place that needs it.
func (s Secret) Reveal() string { return string(s) }

// String hides the secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// GoString hides the secret.
func (s Secret) GoString() string { return strconv.Quote(s.String()) }

// Format hides the secret under every verb; %x and %q would otherwise get at the bytes.
func (s Secret) Format(f fmt.State, verb rune) {
	out := s.String()
	if verb == 'q' || verb == 'v' && f.Flag('#') {
		out = s.GoString()
	}
	// A printer has nowhere to report a failed write to.
	_, _ = io.WriteString(f, out)
}

// MarshalText hides the secret in text encodings.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalJSON hides the secret in JSON, zerolog's included.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(strconv.Quote(s.String())), nil }

// MarshalYAML hides the secret in YAML.
func (s Secret) MarshalYAML() (any, error) { return s.String(), nil }

// TimeOfDay is a time on the clock in minutes since midnight, in Asia/Shanghai. It is written 17:00.
type TimeOfDay int

// ClockTime is hour:minute.
func ClockTime(hour, minute int) TimeOfDay { return TimeOfDay(hour*60 + minute) }

// Hour is 0 to 23.
func (t TimeOfDay) Hour() int { return int(t) / 60 }

// Minute is 0 to 59.
func (t TimeOfDay) Minute() int { return int(t) % 60 }

// Duration is the time since midnight.
func (t TimeOfDay) Duration() time.Duration { return time.Duration(t) * time.Minute }

// String is 17:00.
func (t TimeOfDay) String() string { return fmt.Sprintf("%02d:%02d", t.Hour(), t.Minute()) }

// MarshalText writes 17:00.
func (t TimeOfDay) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads 17:00 or 8:30.
func (t *TimeOfDay) UnmarshalText(text []byte) error {
	at, err := time.Parse("15:04", string(text))
	if err != nil {
		return fmt.Errorf("%q is not a time of day", text)
	}
	*t = ClockTime(at.Hour(), at.Minute())
	return nil
}

// parseSpan reads a duration as Go writes it, and whole days (30d), which are 24 hours each.
func parseSpan(s string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.Atoi(days)
		if err != nil || n < -36500 || n > 36500 {
			return 0, fmt.Errorf("%q is not a number of days", s)
		}
		return time.Duration(n) * 24 * time.Hour, nil
	}
	return time.ParseDuration(s)
}

// spanText is a duration as parseSpan reads it, without the zeros that Duration.String adds: 48h, not 48h0m0s.
func spanText(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
