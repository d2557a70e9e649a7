package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"salesflow/bot/sim"
	"salesflow/configs"
	"salesflow/scheduler"
)

// offices starts both simulators on an address of their own and returns the environment a bot needs to reach them.
func offices(t *testing.T, callback string) (*simulators, []string) {
	t.Helper()
	s, err := newSimulators(context.Background(), &simCmd{Listen: "127.0.0.1:0", WeComCallback: callback}, time.Now(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.close() })
	var out bytes.Buffer
	s.introduce(&out)
	var environ []string
	for line := range strings.Lines(out.String()) {
		if export, ok := strings.CutPrefix(strings.TrimSpace(line), "export "); ok {
			environ = append(environ, strings.ReplaceAll(export, "'", ""))
		}
	}
	return s, append(environ, "SALESFLOW_DATA_DIR="+t.TempDir(), "SALESFLOW_LISTEN=127.0.0.1:0", "SALESFLOW_ORGANISATION_FILE="+demoOrgFile(t))
}

// demoOrgFile is the demo's organisation as files.
func demoOrgFile(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"org.yaml", "master.json"} {
		data, err := configs.Demo.ReadFile("demo/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "org.yaml")
}

// serving starts serve as Run does.
func serving(t *testing.T, environ []string) *server {
	t.Helper()
	cfg, err := loadConfig("", environ)
	if err != nil {
		t.Fatal(err)
	}
	org, err := loadOrganisation(cfg)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newServer(context.Background(), cfg, options{
		clock: scheduler.WallClock{Time: time.Now}, log: zerolog.Nop(), poll: servePoll, org: org, wall: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// answer waits for a message of the bot on a person's phone.
func answer(t *testing.T, s sim.Simulator, person string) sim.Message {
	t.Helper()
	limit := time.After(storyPatience)
	for {
		changed := s.Changed()
		messages, _ := s.Inbox(person, "", 0)
		for _, m := range messages {
			if m.From == "" {
				return m
			}
		}
		select {
		case <-changed:
		case <-limit:
			t.Fatalf("the bot did not answer %s", person)
		}
	}
}

func TestServeAnswersBothPlatformsAndStops(t *testing.T) {
	t.Parallel()
	platforms, environ := offices(t, "")
	s := serving(t, environ)
	base := "http://" + s.listener.Addr().String()
	if err := platforms.wecom.SetCallback(base + "/wecom/callback"); err != nil {
		t.Fatal(err)
	}
	waitUntil(t, "the stream to DingTalk", func() bool { return len(platforms.dingtalk.Connections()) > 0 })
	for _, c := range []struct {
		platform sim.Simulator
		person   string
	}{{platforms.wecom, "zhoumin"}, {platforms.dingtalk, "liqiang"}} {
		if _, err := c.platform.Say(context.Background(), sim.Say{From: c.person, Text: "帮助"}); err != nil {
			t.Fatal(err)
		}
		if m := answer(t, c.platform, c.person); !strings.Contains(m.Text, "拜访") {
			t.Errorf("%s was told %q", c.person, m.Text)
		}
	}
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/_sim/people": 404, "/": 404, "/_wecom/cgi-bin/gettoken": 404} {
		resp, err := http.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("GET %s is %d, want %d", path, resp.StatusCode, want)
		}
	}
	if err := s.close(); err != nil {
		t.Errorf("stop: %v", err)
	}
}

func TestServeRefusesWithoutAPlatform(t *testing.T) {
	t.Parallel()
	code, out := command(t, t.TempDir(), "serve")
	if code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	wantIn(t, out, "wecom.corp_id", "wecom.encoding_aes_key", "dingtalk.client_secret", "salesflow demo")
}

func TestServeSaysWhatIsWrongInItsConfiguration(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "salesflow.yaml")
	if err := os.WriteFile(path, []byte("listen: nowhere\nwecom:\n  corp_id: ww1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out := command(t, t.TempDir(), "serve", "--config", path)
	if code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	wantIn(t, out, "salesflow.yaml:1: listen", "wecom.agent_id: is missing")
}

func TestTracesAreFlushedAndKeepSecretsOut(t *testing.T) {
	t.Parallel()
	var got atomic.Int32
	var seen atomic.Value
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		seen.Store(r.URL.Path + string(body))
		got.Add(1)
	}))
	defer collector.Close()
	provider, err := newTracing(context.Background(), collector.URL)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /wecom/callback", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /u/{token}", func(http.ResponseWriter, *http.Request) {})
	h := traced(mux, provider)
	for _, path := range []string{"/wecom/callback?msg_signature=sig1234", "/u/verysecret"} {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil))
	}
	if err := provider.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got.Load() != 1 {
		t.Fatalf("%d requests to the collector, want 1", got.Load())
	}
	sent := fmt.Sprint(seen.Load())
	if !strings.HasPrefix(sent, "/v1/traces") || !strings.Contains(sent, "/wecom/callback") {
		t.Errorf("sent %q", sent)
	}
	for _, secret := range []string{"sig1234", "verysecret"} {
		if strings.Contains(sent, secret) {
			t.Errorf("%s is in the trace", secret)
		}
	}
}
