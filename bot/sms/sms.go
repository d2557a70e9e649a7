package sms

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"salesflow/bot"
	"salesflow/bot/remote"
	"salesflow/store/sales"
)

// MaxText is the longest message, in characters: about five parts of a long one.
const MaxText = 300

// Request is what is asked of the gateway.
type Request struct {
	// ID is the same at every attempt.
	ID string `json:"id"`
	// Phone is 11 digits of the mainland, or a number with + and country code.
	Phone string `json:"phone"`
	Text  string `json:"text"`
	At    string `json:"at"` // RFC 3339
}

// Answer is what the gateway says at status 200. Status is accepted, duplicate (it has this id already) or rejected.
type Answer struct {
	Status  string `json:"status"`
	Message string `json:"message_id"`
	Reason  string `json:"reason"` // of a rejection: phone, text, quota; anything else counts as text
}

// Client asks one gateway. It implements bot.Sender.
type Client struct {
	URL, Secret string
	Now         func() time.Time
	// Transport is http.DefaultTransport when it is nil.
	Transport http.RoundTripper
	// Timeout bounds one question, 8 s when zero.
	Timeout time.Duration
}

// Send implements bot.Sender. The error never holds the secret, the phone or the text.
func (c Client) Send(ctx context.Context, d bot.Delivery) (bot.Receipt, error) {
	if len(d.Users) != 1 {
		return bot.Receipt{}, bot.Refused(bot.Unsupported, "%d receivers", len(d.Users))
	}
	phone, err := sales.ParsePhone(string(d.Users[0]))
	if err != nil {
		return bot.Receipt{}, bot.Refused(bot.NoRecipient, "not a phone number")
	}
	text := Text(d.Out)
	if text == "" {
		return bot.Receipt{}, bot.Refused(bot.Rejected, "empty message")
	}
	body, err := json.Marshal(Request{ID: "sf-" + d.ID.String(), Phone: string(phone), Text: text, At: c.Now().UTC().Format(time.RFC3339)})
	if err != nil {
		return bot.Receipt{}, bot.Refused(bot.Rejected, "encode: %v", err)
	}
	return c.ask(ctx, "sf-"+d.ID.String(), body)
}

func (c Client) ask(ctx context.Context, id string, body []byte) (bot.Receipt, error) {
	said, err := remote.Question{
		URL: c.URL, Body: body, Secret: c.Secret, Key: id, Now: c.Now(), Within: cmp.Or(c.Timeout, 8*time.Second), Transport: c.Transport,
	}.Ask(ctx)
	switch {
	case errors.Is(err, remote.ErrAddress):
		return bot.Receipt{}, bot.Refused(bot.Permission, "the gateway's address cannot be used")
	case err != nil: // it may have arrived; the gateway knows the id
		return bot.Receipt{}, &bot.SendError{Reason: bot.Unsure, Retry: true, Err: fmt.Errorf("gateway: %w", err)}
	}
	if err := statusError(said); err != nil {
		return bot.Receipt{}, err
	}
	var a Answer
	if err := json.Unmarshal(said.Body, &a); err != nil {
		return bot.Receipt{}, bot.Refused(bot.Rejected, "the gateway's answer is no JSON of ours")
	}
	switch a.Status {
	case "accepted", "duplicate":
		return bot.Receipt{Message: cut(a.Message, 190)}, nil
	case "rejected":
		return bot.Receipt{}, rejection(a.Reason)
	}
	return bot.Receipt{}, bot.Refused(bot.Rejected, "the gateway's answer has no known status")
}

func statusError(a remote.Answer) error {
	switch code := a.Status; {
	case code == http.StatusOK:
		return nil
	case code == http.StatusTooManyRequests || code == http.StatusServiceUnavailable:
		return &bot.SendError{Reason: bot.Throttled, Retry: true, After: remote.RetryAfter(a.Header), Err: fmt.Errorf("gateway: status %d", code)}
	case code >= 500:
		return &bot.SendError{Reason: bot.Down, Retry: true, Err: fmt.Errorf("gateway: status %d", code)}
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return &bot.SendError{Reason: bot.BadToken, Retry: true, After: 10 * time.Minute, Err: fmt.Errorf("gateway: status %d", code)}
	}
	return bot.Refused(bot.Rejected, "gateway: status %d", a.Status)
}

func rejection(reason string) error {
	switch reason {
	case "phone":
		return bot.Refused(bot.NoRecipient, "the gateway knows no such phone")
	case "quota":
		return &bot.SendError{Reason: bot.Quota, Retry: true, After: time.Hour, Err: errors.New("the gateway's quota is used up")}
	}
	return bot.Refused(bot.Rejected, "the gateway refuses the text")
}

// Text is what a delivery says in a short message: a line of it, and how to answer it in the chat.
func Text(o bot.Outgoing) string {
	line := bot.PushLine(o)
	switch {
	case o.Mail != nil:
		line = o.Mail.Subject
	case o.Card == nil && o.File == nil:
		line = strings.Join(strings.Fields(strings.ReplaceAll(o.Text, "**", "")), " ")
	}
	line = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(line, ""))
	if line = strings.TrimSpace(line); line == "" {
		return ""
	}
	if o.Card != nil {
		line = cut(line, MaxText-30)
		for _, b := range o.Card.Buttons {
			if b.Typed != "" {
				return cut(line+"。到聊天里回:"+b.Typed, MaxText)
			}
		}
	}
	return cut(line, MaxText)
}

func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}
