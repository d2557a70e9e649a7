package webhook

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"salesflow/bot"
	"salesflow/bot/remote"
	"salesflow/store/sales"
)

// Headers of a request. The signature is "v1=" and the HMAC-SHA256 in hex, under the target's secret, of the time, a full
// stop, the id, a full stop and the body.
const (
	HeaderID        = "X-Salesflow-Id"
	HeaderTimestamp = "X-Salesflow-Timestamp"
	HeaderSignature = "X-Salesflow-Signature"
	HeaderEvent     = "X-Salesflow-Event"
)

const (
	maxBody = 256 << 10
	// restAfter is after how many failures in a row a target is left alone for restFor: what waits for it must not be
	// tried one by one against a system that is down.
	restAfter = 5
	restFor   = time.Minute
)

// Target is another system.
type Target struct {
	URL, Secret string
	// Events are the kinds it wants: "contract.approved", "contract.*", or "*" for all.
	Events []string
}

// Wants reports whether a target wants a kind of event.
func (t Target) Wants(kind string) bool {
	return slices.ContainsFunc(t.Events, func(p string) bool {
		prefix, open := strings.CutSuffix(p, "*")
		return p == kind || open && strings.HasPrefix(kind, prefix)
	})
}

// Body is what a target is sent.
type Body struct {
	ID      string          `json:"id"`
	Event   string          `json:"event"`
	At      string          `json:"at"` // RFC 3339, when it happened
	Subject *Subject        `json:"subject,omitempty"`
	Person  string          `json:"person,omitempty"`
	Data    json.RawMessage `json:"data,omitempty"`
}

// Subject is the record of an event. Ids are texts, since they are larger than what some languages count exactly.
type Subject struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

// Sender sends events. It implements bot.Sender: the receiver of a delivery is a target's name.
type Sender struct {
	targets map[string]Target
	now     func() time.Time
	client  *http.Client
	timeout time.Duration

	mu    sync.Mutex
	fails map[string]int
	rest  map[string]time.Time
}

// Options configure a Sender. Transport and Timeout (8 s when zero) may be left out.
type Options struct {
	Targets   map[string]Target
	Now       func() time.Time
	Transport http.RoundTripper
	Timeout   time.Duration
}

// New makes a Sender. It follows no redirect, so that a target cannot point it at an address nobody configured.
func New(o Options) *Sender {
	return &Sender{
		targets: o.Targets, now: o.Now, timeout: cmp.Or(o.Timeout, 8*time.Second), fails: map[string]int{}, rest: map[string]time.Time{},
		client: remote.Client(o.Transport),
	}
}

// For lists the targets that want a kind of event, in order.
func (s *Sender) For(kind string) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(s.targets)) {
		if s.targets[name].Wants(kind) {
			out = append(out, name)
		}
	}
	return out
}

// Sign is the signature of a request.
func Sign(secret, stamp, id string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write([]byte(stamp + "." + id + "."))
	_, _ = mac.Write(body)
	return "v1=" + hex.EncodeToString(mac.Sum(nil))
}

// Send implements bot.Sender. Statuses 2xx are taken as received; 408, 425, 429 and 5xx are tried again, as is no answer;
// anything else is the target's no. The error never holds the secret, the address or what was sent.
func (s *Sender) Send(ctx context.Context, d bot.Delivery) (bot.Receipt, error) {
	if len(d.Users) != 1 || d.Out.Hook == nil {
		return bot.Receipt{}, bot.Refused(bot.Unsupported, "no event for one target")
	}
	name := string(d.Users[0])
	t, ok := s.targets[name]
	if !ok {
		return bot.Receipt{}, bot.Refused(bot.NoRecipient, "no target of this name is configured")
	}
	if wait := s.resting(name); wait > 0 {
		return bot.Receipt{}, &bot.SendError{Reason: bot.Down, Retry: true, After: wait, Err: errors.New("the target is left alone after failures in a row")}
	}
	body, err := json.Marshal(bodyOf(d))
	if err != nil || len(body) > maxBody {
		return bot.Receipt{}, bot.Refused(bot.Rejected, "event of %d bytes", len(body))
	}
	err = s.post(ctx, t, d.Out.Hook, body)
	s.note(name, err)
	return bot.Receipt{Message: hookID(d)}, err
}

// hookID is the id of an event at its targets.
func hookID(d bot.Delivery) string { return cmp.Or(d.Out.Hook.ID, d.ID.String()) }

func bodyOf(d bot.Delivery) Body {
	h := d.Out.Hook
	b := Body{ID: hookID(d), Event: h.Event, At: h.At.UTC().Format(time.RFC3339Nano), Data: h.Data}
	if h.SubjectKind != "" {
		b.Subject = &Subject{h.SubjectKind, h.SubjectID.String()}
	}
	if h.PersonID != 0 {
		b.Person = sales.ID(h.PersonID).String()
	}
	return b
}

func (s *Sender) post(ctx context.Context, t Target, h *bot.Hook, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.URL, bytes.NewReader(body))
	if err != nil {
		return bot.Refused(bot.Permission, "the target's address cannot be used")
	}
	var id struct {
		ID string `json:"id"`
	}
	_ = json.Unmarshal(body, &id) // it is our own
	stamp := strconv.FormatInt(s.now().Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "salesflow")
	req.Header.Set(HeaderID, id.ID)
	req.Header.Set(HeaderEvent, h.Event)
	req.Header.Set(HeaderTimestamp, stamp)
	req.Header.Set(HeaderSignature, Sign(t.Secret, stamp, id.ID, body))
	res, err := s.client.Do(req)
	if err != nil {
		return &bot.SendError{Reason: bot.Unsure, Retry: true, Err: errors.New("the target did not answer in time")}
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 16<<10)) // so that the connection can be used again
	switch code := res.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code == http.StatusTooManyRequests || code == http.StatusServiceUnavailable:
		return &bot.SendError{Reason: bot.Throttled, Retry: true, After: remote.RetryAfter(res.Header), Err: fmt.Errorf("status %d", code)}
	case code >= 500 || code == http.StatusRequestTimeout || code == http.StatusTooEarly:
		return &bot.SendError{Reason: bot.Down, Retry: true, Err: fmt.Errorf("status %d", code)}
	case code == http.StatusUnauthorized || code == http.StatusForbidden || code == http.StatusNotFound:
		// A secret or path being changed: what happened meanwhile must not be lost.
		return &bot.SendError{Reason: bot.BadToken, Retry: true, After: 10 * time.Minute, Err: fmt.Errorf("status %d", code)}
	}
	return bot.Refused(bot.Rejected, "status %d", res.StatusCode)
}

// resting is how long a target is still left alone.
func (s *Sender) resting(name string) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	wait := s.rest[name].Sub(s.now())
	if wait > restFor { // the clock was set back
		return 0
	}
	return wait
}

func (s *Sender) note(name string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil || !bot.SendFailure(err).Retry {
		s.fails[name] = 0
		return
	}
	if s.fails[name]++; s.fails[name] >= restAfter {
		s.rest[name] = s.now().Add(restFor)
	}
}
