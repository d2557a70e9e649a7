package wecom

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/silenceper/wechat/v2/util"
)

// The SDK knows one address and one HTTP client for the whole process, most of its calls take no context, and its errors
// quote addresses with token and secret in them. So it is never given any of these: each call gets a ticket in the
// token's place, and the router below, which becomes the SDK's HTTP client once, finds by the ticket the call's real
// address, token, context and transport. Adapters for several corporations, or against several simulators, thus live
// side by side.

// ticketMark begins a ticket. No token or secret of the platform looks like it.
const ticketMark = "salesflow-call-"

// maxAnswer bounds an answer of the API in bytes. A department of thousands is a few megabytes.
const maxAnswer = 16 << 20

// tripRoute is where a call of the SDK really goes.
type tripRoute struct {
	ctx       context.Context //nolint:containedctx // lives as long as the one call
	api       string
	base      string
	param     string // the query parameter the ticket stands in
	secret    string // what belongs there
	transport http.RoundTripper
	reached   *atomic.Bool
}

// router is the SDK's transport.
type router struct {
	next  atomic.Int64
	calls sync.Map // ticket → *tripRoute
}

// sdk is the one router of the process, as the SDK has one client.
var sdk = sync.OnceValue(func() *router {
	r := &router{}
	util.DefaultHTTPClient = &http.Client{Transport: r, CheckRedirect: noRedirect}
	return r
})

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// with runs one call of the SDK: f gets the ticket to use for the token or secret.
func (r *router) with(t *tripRoute, f func(ticket string) error) error {
	ticket := ticketMark + strconv.FormatInt(r.next.Add(1), 10)
	r.calls.Store(ticket, t)
	defer r.calls.Delete(ticket)
	return f(ticket)
}

// RoundTrip sends the request where its ticket says. An errcode in the answer becomes an error: the SDK keeps the code
// from its callers in some calls.
func (r *router) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		defer req.Body.Close()
	}
	t, q := r.find(req.URL.Query())
	if t == nil {
		return nil, errors.New("wecom: call without a ticket")
	}
	base, err := url.Parse(t.base)
	if err != nil {
		return nil, errors.New("wecom: address of the api")
	}
	q.Set(t.param, t.secret)
	out := req.Clone(t.ctx)
	out.URL.Scheme, out.URL.Host, out.Host = base.Scheme, base.Host, ""
	out.URL.Path = strings.TrimSuffix(base.Path, "/") + req.URL.Path
	out.URL.RawQuery = q.Encode()
	res, err := t.transport.RoundTrip(out.WithContext(traced(t.ctx, t.reached)))
	if err != nil {
		return nil, plainError(err)
	}
	body, err := answer(t.api, res)
	if err != nil {
		return nil, err
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, nil
}

func (r *router) find(q url.Values) (*tripRoute, url.Values) {
	for _, param := range []string{"access_token", "corpsecret"} {
		if v, ok := r.calls.Load(q.Get(param)); ok {
			if t, ok := v.(*tripRoute); ok && t.param == param {
				return t, q
			}
		}
	}
	return nil, q
}

// answer reads a bounded JSON answer and closes it. HTTP 200 with an errcode is an error (document 90455).
func answer(api string, res *http.Response) ([]byte, error) {
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, &statusError{api: api, status: res.StatusCode}
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("%s: read answer: %w", api, err)
	}
	if len(body) > maxAnswer {
		return nil, fmt.Errorf("%s: answer is larger than %d bytes", api, maxAnswer)
	}
	return body, codeIn(api, body)
}

// codeIn is the errcode of an answer as an error.
func codeIn(api string, body []byte) error {
	var head struct {
		Code int    `json:"errcode"`
		Msg  string `json:"errmsg"`
	}
	if err := json.Unmarshal(body, &head); err != nil {
		return fmt.Errorf("%s: answer is not json: %w", api, err)
	}
	if head.Code == 0 {
		return nil
	}
	return &apiError{api: api, code: head.Code, msg: oneLine(head.Msg, 300)}
}
