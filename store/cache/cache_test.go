package cache_test

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"salesflow/store/cache"
)

// each runs a test on the embedded Redis and on a real one, each with keys of its own.
func each(t *testing.T, test func(t *testing.T, c redis.UniversalClient, own string)) {
	t.Helper()
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		m := miniredis.RunT(t)
		c := redis.NewClient(&redis.Options{Addr: m.Addr()})
		t.Cleanup(func() { _ = c.Close() })
		test(t, c, "x")
	})
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		addr := os.Getenv("SALESFLOW_TEST_REDIS_ADDR")
		if addr == "" {
			t.Fatal("SALESFLOW_TEST_REDIS_ADDR is not set; run the tests with make test")
		}
		c, stop, err := cache.Open(context.Background(), cache.Options{Addrs: []string{addr}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = stop() })
		test(t, c, rand.Text())
	})
}

func TestPacerSlidesItsWindows(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c redis.UniversalClient, own string) {
		now := time.Date(2026, 3, 11, 2, 0, 0, 0, time.UTC)
		p := cache.NewPacer(c, func() time.Time { return now }, cache.Limits{PerMinute: 3, PerHour: 5, PerMinuteOf: map[string]int{own + "w:": 1}})
		take := func(n int, receivers ...string) time.Duration {
			t.Helper()
			for i := range receivers {
				receivers[i] = own + receivers[i]
			}
			wait, err := p.Take(context.Background(), receivers, n)
			if err != nil {
				t.Fatal(err)
			}
			return wait
		}
		if take(2, "u:a") != 0 {
			t.Error("two of three are refused")
		}
		now = now.Add(30 * time.Second)
		if take(1, "u:a") != 0 {
			t.Error("the third is refused")
		}
		if wait := take(1, "u:a", "u:b"); wait != 31*time.Second {
			t.Errorf("the fourth waits %v, want until the first leave the window", wait)
		}
		if take(3, "u:b") != 0 {
			t.Error("what was refused for one was counted for the other")
		}
		now = now.Add(31 * time.Second)
		if take(2, "u:a") != 0 {
			t.Error("refused after the wait that was told")
		}
		if wait := take(1, "u:a"); wait < 29*time.Second {
			t.Errorf("a sixth in the hour waits %v", wait)
		}
		now = now.Add(2 * time.Minute)
		if wait := take(1, "u:a"); wait < 50*time.Minute {
			t.Errorf("a sixth in the hour waits %v", wait)
		}
		if take(1, "w:x") != 0 || take(1, "w:x") == 0 {
			t.Error("a webhook has a limit of its own")
		}
		if take(3, "u:ahead") != 0 || take(1, "u:ahead") == 0 {
			t.Error("a full minute is no limit")
		}
		now = now.Add(-time.Hour) // the clock is set back
		if wait := take(1, "u:ahead"); wait != 0 {
			t.Errorf("waits %v for what a clock ahead has counted", wait)
		}
		now = now.Add(time.Hour)
		if take(50, "u:bulk") != 0 {
			t.Error("more than a window holds must fit in an empty one")
		}
	})
}

func TestTokensAreShared(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c redis.UniversalClient, own string) {
		tokens := cache.ForTokens(c)
		if tokens.Get(own) != nil || tokens.IsExist(own) {
			t.Error("a token nobody set")
		}
		if err := tokens.Set(own, "secret", time.Hour); err != nil {
			t.Fatal(err)
		}
		if got := cache.ForTokens(c).Get(own); got != "secret" {
			t.Errorf("token %v", got)
		}
		if err := tokens.Delete(own); err != nil || tokens.IsExist(own) {
			t.Error("a token that was deleted is there")
		}
	})
}

func TestLock(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c redis.UniversalClient, own string) {
		ctx := context.Background()
		free, err := cache.Lock(ctx, c, own, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := cache.Lock(ctx, c, own, time.Minute); !errors.Is(err, cache.ErrLocked) {
			t.Errorf("taken twice: %v", err)
		}
		if err := free(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := cache.Lock(ctx, c, own, time.Minute); err != nil {
			t.Errorf("not free: %v", err)
		}
	})
}

func TestWithoutRedisThePacerSaysSo(t *testing.T) {
	t.Parallel()
	m := miniredis.RunT(t)
	c := redis.NewClient(&redis.Options{Addr: m.Addr(), MaxRetries: -1})
	defer c.Close()
	m.Close()
	p := cache.NewPacer(c, func() time.Time { return time.Unix(0, 0) }, cache.Limits{PerMinute: 1, PerHour: 1})
	if _, err := p.Take(context.Background(), []string{"u:a"}, 1); err == nil {
		t.Error("no error without Redis")
	}
	if cache.ForTokens(c).Get("x") != nil {
		t.Error("a token without Redis")
	}
}
