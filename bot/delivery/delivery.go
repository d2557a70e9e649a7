package delivery

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"salesflow/bot/httpapi"
	"salesflow/store/sales"
)

const (
	// askWithin bounds one question, maxAnswer the bytes of its answer, maxAlternatives the days that are kept of it.
	askWithin       = 5 * time.Second
	maxAnswer       = 64 << 10
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
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL, bytes.NewReader(body))
	if err != nil {
		return Answer{}, fmt.Errorf("ask delivery calendar: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	if c.Secret != "" {
		at := strconv.FormatInt(c.Now().Unix(), 10)
		req.Header.Set(httpapi.HeaderTimestamp, at)
		req.Header.Set(httpapi.HeaderSignature, httpapi.Sign(c.Secret, at, body))
	}
	client := http.Client{Transport: c.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		return Answer{}, errors.New("ask delivery calendar: no answer") // the error would name the address
	}
	defer res.Body.Close()
	data, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	switch {
	case err != nil:
		return Answer{}, fmt.Errorf("read delivery calendar: %w", err)
	case res.StatusCode >= 500 || res.StatusCode == http.StatusTooManyRequests:
		return Answer{}, fmt.Errorf("ask delivery calendar: status %d", res.StatusCode)
	case res.StatusCode != http.StatusOK:
		return Answer{}, fmt.Errorf("%w: status %d", ErrAnswer, res.StatusCode)
	}
	return read(data, q.Day)
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
