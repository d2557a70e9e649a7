package wecom

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"

	"github.com/silenceper/wechat/v2/work/config"
	workcontext "github.com/silenceper/wechat/v2/work/context"

	"salesflow/bot"
	"salesflow/cards/render"
)

// client calls the REST API with the token of one secret.
type client struct {
	opt    Options
	tokens *tokens
	http   *http.Client
}

func newClient(opt Options, secret, agent string) *client {
	return &client{
		opt: opt, tokens: newTokens(opt, secret, agent),
		http: &http.Client{Transport: opt.Transport, CheckRedirect: noRedirect},
	}
}

// post calls an API with a JSON body and reads the answer into out, which may be nil. Errors are *bot.SendError.
func (c *client) post(ctx context.Context, api string, body, out any) error {
	raw, err := encoded(body)
	if err != nil {
		return &bot.SendError{Reason: bot.Rejected, Err: err}
	}
	return c.withToken(ctx, api, func(ctx context.Context, token string, reached *atomic.Bool) error {
		return c.once(ctx, request{api: api, query: url.Values{"access_token": {token}}, body: raw, mime: jsonType}, out, reached)
	})
}

// encoded is a body as JSON. The card in a message is JSON already: it is put in as it is, not read again.
func encoded(body any) ([]byte, error) {
	m, ok := body.(message)
	if !ok || len(m.Card) == 0 {
		return render.JSON(body)
	}
	card := m.Card
	m.Card = nil
	raw, err := render.JSON(m)
	if err != nil {
		return nil, err
	}
	raw = append(bytes.TrimSuffix(raw, []byte("}")), `,"template_card":`...)
	return append(append(raw, card...), '}'), nil
}

// get calls an API without a body.
func (c *client) get(ctx context.Context, api string, q url.Values, out any) error {
	return c.withToken(ctx, api, func(ctx context.Context, token string, reached *atomic.Bool) error {
		with := url.Values{"access_token": {token}}
		for k, v := range q {
			with[k] = v
		}
		return c.once(ctx, request{api: api, query: with}, out, reached)
	})
}

// webhook calls the API of a webhook robot, whose key takes the token's place (document 99110).
func (c *client) webhook(ctx context.Context, key string, body any) error {
	raw, err := render.JSON(body)
	if err != nil {
		return &bot.SendError{Reason: bot.Rejected, Err: err}
	}
	r := request{api: "webhook/send", query: url.Values{"key": {key}}, body: raw, mime: jsonType}
	return c.observed(ctx, r.api, func(ctx context.Context, reached *atomic.Bool) error {
		return c.once(ctx, r, nil, reached)
	})
}

// uploadToWebhook puts a file up for one webhook robot; no other can send it.
func (c *client) uploadToWebhook(ctx context.Context, key string, f outFile) (string, error) {
	var buf bytes.Buffer
	form := multipart.NewWriter(&buf)
	part, err := form.CreateFormFile("media", f.name)
	if err == nil {
		_, err = part.Write(f.data)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		return "", &bot.SendError{Reason: bot.Rejected, Err: fmt.Errorf("write form: %w", err)}
	}
	var out struct {
		MediaID string `json:"media_id"`
	}
	r := request{api: "webhook/upload_media", query: url.Values{"key": {key}, "type": {"file"}}, body: buf.Bytes(), mime: form.FormDataContentType()}
	err = c.observed(ctx, r.api, func(ctx context.Context, reached *atomic.Bool) error {
		return c.once(ctx, r, &out, reached)
	})
	return out.MediaID, uploaded(out.MediaID, err)
}

// withToken runs a call with the token in force. When the platform says the token is dead, that token is dropped, and
// the call repeated once with a new one.
func (c *client) withToken(ctx context.Context, api string, call func(ctx context.Context, token string, reached *atomic.Bool) error) error {
	return c.observed(ctx, api, func(ctx context.Context, reached *atomic.Bool) error {
		token, err := c.tokens.token(ctx)
		if err != nil {
			return failed(err, false)
		}
		err = call(ctx, token, reached)
		switch errcode(err) {
		case codeBadToken, codeNoToken, codeTokenExpired:
		default:
			return err
		}
		if err := c.tokens.drop(token); err != nil {
			return err
		}
		if token, err = c.tokens.token(ctx); err != nil {
			return failed(err, false)
		}
		return call(ctx, token, reached)
	})
}

// observed bounds a call in time, reports it, and makes its error a *bot.SendError.
func (c *client) observed(ctx context.Context, api string, call func(ctx context.Context, reached *atomic.Bool) error) error {
	ctx, cancel := context.WithTimeout(ctx, c.opt.Timeout)
	defer cancel()
	start, reached := c.opt.Now(), new(atomic.Bool)
	err := call(ctx, reached)
	if err == nil {
		c.opt.Observer.Observe(api, "", c.opt.Now().Sub(start))
		return nil
	}
	e := failed(err, reached.Load())
	c.opt.Observer.Observe(api, e.Reason, c.opt.Now().Sub(start))
	return e
}

const jsonType = "application/json; charset=utf-8"

// request is one request: a POST when it has a body.
type request struct {
	api   string
	query url.Values
	body  []byte
	mime  string
}

func (c *client) build(ctx context.Context, r request) (*http.Request, error) {
	method := http.MethodGet
	if r.body != nil {
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(ctx, method, c.opt.APIBase+"/cgi-bin/"+r.api+"?"+r.query.Encode(), bytes.NewReader(r.body))
	if err != nil {
		return nil, errors.New(r.api + ": address cannot be made")
	}
	if r.mime != "" {
		req.Header.Set("Content-Type", r.mime)
	}
	return req, nil
}

// once makes one request and reads the JSON answer into out, which may be nil.
func (c *client) once(ctx context.Context, r request, out any, reached *atomic.Bool) error {
	reached.Store(false)
	req, err := c.build(traced(ctx, reached), r)
	if err != nil {
		return err
	}
	res, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("%s: %w", r.api, plainError(err))
	}
	raw, err := answer(r.api, res)
	if err != nil || out == nil {
		return err
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("%s: read answer: %w", r.api, err)
	}
	return nil
}

// viaSDK runs one call of the SDK, whose token is a ticket for the router.
func (c *client) viaSDK(ctx context.Context, api string, f func(work *workcontext.Context) error) error {
	return c.withToken(ctx, api, func(ctx context.Context, token string, reached *atomic.Bool) error {
		trip := &tripRoute{ctx: ctx, api: api, base: c.opt.APIBase, param: "access_token", secret: token, transport: c.opt.Transport, reached: reached}
		return sdk().with(trip, func(ticket string) error {
			return f(&workcontext.Context{Config: &config.Config{CorpID: c.opt.CorpID}, AccessTokenHandle: fixedToken(ticket)})
		})
	})
}

// fixedToken is the SDK's token source for one call.
type fixedToken string

func (t fixedToken) GetAccessToken() (string, error) { return string(t), nil }

// forFiles is c with the time that a file may take.
func (c *client) forFiles() *client {
	patient := *c
	patient.opt.Timeout *= 3
	return &patient
}

// traced notes in reached that a request went out, so that a time-out after that is of unknown outcome.
func traced(ctx context.Context, reached *atomic.Bool) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteHeaders: func() { reached.Store(true) },
	})
}
