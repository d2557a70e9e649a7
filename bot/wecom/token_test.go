package wecom_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/cache"

	"salesflow/bot"
	simwecom "salesflow/bot/sim/wecom"
	"salesflow/bot/wecom"
)

func TestADeadTokenIsReplacedOnceForAll(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		kill func(*simwecom.Server)
	}{
		{"expired", (*simwecom.Server).ExpireTokens},
		{"revoked", (*simwecom.Server).RevokeTokens},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.send(text("第一条", "ZhouMin"))
			tt.kill(w.sim)
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					if _, err := w.adapter.Send(w.Context(), text("第二条", "ZhouMin")); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if got := w.phone("ZhouMin", ""); len(got) != 9 {
				t.Errorf("%d messages, want 9", len(got))
			}
			if n := w.calls("gettoken"); n != 2 {
				t.Errorf("%d tokens fetched, want 2", n)
			}
		})
	}
}

// away is a cache that is down.
type away struct{ cache.Cache }

func (away) Get(string) any                       { return nil }
func (away) Set(string, any, time.Duration) error { return errors.New("cache is away") }
func (away) Delete(string) error                  { return nil }

func TestWithoutItsCacheTheTokenIsStillFetchedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *wecom.Options) { o.Cache = away{} })
	for range 3 {
		w.send(text("在", "ZhouMin"))
	}
	w.sim.ExpireTokens()
	w.send(text("还在", "ZhouMin"))
	if n := w.calls("gettoken"); n != 2 {
		t.Errorf("%d tokens fetched, want 2", n)
	}
}

func TestAWrongSecretIsNotTriedAgainAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *wecom.Options) { o.Secret = "wrong-secret" })
	for range 5 {
		_, err := w.adapter.Send(w.Context(), text("在吗", "ZhouMin"))
		e := wantFailure(t, err, bot.BadToken, false)
		if strings.Contains(e.Error(), "wrong-secret") {
			t.Errorf("the secret is in %q", e)
		}
	}
	if n := w.calls("gettoken"); n != 1 {
		t.Errorf("%d calls with a wrong secret, want 1", n)
	}
	w.clock.advance(6 * time.Minute)
	_, _ = w.adapter.Send(w.Context(), text("在吗", "ZhouMin"))
	if n := w.calls("gettoken"); n != 2 {
		t.Errorf("%d calls, want another one after the pause", n)
	}
}
