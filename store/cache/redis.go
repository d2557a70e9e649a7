package cache

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// Options say which Redis to use. No address is an embedded one; one is a single server; several are a cluster, or the
// sentinels of MasterName.
type Options struct {
	Addrs      []string
	MasterName string
	Username   string
	Password   string
	DB         int
	TLS        bool
}

// silence keeps the client from writing to stderr by itself: what fails comes back as an error and is logged where it is
// handled. The client keeps its logger in a variable of the package, so it is set once.
var silence = sync.OnceFunc(func() { redis.SetLogger(mute{}) })

type mute struct{}

func (mute) Printf(context.Context, string, ...any) {}

// Open connects to Redis. The function returned ends it.
func Open(ctx context.Context, o Options) (redis.UniversalClient, func() error, error) {
	silence()
	if len(o.Addrs) == 0 {
		return embedded()
	}
	u := &redis.UniversalOptions{
		Addrs: o.Addrs, MasterName: o.MasterName, Username: o.Username, Password: o.Password, DB: o.DB,
		DialTimeout: 2 * time.Second, ReadTimeout: 2 * time.Second, WriteTimeout: 2 * time.Second,
	}
	if o.TLS {
		u.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	c := redis.NewUniversalClient(u)
	pctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if err := c.Ping(pctx).Err(); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("redis does not answer: %w", err), c.Close())
	}
	return c, c.Close, nil
}

// embedded runs a Redis in this process. Its keys expire only when it is told how much time has passed, so a ticker
// tells it.
func embedded() (redis.UniversalClient, func() error, error) {
	m := miniredis.NewMiniRedis()
	if err := m.StartAddr("127.0.0.1:0"); err != nil {
		return nil, nil, fmt.Errorf("embedded redis: %w", err)
	}
	done := make(chan struct{})
	ticker := time.NewTicker(time.Second)
	go func() {
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				m.FastForward(time.Second)
			}
		}
	}()
	c := redis.NewClient(&redis.Options{Addr: m.Addr()})
	return c, func() error {
		ticker.Stop()
		close(done)
		err := c.Close()
		m.Close()
		return err
	}, nil
}
