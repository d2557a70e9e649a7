package remote

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// maxAnswer bounds the bytes of an answer; what is longer is cut off.
const maxAnswer = 64 << 10

// What can go wrong with a question before its answer is there.
var (
	ErrAddress = errors.New("the address cannot be used")
	ErrSilent  = errors.New("no answer in time") // it may have arrived
	ErrBroken  = errors.New("the answer broke off")
)

// Client is an HTTP client that follows no redirect: what it carries goes to the address configured and nowhere else. transport is
// http.DefaultTransport when it is nil.
func Client(transport http.RoundTripper) *http.Client {
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// Nameless is what went wrong with a request without its address, which may hold a key.
func Nameless(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// Question is one request in JSON. It is signed where there is a Secret, and carries Key where there is one.
type Question struct {
	Method, URL string
	Body        []byte
	Secret, Key string
	Now         time.Time
	// Within bounds the question and its answer.
	Within    time.Duration
	Transport http.RoundTripper
}

// Answer is what came back, at whatever status.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Busy reports whether a service is there and cannot answer now: the same question may be answered later.
func (a Answer) Busy() bool { return a.Status >= 500 || a.Status == http.StatusTooManyRequests }

// Ask puts a question. Its error is ErrAddress, ErrSilent, or ErrBroken with the status of the answer.
func (q Question) Ask(ctx context.Context) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, q.Within)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, cmp.Or(q.Method, http.MethodPost), q.URL, bytes.NewReader(q.Body))
	if err != nil {
		return Answer{}, ErrAddress
	}
	req.Header.Set("Content-Type", "application/json")
	if q.Key != "" {
		req.Header.Set(HeaderKey, q.Key)
	}
	if q.Secret != "" {
		at := strconv.FormatInt(q.Now.Unix(), 10)
		req.Header.Set(HeaderTimestamp, at)
		req.Header.Set(HeaderSignature, Sign(q.Secret, at, q.Body))
	}
	res, err := Client(q.Transport).Do(req)
	if err != nil {
		return Answer{}, ErrSilent
	}
	defer res.Body.Close()
	a := Answer{Status: res.StatusCode, Header: res.Header}
	if a.Body, err = io.ReadAll(io.LimitReader(res.Body, maxAnswer)); err != nil {
		return a, ErrBroken
	}
	return a, nil
}

// RetryAfter is how long an answer asks to be left alone: at least a second, at most an hour.
func RetryAfter(h http.Header) time.Duration {
	after, _ := strconv.Atoi(h.Get("Retry-After"))
	return time.Duration(min(max(after, 1), 3600)) * time.Second
}
