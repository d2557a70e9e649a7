package sms

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
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"salesflow/bot"
	"salesflow/store/sales"
)

const (
	// MaxText is the longest message, in characters: about five parts of a long one.
	MaxText   = 300
	maxAnswer = 64 << 10
)

// Headers of the question.
const (
	HeaderTimestamp = "X-Salesflow-Timestamp"
	HeaderSignature = "X-Salesflow-Signature"
	HeaderKey       = "Idempotency-Key"
)

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

// Sign is the signature of a request: HMAC-SHA256 in hex, under the shared secret, of the time, a full stop and the body.
func Sign(secret, stamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write([]byte(stamp + "."))
	_, _ = mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

// Send implements bot.Sender. The error never holds the secret, the phone or the text.
func (c Client) Send(ctx context.Context, d bot.Delivery) (bot.Receipt, error) {
	if len(d.Users) != 1 {
		return bot.Receipt{}, refused(bot.Unsupported, "%d receivers", len(d.Users))
	}
	phone, err := sales.ParsePhone(string(d.Users[0]))
	if err != nil {
		return bot.Receipt{}, refused(bot.NoRecipient, "not a phone number")
	}
	text := Text(d.Out)
	if text == "" {
		return bot.Receipt{}, refused(bot.Rejected, "empty message")
	}
	body, err := json.Marshal(Request{ID: "sf-" + d.ID.String(), Phone: string(phone), Text: text, At: c.Now().UTC().Format(time.RFC3339)})
	if err != nil {
		return bot.Receipt{}, refused(bot.Rejected, "encode: %v", err)
	}
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(c.Timeout, 8*time.Second))
	defer cancel()
	return c.ask(ctx, "sf-"+d.ID.String(), body)
}

func (c Client) ask(ctx context.Context, id string, body []byte) (bot.Receipt, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL, bytes.NewReader(body))
	if err != nil {
		return bot.Receipt{}, refused(bot.Permission, "the gateway's address cannot be used")
	}
	stamp := strconv.FormatInt(c.Now().Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(HeaderKey, id)
	req.Header.Set(HeaderTimestamp, stamp)
	req.Header.Set(HeaderSignature, Sign(c.Secret, stamp, body))
	client := http.Client{Transport: c.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil { // it may have arrived; the gateway knows the id
		return bot.Receipt{}, &bot.SendError{Reason: bot.Unsure, Retry: true, Err: errors.New("the gateway did not answer in time")}
	}
	defer res.Body.Close()
	data, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return bot.Receipt{}, &bot.SendError{Reason: bot.Unsure, Retry: true, Err: errors.New("the gateway's answer broke off")}
	}
	if err := statusError(res); err != nil {
		return bot.Receipt{}, err
	}
	var a Answer
	if err := json.Unmarshal(data, &a); err != nil {
		return bot.Receipt{}, refused(bot.Rejected, "the gateway's answer is no JSON of ours")
	}
	switch a.Status {
	case "accepted", "duplicate":
		return bot.Receipt{Message: cut(a.Message, 190)}, nil
	case "rejected":
		return bot.Receipt{}, rejection(a.Reason)
	}
	return bot.Receipt{}, refused(bot.Rejected, "the gateway's answer has no known status")
}

func statusError(res *http.Response) error {
	code := res.StatusCode
	switch {
	case code == http.StatusOK:
		return nil
	case code == http.StatusTooManyRequests || code == http.StatusServiceUnavailable:
		after, _ := strconv.Atoi(res.Header.Get("Retry-After"))
		return &bot.SendError{Reason: bot.Throttled, Retry: true, After: min(time.Duration(max(after, 1))*time.Second, time.Hour), Err: fmt.Errorf("gateway: status %d", code)}
	case code >= 500:
		return &bot.SendError{Reason: bot.Down, Retry: true, Err: fmt.Errorf("gateway: status %d", code)}
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return &bot.SendError{Reason: bot.BadToken, Retry: true, After: 10 * time.Minute, Err: fmt.Errorf("gateway: status %d", code)}
	}
	return refused(bot.Rejected, "gateway: status %d", code)
}

func rejection(reason string) error {
	switch reason {
	case "phone":
		return refused(bot.NoRecipient, "the gateway knows no such phone")
	case "quota":
		return &bot.SendError{Reason: bot.Quota, Retry: true, After: time.Hour, Err: errors.New("the gateway's quota is used up")}
	}
	return refused(bot.Rejected, "the gateway refuses the text")
}

func refused(reason bot.Reason, format string, args ...any) error {
	return &bot.SendError{Reason: reason, Err: fmt.Errorf(format, args...)}
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
