package main

import (
	"context"

	"github.com/redis/go-redis/v9"

	"salesflow/configs"
	"salesflow/store/cache"
)

// openRedis opens the Redis of the configuration, or one in this process.
func openRedis(ctx context.Context, c configs.Redis) (redis.UniversalClient, func() error, error) {
	return cache.Open(ctx, cache.Options{
		Addrs: c.Addrs, MasterName: c.MasterName, Username: c.Username, Password: c.Password.Reveal(), DB: c.DB, TLS: c.TLS,
	})
}
