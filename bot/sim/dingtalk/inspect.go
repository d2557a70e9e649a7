package dingtalk

import (
	"context"
	"maps"
	"time"
)

// Ack is what became of one pushed frame.
type Ack struct {
	// MessageID is headers.messageId, new with every push; Identity is msgId, outTrackId or eventId, which stays.
	MessageID, Identity string
	Type, Topic         string
	Connection          string
	Attempt             int
	// At is the simulated time of the push.
	At time.Time
	// Acked tells that an acknowledgement came; the fields below are its content and the real time it took.
	Acked   bool
	Code    int
	Message string
	Data    string
	Latency time.Duration
	// Late: it came after the limit and had no effect. Lost: it came and was dropped by a fault.
	Late, Lost bool
	// Applied: a card callback's answer changed the card.
	Applied bool
}

// Call is one API call of the bot. Tokens and secrets are left out of Query and Body.
type Call struct {
	At           time.Time
	Method, Path string
	Query        string
	// API is the route's pattern, "?" for an unknown one.
	API    string
	Body   string
	Status int
	// Code is the error code of a refused call.
	Code string
	// Counted tells that the call is part of the monthly quota.
	Counted bool
}

// Violation is something the documents forbid and the platform does not (always) refuse.
type Violation struct {
	At time.Time
	// Kind is card_update_in_callback, card_response, ack, media or gateway.
	Kind string
	// Subject is the outTrackId or media id concerned.
	Subject string
	Text    string
}

// Lost is something that could not be pushed: no connection had subscribed to its topic.
type Lost struct {
	At       time.Time
	Topic    string
	Identity string
	Reason   string
}

// Connection is a live Stream connection.
type Connection struct {
	ID            string
	Agent         string
	Subscriptions []Subscription
}

// CardState is a card as the platform holds it.
type CardState struct {
	OutTrackID string
	TemplateID string
	Public     map[string]string
	// Private is what single people see differently, by person.
	Private map[string]map[string]string
	// Updates counts changes after the creation, by API and by callback.
	Updates int
	// Waiting is the number of callbacks not answered yet.
	Waiting int
}

// Acks lists the pushed frames with their acknowledgements, oldest first.
func (s *Server) Acks() []Ack {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Ack, 0, len(s.pushes.items))
	for _, p := range s.pushes.items {
		out = append(out, p.ack)
	}
	return out
}

// Calls lists the API calls, oldest first.
func (s *Server) Calls() []Call { return snapshot(s, s.calls) }

// Violations lists what the bot did against the documents, oldest first.
func (s *Server) Violations() []Violation { return snapshot(s, s.violations) }

// Lost lists what could not be pushed, oldest first.
func (s *Server) Lost() []Lost { return snapshot(s, s.lost) }

// MonthlyCalls is how many counted calls the current month has had.
func (s *Server) MonthlyCalls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.monthCalls
}

// Connections lists the live connections.
func (s *Server) Connections() []Connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Connection
	for _, c := range s.conns {
		out = append(out, Connection{ID: c.id, Agent: c.agent, Subscriptions: c.topics})
	}
	return out
}

// CardState returns the state of a card, false when there is none.
func (s *Server) CardState(outTrackID string) (CardState, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.cards.get(outTrackID)
	if !ok {
		return CardState{}, false
	}
	st := CardState{
		OutTrackID: c.id, TemplateID: c.template, Public: maps.Clone(c.public), Updates: c.updates, Waiting: c.waiting,
		Private: map[string]map[string]string{},
	}
	for who, vars := range c.private {
		st.Private[who] = maps.Clone(vars)
	}
	return st, true
}

// Wait blocks until cond holds, looking again after every change, or until ctx ends. Cond may call any method of s.
func (s *Server) Wait(ctx context.Context, cond func() bool) error {
	for {
		ch := s.Changed()
		if cond() {
			return nil
		}
		select {
		case <-ch:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *Server) violate(kind, subject, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.violateLocked(kind, subject, text)
}

func (s *Server) violateLocked(kind, subject, text string) {
	s.violations.add(Violation{At: s.opt.Clock.Now(), Kind: kind, Subject: subject, Text: text})
}

func snapshot[T any](s *Server, r *ring[T]) []T {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]T(nil), r.items...)
}
