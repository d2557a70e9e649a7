package cache

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/silenceper/wechat/v2/cache"
)

// callTimeout bounds one look at Redis by a library that takes no context.
const callTimeout = time.Second

// tokens is the small cache the WeCom library keeps its tokens in.
type tokens struct{ c redis.UniversalClient }

// ForTokens is the WeCom library's cache over Redis, which the DingTalk adapter shares: replicas use one token.
func ForTokens(c redis.UniversalClient) cache.Cache { return tokens{c} }

const tokenPrefix = "salesflow:token:"

// Get gives a value, nil when there is none or Redis is away.
func (w tokens) Get(key string) any {
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	b, err := w.c.Get(ctx, tokenPrefix+key).Bytes()
	if err != nil {
		return nil
	}
	var v any
	if json.Unmarshal(b, &v) != nil {
		return nil
	}
	return v
}

// Set keeps a value for a while.
func (w tokens) Set(key string, val any, ttl time.Duration) error {
	b, err := json.Marshal(val)
	if err != nil {
		return fmt.Errorf("encode cached value: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	return w.c.Set(ctx, tokenPrefix+key, b, ttl).Err()
}

// IsExist reports whether there is a value.
func (w tokens) IsExist(key string) bool { return w.Get(key) != nil }

// Delete forgets a value.
func (w tokens) Delete(key string) error {
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	return w.c.Del(ctx, tokenPrefix+key).Err()
}
