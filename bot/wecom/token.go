package wecom

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/silenceper/wechat/v2/cache"
	"github.com/silenceper/wechat/v2/credential"

	"salesflow/bot"
)

// The SDK keeps a token for 25 minutes less than it lives. tokenCache makes that five, so that a short-lived token is
// not fetched anew for every call.
const (
	sdkMargin = 1500 * time.Second
	margin    = 300 * time.Second
)

// secretPause is how long a refused secret is not tried again: wrong ones in a row get the address banned for an hour.
const secretPause = 5 * time.Minute

// tokens keeps the access token of one secret (document 91039). The SDK fetches it; one fetch at a time.
type tokens struct {
	opt    Options
	secret string
	agent  string
	cache  *tokenCache
	turn   chan struct{} // one fetch at a time, given up when the caller's context ends

	mu      sync.Mutex
	refused bot.Refusal
	seen    string // the token as last looked up
	seenAt  time.Time
}

// glance is how long a token is used without another look at the cache that replicas share. One that was dropped is
// looked up at once.
const glance = 5 * time.Second

func newTokens(opt Options, secret, agent string) *tokens {
	return &tokens{opt: opt, secret: secret, agent: agent, cache: &tokenCache{Cache: opt.Cache, now: opt.Now}, turn: make(chan struct{}, 1)}
}

// key is the SDK's key of the token in the cache.
func (t *tokens) key() string {
	return credential.CacheKeyWorkPrefix + "_access_token_" + t.opt.CorpID + "_" + t.agent
}

// token is the access token in force.
func (t *tokens) token(ctx context.Context) (string, error) {
	if s := t.atAGlance(); s != "" {
		return s, nil
	}
	if s, _ := t.cache.Get(t.key()).(string); s != "" {
		t.mu.Lock()
		t.seen, t.seenAt = s, t.opt.Now()
		t.mu.Unlock()
		return s, nil
	}
	select {
	case t.turn <- struct{}{}:
		defer func() { <-t.turn }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if err := t.refused.Standing(t.opt.Now()); err != nil {
		return "", err
	}
	start := t.opt.Now()
	token, err := t.fetch(ctx)
	reason := bot.Reason("")
	if err != nil {
		reason = failed(err, false).Reason
	}
	t.opt.Observer.Observe("gettoken", reason, t.opt.Now().Sub(start))
	t.remember(err)
	return token, err
}

func (t *tokens) atAGlance() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if age := t.opt.Now().Sub(t.seenAt); age < 0 || age >= glance {
		return ""
	}
	return t.seen
}

// fetch lets the SDK look into the cache once more, since another caller may just have been faster, and call gettoken.
func (t *tokens) fetch(ctx context.Context) (token string, err error) {
	ctx, cancel := context.WithTimeout(ctx, t.opt.Timeout)
	defer cancel()
	r := sdk()
	trip := &tripRoute{ctx: ctx, api: "gettoken", base: t.opt.APIBase, param: "corpsecret", secret: t.secret, transport: t.opt.Transport, reached: new(atomic.Bool)}
	err = r.with(trip, func(ticket string) error {
		h := credential.NewWorkAccessTokenWithAgentID(t.opt.CorpID, ticket, t.agent, credential.CacheKeyWorkPrefix, t.cache)
		token, err = h.GetAccessTokenContext(ctx)
		return err
	})
	if err != nil {
		return "", failed(err, false)
	}
	return token, nil
}

// remember keeps a refusal that would only be repeated.
func (t *tokens) remember(err error) {
	if err != nil {
		switch failed(err, false).Reason {
		case bot.BadToken, bot.Permission, bot.Throttled:
		default:
			err = nil
		}
	}
	t.refused.Keep(err, t.opt.Now().Add(secretPause))
}

// drop forgets a token that does not work any more, unless somebody has put a newer one in its place.
func (t *tokens) drop(token string) error {
	t.mu.Lock()
	t.seen = ""
	t.mu.Unlock()
	if s, _ := t.cache.Get(t.key()).(string); s != token {
		return nil
	}
	if err := t.cache.Delete(t.key()); err != nil {
		return fmt.Errorf("drop token: %w", err)
	}
	return nil
}

// tokenCache is the caller's cache as the SDK may use it: only texts, and never longer than the token lives. What it keeps
// it also remembers itself, so that a cache that is away costs nothing but the sharing.
type tokenCache struct {
	cache.Cache
	now func() time.Time

	mu    sync.Mutex
	key   string
	token string
	until time.Time
}

// Get hides what is not a token: the SDK asserts the type.
func (c *tokenCache) Get(key string) any {
	if s, ok := c.Cache.Get(key).(string); ok && s != "" {
		return s
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.key == key && c.token != "" && c.now().Before(c.until) {
		return c.token
	}
	return nil
}

// Set corrects the SDK's margin. A token that is about to die is not kept.
func (c *tokenCache) Set(key string, val any, ttl time.Duration) error {
	token, ok := val.(string)
	if ttl += sdkMargin - margin; ttl <= 0 || !ok {
		return nil
	}
	c.mu.Lock()
	c.key, c.token, c.until = key, token, c.now().Add(ttl)
	c.mu.Unlock()
	_ = c.Cache.Set(key, val, ttl) // shared when possible
	return nil
}

// Delete implements cache.Cache.
func (c *tokenCache) Delete(key string) error {
	c.mu.Lock()
	c.token = ""
	c.mu.Unlock()
	return c.Cache.Delete(key)
}
