package wecom

import (
	"fmt"
	"net/http"
	"time"

	"salesflow/bot/sim"
)

// faults are what goes wrong next.
type faults struct {
	redeliver, broken, limited, lostAck, tokenDeaths, drops int
	lostAnswer, lostEvent                                   int
	slow                                                    int
	delay                                                   time.Duration
}

// maxFaultCount bounds how long a fault may last.
const maxFaultCount = 1_000_000

// Fault arms a fault; a count of zero means once. Redeliver and LostAck act on callbacks and robot messages, HTTP5xx,
// Slow and RateLimited on API calls, RateLimited also on what is sent through the robot's socket. TokenExpired ends the
// tokens now and, for a count above one, again each time a fresh one was used; DropStream cuts the robot's socket now
// and, for a count above one, the next ones as soon as they have subscribed.
func (s *Server) Fault(f sim.Fault) error {
	if f.Count < 0 || f.Count > maxFaultCount || f.Delay < 0 {
		return fmt.Errorf("wecom simulator: fault count %d or delay %s out of range", f.Count, f.Delay)
	}
	n := max(f.Count, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch f.Kind {
	case sim.Redeliver:
		s.faults.redeliver += n
	case sim.HTTP5xx:
		s.faults.broken += n
	case sim.Slow:
		s.faults.slow += n
		s.faults.delay = min(f.Delay, maxSlow)
	case sim.RateLimited:
		s.faults.limited += n
	case sim.LostAck:
		s.faults.lostAck += n
	case sim.LostAnswer:
		s.faults.lostAnswer += n
	case sim.LostEvent:
		s.faults.lostEvent += n
	case sim.TokenExpired:
		s.killTokens(codeTokenExpired)
		s.faults.tokenDeaths += n - 1
	case sim.DropStream:
		s.faults.drops += n
		s.dropRobotLocked()
	default:
		return fmt.Errorf("wecom simulator: no fault %q on this platform", f.Kind)
	}
	return nil
}

type faultPlan struct {
	delay           time.Duration
	broken, limited bool
}

// nextFault uses up what is armed for one API call, and notes where the handler is reached.
func (s *Server) nextFault(r *http.Request, path string) faultPlan {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noteHost(r)
	var plan faultPlan
	if take(&s.faults.slow) {
		plan.delay = s.faults.delay
	}
	if take(&s.faults.broken) {
		plan.broken = true
		return plan
	}
	plan.limited = path != "gettoken" && take(&s.faults.limited)
	return plan
}

func (s *Server) noteHost(r *http.Request) {
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	s.host = scheme + r.Host
}

func take(n *int) bool {
	if *n == 0 {
		return false
	}
	*n--
	return true
}
