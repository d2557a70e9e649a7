package page

import (
	"context"
	"net/http"
	"regexp"
	"strconv"
	"time"
)

const (
	// maxSpan bounds one advance of the clock.
	maxSpan = 400 * 24 * time.Hour
	// walking bounds how long, in real time, an advance may take.
	maxWalk = 10 * time.Minute
)

// walk is an advance under way; the zero value is none.
type walk struct{ from, to time.Time }

// part tells how far the clock has come, in thousandths, and whether it is under way at all.
func (k walk) part(now time.Time) (int, bool) {
	if k.to.IsZero() {
		return 0, false
	}
	whole := k.to.Sub(k.from)
	if whole <= 0 {
		return 0, true
	}
	return int(min(max(now.Sub(k.from)*1000/whole, 0), 1000)), true
}

func (s *server) walk() walk {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.walking
}

func (s *server) setWalk(k walk) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.walking = k
}

// advance moves the clock to what target makes of the present moment. Advances happen one after the other.
func (s *server) advance(ctx context.Context, target func(now time.Time) (time.Time, error)) error {
	ctx, cancel := context.WithTimeout(ctx, maxWalk)
	defer cancel()
	select {
	case s.step <- struct{}{}:
		defer func() { <-s.step }()
	case <-ctx.Done():
		return ctx.Err()
	}
	now := s.opt.Clock.Now()
	to, err := target(now)
	if err != nil {
		return err
	}
	if d := to.Sub(now); d > maxSpan || d < -maxSpan {
		return refuse(http.StatusBadRequest, "一次最多走 %d 天", maxSpan/(24*time.Hour))
	}
	s.setWalk(walk{now, to})
	defer s.setWalk(walk{})
	if err := s.opt.Clock.Advance(ctx, to); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return refuse(http.StatusConflict, "%s", err)
	}
	return nil
}

// later is the target of an advance by a span.
func later(span string) func(time.Time) (time.Time, error) {
	return func(now time.Time) (time.Time, error) {
		d, err := parseSpan(span)
		if err != nil {
			return now, err
		}
		return now.Add(d), nil
	}
}

// at is the target of setting the clock.
func at(text string) func(time.Time) (time.Time, error) {
	return func(now time.Time) (time.Time, error) {
		t, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return now, refuse(http.StatusBadRequest, "时间没看懂:%q,写成 2026-03-11T17:00:00+08:00", text)
		}
		return t, nil
	}
}

func (s *server) now(w http.ResponseWriter, _ *http.Request) { s.writeNow(w) }

func (s *server) writeNow(w http.ResponseWriter) {
	writeJSON(w, http.StatusOK, map[string]string{"now": s.opt.Clock.Now().In(shanghai).Format(time.RFC3339Nano)})
}

// setClock takes {"advance":"49h"} or {"set":"2026-03-11T17:00:00+08:00"} and answers when the clock has arrived.
func (s *server) setClock(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Advance string `json:"advance"`
		Set     string `json:"set"`
	}
	err := readJSON(w, r, &in)
	switch {
	case err != nil:
	case (in.Advance == "") == (in.Set == ""):
		err = refuse(http.StatusBadRequest, `写 advance 或 set 其中一个,如 {"advance":"49h"}`)
	case in.Advance != "":
		err = s.advance(r.Context(), later(in.Advance))
	default:
		err = s.advance(r.Context(), at(in.Set))
	}
	if err != nil {
		writeError(w, err)
		return
	}
	s.writeNow(w)
}

var days = regexp.MustCompile(`^(\d{1,4}(?:\.\d{1,6})?)d(.*)$`)

// parseSpan reads a Go duration that may begin with days: 49h, 2d, 1d12h, 90m.
func parseSpan(text string) (time.Duration, error) {
	bad := refuse(http.StatusBadRequest, "时长没看懂:%.40q,写成 49h、2d、90m 这样", text)
	var whole time.Duration
	rest := text
	if m := days.FindStringSubmatch(text); m != nil {
		n, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			return 0, bad
		}
		whole, rest = time.Duration(n*float64(24*time.Hour)), m[2]
	}
	if rest != "" {
		d, err := time.ParseDuration(rest)
		if err != nil {
			return 0, bad
		}
		whole += d
	}
	if whole < 0 || whole > maxSpan {
		return 0, refuse(http.StatusBadRequest, "时长要在 0 到 %d 天之间", maxSpan/(24*time.Hour))
	}
	return whole, nil
}
