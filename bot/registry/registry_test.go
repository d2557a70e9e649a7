package registry

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func client(t *testing.T, h http.HandlerFunc) Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return Client{URL: s.URL, Secret: "geheim", Now: func() time.Time { return time.Unix(1_770_000_000, 0) }}
}

func TestTheQuestionIsSigned(t *testing.T) {
	t.Parallel()
	c := client(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mac := hmac.New(sha256.New, []byte("geheim"))
		_, _ = mac.Write(append([]byte(r.Header.Get("X-Salesflow-Timestamp")+"."), body...))
		if r.Header.Get("X-Salesflow-Signature") != hex.EncodeToString(mac.Sum(nil)) || r.Header.Get("X-Salesflow-Timestamp") != "1770000000" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = io.WriteString(w, `{"found":true,"name":"绍兴云岭康复医院有限公司","uscc":"91330602MA288T9Y6J","status":"存续","address":"中兴北路 1 号"}`)
	})
	got, err := c.Lookup(context.Background(), "云岭", "")
	if err != nil || !got.Found || got.Name != "绍兴云岭康复医院有限公司" || got.USCC != "91330602MA288T9Y6J" || got.Status != "存续" {
		t.Errorf("%+v %v", got, err)
	}
}

func TestHostileAnswersAreNotTaken(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status int
		body   string
		retry  bool
	}{
		"没有 JSON": {200, "<html>", false},
		"太长":      {200, `{"found":true,"name":"` + strings.Repeat("甲", 40000) + `"}`, false},
		"没有名字":    {200, `{"found":true,"uscc":"91330602MA288T9Y6J"}`, false},
		"类型不对":    {200, `{"found":"yes"}`, false},
		"拒绝":      {403, "geheim", false},
		"跳转":      {302, "", false},
		"限流":      {429, "", true},
		"坏了":      {503, "", true},
	} {
		c := client(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://127.0.0.1:1/")
			w.WriteHeader(tt.status)
			_, _ = io.WriteString(w, tt.body)
		})
		_, err := c.Lookup(context.Background(), "云岭", "")
		if err == nil || CanRetry(err) != tt.retry || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: %v, again %v", name, err, CanRetry(err))
		}
	}
}

func TestWhatIsTakenIsCleaned(t *testing.T) {
	t.Parallel()
	c := client(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"found":true,"name":"绍兴<b>云岭</b>\u202e康复\n医院`+strings.Repeat("长", 90)+`","uscc":"91330602MA288T9Y6X","status":"[点我](http://x)"}`)
	})
	got, err := c.Lookup(context.Background(), "云岭", "")
	if err != nil || len([]rune(got.Name)) > 60 || strings.ContainsAny(got.Name+got.Status, "<>[]\u202e\n") || got.USCC != "" {
		t.Errorf("%+v %v", got, err)
	}
}

func TestASlowRegistryIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	c := client(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-stop:
		case <-r.Context().Done():
		}
	})
	t.Cleanup(func() { close(stop) })
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.Lookup(ctx, "云岭", ""); err == nil || !CanRetry(err) {
		t.Errorf("%v", err)
	}
}
