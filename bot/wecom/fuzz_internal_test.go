package wecom

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/silenceper/wechat/v2/cache"

	"salesflow/bot"
	"salesflow/store/sales"
)

const (
	fuzzCorp = "wwcorp"
	fuzzKey  = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
)

var fuzzNow = time.Date(2026, 3, 11, 2, 0, 0, 0, time.UTC)

// idle is an adapter without a platform.
func idle(tb testing.TB) *Adapter {
	tb.Helper()
	a, err := New(Options{
		CorpID: fuzzCorp, AgentID: 1000002, Secret: "secret", Token: "token", EncodingAESKey: fuzzKey, APIBase: "https://qyapi.weixin.qq.com",
		Robot: RobotOptions{BotID: "bot", Secret: "robot-secret", Name: "小销", URL: "wss://openws.work.weixin.qq.com"},
		Cache: cache.NewMemory(), Now: func() time.Time { return fuzzNow },
	})
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

// taker takes every event.
type taker struct{ got []bot.Event }

func (k *taker) Accept(_ context.Context, ev bot.Event) (bot.Accepted, error) {
	k.got = append(k.got, ev)
	return bot.Accepted{}, nil
}

func (k *taker) FaceSent(context.Context, sales.ID, bool) {}

// sealed encrypts a plaintext as the platform does (document 90968).
func sealed(tb testing.TB, corp string, plain []byte) string {
	tb.Helper()
	key, err := base64.StdEncoding.DecodeString(fuzzKey + "=")
	if err != nil {
		tb.Fatal(err)
	}
	b := append(make([]byte, 16, 64+len(plain)), binary.BigEndian.AppendUint32(nil, uint32(len(plain)))...)
	b = append(append(b, plain...), corp...)
	pad := padBlock - len(b)%padBlock
	b = append(b, bytes.Repeat([]byte{byte(pad)}, pad)...)
	block, err := aes.NewCipher(key)
	if err != nil {
		tb.Fatal(err)
	}
	cipher.NewCBCEncrypter(block, key[:aes.BlockSize]).CryptBlocks(b, b)
	return base64.StdEncoding.EncodeToString(b)
}

// FuzzCallback posts anything to the callback, unsigned and signed. Nothing unsigned is heard; what is signed is answered
// 200, since the platform would send it again and again otherwise, and never by a panic.
func FuzzCallback(f *testing.F) {
	paths, _ := filepath.Glob("testdata/*.wire.xml")
	for _, p := range paths {
		if raw, err := os.ReadFile(p); err == nil {
			f.Add(raw, "msg_signature=x&timestamp=1773194400&nonce=1")
		}
	}
	f.Add([]byte("<xml><Encrypt>x</Encrypt></xml>"), "")
	f.Add([]byte("<!DOCTYPE x><xml/>"), "msg_signature=&timestamp=&nonce=")
	f.Add([]byte("<xml><FromUserName>a</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>x</Content><MsgId>7</MsgId></xml>"), "%zz")
	a := idle(f)
	f.Fuzz(func(t *testing.T, body []byte, query string) {
		k := &taker{}
		h := a.Callback(k)
		serve := func(method, query string, body []byte) *httptest.ResponseRecorder {
			w := httptest.NewRecorder()
			r := httptest.NewRequest(method, "/", bytes.NewReader(body))
			r.URL.RawQuery = query
			h.ServeHTTP(w, r)
			return w
		}
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if w := serve(method, query, body); w.Code < 400 || w.Code >= 500 {
				t.Fatalf("%s unsigned is answered %d", method, w.Code)
			}
		}
		if len(k.got) > 0 {
			t.Fatalf("unsigned, but heard: %+v", k.got)
		}
		secret := sealed(t, fuzzCorp, body)
		q := url.Values{"timestamp": {"1773194400"}, "nonce": {"1"}, "echostr": {secret}}
		q.Set("msg_signature", a.box.signature("1773194400", "1", secret))
		w := serve(http.MethodPost, q.Encode(), []byte("<xml><Encrypt>"+secret+"</Encrypt></xml>"))
		if w.Code != http.StatusOK && (w.Code != http.StatusBadRequest && w.Code != http.StatusRequestEntityTooLarge || len(secret) < maxXMLSize/2) {
			t.Fatalf("signed is answered %d", w.Code)
		}
		for _, ev := range k.got {
			checkDecoded(t, ev, "", nil)
		}
		// The address that proves the callback to the console must not open messages for whoever has recorded one.
		if w := serve(http.MethodGet, q.Encode(), nil); w.Code == http.StatusOK && strings.Contains(w.Body.String(), "<") {
			t.Fatalf("the verification tells a message: %s", w.Body)
		}
	})
}

// FuzzSocket hands any frame of the robot's socket to what sorts them.
func FuzzSocket(f *testing.F) {
	paths, _ := filepath.Glob("testdata/*.wire.json")
	for _, p := range paths {
		if raw, err := os.ReadFile(p); err == nil {
			f.Add(raw)
		}
	}
	f.Add([]byte(`{"cmd":"aibot_event_callback","headers":{"req_id":"1"},"body":{"msgid":"m","create_time":1,"from":{"userid":"u"},"msgtype":"event","event":{"eventtype":"enter_chat"}}}`))
	f.Add([]byte(`{"headers":{"req_id":"sf_1"},"errcode":846605,"errmsg":"\u0000\n"}`))
	f.Add([]byte(`{"cmd":"aibot_event_callback","body":{"event":null}}`))
	a := idle(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		var fr frame
		if json.Unmarshal(raw, &fr) != nil {
			return
		}
		kickedOut(fr)
		answered := 0
		s := &session{done: make(chan struct{}), waiting: map[string][]func(frame){"sf_1": {func(frame) { answered++ }}}}
		s.answered(fr)
		if answered > 1 || answered == 1 && fr.Headers.ReqID != "sf_1" {
			t.Fatalf("%d answers to %q", answered, fr.Headers.ReqID)
		}
		if e := failed(&apiError{api: "x", code: fr.Code, msg: short(fr.Msg)}, true); fr.Code != 0 {
			fitForLog(t, e.Error())
		}
		ev, ignored, err := decodeRobot(fr, "小销", fuzzNow)
		if ignored != "" {
			fitForLog(t, ignored)
		}
		if err != nil || ignored != "" {
			return
		}
		a.robot.remember(s, fr.Headers.ReqID, ev.Kind)
		a.robot.setLive(s)
		if kind := a.robot.spend(fr.Headers.ReqID, freshMessage, freshTap, freshWelcome); kind == 0 {
			t.Fatal("a frame just received cannot be answered")
		}
		if a.robot.spend(fr.Headers.ReqID, freshMessage, freshTap, freshWelcome) != 0 {
			t.Fatal("a frame can be answered twice")
		}
	})
}

// fitForLog is what an error may be: one line of bounded length that can be printed.
func fitForLog(t *testing.T, s string) {
	t.Helper()
	if len(s) > 2000 || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
		t.Fatalf("the log would get %q", s)
	}
}

// FuzzAnswer reads any answer of the API.
func FuzzAnswer(f *testing.F) {
	for _, s := range []string{`{"errcode":0}`, `{"errcode":40014,"errmsg":"invalid access_token\n\u001b[31m"}`, `{"errcode":"x"}`, `<html>`, ``, `{"errcode":1e99}`, `[]`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if err := codeIn("x/y", []byte(body)); err != nil {
			e := failed(err, true)
			if e.Reason == "" || e.After < 0 {
				t.Fatalf("%+v", e)
			}
			fitForLog(t, e.Error())
		}
	})
}

// FuzzMedia looks at addresses of files that came in a message, at their names and at sealed files.
func FuzzMedia(f *testing.F) {
	for _, s := range []string{
		"https://ww-aibot-img-1258476243.cos.ap-guangzhou.myqcloud.com/a?sign=x", "https://evil.example/.weixin.qq.com", "http://qyapi.weixin.qq.com/", "https://x.weixin.qq.com@evil.example/",
		"https://ww-aibot-.evil.example/.myqcloud.com", "https://169.254.169.254/", "https://weixin.qq.com.evil.example/", "https://x.weixin.qq.com:22/", "https://x.weixin.qq.com%2f.evil.example/",
	} {
		f.Add(s, `attachment; filename="../../a.pdf"`, "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", []byte("0123456789abcdef"))
	}
	a := idle(f)
	f.Fuzz(func(t *testing.T, raw, disposition, key string, data []byte) {
		if u, err := url.Parse(raw); err == nil && a.mayFetch(u) {
			host := "." + strings.ToLower(u.Hostname())
			if u.Scheme != "https" || u.User != nil || !strings.HasSuffix(host, ".weixin.qq.com") && !strings.HasSuffix(host, bucketHost) {
				t.Fatalf("%q may be fetched", raw)
			}
		}
		if n := fileName(disposition); strings.ContainsAny(n, "/\\\x00\r\n") || n == ".." {
			t.Fatalf("a file is named %q", n)
		}
		if out, err := openFile(key, data); err == nil && len(out) > len(data) {
			t.Fatalf("%d bytes from %d", len(out), len(data))
		}
	})
}
