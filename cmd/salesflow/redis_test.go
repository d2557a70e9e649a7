package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	// redisLease is for how long a database is kept for a test whose process has died; a test that runs renews it.
	redisLease = time.Minute
	// lastRedis is the highest number of a database that every Redis has.
	lastRedis = 15
)

// redisNumber is an empty database of the tests' Redis that nobody else uses until the test ends, in this process or in another: two
// tests in one would decide each other's due rows. Who has which is kept in database 0.
func redisNumber(t *testing.T) (addr string, number int) {
	t.Helper()
	addr = os.Getenv("SALESFLOW_TEST_REDIS_ADDR")
	if addr == "" {
		t.Fatal("SALESFLOW_TEST_REDIS_ADDR is not set; run the tests with make test")
	}
	leases := redis.NewClient(&redis.Options{Addr: addr})
	me := rand.Text()
	key := func(n int) string { return fmt.Sprintf("salesflow-test:database:%d", n) }
	waitUntil(t, "a free database of Redis", func() bool {
		for number = 1; number <= lastRedis; number++ {
			mine, err := leases.SetNX(t.Context(), key(number), me, redisLease).Result()
			if err != nil {
				t.Fatal(err)
			}
			if mine {
				return true
			}
		}
		return false
	})
	ctx, stop := context.WithCancel(context.Background())
	var renewing sync.WaitGroup
	renewing.Go(func() {
		beat := time.NewTicker(redisLease / 6)
		defer beat.Stop()
		for {
			select {
			case <-beat.C:
				_ = leases.Expire(ctx, key(number), redisLease).Err() // the next beat is soon enough
			case <-ctx.Done():
				return
			}
		}
	})
	t.Cleanup(func() {
		stop()
		renewing.Wait()
		if err := leases.Del(context.Background(), key(number)).Err(); err != nil {
			t.Errorf("give back database %d of Redis: %v", number, err)
		}
		_ = leases.Close()
	})
	own := redis.NewClient(&redis.Options{Addr: addr, DB: number})
	defer own.Close()
	if err := own.FlushDB(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	return addr, number
}
