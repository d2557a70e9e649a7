package bot

import (
	"sync"
	"time"
)

// Refusal keeps an error that trying again would only repeat, such as that of a wrong secret, until a moment. Its zero value is none.
type Refusal struct {
	mu    sync.Mutex
	err   error
	until time.Time
}

// Standing is the error that still holds at a moment; nil when none does.
func (r *Refusal) Standing(now time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil && now.Before(r.until) {
		return r.err
	}
	return nil
}

// Keep keeps an error until a moment, in place of the one before; nil ends that.
func (r *Refusal) Keep(err error, until time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err, r.until = err, until
}
