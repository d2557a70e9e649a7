// Package hooktest receives webhooks as docs/channels.md says it is done, for tests, and as an example: it checks the
// signature and the time, and takes each id once.
package hooktest

import (
	"crypto/hmac"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"salesflow/bot/webhook"
)

// maxSkew is how old a request may be. One that was copied on its way cannot be shown again later.
const maxSkew = 5 * time.Minute

// Receiver keeps the events it was sent.
type Receiver struct {
	secret string
	now    func() time.Time
	server *httptest.Server

	mu      sync.Mutex
	seen    map[string]bool
	got     []webhook.Body
	asked   int
	status  int
	changed chan struct{}
}

// New starts a receiver that ends with the test.
func New(t testing.TB, secret string, now func() time.Time) *Receiver {
	t.Helper()
	r := &Receiver{secret: secret, now: now, seen: map[string]bool{}, changed: make(chan struct{})}
	r.server = httptest.NewServer(r)
	t.Cleanup(r.server.Close)
	return r
}

// URL is where it listens.
func (r *Receiver) URL() string { return r.server.URL }

// Answer makes it answer with a status; with 0 it goes back to work.
func (r *Receiver) Answer(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status = status
}

// Got are the events of a kind, all when it is empty, in the order of their arrival.
func (r *Receiver) Got(event string) []webhook.Body {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []webhook.Body
	for _, b := range r.got {
		if event == "" || b.Event == event {
			out = append(out, b)
		}
	}
	return out
}

// Asked is how often it was called.
func (r *Receiver) Asked() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.asked
}

// Wait waits until n events of a kind have arrived, and fails the test after a minute.
func (r *Receiver) Wait(t testing.TB, event string, n int) []webhook.Body {
	t.Helper()
	patience := time.NewTimer(time.Minute)
	defer patience.Stop()
	for {
		r.mu.Lock()
		changed := r.changed
		r.mu.Unlock()
		if got := r.Got(event); len(got) >= n {
			return got
		}
		select {
		case <-changed:
		case <-patience.C:
			t.Fatalf("%d events of kind %q, want %d", len(r.Got(event)), event, n)
		}
	}
}

// ServeHTTP takes one event.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, q.Body, 512<<10))
	if err != nil {
		http.Error(w, "too long", http.StatusRequestEntityTooLarge)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked++
	if r.status != 0 {
		http.Error(w, "no", r.status)
		return
	}
	id, stamp := q.Header.Get(webhook.HeaderID), q.Header.Get(webhook.HeaderTimestamp)
	at, err := strconv.ParseInt(stamp, 10, 64)
	fresh := err == nil && r.now().Sub(time.Unix(at, 0)).Abs() <= maxSkew
	if !fresh || !hmac.Equal([]byte(webhook.Sign(r.secret, stamp, id, body)), []byte(q.Header.Get(webhook.HeaderSignature))) {
		http.Error(w, "signature", http.StatusUnauthorized)
		return
	}
	var b webhook.Body
	if err := json.Unmarshal(body, &b); err != nil || b.ID != id {
		http.Error(w, "body", http.StatusBadRequest)
		return
	}
	if !r.seen[id] { // a repetition is answered like the first
		r.seen[id] = true
		r.got = append(r.got, b)
		close(r.changed)
		r.changed = make(chan struct{})
	}
	w.WriteHeader(http.StatusNoContent)
}
