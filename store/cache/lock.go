package cache

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

func randomName() string {
	b := make([]byte, 8)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// unlock removes the lock only while it is still ours.
var unlock = redis.NewScript(`if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`)

// ErrLocked says that somebody else holds a lock.
var ErrLocked = errors.New("locked by somebody else")

// Lock takes a short lock that ends by itself after ttl. It spares work; it does not guard anything, since Redis may lose
// it: what must happen once is guarded by a row. The function returned gives it back.
func Lock(ctx context.Context, c redis.UniversalClient, name string, ttl time.Duration) (func(context.Context) error, error) {
	key, token := "salesflow:lock:"+name, randomName()
	ok, err := c.SetNX(ctx, key, token, ttl).Result()
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", name, err)
	}
	if !ok {
		return nil, ErrLocked
	}
	return func(ctx context.Context) error {
		if err := unlock.Run(ctx, c, []string{key}, token).Err(); err != nil {
			return fmt.Errorf("unlock %s: %w", name, err)
		}
		return nil
	}, nil
}
