package sales

import "errors"

// Kind says who must act on an error.
type Kind string

// The kinds of error. Anything that is not an *Error is Internal.
const (
	Invalid     Kind = "invalid"     // the person wrote something that cannot be used; Msg says how to write it
	NotFound    Kind = "not_found"   // there is no such record, or the person may not know of it
	Conflict    Kind = "conflict"    // someone was faster, or the record has changed since
	Forbidden   Kind = "forbidden"   // a rule forbids it; Msg says the rule and who can
	Unavailable Kind = "unavailable" // a store or platform is away; trying again helps
	Internal    Kind = "internal"    // a bug or a broken invariant
)

// Error is a failure with three audiences: Kind for the program, Msg (Chinese, says what to do next) for the person in
// the chat, Err for the operator's log.
type Error struct {
	Kind Kind
	Msg  string
	Err  error
}

// Error is the operator's text.
func (e *Error) Error() string {
	if e.Err != nil {
		return string(e.Kind) + ": " + e.Err.Error()
	}
	return string(e.Kind) + ": " + e.Msg
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an error of a kind for the person in the chat.
func Errorf(kind Kind, msg string) *Error { return &Error{Kind: kind, Msg: msg} }

// KindOf is the kind of err, Internal when it has none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Message is what the person in the chat is told of err; empty for errors that are not theirs to read.
func Message(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Msg
	}
	return ""
}
