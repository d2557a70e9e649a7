package wecom

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"salesflow/bot"
)

// deaf is a server that answers the first frames, as many as told, and then nothing.
func deaf(t *testing.T, answers int, kinds chan<- string) string {
	t.Helper()
	up := websocket.Upgrader{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		for n := 0; ; n++ {
			_, raw, err := c.ReadMessage()
			if err != nil {
				close(kinds)
				return
			}
			var f frame
			if json.Unmarshal(raw, &f) != nil {
				continue
			}
			kinds <- f.Cmd
			if n < answers {
				_ = c.WriteJSON(map[string]any{"headers": map[string]string{"req_id": f.Headers.ReqID}, "errcode": 0})
			}
		}
	}))
	t.Cleanup(s.Close)
	return "ws" + strings.TrimPrefix(s.URL, "http")
}

func TestASocketThatDoesNotAnswerIsGivenUp(t *testing.T) {
	t.Parallel()
	kinds := make(chan string, 100)
	s, err := dial(t.Context(), deaf(t, 1, kinds))
	if err != nil {
		t.Fatal(err)
	}
	go s.read(func(frame) {})
	tick := make(chan time.Time)
	go s.keepAlive(func(time.Duration) (<-chan time.Time, func() bool) { return tick, func() bool { return true } })
	tick <- time.Time{}
	if got := <-kinds; got != cmdPing {
		t.Fatalf("sent %q", got)
	}
	for range maxMissed + 5 {
		select {
		case tick <- time.Time{}:
		case <-s.done:
		}
	}
	<-s.done
	for range kinds {
	}
}

func TestACallWithoutAnswerIsOfUnknownOutcome(t *testing.T) {
	t.Parallel()
	kinds := make(chan string, 100)
	s, err := dial(t.Context(), deaf(t, 0, kinds))
	if err != nil {
		t.Fatal(err)
	}
	go s.read(func(frame) {})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-kinds
		cancel()
	}()
	_, err = s.call(ctx, cmdSend, newReqID(), map[string]string{})
	if e := bot.SendFailure(err); e.Reason != bot.Unsure || !e.Retry {
		t.Errorf("got %v", err)
	}
	_ = s.conn.Close()
	<-s.done
	_, err = s.call(t.Context(), cmdSend, newReqID(), map[string]string{})
	if e := bot.SendFailure(err); e.Reason != bot.Down || !e.Retry {
		t.Errorf("on a closed socket: %v", err)
	}
	for range kinds {
	}
}

func TestErrorCodesSayWhoMustAct(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		err   error
		want  bot.Reason
		retry bool
	}{
		{"busy", &apiError{code: -1}, bot.Down, true},
		{"rate limit", &apiError{code: 45009}, bot.Throttled, true},
		{"wrong secret", &apiError{code: 40001}, bot.BadToken, false},
		{"untrusted address", &apiError{code: 60020}, bot.Permission, false},
		{"unknown member", &apiError{code: 60111}, bot.NoRecipient, false},
		{"used code", &apiError{code: 60140}, bot.NoUpdate, false},
		{"a mistake in the card", &apiError{code: 42039}, bot.Rejected, false},
		{"a code we never saw", &apiError{code: 999999}, bot.Rejected, false},
		{"gateway down", &statusError{status: 502}, bot.Down, true},
		{"no such address", &statusError{status: 404}, bot.Rejected, false},
		{"broken before it was sent", errors.New("refused"), bot.Down, true},
	} {
		if got := failed(tt.err, false); got.Reason != tt.want || got.Retry != tt.retry {
			t.Errorf("%s: %s, retry %v", tt.name, got.Reason, got.Retry)
		}
	}
	if got := failed(errors.New("reset"), true); got.Reason != bot.Unsure {
		t.Errorf("broken after it was sent: %s", got.Reason)
	}
}
