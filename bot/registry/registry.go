package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"salesflow/bot/remote"
	"salesflow/store/sales"
)

// Bounds of a question and its answer.
const (
	askWithin = 8 * time.Second
	maxText   = 120
)

// Client asks one registry.
type Client struct {
	URL, Secret string
	Now         func() time.Time
	// Transport is http.DefaultTransport when it is nil.
	Transport http.RoundTripper
}

// Error is a failed question. Retry says whether asking again later can help.
type Error struct {
	Retry bool
	Err   error
}

func (e *Error) Error() string { return "business registry: " + e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

// CanRetry reports whether asking again can help; an error of another type can.
func CanRetry(err error) bool {
	var e *Error
	return !errors.As(err, &e) || e.Retry
}

// Lookup asks about a company by name and, where it is known, by credit code. The answer is checked and cut to size; what in it
// cannot be is left out. The error never holds the secret, the address or the answer.
func (c Client) Lookup(ctx context.Context, name, uscc string) (sales.Company, error) {
	body, err := json.Marshal(map[string]string{"name": name, "uscc": uscc})
	if err != nil {
		return sales.Company{}, fmt.Errorf("encode question: %w", err)
	}
	a, err := remote.Question{URL: c.URL, Body: body, Secret: c.Secret, Now: c.Now(), Within: askWithin, Transport: c.Transport}.Ask(ctx)
	switch {
	case a.Busy():
		return sales.Company{}, &Error{Retry: true, Err: fmt.Errorf("status %d", a.Status)}
	case err != nil:
		return sales.Company{}, &Error{Retry: !errors.Is(err, remote.ErrAddress), Err: err}
	case a.Status != http.StatusOK:
		return sales.Company{}, &Error{Err: fmt.Errorf("status %d", a.Status)}
	}
	var raw sales.Company
	if err := json.Unmarshal(a.Body, &raw); err != nil {
		return sales.Company{}, &Error{Err: errors.New("the answer is no JSON of ours")}
	}
	return checked(raw)
}

// checked is an answer with only what can be true of a company.
func checked(raw sales.Company) (sales.Company, error) {
	if !raw.Found {
		return sales.Company{}, nil
	}
	c := sales.Company{Found: true, Name: clean(raw.Name, 60), Status: clean(raw.Status, 20), Address: clean(raw.Address, maxText), Since: clean(raw.Since, 20)}
	if sales.ParseName(c.Name).Core == "" {
		return sales.Company{}, &Error{Err: errors.New("the answer names no company")}
	}
	if code, err := sales.ParseUSCC(raw.USCC); err == nil {
		c.USCC = string(code)
	}
	return c, nil
}

// clean is a text in one line without what cannot be seen or would be taken for markup.
func clean(s string, most int) string {
	s = strings.ToValidUTF8(s, "")
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), strings.ContainsRune("<>[]*`|\\", r):
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most])
	}
	return s
}
