package wecom

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"salesflow/bot"
)

// Error codes that are acted upon by name (documents 90313, 94945).
const (
	codeBadToken     = 40014
	codeNoToken      = 41001
	codeTokenExpired = 42001
	codeBadMedia     = 40007
	codeTaskTaken    = 42014
	codeTaskUnknown  = 42016
	codeNoCallback   = 43012
	codeResponseUsed = 60140
	codeUntrustedIP  = 60020
	codeStaleFrame   = 846605
)

// apiError is an answer with an errcode.
type apiError struct {
	api  string
	code int
	// msg is errmsg; it carries the hint by which the platform's support finds the call for half an hour.
	msg string
}

func (e *apiError) Error() string { return fmt.Sprintf("%s: errcode %d: %s", e.api, e.code, e.msg) }

// errcode is the platform's code behind err, 0 for none.
func errcode(err error) int {
	if e := new(apiError); errors.As(err, &e) {
		return e.code
	}
	return 0
}

// statusError is an HTTP status that is not 200.
type statusError struct {
	api    string
	status int
}

func (e *statusError) Error() string { return fmt.Sprintf("%s: http status %d", e.api, e.status) }

// verdict is what an error code means for a message.
type verdict struct {
	reason bot.Reason
	retry  bool
	after  time.Duration
}

// verdicts by errcode. What is not here is Rejected: the same call would fail the same way.
var verdicts = map[int]verdict{
	-1: {bot.Down, true, 2 * time.Second},

	40001: {bot.BadToken, false, 0}, // secret
	40013: {bot.BadToken, false, 0}, // corpid
	40091: {bot.BadToken, false, 0},
	41004: {bot.BadToken, false, 0},

	codeBadToken:     {bot.BadToken, true, 10 * time.Second},
	codeNoToken:      {bot.BadToken, true, 10 * time.Second},
	codeTokenExpired: {bot.BadToken, true, 10 * time.Second},

	40003: {bot.NoRecipient, false, 0},
	60111: {bot.NoRecipient, false, 0},
	81012: {bot.NoRecipient, false, 0},
	81013: {bot.NoRecipient, false, 0},
	82001: {bot.NoRecipient, false, 0},
	86001: {bot.NoRecipient, false, 0}, // chatid
	86003: {bot.NoRecipient, false, 0},
	86006: {bot.NoRecipient, false, 0},
	86008: {bot.NoRecipient, false, 0},
	93000: {bot.NoRecipient, false, 0}, // webhook key
	93004: {bot.NoRecipient, false, 0},
	93008: {bot.NoRecipient, false, 0},

	codeBadMedia: {bot.Down, true, time.Second}, // uploaded anew by the next attempt

	45009: {bot.Throttled, true, time.Minute},
	45033: {bot.Throttled, true, 2 * time.Second},

	40056:           {bot.Permission, false, 0}, // agentid
	301002:          {bot.Permission, false, 0}, // another app's token
	48002:           {bot.Permission, false, 0},
	50002:           {bot.Permission, false, 0},
	60011:           {bot.Permission, false, 0},
	codeUntrustedIP: {bot.Permission, false, 0},
	codeNoCallback:  {bot.Permission, false, 0},

	codeTaskUnknown:  {bot.NoUpdate, false, 0},
	codeResponseUsed: {bot.NoUpdate, false, 0},
	codeStaleFrame:   {bot.NoUpdate, false, 0},
}

// verdictOf reads an error code.
func verdictOf(code int) verdict {
	if v, ok := verdicts[code]; ok {
		return v
	}
	return verdict{reason: bot.Rejected}
}

// failed turns what a call returned into a SendError. reached is whether the request may have arrived.
func failed(err error, reached bool) *bot.SendError {
	if e := new(bot.SendError); errors.As(err, &e) {
		return e
	}
	if e := new(apiError); errors.As(err, &e) {
		v := verdictOf(e.code)
		return &bot.SendError{Reason: v.reason, Retry: v.retry, After: v.after, Err: e}
	}
	out := &bot.SendError{Reason: bot.Down, Retry: true, After: time.Second, Err: plainError(err)}
	if e := new(statusError); errors.As(err, &e) {
		out.Err = e
		if e.status >= 400 && e.status < 500 && e.status != 408 && e.status != 429 {
			out.Reason, out.Retry, out.After = bot.Rejected, false, 0
		}
		return out
	}
	if reached {
		out.Reason = bot.Unsure
	}
	return out
}

// plainError drops the address from an error of the HTTP client: it holds the token.
func plainError(err error) error {
	if e := new(url.Error); errors.As(err, &e) {
		return fmt.Errorf("%s: %w", e.Op, plainError(e.Err))
	}
	return err
}

// cardRefused reports whether the platform refused the card itself (fields, or no callback address to answer it), so
// that the same thing can still be said as text.
func cardRefused(err error) bool {
	code := errcode(err)
	return code >= 42027 && code <= 42051 || code == codeNoCallback
}
