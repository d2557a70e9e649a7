// Package mailtest is the demo's mail server (bot/sim/outside) for tests.
package mailtest

import (
	"testing"
	"time"

	"salesflow/bot/sim/outside"
)

// Options say what kind of server it is, Message is a mail as it arrived.
type (
	Options = outside.MailOptions
	Message = outside.Message
)

// Server is a running SMTP server on the loopback.
type Server struct{ *outside.Mailbox }

// New starts a server that ends with the test.
func New(t testing.TB, o Options) *Server {
	t.Helper()
	box, err := outside.NewMailbox(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.Close)
	return &Server{box}
}

// Wait waits until n mails have arrived for a receiver, and fails the test after a minute.
func (s *Server) Wait(t testing.TB, to string, n int) []Message {
	t.Helper()
	patience := time.NewTimer(time.Minute)
	defer patience.Stop()
	for {
		changed := s.Changed()
		if got := s.Mails(to); len(got) >= n {
			return got
		}
		select {
		case <-changed:
		case <-patience.C:
			t.Fatalf("%d mails for %s, want %d", len(s.Mails(to)), to, n)
		}
	}
}
