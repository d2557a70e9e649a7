package cards

import (
	"errors"
	"strconv"
	"strings"
)

// MaxAction is the longest encoded action in bytes. WeCom takes 1024 and DingTalk 1 KB for a parameter; ours are far shorter.
const MaxAction = 256

// ErrAction is the error of DecodeAction for text that no card of ours carries.
var ErrAction = errors.New("not a card action")

// Action is what a button asks for: a verb, the record, and the version of the record the card showed.
// Nothing in it is trusted: who tapped comes from the platform, what may be done from the store.
type Action struct {
	// Verb is "object.verb" in lower-case English, such as "visit.undo"; the router registers handlers by it.
	Verb    string `json:"verb,omitempty"`
	Record  int64  `json:"record,omitempty"`
	Version int64  `json:"version,omitempty"`
	// Arg is a small further value, such as the id of the customer picked from a list. It must not hold '|'.
	Arg string `json:"arg,omitempty"`
}

// IsZero reports whether the action is empty, as in a button that opens a URL.
func (a Action) IsZero() bool { return a == Action{} }

// Encode writes the action as "verb|record|version|arg", numbers in base 36.
func (a Action) Encode() string {
	return a.Verb + "|" + strconv.FormatInt(a.Record, 36) + "|" + strconv.FormatInt(a.Version, 36) + "|" + a.Arg
}

// DecodeAction reads what Encode wrote. The error is ErrAction for anything else.
func DecodeAction(s string) (Action, error) {
	if len(s) > MaxAction {
		return Action{}, ErrAction
	}
	part := strings.Split(s, "|")
	if len(part) != 4 || !validVerb(part[0]) {
		return Action{}, ErrAction
	}
	record, err := strconv.ParseInt(part[1], 36, 64)
	if err != nil || record < 0 {
		return Action{}, ErrAction
	}
	version, err := strconv.ParseInt(part[2], 36, 64)
	if err != nil || version < 0 {
		return Action{}, ErrAction
	}
	return Action{Verb: part[0], Record: record, Version: version, Arg: part[3]}, nil
}

func validVerb(s string) bool {
	dots := 0
	for _, r := range s {
		switch {
		case r == '.':
			dots++
		case r == '_' || r >= 'a' && r <= 'z':
		default:
			return false
		}
	}
	return dots == 1 && len(s) <= 40 && s[0] != '.' && s[len(s)-1] != '.'
}
