package dingtalk

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"salesflow/bot"
)

// apiError is the platform's refusal of a call. Its text has no message of the platform in it, since that may quote what
// was sent.
type apiError struct {
	api    string
	status int
	// code is the new API's code, or the old one's errcode ("88", or the sub_code below it: "40014").
	code    string
	request string
	scopes  []string
	// message is for recognising what has no code of its own; it is not printed.
	message string
}

func (e *apiError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.api, orCode(e.code, e.status))
	if e.request != "" {
		b.WriteString(" request " + e.request)
	}
	if len(e.scopes) > 0 {
		b.WriteString(" needs " + strings.Join(e.scopes, ","))
	}
	return b.String()
}

func orCode(code string, status int) string {
	if code != "" {
		return code
	}
	return "HTTP " + strconv.Itoa(status)
}

// Codes the adapter tells apart. Those of the old API are numbers.
const (
	codeBadToken      = "InvalidAuthentication"
	codeBadSecret     = "invalidClientIdOrSecret"
	codeAuthFailed    = "authFailed"
	codeDenied        = "Forbidden.AccessDenied.AccessTokenPermissionDenied"
	codeNotWhite      = "Forbidden.AccessDenied.IpNotInWhiteList"
	codeQPSApp        = "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi"
	codeQPSAll        = "Forbidden.AccessDenied.QpsLimitForApi"
	codeQuota         = "Forbidden.AccessDenied.ApiCountLimitForOrg"
	codeBusy          = "system.busy"
	codeBlocked       = "x5"
	codeNotJSON       = "not JSON"
	codeCardGone      = "param.cardNotExist"
	codeCardExists    = "param.cardAlreadyExist"
	codeUserUnknown   = "param.userIdNotExist"
	codeBadGroup      = "invalid.openConversationId"
	codeNoResource    = "resource.unavailable"
	codeTaskNotMade   = "todo.taskCreate.paramError"
	codeTaskNotSaved  = "todo.taskUpdate.paramError"
	codeWebhookFast   = "130101"
	codeTooLong       = "460101"
	codeUnknownMember = "60121"
)

// answer is every answer the platform may give to a call that fails, in both dialects.
type answer struct {
	Code      string `json:"code"`
	Message   string `json:"message"`
	RequestID string `json:"requestid"`
	Denied    struct {
		Scopes []string `json:"requiredScopes"`
	} `json:"accessdenieddetail"`

	ErrCode      json.Number `json:"errcode"`
	ErrMsg       string      `json:"errmsg"`
	SubCode      string      `json:"sub_code"`
	OldRequestID string      `json:"request_id"`

	Source string `json:"source"`
	Punish string `json:"punish"`
}

// refusal reads an answer as a refusal; nil when it is none. The old API and the webhooks refuse at HTTP 200; an address
// that called too often gets HTML, or JSON of another kind, at HTTP 200 for five minutes.
func refusal(api string, status int, body []byte) *apiError {
	e := &apiError{api: api, status: status}
	var a answer
	if err := json.Unmarshal(body, &a); err != nil {
		var wrongType *json.UnmarshalTypeError
		if !errors.As(err, &wrongType) {
			e.code = codeNotJSON
			if strings.HasPrefix(strings.TrimSpace(string(body[:min(len(body), 64)])), "<") && status < 500 {
				e.code = codeBlocked
			}
			return e
		}
		// A field of ours has another type in a good answer ("code": 0): only the status tells.
	}
	e.request, e.message = id(a.RequestID), a.Message
	for _, scope := range a.Denied.Scopes[:min(len(a.Denied.Scopes), 8)] {
		e.scopes = append(e.scopes, id(scope))
	}
	switch {
	case a.Source == codeBlocked || a.Punish != "":
		e.code = codeBlocked
	case status >= http.StatusBadRequest:
		e.code = id(a.Code)
	case a.ErrCode != "" && a.ErrCode != "0":
		e.code, e.message, e.request = id(string(a.ErrCode)), a.ErrMsg, id(a.OldRequestID)
		if a.SubCode != "" {
			e.code = id(a.SubCode)
		}
	default:
		return nil
	}
	return e
}

// id keeps a code or request id short and printable: it goes into logs.
func id(s string) string {
	s = strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return -1
		}
		return r
	}, s)
	return s[:min(len(s), 100)]
}

// badToken reports whether a new token may help.
func (e *apiError) badToken() bool {
	return e.code == codeBadToken || e.code == "40014" || e.code == "42001" || e.status == http.StatusUnauthorized && e.code != codeAuthFailed
}

// verdict says what a refusal means for a send. repeatable is true for a call that may be made twice without harm.
func (e *apiError) verdict(repeatable bool, now time.Time) *bot.SendError {
	out := &bot.SendError{Reason: bot.Rejected, Err: e}
	again := func(reason bot.Reason, after time.Duration) { out.Reason, out.Retry, out.After = reason, true, after }
	switch {
	case e.badToken():
		again(bot.BadToken, time.Minute)
	case e.code == codeBadSecret || e.code == codeAuthFailed || e.code == "40096":
		again(bot.BadToken, secretPause)
	case e.code == codeDenied || e.code == codeNotWhite || e.code == "60011" || e.code == "60020":
		out.Reason = bot.Permission
	case e.code == codeQPSApp || e.code == codeQPSAll || e.code == "90018" || e.code == "90002":
		again(bot.Throttled, 2*time.Second)
	case e.code == codeQuota || e.code == "90020":
		again(bot.Quota, untilNextMonth(now))
	case e.code == codeBlocked:
		again(bot.Throttled, 5*time.Minute)
	case e.throttledSend():
		again(bot.Throttled, time.Minute)
	case e.code == codeWebhookFast || e.code == "410100" || e.code == "660026":
		again(bot.Throttled, 10*time.Minute)
	case e.status == http.StatusGatewayTimeout || e.code == "15" || e.code == "88":
		again(bot.Down, 0)
		if !repeatable {
			out.Reason = bot.Unsure
		}
	case e.status >= http.StatusInternalServerError || e.code == codeBusy || e.code == "-1" || e.code == codeNotJSON:
		again(bot.Down, 0)
	case e.status == http.StatusTooManyRequests:
		again(bot.Throttled, 2*time.Second)
	case e.code == codeCardGone:
		out.Reason = bot.NoUpdate
	case e.code == codeBadGroup || e.code == codeNoResource || e.code == codeUserUnknown || e.code == codeUnknownMember:
		out.Reason = bot.NoRecipient
	}
	return out
}

// throttledSend are the codes with which a send is refused for being one too many (seen in the field, undocumented).
func (e *apiError) throttledSend() bool {
	switch e.code {
	case "send.too.fast", "too.many.group", "too.many.people", "send.byToken.tooFast":
		return true
	}
	return strings.HasSuffix(e.code, "flowControlError") || strings.HasSuffix(e.code, "lockError")
}

// refusedWith gives the platform's refusal inside an error, nil when it is something else.
func refusedWith(err error) *apiError {
	var e *apiError
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// codeOf is the platform's code inside an error, "" for other errors.
func codeOf(err error) string {
	if e := refusedWith(err); e != nil {
		return e.code
	}
	return ""
}
