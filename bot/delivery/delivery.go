package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"salesflow/bot/remote"
	"salesflow/store/sales"
)

const (
	// askWithin bounds one question, maxAlternatives the days that are kept of its answer, maxNote the runes.
	askWithin       = 5 * time.Second
	maxAlternatives = 4
	maxNote         = 100
)

// Client asks a calendar. Its zero Secret signs nothing.
type Client struct {
	URL, Secret string
	Now         func() time.Time
	Transport   http.RoundTripper
}

// Question is a promise: so much of these products on that day.
type Question struct {
	Contract string    `json:"contract"`
	Products []string  `json:"products"`
	Quantity string    `json:"quantity,omitempty"`
	Unit     string    `json:"unit,omitempty"`
	Day      sales.Day `json:"day"`
}

// Answer is whether the day can be kept, and which others could.
type Answer struct {
	OK           bool
	Alternatives []sales.Day
	Note         string
}

// ErrAnswer says that the calendar answered something that cannot be used; asking again does not help.
var ErrAnswer = errors.New("delivery calendar: unusable answer")

// Check asks. The body is JSON, signed with HMAC-SHA256 over timestamp, "." and body in X-Salesflow-Signature.
func (c Client) Check(ctx context.Context, q Question) (Answer, error) {
	body, err := json.Marshal(q)
	if err != nil {
		return Answer{}, fmt.Errorf("encode delivery question: %w", err)
	}
	a, err := remote.Question{URL: c.URL, Body: body, Secret: c.Secret, Now: c.Now(), Within: askWithin, Transport: c.Transport}.Ask(ctx)
	switch {
	case a.Busy():
		return Answer{}, fmt.Errorf("ask delivery calendar: status %d", a.Status)
	case err != nil:
		return Answer{}, fmt.Errorf("ask delivery calendar: %w", err)
	case a.Status != http.StatusOK:
		return Answer{}, fmt.Errorf("%w: status %d", ErrAnswer, a.Status)
	}
	return read(a.Body, q.Day)
}

// read takes an answer, and of it only what can be true: days that exist, not the day asked for, not in the past of it by more than
// a year.
func read(data []byte, asked sales.Day) (Answer, error) {
	var wire struct {
		OK           *bool    `json:"ok"`
		Alternatives []string `json:"alternatives"`
		Note         string   `json:"note"`
	}
	if err := json.Unmarshal(data, &wire); err != nil || wire.OK == nil {
		return Answer{}, ErrAnswer
	}
	a := Answer{OK: *wire.OK}
	if r := []rune(wire.Note); len(r) > 0 {
		a.Note = string(r[:min(len(r), maxNote)])
	}
	for _, s := range wire.Alternatives {
		d, err := sales.ParseDay(s)
		if err != nil || d == asked || d.Sub(asked) > 366 || asked.Sub(d) > 366 || len(a.Alternatives) == maxAlternatives {
			continue
		}
		a.Alternatives = append(a.Alternatives, d)
	}
	return a, nil
}
