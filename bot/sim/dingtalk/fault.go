package dingtalk

import (
	"context"
	"crypto/subtle"
	"fmt"
	"time"

	"salesflow/bot/sim"
)

// Faults this platform knows beyond those of package sim.
const (
	// Disconnect is the proper end of a connection: a SYSTEM disconnect frame, silence, the socket closed after 10 s.
	Disconnect = "disconnect"
	// GatewayTimeout makes the next API calls answer 504, or the old API's 15.
	GatewayTimeout = "http_504"
	// Blocked makes the next API calls answer what an address blocked for 10,000 calls in 20 s gets: JSON of another
	// kind at HTTP 200.
	Blocked = "x5_deny"
	// FlowControl makes the next single sends put all recipients into flowControlledStaffIdList.
	FlowControl = "flow_control"
	// Starved makes the next bot messages arrive without text, as they do when the push quota is used up.
	Starved = "over_quota_message"
)

// armed is a fault waiting for its next n victims.
type armed struct {
	n     int
	delay time.Duration
}

const maxFaults = 100000

// Fault arms a fault. Count below 1 is 1. TokenExpired, DropStream and Disconnect happen at once, the others to the next
// Count calls, messages or acknowledgements. A Slow fault without Delay waits 3 s.
func (s *Server) Fault(f sim.Fault) error {
	n := min(max(f.Count, 1), maxFaults)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch f.Kind {
	case sim.TokenExpired:
		clear(s.tokens)
	case sim.DropStream:
		for _, c := range s.conns {
			s.spawnLocked(c.cut)
		}
		s.conns = nil
	case Disconnect:
		for _, c := range s.conns {
			s.retireLocked(c)
		}
	case sim.Slow:
		d := f.Delay
		if d <= 0 {
			d = 3 * time.Second
		}
		s.faults[f.Kind] = &armed{n: n, delay: min(d, maxSlow)}
	case sim.Redeliver, sim.HTTP5xx, sim.RateLimited, sim.Quota, sim.LostAck, sim.LostAnswer, sim.LostEvent, GatewayTimeout, Blocked, FlowControl, Starved:
		s.faults[f.Kind] = &armed{n: n}
	default:
		return fmt.Errorf("钉钉模拟器没有这种故障：%q", f.Kind)
	}
	return nil
}

// takeLocked uses up one count of a fault.
func (s *Server) takeLocked(kind string) bool {
	a := s.faults[kind]
	if a == nil || a.n == 0 {
		return false
	}
	a.n--
	return true
}

// slow makes the call wait while a Slow fault is armed.
func (s *Server) slow(ctx context.Context) error {
	s.mu.Lock()
	var d time.Duration
	if s.takeLocked(sim.Slow) {
		d = s.faults[sim.Slow].delay
	}
	s.mu.Unlock()
	if d == 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return errTimeout()
	case <-s.done:
		return errBusy()
	}
}

// brokenLocked applies the faults that hit before the token is looked at.
func (s *Server) brokenLocked(rt *route) error {
	switch {
	case s.takeLocked(sim.HTTP5xx):
		return errBusy()
	case s.takeLocked(GatewayTimeout):
		return errTimeout()
	case s.takeLocked(Blocked):
		return errBlocked()
	}
	if rt.dialect == webhook && s.takeLocked(sim.RateLimited) {
		return errWebhookRate()
	}
	return nil
}

// window counts calls in the current second or minute.
type window struct {
	start time.Time
	n     int
}

// over counts one more and reports whether it is beyond the limit.
func (w *window) over(now time.Time, span time.Duration, limit int) bool {
	if d := now.Sub(w.start); d >= span || d < 0 {
		w.start, w.n = now, 0
	}
	w.n++
	return w.n > limit
}

// beijing is China Standard Time, by whose months the platform counts.
var beijing = time.FixedZone("CST", 8*60*60)

// limitsLocked counts the call against rate and quota.
func (s *Server) limitsLocked(rt *route) error {
	if !rt.auth {
		return nil
	}
	if s.takeLocked(sim.RateLimited) {
		return errRate()
	}
	if s.opt.QPS > 0 {
		w := s.rates[rt.pattern]
		if w == nil {
			w = &window{}
			s.rates[rt.pattern] = w
		}
		if w.over(s.opt.Wall(), time.Second, s.opt.QPS) {
			return errRate()
		}
	}
	if !rt.counted {
		return nil
	}
	if month := s.opt.Clock.Now().In(beijing).Format("2006-01"); month != s.month {
		s.month, s.monthCalls = month, 0
	}
	if s.takeLocked(sim.Quota) || s.opt.MonthlyQuota > 0 && s.monthCalls >= s.opt.MonthlyQuota {
		return errQuota()
	}
	s.monthCalls++
	return nil
}

// credentials compares an id and secret with the app's.
func (s *Server) credentials(id, secret string) bool {
	return subtle.ConstantTimeCompare([]byte(id), []byte(s.opt.ClientID))&
		subtle.ConstantTimeCompare([]byte(secret), []byte(s.opt.ClientSecret)) == 1
}

// SetQuota changes how many counted calls a month may have, as buying another edition does; 0 is no limit.
func (s *Server) SetQuota(monthly int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opt.MonthlyQuota = monthly
}
