package dingtalk

import (
	"context"
	"errors"
	"time"

	"salesflow/bot"
)

const (
	// tokenMargin is how long before its end a token is replaced.
	tokenMargin = 5 * time.Minute
	// secretPause is how long a refused secret is not tried again.
	secretPause = 5 * time.Minute
)

// tokens keeps the access token of the app. One fetch runs at a time in this process; the cache is shared by all.
type tokens struct {
	c    *client
	key  string
	turn chan struct{}

	refused bot.Refusal
}

func newTokens(c *client) *tokens {
	return &tokens{c: c, key: "dingtalk:token:" + c.opt.ClientID, turn: make(chan struct{}, 1)}
}

// token is the access token in force.
func (t *tokens) token(ctx context.Context) (string, error) {
	if s := t.cached(); s != "" {
		return s, nil
	}
	select {
	case t.turn <- struct{}{}:
		defer func() { <-t.turn }()
	case <-ctx.Done():
		return "", &bot.SendError{Reason: bot.Down, Retry: true, Err: errors.New("no token in time")}
	}
	if s := t.cached(); s != "" {
		return s, nil
	}
	if err := t.refused.Standing(t.c.opt.Now()); err != nil {
		return "", err
	}
	token, err := t.fetch(ctx)
	t.remember(err)
	return token, err
}

func (t *tokens) cached() string {
	s, _ := t.c.opt.Cache.Get(t.key).(string)
	return s
}

// fetch gets a new token: POST /v1.0/oauth2/accessToken. It does not count against the month.
func (t *tokens) fetch(ctx context.Context) (string, error) {
	var out struct {
		Token    string `json:"accessToken"`
		ExpireIn int64  `json:"expireIn"`
	}
	err := t.c.attempt(ctx, request{
		api: apiToken, body: map[string]string{"appKey": t.c.opt.ClientID, "appSecret": t.c.opt.ClientSecret},
	}, "", &out)
	if err != nil {
		return "", err
	}
	if out.Token == "" || len(out.Token) > 512 {
		return "", &bot.SendError{Reason: bot.Down, Retry: true, Err: errors.New("token answer without token")}
	}
	if ttl := time.Duration(min(out.ExpireIn, 86400))*time.Second - tokenMargin; ttl > 0 {
		// A cache that does not answer costs one more fetch, no message.
		_ = t.c.opt.Cache.Set(t.key, out.Token, ttl)
	}
	return out.Token, nil
}

// remember keeps the refusal of a wrong secret, which is not tried again for a while.
func (t *tokens) remember(err error) {
	if err != nil && bot.SendFailure(err).Reason != bot.BadToken {
		err = nil
	}
	t.refused.Keep(err, t.c.opt.Now().Add(secretPause))
}

// drop forgets a token that does not work any more, unless somebody has put a newer one in its place.
func (t *tokens) drop(token string) {
	if t.cached() == token {
		_ = t.c.opt.Cache.Delete(t.key) // what stays there is refused again, and fetched anew then
	}
}
