package delivery_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"salesflow/bot/delivery"
	"salesflow/store/sales"
)

func TestTheCalendarIsAskedAndDoubted(t *testing.T) {
	t.Parallel()
	day := sales.NewDay(2026, 4, 1)
	for _, tt := range []struct {
		name, answer string
		status       int
		want         int // alternatives
		ok           bool
		bad, again   bool
	}{
		{"can be kept", `{"ok":true}`, 200, 0, true, false, false},
		{"others could", `{"ok":false,"alternatives":["2026-04-03","2026-04-01","2026-13-01","2031-01-01","2026-04-07"],"note":"满了"}`, 200, 2, false, false, false},
		{"nothing said", `{}`, 200, 0, false, true, false},
		{"no JSON", `<html>`, 200, 0, false, true, false},
		{"refused", `{}`, 403, 0, false, true, false},
		{"down", `{}`, 503, 0, false, false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				if !strings.Contains(string(body), `"day":"2026-04-01"`) || len(r.Header.Get("X-Salesflow-Signature")) != 64 {
					t.Errorf("asked %s signed %q", body, r.Header.Get("X-Salesflow-Signature"))
				}
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.answer)
			}))
			defer srv.Close()
			c := delivery.Client{URL: srv.URL, Secret: "0123456789abcdef", Now: func() time.Time { return time.Unix(1_772_000_000, 0) }}
			a, err := c.Check(context.Background(), delivery.Question{Contract: "HT2026-018", Quantity: "10", Unit: "台", Day: day})
			if a.OK != tt.ok || len(a.Alternatives) != tt.want || (err != nil) != (tt.bad || tt.again) || errors.Is(err, delivery.ErrAnswer) != tt.bad {
				t.Errorf("%+v, %v", a, err)
			}
		})
	}
}
