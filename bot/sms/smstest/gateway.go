// Package smstest is a gateway for short messages behind the interface of docs/channels.md, for tests, and an example for
// whoever writes one.
package smstest

import (
	"crypto/hmac"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"salesflow/bot/remote"
	"salesflow/bot/sms"
)

// Gateway keeps what it is asked to send, each id once.
type Gateway struct {
	Secret string
	server *httptest.Server

	mu     sync.Mutex
	seen   map[string]bool
	got    []sms.Request
	asked  int
	status int
	answer sms.Answer
}

// New starts a gateway that ends with the test.
func New(t testing.TB, secret string) *Gateway {
	t.Helper()
	g := &Gateway{Secret: secret, seen: map[string]bool{}}
	g.server = httptest.NewServer(g)
	t.Cleanup(g.server.Close)
	return g
}

// URL is where it is asked.
func (g *Gateway) URL() string { return g.server.URL }

// Answer makes it answer with a status and, at 200, an answer; with 0 it goes back to work.
func (g *Gateway) Answer(status int, a sms.Answer) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.status, g.answer = status, a
}

// Sent are the messages it took, in order; Asked is how often it was asked.
func (g *Gateway) Sent() []sms.Request {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]sms.Request(nil), g.got...)
}

// Asked is how often it was asked.
func (g *Gateway) Asked() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.asked
}

// ServeHTTP implements the interface.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
	var q sms.Request
	switch {
	case err != nil:
		http.Error(w, "too long", http.StatusRequestEntityTooLarge)
		return
	case !hmac.Equal([]byte(remote.Sign(g.Secret, r.Header.Get(remote.HeaderTimestamp), body)), []byte(r.Header.Get(remote.HeaderSignature))):
		http.Error(w, "signature", http.StatusUnauthorized)
		return
	case json.Unmarshal(body, &q) != nil || q.ID != r.Header.Get(remote.HeaderKey):
		http.Error(w, "request", http.StatusBadRequest)
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked++
	a := sms.Answer{Status: "accepted", Message: "m-" + q.ID}
	switch {
	case g.status != 0 && g.status != http.StatusOK:
		w.Header().Set("Retry-After", "2")
		http.Error(w, "no", g.status)
		return
	case g.status != 0:
		a = g.answer
	case g.seen[q.ID]:
		a.Status = "duplicate"
	default:
		g.seen[q.ID] = true
		g.got = append(g.got, q)
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(a) // the client has gone
}
