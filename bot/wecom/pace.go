package wecom

import (
	"context"
	"strings"
	"sync"
	"time"
)

// Pacer keeps to the platform's limits for one receiver. Messages over the limit for a member are dropped by the platform
// without a word (document 90454), so they must not be sent in the first place.
type Pacer interface {
	// Take counts n messages for each of the receivers, or none of them: then wait says when it is worth asking again.
	Take(ctx context.Context, receivers []string, n int) (wait time.Duration, err error)
}

// Receivers a pacer sees: "u:<user id in lower case>", "g:<chat id>" "w:<webhook name>" and "r:<chat of the robot>".
const (
	paceUser    = "u:"
	paceGroup   = "g:"
	paceWebhook = "w:"
	paceRobot   = "r:"
)

// webhookPerMinute is the limit of one webhook robot (document 99110).
const webhookPerMinute = 20

// slack widens the windows a little: what leaves here evenly may arrive unevenly.
const slack = time.Second

// maxPaced bounds the receivers remembered at a time.
const maxPaced = 100_000

// MemoryPacer is a Pacer of one process, with sliding windows of a minute and an hour.
type MemoryPacer struct {
	now                func() time.Time
	perMinute, perHour int

	mu    sync.Mutex
	sent  map[string][]time.Time
	swept time.Time
}

// NewPacer makes a pacer. A negative perMinute lifts all limits.
func NewPacer(now func() time.Time, perMinute, perHour int) *MemoryPacer {
	return &MemoryPacer{now: now, perMinute: perMinute, perHour: perHour, sent: map[string][]time.Time{}}
}

// Take implements Pacer.
func (p *MemoryPacer) Take(_ context.Context, receivers []string, n int) (time.Duration, error) {
	if p.perMinute < 0 {
		return 0, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	wait := time.Duration(0)
	for _, r := range receivers {
		p.forget(r, now)
		wait = max(wait, p.wait(r, n, now))
	}
	if wait > 0 {
		return wait, nil
	}
	if len(p.sent) > maxPaced && now.Sub(p.swept) >= time.Minute {
		p.sweep(now)
	}
	for _, r := range receivers {
		for range min(n, p.perHour) {
			p.sent[r] = append(p.sent[r], now)
		}
	}
	return 0, nil
}

// wait is how long until n more fit in both windows. More than a window holds fits in an empty one.
func (p *MemoryPacer) wait(receiver string, n int, now time.Time) time.Duration {
	minute := p.perMinute
	if strings.HasPrefix(receiver, paceWebhook) {
		minute = min(minute, webhookPerMinute)
	}
	return max(
		windowWait(p.sent[receiver], n, minute, time.Minute+slack, now),
		windowWait(p.sent[receiver], n, p.perHour, time.Hour+slack, now),
	)
}

// windowWait is how long until so many of the stamps, which are in order, have left the window that n more fit.
func windowWait(stamps []time.Time, n, limit int, window time.Duration, now time.Time) time.Duration {
	over := len(stamps) + min(n, limit) - limit
	if over <= 0 {
		return 0
	}
	return max(0, stamps[over-1].Add(window).Sub(now))
}

func (p *MemoryPacer) forget(receiver string, now time.Time) {
	stamps, old := p.sent[receiver], 0
	for old < len(stamps) && now.Sub(stamps[old]) >= time.Hour+slack {
		old++
	}
	for len(stamps) > old && stamps[len(stamps)-1].Sub(now) > time.Minute {
		stamps = stamps[:len(stamps)-1] // by a clock that has been set back since
	}
	if old == len(stamps) {
		delete(p.sent, receiver)
		return
	}
	p.sent[receiver] = stamps[old:]
}

// sweep forgets receivers that got nothing for an hour.
func (p *MemoryPacer) sweep(now time.Time) {
	p.swept = now
	for r := range p.sent {
		p.forget(r, now)
	}
}
