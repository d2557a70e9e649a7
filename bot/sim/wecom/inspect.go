package wecom

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
)

// How much the inspector remembers.
const (
	maxRecords    = 10_000
	maxRecordBody = 16 << 10
)

// Call is one API call, or one frame sent through the robot's socket (API "ws:" and the command).
type Call struct {
	At  time.Time
	API string
	// Subject is what the query named: a user, department, media or webhook group; never a token or key.
	Subject string
	// Body is the request's, without tokens; an upload is described, not kept.
	Body    string
	Status  int
	ErrCode int
	// MessageID is the message that a successful send made.
	MessageID string
	// Dropped lists the members that were silently left out for the limit of messages to one member.
	Dropped []string
}

// Attempt is one try of a delivery.
type Attempt struct {
	Nonce string
	// Status is the HTTP status, 0 when there was no answer, 200 for a frame that was written.
	Status  int
	Latency time.Duration
	Err     string
	// Lost marks an answer that counted as not received (LostAck).
	Lost bool
}

// States of a delivery.
const (
	Delivering = "delivering"
	Accepted   = "accepted"
	Failed     = "failed"
)

// Delivery is one message or event on its way to the bot. Saying an event again is a Delivery of its own.
type Delivery struct {
	// ID is the MsgId, or for events an id of the simulator's own.
	ID string
	// Kind is the msgtype or the event.
	Kind, From string
	// Channel is "callback" or "robot".
	Channel  string
	At       time.Time
	Attempts []Attempt
	State    string
}

// Violation is something the bot did that the platform forbids, loses or punishes.
type Violation struct {
	At     time.Time
	Kind   string
	Detail string
}

type inspector struct {
	deliveries []*Delivery
	calls      []Call
	violations []Violation
	counters   map[string]int
}

func (l *inspector) count(name string) {
	if l.counters == nil {
		l.counters = map[string]int{}
	}
	l.counters[name]++
}

func (l *inspector) call(c Call) {
	l.count("calls")
	if c.ErrCode != 0 {
		l.count("refused")
	}
	l.calls = bounded(append(l.calls, c))
}

// violate notes what a bot should not have done. The lock is held.
func (s *Server) violate(at time.Time, kind, detail string) {
	s.log.count("violations")
	s.log.violations = bounded(append(s.log.violations, Violation{at, kind, detail}))
}

func bounded[T any](list []T) []T {
	if len(list) <= maxRecords {
		return list
	}
	return slices.Clone(list[len(list)-maxRecords*3/4:])
}

// Deliveries lists what was sent to the bot, oldest first.
func (s *Server) Deliveries() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Delivery, 0, len(s.log.deliveries))
	for _, d := range s.log.deliveries {
		c := *d
		c.Attempts = slices.Clone(d.Attempts)
		out = append(out, c)
	}
	return out
}

// Sends lists every API call and robot frame, oldest first.
func (s *Server) Sends() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log.calls)
}

// Violations lists what the bot did wrong, oldest first.
func (s *Server) Violations() []Violation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log.violations)
}

// Counters counts calls, refused, deliveries, attempts, accepted, failed, dropped and violations since the start.
func (s *Server) Counters() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.log.counters)
}

// subjectOf keeps what a query names and leaves out what it proves.
func subjectOf(q url.Values) string {
	var parts []string
	for _, name := range []string{"userid", "department_id", "id", "chatid", "media_id", "type"} {
		if v := q.Get(name); v != "" {
			parts = append(parts, name+"="+v)
		}
	}
	return strings.Join(parts, "&")
}

func bodyForLog(contentType string, body []byte) string {
	if strings.HasPrefix(contentType, "multipart/") {
		return "(upload)"
	}
	return string(body[:min(len(body), maxRecordBody)])
}
