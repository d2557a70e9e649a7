package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"salesflow/configs"
	"salesflow/store"
)

const canary = "hunter22hunter22"

func TestAPanicTellsNothing(t *testing.T) {
	t.Parallel()
	log := &journal{}
	for _, value := range []any{canary, errors.New(canary), []string{canary}} {
		h := withLogger(guarded(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(value) })), zerolog.New(log))
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest(http.MethodPost, "/u/"+canary+"?access_token="+canary, strings.NewReader(canary)))
		if rec.Code != http.StatusInternalServerError || strings.Contains(rec.Body.String(), canary) {
			t.Errorf("a panic is answered %d %s", rec.Code, rec.Body)
		}
	}
	w := newWorld(t, "")
	_, err := w.program.db.Do(t.Context(), store.Work{Fn: func(context.Context, *store.Tx) error { panic("客户 " + canary) }})
	if err == nil || strings.Contains(err.Error(), canary) {
		t.Errorf("a handler's panic is told as %v", err)
	}
	serverLog(zerolog.New(log)).Printf("http: complaint\nof two lines")
	out := log.String()
	if strings.Contains(out, canary) || strings.Count(out, `"message":"http handler"`) != 3 || strings.Contains(out, "of two lines") {
		t.Errorf("the log has %s", out)
	}
	defer func() {
		if err, _ := recover().(error); !errors.Is(err, http.ErrAbortHandler) {
			t.Errorf("the server's own way of hanging up is %v", err)
		}
	}()
	guarded(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
}

func TestTheDemoIsForThisMachineOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	for _, path := range []string{"/", "/_sim/people", "/_page/assets/page.css", "/_wecom/cgi-bin/gettoken", "/_dingtalk/v1.0/oauth2/accessToken", "/u/0123456789abcdefghijABCDEFGHIJ", "/metrics", "/wecom/callback"} {
		for name, change := range map[string]func(*http.Request){
			"another machine":  func(r *http.Request) { r.RemoteAddr = "192.0.2.1:4711" },
			"another name":     func(r *http.Request) { r.Host = "rebind.example" },
			"a proxy":          func(r *http.Request) { r.Header.Set("X-Forwarded-For", "192.0.2.1") },
			"a standard proxy": func(r *http.Request) { r.Header.Set("Forwarded", "for=192.0.2.1") },
		} {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.RemoteAddr, r.Host = "127.0.0.1:4711", "127.0.0.1:8080"
			change(r)
			rec := httptest.NewRecorder()
			w.server.Handler.ServeHTTP(rec, r)
			if rec.Code != http.StatusForbidden {
				t.Errorf("%s asks for %s and gets %d", name, path, rec.Code)
			}
		}
	}
}

func TestServeHasNoControlSurface(t *testing.T) {
	t.Parallel()
	_, environ := offices(t, "")
	s := serving(t, environ)
	for _, path := range []string{
		"/_sim/people", "/_sim/say", "/_sim/clock", "/_page/say", "/_page/live", "/_wecom/cgi-bin/gettoken", "/_dingtalk/gettoken", "/", "/debug/pprof/", "/debug/vars", "/admin/jobs/", "/u/", "/files/",
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			r := httptest.NewRequest(method, path, strings.NewReader(`{"advance":"49h"}`))
			r.RemoteAddr, r.Host = "127.0.0.1:4711", "127.0.0.1:8080"
			rec := httptest.NewRecorder()
			s.program.mux.ServeHTTP(rec, r)
			if rec.Code != http.StatusNotFound {
				t.Errorf("%s %s is answered %d", method, path, rec.Code)
			}
		}
	}
}

func TestNoConfigurationErrorTellsASecret(t *testing.T) {
	t.Parallel()
	for _, env := range []string{
		"SALESFLOW_WECOM_TOKEN=" + canary + "-!", "SALESFLOW_WECOM_ENCODING_AES_KEY=" + canary, "SALESFLOW_MYSQL_DSN=mysql://u:" + canary + "@x", "SALESFLOW_MAIL_SMTP=http://u:" + canary + "@x",
		"SALESFLOW_ADMIN_TOKEN=" + canary[:15], "SALESFLOW_DINGTALK_CLIENT_SECRET=" + canary,
	} {
		_, err := loadConfig("", []string{env})
		if err == nil || strings.Contains(err.Error(), canary[:15]) {
			t.Errorf("%s: %v", env, err)
		}
	}
	cfg := configs.Default()
	cfg.Redis.Addrs, cfg.Redis.Password = []string{"127.0.0.1:1"}, canary
	if _, _, err := openRedis(t.Context(), cfg.Redis); err != nil && strings.Contains(err.Error(), canary) {
		t.Errorf("redis: %v", err)
	}
}
