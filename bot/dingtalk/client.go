package dingtalk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"salesflow/bot"
)

// maxAnswer bounds an answer of the API in bytes.
const maxAnswer = 4 << 20

// tokenHeader carries the token of the new API; the old one takes it in the query.
const tokenHeader = "x-acs-dingtalk-access-token"

// endpoint is one API of the platform.
type endpoint struct {
	// name is how metrics and errors call it.
	name, method, path string
	// old: it is on oapi.dingtalk.com, with the token in the query and errors at HTTP 200.
	old bool
	// counted: it is part of the monthly quota. Contacts and tokens are not (document "调用频次与限流").
	counted bool
	// repeatable: calling it twice does no harm, because it has an idempotency key or only reads.
	repeatable bool
	// open: it needs no token.
	open bool
}

// The APIs the adapter uses. Paths with {} are filled in by the caller.
var (
	apiToken       = endpoint{name: "oauth2/accessToken", method: http.MethodPost, path: "/v1.0/oauth2/accessToken", repeatable: true, open: true}
	apiGateway     = endpoint{name: "gateway/open", method: http.MethodPost, path: "/v1.0/gateway/connections/open", repeatable: true, open: true}
	apiBatchSend   = endpoint{name: "robot/batchSend", method: http.MethodPost, path: "/v1.0/robot/oToMessages/batchSend", counted: true}
	apiGroupSend   = endpoint{name: "robot/groupSend", method: http.MethodPost, path: "/v1.0/robot/groupMessages/send", counted: true}
	apiFileLink    = endpoint{name: "robot/fileDownload", method: http.MethodPost, path: "/v1.0/robot/messageFiles/download", counted: true, repeatable: true}
	apiReadStatus  = endpoint{name: "robot/readStatus", method: http.MethodGet, path: "/v1.0/robot/oToMessages/readStatus", counted: true, repeatable: true}
	apiCardCreate  = endpoint{name: "card/create", method: http.MethodPost, path: "/v1.0/card/instances/createAndDeliver", counted: true, repeatable: true}
	apiCardUpdate  = endpoint{name: "card/update", method: http.MethodPut, path: "/v1.0/card/instances", counted: true, repeatable: true}
	apiTodoCreate  = endpoint{name: "todo/create", method: http.MethodPost, counted: true, repeatable: true}
	apiTodoUpdate  = endpoint{name: "todo/update", method: http.MethodPut, counted: true, repeatable: true}
	apiTodoDone    = endpoint{name: "todo/done", method: http.MethodPut, counted: true, repeatable: true}
	apiTodoQuery   = endpoint{name: "todo/query", method: http.MethodPost, counted: true, repeatable: true}
	apiUpload      = endpoint{name: "media/upload", method: http.MethodPost, path: "/media/upload", old: true, counted: true, repeatable: true}
	apiUser        = endpoint{name: "user/get", method: http.MethodPost, path: "/topapi/v2/user/get", old: true, repeatable: true}
	apiUsers       = endpoint{name: "user/list", method: http.MethodPost, path: "/topapi/v2/user/list", old: true, repeatable: true}
	apiDepartments = endpoint{name: "department/listsub", method: http.MethodPost, path: "/topapi/v2/department/listsub", old: true, repeatable: true}
	apiWebhook     = endpoint{name: "webhook", method: http.MethodPost, open: true}
)

// request is one call.
type request struct {
	api   endpoint
	path  string // instead of api.path
	base  string // instead of the API's own
	query url.Values
	// body is sent as JSON; raw with its content type as it is.
	body        any
	raw         []byte
	contentType string
	// slow gives the call the time of a file.
	slow bool
}

// client calls the two APIs with one token, keeps below the rate of each API, and reports what counts.
type client struct {
	opt    Options
	http   *http.Client
	tokens *tokens

	mu     sync.Mutex
	rates  map[string]*rate.Limiter
	usedUp time.Time // until when the month's quota is taken to be used up
}

func newClient(opt Options) *client {
	c := &client{opt: opt, rates: map[string]*rate.Limiter{}}
	c.http = &http.Client{
		Transport:     opt.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	c.tokens = newTokens(c)
	return c
}

// do makes a call and reads its answer into out, which may be nil. A token the platform does not know any more is
// fetched anew once. Errors are *bot.SendError.
func (c *client) do(ctx context.Context, r request, out any) error {
	if err := c.affordable(ctx, r.api); err != nil {
		return err
	}
	for first := true; ; first = false {
		token := ""
		if !r.api.open {
			var err error
			if token, err = c.tokens.token(ctx); err != nil {
				return err
			}
		}
		if err := c.pace(ctx, r.api); err != nil {
			return err
		}
		if r.api.counted {
			c.opt.Count(r.api.name)
		}
		err := c.attempt(ctx, r, token, out)
		if e := refusedWith(err); e != nil && e.badToken() && token != "" {
			c.tokens.drop(token)
			if first {
				continue
			}
		}
		if err != nil && bot.SendFailure(err).Reason == bot.Quota {
			c.noteUsedUp()
		}
		return err
	}
}

// quotaPause is how long a refusal for the month's quota is believed without asking again: the quota is the whole
// company's, so the counter here does not know it, and an upgrade takes effect at once.
const quotaPause = 10 * time.Minute

func (c *client) noteUsedUp() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.usedUp = c.opt.Now().Add(quotaPause)
}

// usage is the month's counter; a quota the platform has just refused is used up, whatever the counter says.
func (c *client) usage(ctx context.Context) Usage {
	u := c.opt.Usage(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.opt.Now().Before(c.usedUp) {
		u.Limit = max(u.Limit, 1)
		u.Used = max(u.Used, u.Limit)
	}
	return u
}

// affordable refuses a call that counts when the month's budget is used up.
func (c *client) affordable(ctx context.Context, api endpoint) error {
	if !api.counted || !c.usage(ctx).empty() {
		return nil
	}
	return &bot.SendError{
		Reason: bot.Quota, Retry: true, After: untilNextMonth(c.opt.Now()),
		Err: fmt.Errorf("%s: this month's calls are used up", api.name),
	}
}

// pace waits until the API may be called again, if that is before the caller's deadline.
func (c *client) pace(ctx context.Context, api endpoint) error {
	if c.opt.PerSecond < 0 {
		return nil
	}
	c.mu.Lock()
	l := c.rates[api.name]
	if l == nil {
		l = rate.NewLimiter(rate.Limit(c.opt.PerSecond), c.opt.PerSecond)
		c.rates[api.name] = l
	}
	c.mu.Unlock()
	if err := l.Wait(ctx); err != nil {
		return &bot.SendError{Reason: bot.Throttled, Retry: true, After: time.Second, Err: fmt.Errorf("%s: own rate limit", api.name)}
	}
	return nil
}

// attempt makes one HTTP request and observes it.
func (c *client) attempt(ctx context.Context, r request, token string, out any) error {
	limit := c.opt.Timeout
	if r.slow {
		limit *= 3
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	start := c.opt.Now()
	err := c.roundTrip(ctx, r, token, out)
	reason := bot.Reason("")
	if err != nil {
		reason = bot.SendFailure(err).Reason
	}
	c.opt.Observer.Observe(r.api.name, reason, c.opt.Now().Sub(start))
	return err
}

func (c *client) roundTrip(ctx context.Context, r request, token string, out any) error {
	var wrote atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteHeaders: func() { wrote.Store(true) },
	})
	req, err := c.build(ctx, r, token)
	if err != nil {
		return &bot.SendError{Reason: bot.Rejected, Err: err}
	}
	res, err := c.http.Do(req)
	if err != nil {
		return failedCall(r.api, err, wrote.Load())
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return failedCall(r.api, err, true)
	}
	if len(b) > maxAnswer {
		return bot.Refused(bot.Down, "%s: answer over %d bytes", r.api.name, maxAnswer)
	}
	if e := refusal(r.api.name, res.StatusCode, b); e != nil {
		return e.verdict(r.api.repeatable, c.opt.Now())
	}
	if res.StatusCode >= 300 {
		return (&apiError{api: r.api.name, status: res.StatusCode}).verdict(r.api.repeatable, c.opt.Now())
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(b, out); err != nil {
		return &bot.SendError{Reason: bot.Unsure, Retry: r.api.repeatable, Err: fmt.Errorf("%s: answer cannot be read", r.api.name)}
	}
	return nil
}

// build makes the HTTP request. Its errors do not repeat the address, which may hold a token.
func (c *client) build(ctx context.Context, r request, token string) (*http.Request, error) {
	base, path := c.opt.APIBase, r.api.path
	if r.api.old {
		base = c.opt.OAPIBase
	}
	if r.base != "" {
		base = r.base
	}
	if r.path != "" {
		path = r.path
	}
	raw, contentType := r.raw, r.contentType
	if r.body != nil {
		b, err := encode(r.body)
		if err != nil {
			return nil, fmt.Errorf("%s: body cannot be encoded", r.api.name)
		}
		raw, contentType = b, "application/json"
	}
	query := url.Values{}
	for k, v := range r.query {
		query[k] = v
	}
	if token != "" && r.api.old {
		query.Set("access_token", token)
	}
	address := base + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, r.api.method, address, bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("%s: address cannot be read", r.api.name)
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.opt.Agent)
	if token != "" && !r.api.old {
		req.Header.Set(tokenHeader, token)
	}
	return req, nil
}

// failedCall says what a call without an answer means. One that had not been written yet did certainly not happen.
func failedCall(api endpoint, err error, wrote bool) error {
	e := &bot.SendError{Reason: bot.Down, Retry: true, Err: fmt.Errorf("%s: %w", api.name, plain(err))}
	if wrote && !api.repeatable {
		e.Reason = bot.Unsure
	}
	return e
}

// plain takes the address out of an error of net/http: it may hold a token or be a reply address.
func plain(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// encode writes JSON as DingTalk's own clients do, without escaping <, > and &, which count against its limits.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// ours reports whether an address is on one of the two configured hosts.
func (c *client) ours(u *url.URL) bool {
	for _, base := range []string{c.opt.APIBase, c.opt.OAPIBase} {
		if b, err := url.Parse(base); err == nil && b.Scheme == u.Scheme && b.Host == u.Host {
			return true
		}
	}
	return false
}

// replyAddress reports whether a reply address may be used: it came in a message, so it must be on the platform.
func (c *client) replyAddress(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil || u.User != nil || u.Host == "" {
		return false
	}
	if c.ours(u) {
		return true
	}
	host := strings.ToLower(u.Hostname())
	return u.Scheme == "https" && (u.Port() == "" || u.Port() == "443") && strings.HasSuffix(host, ".dingtalk.com")
}
