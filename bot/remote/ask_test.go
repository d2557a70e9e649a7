package remote_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"salesflow/bot/remote"
)

var noon = time.Unix(1_772_000_000, 0)

func TestAQuestionIsSignedAndItsAnswerBounded(t *testing.T) {
	t.Parallel()
	const secret = "0123456789abcdef"
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if !remote.SignedWith(secret, r.Header.Get(remote.HeaderTimestamp), r.Header.Get(remote.HeaderSignature), body, noon) || r.Header.Get(remote.HeaderKey) != "7" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, strings.Repeat("x", 100_000))
	}))
	defer srv.Close()
	q := remote.Question{URL: srv.URL, Body: []byte(`{}`), Secret: secret, Key: "7", Now: noon, Within: time.Minute}
	if a, err := q.Ask(t.Context()); err != nil || a.Status != http.StatusOK || len(a.Body) != 64<<10 {
		t.Errorf("%v, status %d, %d bytes", err, a.Status, len(a.Body))
	}
	q.Secret = "another one"
	if a, err := q.Ask(t.Context()); err != nil || a.Status != http.StatusUnauthorized {
		t.Errorf("a wrong secret: %v, status %d", err, a.Status)
	}
}

func TestWhatGoesWrongNamesNoAddress(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		case "/broken":
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "half")
		default:
			<-r.Context().Done()
		}
	}))
	t.Cleanup(srv.Close)
	for _, tt := range []struct {
		name, url string
		within    time.Duration
		status    int
		want      error
	}{
		{"a redirect is an answer like another", srv.URL + "/away", time.Minute, http.StatusFound, nil},
		{"an answer that breaks off", srv.URL + "/broken", time.Minute, http.StatusOK, remote.ErrBroken},
		{"no answer", srv.URL + "/slow", 20 * time.Millisecond, 0, remote.ErrSilent},
		{"no address", "http://a b/", time.Minute, 0, remote.ErrAddress},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			a, err := remote.Question{URL: tt.url, Now: noon, Within: tt.within}.Ask(ctx)
			if !errors.Is(err, tt.want) || a.Status != tt.status {
				t.Errorf("%v, status %d", err, a.Status)
			}
			if err != nil && strings.Contains(err.Error(), "127.0.0.1") {
				t.Errorf("the error tells the address: %v", err)
			}
		})
	}
}

func TestASignatureHoldsForAWhile(t *testing.T) {
	t.Parallel()
	body := []byte(`{"id":"7"}`)
	sign := remote.Sign("geheim", "1772000000", body)
	for _, tt := range []struct {
		name, secret, stamp string
		now                 time.Time
		want                bool
	}{
		{"at once", "geheim", "1772000000", noon, true},
		{"five minutes later", "geheim", "1772000000", noon.Add(5 * time.Minute), true},
		{"long after", "geheim", "1772000000", noon.Add(6 * time.Minute), false},
		{"long before", "geheim", "1772000000", noon.Add(-6 * time.Minute), false},
		{"another time", "geheim", "1772000001", noon, false},
		{"another secret", "andere", "1772000000", noon, false},
		{"no secret is no lock", "", "1772000000", noon, false},
		{"no time", "geheim", "gestern", noon, false},
	} {
		if got := remote.SignedWith(tt.secret, tt.stamp, sign, body, tt.now); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}
