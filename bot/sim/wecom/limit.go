package wecom

import (
	"strings"
	"time"
)

// Limits of messages to one member from one app, and of a robot in one chat: 30 a minute, 1000 an hour. They count in
// the windows of the clock.
const (
	maxPerMinute = 30
	maxPerHour   = 1000
	// maxWebhookPerMinute is the limit of one webhook robot.
	maxWebhookPerMinute = 20
)

// limiter counts messages per receiver.
type limiter struct {
	windows map[string]*window
	// sent remembers bodies for the duplicate check.
	sent *fifo[time.Time]
}

type window struct {
	minute, hour     int64
	inMinute, inHour int
}

func newLimiter() limiter {
	return limiter{windows: map[string]*window{}, sent: newFIFO[time.Time](10_000)}
}

// take counts one message for key and tells whether it is within the limits. What is over does not count.
func (l *limiter) take(now time.Time, key string, perMinute, perHour int) bool {
	w := l.windows[key]
	if w == nil {
		w = &window{}
		l.windows[key] = w
	}
	if m := now.Unix() / 60; m != w.minute {
		w.minute, w.inMinute = m, 0
	}
	if h := now.Unix() / 3600; h != w.hour {
		w.hour, w.inHour = h, 0
	}
	if w.inMinute >= perMinute || w.inHour >= perHour {
		return false
	}
	w.inMinute++
	w.inHour++
	return true
}

// admit splits the people into those a message reaches and those it is dropped for.
func (l *limiter) admit(now time.Time, people []string, unlimited bool) (reached, dropped []string) {
	if unlimited {
		return people, nil
	}
	for _, id := range people {
		if l.take(now, "member|"+strings.ToLower(id), maxPerMinute, maxPerHour) {
			reached = append(reached, id)
		} else {
			dropped = append(dropped, id)
		}
	}
	return reached, dropped
}
