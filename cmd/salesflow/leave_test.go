package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"salesflow/bot"
)

// TestAReplicaThatStopsIsTakenOutOfRotationFirst: the load balancer hears of it while callbacks are still taken.
func TestAReplicaThatStopsIsTakenOutOfRotationFirst(t *testing.T) {
	t.Parallel()
	_, environ := offices(t, "")
	s := serving(t, environ)
	s.program.cfg.Redis.Addrs = []string{"others are there"}
	s.program.cfg.StopDelay = 2 * storyPatience
	base := "http://" + s.listener.Addr().String()
	closed := make(chan error, 1)
	go func() { closed <- s.close() }()
	waitUntil(t, "the replica to say that it stops", func() bool { return s.program.leaving.Load() })
	for path, want := range map[string]int{"/readyz": http.StatusServiceUnavailable, "/healthz": http.StatusOK} {
		resp, err := http.Get(base + path)
		if err != nil {
			t.Fatalf("a replica that is about to stop takes no more: %v", err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("GET %s is %d, want %d", path, resp.StatusCode, want)
		}
	}
	s.failed <- errors.New("seen enough") // which ends the wait for the load balancer
	if err := <-closed; err != nil {
		t.Errorf("stop: %v", err)
	}
	if _, err := http.Get(base + "/healthz"); err == nil {
		t.Error("it still listens after it has stopped")
	}
}

// TestAHangingDatabaseLetsEventsWaitForThoseOfOtherReplicas: what comes while the database does not answer, or has just
// begun to, may follow something in the spool of a replica of which nobody here knows.
func TestAHangingDatabaseLetsEventsWaitForThoseOfOtherReplicas(t *testing.T) {
	t.Parallel()
	onServers, db := onMariaDB(t)
	line, throughWire := cuttable(t, db)
	r := newRig(t, onServers, throughWire)
	p := r.boot("")
	for n := 1; ; n++ { // until it comes just after the outage: a slow machine may take longer than the bot is careful for
		line.set(true)
		waitUntil(t, "the outage to be noticed", func() bool { return p.db.Ping(t.Context()) != nil && p.front.Settling() })
		line.set(false)
		waitUntil(t, "the database to answer", func() bool { return p.db.Ping(t.Context()) == nil })
		ev := bot.Event{
			Platform: "wecom", ID: fmt.Sprint("after outage ", n), Kind: bot.Sent, At: r.Now(), From: "zhoumin", Chat: bot.Chat{Platform: "wecom"}, Text: "帮助",
		}
		acc, err := p.front.Accept(t.Context(), ev)
		if err == nil && acc.Later {
			break
		}
		if err != nil || p.front.Settling() || n == 20 {
			t.Fatalf("just after the outage an event was done at once: %+v, %v", acc, err)
		}
	}
	resp := httptest.NewRecorder()
	p.mux.ServeHTTP(resp, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	if resp.Code != http.StatusOK {
		t.Errorf("/readyz says %d after the outage", resp.Code)
	}
}
